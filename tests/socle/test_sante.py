"""/sante/ says in less than two minutes what has stopped, and nothing while all goes well."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dossiers.models import Echeance
from dossiers.services import passage
from dossiers.tasks import relancer, scruter
from ess_portal import sante
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.models import Envoi, Passage
from ess_portal.journal.tasks import relayer
from ess_portal.socle import horloge
from tests.fabriques import make_dossier

pytestmark = pytest.mark.django_db
DEUX_MINUTES = timedelta(minutes=2)


@pytest.fixture
def heures(monkeypatch):
    """The machine's clock, moved by hand: `heures(seconds)`."""
    depart, ecoule = horloge.temps_reel(), timedelta()

    def avancer(**duree: int) -> None:
        nonlocal ecoule
        ecoule += timedelta(**duree)

    monkeypatch.setattr(horloge, "temps_reel", lambda: depart + ecoule)
    return avancer


@pytest.fixture
def portail(client, heures):
    """A portal at work: each task came by just now."""
    for tache in (scruter, relayer, relancer):
        tache()
    assert client.get("/sante/").status_code == 200
    return client


def raisons(client) -> list[str]:
    reponse = client.get("/sante/")
    corps = reponse.json()
    assert reponse.status_code == (503 if "raisons" in corps else 200)
    return corps.get("raisons", [])


def test_une_heure_tranquille_n_alarme_personne(portail, heures):
    """Beat publishes every thirty and ten seconds; one message in two is lost."""
    for tour in range(60):
        heures(seconds=60)
        scruter()
        relayer()
        assert raisons(portail) == [], tour


def test_le_rythme_se_tait(portail, heures):
    heures(seconds=90)
    assert raisons(portail) == []
    heures(seconds=29)
    assert raisons(portail) == [
        "Le moteur d’échéances n’est pas passé depuis plus de 100 secondes.",
        "Le relais des envois n’est pas passé depuis plus de 100 secondes.",
    ]
    scruter()
    relayer()
    assert raisons(portail) == []


def test_le_passage_est_en_retard(portail, heures):
    """The scan comes by and leaves a due date: it is told within two minutes, and no more once it is settled."""
    dossier = make_dossier("lettre_deposee")
    with comme_portail():
        due = Echeance.objects.get(dossier=dossier, regle="DL-1").instant
    with horloge.figer(due - timedelta(seconds=1)):
        scruter()  # the caisse's avis was due before
    with horloge.figer(due + timedelta(seconds=99)):
        Passage.noter("echeances", 0)
        assert raisons(portail) == []
    with horloge.figer(due + DEUX_MINUTES):
        assert raisons(portail) == ["1 échéance(s) dues ne sont pas inscrites."]
        scruter()
        relayer()
        assert raisons(portail) == []


@pytest.mark.parametrize("panne", ["le relais ne passe plus", "le relais n’y arrive pas"])
def test_la_file_n_avance_plus(portail, heures, monkeypatch, panne):
    with comme_portail():
        present = horloge.maintenant()
        Envoi.objects.create(
            type="courriel",
            cle="bloqué",
            charge={},
            cree_le=present,
            disponible_le=present,
            inscrit_le=horloge.temps_reel(),
        )
    for _ in range(3):
        heures(seconds=30)
        scruter()
        if panne == "le relais n’y arrive pas":
            relayer()
    assert raisons(portail) == []
    heures(seconds=29)
    scruter()
    assert raisons(portail) == ["La file d’envois n’avance plus."]


def test_un_relais_au_travail_sur_une_longue_file_n_alarme_pas(portail, heures):
    """Until a row has waited for five minutes."""
    with comme_portail():
        present = horloge.maintenant()
        Envoi.objects.create(
            type="courriel",
            cle="au bout",
            charge={},
            cree_le=present,
            disponible_le=present,
            inscrit_le=horloge.temps_reel(),
        )
    for _ in range(10):
        heures(seconds=30)
        Passage.noter("echeances", 0)
        Passage.noter("relais", 4)
        assert raisons(portail) == []
    heures(seconds=1)
    assert raisons(portail) == ["La file d’envois n’avance plus."]


def test_les_relances_ne_sont_plus_ecrites(portail, heures):
    heures(hours=2, minutes=31)
    scruter()
    relayer()
    assert raisons(portail) == ["Les relances ne sont plus écrites."]


def test_une_decision_tacite_attend_sa_grille(portail):
    """The scan settles, the pass that freezes the grid fails: said once a night of silences would have been over."""
    dossier = make_dossier("lettre_deposee")
    with comme_portail():
        due = Echeance.objects.get(dossier=dossier, regle="DL-1").instant
    with horloge.figer(due):
        passage.regler_dues(au=due)
        relayer()
        assert raisons(portail) == []
    with horloge.figer(due + timedelta(minutes=5)):
        assert raisons(portail) == ["1 décision(s) tacite(s) attendent leur grille des critères."]
        scruter()
        relayer()
        assert raisons(portail) == []


def test_les_limites_tiennent_en_deux_minutes():
    assert sante.SILENCE < DEUX_MINUTES
