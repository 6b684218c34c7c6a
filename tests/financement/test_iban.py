"""A changed account: told at the old addresses, frozen until a second person, refused when it is another's, named in the batches."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from dossiers.models import Association
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Rattachement, Utilisateur
from ess_portal.comptes.roles import Role
from ess_portal.journal.models import Envoi
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from financement.banque import lots
from financement.models import CompteBancaire, Versement
from tests.financement.conftest import AUTRE_IBAN, IBAN, MIDI, Distribution, declarer_association, distribuer
from tests.financement.test_lots import IBAN_CAISSE, agir, compte_de_la_caisse, prepare, valide, valider


def test_un_iban_change_se_dit_a_l_ancienne_adresse(contrat_signe: Distribution):
    d = contrat_signe
    numero = valide(d)
    compte_de_la_caisse(d)
    valider(d, prepare(d, numero))
    ancienne = d.utilisateurs["porteur"].courriel
    with pytest.raises(Conflit, match="L-2026-0001"):
        d.fait("gestionnaire", "annuler_versement", versement=numero, motif="Erreur")
    # Somebody has taken the porteur's account over: the address changes first, the account next.
    Utilisateur.objects.filter(pk=d.utilisateurs["porteur"].pk).update(courriel="voleur@exemple.fr")
    with pytest.raises(ErreurMetier) as refus:
        d.fait("porteur", "enregistrer_iban", iban=IBAN_CAISSE, titulaire="Cardio 31")
    assert "autre organisation" in refus.value.champs["iban"][0]
    d.fait("porteur", "enregistrer_iban", iban=AUTRE_IBAN, titulaire="Cardio 31")
    with comme_portail():
        (averti,) = [e.charge for e in Envoi.objects.filter(type="courriel") if e.charge.get("adresses")]
        assert averti["adresses"] == [ancienne]
        assert not {IBAN, AUTRE_IBAN} & set(str(averti).split())
        sujets = {
            (e.charge["contexte"]["sujet"], e.charge["organisation"])
            for e in Envoi.objects.filter(cle__contains="iban_lot")
        }
        assert sujets == {("Lot de paiement à annuler", d.dossier.caisse_id)}
        # Its order may be at the bank: it is to be validated again once the batch is cancelled.
        assert Versement.objects.get(numero=numero).statut == "valide"
    agir(d, "ordonnateur", lots.annuler, numero="L-2026-0001", motif="IBAN changé", non_execute=True)
    with comme_portail():
        assert Versement.objects.get(numero=numero).statut == "propose"
        # The same person under two roles: the porteur who types is also an agent of the caisse, then of the équipe.
        Rattachement.objects.create(
            utilisateur=d.utilisateurs["gestionnaire2"], organisation=d.dossier.equipe, role=Role.PORTEUR_COLLABORATEUR, cree_le=MIDI
        )  # fmt: skip
        sien = Rattachement.objects.create(
            utilisateur=d.utilisateurs["porteur"], organisation=d.dossier.caisse, role=Role.CAISSE_ORDONNATEUR, cree_le=MIDI
        )  # fmt: skip
    d.acteurs["porteur_agent"], d.utilisateurs["porteur_agent"] = (
        sien.acteur(d.dossier.caisse_id),
        d.utilisateurs["porteur"],
    )
    for qui, phrase in (("porteur_agent", "Vous avez saisi"), ("gestionnaire2", "aussi de cette équipe")):
        with pytest.raises(Interdit, match=phrase):
            d.fait(qui, "confirmer_iban", verification="on")
    with pytest.raises(ErreurMetier):
        d.fait("ordonnateur", "valider_versement")
    d.fait("gestionnaire", "confirmer_iban", verification="on")
    with comme_portail():
        for champ in ("iban = 'FR00'", "confirme_le = NULL, confirme_par_id = NULL", "contacts = '[]'"):
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as c:
                c.execute(f"UPDATE financement_comptebancaire SET {champ}")


def test_l_iban_d_une_autre_equipe_est_refuse_sans_dire_de_qui(distribution: Distribution):
    d = distribution
    declarer_association(d)
    d.fait("porteur", "enregistrer_iban", iban=IBAN, titulaire="Cardio 31")
    autre = distribuer(numero="76-2025-0999")
    declarer_association(autre, siren="404833048", rna="W313000002", nom="Cardio Gers")
    with pytest.raises(ErreurMetier) as refus:
        autre.fait("porteur", "enregistrer_iban", iban=IBAN, titulaire="Cardio Gers")
    (phrase,) = refus.value.champs["iban"]
    assert "autre organisation" in phrase
    for nom in (d.dossier.nom, d.dossier.numero, "Cardio 31"):
        assert nom not in phrase
    with comme_portail():
        assert CompteBancaire.objects.count() == 1
        # One association may carry two équipes, and be paid on one account.
        Association.objects.filter(dossier=autre.dossier).update(siren="732829320", rna="W313000001")
    autre.fait("porteur", "enregistrer_iban", iban=IBAN, titulaire="Cardio 31")
