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

from django.db.models import BooleanField, DateTimeField
from django.db.models.expressions import RawSQL

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.requetes import colonne_de
from ess_portal.comptes.roles import TypeOrganisation
from ess_portal.socle.horloge import fin_de_journee

from .regles.au_droit import SANS_ATTENTE
from .regles.cycle import BASCULES, FINAUX, Statut
from .regles.statuts import TRAITES
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


def avis_attendu(dossier: str) -> str:
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


def recours_attendu(dossier: str, attendus: str) -> str:
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
    "traites": au_statut(TRAITES),
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
        "avis_attendu": avis_attendu(dossier),
        "est_tardif": _est_tardif(dossier),
        "est_a_regulariser": _est_a_regulariser(dossier),
        "recours_attendu": recours_attendu(dossier, attendus),
    }
    return {nom: _MOTS.sub(lambda mot: lus[mot[0]], q) for nom, q in tous.items()}


_MOTS = re.compile(r"\b(?:avis_attendu|est_tardif|est_a_regulariser|recours_attendu)\b")


def _porte(n: int) -> str:
    """Whether a letter `t` holds the n-th word. Its query is read once: PostgreSQL would parse it for every letter."""
    return f"t.mots @@ (SELECT to_tsquery('simple', %(prefixe_{n})s))"


def lettres(n: int, acteur: Acteur) -> str:
    """The dossiers whose letter holds the n-th word: those of an agent's organisation, then the few that it only reads."""
    lus = "SELECT t.dossier_id FROM dossiers_textedossier t"
    return (
        f"{lus} WHERE t.{colonne_de(acteur)} = %(perimetre)s AND {_porte(n)} UNION ALL {lus} "  # noqa: S608  words of this file
        f"WHERE t.dossier_id = ANY(ARRAY(SELECT l.dossier_id FROM dossiers_lecteur l WHERE l.organisation_id = %(perimetre)s)) AND {_porte(n)}"
    )


# Beginnings shorter than this are those of too many words: their letters are sooner read than gathered out of the index.
ASSEZ_LONG = 6


def dans_l_index(prefixe: str) -> bool:
    """Whether the letters that hold these beginnings of words are looked for in the index of words."""
    morceaux = re.findall(r"'(\w+)':", prefixe)
    return bool(morceaux) and min(map(len, morceaux)) >= ASSEZ_LONG


def mots_cherches(f: Filtres) -> str:
    """What `app.lettres` must say before `lettres_indexees` is asked; empty when the letters are not searched, or no word is long enough."""
    prefixes = [_prefixe(mot) for mot in normaliser(f.recherche).split()] if f.texte else []
    return " | ".join(f"({p})" for p in prefixes if dans_l_index(p))


def lettres_indexees(n: int) -> str:
    """`lettres` out of the index of words, in the transaction where `mots_cherches` has been set."""
    return f"SELECT t.dossier_id FROM dossiers_textetrouve t WHERE {_porte(n)}"  # noqa: S608


def _dans_la_lettre(n: int, dossier: str, acteur: Acteur, tables: str) -> str:
    """Whether the dossier's letter holds the word. `tables`: where `lettres` has been read, the number to be added; empty, it is read here."""
    if acteur.perimetre_id is None:
        return f"EXISTS (SELECT 1 FROM dossiers_textedossier t WHERE t.dossier_id = {dossier} AND {_porte(n)})"  # noqa: S608
    return f"{dossier} IN ({f'SELECT dossier_id FROM {tables}{n}' if tables else lettres(n, acteur)})"  # noqa: S608


# A word that no letter holds.
SANS_MOT = "'\u00b6sansmot'"


def _prefixe(mot: str) -> str:
    """The query of the words that begin so: what is no letter nor figure parts words, as PostgreSQL parts them."""
    morceaux = re.findall(r"[^\W_]+", mot)
    return " & ".join(f"'{m}':*" for m in morceaux) or SANS_MOT


def filtre(f: Filtres, dossier: str, acteur: Acteur, tables: str = "") -> tuple[str, dict[str, Any]]:
    """The filters that are set, and their values; `dossier`: its key; `tables`: of `_dans_la_lettre`. An unknown value filters to nothing
    rather than to everything.
    """
    mots = normaliser(f.recherche).split() if f.recherche else []
    valeurs: dict[str, Any] = {f"mot_{n}": mot for n, mot in enumerate(mots)}
    conditions = [f"position(%({nom})s in recherche) > 0" for nom in valeurs]
    if f.texte:
        # Word by word: a person's name and a word of his letter find it together.
        conditions = [f"({q} OR {_dans_la_lettre(n, dossier, acteur, tables)})" for n, q in enumerate(conditions)]
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
        # The law's next date is never before the one written down, which its index finds.
        conditions.append("prochaine_le < %(echeance_avant)s")
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
    suite, noms = filtre(f, f"{dossier}.id", acteur)
    sql = f"({conditions(acteur, f'{dossier}.id')[f.onglet]})" + (f" AND {suite}" if suite else "")
    return places(sql, noms | valeurs(acteur, seuils))


def expression(f: Filtres, acteur: Acteur, seuils: Seuils) -> RawSQL:
    """`condition` for a queryset of dossiers."""
    return RawSQL(*condition(f, acteur, seuils, "dossiers_dossier"), output_field=BooleanField())  # noqa: S611  see `places`


def trouve(ids: Collection[int]) -> Ecrite:
    """Those of these keys."""
    return "d.id = ANY(%s)", [list(ids)]
