"""`manage.py importer_annuaire FICHIER`: takes the national directory's extract, text or ZIP; may be run again at any time."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from adhesions.annuaire import importer_annuaire
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier
from ess_portal.socle.typographie import accord, nombre

LARGEUR, PAUSE = 30, 0.2


class Progression:
    """One line rewritten in place on a terminal, one line at each tenth elsewhere (a log, a pipe)."""

    def __init__(self, sortie) -> None:
        self.sortie, self.debut = sortie, time.monotonic()
        self.vif = sortie.isatty()
        self.vu = self.dixieme = 0.0

    def __call__(self, lus: int, taille: int, lignes: int) -> None:
        present, part = time.monotonic(), min(lus / taille, 1.0) if taille else 1.0
        duree = max(present - self.debut, 0.001)
        texte = f"{part * 100:3.0f}\u00a0%  {nombre(lignes)} lignes, {nombre(int(lignes / duree))} par seconde"
        if self.vif and (present - self.vu > PAUSE or part == 1):
            self.vu = present
            pleins = int(part * LARGEUR)
            reste = f", reste {duree / part - duree:.0f} s" if part else ""
            self.sortie.write(f"\r[{'█' * pleins}{'·' * (LARGEUR - pleins)}] {texte}{reste}   ")
            self.sortie.flush()
        elif not self.vif and int(part * 10) > self.dixieme:
            self.dixieme = int(part * 10)
            self.sortie.write(f"{texte}\n")

    def finir(self) -> None:
        if self.vif and self.vu:
            self.sortie.write("\nFusion avec l’annuaire connu…\n")


class Command(BaseCommand):
    help = (
        "Importe l’extrait « PS_LibreAcces_Personne_activite_AAAAMMJJHHMM » de l’annuaire santé, texte ou archive ZIP. "
        "Tout ou rien\u00a0: interrompu, il se relance\u00a0; le même fichier deux fois ne change rien."
    )

    def add_arguments(self, parser) -> None:
        parser.add_argument("fichier", type=Path, help="le fichier publié, sous son nom d’origine")

    def handle(self, *args: object, fichier: Path, **options: object) -> None:
        horloge.charger()
        progression = Progression(sys.stderr)

        def suivre(lus: int, taille: int, lignes: int) -> None:
            progression(lus, taille, lignes)
            if lus >= taille:
                progression.finir()

        try:
            fait = importer_annuaire(fichier, maintenant=horloge.maintenant(), suivi=suivre)
        except ErreurMetier as refus:
            raise CommandError(refus.message) from None
        self.stdout.write(
            f"{accord(fait.lignes, 'ligne')} en {fait.secondes} s\u00a0: {accord(fait.personnes, 'personne')}, "
            f"{nombre(fait.ajoutees)} ajoutées, {nombre(fait.modifiees)} modifiées, {nombre(fait.parties)} absentes désormais. "
            f"{accord(fait.hors_champ, 'ligne')} hors champ, {accord(fait.rejetees, 'ligne')} rejetées."
        )
