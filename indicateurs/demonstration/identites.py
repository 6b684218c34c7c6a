"""Invented people, and numbers whose keys are right: they belong to nobody, and every form takes them."""

from __future__ import annotations

from dataclasses import dataclass

from stdnum import luhn

PRENOMS = (
    "Hélène", "Antoine", "Salima", "Bertrand", "Maud", "Yves", "Noémie", "Karim", "Solène", "Gauthier", "Leïla", "Étienne",
    "Ségolène", "Thierry", "Aïcha", "Romain", "Clémence", "Baptiste", "Fatou", "Arnaud", "Gwenaëlle", "Loïc", "Inès", "Maxence",
    "Perrine", "Rachid", "Éloïse", "Damien", "Naïma", "Corentin",
)  # fmt: skip
NOMS = (
    "Castéran", "Peyrolade", "Montségur", "Delbourg", "Vialaret", "Estournel", "Roquelaure", "Sabatier-Lomné", "Carrère-Dufau",
    "Bonnafoux", "Cazalis", "Fontanille", "Guiraudel", "Lasserrade", "Mazeyrac", "Puechberty", "Rouvellac", "Sérieys-Bon",
    "Tournebise", "Vergnolles", "Kerjouan", "Le Bihannic", "Quéméneur", "Tréguiel", "Plouzenec", "Guivarc’hel", "Rozennou",
    "Hoarau-Lebel", "Payet-Morin", "Grondeau", "Técherot", "Fontainebois", "Ramassol", "Vélayoudin", "Dijouxel", "Aubrival",
    "Chastanier", "Darrigrande",
)  # fmt: skip


@dataclass(frozen=True)
class Personne:
    prenom: str
    nom: str
    rpps: str
    courriel: str


def personne(rang: int) -> Personne:
    """The rang-th invented person: 30 × 38 names before one comes twice."""
    prenom, nom = PRENOMS[rang % len(PRENOMS)], NOMS[rang * 7 % len(NOMS)]
    return Personne(prenom, nom, rpps(rang), f"personne{rang}@exemple.demo")


def rpps(rang: int) -> str:
    base = f"109{rang:07d}"
    return base + luhn.calc_check_digit(base)


def siren(rang: int) -> str:
    base = f"91{rang:06d}"
    return base + luhn.calc_check_digit(base)


def rna(departement: str, rang: int) -> str:
    """Overseas, the second character of the département's part is a letter (W9R…)."""
    tete = {"971": "9G", "972": "9M", "973": "9C", "974": "9R", "976": "9Y"}.get(departement, departement)
    return f"W{tete}{rang + 1000000:07d}"


def finess(departement: str, rang: int) -> str:
    """Luhn on the nine digits, Corsica read as 21 and 22."""
    base = f"{departement[:2]}{rang + 800000:06d}"
    return base + luhn.calc_check_digit(base.replace("2A", "21").replace("2B", "22"))


def iban(rang: int) -> str:
    """A French account with its RIB key and its IBAN key."""
    banque, guichet, compte = 20041, 1005, 50000000 + rang
    cle = 97 - (89 * banque + 15 * guichet + 3 * compte) % 97
    bban = f"{banque:05d}{guichet:05d}{compte:011d}{cle:02d}"
    return f"FR{98 - int(bban + '152700') % 97:02d}{bban}"
