"""The list as a file, and the preview of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dossiers.models import Dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.tableur import Cellule
from ess_portal.socle.typographie import accord

from ..models import Adhesion
from ..regles.liste import COLONNES, ENTETES
from ..regles.plan_import import AJOUT, CHANGEMENT, ERREUR, INCHANGE, SORTIE
from ..services.import_liste import Apercu
from .liste import dossier_lu

# In the order of the page: what must be corrected first, what changes nothing last.
GROUPES = (
    (ERREUR, "À corriger dans le fichier", "ligne à corriger", "lignes à corriger"),
    (AJOUT, "Ajoutés", "ajout", "ajouts"),
    (CHANGEMENT, "Modifiés", "modification", "modifications"),
    (SORTIE, "Sortis", "sortie", "sorties"),
    (INCHANGE, "Inchangés", "ligne inchangée", "lignes inchangées"),
)
AIDES = {
    "numero": "Facultatif. Il désigne une adhésion déjà enregistrée.",
    "rpps": "Onze chiffres.",
    "specialite": "Le code (SM04) ou le libellé.",
    "mode": "Libéral, mixte, hospitalier ou salarié.",
    "departements": "Les codes, séparés par des virgules.",
    "etat": "Pour lecture\u00a0: ignoré à l’import.",
    "signee_le": "La signature annoncée ne compte qu’une fois le formulaire déposé.",
    "sortie_le": "Ce jour compte encore. Avec son motif.",
    "changement_le": "Rempli, la spécialité, le mode ou les départements changent à cette date. Vide, ils corrigent une erreur.",
}


def colonnes_liste() -> list[dict[str, Any]]:
    return [{"titre": titre, "requise": requise, "aide": AIDES.get(code, "")} for code, titre, _, requise in COLONNES]


def lignes_liste(
    numero: str, *, acteur: Acteur, maintenant: datetime, modele: bool = False
) -> tuple[Dossier, list[list[Cellule]]]:
    """The heading and a line by adhésion, given-up invitations left aside. Raises Introuvable."""
    dossier = dossier_lu(numero, acteur=acteur, maintenant=maintenant)
    lignes: list[list[Cellule]] = [list(ENTETES)]
    if modele:
        return dossier, lignes
    adhesions = Adhesion.objects.pour(acteur).filter(dossier=dossier).exclude(etat=Adhesion.Etat.ANNULEE)
    for a in adhesions.select_related("specialite", "professionnel"):
        lignes.append(
            [
                *(a.pk, a.professionnel.rpps, a.titre, a.nom, a.prenom, a.courriel),
                *(
                    f"{a.specialite_id} {a.specialite.libelle}",
                    a.get_mode_display(),
                    ", ".join(a.departements),
                    a.lieux,
                ),
                *(a.get_etat_display(), a.signee_le, a.sortie_le, a.motif_sortie, None),
            ]
        )
    return dossier, lignes


def groupes_apercu(vu: Apercu) -> list[dict[str, Any]]:
    return [
        {"code": code, "titre": titre, "entrees": entrees, "compte": accord(len(entrees), un, plusieurs)}
        for code, titre, un, plusieurs in GROUPES
        if (entrees := [e for e in vu.entrees if e.action == code])
    ]


def chiffres_apercu(vu: Apercu) -> list[dict[str, Any]]:
    lignes = [
        {
            "valeur": vu.comptes.get(code, 0),
            "libelle": un if vu.comptes.get(code, 0) < 2 else plusieurs,
            "precision": "",
        }
        for code, _, un, plusieurs in GROUPES
    ]
    return [*lignes, {"valeur": vu.ignorees, "libelle": "lignes vides ignorées", "precision": ""}]


def phrase_comptes(comptes: Mapping[str, int]) -> str:
    """« 3 ajouts, 1 sortie »."""
    return ", ".join(accord(comptes[code], un, plusieurs) for code, _, un, plusieurs in GROUPES if comptes.get(code))
