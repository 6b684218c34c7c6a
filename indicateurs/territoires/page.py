"""The map of territories, assembled: shapes, states, table, counts, time."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from dossiers.carte import dessiner
from dossiers.models import Dossier
from dossiers.regles.couverture import ETATS, Presence, etat_departement
from ess_portal.comptes.acteur import Acteur
from ess_portal.referentiel.models import Departement, Region
from ess_portal.referentiel.services import noms_groupes
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from .presences import Ess, presences

# Before it no ESS could be validated: the cahier des charges did not exist.
PREMIER_JOUR = date(2025, 1, 1)
ILE_DE_FRANCE = "11"
TOUS = "tous"
LIBELLES = {
    "conflit": "En conflit",
    "couvert": "Couvert",
    "anterieure": "ESS antérieure, en mise en conformité",
    "instruction": "Lettre en instruction",
    "libre": "Libre",
}
VARIANTES = {
    "conflit": "erreur",
    "couvert": "succes",
    "anterieure": "attente",
    "instruction": "info",
    "libre": "neutre",
}


@dataclass(frozen=True)
class Demande:
    """What the address asks for, already checked: an unknown value asks for nothing."""

    groupe: str = ""
    jour: date | None = None
    etat: str = ""
    region: str = ""


@dataclass(frozen=True)
class Fond:
    """The shapes, drawn once per process: geography does not change between two requests."""

    france: dict[str, Any]
    ile_de_france: dict[str, Any]
    departements: Mapping[str, tuple[str, str, str]]  # code → (name, region code, region name)


@lru_cache(maxsize=1)
def fond() -> Fond:
    lignes = list(Departement.objects.filter(est_ouvert=True).exclude(trace="").select_related("region"))
    capitale = [d for d in lignes if d.region_id == ILE_DE_FRANCE]
    return Fond(
        dessiner(lignes, (), ()),
        dessiner(capitale, (), ()),
        {d.code: (d.nom, d.region.code, d.region.nom) for d in lignes if d.region},
    )


def page(acteur: Acteur, demande: Demande, maintenant: datetime) -> dict[str, Any]:
    """The context of the page. Two queries beside the names of the groups: the ESS, and nothing else once the shapes are drawn."""
    region = Region.objects.filter(pk=acteur.region).first() if acteur.region else None
    fuseau = region.fuseau if region else "Europe/Paris"
    aujourdhui = jour_local(maintenant, fuseau)
    jour = min(max(demande.jour or aujourdhui, PREMIER_JOUR), aujourdhui)
    noms = noms_groupes()
    groupe = demande.groupe if demande.groupe in noms else _groupe_propose(acteur, noms)
    carte = fond()
    par_departement: dict[str, list[Ess]] = defaultdict(list)
    fin = maintenant if jour == aujourdhui else datetime.combine(jour, time.max, ZoneInfo(fuseau))
    for ess in presences(groupe, jour, fin, acteur, est_passe=jour < aujourdhui):
        for code in ess.departements:
            par_departement[code].append(ess)
    etats = {code: etat_departement(e.presence for e in par_departement[code]) for code in carte.departements}
    lignes = [_ligne(code, etats[code], par_departement[code], carte) for code in sorted(carte.departements)]
    montrees = [x for x in lignes if _montre(x, demande)]
    codes = {x["code"] for x in montrees}
    comptes = Counter(etats.values())
    return {
        "jour": jour,
        "aujourdhui": aujourdhui,
        "premier_jour": PREMIER_JOUR,
        "dernier_rang": (aujourdhui - PREMIER_JOUR).days,
        "rang": (jour - PREMIER_JOUR).days,
        "groupe": groupe,
        "nom_groupe": noms.get(groupe, groupe),
        "groupes": sorted(noms.items(), key=lambda g: g[1]),
        "regions": sorted({(r, nom) for _, r, nom in carte.departements.values()}, key=lambda r: r[1]),
        "demande": demande,
        "etats": [(TOUS, "Tous, libres compris"), *((e, LIBELLES[e]) for e in ETATS)],
        "adresse_tous": _adresse(groupe, jour, etat=TOUS),
        "legende": [(e, LIBELLES[e], comptes[e]) for e in ETATS],
        "cartes": [
            (
                "france",
                "France entière, outre-mer en bas à gauche",
                _zones(carte.france, lignes, codes, sauf=ILE_DE_FRANCE),
            ),
            ("idf", "Île-de-France, agrandie", _zones(carte.ile_de_france, lignes, codes)),
        ],
        "lignes": montrees,
        "total": len(lignes),
        "titre_carte": f"{noms.get(groupe, groupe)}, situation au {date_fr(jour)}",
        "description_carte": ", ".join(f"{LIBELLES[e].lower()}\u00a0: {comptes[e]}" for e in ETATS) + ".",
        "chiffres": [
            {"valeur": comptes[e], "libelle": _libelle_compte(e, comptes[e]), "url": _adresse(groupe, jour, etat=e)}
            for e in ("couvert", "instruction", "conflit", "libre")
        ],
    }


def _montre(ligne: dict[str, Any], demande: Demande) -> bool:
    """The list starts with what is taken: a hundred free départements would hide it."""
    if demande.region not in ("", ligne["region"]):
        return False
    if demande.etat == TOUS:
        return True
    return ligne["etat"] == demande.etat if demande.etat else ligne["etat"] != "libre"


def _libelle_compte(etat: str, n: int) -> str:
    mots = {
        "couvert": ("département couvert", "départements couverts"),
        "instruction": ("avec une lettre en instruction", "avec une lettre en instruction"),
        "conflit": ("en conflit", "en conflit"),
        "libre": ("département libre", "départements libres"),
    }[etat]
    return mots[n > 1]


def _adresse(groupe: str, jour: date, **suite: str) -> str:
    return "?" + urlencode({"specialite": groupe, "jour": jour.isoformat(), **suite}) + "#table"


def _groupe_propose(acteur: Acteur, noms: Mapping[str, str]) -> str:
    """One's own dossier's first group; else the first of the list that one follows; else the first by name."""
    premier = (
        Dossier.objects.pour(acteur).exclude(groupes=[]).order_by("-cree_le").values_list("groupes", flat=True).first()
    )
    return next((g for g in premier or () if g in noms), min(noms, key=lambda g: noms[g], default=""))


def _ligne(code: str, etat: str, ess: list[Ess], carte: Fond) -> dict[str, Any]:
    nom, region, nom_region = carte.departements[code]
    libelle = "Couvert, à plusieurs par dérogation" if etat == "couvert" and _plusieurs(ess) else LIBELLES[etat]
    qui = "\u00a0; ".join(dict.fromkeys(e.nom for e in ess))
    return {
        "code": code,
        "nom": nom,
        "region": region,
        "nom_region": nom_region,
        "etat": etat,
        "libelle": libelle,
        "variante": VARIANTES[etat],
        "ess": ess,
        "bulle": f"{nom} ({code})\u00a0: {libelle.lower()}{f'. {qui}' if qui else ''}",
    }


def _plusieurs(ess: list[Ess]) -> bool:
    presences_: list[Presence] = [e.presence for e in ess if e.presence.etat == "couvert"]
    return len(presences_) > 1


def _zones(dessin: dict[str, Any], lignes: list[dict[str, Any]], liees: set[str], sauf: str = "") -> dict[str, Any]:
    """The shapes with their states; the codes of `sauf` are left to the enlarged map."""
    par_code = {x["code"]: x for x in lignes}
    zones = [
        {**z, **{c: par_code[z["code"]][c] for c in ("etat", "bulle")}, "lie": z["code"] in liees,
         "etiquette": "" if sauf and par_code[z["code"]]["region"] == sauf else z["code"]}
        for z in dessin["zones"]
        if z["code"] in par_code
    ]  # fmt: skip
    return {"zones": zones, "vue": dessin["vue"]}
