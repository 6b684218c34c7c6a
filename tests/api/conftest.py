"""Callers of the API: a client that carries a person's token."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from ess_portal.comptes.models import Utilisateur
from ess_portal.socle import horloge
from tests.fabriques import INSTANT, Distribution, jeton_de, make_dossier


@dataclass
class Appelant:
    """Calls `/api/v1/…` with a token, or as nobody."""

    jeton: str = ""
    client: Client = field(default_factory=Client)

    def _entetes(self, **entetes: str) -> dict[str, str]:
        return {**({"Authorization": f"Bearer {self.jeton}"} if self.jeton else {}), **entetes}

    def get(self, chemin: str, **parametres: Any) -> HttpResponse:
        return self.client.get(f"/api/v1/{chemin}", parametres, headers=self._entetes())

    def _json(self, methode: str, chemin: str, corps: Any, **entetes: str) -> HttpResponse:
        texte = corps if isinstance(corps, str) else json.dumps(corps)
        return self.client.generic(
            methode, f"/api/v1/{chemin}", texte, content_type="application/json", headers=self._entetes(**entetes)
        )

    def post(self, chemin: str, corps: Any, **entetes: str) -> HttpResponse:
        return self._json("POST", chemin, corps, **entetes)

    def patch(self, chemin: str, corps: Any) -> HttpResponse:
        return self._json("PATCH", chemin, corps)

    def multipart(self, chemin: str, corps: dict[str, Any], **entetes: str) -> HttpResponse:
        return self.client.post(f"/api/v1/{chemin}", corps, headers=self._entetes(**entetes))


def appelant(utilisateur: Utilisateur) -> Appelant:
    return Appelant(jeton_de(utilisateur))


@pytest.fixture(autouse=True)
def instant():
    """The portal lives at the fabriques' instant."""
    with horloge.figer(INSTANT):
        yield INSTANT


@pytest.fixture
def anonyme() -> Appelant:
    return Appelant()


@pytest.fixture
def depose(db) -> Distribution:
    """The cast of a letter just filed."""
    return make_dossier("lettre_deposee").distribution
