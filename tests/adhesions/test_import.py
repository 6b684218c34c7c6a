"""Lists of adhérents: a preview that says what will happen, all or nothing, and files that mean harm refused with a sentence."""

from __future__ import annotations

import zipfile
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from adhesions import selectors
from adhesions.effectifs import adherents_liberaux, effectif
from adhesions.models import Adhesion, LienSignature, ListeImportee
from adhesions.services import importer_liste
from adhesions.services.import_liste import LIGNES_MAXIMUM, apercu, confirmer_liste, deposer_liste, lire_fichier
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Utilisateur
from ess_portal.journal.models import Evenement
from ess_portal.socle import horloge, tableur
from ess_portal.socle.erreurs import Conflit, ErreurMetier

from .conftest import MIDI, rpps
from .test_ecrans import photo
from .test_effectifs import poser, une

ENTETE = "RPPS;Nom;Prénom;Spécialité;Mode d’exercice;Départements;Courriel;Signée le;Dernier jour;Motif de la sortie;Changement à compter du"


def fichier(*lignes: str, nom: str = "liste.csv", encodage: str = "utf-8") -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, "\r\n".join((ENTETE, *lignes)).encode(encodage))


def ligne(rang: int, suite: str = "SM04;libéral;31;;;;;", nom: str = "Roques") -> str:
    return f"{rpps(rang)};{nom};Camille;{suite}"


@pytest.fixture
def deposer(dossier, porteur):
    def faire(f: SimpleUploadedFile) -> ListeImportee:
        with contexte(porteur):
            return deposer_liste(numero=dossier.numero, fichier=f, acteur=porteur, maintenant=MIDI)

    return faire


@pytest.fixture
def voir(dossier, porteur):
    def faire(liste: ListeImportee):
        with contexte(porteur):
            return apercu(dossier, liste.lignes, maintenant=MIDI)

    return faire


@pytest.fixture
def importer(dossier, porteur):
    def faire(*lignes: str, **options) -> None:
        with contexte(porteur):
            importer_liste(numero=dossier.numero, fichier=fichier(*lignes, **options), acteur=porteur, maintenant=MIDI)

    return faire


def adherents() -> list[Adhesion]:
    with comme_portail():
        return list(Adhesion.objects.select_related("professionnel").order_by("pk"))


def test_une_liste_invite_et_ne_compte_personne(importer, dossier):
    importer(
        ligne(1, "Cardiologie et maladies vasculaires;lib;31, 32;C@EXEMPLE.fr;;;"),
        ligne(2, "SM04;mixte;81;;01/06/2026;;"),
    )
    invitee, annoncee = adherents()
    assert (invitee.etat, invitee.courriel, invitee.departements) == ("invitee", "c@exemple.fr", ["31", "32"])
    assert (annoncee.etat, annoncee.signature_annoncee_le) == ("invitee", date(2026, 6, 1))
    with comme_portail():
        assert LienSignature.objects.count() == 1, "une signature annoncée n’envoie pas de lien"
        assert effectif(dossier, date(2026, 7, 6)) == 0, "rien ne compte sans preuve (ADH-1)"
        assert Evenement.objects.filter(type="importer_adherents").count() == 1


@pytest.mark.parametrize(
    ("suite", "phrase"),
    [
        ("SM99;libéral;31;;;;;", "spécialité"),
        ("SM04;bénévole;31;;;;;", "mode d’exercice"),
        ("SM04;libéral;999;;;;;", "département"),
        ("SM04;libéral;31;pas-un-courriel;;;;", "courriel"),
        ("SM04;libéral;31;;31/02/2026;;;", "date"),
        ("SM04;libéral;31;;01/01/2030;;;", "futur"),
        ("SM04;libéral;31;;01/01/2026;01/02/2026;Départ;", "déjà terminée"),
        (";libéral;31;;;;;", "spécialité manque"),
    ],
)
def test_une_ligne_fausse_a_sa_phrase_et_rien_n_est_enregistre(importer, suite, phrase):
    with pytest.raises(ErreurMetier, match="rien n’est enregistré") as refus:
        importer(ligne(1), ligne(2, suite))
    assert phrase in str(refus.value.champs["fichier"])
    assert "Ligne 3" in str(refus.value.champs["fichier"])
    assert not adherents()


