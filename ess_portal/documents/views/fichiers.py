"""Serving: to those who may see the dossier; a stranger gets the 404 of a file that does not exist."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ess_portal.documents import selectors
from ess_portal.documents.entetes import reponse_fichier
from ess_portal.documents.models import Document, Piece
from ess_portal.documents.services import noter_consultation_piece, noter_lecture, produire_a_la_lecture
from ess_portal.socle import horloge

ATTENTE_SECONDES = "5"


@require_safe
def document(request: HttpRequest, document_id: uuid.UUID) -> HttpResponse:
    lu = selectors.lire_document(document_id, request.acteur)
    if produire_a_la_lecture(lu, maintenant=horloge.maintenant()) != lu.etat:
        lu = selectors.lire_document(document_id, request.acteur)
    if not lu.est_produit:
        return _attendre(
            request, "documents/en_preparation.html", {"document": lu}, suite=lu.etat == Document.Etat.A_PRODUIRE
        )
    octets = selectors.octets_document(lu)
    noter_lecture(document=lu, acteur=request.acteur, maintenant=horloge.maintenant())
    return reponse_fichier(octets, nom=lu.nom_fichier, type_mime="application/pdf")


@require_safe
def piece(request: HttpRequest, piece_id: uuid.UUID) -> HttpResponse:
    lue = selectors.lire_piece(piece_id, request.acteur)
    if not lue.est_saine:
        return _attendre(
            request, "documents/piece_en_analyse.html", {"piece": lue}, suite=lue.etat == Piece.Etat.EN_ANALYSE
        )
    octets = selectors.octets_piece(lue)
    noter_consultation_piece(piece=lue, acteur=request.acteur, maintenant=horloge.maintenant())
    return reponse_fichier(octets, nom=lue.nom_fichier, type_mime=lue.type_mime)


def _attendre(request: HttpRequest, gabarit: str, contexte: dict, *, suite: bool) -> HttpResponse:
    """A page that asks again by itself, by a header: no script."""
    reponse = render(request, gabarit, contexte)
    reponse["Cache-Control"] = "no-store, private"
    if suite:
        reponse["Refresh"] = ATTENTE_SECONDES
    return reponse
