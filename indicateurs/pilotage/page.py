"""The dashboard of deadlines, assembled: a constant number of queries whatever the number of dossiers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.urls import reverse

from dossiers.dates import lier
from dossiers.models import Decision, Dossier, Echeance
from dossiers.regles.statuts import FINAUX, Statut
from dossiers.services import unicite
from dossiers.seuils import Seuils, seuils_de
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import pour_compter
from ess_portal.comptes.roles import Role
from ess_portal.referentiel.models import Departement, Region
from ess_portal.socle.composants import delai
from ess_portal.socle.erreurs import Interdit
from ess_portal.socle.horloge import fin_de_journee, jour_local
from ess_portal.socle.typographie import accord, date_fr

from . import echeances as e
from .calendrier import dernier_jour, dessiner
from .couverture import LEGENDE, couverture
from .echeances import Filtres
from .libelles import attendu, qui, suite

OUVERTS = [s.value for s in Statut if s not in FINAUX and s is not Statut.BROUILLON]


def page(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> dict[str, Any]:
    """Raises Interdit for an équipe: its own dates stand on its dossier."""
    if not acteur.est_agent:
        raise Interdit
    region = Region.objects.filter(pk=acteur.region).first() if acteur.region else None
    fuseau = region.fuseau if region else "Europe/Paris"
    jour = jour_local(maintenant, fuseau)
    seuils = seuils_de(acteur, maintenant)
    with pour_compter():
        # All that the page draws, a day more for the regions where it ends later.
        fin = max(fin_de_journee(dernier_jour(jour) + timedelta(days=1), fuseau), seuils.fin_horizon, seuils.fin_proche)
        venues, retards = e.venues(acteur, filtres, maintenant, fin), e.retards(acteur, filtres, maintenant)
        comptes = venues.compter(seuils)
        carte = couverture(acteur, filtres, maintenant, retards.paires)
        chiffres = _chiffres(acteur, filtres, comptes, retards, seuils, jour)
        proches = e.premieres(acteur, filtres, maintenant, venues.premieres(seuils.fin_horizon))
    calendrier = dessiner(venues.par_jour(dernier_jour(jour)), jour)
    return {
        "titre": "Pilotage national"
        if acteur.role == Role.ADMIN_NATIONAL
        else "Pilotage régional"
        if acteur.role == Role.ADMIN_REGIONAL
        else "Pilotage",
        "perimetre": perimetre(acteur, region),
        "maintenant": maintenant,
        "fuseau": fuseau,
        "jour": jour,
        "horizon": accord(seuils.horizon, "jour"),
        "sous_horizon": f"sous {accord(seuils.horizon, 'jour')}",
        "titre_a_venir": f"Échéances sous {accord(seuils.horizon, 'jour')}, de la plus proche à la plus lointaine",
        "titre_vide": f"Aucune échéance dans les {accord(seuils.horizon, 'jour')}",
        "comptes": comptes,
        "retards": retards,
        "phrase_tacites": _phrase(comptes, seuils, fuseau),
        "adresse_tacites": _liste(filtres, onglet="tacites"),
        "chiffres": chiffres,
        "en_retard": [
            ligne(x, jour, seuils) for x in e.lignes(Echeance.objects.pour(acteur).filter(pk__in=retards.cles))
        ],
        "a_venir": [ligne(x, jour, seuils) for x in e.lignes(Echeance.objects.pour(acteur).filter(pk__in=proches))],
        "limite": e.LIGNES,
        "couverture": carte,
        "legende": LEGENDE,
        "calendrier": calendrier,
        "adresse_agenda": _adresse("agenda", filtres),
        "filtres": filtres,
        "actifs": actifs(filtres, carte.noms_groupes),
        "choix": choix(acteur, carte.noms_groupes),
    }


def perimetre(acteur: Acteur, region: Region | None = None) -> str:
    """Whose dossiers an agent's dashboards count, in words."""
    if acteur.role == Role.ADMIN_NATIONAL:
        return "Toutes les régions"
    if acteur.role == Role.ADMIN_REGIONAL and region is None:
        region = Region.objects.filter(pk=acteur.region).first()
    return region.nom if acteur.role == Role.ADMIN_REGIONAL and region else acteur.organisation_nom


def _phrase(comptes: dict[str, Any], seuils: Seuils, fuseau: str) -> str:
    lettres, projets = comptes["tacites_lettre"], comptes["tacites"] - comptes["tacites_lettre"]
    objets = " et ".join(accord(n, mot) for n, mot in ((lettres, "lettre"), (projets, "projet")) if n)
    suite_ = "sera réputé validé" if comptes["tacites"] == 1 else "seront réputés validés"
    return f"Sans décision d’ici au {date_fr(jour_local(seuils.fin_horizon, fuseau))}, {objets} {suite_}."


def _liste(filtres: Filtres, **suite_: str) -> str:
    """The address of the dossiers' list with the same filters: a number leads to its rows."""
    return _adresse("dossiers", filtres, **suite_)


