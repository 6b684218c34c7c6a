"""Parameters of a day and of a pin, competent ARS and caisse: what the other apps ask of the reference data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from django.db.models import Q

from ess_portal.comptes.models import Organisation
from ess_portal.socle.erreurs import ErreurMetier
from ess_portal.socle.typographie import date_fr

from .models import Departement, JeuParametres, Region, Specialite
from .regles.admises import ADMISES
from .regles.parametres import Parametres


def tribunal(region: str) -> str:
    """The court of the seat of the region's ARS, which decides (code de justice administrative, R. 312-1): « Lyon », « la Guyane »."""
    return Region.objects.values_list("tribunal", flat=True).filter(pk=region).first() or ""


def jeux_du_jour(region: str, jour: date) -> tuple[JeuParametres, JeuParametres | None]:
    """The national set in force on a day (before the first, the first one) and the region's overrides, if any."""
    en_vigueur = Q(valide_du__lte=jour) & (Q(valide_au__isnull=True) | Q(valide_au__gte=jour))
    nationaux = JeuParametres.objects.filter(region__isnull=True)
    national = nationaux.filter(en_vigueur).order_by("-valide_du").first() or nationaux.order_by("valide_du").first()
    if national is None:
        raise ErreurMetier("parametres", "Aucun jeu de paramètres national n’est chargé.")
    return national, JeuParametres.objects.filter(en_vigueur, region_id=region).order_by("-valide_du").first()


def parametres_du_jour(region: str, jour: date) -> Parametres:
    """The settings in force on a day in a region (none: the national ones). One light query: the values themselves are kept."""
    return parametres_epingles(*epingle_du_jour(region, jour))


def epingle_du_jour(region: str, jour: date) -> tuple[int, int | None]:
    """The keys of the national set in force on a day and of the region's overrides, as an object of that day is pinned to them."""
    jeux = JeuParametres.objects.filter(Q(region__isnull=True) | Q(region_id=region)).order_by("valide_du")
    nationaux, regionaux = [], []
    for pk, de, du, au in jeux.values_list("pk", "region_id", "valide_du", "valide_au"):
        (nationaux if de is None else regionaux).append((pk, du <= jour and (au is None or jour <= au)))
    if not nationaux:
        raise ErreurMetier("parametres", "Aucun jeu de paramètres national n’est chargé.")
    national = next((pk for pk, vaut in reversed(nationaux) if vaut), nationaux[0][0])
    return national, next((pk for pk, vaut in reversed(regionaux) if vaut), None)


@lru_cache(maxsize=512)
def parametres_epingles(national_id: int, regional_id: int | None) -> Parametres:
    """The settings of a pin. Sets never change once written (a change is a new set), so the answer is kept."""
    valeurs = dict(JeuParametres.objects.get(pk=national_id).valeurs)
    if regional_id is not None:
        valeurs |= JeuParametres.objects.get(pk=regional_id).valeurs
    return Parametres.depuis(valeurs)


@lru_cache(maxsize=512)
def reglages_nommes(national_id: int, regional_id: int | None) -> Mapping[str, str]:
    """Setting → its name, its value and the dated set that gives it, as an explanation says them (CAL-11); kept as the sets themselves."""
    national = JeuParametres.objects.get(pk=national_id)
    regional = JeuParametres.objects.select_related("region").get(pk=regional_id) if regional_id is not None else None
    p, propres = parametres_epingles(national_id, regional_id), regional.valeurs if regional else {}
    return {
        nom: f"Réglage «\u00a0{reglage.libelle}\u00a0»\u00a0: {_valeur_ecrite(nom, getattr(p, nom))} · "
        + _nom_du_jeu(regional if regional and nom in propres else national)
        for nom, reglage in ADMISES.items()
    }


def _nom_du_jeu(jeu: JeuParametres) -> str:
    qui = f"Jeu de l’{jeu.region.nom_ars}" if jeu.region else "Jeu national"
    return f"{qui}, en vigueur depuis le {date_fr(jeu.valide_du)}"


def _valeur_ecrite(nom: str, valeur: object) -> str:
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    return next((libelle for code, libelle in ADMISES[nom].admises if code == valeur), str(valeur))


def ars_competente(departement: str) -> Organisation:
    """The ARS of the siège's region (ORG-3). Raises ErreurMetier where there is none (975)."""
    d = Departement.objects.filter(code=departement, est_ouvert=True).first()
    ars = Organisation.objects.filter(type="ars", region=d.region_id).first() if d else None
    if ars is None:
        raise ErreurMetier(
            "territoire",
            "Aucune ARS n’est compétente pour ce département.",
            {"siege_departement": "Choisissez un autre siège."},
        )
    return ars


def caisses_possibles(departement: str) -> list[Organisation]:
    """The caisses that serve a département (ORG-2): one proposed, several to choose from; 977 and 978 get that of 971."""
    code = "971" if departement in ("977", "978") else departement
    return list(Organisation.objects.filter(type="caisse", departement=code).order_by("nom"))


def noms_groupes() -> dict[str, str]:
    """A group is called by its first specialty, one of its own before one it shares."""
    actuelles = Specialite.objects.filter(date_fin__isnull=True).values_list("code", "libelle", "groupes")
    noms: dict[str, str] = {}
    for _, libelle, groupes in sorted(actuelles, key=lambda x: (len(x[2]), x[0])):
        for g in groupes:
            noms.setdefault(g, libelle)
    return noms
