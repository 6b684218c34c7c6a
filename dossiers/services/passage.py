"""The deadline scan: writes down, set-based and in chunks, what the law already made true (CAL-9).

One pass claims due échéances (`FOR UPDATE SKIP LOCKED`, so two scans share the work), applies the transition table's automatic
rows under the database's own trigger, and writes decision, event, task and outbox row of each. A second pass finds nothing.
The same SQL settles a single dossier before an act (`numero`).
"""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from ess_portal.comptes.locataire import comme_portail

LOT = 1000

_RECLAMER = """
SELECT e.id FROM dossiers_echeance e JOIN dossiers_dossier d ON d.id = e.dossier_id
WHERE e.statut = 'ouverte' AND e.instant <= %(au)s {filtre}
ORDER BY e.instant, e.id LIMIT %(lot)s FOR UPDATE OF e, d {attente}
"""

# What silence decides: the state moves at the legal instant. The trigger on dossiers_dossier checks each pair.
_TACITES = """
UPDATE dossiers_dossier d
SET statut = CASE e.regle WHEN 'DL-1' THEN 'lettre_validee' WHEN 'DL-3' THEN 'projet_valide' ELSE 'clos' END,
    statut_depuis = e.instant, bascule_le = NULL, version = d.version + 1
FROM dossiers_echeance e
WHERE e.id = ANY(%(ids)s) AND d.id = e.dossier_id
  AND (e.regle, d.statut) IN (('DL-1', 'lettre_deposee'), ('DL-3', 'projet_depose'), ('DUR-1', 'dotation_active'))
RETURNING d.id
"""

_DECISIONS = """
INSERT INTO dossiers_decision (dossier_id, objet, version, sens, mode, date_acquise, dernier_jour, prise_le, enregistree_le,
    motifs, explication, grille, avertissements, motif_retrait)
SELECT e.dossier_id, e.objet, e.rang, 'favorable', 'tacite', e.acquise_le, e.dernier_jour, e.instant, %(au)s,
    '[]', e.explication, '[]', '[]', ''
FROM dossiers_echeance e WHERE e.id = ANY(%(ids)s) AND e.regle IN ('DL-1', 'DL-3') AND e.dossier_id = ANY(%(dossiers)s)
ON CONFLICT DO NOTHING
"""

# CRI-1c: a tacit validation is born even in conflict; it is flagged, the first validated one is not.
_CONFLITS = """
UPDATE dossiers_dossier d SET est_a_regulariser = true
WHERE d.id = ANY(%(dossiers)s) AND d.statut = 'lettre_validee' AND (
  d.est_pluri AND NOT EXISTS (SELECT 1 FROM dossiers_derogation g WHERE g.dossier_id = d.id AND g.issue IN ('accordee', 'conditions')
      AND 'DER-1' = ANY(g.portee))
  OR EXISTS (SELECT 1 FROM dossiers_couverture a JOIN dossiers_couverture b ON b.groupe = a.groupe AND b.departement = a.departement
      JOIN dossiers_dossier o ON o.id = b.dossier_id
      WHERE a.dossier_id = d.id AND b.dossier_id <> d.id
      AND o.statut IN ('lettre_validee', 'amorcage_signe', 'projet_depose', 'projet_incomplet', 'projet_refuse', 'projet_valide',
                       'finess_attribue', 'dotation_active')
      AND (o.statut <> 'lettre_validee' OR (o.statut_depuis, o.id) < (d.statut_depuis, d.id)))
    AND NOT EXISTS (SELECT 1 FROM dossiers_derogation g WHERE g.dossier_id = d.id AND g.issue IN ('accordee', 'conditions')
      AND 'CRI-1c' = ANY(g.portee)))
"""

