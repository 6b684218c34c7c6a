"""A person of the directory as screens show her, and as the form « ajouter un adhérent » takes her."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ess_portal.referentiel.models import Departement, Specialite

from ..models import Fiche
from ..models.professionnel import Mode
from .limite import compter
from .recherche import MINIMUM, chercher


@dataclass(frozen=True)
class Resultat:
    """`precision` is the second line of a result: number, specialties, mode, départements."""

    fiche: Fiche
    specialites: tuple[str, ...]
    departements: tuple[str, ...]

    @property
    def precision(self) -> str:
        mode = Mode(self.fiche.mode).label.lower() if self.fiche.mode else ""
        parties = (", ".join(self.specialites), mode, ", ".join(self.departements))
        return " · ".join((f"RPPS {self.fiche.rpps}", *filter(None, parties)))

    @property
    def adresses(self) -> list[str]:
        return list(dict.fromkeys(lieu["adresse"] for lieu in self.fiche.lieux if lieu["adresse"]))


def resultats(texte: str, personne: int) -> list[Resultat]:
    """A counted search of one person. Raises TropDeRecherches."""
    if len(texte) < MINIMUM:
        return []
    compter(personne)
    return presenter(chercher(texte))


def presenter(fiches: Sequence[Fiche]) -> list[Resultat]:
    """With the words of their codes, in two queries whatever their number."""
    specialites = Specialite.objects.in_bulk({code for fiche in fiches for code in fiche.specialites})
    departements = Departement.objects.in_bulk({code for fiche in fiches for code in fiche.departements})
    return [
        Resultat(
            fiche,
            tuple(specialites[code].libelle for code in fiche.specialites if code in specialites),
            tuple(str(departements[code]) for code in fiche.departements if code in departements),
        )
        for fiche in fiches
    ]


def fiche_json(resultat: Resultat) -> dict[str, Any]:
    fiche = resultat.fiche
    return {
        "rpps": fiche.rpps,
        "nom_complet": fiche.nom_complet,
        "precision": resultat.precision,
        "nom": fiche.nom,
        "prenom": fiche.prenom,
        "specialites": fiche.specialites,
        "mode": fiche.mode,
        "departements": fiche.departements,
    }


def saisie(fiche: Fiche, specialites: Sequence[str], departements: Sequence[str]) -> dict[str, Any]:
    """What the form is filled with: the specialty of the dossier where she has several, the départements of its perimeter."""
    communes = [code for code in fiche.specialites if code in specialites] or fiche.specialites
    return {
        "rpps": fiche.rpps,
        "titre": fiche.civilite or "Dr",
        "nom": fiche.nom,
        "prenom": fiche.prenom,
        "specialite": communes[0] if communes else "",
        "mode": fiche.mode,
        "departements": [code for code in fiche.departements if code in departements],
        "lieux": "\n".join(Resultat(fiche, (), ()).adresses),
    }
