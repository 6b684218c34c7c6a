"""Reads shaped for a page: the list with its counted tabs, the journal, the échéances."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import CharField, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import NullIf

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Organisation, Utilisateur
from ess_portal.comptes.requetes import colonne_de
from ess_portal.comptes.roles import TypeOrganisation
from ess_portal.referentiel.models import Departement, Specialite

from . import comptage, lecture_visas, onglets, vues
from .lecture_visas import EnAttente
from .models import Dossier, Echeance
from .models.dossier import AvecLecteurs
from .onglets import Filtres
from .ordre import EXPRESSIONS, cle, cles_de, ordre_sql, tri, tris_de
from .regles.au_droit import SANS_ATTENTE
from .regles.avenants import REGLES as REGLES_AVENANT
from .regles.cycle import BASCULES, Statut
from .regles.recours import REGLES as REGLES_RECOURS
from .regles.statuts import EXAMINES
from .services import unicite
from .seuils import Seuils

S = Statut
ONGLETS = (
    ("a_traiter", "À traiter"),
    ("suivis", "Suivis par moi"),
    ("en_attente", "En attente d’un tiers"),
    ("tacites", "Tacites imminents"),
    ("traites", "Traités"),
    ("tous", "Tous"),
)
PAR_PAGE = 50


def comptes(acteur: Acteur, f: Filtres, seuils: Seuils, *, avec_vues: bool = False) -> dict[str, Any]:
    """What `comptage.comptes` counts, one query; `avec_vues`: with the views of the reader (`vues`), in the same one."""
    try:
        ordre = ordre_sql(cles_de(f, acteur))
        branches = _branches(acteur, courtes=comptage.sans_longues(f, ordre))
        requete, places = comptage.comptes(branches, f, acteur, seuils, ordre)
    except EmptyResultSet:  # who has no perimeter
        return dict.fromkeys((*onglets.NOMS, "resultat", "ailleurs", "lettres"), 0)
    if avec_vues:
        lues, places_vues = onglets.places(vues.LUES, vues.valeurs(acteur))
        requete, places = f"{requete} UNION ALL SELECT jsonb_build_object('vues', ({lues}))", [*places, *places_vues]
    with connection.cursor() as curseur:
        if acteur.perimetre_id is not None and (mots := onglets.mots_cherches(f)):
            curseur.execute("SELECT set_config('app.lettres', %s, true)", [mots])
        curseur.execute(requete, places)
        lus: dict[str, Any] = {}
        for (ligne,) in curseur:
            lus |= json.loads(ligne)
    lus["a_traiter"] += (lus.pop("retards", 0) or 0) + (lus.pop("recours", 0) or 0)
    lus["resultat"] = sum(lus[nom][0] for nom in TROUVES if nom in lus) if TROUVES[0] in lus else lus[f.onglet]
    for nom in ("dernier", "premier_le"):
        lus[nom] = lus[nom] and date.fromisoformat(lus[nom])
    return lus


# What a row of the list shows; the other columns stay in the base.
COLONNES = (
    *("numero", "nom", "statut", "fuseau", "specialites", "departements"),
    *("est_tardif", "est_a_regulariser", "opposition_caisse_le", "jeu_national", "jeu_regional"),
)


def liste(
    acteur: Acteur,
    f: Filtres,
    seuils: Seuils,
    compte: Mapping[str, Any] | None = None,
    colonnes: Sequence[str] = (),
) -> dict[str, Any]:
    """A page of the list: rows with their next échéance and avis, in a constant number of queries. `compte`: of `comptes`; `colonnes`:
    those that are shown.
    """
    maintenant = seuils.maintenant
    cles = cles_de(f, acteur)
    # Keys are sorted alone, then the rows of the page are read: a far page does not carry the rows before it.
    if compte and acteur.perimetre_id is not None:
        page = Paginator(range(compte["resultat"]), PAR_PAGE).get_page(f.page)
        parties = _parties(f, acteur, seuils, compte, page.end_index())
        choisis = _cles_en_ordre(parties, cles, max(page.start_index(), 1), maintenant, PAR_PAGE)
    else:
        visibles = Dossier.objects.pour(acteur).filter(onglets.expression(f, acteur, seuils))
        pages = Paginator(visibles.order_by(*tri(cles, maintenant)), PAR_PAGE)
        if compte:
            pages.count = compte["resultat"]
        page = pages.get_page(f.page)
        try:
            choisis = page.object_list.values_list("pk").query.sql_with_params()
        except EmptyResultSet:  # who has no perimeter
            return {"page": page, "dossiers": []}
    de_plus = tuple(c for c in colonnes if c in DE_PLUS or c in NOMMEES)
    dossiers = _lignes(choisis, cles, maintenant, de_plus)
    prochaines = attendues([d.pk for d in dossiers], maintenant)
    a_repondre = {pk for pk, dates in prochaines.items() if any(e.regle in REGLES_RECOURS for e in dates)}
    instruits = _instruction([d.pk for d in dossiers if d.statut_effectif in EXAMINES or d.pk in a_repondre], acteur)
    libelles = libelles_specialites()
    for d in dossiers:
        d.dernier_avis, d.attente = instruits.get(d.pk, (None, None))
        d.echeance = qui_commande(d, prochaines.get(d.pk, ()), acteur)
        d.attend_reponse = any(e.regle in REPONSES for e in prochaines.get(d.pk, ()))
        d.libelle_specialites = ", ".join(libelles.get(c, c) for c in d.specialites)
    return {"page": page, "dossiers": dossiers}


def _branches(acteur: Acteur, *, courtes: bool = False) -> tuple[onglets.Ecrite, ...]:
    """What an agent sees in disjoint parts: the rows of his organisation, that an index of its column holds, then those it only reads, of
    which an index has the short columns.
    """
    if acteur.perimetre_id is None:
        return (comptage.ecrire(Dossier.objects.pour(acteur)),)
    return _branches_de(colonne_de(acteur), acteur.perimetre_id, courtes=courtes)


@lru_cache(maxsize=512)
def _branches_de(colonne: str, organisation: int, *, courtes: bool) -> tuple[onglets.Ecrite, ...]:
    siens = Q(**{colonne: organisation})
    lus = Dossier.objects.filter(Dossier.objects.all().lus(organisation), AvecLecteurs(F("lecteurs"))).exclude(siens)
    return comptage.ecrire(Dossier.objects.filter(siens)), comptage.ecrire(lus, courtes=courtes)


# What `comptage.comptes` found in each branch, for `_branches` in their order.
TROUVES = ("trouves_0", "trouves_1")
# Rows and the condition of those that are wanted.
Partie = tuple[onglets.Ecrite, onglets.Ecrite]


def _parties(
    f: Filtres, acteur: Acteur, seuils: Seuils, compte: Mapping[str, Any] | None = None, fin: int = 0
) -> list[Partie]:
    """Where the rows up to the rank `fin` are looked for: among the first keys that the count brought back of a branch, in the branch itself
    when it brought too few.
    """
    parties = []
    condition = onglets.condition(f, acteur, seuils)
    for n, (nom, branche) in enumerate(zip(TROUVES, _branches(acteur), strict=False)):
        nombre, ids = (compte or {}).get(nom) or (None, None)
        if nombre is not None and (nombre == len(ids or ()) or fin <= comptage.TROUVES):
            parties.append((_connues(lues=n > 0), onglets.trouve((ids or [])[:fin])))
        else:
            parties.append((branche, condition))
    return parties


@lru_cache(maxsize=2)
def _connues(*, lues: bool) -> onglets.Ecrite:
    """Rows to be looked for by their keys; `lues`: those that are only read, which have an index of their own."""
    dossiers = Dossier.objects.all()
    return comptage.ecrire(dossiers.filter(AvecLecteurs(F("lecteurs"))) if lues else dossiers)


def _cles_en_ordre(
    parties: Sequence[Partie],
    cles: Sequence[str],
    premier: int,
    maintenant: datetime,
    nombre: int,
) -> onglets.Ecrite:
    """`nombre` keys in order from the `premier`: the organisation's own rows come in order out of their index, the few that it only reads beside them."""
    tris = tris_de(cles)
    colonnes, places_cles = [], []
    for nom in dict.fromkeys(["id", *dict(tris)]):
        lue, valeurs = cle(nom, "d", maintenant) if nom in EXPRESSIONS else (nom, ())
        colonnes.append(f"{lue} AS tri_{nom}" if nom in EXPRESSIONS else lue)
        places_cles += valeurs
    noms = ", ".join(colonnes)
    tris = [(f"tri_{nom}" if nom in EXPRESSIONS else nom, sens) for nom, sens in tris]
    ordre = ", ".join(f"{nom} {sens}" for nom, sens in tris)
    sql, places = [], []
    for (lignes, valeurs), (condition, voulues) in parties:
        sql.append(
            f"(SELECT {noms} FROM ({lignes}) AS d WHERE {condition} ORDER BY {ordre} LIMIT {premier - 1 + nombre})"  # noqa: S608  columns of this module
        )
        places += [*places_cles, *valeurs, *voulues]
    union = f"SELECT id FROM ({' UNION ALL '.join(sql)}) AS u ORDER BY {ordre} LIMIT {nombre} OFFSET {premier - 1}"  # noqa: S608
    return union, places


