"""A file of the bank as a list of movements: camt.053 and camt.054 (versions .02 to .08), or CSV. Pure but for its errors."""

from __future__ import annotations

import csv
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import StringIO
from xml.etree.ElementTree import Element

from ..regles.rapprochement import CREDIT, DEBIT, Mouvement
from . import xml_sur
from .xml_sur import illisible

ESPACE = re.compile(r"^urn:iso:std:iso:20022:tech:xsd:camt\.(053|054)\.001\.0([2-8])$")
MONTANT = re.compile(r"^\d{1,12}(\.\d{1,5})?$")
TAILLE_MAXIMALE = 10 * 1024 * 1024
LIGNES_MAXIMALES = 20_000
COLONNES = ("reference", "montant", "date")
SANS_REFERENCE = ("NOTPROVIDED", "NONREF")


@dataclass(frozen=True, kw_only=True)
class Lu:
    """`comptes`: the accounts that the file is about, none for a CSV; `arrete_au`: the last day it covers whole, None for notices and
    for a CSV, which does not say.
    """

    format: str
    identifiant: str
    comptes: frozenset[str]
    arrete_au: date | None
    mouvements: tuple[Mouvement, ...]


def lire(octets: bytes) -> Lu:
    """What the file says. Raises ErreurMetier with a sentence on `fichier`; nothing is guessed."""
    if len(octets) > TAILLE_MAXIMALE:
        raise illisible("il dépasse 10\u00a0Mo.")
    if not octets.strip():
        raise illisible("il est vide.")
    lu = _camt(octets) if octets.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" else _csv(octets)
    if not lu.mouvements:
        raise illisible("il ne contient aucune écriture comptabilisée.")
    return lu


def _camt(octets: bytes) -> Lu:
    espace, racine = xml_sur.lire(octets)
    reconnu = ESPACE.match(espace)
    if reconnu is None:
        raise illisible("ce n’est pas un relevé camt.053 ni un avis camt.054, des versions 02 à 08.")
    releves = racine.findall("BkToCstmrStmt/Stmt") or racine.findall("BkToCstmrDbtCdtNtfctn/Ntfctn")
    est_releve = reconnu[1] == "053"
    mouvements = [m for r in releves for m in _ecritures(r)]
    if len(mouvements) > LIGNES_MAXIMALES:
        raise illisible("il compte trop d’écritures.")
    jours = [j for r in releves for j in [_arrete(r)] if j] or [m.jour for m in mouvements]
    message = _texte(racine, "*/GrpHdr/MsgId")
    suite = "+".join(_texte(r, "Id") for r in releves)
    return Lu(
        format=f"camt{reconnu[1]}",
        identifiant=f"{message}:{suite}"[:80]
        if len(f"{message}:{suite}") <= 80
        else hashlib.sha256(f"{message}:{suite}".encode()).hexdigest(),
        comptes=frozenset(_iban(_texte(r, "Acct/Id/IBAN")) for r in releves),
        arrete_au=max(jours) if est_releve and jours else None,
        mouvements=tuple(mouvements),
    )


def _arrete(releve: Element) -> date | None:
    fin = _texte(releve, "FrToDt/ToDtTm")
    soldes = [b for b in releve.findall("Bal") if _texte(b, "Tp/CdOrPrtry/Cd") == "CLBD"]
    jours = [_jour(_date(b, "Dt")) for b in soldes]
    return max(jours) if jours else _jour(fin) if fin else None


def _ecritures(releve: Element) -> Iterator[Mouvement]:
    """Booked entries, one movement per transaction; a refused one is given with its reason, a pending one is left out."""
    for rang, entree in enumerate(releve.findall("Ntry"), 1):
        etat = _texte(entree, "Sts/Cd") or _texte(entree, "Sts")
        if etat not in ("BOOK", "RJCT"):
            continue
        operations = entree.findall("NtryDtls/TxDtls")
        base = f"{_texte(releve, 'Id')}:{_texte(entree, 'NtryRef') or rang}"
        if not operations:
            yield _mouvement(entree, entree, _texte(entree, "AcctSvcrRef") or base, etat)
        for n, operation in enumerate(operations, 1):
            propre = _texte(operation, "Refs/AcctSvcrRef")
            commune = _texte(entree, "AcctSvcrRef") or base
            yield _mouvement(
                entree,
                operation,
                propre or (commune if len(operations) == 1 else f"{commune}:{n}"),
                etat,
                seule=len(operations) == 1,
            )


def _mouvement(entree: Element, operation: Element, cle: str, etat: str, *, seule: bool = True) -> Mouvement:
    montant = _montant_de(operation)
    if montant is None:
        if not seule:
            raise illisible("une écriture groupe plusieurs opérations sans dire leurs montants.")
        montant = entree.find("Amt")
    if montant is None:
        raise illisible("une écriture n’a pas de montant.")
    sens = _texte(operation, "CdtDbtInd") or _texte(entree, "CdtDbtInd")
    if sens not in ("DBIT", "CRDT"):
        raise illisible("une écriture ne dit pas si elle est au débit ou au crédit.")
    retour = operation.find("RtrInf")
    rejet = None
    if etat == "RJCT" or retour is not None or (sens == "CRDT" and _texte(entree, "RvslInd") == "true"):
        rejet = " ".join(
            filter(None, (_texte(retour, "Rsn/Cd") or _texte(retour, "Rsn/Prtry"), _texte(retour, "AddtlInf")))
        )[:200]
    bout = _texte(operation, "Refs/EndToEndId")
    return Mouvement(
        cle=cle[:160],
        reference=("" if bout in SANS_REFERENCE else bout)[:80]
        or (_texte(entree, "NtryDtls/Btch/PmtInfId") if operation is entree else "")[:80],
        montant=_montant(montant.text or ""),
        devise=montant.get("Ccy", "")[:3],
        jour=_jour(_date(entree, "BookgDt") or _date(entree, "ValDt")),
        iban=_iban(_texte(operation, "RltdPties/CdtrAcct/Id/IBAN")),
        sens=DEBIT if sens == "DBIT" else CREDIT,
        rejet=rejet,
    )


