"""The export of a region's list to XLSX beside a bare writer of the same rows: its time, its memory, its queries."""

from __future__ import annotations

import time
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from bench.memoire import COLONNES, FILTRES, mesurer
from ess_portal.comptes.locataire import contexte
from ess_portal.socle import horloge, tableur
from indicateurs.exports import registre

FOIS = 3


def mesurer_export(acteur: Any, numeros: int) -> dict[str, Any]:
    """Medians of interleaved runs, in seconds of this process; the memory is the peak of a process of its own that does nothing else."""
    liste, maintenant = registre.LISTES["dossiers"], horloge.maintenant()

    def lire() -> list[list[Any]]:
        return [list(v[:COLONNES]) for _, v in liste.lignes(acteur, FILTRES, maintenant)][:numeros]

    def exporter(chemin: Path) -> None:
        lignes = (list(v[:COLONNES]) for _, v in liste.lignes(acteur, FILTRES, maintenant))
        with chemin.open("w+b") as sortie:
            tableur.verser(sortie, "xlsx", "Dossiers", lignes, [("Liste", "Dossiers")])

    def nu(chemin: Path, lignes: list[list[Any]]) -> None:
        classeur = Workbook(write_only=True)
        page = classeur.create_sheet("Dossiers")
        for ligne in lignes:
            page.append(ligne)
        classeur.save(chemin)

    with TemporaryDirectory() as dossier, transaction.atomic(), contexte(acteur):
        fichier = Path(dossier) / "liste.xlsx"
        lignes = lire()
        with CaptureQueriesContext(connection) as requetes:
            exporter(fichier)
        entiers, nus = [], []
        for _ in range(FOIS):
            entiers.append(_duree(lambda: exporter(fichier)))
            octets = fichier.stat().st_size
            nus.append(_duree(lambda: nu(fichier, lignes)))
    entier, seul = sorted(entiers)[FOIS // 2], sorted(nus)[FOIS // 2]
    return {
        "lignes": len(lignes),
        "colonnes": COLONNES,
        "octets": octets,
        "requetes": len([q for q in requetes if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]),
        "temps_s": entier,
        "nu_s": seul,
        "ratio": entier / seul,
        "memoire_mo": _memoire(acteur, maintenant),
    }


def _duree(appel: Any) -> float:
    debut = time.perf_counter()
    appel()
    return time.perf_counter() - debut


def _memoire(acteur: Any, maintenant: Any) -> float:
    """Peak resident memory of a worker that makes this one export, in megabytes: Python, Django and the portal included."""
    contexte_ = get_context("spawn")
    tube, autre = contexte_.Pipe()
    fils = contexte_.Process(target=mesurer, args=(autre, acteur, maintenant, dict(connection.settings_dict)))
    fils.start()
    mesure = tube.recv()
    fils.join()
    return mesure
