"""What a SEPA transfer may carry, and the days on which banks settle it (EPC rulebook, TARGET calendar)."""

from __future__ import annotations

import unicodedata
from datetime import date, timedelta

# EPC 230-15: the Latin characters that every bank of the zone must accept.
ADMIS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")
REMPLACES = {
    "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "’": "'", "‘": "'", "–": "-", "—": "-",
    "&": "+", "«": "", "»": "", "“": "", "”": "", '"': "", "€": "EUR", "_": "-", "·": ".",
}  # fmt: skip
TAILLE_NOM, TAILLE_MOTIF, TAILLE_REFERENCE = 70, 140, 35


def texte_sepa(texte: str, taille: int) -> str:
    """The text in SEPA's characters, at most `taille` of them: accents fall, what has no equivalent becomes a space."""
    plat = unicodedata.normalize("NFKD", "".join(REMPLACES.get(c, c) for c in texte))
    lettres = "".join(c if c in ADMIS else " " for c in plat if not unicodedata.combining(c))
    return " ".join(lettres.split())[:taille].rstrip()


def reference_sepa(texte: str) -> str:
    """An identifier: as `texte_sepa`, without space; no slash at its ends nor two in a row, which the rulebook forbids."""
    reference = texte_sepa(texte, 200).replace(" ", "")
    while "//" in reference:
        reference = reference.replace("//", "/")
    return reference.strip("/")[:TAILLE_REFERENCE].rstrip("/")


def paques(annee: int) -> date:
    """Easter Sunday of a Gregorian year (Meeus)."""
    a, b, c = annee % 19, annee // 100, annee % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    mois, jour = divmod(h + m - 7 * n + 114, 31)
    return date(annee, mois, jour + 1)


def est_ouvre(jour: date) -> bool:
    """Do banks settle on this day? Not on Saturdays, Sundays and TARGET's six closing days."""
    dimanche = paques(jour.year)
    fermes = {dimanche - timedelta(days=2), dimanche + timedelta(days=1)}
    fixes = {(1, 1), (5, 1), (12, 25), (12, 26)}
    return jour.weekday() < 5 and jour not in fermes and (jour.month, jour.day) not in fixes


def ouvre_suivant(jour: date) -> date:
    """The first day after this one on which banks settle."""
    suivant = jour + timedelta(days=1)
    while not est_ouvre(suivant):
        suivant += timedelta(days=1)
    return suivant
