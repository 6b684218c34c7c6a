"""Reads shaped for a page."""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents import reglages, stockage
from ess_portal.documents.donnees import SCELLES
from ess_portal.documents.models import Document, Piece, Sceau
from ess_portal.socle.erreurs import ErreurMetier, Introuvable


class ContenuAltere(ErreurMetier):
    """The bytes kept are no longer those of the fingerprint: nothing is served."""

    statut_http = 500

    def __init__(self) -> None:
        super().__init__(
            "contenu_altere",
            "Ce fichier ne correspond plus à son empreinte. Il n’est pas servi\u00a0; prévenez l’administration.",
        )


@dataclass(frozen=True)
class SceauPublic:
    """A seal, for whoever holds the code: for which organisation, not by whom."""

    organisation: str
    acte_le: datetime
    scelle_le: datetime
    niveau: str
    empreinte: str


@dataclass(frozen=True)
class Verification:
    """What anybody who holds the code may know of a document: nothing about people."""

    code: str
    titre: str
    dossier_numero: str
    emetteur: str
    version: int
    produit_le: datetime
    fuseau: str
    empreinte: str
    taille: int
    est_remplace: bool
    sceaux: tuple[SceauPublic, ...] = ()
    attendus: int = 0

    @property
    def empreintes(self) -> tuple[str, ...]:
        """Of the issued file, then of each of its sealed revisions."""
        return (self.empreinte, *(s.empreinte for s in self.sceaux))


def lire_document(document_id: uuid.UUID, acteur: Acteur | None) -> Document:
    lus = Document.objects.select_related("dossier")
    document = lus.pour(acteur).filter(pk=document_id).first() or lus.tenus_par(acteur).filter(pk=document_id).first()
    if document is None:
        raise Introuvable
    return document


def lire_piece(piece_id: uuid.UUID, acteur: Acteur | None) -> Piece:
    piece = Piece.objects.pour(acteur).select_related("dossier").filter(pk=piece_id).first()
    if piece is None:
        raise Introuvable
    return piece


def octets_document(document: Document) -> bytes:
    """The issued bytes, and after them those of each seal put since. Raises ContenuAltere when any of them changed."""
    octets, empreinte = bytes(document.octets or b""), document.empreinte
    if document.type in SCELLES:
        poses = list(Sceau.objects.filter(document=document).poses().values_list("suite", "empreinte"))
        octets = b"".join((octets, *(bytes(suite) for suite, _ in poses)))
        empreinte = poses[-1][1] if poses else empreinte
    if not document.est_produit or hashlib.sha256(octets).hexdigest() != empreinte:
        raise ContenuAltere
    return octets


def octets_piece(piece: Piece) -> bytes:
    """The bytes of a pièce judged safe; any other state has none to give."""
    if not piece.est_saine:
        raise Introuvable
    try:
        octets = stockage.lire(piece.chemin)
    except stockage.BlobAbsent as absence:
        raise ContenuAltere from absence
    if hashlib.sha256(octets).hexdigest() != piece.empreinte:
        raise ContenuAltere
    return octets


def normaliser_code(brut: str) -> str:
    return re.sub(r"[^0-9A-Za-z]", "", brut).upper()[:32]


def verification(code: str) -> Verification | None:
    """The document of a code, read as the portal: who verifies has no account. Unknown and pending are the same None."""
    with comme_portail():
        document = (
            Document.objects.filter(code_verification=normaliser_code(code), etat=Document.Etat.PRODUIT)
            .select_related("dossier__ars", "organisation", "remplace_par")
            .first()
        )
        lignes = list(Sceau.objects.filter(document=document).order_by("rang", "pk")) if document else []
    if document is None:
        return None
    emetteur = document.dossier.ars if document.dossier else document.organisation
    poses = [s for s in lignes if s.etat == Sceau.Etat.APPOSE]
    return Verification(
        code=document.code_lisible,
        titre=document.titre,
        dossier_numero=document.dossier.numero if document.dossier else "",
        emetteur=emetteur.nom if emetteur else "",
        version=document.version,
        produit_le=document.produit_le,
        fuseau=document.fuseau,
        empreinte=document.empreinte,
        taille=document.taille,
        est_remplace=hasattr(document, "remplace_par"),
        sceaux=tuple(SceauPublic(s.organisation, s.acte_le, s.scelle_le, s.niveau, s.empreinte) for s in poses),
        attendus=sum(s.etat == Sceau.Etat.A_APPOSER for s in lignes),
    )


def est_identique(verifie: Verification, fichier: UploadedFile) -> bool:
    """Whether a file is the issued document, or one of its sealed revisions. It is read once and kept nowhere."""
    if fichier.size is None or fichier.size > reglages.taille_maximum():
        return False
    empreinte = hashlib.sha256()
    for morceau in fichier.chunks():
        empreinte.update(morceau)
    return empreinte.hexdigest() in verifie.empreintes


def documents_faux() -> list[str]:
    """Issued documents whose bytes no longer give their fingerprint (`manage.py verifier`): the base does the sums."""
    with comme_portail():
        return [
            str(cle)
            for cle in Document.objects.filter(etat=Document.Etat.PRODUIT)
            .extra(where=["encode(sha256(octets), 'hex') <> empreinte"])
            .order_by("pk")
            .values_list("pk", flat=True)
        ]


def pieces_fausses() -> list[str]:
    """Pièces that are not refused and whose blob is absent or altered."""
    fausses = []
    with comme_portail():
        for cle, chemin, empreinte in (
            Piece.objects.exclude(etat=Piece.Etat.REFUSE).order_by("pk").values_list("pk", "chemin", "empreinte")
        ):
            try:
                bonne = hashlib.sha256(stockage.lire(chemin)).hexdigest() == empreinte
            except stockage.BlobAbsent:
                bonne = False
            if not bonne:
                fausses.append(str(cle))
    return fausses
