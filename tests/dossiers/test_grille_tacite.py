"""Silence's decision keeps the grid of its legal day: before an act, or by the pass that follows the scan."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
from django.db import IntegrityError, transaction

from dossiers import grille
from dossiers.models import Decision, Dossier, LettreIntention
from dossiers.services import grilles_tacites
from dossiers.services.echeances import materialiser
from dossiers.services.passage import regler_dues
from dossiers.tasks import scruter
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.socle import horloge
from tests import fabriques
from tests.dossiers.test_association import CHAMPS
from tests.dossiers.test_unicite import INSTANT, lettres_pretes

PLUS_TARD = INSTANT + timedelta(days=90)


def tacites() -> list[Decision]:
    with comme_portail():
        return list(Decision.objects.filter(mode="tacite").select_related("dossier").order_by("dossier_id"))


def page(d: fabriques.Distribution, role: str) -> str:
    with horloge.figer(d.maintenant):
        return unescape(fabriques.client_de(d.utilisateur(role)).get(f"/dossiers/{d.numero}/grille/").content.decode())


@pytest.fixture
def d() -> fabriques.Distribution:
    """A letter whose silence has just decided, written down by nobody yet."""
    dossier = fabriques.make_dossier(statut="lettre_deposee")
    dossier.distribution.maintenant = dossier.bascule_le
    return dossier.distribution


def lue(d: fabriques.Distribution) -> list[dict]:
    """What the ARS's page shows, criterion by criterion."""
    with contexte(d.acteur("instructeur")):
        constats = grille.figer(grille.constats(d.relire(), "lettre", d.jour))
    texte = page(d, "instructeur")
    assert all(c["constat"] in texte for c in constats)
    return constats


@pytest.mark.django_db
@pytest.mark.parametrize("chemin", ["avant un acte", "après le passage"])
def test_la_grille_est_celle_que_l_ars_lisait(d: fabriques.Distribution, chemin: str) -> None:
    attendue = lue(d)
    d.maintenant += timedelta(hours=1)
    if chemin == "avant un acte":
        d.fait("porteur", "demander_attestation", objet="lettre")
    else:
        with horloge.figer(d.maintenant):
            scruter()
    assert [x.grille for x in tacites()] == [attendue]
    with comme_portail():
        LettreIntention.objects.filter(dossier__numero=d.numero).update(medecins_presents=2)
    assert grilles_tacites.figer() == 0
    materialiser(numero=d.numero, maintenant=d.maintenant)
    assert [x.grille for x in tacites()] == [attendue]
    for role in ("instructeur", "porteur"):
        assert "décision tacite sur la lettre" in page(d, role)
        assert "60 médecins" in page(d, role)


@pytest.mark.django_db
def test_mort_entre_les_deux_le_passage_suivant_le_fait(d: fabriques.Distribution) -> None:
    attendue = lue(d)
    regler_dues(au=d.maintenant)  # and the worker dies here
    assert [x.grille for x in tacites()] == [[]]
    assert "sa grille sera figée" in page(d, "porteur")
    with horloge.figer(d.maintenant + timedelta(minutes=1)):
        assert scruter() == 0
    assert [x.grille for x in tacites()] == [attendue]


@pytest.mark.django_db
def test_un_acte_ne_change_rien_a_la_grille_du_silence(d: fabriques.Distribution) -> None:
    """The scan has run, the freeze has not: the act that comes in between freezes first, and its own facts stay out."""
    attendue = lue(d)
    regler_dues(au=d.maintenant)
    d.maintenant += timedelta(days=3)
    d.fait("porteur", "declarer_association", **CHAMPS)
    assert [x.grille for x in tacites()] == [attendue]
    assert next(c for c in attendue if c["code"] == "CRI-6")["conforme"] is False


@pytest.mark.django_db
def test_par_lots_et_sans_attendre_ce_qu_un_autre_tient() -> None:
    lettres_pretes(0, *({"departements": [code]} for code in ("31", "81", "09", "12", "32")))
    regler_dues(au=PLUS_TARD)
    assert grilles_tacites.figer(lot=2) == 5
    assert all(len(x.grille) == 12 for x in tacites())
    assert grilles_tacites.figer() == 0


@pytest.mark.django_db
@pytest.mark.parametrize("faute", ["erreur", "aucun critère"])
def test_une_grille_en_faute_n_arrete_pas_les_autres_et_se_nomme(monkeypatch, faute: str) -> None:
    """The second of five, in chunks of two: it is the only one left, its dossier is named, and nothing turns for ever."""
    lettres_pretes(0, *({"departements": [code]} for code in ("31", "81", "09", "12", "32")))
    regler_dues(au=PLUS_TARD)
    en_faute, constats = tacites()[1], grille.constats

    def faillir(dossier: Dossier, *arguments):
        if dossier.pk != en_faute.dossier_id:
            return constats(dossier, *arguments)
        if faute == "erreur":
            raise KeyError(dossier.pk)
        return []

    with monkeypatch.context() as panne:
        panne.setattr(grille, "constats", faillir)
        with pytest.raises(ExceptionGroup, match="4 grilles figées, 1 en faute") as releve:
            grilles_tacites.figer(lot=2)
    assert [str(f) for f in releve.value.exceptions] == [f"{en_faute.dossier.numero}, décision {en_faute.pk}"]
    assert [bool(x.grille) for x in tacites()] == [True, False, True, True, True]
    assert grilles_tacites.figer() == 1


@pytest.mark.django_db
def test_une_grille_en_faute_n_arrete_aucun_acte(d: fabriques.Distribution, monkeypatch, caplog) -> None:
    """The log says it, the act is done, and the next pass freezes the grid."""
    d.maintenant += timedelta(days=1)
    with monkeypatch.context() as panne:
        panne.setattr(grilles_tacites.grille, "figer", lambda _constats: [])
        d.fait("porteur", "demander_attestation", objet="lettre")
    assert d.numero in caplog.text
    assert [x.grille for x in tacites()] == [[]]
    assert grilles_tacites.figer() == 1


@pytest.mark.django_db
def test_la_base_ne_laisse_pas_changer_une_grille(d: fabriques.Distribution) -> None:
    regler_dues(au=d.maintenant)
    grilles_tacites.figer()
    with pytest.raises(IntegrityError, match="figée"), comme_portail(), transaction.atomic():
        Decision.objects.filter(mode="tacite").update(grille=[])
    with comme_portail():
        assert Decision.objects.filter(mode="tacite").update(retiree_le=d.jour) == 1


@pytest.mark.django_db
def test_nee_en_conflit_elle_le_dit_sans_nommer_l_autre_a_l_equipe(d: fabriques.Distribution) -> None:
    autre = fabriques.make_dossier(statut="lettre_validee", nom="ESS Discrète", departement="81", departements=["31"])
    with horloge.figer(d.maintenant):
        scruter()
    [tacite] = [x for x in tacites() if x.dossier.numero == d.numero]
    with comme_portail():
        assert Dossier.objects.get(numero=d.numero).est_a_regulariser
    unicite = next(c for c in tacite.grille if c["code"] == "CRI-1c")
    assert (unicite["conforme"], autre.numero in unicite["constat"]) == (False, True)
    assert "ESS Discrète" in page(d, "instructeur")
    assert "ESS Discrète" not in page(d, "porteur")
    assert autre.numero not in page(d, "porteur")
