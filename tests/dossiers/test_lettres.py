"""The letters beside those of decisions: a classement (DL-10), what is made of a late projet (DL-2). Read before, proved after."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers.models import Decision, Dossier, Recours, Tache
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Utilisateur
from ess_portal.documents.models import Document
from ess_portal.journal.models import Envoi
from ess_portal.journal.relais import vider
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit
from tests.api.conftest import appelant
from tests.dossiers.test_apercu import traces
from tests.dossiers.test_notification import regler
from tests.dossiers.test_unicite import INSTANT, lettres_pretes
from tests.fabriques import client_de, make_dossier, make_utilisateur

pytestmark = pytest.mark.django_db


def derniere() -> Document:
    with comme_portail():
        return Document.objects.filter(type="notification_decision").latest("cree_le")


def tache() -> tuple[object, ...]:
    with comme_portail():
        return Tache.objects.values_list("qui", "a_faire_au_plus_tard", "faite_le").get(type="presentation_pli")


def lire_api(agent: Utilisateur, numero: str) -> tuple[dict[str, Any], int]:
    """The dossier by the API, and the number of queries that it took."""
    appel = appelant(agent)
    with CaptureQueriesContext(connection) as requetes:
        reponse = appel.get(f"dossiers/{numero}/")
    return reponse.json(), len(requetes)


def test_classement_lu_avant_motive_et_prouve_par_le_pli():
    regler("presentation")
    (lettre,) = lettres_pretes(1)
    client = client_de(make_utilisateur("ars_instructeur"))
    url, pages = reverse("acte", args=[lettre.numero, "classer"]), reverse("documents", args=[lettre.numero])
    demande = reverse("acte", args=[lettre.numero, "demander_pieces_lettre"])
    with horloge.figer(INSTANT + timedelta(days=5)):
        assert client.post(demande, {"indispensables": "Étude d’opportunité\nConvention"}).status_code == 302
        avant = traces()
        tot = client.post(url, {"motivation": "Rien reçu.", "apercu": "1"})
        assert (tot.status_code, traces()) == (409, avant)
    with horloge.figer(INSTANT + timedelta(days=50)):
        client.get(url)  # to open an act is to write down what time has done (CAL-9)
        avant = traces()
        assert client.post(url, {"motivation": " ", "apercu": "1"}).status_code == 422
        porteur = make_utilisateur("porteur_referent", lettre.relire().equipe)
        assert client_de(porteur).post(url, {"motivation": "x", "apercu": "1"}).status_code == 403
        page = client.post(url, {"motivation": "Rien <b>reçu</b>.", "apercu": "1"}).content.decode()
        for mot in (
            "Classement de la lettre d’intention",
            "une lettre d’intention, reçue le 2\u00a0mars\u00a02026",
            "<li>Étude d’opportunité</li>",
            "7\u00a0avril\u00a02026 inclus",
            "Rien &lt;b&gt;reçu&lt;/b&gt;.",
            "Voies et délais de recours",
            "tribunal administratif de Montpellier",
            "Classer le dossier et notifier",
        ):
            assert mot in page, mot
        assert traces() == avant
        assert client.post(url, {"motivation": "Rien reçu."}).status_code == 302
        assert client.post(url, {"motivation": "Rien reçu."}).status_code == 409
        assert lettre.relire().statut == "clos"
        assert (derniere().cle, derniere().donnees["nature"]) == ("classement:lettre:1", "classement")
        assert tache() == ("ars", date(2026, 5, 6), None)
        vider(types=("courriel",))
        a_contester = client_de(porteur).get(reverse("dossier", args=[lettre.numero])).content.decode()
        assert "court de la notification, qui n’est pas encore prouvée" in a_contester
        carte = client.get(pages).content.decode()
        assert "Notification non prouvée" in carte
        assert "envoyé le" in carte
    with horloge.figer(INSTANT + timedelta(days=54)):
        presenter = reverse("acte", args=[lettre.numero, "enregistrer_presentation"])
        assert client.post(presenter, {"presentee_le": "2026-04-20"}).status_code == 422
        assert client.post(presenter, {"presentee_le": "2026-04-23"}).status_code == 302
        a_contester = client_de(porteur).get(reverse("dossier", args=[lettre.numero])).content.decode()
        assert "de la notification, qui est du 23\u00a0avril\u00a02026" in a_contester
        carte = client.get(pages).content.decode()
    assert "Notification non prouvée" not in carte
    assert "le 23\u00a0avril\u00a02026" in carte
    assert tache()[2] is not None


def test_retard_mis_en_demeure_puis_clos():
    d = make_dossier(statut="lettre_validee").distribution
    d.avancer(days=250)
    agent = make_utilisateur("ars_instructeur", d.relire().ars)
    client = client_de(agent)
    url = reverse("acte", args=[d.numero, "statuer_retard"])
    delai = d.jour + timedelta(days=30)
    saisie = {"issue": "mettre_en_demeure", "motivation": "Deux rappels.", "nouveau_delai": str(delai)}
    with horloge.figer(d.maintenant):
        client.get(url)
        avant = traces()
        passe = client.post(url, saisie | {"nouveau_delai": str(d.jour), "apercu": "1"})
        assert (passe.status_code, traces()) == (422, avant)
        page = client.post(url, saisie | {"apercu": "1"}).content.decode()
        assert "Vous êtes mis en demeure de déposer votre projet de santé" in page
        assert "nous pourrons clore votre dossier" in page
        assert "Voies et délais de recours" not in page
        assert traces() == avant
        assert client.post(url, saisie).status_code == 302
        demeure = derniere()
        assert demeure.donnees["nouveau_delai"] == str(delai)
        carte = client.get(reverse("documents", args=[d.numero])).content.decode()
        assert "Mise en demeure" in carte
        assert "Notifiée" in carte  # made available, with its mail
        assert "enregistrer_presentation" in client.get(reverse("dossier", args=[d.numero])).content.decode()
        lue, une = lire_api(agent, d.numero)
        notification, validation = lue["notifications"]
        assert (validation["objet"], validation["version"]) == ("lettre", 1)
        assert (notification["objet"], notification["fait_foi"]) == (None, "mise_a_disposition")
        assert notification["notifiee_le"] == str(d.jour)
    d.avancer(days=31)
    with horloge.figer(d.maintenant):
        saisie = {"issue": "clore", "motivation": "Aucune réponse."}
        page = client.post(url, saisie | {"apercu": "1"}).content.decode()
        assert "Votre dossier est clos." in page
        assert "Voies et délais de recours" in page
        assert client.post(url, saisie).status_code == 302
        lue, deux = lire_api(agent, d.numero)
    assert [x["titre"][:4] for x in lue["notifications"]] == ["Clôt", "Mise", "Déci"]
    assert deux <= une <= 26
    with comme_portail():
        assert Dossier.objects.get(numero=d.numero).statut == "clos"
        assert Document.objects.filter(cle__startswith="retard:projet:").count() == 2
        assert not Tache.objects.filter(type="presentation_pli").exists()
    assert derniere().donnees["nature"] == "cloture"
    # The letter says the remedies: the portal takes the recours that it announces.
    with horloge.figer(d.maintenant):
        assert (
            "Contester la clôture du dossier"
            in client_de(d.utilisateur("porteur")).get(reverse("dossier", args=[d.numero])).content.decode()
        )
    d.fait("porteur", "former_recours_gracieux", motifs="Le projet était prêt.")
    with comme_portail():
        r = Recours.objects.get()
    assert (r.contestation, r.decision_id, r.objet) == ("cloture", None, "lettre")
    # Accepted, nothing is withdrawn by itself: a task waits, and both are told.
    d.fait("instructeur", "repondre_recours", issue="accepte", motifs="Le projet était posté.")
    with comme_portail():
        assert list(Tache.objects.filter(faite_le=None).values_list("type", "qui")) == [("suite_recours", "ars")]
        dits = list(Envoi.objects.filter(charge__contexte__etape="reponse").values_list("charge", flat=True))
    assert {x["organisation"] for x in dits} == {d.acteur(q).organisation_id for q in ("porteur", "instructeur")}
    assert "en tirer les conséquences" in render_to_string(
        "emails/recours.txt", dits[0]["contexte"] | {"adresse_portail": ""}
    )
    with pytest.raises(Conflit, match="il est accepté, l’ARS en tire les conséquences"):
        d.fait("porteur", "former_recours_gracieux", motifs="Encore.")


def test_la_preuve_d_une_lettre_que_d_autres_ont_suivie():
    regler("presentation")
    (lettre,) = lettres_pretes(1)
    client = client_de(make_utilisateur("ars_instructeur"))
    presenter = reverse("acte", args=[lettre.numero, "enregistrer_presentation"])
    with horloge.figer(INSTANT + timedelta(days=5)):
        assert client.post(reverse("acte", args=[lettre.numero, "valider_lettre"]), {}).status_code == 302
        assert "Lettre présentée" not in client.get(presenter).content.decode()
        validation = derniere().cle
    with horloge.figer(INSTANT + timedelta(days=250)):
        url = reverse("acte", args=[lettre.numero, "statuer_retard"])
        delai = str((INSTANT + timedelta(days=300)).date())
        saisie = {"issue": "mettre_en_demeure", "motivation": "Deux rappels.", "nouveau_delai": delai}
        assert client.post(url, saisie).status_code == 302
        assert "Lettre présentée" in client.get(presenter).content.decode()
        assert client.post(presenter, {"presentee_le": "2026-03-10", "lettre": "autre"}).status_code == 422
        assert client.post(presenter, {"presentee_le": "2026-03-10", "lettre": validation}).status_code == 302
        with comme_portail():
            assert Decision.objects.get().date_notification == date(2026, 3, 10)
        # The last letter is still to be entered, once; the first one no longer.
        assert "Lettre présentée" not in client.get(presenter).content.decode()
        suite = {"presentee_le": str((INSTANT + timedelta(days=250)).date())}
        assert [client.post(presenter, suite).status_code for _ in range(2)] == [302, 409]
