"""Identity at the act: five tries in a quarter of an hour, counted whatever becomes of the act, forgotten once it is proved."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.urls import reverse

from ess_portal.comptes import essais
from ess_portal.comptes.reauthentification import TropDEssais, verifier_identite
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Reauthentification

from .conftest import MOT_DE_PASSE

MIDI = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)


@pytest.fixture
def heure(monkeypatch):
    """The machine's clock, held in the test's hand."""
    present = [MIDI]
    monkeypatch.setattr(horloge, "temps_reel", lambda: present[0])
    return present


def manquer(utilisateur, fois: int) -> None:
    for _ in range(fois):
        with pytest.raises(Reauthentification) as refus, transaction.atomic():
            verifier_identite(utilisateur, "autre chose", "")
        assert not isinstance(refus.value, TropDEssais)


@pytest.mark.django_db
def test_le_sixieme_essai_n_est_plus_juge(referent, heure):
    manquer(referent.utilisateur, 5)
    with pytest.raises(TropDEssais) as refus:
        verifier_identite(referent.utilisateur, MOT_DE_PASSE, "")
    assert "à partir de 12\u00a0h\u00a015, dans 15 minutes" in refus.value.message
    assert (refus.value.statut_http, refus.value.code, refus.value.attente) == (429, "trop_d_essais", 901)


@pytest.mark.django_db
def test_les_essais_rouvrent_a_l_heure_dite(referent, heure):
    manquer(referent.utilisateur, 5)
    heure[0] = MIDI + timedelta(minutes=14, seconds=59)
    with pytest.raises(TropDEssais, match="dans 1 minute"):
        verifier_identite(referent.utilisateur, MOT_DE_PASSE, "")
    heure[0] = MIDI + timedelta(minutes=15)
    verifier_identite(referent.utilisateur, MOT_DE_PASSE, "")


@pytest.mark.django_db
def test_une_identite_prouvee_efface_les_essais(referent, heure):
    for _ in range(3):
        manquer(referent.utilisateur, 4)
        verifier_identite(referent.utilisateur, MOT_DE_PASSE, "")


@pytest.mark.django_db
def test_un_champ_vide_n_est_pas_un_essai_et_chacun_a_les_siens(referent, collaborateur, heure):
    for _ in range(10):
        with pytest.raises(Reauthentification):
            verifier_identite(referent.utilisateur, "", "")
    manquer(referent.utilisateur, 5)
    verifier_identite(collaborateur.utilisateur, MOT_DE_PASSE, "")


@pytest.mark.django_db
def test_un_acte_annule_garde_ses_essais(connecte, referent, heure):
    """Nothing of a refused request is kept, but its tries."""
    client, adresse = connecte(referent), reverse("jeton_nouveau")
    for _ in range(5):
        client.post(adresse, {"mot_de_passe": "autre chose"})
    page = client.post(adresse, {"mot_de_passe": MOT_DE_PASSE})
    assert "Trop d’essais manqués" in page.content.decode()


@pytest.mark.django_db(transaction=True)
def test_deux_cents_essais_a_la_fois_n_en_font_juger_que_cinq(heure):
    def essayer(_rang: int) -> bool:
        try:
            return essais.compter(7) is None
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(essayer, range(200))) == 5
