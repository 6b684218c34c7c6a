"""Pieces shared by several documents. Dates and amounts arrive computed: a document does no arithmetic."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Objet = Literal["lettre", "projet"]


@dataclass(frozen=True, kw_only=True)
class Service:
    """An administration as it signs: the ARS or the caisse, with what CRPA R112-5 asks to print."""

    nom: str
    direction: str = ""
    adresse: str = ""
    courriel: str = ""
    telephone: str = ""


@dataclass(frozen=True, kw_only=True)
class Reperes:
    """What every document prints: the dossier, the team, the two administrations, the zone of the legal days (CAL-4)."""

    numero: str
    equipe: str
    specialites: tuple[str, ...]
    departements: tuple[str, ...]
    ars: Service
    caisse: Service
    date_edition: date
    fuseau: str = "Europe/Paris"


@dataclass(frozen=True, kw_only=True)
class Personne:
    nom: str
    qualite: str = ""
    rpps: str = ""
    courriel: str = ""
    telephone: str = ""


@dataclass(frozen=True, kw_only=True)
class Partie:
    """A party to a contract."""

    role: Literal["equipe", "ars", "caisse"]
    nom: str
    forme: str = ""
    identifiants: str = ""
    adresse: str = ""
    representant: str = ""
    fonction: str = ""


@dataclass(frozen=True, kw_only=True)
class Signature:
    """A signature block; without an instant it prints « en attente »."""

    role: Literal["equipe", "ars", "caisse", "adherent"]
    partie: str
    signataire: str = ""
    fonction: str = ""
    pouvoir: str = ""
    signee_le: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Clause:
    """An article: rich text in `html`, or plain paragraphs in what was frozen before clauses were editable."""

    titre: str
    paragraphes: tuple[str, ...] = ()
    code: str = ""
    html: str = ""


@dataclass(frozen=True, kw_only=True)
class Echeance:
    """One line of a payment schedule."""

    libelle: str
    condition: str
    montant: Decimal


@dataclass(frozen=True, kw_only=True)
class Rubrique:
    """A titled text, with or without a list under it."""

    titre: str
    texte: str = ""
    points: tuple[str, ...] = ()
