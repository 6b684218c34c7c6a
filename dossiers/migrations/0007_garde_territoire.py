"""One ESS per specialty and département (CRI-1c), held by the base: express validations and contracts go one after the other on
each pair, then look at who stands there. The loser's error names it; what may stand all the same is said in the function.
"""

from django.db import migrations, models

# Who stands in the way of `p_dossier` at `p_instant`. A validation meets every ESS that meets the cahier des charges, the silent
# ones included whatever the scan has written (CAL-9); a signature meets those that were validated before it.
# An older ESS being brought into conformity stands in nobody's way unless `unicite_stricte`; a dérogation in force lifts all.
OBSTACLES = """
CREATE FUNCTION dossiers_valide_le(p_dossier bigint, p_defaut timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
  SELECT coalesce(min(x.prise_le), p_defaut) FROM dossiers_decision x
  WHERE x.dossier_id = p_dossier AND x.sens = 'favorable' AND x.retiree_le IS NULL
$$;

CREATE FUNCTION dossiers_obstacles(p_dossier bigint, p_instant timestamptz, p_signature boolean)
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

# The rows of the pairs are taken in one order by everybody, then looked at: a statement after the lock sees what was committed
# before it. Silence takes them too, and is never refused (CRI-1c); nor is a dossier taken over with its decisions already made.
GARDER = """
CREATE FUNCTION dossiers_reserver(p_dossiers bigint[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO dossiers_gardeterritoire AS g (groupe, departement, passages)
  SELECT DISTINCT c.groupe, c.departement, 1 FROM dossiers_couverture c WHERE c.dossier_id = ANY(p_dossiers) ORDER BY 1, 2
  ON CONFLICT (groupe, departement) DO UPDATE SET passages = g.passages + 1
$$;

CREATE FUNCTION dossiers_refuser_territoire(p_dossier bigint, p_instant timestamptz, p_signature boolean) RETURNS void LANGUAGE plpgsql AS $$
DECLARE avant text := coalesce(current_setting('app.portee', true), ''); qui text;
BEGIN
  PERFORM set_config('app.portee', 'systeme', true);
  SELECT string_agg(o.nom || ' (n° ' || o.numero || ', ' || array_to_string(o.departements, ', ') || ')', ' ; ') INTO qui
  FROM dossiers_obstacles(p_dossier, p_instant, p_signature) o;
  PERFORM set_config('app.portee', avant, true);
  IF qui IS NOT NULL THEN
    RAISE EXCEPTION USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'territoire_unique',
      MESSAGE = 'Le territoire est déjà couvert pour cette spécialité par ' || qui || '.';
  END IF;
END $$;

CREATE FUNCTION dossiers_decision_territoire() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE n record;
BEGIN
  PERFORM dossiers_reserver(ARRAY(SELECT x.dossier_id FROM nouvelles x WHERE x.sens = 'favorable'));
  FOR n IN SELECT x.dossier_id, x.prise_le FROM nouvelles x JOIN dossiers_dossier d ON d.id = x.dossier_id
      WHERE x.sens = 'favorable' AND x.mode = 'expresse' AND d.statut IN ('lettre_deposee', 'projet_depose') LOOP
    PERFORM dossiers_refuser_territoire(n.dossier_id, n.prise_le, false);
  END LOOP;
  RETURN NULL;
END $$;
CREATE TRIGGER territoire AFTER INSERT ON dossiers_decision REFERENCING NEW TABLE AS nouvelles
  FOR EACH STATEMENT EXECUTE FUNCTION dossiers_decision_territoire();
"""

RETIRER = """
DROP TRIGGER territoire ON dossiers_decision;
DROP FUNCTION dossiers_decision_territoire();
DROP FUNCTION dossiers_refuser_territoire(bigint, timestamptz, boolean);
DROP FUNCTION dossiers_reserver(bigint[]);
DROP FUNCTION dossiers_obstacles(bigint, timestamptz, boolean);
DROP FUNCTION dossiers_valide_le(bigint, timestamptz);
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0006_sans_index_de_tableaux"), ("referentiel", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="GardeTerritoire",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("groupe", models.CharField(max_length=48, verbose_name="groupe")),
                ("departement", models.CharField(max_length=3, verbose_name="département")),
                ("passages", models.PositiveBigIntegerField(default=0, verbose_name="passages")),
            ],
            options={
                "verbose_name": "garde d’un territoire",
                "verbose_name_plural": "gardes des territoires",
                "constraints": [
                    models.UniqueConstraint(fields=("groupe", "departement"), name="garde_territoire_unique")
                ],
            },
        ),
        migrations.RunSQL(OBSTACLES + GARDER, RETIRER),
    ]
