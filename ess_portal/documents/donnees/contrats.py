"""The two contracts (annexes 1 and 2), their avenants and the text that these leave. Clauses are data, filled before the template (§9)."""

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


@dataclass(frozen=True, kw_only=True)
class ArticleChange:
    """An article that an avenant adds, replaces or removes. `numero`: its place in the text before, 0 for an article added; `apres`: the
    code of the article that an added one follows, '' at the head, `apres_titre` its title.
    """

    geste: Literal["ajoute", "remplace", "retire"]
    code: str
    titre: str
    html: str = ""
    numero: int = 0
    apres: str = ""
    apres_titre: str = ""


@dataclass(frozen=True, kw_only=True)
class AvenantContrat:
    """The changed articles only; the day it says is the earliest it takes effect. `sur_papier`: the contract's own text is not in the
    portal, its articles go by their names.
    """

    reperes: Reperes
    version: int
    rang: int
    contrat: str
    contrat_version: int
    contrat_signe_le: date
    objet: str
    effet_prevu: date
    parties: tuple[Partie, ...]
    changements: tuple[ArticleChange, ...]
    modele: str
    signatures: tuple[Signature, ...]
    mention: str = ""
    sur_papier: bool = False


@dataclass(frozen=True, kw_only=True)
class ArticleConsolide:
    """`source`: what wrote it, in words; '' for the contract itself."""

    titre: str
    html: str
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class LigneAvenant:
    rang: int
    objet: str
    signe_le: date
    date_effet: date


@dataclass(frozen=True, kw_only=True)
class ContratConsolide:
    """The contract as it stands from the day `au`, its avenants applied. It proves nothing by itself. `sur_papier`: only the articles
    that avenants wrote, for a contract whose own text is on paper.
    """

    reperes: Reperes
    contrat: str
    contrat_version: int
    contrat_signe_le: date
    au: date
    parties: tuple[Partie, ...]
    articles: tuple[ArticleConsolide, ...]
    avenants: tuple[LigneAvenant, ...]
    sur_papier: bool = False
