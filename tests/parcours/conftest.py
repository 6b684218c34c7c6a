"""The sandbox's accounts, the live portal, and the work of the worker done between two steps."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ess_portal.comptes.demonstration import creer_comptes
from ess_portal.documents.services import analyser_en_attente, produire_en_attente
from ess_portal.journal import relais
from tests.parcours.personne import Personne


@pytest.fixture
def ouvrier() -> Callable[[], None]:
    """What the worker does: scans, documents, mails, until nothing waits."""

    def travailler() -> None:
        relais.vider()
        analyser_en_attente()
        produire_en_attente()

    return travailler


@pytest.fixture
def gens(transactional_db, live_server, browser, settings) -> Callable[..., Personne]:
    """Opens a browser of its own for each account, kept for the whole test. The agents read the same pages, an équipe its own."""
    settings.MFA_TOTP_TOLERANCE = 1
    settings.ADRESSE_PUBLIQUE = live_server.url
    settings.EMAIL_BACKEND = "ess_portal.journal.courriel.BoiteCapturee"
    creer_comptes()
    ouverts: dict[str, Personne] = {}
    vues: dict[bool, set[str]] = {True: set(), False: set()}

    def personne(courriel: str = "", *, telephone: bool = False) -> Personne:
        if courriel not in ouverts:
            agent = bool(courriel) and not courriel.startswith("porteur")
            ouverts[courriel] = Personne(browser, live_server.url, courriel, telephone=telephone, vues=vues[agent])
        return ouverts[courriel]

    yield personne
    fautes = [f for p in ouverts.values() for f in p.fautes]
    for p in ouverts.values():
        p.page.context.close()
    assert not fautes, "\n".join(fautes)
