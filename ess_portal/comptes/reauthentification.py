"""Identity asked again at the act: password, and the second factor of whoever has one (agents always do)."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP

from ess_portal.socle.erreurs import Reauthentification

from .models import Utilisateur


def verifier_identite(utilisateur: Utilisateur | None, mot_de_passe: str, code: str) -> None:
    """Raises Reauthentification, with the field to correct, unless the password (and the code) are this person's own."""
    if utilisateur is None or not mot_de_passe:
        raise Reauthentification
    if not utilisateur.check_password(mot_de_passe):
        raise Reauthentification(
            "Le mot de passe ne correspond pas.", {"mot_de_passe": "Le mot de passe ne correspond pas."}
        )
    totp = Authenticator.objects.filter(user_id=utilisateur.pk, type=Authenticator.Type.TOTP).first()
    if totp is None:
        return
    if not code:
        raise Reauthentification(
            "Saisissez le code de votre application.", {"code": "Saisissez le code à six chiffres."}
        )
    if not TOTP(totp).validate_code(code):
        raise Reauthentification(
            "Ce code n’est pas valable.", {"code": "Ce code n’est pas valable, ou il a déjà servi."}
        )


def a_second_facteur(utilisateur: Utilisateur) -> bool:
    """Does this account have a TOTP application registered?"""
    return Authenticator.objects.filter(user_id=utilisateur.pk, type=Authenticator.Type.TOTP).exists()
