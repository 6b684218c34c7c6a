"""`manage.py specimen TYPE --sortie FICHIER.pdf`, `manage.py specimen --liste`: one document with invented data."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from ess_portal.documents.donnees import MODELES
from ess_portal.documents.rendu import RenduImpossible, rendre
from ess_portal.documents.specimens import SPECIMENS

CODE = "SPEC2MENSPEC2MEN"


class Command(BaseCommand):
    help = "Met en page un document avec des données inventées."
    requires_system_checks = ()

    def add_arguments(self, parser) -> None:
        parser.add_argument("type", nargs="?", metavar="TYPE")
        parser.add_argument("--sortie", type=Path, metavar="FICHIER")
        parser.add_argument("--liste", action="store_true", help="un code par ligne, et rien d’autre")

    def handle(self, *, type: str | None, sortie: Path | None, liste: bool, **_options: object) -> None:
        if liste:
            self.stdout.write("\n".join(SPECIMENS))
            return
        if type not in SPECIMENS:
            raise CommandError(f"Type inconnu : {type or 'aucun'}. Types : {', '.join(SPECIMENS)}.")
        if sortie is None:
            raise CommandError("Donnez le fichier à écrire : --sortie FICHIER.pdf")
        code_modele, construire = SPECIMENS[type]
        try:
            rendu = rendre(code_modele, construire(), titre=MODELES[code_modele].titre, version=1, code=CODE)
        except RenduImpossible as erreur:
            raise CommandError(str(erreur)) from erreur
        sortie.write_bytes(rendu.octets)
        self.stdout.write(f"{sortie} : {rendu.nombre_pages} pages, {len(rendu.octets)} octets")
