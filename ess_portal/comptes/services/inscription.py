"""A porteur opens a space: the équipe's organisation and its first référent. Agents come by invitation only."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from ..models import Organisation, Rattachement, Utilisateur
from ..roles import Role, TypeOrganisation
from ..trace import consigner


@transaction.atomic
def inscrire_porteur(*, utilisateur: Utilisateur, equipe: str, maintenant: datetime) -> Rattachement:
    """The code bears a random end: two équipes of the same name do not learn of each other."""
    organisation = Organisation.objects.create(
        type=TypeOrganisation.EQUIPE,
        code=f"{slugify(equipe)[:60] or 'equipe'}-{secrets.token_hex(4)}",
        nom=equipe.strip(),
        creee_le=maintenant,
    )
    rattachement = Rattachement.objects.create(
        utilisateur=utilisateur, organisation=organisation, role=Role.PORTEUR_REFERENT, cree_le=maintenant
    )
    consigner(
        type="equipe_creee",
        acteur=rattachement.acteur(),
        maintenant=maintenant,
        organisation=organisation,
        donnees={"nom": organisation.nom, "utilisateur": utilisateur.pk},
    )
    return rattachement
