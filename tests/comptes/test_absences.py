"""Being away: declared by oneself or by who manages, and written to nobody's void meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers.models import Echeance
from dossiers.services import relances
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Absence, Rattachement
from ess_portal.comptes.roles import Role
from ess_portal.journal import relais
from ess_portal.journal.models import Evenement
from ess_portal.journal.services import Effet, programmer
from ess_portal.socle import horloge
from tests.fabriques import client_de, make_acteur, make_dossier, make_utilisateur, rattachement_de

pytestmark = pytest.mark.django_db
MIDI = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def toutes() -> list[Absence]:
    with comme_portail():
        return list(Absence.objects.order_by("pk"))


def test_un_agent_declare_puis_annule_son_absence():
    hugo, lea = make_utilisateur(Role.ARS_INSTRUCTEUR), make_utilisateur(Role.ARS_INSTRUCTEUR, prenom="Léa")
    ailleurs = make_utilisateur(Role.CAISSE_INSTRUCTEUR)
    client = client_de(hugo)
    bons = {"debut": "02/03/2026", "fin": "2026-03-15", "remplacant": lea.pk}
    with horloge.figer(MIDI):
        for faux, champ, phrase in (
            ({"fin": "01/03/2026"}, "fin", "finit après avoir commencé"),
            ({"debut": "01/02/2026", "fin": "01/03/2026"}, "fin", "déjà passée"),
            ({"fin": "30/02/2026"}, "fin", "n’est pas lisible"),
            ({"remplacant": hugo.pk}, "remplacant", "choix"),
            ({"remplacant": ailleurs.pk}, "remplacant", "choix"),
            ({"remplacant": ""}, "remplacant", "obligatoire"),
            ({"debut": ""}, "debut", "obligatoire"),
        ):
            reponse = client.post("/compte/absence/", bons | faux)
            assert reponse.status_code == 422
            assert phrase in reponse.context["form"].errors[champ][0], (faux, reponse.context["form"].errors)
        assert toutes() == []
        assert client.post("/compte/absence/", bons).status_code == 302
        page = client.get("/compte/absence/").content.decode()
        assert "Du 2 mars 2026 au 15 mars 2026" in page.replace("\u00a0", " ")
        doublon = client.post("/compte/absence/", bons | {"debut": "15/03/2026", "fin": "20/03/2026"})
        assert "déjà déclarée" in doublon.context["form"].errors["debut"][0]
        (absence,) = toutes()
        # A colleague is no manager; a stranger does not know of it.
        assert client_de(lea).post(f"/absences/{absence.pk}/annuler/").status_code == 403
        assert client_de(ailleurs).post(f"/absences/{absence.pk}/annuler/").status_code == 404
        assert client.post(f"/absences/{absence.pk}/annuler/").status_code == 302
        assert client.post(f"/absences/{absence.pk}/annuler/").status_code == 409
    with comme_portail():
        types = Evenement.objects.filter(type__startswith="absence_").order_by("pk").values_list("type", flat=True)
        assert list(types) == ["absence_declaree", "absence_annulee"]


def test_un_administrateur_la_declare_pour_lui():
    hugo, lea = make_utilisateur(Role.CAISSE_INSTRUCTEUR), make_utilisateur(Role.CAISSE_INSTRUCTEUR)
    adresse = f"/rattachements/{rattachement_de(hugo).pk}/absence/"
    bons = {"debut": "02/03/2026", "fin": "15/03/2026", "remplacant": lea.pk}
    with horloge.figer(MIDI):
        assert client_de(lea).post(adresse, bons).status_code == 403
        assert client_de(make_utilisateur(Role.ADMIN_REGIONAL, departement="35")).post(adresse, bons).status_code == 404
        regional = client_de(make_utilisateur(Role.ADMIN_REGIONAL))
        assert regional.post(adresse, bons).status_code == 302
        assert "Absences de" in regional.get(adresse).content.decode()
        assert [(a.utilisateur_id, a.remplacant_id) for a in toutes()] == [(hugo.pk, lea.pk)]
        assert regional.post(f"/absences/{toutes()[0].pk}/annuler/").status_code == 302


def test_pendant_l_absence_rappels_et_avis_vont_au_remplacant_et_le_dossier_le_dit(mailoutbox):
    d = make_dossier("lettre_deposee").distribution
    hugo, lea = d.utilisateur("instructeur"), make_utilisateur(Role.ARS_INSTRUCTEUR, prenom="Léa", nom="Mas")
    d.fait("instructeur", "suivre")
    with comme_portail():
        dl1 = Echeance.objects.get(dossier__numero=d.numero, regle="DL-1")
        organisation = rattachement_de(hugo).organisation
        jour = dl1.dernier_jour - timedelta(days=15)
        absence = Absence.objects.create(
            utilisateur=hugo, organisation=organisation, remplacant=lea, debut=jour, fin=jour + timedelta(days=8), declaree_le=MIDI
        )  # fmt: skip
    relais.vider(types=("courriel",))
    mailoutbox.clear()

    def courrier(reste: int) -> list[tuple[str, bool]]:
        """(who, told in whose place) of the reminder of the letter's decision, `reste` days before its end."""
        mailoutbox.clear()
        with horloge.figer(dl1.instant - timedelta(days=reste, hours=12)):
            relances.creer(au=horloge.maintenant())
            relais.vider(types=("courriel",))
        lettre = [m for m in mailoutbox if "Décision de l’ARS sur la lettre" in m.subject]
        return [(a, "en l’absence de" in m.body) for m in lettre for a in m.to]

    assert courrier(15) == [(lea.courriel, True)]
    with horloge.figer(dl1.instant - timedelta(days=10)):
        for qui in ("instructeur", "porteur"):
            client = client_de(d.utilisateur(qui))
            client.get(f"/dossiers/{d.numero}/")
            with CaptureQueriesContext(connection) as requetes:
                page = client.get(f"/dossiers/{d.numero}/").content.decode()
            assert len(requetes) <= 20
            assert "En l’absence de" in page
            assert "Léa Mas suit ce dossier." in page.replace("Camille ", "")
        # A notice to the organisation: the substitute, who is of it, once.
        with comme_portail():
            charge = {
                "gabarit": "retrait",
                "organisation": organisation.pk,
                "contexte": {"numero": "1", "nom": "E", "objet": "lettre"},
            }
            programmer([Effet("courriel", "essai", charge)], dossier_id=None, maintenant=horloge.maintenant())
        mailoutbox.clear()
        relais.vider(types=("courriel",))
        assert [m.to for m in mailoutbox] == [[lea.courriel]]
    # The substitute has left meanwhile: nobody else is there but the one who is away.
    Rattachement.objects.filter(utilisateur=lea).update(retire_le=MIDI)
    assert courrier(7) == [(hugo.courriel, False)]
    # Back again.
    assert courrier(2) == [(hugo.courriel, False)]
    assert absence.fin == dl1.dernier_jour - timedelta(days=7)
    with horloge.figer(dl1.instant - timedelta(days=2)):
        assert (
            "En l’absence de" not in client_de(d.utilisateur("porteur")).get(f"/dossiers/{d.numero}/").content.decode()
        )


