"""Secrets of links and tokens: random or derived, stored as HMAC under a key derived from SECRET_KEY, never in clear."""

from __future__ import annotations

import secrets

from django.utils.crypto import salted_hmac

_INVITATION = "ess_portal.comptes.invitation"
_JETON = "ess_portal.comptes.jeton"
_CALENDRIER = "ess_portal.comptes.calendrier"


def secret_invitation(graine: str) -> str:
    """The secret of an invitation's link, recomputed when the mail is written: the outbox carries the seed only."""
    return salted_hmac(_INVITATION, graine, algorithm="sha256").hexdigest()


def empreinte_invitation(secret: str) -> str:
    return salted_hmac(f"{_INVITATION}.empreinte", secret, algorithm="sha256").hexdigest()


def nouvelle_graine() -> str:
    return secrets.token_hex(16)


def nouveau_jeton() -> tuple[str, str]:
    """(public prefix, secret) of an API token."""
    return secrets.token_hex(6), secrets.token_urlsafe(32)


def empreinte_jeton(secret: str) -> str:
    return salted_hmac(_JETON, secret, algorithm="sha256").hexdigest()


def nouveau_secret_calendrier() -> str:
    """The secret of a calendar's address."""
    return secrets.token_urlsafe(32)


def empreinte_calendrier(secret: str) -> str:
    return salted_hmac(_CALENDRIER, secret, algorithm="sha256").hexdigest()
