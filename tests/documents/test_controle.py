"""B31, B32, B34: the content decides, bombs are refused quickly, names come out clean."""

import io
import time

import pytest
from PIL import Image

from ess_portal.documents.controle import formats, parent
from ess_portal.documents.controle.refus import FichierRefuse, Motif
from tests.documents import fichiers as f

HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
EXE = b"MZ\x90\x00" + b"\0" * 200

ACCEPTES = {
    "pdf": ("statuts.pdf", f.pdf),
    "jpeg": ("plan.JPG", f.image),
    "png": ("plan.png", lambda: f.image("PNG")),
    "docx": ("projet.docx", f.docx),
    "docx_lien": ("projet.docx", lambda: f.relation_externe("hyperlink")),
    "docx_graphique": ("projet.docx", lambda: f.docx_avec("word/embeddings/Feuille1.xlsx", f.xlsx())),
    "xlsx": ("effectif.xlsx", f.xlsx),
    "odt": ("projet.odt", f.odt),
    "ods": ("effectif.ods", f.ods),
    "points": ("statuts.v2.2026.pdf", f.pdf),
}

REFUSES = {
    "html_en_pdf": ("a.pdf", lambda: HTML, Motif.TYPE),
    "svg_en_png": ("a.png", lambda: SVG, Motif.TYPE),
    "js_en_pdf": ("a.pdf", lambda: b"alert(document.cookie)", Motif.TYPE),
    "php_en_jpg": ("a.jpg", lambda: b"<?php system($_GET['c']); ?>", Motif.TYPE),
    "exe_en_pdf": ("a.pdf", lambda: EXE, Motif.TYPE),
    "exe": ("a.exe", lambda: EXE, Motif.EXTENSION),
    "svg": ("a.svg", lambda: SVG, Motif.EXTENSION),
    "html": ("a.html", lambda: HTML, Motif.EXTENSION),
    "doc": ("a.doc", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, Motif.EXTENSION),
    "doc_en_docx": ("a.docx", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, Motif.TYPE),
    "sans_extension": ("statuts", f.pdf, Motif.EXTENSION),
    "double_extension": ("contrat.pdf.exe", f.pdf, Motif.EXTENSION),
    "programme_cache": ("contrat.exe.pdf", f.pdf, Motif.NOM),
    "pdf_en_docx": ("a.docx", f.pdf, Motif.DISCORDANCE),
    "png_en_jpg": ("a.jpg", lambda: f.image("PNG"), Motif.DISCORDANCE),
    "gif_en_jpg": ("a.jpg", lambda: f.image("GIF"), Motif.TYPE),
    "xlsx_en_docx": ("a.docx", f.xlsx, Motif.DISCORDANCE),
    "zip_en_docx": ("a.docx", lambda: f.archive({"notes.txt": "x"}), Motif.TYPE),
    "pdf_tronque": ("a.pdf", lambda: f.pdf()[:200], Motif.ILLISIBLE),
    "pdf_vide": ("a.pdf", lambda: b"%PDF-1.7\n%%EOF", Motif.ILLISIBLE),
    "pdf_prefixe": ("a.pdf", lambda: b"\n\n" + f.pdf(), Motif.TYPE),
    "polyglotte_pdf_zip": ("a.pdf", lambda: f.pdf() + f.archive({"x": "y"}), Motif.POLYGLOTTE),
    "polyglotte_pdf_html": ("a.pdf", lambda: f.pdf().replace(b"\n", b"\n%<script>alert(1)</script>\n", 1), Motif.POLYGLOTTE),
    "polyglotte_suffixe": ("a.pdf", lambda: f.pdf() + b"<html>", Motif.POLYGLOTTE),
    "polyglotte_zip_commentaire": ("a.docx", lambda: f.archive({"[Content_Types].xml": f.TYPES_DOCX}, commentaire=HTML), Motif.POLYGLOTTE),
    "pdf_chiffre": ("a.pdf", f.pdf_chiffre, Motif.CHIFFRE),
    "pdf_restreint": ("a.pdf", lambda: f.pdf_chiffre(""), Motif.CHIFFRE),
    "pdf_javascript": ("a.pdf", f.pdf_javascript, Motif.ACTIF),
    "pdf_javascript_page": ("a.pdf", f.pdf_javascript_page, Motif.ACTIF),
    "pdf_nom_voile": ("a.pdf", f.pdf_nom_voile, Motif.ACTIF),
    "pdf_lancement": ("a.pdf", f.pdf_lancement, Motif.ACTIF),
    "pdf_envoi": ("a.pdf", f.pdf_formulaire_envoye, Motif.ACTIF),
    "pdf_xfa": ("a.pdf", f.pdf_xfa, Motif.ACTIF),
    "pdf_incorpore": ("a.pdf", f.pdf_incorpore, Motif.INCORPORE),
    "pdf_bombe": ("a.pdf", f.pdf_bombe, Motif.BOMBE),
    "pdf_pages": ("a.pdf", lambda: f.pdf(pages=1_200), Motif.TROP_DE_PAGES),
    "docm": ("a.docm", f.docm, Motif.MACRO),
    "docm_en_docx": ("a.docx", f.docm, Motif.MACRO),
    "xlsm": ("a.xlsm", f.xlsx, Motif.MACRO),
    "vba_cache": ("a.xlsx", lambda: f.xlsx(**{"xl/vbaProject.bin": b"x"}), Motif.MACRO),
    "odt_macro": ("a.odt", lambda: f.odt(**{"Basic/Standard/Module1.xml": "<x/>"}), Motif.MACRO),
    "odt_chiffre": ("a.odt", lambda: f.odt(**{"META-INF/manifest.xml": "<manifest:encryption-data/>"}), Motif.CHIFFRE),
    "docx_activex": ("a.docx", lambda: f.docx_avec("word/activeX/activeX1.bin", b"x"), Motif.ACTIF),
    "docx_ole": ("a.docx", lambda: f.docx_avec("word/embeddings/oleObject1.bin", b"x"), Motif.ACTIF),
    "docx_incorpore": ("a.docx", lambda: f.docx_avec("word/embeddings/charge.bin", b"x"), Motif.INCORPORE),
    "docx_modele_distant": ("a.docx", lambda: f.relation_externe("attachedTemplate"), Motif.EXTERNE),
    "docx_image_distante": ("a.docx", lambda: f.relation_externe("image"), Motif.EXTERNE),
    "docx_evasion": ("a.docx", lambda: f.docx_avec("../../etc/cron.d/x", b"x"), Motif.ILLISIBLE),
    "xlsx_milliard": ("a.xlsx", f.xlsx_milliard, Motif.BOMBE),
    "zip_bombe": ("a.docx", f.bombe_zip, Motif.BOMBE),
    "zip_entrees": ("a.docx", f.zip_cent_mille, Motif.BOMBE),
    "png_geant": ("a.png", f.png_geant, Motif.IMAGE_GEANTE),
    "jpeg_tronque": ("a.jpg", lambda: f.image(taille=(900, 900))[:300], Motif.ILLISIBLE),
}  # fmt: skip