def test_une_absence_se_lit_chez_soi_ou_par_le_dossier_qui_est_suivi():
    d = make_dossier("lettre_deposee").distribution
    hugo, lea = d.utilisateur("instructeur"), make_utilisateur(Role.ARS_INSTRUCTEUR)
    organisation = rattachement_de(hugo).organisation
    with comme_portail():
        for absent, remplacant in ((hugo, lea), (lea, hugo)):
            Absence.objects.create(
                utilisateur=absent, organisation=organisation, remplacant=remplacant, debut=MIDI.date(), fin=MIDI.date(), declaree_le=MIDI
            )  # fmt: skip

    def lues(acteur: Acteur) -> list[int]:
        with contexte(acteur), connection.cursor() as curseur:
            curseur.execute("SELECT utilisateur_id FROM comptes_absence ORDER BY id")
            return [pk for (pk,) in curseur.fetchall()]

    siens, lecteurs = d.acteur("instructeur"), (d.acteur("porteur"), d.acteur("gestionnaire"), d.acteur("regional"))
    etrangers = (make_acteur(Role.PORTEUR_REFERENT), make_acteur(Role.ARS_INSTRUCTEUR, departement="35"))
    assert [lues(a) for a in (siens, *lecteurs, *etrangers)] == [[hugo.pk, lea.pk], [], [], [], [], []]
    d.fait("instructeur", "suivre")
    assert [lues(a) for a in (siens, *lecteurs)] == [[hugo.pk, lea.pk], [hugo.pk], [hugo.pk], [hugo.pk]]
    assert [lues(a) for a in etrangers] == [[], []]
