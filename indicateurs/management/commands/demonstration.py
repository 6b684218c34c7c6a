"""`manage.py demonstration`: the sandbox's accounts and dossiers, once. Stopped on the way, it goes on where it was."""

import gc
import os
import time
from pathlib import Path

from django.core.management.base import BaseCommand

from ess_portal.comptes.demonstration import creer_comptes
from ess_portal.socle import horloge
from ess_portal.socle.typographie import accord
from indicateurs.demonstration import annuaire, demographie
from indicateurs.demonstration.construction import construire

PREMIERS, FAITE = "demonstration.premiers", "demonstration.faite"
PROCESSUS_MAX = 4


class Command(BaseCommand):
    help = "Crée les comptes et les dossiers de démonstration du bac à sable."

    def add_arguments(self, parser) -> None:
        parser.add_argument(
            "--jalons", type=Path, help="dossier où dire, par un fichier, que les premiers puis tous sont là"
        )
        parser.add_argument(
            "--processus",
            type=int,
            default=min(PROCESSUS_MAX, len(os.sched_getaffinity(0))),
            help="combien de dossiers vivent à la fois",
        )

    def handle(self, *args, processus: int, jalons: Path | None = None, **options) -> None:
        debut = time.monotonic()
        gc.disable()  # short-lived and full of small objects
        horloge.charger()
        creer_comptes()
        annuaire.importer_si_absent(horloge.maintenant())
        demographie.importer_si_absent(horloge.maintenant())

        def marquer(nom: str) -> None:
            if jalons is not None:
                (jalons / nom).touch(mode=0o600)

        faits = construire(horloge.maintenant(), processus=processus, jalon=lambda: marquer(PREMIERS))
        marquer(FAITE)
        vecus = accord(faits, "dossier d’exemple ajouté", "dossiers d’exemple ajoutés")
        self.stdout.write(f"{vecus} en {time.monotonic() - debut:.1f} s, tous sont là.")
