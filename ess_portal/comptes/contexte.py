"""What every page's frame shows: who acts, for whom, where one may go, and the sandbox's clock."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from ess_portal.socle import horloge

from .roles import ADMINS, AGENTS, ARS, CAISSE, PORTEURS, Role

# (group, words, URL name, who), in the order of the screen. A page that is not installed is left out; a group of one
# link for a role is that link. The home of the administrators is Pilotage.
MENU = (
    ("", "Accueil", "accueil", frozenset(Role) - ADMINS),
    ("", "Dossiers", "dossiers", frozenset(Role)),
    ("Paiements", "Versements", "versements", AGENTS),
    ("Paiements", "Lots de paiement", "lots", CAISSE),
    ("Paiements", "Rapprochement", "rapprochements", CAISSE),
    ("Paiements", "Récupérations", "recuperations", AGENTS),
    ("Contrats", "Séries de contrats", "series", ARS | CAISSE),
    ("Contrats", "Clauses", "clausiers", ARS | ADMINS),
    ("Contrats", "Délégations de signature", "delegations", ARS | CAISSE),
    ("Références", "Stratégie", "strategies", ARS),
    ("Références", "Motivations", "motivations", ARS),
    ("Suivi", "Pilotage", "pilotage", AGENTS),
    ("Suivi", "Budget", "budget", AGENTS),
    ("Suivi", "Territoires", "territoires", frozenset(Role)),
    ("", "Simulateurs", "simulateurs", PORTEURS),
    ("", "Mon organisation", "organisation", frozenset(Role) - ADMINS),
    ("", "Administration", "administration", ADMINS),
)


@dataclass(frozen=True)
class Lien:
    """An entry of the menu: a page, or the group that folds its `liens`."""

    libelle: str
    url: str
    actif: bool = False
    liens: tuple[Lien, ...] = ()


@lru_cache
def menu(role: Role) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """The entries of a role, each with its links, resolved once in the life of the process."""
    entrees: dict[str, list[tuple[str, str]]] = {}
    for groupe, libelle, nom, roles in MENU:
        if role in roles:
            with suppress(NoReverseMatch):
                entrees.setdefault(groupe or libelle, []).append((libelle, reverse(nom)))
    return tuple((groupe, tuple(liens)) for groupe, liens in entrees.items())


def navigation(role: Role, chemin: str) -> list[Lien]:
    """What the menu shows of `chemin`."""
    entrees = []
    for groupe, adresses in menu(role):
        liens = tuple(
            Lien(libelle, url, chemin == url if url == "/" else chemin.startswith(url)) for libelle, url in adresses
        )
        repli = Lien(groupe, "", any(lien.actif for lien in liens), liens)
        entrees.append(repli if len(liens) > 1 else liens[0])
    return entrees


def portail(request: HttpRequest) -> dict[str, Any]:
    acteur = getattr(request, "acteur", None)
    return {
        "acteur": acteur,
        "rattachements": getattr(request, "rattachements", []),
        "navigation": navigation(acteur.role, request.path) if acteur else [],
        "non_lus": getattr(request, "non_lues", 0),
        "bac_a_sable": settings.BAC_A_SABLE,
        "horloge_simulee": horloge.maintenant() if settings.BAC_A_SABLE else None,
    }
