"""The term of a contrat de dotation (DUR-1), read by the calendar when no scan has run: nothing is paid any more, the page says it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse

from ess_portal.comptes.locataire import comme_portail
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier
from financement.models import Contrat, Versement
from tests.fabriques import client_de, make_dossier

pytestmark = pytest.mark.django_db


def test_au_terme_sans_renouvellement_rien_ne_se_paie_et_la_page_le_dit():
    d = make_dossier("dotation_active").distribution
    with comme_portail():
        contrat = Contrat.objects.get(dossier__numero=d.numero, type="dotation")
    client, page = client_de(d.utilisateur("gestionnaire")), reverse("contrat", args=[d.numero, contrat.pk])

    def a_midi(jours: int) -> datetime:
        return datetime.combine(contrat.date_fin + timedelta(days=jours), time(11), UTC)

    with horloge.figer(a_midi(-1)):
        assert "Terme échu" not in client.get(page).content.decode()
    with horloge.figer(a_midi(0)):
        assert "Terme échu" in client.get(page).content.decode()
        assert "Terme échu" in client.get(reverse("contrats_dossier", args=[d.numero])).content.decode()
    d.maintenant = a_midi(0)
    with pytest.raises(ErreurMetier):
        d.fait("gestionnaire", "proposer_versement", nature="dotation")
    with comme_portail():
        assert not Versement.objects.filter(dossier__numero=d.numero, nature="dotation").exists()
