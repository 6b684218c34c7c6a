"""Of two ESS on one territory the first to stand there stays, whatever is decided next (CRI-1c): its projet is not refused for one
that came after it, and one that silence validated in conflict keeps its place before those that followed.

An older ESS stands as one that meets the cahier des charges from the validation of its projet on, unless `unicite_stricte`.
"""

from importlib import import_module

from django.db import migrations

AVANT = import_module("dossiers.migrations.0013_derogation_par_specialite").OBSTACLES
EN_PLACE = """'lettre_validee', 'amorcage_signe', 'projet_depose', 'projet_incomplet', 'projet_refuse', 'projet_valide', 'finess_attribue',
      'dotation_active'"""
CONFORMES = "'projet_valide', 'finess_attribue', 'dotation_active'"

DEPUIS = """
CREATE FUNCTION dossiers_en_place_le(p_dossier dossiers_dossier, p_defaut timestamptz, p_stricte boolean) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT coalesce(min(x.prise_le), p_defaut) FROM dossiers_decision x
  WHERE x.dossier_id = p_dossier.id AND x.sens = 'favorable' AND x.retiree_le IS NULL
    AND (x.objet = 'projet' OR p_dossier.regime <> 'mise_en_conformite' OR p_stricte)
$$;
"""
OBSTACLES = """
CREATE OR REPLACE FUNCTION dossiers_obstacles(p_dossier bigint, p_instant timestamptz, p_signature boolean)
RETURNS TABLE (id bigint, numero varchar, nom varchar, departements varchar[]) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE d dossiers_dossier; reglages jsonb; jour date; anterieur timestamptz; stricte boolean;
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
  stricte := coalesce(reglages ->> 'unicite_stricte', 'non') = 'oui';
  IF d.regime = 'mise_en_conformite' AND NOT stricte AND d.statut NOT IN ({CONFORMES}) THEN
    IF p_signature THEN
      RETURN;
    END IF;
  ELSIF d.statut IN ({EN_PLACE}) THEN
    anterieur := dossiers_en_place_le(d, d.statut_depuis, stricte);
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
    AND e.statut IN ({EN_PLACE})
    AND (coalesce(reglages ->> 'cle', 'groupe') <> 'code' OR o.specialites && d.specialites)
    AND (o.regime <> 'mise_en_conformite' OR e.statut IN ({CONFORMES}) OR stricte)
    AND (anterieur IS NULL OR (dossiers_en_place_le(o, CASE WHEN e.statut = o.statut THEN o.statut_depuis ELSE o.bascule_le END, stricte), o.id)
      < (anterieur, d.id))
  GROUP BY o.id, o.numero, o.nom ORDER BY o.id;
END $$;
""".replace("{EN_PLACE}", EN_PLACE).replace("{CONFORMES}", CONFORMES)


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0018_grille_figee")]

    operations = [
        migrations.RunSQL(
            DEPUIS + OBSTACLES, AVANT + "DROP FUNCTION dossiers_en_place_le(dossiers_dossier, timestamptz, boolean);"
        )
    ]
