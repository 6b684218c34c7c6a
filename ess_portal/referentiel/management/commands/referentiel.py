"""`manage.py referentiel`: loads the reference data; may be run again at any time."""

from django.core.management.base import BaseCommand

from ess_portal.referentiel.chargement import charger


class Command(BaseCommand):
    help = "Charge les données de référence : régions, départements, caisses, spécialités, organisations, paramètres."

    def handle(self, *args: object, **options: object) -> None:
        compte = charger()
        if options["verbosity"]:
            self.stdout.write(", ".join(f"{nombre} {nom}" for nom, nombre in compte.items()))
