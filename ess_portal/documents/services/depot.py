"""Deposit of a pièce: measured, judged, cleaned, published, then written down. A refusal leaves nothing."""

import hashlib
from datetime import datetime
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents import reglages, stockage
from ess_portal.documents.controle import formats, parent
from ess_portal.documents.controle.refus import FichierRefuse, Motif
from ess_portal.documents.models import Piece
from ess_portal.journal.services import Effet, consigner
from ess_portal.socle.erreurs import ErreurMetier


def deposer_piece(
    *,
    dossier,
    fichier: UploadedFile,
    type: str,
    libelle: str,
    acteur: Acteur,
    maintenant: datetime,
    objet: str,
    visible_equipe: bool = True,
) -> Piece:
    """Keeps the file as a pending pièce, or raises ErreurMetier `fichier_<motif>` with the sentence to show.

    The caller has already read the dossier through `pour(acteur)`.
    """
    try:
        with stockage.atelier() as atelier:
            nom = formats.nom_propre(fichier.name or "")
            annonce = formats.format_annonce(nom)
            recu = _recevoir(fichier, atelier / "recu")
            propre = atelier / "propre"
            format_ = parent.controler(recu, propre, annonce)
            final = propre if propre.exists() else recu
            taille, empreinte = _mesurer(final)
            chemin = stockage.publier(final)
    except FichierRefuse as refus:
        raise ErreurMetier(f"fichier_{refus.motif}", refus.phrase, {"fichier": refus.phrase}) from refus
    try:
        return _inscrire(
            acteur,
            maintenant,
            dossier=dossier,
            objet=objet,
            type=type,
            libelle=libelle[:200],
            nom_fichier=nom,
            type_mime=formats.FORMATS[format_].mime,
            taille=taille,
            empreinte=empreinte,
            chemin=chemin,
            visible_equipe=visible_equipe,
        )
    except BaseException:
        stockage.supprimer(chemin)
        raise


@transaction.atomic
def _inscrire(acteur: Acteur, maintenant: datetime, **champs) -> Piece:
    piece = Piece.objects.create(
        depose_par_id=acteur.utilisateur_id, organisation_id=acteur.organisation_id, depose_le=maintenant, **champs
    )
    consigner(
        type="piece_deposee",
        acteur=acteur,
        maintenant=maintenant,
        dossier=piece.dossier,
        donnees={
            "piece": piece.pk,
            "libelle": piece.libelle,
            "objet": piece.objet,
            "empreinte": piece.empreinte,
            "taille": piece.taille,
            "visible_equipe": piece.visible_equipe,
        },
        effets=[Effet(type="analyse", cle=f"analyse:{piece.pk}", charge={"piece": str(piece.pk)})],
    )
    return piece


def _recevoir(fichier: UploadedFile, cible: Path) -> Path:
    """Streams to disk and stops at the limit, whatever size was announced."""
    limite, total = reglages.taille_maximum(), 0
    with cible.open("wb") as sortie:
        for morceau in fichier.chunks():
            total += len(morceau)
            if total > limite:
                raise FichierRefuse(Motif.TROP_GROS, limite=limite // (1024 * 1024))
            sortie.write(morceau)
    if not total:
        raise FichierRefuse(Motif.VIDE)
    return cible


def _mesurer(fichier: Path) -> tuple[int, str]:
    with fichier.open("rb") as flux:
        empreinte = hashlib.file_digest(flux, "sha256").hexdigest()
    return fichier.stat().st_size, empreinte


def purger_orphelins() -> int:
    """Removes blobs older than a day that no row quotes; a referenced blob is never touched."""
    retires = 0
    with comme_portail():
        for chemin in stockage.lister_anciens():
            if not Piece.objects.filter(chemin=chemin).exclude(etat=Piece.Etat.REFUSE).exists():
                stockage.supprimer(chemin)
                retires += 1
    return retires
