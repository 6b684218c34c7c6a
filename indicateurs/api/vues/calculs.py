"""The calculators: public, 60 a minute per address without account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import APIException
from rest_framework.parsers import JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from ess_portal.referentiel.regles.saisie import SaisieInvalide
from ess_portal.socle.erreurs_api import corps as corps_erreur

from ... import calculs
from ..formes import calculs as f
from ..formes.communs import reponses
from ..limites import ParAdresse
from ..socle import LecteurJson, objet


class Calcul(APIView):
    """Reads a body, gives an answer, writes nothing: a refused call is answered without undoing its own count."""

    permission_classes = (AllowAny,)
    throttle_classes = (ParAdresse,)
    parser_classes: ClassVar[tuple[type[JSONParser], ...]] = (LecteurJson,)
    calculer: ClassVar[Callable[[Mapping[str, Any]], dict[str, Any]]]

    def post(self, request: Request) -> Response:
        try:
            return Response(type(self).calculer(objet(request.data)))
        except SaisieInvalide as refus:
            champs = {nom: [texte] for nom, texte in refus.champs.items()}
        except APIException as refus:
            if refus.status_code != 400:
                raise
            champs = {"corps": ["Envoyez un objet JSON."]}
        return Response(corps_erreur("contenu", "Certaines informations sont à corriger.", champs), status=422)


def documente(nom: str, demande: type[Serializer], reponse: type[Serializer], description: str):
    operation = extend_schema(
        operation_id=f"calculs_{nom}",
        request=demande,
        responses=reponses(reponse, 401, 422, 429),
        description=description,
        auth=[{}, {"jeton": []}],
    )
    return extend_schema_view(post=operation)


@documente("dotation", f.DotationDemande, f.DotationReponse, "La dotation d’une année de contrat (FIN-4 à FIN-8).")
class Dotation(Calcul):
    calculer = staticmethod(calculs.dotation)


@documente(
    "echeances",
    f.EcheancesDemande,
    f.EcheancesReponse,
    "Les délais que ces faits déterminent, le silence présumé (DL-1 à DL-10).",
)
class Echeances(Calcul):
    calculer = staticmethod(calculs.echeances)


@documente("seuils", f.SeuilsDemande, f.SeuilsReponse, "Les seuils d’adhérents et les dix médecins (CRI-4, CRI-1d).")
class Seuils(Calcul):
    calculer = staticmethod(calculs.seuils)


@documente("identifiants", f.IdentifiantDemande, f.IdentifiantReponse, "Le format et la clé d’un identifiant.")
class Identifiants(Calcul):
    calculer = staticmethod(calculs.identifiant)
