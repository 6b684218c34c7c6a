"""The letter of a decision, read before it is sent: as it will be issued, and nothing of it is kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from dossiers.models import Decision, Dossier
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.models import Document
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.socle import horloge
from tests.dossiers.test_unicite import INSTANT, Lettre, lettres_pretes
from tests.fabriques import client_de, make_utilisateur

pytestmark = pytest.mark.django_db
MOTIF = "Le comptage du 3 mars était faux."


def traces() -> tuple[object, ...]:
    with comme_portail():
        lignes = [m.objects.count() for m in (Decision, Document, Envoi, Evenement)]
        return (*lignes, *Dossier.objects.values_list("statut", "version", "bascule_le"))


def essayer(
    lettre: Lettre, nom: str, saisie: dict[str, str], *, role: str = "ars_instructeur", attendus: tuple[str, ...]
) -> None:
    """The preview says it, leaves nothing, goes back to the form as it was, and the act then issues the same letter."""
    client, url = client_de(make_utilisateur(role)), reverse("acte", args=[lettre.numero, nom])
    client.get(url)  # to open an act is to write down what time has done (CAL-9)
    avant = traces()
    page = client.post(url, saisie | {"apercu": "1"})
    contenu = page.content.decode()
    assert page.status_code == 200
    assert all(mot in contenu for mot in ("Projet", *attendus)), [m for m in attendus if m not in contenu]
    assert traces() == avant
    retour = client.post(url, saisie | {"relire": "1"}).content.decode()
    assert all(valeur in retour for nom, valeur in saisie.items() if not nom.startswith(("motif_", "critere_")))
    assert client.post(url, saisie).status_code == 302
    with comme_portail():
        donnees = Document.objects.filter(type="notification_decision").latest("cree_le").donnees
    assert all(
        valeur in str(donnees) for nom, valeur in saisie.items() if nom.startswith(("faits_", "message", "motivation"))
    )


def test_validation_puis_retrait():
    (lettre,) = lettres_pretes(1)
    with horloge.figer(INSTANT + timedelta(days=5)):
        client = client_de(make_utilisateur("ars_instructeur"))
        essayer(
            lettre,
            "valider_lettre",
            {"message": "Réunion de lancement le 20 mars."},
            attendus=(
                "Votre lettre d’intention est validée.",
                "Réunion de lancement le 20 mars.",
                "Le projet de santé est à déposer jusqu’au 2\u00a0septembre\u00a02026 inclus.",
            ),
        )
    url = reverse("acte", args=[lettre.numero, "retirer_validation_lettre"])
    saisie = {"fondement": "L242-1", "contradictoire_le": "2026-03-06", "motivation": MOTIF}
    with horloge.figer(INSTANT + timedelta(days=21)):
        signataire = client_de(make_utilisateur("ars_signataire"))
        aide = signataire.get(url).content.decode()
        assert "Elle a 15\u00a0jours pour répondre" in aide
        avant = traces()
        tot = signataire.post(url, saisie | {"contradictoire_le": "2026-03-08"})
        assert tot.status_code == 422
        assert "jusqu’au 23\u00a0mars\u00a02026 inclus" in tot.content.decode()
        assert "à partir du 24\u00a0mars\u00a02026" in tot.content.decode()
        assert traces() == avant
    with horloge.figer(INSTANT + timedelta(days=22)):
        avant = traces()
        precedee = signataire.post(url, saisie | {"apercu": "1"})
        assert precedee.status_code == 422
        assert "l’invitation ne peut pas la précéder" in precedee.content.decode()
        assert signataire.post(url, saisie | {"motivation": " ", "apercu": "1"}).status_code == 422
        assert client.post(url, saisie | {"apercu": "1"}).status_code == 403
        assert traces() == avant
        essayer(
            lettre,
            "retirer_validation_lettre",
            saisie | {"contradictoire_le": "2026-03-08"},
            role="ars_signataire",
            attendus=(
                "Retrait de la validation",
                MOTIF,
                "8\u00a0mars\u00a02026, jusqu’au 23\u00a0mars\u00a02026 inclus",
            ),
        )
        dates = signataire.get(reverse("echeances", args=[lettre.numero])).content.decode()
    assert "Délai d’observations retenu par l’acte" in dates
    assert "CRPA, art. L. 121-1" in dates
    with comme_portail():
        assert Decision.objects.get(sens="defavorable").date_signature == date(2026, 3, 24)
        retrait = Evenement.objects.get(type="retirer_validation_lettre")
    delai = next(x for x in retrait.donnees["dates"] if "titre" in x)
    assert delai["dernier_jour"] == "2026-03-23"
    assert any("15\u00a0jours" in e["parametre"] for e in delai["explication"] if e["reglage"] == "delai_observations")


def test_refus_et_sa_piece_jamais_recue():
    (lettre,) = lettres_pretes(1)
    client, url = (
        client_de(make_utilisateur("ars_instructeur")),
        reverse("acte", args=[lettre.numero, "refuser_lettre"]),
    )
    with horloge.figer(INSTANT + timedelta(days=5)):
        vide = client.post(url, {"apercu": "1"})
        assert vide.status_code == 422
        assert "Cochez au moins un motif" in vide.content.decode()
        avant, suivre = traces(), reverse("acte", args=[lettre.numero, "suivre"])
        assert client.post(suivre, {"apercu": "1"}).status_code == 422
        assert traces() == avant
        demande = reverse("acte", args=[lettre.numero, "demander_pieces_lettre"])
        assert client.post(demande, {"indispensables": "Étude"}).status_code == 302
    with horloge.figer(INSTANT + timedelta(days=50)):
        essayer(
            lettre,
            "refuser_lettre",
            {"motif_besoin": "on", "faits_besoin": "Douze jours d’attente."},
            attendus=(
                "n’est pas validée",
                "Douze jours d’attente.",
                "Voies et délais de recours",
                "tribunal administratif de Montpellier",
                "reçue le 2\u00a0mars\u00a02026",
            ),
        )
