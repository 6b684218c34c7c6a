"""`manage.py accueil`: prints the portal's address and, in the sandbox, the demonstration accounts."""

from django.conf import settings
from django.core.management.base import BaseCommand

from ess_portal.comptes.demonstration import COMPTES, MOT_DE_PASSE, SECRET_TOTP


class Command(BaseCommand):
    help = "Affiche l’adresse du portail et, dans le bac à sable, les comptes de démonstration."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(f"Portail ESS : {settings.ADRESSE_PUBLIQUE}/")
        if not settings.BAC_A_SABLE:
            return
        self.stdout.write(
            "Bac à sable : données inventées, courriels capturés, horloge réglable par un administrateur."
        )
        largeur = max(len(compte.courriel) for compte in COMPTES)
        for compte in COMPTES:
            self.stdout.write(f"  {compte.courriel:<{largeur}}  {compte.role.label}")
        self.stdout.write(f"Mot de passe de tous : {MOT_DE_PASSE}")
        self.stdout.write(f"Secret TOTP des agents (codes à six chiffres aux actes qui en demandent) : {SECRET_TOTP}")
