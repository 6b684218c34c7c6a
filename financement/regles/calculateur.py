"""`POST /calculs/dotation/`: body → answer, amounts as strings with two decimals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ess_portal.referentiel.regles.saisie import SaisieInvalide, jour

from .bareme import six_decimales
from .dotation import anniversaire, calculer

EFFECTIF_MAX = 100_000
REGLAGES = {
    "bareme": ("lineaire", ("lineaire", "mille_par_medecin")),
    "effectif": ("moyenne_journaliere", ("moyenne_journaliere", "date_anniversaire")),
    "ordre": ("D(moyenne)", ("D(moyenne)", "moyenne(D)")),
    "sous_10": ("manuel", ("manuel", "plancher", "prorata_10", "lineaire_prolonge", "zero")),
}


def calculer_dotation(corps: Mapping[str, Any]) -> dict[str, Any]:
    """The grant of a contract year. Raises SaisieInvalide, one French sentence per field."""
    erreurs: dict[str, str] = {}
    debut = jour(corps.get("debut"))
    if debut is None or debut.year == date.max.year:  # its year would end beyond the calendar
        erreurs["debut"] = "Indiquez une date AAAA-MM-JJ."
        raise SaisieInvalide(erreurs)
    marches = _marches(corps.get("effectifs"), debut, erreurs)
    reglages = {}
    for nom, (defaut, admises) in REGLAGES.items():
        valeur = corps.get(nom, defaut)
        if valeur not in admises:
            erreurs[nom] = "Choisissez " + ", ".join(f"«\u00a0{v}\u00a0»" for v in admises) + "."
        else:
            reglages[nom] = valeur
    if erreurs:
        raise SaisieInvalide(erreurs)
    d = calculer(debut, marches, **reglages)
    return {
        "jours": d.jours,
        "effectif_moyen": six_decimales(d.effectif_moyen),
        "montant": None if d.montant is None else f"{d.montant:.2f}",
        "a_arbitrer": d.a_arbitrer,
        "simulations": {nom: f"{m:.2f}" for nom, m in d.simulations.items()},
        "explication": [dict(e) for e in d.explication],
        "alertes": list(d.alertes),
    }


def _marches(brut: Any, debut: date, erreurs: dict[str, str]) -> list[tuple[date, int]]:
    if not isinstance(brut, list) or not brut or len(brut) > 1000:
        erreurs["effectifs"] = "Donnez au moins un effectif, avec la date à partir de laquelle il vaut."
        return []
    fin = anniversaire(debut, 1)
    marches: dict[date, int] = {}
    for i, ligne in enumerate(brut):
        cle = f"effectifs[{i}]"
        du = jour(ligne.get("du")) if isinstance(ligne, Mapping) else None
        nombre = ligne.get("nombre") if isinstance(ligne, Mapping) else None
        if du is None:
            erreurs[f"{cle}.du"] = "Indiquez une date AAAA-MM-JJ."
        elif not debut <= du < fin:
            erreurs[f"{cle}.du"] = "Cette date est hors de l’année de contrat."
        elif du in marches:
            erreurs[f"{cle}.du"] = "Cette date figure deux fois."
        if isinstance(nombre, bool) or not isinstance(nombre, int) or not 0 <= nombre <= EFFECTIF_MAX:
            erreurs[f"{cle}.nombre"] = "Écrivez un nombre entier de médecins."
        elif du is not None:
            marches[du] = nombre
    if not erreurs and debut not in marches:
        erreurs["effectifs"] = "Le premier effectif vaut à partir du premier jour de l’année."
    return sorted(marches.items())