# An activity deployed on the last day counts whole (DL-4, DL-5); a projet or an avis in time has closed its own row already.
_REGLER = """
UPDATE dossiers_echeance e SET reglee_le = %(au)s, statut = CASE
    WHEN e.regle IN ('DL-4', 'DL-5') AND (SELECT count(DISTINCT a.type) FROM dossiers_activitemission a WHERE a.dossier_id = e.dossier_id
        AND a.type IN ('avis_ponctuel', 'second_recours') AND a.ecartee_le IS NULL AND a.date_deploiement <= e.dernier_jour)
        >= CASE e.regle WHEN 'DL-4' THEN 2 ELSE 1 END THEN 'tenue'
    WHEN e.regle IN ('DL-1', 'DL-3', 'DUR-1') AND NOT e.dossier_id = ANY(%(dossiers)s) THEN 'annulee'
    ELSE 'echue' END
WHERE e.id = ANY(%(ids)s)
"""

_SUITES = """
INSERT INTO dossiers_echeance (dossier_id, regle, objet, rang, qui, dernier_jour, acquise_le, instant, statut, explication, suite,
    equipe_id, ars_id, caisse_id, lecteurs)
SELECT e.dossier_id, s.regle, s.objet, s.rang, s.qui, s.dernier_jour, s.acquise_le, s.instant, 'ouverte', s.explication, '[]',
    e.equipe_id, e.ars_id, e.caisse_id, e.lecteurs
FROM dossiers_echeance e, jsonb_to_recordset(e.suite) AS s(regle text, objet text, rang int, qui text, dernier_jour date, acquise_le date,
    instant timestamptz, explication jsonb)
WHERE e.id = ANY(%(ids)s) AND e.statut = 'echue' AND e.regle IN ('DL-1', 'DL-3')
ON CONFLICT (dossier_id, regle, objet, rang) DO UPDATE SET dernier_jour = EXCLUDED.dernier_jour, acquise_le = EXCLUDED.acquise_le,
    instant = EXCLUDED.instant, explication = EXCLUDED.explication, statut = 'ouverte'
"""

_TYPES = """(VALUES ('DL-1', 'valider_lettre_tacite', NULL, NULL), ('DL-2', 'projet_tardif', 'statuer_retard', 'ars'),
    ('DL-3', 'valider_projet_tacite', NULL, NULL), ('DL-4', 'mission_incomplete', 'mission_incomplete', 'ars'),
    ('DL-5', 'aucune_activite_18_mois', 'ouvrir_recuperation', 'caisse'), ('DL-6', 'cinq_ans', NULL, NULL),
    ('DL-7', 'anniversaire', 'controle_annuel', 'caisse'), ('DL-8', 'fin_du_retrait', NULL, NULL), ('DL-9', 'fin_du_recours', NULL, NULL),
    ('DL-10', 'pieces_non_recues', 'decider_incomplet', 'ars'), ('DUR-1', 'expirer', NULL, NULL),
    ('AVI', 'avis_non_rendu', 'avis_en_retard', 'caisse')) AS t(regle, evenement, tache, qui)"""

_EVENEMENTS = f"""
INSERT INTO journal_evenement (flux, seq, dossier_id, organisation_id, type, acteur_id, acteur_nom, role, legal_le, enregistre_le, donnees,
    precedent, empreinte)
SELECT 'd:' || e.dossier_id, 0, e.dossier_id, NULL, t.evenement, NULL, 'Le portail', 'systeme', e.instant, %(au)s,
    jsonb_build_object('regle', e.regle, 'objet', e.objet, 'dernier_jour', e.dernier_jour, 'acquise_le', e.acquise_le), '', ''
FROM dossiers_echeance e JOIN {_TYPES} ON t.regle = e.regle
WHERE e.id = ANY(%(ids)s) AND e.statut = 'echue' ORDER BY e.dossier_id, e.instant, e.id
"""  # noqa: S608  no value of a person in it

_TACHES = f"""
INSERT INTO dossiers_tache (dossier_id, type, cle, qui, ouverte_le, commentaire, a_faire_au_plus_tard, equipe_id, ars_id, caisse_id, lecteurs)
SELECT e.dossier_id, t.tache, t.tache || ':' || e.objet || ':' || e.rang || ':' || e.dernier_jour, t.qui, e.instant, '',
    CASE t.tache WHEN 'ouvrir_recuperation' THEN (e.dernier_jour + interval '1 month')::date END, e.equipe_id, e.ars_id, e.caisse_id, e.lecteurs
FROM dossiers_echeance e JOIN {_TYPES} ON t.regle = e.regle
WHERE e.id = ANY(%(ids)s) AND e.statut = 'echue' AND t.tache IS NOT NULL
ON CONFLICT DO NOTHING
"""  # noqa: S608  no value of a person in it

