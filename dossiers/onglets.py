"""The tabs and filters of the list as conditions in SQL: said once, for the rows of a tab and for the counts of all of them.

Written out rather than composed of lookups: six tabs counted over a whole region are most of what the list costs.
Columns are those of `dossiers_dossier`; values travel as parameters.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import BooleanField, DateTimeField, QuerySet
from django.db.models.expressions import RawSQL

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.requetes import colonne_de
from ess_portal.comptes.roles import TypeOrganisation
from ess_portal.socle.horloge import fin_de_journee

from .regles.au_droit import SANS_ATTENTE
from .regles.cycle import BASCULES, FINAUX, Statut
from .services.creation import normaliser
from .seuils import Seuils

S = Statut
NOMS = ("a_traiter", "suivis", "en_attente", "tacites", "traites", "tous")
INSTRUITS = (S.LETTRE_DEPOSEE, S.PROJET_DEPOSE)
EN_ATTENTE = (
    *(S.LETTRE_INCOMPLETE, S.PROJET_INCOMPLET, S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE),
    *(S.PROJET_REFUSE, S.PROJET_VALIDE),
)


# One value or several of which one is enough; none filters nothing.
Valeurs = str | tuple[str, ...]
# Among the people who follow a dossier: nobody.
PERSONNE = "personne"


def plusieurs(valeurs: Valeurs) -> tuple[str, ...]:
    return valeurs if isinstance(valeurs, tuple) else (valeurs,) if valeurs else ()


@dataclass(frozen=True)
class Filtres:
    """The list's filters, as they stand in the address. `texte`: the letters are searched too; `suivi_par`: keys of people, or PERSONNE."""

    onglet: str = "a_traiter"
    recherche: str = ""
    texte: bool = False
    statut: Valeurs = ""
    specialite: Valeurs = ""
    departement: Valeurs = ""
    echeance_avant: date | None = None
    depose_du: date | None = None
    depose_au: date | None = None
    suivi_par: Valeurs = ""
    numero: Valeurs = ""
    tri: str = "echeance"
    page: int = 1
    extra: Mapping[str, str] = field(default_factory=dict)


def parmi(statuts: Iterable[Statut]) -> str:
    """SQL: the state written down is one of these."""
    return "statut IN (" + ", ".join(f"'{s.value}'" for s in statuts) + ")"


def au_statut(statuts: Collection[Statut]) -> str:
    """Those whose state is one of these at `maintenant`, whatever the scan has written (CAL-9)."""
    restes = [s for s in BASCULES if s in statuts and BASCULES[s] not in statuts]
    partis = [s for s in BASCULES if s not in statuts and BASCULES[s] in statuts]
    fixes = [s for s in S if s in statuts and s not in restes]
    morceaux = [parmi(fixes)] if fixes else []
    if restes:
        morceaux.append(f"{parmi(restes)} AND (bascule_le IS NULL OR bascule_le > %(maintenant)s)")
    if partis:
        morceaux.append(f"{parmi(partis)} AND bascule_le <= %(maintenant)s")
    return "(" + " OR ".join(morceaux) + ")"


def _avis_attendu(dossier: str) -> str:
    """Whether the caisse still owes its avis on what is being instructed."""
    return (
        f"EXISTS (SELECT 1 FROM dossiers_avis a WHERE a.dossier_id = {dossier} AND a.rendu_le IS NULL "  # noqa: S608  words of this file
        f"AND a.objet = CASE statut WHEN '{S.LETTRE_DEPOSEE.value}' THEN 'lettre' ELSE 'projet' END)"
    )


def _est_tardif(dossier: str) -> str:
    """Whether the projet is late, the end of DL-2 written down or not (CAL-9). Only a dossier with a date gone by is looked into."""
    return (
        "(est_tardif OR prochaine_le <= %(maintenant)s AND EXISTS (SELECT 1 FROM dossiers_echeance x "  # noqa: S608  words of this file
        f"WHERE x.dossier_id = {dossier} AND x.regle = 'DL-2' AND x.statut = 'ouverte' AND x.instant <= %(maintenant)s))"
    )


def _est_a_regulariser(dossier: str) -> str:
    """Whether the dossier stands in conflict, its tacit validation written down or only born (CRI-1c, CAL-9)."""
    return (
        f"(est_a_regulariser OR statut = '{S.LETTRE_DEPOSEE.value}' AND bascule_le <= %(maintenant)s "
        f"AND dossiers_a_regulariser({dossier}, bascule_le))"
    )


