"""Identity asked again at the act: password, and the second factor of whoever has one (agents always do)."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP

from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Reauthentification
from ess_portal.socle.typographie import accord, heure_fr

from . import essais
from .models import Organisation, Utilisateur


class TropDEssais(Reauthentification):
    """Too many tries: nothing is judged any more until `attente` seconds have passed (429)."""

    statut_http = 429

    def __init__(self, utilisateur: Utilisateur, reouverture: datetime) -> None:
        reste = (reouverture - horloge.temps_reel()).total_seconds()
        minutes = max(1, -int(-reste // 60))
        organisation = Organisation.objects.filter(
            rattachements__utilisateur=utilisateur, rattachements__retire_le=None
        ).first()
        heure = heure_fr(reouverture + horloge.decalage(), organisation.fuseau if organisation else "Europe/Paris")
        texte = (
            f"Trop d’essais manqués\u00a0: vous pourrez vous identifier de nouveau à partir de {heure}, "
            f"dans {accord(minutes, 'minute')}. Rien n’a été enregistré."
        )
        super().__init__(texte, {"mot_de_passe": texte})
        self.code = "trop_d_essais"
        self.attente = max(1, int(reste) + 1)


def verifier_identite(utilisateur: Utilisateur | None, mot_de_passe: str, code: str) -> None:
    """Raises Reauthentification, with the field to correct, unless the password (and the code) are this person's own.

    Tries are limited per person (`essais`): beyond, TropDEssais says when they open again.
    """
    if utilisateur is None or not mot_de_passe:
        raise Reauthentification
    reouverture = essais.compter(utilisateur.pk)
    if reouverture is not None:
        raise TropDEssais(utilisateur, reouverture)
    if not utilisateur.check_password(mot_de_passe):
        raise Reauthentification(
            "Le mot de passe ne correspond pas.", {"mot_de_passe": "Le mot de passe ne correspond pas."}
        )
    totp = Authenticator.objects.filter(user_id=utilisateur.pk, type=Authenticator.Type.TOTP).first()
    if totp is not None:
        if not code:
            raise Reauthentification(
                "Saisissez le code de votre application.", {"code": "Saisissez le code à six chiffres."}
            )
        if not TOTP(totp).validate_code(code):
            raise Reauthentification(
                "Ce code n’est pas valable.", {"code": "Ce code n’est pas valable, ou il a déjà servi."}
            )
    essais.oublier(utilisateur.pk)


def a_second_facteur(utilisateur: Utilisateur) -> bool:
    """Does this account have a TOTP application registered?"""
    return Authenticator.objects.filter(user_id=utilisateur.pk, type=Authenticator.Type.TOTP).exists()
