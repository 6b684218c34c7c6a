"""The statements of the deadline scan, in the order in which a chunk runs them. `passage` says what each rule's end writes."""

from __future__ import annotations

from collections.abc import Iterable

from ..regles.au_droit import SANS_ATTENTE
from ..regles.cycle import BASCULES, Statut
from ..regles.statuts import CONFORMITE_ACQUISE, EN_PLACE

PLUS_D_UN_LOT = (
    "SELECT 1 FROM dossiers_echeance WHERE statut = 'ouverte' AND instant <= %s ORDER BY instant, id OFFSET %s LIMIT 1"
)
RECLAMER = """
WITH r AS MATERIALIZED (
  SELECT e.id, e.regle, e.dossier_id FROM (SELECT id, regle, dossier_id FROM dossiers_echeance
    WHERE statut = 'ouverte' AND instant <= %(au)s {filtre} ORDER BY instant, id LIMIT %(lot)s FOR UPDATE {attente}) e
  JOIN dossiers_dossier d ON d.id = e.dossier_id FOR UPDATE OF d {attente})
SELECT count(*), array_agg(DISTINCT regle::text), array_agg(id ORDER BY id)::text, array_agg(DISTINCT dossier_id)::text FROM r
"""

DU_DOSSIER = "AND dossier_id = (SELECT id FROM dossiers_dossier WHERE numero = %(numero)s)"
# Keys lead to the rows of a chunk: no plan of it reads a whole table. And no express validation is between its look at the territory
# and its commit while a chunk runs (CRI-1c): chunks share this lock, an express validation wants it alone. Nobody waits for the pass: it
# has more patience for that lock than the three seconds of a person.
OUVRIR = """
SELECT set_config('lock_timeout', '1min', true), set_config('random_page_cost', '1.1', true), set_config('plan_cache_mode', 'force_generic_plan', true), set_config('app.territoire', 'partage', true),
  pg_advisory_xact_lock_shared(hashtextextended('territoire', 0))
"""
# The chains of the chunk's dossiers, held until the commit as whoever writes one event holds one.
TENIR = (
    "SELECT count(pg_advisory_xact_lock(hashtextextended('d:' || x, 0))) FROM unnest(%(dossiers)s::text::bigint[]) AS x"
)

# Silence decides only from the state it waits in. An activity deployed on the last day counts whole (DL-4, DL-5); a projet or
# an avis in time has closed its own row already. What falls due writes its decision, its event, its task, and one outbox
# row for the mails to the équipe and to the one who must act; people are looked up when they are sent.
# The first event of a dossier follows the last one of its chain here (the base checks it); a second one in the chunk is chained by the base.
REGLER = """
WITH regle AS (
  UPDATE dossiers_echeance e SET reglee_le = %(au)s, statut = CASE
    WHEN e.regle IN ('DL-4', 'DL-5') AND (SELECT count(DISTINCT a.type) FROM dossiers_activitemission a WHERE a.dossier_id = e.dossier_id
        AND a.type IN ('avis_ponctuel', 'second_recours') AND a.ecartee_le IS NULL AND a.date_deploiement <= e.dernier_jour)
        >= CASE e.regle WHEN 'DL-4' THEN 2 ELSE 1 END THEN 'tenue'
    WHEN d.statut = 'dotation_active' AND e.regle <> 'IND-3' AND EXISTS (SELECT 1 FROM dossiers_echeance x WHERE x.dossier_id = d.id AND x.id = ANY(%(ids)s::text::bigint[])
        AND x.regle = 'DUR-1' AND x.instant < e.instant) THEN 'annulee'
    WHEN e.regle IN ('DL-1', 'DL-3', 'DUR-1')
        AND (e.regle, d.statut) NOT IN (('DL-1', 'lettre_deposee'), ('DL-3', 'projet_depose'), ('DUR-1', 'dotation_active')) THEN 'annulee'
    ELSE 'echue' END
  FROM dossiers_dossier d WHERE e.id = ANY(%(ids)s::text::bigint[]) AND d.id = e.dossier_id
  RETURNING e.id, e.regle, e.objet, e.rang, e.dossier_id, e.dernier_jour, e.acquise_le, e.instant, e.statut, e.explication, e.suite,
    e.equipe_id, e.ars_id, e.caisse_id, e.lecteurs, d.numero, d.nom),
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
SELECT 'courriel', 'echeance:' || e.id || ':' || e.dernier_jour, e.dossier_id, NULL,
  jsonb_build_object('gabarit', 'echeance', 'dossier', e.dossier_id, 'organisations', o.ids, 'contexte', jsonb_build_object('evenement', e.evenement,
    'numero', e.numero, 'nom', e.nom, 'objet', e.objet, 'dernier_jour', e.dernier_jour, 'acquise_le', e.acquise_le)),
  'pret', 0, %(au)s, %(au)s, ''
FROM e CROSS JOIN LATERAL (SELECT array_remove(ARRAY[CASE e.charge WHEN 'ars' THEN e.ars_id WHEN 'caisse' THEN e.caisse_id END,
  CASE WHEN e.equipe THEN e.equipe_id END], NULL) AS ids) AS o
WHERE o.ids <> '{}'
ON CONFLICT (cle) DO NOTHING
"""