def test_deux_lignes_pour_un_professionnel(importer):
    with pytest.raises(ErreurMetier) as refus:
        importer(ligne(1), ligne(1))
    assert "déjà à la ligne 2" in str(refus.value.champs)


def test_ce_qui_va_se_passer(deposer, voir, dossier, inviter, porteur):
    with comme_portail():
        poser(dossier, [une(rang=n, entree=date(2026, 3, n)) for n in range(1, 5)])
        Adhesion.objects.update(nom="Roques", prenom="Camille")
    vu = voir(
        deposer(
            fichier(
                ligne(1),
                ligne(2, nom="Martin"),
                ligne(3, "SM04;libéral;31;;;30/06/2026;Départ;"),
                ligne(4, "SM04;mixte;31;;;;;01/06/2026"),
                ligne(5),
                "",
            )
        )
    )
    assert [(e.rang, e.action) for e in vu.entrees] == [
        (2, "inchange"), (3, "changement"), (4, "sortie"), (5, "changement"), (6, "ajout"),
    ]  # fmt: skip
    assert "compter du 1er\u00a0juin\u00a02026" in " ".join(vu.entrees[3].details)
    assert vu.applicable


def test_appliquer_compte_juste_avant_et_apres(importer, dossier):
    with comme_portail():
        poser(dossier, [une(rang=1, entree=date(2026, 3, 1)), une(rang=2, entree=date(2026, 3, 1))])
        Adhesion.objects.update(nom="Roques", prenom="Camille")
    importer(ligne(1, "SM04;hospitalier;31;;;;;01/06/2026"), ligne(2, "SM04;libéral;31;;;15/06/2026;Départ;"))
    with comme_portail():
        jours = (date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 16))
        assert [(effectif(dossier, j), adherents_liberaux(dossier, j)) for j in jours] == [(2, 2), (2, 1), (1, 0)]


def test_un_apercu_perime_est_refuse(deposer, voir, dossier, porteur, inviter):
    liste = deposer(fichier(ligne(1)))
    vue = voir(liste).empreinte
    inviter(rpps=rpps(50))
    with contexte(porteur), pytest.raises(Conflit, match="ont changé depuis cet aperçu"):
        confirmer_liste(numero=dossier.numero, liste=liste.pk, empreinte=vue, acteur=porteur, maintenant=MIDI)
    assert len(adherents()) == 1
    with contexte(porteur):
        nouvelle = apercu(dossier, liste.lignes, maintenant=MIDI).empreinte
        confirmer_liste(numero=dossier.numero, liste=liste.pk, empreinte=nouvelle, acteur=porteur, maintenant=MIDI)
        with pytest.raises(Conflit, match="déjà appliquée"):
            confirmer_liste(numero=dossier.numero, liste=liste.pk, empreinte=nouvelle, acteur=porteur, maintenant=MIDI)
        assert ListeImportee.objects.get().lignes == [], "une liste appliquée ne garde pas de noms"


def test_un_refus_du_service_annule_tout(importer, dossier, monkeypatch):
    """The second line is refused by its act: the first one is not kept."""
    with comme_portail():
        poser(dossier, [une(rang=2, entree=date(2026, 3, 1))])

    def refuser(*_: object, **__: object) -> None:
        raise Conflit("essai", "Refusé pour l’essai.")

    monkeypatch.setattr("adhesions.services.import_liste.sortir_adherent", refuser)
    with pytest.raises(ErreurMetier, match=r"Ligne 3.*Refusé pour l’essai"):
        importer(ligne(1), ligne(2, "SM04;libéral;31;;;30/06/2026;Départ;"))
    assert len(adherents()) == 1


