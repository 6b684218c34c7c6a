"""`verifier` proves the ledger, the migration opens it on a living base with the entries that the acts would have posted."""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module
from unittest.mock import Mock

import pytest
from django.db import connection

from ess_portal.comptes.locataire import comme_portail
from financement.livre import verification
from financement.livre.soldes import par_enveloppe
from financement.models import Ecriture, Versement
from financement.verification_versements import sommes_versees
from indicateurs.verification import lots, verifier
from tests.financement.conftest import Distribution, distribuer, signer_et_ouvrir_le_paiement
from tests.financement.test_lots import prepare, valide
from tests.outillage.base import Purge

pytestmark = pytest.mark.django_db(transaction=True)
OUVERTURE = import_module("financement.migrations.0010_ouverture_du_livre")


@pytest.fixture
def vecu(distribution: Distribution, contrat_signe: None) -> Distribution:
    """One payment made, another cancelled, and the ARS's own credit."""
    d = distribution
    d.fait(
        "instructeur", "declarer_financement_ars", source="Convention 2024", montant="12000.50", date_debut="2024-01-01"
    )
    d.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    d.fait("ordonnateur", "annuler_versement", versement=propose().numero, motif="Erreur")
    d.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    v = propose()
    d.fait("ordonnateur", "valider_versement", versement=v.numero)
    d.fait("gestionnaire", "marquer_paye", versement=v.numero, reference="VIR-1")
    return d


def propose() -> Versement:
    with comme_portail():
        return Versement.objects.get(statut="propose")


def en_proprietaire(*requetes: str) -> None:
    """As someone with the keys of the base: triggers asleep."""
    gardees = (
        *("financement_ecriture", "financement_ligneecriture", "financement_versement", "financement_contrat"),
        "financement_comptebancaire",
    )
    with Purge.proprietaire.connecter() as base:
        base.execute("SELECT set_config('app.portee', 'systeme', false)")
        for table in gardees:
            base.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for requete in requetes:
            base.execute(requete)
        for table in gardees:
            base.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def fautes() -> list[str]:
    """But those of the states: this cast's dossier is born in the middle of its life."""
    return [faute for nom, _nombre, faute in verifier() if faute and nom != "états rejoués"]


@pytest.mark.fautes_plantees
def test_la_premiere_faute_du_livre_est_nommee(vecu: Distribution):
    """Each row touched by hand, then put back as it was: the check names it, and only while it lasts."""
    assert fautes() == []
    d = vecu.dossier.numero
    avec = "financement_ecriture", "financement_ligneecriture"
    for requete, retour, controle, attendu in (
        ("UPDATE {0} SET montant = 39999 WHERE seq = 6", "UPDATE {0} SET montant = 40000 WHERE seq = 6", verification.chaine, "l’empreinte de l’écriture n° 6"),
        ("UPDATE {0} SET seq = 99 WHERE seq = 3", "UPDATE {0} SET seq = 3 WHERE seq = 99", verification.chaine, "il manque l’écriture n° 3"),
        ("UPDATE {0} SET precedent = '' WHERE seq = 4", None, verification.chaine, "l’écriture n° 4 ne suit pas la précédente"),
        ("UPDATE {1} SET montant = montant - 0.01 WHERE rang = 1", "UPDATE {1} SET montant = montant + 0.01 WHERE rang = 1", verification.equilibre, "l’écriture n° 1 n’est pas équilibrée"),
        ("UPDATE {1} SET compte = '805' WHERE compte = '804'", "UPDATE {1} SET compte = '804' WHERE compte = '805'", verification.equilibre, "ont changé"),
        ("UPDATE financement_versement SET statut = 'valide' WHERE statut = 'paye'", "UPDATE financement_versement SET statut = 'paye' WHERE statut = 'valide'", verification.faits, "son étape"),
        ("UPDATE financement_contrat SET statut = 'resilie', clos_le = now()", "UPDATE financement_contrat SET statut = 'signe'", verification.faits, "garde un montant engagé"),
        ("UPDATE financement_financementars SET montant = 1", "UPDATE financement_financementars SET montant = 12000.50", verification.faits, "déclaré par l’ARS"),
    ):  # fmt: skip
        if retour is None:
            retour = f"UPDATE {{0}} SET precedent = '{precedent_de(4)}' WHERE seq = 4"
        en_proprietaire(requete.format(*avec))
        with comme_portail():
            premiere = next(controle())
        assert attendu in premiere
        assert d in premiere or "V-2026-" in premiere
        en_proprietaire(retour.format(*avec))
    en_proprietaire("UPDATE financement_comptebancaire SET confirme_le = confirme_le + interval '1 year'")
    assert any("IBAN que personne" in f for f in fautes())
    en_proprietaire(
        "UPDATE financement_comptebancaire SET confirme_le = confirme_le - interval '1 year'",
        "UPDATE financement_versement SET valide_par_id = (SELECT min(id) FROM comptes_utilisateur WHERE id NOT IN (propose_par_id, valide_par_id))",
    )
    assert any("validé par une personne qui n’en avait pas le droit" in f for f in fautes())


