"""The sandbox's dossiers: every state and regime, real events, once; random lives that repeat; faults that are named."""

from __future__ import annotations

import asyncio
import os
import signal
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from dossiers.models import Dossier
from dossiers.regles.statuts import Statut
from ess_portal.comptes.demonstration import creer_comptes
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Rattachement
from ess_portal.comptes.roles import Role
from ess_portal.comptes.session import acteur_de
from ess_portal.documents import stockage
from ess_portal.documents.models import Piece
from ess_portal.journal.models import Envoi, Evenement, Passage
from ess_portal.journal.tasks import relayer
from ess_portal.sante import bilan
from ess_portal.socle import horloge
from indicateurs import verification
from indicateurs.demonstration import construction, gestes, ordre, programme
from indicateurs.demonstration.construction import construire
from indicateurs.demonstration.partage import partager
from indicateurs.demonstration.simulation import simuler
from indicateurs.verification import verifier
from tests.fabriques import client_de, make_utilisateur
from tests.outillage import photos
from tests.outillage.base import Purge
from tests.outillage.navigateur import ouvrir
from tests.outillage.recompte import ecarts
from tests.outillage.vitrine import Vitrine

GUIDE = os.environ.get("GUIDE") == "refaire"
# Whose dashboards are counted again: an agency, a fund, a region, the nation.
RECOMPTES = ("instructeur@ars-occitanie.demo", "instructeur@cpam-31.demo", "admin@occitanie.demo", "national@demo")
# The day of the guide's pictures: the same whenever the tests run.
JOUR = datetime(2026, 11, 16, 9, tzinfo=UTC)


def choix(*equipes: str) -> list[programme.Ligne]:
    return [ligne for ligne in programme.lignes() if ligne[0].equipe in equipes]


def fautes() -> list[str]:
    return [faute for _, _, faute in verifier() if faute]


def test_le_programme_couvre_trois_regions_dont_une_ultramarine():
    lignes = list(programme.lignes())
    assert len(lignes) >= 40
    assert {"31", "35", "974"} <= {fiche.siege for fiche, _ in lignes}
    assert len({fiche.equipe for fiche, _ in lignes}) == len(lignes)


# Beside those that come first, what makes every regime and every oddity; the others repeat them.
DE_PLUS = (
    "ESS Ophtalmologie Quercy", "ESS Ophtalmologie Lot-Aveyron", "ESS Ophtalmologie Brocéliande", "ESS Neurologie Roussillon",
    "ESS Hépato-gastro Rouergue",
)  # fmt: skip


@pytest.mark.preuve
@pytest.mark.django_db(transaction=True)
def test_tous_les_etats_et_regimes_vecus_par_les_services(preuve, browser, settings):
    """DEF-1 to TRA-5 in one base: nothing written beside the services, so the checks find nothing. The guide's pictures are of it."""
    with horloge.figer(JOUR):
        creer_comptes()
        maintenant = horloge.maintenant()
        lignes = None if preuve.entiere else choix(*programme.D_ABORD, *DE_PLUS)
        faits = construire(maintenant, lignes)
        with comme_portail():
            dossiers = list(Dossier.objects.all())
            assert faits == len(dossiers)
            assert {d.statut for d in dossiers} == {s.value for s in Statut}
            premiers = [d for d in dossiers if d.nom in programme.D_ABORD]
            assert {d.statut for d in premiers} == {s.value for s in Statut}
            assert len({d.region for d in premiers}) == 3
            assert {d.regime for d in dossiers} == set(Dossier.Regime.values)
            assert any(d.est_a_regulariser for d in dossiers)
            assert any(d.opposition_caisse_le for d in dossiers)
            assert not Evenement.objects.filter(enregistre_le__gt=maintenant).exists()
            assert not Piece.objects.en_attente().exists()
        assert fautes() == []
        assert Passage.objects.filter(nom="echeances").exists()
        relayer()
        assert bilan()[1] == []
        assert construire(maintenant, lignes) == 0
        for courriel in RECOMPTES:
            with comme_portail():
                acteur = acteur_de(Rattachement.objects.get(utilisateur__courriel=courriel))
            assert list(ecarts(acteur, maintenant)) == [], courriel
        settings.BAC_A_SABLE = True
        Passage.noter(construction.PASSAGE, len(list(programme.lignes())))
        with Vitrine(ouvrir(browser)) as vitrine:
            perimees = photos.verifier_ou_refaire(vitrine, refaire=GUIDE)
        assert not perimees, "Images du guide à reprendre (make guide) :\n" + "\n".join(perimees)
    preuve.noter(cas=faits, fautes=0, plancher=preuve.taille(20, 40), statuts=len(Statut))


