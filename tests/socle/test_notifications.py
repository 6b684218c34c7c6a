"""What a person is told in the portal: once per effect, for the organisation one acts for, silenced only where one may."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Rattachement
from ess_portal.comptes.roles import Role
from ess_portal.journal import courriel, relais
from ess_portal.journal.models import Envoi, Notification, Preference
from ess_portal.journal.regles.notifications import Canal, Genre, canal_de, genre_de
from ess_portal.journal.services import Effet, programmer
from ess_portal.socle import horloge
from tests.fabriques import INSTANT, client_de, make_acteur, make_organisation, make_utilisateur, rattachement_de

pytestmark = pytest.mark.django_db
MESSAGE = {"auteur": "Nom", "auteur_organisation": "ARS"}
RETRAIT = {"objet": "lettre"}


def dire(organisation_id: int, cle: str, gabarit: str, numero: str = "76-2026-0001", **champs: object) -> None:
    donnees = {"message": MESSAGE, "retrait": RETRAIT}[gabarit] | {"numero": numero, "nom": "ESS Essai"}
    charge = {"gabarit": gabarit, "organisation": organisation_id, "contexte": donnees, **champs}
    with comme_portail():
        programmer([Effet("courriel", cle, charge)], dossier_id=None, maintenant=horloge.maintenant())
    relais.vider(types=("courriel",))


def toutes(**filtre: object) -> list[Notification]:
    with comme_portail():
        return list(Notification.objects.filter(**filtre).order_by("pk"))


@pytest.mark.parametrize(
    ("gabarit", "genre"),
    [
        ("message", Genre.MESSAGES),
        ("avis", Genre.SUIVI),
        ("relance", Genre.AGIR),
        ("decision", Genre.AGIR),
        ("?", Genre.AGIR),
    ],
)
def test_ce_qui_appelle_un_acte_ne_se_tait_pas(gabarit: str, genre: Genre) -> None:
    tout_tu = dict.fromkeys(Genre, Canal.PORTAIL.value)
    assert genre_de(gabarit) == genre
    assert canal_de(genre, tout_tu) == (Canal.COURRIEL if genre == Genre.AGIR else Canal.PORTAIL)
    assert canal_de(genre, {}) == Canal.COURRIEL


def test_une_notification_par_personne_et_par_effet_quoi_qu_on_rejoue(mailoutbox):
    hugo, lea = make_utilisateur(Role.ARS_INSTRUCTEUR), make_utilisateur(Role.ARS_SIGNATAIRE)
    ars = rattachement_de(hugo).organisation_id
    dire(ars, "m:1", "message")
    with comme_portail():
        envoi = Envoi.objects.get(cle="m:1")
        courriel.envoyer(envoi.charge, envoi.cle)
    lues = toutes()
    assert {(n.utilisateur_id, n.titre, n.numero) for n in lues} == {
        (u.pk, mailoutbox[0].subject, "76-2026-0001") for u in (hugo, lea)
    }
    assert len(lues) == 2


def test_la_page_l_entete_et_la_lecture():
    hugo, lea = make_utilisateur(Role.ARS_INSTRUCTEUR), make_utilisateur(Role.ARS_SIGNATAIRE)
    ars = rattachement_de(hugo).organisation_id
    client, autre = client_de(hugo), client_de(lea)
    assert "non lue" not in client.get("/compte/").content.decode()
    for rang in range(3):
        dire(ars, f"m:{rang}", "message", personnes=[hugo.pk])
    entete = client.get("/compte/").content.decode()
    assert "(3" in entete
    page = client.get("/notifications/").content.decode()
    assert page.count("Marquer comme lue") == 3
    assert 'href="/dossiers/76-2026-0001/"' not in page, "non lue, elle s’ouvre par un bouton qui la marque lue"
    premiere = toutes()[0].pk
    assert autre.post(f"/notifications/{premiere}/lue/").status_code == 404
    assert client.get(f"/notifications/{premiere}/lue/").status_code == 405
    for _ in range(2):
        assert client.post(f"/notifications/{premiere}/lue/", {"ouvrir": "1"})["Location"] == "/dossiers/76-2026-0001/"
    assert client.post(f"/notifications/{premiere}/lue/")["Location"] == "/notifications/"
    assert 'href="/dossiers/76-2026-0001/"' in client.get("/notifications/").content.decode()
    assert "(2" in client.get("/compte/").content.decode()
    assert client.get("/notifications/?etat=non_lues").content.decode().count("Marquer comme lue") == 2
    assert client.post("/notifications/lues/").status_code == 302
    assert toutes(lue_le=None) == []
    assert "Aucune notification" in client.get("/notifications/?etat=non_lues").content.decode()


def test_celles_d_une_autre_organisation_ne_se_melent_pas():
    hugo = make_utilisateur(Role.ARS_INSTRUCTEUR)
    ici = rattachement_de(hugo)
    ailleurs = make_organisation("ars", departement="35")
    Rattachement.objects.create(utilisateur=hugo, organisation=ailleurs, role=Role.ARS_INSTRUCTEUR, cree_le=INSTANT)
    dire(ici.organisation_id, "ici", "message")
    dire(ailleurs.pk, "ailleurs", "message", numero="53-2026-0001")
    client = client_de(hugo)
    pages = {
        client.get("/notifications/").content.decode().count(f"dossier {n}</button>")
        for n in ("76-2026-0001", "53-2026-0001")
    }
    assert pages == {0, 1}


def test_la_base_ne_montre_que_les_siennes():
    """Under the queryset, row-level security: what another person was told does not exist."""
    moi, elle = make_acteur(Role.ARS_INSTRUCTEUR), make_acteur(Role.ARS_INSTRUCTEUR)
    dire(moi.organisation_id, "m", "message")
    for acteur in (moi, elle):
        with contexte(acteur):
            assert {n.utilisateur_id for n in Notification.objects.all()} == {acteur.utilisateur_id}
            assert not Notification.objects.exclude(utilisateur_id=acteur.utilisateur_id).update(lue_le=INSTANT)


def test_les_preferences_taisent_le_courriel_jamais_le_portail(mailoutbox):
    hugo = make_utilisateur(Role.ARS_INSTRUCTEUR)
    ars, client = rattachement_de(hugo).organisation_id, client_de(hugo)
    assert "Toujours envoyé par courriel" in client.get("/compte/notifications/").content.decode()
    faux = client.post("/compte/notifications/", {"messages": "pigeon", "suivi": "courriel"})
    assert faux.status_code == 422
    assert set(faux.context["form"].errors) == {"messages"}
    reponse = client.post("/compte/notifications/", {"messages": "portail", "suivi": "courriel", "agir": "portail"})
    assert reponse.status_code == 302
    with comme_portail():
        assert set(Preference.objects.values_list("genre", "canal")) == {("messages", "portail"), ("suivi", "courriel")}
        Preference.objects.create(utilisateur=hugo, genre="agir", canal="portail")
    mailoutbox.clear()
    dire(ars, "m", "message")
    assert mailoutbox == []
    dire(ars, "r", "retrait")
    assert [m.to for m in mailoutbox] == [[hugo.courriel]]
    assert {n.cle for n in toutes()} == {"m", "r"}


def test_l_entete_coute_un_comptage_indexe():
    hugo = make_utilisateur(Role.ARS_INSTRUCTEUR)
    ars, client = rattachement_de(hugo).organisation_id, client_de(hugo)
    client.get("/compte/")

    def comptages() -> list[str]:
        with CaptureQueriesContext(connection) as lues:
            client.get("/compte/")
        return [q["sql"] for q in lues if "journal_notification" in q["sql"]]

    assert len(comptages()) == 1
    dire(ars, "m", "message")
    (comptage,) = comptages()
    with contexte(make_acteur(Role.ARS_INSTRUCTEUR)), connection.cursor() as c:
        c.execute("SET LOCAL enable_seqscan = off")
        c.execute(f"EXPLAIN {comptage}")
        assert "using notification_" in "\n".join(ligne[0] for ligne in c.fetchall())
