"""The yearly statement on a real history of adhésions: established by the caisse, frozen, seen by the three, versioned (FIN-5 to FIN-8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from adhesions.effectifs import Comptage, Palier
from adhesions.models import Adhesion
from dossiers.models import Tache
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.courriel import rediger
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable
from financement import echeancier
from financement.echeancier import Ligne
from financement.livre import verification
from financement.livre.soldes import par_enveloppe
from financement.models import ControleAnnuel, DotationAnnuelle, Recuperation
from financement.recuperations import montants
from financement.regles.livre import Enveloppe
from financement.selectors import argent
from financement.selectors import dotation as annees
from financement.services.retours import constater_retour
from financement.verification import decomptes
from tests.fabriques import Distribution, client_de, jeton_de, make_adherents, make_dossier, verser
from tests.financement.conftest import AUTRE_IBAN
from tests.financement.test_renouvellement import controler, deposer

pytestmark = pytest.mark.django_db
CLOSE = datetime(2027, 3, 4, 11, tzinfo=UTC)


@pytest.fixture
def d() -> Distribution:
    """A dotation in force since 2 March 2026 for 12 doctors, its first advance paid; 5 more on 1 September."""
    d = make_dossier("dotation_active").distribution
    verser(d, "dotation")
    d.maintenant = datetime(2026, 9, 1, 11, tzinfo=UTC)
    make_adherents(d, 5)
    d.maintenant = CLOSE
    return d


def etablir(d: Distribution, qui: str = "gestionnaire", annee: int = 1, **champs: str) -> None:
    d.fait(qui, "etablir_decompte", annee=str(annee), **champs)


def lus(d: Distribution) -> list[DotationAnnuelle]:
    with comme_portail():
        return list(DotationAnnuelle.objects.filter(dossier__numero=d.numero).order_by("annee", "version"))


def refus(d: Distribution, **champs: str) -> dict[str, list[str]]:
    with pytest.raises(ErreurMetier) as leve:
        etablir(d, **champs)
    return leve.value.champs


def test_l_avance_se_lit_avant_le_decompte(d: Distribution):
    with comme_portail():
        dossier = d.relire()
        rangee = annees.page(dossier, d.jour)["annees"][0]
        assert (rangee["montant"], rangee["avance"]) == (None, argent(dossier).versement("dotation", 1).montant)
        assert list(annees.lignes_csv(dossier, d.jour))[1][5] is not None


def test_le_decompte_suit_chaque_jour_et_ne_change_plus(d: Distribution):
    d.maintenant = datetime(2027, 3, 1, 11, tzinfo=UTC)
    assert "à partir du 2" in str(refus(d)["annee"])
    d.maintenant = CLOSE
    assert "pas d’année 7" in str(refus(d, annee=7)["annee"])
    assert "vient des règles" in str(refus(d, montant="51000", motif_montant="Autre.")["montant"])
    assert refus(d, montant="-1")["montant"]
    assert refus(d, montant="1.234")["montant"]
    for qui in ("porteur", "instructeur", "national"):
        with pytest.raises((Interdit, Introuvable)):
            etablir(d, qui)
    assert lus(d) == []
    etablir(d)
    (x,) = lus(d)
    # 12 doctors for 183 days, 17 for 182: 14.493151 on average, 50 000 + 4.493151 × 50 000 ÷ 90
    assert (str(x.effectif_moyen), x.montant, x.avance, x.ecart) == (
        "14.493151", Decimal("52496.19"), Decimal("51111.11"), Decimal("1385.08"),
    )  # fmt: skip
    assert x.faits["effectifs"] == [["2026-03-02", 12], ["2026-09-01", 17]]
    with comme_portail():
        assert list(decomptes()) == []
        evenement = Evenement.objects.get(dossier__numero=d.numero, type="etablir_decompte")
        assert evenement.donnees["empreinte"] == x.empreinte
        assert Envoi.objects.filter(cle__contains=f"etablir_decompte:{x.pk}:").count() == 2
        for geste in (
            lambda: DotationAnnuelle.objects.update(montant=1),
            lambda: DotationAnnuelle.objects.all().delete(),
        ):
            with pytest.raises(DatabaseError), transaction.atomic():
                geste()
    with pytest.raises(Conflit, match="mêmes faits"):
        etablir(d)
    _version(d, x)
    _regularisation(d)


def _regularisation(d: Distribution) -> None:
    """FIN-7: the difference is a line of its own, that two people accept, on its own year; the next advance has its own."""
    dossier, ecart = d.relire(), lus(d)[-1].ecart
    ligne = _ligne(d)
    assert (ligne.montant, ligne.annee, {c["code"] for c in ligne.manques}) == (ecart, 1, {"pieces", "controle"})
    with pytest.raises(ErreurMetier, match="Rapport d’activité"):
        d.fait("gestionnaire", "proposer_versement", nature="regularisation")
    deposer(d, 1)
    regler_dues(au=d.maintenant)
    controler(d, date(2027, 3, 2))
    for nature in ("regularisation", "dotation"):
        d.fait("gestionnaire", "proposer_versement", nature=nature)
    numero = _ligne(d).versement.numero
    with pytest.raises(Interdit):
        d.fait("gestionnaire", "valider_versement", versement=numero)
    retirer_un(d)
    with pytest.raises(Conflit, match="s’appuie sur ce décompte"):
        etablir(d, motif_version="Encore une.")
    # The next advance was proposed for one doctor more: it is proposed again, or not paid.
    with pytest.raises(Conflit, match="proposez ce versement de nouveau"):
        d.fait("ordonnateur", "valider_versement", versement=_ligne(d, "dotation", 2).versement.numero)
    d.fait("ordonnateur", "valider_versement", versement=numero)
    d.fait("gestionnaire", "marquer_paye", versement=numero, reference="VIR-R")
    with comme_portail():
        livre = par_enveloppe(dossier)
        assert {e.annee: s.engage_total for e, s in livre.items() if e.poste == "dotation"} == {
            1: lus(d)[-1].montant,
            2: _ligne(d, "dotation", 2).montant,
        }
        assert livre[Enveloppe("assurance_maladie", "dotation", 1)].verse == lus(d)[-1].montant
        assert [f for c in (verification.faits, verification.equilibre, decomptes) for f in c()] == []
        credit = argent(d.relire()).signe("amorcage")
        assert sum(v.montant for v in argent(d.relire()).actifs if v.contrat_id == credit.pk) == credit.montant
    _l_avance_revient(d)


def _l_avance_revient(d: Distribution) -> None:
    """The bank gives the advance back after its regularisation was paid: the advance alone is owed again, the statement stands."""
    fige = lus(d)[-1]
    with comme_portail():
        v = argent(d.relire()).versement("dotation", 1)
        constater_retour(
            numero=d.numero, versement=v.numero, jour=d.jour, motif="Compte clos", acteur=d.acteurs["gestionnaire"], maintenant=d.maintenant
        )  # fmt: skip
    d.fait("gestionnaire", "annuler_versement", versement=v.numero, motif="Compte clos.")
    assert _ligne(d, "dotation").montant == fige.montant - fige.ecart == v.montant
    assert lus(d)[-1] == fige


def _ligne(d: Distribution, nature: str = "regularisation", annee: int = 1) -> Ligne:
    with comme_portail():
        return echeancier.ligne(d.relire(), d.jour, nature, annee)


def retirer_un(d: Distribution) -> None:
    """One of the five who came on 1 September never should have been recorded."""
    with comme_portail():
        lues = Adhesion.objects.filter(dossier__numero=d.numero, signee_le="2026-09-01", versions__connu_jusqua=None)
        adhesion = lues.order_by("pk").first()
    d.fait("porteur", "retirer_adhesion", adhesion=str(adhesion.pk), motif="Saisie deux fois.", confirmation="on")


def _version(d: Distribution, premier: DotationAnnuelle) -> None:
    """A headcount corrected later is another version, with its reason; the first one stays as it was."""
    retirer_un(d)
    assert "ce qui change" in str(refus(d)["motif_version"])
    etablir(d, motif_version="Adhésion retirée.")
    un, deux = lus(d)
    assert (un.montant, un.empreinte) == (premier.montant, premier.empreinte)
    assert (deux.version, deux.motif_version) == (2, "Adhésion retirée.")
    assert deux.montant < un.montant


def test_sous_dix_la_caisse_arbitre_devant_les_quatre_lectures(d: Distribution, monkeypatch):
    monkeypatch.setattr(Comptage, "paliers", lambda _, debut, fin: (Palier(debut, fin, 9),))
    with horloge.figer(CLOSE):
        caisse = client_de(d.utilisateur("gestionnaire"))
        adresse = f"/dossiers/{d.numero}/dotation/"
        texte = caisse.get(adresse).content.decode()
        assert all(m in texte for m in ("Montant à arbitrer", "45\u00a0000,00", "49\u00a0444,44", "Droite prolongée"))
        refusee = caisse.post(
            adresse, {"acte": "etablir_decompte", "annee": "1", "montant": "100000.01", "motif_montant": ""}
        )
        assert refusee.status_code == 422
        assert "dépasse le plafond" in refusee.content.decode()
        assert "Indiquez le motif" in refusee.content.decode()
        assert lus(d) == []
        saisie = {"acte": "etablir_decompte", "annee": "1", "montant": "45000,00", "motif_montant": "Prorata de dix."}
        assert caisse.post(adresse, saisie).status_code == 302
        with comme_portail():
            tache = Tache.objects.get(dossier__numero=d.numero, cle="ouvrir_recuperation:regularisation:1:1")
            assert (tache.qui, tache.faite_le) == ("caisse", None)
            assert echeancier.ligne(d.relire(), d.jour, "regularisation") is None
        (x,) = lus(d)
        assert (x.montant, x.est_arbitre, x.motif_montant) == (Decimal("45000.00"), True, "Prorata de dix.")
        _une_annee_un_montant(d, x, monkeypatch)
        d.fait("gestionnaire", "ouvrir_recuperation", origine="regularisation", motif="Trop-perçu du décompte.")
        with comme_portail():
            assert Recuperation.objects.get(dossier__numero=d.numero).montant_propose == -x.ecart
            tache.refresh_from_db()
            assert tache.faite_le is not None
        # The procedure stands on these figures: they do not change under the équipe that answers it.
        with pytest.raises(Conflit, match=r"R-.*s’appuie sur ce décompte"):
            etablir(d, montant="50000", motif_montant="Autre lecture.", motif_version="Autre lecture.")
        for qui in ("porteur", "instructeur"):
            texte = client_de(d.utilisateur(qui)).get(adresse).content.decode()
            assert "Prorata de dix." in texte
            assert x.empreinte in texte
            assert "Établir" not in texte.replace("Établi et figé", "").replace("Établi par", "")
        fichier = caisse.get(f"{adresse}annees.csv").content.decode("utf-8-sig").splitlines()
        assert fichier[1].split(";")[:8] == [
            "1",
            "02/03/2026",
            "01/03/2027",
            "9,000000",
            "45000,00",
            "51111,11",
            "0,00",
            "6111,11",
        ]
        assert fichier[2].startswith("2;02/03/2027;")
        lu = caisse.get(f"/api/v1/dossiers/{d.numero}/dotations/", headers=_jeton(d)).json()["results"][0]
    assert (lu["montant"], lu["resultat"]["simulations"]["prorata_10"]) == ("45000.00", "45000.00")


def _une_annee_un_montant(d: Distribution, x: DotationAnnuelle, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupted year is asked back from its statement, not computed anew; nothing is where the setting has no regularisation."""
    with comme_portail():
        assert montants._prorata(d.relire(), x.contrat, x.fin).proposition.montant == -x.ecart
        lus_, sans = montants.dates.parametres, monkeypatch.context
        with sans() as reglage:
            reglage.setattr(montants.dates, "parametres", lambda c: replace(lus_(c), regularisation=False))
            with pytest.raises(Conflit, match="à son terme"):
                montants.base(d.relire(), "regularisation", d.jour)