SUITES = """
INSERT INTO dossiers_echeance (dossier_id, regle, objet, rang, qui, dernier_jour, acquise_le, instant, statut, explication, suite,
    equipe_id, ars_id, caisse_id, lecteurs)
SELECT e.dossier_id, s.regle, s.objet, s.rang, s.qui, s.dernier_jour, s.acquise_le, s.instant, 'ouverte', s.explication, coalesce(s.suite, '[]'),
    e.equipe_id, e.ars_id, e.caisse_id, e.lecteurs
FROM dossiers_echeance e, jsonb_to_recordset(e.suite) AS s(regle text, objet text, rang int, qui text, dernier_jour date, acquise_le date,
    instant timestamptz, explication jsonb, suite jsonb)
WHERE e.id = ANY(%(ids)s::text::bigint[]) AND e.statut = 'echue' AND e.regle IN ('DL-1', 'DL-3', 'CAL-6')
ON CONFLICT (dossier_id, regle, objet, rang) DO UPDATE SET dernier_jour = EXCLUDED.dernier_jour, acquise_le = EXCLUDED.acquise_le,
    instant = EXCLUDED.instant, explication = EXCLUDED.explication, suite = EXCLUDED.suite, statut = 'ouverte'
"""


def _parmi(statuts: Iterable[Statut]) -> str:
    return ", ".join(f"'{s.value}'" for s in statuts)


_APRES_SILENCE = (
    "CASE y.statut "
    + " ".join(f"WHEN '{de.value}' THEN '{vers.value}'" for de, vers in BASCULES.items())
    + " ELSE y.statut END"
)

# What was due with the contract's end or before it is settled for itself, what was due after it is void, whatever the chunk; a report put
# off is owed all the same.
EXPIRATIONS = """
UPDATE dossiers_echeance o SET statut = 'annulee', reglee_le = %(au)s FROM dossiers_echeance e WHERE e.id = ANY(%(ids)s::text::bigint[]) AND e.regle = 'DUR-1'
AND e.statut = 'echue' AND o.dossier_id = e.dossier_id AND o.regle <> 'IND-3' AND o.statut IN ('ouverte', 'suspendue', 'arretee')
AND (o.instant IS NULL OR o.instant > e.instant)
"""

