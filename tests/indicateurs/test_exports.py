"""Exports: what is in the file is what its reader sees, when it is made and when it is downloaded; done once whoever dies."""

from __future__ import annotations

import csv
import uuid
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from dossiers.models import Dossier, Tache
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Rattachement
from ess_portal.journal import relais
from ess_portal.journal.models import Courriel, Envoi, Evenement
from ess_portal.socle import horloge, tableur
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from indicateurs.activite.page import page as page_activite
from indicateurs.exports import fichiers, registre, service
from indicateurs.models import Export, Rapport
from indicateurs.pilotage.echeances import Filtres as FiltresTableau
from tests.fabriques import client_de, make_dossier
from tests.outillage.vies import Vies

pytestmark = pytest.mark.django_db
LIEUX = {"lettre_deposee": "31", "projet_depose": "30", "dotation_active": "81"}
PIEGES = ("=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\x00=1", "＝1", "＠1")


@pytest.fixture
def region():
    return Vies.mener("exports", lambda: {s: make_dossier(s, departement=code) for s, code in LIEUX.items()})


@pytest.fixture
def d(region):
    d = region["lettre_deposee"].distribution
    with horloge.figer(d.maintenant):
        yield d


def demander(
    d, liste: str = "dossiers", requete: str = "onglet=tous", format_: str = "csv", qui: str = "instructeur", **champs
):
    with contexte(d.acteur(qui)):
        return service.demander(
            liste=liste, champs=QueryDict(requete), format_=format_, acteur=d.acteur(qui), maintenant=d.maintenant,
            **{"colonnes": [], "cle": uuid.uuid4(), **champs},
        )  # fmt: skip


def faire(export: Export) -> Export:
    relais.vider(types=("export",))
    with comme_portail():
        return Export.objects.get(pk=export.pk)


def lus(export: Export) -> list[dict[str, str]]:
    texte = fichiers.absolu(export.chemin).read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(StringIO(texte), delimiter=";"))


def prendre(client, export: Export):
    """The answer and the whole file."""
    reponse = client.get(reverse("export_fichier", args=[export.pk]))
    return reponse, b"".join(reponse.streaming_content) if reponse.streaming else reponse.content


def test_un_export_de_la_page_au_fichier(d, region, settings):
    client = client_de(d.utilisateur("instructeur"))
    assert "Exporter cette liste" in client.get("/dossiers/?onglet=tous").content.decode()
    page = client.get(reverse("export_nouveau", args=["dossiers"]), {"onglet": "tous", "statut": "projet_depose"})
    assert "Projet de santé déposé" in page.content.decode()
    envoi = {
        "cle": str(uuid.uuid4()),
        "filtres": "onglet=tous&statut=projet_depose&tri=nom",
        "format": "xlsx",
        "colonnes": ["nom", "numero"],
    }
    nouveau = reverse("export_nouveau", args=["dossiers"])
    fautes = (
        {"colonnes": ["mot_de_passe"]},
        {"colonnes": []},
        {"format": "exe"},
        {"cle": "x"},
        {"filtres": "statut=envole"},
        {"filtres": "depose_du=hier"},
    )
    for faux in fautes:  # fmt: skip
        reponse = client.post(nouveau, envoi | faux)
        assert reponse.status_code == 422, faux
        assert "L’export n’est pas demandé" in reponse.content.decode()
    assert client.get(nouveau, {"statut": "envole"}).status_code == 422
    with comme_portail():
        assert not Export.objects.exists()
    suite = client.post(nouveau, envoi)
    assert client.post(nouveau, envoi)["Location"] == suite["Location"], "deux clics, un export"
    attente = client.get(suite["Location"]).content.decode()
    assert "Votre demande est enregistrée" in attente
    assert 'http-equiv="refresh"' in attente
    with comme_portail():
        export = faire(Export.objects.get())
    assert (export.etat, export.lignes) == ("pret", 1)
    assert "Télécharger le fichier" in client.get(suite["Location"]).content.decode()
    reponse, octets = prendre(client, export)
    assert reponse["Content-Disposition"].startswith("attachment")
    assert "sandbox" in reponse["Content-Security-Policy"]
    classeur = load_workbook(BytesIO(octets))
    assert [[c.value for c in r] for r in classeur.active.iter_rows()] == [
        ["Numéro", "Équipe", "Situation au"],
        [
            region["projet_depose"].numero,
            region["projet_depose"].nom,
            (d.maintenant + timedelta(hours=1)).replace(tzinfo=None),
        ],
    ]
    assert ("Étape", "Projet de santé déposé") in [(a.value, b.value) for a, b in classeur["À propos"].iter_rows()]
    # A colleague, a neighbour and another of one's organisations do not have it.
    for autre in ("signataire", "gestionnaire", "porteur"):
        assert client_de(d.utilisateur(autre)).get(suite["Location"]).status_code == 404
    relais.vider(types=("courriel",))
    with comme_portail():
        (mail,) = Courriel.objects.filter(sujet__startswith="Export prêt") or [None]
        assert mail is None or suite["Location"] in mail.texte
        assert set(Evenement.objects.filter(type__startswith="export_").values_list("type", flat=True)) == {
            *("export_demande", "export_fait", "export_telecharge"),
        }
        # Delivered again, it is done once.
        assert service.executer({"export": str(export.pk)}, "encore") == "Prêt"
        assert Envoi.objects.filter(cle=f"export_pret:{export.pk}").count() == 1
    assert "Mes exports" in client.get(reverse("exports")).content.decode()


