"""How a person reads a list: its columns, the view it opens with, the views one may choose."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db import connection
from django.http import HttpRequest, QueryDict

from ess_portal.comptes.acteur import Acteur

LISTE = "dossiers"
# A JSON of the views of a person in an organisation: his own, and those shared there.
LUES = """
SELECT jsonb_agg(jsonb_build_array(v.id, v.nom, v.filtres, v.colonnes, v.est_partagee, v.utilisateur_id) ORDER BY v.nom, v.id)
FROM dossiers_vueliste v WHERE v.organisation_id = %(organisation)s AND v.liste = 'dossiers' AND (v.utilisateur_id = %(personne)s OR v.est_partagee)
"""


@dataclass(frozen=True)
class Vue:
    pk: int
    nom: str
    filtres: Mapping[str, Sequence[str]]
    colonnes: tuple[str, ...]
    est_partagee: bool
    est_sienne: bool

    def champs(self) -> QueryDict:
        q = QueryDict(mutable=True)
        for nom, valeurs in self.filtres.items():
            q.setlist(nom, list(valeurs))
        return q


@dataclass(frozen=True)
class Affichage:
    """`vue`: the one that is being read; `refus`: why the one that the address names is not; `vues`: None while nothing has read them."""

    colonnes: tuple[str, ...] = ()
    par_defaut: int | None = None
    vues: tuple[Vue, ...] | None = None
    vue: Vue | None = None
    refus: str = ""

    def avec(self, lignes: Iterable[Sequence[Any]] | None, acteur: Acteur) -> Affichage:
        """With these views, as LUES gives them."""
        vues = tuple(
            Vue(pk, nom, filtres, tuple(colonnes), partagee, auteur == acteur.utilisateur_id)
            for pk, nom, filtres, colonnes, partagee, auteur in lignes or ()
        )
        return replace(self, vues=vues)


def valeurs(acteur: Acteur) -> dict[str, int | None]:
    """The places of LUES."""
    return {"organisation": acteur.organisation_id, "personne": acteur.utilisateur_id}


def reglage(request: HttpRequest) -> Affichage:
    """What this person chose for himself in the organisation he acts for: read with his rights, no query."""
    lien = next((r for r in request.rattachements if r.organisation_id == request.acteur.organisation_id), None)
    lu = (lien.listes if lien else {}).get(LISTE, {})
    return Affichage(tuple(lu.get("colonnes", ())), lu.get("vue"))


def lire(affichage: Affichage, acteur: Acteur) -> Affichage:
    """With the views, one query."""
    with connection.cursor() as curseur:
        curseur.execute(LUES, valeurs(acteur))
        return affichage.avec(json.loads(curseur.fetchone()[0] or "[]"), acteur)


def choisir(request: HttpRequest, champs: QueryDict) -> tuple[Affichage, QueryDict]:
    """The filters in force: those of the view that the address names, of the default one when the address says nothing, else the address's.

    The views are read only then. The page of the address is kept.
    """
    affichage, nommee = reglage(request), champs.get("vue", "")
    cle = nommee if nommee else "" if set(champs) - {"page"} else str(affichage.par_defaut or "")
    if cle:
        affichage = lire(affichage, request.acteur)
    vue = next((v for v in affichage.vues or () if str(v.pk) == cle), None)
    refus = (
        "Cette vue n’existe pas, ou n’est plus partagée avec vous. Voici la liste sans elle."
        if nommee and not vue
        else ""
    )
    lus = vue.champs() if vue else champs.copy()
    lus.pop("vue", None)
    lus.pop("page", None)
    if page := champs.get("page"):
        lus["page"] = page
    colonnes = vue.colonnes if vue and vue.colonnes else affichage.colonnes
    return replace(affichage, colonnes=colonnes, vue=vue, refus=refus), lus
