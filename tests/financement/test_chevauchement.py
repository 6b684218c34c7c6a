"""TRA-6, TRA-8: two fundings that overlap are computed to the cent and proposed to the ARS, never ordered; meetings are dated."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from dossiers.models import Dossier, Tache
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.models import Evenement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier
from financement.models import Contrat
from financement.services.chevauchement import calculer
from tests.financement.conftest import Distribution
from tests.financement.test_contrats import a_la_dotation  # noqa: F401


def test_un_effet_anticipe_propose_la_recuperation_a_l_ars(a_la_dotation: Distribution):  # noqa: F811
    d = a_la_dotation
    jour = d.maintenant.date()

    def fait(qui: str, acte: str, **champs) -> None:
        with horloge.figer(d.maintenant):
            d.fait(qui, acte, **champs)

    with pytest.raises(ErreurMetier):  # no funding of the ARS: nothing to be ahead of
        fait("instructeur", "noter_rencontre", jour=jour.isoformat(), objet="Point", participants="ARS")
    debut, fin = jour - timedelta(days=334), jour + timedelta(days=30)
    fait(
        "instructeur", "declarer_financement_ars", source="Convention", montant="36500", date_debut=debut.isoformat(), date_fin=fin.isoformat(),
    )  # fmt: skip
    for faux in (fin + timedelta(days=1), date(2024, 12, 31)):
        with pytest.raises(ErreurMetier) as leve:
            fait("instructeur", "proposer_contrat_dotation", effet_anticipe=faux.isoformat())
        assert "effet_anticipe" in leve.value.champs
    fait("instructeur", "proposer_contrat_dotation", effet_anticipe=jour.isoformat())
    d.signe_a_trois("signer_dotation")
    with comme_portail():
        contrat = Contrat.objects.get(dossier=d.dossier, type="dotation", statut="signe")
        assert (contrat.date_effet, contrat.effet_prevu) == (jour, jour)
        # 31 days of the 365 funded: 36 500 × 31 ÷ 365.
        lu = calculer(d.relu(), contrat)
        assert (lu.jours, lu.montant) == (31, Decimal("3100.00"))
        assert Tache.objects.get(dossier=d.dossier, type="chevauchement").qui == "ars"
        fait_ = Evenement.objects.get(dossier=d.dossier, type="chevauchement_propose")
        assert (fait_.donnees["jours"], fait_.donnees["montant"]) == (31, "3100.00")
        Dossier.objects.filter(pk=d.dossier.pk).update(regime="existante_conforme")
    d.relu()
    fait("porteur", "noter_rencontre", jour=jour.isoformat(), objet="Mise en conformité", participants="ARS, CPAM")
    with pytest.raises(ErreurMetier, match="pas encore eu lieu"):
        fait("porteur", "noter_rencontre", jour=(jour + timedelta(days=1)).isoformat(), objet="x", participants="y")
    client = Client()
    client.force_login(d.utilisateurs["instructeur"])
    with horloge.figer(d.maintenant):
        assert "3\u00a0100" in client.get(reverse("contrat", args=[d.dossier.numero, contrat.pk])).content.decode()
        assert "Mise en conformité" in client.get(reverse("contrats_dossier", args=[d.dossier.numero])).content.decode()


def test_sans_effet_anticipe_rien_ne_se_chevauche(a_la_dotation: Distribution):  # noqa: F811
    d = a_la_dotation
    fin = d.maintenant.date() + timedelta(days=30)
    d.fait("instructeur", "declarer_financement_ars", source="Convention", montant="36500", date_fin=fin.isoformat())
    d.fait("instructeur", "proposer_contrat_dotation")
    d.signe_a_trois("signer_dotation")
    with comme_portail():
        contrat = Contrat.objects.get(dossier=d.dossier, type="dotation", statut="signe")
        assert contrat.date_effet == fin + timedelta(days=1)
        assert calculer(d.relu(), contrat) is None
        assert not Tache.objects.filter(dossier=d.dossier, type="chevauchement").exists()
