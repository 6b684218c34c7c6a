"""The dashboards' figures again, by brute force: states replayed from the events, every row read and counted one by one.

Nothing of the selectors is used: perimeters, silences and delays are told anew from the rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from adhesions.models import Demographie, VersionAdhesion
from dossiers.models import ActiviteMission, Decision, Depot, Dossier, Echeance, LettreIntention
from dossiers.regles.statuts import FINAUX, Statut
from dossiers.seuils import seuils_de
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Organisation
from ess_portal.comptes.roles import Role
from ess_portal.journal.models import Evenement
from ess_portal.socle.horloge import jour_local
from indicateurs.activite.page import ETAPES, RAPPORTS, page
from indicateurs.conformite.page import OUTILS, PALIERS
from indicateurs.conformite.page import page as page_conformite
from indicateurs.models import Rapport
from indicateurs.pilotage.echeances import SUIVIES, Filtres
from indicateurs.pilotage.page import page as page_pilotage

SILENCES = {
    "valider_lettre_tacite": Statut.LETTRE_VALIDEE,
    "valider_projet_tacite": Statut.PROJET_VALIDE,
    "expirer": Statut.CLOS,
}
DECIDES = {"lettre": Statut.LETTRE_DEPOSEE, "projet": Statut.PROJET_DEPOSE}


def rejouer() -> dict[int, Statut]:
    """The state that the events of each dossier lead to."""
    etats: dict[int, Statut] = {}
    lus = Evenement.objects.filter(dossier__isnull=False).order_by("dossier_id", "seq")
    for pk, type_, donnees in lus.values_list("dossier_id", "type", "donnees"):
        if type_ == "creer_dossier":
            etats[pk] = Statut.BROUILLON
        elif type_ in SILENCES:
            etats[pk] = SILENCES[type_]
        elif "vers" in donnees and donnees["vers"] in set(Statut):
            etats[pk] = Statut(donnees["vers"])
    return etats


def du_perimetre(acteur: Acteur) -> list[Dossier]:
    """Whose dossiers this agent reads: his organisation's, those handed over that it still reads, his region's, all."""
    regions = dict(Organisation.objects.values_list("pk", "region"))

    def lit(d: Dossier) -> bool:
        if acteur.role == Role.ADMIN_NATIONAL:
            return d.statut != Statut.BROUILLON or d.ars_id is not None
        if acteur.role == Role.ADMIN_REGIONAL:
            return acteur.region in (d.region, regions.get(d.ars_id))
        return acteur.perimetre_id in (d.ars_id, d.caisse_id, *d.lecteurs)

    return [d for d in Dossier.objects.order_by("pk") if lit(d)]


def quantile(valeurs: list[int], dixiemes: int) -> int | None:
    """Nearest rank, on the sorted values."""
    return sorted(valeurs)[-(-len(valeurs) * dixiemes // 10) - 1] if valeurs else None


def compter(acteur: Acteur, maintenant: datetime) -> dict[str, Any]:
    with comme_portail():
        etats, siens = rejouer(), du_perimetre(acteur)
        for d in siens:
            assert etats[d.pk] == d.statut, d.numero
        vivants = [d for d in siens if etats[d.pk] not in FINAUX and etats[d.pk] != Statut.BROUILLON]
        cles = {d.pk for d in siens}
        jour = jour_local(maintenant, "Europe/Paris")
        delais: dict[str, list[int]] = {"lettre": [], "projet": []}
        tacites: Counter[str] = Counter()
        recus = {(x.dossier_id, x.objet, x.version): x.date_reception for x in Depot.objects.order_by("pk")}
        for x in Decision.objects.order_by("pk"):
            recu = recus.get((x.dossier_id, x.objet, x.version))
            if x.dossier_id in cles and recu and jour - timedelta(days=365) < x.date_acquise <= jour:
                delais[x.objet].append((x.date_acquise - recu).days - (x.mode == "tacite"))
                tacites[x.objet] += x.mode == "tacite"
        reports = {(r.dossier_id, r.annee): r.statut for r in Rapport.objects.order_by("pk") if r.depose_le is not None}
        annees, a_venir, imminents, dates = Counter[str](), 0, 0, list(Echeance.objects.order_by("pk"))
        seuils = seuils_de(acteur, maintenant)
        for e in dates:
            if e.dossier_id not in cles:
                continue
            if e.regle == "DL-7" and e.statut != "annulee" and e.instant is not None and e.instant <= maintenant:
                annees[RAPPORTS[reports.get((e.dossier_id, e.rang), "absent")]] += 1
            if e.statut == "ouverte" and e.regle in SUIVIES and maintenant < e.instant:
                a_venir += e.instant <= seuils.fin_horizon
                imminents += e.regle in ("DL-1", "DL-3") and e.instant <= seuils.fin_proche
        return {
            "etapes": [sum(etats[d.pk] in statuts for d in vivants) for _, statuts in ETAPES],
            "suivis": sorted(Counter(d.suivi_par_id for d in vivants).values()),
            "a_decider": sum(etats[d.pk] in DECIDES.values() for d in vivants),
            "delais": [(len(v), quantile(v, 5), quantile(v, 9), tacites[o]) for o, v in delais.items()],
            "rapports": dict(annees),
            "a_venir": a_venir,
            "imminents": imminents,
        }


def requis(base: int, pour_cent: int) -> int:
    """The smallest headcount whose share is that one, found by trying."""
    return next(n for n in range(base + 1) if 100 * n >= pour_cent * base)


def compter_conformite(acteur: Acteur, maintenant: datetime) -> dict[str, Any]:
    """Each équipe from its validated letter on: who adheres that day, of how many; its activities; its last report's tool."""
    suivis = {
        Statut.LETTRE_VALIDEE,
        Statut.AMORCAGE_SIGNE,
        *(s for s in Statut if s.startswith(("projet_", "finess", "dotation"))),
    }
    with comme_portail():
        etats, jour = rejouer(), jour_local(maintenant, "Europe/Paris")
        siens = [d for d in du_perimetre(acteur) if etats[d.pk] in suivis]
        chiffres: dict[tuple[str, str], Demographie] = {}
        for x in Demographie.objects.order_by("date_comptage"):
            chiffres[x.groupe, x.departement_id] = x
        lettres = {x.dossier_id: x for x in LettreIntention.objects.order_by("pk")}
        adherents: dict[int, set[str]] = {}
        perimetres = {d.pk: d for d in siens}
        for v in VersionAdhesion.objects.select_related("specialite", "adhesion__professionnel").order_by("pk"):
            d = perimetres.get(v.dossier_id)
            if d is None or v.connu_jusqua is not None or v.mode not in ("liberal", "mixte"):
                continue
            la = v.valide_du <= jour <= (v.valide_au or jour) and set(v.departements) & set(d.departements)
            if la and set(v.specialite.groupes) & set(d.groupes):
                adherents.setdefault(d.pk, set()).add(v.adhesion.professionnel.rpps)
        paliers: Counter[int | None] = Counter()
        for d in siens:
            lus = [chiffres.get((g, code)) for g in d.groupes for code in d.departements]
            if lus and all(lus):
                sommes = [sum(x.liberaux for x in lus if x.groupe == g) for g in d.groupes]
                base = sum(sommes) if d.est_pluri else max(sommes)
            else:
                base = lettres[d.pk].liberaux if d.pk in lettres else None
            n = len(adherents.get(d.pk, ()))
            paliers[max([0, *(p for p in (10, 30, 50) if n >= requis(base, p))]) if base else None] += 1
        socles: dict[int, set[str]] = {d.pk: set() for d in siens}
        for a in ActiviteMission.objects.order_by("pk"):
            if (
                a.dossier_id in socles
                and a.ecartee_le is None
                and a.date_deploiement <= jour
                and a.type != "consultations_avancees"
            ):
                socles[a.dossier_id].add(a.type)
        derniers: dict[int, Rapport] = {}
        for r in Rapport.objects.order_by("annee"):
            if r.depose_le is not None:
                derniers[r.dossier_id] = r
        outils = Counter(
            "aucun" if r is None or not (r.outil_informatique or r.outil_le) else "declare" if r.outil_le is None
            else "en_service" if r.outil_piece_id else "sans_preuve"
            for r in (derniers.get(d.pk) for d in siens)
        )  # fmt: skip
        return {
            "paliers": [paliers[n] for n, _ in PALIERS],
            "socle": [sum(len(x) == n for x in socles.values()) for n in range(3)],
            "outil": [outils[c] for c, _ in OUTILS],
        }


