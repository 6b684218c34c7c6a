"""The sandbox's clock: moved by an administrator or a command, and what it settles is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.urls import reverse

from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.models import Evenement
from ess_portal.socle import horloge
from tests.fabriques import make_dossier

pytestmark = pytest.mark.django_db


def ecart(instant: datetime) -> float:
    return abs((horloge.maintenant() - instant).total_seconds())


def test_la_page_avance_regle_et_revient(regional, connecte):
    session = connecte(regional)
    adresse = reverse("bac_a_sable")
    depart = horloge.maintenant()
    assert session.post(adresse, {"pas": "jour"}).status_code == 302
    assert ecart(depart + timedelta(days=1)) < 5
    assert session.post(adresse, {"instant": "2027-07-01T08:30"}).status_code == 302
    assert ecart(datetime(2027, 7, 1, 6, 30, tzinfo=UTC)) < 5
    page = session.get(adresse).content.decode()
    assert "1er\xa0juillet\xa02027" in page or "juillet\xa02027" in page
    assert "Rien n’était échu" in page
    session.post(adresse, {"pas": "mois"})
    assert ecart(datetime(2027, 8, 1, 6, 30, tzinfo=UTC)) < 5
    session.post(adresse, {"pas": "reel"})
    assert ecart(horloge.temps_reel()) < 5
    assert session.post(adresse, {}).status_code == 200
    assert session.post(adresse, {"pas": "siecle"}).status_code == 200


def test_ailleurs_que_dans_le_bac_a_sable_la_page_n_existe_pas(settings, regional, referent, connecte):
    assert connecte(referent).post(reverse("bac_a_sable"), {"pas": "jour"}).status_code == 403
    settings.BAC_A_SABLE = False
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(regional.utilisateur, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    assert connecte(regional).post(reverse("bac_a_sable"), {"pas": "jour"}).status_code == 404
    with pytest.raises(CommandError):
        call_command("horloge", "2027-01-01")


def test_la_commande_dit_ce_qui_s_est_passe(capsys):
    """A letter filed on 2 March 2026 is tacitly validated on 3 May, at 00:00 of its ARS."""
    dossier = make_dossier(statut="lettre_deposee")
    call_command("horloge", "2026-05-04T00:00:00+02:00")
    sortie = capsys.readouterr().out
    assert f"2026-05-02 22:00 {dossier.numero} valider_lettre_tacite" in sortie
    with comme_portail():
        assert Evenement.objects.filter(dossier=dossier, type="valider_lettre_tacite").count() == 1


@pytest.mark.parametrize("texte", ["demain", "2026-13-01", "2026-02-30T10:00"])
def test_un_instant_illisible_est_refuse(texte):
    with pytest.raises(CommandError):
        call_command("horloge", texte)
