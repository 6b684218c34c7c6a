"""Who opened what. The first reading of an issued document by a person is a proof (CAL-7)."""

from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.models import Document, Lecture, Piece
from ess_portal.journal.services import consigner


def noter_lecture(*, document: Document, acteur: Acteur, maintenant: datetime) -> bool:
    """True at the person's first reading. Written as the portal: an administrator who only reads leaves a trace too. What an organisation had
    made for itself notifies nothing to anybody, and nothing is noted.

    The apps above hear of it first (`settings.SUITES_LECTURE`): they lock the dossier before its journal is continued, as acts do.
    """
    if document.dossier_id is None:
        return False
    with comme_portail():
        _, premiere = Lecture.objects.get_or_create(
            document=document,
            utilisateur_id=acteur.utilisateur_id,
            organisation_id=acteur.organisation_id,
            defaults={"dossier_id": document.dossier_id, "premiere_le": maintenant},
        )
        if premiere:
            for suite in settings.SUITES_LECTURE:
                import_string(suite)(document=document, acteur=acteur, maintenant=maintenant)
            consigner(
                type="document_lu",
                acteur=acteur,
                maintenant=maintenant,
                dossier=document.dossier_id,
                donnees={"document": document.pk, "titre": document.titre, "empreinte": document.empreinte},
            )
    return premiere


def noter_consultation_piece(*, piece: Piece, acteur: Acteur, maintenant: datetime) -> None:
    with comme_portail():
        consigner(
            type="piece_consultee",
            acteur=acteur,
            maintenant=maintenant,
            dossier=piece.dossier_id,
            donnees={"piece": piece.pk, "libelle": piece.libelle},
        )