@pytest.mark.fautes_plantees
def test_une_ess_payee_deux_fois_une_annee_au_dela_de_son_decompte_un_lot_d_un_versement_annule_sont_nommes(
    vecu: Distribution,
):
    """FIN-13, FIN-7, and a batch: what only several rows together show."""
    autre = signer_et_ouvrir_le_paiement(distribuer(numero="76-2026-0779"))
    numero = valide(autre)
    prepare(autre, numero)
    assert numero == "V-2026-0003"
    en_proprietaire(
        "UPDATE financement_versement SET statut = 'annule', motif_annulation = 'Erreur' WHERE statut = 'valide'"
    )
    with comme_portail():
        assert list(lots()) == ["lot L-2026-0001 : un de ses versements est annulé"]
    en_proprietaire(
        f"UPDATE financement_versement SET statut = 'paye', paye_le = '2026-03-02' WHERE numero = '{numero}'"
    )
    with comme_portail():
        assert list(sommes_versees()) == list(lots()) == []
    en_proprietaire("UPDATE financement_versement SET montant = 40000.01 WHERE numero = 'V-2026-0003'")
    with comme_portail():
        (faute,) = sommes_versees()
    assert vecu.dossier.numero in faute
    assert autre.dossier.numero in faute
    en_proprietaire("UPDATE financement_versement SET montant = 40000 WHERE numero = 'V-2026-0003'")
    en_proprietaire(
        "UPDATE financement_versement SET nature = 'regularisation', annee = 1 WHERE numero = 'V-2026-0003'",
    )
    with comme_portail():
        assert list(sommes_versees()) == ["versement V-2026-0003 : l’année est payée au-delà de son décompte"]


def precedent_de(seq: int) -> str:
    with comme_portail():
        return Ecriture.objects.get(seq=seq).precedent


def test_la_migration_ouvre_le_livre_d_une_base_vivante(vecu: Distribution):
    """The same balances as the acts posted, for the dossier that had none; a second run adds nothing."""

    def releve() -> tuple[object, list[tuple[str, Decimal]]]:
        with comme_portail():
            lues = Ecriture.objects.order_by("seq").values_list("type", "montant")
            return par_enveloppe(vecu.dossier), list(lues)

    soldes, ecrites = releve()
    en_proprietaire("DELETE FROM financement_ligneecriture", "DELETE FROM financement_ecriture")
    assert any("livre ne dit pas" in f for f in fautes())
    _ouvrir()
    assert releve()[0] == soldes
    assert [t for t, _ in releve()[1]] == ["engagement", "liquidation", "ordre", "versement", "engagement", "constat"]
    assert fautes() == []
    _ouvrir()
    assert len(releve()[1]) == len(ecrites) - 2
    vecu.fait("porteur", "resilier", motif="Fin du projet")
    assert fautes() == []
    # Paid after its contract had ended: released once that payment is posted.
    en_proprietaire(
        "UPDATE financement_contrat SET clos_le = signe_le - interval '1 day'",
        "DELETE FROM financement_ligneecriture",
        "DELETE FROM financement_ecriture",
    )
    _ouvrir()
    assert fautes() == []


def _ouvrir() -> None:
    with connection.cursor() as curseur:
        curseur.execute("BEGIN")
        OUVERTURE.ouvrir(None, Mock(connection=connection))
        curseur.execute("COMMIT")