def _jeton(d: Distribution) -> dict[str, str]:
    return {"Authorization": f"Bearer {jeton_de(d.utilisateur('porteur'))}"}


def test_a_l_anniversaire_l_equipe_lit_quoi_remettre_et_ou(d: Distribution):
    """DL-7: one mail to the équipe, whatever the number of scans, with the pages where each item is given."""
    for _ in range(2):
        regler_dues(au=d.maintenant)
    with comme_portail():
        (charge,) = Envoi.objects.filter(charge__contexte__evenement="anniversaire").values_list("charge", flat=True)
        dossier = d.relire()
    assert set(charge["organisations"]) == {dossier.equipe_id, dossier.caisse_id}
    _, texte = rediger("echeance", charge["contexte"])
    for page in ("rapports", "adherents", "dotation"):
        assert f"/dossiers/{d.numero}/{page}/" in texte
    assert "la plus tardive de trois dates" in texte


def test_le_versement_suivant_attend_le_rapport_et_le_controle(d: Distribution):
    """FIN-6, DL-7: suspended at the anniversary, due at the latest of the three days; the account of use beside the year (FIN-12)."""
    adresse = f"/dossiers/{d.numero}/dotation/"

    def controler_annee(**champs: str) -> dict[str, list[str]]:
        saisi = {"annee": "1", "criteres": "oui", "composition": "oui", **champs}
        with pytest.raises(ErreurMetier) as leve:
            d.fait("gestionnaire", "controler_annee", **saisi)
        return leve.value.champs

    assert "n’est pas finie" in str(controler_annee(annee="2")["annee"])
    assert "ne peut pas être à venir" in str(controler_annee(fait_le="2027-03-05")["fait_le"])
    assert "à partir du 2" in str(controler_annee(fait_le="2027-03-01")["fait_le"])
    assert "ce qui est à corriger" in str(controler_annee(composition="non")["observations"])
    assert controler_annee(criteres="")["criteres"]
    with pytest.raises((Interdit, Introuvable)):
        d.fait("porteur", "controler_annee", annee="1", criteres="oui", composition="oui")
    d.fait("gestionnaire", "controler_annee", annee="1", criteres="oui", composition="non", observations="Deux formulaires manquent.")  # fmt: skip
    lu = _ligne(d, "dotation", 2)
    assert (lu.cycle.code, [qui for qui, _ in lu.cycle.manques]) == ("suspendu", ["equipe", "equipe"])
    assert {c["code"]: c["detail"] for c in lu.manques}["controle"].endswith("Deux formulaires manquent.")
    with horloge.figer(d.maintenant):
        porteur = client_de(d.utilisateur("porteur"))
        texte = porteur.get(adresse).content.decode()
        assert (
            "Dotation de l’année 2\u00a0: versement en attente"
            in porteur.get(f"/dossiers/{d.numero}/").content.decode()
        )
    assert "Versement suivant suspendu" in texte
    assert "Deux formulaires manquent." in texte
    d.avancer(days=5)
    deposer(d, 1)
    d.avancer(days=2)
    d.fait("gestionnaire", "controler_annee", annee="1", criteres="oui", composition="oui", fait_le="2027-03-10")
    regler_dues(au=d.maintenant)
    lu = _ligne(d, "dotation", 2)
    assert (lu.cycle.code, lu.cycle.exigible_le, lu.est_proposable) == ("exigible", date(2027, 3, 10), True)
    with comme_portail():
        assert not Tache.objects.filter(dossier__numero=d.numero, type="controle_annuel", faite_le=None).exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            ControleAnnuel.objects.update(est_composition_conforme=True)
    with horloge.figer(d.maintenant):
        caisse = client_de(d.utilisateur("gestionnaire"))
        assert "Exigible depuis le 10" in caisse.get(adresse).content.decode()
        assert "Exigible le 10" in caisse.get(f"/dossiers/{d.numero}/versements/").content.decode()
        cellules = caisse.get(f"{adresse}annees.csv").content.decode("utf-8-sig").splitlines()[1].split(";")
    assert cellules[8:14] == ["51111,11", "0,00", "41000,50", "10110,61", "09/03/2027", "10/03/2027"]


