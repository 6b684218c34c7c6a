"""`manage.py verifier`: the base and the disk against what the portal promised; exit 1 and the first fault named."""

from django.core.management.base import BaseCommand, CommandError

from indicateurs.verification import verifier


class Command(BaseCommand):
    help = "Vérifie la chaîne du journal, les empreintes, les pièces, les versements, le livre et les états rejoués."

    def handle(self, *args, **options) -> None:
        for nom, nombre, faute in verifier():
            if faute is not None:
                raise CommandError(f"{nom} : {faute}")
            self.stdout.write(f"{nom} : {nombre} lignes, aucune faute.")
