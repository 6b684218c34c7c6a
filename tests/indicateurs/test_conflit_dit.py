"""What the pages say of a dossier in conflict is true of how its letter was validated, wherever the dossier came from."""

from __future__ import annotations

import pytest
from django.urls import reverse

from dossiers import grille
from dossiers.models import Dossier
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail
from ess_portal.socle import horloge
from financement.models import Contrat
from tests.fabriques import Distribution, client_de, make_dossier

pytestmark = pytest.mark.django_db
PAR_SILENCE = "Le silence a validé la lettre"
AUTREMENT = "Le territoire est déjà couvert par une autre équipe de la même spécialité."


def page(d: Distribution, url: str) -> str:
    with horloge.figer(d.maintenant):
        reponse = client_de(d.utilisateur("porteur")).get(url)
    assert reponse.status_code == 200
    return reponse.content.decode()


def mettre_en_conflit(d: Distribution, origine: str) -> None:
    with comme_portail():
        Dossier.objects.filter(numero=d.numero).update(est_a_regulariser=True, origine=origine)


@pytest.mark.parametrize("origine", Dossier.Origine.values)
def test_une_decision_expresse_n_est_pas_un_silence(origine):
    d = make_dossier("lettre_validee").distribution
    mettre_en_conflit(d, origine)
    texte = page(d, reverse("dossier", args=[d.numero]))
    assert AUTREMENT in texte
    assert PAR_SILENCE not in texte


@pytest.mark.parametrize("origine", Dossier.Origine.values)
def test_une_lettre_reprise_que_le_silence_valide_plus_tard(origine):
    d = make_dossier("lettre_deposee").distribution
    d.avancer(days=90)
    regler_dues(au=d.maintenant)
    mettre_en_conflit(d, origine)
    texte = page(d, reverse("dossier", args=[d.numero]))
    assert PAR_SILENCE in texte
    assert AUTREMENT not in texte


def test_le_contrat_dit_un_dossier_a_regulariser():
    d = make_dossier("lettre_validee").distribution
    d.avancer(days=1)
    d.fait("instructeur", "proposer_contrat_amorcage")
    mettre_en_conflit(d, Dossier.Origine.REPRISE)
    with comme_portail():
        contrat = Contrat.objects.get(dossier__numero=d.numero)
    texte = page(d, reverse("contrat", args=[d.numero, contrat.pk]))
    assert "Dossier à régulariser" in texte
    assert "Lettre à régulariser" not in texte


def test_la_phrase_de_l_obstacle_ne_dit_pas_comment_le_conflit_est_ne():
    dossier = make_dossier("lettre_validee")
    assert grille.phrase_a_regulariser(dossier).startswith("Ce dossier est en conflit de territoire\u00a0:")
    dossier.est_pluri = True
    assert "plusieurs spécialités sans dérogation\u00a0:" in grille.phrase_a_regulariser(dossier)
