"""A file that an act brings along: deposited as a pièce, its refusal said on the field it came by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ess_portal.comptes.acteur import Acteur
from ess_portal.documents.models import Piece
from ess_portal.documents.services import deposer_piece
from ess_portal.socle.erreurs import ErreurMetier

from ..models import Dossier


def joindre(
    dossier: Dossier,
    fichier: Any,
    champ: str,
    *,
    type_: str,
    libelle: str,
    objet: str,
    acteur: Acteur,
    maintenant: datetime,
    visible_equipe: bool = True,
) -> Piece | None:
    """The pièce, or None without file. Raises ErreurMetier on `champ`."""
    if not fichier:
        return None
    try:
        return deposer_piece(
            dossier=dossier,
            fichier=fichier,
            type=type_,
            libelle=libelle,
            objet=objet,
            acteur=acteur,
            maintenant=maintenant,
            visible_equipe=visible_equipe,
        )
    except ErreurMetier as refus:
        raise ErreurMetier(refus.code, refus.message, {champ: refus.message}) from refus