@pytest.mark.django_db(transaction=True)
def test_la_meme_graine_donne_les_memes_faits():
    """Twice from the same empty base: the same acts at the same instants, and nothing for the checks to find."""
    maintenant, passages = horloge.maintenant(), []
    for _ in range(2):
        compte = simuler(dossiers=2, annees=0.6, graine=11, maintenant=maintenant)
        with comme_portail():
            lus = Evenement.objects.filter(dossier__isnull=False).order_by("dossier", "seq")
            passages.append((compte, list(lus.values_list("dossier__nom", "type", "legal_le", "acteur_nom"))))
        assert fautes() == []
        Purge.vider()
    assert passages[0] == passages[1]
    assert passages[0][0].actes > 10


@pytest.mark.django_db(transaction=True)
def test_la_premiere_faute_est_nommee(capsys):
    """A pièce that left the disk, then a byte that changed."""
    creer_comptes()
    construire(horloge.maintenant(), choix("ESS Cardiologie Rance"))
    with comme_portail():
        piece = Piece.objects.earliest("pk")
    chemin = stockage.absolu(piece.chemin)
    contenu = chemin.read_bytes()
    chemin.write_bytes(contenu + b" ")
    with pytest.raises(CommandError, match="ne correspond pas à son empreinte"):
        call_command("verifier")
    chemin.unlink()
    with pytest.raises(CommandError, match="absente du disque"):
        call_command("verifier")
    chemin.write_bytes(contenu)
    call_command("verifier")
    assert "états rejoués : 1 lignes, aucune faute." in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_un_etat_sans_evenement_est_une_faute():
    """The trigger lets a legal jump pass; the replay sees that nobody did it."""
    creer_comptes()
    construire(horloge.maintenant(), choix("ESS Cardiologie Rance"))
    with comme_portail(), connection.cursor() as curseur:
        curseur.execute("UPDATE dossiers_dossier SET statut = 'lettre_refusee' WHERE statut = 'lettre_deposee'")
        assert "« lettre_refusee » en base, « lettre_deposee » d’après ses événements" in next(verification.etats())
        assert list(verification.copies()) == []
        curseur.execute("UPDATE dossiers_echeance SET caisse_id = equipe_id WHERE regle = 'DL-1'")
        assert "ses lecteurs ne sont pas ceux du dossier" in next(verification.copies())
        assert list(verification.orphelins()) == []
        maintenant = horloge.maintenant()
        Envoi.objects.create(
            type="courriel", cle="perdu", dossier_id=10**9, cree_le=maintenant, disponible_le=maintenant
        )
        assert list(verification.orphelins()) == [
            f"envoi {Envoi.objects.get(cle='perdu').pk} : son dossier 1000000000 n’existe pas"
        ]


@pytest.mark.django_db(transaction=True)
def test_une_vie_coupee_ne_laisse_rien_et_la_suite_reprend(monkeypatch):
    """Cut in its middle, a dossier exists for nobody; the next run makes it under the number that waited for it."""
    creer_comptes()
    maintenant, lignes = horloge.maintenant(), choix("ESS Pneumologie Garonne", "ESS Cardiologie Rance")

    def couper(*_arguments, **_champs):
        raise KeyboardInterrupt

    with monkeypatch.context() as coupure:
        coupure.setattr(gestes.lettre, "deposer_lettre", couper)
        with pytest.raises(KeyboardInterrupt):
            construire(maintenant, lignes)
    with comme_portail():
        assert [d.nom for d in Dossier.objects.all()] == ["ESS Pneumologie Garonne"]
    assert construire(maintenant, lignes) == 1
    with comme_portail():
        numeros = dict(Dossier.objects.values_list("nom", "numero"))
    assert numeros == {nom: numero for nom, numero in construction._numeros(maintenant).items() if nom in numeros}
    assert len(numeros) == 2
    assert fautes() == []