# One mail to the équipe and one to the one who must act; people are looked up when it is sent.
_ENVOIS = f"""
INSERT INTO journal_envoi (type, cle, dossier_id, organisation_id, charge, statut, tentatives, cree_le, disponible_le, erreur)
SELECT 'courriel', 'echeance:' || e.id || ':' || e.dernier_jour || ':' || o.id, e.dossier_id, o.id,
    jsonb_build_object('gabarit', 'echeance', 'organisation', o.id, 'contexte', jsonb_build_object('evenement', t.evenement,
        'numero', d.numero, 'nom', d.nom, 'objet', e.objet, 'dernier_jour', e.dernier_jour, 'acquise_le', e.acquise_le)),
    'pret', 0, %(au)s, %(au)s, ''
FROM dossiers_echeance e JOIN dossiers_dossier d ON d.id = e.dossier_id JOIN {_TYPES} ON t.regle = e.regle
JOIN comptes_organisation o ON o.id = CASE WHEN t.qui = 'caisse' THEN e.caisse_id ELSE e.ars_id END
    OR (o.id = e.equipe_id AND t.regle IN ('DL-1', 'DL-2', 'DL-3', 'DL-4', 'DL-5', 'DL-10', 'DUR-1'))
WHERE e.id = ANY(%(ids)s) AND e.statut = 'echue' AND t.regle NOT IN ('DL-8', 'DL-9')
ON CONFLICT (cle) DO NOTHING
"""  # noqa: S608  no value of a person in it

_MARQUES = (
    "UPDATE dossiers_dossier d SET est_tardif = true FROM dossiers_echeance e WHERE e.id = ANY(%(ids)s) AND e.regle = 'DL-2' "
    "AND e.statut = 'echue' AND d.id = e.dossier_id AND d.statut IN ('lettre_validee', 'amorcage_signe')",
    "UPDATE dossiers_avis a SET non_rendu_le = e.dernier_jour FROM dossiers_echeance e WHERE e.id = ANY(%(ids)s) AND e.regle = 'AVI' "
    "AND e.statut = 'echue' AND a.dossier_id = e.dossier_id AND a.objet = e.objet AND a.version = e.rang AND a.rendu_le IS NULL",
    "UPDATE dossiers_echeance o SET statut = 'annulee' FROM dossiers_echeance e WHERE e.id = ANY(%(ids)s) AND e.regle = 'DUR-1' "
    "AND e.statut = 'echue' AND o.dossier_id = e.dossier_id AND o.statut IN ('ouverte', 'suspendue', 'arretee')",
    "UPDATE dossiers_dossier d SET prochaine_le = (SELECT min(o.instant) FROM dossiers_echeance o WHERE o.dossier_id = d.id "
    "AND o.statut = 'ouverte' AND o.regle NOT IN ('DL-6', 'DL-8', 'DL-9')) "
    "WHERE d.id IN (SELECT dossier_id FROM dossiers_echeance WHERE id = ANY(%(ids)s))",
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
    filtre, attente = ("AND d.numero = %(numero)s", "") if numero else ("", "SKIP LOCKED")
    with transaction.atomic(), comme_portail(), connection.cursor() as c:
        c.execute(_RECLAMER.format(filtre=filtre, attente=attente), {"au": au, "lot": lot, "numero": numero})
        ids = [ligne[0] for ligne in c.fetchall()]
        if not ids:
            return 0
        p = {"ids": ids, "au": au}
        c.execute(_TACITES, p)
        p["dossiers"] = [ligne[0] for ligne in c.fetchall()]
        c.execute(_DECISIONS, p)
        c.execute(_CONFLITS, p)
        c.execute(_REGLER, p)
        for requete in (_SUITES, _EVENEMENTS, _TACHES, _ENVOIS, *_MARQUES):
            c.execute(requete, p)
    return len(ids)
