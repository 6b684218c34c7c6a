"""allauth's hooks: who may sign up, which mails leave, when the second factor is asked."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from ess_portal.socle import horloge

from .models import Utilisateur


class Adaptateur(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Porteurs open their own space; agents come by invitation only."""
        return True

    def save_user(self, request: HttpRequest, user: Utilisateur, form, commit: bool = True) -> Utilisateur:
        user.cree_le = horloge.maintenant()
        return super().save_user(request, user, form, commit)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation) -> str:
        """Links of mails stand on the portal's own address, never on the host that a request names."""
        return settings.ADRESSE_PUBLIQUE + reverse("account_confirm_email", args=[emailconfirmation.key])

    def get_reset_password_from_key_url(self, key: str) -> str:
        uidb36, _, secret = key.partition("-")
        return settings.ADRESSE_PUBLIQUE + reverse("account_reset_password_from_key", args=[uidb36, secret])

    def populate_username(self, request: HttpRequest, user: Utilisateur) -> None:
        """There is no user name: the mail address is the account."""


class AdaptateurMFA(DefaultMFAAdapter):
    def get_totp_issuer(self) -> str:
        return "Portail ESS"

    def is_mfa_enabled(self, user: Utilisateur, types=None) -> bool:
        """In the sandbox the second factor is waived at login; acts that need it ask for it all the same."""
        if settings.BAC_A_SABLE and types is not None:
            return False
        return super().is_mfa_enabled(user, types)
