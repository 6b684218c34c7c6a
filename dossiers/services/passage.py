"""The deadline scan: writes down, set-based and in chunks, what the law already made true (CAL-9).

One pass claims due échéances (`FOR UPDATE SKIP LOCKED`, so two scans share the work), applies the transition table's automatic
rows under the database's own trigger, and writes decision, event, task and outbox row of each. A second pass finds nothing.
The same SQL settles a single dossier before an act (`numero`). Each row of a dossier is written once per chunk.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction

from ess_portal.comptes.locataire import comme_portail

from . import requetes_passage as requetes

# What one waits for at most, on a machine five times too busy as well: a chunk holds its rows well under a second.
LOT = 250
# Connections of the watch's own scan: a night of thousands of silences is shared by two cores of the database.
FILS = 2


class Fin(NamedTuple):
    """What the end of a rule's delay writes: its event, perhaps a task and for whom, who is written to."""

    evenement: str
    tache: str | None = None
    charge: str | None = "ars"  # who must act, or is told; None: nobody is
    equipe: bool = False


FINS = {
    "DL-1": Fin("valider_lettre_tacite", equipe=True),
    "DL-2": Fin("projet_tardif", "statuer_retard", equipe=True),
    "DL-3": Fin("valider_projet_tacite", equipe=True),
    "DL-4": Fin("mission_incomplete", "mission_incomplete", equipe=True),
    "DL-5": Fin("aucune_activite_18_mois", "ouvrir_recuperation", "caisse", equipe=True),
    "DL-6": Fin("cinq_ans"),
    "DL-7": Fin("anniversaire", "controle_annuel", "caisse", equipe=True),
    "DL-8": Fin("fin_du_retrait", charge=None),
    "DL-9": Fin("fin_du_recours", charge=None),
    "DL-10": Fin("pieces_non_recues", "decider_incomplet", equipe=True),
    "DUR-1": Fin("expirer", equipe=True),
    "CAL-6": Fin("rejeter_recours_implicite", equipe=True),
    "CAL-6-A": Fin("accepter_recours_implicite", "suite_recours", equipe=True),
    "CAL-6-V": Fin("rejeter_demande_avenant_implicite", equipe=True),
    "CAL-6-VA": Fin("accepter_demande_avenant_implicite", equipe=True),
    "AVI": Fin("avis_non_rendu", "avis_en_retard", "caisse"),
    "IND-3": Fin("rapport_non_remis", equipe=True),
    "AVI-2": Fin("decision_expresse_en_retard"),
}
# In this order, the last one names the dossiers born in conflict; a statement runs when the chunk has a row of one of its rules (None: always).
_ETAPES = (
    (None, requetes.TENIR),
    (None, requetes.REGLER),
    ({"DL-1", "DL-3", "CAL-6"}, requetes.SUITES),
    ({"CAL-6", "CAL-6-A"}, requetes.RECOURS),
    ({"DUR-1"}, requetes.EXPIRATIONS),
    ({"AVI"}, requetes.AVIS),
    (None, requetes.DOSSIERS),
)


def regler_dues(*, au: datetime, numero: str | None = None, lot: int = LOT, fils: int = 1) -> int:
    """Settles every échéance whose instant has passed at `au`, in chunks of its own transaction each; gives the count.

    With `numero`, only that dossier's, in the running transaction, waiting for its locks. More than a chunk is shared by `fils`
    connections, as two scans at once would share it.
    """
    if numero is not None or fils < 2 or not _plus_d_un_lot(au, lot):
        return _epuiser(au, numero, lot)
    with ThreadPoolExecutor(fils) as pool:
        return sum(pool.map(lambda _: _dans_un_fil(au, lot), range(fils)))


def _plus_d_un_lot(au: datetime, lot: int) -> bool:
    with transaction.atomic(), comme_portail(), connection.cursor() as c:
        c.execute(requetes.PLUS_D_UN_LOT, [au, lot])
        return c.fetchone() is not None


def _epuiser(au: datetime, numero: str | None, lot: int) -> int:
    total = 0
    with nullcontext() if numero else _planifie_une_fois():
        while n := _un_lot(au, numero, lot):
            total += n
    return total


@contextmanager
def _planifie_une_fois() -> Iterator[None]:
    """Each statement of a pass is planned once, by keys whatever their number (OUVRIR says so): a plan costs a fifth of a chunk."""
    connection.ensure_connection()
    lien = connection.connection
    avant, lien.prepare_threshold = lien.prepare_threshold, 0
    try:
        yield
    finally:
        lien.prepare_threshold = avant


def _dans_un_fil(au: datetime, lot: int) -> int:
    """A share on a connection of its own."""
    try:
        return _epuiser(au, None, lot)
    finally:
        connection.close()


def _un_lot(au: datetime, numero: str | None, lot: int) -> int:
    filtre, attente = (requetes.DU_DOSSIER, "") if numero else ("", "SKIP LOCKED")
    with transaction.atomic(), comme_portail(), connection.cursor() as c:
        if numero is None:
            c.execute(requetes.OUVRIR)
        c.execute(requetes.RECLAMER.format(filtre=filtre, attente=attente), {"au": au, "lot": lot, "numero": numero})
        # Keys travel as the base wrote them: nothing here reads them.
        n, regles, ids, dossiers = c.fetchone()
        if not n:
            return 0
        presentes = set(regles)
        fins = {r: f for r, f in FINS.items() if r in presentes}
        p = {
            "ids": ids,
            "dossiers": dossiers,
            "au": au,
            "regles": list(fins),
            "evenements": [f.evenement for f in fins.values()],
            "taches": [f.tache for f in fins.values()],
            "charges": [f.charge for f in fins.values()],
            "equipes": [f.equipe for f in fins.values()],
        }
        for concernees, requete in _ETAPES:
            if concernees is None or concernees & presentes:
                c.execute(requete, p)
        if conflits := c.fetchall():
            nes, autres = zip(*conflits, strict=True)
            c.execute(requetes.CONFLITS, {"au": au, "nes": list(nes), "autres": list(autres)})
    return n