def ecarts_conformite(acteur: Acteur, maintenant: datetime) -> Iterator[str]:
    compte = compter_conformite(acteur, maintenant)
    with contexte(acteur):
        lu = page_conformite(acteur, Filtres(), maintenant)
    for figure in lu["figures"]:
        if (attendus := compte.get(figure["nom"])) is None:
            continue
        dits = [r.valeurs[0] for r in figure["dessin"].rangs]
        caches = acteur.role == Role.ADMIN_NATIONAL
        if any(dit != n and not (caches and dit is None) for dit, n in zip(dits, attendus, strict=True)):
            yield f"conformité, {figure['nom']} : {dits}, {attendus} comptés"


def ecarts(acteur: Acteur, maintenant: datetime) -> Iterator[str]:
    """What a dashboard says otherwise than the recount."""
    yield from ecarts_conformite(acteur, maintenant)
    compte = compter(acteur, maintenant)
    with contexte(acteur):
        lu, pilotage = page(acteur, Filtres(), maintenant), page_pilotage(acteur, Filtres(), maintenant)
    vus = [r.valeurs[0] for r in lu["etapes"].rangs]
    nationale = acteur.role == Role.ADMIN_NATIONAL
    if any(vu is not None and vu != n for vu, n in zip(vus, compte["etapes"], strict=True)) or (
        None in vus and not nationale
    ):
        yield f"étapes : {vus}, {compte['etapes']} comptées"
    if not nationale:
        attendus = [sum(compte["etapes"][rang:]) for rang in range(len(ETAPES))]
        if (dits := [r.valeurs[0] for r in lu["parcours"].rangs]) != attendus:
            yield f"parcours : {dits}, {attendus} comptés"
        for ligne, (total, mediane, haut, tacites) in zip(lu["delais"], compte["delais"], strict=True):
            nombres = [
                mot.split("\u00a0")[0].split(" ")[0]
                for mot in (ligne["decisions"], ligne["mediane"], ligne["neuf_dixiemes"], ligne["tacites"])
            ]
            if nombres != [str(n) if n is not None else "–" for n in (total, mediane, haut, tacites)]:
                yield f"délais, {ligne['objet']} : {nombres}, {(total, mediane, haut, tacites)} comptés"
        dits = {r.libelle: r.valeurs[0] for r in lu["rapports"].rangs if r.valeurs[0]}
        if dits != compte["rapports"]:
            yield f"rapports : {dits}, {compte['rapports']} comptés"
    if "charges" in lu:
        suivis = sorted(r.valeurs[0] for r in lu["charges"].rangs)
        if suivis != compte["suivis"] or sum(r.valeurs[1] for r in lu["charges"].rangs) != compte["a_decider"]:
            yield f"charge : {suivis}, {compte['suivis']} comptés"
    if (pilotage["comptes"]["a_venir"], pilotage["comptes"]["tacites_imminents"]) != (
        compte["a_venir"],
        compte["imminents"],
    ):
        yield f"échéances : {pilotage['comptes']}, {compte['a_venir']} et {compte['imminents']} comptées"