def test_chaque_liste_et_chaque_format_disent_ce_que_la_page_montre(d, region):
    with comme_portail():
        Dossier.objects.filter(pk=region["lettre_deposee"].pk).update(nom="=HYPERLINK(0)")
        dote = Dossier.objects.get(pk=region["dotation_active"].pk)
        partis = {"ars": dote.ars, "caisse": dote.caisse, "equipe": dote.equipe, "ouverte_le": d.maintenant}
        Tache.objects.create(dossier=dote, type="controle_annuel", cle="essai", qui="caisse", **partis)
        Rapport.objects.create(
            dossier=dote, annee=9, debut=d.jour, fin=d.jour, statut="depose", depose_le=d.maintenant, enregistre_le=d.maintenant,
            solde=Decimal("-3.50"), **dict.fromkeys(Rapport.INDICATEURS, 1),
        )  # fmt: skip
    for code, decrite in registre.LISTES.items():
        lignes = lus(faire(demander(d, code, "onglet=tous" if code == "dossiers" else "")))
        assert lignes, code
        assert code != "rapports" or lignes[0]["Somme non employée"] == "-3,50"
        assert set(lignes[0]) == {c.titre for c in decrite.colonnes} | {"Situation au"}, code
    dossiers = {x["Numéro"]: x for x in lus(faire(demander(d)))}
    assert set(dossiers) == {x.numero for x in region.values()}
    un = dossiers[region["lettre_deposee"].numero]
    assert un["Équipe"] == "'=HYPERLINK(0)"
    assert (un["Étape"], un["Objet de l’échéance"]) == ("Lettre d’intention déposée", "Décision de l’ARS sur la lettre")
    assert dossiers[region["dotation_active"].numero]["FINESS"]
    ods = faire(demander(d, format_="ods"))
    classeur = CalamineWorkbook.from_path(fichiers.absolu(ods.chemin))
    assert classeur.sheet_names == ["Dossiers", "À propos"]
    assert len(classeur.get_sheet_by_index(0).to_python()) == 4
    # What the silence has decided is said as decided, written down or not (CAL-9).
    d.avancer(days=70)
    with horloge.figer(d.maintenant):
        un = {x["Numéro"]: x for x in lus(faire(demander(d)))}[region["lettre_deposee"].numero]
    assert region["lettre_deposee"].statut == "lettre_deposee"
    assert un["Étape"] == "Lettre d’intention validée"


def test_le_nombre_de_requetes_ne_depend_pas_des_lignes(d, region):
    """For each list, for each reader: as many questions for one row as for all."""
    for qui in ("instructeur", "gestionnaire", "national", "porteur"):
        acteur = d.acteur(qui)
        for code, decrite in registre.LISTES.items():
            if acteur.role not in decrite.roles:
                continue
            nombres = []
            for requete in ("recherche=introuvable&onglet=tous", "onglet=tous"):
                with contexte(acteur):
                    filtres = decrite.geler(QueryDict(requete if code == "dossiers" else ""), acteur)
                    list(decrite.lignes(acteur, filtres, d.maintenant))
                    with CaptureQueriesContext(connection) as requetes:
                        list(decrite.lignes(acteur, filtres, d.maintenant))
                nombres.append(len(requetes))
            assert len(set(nombres)) == 1, (qui, code, nombres)
            assert nombres[0] <= (14 if code == "activite" else 6), (qui, code)


def test_les_droits_sont_relus_quand_il_se_fait_et_quand_on_le_prend(d, region):
    client = client_de(d.utilisateur("instructeur"))
    pret = faire(demander(d))
    adresse = reverse("export_fichier", args=[pret.pk])
    assert prendre(client, pret)[0].status_code == 200
    dossier = Dossier.objects.filter(pk=region["projet_depose"].pk)
    with comme_portail():
        ars = dossier.values_list("ars", flat=True).get()
        dossier.update(ars=region["projet_depose"].caisse_id)
    reponse = client.get(adresse)
    assert reponse.status_code == 409
    assert "Un dossier de ce fichier ne relève plus de votre organisation" in reponse.content.decode()
    refait = client.post(reverse("export_refaire", args=[pret.pk]))
    with comme_portail():
        neuf = faire(Export.objects.exclude(pk=pret.pk).get())
    assert refait["Location"] == reverse("export", args=[neuf.pk])
    assert (neuf.lignes, prendre(client, neuf)[0].status_code) == (2, 200)
    with comme_portail():
        dossier.update(ars=ars)
    # Asked for, then his access is withdrawn: nothing is made, nobody is written to.
    avant = Envoi.objects.filter(type="courriel").count()
    attendu = demander(d)
    Rattachement.objects.filter(utilisateur=d.utilisateur("instructeur")).update(retire_le=d.maintenant)
    refuse = faire(attendu)
    assert (refuse.etat, refuse.chemin) == ("refuse", "")
    assert "n’appartient plus" in refuse.motif
    assert Envoi.objects.filter(type="courriel").count() == avant
    assert client.get(adresse).status_code in (302, 403)
    with pytest.raises(Interdit), contexte(d.acteur("porteur")):
        registre.liste("taches", d.acteur("porteur"))


