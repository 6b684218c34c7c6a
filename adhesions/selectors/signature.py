"""What the signing pages show: the professional, the équipe, what is signed; nothing of another dossier."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.models import Document
from ess_portal.referentiel.models import Departement
from ess_portal.socle.horloge import jour_local

from .. import textes
from ..services.signature import Invitation, lire_invitation


def page_signature(invitation: Invitation, maintenant: datetime) -> dict[str, Any]:
    adhesion, dossier = invitation.adhesion, invitation.dossier
    territoire = Departement.objects.filter(code__in=dossier.departements).values_list("nom", flat=True)
    return {
        "dossier": dossier,
        "invite_par": adhesion.saisie_par.nom_complet if adhesion.saisie_par else dossier.equipe.nom,
        "territoire": ", ".join(territoire),
        "engagements": textes.ENGAGEMENTS,
        "notice": textes.notice(dossier),
        "jour": jour_local(maintenant, dossier.fuseau),
        "courriel_masque": _masquer(invitation.lien.courriel),
        "contact": dossier.equipe.courriel,
        "identite": [
            ("Nom", adhesion.nom_complet),
            ("Numéro RPPS", adhesion.professionnel.rpps),
            ("Spécialité", adhesion.specialite.libelle),
            ("Mode d’exercice", adhesion.get_mode_display()),
            ("Lieux d’exercice", adhesion.lieux or "Non renseignés"),
        ],
    }


def document_du_lien(jeton: str, type_: str, *, maintenant: datetime) -> Document | None:
    """The last document of a kind that the signatory may take by his link. Raises Introuvable for an unknown link."""
    invitation = lire_invitation(jeton, maintenant=maintenant)
    if not invitation.encore_lisible(maintenant):
        return None
    prefixe = {"certificat_adhesion": "certificat", "formulaire_adhesion": "adhesion"}[type_]
    cle = f"{prefixe}:{invitation.adhesion.pk}"
    with comme_portail():
        documents = Document.objects.filter(dossier_id=invitation.dossier.pk, type=type_, remplace_par__isnull=True)
        siens = [d for d in documents.order_by("-cree_le").defer(None) if d.cle == cle or d.cle.startswith(f"{cle}:")]
    return siens[0] if siens else None


def _masquer(courriel: str) -> str:
    """« c…s@exemple.fr »: enough to know which of one's mailboxes."""
    nom, _, domaine = courriel.partition("@")
    return f"{nom[0]}…{nom[-1] if len(nom) > 2 else ''}@{domaine}"
