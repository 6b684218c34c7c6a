"""The payment order of a batch: ISO 20022 pain.001.001.09, one entry per payment at the bank. Pure: same data, same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement, indent, register_namespace, tostring

from ..regles.virement import TAILLE_MOTIF, TAILLE_NOM, reference_sepa, texte_sepa

ESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
register_namespace("", ESPACE)


@dataclass(frozen=True, kw_only=True)
class Virement:
    reference: str
    beneficiaire: str
    iban: str
    montant: Decimal
    motif: str


@dataclass(frozen=True, kw_only=True)
class Ordre:
    """`message`: unique at the bank, for ever. Amounts in euros and cents; `cree_le` aware."""

    message: str
    lot: str
    donneur: str
    iban: str
    bic: str
    cree_le: datetime
    date_execution: date
    virements: tuple[Virement, ...]


def ecrire(ordre: Ordre) -> bytes:
    """The file. EndToEndId is the payment's number, which the bank gives back in its statements; batch booking is off, so that each
    payment is debited, and found again, alone.
    """
    racine = Element(f"{{{ESPACE}}}Document")
    message = _sous(racine, "CstmrCdtTrfInitn")
    total, nombre = f"{sum(v.montant for v in ordre.virements):.2f}", str(len(ordre.virements))
    entete = _sous(message, "GrpHdr")
    _sous(entete, "MsgId", reference_sepa(ordre.message))
    _sous(entete, "CreDtTm", ordre.cree_le.isoformat(timespec="seconds"))
    _sous(entete, "NbOfTxs", nombre)
    _sous(entete, "CtrlSum", total)
    _sous(entete, "InitgPty/Nm", texte_sepa(ordre.donneur, TAILLE_NOM))
    paiement = _sous(message, "PmtInf")
    _sous(paiement, "PmtInfId", reference_sepa(ordre.lot))
    _sous(paiement, "PmtMtd", "TRF")
    _sous(paiement, "BtchBookg", "false")
    _sous(paiement, "NbOfTxs", nombre)
    _sous(paiement, "CtrlSum", total)
    _sous(paiement, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _sous(paiement, "ReqdExctnDt/Dt", ordre.date_execution.isoformat())
    _sous(paiement, "Dbtr/Nm", texte_sepa(ordre.donneur, TAILLE_NOM))
    _sous(paiement, "DbtrAcct/Id/IBAN", ordre.iban)
    _sous(paiement, "DbtrAgt/FinInstnId/BICFI", ordre.bic)
    _sous(paiement, "ChrgBr", "SLEV")
    for v in ordre.virements:
        _virement(_sous(paiement, "CdtTrfTxInf"), v)
    indent(racine, space=" ")
    return tostring(racine, encoding="UTF-8", xml_declaration=True)


def _virement(noeud: Element, v: Virement) -> None:
    _sous(noeud, "PmtId/EndToEndId", reference_sepa(v.reference))
    _sous(noeud, "Amt/InstdAmt", f"{v.montant:.2f}").set("Ccy", "EUR")
    _sous(noeud, "Cdtr/Nm", texte_sepa(v.beneficiaire, TAILLE_NOM))
    _sous(noeud, "CdtrAcct/Id/IBAN", v.iban)
    _sous(noeud, "RmtInf/Ustrd", texte_sepa(v.motif, TAILLE_MOTIF))


def _sous(noeud: Element, chemin: str, texte: str | None = None) -> Element:
    for nom in chemin.split("/"):
        noeud = SubElement(noeud, f"{{{ESPACE}}}{nom}")
    noeud.text = texte
    return noeud
