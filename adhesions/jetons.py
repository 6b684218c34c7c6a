"""Secrets of the signing link and of its codes, derived from the portal's key: the base keeps no secret, a mail sent twice
says the same thing, and a stolen base signs nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from django.conf import settings


def nouveau_sel() -> str:
    return secrets.token_urlsafe(32)


def _derive(usage: str, *parties: object) -> bytes:
    message = "\0".join((usage, *(str(p) for p in parties))).encode()
    return hmac.new(settings.SECRET_KEY.encode(), message, hashlib.sha256).digest()


def jeton(sel: str) -> str:
    """The secret of a link, as it stands in its address."""
    return base64.urlsafe_b64encode(_derive("adhesion.lien", sel)).decode().rstrip("=")


def empreinte(jeton_recu: str) -> str:
    """What the base knows of a secret."""
    return hashlib.sha256(jeton_recu.encode()).hexdigest()


def code(sel: str, rang: int) -> str:
    """The six digits of the `rang`-th code of a link."""
    return f"{int.from_bytes(_derive('adhesion.code', sel, rang)[:8]) % 1_000_000:06d}"


def code_egal(sel: str, rang: int, saisi: str) -> bool:
    return hmac.compare_digest(code(sel, rang).encode(), saisi.strip().replace(" ", "").encode())


def pseudonyme(rpps: str) -> str:
    """What stands for an erased person's number: stable, eleven characters, and no number without the key."""
    return f"P{_derive('adhesion.effacement', rpps).hex()[:10].upper()}"
