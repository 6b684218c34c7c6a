"""The sandbox's clock, for its administrators."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dossiers.libelles import evenement
from dossiers.services.simulation import deplacer_horloge, evenements_depuis
from ess_portal.comptes.roles import ADMINS
from ess_portal.journal import relais
from ess_portal.socle.erreurs import ErreurMetier, Interdit, Introuvable

from ..formes.actions import HorlogeDemande, HorlogeReponse
from ..formes.communs import reponses
from ..instants import lire_instant
from ..socle import Vue

ANNEES = range(2000, 2200)


class Horloge(Vue):
    @extend_schema(
        operation_id="bac_a_sable_horloge", request=HorlogeDemande, responses=reponses(HorlogeReponse, 400, 401, 403, 404, 422),
        description="Bac à sable seulement\u00a0: règle l’horloge simulée et inscrit ce qui est échu.",
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        if not settings.BAC_A_SABLE:
            raise Introuvable
        if self.acteur.role not in ADMINS:
            raise Interdit(message="L’horloge est réservée à l’administration.")
        instant = lire_instant(self.corps().get("maintenant"))
        if instant is None or instant.year not in ANNEES:
            texte = "Donnez un instant avec son décalage, par exemple 2026-03-01T00:00:00+01:00."
            raise ErreurMetier("contenu", texte, {"maintenant": texte})
        d = deplacer_horloge(instant)
        transaction.on_commit(partial(relais.vider, types=("courriel",)))
        lignes = [
            {"dossier": e.dossier.numero, "type": e.type, "libelle": evenement(e.type), "legal_le": e.legal_le}
            for e in evenements_depuis(d.depuis)
        ]
        reponse = HorlogeReponse(
            {"avant": d.avant, "maintenant": d.apres, "echeances": d.echeances, "evenements": lignes}
        )
        return Response(reponse.data)