# The recours gracieux, then the demands for an avenant, that still wait for their answer: silence has not answered them, written down or
# not (CAL-9). One whose items are awaited may have no date.
ATTENDUS = (
    "SELECT r.dossier_id FROM dossiers_recours r WHERE r.issue = '' "
    "AND NOT EXISTS (SELECT 1 FROM dossiers_echeance x WHERE x.dossier_id = r.dossier_id AND x.objet = r.objet AND x.rang = r.rang "
    "AND x.regle IN ('CAL-6', 'CAL-6-A') AND x.statut = 'ouverte' AND x.instant <= %(maintenant)s) "
    "UNION ALL SELECT x.dossier_id FROM dossiers_echeance x WHERE x.regle IN ('CAL-6-V', 'CAL-6-VA') "
    "AND x.statut IN ('ouverte', 'suspendue') AND (x.instant IS NULL OR x.instant > %(maintenant)s)"
)


def _recours_attendu(dossier: str, attendus: str) -> str:
    """Whether a recours gracieux or a demand for an avenant waits, among `attendus`: the few that do are read once, whatever the number of dossiers."""
    return f"({dossier} = ANY(ARRAY({attendus})))"


def _prochaine(d: str) -> str:
    """The next date as the law has it: while a date gone by is not written down, the next open one, those that silence started included.
    `d`: the name of the dossiers' table in the query.
    """
    return (
        f"(CASE WHEN {d}.prochaine_le IS NULL OR {d}.prochaine_le > %(maintenant)s THEN {d}.prochaine_le "  # noqa: S608  words of this file
        f"WHEN {d}.statut = '{S.DOTATION_ACTIVE.value}' AND {d}.bascule_le <= %(maintenant)s THEN NULL "
        "ELSE (SELECT min(x.le) FROM (SELECT y.regle, y.instant AS le FROM dossiers_echeance y "
        f"WHERE y.dossier_id = {d}.id AND y.statut = 'ouverte' "
        "UNION ALL SELECT s ->> 'regle', (s ->> 'instant')::timestamptz FROM dossiers_echeance y, jsonb_array_elements(y.suite) AS s "
        f"WHERE y.dossier_id = {d}.id AND y.statut = 'ouverte' AND y.regle IN ('DL-1', 'DL-3') AND y.instant <= %(maintenant)s) x "
        f"WHERE x.le > %(maintenant)s AND x.regle NOT IN {SANS_ATTENTE}) END)"
    )


def prochaine(maintenant: datetime) -> RawSQL:
    """The same for a queryset of dossiers that filters or sorts by it."""
    sql, lues = places(_prochaine("dossiers_dossier"), {"maintenant": maintenant})
    return RawSQL(sql, lues, output_field=DateTimeField())  # noqa: S611  see `places`


# The state first: what follows is looked for in other tables, and a date that is null does not stop it.
_COMMUNS = {
    "a_traiter": f"{au_statut(INSTRUITS)} OR {au_statut((S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE))} AND est_tardif "
    f"OR {au_statut([s for s in S if s not in FINAUX])} AND est_a_regulariser OR recours_attendu",
    "suivis": "suivi_par_id = %(soi)s",
    "en_attente": au_statut(EN_ATTENTE),
    "tacites": f"{parmi(INSTRUITS)} AND bascule_le > %(maintenant)s AND bascule_le <= %(fin_proche)s",
    "traites": au_statut((*FINAUX, S.DOTATION_ACTIVE, S.FINESS_ATTRIBUE)),
    "tous": "true",
}
_CAISSE = _COMMUNS | {
    "a_traiter": f"{au_statut(INSTRUITS)} AND avis_attendu "
    f"OR {au_statut((S.FINESS_ATTRIBUE, S.DOTATION_ACTIVE))} AND prochaine_le <= %(fin_horizon)s"
}


