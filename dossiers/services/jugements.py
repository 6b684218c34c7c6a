"""The instructor's judgement on a criterion of the grid. The row is the last one; each is an event that says why it changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.documents.models import Piece
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import ErreurMetier, Interdit

from ..models import Dossier, Jugement, PieceJugement
from ..regles.criteres import CRITERES
from ..regles.jugements import LIGNES_CRI7, manques
from . import cycle
from .jointes import joindre


@transaction.atomic
def juger(
    *,
    numero: str,
    objet: str,
    critere: str,
    avis: str,
    acteur: Acteur,
    maintenant: datetime,
    motif: str = "",
    lignes: Mapping[str, Mapping[str, str]] | None = None,
    pieces: Iterable[UUID | str] | None = None,
    fichier: Any = None,
    raison: str = "",
    **_: Any,
) -> Jugement:
    """One criterion; a réserve or a non-conformity needs its reason. `pieces`: of the dossier, None leaves those that are linked;
    `fichier`: a new one, linked as well. The last judgement counts.
    """
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    if acteur.role not in cycle.ROLES_ARS:
        raise Interdit
    if critere not in CRITERES or avis not in Jugement.Avis.values or objet not in ("lettre", "projet"):
        raise ErreurMetier(
            "critere", "Ce critère ou ce jugement n’existe pas.", {"critere": "Choisissez un critère de la grille."}
        )
    avant = Jugement.objects.filter(dossier=dossier, objet=objet, critere=critere).first()
    dites = avant.lignes if lignes is None and avant else lignes or {}
    erreurs = manques(critere, avis, motif, dites)
    if erreurs:
        message = (
            "Une réserve ou une non-conformité se motive." if set(erreurs) == {"motif"} else "Complétez le jugement."
        )
        raise ErreurMetier("motif", message, erreurs)
    dites = {c: {"avis": x["avis"], "motif": x.get("motif", "").strip()} for c, x in dites.items()}
    jugement, _cree = Jugement.objects.update_or_create(
        dossier=dossier,
        objet=objet,
        critere=critere,
        defaults={
            "avis": avis,
            "motif": motif.strip(),
            "lignes": {c: dites[c] for c in LIGNES_CRI7 if c in dites},
            "juge_le": maintenant,
            "juge_par_id": acteur.utilisateur_id,
        },
    )
    liees = _lier(jugement, dossier, pieces, fichier, acteur, maintenant)
    consigner(
        type="juger",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={
            "objet": objet,
            "critere": critere,
            "avis": avis,
            "motif": motif.strip(),
            "lignes": dites,
            "pieces": liees,
            "avant": avant.avis if avant else "",
            "raison": raison.strip(),
        },
    )
    return jugement


def _lier(
    jugement: Jugement,
    dossier: Dossier,
    pieces: Iterable[UUID | str] | None,
    fichier: Any,
    acteur: Acteur,
    maintenant: datetime,
) -> list[str]:
    """The ids of the pièces linked from now on, in words that the journal keeps."""
    if pieces is not None:
        voulues = {str(p) for p in pieces}
        connues = {str(p.pk): p for p in Piece.objects.pour(acteur).filter(dossier=dossier)}
        if voulues - set(connues):
            raise ErreurMetier(
                "pieces", "Cette pièce n’est pas au dossier.", {"pieces": "Choisissez parmi les pièces du dossier."}
            )
        PieceJugement.objects.filter(jugement=jugement).exclude(piece_id__in=voulues).delete()
        PieceJugement.objects.bulk_create(
            [PieceJugement(dossier=dossier, jugement=jugement, piece=connues[p]) for p in sorted(voulues)],
            ignore_conflicts=True,
        )
    nouvelle = joindre(
        dossier,
        fichier,
        "fichier",
        type_="etude",
        libelle=f"Pièce jointe au critère {jugement.critere.removeprefix('CRI-')}",
        objet=jugement.objet,
        acteur=acteur,
        maintenant=maintenant,
        visible_equipe=False,
    )
    if nouvelle is not None:
        PieceJugement.objects.create(dossier=dossier, jugement=jugement, piece=nouvelle)
    return [str(p) for p in jugement.pieces.values_list("piece_id", flat=True)]
