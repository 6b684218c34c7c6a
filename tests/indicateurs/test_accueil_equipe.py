"""The équipe's home shows the dossier that waits for it, not the last draft that it opened."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dossiers.services.creation import creer_dossier
from ess_portal.comptes.locataire import contexte
from ess_portal.socle import horloge
from indicateurs.vie.ordre import dossiers_de_l_equipe
from tests.fabriques import Distribution, client_de, make_dossier

pytestmark = pytest.mark.django_db


def brouillon(d: Distribution) -> str:
    acteur = d.acteur("porteur")
    with contexte(acteur):
        return creer_dossier(
            nom="Encore une idée", specialites=["SM28"], siege_departement="31", acteur=acteur, maintenant=d.maintenant
        ).numero  # fmt: skip


def ordre(d: Distribution, **duree: int) -> list[str]:
    with contexte(d.acteur("porteur")):
        return [x.numero for x in dossiers_de_l_equipe(d.acteur("porteur"), d.maintenant + timedelta(**duree))]


def meme_equipe(d: Distribution, statut: str, **champs) -> str:
    autre = Distribution(equipe=d.equipe, maintenant=d.maintenant, acteurs=d.acteurs, utilisateurs=d.utilisateurs)
    return make_dossier(statut, autre, **champs).numero


def test_le_dossier_depose_passe_avant_le_brouillon():
    d = make_dossier("lettre_deposee").distribution
    d.avancer(days=3)
    idee = brouillon(d)
    assert ordre(d) == [d.numero, idee]
    with horloge.figer(d.maintenant):
        page = client_de(d.utilisateur("porteur")).get("/")
    assert page.context["dossier"].numero == d.numero
    assert [x.numero for x in page.context["autres_dossiers"]] == [idee]


def test_ce_qui_attend_l_equipe_d_abord():
    """An incomplete letter before one that the ARS instructs, whichever is the newer; a finished one last."""
    d = make_dossier("lettre_incomplete").distribution
    instruite = meme_equipe(d, "lettre_deposee", specialites=["SM28"])
    finie = meme_equipe(d, "lettre_refusee", specialites=["SM15"])
    assert ordre(d) == [d.numero, instruite, finie]


def test_une_lettre_devenue_tacite_attend_le_projet():
    """CAL-9: no pass was made, yet the letter is validated and the next act is the équipe's."""
    d = make_dossier("lettre_deposee").distribution
    d.avancer(days=1)
    recente = meme_equipe(d, "lettre_deposee", specialites=["SM28"])
    assert ordre(d, days=10) == [d.numero, recente]
    assert ordre(d, days=59) == [d.numero, recente]
