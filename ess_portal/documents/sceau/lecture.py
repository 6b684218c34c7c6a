"""What the seals of a file say, read in the analysis child: no Django here, and whatever breaks is an unreadable seal.

A seal is `integre` when the bytes that it covers are those that were sealed, and what was added since is only what a sealed file
may receive: other seals. Who holds the certificate is for the parent to judge.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from asn1crypto.x509 import Certificate
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

SCEAUX_MAXIMUM = 12
COUVERTURES = (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION)


def lire(source: Path) -> list[dict[str, Any]]:
    with source.open("rb") as fichier:
        return [_lire(sceau) for sceau in PdfFileReader(fichier).embedded_signatures[:SCEAUX_MAXIMUM]]


def _lire(sceau: Any) -> dict[str, Any]:
    certificat: Certificate = sceau.signer_cert
    quand = sceau.self_reported_timestamp
    return {
        "champ": str(sceau.field_name or ""),
        "motif": str(sceau.sig_object.get("/Reason", "")),
        "le": quand.isoformat() if quand is not None else "",
        "certificat": certificat.subject.human_friendly,
        "certificat_empreinte": hashlib.sha256(certificat.dump()).hexdigest(),
        "integre": _integre(sceau),
    }


def _integre(sceau: Any) -> bool:
    contexte = ValidationContext(trust_roots=[], allow_fetching=False)
    try:
        statut = validate_pdf_signature(sceau, contexte)
    except (PdfError, ValueError, TypeError, LookupError):
        return False
    niveau = statut.modification_level
    return (
        statut.intact
        and statut.valid
        and statut.coverage in COUVERTURES
        and niveau is not None
        and niveau <= ModificationLevel.FORM_FILLING
    )
