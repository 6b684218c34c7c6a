"""How the API says what went wrong: `{"code": …, "message": …, "champs": {…}}` and the right status."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response

from .erreurs import ErreurMetier

_CODES = {
    400: "requete",
    401: "authentification",
    403: "interdit",
    404: "introuvable",
    405: "methode",
    406: "format",
    415: "format",
    422: "contenu",
    429: "trop_de_demandes",
    500: "panne",
}
_MESSAGES = {
    400: "La demande n’est pas lisible.",
    401: "Identifiez-vous avec un jeton valable.",
    403: "Votre rôle ne permet pas cet acte.",
    404: "Cette page n’existe pas, ou vous n’y avez pas accès.",
    405: "Cette adresse n’accepte pas cette méthode.",
    406: "Ce format n’est pas proposé.",
    415: "Envoyez du JSON.",
    422: "Certaines informations sont à corriger.",
    429: "Trop de demandes. Réessayez dans un instant.",
    500: "Le portail n’a pas pu répondre. Rien n’a été enregistré\u00a0; réessayez dans un instant.",
}


# Libraries write theirs as a typewriter does.
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")


def corps(code: str, message: str, champs: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"code": code, "message": message, "champs": champs or {}}


def probleme(statut: int, champs: dict[str, Any] | None = None) -> dict[str, Any]:
    """The body of a status that no rule explains better."""
    return corps(_CODES.get(statut, "erreur"), _MESSAGES.get(statut, "La demande n’a pas abouti."), champs)


def _phrases(detail: Any) -> list[str]:
    """The sentences of one field, whatever the depth at which they were found: a list names its faulty items by their rank."""
    if isinstance(detail, dict):
        detail = detail.values()
    elif not isinstance(detail, list):
        return [_APOSTROPHE.sub("’", str(detail))]
    return [phrase for partie in detail for phrase in _phrases(partie)]


def traduire(echec: Exception, contexte: dict[str, Any]) -> Response | None:
    """DRF's exception handler. Whatever failed, nothing of the request is kept."""
    transaction.set_rollback(True)
    requete = contexte.get("request")
    if requete is not None:
        requete._request.annuler = True
    if isinstance(echec, ErreurMetier):
        attente = getattr(echec, "attente", None)
        return Response(
            corps(echec.code, echec.message, echec.champs),
            status=echec.statut_http,
            headers={"Retry-After": str(attente)} if attente else None,
        )
    if isinstance(echec, Http404):
        echec = exceptions.NotFound()
    elif isinstance(echec, PermissionDenied):
        echec = exceptions.PermissionDenied()
    if not isinstance(echec, exceptions.APIException):
        return None
    statut = 422 if isinstance(echec, exceptions.ValidationError) else echec.status_code
    champs: dict[str, Any] = {}
    if isinstance(echec, exceptions.ValidationError) and isinstance(echec.detail, dict):
        champs = {str(nom): _phrases(textes) for nom, textes in echec.detail.items()}
    entetes = {}
    if getattr(echec, "auth_header", None):
        entetes["WWW-Authenticate"] = echec.auth_header
    if getattr(echec, "wait", None):
        entetes["Retry-After"] = str(int(echec.wait) + 1)
    return Response(probleme(statut, champs), status=statut, headers=entetes)
