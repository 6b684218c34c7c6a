"""`manage.py demonstration`: the sandbox's accounts and dossiers, once."""

from django.core.management.base import BaseCommand

from ess_portal.comptes.demonstration import creer_comptes


class Command(BaseCommand):
    help = "Crée les comptes et les dossiers de démonstration du bac à sable."

    def handle(self, *args, **options) -> None:
        creer_comptes()
