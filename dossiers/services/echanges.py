"""Messages, who follows a dossier."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Rattachement
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import ErreurMetier, Interdit

from ..models import Dossier, Message
from . import cycle
from .courriels import courriel
from .derogations_saisies import enregistrer_derogation
from .jugements import juger


@transaction.atomic
def ecrire_message(
    *, numero: str, texte: str, acteur: Acteur, maintenant: datetime, fil: str = Message.Fil.PARTAGE, **_: Any
) -> Message:
    """Writes on the shared thread, or on the private one of the ARS and the caisse. Administrators follow, they do not write."""
    dossier = Dossier.objects.pour(acteur).verrouille(numero)
    if acteur.role.startswith("admin"):
        raise Interdit
    if fil == Message.Fil.PRIVE and acteur.est_porteur:
        raise Interdit("interdit", "Ce fil est réservé à l’ARS et à la caisse.")
    if not texte.strip():
        raise ErreurMetier("texte", "Écrivez un message.", {"texte": "Écrivez un message."})
    message = Message.objects.create(
        dossier=dossier,
        fil=fil,
        auteur_id=acteur.utilisateur_id,
        auteur_nom=acteur.nom,
        organisation_id=acteur.organisation_id,
        texte=texte.strip()[:10000],
        ecrit_le=maintenant,
        lu_par=[acteur.organisation_id],
    )
    lecteurs = {dossier.ars_id, dossier.caisse_id} | ({dossier.equipe_id} if fil == Message.Fil.PARTAGE else set())
    consigner(
        type="message" if fil == Message.Fil.PARTAGE else "message_prive",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"message": message.pk},
        effets=[
            courriel(
                dossier,
                "message",
                f"message:{message.pk}:{o}",
                organisation=o,
                auteur=acteur.nom,
                auteur_organisation=acteur.organisation_nom,
            )
            for o in lecteurs - {acteur.organisation_id, None}
        ],
    )
    return message


def marquer_lus(dossier: Dossier, acteur: Acteur) -> int:
    """Marks the dossier's messages as read by the actor's organisation."""
    non_lus = Message.objects.pour(acteur).filter(dossier=dossier).exclude(lu_par__contains=[acteur.organisation_id])
    for m in non_lus:
        m.lu_par = [*m.lu_par, acteur.organisation_id]
    return Message.objects.bulk_update(non_lus, ["lu_par"])


@transaction.atomic
def suivre(*, numero: str, acteur: Acteur, maintenant: datetime, utilisateur: int | None = None, **_: Any) -> Dossier:
    """Assigns the dossier to a colleague of the ARS, or to oneself."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    cible = utilisateur or acteur.utilisateur_id
    if not Rattachement.objects.actifs().filter(organisation_id=acteur.organisation_id, utilisateur_id=cible).exists():
        raise ErreurMetier(
            "utilisateur",
            "Cette personne n’est pas de votre organisation.",
            {"utilisateur": "Choisissez une personne de votre organisation."},
        )
    dossier.suivi_par_id = cible
    dossier.save(update_fields=("suivi_par",))
    consigner(type="suivre", acteur=acteur, maintenant=maintenant, dossier=dossier, donnees={"utilisateur": cible})
    return dossier


__all__ = ["ecrire_message", "enregistrer_derogation", "juger", "marquer_lus", "suivre"]
