"""Somebody enters by an invitation without having an account: account, confirmed address and rattachement at once."""

from __future__ import annotations

from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import transaction

from ess_portal.socle.erreurs import Conflit

from ..forms import AcceptationForm
from ..models import Rattachement, Utilisateur
from . import invitations


@transaction.atomic
def entrer(*, secret: str, formulaire: AcceptationForm, maintenant: datetime) -> Rattachement:
    """The invitation's row is locked first: of two uses at once, the second finds it served."""
    invitation = invitations.lire(secret, maintenant, verrouiller_ligne=True)
    if Utilisateur.objects.filter(courriel=invitation.courriel).exists():
        raise Conflit(
            "compte_existant", "Un compte existe déjà à cette adresse : connectez-vous, puis ouvrez de nouveau le lien."
        )
    utilisateur = Utilisateur(courriel=invitation.courriel, cree_le=maintenant)
    formulaire.appliquer(utilisateur)
    utilisateur.set_password(formulaire.cleaned_data["mot_de_passe"])
    utilisateur.save()
    EmailAddress.objects.create(user=utilisateur, email=utilisateur.courriel, verified=True, primary=True)
    return invitations.accepter(secret=secret, utilisateur=utilisateur, maintenant=maintenant)
