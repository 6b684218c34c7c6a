"""The thresholds of a dossier over time: per specialty group and in total (DER-2), with what each source says of the territory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from dossiers.faits import parametres
from dossiers.models import Dossier
from ess_portal.referentiel.regles.parametres import Parametres

from .effectifs import versions
from .mesures import Mesure, choisir, declaree, denombree, importee
from .models import VersionAdhesion
from .regles.effectif import LIBERAUX, Periode, courbe, effectif_du_jour
from .regles.projection import Marche, Projection, Rupture, projeter, ruptures
from .regles.seuils import requis

INCONNU = Projection("non_estimable", raison="nombre de libéraux non renseigné")
PALIERS = ("creation", "intermediaire", "cible")


@dataclass(frozen=True)
class Palier:
    nom: str
    pour_cent: int
    requis: int | None
    projection: Projection
    ruptures: tuple[Rupture, ...]


@dataclass(frozen=True)
class Suivi:
    """One line of the page: a group, or the whole dossier (`groupe` empty)."""

    groupe: str
    liberaux: int | None
    presents: int | None
    adherents: int
    marches: tuple[Marche, ...]
    paliers: tuple[Palier, ...]
    premiere: date | None


@dataclass(frozen=True)
class Seuils:
    retenue: Mesure | None
    par_groupe: Mesure | None
    mesures: tuple[Mesure, ...]
    total: Suivi
    groupes: tuple[Suivi, ...]
    parametres: Parametres
    jour: date


def periodes_par_groupe(dossier: Dossier, lignes: Iterable[VersionAdhesion], p: Parametres) -> dict[str, list[Periode]]:
    """Adhérents libéraux who practise in the perimeter, by group of the dossier; "" is all of them (CRI-4)."""
    groupes, perimetre = set(dossier.groupes), set(dossier.departements)
    resultat: dict[str, list[Periode]] = {"": [], **{g: [] for g in dossier.groupes}}
    for v in lignes:
        siens = groupes & set(p.groupes_specialites.de(v.specialite_id, v.specialite.groupes))
        if not siens or v.mode not in LIBERAUX or not perimetre & set(v.departements):
            continue
        periode = Periode(v.adhesion.professionnel.rpps, v.valide_du, v.valide_au, v.specialite_id, v.mode)
        for g in ("", *siens):
            resultat[g].append(periode)
    return resultat


def adherents_par_groupe(
    dossier: Dossier, lignes: Iterable[VersionAdhesion], p: Parametres, jour: date
) -> dict[str, int]:
    periodes = periodes_par_groupe(dossier, lignes, p)
    return {g: effectif_du_jour(periodes[g], jour, comptes_dotation="liberaux") for g in dossier.groupes}


def suivre(dossier: Dossier, jour: date) -> Seuils:
    """Everything the page shows, in a constant number of queries."""
    p = parametres(dossier, jour)
    mesures = (importee(dossier), declaree(getattr(dossier, "lettre", None)), denombree(dossier))
    retenue = choisir(*mesures)
    # The letter gives one total: by group, what the directory counts stands beside it (DER-2).
    par_groupe = retenue if retenue is not None and retenue.par_groupe else mesures[2]
    periodes = periodes_par_groupe(dossier, versions(dossier), p)
    plusieurs = len(dossier.groupes) > 1
    return Seuils(
        retenue=retenue,
        par_groupe=par_groupe,
        mesures=tuple(m for m in mesures if m is not None),
        total=_suivi("", periodes[""], _de(retenue, ""), p, jour),
        groupes=tuple(_suivi(g, periodes[g], _de(par_groupe, g), p, jour) for g in dossier.groupes)
        if plusieurs
        else (),
        parametres=p,
        jour=jour,
    )


def _de(m: Mesure | None, groupe: str) -> tuple[int | None, int | None]:
    if m is None:
        return None, None
    return m.par_groupe.get(groupe, (None, None)) if groupe else (m.liberaux, m.presents)


def _suivi(
    groupe: str, periodes: list[Periode], mesure: tuple[int | None, int | None], p: Parametres, jour: date
) -> Suivi:
    liberaux, presents = mesure
    base = liberaux if p.base_seuil_adherents == "liberaux" else presents
    premiere = min((x.entree for x in periodes), default=None)
    debut = min(premiere or jour, jour)
    # Departures already recorded for the days to come break a target on a day that is known.
    fin = max([jour, *(x.sortie + timedelta(days=1) for x in periodes if x.sortie is not None)])
    marches = tuple(courbe(periodes, debut, fin, comptes_dotation="liberaux"))
    pourcents = (p.seuil_creation, p.seuil_intermediaire, p.seuil_cible)
    paliers = tuple(
        Palier(
            nom,
            pour_cent,
            r := None if base is None else requis(base, pour_cent),
            INCONNU if base is None else projeter(marches, jour, r, premiere=premiere),
            ruptures(marches, r),
        )
        for nom, pour_cent in zip(PALIERS, pourcents, strict=True)
    )
    adherents = effectif_du_jour(periodes, jour, comptes_dotation="liberaux")
    return Suivi(groupe, liberaux, presents, adherents, marches, paliers, premiere)
