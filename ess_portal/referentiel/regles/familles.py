"""The settings in families, as an administrator looks for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields

from .parametres import Parametres

# Each family goes from its first setting to the next family's, in the order of `Parametres`.
FAMILLES = (
    ("Points de départ", "mode_naissance"),
    ("Délais de la procédure", "delai_instruction_lettre"),
    ("Silence, notification et recours", "regime_recours_gracieux"),
    ("Caisse d’assurance maladie", "delai_avis_caisse"),
    ("Seuils, mission et rapport", "base_seuil_adherents"),
    ("Listes et tableaux de bord", "seuil_tacite_imminent"),
    ("Unicité et dérogations", "groupes_specialites"),
    ("Crédit d’amorçage", "schema"),
    ("Dotation annuelle", "bareme"),
    ("Fin, reprise et récupération", "prorata_resiliation"),
    ("Période transitoire", "declencheur_chevauchement"),
    ("Alertes et relances", "alertes_fin_contrat"),
    ("Conservation", "conservation_brouillon"),
)
_TITRES = {premier: titre for titre, premier in FAMILLES}


def par_famille(noms: Iterable[str]) -> Sequence[tuple[str, list[str]]]:
    """(family, its settings among `noms`), in the order of the sets; a family without any is left out."""
    voulus, familles = set(noms), list[tuple[str, list[str]]]()
    for champ in fields(Parametres):
        if champ.name in _TITRES:
            familles.append((_TITRES[champ.name], []))
        if champ.name in voulus:
            familles[-1][1].append(champ.name)
    return [(titre, siens) for titre, siens in familles if siens]
