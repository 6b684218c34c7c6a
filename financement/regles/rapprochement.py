"""What was ordered against what the bank says (B58): two lists give the payments that agree, and every gap by its name.

A movement that names none of our payments, nor an account that we pay, is not ours: it is counted, never a gap.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .virement import ouvre_suivant

FORME = re.compile(r"^[VL]-\d{4}-\d{4,}$")
DEBIT, CREDIT = "debit", "credit"


@dataclass(frozen=True, kw_only=True)
class Ordre:
    """A payment to find. `du`: its validation, before which nothing is owed. `attendu`: it was sent to the bank in a batch.
    `rapproche`: an earlier statement has already shown it debited. `empechement`: why it can no longer be marked paid, "" when it can.
    `paye_le`: the day that a person gave for its payment. `ailleurs`: what the other confirmed statements say under its number;
    `en_attente`: what those not confirmed say. `est_definitif`: paid, and a return can no longer be posted against it.
    """

    reference: str
    montant: Decimal
    iban: str
    execution: date
    du: date
    lot: str = ""
    attendu: bool = True
    rapproche: bool = False
    empechement: str = ""
    paye_le: date | None = None
    ailleurs: tuple[Mouvement, ...] = ()
    en_attente: tuple[Mouvement, ...] = ()
    est_definitif: bool = False


@dataclass(frozen=True, kw_only=True)
class Mouvement:
    """One line of the bank. `cle` is unique; `iban` is the account credited, "" when the bank does not say; `rejet`: why it was refused."""

    cle: str
    reference: str
    montant: Decimal
    devise: str
    jour: date
    iban: str = ""
    sens: str = DEBIT
    rejet: str | None = None


@dataclass(frozen=True, kw_only=True)
class Accord:
    """A payment and the one movement that paid it; `iban_lu`: the bank gave the account, and it is the right one."""

    ordre: Ordre
    mouvement: Mouvement
    iban_lu: bool


@dataclass(frozen=True, kw_only=True)
class Ecart:
    """A gap: `code` among `CODES`, the payment and the movements that it is about."""

    code: str
    reference: str
    ordre: Ordre | None = None
    mouvements: tuple[Mouvement, ...] = ()


@dataclass(frozen=True)
class Rapprochement:
    accords: tuple[Accord, ...]
    ecarts: tuple[Ecart, ...]
    etrangers: int


CODES = (
    "absent", "double", "montant", "iban", "retard", "anticipe", "jour", "inconnue", "reference", "rejet", "partiel", "rendu", "devise",
    "fractionne", "groupe", "bloque",
)  # fmt: skip


def jumelles(lues: Iterable[tuple[str, Mouvement]], connus: Iterable[Mouvement]) -> dict[str, str]:
    """The lines of a file that another format had already brought, under another key: their key → the key known. Each known line answers
    for one line: the same payment debited twice stays two.
    """

    def trait(m: Mouvement) -> tuple[object, ...]:
        return (m.reference, m.montant, m.devise, m.jour, m.sens)

    libres: dict[tuple[object, ...], list[Mouvement]] = defaultdict(list)
    for m in connus:
        libres[trait(m)].append(m)
    paires: dict[str, str] = {}
    for cle, m in lues:
        memes = [x for x in libres[trait(m)] if not (x.iban and m.iban and x.iban != m.iban)] if m.reference else []
        if memes:
            libres[trait(m)].remove(memes[0])
            paires[cle] = memes[0].cle
    return paires


def rapprocher(
    ordres: Sequence[Ordre], mouvements: Sequence[Mouvement], *, arrete_au: date | None, lots: Iterable[str] = ()
) -> Rapprochement:
    """`arrete_au`: the last day that the statement covers, whole; None when it does not claim to say everything: nothing is then missing.

    A payment is paid when one debit bears its number, its amount in euros and, where the bank says it, its account. Late (after the
    banking day that follows its execution) it is paid all the same, and the gap is named. A return (`rejet`) undoes it when nothing
    bearing its number is out any more, whatever the statement that says so; else it is `partiel`, and undoes nothing.
    """
    connus = {o.reference: o for o in ordres}
    comptes = {o.iban for o in ordres if o.iban}
    nos_lots = frozenset(lots)
    par_reference: dict[str, list[Mouvement]] = defaultdict(list)
    orphelins: list[Mouvement] = []
    ecarts: list[Ecart] = []
    etrangers = 0
    for m in mouvements:
        if m.reference in connus:
            par_reference[m.reference].append(m)
        elif m.reference in nos_lots and m.sens == DEBIT:
            ecarts.append(Ecart(code="groupe", reference=m.reference, mouvements=(m,)))
        elif FORME.match(m.reference) or m.iban in comptes:
            orphelins.append(m)
        else:
            etrangers += 1
    accords: list[Accord] = []
    for reference, lus in par_reference.items():
        accord, trouves = _juger(connus[reference], lus)
        accords += [accord] if accord else []
        ecarts += trouves
    groupes = {e.reference for e in ecarts if e.code == "groupe"}
    attendus = [
        o for o in ordres if o.attendu and not o.rapproche and o.reference not in par_reference and o.lot not in groupes
    ]
    ecarts += _orphelins(orphelins, attendus)
    ecarts += [
        Ecart(code="absent", reference=o.reference, ordre=o)
        for o in attendus
        if arrete_au is not None and arrete_au >= ouvre_suivant(o.execution)
    ]
    return Rapprochement(tuple(accords), tuple(ecarts), etrangers)


def apparier(mouvements: Iterable[Mouvement]) -> tuple[list[Mouvement], list[Mouvement]]:
    """The debits still out, and the credits that gave one back: each the last debit of its amount, never a later one. A refusal was
    never debited.
    """
    dehors: list[Mouvement] = []
    rendus: list[Mouvement] = []
    for m in sorted(mouvements, key=lambda m: (m.jour, m.sens == CREDIT)):
        if m.sens == CREDIT:
            memes = [d for d in dehors if (d.montant, d.devise) == (m.montant, m.devise)]
            if memes:
                dehors.remove(memes[-1])
                rendus.append(m)
        elif m.rejet is None:
            dehors.append(m)
    return dehors, rendus


def _retour(ordre: Ordre, lus: Sequence[Mouvement], rejets: Sequence[Mouvement]) -> str:
    """What a return is worth: `rejet` when it settles the payment's debits, here and elsewhere; `partiel` when it does not."""
    dehors, rendus = apparier((*lus, *ordre.ailleurs, *ordre.en_attente))
    regle = any(
        m.sens == DEBIT or m in rendus or (m.montant == ordre.montant and m.devise in ("EUR", "")) for m in rejets
    )
    return "rejet" if regle and not dehors and not ordre.est_definitif else "partiel"


