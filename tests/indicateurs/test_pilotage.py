"""The dashboard of deadlines: what is due counts as the law has it (CAL-9), each reader in its own perimeter, constant queries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers.models import Relance, Tache
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Organisation
from ess_portal.comptes.roles import Role
from ess_portal.referentiel.models import JeuParametres
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Interdit
from indicateurs.pilotage.calendrier import dernier_jour, dessiner
from indicateurs.pilotage.echeances import Filtres, en_retard
from indicateurs.pilotage.page import page
from tests.fabriques import client_de

from .conftest import JOUR, MAINTENANT, personne


def lire(acteur, **filtres):
    with contexte(acteur):
        return page(acteur, Filtres(**filtres), MAINTENANT)


def retards(acteur) -> list[str]:
    with contexte(acteur):
        return [x.regle for x in en_retard(acteur, Filtres(), MAINTENANT).order_by("pk")]


def test_une_equipe_n_y_entre_pas(porteur, client):
    with pytest.raises(Interdit):
        lire(porteur[1])
    client.force_login(porteur[0])
    assert client.get("/pilotage/").status_code == 403


def test_comptes_et_tableaux(reprendre, echeance, administrateur):
    tardif = reprendre("amorcage_signe")
    passee = echeance(tardif, "DL-2", -19, "projet", statut="echue")
    with comme_portail():
        for palier in (30, 15):
            Relance.objects.create(
                echeance=passee, dossier=tardif, palier=palier, dernier_jour=passee.dernier_jour, creee_le=MAINTENANT
            )
    instruite = reprendre("lettre_deposee", bascule_le=MAINTENANT + timedelta(days=13))
    echeance(instruite, "DL-1", 12)
    echeance(reprendre("projet_depose"), "DL-3", 25, "projet")
    echeance(reprendre("lettre_validee"), "DL-2", 60, "projet")
    p = lire(administrateur[1])
    assert p["comptes"]["a_venir"] == 2
    assert (p["comptes"]["tacites"], p["comptes"]["tacites_imminents"]) == (2, 1)
    assert p["phrase_tacites"].endswith("1 lettre et 1 projet seront réputés validés.")
    assert (p["retards"].nombre, p["retards"].plus_ancienne) == (1, JOUR - timedelta(days=19))
    (ligne,) = p["en_retard"]
    assert (ligne["dossier"], ligne["attendu"], ligne["qui"], ligne["relances"]) == (
        tardif,
        "Projet de santé (6 mois)",
        "Équipe",
        "2 relances",
    )
    assert [x["dossier"] for x in p["a_venir"]] == [instruite, p["a_venir"][1]["dossier"]]
    assert p["calendrier"].total == 3


def test_ce_qui_est_attendu_seulement(reprendre, echeance, instructeur):
    """A projet filed, an avis given, an activity deployed: nothing is awaited any more."""
    echeance(reprendre("projet_depose"), "DL-2", -3, "projet", statut="echue")
    echeance(reprendre("lettre_validee"), "DL-10", -3, statut="echue")
    echeance(reprendre("lettre_validee"), "AVI", -3, statut="echue")
    echeance(reprendre("lettre_deposee"), "AVI", -2, statut="tenue")
    echeance(reprendre("dotation_active"), "DL-5", -3, "projet", statut="echue")
    assert retards(instructeur[1]) == []
    echeance(reprendre("lettre_deposee"), "AVI", -3, statut="echue")
    echeance(reprendre("lettre_incomplete"), "DL-10", -3, statut="echue")
    assert retards(instructeur[1]) == ["AVI", "DL-10"]


def test_une_tache_ouverte_est_un_retard_jusqu_a_ce_qu_elle_soit_faite(reprendre, echeance, instructeur):
    dossier = reprendre("amorcage_signe")
    x = echeance(dossier, "DL-5", -3, "projet", statut="echue", rang=1)
    with comme_portail():
        tache = Tache.objects.create(
            dossier=dossier,
            type="ouvrir_recuperation",
            cle=f"ouvrir_recuperation:projet:1:{x.dernier_jour}",
            qui="caisse",
            ouverte_le=MAINTENANT,
            **Tache.colonnes(dossier),
        )
    assert retards(instructeur[1]) == ["DL-5"]
    with comme_portail():
        Tache.objects.filter(pk=tache.pk).update(faite_le=MAINTENANT)
    assert retards(instructeur[1]) == []


def test_la_loi_n_attend_pas_le_passage(reprendre, echeance, instructeur):
    """CAL-9: due and not yet written down. A letter tacitly validated no longer awaits the caisse's avis; its projet's delay runs."""
    dossier = reprendre("lettre_deposee", bascule_le=MAINTENANT - timedelta(days=1))
    echeance(dossier, "DL-1", -2)
    echeance(dossier, "AVI", -20, statut="echue")
    echeance(reprendre("amorcage_signe"), "DL-2", -1, "projet")
    p = lire(instructeur[1])
    assert [x["attendu"] for x in p["en_retard"]] == ["Projet de santé (6 mois)"]
    assert p["comptes"]["tacites"] == 0
    assert p["couverture"].lignes[0][1][0].lettre == "C"


def test_le_dernier_jour_entier_est_a_l_usager(reprendre, echeance, instructeur):
    echeance(reprendre("amorcage_signe"), "DL-2", 0, "projet")
    p = lire(instructeur[1])
    assert (p["retards"].nombre, p["comptes"]["a_venir"]) == (0, 1)


def test_chacun_son_perimetre(reprendre, echeance, instructeur, administrateur, national, autre_ars, caisse):
    echeance(reprendre("lettre_deposee"), "DL-1", 5)
    bretagne = reprendre(
        "lettre_deposee",
        ars=autre_ars,
        caisse=Organisation.objects.filter(type="caisse", departement="35").first(),
        region="53",
        departements=["35"],
    )
    echeance(bretagne, "DL-1", 5)
    voisin = personne(autre_ars, Role.ARS_INSTRUCTEUR)[1]
    ordonnateur = personne(caisse, Role.CAISSE_ORDONNATEUR)[1]
    comptes = [
        lire(a)["comptes"]["tacites"] for a in (instructeur[1], administrateur[1], ordonnateur, voisin, national[1])
    ]
    assert comptes == [1, 1, 1, 1, 2]
    assert lire(national[1], region="53")["comptes"]["tacites"] == 1
    assert "Ille-et-Vilaine (35)" not in str(lire(administrateur[1])["couverture"].lignes)


def test_les_filtres_de_l_adresse(reprendre, echeance, administrateur, client):
    echeance(reprendre("lettre_deposee"), "DL-1", 5)
    echeance(reprendre("lettre_deposee", departements=["81"], groupes=["neurologie"], specialites=["SM28"]), "DL-1", 5)
    assert [
        lire(administrateur[1], **f)["comptes"]["tacites"]
        for f in ({}, {"departement": "81"}, {"groupe": "cardiologie"})
    ] == [2, 1, 1]
    client.force_login(administrateur[0])
    with horloge.figer(MAINTENANT):
        for adresse in (
            "/pilotage/",
            "/pilotage/?departement=81&specialite=neurologie",
            "/pilotage/?departement=';--&specialite=%00",
            "/pilotage/?departement=999",
        ):
            assert client.get(adresse).status_code == 200


def test_un_nombre_constant_de_requetes(reprendre, echeance, administrateur):
    comptes = []
    for _ in range(2):
        for rang in range(6):
            dossier = reprendre("lettre_deposee" if rang % 2 else "amorcage_signe")
            echeance(dossier, "DL-1" if rang % 2 else "DL-2", 5 if rang % 2 else -5, "lettre" if rang % 2 else "projet")
        with contexte(administrateur[1]), CaptureQueriesContext(connection) as requetes:
            page(administrateur[1], Filtres(), MAINTENANT)
        comptes.append(len(requetes))
    assert comptes[0] == comptes[1] <= 18


def test_la_couverture_dit_l_etape_la_plus_avancee_en_mots(reprendre, echeance, administrateur):
    reprendre("dotation_active", departements=["31"])
    echeance(reprendre("amorcage_signe", departements=["31"]), "DL-2", -1, "projet")
    reprendre("clos", departements=["09"])
    couverture = lire(administrateur[1])["couverture"]
    assert [nom for nom, _ in couverture.lignes] == ["Haute-Garonne (31)"]
    case = couverture.lignes[0][1][0]
    assert (case.lettre, case.mots, case.retards) == ("D", "dotation active", 1)


def test_la_couverture_compte_tous_les_etats_de_l_etape(reprendre, administrateur):
    for statut in ("lettre_validee", "amorcage_signe", "amorcage_signe", "lettre_deposee"):
        reprendre(statut, departements=["31"])
    case = lire(administrateur[1])["couverture"].lignes[0][1][0]
    assert (case.lettre, case.nombre) == ("C", 3)


def test_le_calendrier_couvre_six_mois_sans_trou():
    calendrier = dessiner({JOUR: (1, 1), JOUR + timedelta(days=40): (7, 0)}, JOUR)
    assert (calendrier.total, calendrier.tacites) == (8, 1)
    assert len(calendrier.cellules) == 27 * 7
    assert dernier_jour(JOUR) == date(2026, 11, 1)
    pleines = [c for c in calendrier.cellules if c.nombre]
    assert [(c.nombre, c.niveau, c.tacites) for c in pleines] == [(1, 1, 1), (7, 4, 0)]


def test_le_titre_du_tableau_dit_l_horizon_du_jour(reprendre, echeance, instructeur):
    """Its words follow the setting, as the count above it does."""
    JeuParametres.objects.create(
        valide_du=JOUR,
        valeurs=Parametres().valeurs() | {"horizon_echeances": "45 jours"},
        source="Essai",
        cree_le=MAINTENANT,
    )
    echeance(reprendre("lettre_deposee"), "DL-1", 40)
    with horloge.figer(MAINTENANT):
        texte = client_de(instructeur[0]).get("/pilotage/").content.decode()
    assert "Échéances sous 45 jours, de la plus proche à la plus lointaine" in texte
    assert "trente prochains jours" not in texte
