"""The deadline scan: writes down, set-based and in chunks, what the law already made true (CAL-9).

One pass claims due échéances (`FOR UPDATE SKIP LOCKED`, so two scans share the work), applies the transition table's automatic
rows under the database's own trigger, and writes decision, event, task and outbox row of each. A second pass finds nothing.
The same SQL settles a single dossier before an act (`numero`). Each row of a dossier is written once per chunk.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db import connection, transaction

from ess_portal.comptes.locataire import comme_portail

LOT = 1000

_RECLAMER = """
SELECT e.id, e.regle, e.dossier_id FROM (SELECT id, regle, dossier_id FROM dossiers_echeance
  WHERE statut = 'ouverte' AND instant <= %(au)s {filtre} ORDER BY instant, id LIMIT %(lot)s FOR UPDATE {attente}) e
JOIN dossiers_dossier d ON d.id = e.dossier_id FOR UPDATE OF d {attente}
"""

_DU_DOSSIER = "AND dossier_id = (SELECT id FROM dossiers_dossier WHERE numero = %(numero)s)"
# Keys lead to the rows of a chunk: no plan of it reads a whole table.
_PAR_LES_CLES = "SET LOCAL random_page_cost = 1.1"
# The chains of the chunk's dossiers, held until the commit as whoever writes one event holds one.
_TENIR = "SELECT count(pg_advisory_xact_lock(hashtextextended('d:' || x, 0))) FROM unnest(%(dossiers)s::bigint[]) AS x"

# Silence decides only from the state it waits in. An activity deployed on the last day counts whole (DL-4, DL-5); a projet or
# an avis in time has closed its own row already. What falls due writes its decision, its event, its task, and one mail to the
# équipe and one to the one who must act; people are looked up when it is sent.
# The first event of a dossier follows the last one of its chain here (the base checks it); a second one in the chunk is chained by the base.
_REGLER = """
WITH regle AS (
  UPDATE dossiers_echeance e SET reglee_le = %(au)s, statut = CASE
    WHEN e.regle IN ('DL-4', 'DL-5') AND (SELECT count(DISTINCT a.type) FROM dossiers_activitemission a WHERE a.dossier_id = e.dossier_id
        AND a.type IN ('avis_ponctuel', 'second_recours') AND a.ecartee_le IS NULL AND a.date_deploiement <= e.dernier_jour)
        >= CASE e.regle WHEN 'DL-4' THEN 2 ELSE 1 END THEN 'tenue'
    WHEN d.statut = 'dotation_active' AND EXISTS (SELECT 1 FROM dossiers_echeance x WHERE x.dossier_id = d.id AND x.id = ANY(%(ids)s)
        AND x.regle = 'DUR-1' AND x.instant < e.instant) THEN 'annulee'
    WHEN e.regle IN ('DL-1', 'DL-3', 'DUR-1')
        AND (e.regle, d.statut) NOT IN (('DL-1', 'lettre_deposee'), ('DL-3', 'projet_depose'), ('DUR-1', 'dotation_active')) THEN 'annulee'
    ELSE 'echue' END
  FROM dossiers_dossier d WHERE e.id = ANY(%(ids)s) AND d.id = e.dossier_id
  RETURNING e.*, d.numero, d.nom),
e AS (
  SELECT r.*, t.evenement, t.tache, t.charge, t.equipe FROM regle r
  JOIN unnest(%(regles)s::text[], %(evenements)s::text[], %(taches)s::text[], %(charges)s::text[], %(equipes)s::bool[])
    AS t(regle, evenement, tache, charge, equipe) ON t.regle = r.regle
  WHERE r.statut = 'echue'),
decision AS (
  INSERT INTO dossiers_decision (dossier_id, objet, version, sens, mode, date_acquise, dernier_jour, prise_le, enregistree_le,
    motifs, explication, grille, avertissements, motif_retrait)
  SELECT e.dossier_id, e.objet, e.rang, 'favorable', 'tacite', e.acquise_le, e.dernier_jour, e.instant, %(au)s,
    '[]', e.explication, '[]', '[]', ''
  FROM e WHERE e.regle IN ('DL-1', 'DL-3')
  ON CONFLICT DO NOTHING),
tache AS (
  INSERT INTO dossiers_tache (dossier_id, type, cle, qui, ouverte_le, commentaire, a_faire_au_plus_tard, equipe_id, ars_id, caisse_id, lecteurs)
  SELECT e.dossier_id, e.tache, e.tache || ':' || e.objet || ':' || e.rang || ':' || e.dernier_jour, e.charge, e.instant, '',
    (e.suite -> 0 ->> 'a_faire_au_plus_tard')::date, e.equipe_id, e.ars_id, e.caisse_id, e.lecteurs
  FROM e WHERE e.tache IS NOT NULL
  ON CONFLICT DO NOTHING),