def _juger(ordre: Ordre, lus: Sequence[Mouvement]) -> tuple[Accord | None, list[Ecart]]:
    """The movements that bear a payment's number: what they are worth together, and with what other statements said."""
    rejets = tuple(m for m in lus if m.rejet is not None or m.sens == CREDIT)
    dehors, _ = apparier((*lus, *ordre.ailleurs))
    debits = [m for m in lus if m in dehors]

    def ecart(code: str, *mouvements: Mouvement) -> Ecart:
        return Ecart(code=code, reference=ordre.reference, ordre=ordre, mouvements=mouvements)

    ecarts = [ecart(_retour(ordre, lus, rejets), *rejets)] if rejets else []
    if not debits:
        rendus = [] if rejets else [ecart("rendu", *lus)]
        return None, ecarts + rendus

    etrangeres = tuple(m for m in debits if m.devise != "EUR")
    if etrangeres:
        ecarts.append(ecart("devise", *etrangeres))
    euros = [m for m in debits if m.devise == "EUR"]
    if ordre.rapproche:
        return None, [*ecarts, ecart("double", *euros)] if euros else ecarts
    if len(euros) > 1 and all(m.montant < ordre.montant for m in euros):
        return None, [*ecarts, ecart("fractionne", *euros)]
    if not euros:
        return None, ecarts
    retenu = min(euros, key=lambda m: (m.montant != ordre.montant, m.iban not in ("", ordre.iban), m.jour, m.cle))
    if len(euros) > 1:
        ecarts.append(ecart("double", *(m for m in euros if m is not retenu)))
    fautes = _fautes(ordre, retenu)
    ecarts += [ecart(code, retenu) for code in fautes]
    if set(fautes) - {"retard", "jour"} or etrangeres:
        return None, ecarts
    return Accord(ordre=ordre, mouvement=retenu, iban_lu=bool(retenu.iban)), ecarts


def _fautes(ordre: Ordre, m: Mouvement) -> list[str]:
    codes = [
        ("montant", m.montant != ordre.montant),
        ("iban", m.iban not in ("", ordre.iban)),
        ("anticipe", m.jour < ordre.du),
        ("retard", m.jour > ouvre_suivant(ordre.execution)),
        ("jour", ordre.paye_le is not None and m.jour != ordre.paye_le),
        ("bloque", bool(ordre.empechement)),
    ]
    return [code for code, est in codes if est]


def _orphelins(orphelins: Sequence[Mouvement], attendus: list[Ordre]) -> list[Ecart]:
    """Debits whose number is nobody's. One that pays the very account and amount of a payment not found is that payment, its number
    lost on the way: one gap, not two; `attendus` loses it.
    """
    paires = Counter((m.iban, m.montant) for m in orphelins)
    ecarts = []
    for m in orphelins:
        memes = [
            o for o in attendus if o.iban == m.iban and o.montant == m.montant and m.devise == "EUR" and m.sens == DEBIT
        ]
        if len(memes) == 1 and paires[m.iban, m.montant] == 1:
            attendus.remove(memes[0])
            ecarts.append(Ecart(code="reference", reference=memes[0].reference, ordre=memes[0], mouvements=(m,)))
        else:
            ecarts.append(Ecart(code="inconnue", reference=m.reference, mouvements=(m,)))
    return ecarts