class Voisins(NamedTuple):
    """The dossiers before and after one in the filtered list, each with the page that shows it; its rank from 1."""

    rang: int
    precedent: tuple[str, str, int] | None
    suivant: tuple[str, str, int] | None


def voisins(acteur: Acteur, f: Filtres, seuils: Seuils, dossier_id: int) -> Voisins | None:
    """Those of a dossier that the page `f.page` of the list shows; None when it no longer does. Two queries, whatever the list's length:
    the page is looked at, with one row more at each end.
    """
    debut = max((f.page - 1) * PAR_PAGE, 1)
    cles = cles_de(f, acteur)
    if acteur.perimetre_id is not None:
        choisis = _cles_en_ordre(_parties(f, acteur, seuils), cles, debut, seuils.maintenant, PAR_PAGE + 2)
        with connection.cursor() as curseur:
            curseur.execute(*choisis)
            ids = [pk for (pk,) in curseur]
    else:
        visibles = Dossier.objects.pour(acteur).filter(onglets.expression(f, acteur, seuils))
        ordonnes = visibles.order_by(*tri(cles, seuils.maintenant)).values_list("pk", flat=True)
        ids = list(ordonnes[debut - 1 : debut + PAR_PAGE + 1])
    if dossier_id not in ids:
        return None
    n = ids.index(dossier_id)
    autres = {
        pk: (numero, nom)
        for pk, numero, nom in Dossier.objects.filter(pk__in=ids[max(n - 1, 0) : n + 2]).values_list(
            "pk", "numero", "nom"
        )
    }

    def lu(m: int) -> tuple[str, str, int] | None:
        return (*autres[ids[m]], (debut + m - 1) // PAR_PAGE + 1) if 0 <= m < len(ids) and ids[m] in autres else None

    return Voisins(debut + n, lu(n - 1), lu(n + 1))


# Stands for the instant in what is composed once.
_INSTANT = datetime.max.replace(tzinfo=UTC)


# What the columns that one may add read beside COLONNES.
DE_PLUS = {
    "commune": ("siege_commune",),
    "regime": ("regime",),
    "depose_le": ("depose_le",),
    "depuis": ("statut_depuis", "bascule_le"),
}
NOMMEES = ("ars", "caisse")


@lru_cache(maxsize=64)
def _page(cles: tuple[str, ...], de_plus: tuple[str, ...] = ()) -> onglets.Ecrite:
    """The rows of a page in this order, their keys read from `cles`: composed once per process, most of what a list would cost."""
    champs = [c for nom in de_plus for c in DE_PLUS.get(nom, ())]
    lus = Dossier.objects.filter(pk__in=RawSQL("SELECT * FROM cles", ())).au(_INSTANT).only(*COLONNES, *champs)
    noms = {
        f"{nom}_nom": Subquery(Organisation.objects.filter(pk=OuterRef(f"{nom}_id")).order_by().values("nom"))
        for nom in NOMMEES
        if nom in de_plus
    }
    return (
        lus.annotate(
            **noms,
            suivi_nom=Subquery(_nom_de(OuterRef("suivi_par_id"))),
            nee_en_conflit=unicite.nee_en_conflit(_INSTANT),
        )
        .order_by(*tri(cles, _INSTANT))
        .query.sql_with_params()
    )


def _lignes(
    choisis: onglets.Ecrite, cles: Sequence[str], maintenant: datetime, de_plus: tuple[str, ...] = ()
) -> list[Dossier]:
    sql, places = _page(tuple(cles), de_plus)
    valeurs = [*choisis[1], *(maintenant if p == _INSTANT else p for p in places)]
    return list(Dossier.objects.raw(f"WITH cles AS ({choisis[0]}) {sql}", valeurs))


class Attendue(NamedTuple):
    """An open date, as far as a row shows it."""

    regle: str
    objet: str
    rang: int
    dernier_jour: date
    acquise_le: date | None


# A silence that has passed is no longer awaited, whether the scan wrote it down or not (CAL-9).
_ATTEND = (
    f"statut = 'ouverte' AND regle NOT IN {SANS_ATTENTE} "
    "AND NOT (regle IN ('DL-1', 'DL-3', 'DUR-1', 'CAL-6', 'CAL-6-A', 'CAL-6-V', 'CAL-6-VA') AND instant <= %s)"
)
_ATTENDUES = f"""
SELECT dossier_id, regle, objet, rang, dernier_jour, acquise_le FROM dossiers_echeance
WHERE dossier_id = ANY(%s) AND {_ATTEND}
ORDER BY instant, id
"""  # noqa: S608  names of the rules
# The same of one dossier, as JSON in a column; the place is for the instant.
ATTENDUES_DE = (
    "(SELECT jsonb_agg(jsonb_build_array(regle, objet, rang, dernier_jour, acquise_le) ORDER BY instant, id) FROM dossiers_echeance "  # noqa: S608
    f"WHERE dossier_id = {{dossier}} AND {_ATTEND})"
)
# The states that end by themselves.
A_BASCULE = tuple(s.value for s in BASCULES)


def attendues(ids: list[int], maintenant: datetime) -> dict[int, list[Attendue]]:
    """The open dates of these dossiers, nearest first."""
    lignes: dict[int, list[Attendue]] = {}
    with connection.cursor() as curseur:
        curseur.execute(_ATTENDUES, [ids, maintenant])
        for dossier_id, *reste in curseur:
            lignes.setdefault(dossier_id, []).append(Attendue(*reste))
    return lignes


class AvisLu(NamedTuple):
    """The caisse's avis, as far as a row shows it."""

    sens: str
    est_opposition: bool
    rendu_le: datetime | None
    date_limite: date


# The avis on what was filed last, then what a decision prepared still waits for.
_INSTRUCTION = """
SELECT d.id, a.sens, a.est_opposition, a.rendu_le, a.date_limite{colonnes} FROM unnest(%s::bigint[]) AS d(id)
LEFT JOIN LATERAL (
    SELECT sens, est_opposition, rendu_le, date_limite FROM dossiers_avis WHERE dossier_id = d.id ORDER BY objet DESC, version DESC LIMIT 1
) a ON true {attente}
"""


def _instruction(ids: list[int], acteur: Acteur) -> dict[int, tuple[AvisLu | None, EnAttente | None]]:
    """What those who instruct have given or prepared, by dossier: one query."""
    lisible = lecture_visas.lisible_par(acteur)
    colonnes, attente = (f", {lecture_visas.COLONNES}", lecture_visas.EN_ATTENTE) if lisible else ("", "")
    with connection.cursor() as curseur:
        curseur.execute(_INSTRUCTION.format(colonnes=colonnes, attente=attente), [ids])
        return {
            pk: (AvisLu(*lu[:4]) if lu[3] else None, EnAttente(*lu[4:]) if lu[4:] and lu[4] else None)
            for pk, *lu in curseur
        }


def _nom_de(utilisateur: OuterRef):
    """A person's name as `Utilisateur.nom_complet` writes it, read for the rows of the page only."""
    mots = [NullIf(F(champ), Value("")) for champ in ("titre", "prenom", "nom")]
    nom = Func(Value(" "), *mots, function="concat_ws", output_field=CharField())
    return Utilisateur.objects.filter(pk=utilisateur).order_by().values(lu=nom)


# What the ARS answers, or silence in its place.
REPONSES = (*REGLES_RECOURS, *REGLES_AVENANT)
# In instruction one date commands, whatever else runs; while the projet is awaited, it or an avenant's answer, the nearest; the caisse's own
# avis comes first for the caisse.
COMMANDE = {
    S.LETTRE_DEPOSEE: ("DL-1",),
    S.LETTRE_INCOMPLETE: ("DL-10",),
    S.LETTRE_VALIDEE: ("DL-2", *REGLES_AVENANT),
    S.AMORCAGE_SIGNE: ("DL-2", *REGLES_AVENANT),
    S.PROJET_DEPOSE: ("DL-3",),
    S.PROJET_INCOMPLET: ("DL-10",),
}


def qui_commande(dossier: Dossier, vivantes: Sequence[Attendue], acteur: Acteur) -> Attendue | None:
    """The date that a row shows, among the open ones."""
    commandes = [("AVI",)] if acteur.type == TypeOrganisation.CAISSE else []
    commandes.append(COMMANDE.get(Statut(dossier.statut_effectif), ()))
    for regles in commandes:
        for e in vivantes:
            if e.regle in regles:
                return e
    return next((e for e in vivantes if e.regle != "AVI"), None)


_LIBELLES: dict[type, dict[str, str]] = {}


def _libelles(modele: type, champ: str) -> dict[str, str]:
    """Names of reference data, kept by the process once they are loaded: they change with a deployment, not in between."""
    if not _LIBELLES.get(modele):
        _LIBELLES[modele] = dict(modele.objects.values_list("pk", champ))
    return _LIBELLES[modele]


def libelles_specialites() -> dict[str, str]:
    return _libelles(Specialite, "libelle")


def libelles_departements() -> dict[str, str]:
    return _libelles(Departement, "nom")


def choix_departements() -> list[tuple[str, str]]:
    return [(code, f"{nom} ({code})") for code, nom in sorted(libelles_departements().items())]


def echeances_de(dossier: Dossier) -> list[Echeance]:
    return list(Echeance.objects.filter(dossier=dossier).order_by("instant", "pk"))
