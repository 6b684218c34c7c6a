"""The scanner's verdict on a pending pièce. Silence of the scanner changes nothing; the next pass asks again."""

import logging
import uuid

from django.db import transaction

from ess_portal.comptes.acteur import SYSTEME
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents import antivirus, stockage
from ess_portal.documents.controle.refus import PHRASES, Motif
from ess_portal.documents.models import Piece
from ess_portal.journal.services import Effet, consigner
from ess_portal.socle import horloge

journal = logging.getLogger(__name__)


def analyser_piece(piece_id: uuid.UUID) -> str:
    """Gives the pièce's state after the attempt; one winner under the row's lock, a judged pièce is left as it is."""
    with comme_portail():
        piece = Piece.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=piece_id).first()
        if piece is None or piece.etat != Piece.Etat.EN_ANALYSE:
            return piece.etat if piece else ""
        try:
            signature = antivirus.examiner(stockage.absolu(piece.chemin))
        except antivirus.Indisponible as silence:
            journal.warning("pièce %s non analysée : %s", piece.pk, silence)
            return piece.etat
        except stockage.BlobAbsent:
            return _juger(piece, Piece.Etat.REFUSE, PHRASES[Motif.ILLISIBLE], signature="blob_absent")
        if signature:
            return _juger(piece, Piece.Etat.REFUSE, PHRASES[Motif.INFECTE], signature=signature)
        return _juger(piece, Piece.Etat.SAIN, "", signature="")


def _juger(piece: Piece, etat: str, verdict: str, *, signature: str) -> str:
    piece.etat, piece.verdict, piece.analysee_le = etat, verdict, horloge.maintenant()
    piece.save(update_fields=("etat", "verdict", "analysee_le"))
    refusee = etat == Piece.Etat.REFUSE
    consigner(
        type="piece_refusee" if refusee else "piece_analysee",
        acteur=SYSTEME,
        maintenant=piece.analysee_le,
        dossier=piece.dossier,
        donnees={"piece": piece.pk, "libelle": piece.libelle, "signature": signature},
        effets=[_prevenir(piece)] if refusee and piece.organisation_id else (),
    )
    if refusee:
        transaction.on_commit(lambda: stockage.supprimer(piece.chemin))
    return etat


def _prevenir(piece: Piece) -> Effet:
    """A mail to the organisation that deposited the pièce: it believes it filed."""
    dossier = piece.dossier
    contexte = {"libelle": piece.libelle, "numero": dossier.numero, "nom": dossier.nom, "verdict": piece.verdict}
    charge = {"gabarit": "piece_refusee", "organisation": piece.organisation_id, "contexte": contexte}
    return Effet(type="courriel", cle=f"piece_refusee:{piece.pk}", charge=charge)


def analyser_en_attente(*, limite: int = 100) -> int:
    """One pass over what still waits, oldest first; the count of verdicts given. Stops at the first silence."""
    with comme_portail():
        attente = list(Piece.objects.en_attente().order_by("depose_le").values_list("pk", flat=True)[:limite])
    rendus = 0
    for piece_id in attente:
        if analyser_piece(piece_id) == Piece.Etat.EN_ANALYSE:
            break
        rendus += 1
    return rendus
