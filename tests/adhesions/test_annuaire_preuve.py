"""The command on a whole extract: its speed beside a bare COPY of the same file, its memory, and a second time that writes nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction

from adhesions.models import Fiche, ImportAnnuaire
from tests.outillage.annuaire import NOM, copie_nue, ecrire

MEMOIRE_MAX = 300
# Those that a bare COPY takes too: it stops at a wrong number of columns, and at a byte of another encoding.
SORTES = ("rpps", "doublon", "departement", "specialite")
# A row written again would be another version, elsewhere: its transaction and its place tell.
VERSIONS = "SELECT count(*), sum(hashtextextended(ctid::text || xmin::text, 0)), pg_relation_size('annuaire_fiche') FROM annuaire_fiche"


# Runs the command, then says the peak of its own process: what the system counts for a child begins with its parent's memory.
LANCEUR = """
import re, runpy, sys
sys.argv = ["manage.py", "importer_annuaire", sys.argv[1]]
runpy.run_path("manage.py", run_name="__main__")
print("Sommet", re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1])
"""


def commande(fichier: Path) -> int:
    """Runs the command as an administrator would, on the test's base; gives its peak of memory in MB."""
    base = connection.settings_dict
    url = f"postgresql://{base['USER']}@/{base['NAME']}?host={base['HOST']}"
    environnement = {nom: valeur for nom, valeur in os.environ.items() if nom not in ("GRAPPE_BASE", "GRAPPE_FILE")} | {
        "DATABASE_URL": url,
        "DATABASE_URL_PROPRIETAIRE": url,
        "DJANGO_SETTINGS_MODULE": "ess_portal.settings.test",
    }
    enfant = subprocess.run(
        [sys.executable, "-c", LANCEUR, str(fichier)],
        cwd=settings.RACINE, env=environnement, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert enfant.returncode == 0, enfant.stderr
    return int(enfant.stdout.rsplit("Sommet", 1)[1]) // 1024


def versions() -> tuple:
    with connection.cursor() as curseur:
        curseur.execute(VERSIONS)
        return curseur.fetchone()


@pytest.mark.preuve
@pytest.mark.django_db(transaction=True)
def test_un_extrait_entier_deux_fois(preuve, tmp_path: Path):
    fichier = tmp_path / NOM
    attendu = ecrire(fichier, preuve.taille(3_000, 2_000_000), fautes=preuve.taille(3, 50), sortes=SORTES)
    memoire = commande(fichier)
    fait = ImportAnnuaire.objects.get()
    fautes = int(dict(fait.rejets.values_list("ligne", "motif")) != attendu.rejets)
    fautes += int(set(Fiche.objects.values_list("rpps", flat=True)) != attendu.personnes)
    fautes += int(fait.lignes != attendu.lignes)
    avant = versions()
    encore_memoire = commande(fichier)
    encore = ImportAnnuaire.objects.exclude(pk=fait.pk).get()
    changees = encore.ajoutees + encore.modifiees + encore.parties
    fautes += int(versions() != avant) + int(changees > 0)
    debut = time.monotonic()
    with transaction.atomic(), connection.cursor() as curseur:
        curseur.execute("SET LOCAL statement_timeout = 0")
        nues = copie_nue(curseur.connection.cursor(), fichier)
    duree = time.monotonic() - debut
    preuve.noter(
        cas=fait.lignes,
        fautes=fautes + int(max(memoire, encore_memoire) > MEMOIRE_MAX),
        plancher=preuve.taille(3_000, 2_000_000),
        octets=fichier.stat().st_size,
        personnes=fait.personnes,
        rejets=fait.rejetees,
        lignes_par_seconde=int(fait.lignes / float(fait.secondes)),
        lignes_par_seconde_second_import=int(encore.lignes / float(encore.secondes)),
        lignes_par_seconde_copy_nu=int(nues / duree),
        memoire_mo=memoire,
        memoire_mo_second_import=encore_memoire,
        lignes_changees_au_second_import=changees,
    )
