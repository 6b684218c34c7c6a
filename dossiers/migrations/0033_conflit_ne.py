"""A tacit validation born in conflict is known from its instant, before any scan has written it (CRI-1c, CAL-9).

It stands since that instant: of two silences of one midnight the first stays and the second is flagged, as the scan will write. The lists ask it
of the few letters whose day has passed; the answer looks across tenants, and gives nothing but yes or no.
"""

from importlib import import_module

from django.db import migrations

AVANT = import_module("dossiers.migrations.0019_premier_en_place").OBSTACLES
EN_PLACE_LE = "    anterieur := dossiers_en_place_le(d, d.statut_depuis, stricte);\n"
OBSTACLES = AVANT.replace(
    EN_PLACE_LE,
    f"{EN_PLACE_LE}  ELSIF d.statut = 'lettre_deposee' AND d.bascule_le <= p_instant THEN\n    anterieur := d.bascule_le;\n",
)
# Another tenant's dossier stands in the way without being seen: the look is the portal's, the words of the caller come back after it.
A_REGULARISER = """
CREATE FUNCTION dossiers_a_regulariser(p_dossier bigint, p_instant timestamptz) RETURNS boolean LANGUAGE plpgsql STABLE COST 10000 AS $$
DECLARE portee text := coalesce(current_setting('app.portee', true), ''); reste boolean;
BEGIN
  PERFORM set_config('app.portee', 'systeme', true);
  reste := EXISTS (SELECT FROM dossiers_dossier d WHERE d.id = p_dossier AND d.est_pluri AND NOT EXISTS (SELECT FROM dossiers_derogation g
      WHERE g.dossier_id = d.id AND g.issue IN ('accordee', 'conditions') AND 'DER-1' = ANY(g.portee)
        AND (p_instant AT TIME ZONE d.fuseau)::date BETWEEN coalesce(g.valide_du, '-infinity') AND coalesce(g.valide_au, 'infinity')))
    OR EXISTS (SELECT FROM dossiers_obstacles(p_dossier, p_instant, true));
  PERFORM set_config('app.portee', portee, true);
  RETURN reste;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("dossiers", "0032_tache_presentation")]

    operations = [
        migrations.RunSQL(
            OBSTACLES + A_REGULARISER, "DROP FUNCTION dossiers_a_regulariser(bigint, timestamptz);" + AVANT
        )
    ]
