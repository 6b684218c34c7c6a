"""All that a list counts, in one query: composed of the tabs' conditions (`onglets`), which it asks of groups instead of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.requetes import colonne_de
from ess_portal.comptes.roles import TypeOrganisation

from .onglets import (
    ATTENDUS,
    INSTRUITS,
    NOMS,
    Ecrite,
    Filtres,
    avis_attendu,
    conditions,
    dans_l_index,
    filtre,
    lettres,
    lettres_indexees,
    parmi,
    places,
    recours_attendu,
    valeurs,
)
from .regles.cycle import Statut
from .seuils import Seuils

S = Statut
# What the counts read of a dossier, what the filters may ask for, and the orders of the list: what the index of the rows that others read
# holds (`models.dossier.LUES`), and what is too long for it.
COURTES = (
    *("id", "nom", "fuseau", "statut", "est_tardif", "est_a_regulariser", "suivi_par_id", "bascule_le", "prochaine_le"),
    *("departements", "ars_id", "caisse_id", "numero", "depose_le", "regime", "statut_depuis"),
)
LONGUES = ("recherche", "specialites", "groupes", "siege_commune")
# Keys of one branch that a search brings back: a few pages. Beyond, the page looks for them itself.
TROUVES = 200


# What is kept of a dossier beside its state (`Denombrement`): all that time does not change.
TENUS = ("est_tardif", "est_a_regulariser")


class _Requete:
    """Pieces of SQL in their order, each with its values in the places that Django's raw expressions want."""

    def __init__(self, noms: Mapping[str, Any], branches: Sequence[Ecrite]) -> None:
        self.noms = noms
        (self.siennes, *lues) = branches
        self.sources = ["", *(f"lus_{n} d" for n, _ in enumerate(lues, 1))]
        self.sql: list[str] = []
        self.places: list[Any] = []
        for n, lu in enumerate(lues, 1):
            self.ajouter(f"{'WITH ' if n == 1 else ', '}lus_{n} AS MATERIALIZED (")
            self.mettre(lu)
            self.ajouter(")")

    def mettre(self, requete: Ecrite) -> None:
        self.sql.append(requete[0])
        self.places += requete[1]

    def ajouter(self, sql: str) -> None:
        texte, lues = places(sql, self.noms)
        self.sql.append(texte)
        self.places += lues

    def ajouter_chacune(self, select: str, suite: str) -> None:
        """The same question to the organisation's own rows, in place, and to those it only reads, read once."""
        self.sql.append("(")
        for source in self.sources:
            self.ajouter(" UNION ALL " if source else "")
            self.ajouter_une(source, select, suite)
        self.sql.append(")")

    def ajouter_une(self, source: str, select: str, suite: str) -> None:
        """The question to one of the `sources`; the first, empty, is the organisation's own rows."""
        self.ajouter(f"SELECT {select} FROM {source}")  # noqa: S608  words of this file
        if not source:
            self.ajouter("(")
            self.mettre(self.siennes)
            self.ajouter(") d")
        self.ajouter(f" {suite}")


def ecrire(lignes: QuerySet, *, courtes: bool = False) -> Ecrite:
    """A queryset of dossiers as a branch; `courtes`: its short columns alone."""
    sql, places = lignes.order_by().values_list(*COURTES, *(() if courtes else LONGUES)).query.sql_with_params()
    return sql, tuple(places)


def sans_longues(f: Filtres, ordre: str) -> bool:
    """Whether neither these filters nor this order read a long column."""
    return not (f.recherche or f.specialite or any(nom in ordre for nom in LONGUES))