def juger(nom: str, contenu: bytes, dossier) -> str:
    source = dossier / "recu"
    source.write_bytes(contenu)
    propre = formats.nom_propre(nom)
    return parent.controler(source, dossier / "propre", formats.format_annonce(propre))


@pytest.mark.parametrize("cas", ACCEPTES)
def test_fichier_accepte(cas, tmp_path):
    nom, construire = ACCEPTES[cas]
    assert juger(nom, construire(), tmp_path) == formats.PAR_EXTENSION[nom.lower().rpartition(".")[2]]


@pytest.mark.parametrize("cas", REFUSES)
def test_fichier_hostile_refuse(cas, tmp_path):
    nom, construire, attendu = REFUSES[cas]
    contenu = construire()
    debut = time.perf_counter()
    with pytest.raises(FichierRefuse) as refus:
        juger(nom, contenu, tmp_path)
    assert refus.value.motif == attendu
    assert refus.value.phrase.endswith(".")
    assert "{" not in refus.value.phrase
    assert time.perf_counter() - debut < 10


def test_la_table_des_fichiers_hostiles_n_est_pas_vide():
    assert len(REFUSES) >= 50


def test_image_recodee_sans_exif_ni_commentaire(tmp_path):
    source = f.jpeg_gps()
    assert b"Exif" in source
    juger("photo.jpg", source, tmp_path)
    propre = (tmp_path / "propre").read_bytes()
    assert not any(trace in propre for trace in (b"Exif", b"script", b"docteur"))
    with Image.open(io.BytesIO(propre)) as image:
        assert image.size == (60, 40)
        assert not image.getexif()


@pytest.mark.parametrize(
    ("brut", "attendu"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\x\\bail.pdf", "bail.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf"),
        ("fdp\u202egnp.pdf", "fdpgnp.pdf"),
        ("étude d’opportunité.PDF", "étude d’opportunité.pdf"),
        ("e\u0301tude.pdf", "étude.pdf"),
        ("con.pdf", "_con.pdf"),
        (".pdf", "fichier.pdf"),
        ("", "fichier"),
        ("a\u00a0b.pdf", "a b.pdf"),
        ('a"b;c*.pdf', "a_b_c_.pdf"),
    ],
)
def test_nom_propre(brut, attendu):
    assert formats.nom_propre(brut) == attendu


def test_nom_long_garde_son_extension():
    nom = formats.nom_propre("é" * 300 + ".pdf")
    assert len(nom) <= formats.NOM_MAXIMUM
    assert nom.endswith(".pdf")
