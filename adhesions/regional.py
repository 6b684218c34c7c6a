"""CRI-4 for many dossiers at once, in SQL: the same figures as each one's page (`adhesions.seuils`)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from ess_portal.referentiel.models import Specialite
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.referentiel.regles.professions import LIBERAUX, MEDECINE_GENERALE

# CTEs over `suivis` (id, region, jeu_national_id, jeu_regional_id, groupes, departements, est_pluri), for `places`:
# `adherents` (id, n): who counts on the day, once each, all specialties together (ADH-1);
# `importees` (id, liberaux, presents): the last imported figures of each pair, where they cover the whole territory (CRI-1d).
CTES = """
groupes_de AS (SELECT * FROM jsonb_to_recordset(%(groupes)s::jsonb)
  AS x(jeu_national bigint, jeu_regional bigint, region text, specialite text, groupes text[])),
courantes AS MATERIALIZED (
  SELECT s.id, s.region, coalesce(s.jeu_national_id, 0) AS jeu_national, coalesce(s.jeu_regional_id, 0) AS jeu_regional, s.groupes::text[],
    v.specialite_id AS specialite, v.adhesion_id
  FROM suivis s JOIN adhesions_versionadhesion v ON v.dossier_id = s.id
  WHERE v.connu_jusqua IS NULL AND v.valide_du <= %(jour)s AND (v.valide_au IS NULL OR v.valide_au >= %(jour)s)
    AND v.mode = ANY(%(liberaux)s) AND v.specialite_id <> ALL(%(generalistes)s) AND v.departements && s.departements),
adherents AS MATERIALIZED (
  SELECT c.id, count(DISTINCT p.rpps) AS n FROM courantes c
  JOIN groupes_de g USING (jeu_national, jeu_regional, region, specialite)
  JOIN adhesions_adhesion a ON a.id = c.adhesion_id
  JOIN adhesions_professionnel p ON p.id = a.professionnel_id
  WHERE g.groupes && c.groupes GROUP BY c.id),
comptees AS (
  SELECT DISTINCT ON (groupe, departement_id) groupe, departement_id AS departement, liberaux, presents
  FROM adhesions_demographie ORDER BY groupe, departement_id, date_comptage DESC),
importees AS MATERIALIZED (
  SELECT id, CASE WHEN est_pluri THEN sum(liberaux) ELSE max(liberaux) END AS liberaux,
    CASE WHEN est_pluri THEN sum(presents) ELSE max(presents) END AS presents
  FROM (
    SELECT s.id, s.est_pluri, cardinality(s.groupes) * cardinality(s.departements) AS paires, d.groupe,
      sum(d.liberaux) AS liberaux, sum(d.presents) AS presents, count(*) AS n
    FROM comptees d JOIN dossiers_couverture c ON c.groupe = d.groupe AND c.departement = d.departement
    JOIN suivis s ON s.id = c.dossier_id GROUP BY 1, 2, 3, 4) x
  GROUP BY id, est_pluri, paires HAVING sum(n) = paires)
"""


@dataclass(frozen=True, slots=True)
class Jeu:
    """What dossiers are pinned to (0: nothing), their region, and the settings that it gives on the day."""

    national: int
    regional: int
    region: str
    parametres: Parametres


def valeurs(jeux: Iterable[Jeu], jour: date) -> dict[str, Any]:
    """The values of CTES. One query: the specialties, whose groups a set may say otherwise (CRI-1c)."""
    specialites = list(Specialite.objects.values_list("code", "groupes"))
    groupes = [
        {
            "jeu_national": j.national, "jeu_regional": j.regional, "region": j.region, "specialite": code,
            "groupes": list(j.parametres.groupes_specialites.de(code, reference)),
        }
        for j in jeux for code, reference in specialites
    ]  # fmt: skip
    return {
        "groupes": json.dumps(groupes),
        "jour": jour,
        "liberaux": sorted(LIBERAUX),
        "generalistes": sorted(MEDECINE_GENERALE),
    }