# The state moves at the legal instant; the trigger on dossiers_dossier checks each pair. CRI-1c: a tacit validation is born even
# in conflict; it is flagged, the first validated one is not. What silence has made of the other one by then is read in its
# `bascule_le`, whichever chunk or scan writes it down (CAL-9).
DOSSIERS = f"""
WITH b AS MATERIALIZED (
  SELECT e.dossier_id, bool_or(e.regle IN ('DL-1', 'DL-2') AND e.statut = 'echue') AS tardif_possible,
    min(e.instant) FILTER (WHERE e.statut = 'echue' AND e.regle IN ('DL-1', 'DL-3', 'DUR-1')) AS instant,
    min(CASE e.regle WHEN 'DL-1' THEN 'lettre_validee' WHEN 'DL-3' THEN 'projet_valide' WHEN 'DUR-1' THEN 'clos' END)
      FILTER (WHERE e.statut = 'echue') AS cible
  FROM dossiers_echeance e WHERE e.id = ANY(%(ids)s::text::bigint[]) GROUP BY e.dossier_id),
voisin AS MATERIALIZED (
  SELECT b.*, c.groupe, v.dossier_id AS autre_id FROM b JOIN dossiers_couverture c ON c.dossier_id = b.dossier_id
  JOIN dossiers_couverture v ON v.groupe = c.groupe AND v.departement = c.departement AND v.dossier_id <> b.dossier_id
  WHERE b.cible = 'lettre_validee'),
occupe AS MATERIALIZED (
  SELECT b.dossier_id, array_agg(DISTINCT y.id) AS autres FROM voisin b JOIN dossiers_dossier d ON d.id = b.dossier_id JOIN dossiers_dossier y ON y.id = b.autre_id
  CROSS JOIN LATERAL (SELECT CASE WHEN (y.bascule_le, y.id) < (b.instant, d.id) THEN {_APRES_SILENCE} ELSE y.statut END AS statut) AS a
  LEFT JOIN referentiel_jeuparametres jn ON jn.id = d.jeu_national_id LEFT JOIN referentiel_jeuparametres jr ON jr.id = d.jeu_regional_id
  CROSS JOIN LATERAL (SELECT coalesce(jr.valeurs ->> 'unicite_stricte', jn.valeurs ->> 'unicite_stricte', 'non') = 'oui' AS stricte) AS r
  WHERE a.statut IN ({_parmi(EN_PLACE)})
    AND (coalesce(jr.valeurs ->> 'cle', jn.valeurs ->> 'cle', 'groupe') <> 'code' OR y.specialites && d.specialites)
    AND (y.regime <> 'mise_en_conformite' OR a.statut IN ({_parmi(CONFORMITE_ACQUISE)}) OR r.stricte)
    AND (dossiers_en_place_le(y, CASE WHEN a.statut = y.statut THEN y.statut_depuis ELSE y.bascule_le END, r.stricte), y.id) < (b.instant, d.id)
    AND NOT EXISTS (SELECT 1 FROM dossiers_derogation g WHERE g.dossier_id = d.id AND g.issue IN ('accordee', 'conditions')
      AND 'CRI-1c' = ANY(g.portee) AND (g.groupes = '{{}}' OR b.groupe = ANY(g.groupes))
      AND (b.instant AT TIME ZONE d.fuseau)::date BETWEEN coalesce(g.valide_du, '-infinity') AND coalesce(g.valide_au, 'infinity'))
  GROUP BY b.dossier_id),
o AS MATERIALIZED (
  SELECT b.dossier_id, min(e.instant) FILTER (WHERE e.statut = 'ouverte' AND e.regle NOT IN {SANS_ATTENTE}) AS prochaine_le,
    bool_or(e.regle = 'DL-2' AND e.statut = 'echue') AS en_retard
  FROM b JOIN dossiers_echeance e ON e.dossier_id = b.dossier_id GROUP BY b.dossier_id),
d AS (UPDATE dossiers_dossier d SET statut = coalesce(b.cible, d.statut), statut_depuis = coalesce(b.instant, d.statut_depuis),
  bascule_le = CASE WHEN b.cible IS NULL THEN d.bascule_le END, version = d.version + CASE WHEN b.cible IS NULL THEN 0 ELSE 1 END,
  prochaine_le = o.prochaine_le,
  est_tardif = d.est_tardif OR b.tardif_possible AND o.en_retard AND coalesce(b.cible, d.statut) IN ('lettre_validee', 'amorcage_signe'),
  est_a_regulariser = d.est_a_regulariser OR k.dossier_id IS NOT NULL OR b.cible IS NOT DISTINCT FROM 'lettre_validee'
    AND d.est_pluri AND NOT EXISTS (SELECT 1 FROM dossiers_derogation g WHERE g.dossier_id = d.id AND g.issue IN ('accordee', 'conditions')
      AND 'DER-1' = ANY(g.portee) AND (b.instant AT TIME ZONE d.fuseau)::date BETWEEN coalesce(g.valide_du, '-infinity') AND coalesce(g.valide_au, 'infinity'))
FROM b JOIN o ON o.dossier_id = b.dossier_id LEFT JOIN occupe k ON k.dossier_id = b.dossier_id
WHERE d.id = b.dossier_id AND (b.cible IS NOT NULL OR d.prochaine_le IS DISTINCT FROM o.prochaine_le OR b.tardif_possible)
RETURNING d.id, k.autres)
SELECT d.id, a.autre FROM d CROSS JOIN LATERAL unnest(d.autres) AS a(autre)
"""  # noqa: S608  states of the table

# Born in conflict: both sides are told, neither is told who the other one is (CRI-1c, CONF-1). Who was in the way is known from there,
# written down or not.
CONFLITS = """
INSERT INTO journal_envoi (type, cle, dossier_id, organisation_id, charge, statut, tentatives, cree_le, disponible_le, erreur)
SELECT 'courriel', 'conflit:' || n.id || ':' || n.autre || ':' || s.id || ':' || o.id, s.id, o.id,
    jsonb_build_object('gabarit', 'conflit', 'organisation', o.id, 'contexte', jsonb_build_object('numero', s.numero, 'nom', s.nom,
      'a_regulariser', s.id = n.id)),
    'pret', 0, %(au)s, %(au)s, ''
FROM unnest(%(nes)s::bigint[], %(autres)s::bigint[]) AS n(id, autre) JOIN dossiers_dossier s ON s.id IN (n.id, n.autre)
CROSS JOIN LATERAL unnest(ARRAY[s.equipe_id, s.ars_id, s.caisse_id]) AS o(id)
WHERE o.id IS NOT NULL
ON CONFLICT (cle) DO NOTHING
"""

# Silence answers a recours gracieux at its legal instant; the state of the dossier does not move.
RECOURS = """
UPDATE dossiers_recours r SET issue = CASE e.regle WHEN 'CAL-6' THEN 'rejete' ELSE 'accepte' END, mode = 'implicite', repondu_le = %(au)s,
  date_reponse = e.dernier_jour, date_notification = CASE e.regle WHEN 'CAL-6' THEN e.dernier_jour END
FROM dossiers_echeance e WHERE e.id = ANY(%(ids)s::text::bigint[]) AND e.regle IN ('CAL-6', 'CAL-6-A') AND e.statut = 'echue'
  AND r.dossier_id = e.dossier_id AND r.objet = e.objet AND r.rang = e.rang AND r.issue = ''
"""

AVIS = """
UPDATE dossiers_avis a SET non_rendu_le = e.dernier_jour FROM dossiers_echeance e WHERE e.id = ANY(%(ids)s::text::bigint[]) AND e.regle = 'AVI'
AND e.statut = 'echue' AND a.dossier_id = e.dossier_id AND a.objet = e.objet AND a.version = e.rang AND a.rendu_le IS NULL
"""
