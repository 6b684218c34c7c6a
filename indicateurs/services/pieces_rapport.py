"""Files joined to a report while it is written. What a filing took with it stays in its version, whatever is withdrawn afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from dossiers.services.jointes import joindre
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.models import Piece
from ess_portal.documents.services import effacer_piece
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import ErreurMetier

from ..models import PieceRapport, Rapport, VersionRapport
from .rapports import modifiable, ouvrir_annee

MAXIMUM = 20
RETIREE = "Retirée du rapport avant son dépôt."


@transaction.atomic
def joindre_piece(
    *, numero: str, annee: int, fichier: Any, libelle: str, acteur: Acteur, maintenant: datetime
) -> Rapport:
    """One more file, under a label (its name by default). Raises ErreurMetier on `fichier`, Conflit once the report is filed."""
    dossier, p, rapport = ouvrir_annee(numero, annee, acteur, maintenant)
    modifiable(rapport)
    if rapport is None:
        # Version 0: nothing of the form was saved yet, its first page still shows what it would have shown.
        rapport = Rapport.objects.create(
            dossier=dossier,
            annee=annee,
            debut=p.debut,
            fin=p.fin,
            enregistre_le=maintenant,
            enregistre_par_id=acteur.utilisateur_id,
        )
    if rapport.jointes.count() >= MAXIMUM:
        phrase = f"Un rapport porte {MAXIMUM} pièces au plus\u00a0: retirez-en une d’abord."
        raise ErreurMetier("trop_de_pieces", phrase, {"fichier": phrase})
    piece = joindre(
        dossier,
        fichier,
        "fichier",
        type_="annexe",
        libelle=libelle.strip() or str(fichier.name),
        objet=Piece.Objet.RAPPORT,
        acteur=acteur,
        maintenant=maintenant,
    )
    PieceRapport.objects.create(rapport=rapport, dossier=dossier, piece=piece)
    rapport.dossier = dossier
    return rapport


@transaction.atomic
def retirer_piece(*, numero: str, annee: int, piece: UUID, acteur: Acteur, maintenant: datetime) -> Rapport:
    """One file less; its bytes go too unless a filing names it. Raises ErreurMetier for a file that this report does not carry."""
    dossier, _, rapport = ouvrir_annee(numero, annee, acteur, maintenant)
    modifiable(rapport)
    lien = PieceRapport.objects.filter(rapport=rapport, piece=piece).select_related("piece").first()
    if rapport is None or lien is None:
        phrase = "Ce fichier n’est pas joint à ce rapport."
        raise ErreurMetier("piece", phrase, {"piece": phrase})
    retiree, _ = lien.piece, lien.delete()
    consigner(
        type="retirer_piece_rapport",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"annee": annee, "piece": retiree.pk, "libelle": retiree.libelle, "empreinte": retiree.empreinte},
    )
    deposee = VersionRapport.objects.filter(rapport=rapport, contenu__pieces__contains=[{"id": str(retiree.pk)}])
    if not deposee.exists():
        with comme_portail():
            effacer_piece(retiree, maintenant=maintenant, verdict=RETIREE)
    rapport.dossier = dossier
    return rapport