def _adresse(nom: str, filtres: Filtres, **suite_: str) -> str:
    parametres = {"departement": filtres.departement, "specialite": filtres.groupe, **suite_}
    dits = urlencode({k: v for k, v in parametres.items() if v})
    return f"{reverse(nom)}?{dits}" if dits else reverse(nom)


def _chiffres(acteur, filtres: Filtres, comptes, retards, seuils: Seuils, jour) -> list[dict[str, Any]]:
    dossiers = (
        Dossier.objects.pour(acteur)
        .au(seuils.maintenant)
        .filter(filtres.q())
        .aggregate(
            ouverts=Count("pk", filter=Q(statut_effectif__in=OUVERTS)),
            dotations=Count("pk", filter=Q(statut_effectif=Statut.DOTATION_ACTIVE.value)),
            a_regulariser=Count(
                "pk",
                filter=Q(statut_effectif__in=OUVERTS)
                & (Q(est_a_regulariser=True) | Q(unicite.nee_en_conflit(seuils.maintenant))),
            ),
            lettres_nees=Count("pk", filter=Q(statut=Statut.LETTRE_DEPOSEE, bascule_le__lte=seuils.maintenant)),
            projets_nes=Count("pk", filter=Q(statut=Statut.PROJET_DEPOSE, bascule_le__lte=seuils.maintenant)),
        )
    )
    nees = dict(
        Decision.objects.filter(dossier__in=Dossier.objects.pour(acteur).filter(filtres.q()))
        .filter(mode="tacite", retiree_le__isnull=True)
        .order_by()
        .values_list("objet")
        .annotate(n=Count("*"))
    )
    # Born, whether a scan has written them down or not (CAL-9).
    nees_lettres = nees.get("lettre", 0) + dossiers["lettres_nees"]
    nees_projets = nees.get("projet", 0) + dossiers["projets_nes"]
    anciennete = (
        f"la plus ancienne de {accord((jour - retards.plus_ancienne).days, 'jour')}"
        if retards.plus_ancienne
        else "aucune"
    )
    premier = f"la première le {date_fr(comptes['premier_tacite'])}" if comptes["premier_tacite"] else ""
    return [
        {
            "valeur": dossiers["ouverts"],
            "libelle": "dossiers ouverts",
            "precision": f"dont {dossiers['dotations']} en dotation",
            "url": _liste(filtres, onglet="tous"),
        },
        {"valeur": retards.nombre, "libelle": "échéances dépassées", "precision": anciennete, "url": "#en-retard"},
        {
            "valeur": comptes["a_venir"],
            "libelle": f"échéances sous {accord(seuils.horizon, 'jour')}",
            "precision": "",
            "url": "#a-venir",
        },
        {
            "valeur": comptes["tacites_imminents"],
            "libelle": f"validations tacites sous {accord(seuils.proche, 'jour')}",
            "precision": premier,
            "url": _liste(filtres, onglet="tacites"),
        },
        {
            "valeur": nees_lettres + nees_projets,
            "libelle": "décisions nées du silence",
            "precision": f"{accord(nees_lettres, 'lettre')}, {accord(nees_projets, 'projet')}",
        },
        {
            "valeur": dossiers["a_regulariser"],
            "libelle": "dossiers à régulariser",
            "precision": "validés malgré un conflit",
        },
    ]


def ligne(x, jour, seuils: Seuils) -> dict[str, Any]:
    """An échéance as a row of the tables."""
    tacite = x.regle in e.TACITES
    precision = f"validation tacite le {date_fr(x.acquise_le)}" if tacite and x.acquise_le else ""
    lu = delai(x.dernier_jour, jour, precision, tacite=tacite, rouge=seuils.rouge, proche=seuils.proche)
    return {
        "dossier": x.dossier,
        "attendu": attendu(x),
        "echeance": lier(x.dossier.numero, x, lu),
        "qui": qui(x),
        "relances": accord(x.nombre_relances, "relance") if x.nombre_relances else "Aucune",
        "suite": suite(x),
    }


def actifs(filtres: Filtres, noms: dict[str, str], garder: Mapping[str, str] | None = None) -> list[dict[str, str]]:
    """The filters in force, each with the address that takes it off; `garder`: what else the address says."""
    valeurs = {"departement": filtres.departement, "specialite": filtres.groupe, "region": filtres.region}
    mots = {
        "departement": f"Département {filtres.departement}",
        "specialite": noms.get(filtres.groupe, filtres.groupe),
        "region": f"Région {filtres.region}",
    }
    return [
        {
            "libelle": mots[nom],
            "url": "?" + urlencode({k: v for k, v in valeurs.items() if v and k != nom} | dict(garder or {})),
        }
        for nom, valeur in valeurs.items()
        if valeur
    ]


def choix(acteur: Acteur, noms: dict[str, str]) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer."""
    departements = Departement.objects.filter(est_ouvert=True)
    if acteur.region:
        departements = departements.filter(region=acteur.region)
    regions = list(Region.objects.values_list("code", "nom")) if acteur.role == Role.ADMIN_NATIONAL else []
    return {
        "departements": [(code, f"{nom} ({code})") for code, nom in departements.values_list("code", "nom")],
        "groupes": sorted(noms.items(), key=lambda g: g[1]),
        "regions": regions,
    }
