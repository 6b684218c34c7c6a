"""What `manage.py verifier` proves of the sums paid: one seed credit per ESS whatever the dossiers, no year paid beyond its statements."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.db import connection

# FIN-13: what each dossier keeps of its seed credits; a repayment settles first what its recovery asks of the dotation.
CREDITS = """
SELECT v.dossier_id, d.numero, sum(v.montant) - least(sum(v.montant), coalesce((
  SELECT sum(greatest(0, s.rendu - s.dotation)) FROM (
    SELECT (SELECT coalesce(sum(m.montant), 0) FROM financement_mouvementrecuperation m
        WHERE m.recuperation_id = r.id AND m.statut = 'confirme' AND m.nature = 'remboursement') AS rendu,
      (SELECT coalesce(sum(w.montant), 0) FROM financement_versement w
        WHERE w.nature IN ('dotation', 'regularisation') AND r.versements @> to_jsonb(w.id)) AS dotation
    FROM financement_recuperation r WHERE r.dossier_id = v.dossier_id AND EXISTS (
      SELECT FROM financement_versement c WHERE c.dossier_id = r.dossier_id AND c.nature NOT IN ('dotation', 'regularisation')
      AND r.versements @> to_jsonb(c.id))) s), 0))
FROM financement_versement v JOIN dossiers_dossier d ON d.id = v.dossier_id
WHERE v.nature NOT IN ('dotation', 'regularisation') AND v.statut IN ('valide', 'paye') GROUP BY v.dossier_id, d.numero ORDER BY d.numero
"""
# The dossiers of one ESS: same RNA or SIREN, or the same équipe on the same ground.
LIENS = """
SELECT a.dossier_id, b.dossier_id FROM dossiers_association a JOIN dossiers_association b
  ON a.dossier_id < b.dossier_id AND (a.rna <> '' AND a.rna = b.rna OR a.siren <> '' AND a.siren = b.siren)
UNION
SELECT x.id, y.id FROM dossiers_dossier x JOIN dossiers_dossier y
  ON x.id < y.id AND x.equipe_id = y.equipe_id AND x.groupes && y.groupes AND x.departements && y.departements
"""
PLAFOND = Decimal(80_000)
# What was paid before a dossier was taken over is a fact: its entry wrote the ESS's total, which nothing may pass since.
CONSTATES = """
SELECT dossier_id, max((donnees->>'total')::numeric) FROM journal_evenement WHERE type = 'credit_unique_a_examiner' GROUP BY dossier_id
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
    for numeros in _au_dela_d_un_credit():
        yield f"dossiers {', '.join(numeros)} : plus de 80 000 euros de crédit d’amorçage pour une seule ESS (règle FIN-13)"
    for (numero,) in _lignes(AU_DELA_DU_DECOMPTE):
        yield f"versement {numero} : l’année est payée au-delà de son décompte"


def _au_dela_d_un_credit() -> Iterator[list[str]]:
    """The numbers of the dossiers of each ESS that keeps more than one credit: dossiers linked through others are one ESS."""
    gardes = {pk: (numero, montant) for pk, numero, montant in _lignes(CREDITS)}
    chefs = {pk: pk for pk in gardes}

    def chef(pk: int) -> int:
        while chefs[pk] != pk:
            pk = chefs[pk]
        return pk

    for un, autre in _lignes(LIENS):
        if un in gardes and autre in gardes:
            chefs[chef(un)] = chef(autre)
    reunis: dict[int, list[int]] = {}
    for pk in gardes:
        reunis.setdefault(chef(pk), []).append(pk)
    constates = dict(_lignes(CONSTATES))
    for pks in reunis.values():
        admis = max([PLAFOND, *(constates[pk] for pk in pks if pk in constates)])
        if len(pks) > 1 and sum(gardes[pk][1] for pk in pks) > admis:
            yield [gardes[pk][0] for pk in pks]


def _lignes(requete: str) -> list[tuple]:
    with connection.cursor() as curseur:
        curseur.execute(requete)
        return curseur.fetchall()