def comptes(branches: Sequence[Ecrite], f: Filtres, acteur: Acteur, seuils: Seuils, ordre: str) -> Ecrite:
    """SQL of all that a list counts among `branches` (disjoint), at once: the tabs, the rows of other competent organisations
    (`ailleurs`), the silences that are near (`lettres`, `dernier`, `premier_le`, `premier`) and what the filters leave in the tab, by branch
    (`trouves_0`: the organisation's own, with filters only; `trouves_1`: those it only reads): how many, and their first keys in `ordre`, at
    most TROUVES.

    Rows that every condition treats alike are put together first, an instant by its side of `maintenant` and of the thresholds: the
    conditions are then asked of some dozens of groups instead of a region. Those of an ARS are kept put together (`Denombrement`): only what has
    gone by or is near is looked at. What few rows have is read out of their own index. A search in the letters wants `app.lettres` set (`mots_cherches`).
    """
    suite, noms = filtre(f, "d.id", acteur, "lettres_")
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
        vrais["avis_attendu"] = f"{parmi(INSTRUITS)} AND {avis_attendu('d.id')}"
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
    if len(branches) > 1:
        for n in range(sum(nom.startswith("prefixe_") for nom in noms)):
            lues_ainsi = lettres_indexees(n) if dans_l_index(noms[f"prefixe_{n}"]) else lettres(n, acteur)
            r.ajouter(f"{', ' if r.sql else 'WITH '}lettres_{n} AS MATERIALIZED ({lues_ainsi}) ")
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
        attendu = recours_attendu("d.id", lus_une_fois)
        r.ajouter(" s) || (SELECT jsonb_build_object('recours', sum(n)) FROM ")
        # Those of a date gone by are among the `retards`.
        a_venir = "(prochaine_le IS NULL OR prochaine_le > %(maintenant)s)"
        r.ajouter_chacune("count(*) AS n", f"WHERE {attendu} AND {a_venir} AND ({ecrits}) IS NOT TRUE")
    onglet = f"({conditions(acteur, 'd.id', lus_une_fois)[f.onglet]}){f' AND {suite}' if suite else ''}"
    for n, source in enumerate(r.sources):
        if suite or source:
            # Without a filter the tab's own rows come in order out of their index; those that are only read stand in none.
            r.ajouter(f" s) || (SELECT jsonb_build_object('trouves_{n}', jsonb_build_array(n, ids)) FROM (")  # noqa: S608  words of this file
            r.ajouter_une(
                source, f"count(*) AS n, (array_agg(id ORDER BY {ordre}))[1:{TROUVES}] AS ids", f"WHERE {onglet}"
            )
            r.ajouter(")")
    # The nearest one's name stands behind its instant: one aggregate, no sort.
    r.ajouter(
        " s) || (SELECT jsonb_build_object('dernier', max(jour), 'premier_le', min(jour), 'premier', substr(min(premier), 15)) FROM "
    )
    proches = "(bascule_le AT TIME ZONE fuseau)::date AS jour, to_char(bascule_le, 'J.SSSSS ') || nom AS premier"
    r.ajouter_chacune(proches, f"WHERE {tous['tacites']}")
    r.ajouter(f" p) FROM (SELECT {', '.join(f'{q} AS {nom}' for nom, q in lues.items())}, n FROM ")  # noqa: S608  words of this file
    signe = " + ".join(f"CASE WHEN {q} THEN {1 << n} ELSE 0 END" for n, q in enumerate(vrais.values()))
    groupes = f"statut, {signe} AS signe, count(*) AS n"
    if len(branches) > 1 and acteur.type != TypeOrganisation.CAISSE:
        _ajouter_tenus(r, branches[0], groupes, list(vrais))
    else:
        r.ajouter_chacune(groupes, "GROUP BY 1, 2")
    r.ajouter(" z) g")
    return "".join(r.sql), r.places


def _ajouter_tenus(r: _Requete, siennes: Ecrite, groupes: str, vrais: Sequence[str]) -> None:
    """The groups of an ARS out of the numbers that are kept: those of a date gone by or near are taken out of the group where they are kept and
    put into theirs, those of other organisations counted.
    """
    tenus = {nom: 1 << n for n, nom in enumerate(vrais) if nom in TENUS}
    signe = " + ".join(f"CASE WHEN {nom} THEN {bit} ELSE 0 END" for nom, bit in tenus.items())
    r.ajouter(f"(SELECT statut, {signe} AS signe, nombre AS n FROM dossiers_denombrement WHERE ars_id = %(perimetre)s")  # noqa: S608
    r.ajouter(f" UNION ALL SELECT p.statut, v.signe, v.n FROM (SELECT {groupes} FROM (")  # noqa: S608  words of this file
    r.mettre(siennes)
    r.ajouter(") d WHERE bascule_le <= %(fin_proche)s GROUP BY 1, 2) p ")
    r.ajouter(f"CROSS JOIN LATERAL (VALUES (p.signe, p.n), (p.signe & {sum(tenus.values())}, -p.n)) v (signe, n)")
    r.ajouter(f" UNION ALL SELECT {groupes} FROM {r.sources[1]} GROUP BY 1, 2)")  # noqa: S608  words of this file