def conditions(acteur: Acteur, dossier: str = "", attendus: str = ATTENDUS) -> dict[str, str]:
    """The condition of each tab for this reader, as the law stands at `maintenant`. `dossier`: its key where rows are asked one by one;
    without it, groups know whether an avis is awaited, and of the rest what has been written down; no recours, counted apart.
    """
    tous = _CAISSE if acteur.type == TypeOrganisation.CAISSE else _COMMUNS
    if not dossier:
        return {nom: q.replace("recours_attendu", "false") for nom, q in tous.items()}
    lus = {
        "avis_attendu": _avis_attendu(dossier),
        "est_tardif": _est_tardif(dossier),
        "est_a_regulariser": _est_a_regulariser(dossier),
        "recours_attendu": _recours_attendu(dossier, attendus),
    }
    return {nom: _MOTS.sub(lambda mot: lus[mot[0]], q) for nom, q in tous.items()}


_MOTS = re.compile(r"\b(?:avis_attendu|est_tardif|est_a_regulariser|recours_attendu)\b")


def _dans_la_lettre(n: int, dossier: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM dossiers_textedossier t WHERE t.dossier_id = {dossier} "  # noqa: S608  words of this file
        f"AND t.mots @@ to_tsquery('simple', %(prefixe_{n})s))"
    )


# A word that no letter holds.
SANS_MOT = "'\u00b6sansmot'"


def _prefixe(mot: str) -> str:
    """The query of the words that begin so: what is no letter nor figure parts words, as PostgreSQL parts them."""
    morceaux = re.findall(r"[^\W_]+", mot)
    return " & ".join(f"'{m}':*" for m in morceaux) or SANS_MOT


def filtre(f: Filtres, dossier: str) -> tuple[str, dict[str, Any]]:
    """The filters that are set, and their values; `dossier`: its key. An unknown value filters to nothing rather than to everything."""
    mots = normaliser(f.recherche).split() if f.recherche else []
    valeurs: dict[str, Any] = {f"mot_{n}": mot for n, mot in enumerate(mots)}
    conditions = [f"position(%({nom})s in recherche) > 0" for nom in valeurs]
    if f.texte:
        # Word by word: a person's name and a word of his letter find it together.
        conditions = [f"({q} OR {_dans_la_lettre(n, dossier)})" for n, q in enumerate(conditions)]
        valeurs |= {f"prefixe_{n}": _prefixe(mot) for n, mot in enumerate(mots)}
    if f.statut:
        conditions.append(au_statut([S(s) for s in plusieurs(f.statut)]))
    if f.specialite:
        conditions.append("(specialites && %(specialite)s::varchar[] OR groupes && %(specialite)s::varchar[])")
        valeurs["specialite"] = list(plusieurs(f.specialite))
    if f.departement:
        conditions.append("departements && %(departement)s::varchar[]")
        valeurs["departement"] = list(plusieurs(f.departement))
    if f.echeance_avant:
        conditions.append(f"{_prochaine(dossier.removesuffix('.id'))} < %(echeance_avant)s")
        valeurs["echeance_avant"] = fin_de_journee(f.echeance_avant, "Europe/Paris")
    if f.numero:
        conditions.append("numero = ANY(%(numero)s::varchar[])")
        valeurs["numero"] = list(plusieurs(f.numero))
    if f.depose_du:
        conditions.append("depose_le >= %(depose_du)s")
        valeurs["depose_du"] = fin_de_journee(f.depose_du - timedelta(days=1), "Europe/Paris")
    if f.depose_au:
        conditions.append("depose_le < %(depose_au)s")
        valeurs["depose_au"] = fin_de_journee(f.depose_au, "Europe/Paris")
    if f.suivi_par:
        noms = plusieurs(f.suivi_par)
        personne = " OR suivi_par_id IS NULL" if PERSONNE in noms else ""
        conditions.append(f"(suivi_par_id = ANY(%(suivi_par)s::bigint[]){personne})")
        valeurs["suivi_par"] = [int(n) for n in noms if n.isdigit()]
    return " AND ".join(conditions), valeurs


def valeurs(acteur: Acteur, seuils: Seuils) -> dict[str, Any]:
    return {
        "maintenant": seuils.maintenant,
        "fin_proche": seuils.fin_proche,
        "fin_horizon": seuils.fin_horizon,
        "soi": acteur.utilisateur_id,
        "perimetre": acteur.perimetre_id,
    }


_NOM = re.compile(r"%\((\w+)\)s")


# SQL, and the values of its places in their order.
Ecrite = tuple[str, Sequence[Any]]


def places(sql: str, noms: Mapping[str, Any]) -> Ecrite:
    """Named values put in their places, as Django's raw expressions want them."""
    return _NOM.sub("%s", sql), [noms[nom] for nom in _NOM.findall(sql)]


