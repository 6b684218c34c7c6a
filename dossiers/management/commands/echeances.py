"""`manage.py echeances [--au INSTANT]`: one pass of the deadline engine."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from dossiers.services import grilles_tacites, passage, relances
from ess_portal.journal.models import Passage
from ess_portal.socle import horloge


class Command(BaseCommand):
    help = "Inscrit ce que le temps a déjà décidé, et crée les relances dues."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--au", help="Instant ISO avec son fuseau ; par défaut, maintenant.")

    def handle(self, *args: Any, **options: Any) -> None:
        horloge.charger()
        au = horloge.maintenant()
        if options["au"]:
            try:
                au = datetime.fromisoformat(options["au"])
            except ValueError as faute:
                raise CommandError("Écrivez l’instant comme 2026-03-01T00:00:00+01:00.") from faute
            if au.tzinfo is None:
                raise CommandError("Un instant porte son fuseau : 2026-03-01T00:00:00+01:00.")
            if au > horloge.maintenant():
                raise CommandError("Le moteur n’agit pas sur l’avenir. Dans le bac à sable, avancez l’horloge.")
        reglees = passage.regler_dues(au=au)
        relancees = relances.creer(au=au)
        Passage.noter("echeances", reglees)
        Passage.noter("relances", relancees)
        grilles_tacites.figer()
        self.stdout.write(f"échéances réglées : {reglees} ; relances créées : {relancees}")
