"""A dérogation to uniqueness that names its specialties lifts the obstacle for those alone (DER-2)."""

from django.db import migrations

OBSTACLES = """
CREATE OR REPLACE FUNCTION dossiers_obstacles(p_dossier bigint, p_instant timestamptz, p_signature boolean)
RETURNS TABLE (id bigint, numero varchar, nom varchar, departements varchar[]) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE d dossiers_dossier; reglages jsonb; jour date; anterieur timestamptz;
BEGIN
  SELECT * INTO d FROM dossiers_dossier x WHERE x.id = p_dossier;
  jour := (p_instant AT TIME ZONE d.fuseau)::date;
  IF EXISTS (SELECT 1 FROM dossiers_derogation g WHERE g.dossier_id = p_dossier AND g.issue IN ('accordee', 'conditions')
      AND 'CRI-1c' = ANY(g.portee) AND g.groupes = '{}' AND coalesce(g.valide_du, jour) <= jour AND coalesce(g.valide_au, jour) >= jour) THEN
    RETURN;
  END IF;
  SELECT coalesce(n.valeurs, '{}') || coalesce(r.valeurs, '{}') INTO reglages
  FROM (SELECT coalesce(p.jeu_national_id, d.jeu_national_id) AS n, CASE WHEN p.jeu_national_id IS NULL THEN d.jeu_regional_id ELSE p.jeu_regional_id END AS r
    FROM (SELECT 1) AS un LEFT JOIN LATERAL (SELECT q.jeu_national_id, q.jeu_regional_id FROM dossiers_projetsante q
      WHERE q.dossier_id = p_dossier AND q.jeu_national_id IS NOT NULL AND d.statut IN ('projet_depose', 'projet_incomplet')
      ORDER BY q.version DESC LIMIT 1) AS p ON true) AS j
  LEFT JOIN referentiel_jeuparametres n ON n.id = j.n LEFT JOIN referentiel_jeuparametres r ON r.id = j.r;
  IF p_signature THEN
    IF d.regime = 'mise_en_conformite' AND d.statut NOT IN ('projet_valide', 'finess_attribue', 'dotation_active')
        AND coalesce(reglages ->> 'unicite_stricte', 'non') <> 'oui' THEN
      RETURN;
    END IF;
    anterieur := dossiers_valide_le(d.id, d.statut_depuis);
  END IF;
  RETURN QUERY
  SELECT o.id, o.numero, o.nom, array_agg(DISTINCT v.departement ORDER BY v.departement)
  FROM dossiers_couverture c JOIN dossiers_couverture v ON v.groupe = c.groupe AND v.departement = c.departement
  JOIN dossiers_dossier o ON o.id = v.dossier_id
  CROSS JOIN LATERAL (SELECT CASE WHEN o.bascule_le > p_instant OR o.bascule_le IS NULL THEN o.statut ELSE
    CASE o.statut WHEN 'lettre_deposee' THEN 'lettre_validee' WHEN 'projet_depose' THEN 'projet_valide' WHEN 'dotation_active' THEN 'clos'
    ELSE o.statut END END AS statut) AS e
  WHERE c.dossier_id = p_dossier AND v.dossier_id <> p_dossier
    AND NOT EXISTS (SELECT 1 FROM dossiers_derogation g WHERE g.dossier_id = p_dossier AND g.issue IN ('accordee', 'conditions')
      AND 'CRI-1c' = ANY(g.portee) AND c.groupe = ANY(g.groupes)
      AND coalesce(g.valide_du, jour) <= jour AND coalesce(g.valide_au, jour) >= jour)
    AND e.statut IN ('lettre_validee', 'amorcage_signe', 'projet_depose', 'projet_incomplet', 'projet_refuse', 'projet_valide', 'finess_attribue',
      'dotation_active')
    AND (coalesce(reglages ->> 'cle', 'groupe') <> 'code' OR o.specialites && d.specialites)
    AND (o.regime <> 'mise_en_conformite' OR e.statut IN ('projet_valide', 'finess_attribue', 'dotation_active')
      OR coalesce(reglages ->> 'unicite_stricte', 'non') = 'oui')
    AND (NOT p_signature OR NOT o.est_a_regulariser AND (dossiers_valide_le(o.id, o.statut_depuis), o.id) < (anterieur, d.id))
  GROUP BY o.id, o.numero, o.nom ORDER BY o.id;
END $$;
"""