evenement AS (
  INSERT INTO journal_evenement (flux, seq, dossier_id, organisation_id, type, acteur_id, acteur_nom, role, legal_le, enregistre_le, donnees,
    precedent, empreinte)
  SELECT m.flux, m.seq, m.dossier_id, NULL, m.evenement, NULL, 'Le portail', 'systeme', m.instant, %(au)s, m.donnees, m.precedent,
    CASE WHEN m.seq = 0 THEN '' ELSE journal_maillon(m.precedent, m.flux, m.seq, m.dossier_id, NULL, m.evenement, NULL, 'Le portail', 'systeme',
      m.instant, %(au)s, m.donnees) END
  FROM (SELECT e.*, 'd:' || e.dossier_id AS flux, CASE WHEN e.n = 1 THEN coalesce(p.seq, 0) + 1 ELSE 0 END AS seq,
      CASE WHEN e.n = 1 THEN coalesce(p.empreinte, '') ELSE '' END AS precedent,
      jsonb_build_object('regle', e.regle, 'objet', e.objet, 'dernier_jour', e.dernier_jour, 'acquise_le', e.acquise_le) AS donnees
    FROM (SELECT *, row_number() OVER (PARTITION BY dossier_id ORDER BY instant, id) AS n FROM e) e
    LEFT JOIN LATERAL (SELECT j.seq, j.empreinte FROM journal_evenement j WHERE j.flux = 'd:' || e.dossier_id ORDER BY j.seq DESC LIMIT 1) p
      ON e.n = 1
    ORDER BY e.dossier_id, e.instant, e.id) m)
INSERT INTO journal_envoi (type, cle, dossier_id, organisation_id, charge, statut, tentatives, cree_le, disponible_le, erreur)
SELECT 'courriel', 'echeance:' || e.id || ':' || e.dernier_jour || ':' || o.id, e.dossier_id, o.id,
  jsonb_build_object('gabarit', 'echeance', 'organisation', o.id, 'contexte', jsonb_build_object('evenement', e.evenement,
    'numero', e.numero, 'nom', e.nom, 'objet', e.objet, 'dernier_jour', e.dernier_jour, 'acquise_le', e.acquise_le)),
  'pret', 0, %(au)s, %(au)s, ''
FROM e CROSS JOIN LATERAL unnest(ARRAY[CASE e.charge WHEN 'ars' THEN e.ars_id WHEN 'caisse' THEN e.caisse_id END,
  CASE WHEN e.equipe THEN e.equipe_id END]) AS o(id)
WHERE o.id IS NOT NULL
ON CONFLICT (cle) DO NOTHING
"""

_SUITES = """
INSERT INTO dossiers_echeance (dossier_id, regle, objet, rang, qui, dernier_jour, acquise_le, instant, statut, explication, suite,
    equipe_id, ars_id, caisse_id, lecteurs)
SELECT e.dossier_id, s.regle, s.objet, s.rang, s.qui, s.dernier_jour, s.acquise_le, s.instant, 'ouverte', s.explication, coalesce(s.suite, '[]'),
    e.equipe_id, e.ars_id, e.caisse_id, e.lecteurs
FROM dossiers_echeance e, jsonb_to_recordset(e.suite) AS s(regle text, objet text, rang int, qui text, dernier_jour date, acquise_le date,
    instant timestamptz, explication jsonb, suite jsonb)
WHERE e.id = ANY(%(ids)s) AND e.statut = 'echue' AND e.regle IN ('DL-1', 'DL-3')
ON CONFLICT (dossier_id, regle, objet, rang) DO UPDATE SET dernier_jour = EXCLUDED.dernier_jour, acquise_le = EXCLUDED.acquise_le,
    instant = EXCLUDED.instant, explication = EXCLUDED.explication, suite = EXCLUDED.suite, statut = 'ouverte'
"""

# What was due with the contract's end or before it is settled for itself, what was due after it is void, whatever the chunk.
_EXPIRATIONS = """
UPDATE dossiers_echeance o SET statut = 'annulee', reglee_le = %(au)s FROM dossiers_echeance e WHERE e.id = ANY(%(ids)s) AND e.regle = 'DUR-1'
AND e.statut = 'echue' AND o.dossier_id = e.dossier_id AND o.statut IN ('ouverte', 'suspendue', 'arretee')
AND (o.instant IS NULL OR o.instant > e.instant)
"""

# The state moves at the legal instant; the trigger on dossiers_dossier checks each pair. CRI-1c: a tacit validation is born even
# in conflict; it is flagged, the first validated one is not: `z` is what an earlier instant of the same chunk makes of the other one.
_DOSSIERS = """
WITH b AS MATERIALIZED (
  SELECT e.dossier_id, bool_or(e.regle IN ('DL-1', 'DL-2') AND e.statut = 'echue') AS tardif_possible,
    min(e.instant) FILTER (WHERE e.statut = 'echue' AND e.regle IN ('DL-1', 'DL-3', 'DUR-1')) AS instant,
    min(CASE e.regle WHEN 'DL-1' THEN 'lettre_validee' WHEN 'DL-3' THEN 'projet_valide' WHEN 'DUR-1' THEN 'clos' END)
      FILTER (WHERE e.statut = 'echue') AS cible
  FROM dossiers_echeance e WHERE e.id = ANY(%(ids)s) GROUP BY e.dossier_id),
