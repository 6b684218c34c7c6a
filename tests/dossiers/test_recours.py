"""A recours gracieux from its filing to its answer: express, or that of silence, which is true before any scan (CAL-6, CAL-9, DL-9)."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

from dossiers.actions import disponibles, preparer
from dossiers.models import Decision, Dossier, Echeance, Recours
from dossiers.regles.delais import ajouter, borne
from dossiers.regles.explication import jour_ecrit
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.documents.donnees import lire
from ess_portal.documents.models import Document
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.referentiel.models import JeuParametres
from ess_portal.referentiel.regles.delai import Delai
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable
from ess_portal.socle.typographie import date_fr
from indicateurs.passe import archives
from indicateurs.passe.rembobiner import rembobiner
from indicateurs.regles.passe import Lecture
from tests.dossiers.test_mauvaises_saisies import scans, trace
from tests.fabriques import Distribution, client_de, make_acteur, make_dossier

pytestmark = pytest.mark.django_db
DEUX_MOIS = Delai(mois=2)


def regler(**valeurs: str) -> None:
    with comme_portail():
        JeuParametres.objects.create(region_id="76", valide_du=date(2026, 1, 1), valeurs=valeurs, source="Essai")


def le_recours() -> Recours:
    with comme_portail():
        return Recours.objects.get()


def la_date(regle: str = "CAL-6") -> Echeance:
    with comme_portail():
        return Echeance.objects.get(regle=regle)


def actes(d: Distribution, qui: str) -> set[str]:
    acteur = d.acteur(qui)
    with contexte(acteur):
        dossier = Dossier.objects.pour(acteur).au(d.maintenant).get(numero=d.numero)
        return {a.nom for a in disponibles(dossier, acteur) if "recours" in a.nom}


def page(d: Distribution, qui: str, adresse: str = "dossier") -> str:
    """A page as this person reads it at the instant of the life; `adresse`: of the dossier, or as it is."""
    url = adresse if adresse.startswith("/") else reverse(adresse, args=[d.numero])
    with horloge.figer(d.maintenant):
        return client_de(d.utilisateur(qui)).get(url).content.decode()


def au_passe(d: Distribution, instant: datetime) -> tuple[str, date | None] | None:
    """(state, last day) of the answer's date as an instant of the past has it, in law."""
    acteur = d.acteur("instructeur")
    with contexte(acteur):
        dossier = Dossier.objects.pour(acteur).au(d.maintenant).get(numero=d.numero)
        passe = rembobiner(archives.lire(dossier, acteur), instant, Lecture.VRAI)
    return next(((e.statut, e.dernier_jour) for e in passe.echeances if e.regle == "CAL-6"), None)


