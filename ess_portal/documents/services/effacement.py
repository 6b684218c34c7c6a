"""Bytes that may no longer be kept (RET-1), or that nobody filed: they go, the row that was there stays with its fingerprint."""

from datetime import datetime

from django.db import transaction

from ess_portal.documents import stockage
from ess_portal.documents.models import Document, Piece, Sceau

EFFACEE = "Effacée à la demande de la personne."


def effacer_piece(piece: Piece, *, maintenant: datetime, verdict: str = EFFACEE) -> None:
    """As the portal, in the transaction of the act; the blob goes once it is committed."""
    piece.etat, piece.verdict, piece.nom_fichier, piece.analysee_le = Piece.Etat.REFUSE, verdict, "efface", maintenant
    piece.save(update_fields=("etat", "verdict", "nom_fichier", "analysee_le"))
    chemin = piece.chemin
    transaction.on_commit(lambda: stockage.supprimer(chemin))


def effacer_document(*, dossier, prefixe: str) -> int:
    """The issued documents of a dossier whose key is this one, or begins so when it ends with « : »."""
    cles = {"cle__startswith": prefixe} if prefixe.endswith(":") else {"cle": prefixe}
    documents = Document.objects.filter(dossier=dossier, **cles).exclude(etat=Document.Etat.EFFACE)
    Sceau.objects.filter(document__in=documents).update(
        etat=Sceau.Etat.EFFACE, suite=None, nom="", qualite="", mention=""
    )
    return documents.update(etat=Document.Etat.EFFACE, octets=None, donnees={}, erreur="")
