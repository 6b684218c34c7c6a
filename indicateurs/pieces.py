"""The files that a report carries along: those of its draft, those that a filing froze."""

from __future__ import annotations

from typing import Any

from django.db.models import prefetch_related_objects

from ess_portal.comptes.acteur import Acteur
from ess_portal.documents.models import Piece

from .models import Rapport


def decrite(piece: Piece) -> dict[str, str]:
    """A file as a version keeps it: enough to find it, and to know that it is still the same."""
    return {"id": str(piece.pk), "libelle": piece.libelle, "nom": piece.nom_fichier, "sha256": piece.empreinte}


def jointes(rapport: Rapport) -> list[Piece]:
    """Those of the report as it is being written, in the order in which they came."""
    prefetch_related_objects([rapport], "jointes__piece")
    return [lien.piece for lien in rapport.jointes.all()]


def du_brouillon(rapport: Rapport) -> dict[str, Any]:
    preuve = rapport.outil_piece
    return {
        "pieces": [decrite(p) for p in jointes(rapport)],
        "outil_piece": decrite(preuve) if preuve is not None else None,
    }


def lues(rapport: Rapport, acteur: Acteur) -> dict[str, Any]:
    """`pieces` and `outil_piece` for this reader: the draft's for who may still write it, the last filing's for everyone else."""
    versions = sorted(rapport.versions.all(), key=lambda v: v.numero)
    contenu = versions[-1].contenu if versions else {}
    # What was filed before versions kept their files had the evidence of the tool alone.
    if "pieces" not in contenu or (acteur.est_porteur and rapport.est_modifiable):
        return du_brouillon(rapport)
    return {"pieces": contenu["pieces"], "outil_piece": contenu["outil_piece"]}


def refusees(rapport: Rapport) -> dict[str, str]:
    """Files that the analysis refused, by the field of the form where they are changed: nobody could read them once filed."""
    refus = {}
    for p in jointes(rapport):
        if p.etat == Piece.Etat.REFUSE:
            refus["pieces"] = (
                f"«\u00a0{p.libelle}\u00a0» a été refusée par le contrôle des fichiers\u00a0: retirez-la avant de déposer le rapport."
            )
    if rapport.outil_piece is not None and rapport.outil_piece.etat == Piece.Etat.REFUSE:
        refus["outil_preuve"] = "Ce fichier a été refusé par le contrôle\u00a0: joignez-en un autre."
    return refus
