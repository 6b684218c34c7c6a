"""The two contracts (annexes 1 and 2). Clauses are data, filled before the template (regles-metier §9)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from ess_portal.documents.donnees.communs import Clause, Echeance, Partie, Reperes, Signature


@dataclass(frozen=True, kw_only=True)
class ContratAmorcage:
    """Annexe 1: `standard` 80 000 € in two halves, `transitoire` 24 000 € at once (FIN-1, TRA-3, TRA-4)."""

    reperes: Reperes
    variante: Literal["standard", "transitoire"]
    version: int
    parties: tuple[Partie, ...]
    montant: Decimal
    echeancier: tuple[Echeance, ...]
    clauses: tuple[Clause, ...]
    modele: str
    signatures: tuple[Signature, ...]
    # What the document says of itself above its title: « Projet », when it is not what is signed.
    mention: str = ""
    date_effet: date | None = None


@dataclass(frozen=True, kw_only=True)
class LigneBareme:
    effectif: str
    montant: Decimal


@dataclass(frozen=True, kw_only=True)
class ContratDotation:
    """Annexe 2."""

    reperes: Reperes
    version: int
    parties: tuple[Partie, ...]
    finess: str
    effectif: int
    montant_premiere_annee: Decimal
    bareme: tuple[LigneBareme, ...]
    clauses: tuple[Clause, ...]
    modele: str
    signatures: tuple[Signature, ...]
    # What the document says of itself above its title: « Projet », when it is not what is signed.
    mention: str = ""
    date_effet: date | None = None
    date_fin: date | None = None
