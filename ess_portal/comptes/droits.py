"""Who manages the people of which organisation, and which roles may be given there. The buttons and the services ask here."""

from __future__ import annotations

from .acteur import Acteur
from .models import Organisation, Rattachement
from .roles import ADMINS, ROLES_PAR_TYPE, Role, TypeOrganisation

# Without such a person an organisation can no longer look after itself.
RESPONSABLES = {
    TypeOrganisation.EQUIPE: frozenset({Role.PORTEUR_REFERENT}),
    TypeOrganisation.ARS: frozenset({Role.ARS_SIGNATAIRE}),
    TypeOrganisation.CAISSE: frozenset({Role.CAISSE_ORDONNATEUR}),
    TypeOrganisation.ADMINISTRATION: ADMINS,
}
REGIONALES = (TypeOrganisation.ARS, TypeOrganisation.CAISSE, TypeOrganisation.ADMINISTRATION)


def peut_gerer(acteur: Acteur | None, organisation: Organisation) -> bool:
    """May this person invite into this organisation, change roles there and withdraw access?"""
    if acteur is None:
        return False
    if acteur.role == Role.ADMIN_NATIONAL:
        return True
    if acteur.role == Role.ADMIN_REGIONAL:
        return bool(acteur.region) and organisation.region == acteur.region and organisation.type in REGIONALES
    return acteur.organisation_id == organisation.pk and acteur.role in RESPONSABLES[organisation.type]


def roles_possibles(organisation: Organisation) -> tuple[Role, ...]:
    """The roles that exist in an organisation: the national administration has no regional role, and the reverse."""
    if organisation.type == TypeOrganisation.ADMINISTRATION:
        return (Role.ADMIN_REGIONAL,) if organisation.region else (Role.ADMIN_NATIONAL,)
    return ROLES_PAR_TYPE[TypeOrganisation(organisation.type)]


def reste_un_responsable(organisation: Organisation, sans: Rattachement, acteur: Acteur) -> bool:
    """Would somebody still be in charge without this rattachement? The organisation must be locked by the caller.

    An administrator may empty an ARS or a caisse (he can invite again); an équipe and an administration never lose their last one.
    """
    if sans.role not in RESPONSABLES[organisation.type]:
        return True
    if acteur.role in ADMINS and organisation.type in (TypeOrganisation.ARS, TypeOrganisation.CAISSE):
        return True
    autres = Rattachement.objects.actifs().filter(organisation=organisation, role__in=RESPONSABLES[organisation.type])
    return autres.exclude(pk=sans.pk).exists()
