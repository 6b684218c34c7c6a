"""The evidence file of a contract's signatures, as a document: what the portal knows of each, and what it does not claim."""

from dataclasses import dataclass
from datetime import date, datetime

from ess_portal.documents.donnees.communs import Reperes


@dataclass(frozen=True, kw_only=True)
class CachetPreuve:
    """The seal that attests a signature. Without `scelle_le`: it waits, or cannot be, as `etat` says."""

    etat: str
    scelle_le: datetime | None = None
    niveau: str = ""
    est_horodate: bool = False
    certificat: str = ""
    empreinte_certificat: str = ""
    empreinte_fichier: str = ""


@dataclass(frozen=True, kw_only=True)
class ExemplairePreuve:
    """The hand-signed copy that stands for a signature, who brought it and who compared it."""

    signe_jour: date
    depose_par: str
    depose_le: datetime
    compare_par: str
    compare_le: datetime
    empreinte: str


@dataclass(frozen=True, kw_only=True)
class SignaturePreuve:
    """`lu_le`: when the signatory first opened the PDF; `designe`: who was named to sign, where somebody was."""

    partie: str
    organisation: str
    nom: str
    qualite: str
    pouvoir: str
    designe: str
    signee_le: datetime
    moyen: str
    empreinte: str
    est_conforme: bool
    lu_le: datetime | None = None
    cachet: CachetPreuve | None = None
    exemplaire: ExemplairePreuve | None = None


@dataclass(frozen=True, kw_only=True)
class ActePreuve:
    """An event of the dossier's chained journal."""

    rang: int
    acte: str
    par: str
    le: datetime
    empreinte: str


@dataclass(frozen=True, kw_only=True)
class DossierPreuves:
    reperes: Reperes
    etabli_le: datetime
    contrat: str
    version: int
    statut: str
    propose_le: datetime
    signe_le: datetime | None
    date_effet: date | None
    empreinte: str
    methode: str
    niveau: str
    adresse_ip: str
    signatures: tuple[SignaturePreuve, ...]
    restent: tuple[str, ...]
    code_document: str
    adresse_document: str
    empreinte_document: str
    journal: tuple[ActePreuve, ...]
