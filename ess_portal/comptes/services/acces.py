"""What every act on people's access starts with: the organisation locked, the right read again under the lock."""

from __future__ import annotations

from dataclasses import replace

from django.db import transaction

from ess_portal.socle.erreurs import ErreurMetier, Interdit, Introuvable

from ..acteur import Acteur
from ..droits import peut_gerer, roles_possibles
from ..models import Organisation, Rattachement
from ..roles import Role


def verrouiller(organisation_id: int, acteur: Acteur) -> tuple[Organisation, Acteur]:
    """Locks the organisation, then reads again what the actor may do: two people who withdraw each other act in turn.

    The actor's own organisation is locked first when it is another one, so that its rights hold until the commit.
    Raises Introuvable for an organisation that this person does not see, Interdit for one it does not manage.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("un accès se modifie dans une transaction")
    organisation = Organisation.objects.pour(acteur).filter(pk=organisation_id).first()
    if organisation is None:
        raise Introuvable
    cles = sorted({organisation.pk, acteur.organisation_id or organisation.pk})
    list(Organisation.objects.filter(pk__in=cles).order_by("pk").select_for_update().values_list("pk", flat=True))
    propre = (
        Rattachement.objects.actifs()
        .filter(utilisateur_id=acteur.utilisateur_id, organisation_id=acteur.organisation_id)
        .first()
    )
    if propre is None:
        raise Interdit("acces_retire", "Votre accès à cette organisation a été retiré.")
    relu = replace(acteur, role=Role(propre.role))
    if not peut_gerer(relu, organisation):
        raise Interdit
    return organisation, relu


def verifier_role(organisation: Organisation, role: str) -> Role:
    if role not in roles_possibles(organisation):
        raise ErreurMetier(
            "role", "Ce rôle n’existe pas dans cette organisation.", {"role": "Choisissez un rôle de la liste."}
        )
    return Role(role)