def condition(f: Filtres, acteur: Acteur, seuils: Seuils, dossier: str = "d") -> Ecrite:
    """The rows of the tab that the filters leave, among those of `dossier`."""
    suite, noms = filtre(f, f"{dossier}.id")
    sql = f"({conditions(acteur, f'{dossier}.id')[f.onglet]})" + (f" AND {suite}" if suite else "")
    return places(sql, noms | valeurs(acteur, seuils))


def expression(f: Filtres, acteur: Acteur, seuils: Seuils) -> RawSQL:
    """`condition` for a queryset of dossiers."""
    return RawSQL(*condition(f, acteur, seuils, "dossiers_dossier"), output_field=BooleanField())  # noqa: S611  see `places`


# What the counts read of a dossier, what the filters may ask for, and the orders of the list.
COLONNES = (
    *("id", "nom", "fuseau", "statut", "est_tardif", "est_a_regulariser", "suivi_par_id", "bascule_le", "prochaine_le"),
    *("recherche", "specialites", "groupes", "departements", "ars_id", "caisse_id", "numero", "depose_le"),
    *("siege_commune", "regime", "statut_depuis"),
)
# Keys of one branch that a search brings back: a few pages. Beyond, the page looks for them itself.
TROUVES = 200


class _Requete:
    """Pieces of SQL in their order, each with its values in the places that Django's raw expressions want."""

    def __init__(self, noms: Mapping[str, Any], branches: Sequence[Ecrite]) -> None:
        self.noms = noms
        (self.siennes, *lues) = branches
        self.sources = ["", *(f"lus_{n} d" for n, _ in enumerate(lues, 1))]
        self.sql: list[str] = []
        self.places: list[Any] = []
        for n, lu in enumerate(lues, 1):
            self._mettre(f"{'WITH ' if n == 1 else ', '}lus_{n} AS MATERIALIZED (", lu, ")")

    def _mettre(self, devant: str, requete: Ecrite, derriere: str) -> None:
        self.sql += [devant, requete[0], derriere]
        self.places += requete[1]

    def ajouter(self, sql: str) -> None:
        texte, lues = places(sql, self.noms)
        self.sql.append(texte)
        self.places += lues

    def ajouter_chacune(self, select: str, suite: str) -> None:
        """The same question to the organisation's own rows, in place, and to those it only reads, read once."""
        self.sql.append("(")
        for source in self.sources:
            self.ajouter(f"{' UNION ALL ' if source else ''}SELECT {select} FROM {source}")  # noqa: S608  words of this file
            if not source:
                self._mettre("(", self.siennes, ") d")
            self.ajouter(f" {suite}")
        self.sql.append(")")


def ecrire(lignes: QuerySet) -> Ecrite:
    """A queryset of dossiers as a branch: its COLONNES."""
    sql, places = lignes.order_by().values_list(*COLONNES).query.sql_with_params()
    return sql, tuple(places)


