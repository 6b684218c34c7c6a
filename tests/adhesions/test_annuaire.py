"""The import of the directory's extract: what is kept, what is rejected and why, and that it is all or nothing."""

from __future__ import annotations

import threading
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from adhesions.annuaire import chercher, denombrer, importer_annuaire
from adhesions.models import Fiche, ImportAnnuaire, RejetAnnuaire
from ess_portal.comptes.locataire import comme_portail
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from tests.outillage.annuaire import ENTETE, NOM, Personne, ecrire, rpps

MAINTENANT = datetime(2026, 11, 22, 9, tzinfo=UTC)
TOULOUSE = ("31000", "31555", "TOULOUSE", "31")
HOPITAL, CABINET, CENTRE, PRIVE = ("S", "SA01"), ("L", "SA07"), ("S", "SA05"), ("L", "SA40")


def au(fichier_du: str) -> str:
    return f"PS_LibreAcces_Personne_activite_{fichier_du}.txt"


@pytest.fixture
def importer(tmp_path: Path):
    """Imports these people, or these lines, as an extract of the 15th of November."""

    def faire(*personnes: Personne, nom: str = NOM, octets: bytes | None = None) -> ImportAnnuaire:
        fichier = tmp_path / nom
        lignes = [ligne for personne in personnes for ligne in personne.lignes()]
        fichier.write_bytes(octets if octets is not None else ("\n".join([ENTETE, *lignes]) + "\n").encode())
        return importer_annuaire(fichier, maintenant=MAINTENANT)

    return faire


def activite(mode: str, secteur: str, lieu: tuple[str, ...] = TOULOUSE) -> tuple[str, ...]:
    return (mode, secteur, *lieu, "STRUCTURE")


@pytest.mark.preuve
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("nombre", "encodage", "guillemets"), [(6_000, "utf-8", False), (4_000, "cp1252", False), (4_000, "cp1252", True)]
)
def test_les_lignes_fautives_sont_dites_le_reste_est_garde(preuve, tmp_path, nombre, encodage, guillemets):
    fichier = tmp_path / NOM
    attendu = ecrire(fichier, nombre, encodage=encodage, guillemets=guillemets, fautes=5)
    fait = importer_annuaire(fichier, maintenant=MAINTENANT)
    assert fait.lignes == attendu.lignes
    assert dict(fait.rejets.values_list("ligne", "motif")) == attendu.rejets
    gardees = set(Fiche.objects.values_list("rpps", flat=True))
    assert gardees == attendu.personnes
    avant = list(Fiche.objects.values_list("pk", "lieux", "mode").order_by("pk"))
    encore = importer_annuaire(fichier, maintenant=MAINTENANT)
    assert (encore.ajoutees, encore.modifiees, encore.parties) == (0, 0, 0)
    assert encore.rejetees == len(attendu.rejets)
    assert list(Fiche.objects.values_list("pk", "lieux", "mode").order_by("pk")) == avant
    preuve.noter(cas=fait.lignes, fautes=0, plancher=nombre, rejets=fait.rejetees, personnes=fait.personnes)