@pytest.mark.parametrize("format_", ["csv", "xlsx", "ods"])
def test_reimporter_un_export_ne_change_rien(deposer, voir, dossier, porteur, inviter, format_):
    pieges = ("=HYPERLINK(0)", "+1", "-1", "@SUM(1)", "＝1+1", "'=1", "a\n=2", "Ligne 1\nLigne 2; «\u00a0x\u00a0»")
    with comme_portail():
        poser(
            dossier,
            [
                une(rang=n, entree=date(2026, 3, 1), sortie=date(2026, 5, 1) if n % 2 else None)
                for n in range(len(pieges))
            ],
        )
        for a, lieux in zip(Adhesion.objects.order_by("pk"), pieges, strict=True):
            Adhesion.objects.filter(pk=a.pk).update(lieux=lieux, nom=f"Nom {a.pk}", prenom=lieux.replace("\n", " "))
    inviter(rpps=rpps(60))
    with contexte(porteur):
        _, lignes = selectors.lignes_liste(dossier.numero, acteur=porteur, maintenant=MIDI)
    octets = tableur.ecrire(format_, "Adhérents", lignes)
    vu = voir(deposer(SimpleUploadedFile(f"export.{format_}", octets)))
    assert {e.action for e in vu.entrees} == {"inchange"}, [e for e in vu.entrees if e.action != "inchange"]
    assert len(vu.entrees) == len(pieges) + 1


def test_aucune_formule_ne_sort(dossier):
    pieges = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠1", "'=1", "''+1"]
    lignes = [["Nom"], *[[p] for p in pieges]]
    classeur = load_workbook(BytesIO(tableur.ecrire("xlsx", "A", lignes)))
    cellules = [c for rangee in classeur.active.iter_rows(min_row=2) for c in rangee]
    assert all(c.data_type == "s" and c.value.startswith("'") for c in cellules)
    texte = tableur.ecrire("csv", "A", lignes).decode("utf-8-sig")
    assert all(c.lstrip('"').startswith("'") for c in texte.replace("\r=", "R=").split("\r\n")[1:] if c)
    assert b"table:formula" not in tableur.ecrire("ods", "A", lignes)
    assert [tableur.rendre(tableur.neutraliser(p)) for p in pieges] == pieges


def classeur(remplir) -> bytes:
    w = Workbook()
    w.active.append(["RPPS", "Nom", "Spécialité", "Mode d’exercice"])
    remplir(w.active)
    octets = BytesIO()
    w.save(octets)
    return octets.getvalue()


def avec(octets: bytes, nom: str, contenu: bytes) -> bytes:
    """The same archive with one more member, or another content for one of its own."""
    sortie = BytesIO()
    with zipfile.ZipFile(BytesIO(octets)) as source, zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as cible:
        for membre in source.namelist():
            if membre != nom:
                cible.writestr(membre, source.read(membre))
        cible.writestr(nom, contenu)
    return sortie.getvalue()


def _rien(_feuille) -> None:
    """A heading alone."""


def _formule(feuille) -> None:
    feuille["B3"] = "=1+1"


def _fusion(feuille) -> None:
    feuille.merge_cells("A2:B2")


def _loin(feuille) -> None:
    feuille["XFD1048576"] = "x"


def _longue(feuille) -> None:
    for n in range(LIGNES_MAXIMUM + 1):
        feuille.append([n, "x"])


MACROS = b'<Types xmlns="x"><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'


