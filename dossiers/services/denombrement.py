"""Puts together the numbers of dossiers that a trigger writes one by one."""

from __future__ import annotations

from django.db import connection

from ess_portal.comptes.locataire import comme_portail

# Of an ARS, so many rows are added at each page at most, but for what was written since the last pass.
LIGNES = 100

TROP = "SELECT ars_id FROM dossiers_denombrement GROUP BY ars_id HAVING count(*) > %s ORDER BY ars_id"
# One statement: a reader sees the rows before or their sum after. Rows that another pass has taken are left to it.
REUNIR = """
WITH lues AS (SELECT id FROM dossiers_denombrement WHERE ars_id = %s FOR UPDATE SKIP LOCKED),
  retirees AS (DELETE FROM dossiers_denombrement d USING lues WHERE d.id = lues.id
    RETURNING d.ars_id, d.statut, d.est_tardif, d.est_a_regulariser, d.nombre)
INSERT INTO dossiers_denombrement (ars_id, statut, est_tardif, est_a_regulariser, nombre)
SELECT ars_id, statut, est_tardif, est_a_regulariser, sum(nombre) FROM retirees GROUP BY 1, 2, 3, 4 HAVING sum(nombre) <> 0
"""


def reunir(*, lignes: int = LIGNES) -> int:
    """Adds up the rows of each ARS that has more than `lignes`, each in its own transaction; gives how many ARS. Twice or by two at once: the
    same sums.
    """
    with comme_portail(), connection.cursor() as curseur:
        curseur.execute(TROP, [lignes])
        organisations = [pk for (pk,) in curseur]
    for pk in organisations:
        with comme_portail(), connection.cursor() as curseur:
            curseur.execute(REUNIR, [pk])
    return len(organisations)
