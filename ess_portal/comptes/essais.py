"""How often an identity may be tried at an act: five times in a quarter of an hour, counted before the password is looked at.

The count is written by a connection of its own: a refused act keeps nothing of its transaction, and must keep this. One
statement counts and answers, so that parallel tries are numbered one by one. Machine time: not the sandbox's.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from ess_portal.socle import horloge

LIMITE = 5
DUREE = timedelta(minutes=15)

_COMPTER = """
INSERT INTO comptes_essaiidentite AS e (utilisateur_id, depuis, nombre) VALUES (%(qui)s, %(present)s, 1)
ON CONFLICT (utilisateur_id) DO UPDATE SET
    depuis = CASE WHEN e.depuis <= %(oubli)s THEN EXCLUDED.depuis ELSE e.depuis END,
    nombre = CASE WHEN e.depuis <= %(oubli)s THEN 1 ELSE least(e.nombre + 1, %(limite)s + 1) END
RETURNING nombre, depuis
"""


def compter(utilisateur_id: int) -> datetime | None:
    """Counts one try. None when it may be judged; otherwise the instant at which tries open again."""
    present = horloge.temps_reel()
    parametres = {"qui": utilisateur_id, "present": present, "oubli": present - DUREE, "limite": LIMITE}
    nombre, depuis = _a_part(_COMPTER, parametres)
    return depuis + DUREE if nombre > LIMITE else None


def oublier(utilisateur_id: int) -> None:
    """Identity was proved: earlier tries count no more."""
    _a_part("DELETE FROM comptes_essaiidentite WHERE utilisateur_id = %(qui)s RETURNING 1, 1", {"qui": utilisateur_id})


def _a_part(requete: str, parametres: dict[str, Any]) -> Any:
    """One statement in autocommit, whatever becomes of the caller's transaction."""
    autre = connection.copy()
    try:
        with autre.cursor() as c:
            c.execute(requete, parametres)
            return c.fetchone()
    finally:
        autre.close()
