"""The dashboard of conformity, assembled for its reader: équipe by équipe for who follows dossiers, regions side by side for the nation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse

from dossiers.seuils import fuseau_de
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.roles import Role
from ess_portal.referentiel.models import Region
from ess_portal.referentiel.services import noms_groupes
from ess_portal.socle.composants import etat
from ess_portal.socle.erreurs import Interdit
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import accord, date_fr, euros, nombre, part
from financement.regles.budget import HORIZON
from financement.selectors import budget

from ..evaluation.retours import A_CORRIGER, DEPOSE, EN_RETARD, PAS_DU, Retour, retours
from ..graphiques import CACHE, Rang, barres
from ..pilotage.echeances import Filtres
from ..pilotage.page import actifs, choix, perimetre
from ..regles.secret import Publie, publier
from . import lecture
from .lecture import AUCUN, DECLARE, EN_SERVICE, SANS_PREUVE, Ensemble, Suivie

LIGNES = 300
# Shares of CRI-4 as a reader meets them, the worst first; None: nobody was counted.
PALIERS = (
    (0, "Moins de 10\u00a0%"),
    (10, "10\u00a0% atteints"),
    (30, "30\u00a0% atteints"),
    (50, "50\u00a0% atteints"),
    (None, "Libéraux non comptés"),
)
RANGS = (0, 10, 30, 50)
SOCLES = ((0, "Aucune activité"), (1, "Une activité sur deux"), (2, "Les deux activités"))
OUTILS = (
    (AUCUN, "Rien de déclaré"),
    (DECLARE, "Déclaré, pas encore en service"),
    (SANS_PREUVE, "En service, sans preuve"),
    (EN_SERVICE, "En service, avec preuve"),
)
RETOURS = (
    (EN_RETARD, "Non remis, date passée"),
    (A_CORRIGER, "À corriger par l’équipe"),
    (DEPOSE, "Déposé, à examiner"),
    (PAS_DU, "Pas encore dû"),
)
ETATS = {EN_RETARD: "erreur", A_CORRIGER: "alerte", DEPOSE: "attente", PAS_DU: "neutre"}


def page(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> dict[str, Any]:
    """A constant number of queries. Raises Interdit for an équipe."""
    if not acteur.est_agent:
        raise Interdit
    nationale, fuseau, noms = acteur.role == Role.ADMIN_NATIONAL, fuseau_de(acteur.region), noms_groupes()
    jour = jour_local(maintenant, fuseau)
    with comme_portail():
        lues = lecture.suivies(acteur, filtres, maintenant, lignes=0 if nationale else LIGNES)
        attendus = [r for an in (jour.year - 1, jour.year) for r in retours(acteur, filtres, an, maintenant)]
        argent = budget.lire(acteur, maintenant, parmi=filtres.q())
    regions = _regions(lues) if nationale else None
    figures = _figures(lues, attendus) if regions is None else _figures_publiees(lues, regions["publie"])
    contexte: dict[str, Any] = {
        "perimetre": perimetre(acteur), "maintenant": maintenant, "fuseau": fuseau, "filtres": filtres, "nationale": nationale,
        "actifs": actifs(filtres, noms), "choix": choix(acteur, noms), "figures": figures, "chiffres": _argent(argent),
        "dessin_argent": _annees(argent), "horizon": HORIZON, "lignes": [], "a_recevoir": [], "regions": regions,
    }  # fmt: skip
    if nationale:
        return contexte
    ouverts = sorted((r for r in attendus if r.etat in ETATS), key=lambda r: (r.due_le, r.nom, r.annee))
    return contexte | {
        "lignes": [_ligne(s, jour) for s in lues.premieres],
        "suivies": accord(lues.nombre, "équipe suivie", "équipes suivies"),
        "a_recevoir": [_attendu(r) for r in ouverts[:LIGNES]],
    }


TITRES = {
    "paliers": ("Adhérents parmi les libéraux", "Part atteinte", "10\u00a0% au départ, 30\u00a0% en chemin, 50\u00a0% à cinq ans, toutes spécialités ensemble."),
    "socle": ("Mission socle", "Activités mises en place", "Avis spécialisé ponctuel et structuration du second recours, déclarés et non écartés."),
    "outil": ("Outil informatique", "Où il en est", "D’après le dernier rapport d’activité déposé."),
    "attendus": ("Rapports d’activité attendus", "Rapport", "Années de contrat qui s’achèvent cette année ou l’an dernier, non encore validées."),
}  # fmt: skip


def _figures(lues: Ensemble, attendus: Sequence[Retour]) -> list[dict[str, Any]]:
    """The rows behind a bar stand in the tables under them."""
    comptes, paliers = Counter(r.etat for r in attendus), Counter[int | None]()
    for (_, atteint), n in lues.paliers.items():
        paliers[_rang(atteint)] += n
    return [
        _figure("paliers", [(mot, paliers[n]) for n, mot in PALIERS], url="#equipes"),
        *(_figure(nom, effectifs, url="#equipes") for nom, effectifs in _declares(lues)),
        _figure("attendus", [(mot, comptes[c]) for c, mot in RETOURS], url="#a-recevoir"),
    ]


def _figures_publiees(lues: Ensemble, p: Publie) -> list[dict[str, Any]]:
    """The nation: what the table of its regions tells, and no small count; the reports' returns are told by the synthesis of each campaign."""
    figures = [_figure("paliers", [(mot, n) for (_, mot), n in zip(PALIERS, p.totaux_colonnes, strict=True)])]
    for nom, effectifs in _declares(lues):
        dits = publier([[n for _, n in effectifs]]).cellules[0]
        figures.append(_figure(nom, [(mot, n) for (mot, _), n in zip(effectifs, dits, strict=True)]))
    return figures


