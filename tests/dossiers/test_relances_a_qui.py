"""The ladder to the right person (REL-1): who is written to at each step, once whatever is restarted, in chunks."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from dossiers.models import Dossier, Echeance, Relance, Tache
from dossiers.services import destinataires, relances
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Absence, Rattachement
from ess_portal.comptes.roles import Role
from ess_portal.comptes.services.rattachements import changer_role
from ess_portal.journal import relais
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.referentiel.models import JeuParametres
from tests.fabriques import Distribution, make_dossier, make_utilisateur, rattachement_de

pytestmark = pytest.mark.django_db
JOUR = date(2026, 3, 2)


def lettre() -> tuple[Distribution, Echeance]:
    """A letter under instruction, its whole cast in place, and the date at which silence accepts it."""
    d = make_dossier("lettre_deposee").distribution
    for qui in ("instructeur", "signataire", "gestionnaire", "regional"):
        d.utilisateur(qui)
    with comme_portail():
        return d, Echeance.objects.get(dossier__numero=d.numero, regle="DL-1")


def echeances(d: Distribution, nombre: int, regle: str = "DL-4", qui: str = "ars") -> None:
    """Dates of the dossier that end the same day, sixty days from now."""
    with comme_portail():
        dossier = Dossier.objects.get(numero=d.numero)
        modele = Echeance.objects.get(dossier=dossier, regle="DL-1")
        Echeance.objects.bulk_create(
            Echeance(
                dossier=dossier, regle=regle, objet="projet", rang=rang, qui=qui, dernier_jour=modele.dernier_jour,
                instant=modele.instant, **Echeance.colonnes(dossier),
            )
            for rang in range(1, nombre + 1)
        )  # fmt: skip


def adresses(d: Distribution, mailoutbox, e: Echeance, reste: int) -> set[str]:
    """Who of the cast is written to, `reste` days before; two passes and two relays make no double."""
    mailoutbox.clear()
    for _ in range(2):
        relances.creer(au=e.instant - timedelta(days=reste, hours=12))
        relais.vider(types=("courriel",))
    noms = {u.courriel: nom for nom, u in d.utilisateurs.items()}
    recus = [noms[a] for m in mailoutbox for a in m.to if "Décision de l’ARS sur la lettre" in m.subject]
    assert len(recus) == len(set(recus))
    return set(recus)


def test_chaque_palier_va_a_qui_il_faut_une_seule_fois(mailoutbox):
    d, e = lettre()
    assert adresses(d, mailoutbox, e, 30) == {"instructeur", "signataire"}
    d.fait("instructeur", "suivre")
    regional = d.acteur("regional")
    with contexte(regional):
        changer_role(
            rattachement_id=rattachement_de(d.utilisateur("signataire")).pk, role="ars_signataire",
            est_chef_de_service=True, acteur=regional, maintenant=d.maintenant,
        )  # fmt: skip
    with comme_portail():
        assert Evenement.objects.filter(type="chef_de_service").count() == 1
    assert adresses(d, mailoutbox, e, 29) == set()
    assert adresses(d, mailoutbox, e, 15) == {"instructeur"}
    # Days without a pass: the nearest step only, and to the people of that step.
    assert adresses(d, mailoutbox, e, 1) == {"instructeur", "signataire"}
    assert "comme responsable du service" in next(
        m.body for m in mailoutbox if d.utilisateur("signataire").courriel in m.to
    )
    Rattachement.objects.filter(utilisateur=d.utilisateur("instructeur")).update(retire_le=d.maintenant)
    assert adresses(d, mailoutbox, e, 0) == {"signataire", "regional"}
    assert "comme administration régionale" in next(
        m.body for m in mailoutbox if d.utilisateur("regional").courriel in m.to
    )
    with comme_portail():
        assert list(Relance.objects.filter(echeance=e).order_by("-palier").values_list("palier", flat=True)) == [
            30,
            15,
            2,
            0,
        ]


def test_qui_est_parti_avant_l_envoi_ne_laisse_pas_le_rappel_sans_lecteur(mailoutbox):
    d, e = lettre()
    d.fait("instructeur", "suivre")
    relances.creer(au=e.instant - timedelta(days=7, hours=12))
    Rattachement.objects.filter(utilisateur=d.utilisateur("instructeur")).update(retire_le=d.maintenant)
    mailoutbox.clear()
    relais.vider(types=("courriel",))
    assert [m.to for m in mailoutbox if "Dans 7 jours" in m.subject] == [[d.utilisateur("signataire").courriel]]


def test_quand_tous_sont_absents_l_administration_regionale_le_sait_le_jour_meme(mailoutbox):
    d, e = lettre()
    jour = e.dernier_jour - timedelta(days=7)
    siens = {qui: rattachement_de(d.utilisateur(qui)) for qui in ("instructeur", "signataire")}
    with comme_portail():
        for qui, autre in (("instructeur", "signataire"), ("signataire", "instructeur")):
            Absence.objects.create(
                utilisateur=d.utilisateur(qui), remplacant=d.utilisateur(autre), organisation=siens[qui].organisation, debut=jour,
                fin=jour + timedelta(days=3), declaree_le=d.maintenant,
            )  # fmt: skip
    assert adresses(d, mailoutbox, e, 7) == {"instructeur", "signataire", "regional"}
    regional = next(m.body for m in mailoutbox if d.utilisateur("regional").courriel in m.to)
    assert "personne ne peut le lire au service" in regional


def test_l_echelle_est_celle_de_la_region(mailoutbox):
    JeuParametres.objects.create(
        region_id="76", valide_du=date(2026, 1, 1), valeurs={"echelle_relance": "30 : region"}, source="Essai"
    )
    d, e = lettre()
    make_utilisateur(Role.ADMIN_REGIONAL, departement="35")
    assert adresses(d, mailoutbox, e, 20) == {"instructeur", "signataire", "regional"}


def test_le_cinq_ans_l_anniversaire_et_les_taches_ont_leurs_relances(mailoutbox):
    d, e = lettre()
    echeances(d, 1, "DL-6", "equipe")
    echeances(d, 1, "DL-7", "caisse")
    with comme_portail():
        dossier = Dossier.objects.get(numero=d.numero)
        Tache.objects.create(
            dossier=dossier, type="ouvrir_recuperation", cle="essai", qui="caisse", ouverte_le=d.maintenant,
            a_faire_au_plus_tard=e.dernier_jour, **Tache.colonnes(dossier),
        )  # fmt: skip
    relances.creer(au=e.instant - timedelta(days=8, hours=12))
    with comme_portail():
        ecrits = Envoi.objects.filter(cle__startswith="courriel:relance:", dossier=dossier)
        lus = {(x.charge["contexte"]["libelle"], *x.charge["personnes"]) for x in ecrits}
    porteur, caisse = d.utilisateur("porteur").pk, d.utilisateur("gestionnaire").pk
    assert {
        ("Cinq ans\u00a0: 50\u00a0% d’adhérents et consultation traçable", porteur),
        ("Anniversaire\u00a0: contrôle et versement de la dotation", caisse),
        ("Ouvrir la procédure de récupération", caisse),
    } <= lus
    # The day passed: what is late is no reminder any more. The task, done or late, is told no more.
    with comme_portail():
        Echeance.objects.filter(dossier=dossier).delete()
    assert relances.creer(au=e.instant + timedelta(hours=12)) == 0


def test_morte_au_milieu_la_passe_reprend_sans_double_ni_perte(monkeypatch):
    d, e = lettre()
    echeances(d, 6)
    monkeypatch.setattr(relances, "LOT", 2)
    ecrire, appels = destinataires.programmer_par_dossier, []

    def mourir(*args, **kwargs):
        appels.append(1)
        if len(appels) == 3:
            raise OperationalError("la base a coupé")
        return ecrire(*args, **kwargs)

    au = e.instant - timedelta(days=7, hours=12)
    with monkeypatch.context() as panne:
        panne.setattr(destinataires, "programmer_par_dossier", mourir)
        with pytest.raises(OperationalError):
            relances.creer(au=au)
    with comme_portail():
        assert (Relance.objects.count(), _mails()) == (4, 8)
    assert relances.creer(au=au) == 3
    with comme_portail():
        assert (Relance.objects.count(), _mails()) == (7, 14)
    assert relances.creer(au=au) == 0


def _mails() -> int:
    return Envoi.objects.filter(cle__startswith="courriel:relance:").count()


def test_un_lot_coute_autant_de_requetes_quel_que_soit_son_nombre():
    d, e = lettre()
    au = e.instant - timedelta(days=15, hours=12)

    def requetes(plus: timedelta) -> int:
        with CaptureQueriesContext(connection) as lues:
            assert relances.creer(au=au + plus)
        return len(lues)

    seule = requetes(timedelta())
    echeances(d, 30)
    assert requetes(timedelta(days=8)) == seule <= 34
