"""What every page's frame shows: who acts, for whom, where one may go, and the sandbox's clock."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from ess_portal.socle import horloge

from .roles import ADMINS, AGENTS, ARS, CAISSE, PORTEURS, Role

# (words, URL name, who). A page that is not installed is left out.
MENU = (
    ("Accueil", "accueil", frozenset(Role)),
    ("Dossiers", "dossiers", frozenset(Role)),
    ("Versements", "versements", CAISSE),
    ("Lots de paiement", "lots", CAISSE),
    ("Rapprochement", "rapprochements", CAISSE),
    ("Séries de contrats", "series", ARS | CAISSE),
    ("Budget", "budget", AGENTS),
    ("Pilotage", "pilotage", AGENTS),
    ("Territoires", "territoires", frozenset(Role)),
    ("Stratégie", "strategies", ARS),
    ("Motivations", "motivations", ARS),
    ("Clauses", "clausiers", ARS),
    ("Simulateurs", "simulateurs", PORTEURS),
    ("Mon organisation", "organisation", frozenset(Role) - ADMINS),
    ("Administration", "administration", ADMINS),
)


@dataclass(frozen=True)
class Lien:
    libelle: str
    url: str
    actif: bool = False


@lru_cache
def menu(role: Role) -> tuple[tuple[str, str], ...]:
    """The links of a role, resolved once in the life of the process."""
    liens = []
    for libelle, nom, roles in MENU:
        if role in roles:
            try:
                liens.append((libelle, reverse(nom)))
            except NoReverseMatch:
                continue
    return tuple(liens)


def portail(request: HttpRequest) -> dict[str, Any]:
    acteur = getattr(request, "acteur", None)
    return {
        "acteur": acteur,
        "rattachements": getattr(request, "rattachements", []),
        "navigation": [
            Lien(libelle, url, request.path == url if url == "/" else request.path.startswith(url))
            for libelle, url in menu(acteur.role)
        ]
        if acteur
        else [],
        "non_lus": getattr(request, "non_lues", 0),
        "bac_a_sable": settings.BAC_A_SABLE,
        "horloge_simulee": horloge.maintenant() if settings.BAC_A_SABLE else None,
    }
