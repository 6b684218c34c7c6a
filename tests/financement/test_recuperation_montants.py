"""What each origin of a recovery proposes, from real rows (DL-5, FIN-7, TRA-6)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal as D

import pytest

from dossiers.models import Echeance
from ess_portal.comptes.locataire import comme_portail
from ess_portal.socle.erreurs import Conflit
from financement.models import Contrat
from financement.recuperations import montants
from tests.fabriques import make_dossier

pytestmark = pytest.mark.django_db


def test_chaque_origine_lit_ses_faits_et_ses_reglages():
    """DL-5, FIN-7 and TRA-6 from real rows: what is proposed, and the sentence where nothing is."""
    d = make_dossier("dotation_active").distribution
    d.fait("gestionnaire", "proposer_versement", nature="dotation")
    with comme_portail():
        dossier = d.relire()
        v = dossier.versements.get(nature="dotation")
    d.fait("ordonnateur", "valider_versement", versement=v.numero)
    d.fait("gestionnaire", "marquer_paye", versement=v.numero, reference="DOT-1")
    with comme_portail():
        contrat = Contrat.objects.get(dossier=dossier, type="dotation")
        dl5 = Echeance.objects.get(dossier=dossier, regle="DL-5")
    effet = contrat.date_effet
    d.fait(
        "instructeur",
        "declarer_financement_ars",
        montant="36500",
        date_debut=(effet - timedelta(days=355)).isoformat(),
        date_fin=(effet + timedelta(days=9)).isoformat(),
        source="Convention",
    )
    with comme_portail():
        for origine, mot in (
            ("dix_huit_mois", "déployée"),
            ("regularisation", "à son terme"),
            ("transitoire", "transitoire"),
            ("retrait", "retirée"),
        ):
            with pytest.raises(Conflit, match=mot):
                montants.base(d.relire(), origine, dl5.dernier_jour + timedelta(days=1))
        # Ten days of 365 on both fundings: the ARS may ask a thousand euros back.
        assert montants.base(d.relire(), "chevauchement", effet).proposition.montant == D("1000.00")
        dossier.activites.update(
            confirmee_le=None, confirmee_par=None, ecartee_le=d.maintenant, motif_ecart="Preuve fausse."
        )
        with pytest.raises(Conflit, match="à partir du"):
            montants.base(d.relire(), "dix_huit_mois", dl5.dernier_jour)
        au_lendemain = montants.base(d.relire(), "dix_huit_mois", dl5.dernier_jour + timedelta(days=1))
        assert au_lendemain.proposition.montant == D("80000.00")
        Contrat.objects.filter(pk=contrat.pk).update(date_fin=effet + timedelta(days=365))
        with pytest.raises(Conflit, match="Rien n’est à récupérer"):  # nobody left: the mean is the advance
            montants.base(d.relire(), "regularisation", effet + timedelta(days=365))
