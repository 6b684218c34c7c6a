"""The handler that puts the seals a document waits for: replayed, it finds nothing left to do."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from ess_portal.comptes.acteur import SYSTEME
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents import mise_en_forme, selectors
from ess_portal.documents.models import Document, Sceau
from ess_portal.documents.sceau.apposer import Acte, ScellementImpossible, ScellementRetarde, apposer
from ess_portal.journal.services import consigner
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit


def sceau(charge: Mapping[str, Any], cle: str) -> str:
    poses = sceller(uuid.UUID(charge["document"]), maintenant=horloge.maintenant())
    return f"{poses} cachet{'s' if poses > 1 else ''}"


def sceller(document_id: uuid.UUID, *, maintenant: datetime) -> int:
    """Puts the seals that wait on a produced document, in the order of the acts; their count. Replayed, it puts none twice.

    Raises Conflit while another worker is at this document, ScellementRetarde when the seal is for later.
    """
    poses = 0
    while _suivant(document_id, maintenant):
        poses += 1
    return poses


def _suivant(document_id: uuid.UUID, maintenant: datetime) -> bool:
    with comme_portail():
        if not _a_moi(document_id):
            raise Conflit("sceau_en_cours", "Un autre cachet est en cours d’apposition sur ce document.")
        attendu = Sceau.objects.filter(document=document_id, document__etat=Document.Etat.PRODUIT).attendus()
        attendu = attendu.select_related("document__dossier").first()
        if attendu is None:
            return False
        _poser(attendu, maintenant)
        return True


def _a_moi(document_id: uuid.UUID) -> bool:
    """One worker at a time on a document: the next revision stands on the last one. Held to the end of the transaction."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"sceau:{document_id}"])
        return curseur.fetchone()[0]


def _poser(attendu: Sceau, maintenant: datetime) -> None:
    document = attendu.document
    octets = selectors.octets_document(document)
    acte = Acte(
        partie=attendu.partie,
        nom=attendu.nom,
        qualite=attendu.qualite,
        organisation=attendu.organisation,
        mention=attendu.mention,
        est_manuscrit=attendu.est_manuscrit,
        acte_texte=mise_en_forme.instant(attendu.acte_le, document.dossier.fuseau),
    )
    try:
        pose = apposer(octets, acte, instant=maintenant)
    except ScellementImpossible as erreur:
        attendu.etat, attendu.erreur = Sceau.Etat.IMPOSSIBLE, str(erreur)[:300]
        attendu.save(update_fields=("etat", "erreur"))
        _noter("scellement_impossible", attendu, maintenant, {"erreur": attendu.erreur})
        return
    except ImproperlyConfigured as erreur:
        raise ScellementRetarde(str(erreur)) from erreur
    attendu.suite, attendu.niveau, attendu.scelle_le = pose.suite, pose.niveau, maintenant
    attendu.certificat, attendu.certificat_empreinte = pose.certificat[:300], pose.certificat_empreinte
    attendu.rang = Sceau.objects.filter(document=document).poses().count() + 1
    attendu.taille = len(octets) + len(pose.suite)
    attendu.empreinte = hashlib.sha256(octets + pose.suite).hexdigest()
    attendu.etat = Sceau.Etat.APPOSE
    attendu.save()
    _noter(
        "document_scelle",
        attendu,
        maintenant,
        {"rang": attendu.rang, "empreinte": attendu.empreinte, "niveau": attendu.niveau},
    )


def _noter(type_: str, pose: Sceau, maintenant: datetime, donnees: dict[str, Any]) -> None:
    consigner(
        type=type_,
        acteur=SYSTEME,
        maintenant=maintenant,
        dossier=pose.dossier_id,
        donnees={"document": str(pose.document_id), "partie": pose.partie, **donnees},
    )