def _montant_de(operation: Element) -> Element | None:
    """The transaction's own amount, in the money of the account. Version 02 has it under AmtDtls."""
    for chemin in ("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"):
        trouve = operation.find(chemin)
        if trouve is not None:
            return trouve
    return None


def _texte(noeud: Element | None, chemin: str) -> str:
    return (noeud.findtext(chemin) or "").strip() if noeud is not None else ""


def _date(noeud: Element, chemin: str) -> str:
    return _texte(noeud, f"{chemin}/Dt") or _texte(noeud, f"{chemin}/DtTm")


def _iban(texte: str) -> str:
    return "".join(texte.split()).upper()[:34]


def _jour(texte: str) -> date:
    """2026-03-31, with or without its hour, or 31/03/2026."""
    iso = re.sub(r"^(\d\d)/(\d\d)/(\d{4})$", r"\3-\2-\1", texte)[:10]
    try:
        return date.fromisoformat(iso)
    except ValueError as echec:
        raise illisible("une écriture n’a pas de date lisible.") from echec


def _montant(texte: str) -> Decimal:
    """Exact cents. Raises ErreurMetier for anything else."""
    propre = texte.strip()
    if not MONTANT.match(propre) or (montant := Decimal(propre)) <= 0 or montant != round(montant, 2):
        raise illisible(f"le montant «\u00a0{propre[:30]}\u00a0» n’est pas un montant positif en centimes.")
    return round(montant, 2)


def _csv(octets: bytes) -> Lu:
    """Columns by their names, in any order: reference, montant, date; devise, iban, sens, identifiant and rejet where the bank gives them."""
    try:
        texte = octets.decode("utf-8-sig")
    except UnicodeDecodeError as echec:
        raise illisible("ce n’est ni un XML, ni un tableau CSV en UTF-8.") from echec
    if not texte.strip():
        raise illisible("il est vide.")
    if "\x00" in texte:
        raise illisible("ce n’est pas un tableau.")
    separateur = max(";,\t", key=texte.partition("\n")[0].count)
    try:
        rangees = list(csv.reader(StringIO(texte), delimiter=separateur))
    except csv.Error as echec:
        raise illisible("ce n’est pas un tableau CSV.") from echec
    entetes = [x.strip().lower().replace("é", "e") for x in rangees[0]]
    absentes = [c for c in COLONNES if c not in entetes]
    if absentes:
        raise illisible(f"il manque les colonnes {', '.join(absentes)}.")
    lignes = [dict(zip(entetes, r, strict=False)) for r in rangees[1:] if any(x.strip() for x in r)]
    if len(lignes) > LIGNES_MAXIMALES:
        raise illisible("il compte trop d’écritures.")
    # A bank that signs its amounts says the way by the sign: a credit is not to be read as a debit.
    signes = {
        r["montant"].strip().startswith(("-", "\u2212"))
        for r in lignes
        if r.get("montant") and not (r.get("sens") or "").strip()
    }
    if len(signes) > 1:
        raise illisible(
            "des montants sont négatifs et d’autres non\u00a0: ajoutez la colonne «\u00a0sens\u00a0», débit ou crédit."
        )
    vues: Counter[tuple[str, ...]] = Counter()
    mouvements = tuple(_ligne(ligne, rang, vues) for rang, ligne in enumerate(lignes, 2))
    return Lu(
        format="csv",
        identifiant=hashlib.sha256(octets).hexdigest(),
        comptes=frozenset(),
        arrete_au=None,
        mouvements=mouvements,
    )


# Without a word, what a list of orders carried out says: a debit.
SENS = dict.fromkeys(("", "debit", "débit", "dbit", "d"), DEBIT) | dict.fromkeys(
    ("credit", "crédit", "crdt", "c"), CREDIT
)


def _ligne(ligne: dict[str, str], rang: int, vues: Counter[tuple[str, ...]]) -> Mouvement:
    champs = {nom: (valeur or "").strip() for nom, valeur in ligne.items()}
    brut = re.sub(r"[\s\u00a0\u202f€']", "", champs.get("montant", "")).replace(",", ".")
    sens = SENS.get(champs.get("sens", "").lower())
    if sens is None:
        raise illisible(f"le sens de la ligne {rang} n’est ni débit ni crédit.")
    if sens == CREDIT and brut.startswith(("-", "\u2212")):
        raise illisible(f"la ligne {rang} est au crédit, et son montant est négatif.")
    brut = brut.removeprefix("-").removeprefix("\u2212")
    cle = tuple(champs.get(c, "") for c in ("date", "reference", "montant", "iban", "sens"))
    vues[cle] += 1
    if not champs.get("date"):
        raise illisible(f"la ligne {rang} n’a pas de date.")
    empreinte = hashlib.sha256(repr((cle, vues[cle])).encode()).hexdigest()[:32]
    return Mouvement(
        cle=champs.get("identifiant", "")[:160] or f"csv:{empreinte}",
        reference=champs.get("reference", "")[:80],
        montant=_montant(brut),
        devise=(champs.get("devise", "") or "EUR").upper()[:3],
        jour=_jour(champs["date"]),
        iban=_iban(champs.get("iban", "")),
        sens=sens,
        rejet=champs["rejet"][:200] if champs.get("rejet") else None,
    )
