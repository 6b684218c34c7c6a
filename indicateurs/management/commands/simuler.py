"""`manage.py simuler --dossiers N --annees A --graine S --processus P`: random lives through the real services, to end now."""

import gc
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from ess_portal.socle import horloge
from indicateurs.demonstration.simulation import simuler


class Command(BaseCommand):
    help = "Fait vivre des dossiers inventés par les vrais services. La même graine donne les mêmes faits."

    def add_arguments(self, parser) -> None:
        parser.add_argument("--dossiers", type=int, default=20)
        parser.add_argument("--annees", type=float, default=1.5)
        parser.add_argument("--graine", type=int, default=1)
        parser.add_argument("--processus", type=int, default=1, help="plus d’un\u00a0: portail arrêté, base à soi")

    def handle(self, *args, dossiers: int, annees: float, graine: int, processus: int, **options) -> None:
        if not settings.BAC_A_SABLE:
            raise CommandError("La simulation n’existe que dans le bac à sable.")
        horloge.charger()
        debut = time.monotonic()
        # What is loaded by now stays: the collector of cycles need not look at it again.
        gc.freeze()
        gc.set_threshold(50_000, 20, 50)
        compte = simuler(
            dossiers=dossiers, annees=annees, graine=graine, maintenant=horloge.maintenant(), processus=processus
        )
        duree = time.monotonic() - debut
        self.stdout.write(
            f"{dossiers} dossiers, {compte.actes} actes en {duree:.1f} s : {dossiers / duree:.2f} dossiers et {compte.actes / duree:.0f} "
            f"actes par seconde."
        )
        self.stdout.write("Statuts : " + ", ".join(f"{nom} {n}" for nom, n in sorted(compte.statuts.items())))
        if compte.refus:
            self.stdout.write(
                "Actes refusés par les règles : " + ", ".join(f"{c} {n}" for c, n in sorted(compte.refus.items()))
            )
