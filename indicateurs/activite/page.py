"""The activity dashboard, assembled for its reader: steps, people, delays, reports; regions side by side for the nation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from dossiers.regles.statuts import Statut
from dossiers.seuils import fuseau_de, seuils_de
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import pour_compter
from ess_portal.comptes.roles import ADMINS, Role
from ess_portal.referentiel.models import Region
from ess_portal.referentiel.services import noms_groupes
from ess_portal.socle.erreurs import Interdit
from ess_portal.socle.typographie import accord, nombre, part

from ..graphiques import CACHE, Rang, barres, entonnoir
from ..models import Rapport
from ..pilotage.echeances import Filtres, en_retard
from ..pilotage.page import actifs, choix, perimetre
from ..regles.repartition import MEDIANE, NEUF_DIXIEMES, quantile
from ..regles.secret import SEUIL, Publie, publier
from . import lecture
from .lecture import SANS_RAPPORT, Delais

S = Statut
# The steps of the procedure, each with the states of a dossier that stands at it.
ETAPES = (
    ("Lettre en instruction", (S.LETTRE_DEPOSEE, S.LETTRE_INCOMPLETE)),
    ("Lettre validée, contrat à signer", (S.LETTRE_VALIDEE,)),
    ("Amorçage signé, projet en préparation", (S.AMORCAGE_SIGNE, S.PROJET_REFUSE)),
    ("Projet en instruction", (S.PROJET_DEPOSE, S.PROJET_INCOMPLET)),
    ("Projet validé", (S.PROJET_VALIDE, S.FINESS_ATTRIBUE)),
    ("Dotation en cours", (S.DOTATION_ACTIVE,)),
)
OBJETS = (("lettre", "Lettre d’intention"), ("projet", "Projet de santé"))
RAPPORTS = {
    SANS_RAPPORT: "Non déposé",
    Rapport.Statut.BROUILLON.value: "Non déposé",
    Rapport.Statut.DEPOSE.value: "Déposé, à examiner",
    Rapport.Statut.A_CORRIGER.value: "À corriger par l’équipe",
    Rapport.Statut.VALIDE.value: "Validé",
}
COLONNES_REGIONS = ("Lettre", "Contrat", "Préparation", "Projet", "Validé", "Dotation")
PERSONNES = 20


def page(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> dict[str, Any]:
    """A constant number of queries, whatever the number of dossiers. Raises Interdit for an équipe."""
    if not acteur.est_agent:
        raise Interdit
    fuseau, seuils, noms = fuseau_de(acteur.region), seuils_de(acteur, maintenant), noms_groupes()
    nationale = acteur.role == Role.ADMIN_NATIONAL
    with pour_compter():
        delais = lecture.delais(acteur, filtres, maintenant, fuseau)
        par_region = lecture.par_region(acteur, filtres, maintenant)
        reports = lecture.rapports(acteur, filtres, maintenant)
        charges = [] if acteur.role in ADMINS else lecture.charges(acteur, filtres, seuils)
        retards = lecture.regions_des_retards(en_retard(acteur, filtres, maintenant)) if nationale else {}
    regions, stocks = _regions(par_region, retards, delais) if nationale else None, _reunir(par_region)
    contexte = {
        "perimetre": perimetre(acteur),
        "maintenant": maintenant,
        "fuseau": fuseau,
        "filtres": filtres,
        "actifs": actifs(filtres, noms),
        "choix": choix(acteur, noms),
        "etapes": _etapes(stocks, filtres) if regions is None else _etapes_publiees(regions.publie),
        "total": accord(sum(stocks.values()), "dossier en cours", "dossiers en cours") if regions is None else "",
        "delais": [_delais(mots, lecture.reunir(delais, objet=objet), nationale=nationale) for objet, mots in OBJETS],
        "rapports": _rapports(reports, nationale=nationale),
        "regions": regions,
        "colonnes_regions": COLONNES_REGIONS,
    }
    if regions is None:
        contexte["parcours"] = _parcours(stocks, filtres)
    if acteur.role not in ADMINS:
        contexte["charges"] = _charges(charges, filtres)
    return contexte


def adresse_liste(filtres: Filtres, **suite: Any) -> str:
    """The list of the rows behind a figure."""
    parametres = {"onglet": "tous", "departement": filtres.departement, "specialite": filtres.groupe, **suite}
    return f"{reverse('dossiers')}?{urlencode({k: v for k, v in parametres.items() if v}, doseq=True)}"


def _reunir(par_region: Mapping[tuple[str, Statut], int]) -> dict[Statut, int]:
    stocks = dict.fromkeys(S, 0)
    for (_, statut), n in par_region.items():
        stocks[statut] += n
    return stocks


def _etapes_publiees(p: Publie):
    """Where the dossiers of the country stand: the totals of the regions, those that may be said."""
    return barres(
        "Étape", ("Dossiers",), [Rang(nom, (n,)) for (nom, _), n in zip(ETAPES, p.totaux_colonnes, strict=True)]
    )


def _etapes(stocks: Mapping[Statut, int], filtres: Filtres):
    """Where the dossiers stand now."""
    return barres(
        "Étape", ("Dossiers",),
        [
            Rang(nom, (sum(stocks[s] for s in statuts),), url=adresse_liste(filtres, statut=[s.value for s in statuts]))
            for nom, statuts in ETAPES
        ],
    )  # fmt: skip


def _parcours(stocks: Mapping[Statut, int], filtres: Filtres):
    """How many of them have come at least so far."""
    rangs = []
    for place, (nom, _) in enumerate(ETAPES):
        statuts = [s for _, siens in ETAPES[place:] for s in siens]
        url = adresse_liste(filtres, statut=[s.value for s in statuts])
        rangs.append(Rang(nom, (sum(stocks[s] for s in statuts),), url=url))
    return entonnoir("Au moins à l’étape", "Dossiers", rangs)


def _delais(mots: str, d: Delais, *, nationale: bool) -> dict[str, Any]:
    """For the nation nothing of fewer than `SEUIL` decisions, nor how many silence took when it, or they, are fewer."""
    se_dit = not nationale or d.total >= SEUIL or not d.total
    expresses = d.total - d.tacites
    tacites_se_disent = se_dit and (not nationale or not (0 < d.tacites < SEUIL or 0 < expresses < SEUIL))
    mediane, haut = (quantile(d.effectifs, p) if se_dit else None for p in (MEDIANE, NEUF_DIXIEMES))
    return {
        "objet": mots,
        "decisions": nombre(d.total) if se_dit else CACHE,
        "mediane": "–" if mediane is None else accord(mediane, "jour"),
        "neuf_dixiemes": "–" if haut is None else accord(haut, "jour"),
        "tacites": nombre(d.tacites) if tacites_se_disent else CACHE,
        "part_tacites": (part(d.tacites, d.total) if d.total and tacites_se_disent else None) or "–",
    }


def _rapports(etats: Mapping[str, int], *, nationale: bool):
    """For the nation a count under `SEUIL` is hidden with another one: how many years are over is known elsewhere."""
    comptes = dict.fromkeys(RAPPORTS.values(), 0)
    for etat, n in etats.items():
        comptes[RAPPORTS[etat]] += n
    dits: Sequence[int | None] = list(comptes.values())
    if nationale:
        dits = [n for (n,) in publier([[n] for n in comptes.values()]).cellules]
    rangs = [Rang(mot, (n,)) for mot, n in zip(comptes, dits, strict=True)]
    return barres("Rapport", ("Années de dotation achevées",), rangs)


def _charges(lues: list[lecture.Charge], filtres: Filtres):
    rangs = [
        Rang(c.nom, (c.suivis, c.a_decider, c.tacites), url=adresse_liste(filtres, suivi_par=c.cle, statut=[s.value for _, siens in ETAPES for s in siens]))
        for c in lues[:PERSONNES]
    ]  # fmt: skip
    return barres("Suivi par", ("Dossiers suivis", "À décider", "Silence proche"), rangs)


@dataclass(frozen=True)
class Regions:
    """The regions' table, with counts as they may be shown; `publie`: the grid region × step itself."""

    lignes: list[dict[str, Any]]
    totaux: list[str]
    total: str
    retards: str
    publie: Publie


