"""What `manage.py verifier` proves of the sums paid: one seed credit per ESS whatever the dossiers, no year paid beyond its statements."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

# FIN-13: two dossiers of one ESS (same RNA or SIREN, or the same équipe on the same ground), what was given back deducted.
UN_SEUL_CREDIT = """
WITH credits AS (
  SELECT v.dossier_id, sum(v.montant) - least(sum(v.montant), coalesce((SELECT sum(m.montant) FROM financement_mouvementrecuperation m
      JOIN financement_recuperation r ON r.id = m.recuperation_id
      WHERE r.dossier_id = v.dossier_id AND m.statut = 'confirme' AND m.nature = 'remboursement'), 0)) AS recu
  FROM financement_versement v WHERE v.nature NOT IN ('dotation', 'regularisation') AND v.statut IN ('valide', 'paye') GROUP BY v.dossier_id
), liens AS (
  SELECT a.dossier_id AS un, b.dossier_id AS autre FROM dossiers_association a JOIN dossiers_association b
    ON a.dossier_id < b.dossier_id AND (a.rna <> '' AND a.rna = b.rna OR a.siren <> '' AND a.siren = b.siren)
  UNION
  SELECT x.id, y.id FROM dossiers_dossier x JOIN dossiers_dossier y
    ON x.id < y.id AND x.equipe_id = y.equipe_id AND x.groupes && y.groupes AND x.departements && y.departements
)
SELECT d.numero, e.numero FROM liens l JOIN credits c ON c.dossier_id = l.un JOIN credits k ON k.dossier_id = l.autre
JOIN dossiers_dossier d ON d.id = l.un JOIN dossiers_dossier e ON e.id = l.autre
WHERE c.recu > 0 AND k.recu > 0 AND c.recu + k.recu > 80000 ORDER BY 1, 2 LIMIT 1
"""
# FIN-7: what a statement adds to the advance never makes the year more than a statement has said. An older one may have said more.
AU_DELA_DU_DECOMPTE = """
SELECT v.numero FROM financement_versement v WHERE v.nature = 'regularisation' AND v.statut <> 'annule' AND (
  SELECT sum(w.montant) FROM financement_versement w
  WHERE w.dossier_id = v.dossier_id AND w.annee = v.annee AND w.nature IN ('dotation', 'regularisation') AND w.statut <> 'annule'
) > coalesce((SELECT max(a.montant) FROM financement_dotationannuelle a WHERE a.dossier_id = v.dossier_id AND a.annee = v.annee), 0)
ORDER BY 1 LIMIT 1
"""


def sommes_versees() -> Iterator[str]:
    """One sentence per fault: which dossiers or payment, and what is wrong."""
    for numero, autre in _lignes(UN_SEUL_CREDIT):
        yield f"dossiers {numero} et {autre} : plus de 80 000 euros de crédit d’amorçage pour une seule ESS (règle FIN-13)"
    for (numero,) in _lignes(AU_DELA_DU_DECOMPTE):
        yield f"versement {numero} : l’année est payée au-delà de son décompte"


def _lignes(requete: str) -> list[tuple]:
    with connection.cursor() as curseur:
        curseur.execute(requete)
        return curseur.fetchall()
