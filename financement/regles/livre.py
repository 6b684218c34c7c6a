"""The ledger's rules: which lines an act writes, what the balances are, what would break a ceiling. Exact cents, never a float.

One chain of accounts follows the money of an envelope (a credit, or a year of the dotation, of one funder): each act moves an amount from
one account to the next. No account but 800 may fall below zero, so that what is paid never passes what is ordered, nor that what is
liquidated, nor that what is committed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

ZERO = Decimal("0.00")
CENT = Decimal("0.01")

ENGAGEMENTS, ENGAGE, LIQUIDE, ORDONNANCE, VERSE, TROP_PERCU, RECUPERE, REMIS = (
    *("800", "801", "802", "803"),
    *("804", "805", "806", "807"),
)
COMPTES: Mapping[str, str] = MappingProxyType(
    {
        ENGAGEMENTS: "Engagements pris (contrepartie)",
        ENGAGE: "Engagé, à liquider",
        LIQUIDE: "Liquidé, à ordonnancer",
        ORDONNANCE: "Ordonnancé, à payer",
        VERSE: "Versé, acquis à l’équipe",
        TROP_PERCU: "Trop-perçu, à récupérer",
        RECUPERE: "Trop-perçu récupéré",
        REMIS: "Trop-perçu remis ou abandonné",
    }
)
# act → (debited, credited)
MOUVEMENTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "engagement": (ENGAGE, ENGAGEMENTS),
        "degagement": (ENGAGEMENTS, ENGAGE),
        "liquidation": (LIQUIDE, ENGAGE),
        "ordre": (ORDONNANCE, LIQUIDE),
        "versement": (VERSE, ORDONNANCE),
        "constat": (VERSE, ENGAGE),
        "trop_percu": (TROP_PERCU, VERSE),
        "recuperation": (RECUPERE, TROP_PERCU),
        "remise": (REMIS, TROP_PERCU),
    }
)
CONTREPASSATION = "contrepassation"
DEBIT, CREDIT = "D", "C"

PLAFOND_CREDIT, PLAFOND_TRANSITOIRE, PLAFOND_ANNEE = Decimal(80_000), Decimal(24_000), Decimal(100_000)
CREDITS = ("amorcage", "transitoire")
MANQUES: Mapping[str, str] = MappingProxyType(
    {
        ENGAGE: "le montant engagé",
        LIQUIDE: "le montant liquidé",
        ORDONNANCE: "le montant ordonnancé",
        VERSE: "le montant versé",
        TROP_PERCU: "le trop-perçu qui reste à récupérer",
        RECUPERE: "le montant récupéré",
        REMIS: "le montant remis",
    }
)


@dataclass(frozen=True, slots=True)
class Ligne:
    """`sens` is D or C, `montant` positive euros to the cent."""

    compte: str
    sens: str
    montant: Decimal

    @property
    def signe(self) -> Decimal:
        return self.montant if self.sens == DEBIT else -self.montant


@dataclass(frozen=True, slots=True)
class Enveloppe:
    """What a balance is kept for: a funder's credit, or one year of its dotation (`annee` 0 for the others)."""

    financeur: str
    poste: str
    annee: int = 0


@dataclass(frozen=True, slots=True)
class Soldes:
    """The balances of one envelope, or of several summed."""

    engage_total: Decimal = ZERO
    a_liquider: Decimal = ZERO
    a_ordonnancer: Decimal = ZERO
    a_payer: Decimal = ZERO
    acquis: Decimal = ZERO
    a_recuperer: Decimal = ZERO
    recupere: Decimal = ZERO
    remis: Decimal = ZERO

    @property
    def verse(self) -> Decimal:
        """All that was paid, whatever became of it."""
        return self.acquis + self.trop_percu

    @property
    def trop_percu(self) -> Decimal:
        """All that was found paid in excess."""
        return self.a_recuperer + self.recupere + self.remis

    @property
    def reste_a_verser(self) -> Decimal:
        return self.a_liquider + self.a_ordonnancer + self.a_payer


@dataclass(frozen=True, slots=True)
class Refus:
    """`code` is the constraint of the base that would refuse it too."""

    code: str
    phrase: str


