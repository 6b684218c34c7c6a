"""The bytes of a document or of a pièce."""

from __future__ import annotations

import uuid

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request

from ess_portal.documents import selectors
from ess_portal.documents.controle.formats import FORMATS
from ess_portal.documents.entetes import reponse_fichier
from ess_portal.documents.services import noter_consultation_piece, noter_lecture, produire_a_la_lecture
from ess_portal.socle.erreurs import Conflit

from ..formes.communs import Erreur
from ..socle import Vue

ERREURS = dict.fromkeys((401, 403, 404, 409), Erreur)


class DocumentContenu(Vue):
    @extend_schema(
        operation_id="documents_contenu", responses={(200, "application/pdf"): OpenApiTypes.BINARY, **ERREURS},
        description="Le PDF émis. 409 tant qu’il est en préparation.",
    )  # fmt: skip
    def get(self, request: Request, document_id: uuid.UUID) -> HttpResponse:
        document = selectors.lire_document(document_id, self.acteur)
        if produire_a_la_lecture(document, maintenant=self.maintenant) != document.etat:
            document = selectors.lire_document(document_id, self.acteur)
        if not document.est_produit:
            raise Conflit("en_preparation", "Ce document est en préparation. Réessayez dans quelques secondes.")
        octets = selectors.octets_document(document)
        noter_lecture(document=document, acteur=self.acteur, maintenant=self.maintenant)
        return reponse_fichier(octets, nom=document.nom_fichier, type_mime="application/pdf")


class PieceContenu(Vue):
    @extend_schema(
        operation_id="pieces_contenu", responses={**{(200, t): OpenApiTypes.BINARY for t in sorted({x.mime for x in FORMATS.values()})}, **ERREURS},
        description="Le fichier déposé. 409 tant que l’analyse antivirus n’est pas finie.",
    )  # fmt: skip
    def get(self, request: Request, piece_id: uuid.UUID) -> HttpResponse:
        piece = selectors.lire_piece(piece_id, self.acteur)
        if not piece.est_saine:
            raise Conflit(
                "en_analyse", "Cette pièce n’est pas disponible\u00a0: son analyse n’est pas finie, ou l’a refusée."
            )
        octets = selectors.octets_piece(piece)
        noter_consultation_piece(piece=piece, acteur=self.acteur, maintenant=self.maintenant)
        return reponse_fichier(octets, nom=piece.nom_fichier, type_mime=piece.type_mime)
