"""What this app reads from the settings, in one place."""

from pathlib import Path

from django.conf import settings


def racine() -> Path:
    """Where the pièces' bytes live: outside the base, outside what the web server serves."""
    return Path(settings.MEDIA_ROOT)


def taille_maximum() -> int:
    """Bytes of an uploaded pièce; `PIECE_TAILLE_MAX` in the settings changes it."""
    return getattr(settings, "PIECE_TAILLE_MAX", 25 * 1024 * 1024)


def adresse_clamd() -> str:
    """`hote:3310`, or the path of clamd's socket; empty only where the sandbox's own scanner stands in."""
    return settings.CLAMD_ADRESSE


def adresse_publique() -> str:
    """`https://portail.exemple.fr`, without a final slash: what verification links begin with."""
    return settings.ADRESSE_PUBLIQUE.rstrip("/")