def lignes(type_: str, montant: Decimal) -> tuple[Ligne, Ligne]:
    """The two lines of an act. Raises ValueError for an amount that is not positive cents, KeyError for an unknown act."""
    if montant <= 0 or montant != montant.quantize(CENT):
        raise ValueError(f"{montant} n’est pas un montant positif au centime")
    debite, credite = MOUVEMENTS[type_]
    montant = montant.quantize(CENT)
    return Ligne(debite, DEBIT, montant), Ligne(credite, CREDIT, montant)


def inverses(ecrites: Iterable[Ligne]) -> tuple[Ligne, ...]:
    """The lines of a counter-entry: the same accounts, the other side."""
    return tuple(Ligne(x.compte, CREDIT if x.sens == DEBIT else DEBIT, x.montant) for x in ecrites)


def detail(ecrites: Iterable[Ligne]) -> str:
    """The lines in the one text that the entry's hash covers: `D 801 40000.00; C 800 40000.00`."""
    return "; ".join(f"{x.sens} {x.compte} {x.montant:.2f}" for x in ecrites)


def totaux(ecrites: Iterable[Ligne]) -> dict[str, Decimal]:
    """Account → its balance, debits less credits."""
    sommes: dict[str, Decimal] = {}
    for x in ecrites:
        sommes[x.compte] = sommes.get(x.compte, ZERO) + x.signe
    return sommes


def soldes(sommes: Mapping[str, Decimal]) -> Soldes:
    """The balances read from the accounts' sums."""
    return Soldes(-sommes.get(ENGAGEMENTS, ZERO), *(sommes.get(c, ZERO) for c in list(COMPTES)[1:]))


def est_equilibree(ecrites: Iterable[Ligne]) -> bool:
    return sum((x.signe for x in ecrites), ZERO) == 0


def refus(
    avant: Mapping[Enveloppe, Mapping[str, Decimal]], enveloppe: Enveloppe, ajoutees: Iterable[Ligne]
) -> Refus | None:
    """What would break if these lines were added to a dossier's balances; None when nothing does."""
    sommes = dict(avant.get(enveloppe, {}))
    for compte, montant in totaux(ajoutees).items():
        sommes[compte] = sommes.get(compte, ZERO) + montant
    for compte in sommes:
        if compte != ENGAGEMENTS and sommes[compte] < 0:
            return Refus("ecriture_solde", f"Cet acte dépasse {MANQUES[compte]}.")
    engages = {e: soldes(c).engage_total for e, c in avant.items()} | {enveloppe: soldes(sommes).engage_total}
    return _plafond(engages, enveloppe)


def _plafond(engages: Mapping[Enveloppe, Decimal], enveloppe: Enveloppe) -> Refus | None:
    if enveloppe.poste == "dotation" and engages[enveloppe] > PLAFOND_ANNEE:
        return Refus("ecriture_plafond_annee", "La dotation d’une année ne dépasse pas 100\u00a0000\u00a0€.")
    if enveloppe.poste not in CREDITS:
        return None
    transitoire = sum((m for e, m in engages.items() if e.poste == "transitoire"), ZERO)
    if transitoire > PLAFOND_TRANSITOIRE:
        return Refus("ecriture_plafond_transitoire", "Le crédit transitoire ne dépasse pas 24\u00a0000\u00a0€.")
    if sum((m for e, m in engages.items() if e.poste in CREDITS), ZERO) > PLAFOND_CREDIT:
        return Refus("ecriture_plafond_credit", "Le crédit d’amorçage ne dépasse pas 80\u00a0000\u00a0€.")
    return None


def repartir(montant: Decimal, capacites: Iterable[tuple[Enveloppe, Decimal]]) -> list[tuple[Enveloppe, Decimal]]:
    """An amount over envelopes in their order, each to its capacity; what no envelope can take stays on the last one, which refuses it."""
    parts: list[tuple[Enveloppe, Decimal]] = []
    lues = list(capacites)
    for rang, (enveloppe, capacite) in enumerate(lues, 1):
        part = montant if rang == len(lues) else min(montant, max(ZERO, capacite))
        if part > 0:
            parts.append((enveloppe, part))
            montant -= part
    return parts
