"""Import of the figures of a region, or of the country: whole or not at all, dated and sourced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import ARS, Role
from ess_portal.journal.services import consigner
from ess_portal.referentiel.models import Departement, Specialite
from ess_portal.referentiel.services import noms_groupes
from ess_portal.socle.erreurs import ErreurMetier, Interdit

from ..models import Demographie
from ..regles.demographie import Lecture, lire
from .import_liste import lire_fichier

IMPORTATEURS = ARS | {Role.ADMIN_NATIONAL}


@dataclass(frozen=True)
class Bilan:
    nouveaux: int = 0
    changes: int = 0
    identiques: int = 0
    erreurs: tuple[tuple[int, str], ...] = ()


def importer_demographie(
    *, fichier: Any, source: str, date_comptage: date, acteur: Acteur, maintenant: datetime
) -> Bilan:
    """As `importer_lignes`, from a file. Raises ErreurMetier for one that is no table."""
    _exiger(acteur, source)
    nom, lignes = lire_fichier(fichier)
    return importer_lignes(
        nom=nom, lignes=lignes, source=source, date_comptage=date_comptage, acteur=acteur, maintenant=maintenant
    )


def _exiger(acteur: Acteur, source: str) -> None:
    if acteur.role not in IMPORTATEURS:
        raise Interdit
    if not source.strip():
        raise ErreurMetier("source", "Indiquez la source.", {"source": "Indiquez la source."})


@transaction.atomic
def importer_lignes(
    *, nom: str, lignes: list[list[str]], source: str, date_comptage: date, acteur: Acteur, maintenant: datetime
) -> Bilan:
    """Raises Interdit for who is neither an ARS nor the national administration, ErreurMetier without a source. With an error on one
    line, nothing is written. The same figures of the same day again change nothing. `nom`: of the file they come from.
    """
    _exiger(acteur, source)
    lecture = _lire(lignes, acteur)
    if lecture.erreurs:
        return Bilan(erreurs=lecture.erreurs)
    existants = {
        (x.departement_id, x.groupe): x
        for x in Demographie.objects.select_for_update().filter(
            date_comptage=date_comptage, departement__in={c.departement for c in lecture.chiffres}
        )
    }
    champs = {
        "source": source.strip()[:120],
        "importee_le": maintenant,
        "importee_par_id": acteur.utilisateur_id,
        "organisation_id": acteur.organisation_id,
    }
    nouveaux, changes, identiques = [], [], 0
    for c in lecture.chiffres:
        x = existants.get((c.departement, c.groupe))
        if x is None:
            nouveaux.append(
                Demographie(
                    departement_id=c.departement, groupe=c.groupe, date_comptage=date_comptage, liberaux=c.liberaux,
                    presents=c.presents, **champs,
                )
            )  # fmt: skip
        elif (x.liberaux, x.presents, x.source) == (c.liberaux, c.presents, champs["source"]):
            identiques += 1
        else:
            x.liberaux, x.presents = c.liberaux, c.presents
            for champ, valeur in champs.items():
                setattr(x, champ, valeur)
            changes.append(x)
    Demographie.objects.bulk_create(nouveaux)
    Demographie.objects.bulk_update(changes, ["liberaux", "presents", *champs])
    bilan = Bilan(len(nouveaux), len(changes), identiques)
    if nouveaux or changes:
        consigner(
            type="importer_demographie",
            acteur=acteur,
            maintenant=maintenant,
            donnees={
                "fichier": nom,
                "source": champs["source"],
                "date_comptage": date_comptage,
                "nouveaux": bilan.nouveaux,
                "changes": bilan.changes,
            },
        )
    return bilan


def _lire(lignes: list[list[str]], acteur: Acteur) -> Lecture:
    ouverts = Departement.objects.filter(est_ouvert=True).values_list("code", "region_id")
    departements = {code: acteur.region in (None, region) for code, region in ouverts}
    groupes: dict[str, list[str]] = {g: [g] for g in noms_groupes()}
    groupes |= {code.lower(): g for code, g in Specialite.objects.values_list("code", "groupes")}
    return lire(lignes, departements=departements, groupes=groupes)
