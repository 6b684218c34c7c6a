"""PDF: readable, in clear, passive, and nothing else than a PDF."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pikepdf

from ess_portal.documents.controle.refus import FichierRefuse, Motif

PAGES_MAXIMUM = 1_000
OBJETS_MAXIMUM = 300_000
PROFONDEUR_MAXIMUM = 60
DECOMPRESSE_MAXIMUM = 400 * 1024 * 1024
FLUX_MAXIMUM = 150 * 1024 * 1024
PIXELS_MAXIMUM = 150_000_000

_ACTIONS = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/ImportData",
        "/SubmitForm",
        "/Rendition",
        "/GoToE",
        "/Movie",
        "/Sound",
        "/RichMediaExecute",
    }
)
_CLES_ACTIVES = frozenset({"/JS", "/JavaScript", "/XFA", "/RichMedia", "/RichMediaContent"})
_CLES_INCORPOREES = frozenset({"/EmbeddedFiles", "/EmbeddedFile", "/EF"})


def controler(chemin: Path) -> str:
    _enveloppe(chemin)
    try:
        with pikepdf.open(chemin, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise FichierRefuse(Motif.CHIFFRE)
            _objets(pdf)
            if not 0 < len(pdf.pages) <= PAGES_MAXIMUM:
                raise (
                    FichierRefuse(Motif.TROP_DE_PAGES, limite=PAGES_MAXIMUM)
                    if len(pdf.pages)
                    else FichierRefuse(Motif.ILLISIBLE)
                )
    except pikepdf.PasswordError as erreur:
        raise FichierRefuse(Motif.CHIFFRE) from erreur
    except (pikepdf.PdfError, RecursionError) as erreur:
        raise FichierRefuse(Motif.ILLISIBLE) from erreur
    return "pdf"


def _enveloppe(chemin: Path) -> None:
    """Nothing hidden before or after the PDF: the polyglot's two places."""
    with chemin.open("rb") as fichier:
        debut = fichier.read(1024).lower()
        fichier.seek(max(0, chemin.stat().st_size - 65_536))
        fin = fichier.read()
    if any(balise in debut for balise in (b"<html", b"<script", b"<!doctype", b"<svg", b"<?php")):
        raise FichierRefuse(Motif.POLYGLOTTE)
    marque = fin.rfind(b"%%EOF")
    if marque < 0:
        raise FichierRefuse(Motif.ILLISIBLE)
    if fin[marque + 5 :].strip(b"\r\n\t \0\x1a") or zipfile.is_zipfile(chemin):
        raise FichierRefuse(Motif.POLYGLOTTE)


def _objets(pdf: pikepdf.Pdf) -> None:
    total = 0
    for rang, objet in enumerate(pdf.objects):
        if rang > OBJETS_MAXIMUM:
            raise FichierRefuse(Motif.BOMBE)
        _passif(objet, 0)
        if isinstance(objet, pikepdf.Stream):
            total += _taille_flux(objet)
            if total > DECOMPRESSE_MAXIMUM:
                raise FichierRefuse(Motif.BOMBE)
    _passif(pdf.trailer, 0)


def _passif(objet: pikepdf.Object, profondeur: int) -> None:
    """Refuses actions and embedded files in an object and in what it holds directly (the rest has its own turn)."""
    if profondeur > PROFONDEUR_MAXIMUM:
        raise FichierRefuse(Motif.BOMBE)
    if isinstance(objet, (pikepdf.Dictionary, pikepdf.Stream)):
        cles = set(objet.keys())
        if (
            cles & _CLES_INCORPOREES
            or objet.get("/Type") == "/EmbeddedFile"
            or objet.get("/Subtype") == "/FileAttachment"
        ):
            raise FichierRefuse(Motif.INCORPORE)
        action = objet.get("/S")
        if cles & _CLES_ACTIVES or (isinstance(action, pikepdf.Name) and str(action) in _ACTIONS):
            raise FichierRefuse(Motif.ACTIF)
        enfants = [objet.get(cle) for cle in cles]
    elif isinstance(objet, pikepdf.Array):
        enfants = list(objet)
    else:
        return
    for enfant in enfants:
        if isinstance(enfant, pikepdf.Object) and not enfant.is_indirect:
            _passif(enfant, profondeur + 1)


def _filtres(flux: pikepdf.Stream) -> list[str]:
    filtre = flux.get("/Filter")
    if filtre is None:
        return []
    return [str(f) for f in filtre] if isinstance(filtre, pikepdf.Array) else [str(filtre)]


def _taille_flux(flux: pikepdf.Stream) -> int:
    if flux.get("/Subtype") == "/Image":
        largeur, hauteur = int(flux.get("/Width", 0)), int(flux.get("/Height", 0))
        if largeur * hauteur > PIXELS_MAXIMUM:
            raise FichierRefuse(Motif.BOMBE)
    total = 0
    for morceau in morceaux(flux):
        total += len(morceau)
        if total > FLUX_MAXIMUM:
            raise FichierRefuse(Motif.BOMBE)
    return total


def morceaux(flux: pikepdf.Stream) -> Iterator[bytes]:
    """The stream inflated through its Flate layers, one megabyte at a time; other filters are given as they are."""
    couches = 0
    for filtre in _filtres(flux):
        if filtre not in ("/FlateDecode", "/Fl"):
            break
        couches += 1
    if couches > 2:
        raise FichierRefuse(Motif.BOMBE)
    source: Iterator[bytes] = iter([flux.read_raw_bytes()])
    for _ in range(couches):
        source = _gonfler(source)
    yield from source


def _gonfler(source: Iterator[bytes]) -> Iterator[bytes]:
    moteur = zlib.decompressobj()
    for entree in source:
        while entree and not moteur.eof:
            try:
                sortie = moteur.decompress(entree, 1 << 20)
            except zlib.error:
                return
            entree = moteur.unconsumed_tail
            if not sortie and not entree:
                break
            yield sortie
