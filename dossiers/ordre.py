"""The orders of the list: what its rows are sorted by, for a queryset and in the SQL that the page composes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F
from django.db.models.expressions import RawSQL

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import TypeOrganisation

from . import onglets
from .onglets import Filtres
from .regles.cycle import BASCULES, Statut

S = Statut
_TRIS = {
    "echeance": ("prochaine_le", "pk"),
    "depot": ("depose_le", "pk"),
    "nom": ("nom", "pk"),
    "numero": ("numero",),
    "etape": ("etape", "prochaine_le", "pk"),
    "depuis": ("depuis", "pk"),
    "avis": ("avis", "pk"),
    "suivi": ("suivi", "prochaine_le", "pk"),
    "specialites": ("specialite", "pk"),
    "departements": ("departement", "pk"),
    "commune": ("siege_commune", "pk"),
    "ars": ("ars", "pk"),
    "caisse": ("caisse", "pk"),
    "regime": ("regime", "pk"),
}
# Each order, and its opposite.
TRIS = _TRIS | {f"-{nom}": tuple(f"-{c}" for c in cles) for nom, cles in _TRIS.items()}
# The date that a row shows, as far as an index holds it: a projet late first, what silence will decide by its own date.
TARDIFS = (S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE)
_COMMANDEE = (
    f"(CASE WHEN est_tardif AND {onglets.parmi(TARDIFS)} THEN '-infinity'::timestamptz "
    f"WHEN {onglets.parmi(onglets.INSTRUITS)} THEN coalesce(bascule_le, prochaine_le) ELSE prochaine_le END)"
)


def _rangs(bascule: bool) -> str:
    """SQL: the step of the procedure as a number; `bascule`: of the step that a state has become by itself."""
    rangs = {s: n for n, s in enumerate(S)}
    cas = {de: rangs[vers] for de, vers in BASCULES.items()} if bascule else rangs
    branches = [f"WHEN '{s.value}' THEN {n}" for s, n in cas.items()]
    return f"CASE statut {' '.join(branches)} END"


_ECHUE = f"{onglets.parmi(BASCULES)} AND bascule_le <= %(maintenant)s"
# Orders by what no column says: dear, and asked of the rows that the filters leave.
EXPRESSIONS = {
    "commandee": _COMMANDEE,
    "etape": f"(CASE WHEN {_ECHUE} THEN {_rangs(True)} ELSE {_rangs(False)} END)",
    "depuis": f"(CASE WHEN {_ECHUE} THEN bascule_le ELSE statut_depuis END)",
    "avis": "(SELECT a.sens FROM dossiers_avis a WHERE a.dossier_id = {d}.id ORDER BY a.objet DESC, a.version DESC LIMIT 1)",
    "suivi": "(SELECT lower(u.nom || ' ' || u.prenom) FROM comptes_utilisateur u WHERE u.id = suivi_par_id)",
    "specialite": "specialites[1]",
    "departement": "departements[1]",
    "ars": "(SELECT o.nom FROM comptes_organisation o WHERE o.id = ars_id)",
    "caisse": "(SELECT o.nom FROM comptes_organisation o WHERE o.id = caisse_id)",
}


def cle(nom: str, table: str, maintenant: datetime) -> onglets.Ecrite:
    """The SQL of one of EXPRESSIONS for the rows of `table`."""
    return onglets.places(EXPRESSIONS[nom].replace("{d}", table), {"maintenant": maintenant})


def cles_de(f: Filtres, acteur: Acteur) -> tuple[str, ...]:
    """What the rows are sorted by, for this order, tab and reader."""
    cles = TRIS.get(f.tri, TRIS["echeance"])
    if f.tri == "echeance" and acteur.type == TypeOrganisation.ARS and f.onglet in ("a_traiter", "tacites"):
        return ("bascule_le", *cles)
    if f.tri == "echeance" and acteur.type != TypeOrganisation.CAISSE and f.onglet == "tous":
        return ("commandee", *cles)
    return cles


def ordre_de(f: Filtres, acteur: Acteur, maintenant: datetime) -> list[Any]:
    """The order of the list as the law stands at `maintenant`, for a queryset of dossiers."""
    return tri(cles_de(f, acteur), maintenant)


def tri(cles: Sequence[str], maintenant: datetime) -> list[Any]:
    """These keys for a queryset of dossiers."""
    return [_un_ordre(c.removeprefix("-"), c.startswith("-"), maintenant) for c in cles]


def _un_ordre(nom: str, inverse: bool, maintenant: datetime) -> Any:
    """A key of the order; what has none comes last, either way."""
    lue = RawSQL(*cle(nom, "dossiers_dossier", maintenant)) if nom in EXPRESSIONS else F(nom)  # noqa: S611  of this module
    return lue.desc(nulls_last=True) if inverse else lue.asc(nulls_last=True)


def tris_de(cles: Sequence[str]) -> list[tuple[str, str]]:
    """Each key and its way. What has no value comes last either way: an index gives that one way only, the other is for what filters leave."""
    return [(c.lstrip("-").replace("pk", "id"), "DESC NULLS LAST" if c.startswith("-") else "ASC") for c in cles]


def ordre_sql(cles: Sequence[str]) -> str:
    """The order of the rows of a branch, the instant in its named place."""
    return ", ".join(f"{EXPRESSIONS.get(nom, nom).replace('{d}', 'd')} {sens}" for nom, sens in tris_de(cles))