def test_le_silence_rejette_avant_tout_passage_et_une_seule_fois():
    d = make_dossier("lettre_refusee").distribution
    assert (actes(d, "porteur"), actes(d, "instructeur")) == ({"former_recours_gracieux"}, {"enregistrer_recours"})
    assert "Contester le refus de la lettre d’intention" in page(d, "porteur")
    forme_le = d.jour
    dossier = d.fait("porteur", "former_recours_gracieux", motifs="Le besoin est établi par l’étude jointe.")
    e = la_date()
    fin = ajouter(forme_le, DEUX_MOIS)
    with comme_portail():
        assert Document.objects.get(type="accuse_recours").donnees["dernier_jour"] == str(fin)
    assert (e.dernier_jour, e.acquise_le, e.statut, e.qui) == (fin, fin + timedelta(days=1), "ouverte", "ars")
    assert (dossier.statut, dossier.prochaine_le) == ("lettre_refusee", e.instant)
    assert any("Délai de réponse à un recours gracieux" in x.get("parametre", "") for x in e.explication)
    assert (actes(d, "porteur"), actes(d, "instructeur")) == (set(), {"demander_pieces_recours", "repondre_recours"})
    reponse = f"Réponse au plus tard le {jour_ecrit(fin)} inclus"
    for qui in ("porteur", "instructeur"):
        assert reponse in page(d, qui)
    liste = page(d, "instructeur", reverse("dossiers"))
    assert d.numero in liste
    assert "Répondre" in liste
    assert f"Le rejet par le silence sera acquis le {jour_ecrit(fin + timedelta(days=1))}" in page(
        d, "porteur", "echeances"
    )
    with pytest.raises(Conflit, match="déjà été formé contre le refus de la lettre d’intention"):
        d.fait("porteur", "former_recours_gracieux", motifs="Encore.")

    # Ten days of suspension, then the clock goes on.
    d.avancer(days=5)
    d.fait("instructeur", "demander_pieces_recours", texte="L’étude d’opportunité.")
    demandee, attendue = d.maintenant, fin + (ajouter(d.jour, Delai(mois=1)) - d.jour)
    assert la_date().dernier_jour == attendue
    d.avancer(days=10)
    d.fait("porteur", "completer_recours", texte="La voici.")
    e = la_date()
    assert e.dernier_jour == fin + timedelta(days=10)

    # Past its last day, silence has answered: for whoever reads, and for whoever acts.
    avant = trace(d)
    d.maintenant = e.instant
    assert (actes(d, "porteur"), actes(d, "instructeur")) == (set(), set())
    assert "Rejeté par le silence" in page(d, "porteur")
    assert d.numero not in page(d, "instructeur", reverse("dossiers"))
    assert trace(d) == avant
    d.avancer(hours=3)
    with comme_portail():
        assert regler_dues(au=d.maintenant) == 1
        assert regler_dues(au=d.maintenant) == 0
    r = le_recours()
    assert (r.issue, r.mode, r.date_reponse, r.date_notification) == (
        "rejete",
        "implicite",
        e.dernier_jour,
        e.dernier_jour,
    )
    with comme_portail():
        ecrit = Evenement.objects.get(type="rejeter_recours_implicite")
        assert (ecrit.legal_le, ecrit.acteur_nom) == (borne(e.dernier_jour, "Europe/Paris"), "Le portail")
        assert Envoi.objects.filter(cle=f"echeance:{e.pk}:{e.dernier_jour}").count() == 1
        relu = Dossier.objects.get(numero=d.numero)
    assert (relu.statut, relu.prochaine_le) == ("lettre_refusee", None)
    # The past tells it as it was: suspended by the request, then answered from the legal instant, before the scan had come.
    assert au_passe(d, e.instant - timedelta(seconds=1)) == ("ouverte", e.dernier_jour)
    assert au_passe(d, e.instant) == ("echue", e.dernier_jour)
    assert au_passe(d, demandee) == ("ouverte", attendue)
    assert au_passe(d, demandee - timedelta(days=6)) is None
    with pytest.raises(Conflit, match="rejeté par le silence"):
        d.fait("instructeur", "repondre_recours", issue="rejete", motifs="Trop tard.")
    with pytest.raises(Conflit, match="il reste le tribunal administratif"):
        d.fait("porteur", "former_recours_gracieux", motifs="Encore.")


