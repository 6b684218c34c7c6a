"""The floor of the deadline scan: the same rows in the same tables by plain SQL, without a guard, then taken back.

Set-based, in the scan's chunks, with the indexes that the pages read, for whoever serves these pages keeps them. No trigger, policy, foreign key,
hash nor look at the territory. Rolled back, so that the scan then settles the same dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import psycopg

from bench.mesures import cpu_du_processus
from dossiers.services.passage import LOT

_DUES = """
WITH e AS MATERIALIZED (SELECT x.*, d.numero, d.nom, CASE x.regle WHEN 'DL-1' THEN 'valider_lettre_tacite' ELSE 'valider_projet_tacite' END AS evenement
    FROM (SELECT id, regle, objet, rang, dossier_id, dernier_jour, acquise_le, instant, explication, suite, equipe_id, ars_id, caisse_id, lecteurs
      FROM dossiers_echeance WHERE statut = 'ouverte' AND instant <= %(au)s ORDER BY instant, id LIMIT %(lot)s FOR UPDATE SKIP LOCKED) x
    JOIN dossiers_dossier d ON d.id = x.dossier_id),
  r AS (UPDATE dossiers_echeance x SET statut = 'echue', reglee_le = %(au)s FROM e WHERE x.id = e.id),
  d AS (UPDATE dossiers_dossier x SET statut = CASE e.regle WHEN 'DL-1' THEN 'lettre_validee' ELSE 'projet_valide' END, statut_depuis = e.instant,
    bascule_le = NULL, prochaine_le = NULL, version = x.version + 1 FROM e WHERE x.id = e.dossier_id),
  v AS (INSERT INTO journal_evenement (flux, seq, dossier_id, type, acteur_nom, role, legal_le, enregistre_le, donnees, precedent, empreinte)
    SELECT 'd:' || dossier_id, 1000 + rang, dossier_id, evenement, 'Le portail', 'systeme', instant, %(au)s,
      jsonb_build_object('regle', regle, 'objet', objet, 'dernier_jour', dernier_jour, 'acquise_le', acquise_le), repeat('0', 64), repeat('0', 64)
    FROM e)
"""
# What a silence writes beside its event: the decision, and the dates that it starts.
_CONSEQUENCES = """,
  c AS (INSERT INTO dossiers_decision (dossier_id, objet, version, sens, mode, date_acquise, dernier_jour, prise_le, enregistree_le, motifs, explication,
      grille, avertissements, motif_retrait)
    SELECT dossier_id, objet, rang, 'favorable', 'tacite', acquise_le, dernier_jour, instant, %(au)s, '[]', explication, '[]', '[]', '' FROM e),
  s AS (INSERT INTO dossiers_echeance (dossier_id, regle, objet, rang, qui, dernier_jour, acquise_le, instant, statut, explication, suite, equipe_id,
      ars_id, caisse_id, lecteurs)
    SELECT e.dossier_id, s.regle, s.objet, s.rang, s.qui, s.dernier_jour, s.acquise_le, s.instant, 'ouverte', s.explication, coalesce(s.suite, '[]'),
      e.equipe_id, e.ars_id, e.caisse_id, e.lecteurs
    FROM e, jsonb_to_recordset(e.suite) AS s(regle text, objet text, rang int, qui text, dernier_jour date, acquise_le date, instant timestamptz,
      explication jsonb, suite jsonb)
    ON CONFLICT (dossier_id, regle, objet, rang) DO NOTHING)
"""
_ENVOI = """
INSERT INTO journal_envoi (type, cle, dossier_id, charge, statut, tentatives, cree_le, disponible_le, erreur)
SELECT 'courriel', 'echeance:' || id || ':' || dernier_jour, dossier_id, jsonb_build_object('gabarit', 'echeance', 'dossier', dossier_id,
    'organisations', ARRAY[ars_id, equipe_id], 'contexte', jsonb_build_object('evenement', evenement, 'numero', numero, 'nom', nom, 'objet', objet,
    'dernier_jour', dernier_jour, 'acquise_le', acquise_le)), 'pret', 0, %(au)s, %(au)s, ''
FROM e
"""
ETAT_EVENEMENT_ENVOI = _DUES + _ENVOI
# What the scan writes, row for row: the floor it is held to. The other is printed beside it.
TOUTES_LES_LIGNES = _DUES + _CONSEQUENCES + _ENVOI


@dataclass(frozen=True)
class Sol:
    lignes: int
    cpu: float

    @property
    def par_seconde(self) -> float:
        """Rows per second of the server's processor."""
        return self.lignes / self.cpu


def mesurer(base: psycopg.Connection, requete: str, au: datetime) -> Sol:
    """What plain SQL takes for all that is due, on a base found again as it was. `base`: the superuser's connection."""
    serveur, lignes = base.info.backend_pid, 0
    debut = cpu_du_processus(serveur)
    with base.transaction(force_rollback=True):
        base.execute("SET LOCAL session_replication_role = replica")
        base.execute("SET LOCAL random_page_cost = 1.1")
        while lu := base.execute(requete, {"au": au, "lot": LOT}).rowcount:
            lignes += lu
    cpu = cpu_du_processus(serveur) - debut
    base.execute("VACUUM ANALYZE")
    return Sol(lignes, cpu)