def test_le_fichier_est_efface_au_bout_de_sa_semaine_et_refait_apres_une_mort(d, monkeypatch):
    export = demander(d)
    entier = tableur.verser

    def mourir(*arguments, **champs):
        entier(*arguments, **champs)
        raise OSError("le disque")

    monkeypatch.setattr(tableur, "verser", mourir)
    relais.vider(types=("export",))
    with comme_portail():
        assert Export.objects.get(pk=export.pk).etat == "demande"
        assert not Envoi.objects.filter(cle=f"export_pret:{export.pk}").exists()
        Envoi.objects.filter(type="export").update(bail_jusqua=None)
    monkeypatch.setattr(tableur, "verser", entier)
    fait = faire(export)
    chemin = fichiers.absolu(fait.chemin)
    assert service.effacer_echus(au=fait.expire_le - timedelta(seconds=1)) == 0
    client = client_de(d.utilisateur("instructeur"))
    with horloge.figer(fait.expire_le):
        assert client.get(reverse("export_fichier", args=[fait.pk])).status_code == 409
    with CapturerApresCommit():
        assert service.effacer_echus(au=fait.expire_le) == 1
    assert not chemin.exists()
    with comme_portail():
        assert Export.objects.get(pk=fait.pk).etat == "efface"
    assert "Effacé" in client.get(reverse("export", args=[fait.pk])).content.decode()
    # Too many at once.
    for _ in range(service.EN_ATTENTE_MAX):
        demander(d)
    with pytest.raises(Conflit, match="en préparation"):
        demander(d)


class CapturerApresCommit:
    """What a commit would set off, run at the end of the block."""

    def __enter__(self):
        self.debut = len(connection.run_on_commit)

    def __exit__(self, *_):
        suites, connection.run_on_commit[self.debut :] = connection.run_on_commit[self.debut :], []
        for _, suite, _ in suites:
            suite()


def test_rien_ne_s_execute_et_les_montants_restent_des_nombres():
    lignes = [
        ["Texte", "Montant", "Jour", "Instant"],
        *([p, Decimal("-12.50"), date(2026, 3, 1), datetime.combine(date(2026, 3, 1), time(8))] for p in PIEGES),
    ]
    for format_ in ("xlsx", "ods", "csv"):
        octets = BytesIO()
        tableur.verser(octets, format_, "Liste", iter(lignes), [("Liste", "=1")])
        if format_ == "csv":
            rangees = list(csv.reader(StringIO(octets.getvalue().decode("utf-8-sig")), delimiter=";"))
            assert {r[1] for r in rangees[1:]} == {"-12,50"}
        else:
            assert b"<f" not in octets.getvalue()
            rangees = CalamineWorkbook.from_filelike(BytesIO(octets.getvalue())).get_sheet_by_index(0).to_python()
            assert {(r[1], r[2]) for r in rangees[1:]} == {(-12.5, date(2026, 3, 1))}
        assert all(r[0].startswith("'") for r in rangees[1:]), format_
    cellules = load_workbook(BytesIO(_xlsx(lignes))).active["A"]
    assert {c.data_type for c in cellules} == {"s"}


def _xlsx(lignes) -> bytes:
    return tableur.ecrire("xlsx", "Liste", lignes)


def test_une_colonne_qui_n_existe_pas(d):
    with pytest.raises(ErreurMetier, match="n’existe pas dans cette liste"):
        demander(d, colonnes=["numero", "secret"])


def test_les_chiffres_d_un_tableau_de_bord_sont_ceux_de_la_page(d):
    """One row per figure; a filter that is no code is refused in a sentence."""
    export = faire(demander(d, "activite", ""))
    dits = {(r["Tableau"], r["Ligne"], r["Mesure"]): r["Valeur"] for r in lus(export)}
    with contexte(d.acteur("instructeur")):
        p = page_activite(d.acteur("instructeur"), FiltresTableau(), d.maintenant)
    for r in p["etapes"].rangs:
        assert dits["Où en sont les dossiers", r.libelle, "Dossiers"] == str(r.valeurs[0])
    assert dits["Délais d’instruction et silence", "Projet de santé", "Décisions"] == p["delais"][1]["decisions"]
    assert {t for t, *_ in dits} == {
        "Où en sont les dossiers", "Combien sont allés jusque-là", "Charge de chacun", "Rapports d’activité", "Délais d’instruction et silence",
    }  # fmt: skip
    with pytest.raises(ErreurMetier, match="Région"):
        demander(d, "activite", "region=%27--")
    with pytest.raises(Interdit):
        demander(d, "activite", "", qui="porteur")
