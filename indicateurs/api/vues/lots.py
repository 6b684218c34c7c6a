"""The batches of payments, read by their caisse."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ess_portal.comptes.roles import CAISSE
from ess_portal.socle.erreurs import Interdit, Introuvable
from financement.models import LotPaiement

from ..formes.communs import reponses
from ..formes.lots import LotDetail, LotLu
from ..socle import PagesDe50, Vue


class _DeLaCaisse(Vue):
    def lots(self):
        if self.acteur.role not in CAISSE:
            raise Interdit
        return LotPaiement.objects.pour(self.acteur).select_related("prepare_par", "valide_par")


class Lots(_DeLaCaisse):
    @extend_schema(
        operation_id="lots_lister",
        parameters=[OpenApiParameter("page", int, description="Pages de 50.")],
        responses=reponses(PagesDe50.reponse(LotLu), 401, 403, 404),
        description="Les lots de paiement de la caisse, du plus récent au plus ancien.",
    )
    def get(self, request: Request) -> Response:
        return self.paginer(self.lots(), LotLu)


class UnLot(_DeLaCaisse):
    @extend_schema(
        operation_id="lots_lire",
        responses=reponses(LotDetail, 401, 403, 404),
        description="Un lot, ses versements et l’empreinte de ses fichiers.",
    )
    def get(self, request: Request, numero: str) -> Response:
        lot = self.lots().filter(numero=numero).first()
        if lot is None:
            raise Introuvable
        return Response(LotDetail(lot).data)
