"""The weekly digest: Monday morning of the organisation's zone, one per person and week, none when there is nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dossiers.models import Dossier, Echeance, Tache
from dossiers.regles.recapitulatif import est_sien, semaine
from dossiers.services import recapitulatifs
from dossiers.services.passage import FINS, regler_dues
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Absence, Organisation
from ess_portal.comptes.roles import Role
from ess_portal.journal import relais
from ess_portal.journal.models import Envoi, Notification, Preference
from ess_portal.socle import horloge
from tests.fabriques import make_dossier, make_utilisateur, rattachement_de

LUNDI = date(2026, 4, 27)


@pytest.mark.parametrize(
    ("local", "du"),
    [
        ("2026-04-27T06:59", None),
        ("2026-04-27T07:00", LUNDI),
        ("2026-05-03T23:59", LUNDI),
        ("2026-05-04T00:00", None),
        ("2026-03-30T07:00", date(2026, 3, 30)),
    ],
)
def test_du_le_lundi_a_sept_heures(local: str, du: date | None) -> None:
    assert semaine(datetime.fromisoformat(local)) == du


@pytest.mark.parametrize(("zone", "utc"), [("America/Guadeloupe", 11), ("Indian/Reunion", 3), ("Europe/Paris", 5)])
def test_dans_la_zone_de_l_organisation(zone: str, utc: int) -> None:
    sept = datetime(2026, 4, 27, utc, 0, tzinfo=UTC)
    assert semaine(sept.astimezone(ZoneInfo(zone))) == LUNDI
    assert semaine((sept - timedelta(minutes=1)).astimezone(ZoneInfo(zone))) is None


@pytest.mark.parametrize(
    ("suivi_par", "supplee", "est_chef", "sien"),
    [
        (None, (), False, True),
        (1, (), False, True),
        (2, (), False, False),
        (2, (2,), False, True),
        (2, (), True, True),
        (9, (), False, True),
    ],
)
def test_de_qui_est_un_dossier(suivi_par: int | None, supplee: tuple[int, ...], est_chef: bool, sien: bool) -> None:
    assert est_sien(suivi_par, personne=1, supplee=supplee, siens=(1, 2), est_chef=est_chef) is sien


@pytest.mark.django_db
def test_un_par_personne_et_par_semaine(mailoutbox):
    d = make_dossier("lettre_deposee").distribution
    hugo, autre = d.utilisateur("instructeur"), make_utilisateur(Role.ARS_INSTRUCTEUR)
    d.fait("instructeur", "suivre")
    ars = rattachement_de(hugo).organisation
    Organisation.objects.filter(pk__in=[ars.pk, rattachement_de(d.utilisateur("gestionnaire")).organisation_id]).update(
        creee_le=None
    )
    with comme_portail():
        dossier = Dossier.objects.get(numero=d.numero)
        dl1 = Echeance.objects.get(dossier=dossier, regle="DL-1")
        Tache.objects.create(
            dossier=dossier, type="controle_annuel", cle="essai", qui="caisse", ouverte_le=d.maintenant, **Tache.colonnes(dossier)
        )  # fmt: skip
        Preference.objects.create(utilisateur=hugo, genre="messages", canal="recapitulatif")
    assert dl1.dernier_jour == date(2026, 5, 2)
    relais.vider(types=("courriel",))

    def lundi(jour: date, heure: int = 9, passages: int = 2) -> dict[str, str]:
        """Address → text of the digests written that day."""
        mailoutbox.clear()
        with horloge.figer(datetime(jour.year, jour.month, jour.day, heure, tzinfo=UTC)):
            for _ in range(passages):
                recapitulatifs.programmer_semaine(au=horloge.maintenant())
                relais.vider(types=("recapitulatif", "courriel"))
        semaines = [m for m in mailoutbox if m.subject.startswith("Votre semaine du")]
        assert len({a for m in semaines for a in m.to}) == len(semaines)
        return {a: m.body for m in semaines for a in m.to}

    with comme_portail():
        Notification.objects.create(
            utilisateur=hugo, organisation=ars, cle="m", genre="messages", titre="Message de Camille", numero=d.numero,
            creee_le=datetime(2026, 4, 22, tzinfo=UTC),
        )  # fmt: skip
    assert lundi(LUNDI, heure=4) == {}
    recus = lundi(LUNDI)
    # Hugo follows it; his colleague has nothing to read. The caisse has its task, without a date.
    assert hugo.courriel in recus
    assert autre.courriel not in recus
    assert "Décision de l’ARS sur la lettre" in recus[hugo.courriel]
    assert "Message de Camille" in recus[hugo.courriel]
    assert "Contrôler l’année" in recus[d.utilisateur("gestionnaire").courriel]
    assert lundi(LUNDI + timedelta(days=2)) == {}
    with comme_portail():
        assert Envoi.objects.filter(type="recapitulatif", charge__organisation=ars.pk).count() == 1
        Absence.objects.create(
            utilisateur=hugo, organisation=ars, remplacant=autre, debut=LUNDI, fin=LUNDI + timedelta(days=20), declaree_le=d.maintenant
        )  # fmt: skip
    # Born in the night to Sunday, written down on Tuesday.
    ecrite = dl1.instant + timedelta(days=3)
    regler_dues(au=ecrite)
    # The week after the scan: his substitute is told in his place, each decision in one digest only.
    suivant = ecrite.date() + timedelta(days=7 - ecrite.weekday())
    recus = lundi(suivant)
    assert hugo.courriel not in recus
    assert "validation tacite" in recus[autre.courriel]
    assert "validation tacite" in recus[d.utilisateur("porteur").courriel]
    assert "validation tacite" not in "".join(lundi(suivant + timedelta(days=7)).values())


@pytest.mark.django_db
def test_une_organisation_nee_dans_la_semaine_attend_le_lundi_suivant():
    porteur = make_utilisateur(Role.PORTEUR_REFERENT)
    equipe = rattachement_de(porteur).organisation
    mercredi = datetime(2026, 4, 29, 9, tzinfo=UTC)
    Organisation.objects.filter(pk=equipe.pk).update(creee_le=mercredi)
    assert recapitulatifs.programmer_semaine(au=mercredi) == 0
    assert recapitulatifs.programmer_semaine(au=mercredi + timedelta(days=5)) == 1


@pytest.mark.django_db
def test_une_equipe_vit_a_l_heure_de_ses_dossiers():
    d = make_dossier(departement="974").distribution
    Organisation.objects.filter(pk=d.equipe.pk).update(creee_le=None)
    sept = datetime(2026, 4, 27, 3, tzinfo=UTC)
    assert recapitulatifs.programmer_semaine(au=sept - timedelta(minutes=1)) == 0
    assert recapitulatifs.programmer_semaine(au=sept) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statut", "regle", "charge", "qui", "acte", "donnees"),
    [
        ("lettre_deposee", "AVI", "gestionnaire", "gestionnaire", "rendre_avis", {"sens": "favorable", "texte": ""}),
        ("lettre_deposee", "AVI", "gestionnaire", "portail", "DL-1", {}),
        ("lettre_incomplete", "DL-10", "instructeur", "instructeur", "lever_demande", {}),
        ("lettre_validee", "DL-2", "instructeur", "porteur", "abandonner", {"motivation": "L’équipe renonce."}),
    ],
)
def test_ce_qui_a_recu_sa_reponse_ne_revient_plus(statut, regle, charge, qui, acte, donnees):
    d = make_dossier(statut).distribution
    organisation = rattachement_de(d.utilisateur(charge)).organisation_id

    def retards(au: datetime) -> list[str]:
        with comme_portail():
            recapitulatifs.ecrire(organisation_id=organisation, lundi=au.date(), au=au)
            ecrits = Envoi.objects.filter(
                cle__startswith=f"courriel:recapitulatif:{organisation}:", cle__endswith=f"{au.date()}"
            )
            return [x["libelle"] for e in ecrits for x in e.charge["contexte"]["retards"]]

    with comme_portail():
        dates = {e.regle: e for e in Echeance.objects.filter(dossier__numero=d.numero)}
    regler_dues(au=dates[regle].instant)
    with comme_portail():
        tache = Tache.objects.get(dossier__numero=d.numero, type=FINS[regle].tache, faite_le=None)
    assert tache.get_type_display() in retards(dates[regle].instant)
    d.maintenant = dates[regle].instant + timedelta(days=2)
    if qui == "portail":
        d.maintenant = dates[acte].instant
        regler_dues(au=d.maintenant)
    else:
        d.fait(qui, acte, **donnees)
    assert tache.get_type_display() not in retards(d.maintenant)
    with comme_portail():
        tache.refresh_from_db()
    assert (tache.faite_le is None) == (qui == "portail")


@pytest.mark.django_db
def test_l_administrateur_d_une_region_lit_ce_que_ses_services_ont_a_faire(monkeypatch, django_assert_max_num_queries):
    d = make_dossier("lettre_deposee").distribution
    regional, voisin, national = (
        make_utilisateur(Role.ADMIN_REGIONAL),
        make_utilisateur(Role.ADMIN_REGIONAL, departement="35"),
        make_utilisateur(Role.ADMIN_NATIONAL),
    )
    Organisation.objects.update(creee_le=None)
    administrations = {u: rattachement_de(u).organisation for u in (regional, voisin, national)}
    with comme_portail():
        dossier = Dossier.objects.get(numero=d.numero)
        assert administrations[regional].region == dossier.region != administrations[voisin].region
        for rang in range(3):
            Tache.objects.create(
                dossier=dossier, type="controle_annuel", cle=f"essai:{rang}", qui="caisse", ouverte_le=d.maintenant, **Tache.colonnes(dossier)
            )  # fmt: skip
    monkeypatch.setattr(recapitulatifs, "LIGNES_MAX", 2)
    au = datetime(2026, 4, 27, 9, tzinfo=UTC)
    recapitulatifs.programmer_semaine(au=au)
    with comme_portail():
        prevus = set(Envoi.objects.filter(type="recapitulatif").values_list("charge__organisation", flat=True))
        assert {administrations[regional].pk, administrations[voisin].pk} <= prevus
        assert administrations[national].pk in prevus
        for admin in (regional, voisin, regional):
            with django_assert_max_num_queries(9):
                recapitulatifs.ecrire(organisation_id=administrations[admin].pk, lundi=LUNDI, au=au)
        (recu,) = Envoi.objects.filter(cle__startswith="courriel:recapitulatif:")
        with django_assert_max_num_queries(13):
            recapitulatifs.ecrire(organisation_id=administrations[national].pk, lundi=LUNDI, au=au)
        (du_pays,) = Envoi.objects.filter(charge__gabarit="recapitulatif_national")
    assert du_pays.charge["personnes"] == [national.pk]
    assert du_pays.charge["contexte"]["regions"] == [
        {"nom": "Occitanie", "echeances": 1, "a_decider": 1, "retards": 3, "silences": 0}
    ]
    assert dossier.nom not in str(du_pays.charge)
    contexte = recu.charge["contexte"]
    assert recu.charge["personnes"] == [regional.pk]
    assert "Décision de l’ARS sur la lettre" in [x["libelle"] for x in contexte["echeances"]]
    assert (len(contexte["retards"]), contexte["de_plus"]["retards"]) == (2, 1)