def test_une_reponse_arrete_le_silence_et_une_acceptation_retire_le_refus():
    d = make_dossier("lettre_refusee").distribution
    d.fait("porteur", "former_recours_gracieux", motifs="Le besoin est établi.")
    d.avancer(days=20)
    avant = trace(d)
    for qui, champs, champ in (
        ("instructeur", {"issue": "accepte", "motifs": "Le besoin est établi."}, "issue"),
        ("signataire", {"issue": "accepte", "motifs": " "}, "motifs"),
        ("signataire", {"issue": "peut-être", "motifs": "Oui."}, "issue"),
    ):
        with pytest.raises(ErreurMetier) as refus:
            d.fait(qui, "repondre_recours", **champs)
        assert champ in refus.value.champs
    with pytest.raises(Interdit):
        d.fait("gestionnaire", "repondre_recours", issue="rejete", motifs="Non.")
    assert trace(d) == avant
    dossier = d.fait("signataire", "repondre_recours", issue="accepte", motifs="L’étude établit le besoin.")
    r = le_recours()
    assert (dossier.statut, r.issue, r.mode, r.date_reponse) == ("lettre_deposee", "accepte", "expresse", d.jour)
    assert la_date().statut == "tenue"
    with comme_portail():
        assert Decision.objects.get(sens="defavorable").retiree_le == d.jour
        e = Echeance.objects.get(regle="DL-1", rang=2)
        assert (e.statut, e.dernier_jour) == ("ouverte", ajouter(d.jour, DEUX_MOIS))
        ecrits = Evenement.objects.exclude(type="document_demande").order_by("seq")
        types = list(ecrits.values_list("type", flat=True))
    assert types[-2:] == ["repondre_recours", "retirer_refus_lettre"]
    with pytest.raises(Conflit, match="Aucune décision défavorable"):
        d.fait("porteur", "former_recours_gracieux", motifs="Encore.")


def test_un_recours_recu_par_courrier_compte_de_ses_jours_et_un_etranger_n_en_sait_rien():
    d = make_dossier("lettre_refusee").distribution
    refus = d.jour
    d.avancer(days=100)
    poste, recu = str(refus + timedelta(days=10)), str(refus + timedelta(days=12))
    premiere = refus + timedelta(days=11)
    avant = trace(d)
    for champs, fichiers, champ in (
        ({"date_depot": str(d.jour + timedelta(days=1)), "date_reception": recu}, scans(), "date_depot"),
        ({"date_depot": str(refus - timedelta(days=1)), "date_reception": recu}, scans(), "date_depot"),
        ({"date_depot": recu, "date_reception": poste}, scans(), "date_reception"),
        ({"date_depot": poste, "date_reception": recu, "date_premiere_reception": str(d.jour)}, scans(), "date_premiere_reception"),
        ({"date_depot": poste, "date_reception": recu}, None, "fichiers"),
        ({"date_depot": poste, "date_reception": recu, "motifs": " "}, scans(), "motifs"),
    ):  # fmt: skip
        with pytest.raises(ErreurMetier) as erreur:
            d.fait("instructeur", "enregistrer_recours", fichiers, **{"motifs": "Le besoin."} | champs)
        assert champ in erreur.value.champs, (champs, erreur.value.champs)
    etranger = make_acteur("porteur_referent")
    with contexte(etranger), pytest.raises(Introuvable):
        preparer("former_recours_gracieux", numero=d.numero, acteur=etranger, maintenant=d.maintenant)
    assert trace(d) == avant

    # Two months from the first receipt are over on the day it is entered: silence has answered at its own instant.
    d.fait(
        "instructeur", "enregistrer_recours", scans(), motifs="Le besoin.",
        date_depot=poste, date_reception=recu, date_premiere_reception=str(premiere),
    )  # fmt: skip
    r, fin = le_recours(), ajouter(premiere, DEUX_MOIS)
    assert (r.canal, r.issue, r.mode, r.date_reponse) == ("papier", "rejete", "implicite", fin)
    with comme_portail():
        recu_le = Evenement.objects.get(type="enregistrer_recours").legal_le
        assert Evenement.objects.get(type="rejeter_recours_implicite").legal_le == borne(fin, "Europe/Paris")
    assert recu_le.date() == date.fromisoformat(recu)


