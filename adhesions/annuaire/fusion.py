"""From the lines of an extract to the directory, in a few statements: only what differs is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.backends.utils import CursorWrapper

from ..models import ImportAnnuaire
from ..regles.extrait import DOUBLON, LIBERAL, MODES

# Temporary: private to the import's connection, gone with its transaction whatever its end.
TAMPONS = """
CREATE TEMPORARY TABLE tampon_ligne (rpps text, civilite text, nom text, prenom text, profession text, specialite varchar,
  activite smallint, departement varchar, lieu text, recherche text) ON COMMIT DROP;
CREATE TEMPORARY TABLE tampon_empreinte (ligne integer, empreinte bigint) ON COMMIT DROP;
"""
# No order among the lines of a person: the same lines shuffled give the same row.
PERSONNES = """
CREATE TEMPORARY TABLE tampon_fiche ON COMMIT DROP AS
SELECT rpps, max(civilite) AS civilite, max(nom) AS nom, max(prenom) AS prenom, max(profession) AS profession,
  coalesce(array_agg(DISTINCT specialite) FILTER (WHERE specialite <> ''), '{}') AS specialites,
  (%(modes)s::text[])[bit_or(activite) + 1] AS mode,
  coalesce(array_agg(DISTINCT departement) FILTER (WHERE departement <> ''), '{}') AS departements,
  coalesce(array_agg(DISTINCT departement) FILTER (WHERE departement <> '' AND activite & %(liberal)s > 0), '{}') AS departements_liberaux,
  ('[' || coalesce(string_agg(DISTINCT lieu, ',') FILTER (WHERE lieu <> ''), '') || ']')::jsonb AS lieux,
  max(recherche) AS recherche
FROM tampon_ligne GROUP BY rpps
"""
CHAMPS = (
    "civilite", "nom", "prenom", "profession", "specialites", "mode", "departements", "departements_liberaux", "lieux", "recherche",
)  # fmt: skip
_f, _t = (", ".join(f"{alias}.{champ}" for champ in CHAMPS) for alias in ("f", "t"))
MODIFIER = f"""
UPDATE annuaire_fiche f SET ({", ".join(CHAMPS)}, absente_le) = ROW({_t}, NULL)
FROM tampon_fiche t WHERE f.rpps = t.rpps AND ({_f}, f.absente_le) IS DISTINCT FROM ({_t}, NULL)
"""  # noqa: S608  column names of this file
AJOUTER = f"""
INSERT INTO annuaire_fiche (rpps, {", ".join(CHAMPS)})
SELECT t.rpps, {_t} FROM tampon_fiche t WHERE NOT EXISTS (SELECT FROM annuaire_fiche f WHERE f.rpps = t.rpps)
"""  # noqa: S608
PARTIR = """
UPDATE annuaire_fiche f SET absente_le = %(jour)s
WHERE f.absente_le IS NULL AND NOT EXISTS (SELECT FROM tampon_fiche t WHERE t.rpps = f.rpps)
"""
DOUBLONS = """
INSERT INTO annuaire_rejet (importation_id, ligne, motif, precision)
SELECT %(importation)s, e.ligne, %(motif)s, 'Déjà lue à la ligne ' || d.premiere
FROM (SELECT empreinte, min(ligne) AS premiere FROM tampon_empreinte GROUP BY empreinte HAVING count(*) > 1) d
JOIN tampon_empreinte e ON e.empreinte = d.empreinte AND e.ligne <> d.premiere
"""


@dataclass(frozen=True)
class Ecarts:
    """What an extract changed."""

    personnes: int
    ajoutees: int
    modifiees: int
    parties: int
    doublons: int


def preparer(curseur: CursorWrapper) -> None:
    """Empty staging tables, and the delays of a long work, for this transaction alone."""
    curseur.execute("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0")
    curseur.execute("SET LOCAL work_mem = '64MB'; SET LOCAL client_min_messages = warning")
    curseur.execute(TAMPONS)


def fusionner(curseur: CursorWrapper, importation: ImportAnnuaire, jour: date) -> Ecarts:
    """Merges the staged lines; those who are not among them are absent from `jour` on."""
    curseur.execute("ANALYZE tampon_ligne (rpps)")
    curseur.execute(PERSONNES, {"modes": list(MODES), "liberal": LIBERAL})
    personnes = curseur.rowcount
    curseur.execute("ANALYZE tampon_fiche (rpps)")
    curseur.execute(MODIFIER)
    modifiees = curseur.rowcount
    curseur.execute(AJOUTER)
    ajoutees = curseur.rowcount
    curseur.execute(PARTIR, {"jour": jour})
    parties = curseur.rowcount
    curseur.execute("ANALYZE tampon_empreinte")
    curseur.execute(DOUBLONS, {"importation": importation.pk, "motif": DOUBLON})
    ecarts = Ecarts(personnes, ajoutees, modifiees, parties, curseur.rowcount)
    curseur.execute("DROP TABLE tampon_ligne, tampon_empreinte, tampon_fiche")
    return ecarts
