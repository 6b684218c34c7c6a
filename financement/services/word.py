"""A contract as a Word document: the annexes circulate in Word before they are signed. What is signed is the PDF, never this file."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Any

from docx import Document
from docx.document import Document as DocumentWord
from docx.oxml.ns import qn
from docx.shared import Pt

from ess_portal.documents import mise_en_forme, texte_riche

PROJET = "Projet, sans valeur contractuelle"
LANGUE = "fr-FR"


def en_word(contenu: dict[str, Any], *, titre: str) -> bytes:
    """A .docx of the frozen `contenu`, with its « projet » mark on every page; the same bytes each time."""
    word = Document()
    _preparer(word, contenu, titre)
    word.add_paragraph(PROJET).runs[0].bold = True
    word.add_heading(titre, 0)
    word.add_paragraph(f"Dossier {contenu['reperes']['numero']}, contrat version {contenu['version']}")
    word.add_heading("Entre les parties", 1)
    for p in contenu["parties"]:
        word.add_paragraph(", ".join(p[nom] for nom in ("nom", "forme", "identifiants", "adresse") if p.get(nom)))
    for entete, lignes in _tableaux(contenu):
        _poser_tableau(word, entete, lignes)
    for rang, clause in enumerate(contenu["clauses"], 1):
        word.add_heading(f"Article {rang} – {clause['titre']}", 1)
        _poser_clause(word, clause)
    word.add_paragraph(f"Texte des clauses\u00a0: {contenu['modele']}.")
    return _sceller(word)


def _preparer(word: DocumentWord, contenu: dict[str, Any], titre: str) -> None:
    edition = datetime.combine(datetime.fromisoformat(contenu["reperes"]["date_edition"]).date(), time(), tzinfo=UTC)
    proprietes = word.core_properties
    proprietes.title, proprietes.author, proprietes.language = titre, contenu["reperes"]["ars"]["nom"], LANGUE
    proprietes.comments, proprietes.last_modified_by = PROJET, ""
    proprietes.created = proprietes.modified = edition.replace(tzinfo=None)
    style = word.styles["Normal"]
    style.font.name, style.font.size = "Arial", Pt(10.5)
    langue = style.element.get_or_add_rPr().makeelement(qn("w:lang"), {qn("w:val"): LANGUE})
    style.element.rPr.append(langue)
    word.sections[0].header.paragraphs[0].text = f"{PROJET} – {titre}"


def _tableaux(contenu: dict[str, Any]) -> list[tuple[tuple[str, ...], list[tuple[str, ...]]]]:
    tableaux = []
    if echeancier := contenu.get("echeancier"):
        lignes = [(e["libelle"], e["condition"], _montant(e["montant"])) for e in echeancier]
        tableaux.append((("Versement", "Condition", "Montant"), [*lignes, ("Total", "", _montant(contenu["montant"]))]))
    if bareme := contenu.get("bareme"):
        lignes = [(x["effectif"], _montant(x["montant"])) for x in bareme]
        tableaux.append((("Effectif moyen de l’année", "Dotation annuelle"), lignes))
    return tableaux


def _montant(valeur: str) -> str:
    return mise_en_forme.montant(Decimal(valeur))


def _poser_tableau(word: DocumentWord, entete: tuple[str, ...], lignes: list[tuple[str, ...]]) -> None:
    tableau = word.add_table(rows=0, cols=len(entete), style="Table Grid")
    for rang, ligne in enumerate((entete, *lignes)):
        rangee = tableau.add_row()
        if rang == 0:  # repeated at the head of each page
            rangee._tr.get_or_add_trPr().append(rangee._tr.makeelement(qn("w:tblHeader"), {qn("w:val"): "true"}))
        for cellule, texte in zip(rangee.cells, ligne, strict=True):
            cellule.paragraphs[0].add_run(texte).bold = rang == 0


def _poser_clause(word: DocumentWord, clause: dict[str, Any]) -> None:
    for paragraphe in clause.get("paragraphes", ()):
        word.add_paragraph(paragraphe)
    rang, liste = 0, 0
    for bloc in texte_riche.blocs(clause.get("html", "")):
        rang = rang + 1 if bloc.liste and bloc.liste == liste else 1
        liste = bloc.liste
        # Typed numbers: those of Word's own style would run on from one list to the next.
        pose = word.add_paragraph(style="List Bullet" if bloc.genre == "ul" else None)
        if bloc.genre == "ol":
            pose.add_run(f"{rang}.\u00a0")
        for morceau in bloc.morceaux:
            passage = pose.add_run(morceau.texte)
            passage.bold, passage.italic = morceau.gras or None, morceau.italique or None


def _sceller(word: DocumentWord) -> bytes:
    """The archive written again without the hour at which it was made."""
    brut, sortie = io.BytesIO(), io.BytesIO()
    word.save(brut)
    with zipfile.ZipFile(brut) as lue, zipfile.ZipFile(sortie, "w", zipfile.ZIP_DEFLATED) as ecrite:
        for nom in lue.namelist():
            ecrite.writestr(zipfile.ZipInfo(nom, (2025, 1, 1, 0, 0, 0)), lue.read(nom), zipfile.ZIP_DEFLATED)
    return sortie.getvalue()
