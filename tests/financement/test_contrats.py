"""Annexes 1 and 2: proposal from the dossier's facts, three signatures in any order, what the third one changes."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from django.db import IntegrityError, transaction

from dossiers.models import Decision, Derogation, Dossier
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.referentiel.models import JeuParametres
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable, Reauthentification
from financement.models import Contrat, FinancementArs, Signature
from financement.services.textes import empreinte
from tests import fabriques
from tests.financement.conftest import MIDI, Distribution, declarer_association, distribuer

TROIS = ("porteur", "signataire", "ordonnateur")


def contrat_de(d: Distribution, **filtre) -> Contrat:
    with comme_portail():
        return (
            Contrat.objects.select_related("document", "dossier")
            .filter(dossier=d.dossier, **filtre)
            .order_by("-pk")
            .first()
        )


def clauses_de(d: Distribution) -> str:
    return json.dumps(contrat_de(d).contenu["clauses"], ensure_ascii=False)


def signatures(contrat: Contrat) -> list[Signature]:
    with comme_portail():
        return list(contrat.signatures.order_by("pk"))


@pytest.mark.parametrize("qui", ["instructeur", "signataire", "gestionnaire", "ordonnateur"])
def test_l_ars_et_la_caisse_proposent_le_contrat(distribution: Distribution, qui: str):
    distribution.fait(qui, "proposer_contrat_amorcage")
    contrat = contrat_de(distribution)
    assert (contrat.type, contrat.montant, contrat.version, contrat.statut) == (
        "amorcage",
        Decimal("80000.00"),
        1,
        "propose",
    )
    assert contrat.empreinte == empreinte(contrat.contenu)
    assert [e["montant"] for e in contrat.contenu["echeancier"]] == ["40000.00", "40000.00"]
    assert contrat.document.type == "contrat_amorcage"
    assert distribution.dossier.statut == "lettre_validee"


def test_l_equipe_ne_propose_pas_son_contrat(distribution: Distribution):
    with pytest.raises(Interdit, match="Votre rôle ne permet pas cet acte"):
        distribution.fait("porteur", "proposer_contrat_amorcage")


def test_le_texte_cite_les_dates_du_dossier(distribution: Distribution):
    distribution.fait("instructeur", "proposer_contrat_amorcage")
    texte = clauses_de(distribution)
    # Filed on 22 November 2025: DL-2 on 22 May 2026, DL-5 on 22 May 2027.
    assert "au plus tard le 22\u00a0mai\u00a02026" in texte
    assert "au plus tard le 22\u00a0mai\u00a02027" in texte
    assert "40\u00a0000\u00a0€" in texte


@pytest.mark.parametrize("ordre", list(permutations(TROIS)))
def test_signer_dans_tous_les_ordres(ordre: tuple[str, ...]):
    d = distribuer()
    d.fait("instructeur", "proposer_contrat_amorcage")
    for rang, qui in enumerate(ordre, 1):
        assert d.dossier.statut == "lettre_validee"
        d.fait(qui, "signer_amorcage")
        assert len(signatures(contrat_de(d))) == rang
    assert d.dossier.statut == "amorcage_signe"
    contrat = contrat_de(d)
    assert (contrat.statut, contrat.signe_le, contrat.date_effet) == ("signe", d.maintenant, MIDI.date())
    # The document that was read is the one that stands; three seals are asked for on it, in the order of the signatures.
    assert contrat.document.version == 1
    with comme_portail():
        cachets = list(contrat.document.sceaux.attendus())
    assert [c.acte_le for c in cachets] == [s.signee_le for s in signatures(contrat)]
    assert [c.mention for c in cachets] == ["", "", "Prise d’effet\u00a0: 2\u00a0mars\u00a02026"]


test_signer_dans_tous_les_ordres = pytest.mark.django_db(test_signer_dans_tous_les_ordres)


def test_la_preuve_dit_qui_quand_et_comment(distribution: Distribution):
    distribution.fait("instructeur", "proposer_contrat_amorcage")
    distribution.fait("porteur", "signer_amorcage", qualite="Présidente")
    (signature,) = signatures(contrat_de(distribution))
    assert (signature.partie, signature.moyen, signature.qualite) == ("equipe", "mot de passe", "Présidente")
    assert signature.empreinte == contrat_de(distribution).empreinte
    with comme_portail():
        evenement = Evenement.objects.filter(dossier=distribution.dossier, type="signature_contrat").get()
        lignes = Envoi.objects.filter(cle__startswith="courriel:financement:signature:")
        attendus = [e.charge["organisation"] for e in lignes]
    assert evenement.donnees["restent"] == ["ars", "caisse"]
    assert set(attendus) == {distribution.dossier.ars_id, distribution.dossier.caisse_id}


def test_signer_deux_fois_est_refuse(distribution: Distribution):
    distribution.fait("instructeur", "proposer_contrat_amorcage")
    distribution.fait("ordonnateur", "signer_amorcage")
    with pytest.raises(Conflit):
        distribution.fait("ordonnateur2", "signer_amorcage")
    assert len(signatures(contrat_de(distribution))) == 1


def test_un_etranger_ne_trouve_rien_a_signer(distribution: Distribution):
    distribution.fait("instructeur", "proposer_contrat_amorcage")
    with pytest.raises(Introuvable):
        distribution.fait("etranger", "signer_amorcage")


def test_une_caisse_lectrice_ne_signe_pas(distribution: Distribution):
    distribution.fait("instructeur", "proposer_contrat_amorcage")
    with comme_portail():
        Dossier.objects.update(lecteurs=[distribution.acteurs["etranger"].organisation_id])
    with pytest.raises(ErreurMetier):
        distribution.fait("etranger", "signer_amorcage")
    assert signatures(contrat_de(distribution)) == []


def test_les_roles_qui_instruisent_ne_signent_pas(distribution: Distribution):
    distribution.fait("instructeur", "proposer_contrat_amorcage")
    for qui in ("instructeur", "gestionnaire"):
        with pytest.raises(Interdit):
            distribution.fait(qui, "signer_amorcage")


@pytest.mark.parametrize("mot_de_passe", ["", "un autre mot de passe"])
def test_sans_le_mot_de_passe_rien_n_est_signe(distribution: Distribution, mot_de_passe: str):
    distribution.fait("instructeur", "proposer_contrat_amorcage")
    with pytest.raises(Reauthentification):
        distribution.fait("porteur", "signer_amorcage", mot_de_passe=mot_de_passe)
    assert signatures(contrat_de(distribution)) == []


def test_une_version_perimee_ne_se_signe_pas(distribution: Distribution):
    distribution.fait("instructeur", "proposer_contrat_amorcage")
    lue = contrat_de(distribution)
    distribution.fait("porteur", "signer_amorcage", empreinte=lue.empreinte)
    distribution.avance(1)
    distribution.fait("gestionnaire", "proposer_contrat_amorcage", objet_version="Siège corrigé")
    with pytest.raises(Conflit, match="relisez la version 2"):
        distribution.fait("porteur", "signer_amorcage", empreinte=lue.empreinte)
    distribution.fait("porteur", "signer_amorcage", empreinte=contrat_de(distribution).empreinte)
    assert contrat_de(distribution, version=1).statut == "remplace"
    assert len(signatures(contrat_de(distribution, version=2))) == 1


def test_une_modification_demandee_arrete_la_version(distribution: Distribution):
    distribution.fait("instructeur", "proposer_contrat_amorcage")
    distribution.fait("porteur", "signer_amorcage")
    with pytest.raises(ErreurMetier):
        distribution.fait("ordonnateur", "refuser_contrat", motif="  ")
    distribution.fait("ordonnateur", "refuser_contrat", motif="Le siège a changé.")
    assert (contrat_de(distribution).statut, contrat_de(distribution).motif) == ("refuse", "Le siège a changé.")
    with pytest.raises(Conflit):
        distribution.fait("signataire", "signer_amorcage")


@pytest.mark.parametrize("qui", ["instructeur", "gestionnaire"])
def test_un_conflit_ouvert_arrete_le_contrat(distribution: Distribution, qui: str):
    """Flagged, and the ESS that was validated before it on the same territory still stands."""
    autre = fabriques.make_dossier("lettre_validee", departement="33", specialites=["SM02"])
    with comme_portail():
        d = distribution.dossier
        Dossier.objects.filter(pk=autre.pk).update(
            specialites=d.specialites, groupes=d.groupes, departements=d.departements
        )
        Decision.objects.filter(dossier=autre).update(prise_le=datetime(2025, 3, 1, 12, tzinfo=UTC))
        Dossier.objects.filter(pk=d.pk).update(est_a_regulariser=True)
    with pytest.raises(ErreurMetier, match="en conflit de territoire"):
        distribution.fait(qui, "proposer_contrat_amorcage")


def test_un_conflit_ne_de_la_proposition_arrete_la_signature(distribution: Distribution):
    distribution.fait("instructeur", "proposer_contrat_amorcage")
    with comme_portail():
        Derogation.objects.create(
            dossier=distribution.dossier, portee=["CRI-1c"], motif="Unicité", demandee_le=date(2026, 2, 1)
        )
    with pytest.raises(ErreurMetier, match="dérogation est en attente"):
        distribution.fait("porteur", "signer_amorcage")


@pytest.mark.parametrize(
    "etape", ["projet_depose", "projet_incomplet", "projet_refuse", "projet_valide", "finess_attribue"]
)
@pytest.mark.django_db
def test_signe_apres_le_depot_du_projet_le_contrat_laisse_l_etat(etape: str):
    d = distribuer(etape)
    d.fait("instructeur", "proposer_contrat_amorcage")
    d.signe_a_trois()
    assert d.dossier.statut == etape
    assert contrat_de(d).statut == "signe"


@pytest.mark.django_db
@pytest.mark.parametrize("regime", ["mise_en_conformite", "en_projet_credit_ars"])
def test_tra3_tra4_le_credit_transitoire_est_de_24_000(regime: str):
    with comme_portail():
        JeuParametres.objects.create(
            region_id="76", valide_du=date(2026, 1, 1), valeurs={"calendrier_transitoire": "02/02/2026"}, source="Essai"
        )
    d = distribuer(regime=regime)
    with pytest.raises(ErreurMetier) as tardif:
        d.fait("instructeur", "declarer_financement_ars", source="Courrier", engagement_le="2026-02-03")
    assert "a pris fin le 2\u00a0février\u00a02026" in tardif.value.champs["engagement_le"][0]
    if regime == "mise_en_conformite":
        with pytest.raises(ErreurMetier, match="engagement écrit"):
            d.fait("instructeur", "proposer_contrat_amorcage")
    d.fait("instructeur", "declarer_financement_ars", source="Courrier du 2 février 2026", engagement_le="2026-02-02")
    d.fait("instructeur", "proposer_contrat_amorcage")
    contrat = contrat_de(d)
    assert (contrat.type, contrat.montant) == ("transitoire", Decimal("24000.00"))
    assert contrat.contenu["variante"] == "transitoire"


@pytest.mark.django_db
@pytest.mark.parametrize("regime", ["existante_conforme", "hors_champ"])
def test_tra2_tra5_n_ouvrent_pas_de_credit(regime: str):
    d = distribuer(regime=regime)
    with pytest.raises(Conflit):
        d.fait("instructeur", "proposer_contrat_amorcage")


def test_le_texte_signe_ne_change_plus_meme_en_sql(distribution: Distribution):
    distribution.fait("instructeur", "proposer_contrat_amorcage")
    distribution.fait("porteur", "signer_amorcage")
    contrat = contrat_de(distribution)
    for modification in (
        lambda: Contrat.objects.filter(pk=contrat.pk).update(montant=1),
        lambda: Contrat.objects.filter(pk=contrat.pk).update(contenu={}),
        lambda: Contrat.objects.filter(pk=contrat.pk).delete(),
        lambda: Signature.objects.filter(contrat=contrat).update(nom="Autre"),
        lambda: Signature.objects.filter(contrat=contrat).delete(),
    ):
        with pytest.raises(IntegrityError), comme_portail():
            modification()


def vers_finess(d: Distribution, **association) -> None:
    declarer_association(d, finess="310000005", finess_le=d.maintenant.date(), **association)


@pytest.fixture
def a_la_dotation(db, monkeypatch) -> Distribution:
    """A dossier with its FINESS, 20 doctors of whom 20 libéraux, whose ARS funded it until 31 March 2026."""
    d = distribuer("finess_attribue")
    vers_finess(d)
    effectif(monkeypatch, 20)
    return d


def effectif(monkeypatch, nombre: int) -> None:
    """The headcount as the app of the adhésions would give it."""
    from adhesions.effectifs import Comptage
    from dossiers import faits

    monkeypatch.setattr(Comptage, "effectif", lambda _, jour: nombre)

    def fournir(dossier, jour):
        return {"effectif": nombre, "adherents_liberaux": nombre}

    anciens = faits._fournisseurs()
    monkeypatch.setattr(
        faits, "_fournisseurs", lambda: (*(f for f in anciens if f.__module__ != "adhesions.faits"), fournir)
    )


def test_fin4_la_dotation_suit_l_effectif_du_jour(a_la_dotation: Distribution):
    a_la_dotation.fait("instructeur", "proposer_contrat_dotation")
    contrat = contrat_de(a_la_dotation)
    assert (contrat.montant, contrat.effectif) == (Decimal("55555.56"), 20)
    a_la_dotation.signe_a_trois("signer_dotation")
    assert a_la_dotation.dossier.statut == "dotation_active"
    signe = contrat_de(a_la_dotation)
    assert (signe.date_effet, signe.date_fin) == (date(2026, 3, 2), date(2031, 3, 2))


def test_fin6_la_dotation_prend_effet_apres_le_financement_de_l_ars(a_la_dotation: Distribution):
    with comme_portail():
        FinancementArs.objects.create(
            dossier=a_la_dotation.dossier, date_fin=date(2026, 3, 31), source="Convention", enregistre_le=MIDI
        )
    a_la_dotation.fait("instructeur", "proposer_contrat_dotation")
    assert "au plus tôt le 1er\u00a0avril\u00a02026" in clauses_de(a_la_dotation)
    a_la_dotation.signe_a_trois("signer_dotation")
    assert contrat_de(a_la_dotation).date_effet == date(2026, 4, 1)


def test_fin8_sous_dix_la_caisse_arrete_le_montant(a_la_dotation: Distribution, monkeypatch):
    effectif(monkeypatch, 9)
    with pytest.raises(Conflit, match="la caisse arrête le montant"):
        a_la_dotation.fait("instructeur", "proposer_contrat_dotation")
    with pytest.raises(ErreurMetier, match="à arbitrer"):
        a_la_dotation.fait("gestionnaire", "proposer_contrat_dotation", montant_arbitre="45000")
    a_la_dotation.fait(
        "gestionnaire", "proposer_contrat_dotation", montant_arbitre="45000", motif_montant="Plancher au prorata."
    )
    assert contrat_de(a_la_dotation).montant == Decimal("45000.00")


def test_le_credit_non_solde_arrete_la_dotation(a_la_dotation: Distribution):
    a_la_dotation.fait("instructeur", "proposer_contrat_amorcage")
    a_la_dotation.signe_a_trois()
    with pytest.raises(ErreurMetier, match="crédit d’amorçage"):
        a_la_dotation.fait("instructeur", "proposer_contrat_dotation")


def test_cri4_arrete_la_dotation(a_la_dotation: Distribution, monkeypatch):
    effectif(monkeypatch, 4)
    with pytest.raises(ErreurMetier) as refus:
        a_la_dotation.fait("gestionnaire", "proposer_contrat_dotation", montant_arbitre="45000", motif_montant="Motif.")
    assert "CRI-4" in refus.value.champs


def test_renouveler_part_du_terme_du_contrat_en_cours(a_la_dotation: Distribution):
    a_la_dotation.fait("instructeur", "proposer_contrat_dotation")
    a_la_dotation.signe_a_trois("signer_dotation")
    a_la_dotation.maintenant = datetime(2030, 9, 1, 11, tzinfo=MIDI.tzinfo)
    with pytest.raises(Conflit, match="à partir du 2\u00a0septembre\u00a02030"):
        a_la_dotation.fait("instructeur", "proposer_contrat_dotation")
    a_la_dotation.maintenant = datetime(2030, 12, 1, 11, tzinfo=MIDI.tzinfo)
    a_la_dotation.fait("instructeur", "proposer_contrat_dotation")
    a_la_dotation.signe_a_trois("renouveler_dotation")
    assert a_la_dotation.dossier.statut == "dotation_active"
    suivant = contrat_de(a_la_dotation)
    assert (suivant.version, suivant.date_effet, suivant.date_fin) == (2, date(2031, 3, 2), date(2036, 3, 2))


def test_resilier_met_fin_aux_contrats(contrat_signe: Distribution):
    d = contrat_signe
    with pytest.raises(Conflit):
        d.fait("porteur", "abandonner", motivation="Projet arrêté.")
    with pytest.raises(ErreurMetier, match="au plus tôt le 2\u00a0mai\u00a02026"):
        d.fait("porteur", "resilier", motif="Projet arrêté.", date_fin="2026-04-01")
    d.fait("porteur", "resilier", motif="Projet arrêté.")
    contrat = contrat_de(d)
    assert (d.dossier.statut, contrat.statut, contrat.date_resiliation) == ("resilie", "resilie", date(2026, 5, 2))


def test_abandonner_ecarte_le_contrat_en_signature(distribution: Distribution):
    distribution.fait("instructeur", "proposer_contrat_amorcage")
    distribution.fait("porteur", "abandonner", motivation="Équipe dissoute.")
    assert (distribution.dossier.statut, contrat_de(distribution).statut) == ("clos", "expire")


def test_deux_contrats_en_signature_ne_coexistent_pas_en_base(distribution: Distribution):
    distribution.fait("instructeur", "proposer_contrat_amorcage")
    contrat = contrat_de(distribution)
    contrat.pk, contrat.version = None, 2
    with pytest.raises(IntegrityError), comme_portail(), transaction.atomic():
        contrat.save(force_insert=True)


def test_signer_le_dernier_jour_d_un_fuseau_lointain():
    """The day of a signature is the ARS's day, not Paris's."""
    contrat = Contrat(signe_le=MIDI.replace(hour=22) + timedelta(0), dossier=Dossier(fuseau="Indian/Reunion"))
    assert contrat.signe_jour == date(2026, 3, 3)