AVANT = """
CREATE OR REPLACE FUNCTION dossiers_obstacles(p_dossier bigint, p_instant timestamptz, p_signature boolean)
RETURNS TABLE (id bigint, numero varchar, nom varchar, departements varchar[]) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE d dossiers_dossier; reglages jsonb; jour date; anterieur timestamptz;
BEGIN
  SELECT * INTO d FROM dossiers_dossier x WHERE x.id = p_dossier;
  jour := (p_instant AT TIME ZONE d.fuseau)::date;
  IF EXISTS (SELECT 1 FROM dossiers_derogation g WHERE g.dossier_id = p_dossier AND g.issue IN ('accordee', 'conditions')
      AND 'CRI-1c' = ANY(g.portee) AND coalesce(g.valide_du, jour) <= jour AND coalesce(g.valide_au, jour) >= jour) THEN
    RETURN;
  END IF;
  SELECT coalesce(n.valeurs, '{}') || coalesce(r.valeurs, '{}') INTO reglages
  FROM (SELECT coalesce(p.jeu_national_id, d.jeu_national_id) AS n, CASE WHEN p.jeu_national_id IS NULL THEN d.jeu_regional_id ELSE p.jeu_regional_id END AS r
    FROM (SELECT 1) AS un LEFT JOIN LATERAL (SELECT q.jeu_national_id, q.jeu_regional_id FROM dossiers_projetsante q
      WHERE q.dossier_id = p_dossier AND q.jeu_national_id IS NOT NULL AND d.statut IN ('projet_depose', 'projet_incomplet')
      ORDER BY q.version DESC LIMIT 1) AS p ON true) AS j
  LEFT JOIN referentiel_jeuparametres n ON n.id = j.n LEFT JOIN referentiel_jeuparametres r ON r.id = j.r;
  IF p_signature THEN
    IF d.regime = 'mise_en_conformite' AND d.statut NOT IN ('projet_valide', 'finess_attribue', 'dotation_active')
        AND coalesce(reglages ->> 'unicite_stricte', 'non') <> 'oui' THEN
      RETURN;
    END IF;
    anterieur := dossiers_valide_le(d.id, d.statut_depuis);
  END IF;
  RETURN QUERY
  SELECT o.id, o.numero, o.nom, array_agg(DISTINCT v.departement ORDER BY v.departement)
  FROM dossiers_couverture c JOIN dossiers_couverture v ON v.groupe = c.groupe AND v.departement = c.departement
  JOIN dossiers_dossier o ON o.id = v.dossier_id
  CROSS JOIN LATERAL (SELECT CASE WHEN o.bascule_le > p_instant OR o.bascule_le IS NULL THEN o.statut ELSE
    CASE o.statut WHEN 'lettre_deposee' THEN 'lettre_validee' WHEN 'projet_depose' THEN 'projet_valide' WHEN 'dotation_active' THEN 'clos'
    ELSE o.statut END END AS statut) AS e
  WHERE c.dossier_id = p_dossier AND v.dossier_id <> p_dossier
    AND e.statut IN ('lettre_validee', 'amorcage_signe', 'projet_depose', 'projet_incomplet', 'projet_refuse', 'projet_valide', 'finess_attribue',
      'dotation_active')
    AND (coalesce(reglages ->> 'cle', 'groupe') <> 'code' OR o.specialites && d.specialites)
    AND (o.regime <> 'mise_en_conformite' OR e.statut IN ('projet_valide', 'finess_attribue', 'dotation_active')
      OR coalesce(reglages ->> 'unicite_stricte', 'non') = 'oui')
    AND (NOT p_signature OR NOT o.est_a_regulariser AND (dossiers_valide_le(o.id, o.statut_depuis), o.id) < (anterieur, d.id))
  GROUP BY o.id, o.numero, o.nom ORDER BY o.id;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0012_derogations_relances")]

    operations = [migrations.RunSQL(OBSTACLES, AVANT)]
