"""Several scans at once: each silence is written once, and of those that share a territory the first one alone is in place (CRI-1c)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import pytest
from django.db import connection, transaction

from dossiers.models import Decision, Dossier
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail
from tests.dossiers.test_unicite import INSTANT, lettres_pretes


@pytest.mark.preuve
@pytest.mark.django_db(transaction=True)
def test_des_passages_simultanes_ne_laissent_qu_une_ess_en_place(preuve):
    """Chunks of two letters, three connections: what one has not committed the others read in the instants of silence."""
    n, au = preuve.taille(8, 60), INSTANT + timedelta(days=90)
    lettres = lettres_pretes(n)
    # Written in the reverse of their rank in time: who comes first in law is not who comes first in the table.
    with comme_portail():
        for rang, lettre in enumerate(lettres):
            decale = INSTANT + timedelta(days=61, minutes=n - rang)
            dossier = Dossier.objects.get(numero=lettre.numero)
            dossier.echeances.filter(regle="DL-1").update(instant=decale)
            Dossier.objects.filter(pk=dossier.pk).update(bascule_le=decale)
    reglees = regler_dues(au=au, lot=2, fils=3)
    with comme_portail():
        en_place = list(Dossier.objects.filter(est_a_regulariser=False).values_list("numero", flat=True))
        decisions = Decision.objects.filter(mode="tacite").count()
    assert regler_dues(au=au) == 0
    preuve.noter(
        cas=n,
        fautes=(en_place != [lettres[-1].numero]) + abs(decisions - n) + (reglees < n),
        plancher=n,
        en_place=len(en_place),
    )


TERRITOIRE = "hashtextextended('territoire', 0)"
# Of this base alone: other workers wait for locks of the same kind in theirs.
ATTENTE = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@pytest.mark.django_db(transaction=True)
def test_le_passage_attend_la_validation_qui_tient_le_territoire():
    """A person's patience (here a twentieth of a second) is over long before the lock is given back: the scan still has its turn."""
    lettres_pretes(1)

    def passer() -> int:
        try:
            with connection.cursor() as c:
                c.execute("SET lock_timeout = '50ms'")
            return regler_dues(au=INSTANT + timedelta(days=90))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as fil:
        with transaction.atomic(), connection.cursor() as c:
            c.execute(f"SELECT pg_advisory_xact_lock({TERRITOIRE})")
            passage = fil.submit(passer)
            attendu = 0
            while not attendu and not passage.done():
                c.execute(ATTENTE)
                (attendu,) = c.fetchone()
            Event().wait(0.2)
        assert passage.result() > 0
    assert attendu == 1
