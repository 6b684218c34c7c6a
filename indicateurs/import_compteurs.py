"""A file of monthly counters: its columns, its lines, what each would do. Nothing is written here."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dossiers.models import Dossier
from ess_portal.socle.erreurs import ErreurMetier

from .models import Compteur
from .periodes import Periode, periodes
from .regles.compteurs import CODES, incoherences
from .services.compteurs import lire, mois_admis

COLONNES = ("mois", "dossier", *CODES)
DEJA, NOUVEAU, CHANGE, ERREUR = "inchange", "nouveau", "change", "erreur"
MOTS = {DEJA: "Déjà enregistré", NOUVEAU: "Nouveau", CHANGE: "Remplace une valeur", ERREUR: "À corriger"}


@dataclass
class Ligne:
    """`rang`: its number in the file. `valeurs`: content by counter, once read. `ecrit`: the month as the file has it."""

    rang: int
    ecrit: str
    mois: date | None = None
    valeurs: dict[str, Any] = field(default_factory=dict)
    etat: str = DEJA
    erreurs: list[str] = field(default_factory=list)

    @property
    def mot(self) -> str:
        return MOTS[self.etat]


def _nom(titre: str) -> str:
    plat = unicodedata.normalize("NFKD", titre).encode("ascii", "ignore").decode().lower().strip()
    return "_".join(plat.replace("-", " ").split())


def _refus(code: str, phrase: str) -> ErreurMetier:
    return ErreurMetier(code, phrase, {"fichier": phrase})


def lire_lignes(dossier: Dossier, cellules: list[list[str]], jour: date) -> list[Ligne]:
    """Each line judged. Raises ErreurMetier on `fichier` for a heading without months or counters, or for another ESS's file."""
    debut = next((n for n, ligne in enumerate(cellules) if any(ligne)), 0)
    colonnes = {n: _nom(t) for n, t in enumerate(cellules[debut]) if _nom(t) in COLONNES}
    if "mois" not in colonnes.values() or not set(colonnes.values()) & set(CODES):
        raise _refus("colonnes", f"La première ligne nomme les colonnes\u00a0: mois, puis {', '.join(CODES)}.")
    courants: dict[date, dict[str, Any]] = {}
    for c in Compteur.objects.en_vigueur().filter(dossier=dossier).order_by("mois", "indicateur"):
        courants.setdefault(c.mois, {})[c.indicateur] = c.contenu
    connues, lignes, vus = periodes(dossier, jour), [], dict[date, int]()
    for n, ligne in enumerate(cellules, 1):
        if n <= debut + 1 or not any(ligne):
            continue
        brutes = {nom: str(ligne[i]).strip() if i < len(ligne) else "" for i, nom in colonnes.items()}
        numero = brutes.pop("dossier", "")
        if numero and numero.upper() != dossier.numero:
            raise _refus(
                "autre_dossier",
                f"Ligne {n}\u00a0: ce fichier est celui d’une autre équipe (dossier {numero[:20]}). Rien n’est enregistré.",
            )
        lignes.append(_juger(n, brutes, connues, jour, courants, vus))
    if not lignes:
        raise _refus("vide", "Ce fichier ne contient aucun mois.")
    return lignes


def _juger(
    rang: int,
    brutes: dict[str, str],
    connues: list[Periode],
    jour: date,
    courants: Mapping[date, Mapping[str, Any]],
    vus: dict[date, int],
) -> Ligne:
    lue = Ligne(rang, brutes.pop("mois"))
    try:
        lue.mois = mois_admis(lue.ecrit, connues, jour)
        if lue.mois in vus:
            lue.erreurs.append(f"Ce mois est déjà à la ligne {vus[lue.mois]}\u00a0: il ne compte qu’une fois.")
        vus.setdefault(lue.mois, rang)
        lue.valeurs = lire(brutes)
        avant = courants.get(lue.mois, {})
        lue.erreurs += incoherences({**avant, **lue.valeurs}).values()
        touches = [c for c, v in lue.valeurs.items() if avant.get(c) != v]
        if touches:
            lue.etat = CHANGE if any(c in avant for c in touches) else NOUVEAU
        if not lue.valeurs:
            lue.erreurs.append("Cette ligne ne donne aucun compteur.")
    except ErreurMetier as refus:
        lue.erreurs += [t for textes in refus.champs.values() for t in textes]
    if lue.erreurs:
        lue.etat = ERREUR
    return lue
