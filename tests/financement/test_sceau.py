"""A contract signed by three is sealed by three: whatever the order, once each, and one changed byte is seen."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, HTTPServer

import pikepdf
import pytest
from asn1crypto.tsp import TimeStampReq
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents import selectors
from ess_portal.documents.models import Document, Sceau
from ess_portal.documents.rendu import atelier
from ess_portal.documents.sceau import cles
from ess_portal.documents.sceau import effets as cachets
from ess_portal.documents.sceau.apposer import ScellementRetarde
from ess_portal.documents.services import effacer_document, produire, rappeler_les_sceaux
from ess_portal.journal.models import Envoi, Evenement
from indicateurs import verification
from tests.financement.conftest import Distribution


@pytest.fixture(scope="module", autouse=True)
def imprimeur():
    yield
    atelier.fermer()


def document_de(d: Distribution) -> Document:
    with comme_portail():
        return Document.objects.select_related("dossier").get(dossier=d.dossier, cle__startswith="contrat:")


def octets_de(d: Distribution) -> bytes:
    with comme_portail():
        return selectors.octets_document(document_de(d))


def scelles(d: Distribution) -> list[str]:
    with comme_portail():
        return list(Sceau.objects.filter(dossier=d.dossier).poses().values_list("partie", flat=True))


def valides(octets: bytes) -> list[tuple[str, bool]]:
    autorite = list(cles.signataire().cert_registry)
    contexte = ValidationContext(trust_roots=autorite, allow_fetching=False, moment=datetime(2026, 4, 1, tzinfo=UTC))
    signatures = PdfFileReader(io.BytesIO(octets)).embedded_signatures
    with ThreadPoolExecutor(1) as fil:  # an event loop of its own: a browser test may have left one here
        return [
            (s.field_name, fil.submit(validate_pdf_signature, s, contexte).result().bottom_line) for s in signatures
        ]


def pdfsig(octets: bytes, dossier) -> list[str]:
    (dossier / "contrat.pdf").write_bytes(octets)
    lu = subprocess.run([shutil.which("pdfsig"), "-nocert", dossier / "contrat.pdf"], capture_output=True, text=True)
    return [ligne.split(": ")[1] for ligne in lu.stdout.splitlines() if "Signature Validation" in ligne]


def test_trois_signatures_trois_cachets(distribution: Distribution, monkeypatch, tmp_path):
    distribution.fait("instructeur", "proposer_contrat_amorcage")
    document = document_de(distribution)
    # Signed before its bytes are there: the seal waits for them.
    distribution.fait("signataire", "signer_amorcage", qualite="Directrice")
    assert cachets.sceller(document.pk, maintenant=distribution.maintenant) == 0
    assert produire(document.pk) == "produit"
    nus = octets_de(distribution)
    with comme_portail():
        assert Envoi.objects.filter(type="sceau", cle=f"sceau:document:{document.pk}").exists()
    distribution.fait("porteur", "signer_amorcage", qualite="Présidente")

    # Killed between two seals: the first stays, the second is put again, once.
    apposer, poses = cachets.apposer, []

    def tuer(*arguments, **nommes):
        if poses:
            raise KeyboardInterrupt
        poses.append(apposer(*arguments, **nommes))
        return poses[-1]

    monkeypatch.setattr(cachets, "apposer", tuer)
    with pytest.raises(KeyboardInterrupt):
        cachets.sceller(document.pk, maintenant=distribution.maintenant)
    monkeypatch.undo()
    assert scelles(distribution) == ["ars"]
    un = octets_de(distribution)
    distribution.fait("ordonnateur", "signer_amorcage")
    assert cachets.sceller(document.pk, maintenant=distribution.maintenant) == 2
    assert cachets.sceau({"document": str(document.pk)}, "encore") == "0 cachet"
    assert scelles(distribution) == ["ars", "equipe", "caisse"]

    octets = octets_de(distribution)
    assert octets.startswith(un)
    assert un.startswith(nus)
    assert valides(octets) == [("sceau-ars", True), ("sceau-equipe", True), ("sceau-caisse", True)]
    assert pdfsig(octets, tmp_path) == ["Signature is Valid."] * 3
    milieu = len(nus) // 2
    altere = octets[:milieu] + bytes([octets[milieu] ^ 1]) + octets[milieu + 1 :]
    assert "Signature is Valid." not in pdfsig(altere, tmp_path)
    verifier_la_forme(octets)
    verifier_pour_tous(distribution, {0: nus, 1: un, 3: octets}, altere)
    with comme_portail():
        noms = [str(s.sig_object["/Reason"]) for s in PdfFileReader(io.BytesIO(octets)).embedded_signatures]
        assert "2 mars 2026 à 12 h 00 (heure de Paris)" in noms[0].replace("\u00a0", " ")
        poses = list(Sceau.objects.filter(document=document).poses())
        assert [s.empreinte for s in poses][-1] == hashlib.sha256(octets).hexdigest()
        assert {s.niveau for s in poses} == {"PAdES B-B"}
        assert Evenement.objects.filter(dossier=distribution.dossier, type="document_scelle").count() == 3
        assert list(verification.sceaux()) == []
    refuser_les_retouches(distribution)


def verifier_pour_tous(d: Distribution, revisions: dict[int, bytes], altere: bytes) -> None:
    """The public page tells an issued file and its revision, a broken seal, and what is not a PDF; it names nobody by itself."""
    client, document = Client(), document_de(d)
    page = client.get(reverse("verifier", args=[document.code_verification])).content.decode()
    assert page.count("PAdES B-B") == 3
    assert hashlib.sha256(revisions[3]).hexdigest()[:32] in page
    assert d.utilisateurs["signataire"].nom not in page
    exemplaire = SimpleUploadedFile("c.pdf", revisions[1])
    ici = reverse("verifier", args=[document.code_verification])
    assert "identique au document émis" in client.post(ici, {"fichier": exemplaire}).content.decode()

    def lire(octets: bytes) -> str:
        return " ".join(
            client.post(reverse("verifier"), {"fichier": SimpleUploadedFile("c.pdf", octets)}).content.decode().split()
        )

    assert "Il porte 3 cachets sur 3." in lire(revisions[3])
    assert "Il porte 1 cachet sur 3. D’autres cachets ont été apposés depuis" in lire(revisions[1])
    assert "intact" in lire(revisions[0])
    rompu = lire(altere)
    assert "modifié après avoir été scellé" in rompu
    assert "Cachet valide" not in rompu
    assert "n’est pas un PDF" in lire(b"MZ" + revisions[0])
    assert client.post(reverse("verifier"), {}).status_code == 422
    reponses = [client.post(reverse("verifier"), {"fichier": SimpleUploadedFile("c.pdf", b"x")}) for _ in range(7)]
    assert reponses[-1].status_code == 429


def verifier_la_forme(octets: bytes) -> None:
    """PDF/A-3a and PDF/UA as claimed: our fonts, the data attached, each field in the tags with its alternative text."""
    with pikepdf.open(io.BytesIO(octets)) as pdf:
        with pdf.open_metadata() as meta:
            assert (meta["pdfaid:part"], meta["pdfaid:conformance"], meta["pdfuaid:part"]) == ("3", "A", "1")
        (joint,) = pdf.Root.AF
        assert (str(joint.AFRelationship), list(pdf.attachments)) == ("/Data", ["contrat.json"])
        formes = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/S") == "/Form"]
        champs = list(pdf.Root.AcroForm.Fields)
        assert (
            {str(f.K.Obj.T) for f in formes}
            == {str(c.T) for c in champs}
            == {"sceau-ars", "sceau-equipe", "sceau-caisse"}
        )
        for champ in champs:
            assert "cachet du portail" in str(champ.TU)
            assert champ.P.Tabs == "/S"
            assert "/N" in champ.AP
            assert not int(champ.F) & 0b100010
        polices = [o for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and o.get("/Type") == "/FontDescriptor"]
        assert all(str(p.FontName).partition("+")[2].startswith("Marianne") for p in polices)
        assert all({"/FontFile", "/FontFile2", "/FontFile3"} & set(p.keys()) for p in polices)


def refuser_les_retouches(d: Distribution) -> None:
    """What was sealed is never written again, by anyone; when it must go, it goes with the document."""
    pose = Sceau.objects.filter(dossier=d.dossier)
    for champs in ({"suite": b"x"}, {"nom": "Autre"}, {"etat": "a_apposer"}, {"acte_le": d.maintenant.replace(hour=1)}):
        with pytest.raises(IntegrityError), comme_portail():
            pose.update(**champs)
    with pytest.raises(IntegrityError), comme_portail():
        pose.delete()
    with comme_portail():
        assert effacer_document(dossier=d.dossier, prefixe="contrat:") == 1
        assert set(pose.values_list("etat", "suite", "nom")) == {("efface", None, "")}


def test_un_cachet_en_retard_est_redemande_puis_horodate(distribution: Distribution, settings):
    """The time-stamping service is silent: the act stands, the seal waits and is asked for again, once an hour; then it is stamped."""
    distribution.fait("instructeur", "proposer_contrat_amorcage")
    document = document_de(distribution)
    distribution.fait("porteur", "signer_amorcage")
    with comme_portail():
        assert rappeler_les_sceaux(maintenant=distribution.maintenant) == 0
    produire(document.pk)
    settings.SCEAU_HORODATAGE = "http://127.0.0.1:9/"
    with pytest.raises(ScellementRetarde, match="ne répond pas"):
        cachets.sceller(document.pk, maintenant=distribution.maintenant)
    with comme_portail():
        assert [rappeler_les_sceaux(maintenant=distribution.maintenant) for _ in range(2)] == [1, 1]
        assert Envoi.objects.filter(cle__startswith="sceau:rappel:").count() == 1
    assert scelles(distribution) == []

    horodateur, autorite = faire_un_horodateur()
    with ServiceHorodatage(horodateur) as settings.SCEAU_HORODATAGE:
        assert cachets.sceller(document.pk, maintenant=distribution.maintenant) == 1
    (sceau,) = PdfFileReader(io.BytesIO(octets_de(distribution))).embedded_signatures
    contexte = ValidationContext(trust_roots=[autorite, *cles.signataire().cert_registry], allow_fetching=False)
    with ThreadPoolExecutor(1) as fil:
        statut = fil.submit(validate_pdf_signature, sceau, contexte).result()
    assert statut.bottom_line
    assert statut.timestamp_validity.trusted
    with comme_portail():
        assert Sceau.objects.get(document=document).niveau == "PAdES B-T"


def test_un_jeton_debranche_remet_le_cachet_a_plus_tard_et_se_rouvre(distribution: Distribution, settings, monkeypatch):
    """A token fails at its opening, then while it signs (pyHanko calls that a fault of the file): no seal is given up, the session is opened anew."""
    distribution.fait("instructeur", "proposer_contrat_amorcage")
    document = document_de(distribution)
    distribution.fait("porteur", "signer_amorcage")
    produire(document.pk)
    Panne = type("SessionHandleInvalid", (Exception,), {"__module__": "pkcs11.exceptions"})
    autre = cles.signataire()
    ouvertures: list[str] = []

    class Debranche(SimpleSigner):
        async def async_sign_raw(self, *_: object, **__: object) -> bytes:
            raise SigningError("PKCS#11 error") from Panne()

    def ouvrir() -> SimpleSigner:
        ouvertures.append("ouverte")
        if len(ouvertures) == 1:
            raise Panne
        classe = Debranche if len(ouvertures) == 2 else SimpleSigner
        return classe(signing_cert=autre.signing_cert, signing_key=autre.signing_key, cert_registry=autre.cert_registry)

    settings.SCEAU_PKCS11_MODULE = "jeton.so"
    monkeypatch.setattr(cles, "_jeton", lru_cache(ouvrir))
    for _ in range(2):
        with pytest.raises(ScellementRetarde, match="Le jeton du cachet ne répond pas"):
            cachets.sceller(document.pk, maintenant=distribution.maintenant)
        assert scelles(distribution) == []
    assert cachets.sceller(document.pk, maintenant=distribution.maintenant) == 1
    assert scelles(distribution) == ["equipe"]
    assert len(ouvertures) == 3


def faire_un_horodateur() -> tuple[DummyTimeStamper, Certificate]:
    cle = rsa.generate_private_key(65537, 2048)
    nom = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Horodatage d’essai")])
    certificat = (
        x509.CertificateBuilder()
        .subject_name(nom)
        .issuer_name(nom)
        .public_key(cle.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2060, 1, 1, tzinfo=UTC))
        .add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(cle, hashes.SHA256())
    )
    p12 = pkcs12.serialize_key_and_certificates(b"h", cle, certificat, None, NoEncryption())
    lu = SimpleSigner.load_pkcs12_data(p12, (), None)
    return DummyTimeStamper(lu.signing_cert, lu.signing_key, certs_to_embed=lu.cert_registry), lu.signing_cert


class ServiceHorodatage:
    """An RFC 3161 service on a loopback port, for one request."""

    def __init__(self, horodateur: DummyTimeStamper) -> None:
        class Reponse(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                demande = TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
                corps = horodateur.request_tsa_response(demande).dump()
                self.send_response(200)
                self.send_header("Content-Type", "application/timestamp-reply")
                self.send_header("Content-Length", str(len(corps)))
                self.end_headers()
                self.wfile.write(corps)

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.serveur = HTTPServer(("127.0.0.1", 0), Reponse)

    def __enter__(self) -> str:
        threading.Thread(target=self.serveur.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{self.serveur.server_port}/"

    def __exit__(self, *_: object) -> None:
        self.serveur.shutdown()
        self.serveur.server_close()


def test_le_bac_a_sable_fait_sa_cle_une_fois(tmp_path):
    premier = cles.autorite_du_bac_a_sable(tmp_path / "sceau")
    octets = premier.read_bytes()
    assert cles.autorite_du_bac_a_sable(tmp_path / "sceau").read_bytes() == octets
    assert premier.stat().st_mode & 0o077 == 0
