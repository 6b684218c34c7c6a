"""The weekly digest: Monday morning of the organisation's zone, one per person and week, none when there is nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dossiers.models import Dossier, Echeance, Tache
from dossiers.regles.recapitulatif import est_sien, semaine
from dossiers.services import recapitulatifs
from dossiers.services.passage import regler_dues
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
    regler_dues(au=dl1.instant)
    # The week after the silence: his substitute is told in his place, each decision in one digest only.
    suivant = dl1.instant.date() + timedelta(days=7 - dl1.instant.weekday())
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
