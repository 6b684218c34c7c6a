"""`manage.py horloge INSTANT`: sandbox only; sets the simulated clock, runs what became due, prints what happened."""

from datetime import UTC, datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_date, parse_datetime

from dossiers.services.simulation import deplacer_horloge, evenements_depuis
from ess_portal.journal import relais
from ess_portal.socle import horloge


def lire_instant(texte: str) -> datetime:
    """An instant with its zone (UTC without one), a day (00:00 UTC), or « reel » for the machine's time."""
    if texte in ("reel", "réel"):
        return horloge.temps_reel()
    try:
        instant = parse_datetime(texte)
        jour = parse_date(texte)
    except ValueError:
        instant = jour = None
    if instant is None and jour is not None:
        instant = datetime(jour.year, jour.month, jour.day, tzinfo=UTC)
    if instant is None:
        raise CommandError("Un instant s’écrit 2026-03-01T00:00:00+01:00, un jour 2026-03-01, le temps réel « reel ».")
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


class Command(BaseCommand):
    help = "Bac à sable : règle l’horloge simulée, exécute ce qui est échu, dit ce qui s’est passé."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("instant")

    def handle(self, *args: object, instant: str, **options: object) -> None:
        if not settings.BAC_A_SABLE:
            raise CommandError("L’horloge ne se règle que dans le bac à sable.")
        horloge.charger()
        d = deplacer_horloge(lire_instant(instant))
        effets = relais.vider()
        self.stdout.write(f"Horloge : {d.avant:%Y-%m-%d %H:%M} UTC → {d.apres:%Y-%m-%d %H:%M} UTC")
        self.stdout.write(f"{d.echeances} échéances réglées, {d.relances} relances, {effets} envois faits")
        for e in evenements_depuis(d.depuis):
            self.stdout.write(f"  {e.legal_le:%Y-%m-%d %H:%M} {e.dossier.numero} {e.type}")
