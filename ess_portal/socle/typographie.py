"""French figures and dates, written once and cached: U+00A0 everywhere, never U+202F (absent from the Marianne font).

Django's `|date` filter is the dearest part of a list of fifty rows; these are a dictionary look-up and a cache.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_DOWN, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

INSECABLE = "\u00a0"
MOINS = "\u2212"
MOIS = (
    *("", "janvier", "février", "mars", "avril", "mai", "juin", "juillet"),
    *("août", "septembre", "octobre", "novembre", "décembre"),
)
# They turn the order of reading, so that what is stored is not what is read. French needs none; pasting brings some.
MARQUES = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


@lru_cache(maxsize=4096)
def _date_fr(annee: int, mois: int, quantieme: int, premier: str) -> str:
    return f"{premier if quantieme == 1 else quantieme}{INSECABLE}{MOIS[mois]}{INSECABLE}{annee}"


def date_fr(jour: date, premier: str = "1er") -> str:
    """« 10 mai 2026 ». `premier` is how the first of a month is written (the page puts « er » above the line).

    A datetime is refused: which day it is depends on a zone, which only `instant_fr` asks for (CAL-4).
    """
    if isinstance(jour, datetime):
        raise TypeError("date_fr attend un jour ; un instant s’écrit avec instant_fr et son fuseau.")
    return _date_fr(jour.year, jour.month, jour.day, premier)


def jour_fr(jour: date, premier: str = "1er") -> str:
    """« mardi 10 mai 2026 »."""
    return f"{JOURS[jour.weekday()]} {date_fr(jour, premier)}"


@lru_cache(maxsize=32)
def _zone(fuseau: str) -> ZoneInfo:
    return ZoneInfo(fuseau)


def heure_fr(instant: datetime, fuseau: str = "Europe/Paris") -> str:
    """« 14 h 02 », in the given zone."""
    local = instant.astimezone(_zone(fuseau))
    return f"{local.hour}{INSECABLE}h{INSECABLE}{local.minute:02d}"


def instant_fr(instant: datetime, fuseau: str = "Europe/Paris") -> str:
    """« 10 mai 2026 à 14 h 02 », in the given zone."""
    local = instant.astimezone(_zone(fuseau))
    return f"{date_fr(local.date())} à{INSECABLE}{local.hour}{INSECABLE}h{INSECABLE}{local.minute:02d}"


@lru_cache(maxsize=4096)
def _groupe(texte: str) -> str:
    entier, _, decimales = texte.partition(".")
    signe = MOINS if entier.startswith("-") else ""
    milliers = f"{int(entier.lstrip('-') or 0):,}".replace(",", INSECABLE)
    return f"{signe}{milliers},{decimales}" if decimales else f"{signe}{milliers}"


def nombre(valeur: int | Decimal | str, decimales: int | None = None) -> str:
    """« 40 000 », « 27,553425 ». With `decimales`, cut there (never rounded up) and padded with zeros."""
    exact = Decimal(valeur)
    if decimales is not None:
        exact = exact.quantize(Decimal(1).scaleb(-decimales), rounding=ROUND_DOWN)
    return _groupe(f"{exact:f}")


def euros(montant: int | Decimal | str, centimes: bool = False) -> str:
    """« 40 000 € », « 40 000,50 € »; always with its cents when `centimes` (tables, ledgers, orders)."""
    exact = Decimal(montant).quantize(Decimal("0.01"))
    texte = f"{exact:f}"
    if not centimes and texte.endswith(".00"):
        texte = texte[:-3]
    return f"{_groupe(texte)}{INSECABLE}€"


def pourcent_tronque(taux: int | Decimal | str, decimales: int = 1) -> str:
    """« 15,5 % » for 15.54: cut, so that a threshold never reads as reached before it is (CRI-4)."""
    coupe = Decimal(taux).quantize(Decimal(1).scaleb(-decimales), rounding=ROUND_DOWN)
    texte = f"{coupe:f}"
    if "." in texte:
        texte = texte.rstrip("0").rstrip(".")
    return f"{_groupe(texte)}{INSECABLE}%"


def part(numerateur: int, denominateur: int, decimales: int = 1) -> str | None:
    """The percentage of a count, cut in integers; None when there is nobody to count among."""
    if denominateur <= 0:
        return None
    echelle = 10**decimales
    return pourcent_tronque(Decimal(100 * echelle * numerateur // denominateur) / echelle, decimales)


def accord(compte: int, singulier: str, pluriel: str | None = None) -> str:
    """« 1 jour », « 12 jours », « 0 jour »."""
    mot = singulier if abs(compte) < 2 else pluriel or f"{singulier}s"
    return f"{_groupe(str(compte))} {mot}"


def dans(jour: date, reference: date) -> str:
    """« dans 12 jours », « demain », « aujourd’hui », « en retard de 3 jours », « dans 14 mois »."""
    ecart = (jour - reference).days
    if ecart < 0:
        return f"en retard de {accord(-ecart, 'jour')}"
    if ecart == 0:
        return "aujourd’hui"
    if ecart == 1:
        return "demain"
    if ecart <= 365:
        return f"dans {accord(ecart, 'jour')}"
    mois = (jour.year - reference.year) * 12 + jour.month - reference.month - (jour.day < reference.day)
    return f"dans {mois} mois"


def sans_marques(texte: str) -> str:
    """The same text without the invisible marks of direction."""
    return MARQUES.sub("", texte)


def taille_fichier(octets: int) -> str:
    """« 84 Ko », « 1,2 Mo »."""
    if octets < 1_000_000:
        return f"{max(1, round(octets / 1000))}{INSECABLE}Ko"
    return f"{nombre(Decimal(octets) / 1_000_000, 1)}{INSECABLE}Mo"