def test_le_delai_du_tribunal_s_interrompt_puis_repart_du_rejet_et_un_recours_tardif_se_dit():
    regler(calcul_recours="franc")
    d = make_dossier("lettre_refusee").distribution
    contentieux = la_date("DL-9")
    assert contentieux.statut == "ouverte"
    refus = d.maintenant
    formulaire = reverse("acte", args=[d.numero, "former_recours_gracieux"])
    assert "je forme ce recours quand même" not in page(d, "porteur", formulaire)
    d.maintenant = contentieux.instant + timedelta(hours=9)
    avant = trace(d)
    with pytest.raises(ErreurMetier) as tardif:
        d.fait("porteur", "former_recours_gracieux", motifs="Le besoin.")
    assert "Le délai de recours a pris fin le" in tardif.value.champs["malgre_le_delai"][0]
    assert "je forme ce recours quand même" in page(d, "porteur", formulaire)
    with comme_portail():
        assert not Recours.objects.exists()
        assert trace(d)[0] == avant[0]

    d.maintenant = refus + timedelta(days=30)
    d.fait("porteur", "former_recours_gracieux", motifs="Le besoin.")
    assert (le_recours().est_tardif, la_date("DL-9").statut, la_date("DL-9").dernier_jour) == (False, "suspendue", None)
    fin = la_date().dernier_jour
    with comme_portail():
        regler_dues(au=borne(fin, "Europe/Paris"))
    e = la_date("DL-9")
    assert (e.statut, e.dernier_jour >= ajouter(fin, DEUX_MOIS) + timedelta(days=1)) == ("ouverte", True)
    assert e.explication[0]["detail"] == "Rejet du recours gracieux."


def test_ou_le_silence_accepte_l_ars_en_tire_les_consequences():
    regler(regime_recours_gracieux="acceptation", delai_reponse_recours="1 mois", delai_recours="3 mois")
    d = make_dossier("lettre_refusee").distribution
    with comme_portail():
        notifiee = Document.objects.get(type="notification_decision").donnees
    donnees = lire("notification_decision", notifiee)
    gabarit = "documents/pdf/_notification_decision.html"
    lettre = render_to_string(gabarit, {"d": donnees, "r": donnees.reperes})
    assert "dans un délai de 3\u00a0mois à compter de sa notification" in lettre
    assert "Le silence gardé pendant 1\u00a0mois sur un recours gracieux vaut acceptation." in lettre
    d.fait("porteur", "former_recours_gracieux", motifs="Le besoin.")

    # Items that never come: no date is left, and the recours still waits for its answer.
    au_plus = ajouter(d.jour, Delai(mois=1))
    formulaire = reverse("acte", args=[d.numero, "demander_pieces_recours"])
    assert "repart en entier à la réception" in page(d, "instructeur", formulaire)
    with pytest.raises(ErreurMetier) as trop_loin:
        d.fait("instructeur", "demander_pieces_recours", texte="L’étude.", date_limite=str(au_plus + timedelta(days=1)))
    assert f"jusqu’au {date_fr(au_plus)} inclus" in trop_loin.value.champs["date_limite"][0]
    d.fait("instructeur", "demander_pieces_recours", texte="L’étude.")
    with comme_portail():
        envoi = Envoi.objects.get(cle__contains="recours:demander_pieces_recours")
        assert envoi.charge["contexte"]["silence"] == "acceptation"
    courriel = render_to_string("emails/recours.txt", envoi.charge["contexte"] | {"adresse_portail": ""})
    assert "le délai de réponse repart en entier à leur réception" in courriel
    for autre_date in (None, d.maintenant - timedelta(hours=1)):
        with comme_portail():
            Dossier.objects.filter(numero=d.numero).update(prochaine_le=autre_date)
        liste = page(d, "instructeur", reverse("dossiers"))
        assert d.numero in liste, autre_date
        assert re.search(r"À traiter\D*\b1\b", liste), autre_date
    d.avancer(days=5)
    d.fait("porteur", "completer_recours", texte="La voici.")
    e = la_date("CAL-6-A")
    assert e.dernier_jour == ajouter(d.jour, Delai(mois=1))
    with comme_portail():
        regler_dues(au=e.instant)
        dossier = Dossier.objects.get(numero=d.numero)
        assert list(dossier.taches.values_list("type", "qui")) == [("suite_recours", "ars")]
    assert (le_recours().issue, le_recours().mode, dossier.statut) == ("accepte", "implicite", "lettre_refusee")
