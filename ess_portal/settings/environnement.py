"""Typed readers of the environment. A wrong value stops the start with one French sentence that names the variable."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

VRAI = frozenset({"1", "true", "vrai", "oui", "yes", "on"})
FAUX = frozenset({"0", "false", "faux", "non", "no", "off", ""})


def texte(nom: str, defaut: str | None = None) -> str:
    """The variable's text, or the default; without default it is required and may not be empty."""
    valeur = os.environ.get(nom, "").strip()
    if valeur:
        return valeur
    if defaut is None:
        raise ImproperlyConfigured(f"La variable d’environnement {nom} est obligatoire.")
    return defaut


def booleen(nom: str, defaut: bool = False) -> bool:
    valeur = os.environ.get(nom, "").strip().lower()
    if nom not in os.environ:
        return defaut
    if valeur not in VRAI | FAUX:
        raise ImproperlyConfigured(f"{nom} attend oui ou non (1 ou 0), pas « {valeur} ».")
    return valeur in VRAI


def entier(nom: str, defaut: int | None = None, *, minimum: int = 0, maximum: int | None = None) -> int:
    brut = texte(nom, None if defaut is None else str(defaut))
    try:
        valeur = int(brut)
    except ValueError:
        raise ImproperlyConfigured(f"{nom} attend un nombre entier, pas « {brut} ».") from None
    if valeur < minimum or (maximum is not None and valeur > maximum):
        haut = "" if maximum is None else f" et {maximum}"
        raise ImproperlyConfigured(f"{nom} vaut {valeur} : attendu entre {minimum}{haut}.")
    return valeur


def liste(nom: str, defaut: tuple[str, ...] | None = None) -> list[str]:
    """Comma-separated words; without default at least one is required."""
    mots = [mot.strip() for mot in os.environ.get(nom, "").split(",") if mot.strip()]
    if not mots and defaut is None:
        raise ImproperlyConfigured(f"La variable d’environnement {nom} attend une liste séparée par des virgules.")
    return mots or list(defaut or ())


def chemin(nom: str, defaut: Path | None = None) -> Path:
    return Path(texte(nom, None if defaut is None else str(defaut))).expanduser().absolute()


def base_de_donnees(nom: str, *, delai_requete_ms: int, delai_verrou_ms: int, delai_inactif_ms: int) -> dict:
    """Django's settings of a PostgreSQL URL (`postgresql://role:secret@host:5432/base?sslmode=require`).

    A unix socket is given by `?host=/folder`. Delays of 0 mean none (migrations).
    """
    url = urlsplit(texte(nom))
    if url.scheme not in {"postgresql", "postgres"} or not url.path.strip("/"):
        raise ImproperlyConfigured(f"{nom} attend une adresse postgresql://role:secret@hote/base.")
    options = dict(parse_qsl(url.query))
    delais = {
        "statement_timeout": delai_requete_ms,
        "lock_timeout": delai_verrou_ms,
        "idle_in_transaction_session_timeout": delai_inactif_ms,
    }
    hote = options.pop("host", url.hostname or "")
    options["options"] = " ".join(f"-c {cle}={valeur}" for cle, valeur in delais.items())
    options["connect_timeout"] = 5
    # A statement that comes back is planned once: under the policies of each row, planning costs more than reading.
    options |= {"server_side_binding": True, "prepare_threshold": 5}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.strip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": hote,
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        "OPTIONS": options,
    }


def file_de_taches(nom: str) -> tuple[str, str]:
    """The Redis address, for redis-py and for Celery, which names unix sockets otherwise."""
    url = texte(nom)
    if url.startswith("unix://"):
        chemin_socket, _, requete = url.removeprefix("unix://").partition("?")
        base = dict(parse_qsl(requete)).get("db", "0")
        return url, f"redis+socket://{chemin_socket}?virtual_host={base}"
    if not url.startswith(("redis://", "rediss://")):
        raise ImproperlyConfigured(f"{nom} attend une adresse redis://, rediss:// ou unix://.")
    return url, url