def _declares(lues: Ensemble) -> list[tuple[str, list[tuple[str, int]]]]:
    return [
        ("socle", [(mot, lues.socles[n]) for n, mot in SOCLES]),
        ("outil", [(mot, lues.outils[c]) for c, mot in OUTILS]),
    ]


def _figure(nom: str, effectifs: Sequence[tuple[str, int | None]], url: str = "") -> dict[str, Any]:
    titre, entete, precision = TITRES[nom]
    rangs = [Rang(mot, (n,), url=url if n else "") for mot, n in effectifs]
    serie = "Rapports" if nom == "attendus" else "Équipes"
    return {"nom": nom, "titre": titre, "precision": precision, "dessin": barres(entete, (serie,), rangs)}


def _rang(palier: int | None) -> int | None:
    """The place of a share among those of the rules, whatever the settings of the ARS make of them."""
    return None if palier is None else max(r for r in RANGS if r <= palier)


def _argent(b: budget.Budget) -> list[dict[str, str]]:
    somme, adresse = budget.total(b), reverse("budget")
    montants = (
        (somme.engage, "engagés"),
        (somme.verse, "versés"),
        (somme.a_venir, f"à venir sous {HORIZON} mois"),
        (somme.a_recuperer, "à récupérer"),
    )
    return [{"valeur": euros(m.quantize(Decimal(1))), "libelle": mot, "precision": "", "url": adresse} for m, mot in montants]  # fmt: skip


def _annees(b: budget.Budget):
    rangs = [
        Rang(annee, (x.engage, x.verse), tuple(euros(m.quantize(Decimal(1))) for m in (x.engage, x.verse)), reverse("budget"))
        for annee, x in budget.grouper(b, "annee")
    ]  # fmt: skip
    return barres("Année", ("Engagé", "Versé"), rangs)


def _ligne(s: Suivie, jour) -> dict[str, Any]:
    mots = dict(PALIERS)[_rang(s.palier)]
    en_retard = s.cible_le is not None and s.cible_le < jour and (s.palier or 0) < RANGS[-1]
    variante = "neutre" if s.palier is None else "erreur" if not s.palier or en_retard else "succes"
    return {
        "nom": s.nom,
        "url": reverse("seuils", args=[s.numero]),
        "dossier": reverse("dossier", args=[s.numero]),
        "part": (part(s.adherents, s.base) if s.base else None) or "–",
        "compte": f"{nombre(s.adherents)} sur {nombre(s.base)}" if s.base else nombre(s.adherents),
        "palier": etat(variante, mots, "50\u00a0% attendus" if en_retard else ""),
        "cible": date_fr(s.cible_le) if s.cible_le else "–",
        "socle": f"{s.socle} sur 2",
        "outil": dict(OUTILS)[s.outil],
        "outil_le": f"depuis le {date_fr(s.outil_le)}" if s.outil_le else "",
    }


def _attendu(r: Retour) -> dict[str, Any]:
    return {
        "nom": r.nom,
        "url": reverse("rapport", args=[r.numero, r.annee]) if r.remis_le else reverse("rapports", args=[r.numero]),
        "annee": r.annee,
        "due_le": date_fr(r.due_le),
        "remis_le": date_fr(r.remis_le) if r.remis_le else "–",
        "etat": etat(ETATS[r.etat], dict(RETOURS)[r.etat]),
    }


def _regions(lues: Ensemble) -> dict[str, Any]:
    """Counts under five hidden, and what would give them back (`regles.secret`)."""
    noms = dict(Region.objects.order_by("nom").values_list("code", "nom"))
    comptes: dict[str, Counter] = {}
    for (region, atteint), n in lues.paliers.items():
        comptes.setdefault(region, Counter())[_rang(atteint)] += n
    presentes = [code for code in noms if code in comptes]
    p = publier([[comptes[c][n] for n, _ in PALIERS] for c in presentes] or [[0] * len(PALIERS)])
    return {
        "entetes": [mot for _, mot in PALIERS],
        "lignes": [
            {"nom": noms[c], "valeurs": [_dit(n) for n in (*p.cellules[i], p.totaux_lignes[i])]} for i, c in enumerate(presentes)
        ],
        "totaux": [_dit(n) for n in (*p.totaux_colonnes, p.total)],
        "publie": p,
    }  # fmt: skip


def _dit(n: int | None) -> str:
    return CACHE if n is None else nombre(n)
