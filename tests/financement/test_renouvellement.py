"""Years through a renewal or a new contract: each one is expected, reported on, checked and paid once (FIN-6, DL-7, DUR-1)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from dossiers.models import Dossier, Echeance, Tache
from dossiers.services import echeances
from dossiers.services.passage import regler_dues
from ess_portal.comptes.acteur import SYSTEME
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.socle import horloge
from ess_portal.socle.typographie import date_fr
from financement import echeancier
from financement.livre import actes as livre
from financement.livre.soldes import par_enveloppe
from financement.models import Contrat
from indicateurs import services
from indicateurs.periodes import periodes
from tests.fabriques import Distribution, client_de, make_dossier

pytestmark = pytest.mark.django_db
CHIFFRES: dict[str, Any] = {
    "i1": 10, "i1b": 8, "i2": 200, "i3": 30, "i4": 2, "i5": 12, "commentaires": "Année pleine.",
    "qualitatifs": [{"libelle": "Délai ressenti", "resultat": "En baisse"}], "emploi_des_fonds": "Coordination",
    "montant_depense": Decimal("41000.50"), "solde": Decimal("8999.50"),
}  # fmt: skip


@pytest.fixture
def d() -> Distribution:
    """A dotation in force, its first year not proposed yet."""
    return make_dossier("dotation_active").distribution


def contrat(d: Distribution) -> Contrat:
    with comme_portail():
        return Contrat.objects.filter(dossier__numero=d.numero, type="dotation").latest("version")


def renouveler(d: Distribution) -> Contrat:
    d.maintenant = datetime(2030, 12, 1, 11, tzinfo=UTC)
    regler_dues(au=d.maintenant)
    d.fait("instructeur", "proposer_contrat_dotation")
    for qui in ("porteur", "signataire", "ordonnateur"):
        d.fait(qui, "renouveler_dotation")
    return contrat(d)


def annees(d: Distribution, jour: date) -> list[tuple[int, str]]:
    """(year, effect of its contract) of each expected dotation."""
    with comme_portail():
        lignes = echeancier.echeancier(d.relire(), jour)
    return [(x.annee, str(x.contrat.date_effet)) for x in lignes if x.nature == "dotation"]


def manques(d: Distribution, annee: int) -> set[str]:
    with comme_portail():
        return {c["code"] for c in echeancier.ligne(d.relire(), d.jour, "dotation", annee).manques}


def deposer(d: Distribution, annee: int) -> None:
    acteur = d.acteur("porteur")
    with contexte(acteur):
        services.enregistrer_rapport(
            numero=d.numero, annee=annee, acteur=acteur, maintenant=d.maintenant, donnees=CHIFFRES
        )
        services.deposer_rapport(numero=d.numero, annee=annee, acteur=acteur, maintenant=d.maintenant)


def controler(d: Distribution, jour: date) -> None:
    """The caisse closes the task that this anniversary opened."""
    with comme_portail():
        tache = Tache.objects.get(dossier__numero=d.numero, type="controle_annuel", cle__endswith=f":{jour}")
    d.fait("gestionnaire", "faire_tache", tache=str(tache.pk), commentaire="Effectif contrôlé.")


def test_un_renouvellement_signe_ne_cache_aucune_annee(d: Distribution):
    premier = contrat(d)
    cinq = [(annee, str(premier.date_effet)) for annee in range(1, 6)]
    suivant = renouveler(d)
    assert (suivant.version, suivant.date_effet) == (2, premier.date_fin)
    assert annees(d, premier.date_fin - timedelta(days=1)) == cinq
    assert annees(d, suivant.date_effet) == [*cinq, (6, str(suivant.date_effet))]
    with comme_portail():
        assert echeancier.ligne(d.relire(), d.jour, "dotation", 5).contrat == premier
    # The first one ends: what it committed is released, not the year that the second one committed.
    with comme_portail(), transaction.atomic():
        Contrat.objects.filter(pk=premier.pk).update(statut="resilie", clos_le=d.maintenant)
        livre.degager([premier], d.relire(), acteur=SYSTEME, maintenant=d.maintenant)
        restes = {e.annee: s.a_liquider for e, s in par_enveloppe(d.relire()).items() if e.poste == "dotation"}
        assert restes == {1: 0, 6: suivant.montant}
        transaction.set_rollback(True)


def test_la_page_de_l_equipe_dit_le_contrat_qui_court(d: Distribution):
    """Its last day is the eve of its term; a renewal signed before it takes effect is told once it runs."""
    premier = contrat(d)
    dernier_jour = premier.date_fin - timedelta(days=1)
    phrase = f"Contrat en vigueur du {date_fr(premier.date_effet)} au {date_fr(dernier_jour)}"
    porteur = client_de(d.utilisateur("porteur"))
    suivant = renouveler(d)
    with horloge.figer(d.maintenant):
        assert phrase in porteur.get(f"/dossiers/{d.numero}/").content.decode()
    with horloge.figer(d.maintenant + (suivant.date_effet - d.jour)):
        texte = porteur.get(f"/dossiers/{d.numero}/").content.decode()
    assert phrase not in texte
    assert f"Contrat en vigueur du {date_fr(suivant.date_effet)} au " in texte


def test_la_premiere_annee_du_renouvellement_se_paie_apres_son_rapport_et_son_controle(d: Distribution):
    suivant = renouveler(d)
    d.maintenant = datetime(2031, 3, 4, 11, tzinfo=UTC)
    regler_dues(au=d.maintenant)
    assert d.relire().statut == "dotation_active"
    assert {"pieces", "controle"} <= manques(d, 6)
    deposer(d, 5)
    controler(d, suivant.date_effet)
    assert manques(d, 6) == set()


def test_le_controle_d_une_annee_n_est_pas_celui_d_une_autre(d: Distribution):
    """Year 7 awaits the check of its own anniversary, not the one of 2027 that bore the same rank."""
    d.maintenant = datetime(2027, 3, 4, 11, tzinfo=UTC)
    regler_dues(au=d.maintenant)
    controler(d, date(2027, 3, 2))
    suivant = renouveler(d)
    d.maintenant = datetime(2032, 3, 4, 11, tzinfo=UTC)
    regler_dues(au=d.maintenant)
    assert "controle" not in manques(d, 2)
    assert "controle" in manques(d, 7)
    controler(d, date(2032, 3, 2))
    assert "controle" not in manques(d, 7)
    with comme_portail():
        dues = {e.rang: e for e in Echeance.objects.filter(dossier__numero=d.numero, regle="DL-7")}
        dur_1 = Echeance.objects.get(dossier__numero=d.numero, regle="DUR-1")
    assert [dues[rang].dernier_jour.year for rang in range(1, 11)] == list(range(2027, 2037))
    assert (dues[5].statut, dues[6].statut, dues[7].statut) == ("echue", "echue", "ouverte")
    assert dur_1.dernier_jour == suivant.date_fin - timedelta(days=1)


def apres_un_retrait(d: Distribution) -> Contrat:
    """The contract ended early in its first year, another one signed weeks later: a gap between the two."""
    ancien = contrat(d)
    with comme_portail():
        Contrat.objects.filter(pk=ancien.pk).update(statut="resilie", date_resiliation=date(2026, 9, 10))
        return Contrat.objects.create(
            dossier=ancien.dossier, type="dotation", version=2, statut="signe", montant=ancien.montant, contenu={},
            empreinte="2" * 64, propose_le=datetime(2026, 11, 2, 11, tzinfo=UTC), signe_le=datetime(2026, 11, 2, 11, tzinfo=UTC),
            date_effet=date(2026, 11, 2), date_fin=date(2031, 11, 2), jeu_national=ancien.jeu_national,
            jeu_regional=ancien.jeu_regional,
        )  # fmt: skip


@pytest.mark.fautes_plantees
def test_un_contrat_resilie_compte_ses_annees_commencees_et_la_suivante_n_attend_ni_rapport_ni_controle(
    d: Distribution,
):
    nouveau = apres_un_retrait(d)
    d.maintenant = datetime(2026, 11, 3, 11, tzinfo=UTC)
    assert annees(d, d.jour) == [(2, str(nouveau.date_effet))]
    assert not {"pieces", "controle"} & manques(d, 2)
    with comme_portail():
        assert [(p.annee, p.debut) for p in periodes(d.relire(), d.jour)] == [
            (1, date(2026, 3, 2)),
            (2, nouveau.date_effet),
        ]
        echeances.recalculer(d.relire(), maintenant=d.maintenant)
        dues = Echeance.objects.filter(dossier__numero=d.numero, regle="DL-7", statut="ouverte")
        assert dues.order_by("rang").values_list("rang", "dernier_jour").first() == (2, date(2027, 11, 2))
    d.maintenant = datetime(2027, 11, 4, 11, tzinfo=UTC)
    regler_dues(au=d.maintenant)
    assert {"pieces", "controle"} <= manques(d, 3)


def test_l_annee_proposee_avant_le_renouvellement_se_valide_apres(d: Distribution):
    """FIN-11: what was proposed under the first contract is validated under it, renewal signed or not."""
    d.fait("gestionnaire", "proposer_versement", nature="dotation")
    renouveler(d)
    with comme_portail():
        numero = Dossier.objects.get(numero=d.numero).versements.get(nature="dotation").numero
    d.fait("ordonnateur", "valider_versement", versement=numero)
    with comme_portail():
        v = Dossier.objects.get(numero=d.numero).versements.select_related("contrat").get(nature="dotation")
    assert (v.statut, v.annee, v.contrat.version) == ("valide", 1, 1)


def test_le_terme_suit_le_contrat_pas_la_lettre(d: Distribution):
    """The contract is pinned to its own set: six years here, five in the letter's (DUR-1)."""
    with comme_portail():
        Contrat.objects.filter(pk=contrat(d).pk).update(date_fin=date(2032, 3, 2))
        echeances.recalculer(d.relire(), maintenant=d.maintenant)
        dues = Echeance.objects.filter(dossier__numero=d.numero)
        assert dues.get(regle="DUR-1").dernier_jour == date(2032, 3, 1)
        assert list(dues.filter(regle="DL-7").order_by("rang").values_list("dernier_jour", flat=True)) == [
            date(annee, 3, 2) for annee in range(2027, 2033)
        ]
        assert "+\u00a06\u00a0ans" in [e["valeur"] for e in dues.get(regle="DUR-1").explication]


def test_le_renouvellement_part_du_terme_inscrit_au_contrat(d: Distribution):
    """Not from a duration counted anew with the set of the day: no year is lost, none is in two contracts."""
    with comme_portail():
        Contrat.objects.filter(pk=contrat(d).pk).update(date_fin=date(2031, 5, 20))
        echeances.recalculer(d.relire(), maintenant=d.maintenant)
    suivant = renouveler(d)
    assert (suivant.date_effet, suivant.date_fin) == (date(2031, 5, 20), date(2036, 5, 20))


def test_le_renouvellement_se_compare_au_contrat_en_vigueur_sans_dire_que_ses_signatures_tombent(d):
    """The contract in force stays until its end: nobody signs it again."""
    d.maintenant = datetime(2030, 12, 1, 11, tzinfo=UTC)
    regler_dues(au=d.maintenant)
    d.fait("instructeur", "proposer_contrat_dotation")
    with horloge.figer(d.maintenant):
        page = client_de(d.utilisateur("porteur")).get(f"/dossiers/{d.numero}/contrats/{contrat(d).pk}/")
    lu = page.content.decode().replace("\u00a0", " ")
    assert "Différences avec le contrat précédent (version 1), avenants compris." in lu
    assert "signe de nouveau" not in lu
