"""The key of the portal's seal: what a production must give before it starts."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

# The organisation of every certificate that a sandbox makes for itself.
ORGANISATION_BAC_A_SABLE = "Portail ESS, bac à sable"


def refus(*, fichier: str, mot_de_passe: str, module: str, etiquette: str) -> str:
    """Why a production may not start with this key, or nothing. A file is opened; a token only answers to its worker."""
    if module:
        return _refus_du_jeton(module, etiquette)
    if not fichier:
        return "SCEAU_PKCS12 (fichier de la clé du cachet) ou SCEAU_PKCS11_MODULE est obligatoire."
    try:
        cle, certificat, _ = pkcs12.load_key_and_certificates(Path(fichier).read_bytes(), mot_de_passe.encode() or None)
    except (OSError, ValueError):
        return "le fichier de SCEAU_PKCS12 ne se lit pas, ou SCEAU_MOT_DE_PASSE ne l’ouvre pas."
    if cle is None or certificat is None:
        return "le fichier de SCEAU_PKCS12 ne contient pas une clé et son certificat."
    if est_du_bac_a_sable(certificat):
        return "le cachet de SCEAU_PKCS12 est celui d’un bac à sable."
    return ""


def _refus_du_jeton(module: str, etiquette: str) -> str:
    if not Path(module).is_file() or not etiquette:
        return "SCEAU_PKCS11_MODULE nomme la bibliothèque du jeton, SCEAU_PKCS11_ETIQUETTE la clé."
    if find_spec("pkcs11") is None:
        return "un cachet sur jeton demande le paquet python-pkcs11."
    return ""


def est_du_bac_a_sable(certificat: x509.Certificate) -> bool:
    noms = (*certificat.issuer, *certificat.subject)
    return any(n.oid == x509.NameOID.ORGANIZATION_NAME and n.value == ORGANISATION_BAC_A_SABLE for n in noms)
