"""`manage.py installer`: tables, reference data and, in the sandbox, its accounts, in one process; may be run at each start."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from ess_portal.comptes.demonstration import creer_comptes
from ess_portal.settings import environnement as env
from ess_portal.socle import horloge

CHAMPS = ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")


@contextmanager
def comme_proprietaire() -> Iterator[None]:
    """The connection of the tables' owner, for the time of a block: the application's role writes no schema."""
    application = {nom: connection.settings_dict[nom] for nom in CHAMPS}
    proprietaire = env.base_de_donnees(
        "DATABASE_URL_PROPRIETAIRE", delai_requete_ms=0, delai_verrou_ms=0, delai_inactif_ms=0
    )
    connection.close()
    connection.settings_dict.update({nom: proprietaire[nom] for nom in CHAMPS})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(application)


class Command(BaseCommand):
    help = "Met la base à jour : tables, données de référence, comptes du bac à sable."
    requires_system_checks = ()

    def add_arguments(self, parser) -> None:
        parser.add_argument("--accueil", type=Path, help="fichier où écrire l’adresse et les comptes")

    def handle(self, *args, accueil: Path | None = None, **options) -> None:
        with comme_proprietaire():
            call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
            call_command("createcachetable", verbosity=0)
        call_command("referentiel", stdout=self.stdout)
        if settings.BAC_A_SABLE:
            horloge.charger()
            creer_comptes()
        if accueil is not None:
            with accueil.open("w") as texte:
                call_command("accueil", stdout=texte)
