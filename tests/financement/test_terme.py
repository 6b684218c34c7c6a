"""The term of a contrat de dotation (DUR-1), read by the calendar when no scan has run: nothing is paid any more, the page says it."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from django.urls import reverse

from dossiers.models import Tache
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.models import Evenement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier
from financement.livre import verification
from financement.livre.soldes import par_enveloppe
from financement.models import Contrat, Versement
from financement.services.terme import degager_les_echus
from tests.fabriques import Distribution, client_de, make_dossier, verser

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
    # Nothing is released before the portal has closed the dossier; then once, whatever is run again.
    assert degager_les_echus(au=a_midi(0)) == 0
    regler_dues(au=a_midi(0))
    with comme_portail():
        reserve = sum(s.a_liquider for s in par_enveloppe(d.relire()).values())
    assert reserve > 0
    assert [degager_les_echus(au=a_midi(jours)) for jours in (0, 0, 1)] == [1, 0, 0]
    with comme_portail():
        assert d.relire().statut == "clos"
        assert all(s.reste_a_verser == 0 for s in par_enveloppe(d.relire()).values())
        fait = Evenement.objects.get(dossier__numero=d.numero, type="degagement_au_terme")
        assert (fait.donnees["degage"], fait.donnees["versements_annules"]) == (str(reserve), [])
        assert fait.legal_le.date() <= contrat.date_fin
        assert [*verification.chaine(), *verification.equilibre(), *verification.faits()] == []


def test_resilier_pour_retard_ouvre_la_tache_de_recuperer(contrat_signe: Distribution):
    """REC-1: 40 000 € were paid when the ARS ends a contract whose projet never came: a person is asked what becomes of them."""
    d = contrat_signe
    verser(d, "amorcage_1")
    d.avance(200)
    d.fait("signataire", "statuer_retard", issue="resilier", motivation="Aucun projet déposé.")
    with comme_portail():
        assert Contrat.objects.get(dossier=d.dossier).statut == "resilie"
        tache = Tache.objects.get(dossier=d.dossier, type="ouvrir_recuperation", cle__contains=":resiliation:")
        assert (tache.qui, tache.faite_le) == ("caisse", None)
        assert [*verification.equilibre(), *verification.faits()] == []