def comptes(branches: Sequence[Ecrite], f: Filtres, acteur: Acteur, seuils: Seuils, ordre: str) -> Ecrite:
    """SQL of all that a list counts among `branches` (disjoint), at once: the tabs, the rows of other competent organisations
    (`ailleurs`), the silences that are near (`lettres`, `dernier`, `premier_le`, `premier`) and, with filters, the rows that they leave in
    the tab (`resultat`) with their first keys in `ordre` (`trouves`: a list per branch, at most TROUVES each).

    Rows that every condition treats alike are put together first, an instant by its side of `maintenant` and of the thresholds: the
    conditions are then asked of some dozens of groups instead of a region. What few rows have is read out of their own index.
    """
    suite, noms = filtre(f, "d.id")
    tous = conditions(acteur)
    sommes = {nom: tous[nom] for nom in NOMS if nom != "suivis"} | {
        "ailleurs": "ailleurs",
        "lettres": f"{tous['tacites']} AND statut = '{S.LETTRE_DEPOSEE.value}'",
    }
    # What is true of a row, a bit each: rows are put together by their statut and one number, the cheapest of keys.
    vrais = {
        "est_tardif": "est_tardif",
        "est_a_regulariser": "est_a_regulariser",
        "echue": "bascule_le <= %(maintenant)s",
        "proche": "bascule_le <= %(fin_proche)s",
        "ailleurs": f"{colonne_de(acteur)} IS DISTINCT FROM %(perimetre)s",
    }
    if acteur.type == TypeOrganisation.CAISSE:
        vrais["a_l_horizon"] = "prochaine_le <= %(fin_horizon)s"
        vrais["avis_attendu"] = f"{parmi(INSTRUITS)} AND {_avis_attendu('d.id')}"
    bits = {nom: f"(signe & {1 << n}) <> 0" for n, nom in enumerate(vrais)}
    lues = {
        "statut": "statut",
        **{nom: bits[nom] for nom in vrais if nom not in ("echue", "proche", "a_l_horizon")},
        "bascule_le": f"CASE WHEN {bits['echue']} THEN %(maintenant)s::timestamptz WHEN {bits['proche']} THEN %(fin_proche)s::timestamptz END",
    }
    if "a_l_horizon" in bits:
        lues["prochaine_le"] = f"CASE WHEN {bits['a_l_horizon']} THEN %(fin_horizon)s::timestamptz END"
    r = _Requete(noms | valeurs(acteur, seuils), branches)
    lus_une_fois = "SELECT dossier_id FROM attendus"
    if acteur.type != TypeOrganisation.CAISSE:
        r.ajouter(f"{', ' if r.sql else 'WITH '}attendus AS MATERIALIZED ({ATTENDUS}) ")
    r.ajouter("SELECT jsonb_build_object(")
    r.ajouter(", ".join(f"'{nom}', coalesce(sum(n) FILTER (WHERE {q}), 0)" for nom, q in sommes.items()))
    r.ajouter(") || (SELECT jsonb_build_object('suivis', sum(n)) FROM ")
    r.ajouter_chacune("count(*) AS n", f"WHERE {tous['suivis']}")
    if acteur.type != TypeOrganisation.CAISSE:
        # A projet late, a silence in conflict that no scan has written down: looked for among the dates gone by, which are few, and not row by row.
        r.ajouter(" s) || (SELECT jsonb_build_object('retards', sum(n)) FROM ")
        lus, ecrits = conditions(acteur, "d.id", lus_une_fois)["a_traiter"], tous["a_traiter"]
        r.ajouter_chacune(
            "count(*) AS n", f"WHERE prochaine_le <= %(maintenant)s AND ({lus}) AND ({ecrits}) IS NOT TRUE"
        )
        attendu = _recours_attendu("d.id", lus_une_fois)
        r.ajouter(" s) || (SELECT jsonb_build_object('recours', sum(n)) FROM ")
        # Those of a date gone by are among the `retards`.
        a_venir = "(prochaine_le IS NULL OR prochaine_le > %(maintenant)s)"
        r.ajouter_chacune("count(*) AS n", f"WHERE {attendu} AND {a_venir} AND ({ecrits}) IS NOT TRUE")
    if suite:
        r.ajouter(" s) || (SELECT jsonb_build_object('resultat', sum(n), 'trouves', jsonb_agg(ids)) FROM ")
        onglet = conditions(acteur, "d.id", lus_une_fois)[f.onglet]
        r.ajouter_chacune(
            f"count(*) AS n, (array_agg(id ORDER BY {ordre}))[1:{TROUVES}] AS ids", f"WHERE ({onglet}) AND {suite}"
        )
    # The nearest one's name stands behind its instant: one aggregate, no sort.
    r.ajouter(
        " s) || (SELECT jsonb_build_object('dernier', max(jour), 'premier_le', min(jour), 'premier', substr(min(premier), 15)) FROM "
    )
    proches = "(bascule_le AT TIME ZONE fuseau)::date AS jour, to_char(bascule_le, 'J.SSSSS ') || nom AS premier"
    r.ajouter_chacune(proches, f"WHERE {tous['tacites']}")
    r.ajouter(f" p) FROM (SELECT {', '.join(f'{q} AS {nom}' for nom, q in lues.items())}, n FROM ")  # noqa: S608  words of this file
    signe = " + ".join(f"CASE WHEN {q} THEN {1 << n} ELSE 0 END" for n, q in enumerate(vrais.values()))
    r.ajouter_chacune(f"statut, {signe} AS signe, count(*) AS n", "GROUP BY 1, 2")
    r.ajouter(" z) g")
    return "".join(r.sql), r.places


def trouve(ids: Collection[int]) -> Ecrite:
    """Those of these keys."""
    return "d.id = ANY(%s)", [list(ids)]