@pytest.mark.django_db
def test_les_deux_encodages_disent_la_meme_chose(tmp_path):
    fichier = tmp_path / NOM
    ecrire(fichier, 2_000)
    importer_annuaire(fichier, maintenant=MAINTENANT)
    for encodage, guillemets in (("cp1252", False), ("utf-8-sig", True)):
        ecrire(fichier, 2_000, encodage=encodage, guillemets=guillemets)
        encore = importer_annuaire(fichier, maintenant=MAINTENANT)
        assert (encore.ajoutees, encore.modifiees, encore.parties, encore.rejetees) == (0, 0, 0, 0)
    assert Fiche.objects.filter(nom="Müller", prenom="Hélène").exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("activites", "mode"),
    [
        ([CABINET], "liberal"),
        ([CABINET, CABINET], "liberal"),
        ([HOPITAL], "hospitalier"),
        ([HOPITAL, CENTRE], "hospitalier"),
        ([CENTRE], "salarie"),
        ([CABINET, HOPITAL], "mixte"),
        ([CABINET, CENTRE], "mixte"),
        ([PRIVE, HOPITAL], "mixte"),
        ([("B", "SA28")], ""),
        ([("", "")], ""),
        ([CABINET, ("B", "SA28")], "liberal"),
    ],
)
def test_le_mode_vient_de_toutes_les_activites(importer, activites, mode):
    importer(Personne(rpps(1), activites=tuple(activite(*a) for a in activites)))
    assert Fiche.objects.get().mode == mode


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lieu", "attendu"),
    [
        (("31000", "31555", "TOULOUSE", "31"), ["31"]),
        (("75012", "", "PARIS", "075"), ["75"]),
        (("01000", "", "BOURG-EN-BRESSE", "1"), ["01"]),
        (("25304", "", "PONTARLIER CEDEX", ""), ["25"]),
        (("20090", "", "AJACCIO", ""), ["2A"]),
        (("20200", "", "BASTIA", ""), ["2B"]),
        (("20200", "2A004", "AJACCIO", ""), ["2A"]),
        (("97411", "97415", "SAINT-PAUL", ""), ["974"]),
        (("97133", "", "SAINT-BARTHELEMY", ""), ["977"]),
        (("97150", "", "SAINT-MARTIN", ""), ["978"]),
        (("", "", "", ""), []),
        (("98800", "98818", "NOUMEA", ""), None),
        (("00000", "", "", ""), None),
    ],
)
def test_le_departement_d_un_lieu(importer, lieu, attendu):
    fait = importer(Personne(rpps(1), activites=(activite(*CABINET, lieu),)), Personne(rpps(2)))
    if attendu is None:
        assert [(r.ligne, r.motif) for r in fait.rejets.all()] == [(2, "departement")]
    else:
        assert Fiche.objects.get(pk=rpps(1)).departements == attendu


@pytest.mark.django_db
def test_ce_qui_est_garde(importer):
    fait = importer(
        Personne(rpps(1), "L'HER", "JEAN-PIERRE", civilite="PR"),
        Personne(rpps(1), "L'HER", "JEAN-PIERRE", specialite="SM08", civilite="PR"),
        Personne(rpps(2), profession="60", specialite=""),
        Personne(rpps(3), profession="60", specialite="SI04"),
        Personne(rpps(4), specialite=""),
        Personne(rpps(5), categorie="E"),
        Personne(rpps(6), specialite="C17"),
    )
    assert fait.hors_champ == 2
    fiches = {fiche.pk: fiche for fiche in Fiche.objects.all()}
    assert set(fiches) == {rpps(rang) for rang in (1, 3, 4, 6)}
    assert str(fiches[rpps(1)]) == "Pr Jean-Pierre L'Her"
    assert fiches[rpps(1)].specialites == ["SM04", "SM08"]
    assert fiches[rpps(6)].specialites == []
    assert fiches[rpps(1)].lieux == [
        {"departement": "31", "mode": "L", "adresse": "CABINET MEDICAL, 8 Rue DES LILAS BLANCS, 31000 TOULOUSE"}
    ]
    assert not {"telephone", "courriel"} & {champ.name for champ in Fiche._meta.get_fields()}


@pytest.mark.django_db
def test_caracteres_piegeux(importer):
    piege = Personne(rpps(1), 'O"BRIEN\\D', "ÉLO\tDIE\u00a0ANNE")
    pleine = '"' + next(Personne(rpps(2), "MARTIN").lignes()).rstrip("|").replace("|", '"|"') + '"|'
    coupee = pleine.replace("CABINET MEDICAL", "CABINET | MEDICAL")
    sans_fin = next(Personne(rpps(3)).lignes())[:-1]
    lignes = [ENTETE, *piege.lignes(), coupee, sans_fin, ""]
    fait = importer(octets="\r\n".join(lignes).encode())
    assert (fait.personnes, fait.rejetees) == (3, 0)
    assert Fiche.objects.get(pk=rpps(1)).prenom == "Élo Die Anne"
    assert "CABINET | MEDICAL" in Fiche.objects.get(pk=rpps(2)).lieux[0]["adresse"]


@pytest.mark.django_db
def test_une_ligne_fautive_deux_fois_n_a_qu_un_motif(importer):
    fait = importer(
        Personne(rpps(1)), Personne(rpps(1)), Personne(rpps(2), specialite="SM99"), Personne(rpps(2), specialite="SM99")
    )
    assert list(fait.rejets.values_list("ligne", "motif", "precision")) == [
        (3, "doublon", "Déjà lue à la ligne 2"),
        (4, "specialite", "Code lu\u00a0: SM99"),
        (5, "specialite", "Code lu\u00a0: SM99"),
    ]


