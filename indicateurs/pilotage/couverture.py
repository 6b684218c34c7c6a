"""The heat table: départements × groups of specialties, the most advanced step reached, what is late there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, Count, F, Func, TextField, Value

from dossiers.models import Dossier
from dossiers.regles.statuts import FINAUX, Statut
from ess_portal.comptes.acteur import Acteur
from ess_portal.referentiel.models import Departement
from ess_portal.referentiel.services import noms_groupes

from .echeances import Filtres

S = Statut
# Step of a state: its letter, its level of colour, its words. A draft is nobody's to see but its équipe's (CONF-1).
ETAPES = {
    **dict.fromkeys((S.LETTRE_DEPOSEE, S.LETTRE_INCOMPLETE), ("L", 1, "lettre en instruction")),
    **dict.fromkeys((S.LETTRE_VALIDEE, S.AMORCAGE_SIGNE, S.PROJET_REFUSE), ("C", 2, "contrat, projet en préparation")),
    **dict.fromkeys((S.PROJET_DEPOSE, S.PROJET_INCOMPLET), ("P", 3, "projet en instruction")),
    **dict.fromkeys((S.PROJET_VALIDE, S.FINESS_ATTRIBUE), ("V", 4, "projet validé")),
    S.DOTATION_ACTIVE: ("D", 5, "dotation active"),
}
LEGENDE = tuple(dict.fromkeys(ETAPES.values()))


@dataclass(frozen=True)
class Case:
    lettre: str = ""
    niveau: int = 0
    mots: str = ""
    nombre: int = 0
    retards: int = 0
    adresse: str = ""


@dataclass(frozen=True)
class Couverture:
    groupes: tuple[tuple[str, str], ...]
    lignes: tuple[tuple[str, tuple[Case, ...]], ...]
    noms_groupes: dict[str, str]


class Croises(Func):
    """One row per pair of a département and of a group that is among the known, « 31 cardiologie ».

    Two `unnest` side by side would walk the arrays in step.
    """

    template = (
        "unnest(ARRAY(SELECT a || ' ' || b FROM (SELECT %(expressions)s) AS x(departements, groupes, connus), "
        "unnest(departements) AS a, unnest(groupes) AS b WHERE b = ANY (connus)))"
    )
    output_field = CharField()


def couverture(acteur: Acteur, filtres: Filtres, maintenant: datetime, retards: Mapping[str, int]) -> Couverture:
    """An aggregated query and the names; only départements and known groups where something lives are shown.
    `retards`: how many dates are late on « 31 cardiologie ».
    """
    vivants = (
        Dossier.objects.pour(acteur)
        .au(maintenant)
        .filter(filtres.q())
        .exclude(statut_effectif__in=[S.BROUILLON.value, *(s.value for s in FINAUX)])
    )
    noms = noms_groupes()
    etapes: dict[tuple[str, str], list[tuple[int, int, str]]] = defaultdict(list)
    connus = Value(sorted(noms), output_field=ArrayField(TextField()))
    paires = vivants.order_by().values(paire=Croises("departements", "groupes", connus), etat=F("statut_effectif"))
    for r in paires.annotate(n=Count("pk")):
        lettre, niveau, _ = ETAPES[S(r["etat"])]
        etapes[_paire(r)].append((niveau, r["n"], lettre))
    groupes = sorted({g for _, g in etapes}, key=lambda g: noms.get(g, g))
    departements = dict(Departement.objects.filter(code__in={d for d, _ in etapes}).values_list("code", "nom"))
    return Couverture(
        groupes=tuple((g, noms.get(g, g)) for g in groupes),
        lignes=tuple(
            (
                f"{nom} ({code})",
                tuple(_case(etapes.get((code, g), []), retards.get(f"{code} {g}", 0), code, g) for g in groupes),
            )
            for code, nom in sorted(departements.items())
        ),
        noms_groupes=noms,
    )


def _paire(ligne: dict[str, str]) -> tuple[str, str]:
    departement, _, groupe = ligne["paire"].partition(" ")
    return departement, groupe


def _case(etapes: list[tuple[int, int, str]], retards: int, departement: str, groupe: str) -> Case:
    if not etapes:
        return Case()
    niveau, _, lettre = max(etapes)
    nombre = sum(n for autre, n, _ in etapes if autre == niveau)  # several states stand at one step
    mots = next(m for _, n, m in LEGENDE if n == niveau)
    return Case(lettre, niveau, mots, nombre, retards, f"?departement={departement}&specialite={groupe}")
