"""Changing a role, withdrawing access. Both bite at the person's next request: rights are read again at each one."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ess_portal.socle.erreurs import Conflit, Introuvable

from ..acteur import Acteur
from ..droits import reste_un_responsable
from ..models import Jeton, Organisation, Rattachement
from ..trace import consigner
from .acces import verifier_role, verrouiller

DERNIER = (
    "Il doit rester au moins une personne responsable de l’organisation : donnez d’abord ce rôle à quelqu’un d’autre."
)


def _ouvrir(rattachement_id: int, acteur: Acteur) -> tuple[Organisation, Rattachement, Acteur]:
    """The rattachement under the lock of its organisation. A stranger's and an absent one are the same."""
    cible = Rattachement.objects.pour(acteur).filter(pk=rattachement_id, retire_le=None).first()
    if cible is None:
        raise Introuvable
    organisation, acteur = verrouiller(cible.organisation_id, acteur)
    cible = Rattachement.objects.select_related("utilisateur").select_for_update(of=("self",)).get(pk=rattachement_id)
    if cible.retire_le is not None:
        raise Conflit("deja_retire", "L’accès de cette personne a déjà été retiré.")
    return organisation, cible, acteur


@transaction.atomic
def changer_role(
    *,
    rattachement_id: int,
    role: str,
    acteur: Acteur,
    maintenant: datetime,
    est_chef_de_service: bool | None = None,
) -> Rattachement:
    """A role, and whether this person heads the service (None: as before), each with its own event."""
    organisation, cible, acteur = _ouvrir(rattachement_id, acteur)
    nouveau = verifier_role(organisation, role)
    if est_chef_de_service is not None and est_chef_de_service != cible.est_chef_de_service:
        cible.est_chef_de_service = est_chef_de_service
        cible.save(update_fields=("est_chef_de_service",))
        consigner(
            type="chef_de_service",
            acteur=acteur,
            maintenant=maintenant,
            organisation=organisation,
            donnees={
                "utilisateur": cible.utilisateur_id,
                "nom": cible.utilisateur.nom_complet,
                "est_chef_de_service": est_chef_de_service,
            },
        )
    if nouveau == cible.role:
        return cible
    if not reste_un_responsable(organisation, cible, acteur):
        raise Conflit("dernier_responsable", DERNIER)
    ancien, cible.role = cible.role, nouveau
    cible.save(update_fields=("role",))
    consigner(
        type="role_change",
        acteur=acteur,
        maintenant=maintenant,
        organisation=organisation,
        donnees={
            "utilisateur": cible.utilisateur_id,
            "nom": cible.utilisateur.nom_complet,
            "avant": ancien,
            "apres": nouveau,
        },
    )
    return cible


@transaction.atomic
def retirer(*, rattachement_id: int, acteur: Acteur, maintenant: datetime) -> Rattachement:
    """Withdraws access: API tokens die with it, and a session that acted for this organisation ends at its next request."""
    organisation, cible, acteur = _ouvrir(rattachement_id, acteur)
    if not reste_un_responsable(organisation, cible, acteur):
        raise Conflit("dernier_responsable", DERNIER)
    cible.retire_le, cible.retire_par_id = maintenant, acteur.utilisateur_id
    cible.save(update_fields=("retire_le", "retire_par"))
    Jeton.objects.filter(rattachement=cible, revoque_le=None).update(revoque_le=maintenant)
    consigner(
        type="rattachement_retire",
        acteur=acteur,
        maintenant=maintenant,
        organisation=organisation,
        donnees={"utilisateur": cible.utilisateur_id, "nom": cible.utilisateur.nom_complet, "role": cible.role},
    )
    return cible