d AS (UPDATE dossiers_dossier d SET statut = coalesce(b.cible, d.statut), statut_depuis = coalesce(b.instant, d.statut_depuis),
  bascule_le = CASE WHEN b.cible IS NULL THEN d.bascule_le END, version = d.version + CASE WHEN b.cible IS NULL THEN 0 ELSE 1 END,
  prochaine_le = o.prochaine_le,
  est_tardif = d.est_tardif OR b.tardif_possible AND o.en_retard AND coalesce(b.cible, d.statut) IN ('lettre_validee', 'amorcage_signe'),
  est_a_regulariser = d.est_a_regulariser OR b.cible IS NOT DISTINCT FROM 'lettre_validee' AND (
    d.est_pluri AND NOT EXISTS (SELECT 1 FROM dossiers_derogation g WHERE g.dossier_id = d.id AND g.issue IN ('accordee', 'conditions')
      AND 'DER-1' = ANY(g.portee) AND (b.instant AT TIME ZONE d.fuseau)::date BETWEEN coalesce(g.valide_du, '-infinity') AND coalesce(g.valide_au, 'infinity'))
    OR EXISTS (SELECT 1 FROM dossiers_couverture c JOIN dossiers_couverture v ON v.groupe = c.groupe AND v.departement = c.departement
        JOIN dossiers_dossier y ON y.id = v.dossier_id
        LEFT JOIN referentiel_jeuparametres jn ON jn.id = d.jeu_national_id LEFT JOIN referentiel_jeuparametres jr ON jr.id = d.jeu_regional_id
        WHERE c.dossier_id = d.id AND v.dossier_id <> d.id
        AND (coalesce(jr.valeurs ->> 'cle', jn.valeurs ->> 'cle', 'groupe') <> 'code' OR y.specialites && d.specialites)
        AND (y.regime <> 'mise_en_conformite' OR y.statut IN ('projet_valide', 'finess_attribue', 'dotation_active')
          OR coalesce(jr.valeurs ->> 'unicite_stricte', jn.valeurs ->> 'unicite_stricte', 'non') = 'oui')
        AND CASE
          WHEN y.statut = 'lettre_validee' THEN (y.statut_depuis, y.id) < (b.instant, d.id)
          WHEN y.statut = 'lettre_deposee' THEN EXISTS (SELECT 1 FROM dossiers_echeance z WHERE z.dossier_id = y.id AND z.id = ANY(%(ids)s)
            AND z.regle = 'DL-1' AND z.statut = 'echue' AND (z.instant, y.id) < (b.instant, d.id))
          WHEN y.statut = 'dotation_active' THEN NOT EXISTS (SELECT 1 FROM dossiers_echeance z WHERE z.dossier_id = y.id
            AND z.id = ANY(%(ids)s) AND z.regle = 'DUR-1' AND z.statut = 'echue' AND (z.instant, y.id) < (b.instant, d.id))
          ELSE y.statut IN ('amorcage_signe', 'projet_depose', 'projet_incomplet', 'projet_refuse', 'projet_valide', 'finess_attribue') END
        AND NOT EXISTS (SELECT 1 FROM dossiers_derogation g WHERE g.dossier_id = d.id AND g.issue IN ('accordee', 'conditions')
          AND 'CRI-1c' = ANY(g.portee) AND (g.groupes = '{}' OR c.groupe = ANY(g.groupes)) AND (b.instant AT TIME ZONE d.fuseau)::date BETWEEN coalesce(g.valide_du, '-infinity') AND coalesce(g.valide_au, 'infinity'))))
FROM b CROSS JOIN LATERAL (
    SELECT min(e.instant) FILTER (WHERE e.statut = 'ouverte' AND e.regle NOT IN ('DL-6', 'DL-8', 'DL-9')) AS prochaine_le,
      bool_or(e.regle = 'DL-2' AND e.statut = 'echue') AS en_retard
    FROM dossiers_echeance e WHERE e.dossier_id = b.dossier_id) AS o
WHERE d.id = b.dossier_id AND (b.cible IS NOT NULL OR d.prochaine_le IS DISTINCT FROM o.prochaine_le OR b.tardif_possible)
RETURNING d.id, d.est_a_regulariser AND b.cible IS NOT DISTINCT FROM 'lettre_validee' AS signale)
SELECT id FROM d WHERE signale
"""

# Born in conflict: both sides are told, neither is told who the other one is (CRI-1c, CONF-1).
_CONFLITS = """
WITH nes AS (
  SELECT DISTINCT c.dossier_id AS id, y.id AS autre FROM dossiers_couverture c
  JOIN dossiers_couverture v ON v.groupe = c.groupe AND v.departement = c.departement AND v.dossier_id <> c.dossier_id
  JOIN dossiers_dossier y ON y.id = v.dossier_id
  WHERE c.dossier_id = ANY(%(signales)s)
    AND y.statut IN ('lettre_validee', 'amorcage_signe', 'projet_depose', 'projet_incomplet', 'projet_refuse', 'projet_valide', 'finess_attribue',
      'dotation_active'))
