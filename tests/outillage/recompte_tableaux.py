"""The other figures of the dashboards again, by brute force: what is late, calendar, heat table, regions, evaluation, budget, observatory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from adhesions.seuils import suivre
from dossiers.models import ActiviteMission, Decision, Dossier, Echeance, Tache
from dossiers.regles.statuts import FINAUX, Statut
from dossiers.seuils import fuseau_de
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.roles import ADMINS, Role
from ess_portal.referentiel.models import Departement, Region
from ess_portal.socle.horloge import jour_local
from financement.models import Contrat
from financement.selectors import budget
from indicateurs.activite.page import ETAPES
from indicateurs.activite.page import page as page_activite
from indicateurs.conformite.lecture import SUIVIS
from indicateurs.conformite.page import page as page_conformite
from indicateurs.evaluation.page import page as page_evaluation
from indicateurs.models import Rapport
from indicateurs.observatoire import page as observatoire
from indicateurs.pilotage import agenda, calendrier
from indicateurs.pilotage.couverture import ETAPES as NIVEAUX
from indicateurs.pilotage.echeances import SUIVIES, Filtres
from indicateurs.pilotage.page import page as page_pilotage
from indicateurs.regles.indicateurs import INDICATEURS
from indicateurs.regles.periode import TRIMESTRE, contenant
from tests.outillage.recompte import du_perimetre, rejouer
from tests.outillage.recompte_budget import ecarts_du_budget

S = Statut
# What a date that has passed awaited, while it is still awaited: these states, or the open task that it left.
ATTENDUS = {
    ("DL-2", ""): {S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE},
    ("DL-10", "lettre"): {S.LETTRE_INCOMPLETE},
    ("DL-10", "projet"): {S.PROJET_INCOMPLET},
    ("AVI", "lettre"): {S.LETTRE_DEPOSEE, S.LETTRE_INCOMPLETE},
    ("AVI", "projet"): {S.PROJET_DEPOSE, S.PROJET_INCOMPLET},
    ("AVI-2", "projet"): {S.PROJET_DEPOSE, S.PROJET_INCOMPLET},
}
TACHES = {"DL-4": "mission_incomplete", "DL-5": "ouvrir_recuperation", "DL-7": "controle_annuel"}


def ecarts_des_tableaux(acteur: Acteur, maintenant: datetime) -> Iterator[str]:
    """What a dashboard says otherwise than the recount."""
    with comme_portail():
        etats = rejouer()
        siens = {d.pk: d for d in du_perimetre(acteur)}
        vivants = [d for d in siens.values() if etats[d.pk] not in FINAUX and etats[d.pk] != S.BROUILLON]
        lus = [(e, etats[e.dossier_id]) for e in Echeance.objects.order_by("pk") if e.dossier_id in siens]
        taches = {(t.dossier_id, t.cle) for t in Tache.objects.order_by("pk") if t.faite_le is None}
        retards = [e for e, etat in lus if e.regle in SUIVIES and _est_en_retard(e, etat, maintenant, taches)]
    yield from _pilotage(acteur, maintenant, siens, vivants, retards, etats)
    if acteur.role == Role.ADMIN_NATIONAL:
        yield from _regions(acteur, maintenant, vivants, etats)
    yield from _evaluation(acteur, siens, maintenant)
    yield from _conformite(acteur, siens, maintenant, etats)
    if acteur.role not in ADMINS:
        yield from ecarts_du_budget(acteur, maintenant)
    yield from _observatoire(maintenant, etats)


def _est_en_retard(e: Echeance, etat: Statut, maintenant: datetime, taches: set[tuple[int, str]]) -> bool:
    if e.statut != "echue" and not (e.statut == "ouverte" and e.instant <= maintenant):
        return False
    if etat in ATTENDUS.get((e.regle, e.objet), ATTENDUS.get((e.regle, ""), ())):
        return True
    if e.regle == "IND-3":
        return (e.dossier_id, f"rapport:{e.rang}") in taches
    if e.regle not in TACHES:
        return False
    cle = f"{TACHES[e.regle]}:{e.objet}:{e.rang}:{e.dernier_jour}"
    return e.statut == "ouverte" or (e.dossier_id, cle) in taches


def _pilotage(
    acteur: Acteur, maintenant: datetime, siens: dict, vivants: list, retards: list, etats: dict
) -> Iterator[str]:
    with comme_portail():
        tacites = [
            x for x in Decision.objects.all() if x.dossier_id in siens and x.mode == "tacite" and not x.retiree_le
        ]
        a_venir = [
            e for e in Echeance.objects.all()
            if e.dossier_id in siens and e.statut == "ouverte" and e.regle in SUIVIES and e.instant > maintenant
        ]  # fmt: skip
        noms = dict(Departement.objects.values_list("code", "nom"))
    with contexte(acteur):
        lu = page_pilotage(acteur, Filtres(), maintenant)
    dits = [c["valeur"] for c in lu["chiffres"]]
    attendus = [
        len(vivants),
        len(retards),
        lu["comptes"]["a_venir"],
        lu["comptes"]["tacites_imminents"],
        len(tacites),
        sum(d.est_a_regulariser for d in vivants),
    ]
    if dits != attendus:
        yield f"chiffres : {dits}, {attendus} comptés"
    dotations = sum(etats[d.pk] == S.DOTATION_ACTIVE for d in vivants)
    if lu["chiffres"][0]["precision"] != f"dont {dotations} en dotation":
        yield f"dotations : {lu['chiffres'][0]['precision']}, {dotations} comptées"
    # The calendar: each day to the last Sunday it shows.
    dernier = calendrier.dernier_jour(jour_local(maintenant, fuseau_de(acteur.region)))
    jours = Counter(e.dernier_jour for e in a_venir if e.dernier_jour <= dernier)
    silences = Counter(e.dernier_jour for e in a_venir if e.dernier_jour <= dernier and e.regle in ("DL-1", "DL-3"))
    comptes = [(n, silences[j]) for j, n in sorted(jours.items())]
    if [(n, t) for _, n, t in lu["calendrier"].lignes] != comptes:
        yield f"calendrier : {lu['calendrier'].lignes}, {comptes} comptés"
    yield from _carte(lu["couverture"], vivants, retards, siens, etats, noms)
    yield from _agenda(acteur, maintenant, a_venir, retards)


def _agenda(acteur: Acteur, maintenant: datetime, a_venir: list[Echeance], retards: list[Echeance]) -> Iterator[str]:
    """Each day of the quarters around today: what is to come and what is late, as many as the rows that its page lists."""
    jour = jour_local(maintenant, fuseau_de(acteur.region))
    tous = Counter(e.dernier_jour for e in (*a_venir, *retards))
    silences, passees = (
        Counter(e.dernier_jour for e in a_venir if e.regle in ("DL-1", "DL-3")),
        Counter(e.dernier_jour for e in retards),
    )
    for ecart in (-92, 0, 92, 184):
        periode = contenant(jour + timedelta(days=ecart), TRIMESTRE)
        attendus = {j: (n, silences[j], passees[j]) for j, n in tous.items() if periode.debut <= j <= periode.fin}
        with contexte(acteur):
            lu = agenda.page(acteur, Filtres(), periode, None, maintenant)
        cases = [c for _, semaines in lu["mois"] for semaine in semaines for c in semaine if c and c.nombre]
        if (dits := {c.jour: (c.nombre, c.tacites, c.retards) for c in cases}) != attendus:
            yield f"agenda, {periode.titre} : {sorted(dits.items() ^ attendus.items())[:3]}"
        total = sum(n for n, _, _ in attendus.values())
        if (lu["nombre"], len(lu["lignes"])) != (total, min(total, agenda.LIGNES)):
            yield f"agenda, {periode.titre} : {lu['nombre']} et {len(lu['lignes'])} lignes, {total} comptées"


def _carte(carte: Any, vivants: list, retards: list, siens: dict, etats: dict, noms: dict[str, str]) -> Iterator[str]:
    """The heat table: the most advanced step of each pair, how many stand there, how many of its dates are late."""
    la: dict[tuple[str, str], Counter[int]] = {}
    for d in vivants:
        for paire in ((f"{noms[c]} ({c})", g) for c in d.departements for g in d.groupes if g in carte.noms_groupes):
            la.setdefault(paire, Counter())[NIVEAUX[etats[d.pk]][1]] += 1
    en_retard = Counter(
        (f"{noms[c]} ({c})", g) for e in retards for c in siens[e.dossier_id].departements
        for g in siens[e.dossier_id].groupes
    )  # fmt: skip
    dites = {
        (ligne, g): (case.niveau, case.nombre, case.retards)
        for ligne, cases in carte.lignes
        for (g, _), case in zip(carte.groupes, cases, strict=True)
        if case.niveau
    }
    attendues = {paire: (max(n), n[max(n)], en_retard[paire]) for paire, n in la.items()}
    if dites != attendues:
        autres = [
            (p, dites.get(p), attendues.get(p)) for p in dites.keys() | attendues if dites.get(p) != attendues.get(p)
        ]
        yield f"carte : {len(autres)} cases sur {len(attendues)}, dont {autres[:3]}"


def _regions(acteur: Acteur, maintenant: datetime, vivants: list, etats: dict) -> Iterator[str]:
    """Regions side by side: a figure is hidden, or it is the one counted."""
    with comme_portail():
        noms = dict(Region.objects.values_list("code", "nom"))
    with contexte(acteur):
        lu = page_activite(acteur, Filtres(), maintenant)["regions"]
    comptes = Counter((noms[d.region], rang) for d in vivants for rang, (_, s) in enumerate(ETAPES) if etats[d.pk] in s)
    for ligne in lu.lignes:
        attendus = [comptes[ligne["nom"], rang] for rang in range(len(ETAPES))]
        dits = [*ligne["etapes"], ligne["total"]]
        if not all(_se_lit(dit, n) for dit, n in zip(dits, [*attendus, sum(attendus)], strict=True)):
            yield f"{ligne['nom']} : {dits}, {attendus} comptés"


def _se_lit(dit: str, n: int) -> bool:
    return dit == "masqué" or dit.replace("\u00a0", "").replace("\u202f", "") == str(n)


def _evaluation(acteur: Acteur, siens: dict, maintenant: datetime) -> Iterator[str]:
    """The sum of each indicator drawn, campaign by campaign."""
    with comme_portail():
        remis = [
            r for r in Rapport.objects.order_by("pk") if r.dossier_id in siens and r.statut in ("depose", "valide")
        ]
    with contexte(acteur):
        lu = page_evaluation(acteur, Filtres(), None, maintenant)
    annees = sorted({r.fin.year for r in remis})
    if sorted(c["annee"] for c in lu["campagnes"]) != annees:
        yield f"campagnes : {lu['campagnes']}, {annees} comptées"
    for serie in lu["series"]:
        for rang in serie["dessin"].rangs:
            attendu = sum(getattr(r, serie["code"]) or 0 for r in remis if r.fin.year == int(rang.libelle))
            if rang.valeurs[0] is None and acteur.role == Role.ADMIN_NATIONAL:
                continue
            if rang.valeurs[0] != attendu:
                yield f"{serie['code']} {rang.libelle} : {rang.valeurs[0]}, {attendu} comptés"
    if acteur.role != Role.ADMIN_NATIONAL and annees:
        derniere = [r for r in remis if r.fin.year == annees[-1]]
        vus = sorted([mot for _, mot in ligne["valeurs"]] for ligne in lu["lignes"])
        attendues = sorted([_nombre(getattr(r, i.code)) for i in INDICATEURS] for r in derniere)
        if vus != attendues[: len(vus)] and len(derniere) <= len(vus):
            yield f"équipes de {annees[-1]} : {vus[:2]}, {attendues[:2]} comptées"


def _conformite(acteur: Acteur, siens: dict, maintenant: datetime, etats: dict) -> Iterator[str]:
    """Each équipe as the page of its own thresholds says it, one after the other; its activities and its last report by their rows."""
    jour = jour_local(maintenant, "Europe/Paris")
    with comme_portail():
        suivies = [d for d in siens.values() if etats[d.pk] in SUIVIS]
        activites, outils = defaultdict(set), {}
        for x in ActiviteMission.objects.order_by("pk"):
            if x.type in ActiviteMission.SOCLE and x.ecartee_le is None and x.date_deploiement <= jour:
                activites[x.dossier_id].add(x.type)
        for r in Rapport.objects.order_by("dossier", "annee"):
            if r.depose_le is not None:
                service = "en_service" if r.outil_piece_id else "sans_preuve"
                outils[r.dossier_id] = service if r.outil_le else "declare" if r.outil_informatique else "aucun"
        paliers = Counter(_palier(d, jour) for d in suivies)
    with contexte(acteur):
        lu = page_conformite(acteur, Filtres(), maintenant)
    dits = {f["nom"]: [r.valeurs[0] for r in f["dessin"].rangs] for f in lu["figures"]}
    for nom, compte, cles in (
        ("paliers", paliers, (0, 10, 30, 50, None)),
        ("socle", Counter(len(activites[d.pk]) for d in suivies), (0, 1, 2)),
        (
            "outil",
            Counter(outils.get(d.pk, "aucun") for d in suivies),
            ("aucun", "declare", "sans_preuve", "en_service"),
        ),
    ):
        attendus = [compte[c] for c in cles]
        cachees = acteur.role == Role.ADMIN_NATIONAL
        if any(n != m and not (cachees and n is None) for n, m in zip(dits[nom], attendus, strict=True)):
            yield f"conformité, {nom} : {dits[nom]}, {attendus} comptés"


def _palier(d: Dossier, jour: date) -> int | None:
    """The highest share that the équipe reaches on the day, of those of the rules."""
    lu = suivre(d, jour)
    p, total = lu.parametres, lu.total
    base = total.liberaux if p.base_seuil_adherents == "liberaux" else total.presents
    if not base:
        return None
    parts = (p.seuil_creation, p.seuil_intermediaire, p.seuil_cible)
    atteinte = max((x for x in parts if 100 * total.adherents >= x * base), default=0)
    return max(x for x in (0, 10, 30, 50) if x <= atteinte)


def _nombre(n: int | None) -> str:
    return "–" if n is None else f"{n:,}".replace(",", "\u00a0")


def _observatoire(maintenant: datetime, etats: dict) -> Iterator[str]:
    with comme_portail():
        signes = {c.dossier_id for c in Contrat.objects.order_by("pk") if c.statut == "signe"}
        fiches = [d for d in Dossier.objects.order_by("pk") if d.pk in signes and etats[d.pk] not in FINAUX]
    dits = [c["valeur"] for c in observatoire.page(observatoire.Filtres(), maintenant)["chiffres"]]
    attendus = [
        len(fiches),
        len({d.region for d in fiches}),
        len({c for d in fiches for c in d.departements}),
        len({s for d in fiches for s in d.specialites}),
    ]
    if dits != attendus:
        yield f"observatoire : {dits}, {attendus} comptés"


def figures(acteur: Acteur, maintenant: datetime) -> list[Any]:
    """All that the dashboards of an agency, a fund or a region say, to be compared with what they say later."""
    with contexte(acteur):
        activite, pilotage = page_activite(acteur, Filtres(), maintenant), page_pilotage(acteur, Filtres(), maintenant)
        evaluation = page_evaluation(acteur, Filtres(), None, maintenant)
        conformite = page_conformite(acteur, Filtres(), maintenant)
        argent = budget.lire(acteur, maintenant) if acteur.role not in ADMINS else None
    return [
        *(activite[nom].rangs for nom in ("etapes", "parcours", "rapports")),
        activite["delais"],
        activite["charges"].rangs if "charges" in activite else None,
        *(pilotage[nom] for nom in ("comptes", "chiffres", "couverture", "calendrier")),
        [(serie["code"], serie["dessin"].rangs) for serie in evaluation["series"]],
        [(figure["nom"], figure["dessin"].rangs) for figure in conformite["figures"]],
        conformite["chiffres"],
        evaluation["lignes"],
        argent,
    ]
