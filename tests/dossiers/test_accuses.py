"""AR-1 after the filing: the file that becomes complete has its own accusé, and later papers say the day of the complete file."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dossiers.actions import executer
from dossiers.models import Echeance
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.documents.models import Document
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from tests.dossiers.test_unicite import INSTANT, Lettre, lettres_pretes
from tests.fabriques import make_acteur

pytestmark = pytest.mark.django_db


def faire(lettre: Lettre, acteur, nom: str, jours: int, **donnees: object) -> None:
    with contexte(acteur):
        executer(nom, numero=lettre.numero, acteur=acteur, maintenant=INSTANT + timedelta(days=jours), donnees=donnees)


def document(type_: str) -> Document:
    with comme_portail():
        return Document.objects.filter(type=type_).latest("cree_le")


def test_le_dossier_complet_est_accuse_et_date_la_suite():
    (lettre,) = lettres_pretes(1)
    porteur = make_acteur("porteur_referent", lettre.relire().equipe)
    faire(lettre, lettre.acteur, "demander_pieces_lettre", 3, indispensables="Étude\nStatuts")
    faire(lettre, porteur, "completer_lettre", 10, reponses=["0"])
    with comme_portail():
        assert not Document.objects.exists()
    faire(lettre, porteur, "completer_lettre", 20, reponses=["1"])
    accuse = document("accuse_reception")
    with comme_portail():
        e = Echeance.objects.get(regle="DL-1")
    assert e.dernier_jour == date(2026, 5, 22)
    lus = ("recu_jour", "complete_le", "dernier_jour", "acquise_le")
    assert [accuse.donnees[nom] for nom in lus] == ["2026-03-02", "2026-03-22", "2026-05-22", "2026-05-23"]
    faire(lettre, lettre.acteur, "demander_pieces_lettre", 30, indispensables="Convention")
    faire(lettre, lettre.acteur, "lever_demande", 35, confirmation="on")
    assert document("accuse_reception").donnees["complete_le"] == "2026-04-06"
    lettre.valider(INSTANT + timedelta(days=40))
    notification = document("notification_decision").donnees
    assert (notification["recu_jour"], notification["est_complete"]) == ("2026-04-06", True)


def test_un_refus_retire_donne_un_accuse_avec_la_nouvelle_date():
    (lettre,) = lettres_pretes(1)
    faire(lettre, lettre.acteur, "refuser_lettre", 10, motif_besoin="on", faits_besoin="Trois équipes déjà.")
    signataire = make_acteur("ars_signataire")
    with pytest.raises(ErreurMetier, match="corriger"):
        faire(lettre, signataire, "retirer_refus_lettre", 19, motivation=" ")
    with comme_portail():
        assert not Document.objects.filter(type="accuse_reception").exists()
    faire(lettre, signataire, "retirer_refus_lettre", 20, motivation="Le comptage était faux.")
    accuse = document("accuse_reception")
    assert (accuse.cle, accuse.titre) == ("accuse:lettre:2", "Reprise de l’examen – lettre d’intention")
    lus = ("decision_retiree", "recu_jour", "dernier_jour", "acquise_le")
    assert [accuse.donnees[nom] for nom in lus] == ["2026-03-12", "2026-03-22", "2026-05-22", "2026-05-23"]
    with pytest.raises(Conflit):
        faire(lettre, signataire, "retirer_refus_lettre", 21, motivation="Encore.")
    with comme_portail():
        assert Document.objects.filter(type="accuse_reception").count() == 1


def test_l_attestation_dit_le_jour_du_dossier_complet():
    (lettre,) = lettres_pretes(1)
    porteur = make_acteur("porteur_referent", lettre.relire().equipe)
    faire(lettre, lettre.acteur, "demander_pieces_lettre", 3, indispensables="Étude")
    faire(lettre, porteur, "completer_lettre", 20, reponses=["0"])
    faire(lettre, porteur, "demander_attestation", 100)
    assert document("attestation_tacite").donnees["recu_jour"] == "2026-03-22"
