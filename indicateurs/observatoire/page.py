"""The observatory: how many ESS, where, of which specialties; the map and the list. What an address filters, the figures count."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import accord

from ..graphiques import Rang, barres
from ..territoires.page import ILE_DE_FRANCE, fond
from .lecture import Fiche, fiches

NIVEAUX = 3  # one ESS, two, three or more
LEGENDE = ((0, "aucune équipe"), (1, "une équipe"), (2, "deux équipes"), (3, "trois équipes ou plus"))


@dataclass(frozen=True)
class Filtres:
    region: str = ""
    specialite: str = ""

    def garde(self, f: Fiche) -> bool:
        return self.region in ("", f.region) and (not self.specialite or self.specialite in f.specialites)


def page(filtres: Filtres, maintenant: datetime) -> dict[str, Any]:
    """Two queries, and the shapes that the process keeps."""
    toutes = fiches(maintenant)
    lues = [f for f in toutes if filtres.garde(f)]
    carte, par_departement = fond(), Counter(code for f in lues for code in f.departements)
    noms = {code: nom for code, (nom, _, _) in carte.departements.items()}
    regions, specialites = (
        Counter((f.region, f.nom_region) for f in lues),
        Counter(mot for f in lues for mot in f.libelles),
    )
    return {
        "jour": jour_local(maintenant, "Europe/Paris"),
        "filtres": filtres,
        "choix_regions": sorted({(f.region, f.nom_region) for f in toutes}, key=lambda r: r[1]),
        "choix_specialites": sorted({(c, mot) for f in toutes for c, mot in zip(f.specialites, f.libelles, strict=True)}, key=lambda s: s[1]),
        "chiffres": [
            {"valeur": len(lues), "libelle": "équipes" if len(lues) > 1 else "équipe", "precision": "signataires d’un contrat"},
            {"valeur": len(regions), "libelle": "régions" if len(regions) > 1 else "région"},
            {"valeur": len(par_departement), "libelle": "départements couverts" if len(par_departement) > 1 else "département couvert"},
            {"valeur": len(specialites), "libelle": "spécialités" if len(specialites) > 1 else "spécialité"},
        ],
        "regions": barres(
            "Région", ("Équipes",),
            [Rang(nom, (n,), url=_adresse(filtres, region=code)) for (code, nom), n in sorted(regions.items(), key=lambda r: (-r[1], r[0][1]))],
        ),
        "specialites": barres("Spécialité", ("Équipes",), [Rang(mot, (n,)) for mot, n in sorted(specialites.items(), key=lambda s: (-s[1], s[0]))]),
        "cartes": [
            ("france", "France entière, outre-mer en bas à gauche", _zones(carte.france, par_departement, noms, sauf=ILE_DE_FRANCE)),
            ("idf", "Île-de-France, agrandie", _zones(carte.ile_de_france, par_departement, noms)),
        ],
        "legende": LEGENDE,
        "fiches": [(f, ", ".join(f"{noms.get(c, c)} ({c})" for c in f.departements)) for f in lues],
        "requete": urlencode({k: v for k, v in (("region", filtres.region), ("specialite", filtres.specialite)) if v}),
    }  # fmt: skip


def _adresse(filtres: Filtres, **suite: str) -> str:
    parametres = {"region": filtres.region, "specialite": filtres.specialite, **suite}
    return "?" + urlencode({k: v for k, v in parametres.items() if v})


def _zones(dessin: dict[str, Any], comptes: Counter[str], noms: dict[str, str], sauf: str = "") -> dict[str, Any]:
    """The shapes with the number of ESS that cover each; the codes of `sauf` are left to the enlarged map."""
    capitale = {code for code, (_, region, _) in fond().departements.items() if region == sauf}
    zones = [
        {
            **z,
            "niveau": min(comptes[z["code"]], NIVEAUX),
            "bulle": f"{noms[z['code']]} ({z['code']})\u00a0: {accord(comptes[z['code']], 'équipe') if comptes[z['code']] else 'aucune équipe'}",
            "etiquette": "" if z["code"] in capitale or not comptes[z["code"]] else str(comptes[z["code"]]),
        }
        for z in dessin["zones"]
        if z["code"] in noms
    ]  # fmt: skip
    return {"zones": zones, "vue": dessin["vue"]}
