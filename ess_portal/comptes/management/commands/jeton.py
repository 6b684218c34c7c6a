"""`manage.py jeton EMAIL`: prints a new API token of that account, and nothing else."""

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from ess_portal.comptes.models import Rattachement
from ess_portal.comptes.services.jetons import creer_jeton
from ess_portal.socle import horloge


class Command(BaseCommand):
    help = "Crée un jeton d’API pour un compte et l’affiche. Il n’est gardé nulle part en clair."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("courriel")
        parser.add_argument("--organisation", help="code de l’organisation, quand le compte en a plusieurs")

    def handle(self, *args: object, courriel: str, organisation: str | None, **options: object) -> None:
        horloge.charger()
        acces = Rattachement.objects.actifs().filter(utilisateur__courriel=courriel.lower())
        if organisation:
            acces = acces.filter(organisation__code=organisation)
        rattachement = acces.select_related("utilisateur", "organisation").order_by("organisation__nom").first()
        if rattachement is None:
            raise CommandError(f"Aucun accès actif pour {courriel}.")
        with transaction.atomic():
            _, clair = creer_jeton(rattachement=rattachement, maintenant=horloge.maintenant())
        self.stdout.write(clair)
