"""Payments: amounts of the rules, conditions of §5, two people, one payment alive per nature and year, ceilings held by the base."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from dossiers.models import Dossier
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.roles import Role
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable
from financement.echeancier import echeancier
from financement.models import CompteBancaire, Contrat, NumeroVersement, Versement
from financement.services import dates
from tests.financement.conftest import (
    AUTRE_IBAN,
    IBAN,
    MIDI,
    Distribution,
    _personne,
    attester_activite,
    declarer_association,
    distribuer,
    iban_confirme,
    signer_et_ouvrir_le_paiement,
)
from tests.financement.test_contrats import a_la_dotation, effectif  # noqa: F401  a fixture and its helper


def versements(d: Distribution, **filtre) -> list[Versement]:
    with comme_portail():
        return list(
            Versement.objects.filter(dossier=d.dossier, **filtre).select_related("compte", "document").order_by("pk")
        )


def lignes(d: Distribution, jour: date | None = None):
    with comme_portail():
        return echeancier(d.relu(), jour or d.maintenant.date())


def manques(d: Distribution, nature: str) -> set[str]:
    return {c["code"] for x in lignes(d) if x.nature == nature for c in x.manques}


def au_projet_valide(d: Distribution) -> None:
    with comme_portail():
        for statut in ("projet_depose", "projet_valide"):
            Dossier.objects.filter(pk=d.dossier.pk).update(statut=statut)
    d.relu()


def payer(d: Distribution, nature: str) -> Versement:
    d.fait("gestionnaire", "proposer_versement", nature=nature)
    d.fait("ordonnateur", "valider_versement")
    d.fait("gestionnaire", "marquer_paye", reference="VIR-1")
    return versements(d, nature=nature, statut="paye")[-1]


def test_fin1_quarante_mille_puis_quarante_mille(contrat_signe: Distribution):
    d = contrat_signe
    assert [(x.nature, x.montant) for x in lignes(d)] == [
        ("amorcage_1", Decimal("40000.00")),
        ("amorcage_2", Decimal("40000.00")),
    ]
    premier = payer(d, "amorcage_1")
    assert (premier.montant, premier.paye_le, premier.statut) == (Decimal("40000.00"), MIDI.date(), "paye")
    assert manques(d, "amorcage_2") == {"projet", "activite"}
    with pytest.raises(ErreurMetier, match="Projet de santé validé"):
        d.fait("gestionnaire", "proposer_versement", nature="amorcage_2")
    au_projet_valide(d)
    with pytest.raises(ErreurMetier, match="action de la mission socle"):
        d.fait("gestionnaire", "proposer_versement", nature="amorcage_2")
    attester_activite(d)
    assert payer(d, "amorcage_2").montant == Decimal("40000.00")
    assert sum(v.montant for v in versements(d)) == Decimal("80000.00")


def test_fin2_rien_sans_personne_morale(distribution: Distribution):
    d = distribution
    d.fait("instructeur", "proposer_contrat_amorcage")
    d.signe_a_trois()
    assert manques(d, "amorcage_1") == {"personne_morale", "iban"}
    with pytest.raises(ErreurMetier, match="Personne morale titulaire"):
        d.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    with pytest.raises(ErreurMetier, match="Déclarez d’abord l’association"):
        d.fait("porteur", "enregistrer_iban", iban=IBAN, titulaire="Cardio 31")
    declarer_association(d, siren="", rna="")
    assert "personne_morale" in manques(d, "amorcage_1")


def test_rien_sans_contrat_signe(distribution: Distribution):
    assert lignes(distribution) == []
    with pytest.raises(Conflit):
        distribution.fait("gestionnaire", "proposer_versement", nature="amorcage_1")


def test_tra3_vingt_quatre_mille_en_une_fois(db):
    d = distribuer(regime="en_projet_credit_ars")
    d.fait("instructeur", "proposer_contrat_amorcage")
    d.signe_a_trois()
    declarer_association(d)
    iban_confirme(d)
    assert [(x.nature, x.montant) for x in lignes(d)] == [("transitoire", Decimal("24000.00"))]
    assert payer(d, "transitoire").montant == Decimal("24000.00")


def test_fin4_premiere_dotation_de_vingt_medecins(a_la_dotation: Distribution):  # noqa: F811
    d = a_la_dotation
    d.fait("instructeur", "proposer_contrat_dotation")
    d.signe_a_trois("signer_dotation")
    iban_confirme(d)
    verse = payer(d, "dotation")
    assert (verse.montant, verse.annee, verse.libelle) == (Decimal("55555.56"), 1, "Dotation annuelle, année 1")
    assert any("50\u00a0000" in e["detail"] for e in verse.calcul)


def test_fin6_la_dotation_attend_sa_prise_d_effet(a_la_dotation: Distribution):  # noqa: F811
    d = a_la_dotation
    d.fait("instructeur", "declarer_financement_ars", source="Convention", date_fin="2026-03-31")
    d.fait("instructeur", "proposer_contrat_dotation")
    d.signe_a_trois("signer_dotation")
    iban_confirme(d)
    assert manques(d, "dotation") == {"effet"}
    with pytest.raises(ErreurMetier, match="Contrat entré en vigueur"):
        d.fait("gestionnaire", "proposer_versement", nature="dotation")
    d.avance(30)
    d.fait("gestionnaire", "proposer_versement", nature="dotation")


def test_fin8_sous_dix_le_versement_est_a_arbitrer(a_la_dotation: Distribution, monkeypatch):  # noqa: F811
    d = a_la_dotation
    d.fait("instructeur", "proposer_contrat_dotation")
    d.signe_a_trois("signer_dotation")
    iban_confirme(d)
    effectif(monkeypatch, 9)
    assert [x.montant for x in lignes(d)] == [None]
    reels = dates.parametres
    with monkeypatch.context() as m:
        m.setattr(dates, "parametres", lambda contrat: replace(reels(contrat), sous_10="zero"))
        (nulle,) = lignes(d)
        # Zero is an amount, not an arbitration (FIN-8): there is nothing to pay.
        assert (nulle.montant, nulle.est_proposable, "plafond" in {c["code"] for c in nulle.manques}) == (
            0,
            False,
            False,
        )
        with pytest.raises(Conflit, match="rien n’est à verser"):
            d.fait("gestionnaire", "proposer_versement", nature="dotation", montant="45000", motif_montant="Prorata.")
    with pytest.raises(ErreurMetier, match="Moins de dix médecins"):
        d.fait("gestionnaire", "proposer_versement", nature="dotation")
    with pytest.raises(ErreurMetier):
        d.fait("gestionnaire", "proposer_versement", nature="dotation", montant="45000")
    with pytest.raises(ErreurMetier) as refus:
        d.fait("gestionnaire", "proposer_versement", nature="dotation", montant="100000.01", motif_montant="Motif.")
    assert "plafond" in refus.value.champs["montant"][0]
    d.fait("gestionnaire", "proposer_versement", nature="dotation", montant="45000", motif_montant="Prorata de dix.")
    (verse,) = versements(d)
    assert (verse.montant, verse.motif_montant) == (Decimal("45000.00"), "Prorata de dix.")


def test_un_montant_saisi_ne_remplace_pas_celui_des_regles(contrat_signe: Distribution):
    contrat_signe.fait("gestionnaire", "proposer_versement", nature="amorcage_1", montant="1", motif_montant="Essai")
    assert versements(contrat_signe)[0].montant == Decimal("40000.00")


def test_fin11_qui_propose_ne_valide_pas(contrat_signe: Distribution):
    d = contrat_signe
    d.fait("ordonnateur", "proposer_versement", nature="amorcage_1")
    with pytest.raises(Interdit, match="une autre personne de la caisse"):
        d.fait("ordonnateur", "valider_versement")
    d.fait("ordonnateur2", "valider_versement")
    (verse,) = versements(d)
    assert verse.valide_par_id == d.utilisateurs["ordonnateur2"].pk


def test_fin11_la_meme_personne_sous_deux_roles_est_refusee(contrat_signe: Distribution):
    d = contrat_signe
    d.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    with comme_portail():
        lien = d.utilisateurs["gestionnaire"].rattachements.get()
        lien.retire_le = d.maintenant
        lien.save()
        _, acteur = _personne("", d.dossier.caisse, Role.CAISSE_ORDONNATEUR, utilisateur=d.utilisateurs["gestionnaire"])
    d.acteurs["gestionnaire"] = acteur
    with pytest.raises(Interdit, match="Vous avez proposé ce versement"):
        d.fait("gestionnaire", "valider_versement")
    assert versements(d)[0].statut == "propose"


def test_fin11_la_base_refuse_le_meme_agent(contrat_signe: Distribution):
    contrat_signe.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    with pytest.raises(IntegrityError, match="versement_deux_personnes"), comme_portail():
        Versement.objects.update(valide_par=contrat_signe.utilisateurs["gestionnaire"])


def test_un_gestionnaire_ne_valide_pas(contrat_signe: Distribution):
    contrat_signe.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    with pytest.raises(Interdit):
        contrat_signe.fait("gestionnaire2", "valider_versement")


@pytest.mark.parametrize("qui", ["porteur", "instructeur", "signataire"])
def test_les_autres_parties_ne_proposent_pas(contrat_signe: Distribution, qui: str):
    with pytest.raises(Interdit):
        contrat_signe.fait(qui, "proposer_versement", nature="amorcage_1")


def test_une_caisse_etrangere_ne_trouve_pas_le_dossier(contrat_signe: Distribution):
    with pytest.raises(Introuvable):
        contrat_signe.fait("etranger", "proposer_versement", nature="amorcage_1")


def test_fin11_un_iban_change_bloque_jusqu_a_sa_confirmation(contrat_signe: Distribution):
    d = contrat_signe
    d.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    d.fait("gestionnaire2", "enregistrer_iban", iban=AUTRE_IBAN, titulaire="Cardio 31")
    with pytest.raises(ErreurMetier, match="confirmé par une seconde personne"):
        d.fait("ordonnateur", "valider_versement")
    with pytest.raises(Interdit, match="une autre personne de la caisse le confirme"):
        d.fait("gestionnaire2", "confirmer_iban", verification="on")
    with pytest.raises(Interdit):
        d.fait("porteur", "confirmer_iban", verification="on")
    d.fait("ordonnateur2", "confirmer_iban", verification="on")
    d.fait("ordonnateur", "valider_versement")
    (verse,) = versements(d)
    assert verse.compte.iban == AUTRE_IBAN


def test_fin11_un_iban_change_apres_validation_fait_revalider(contrat_signe: Distribution):
    d = contrat_signe
    d.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    d.fait("ordonnateur", "valider_versement")
    d.fait("porteur", "enregistrer_iban", iban=AUTRE_IBAN, titulaire="Cardio 31")
    with pytest.raises(Conflit):
        d.fait("gestionnaire", "marquer_paye", reference="VIR-1")
    assert versements(d)[0].statut == "propose"
    d.fait("gestionnaire", "confirmer_iban", verification="on")
    d.fait("ordonnateur", "valider_versement")
    d.fait("gestionnaire", "marquer_paye", reference="VIR-1")


def test_l_equipe_est_prevenue_a_chaque_etape_sans_iban(contrat_signe: Distribution):
    payer(contrat_signe, "amorcage_1")
    with comme_portail():
        sujets = [
            e.charge["contexte"]["sujet"]
            for e in Envoi.objects.filter(
                charge__organisation=contrat_signe.dossier.equipe_id, charge__gabarit="financement"
            )
        ]
        textes = [str(e.charge) for e in Envoi.objects.all()] + [str(e.donnees) for e in Evenement.objects.all()]
    for sujet in ("IBAN enregistré", "IBAN confirmé", "Versement proposé", "Versement validé", "Versement payé"):
        assert sujet in sujets
    assert not [t for t in textes if IBAN in t]


@pytest.mark.parametrize("saisie", ["FR76", "FR7630006000011234567890188", "GB29NWBK60161331926818"])
def test_un_iban_invalide_est_refuse(contrat_signe: Distribution, saisie: str):
    with pytest.raises(ErreurMetier) as refus:
        contrat_signe.fait("porteur", "enregistrer_iban", iban=saisie, titulaire="Cardio 31")
    assert "iban" in refus.value.champs


def test_un_iban_etranger_valable_est_admis(contrat_signe: Distribution):
    contrat_signe.fait("porteur", "enregistrer_iban", iban="DE89 3704 0044 0532 0130 00", titulaire="Cardio 31")
    with comme_portail():
        assert CompteBancaire.objects.get(remplace_le=None).iban == "DE89370400440532013000"


def test_annuler_demande_un_motif_et_permet_de_reproposer(contrat_signe: Distribution):
    d = contrat_signe
    d.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    with pytest.raises(ErreurMetier):
        d.fait("ordonnateur", "annuler_versement", motif=" ")
    d.fait("ordonnateur", "annuler_versement", motif="Mauvais bénéficiaire.")
    d.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    assert [v.statut for v in versements(d)] == ["annule", "propose"]


def test_un_versement_paye_ne_s_annule_plus(contrat_signe: Distribution):
    payer(contrat_signe, "amorcage_1")
    with pytest.raises(Conflit):
        contrat_signe.fait("ordonnateur", "annuler_versement", motif="Trop tard.")
    with pytest.raises(IntegrityError, match="ne change plus"), comme_portail():
        Versement.objects.update(statut="annule", motif_annulation="x")


def test_le_jour_du_paiement_suit_la_validation(contrat_signe: Distribution):
    d = contrat_signe
    d.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    d.fait("ordonnateur", "valider_versement")
    for jour in (MIDI.date() - timedelta(days=1), MIDI.date() + timedelta(days=1)):
        with pytest.raises(ErreurMetier, match="Le jour du paiement"):
            d.fait("gestionnaire", "marquer_paye", reference="VIR-1", paye_le=jour.isoformat())


def test_le_meme_versement_deux_fois_est_refuse(contrat_signe: Distribution):
    contrat_signe.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    with pytest.raises(ErreurMetier):
        contrat_signe.fait("gestionnaire2", "proposer_versement", nature="amorcage_1")
    assert len(versements(contrat_signe)) == 1


def test_la_meme_cle_donne_le_meme_versement(contrat_signe: Distribution):
    from ess_portal.comptes.locataire import contexte
    from financement.services.versements import proposer_versement

    acteur = contrat_signe.acteurs["gestionnaire"]
    for _ in range(2):
        with contexte(acteur):
            proposer_versement(
                numero=contrat_signe.dossier.numero, nature="amorcage_1", cle="abc", acteur=acteur, maintenant=MIDI
            )
    assert len(versements(contrat_signe)) == 1


def test_le_numero_est_celui_de_l_annee(contrat_signe: Distribution):
    with comme_portail():
        NumeroVersement.objects.create(annee=2026, dernier=86)
    contrat_signe.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    assert versements(contrat_signe)[0].numero == "V-2026-0087"


def test_un_conflit_ouvert_arrete_le_paiement(contrat_signe: Distribution):
    with comme_portail():
        Dossier.objects.update(est_a_regulariser=True)
    with pytest.raises(ErreurMetier, match="conflit de territoire"):
        contrat_signe.fait("gestionnaire", "proposer_versement", nature="amorcage_1")


def inserer(d: Distribution, nature: str, montant: str, **champs) -> Versement:
    """Straight into the base, as a fault of the code would."""
    contrat = Contrat.objects.get(dossier=d.dossier)
    return Versement.objects.create(
        **{
            "dossier": d.dossier, "contrat": contrat, "numero": f"V-{nature}-{Versement.objects.count()}"[:16], "nature": nature,
            "montant": Decimal(montant), "propose_le": MIDI, "propose_par": d.utilisateurs["gestionnaire"],
            "cle_idempotence": f"essai-{Versement.objects.count()}", **Versement.colonnes(d.dossier), **champs,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("nature", "montant", "contrainte"),
    [
        ("amorcage_1", "0", "versement_montant_positif"),
        ("amorcage_1", "-1", "versement_montant_positif"),
        ("amorcage_unique", "80000.01", "plafond"),
        ("transitoire", "24000.01", "plafond"),
    ],
)
def test_les_plafonds_sont_dans_la_base(contrat_signe: Distribution, nature: str, montant: str, contrainte: str):
    with pytest.raises(IntegrityError, match=contrainte), comme_portail():
        inserer(contrat_signe, nature, montant)


@pytest.mark.fautes_plantees
def test_la_somme_des_credits_ne_passe_jamais_80_000(contrat_signe: Distribution):
    with comme_portail():
        inserer(contrat_signe, "amorcage_1", "40000")
        inserer(contrat_signe, "amorcage_2", "39999.99")
        with pytest.raises(IntegrityError, match="80 000"), transaction.atomic():
            inserer(contrat_signe, "amorcage_unique", "0.02")
        inserer(contrat_signe, "amorcage_unique", "0.01")


def test_le_sous_dossier_d_une_autre_equipe_ne_se_lit_pas(contrat_signe: Distribution):
    from ess_portal.comptes.locataire import contexte

    contrat_signe.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    with contexte(contrat_signe.acteurs["etranger"]):
        assert not Versement.objects.exists()
        assert not Contrat.objects.exists()
        assert not CompteBancaire.objects.exists()


def test_fin13_ce_qui_est_deja_recu_est_deduit(contrat_signe: Distribution):
    premier = payer(contrat_signe, "amorcage_1")
    autre = distribuer(numero="76-2026-0777")
    declarer_association(autre)
    autre.fait("instructeur", "proposer_contrat_amorcage")
    with comme_portail():
        contrat = Contrat.objects.get(dossier=autre.dossier)
    assert premier.montant == contrat.montant_deduit == contrat.montant == Decimal("40000.00")


def test_fin13_deux_contrats_signes_avant_tout_paiement_ne_font_qu_un_credit(contrat_signe: Distribution):
    """Each contract was proposed before the other's first payment: nothing was deducted then, the payments are judged again."""
    autre = signer_et_ouvrir_le_paiement(distribuer(numero="76-2026-0778"))
    payer(contrat_signe, "amorcage_1")
    payer(autre, "amorcage_1")
    au_projet_valide(autre)
    attester_activite(autre)
    with pytest.raises(ErreurMetier, match="FIN-13"):
        autre.fait("gestionnaire", "proposer_versement", nature="amorcage_2")
    assert not versements(autre, nature="amorcage_2")
