"""Who one is in an organisation. One rattachement gives one role; the transition table says what a role may do."""

from django.db import models


class TypeOrganisation(models.TextChoices):
    EQUIPE = "equipe", "Équipe de soins spécialisés"
    ARS = "ars", "Agence régionale de santé"
    CAISSE = "caisse", "Caisse d’assurance maladie"
    ADMINISTRATION = "administration", "Administration"


class Role(models.TextChoices):
    PORTEUR_REFERENT = "porteur_referent", "Porteur référent"
    PORTEUR_COLLABORATEUR = "porteur_collaborateur", "Collaborateur du porteur"
    ARS_INSTRUCTEUR = "ars_instructeur", "ARS, instruction"
    ARS_SIGNATAIRE = "ars_signataire", "ARS, signature"
    CAISSE_INSTRUCTEUR = "caisse_instructeur", "Caisse, instruction"
    CAISSE_ORDONNATEUR = "caisse_ordonnateur", "Caisse, ordonnancement"
    ADMIN_REGIONAL = "admin_regional", "Administration régionale"
    ADMIN_NATIONAL = "admin_national", "Administration nationale"
    SYSTEME = "systeme", "Portail"


PORTEURS = frozenset({Role.PORTEUR_REFERENT, Role.PORTEUR_COLLABORATEUR})
ARS = frozenset({Role.ARS_INSTRUCTEUR, Role.ARS_SIGNATAIRE})
CAISSE = frozenset({Role.CAISSE_INSTRUCTEUR, Role.CAISSE_ORDONNATEUR})
ADMINS = frozenset({Role.ADMIN_REGIONAL, Role.ADMIN_NATIONAL})
AGENTS = ARS | CAISSE | ADMINS

ROLES_PAR_TYPE = {
    TypeOrganisation.EQUIPE: (Role.PORTEUR_REFERENT, Role.PORTEUR_COLLABORATEUR),
    TypeOrganisation.ARS: (Role.ARS_INSTRUCTEUR, Role.ARS_SIGNATAIRE),
    TypeOrganisation.CAISSE: (Role.CAISSE_INSTRUCTEUR, Role.CAISSE_ORDONNATEUR),
    TypeOrganisation.ADMINISTRATION: (Role.ADMIN_REGIONAL, Role.ADMIN_NATIONAL),
}