@pytest.mark.parametrize(
    ("nom", "faire", "phrase"),
    [
        ("l.xlsx", lambda: classeur(_formule), r"formule \(cellule B3\)"),
        ("l.xlsx", lambda: classeur(_fusion), r"fusionnées \(cellules A2:B2\)"),
        ("l.xlsx", lambda: classeur(_loin), "dépasse"),
        ("l.xlsx", lambda: classeur(_longue), "dépasse 1000"),
        ("l.xlsm", lambda: classeur(_rien), "macros"),
        ("l.xlsx", lambda: avec(classeur(_rien), "[Content_Types].xml", MACROS), "macros"),
        ("l.xlsx", lambda: avec(classeur(_rien), "xl/vbaProject.bin", b"x"), "macros"),
        ("l.xlsx", lambda: avec(classeur(_rien), "xl/bombe.xml", b"0" * 200_000_000), "démesuré"),
        ("l.xlsx", lambda: avec(classeur(_rien), "xl/e.xml", b'<!DOCTYPE l [<!ENTITY a "b">]>'), "démesuré"),
        ("l.xlsx", lambda: classeur(_rien)[:200], "endommagé"),
        ("l.xlsx", lambda: b"", "vide"),
        ("l.ods", lambda: classeur(_rien), "ne correspond pas à son extension"),
        ("l.csv", lambda: classeur(_rien), "n’est pas une liste"),
        ("l.pdf", lambda: b"%PDF-1.4", "n’est pas une liste"),
        ("l.csv", lambda: b"Couleur;Taille\r\nbleu;3\r\n", "Il manque les colonnes"),
        ("l.csv", lambda: b"RPPS;Nom;Specialite;Mode\r\n=1;x;y;z\r\n", r"formule \(ligne 2, colonne 1\)"),
        ("l.csv", lambda: b'RPPS;Nom\r\n"1;x\r\n', "mal formée"),
        ("l.csv", lambda: b"RPPS;Nom\x00\r\n", "caractères de ce fichier"),
        ("l.csv", lambda: b"RPPS;Nom\r\n" + b"1;x\r\n" * 100_000, "dépasse 1000"),
    ],
)
def test_un_fichier_hostile_a_sa_phrase(deposer, nom, faire, phrase):
    with pytest.raises(ErreurMetier, match=phrase):
        deposer(SimpleUploadedFile(nom, faire()))
    with comme_portail():
        assert not ListeImportee.objects.exists()
        assert not Adhesion.objects.exists()


@pytest.mark.parametrize("encodage", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separateur", [";", ",", "\t"])
def test_encodages_et_separateurs(encodage, separateur):
    texte = separateur.join(("RPPS", "Nom")) + "\n" + separateur.join((rpps(1), "Éloïse"))
    _, lignes = lire_fichier(SimpleUploadedFile("l.csv", texte.encode(encodage)))
    assert lignes == [["RPPS", "Nom"], [rpps(1), "Éloïse"]]


def test_la_page_de_l_apercu(client, dossier, porteur, inviter):
    client.force_login(Utilisateur.objects.get(pk=porteur.utilisateur_id))
    page = f"/dossiers/{dossier.numero}/adherents/"
    with horloge.figer(MIDI):
        assert client.get(f"{page}importer/").status_code == 200
        assert client.post(f"{page}importer/", {"fichier": photo()}).status_code == 422
        reponse = client.post(f"{page}importer/", {"fichier": fichier(ligne(1))})
        assert reponse.status_code == 302
        lue = client.get(reponse["Location"])
        assert "Invitation" in lue.text
        assert not adherents()
        empreinte = lue.context["apercu"].empreinte
        assert client.post(reponse["Location"], {"empreinte": "0" * 64}).status_code == 409
        assert client.post(reponse["Location"], {"empreinte": empreinte}).status_code == 302
        assert client.get(reponse["Location"]).status_code == 404
        assert len(adherents()) == 1
        for format_ in tableur.TYPES:
            sortie = client.get(f"{page}liste.{format_}")
            assert sortie.status_code == 200
            assert "attachment" in sortie["Content-Disposition"]
        assert client.get(f"{page}liste.pdf").status_code == 404


def test_une_liste_oubliee_s_efface(deposer, porteur, dossier):
    ancienne = deposer(fichier(ligne(1)))
    with comme_portail():
        ListeImportee.objects.filter(pk=ancienne.pk).update(deposee_le=MIDI - timedelta(days=2))
    deposer(fichier(ligne(2)))
    with comme_portail():
        assert ListeImportee.objects.count() == 1