def test_fin10_les_jours_vecus_se_paient_apres_la_fin_du_contrat(d: Distribution, monkeypatch):
    """The équipe gave its notice; the days lived are worth more than the advance: two people pay the difference, nothing else."""
    monkeypatch.setattr(Comptage, "paliers", lambda _, debut, fin: (Palier(debut, fin, 60),))
    d.maintenant = datetime(2026, 11, 1, 11, tzinfo=UTC)
    d.fait("porteur", "resilier", motif="Dissolution de l’association.")
    d.maintenant = CLOSE
    assert _ligne(d, annee=1) is None
    with pytest.raises((Conflit, ErreurMetier)):
        d.fait("gestionnaire", "proposer_versement", nature="dotation")
    etablir(d)
    (x,) = lus(d)
    assert (str(x.fin), x.ecart > 0) == ("2026-12-31", True)
    with pytest.raises(ErreurMetier, match="Rapport d’activité"):
        d.fait("gestionnaire", "proposer_versement", nature="regularisation")
    deposer(d, 1)
    d.fait("gestionnaire", "controler_annee", annee="1", criteres="oui", composition="oui")
    d.fait("gestionnaire", "proposer_versement", nature="regularisation")
    numero = _ligne(d).versement.numero
    d.fait("gestionnaire", "annuler_versement", versement=numero, motif="Erreur.")
    d.fait("gestionnaire", "proposer_versement", nature="regularisation")
    numero = _ligne(d).versement.numero
    with pytest.raises(Interdit):
        d.fait("gestionnaire", "valider_versement", versement=numero)
    # The account may change still, under the same two pairs of eyes.
    d.fait("porteur", "enregistrer_iban", iban=AUTRE_IBAN, titulaire="Association")
    with pytest.raises(ErreurMetier, match="IBAN"):
        d.fait("ordonnateur", "valider_versement", versement=numero)
    d.fait("gestionnaire", "confirmer_iban", verification="on")
    d.fait("ordonnateur", "valider_versement", versement=numero)
    d.fait("gestionnaire", "marquer_paye", versement=numero, reference="VIR-FIN")
    with pytest.raises((Conflit, ErreurMetier)):
        d.fait("gestionnaire", "proposer_versement", nature="regularisation")
    with comme_portail():
        assert par_enveloppe(d.relire())[Enveloppe("assurance_maladie", "dotation", 1)].verse == x.montant
        assert [f for c in (verification.faits, verification.equilibre, decomptes) for f in c()] == []
