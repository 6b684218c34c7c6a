"""The key that seals: a PKCS#12 file or a PKCS#11 token of the configuration; a sandbox makes its own authority, once."""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from pyhanko.sign import signers
from pyhanko.sign.timestamps import HTTPTimeStamper

from ess_portal.settings.cachet import ORGANISATION_BAC_A_SABLE

# A sandbox travels in time: its certificates are valid at any date it may show.
DEBUT, FIN = datetime(2020, 1, 1, tzinfo=UTC), datetime(2070, 1, 1, tzinfo=UTC)
MOT_DE_PASSE_BAC_A_SABLE = b"bac-a-sable"


def signataire() -> signers.Signer:
    """What signs the seals, with its certificates. Raises ImproperlyConfigured without a key that opens."""
    if settings.SCEAU_PKCS11_MODULE:
        return _jeton()
    if settings.SCEAU_PKCS12:
        return _fichier(Path(settings.SCEAU_PKCS12), settings.SCEAU_MOT_DE_PASSE.encode())
    if not settings.BAC_A_SABLE:
        raise ImproperlyConfigured("SCEAU_PKCS12 ou SCEAU_PKCS11_MODULE : aucun cachet n’est configuré.")
    return _fichier(autorite_du_bac_a_sable(Path(settings.DATA_DIR) / "sceau"), MOT_DE_PASSE_BAC_A_SABLE)


def horodateur() -> HTTPTimeStamper | None:
    """The RFC 3161 service of the configuration, asked with a short delay; None without one."""
    adresse = settings.SCEAU_HORODATAGE
    return HTTPTimeStamper(adresse, timeout=5) if adresse else None


@lru_cache
def _fichier(chemin: Path, mot_de_passe: bytes) -> signers.Signer:
    try:
        return signers.SimpleSigner.load_pkcs12_data(chemin.read_bytes(), (), mot_de_passe or None)
    except (OSError, ValueError) as erreur:
        raise ImproperlyConfigured("La clé du cachet (SCEAU_PKCS12) ne se lit pas.") from erreur


@lru_cache
def _jeton() -> signers.Signer:
    # python-pkcs11 is only there where a token is.
    from pyhanko.sign import pkcs11

    session = pkcs11.open_pkcs11_session(
        settings.SCEAU_PKCS11_MODULE,
        token_criteria=pkcs11.TokenCriteria(label=settings.SCEAU_PKCS11_JETON) if settings.SCEAU_PKCS11_JETON else None,
        user_pin=settings.SCEAU_MOT_DE_PASSE,
    )
    return pkcs11.PKCS11Signer(
        session, cert_label=settings.SCEAU_PKCS11_ETIQUETTE, key_label=settings.SCEAU_PKCS11_ETIQUETTE
    )


def vient_du_jeton(erreur: BaseException | None) -> bool:
    """Whether the token failed, whatever wraps its failure: absent, unplugged, a session that it has closed. The next seal opens it anew."""
    while erreur is not None:
        if type(erreur).__module__.partition(".")[0] == "pkcs11":
            _jeton.cache_clear()
            return True
        erreur = erreur.__cause__
    return False


def autorite_du_bac_a_sable(dossier: Path) -> Path:
    """The sandbox's own PKCS#12, made at the first seal of a DATA_DIR and never again, whoever asks at the same time."""
    cible = dossier / "cachet.p12"
    dossier.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (dossier / "verrou").open("w") as verrou:
        fcntl.flock(verrou, fcntl.LOCK_EX)
        if not cible.exists():
            provisoire = dossier / "cachet.p12.nouveau"
            descripteur = os.open(provisoire, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descripteur, "wb") as fichier:
                fichier.write(_fabriquer())
            provisoire.rename(cible)
    return cible


def _fabriquer() -> bytes:
    racine, cle = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    nom_racine, nom = _nom("Autorité du bac à sable"), _nom("Cachet du portail (bac à sable)")
    autorite = (
        _certificat(nom_racine, nom_racine, racine.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .sign(racine, hashes.SHA256())
    )
    certificat = (
        _certificat(nom, nom_racine, cle.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .sign(racine, hashes.SHA256())
    )
    protection = BestAvailableEncryption(MOT_DE_PASSE_BAC_A_SABLE)
    return pkcs12.serialize_key_and_certificates(b"cachet", cle, certificat, [autorite], protection)


def _nom(commun: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COUNTRY_NAME, "FR"),
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, ORGANISATION_BAC_A_SABLE),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, commun),
        ]
    )


def _certificat(sujet: x509.Name, emetteur: x509.Name, cle: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(sujet)
        .issuer_name(emetteur)
        .public_key(cle)
        .serial_number(x509.random_serial_number())
        .not_valid_before(DEBUT)
        .not_valid_after(FIN)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(cle), critical=False)
    )


def _usage(**usages: bool) -> x509.KeyUsage:
    noms = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{nom: usages.get(nom, False) for nom in noms})
