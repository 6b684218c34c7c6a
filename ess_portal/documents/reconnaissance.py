"""Is this file one of ours? Read for anybody, kept nowhere: its fingerprint first, then what its seals say."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents import selectors, stockage
from ess_portal.documents.controle import parent
from ess_portal.documents.controle.refus import FichierRefuse
from ess_portal.documents.models import Document, Sceau

TAILLE_MAXIMUM = 10 * 1024 * 1024


@dataclass(frozen=True)
class SceauLu:
    """A seal found in a file: `du_portail` when its key is one that sealed here, `integre` when nothing it covers has changed."""

    motif: str
    le: datetime | None
    certificat: str
    integre: bool
    du_portail: bool


@dataclass(frozen=True)
class Reconnaissance:
    """`document`: the issued document whose very bytes these are, `rang` seals later, of `total`. Otherwise what the seals say, or why not."""

    document: selectors.Verification | None = None
    rang: int = 0
    total: int = 0
    sceaux: tuple[SceauLu, ...] = ()
    refus: str = ""

    @property
    def verdict(self) -> str:
        if self.document is not None:
            return "emis"
        if self.refus:
            return "illisible"
        if not self.sceaux:
            return "inconnu"
        if not all(s.integre for s in self.sceaux):
            return "altere"
        return "scelle" if all(s.du_portail for s in self.sceaux) else "scelle_ailleurs"


def reconnaitre(fichier: UploadedFile) -> Reconnaissance:
    if fichier.size is None or fichier.size > TAILLE_MAXIMUM:
        return Reconnaissance(refus=f"Ce fichier dépasse {TAILLE_MAXIMUM >> 20}\u00a0Mo.")
    with stockage.atelier() as dossier:
        copie, somme = dossier / "fichier", hashlib.sha256()
        with copie.open("wb") as sortie:
            for morceau in fichier.chunks():
                somme.update(morceau)
                sortie.write(morceau)
        emis = _emis(somme.hexdigest())
        if emis is not None:
            return emis
        with copie.open("rb") as lu:
            if lu.read(5) != b"%PDF-":
                return Reconnaissance(refus="Ce fichier n’est pas un PDF.")
        try:
            return Reconnaissance(sceaux=_juger(parent.lire_sceaux(copie)))
        except FichierRefuse as refus:
            return Reconnaissance(refus=refus.phrase)


def _emis(empreinte: str) -> Reconnaissance | None:
    """The document, or its revision, that has this very fingerprint."""
    with comme_portail():
        scelle = Sceau.objects.filter(empreinte=empreinte, etat=Sceau.Etat.APPOSE).select_related("document").first()
        document = (
            scelle.document
            if scelle
            else Document.objects.filter(empreinte=empreinte, etat=Document.Etat.PRODUIT).first()
        )
    verifie = selectors.verification(document.code_verification) if document else None
    if verifie is None:
        return None
    return Reconnaissance(document=verifie, rang=scelle.rang if scelle else 0, total=len(verifie.sceaux))


def _juger(lus: list[dict[str, Any]]) -> tuple[SceauLu, ...]:
    with comme_portail():
        connus = set(
            Sceau.objects.filter(certificat_empreinte__in={s["certificat_empreinte"] for s in lus}).values_list(
                "certificat_empreinte", flat=True
            )
        )
    return tuple(
        SceauLu(
            motif=s["motif"],
            le=datetime.fromisoformat(s["le"]) if s["le"] else None,
            certificat=s["certificat"],
            integre=s["integre"],
            du_portail=s["certificat_empreinte"] in connus,
        )
        for s in lus
    )