@pytest.mark.django_db(transaction=True)
def test_l_accueil_dit_ou_en_est_le_bac_a_sable(client):
    """Quietly, and no more once all are there."""
    total = len(list(programme.lignes()))
    assert "d’exemple sur" not in client.get("/").content.decode()
    Passage.noter(construction.PASSAGE, 3)
    for lecteur, page in ((client, "/"), (client_de(make_utilisateur(Role.ADMIN_NATIONAL)), "/pilotage/")):
        assert f"3 dossiers d’exemple sur {total}" in lecteur.get(page).content.decode()
    Passage.noter(construction.PASSAGE, total)
    assert "d’exemple sur" not in client.get("/").content.decode()


def test_les_dossiers_des_accueils_passent_devant_et_chacun_attend_les_siens():
    """Whatever the order asked for, the ground of an équipe is lived by who is older on it first."""
    groupes: dict[str, tuple[str, ...]] = {}
    apres = ordre.dependances(groupes)
    file = ordre.ordonner([fiche.equipe for fiche, _ in programme.lignes()], apres)
    assert len(file) == len(set(file)) == len(list(programme.lignes()))
    assert set(file[: len(programme.PREMIERES)]) == set(programme.PREMIERES)
    assert all(file.index(avant) < file.index(equipe) for equipe in file for avant in apres[equipe])
    assert "ESS Cardiologie Littoral" in apres["ESS Cardiologie Littoral et Gard"]
    assert "ESS Ophtalmologie Quercy" in apres["ESS Ophtalmologie Lot-Aveyron"]


FOURCHE = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")


@FOURCHE
@pytest.mark.django_db(transaction=True)
def test_deux_processus_donnent_les_memes_faits_qu_un_seul():
    """Numbers and people: the same whoever lives which life, and wherever it was cut; `Littoral et Gard` cites the refused one."""
    maintenant, releves = horloge.maintenant(), []
    lignes = choix(
        "ESS Cardiologie Littoral et Gard",
        "ESS Cardiologie Littoral",
        "ESS Pneumologie Cévennes",
        "ESS Rhumatologie Volvestre",
    )
    for processus in (1, 2):
        creer_comptes()
        deja = construire(maintenant, lignes[: processus - 1])
        assert construire(maintenant, lignes, processus=processus) == len(lignes) - deja
        with comme_portail():
            faits = Evenement.objects.filter(dossier__isnull=False).order_by("dossier__numero", "seq")
            releves.append(list(faits.values_list("dossier__numero", "dossier__nom", "type", "legal_le", "acteur_nom")))
            cite = Dossier.objects.get(nom="ESS Cardiologie Littoral et Gard").remplace
            assert cite is not None
            assert cite.nom == "ESS Cardiologie Littoral"
        assert fautes() == []
        Purge.vider()
    assert releves[0] == releves[1]
    assert len(releves[0]) > 30


@FOURCHE
def test_la_faute_d_un_atelier_est_celle_de_tous():
    """What a life refuses stops the run with its own words; a process that is killed does too."""

    def faillir(tache: str) -> bool:
        if tache == "tuée":
            os.kill(os.getpid(), signal.SIGKILL)
        raise ValueError(tache)

    with pytest.raises(ValueError, match="refusée"):
        list(partager(["refusée", "autre"], {"autre": {"refusée"}}, faillir, processus=2))
    with pytest.raises(BrokenProcessPool):
        list(partager(["tuée"], {}, faillir, processus=2))


@FOURCHE
@pytest.mark.django_db(transaction=True)
def test_une_connexion_du_pere_n_est_celle_d_aucun_atelier():
    """Opened before an event loop was running in the thread, as a browser's test leaves one: `close_all` does not reach it."""

    def demander(_tache: str) -> int:
        with comme_portail(), connection.cursor() as curseur:
            curseur.execute("SELECT pg_backend_pid()")
            return curseur.fetchone()[0]

    connection.ensure_connection()
    celle_du_pere = connection.connection.info.backend_pid
    boucle, deja = asyncio.new_event_loop(), asyncio._get_running_loop()
    asyncio._set_running_loop(boucle)
    try:
        parlees = dict(partager(["une", "deux", "trois", "quatre"], {}, demander, processus=2))
    finally:
        asyncio._set_running_loop(deja)
        boucle.close()
    assert len(parlees) == 4
    assert celle_du_pere not in parlees.values()
