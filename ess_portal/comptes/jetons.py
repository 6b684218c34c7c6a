"""API authentication: `Authorization: Bearer ess_<prefix>_<secret>`, bound to one rattachement read again at each call."""

from __future__ import annotations

from django.utils.crypto import constant_time_compare
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from ess_portal.socle import horloge

from . import locataire
from .clefs import empreinte_jeton
from .models import Jeton, Utilisateur
from .session import acteur_de

# Compared when the prefix is unknown, so that the answer takes as long.
_AUCUNE = "0" * 64


class JetonAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Utilisateur, Jeton] | None:
        """Sets `request.acteur` and the tenant of the running transaction; any bad token is the same 401."""
        mots = get_authorization_header(request).split()
        if not mots or mots[0].lower() != b"bearer":
            return None
        jeton = lire(mots[1].decode("ascii", "replace")) if len(mots) == 2 else None
        if jeton is None:
            raise AuthenticationFailed("Jeton absent, inconnu, expiré ou révoqué.")
        r = jeton.rattachement
        requete = request._request
        requete.acteur, requete.rattachements = acteur_de(r), [r]
        locataire.poser(requete.acteur)
        return r.utilisateur, jeton

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def lire(texte: str) -> Jeton | None:
    """The token that a text is, when it may still be used."""
    genre, _, reste = texte.partition("_")
    prefixe, _, secret = reste.partition("_")
    jeton = (
        Jeton.objects.select_related("rattachement__utilisateur", "rattachement__organisation")
        .filter(prefixe=prefixe[:12])
        .first()
    )
    juste = constant_time_compare(empreinte_jeton(secret), jeton.empreinte if jeton else _AUCUNE)
    if jeton is None or not juste or genre != "ess" or jeton.revoque_le or jeton.expire_le <= horloge.temps_reel():
        return None
    r = jeton.rattachement
    return jeton if r.retire_le is None and r.utilisateur.is_active else None
