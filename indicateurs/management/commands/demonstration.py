"""`manage.py demonstration`: the sandbox's accounts and dossiers, once."""

import gc
import os
import time

from django.core.management.base import BaseCommand

from ess_portal.comptes.demonstration import creer_comptes
from ess_portal.socle import horloge
from indicateurs.demonstration.construction import construire


class Command(BaseCommand):
    help = "Crée les comptes et les dossiers de démonstration du bac à sable."

    def handle(self, *args, **options) -> None:
        debut = time.monotonic()
        gc.disable()  # short-lived and full of small objects
        horloge.charger()
        creer_comptes()
        faits = construire(horloge.maintenant(), processus=os.cpu_count() or 1)
        self.stdout.write(f"{faits} dossiers vécus en {time.monotonic() - debut:.1f} s.")