def _regions(
    par_region: Mapping[tuple[str, Statut], int], retards: Mapping[str, int], delais: Mapping[tuple[str, str], Delais]
) -> Regions:
    """Counts under five hidden, and what would give them back (`regles.secret`); delays of fewer than five decisions are not said."""
    noms = dict(Region.objects.order_by("nom").values_list("code", "nom"))
    presentes = [code for code in noms if any(region == code for region, _ in par_region)]
    grille = [[sum(par_region.get((code, s), 0) for s in statuts) for _, statuts in ETAPES] for code in presentes]
    p = publier(grille or [[0] * len(ETAPES)])
    depassees = publier([[retards.get(code, 0)] for code in presentes] or [[0]])
    lignes = []
    for rang, code in enumerate(presentes):
        lus = [lecture.reunir(delais, objet=objet, region=code) for objet, _ in OBJETS]
        medianes = [quantile(d.effectifs, MEDIANE) if d.total >= SEUIL else None for d in lus]
        lignes.append(
            {
                "nom": noms[code],
                "etapes": [_publie(n) for n in p.cellules[rang]],
                "total": _publie(p.totaux_lignes[rang]),
                "retards": _publie(depassees.cellules[rang][0]),
                "delais": ["–" if j is None else accord(j, "jour") for j in medianes],
            }
        )
    return Regions(lignes, [_publie(n) for n in p.totaux_colonnes], _publie(p.total), _publie(depassees.total), p)


def _publie(n: int | None) -> str:
    return "masqué" if n is None else nombre(n)
