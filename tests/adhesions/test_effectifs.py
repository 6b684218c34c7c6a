"""The headcount of a day (FIN-9, ADH-1): equal to a count by hand, in one query, whatever the number of adhérents."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from adhesions.effectifs import adherents_liberaux, effectif, effectifs
from adhesions.faits import fournir
from adhesions.models import Adhesion, Professionnel
from adhesions.services import histoire
from dossiers.faits import parametres
from ess_portal.comptes.acteur import SYSTEME
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.models import Piece
from ess_portal.referentiel.models import JeuParametres

from .conftest import MIDI, rpps

JOUR = date(2026, 3, 1)
SPECIALITES = ("SM04", "SM05", "SM26", "SM53", "SM54", "SCD01")


def poser(dossier, lignes) -> None:
    """Signed adhésions straight in the base: (rank of the professional, specialty, mode, départements, entry, exit)."""
    piece = Piece.objects.create(
        dossier=dossier,
        objet="adhesion",
        type="formulaire",
        libelle="f",
        nom_fichier="f.pdf",
        type_mime="application/pdf",
        taille=1,
        empreinte="0" * 64,
        chemin=f"x{Piece.objects.count()}",
        depose_le=MIDI,
    )
    for rang, specialite, mode, departements, entree, sortie in lignes:
        professionnel, _ = Professionnel.objects.get_or_create(
            rpps=rpps(rang), defaults={"nom": f"n{rang}", "specialite_id": specialite, "mode": mode, "cree_le": MIDI}
        )
        adhesion = Adhesion.objects.create(
            dossier=dossier,
            professionnel=professionnel,
            etat="sortie" if sortie else "signee",
            nom=f"n{rang}",
            specialite_id=specialite,
            mode=mode,
            departements=departements,
            a_avis_ponctuel=True,
            a_second_recours=True,
            signee_le=entree,
            moyen="formulaire",
            formulaire=piece,
            sortie_le=sortie,
            motif_sortie="Départ" if sortie else "",
            saisie_le=MIDI,
        )
        histoire.ouvrir_existantes([adhesion], acteur=SYSTEME, maintenant=MIDI)


def une(specialite="SM04", mode="liberal", departements=("31",), entree=JOUR, sortie=None, rang=1):
    return (rang, specialite, mode, list(departements), entree, sortie)


@pytest.fixture(autouse=True)
def portail(db):
    with comme_portail():
        yield


@pytest.mark.parametrize(("ecart", "attendu"), [(-1, 0), (0, 1), (9, 1), (10, 1), (11, 0)])
def test_du_jour_de_la_signature_au_jour_de_sortie_inclus(dossier, ecart, attendu):
    poser(dossier, [une(sortie=JOUR + timedelta(days=10))])
    assert effectif(dossier, JOUR + timedelta(days=ecart)) == attendu


def test_une_adhesion_non_signee_ne_compte_pas(dossier, inviter):
    inviter()
    assert effectif(dossier, JOUR + timedelta(days=400)) == 0


@pytest.mark.parametrize("generaliste", ["SM26", "SM53", "SM54"])
def test_la_medecine_generale_ne_compte_pas(dossier, generaliste):
    poser(dossier, [une(), une(generaliste, rang=2)])
    assert effectif(dossier, JOUR) == 1


def test_un_non_medecin_ne_compte_pas(dossier):
    poser(dossier, [une(), une("SCD01", rang=2)])
    assert effectif(dossier, JOUR) == 1


def test_les_hospitaliers_comptent_pour_la_dotation_et_non_pour_le_seuil(dossier):
    poser(dossier, [une(), une(mode="hospitalier", rang=2), une(mode="mixte", rang=3), une(mode="salarie", rang=4)])
    assert (effectif(dossier, JOUR), adherents_liberaux(dossier, JOUR)) == (4, 2)


def test_le_seuil_compte_la_specialite_et_le_perimetre(dossier):
    """CRI-4: same specialty group, practising in the perimeter."""
    poser(
        dossier, [une(), une("SM05", rang=2), une(departements=["75"], rang=3), une(departements=["75", "81"], rang=4)]
    )
    assert adherents_liberaux(dossier, JOUR) == 2


def test_le_meme_rpps_une_fois_meme_revenu(dossier):
    poser(dossier, [une(sortie=JOUR + timedelta(days=5)), une(entree=JOUR + timedelta(days=6))])
    assert [effectif(dossier, JOUR + timedelta(days=n)) for n in (0, 5, 6)] == [1, 1, 1]


def test_les_faits_du_dossier(dossier):
    assert fournir(dossier, JOUR) == {"adherents_liberaux": None, "effectif": 0}
    poser(dossier, [une(), une("SM26", rang=2)])
    assert fournir(dossier, JOUR) == {"adherents_liberaux": 1, "effectif": 1}


@pytest.mark.parametrize("nombre", [3, 60])
def test_une_seule_requete_quel_que_soit_le_nombre(dossier, nombre):
    dossier.jeu_national = JeuParametres.objects.filter(region__isnull=True).first()
    poser(dossier, [une(rang=n, entree=JOUR + timedelta(days=n)) for n in range(nombre)])
    parametres(dossier, JOUR)  # a pinned set is read once per process
    comptes = (
        lambda: effectif(dossier, JOUR),
        lambda: effectifs(dossier, JOUR, JOUR + timedelta(days=364)),
        lambda: adherents_liberaux(dossier, JOUR),
        lambda: fournir(dossier, JOUR),
    )
    for compter in comptes:
        with CaptureQueriesContext(connection) as requetes:
            compter()
        assert len(requetes) == 1
