"""Reads shaped for a page: the list with its counted tabs, the journal, the échéances."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import CharField, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import NullIf

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Utilisateur
from ess_portal.comptes.requetes import colonne_de
from ess_portal.comptes.roles import TypeOrganisation
from ess_portal.referentiel.models import Departement, Specialite

from . import onglets
from .models import Avis, Dossier, Echeance
from .onglets import Filtres
from .regles.au_droit import SANS_ATTENTE
from .regles.cycle import Statut
from .regles.statuts import EXAMINES
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
TRIS = {
    "echeance": ("prochaine_le", "pk"),
    "-depot": ("-depose_le", "-pk"),
    "depot": ("depose_le", "pk"),
    "nom": ("nom", "pk"),
    "numero": ("numero",),
}
PAR_PAGE = 50


def comptes(acteur: Acteur, f: Filtres, seuils: Seuils) -> dict[str, Any]:
    """What `onglets.comptes` counts, one query."""
    try:
        requete, places = onglets.comptes(_branches(acteur), f, acteur, seuils)
    except EmptyResultSet:  # who has no perimeter
        return dict.fromkeys((*onglets.NOMS, "resultat", "ailleurs", "lettres"), 0)
    with connection.cursor() as curseur:
        curseur.execute(requete, places)
        lus = json.loads(curseur.fetchone()[0])
    lus.setdefault("resultat", lus[f.onglet])
    for nom in ("dernier", "premier_le"):
        lus[nom] = lus[nom] and date.fromisoformat(lus[nom])
    return lus


# What a row of the list shows; the other columns stay in the base.
COLONNES = (
    *("numero", "nom", "statut", "fuseau", "specialites", "departements"),
    *("est_tardif", "est_a_regulariser", "opposition_caisse_le", "jeu_national", "jeu_regional"),
)


def liste(acteur: Acteur, f: Filtres, seuils: Seuils, compte: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """A page of the list: rows with their next échéance and avis, in a constant number of queries. `compte`: of `comptes`."""
    maintenant = seuils.maintenant
    cles = TRIS.get(f.tri, TRIS["echeance"])
    if f.tri == "echeance" and acteur.type == TypeOrganisation.ARS and f.onglet in ("a_traiter", "tacites"):
        cles = ("bascule_le", *cles)
    ordre = [F(c).asc(nulls_last=True) if c in ("prochaine_le", "bascule_le") else c for c in cles]
    condition = onglets.condition(f, acteur, seuils)
    # Keys are sorted alone, then the rows of the page are read: a far page does not carry the rows before it.
    if compte and acteur.perimetre_id is not None:
        page = Paginator(range(compte["resultat"]), PAR_PAGE).get_page(f.page)
        trouves = [pk for pks in compte.get("trouves") or () for pk in pks or ()]
        if trouves and len(trouves) == compte["resultat"]:
            condition = onglets.trouve(trouves)
        branches = _branches(acteur)[: 2 if compte["ailleurs"] else 1]
        choisis = _cles_en_ordre(branches, condition, cles, max(page.start_index(), 1))
    else:
        pages = Paginator(Dossier.objects.pour(acteur).filter(condition).order_by(*ordre), PAR_PAGE)
        if compte:
            pages.count = compte["resultat"]
        page = pages.get_page(f.page)
        choisis = page.object_list.values("pk")
    lus = Dossier.objects.filter(pk__in=choisis).au(maintenant).only(*COLONNES)
    dossiers = list(lus.annotate(suivi_nom=Subquery(_nom_de(OuterRef("suivi_par_id")))).order_by(*ordre))
    ids = [d.pk for d in dossiers]
    prochaines = _attendues(ids, maintenant)
    avis = {
        a.dossier_id: a
        for a in Avis.objects.filter(dossier_id__in=[d.pk for d in dossiers if d.statut_effectif in EXAMINES])
        .only("dossier_id", "sens", "est_opposition", "rendu_le", "date_limite")
        .order_by("objet", "version")
    }
    libelles = libelles_specialites()
    for d in dossiers:
        d.dernier_avis = avis.get(d.pk)
        d.echeance = qui_commande(d, prochaines.get(d.pk, ()), acteur)
        d.libelle_specialites = ", ".join(libelles.get(c, c) for c in d.specialites)
    return {"page": page, "dossiers": dossiers}


def _branches(acteur: Acteur) -> list[QuerySet[Dossier]]:
    """What an agent sees in disjoint parts: the rows of his organisation, that an index of its column holds, then those it only reads."""
    if acteur.perimetre_id is None:
        return [Dossier.objects.pour(acteur)]
    siens = Q(**{colonne_de(acteur): acteur.perimetre_id})
    return [
        Dossier.objects.filter(siens),
        Dossier.objects.filter(Dossier.objects.all().lus(acteur.perimetre_id)).exclude(siens),
    ]


def _cles_en_ordre(
    branches: Sequence[QuerySet[Dossier]], condition: RawSQL, cles: Sequence[str], premier: int
) -> RawSQL:
    """The keys of a page: the organisation's own rows come in order out of their index, the few that it only reads beside them."""
    colonnes = ["pk", *(c.lstrip("-") for c in cles if c.lstrip("-") != "pk")]
    sql, places = [], []
    for lignes in branches:
        tries = lignes.filter(condition).order_by(*cles).values_list(*colonnes)[: premier - 1 + PAR_PAGE]
        requete, valeurs = tries.query.sql_with_params()
        sql.append(f"({requete})")
        places += valeurs
    noms = ["id", *colonnes[1:]]
    ordre = ", ".join(f"{c.lstrip('-').replace('pk', 'id')} {'DESC' if c.startswith('-') else 'ASC'}" for c in cles)
    union = f"SELECT id FROM ({' UNION ALL '.join(sql)}) AS u ({', '.join(noms)}) ORDER BY {ordre} LIMIT {PAR_PAGE} OFFSET {premier - 1}"  # noqa: S608  columns of this module
    return RawSQL(union, places)  # noqa: S611  values as parameters


