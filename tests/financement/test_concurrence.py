"""Several people at once, on real commits: one payment, three signatures, never a ceiling passed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection
from django.db.models import Sum

from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.socle.erreurs import ErreurMetier
from financement.models import Contrat, Signature, Versement
from financement.services import signature
from financement.services.versements import proposer_versement
from tests.financement.conftest import (
    MIDI,
    Distribution,
    attester_activite,
    declarer_association,
    distribuer,
    iban_confirme,
    signer_et_ouvrir_le_paiement,
)
from tests.financement.test_versements import au_projet_valide, payer

pytestmark = pytest.mark.django_db(transaction=True)
# What may be answered to who came second: a refusal of the procedure, or « réessayez » when the lock was long to come.
REFUS = (ErreurMetier, OperationalError)


def ensemble(nombre: int, acte: Callable[[int], object], refus: tuple[type[Exception], ...] = REFUS) -> list[bool]:
    """Does the same act from several threads, each with its own connection; True for each one that passed."""

    def un(rang: int) -> bool:
        try:
            acte(rang)
        except refus:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(nombre) as pool:
        return list(pool.map(un, range(nombre)))


@pytest.fixture
def pret() -> Distribution:
    d = distribuer()
    d.fait("instructeur", "proposer_contrat_amorcage")
    d.signe_a_trois()
    declarer_association(d)
    iban_confirme(d)
    return d


def test_vingt_propositions_du_meme_versement_n_en_font_qu_une(pret: Distribution):
    agents = ("gestionnaire", "gestionnaire2", "ordonnateur", "ordonnateur2")

    def proposer(rang: int) -> None:
        acteur = pret.acteurs[agents[rang % 4]]
        with contexte(acteur):
            proposer_versement(numero=pret.dossier.numero, nature="amorcage_1", acteur=acteur, maintenant=MIDI)

    passes = ensemble(20, proposer)
    with comme_portail():
        assert (sum(passes), Versement.objects.count()) == (1, 1)


@pytest.mark.fautes_plantees
def test_vingt_insertions_ne_depassent_jamais_le_plafond(pret: Distribution):
    """Without the services' lock: the trigger alone holds the sum."""

    def ecrire(rang: int) -> None:
        with comme_portail():
            contrat = Contrat.objects.get(dossier=pret.dossier)
            Versement.objects.create(
                dossier=pret.dossier,
                contrat=contrat,
                numero=f"V-2026-{rang:04d}",
                nature=("amorcage_1", "amorcage_2", "amorcage_unique")[rang % 3],
                montant=Decimal("30000"),
                statut="propose",
                propose_le=MIDI,
                propose_par=pret.utilisateurs["gestionnaire"],
                cle_idempotence=f"essai-{rang}",
                **Versement.colonnes(pret.dossier),
            )

    passes = ensemble(20, ecrire, (*REFUS, DatabaseError, IntegrityError))
    with comme_portail():
        total = Versement.objects.aggregate(t=Sum("montant"))["t"]
    assert sum(passes) == 2
    assert total == Decimal("60000")


@pytest.mark.fautes_plantees
def test_deux_dossiers_d_une_meme_ess_ne_recoivent_qu_un_credit_meme_valides_ensemble(pret: Distribution):
    """FIN-13 on two connections: the solde of one dossier and the first half of the other, each within the ceiling alone."""
    autre = signer_et_ouvrir_le_paiement(distribuer(numero="76-2026-0780"))
    payer(pret, "amorcage_1")
    au_projet_valide(pret)
    attester_activite(pret)
    pret.fait("gestionnaire", "proposer_versement", nature="amorcage_2")
    autre.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    passes = ensemble(2, lambda rang: (pret, autre)[rang].fait("ordonnateur", "valider_versement"), (ErreurMetier,))
    with comme_portail():
        recu = Versement.objects.filter(statut__in=("valide", "paye")).aggregate(t=Sum("montant"))["t"]
    assert (sum(passes), recu) == (1, Decimal("80000"))


def test_les_trois_parties_signent_en_meme_temps():
    d = distribuer()
    d.fait("instructeur", "proposer_contrat_amorcage")
    parties = ("porteur", "signataire", "ordonnateur")

    def signer(rang: int) -> None:
        acteur = d.acteurs[parties[rang % 3]]
        with contexte(acteur):
            signature.signer_amorcage(numero=d.dossier.numero, acteur=acteur, maintenant=MIDI)

    assert sum(ensemble(6, signer)) == 3
    with comme_portail():
        assert Signature.objects.count() == 3
        assert Contrat.objects.get(dossier=d.dossier).statut == "signe"
    assert d.relu().statut == "amorcage_signe"