@pytest.mark.django_db
def test_une_absente_reste_lisible_et_peut_revenir(importer):
    importer(Personne(rpps(1)), Personne(rpps(2)))
    fait = importer(Personne(rpps(1)), nom=au("202611200900"))
    assert (fait.ajoutees, fait.modifiees, fait.parties) == (0, 0, 1)
    assert Fiche.objects.get(pk=rpps(2)).absente_le == date(2026, 11, 20)
    assert [f.pk for f in chercher("martin")] == [rpps(1)]
    assert importer(Personne(rpps(1)), nom=au("202611210900")).parties == 0
    assert importer(Personne(rpps(1)), Personne(rpps(2)), nom=au("202611220900")).modifiees == 1
    assert Fiche.objects.get(pk=rpps(2)).absente_le is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("nom", "octets", "phrase"),
    [
        (NOM, b"", "n’est pas l’extrait".encode()),
        (NOM, b"Nom;RPPS\nMartin;1\n", "n’est pas l’extrait".encode()),
        (NOM, "|".join(ENTETE.split("|")[:40]).encode() + b"\n", b"compte 40 colonnes"),
        (NOM, ENTETE.replace("Code mode exercice", "Mode").encode() + b"\n", b"La colonne 18 de ce fichier"),
        (NOM, f"{ENTETE}\n".encode(), "que sa ligne d’entête".encode()),
        (NOM, f"{ENTETE}\n0|X|X|".encode() + b"|" * 53 + b"\n", b"Aucun professionnel"),
        (NOM, f"{ENTETE}\n8|10000000009|810".encode(), "coupée".encode()),
        ("extrait.txt", f"{ENTETE}\n".encode(), "gardez celui d’origine".encode()),
        (au("202699999999"), f"{ENTETE}\n".encode(), "gardez celui d’origine".encode()),
        (au("203001010000"), f"{ENTETE}\n".encode(), "dans l’avenir".encode()),
    ],
)
def test_un_fichier_refuse_ne_laisse_rien(importer, nom, octets, phrase):
    with pytest.raises(ErreurMetier) as refus:
        importer(nom=nom, octets=octets)
    assert phrase.decode() in refus.value.message
    assert not ImportAnnuaire.objects.exists()


@pytest.mark.django_db
def test_un_extrait_plus_ancien_est_refuse(importer):
    importer(Personne(rpps(1)))
    with pytest.raises(Conflit, match="plus ancien que le dernier importé, qui date du 15"):
        importer(Personne(rpps(2)), nom=au("202611140830"))
    assert Fiche.objects.count() == 1


@pytest.mark.django_db
def test_l_archive_publiee(tmp_path, capsys):
    ecrire(tmp_path / NOM, 500)
    archive = tmp_path / "PS_LibreAcces.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as contenu:
        contenu.write(tmp_path / NOM, NOM)
        contenu.writestr("PS_LibreAcces_SavoirFaire_202611150830.txt", "autre")
    call_command("importer_annuaire", str(archive))
    sortie = capsys.readouterr()
    assert "500 lignes en" in sortie.out
    assert "100\u00a0%" in sortie.err
    with pytest.raises(CommandError, match="Il n’y a pas de fichier"):
        call_command("importer_annuaire", str(tmp_path / "absent.zip"))


@pytest.mark.django_db(transaction=True)
def test_interrompu_il_ne_laisse_rien_et_se_relance(tmp_path):
    fichier = tmp_path / NOM
    ecrire(fichier, 20_000)
    autre = connection.copy()

    def couper(lus: int, taille: int, lignes: int) -> None:
        with connection.cursor() as curseur:
            curseur.execute("SELECT pg_backend_pid()")
            pid = curseur.fetchone()[0]
        with autre.cursor() as tueur:
            tueur.execute("SELECT pg_terminate_backend(%s)", [pid])

    with pytest.raises(Exception, match=r"terminating|closed|connection"):
        importer_annuaire(fichier, maintenant=MAINTENANT, suivi=couper)
    connection.close()
    autre.close()
    assert not Fiche.objects.exists()
    assert not ImportAnnuaire.objects.exists()
    assert importer_annuaire(fichier, maintenant=MAINTENANT).lignes == 20_000


@pytest.mark.django_db(transaction=True)
def test_deux_imports_a_la_fois_le_second_est_refuse(tmp_path):
    fichier = tmp_path / NOM
    ecrire(fichier, 2_000)
    refus: list[Exception] = []

    def second() -> None:
        try:
            importer_annuaire(fichier, maintenant=MAINTENANT)
        except Conflit as echec:
            refus.append(echec)
        finally:
            connection.close()

    def suivre(*_: int) -> None:
        if not refus:
            fil = threading.Thread(target=second)
            fil.start()
            fil.join()

    importer_annuaire(fichier, maintenant=MAINTENANT, suivi=suivre)
    assert [r.code for r in refus] == ["annuaire_en_cours"]
    assert ImportAnnuaire.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("modele", [Fiche, ImportAnnuaire, RejetAnnuaire])
