"""Thresholds of a dossier: which figure is read, what a departure breaks, who is told, and how often."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from adhesions.models import Adhesion, Demographie
from adhesions.services import corriger_adhesion, sortir_adherent
from adhesions.services.demographie import importer_demographie
from adhesions.seuils import suivre
from dossiers import grille
from dossiers.models import Tache
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.referentiel.models import JeuParametres
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Interdit
from tests.fabriques import INSTANT, Distribution, client_de, make_adherents, make_dossier

pytestmark = pytest.mark.django_db
JOUR = date(2026, 3, 2)


def fichier(*lignes: str) -> SimpleUploadedFile:
    texte = "\n".join(("departement;specialite;liberaux;presents", *lignes))
    return SimpleUploadedFile("chiffres.csv", texte.encode(), content_type="text/csv")


def importer(d: Distribution, *lignes: str, jour: date = JOUR, qui: str = "instructeur"):
    acteur = d.acteur(qui)
    with contexte(acteur):
        return importer_demographie(
            fichier=fichier(*lignes), source="RPPS", date_comptage=jour, acteur=acteur, maintenant=d.maintenant
        )


def constat(d: Distribution, code: str):
    with comme_portail():
        return next(c for c in grille.constats(d.relire(), "lettre", d.jour) if c.code == code)


def test_les_chiffres_importes_l_emportent_quand_ils_couvrent_tout():
    d = make_dossier("lettre_deposee", departements=["31", "81"]).distribution
    assert constat(d, "CRI-4").constat == "20 adhérents libéraux sur 50, 5 requis."
    importer(d, "31;SM04;150;200")
    assert "sur 50" in constat(d, "CRI-4").constat
    bilan = importer(d, "31;SM04;150;200", "81;cardiologie;51;60")
    assert (bilan.nouveaux, bilan.changes, bilan.identiques) == (1, 0, 1)
    lu = constat(d, "CRI-4")
    assert (lu.constat, lu.conforme, lu.source) == (
        "20 adhérents libéraux sur 201, 21 requis.",
        False,
        "RPPS, 2\u00a0mars\u00a02026",
    )
    assert constat(d, "CRI-1d").constat.startswith("260 médecins")
    importer(d, "31;SM04;100;120", "81;SM04;20;20", jour=JOUR - timedelta(days=400))
    assert "sur 201" in constat(d, "CRI-4").constat


def test_un_import_faux_n_ecrit_rien_et_dit_chaque_ligne():
    d = make_dossier().distribution
    bilan = importer(d, "31;SM04;10;20", "35;SM04;10;20", "31;SM00;x;2")
    assert [n for n, _ in bilan.erreurs] == [3, 4, 4]
    assert not Demographie.objects.exists()
    assert importer(d, "35;SM04;10;20", qui="national").nouveaux == 1
    for qui in ("porteur", "gestionnaire", "regional"):
        with pytest.raises(Interdit):
            importer(d, "31;SM04;10;20", qui=qui)
    with comme_portail():
        assert Evenement.objects.get(type="importer_demographie").donnees["nouveaux"] == 1


def test_un_depart_qui_rompt_un_seuil_se_dit_une_fois_a_chacun():
    d = make_dossier("lettre_deposee", liberaux="50", adherents_declares="5").distribution
    adherents = make_adherents(d, 6)
    acteur = d.acteur("porteur")

    def sortir(adhesion: Adhesion, jour: date) -> None:
        with contexte(acteur):
            sortir_adherent(
                numero=d.numero,
                adhesion=adhesion.pk,
                date_sortie=jour,
                motif="Départ.",
                acteur=acteur,
                maintenant=d.maintenant,
            )

    d.avancer(days=20)
    sortir(adherents[0], d.jour)
    assert not taches(d)
    # To come: it counts until that day included, the target breaks on the next one.
    sortir(adherents[1], d.jour + timedelta(days=5))
    assert taches(d) == [f"seuil:creation:{d.jour + timedelta(days=6)}"]
    with comme_portail():
        envois = Envoi.objects.filter(cle__startswith="courriel:seuil:")
        assert {e.organisation_id for e in envois} | {e.charge["organisation"] for e in envois} >= {
            d.relire().equipe_id, d.relire().ars_id, d.relire().caisse_id,
        }  # fmt: skip
        assert envois.count() == 3
        assert Evenement.objects.filter(type="seuil_rompu").count() == 1
    sortir(adherents[2], d.jour + timedelta(days=9))
    assert len(taches(d)) == 1


def taches(d: Distribution) -> list[str]:
    with comme_portail():
        return list(Tache.objects.filter(dossier__numero=d.numero, type="seuil_rompu").values_list("cle", flat=True))


def test_plusieurs_specialites_par_groupe_et_au_total_DER_2():
    d = make_dossier("lettre_deposee", specialites=["SM04", "SM15"]).distribution
    make_adherents(d, 3, specialite="SM04")
    make_adherents(d, 1, specialite="SM15")
    importer(d, "31;SM04;30;40", "31;SM15;20;25")
    with comme_portail():
        dossier = d.relire()
        seuils = suivre(dossier, d.jour)
        faits = grille.rassembler(dossier, "lettre", d.jour)
    par_groupe = {s.groupe: (s.liberaux, s.adherents, s.paliers[0].requis) for s in (*seuils.groupes, seuils.total)}
    assert par_groupe[""] == (50, 4, 5)
    assert sorted(par_groupe.values()) == [(20, 1, 2), (30, 3, 3), (50, 4, 5)]
    assert {g: (c.liberaux, c.presents, c.adherents) for g, c in faits.par_groupe.items()} == {
        s.groupe: (s.liberaux, s.presents, s.adherents) for s in seuils.groupes
    }


def test_hospitaliers_et_autres_departements_ne_comptent_pas_C119():
    d = make_dossier("lettre_deposee", liberaux="101", medecins_presents="120", adherents_declares="11").distribution
    lignes = make_adherents(d, 12)
    acteur = d.acteur("porteur")
    for ligne in lignes[:2]:
        with contexte(acteur):
            corriger_adhesion(
                numero=d.numero, adhesion=ligne.pk, motif="Erreur.", corrections={"mode": "hospitalier"}, acteur=acteur,
                maintenant=d.maintenant,
            )  # fmt: skip
    with comme_portail():
        s = suivre(d.relire(), d.jour).total
    assert (s.adherents, s.paliers[0].requis) == (10, 11)


def test_la_page_se_lit_a_chaque_etape_en_un_nombre_constant_de_requetes():
    d = make_dossier("lettre_deposee").distribution
    client = client_de(d.utilisateur("porteur"))
    url = reverse("seuils", args=[d.numero])
    with horloge.figer(d.maintenant):
        vide = client.get(url).content.decode()
        assert "Pas encore de courbe" in vide
        assert "Annuaire santé" in vide
        assert "janvier\u00a02026" in vide
    make_adherents(d, 3)
    with horloge.figer(d.maintenant + timedelta(days=30)):
        client.get(url)
        with CaptureQueriesContext(connection) as trois:
            assert "<desc" in client.get(url).content.decode()
    make_adherents(d, 9)
    with horloge.figer(d.maintenant + timedelta(days=60)), CaptureQueriesContext(connection) as douze:
        client.get(url)
    assert len(trois) == len(douze)


def test_la_page_dit_les_taux_de_son_jeu():
    reglages = {"seuil_creation": 15, "seuil_intermediaire": 35, "seuil_cible": 60}
    with comme_portail():
        JeuParametres.objects.create(
            valide_du=JOUR, valeurs=Parametres().valeurs() | reglages, source="Essai", cree_le=INSTANT
        )
    d = make_dossier("lettre_deposee").distribution
    with horloge.figer(d.maintenant):
        page = client_de(d.utilisateur("porteur")).get(reverse("seuils", args=[d.numero])).content.decode()
    assert "au moins 15\u00a0% des libéraux" in page
    assert "puis 35\u00a0%, et 60\u00a0% à cinq ans" in page


def test_la_page_des_chiffres_est_a_l_ars_et_au_national():
    d = make_dossier().distribution
    for qui, statut in (("instructeur", 200), ("national", 200), ("porteur", 403), ("gestionnaire", 403)):
        assert client_de(d.utilisateur(qui)).get("/demographie/").status_code == statut
    with horloge.figer(d.maintenant):
        client = client_de(d.utilisateur("instructeur"))
        champs = {"source": "RPPS", "date_comptage": "2026-03-01"}
        refus = client.post("/demographie/", champs | {"fichier": fichier("35;SM04;1;2")})
        assert refus.status_code == 422
        assert "Ligne 2" in refus.content.decode()
        assert client.post("/demographie/", champs | {"fichier": fichier("31;SM04;1;2")}).status_code == 302
        assert "RPPS" in client.get("/demographie/").content.decode()
        plus_tard = champs | {"date_comptage": "2026-03-02"}
        client.post("/demographie/", plus_tard | {"fichier": fichier("31;SM04;3;4", "09;SM15;5;6")})
        texte = client.get("/demographie/").content.decode()
        assert "auparavant 1 libéral et 2 médecins présents, au 1er\u00a0mars\u00a02026" in texte
        assert texte.count('data-titre="Présents"') == 2
        filtre = client.get("/demographie/", {"departement": "09", "groupe": "x"}).content.decode()
        assert filtre.count('data-titre="Présents"') == 1
        assert (
            "Aucun chiffre n’est enregistré"
            in client.get("/demographie/", {"departement": "09", "groupe": "cardiologie"}).content.decode()
        )
