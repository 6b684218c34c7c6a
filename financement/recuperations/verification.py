"""What `manage.py verifier` proves of the recoveries: instalments and repayments sum to what was decided, and the ledger says the same."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection

# name of the fault → recoveries at fault, by number
CONTROLES = {
    "ses échéances ne font pas la somme à rembourser": """
        SELECT r.numero FROM financement_recuperation r LEFT JOIN financement_termerecuperation t ON t.recuperation_id = r.id
        WHERE r.statut IN ('a_rembourser', 'soldee') GROUP BY r.id, t.plan
        HAVING sum(t.montant) + min(t.deja_regle) IS DISTINCT FROM r.montant OR min(t.deja_regle) <> max(t.deja_regle)""",
    "ses remboursements et remises dépassent la somme décidée": """
        SELECT r.numero FROM financement_recuperation r JOIN financement_mouvementrecuperation m ON m.recuperation_id = r.id
        WHERE m.statut <> 'annule' GROUP BY r.id HAVING sum(m.montant) > coalesce(r.montant, 0)""",
    "son étape ne dit pas ce qui est remboursé": """
        SELECT r.numero FROM financement_recuperation r LEFT JOIN financement_mouvementrecuperation m ON m.recuperation_id = r.id
          AND m.statut = 'confirme'
        WHERE r.statut IN ('a_rembourser', 'soldee') GROUP BY r.id
        HAVING (coalesce(sum(m.montant), 0) = r.montant) <> (r.statut = 'soldee')""",
    "un mouvement est saisi et confirmé par la même personne": """
        SELECT r.numero FROM financement_recuperation r JOIN financement_mouvementrecuperation m ON m.recuperation_id = r.id
        WHERE m.confirme_par_id = m.propose_par_id""",
    "les sommes demandées sur son dossier dépassent ce qui a été versé": """
        SELECT min(r.numero) FROM financement_recuperation r WHERE r.creancier = 'caisse' AND r.statut <> 'sans_suite'
        GROUP BY r.dossier_id HAVING sum(coalesce(r.montant, 0)) > (
          SELECT coalesce(sum(v.montant), 0) FROM financement_versement v WHERE v.dossier_id = r.dossier_id AND v.statut = 'paye')""",
    "le livre ne dit pas la somme décidée": """
        SELECT r.numero FROM financement_recuperation r
        WHERE CASE WHEN r.statut IN ('a_rembourser', 'soldee') THEN r.montant ELSE 0 END IS DISTINCT FROM (
          SELECT coalesce(sum(CASE l.sens WHEN 'D' THEN l.montant ELSE -l.montant END), 0)
          FROM financement_ecriture e JOIN financement_ligneecriture l ON l.ecriture_id = e.id AND l.compte = '805'
          WHERE e.dossier_id = r.dossier_id AND e.source_type = 'recuperation' AND e.source_id = r.id)""",
    "le livre ne dit pas l’un de ses remboursements ou remises": """
        SELECT r.numero FROM financement_mouvementrecuperation m JOIN financement_recuperation r ON r.id = m.recuperation_id
        LEFT JOIN LATERAL (
          SELECT coalesce(sum(x.m) FILTER (WHERE x.compte = '806'), 0) AS recupere,
            coalesce(sum(x.m) FILTER (WHERE x.compte = '807'), 0) AS remis
          FROM (SELECT l.compte, CASE l.sens WHEN 'D' THEN l.montant ELSE -l.montant END AS m FROM financement_ecriture e
            JOIN financement_ligneecriture l ON l.ecriture_id = e.id
            WHERE e.dossier_id = m.dossier_id AND e.source_type = 'mouvementrecuperation' AND e.source_id = m.id) x) s ON true
        WHERE (s.recupere, s.remis) IS DISTINCT FROM (
          CASE WHEN m.statut = 'confirme' AND m.nature = 'remboursement' THEN m.montant ELSE 0 END,
          CASE WHEN m.statut = 'confirme' AND m.nature = 'remise' THEN m.montant ELSE 0 END)""",
}
SANS_SOURCE = """
SELECT d.numero, e.seq FROM financement_ecriture e JOIN dossiers_dossier d ON d.id = e.dossier_id
WHERE e.source_type = 'recuperation' AND NOT EXISTS (
  SELECT 1 FROM financement_recuperation r WHERE r.id = e.source_id AND r.dossier_id = e.dossier_id)
OR e.source_type = 'mouvementrecuperation' AND NOT EXISTS (
  SELECT 1 FROM financement_mouvementrecuperation m WHERE m.id = e.source_id AND m.dossier_id = e.dossier_id)
OR e.type IN ('trop_percu', 'recuperation', 'remise') AND e.source_type NOT IN ('recuperation', 'mouvementrecuperation')
ORDER BY 1, 2 LIMIT 1
"""


def recuperations() -> Iterator[str]:
    """One sentence per fault: which recovery, and what is wrong."""
    for faute, requete in CONTROLES.items():
        for (numero,) in _lignes(f"{requete} ORDER BY 1 LIMIT 1"):
            yield f"récupération {numero} : {faute}"
    for numero, seq in _lignes(SANS_SOURCE):
        yield f"livre du dossier {numero} : l’écriture n° {seq} ne vient d’aucune récupération"


def _lignes(requete: str) -> list[tuple]:
    with connection.cursor() as curseur:
        curseur.execute(requete)
        return curseur.fetchall()
