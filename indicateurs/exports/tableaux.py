"""The dashboards' tables as a file: one row per figure, as the page says it, secrecy included."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import AGENTS
from ess_portal.referentiel.services import noms_groupes

from ..activite.page import COLONNES_REGIONS, page
from ..graphiques import CACHE
from ..pilotage.echeances import Filtres as FiltresTableau
from .forme import Champs, Colonne, Filtres, Liste, Rangee, insense, un

TITRES = {"departement": "Département", "specialite": "Spécialité", "region": "Région"}
CODE = re.compile(r"[0-9A-Za-z_]{1,48}")
FIGURES = (
    ("etapes", "Où en sont les dossiers"),
    ("parcours", "Combien sont allés jusque-là"),
    ("charges", "Charge de chacun"),
    ("rapports", "Rapports d’activité"),
)
DELAIS = (
    ("decisions", "Décisions"),
    ("mediane", "Délai médian"),
    ("neuf_dixiemes", "Neuf sur dix en"),
    ("tacites", "Nées du silence"),
    ("part_tacites", "Part du silence"),
)


def _geler(champs: Champs, _acteur: Acteur) -> dict[str, list[str]]:
    lus = {nom: champs.get(nom, "") for nom in TITRES}
    for nom, valeur in lus.items():
        if valeur and not CODE.fullmatch(valeur):
            raise insense(TITRES[nom], valeur)
    return {nom: [valeur] for nom, valeur in lus.items() if valeur}


def _dire(filtres: Filtres, _acteur: Acteur) -> list[tuple[str, str]]:
    noms = noms_groupes()
    return [(TITRES[nom], noms.get(v, v)) for nom in TITRES for v in filtres.get(nom, ())]


def _lignes(acteur: Acteur, filtres: Filtres, maintenant: datetime) -> Iterable[Rangee]:
    lus = page(
        acteur, FiltresTableau(un(filtres, "departement"), un(filtres, "specialite"), un(filtres, "region")), maintenant
    )
    for rangee in _figures(lus):
        yield None, rangee


def _figures(lus: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Any]]:
    for nom, titre in FIGURES:
        if nom in lus:
            for r in lus[nom].rangs:
                for serie, valeur in zip(lus[nom].series, r.valeurs, strict=True):
                    yield titre, r.libelle, serie, CACHE if valeur is None else valeur
    for d in lus["delais"]:
        for code, mesure in DELAIS:
            yield "Délais d’instruction et silence", d["objet"], mesure, d[code]
    if lus["regions"] is not None:
        for ligne in lus["regions"].lignes:
            for mesure, mot in zip(COLONNES_REGIONS, ligne["etapes"], strict=True):
                yield "Les régions côte à côte", ligne["nom"], mesure, mot
            yield "Les régions côte à côte", ligne["nom"], "Total", ligne["total"]
            yield "Les régions côte à côte", ligne["nom"], "Échéances dépassées", ligne["retards"]


ACTIVITE = Liste(
    "activite",
    "Tableau de bord de l’activité",
    (
        Colonne("tableau", "Tableau"),
        Colonne("ligne", "Ligne"),
        Colonne("mesure", "Mesure"),
        Colonne("valeur", "Valeur"),
    ),
    _lignes,
    lambda: reverse("activite"),
    _geler,
    _dire,
    AGENTS,
)
