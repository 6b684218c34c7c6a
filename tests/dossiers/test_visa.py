"""A decision prepared by one agent and signed by another: without visa it is nothing, and silence goes on."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from dossiers.actions import executer
from dossiers.models import Decision, Dossier, Preparation, Recours
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.documents.models import Document
from ess_portal.journal.courriel import rediger
from ess_portal.journal.models import Envoi
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from tests.api.conftest import appelant
from tests.dossiers.test_mauvaises_saisies import trace
from tests.dossiers.test_notification import REFUS, lire, nuit_de, regler
from tests.dossiers.test_recours import actes, le_recours, page
from tests.dossiers.test_unicite import INSTANT, Lettre, lettres_pretes
from tests.fabriques import client_de, make_acteur, make_dossier, make_utilisateur

pytestmark = pytest.mark.django_db
JOUR = INSTANT + timedelta(days=10)


def faire(lettre: Lettre, acteur, nom: str, maintenant: datetime = JOUR, **donnees: str) -> Dossier:
    with contexte(acteur):
        executer(nom, numero=lettre.numero, acteur=acteur, maintenant=maintenant, donnees=donnees)
    return lettre.relire()


def restes() -> tuple[int, int]:
    with comme_portail():
        return Decision.objects.count(), Document.objects.count()


def rangee(client: Client, lettre: Lettre) -> tuple[str, str, str]:
    """What the list says of its state, under it, and its link."""
    (d,) = client.get("/dossiers/?onglet=tous").context["dossiers"]
    assert d.numero == lettre.numero
    mots, _, precision = re.sub(r"<span class=\"ess-mini\">", "|", d.etape).partition("|")
    return strip_tags(mots), strip_tags(precision), d.acte


def test_preparer_viser_renoncer():
    regler("mise_a_disposition", visa_decision="toutes")
    validee, refusee = lettres_pretes(1, {"departements": ["82"]})
    instructeur, signataire = validee.acteur, make_acteur("ars_signataire")
    with pytest.raises(ErreurMetier):
        faire(refusee, instructeur, "refuser_lettre", **REFUS | {"faits_besoin": " "})
    assert faire(refusee, instructeur, "refuser_lettre", **REFUS).statut == "lettre_deposee"
    assert faire(validee, signataire, "valider_lettre", message="Bienvenue.").statut == "lettre_deposee"
    assert restes() == (0, 0)
    with pytest.raises(Conflit, match="déjà préparée"):
        faire(refusee, signataire, "valider_lettre")
    with pytest.raises(Conflit, match="par un autre agent"):  # who prepared does not sign
        faire(validee, signataire, "viser_decision", confirmation="on")
    for role in ("ars_instructeur", "caisse_ordonnateur", "porteur_referent"):
        with pytest.raises(Interdit):
            faire(refusee, make_acteur(role) if role == "ars_instructeur" else instructeur, "viser_decision")
    faire(refusee, signataire, "renoncer_decision", motivation="À revoir avec la caisse.")
    with pytest.raises(Conflit):
        faire(refusee, signataire, "viser_decision", confirmation="on")
    faire(refusee, instructeur, "refuser_lettre", **REFUS)
    assert (
        faire(refusee, signataire, "viser_decision", JOUR + timedelta(days=1), confirmation="on").statut
        == "lettre_refusee"
    )
    second = make_acteur("ars_signataire")
    assert faire(validee, second, "viser_decision", confirmation="on").statut == "lettre_validee"
    with comme_portail():
        prises = dict(Decision.objects.values_list("sens", "decidee_par"))
        assert prises == {"defavorable": signataire.utilisateur_id, "favorable": second.utilisateur_id}
        assert Preparation.objects.filter(decision__isnull=False).count() == 2
        lettre = Document.objects.get(dossier__numero=validee.numero)
        assert lettre.donnees["message"] == "Bienvenue."
        assert Envoi.objects.filter(cle__contains="visa").count() == 3


def test_sans_visa_le_silence_decide():
    regler("mise_a_disposition", visa_decision="refus")
    (lettre,) = lettres_pretes(1)
    nuit, signataire = nuit_de(lettre), make_acteur("ars_signataire")
    instructeur = make_utilisateur("ars_instructeur")
    client, url = client_de(instructeur), reverse("acte", args=[lettre.numero, "refuser_lettre"])
    with horloge.figer(JOUR):
        client.get(url)
        avant = restes()
        assert "aucun autre signataire" not in client.get(url).content.decode()
        apercu = client.post(url, REFUS | {"apercu": "1"}).content.decode()
        assert "Préparer pour visa" in apercu
        assert "Le signataire qui donnera son visa" in apercu
        assert "et notifier" not in apercu
        assert "n’est pas validée" in apercu
        assert restes() == avant
        envoi = client.post(url, REFUS, follow=True).content.decode()
        assert "attend le visa" in envoi
        fiche = client.get(reverse("dossier", args=[lettre.numero])).content.decode()
        assert "en attente de visa" in fiche
        assert "Sans visa jusqu’au 2\u00a0mai\u00a02026 inclus" in fiche
        assert rangee(client, lettre) == ("En attente du visa d’un signataire", "Refus préparé par vous.", "Ouvrir")
        vise, url = (
            client_de(make_utilisateur("ars_signataire")),
            reverse("acte", args=[lettre.numero, "viser_decision"]),
        )
        assert rangee(vise, lettre) == (
            "En attente de votre visa", f"Refus préparé par {instructeur.nom_complet}.", "Viser",
        )  # fmt: skip
        page = vise.get(reverse("dossier", args=[lettre.numero]))
        assert "En attente de votre visa" in page.context["etat_dossier"]
        barre = page.context["barre"]
        assert [a["nom"] for a in barre] == ["renoncer_decision", "viser_decision"]
        assert "Refus préparé par" in vise.get(url).content.decode()
        relue = vise.post(url, {"apercu": "1"}).content.decode()  # one reads before one confirms
        assert "n’est pas validée" in relue
        assert '<input type="hidden" name="confirmation" value="on">' in relue
        assert vise.post(url, {}).status_code == 422
        assert restes() == avant
        with comme_portail():
            equipe = Dossier.objects.get(numero=lettre.numero).equipe
        porteur = client_de(make_utilisateur("porteur_referent", equipe))
        assert "visa" not in porteur.get(reverse("dossier", args=[lettre.numero])).content.decode()
    with horloge.figer(nuit):  # silence has decided, no scan has written it
        assert rangee(vise, lettre)[0] == "Lettre validée\u00a0: contrat à signer"
    with pytest.raises(Conflit):
        faire(lettre, signataire, "viser_decision", nuit, confirmation="on")
    regler_dues(au=nuit + timedelta(days=1))
    assert lettre.relire().statut == "lettre_validee"
    with comme_portail():
        assert Decision.objects.get().mode == "tacite"


def test_sans_autre_signataire_la_page_avertit_et_l_equipe_ne_lit_pas_ce_qui_se_prepare():
    regler("mise_a_disposition", visa_decision="refus")
    (lettre,) = lettres_pretes(1)
    instructeur = make_utilisateur("ars_instructeur")
    with comme_portail():
        equipe = Dossier.objects.get(numero=lettre.numero).equipe
    porteur = make_utilisateur("porteur_referent", equipe)
    with horloge.figer(JOUR):
        formulaire = client_de(instructeur).get(reverse("acte", args=[lettre.numero, "refuser_lettre"]))
        assert "aucun autre signataire" in formulaire.content.decode()
        faire(lettre, lettre.acteur, "refuser_lettre", **REFUS)
        faire(lettre, lettre.acteur, "renoncer_decision", motivation="Motif interne.")
        journal = reverse("journal", args=[lettre.numero])
        assert "Motif interne." in client_de(instructeur).get(journal).content.decode()
        assert "Motif interne." not in client_de(porteur).get(journal).content.decode()
        lus = appelant(porteur).get(f"dossiers/{lettre.numero}/journal/").json()["results"]
        assert not {"preparer_decision", "renoncer_decision"} & {e["type"] for e in lus}


def test_le_visa_puis_la_preuve():
    regler("premiere_consultation", visa_decision="refus")
    (lettre,) = lettres_pretes(1)
    faire(lettre, lettre.acteur, "refuser_lettre", **REFUS)
    signataire = make_acteur("ars_signataire")
    assert faire(lettre, signataire, "viser_decision", confirmation="on").statut == "lettre_deposee"
    with horloge.figer(JOUR + timedelta(days=1)):
        assert rangee(client_de(make_utilisateur("ars_instructeur")), lettre)[0].startswith("Refus signé")
    lire(lettre, JOUR + timedelta(days=2))
    assert lettre.relire().statut == "lettre_refusee"
    with comme_portail():
        assert Decision.objects.get().decidee_par_id == signataire.utilisateur_id


CONFIRME = {"confirmation": "on"}
REJET = {"issue": "rejete", "motifs": "Le besoin n’est pas établi."}


def test_la_reponse_a_un_recours_attend_son_visa_ou_le_silence():
    regler("mise_a_disposition", visa_decision="toutes")
    d, second = make_dossier("lettre_deposee").distribution, make_acteur("ars_signataire")

    def refus_conteste() -> None:
        d.fait("instructeur", "refuser_lettre", **REFUS)
        d.fait("signataire", "viser_decision")
        d.fait("porteur", "former_recours_gracieux", motifs="Le besoin est établi.")
        d.avancer(days=5)

    refus_conteste()
    url = reverse("acte", args=[d.numero, "repondre_recours"])
    with horloge.figer(d.maintenant):
        agent, avant = client_de(d.utilisateur("instructeur")), trace(d)
        formulaire = agent.get(url).content.decode()
        assert "La réponse sera préparée" in formulaire
        assert "Recours contre le refus de la lettre d’intention, reçu le" in formulaire
        apercu = agent.post(url, REJET | {"apercu": "1"}).content.decode()
        assert all(m in apercu for m in ("Préparer pour visa", "Votre recours est rejeté.", "qui donnera son visa"))
        assert trace(d) == avant
        assert "La réponse est préparée." in agent.post(url, REJET, follow=True).content.decode()
    assert (le_recours().issue, actes(d, "porteur")) == ("", set())
    assert "repondre_recours" not in actes(d, "instructeur")
    with pytest.raises(Conflit, match="Une réponse est déjà préparée"):
        d.fait("signataire", "repondre_recours", **REJET)
    with pytest.raises(Interdit):
        d.fait("instructeur", "viser_decision")
    assert "Rejet du recours préparé" in page(d, "signataire")
    assert "recours préparé" not in page(d, "porteur")
    with horloge.figer(d.maintenant):
        (rang,) = client_de(d.utilisateur("signataire")).get("/dossiers/").context["dossiers"]
        assert ("En attente de votre visa" in rang.etape, rang.acte) == (True, "Viser")
    with comme_portail():
        assert "un rejet du recours gracieux" in texte_du_visa()
    d.fait("signataire", "renoncer_decision", motivation="Le besoin est établi.")
    with pytest.raises(ErreurMetier):  # the acceptance withdraws the refusal: a signataire's, prepared or not
        d.fait("instructeur", "repondre_recours", issue="accepte", motifs="Fondé.")
    d.fait("signataire", "repondre_recours", issue="accepte", motifs="Fondé.")
    avant = trace(d)
    with pytest.raises(Conflit, match="par un autre agent"):
        d.fait("signataire", "viser_decision")
    with pytest.raises(Conflit, match="a été remplacé depuis"), contexte(second):  # a page read before
        executer(
            "viser_decision",
            numero=d.numero,
            acteur=second,
            maintenant=d.maintenant,
            donnees=CONFIRME | {"preparation": "1"},
        )
    assert trace(d) == avant
    with contexte(second):
        executer("viser_decision", numero=d.numero, acteur=second, maintenant=d.maintenant, donnees=CONFIRME)
    r = le_recours()
    assert (d.relire().statut, r.issue, r.repondu_par_id) == ("lettre_deposee", "accepte", second.utilisateur_id)

    # Another refusal, another recours: silence answers before the visa.
    refus_conteste()
    d.fait("instructeur", "repondre_recours", **REJET)
    d.avancer(days=70)
    assert "en attente de visa" not in page(d, "signataire")
    with pytest.raises(Conflit, match="par le silence"):
        d.fait("signataire", "viser_decision")
    regler_dues(au=d.maintenant)
    with comme_portail():
        assert set(Recours.objects.values_list("issue", "mode")) == {("accepte", "expresse"), ("rejete", "implicite")}


def texte_du_visa() -> str:
    charge = Envoi.objects.filter(charge__gabarit="visa").latest("pk").charge
    return rediger("visa", charge["contexte"])[1]