INSERT INTO journal_envoi (type, cle, dossier_id, organisation_id, charge, statut, tentatives, cree_le, disponible_le, erreur)
SELECT 'courriel', 'conflit:' || n.id || ':' || n.autre || ':' || s.id || ':' || o.id, s.id, o.id,
    jsonb_build_object('gabarit', 'conflit', 'organisation', o.id, 'contexte', jsonb_build_object('numero', s.numero, 'nom', s.nom,
      'a_regulariser', s.id = n.id)),
    'pret', 0, %(au)s, %(au)s, ''
FROM nes n JOIN dossiers_dossier s ON s.id IN (n.id, n.autre)
CROSS JOIN LATERAL unnest(ARRAY[s.equipe_id, s.ars_id, s.caisse_id]) AS o(id)
WHERE o.id IS NOT NULL
ON CONFLICT (cle) DO NOTHING
"""

_AVIS = """
UPDATE dossiers_avis a SET non_rendu_le = e.dernier_jour FROM dossiers_echeance e WHERE e.id = ANY(%(ids)s) AND e.regle = 'AVI'
AND e.statut = 'echue' AND a.dossier_id = e.dossier_id AND a.objet = e.objet AND a.version = e.rang AND a.rendu_le IS NULL
"""


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
    "DL-7": Fin("anniversaire", "controle_annuel", "caisse"),
    "DL-8": Fin("fin_du_retrait", charge=None),
    "DL-9": Fin("fin_du_recours", charge=None),
    "DL-10": Fin("pieces_non_recues", "decider_incomplet", equipe=True),
    "DUR-1": Fin("expirer", equipe=True),
    "AVI": Fin("avis_non_rendu", "avis_en_retard", "caisse"),
    "AVI-2": Fin("decision_expresse_en_retard"),
}
# In this order, the last one names the dossiers born in conflict; a statement runs when the chunk has a row of one of its rules (None: always).
_ETAPES = (
    (None, _TENIR),
    (None, _REGLER),
    ({"DL-1", "DL-3"}, _SUITES),
    ({"DUR-1"}, _EXPIRATIONS),
    ({"AVI"}, _AVIS),
    (None, _DOSSIERS),
)


def regler_dues(*, au: datetime, numero: str | None = None, lot: int = LOT) -> int:
    """Settles every échéance whose instant has passed at `au`, in chunks of its own transaction each; gives the count.

    With `numero`, only that dossier's, in the running transaction, waiting for its locks.
    """
    total = 0
    while n := _un_lot(au, numero, lot):
        total += n
    return total


def _un_lot(au: datetime, numero: str | None, lot: int) -> int:
    filtre, attente = (_DU_DOSSIER, "") if numero else ("", "SKIP LOCKED")
    with transaction.atomic(), comme_portail(), connection.cursor() as c:
        if numero is None:
            c.execute(_PAR_LES_CLES)
        c.execute(_RECLAMER.format(filtre=filtre, attente=attente), {"au": au, "lot": lot, "numero": numero})
        lignes = c.fetchall()
        if not lignes:
            return 0
        presentes = {regle for _, regle, _ in lignes}
        fins = {r: f for r, f in FINS.items() if r in presentes}
        p = {
            "ids": [i for i, _, _ in lignes],
            "dossiers": sorted({d for _, _, d in lignes}),
            "au": au,
            "regles": list(fins),
            "evenements": [f.evenement for f in fins.values()],
            "taches": [f.tache for f in fins.values()],
            "charges": [f.charge for f in fins.values()],
            "equipes": [f.equipe for f in fins.values()],
        }
        for regles, requete in _ETAPES:
            if regles is None or regles & presentes:
                c.execute(requete, p)
        if signales := [i for (i,) in c.fetchall()]:
            c.execute(_CONFLITS, {"au": au, "signales": signales})
    return len(lignes)