class Attendue(NamedTuple):
    """An open date, as far as a row shows it."""

    regle: str
    objet: str
    rang: int
    dernier_jour: date
    acquise_le: date | None


# A silence that has passed is no longer awaited, whether the scan wrote it down or not (CAL-9).
_ATTENDUES = f"""
SELECT dossier_id, regle, objet, rang, dernier_jour, acquise_le FROM dossiers_echeance
WHERE dossier_id = ANY(%s) AND statut = 'ouverte' AND regle NOT IN {SANS_ATTENTE}
  AND NOT (regle IN ('DL-1', 'DL-3', 'DUR-1') AND instant <= %s)
ORDER BY instant, id
"""  # noqa: S608  names of the rules


def _attendues(ids: list[int], maintenant: datetime) -> dict[int, list[Attendue]]:
    """The open dates of these dossiers, nearest first."""
    lignes: dict[int, list[Attendue]] = {}
    with connection.cursor() as curseur:
        curseur.execute(_ATTENDUES, [ids, maintenant])
        for dossier_id, *reste in curseur:
            lignes.setdefault(dossier_id, []).append(Attendue(*reste))
    return lignes


def _nom_de(utilisateur: OuterRef):
    """A person's name as `Utilisateur.nom_complet` writes it, read for the rows of the page only."""
    mots = [NullIf(F(champ), Value("")) for champ in ("titre", "prenom", "nom")]
    nom = Func(Value(" "), *mots, function="concat_ws", output_field=CharField())
    return Utilisateur.objects.filter(pk=utilisateur).order_by().values(lu=nom)


# In instruction one date commands, whatever else runs; the caisse's own avis comes first for the caisse.
COMMANDE = {
    S.LETTRE_DEPOSEE: "DL-1",
    S.LETTRE_INCOMPLETE: "DL-10",
    S.LETTRE_VALIDEE: "DL-2",
    S.AMORCAGE_SIGNE: "DL-2",
    S.PROJET_DEPOSE: "DL-3",
    S.PROJET_INCOMPLET: "DL-10",
}


def qui_commande(dossier: Dossier, vivantes: Sequence[Attendue], acteur: Acteur) -> Attendue | None:
    """The date that a row shows, among the open ones."""
    regles = ["AVI"] if acteur.type == TypeOrganisation.CAISSE else []
    regles.append(COMMANDE.get(Statut(dossier.statut_effectif), ""))
    for regle in regles:
        for e in vivantes:
            if e.regle == regle:
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