def test_seul_le_portail_ecrit(importer, modele):
    importer(Personne(rpps(1)), Personne(rpps(1)))
    assert modele.objects.exists()
    with pytest.raises(Exception, match="ne s’écrit que par un import"):
        modele.objects.all().delete()


@pytest.mark.django_db
def test_denombrer(importer, django_assert_num_queries):
    importer(
        Personne(rpps(1)),
        Personne(rpps(2), activites=(activite(*HOPITAL),)),
        Personne(
            rpps(3), specialite="SM32", activites=(activite(*HOPITAL), activite(*CABINET, ("32000", "", "AUCH", "")))
        ),
        Personne(rpps(4), activites=(activite(*CABINET, ("35000", "", "RENNES", "")),)),
        Personne(rpps(5), profession="60", specialite="SI04"),
    )
    with django_assert_num_queries(1):
        d = denombrer(["cardiologie", "neurologie", "inconnu"], ["31"])
    assert (d.liberaux, d.presents, d.extrait_le) == (1, 3, date(2026, 11, 15))
    assert d.par_groupe == {"cardiologie": (1, 2), "neurologie": (0, 1), "inconnu": (0, 0)}
    assert denombrer(["neurologie"], ["31", "32"]).liberaux == 1
    assert (denombrer([], ["31"]).presents, denombrer(["cardiologie"], []).presents) == (0, 0)


@pytest.mark.django_db
def test_denombrer_sans_import():
    d = denombrer(["cardiologie"], ["31"])
    assert (d.liberaux, d.presents, d.extrait_le) == (0, 0, None)


@pytest.mark.django_db
def test_chercher(importer):
    importer(
        Personne(rpps(1), "LE GOFF", "HÉLÈNE"),
        Personne(rpps(2), "PELLETIER-ROUX", "JEAN-PIERRE"),
        Personne(rpps(3), "HELENOS", "PAUL"),
        Personne(rpps(4), "BŒUF", "ANAÏS"),
    )

    def trouves(texte: str) -> list[str]:
        return [fiche.nom for fiche in chercher(texte)]

    assert trouves("hélène") == trouves("HELENE") == ["Le Goff"]
    assert trouves("helen") == ["Helenos", "Le Goff"], "les noms d’abord"
    assert trouves("pier roux") == trouves("ROUX, Pierre") == ["Pelletier-Roux"]
    assert trouves("boeuf") == trouves("bœuf") == ["Bœuf"]
    assert trouves("go") == trouves("") == trouves("***") == trouves("' & |") == []
    assert trouves(rpps(2)) == trouves(f"8{rpps(2)}") == trouves(f"{rpps(2)[:3]} {rpps(2)[3:]}") == ["Pelletier-Roux"]
    assert len(chercher("100")) == 4
    assert trouves("123456789012") == []


@pytest.mark.django_db
def test_la_recherche_lit_un_index(tmp_path):
    ecrire(tmp_path / NOM, 30_000, part=1)
    fait = importer_annuaire(tmp_path / NOM, maintenant=MAINTENANT)
    assert fait.personnes >= 20_000
    with connection.cursor() as curseur:
        for requete, index in (
            ("mots @@ to_tsquery('simple', 'garcia:* & zoe:*')", "annuaire_fiche_mots"),
            ("rpps BETWEEN '10000100000' AND '10000199999'", "annuaire_fiche_pkey"),
            ("departements && '{31}'::varchar[] AND specialites && '{SM04}'::varchar[]", "annuaire_fiche_territoire"),
        ):
            curseur.execute(f"EXPLAIN SELECT * FROM annuaire_fiche WHERE absente_le IS NULL AND {requete}")
            plan = "\n".join(ligne for (ligne,) in curseur.fetchall())
            assert index in plan, plan
    assert 0 < len(chercher("garcia zoé")) <= 10


@pytest.mark.django_db
def test_l_evenement_est_au_journal(importer):
    from ess_portal.journal.models import Evenement

    importer(Personne(rpps(1)))
    with comme_portail():
        assert Evenement.objects.filter(type="importer_annuaire", donnees__personnes=1).exists()
