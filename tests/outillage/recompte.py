"""The dashboards' figures again, by brute force: states replayed from the events, every row read and counted one by one.

Nothing of the selectors is used: perimeters, silences and delays are told anew from the rules.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from dossiers.models import Decision, Depot, Dossier, Echeance
from dossiers.regles.statuts import FINAUX, Statut
from dossiers.seuils import seuils_de
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Organisation
from ess_portal.comptes.roles import Role
from ess_portal.journal.models import Evenement
from ess_portal.socle.horloge import jour_local
from indicateurs.activite.page import ETAPES, RAPPORTS, page
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


def ecarts(acteur: Acteur, maintenant: datetime) -> Iterator[str]:
    """What a dashboard says otherwise than the recount."""
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
