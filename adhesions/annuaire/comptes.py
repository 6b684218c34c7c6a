"""How many doctors of a specialty practise on a territory, as the directory says it (CRI-1d, CRI-4)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from ..regles.extrait import MEDECIN
from .fichier import FUSEAU

# The row without groupe is the total: a doctor of two groups is counted once in it.
COMPTER = """
WITH groupes AS (
  SELECT g AS groupe, array_agg(s.code) AS codes FROM unnest(%(groupes)s::text[]) g
  JOIN referentiel_specialite s ON g = ANY (s.groupes) GROUP BY g
)
SELECT g.groupe, count(DISTINCT f.rpps) FILTER (WHERE f.departements_liberaux && %(departements)s::varchar[]),
  count(DISTINCT f.rpps), (SELECT max(extrait_le) FROM annuaire_import)
FROM groupes g LEFT JOIN annuaire_fiche f
  ON f.departements && %(departements)s::varchar[] AND f.specialites && g.codes
  AND f.absente_le IS NULL AND f.profession = %(medecin)s
GROUP BY GROUPING SETS ((g.groupe), ())
"""


# The same totals for many territories.
COMPTER_TOUS = """
SELECT d.cle, count(DISTINCT f.rpps) FILTER (WHERE f.departements_liberaux && d.departements), count(DISTINCT f.rpps)
FROM (
  SELECT (x->>'cle')::bigint AS cle, ARRAY(SELECT jsonb_array_elements_text(x->'departements'))::varchar[] AS departements,
    ARRAY(SELECT s.code FROM referentiel_specialite s WHERE s.groupes::text[] && ARRAY(SELECT jsonb_array_elements_text(x->'groupes'))) AS codes
  FROM jsonb_array_elements(%(territoires)s::jsonb) x
) d LEFT JOIN annuaire_fiche f
  ON f.departements && d.departements AND f.specialites && d.codes AND f.absente_le IS NULL AND f.profession = %(medecin)s
WHERE EXISTS (SELECT 1 FROM annuaire_import WHERE extrait_le IS NOT NULL)
GROUP BY d.cle
"""


@dataclass(frozen=True, slots=True)
class Denombrement:
    """Distinct doctors: `presents` whatever their mode, `liberaux` those with a place of libéral practice on the territory.

    `par_groupe` = {groupe: (liberaux, presents)}; `extrait_le` is the day of the extract, None while none was imported.
    """

    liberaux: int
    presents: int
    extrait_le: date | None
    par_groupe: dict[str, tuple[int, int]]


def denombrer(groupes: Sequence[str], departements: Sequence[str]) -> Denombrement:
    """Counts the doctors of specialty groups who have a place in one of the départements, each once, in one query."""
    with connection.cursor() as curseur:
        curseur.execute(COMPTER, {"groupes": list(groupes), "departements": list(departements), "medecin": MEDECIN})
        lignes = curseur.fetchall()
    par_groupe = dict.fromkeys(groupes, (0, 0))
    total, extrait_le = (0, 0), None
    for groupe, liberaux, presents, instant in lignes:
        if groupe is None:
            total, extrait_le = (liberaux, presents), instant
        else:
            par_groupe[groupe] = (liberaux, presents)
    jour = extrait_le.astimezone(FUSEAU).date() if extrait_le else None
    return Denombrement(*total, jour, par_groupe)


def denombrer_tous(territoires: Mapping[int, tuple[Sequence[str], Sequence[str]]]) -> dict[int, tuple[int, int]]:
    """(libéraux, présents) of each (groups, départements), as `denombrer` has them; {} while no extract was imported. One query."""
    lignes = [{"cle": cle, "groupes": list(g), "departements": list(d)} for cle, (g, d) in territoires.items()]
    with connection.cursor() as curseur:
        curseur.execute(COMPTER_TOUS, {"territoires": json.dumps(lignes), "medecin": MEDECIN})
        return {cle: (liberaux, presents) for cle, liberaux, presents in curseur.fetchall()}
