"""A process of its own that makes one export and says how much memory it took. Nothing of Django is loaded before it is set up there."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

COLONNES = 20
FILTRES = {"onglet": ["tous"], "tri": ["numero"]}


def mesurer(tube: Any, acteur: Any, maintenant: Any, base: dict[str, Any]) -> None:
    """Sends the peak resident memory in megabytes: Python, Django and the portal included."""
    import django

    django.setup()
    from django.db import connection, transaction

    from ess_portal.comptes.locataire import contexte
    from ess_portal.socle import tableur
    from indicateurs.exports import registre

    connection.settings_dict.update(base)
    with TemporaryDirectory() as dossier, transaction.atomic(), contexte(acteur):
        lus = registre.LISTES["dossiers"].lignes(acteur, FILTRES, maintenant)
        with (Path(dossier) / "liste.xlsx").open("w+b") as sortie:
            tableur.verser(sortie, "xlsx", "Dossiers", (list(v[:COLONNES]) for _, v in lus), [("Liste", "Dossiers")])
    # Of this process alone: `getrusage` also remembers the one that started it.
    tube.send(int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024)
