"""What every address of the API shares: who may come in, how a body is read, how a list is cut in pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db import OperationalError
from django.db.models import QuerySet
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.parsers import DataAndFiles, JSONParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from dossiers.models import Dossier
from ess_portal.comptes.acteur import Acteur
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Introuvable, Occupe
from ess_portal.socle.saisie import epurer, epurer_formulaire


class Membre(IsAuthenticated):
    """A person who acts for an organisation; a signed-in one without any has nothing here."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and request._request.acteur is not None


class LecteurJson(JSONParser):
    """JSON of a bounded size and depth: whatever the body, the answer is a 400 and not a crash."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: dict[str, Any] | None = None) -> Any:
        longueur = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or 0
        if int(longueur) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise ParseError
        try:
            lu = super().parse(stream, media_type, parser_context)
        except RecursionError as profond:
            raise ParseError from profond
        _refuser_demi_caracteres(lu)
        return epurer(lu)


class LecteurFormulaire(MultiPartParser):
    """A form with files, its texts as `LecteurJson` gives them."""

    def parse(self, *args: Any, **kwargs: Any) -> DataAndFiles:
        lu = super().parse(*args, **kwargs)
        return DataAndFiles(epurer_formulaire(lu.data), lu.files)


def _refuser_demi_caracteres(valeur: Any) -> None:
    """Half a surrogate pair is JSON, and no text that a base or a page could hold; so is the null character."""
    pile = [valeur]
    while pile:
        v = pile.pop()
        if isinstance(v, str) and ("\x00" in v or any("\ud800" <= c <= "\udfff" for c in v)):
            raise ParseError
        if isinstance(v, dict):
            pile += [*v.keys(), *v.values()]
        elif isinstance(v, list):
            pile += v


class PagesDe50(PageNumberPagination):
    """Fifty rows a page, whatever is asked."""

    page_size = 50

    @classmethod
    def reponse(cls, forme: type[BaseSerializer]) -> type[BaseSerializer]:
        """The shape of a page of these rows, for the schema."""
        champs = {
            "count": serializers.IntegerField(),
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
            "results": forme(many=True),
        }
        return inline_serializer(f"PageDe{forme.__name__}", champs)


class Vue(APIView):
    """An address of the API for members; `acteur` and `maintenant` are what services and selectors take."""

    permission_classes = (Membre,)
    parser_classes = (LecteurJson,)

    @property
    def acteur(self) -> Acteur:
        return self.request._request.acteur

    @property
    def maintenant(self):
        return horloge.maintenant()

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, OperationalError) and Occupe.est(exc):
            exc = Occupe()
        return super().handle_exception(exc)

    def dossier(self, numero: str) -> Dossier:
        """The dossier as the law has it now (CAL-9), if this person may see it. Raises Introuvable."""
        dossier = (
            Dossier.objects.pour(self.acteur)
            .au(self.maintenant)
            .select_related("equipe", "ars", "caisse", "suivi_par")
            .filter(numero=numero)
            .first()
        )
        if dossier is None:
            raise Introuvable
        return dossier

    def corps(self) -> Mapping[str, Any]:
        """The body, once it is an object. Raises ValidationError."""
        return objet(self.request.data)

    def paginer(
        self,
        lignes: QuerySet,
        forme: type[BaseSerializer],
        *,
        preparer: Callable[[list[Any]], None] = lambda page: None,
        **contexte: Any,
    ) -> Response:
        """A page of these rows. `preparer`: what the rows of the page need together; `contexte`: what each needs to be told."""
        pages = PagesDe50()
        page = pages.paginate_queryset(lignes, self.request, view=self)
        preparer(page)
        return pages.get_paginated_response(forme(page, many=True, context=contexte).data)


class VueAvecFichiers(Vue):
    """Takes JSON, or a form with files."""

    parser_classes = (LecteurJson, LecteurFormulaire)


def objet(corps: Any) -> Mapping[str, Any]:
    if not isinstance(corps, Mapping):
        raise ValidationError({"corps": ["Envoyez un objet JSON."]})
    return corps
