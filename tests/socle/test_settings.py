"""Settings: typed readers, a production that refuses to start half-closed, a queue that neither loses nor repeats."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

import ess_portal.celery
from ess_portal.documents.sceau import cles
from ess_portal.settings import environnement as env
from ess_portal.socle import demarrage

RACINE = Path(__file__).resolve().parents[2]
COMPLET = {
    "PATH": os.environ["PATH"],
    "SECRET_KEY": "k3nJ8-qLw0Zt_5vXyRbTgHsMdPfUaCeIoQ2W4E6D7F9G1BzVxN",
    "DATABASE_URL": "postgresql://ess_app:s@base/ess",
    "REDIS_URL": "redis://file:6379/0",
    "ALLOWED_HOSTS": "portail.example.fr",
    "ADRESSE_PUBLIQUE": "https://portail.example.fr",
    "CLAMD_ADRESSE": "clamav:3310",
    "SMTP_HOTE": "smtp.example.fr",
    "SCEAU_MOT_DE_PASSE": "un secret d’essai",
}


@pytest.fixture(autouse=True, scope="module")
def cachet(tmp_path_factory) -> None:
    """A key such as a production is given: neither self-made by the portal, nor its sandbox's."""
    cle = ec.generate_private_key(ec.SECP256R1())
    nom = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Autorité d’essai")])
    certificat = (
        x509.CertificateBuilder()
        .subject_name(nom)
        .issuer_name(nom)
        .public_key(cle.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
        .sign(cle, hashes.SHA256())
    )
    fichier = tmp_path_factory.mktemp("cachet") / "cachet.p12"
    protection = BestAvailableEncryption(COMPLET["SCEAU_MOT_DE_PASSE"].encode())
    fichier.write_bytes(pkcs12.serialize_key_and_certificates(b"cachet", cle, certificat, None, protection))
    COMPLET["SCEAU_PKCS12"] = str(fichier)


def demarrer_en_production(changements: dict[str, str | None]) -> subprocess.CompletedProcess:
    variables = {nom: valeur for nom, valeur in (COMPLET | changements).items() if valeur is not None}
    code = "import ess_portal.settings.production as p; print(p.DEBUG, p.BAC_A_SABLE, p.SESSION_COOKIE_NAME)"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=RACINE, env=variables, capture_output=True, text=True, check=False
    )


def test_production_complete():
    resultat = demarrer_en_production({})
    assert resultat.stdout.split() == ["False", "False", "__Host-session"], resultat.stderr


@pytest.mark.parametrize(
    ("changements", "phrase"),
    [
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SECRET_KEY": "court"}, "SECRET_KEY"),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY"),
        ({"SECRET_KEY": "changez-moi-" + "0123456789" * 5}, "SECRET_KEY"),
        ({"DEBUG": "1"}, "DEBUG"),
        ({"BAC_A_SABLE": "oui"}, "bac à sable"),
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"CLAMD_ADRESSE": None}, "CLAMD_ADRESSE"),
        ({"SCEAU_PKCS12": None}, "SCEAU_PKCS12"),
        ({"SCEAU_MOT_DE_PASSE": "faux"}, "ne l’ouvre pas"),
        ({"SCEAU_PKCS12": "/nulle/part.p12"}, "ne se lit pas"),
        ({"SCEAU_PKCS11_MODULE": "/nulle/part.so"}, "SCEAU_PKCS11_MODULE"),
        ({"SCEAU_HORODATAGE": "ftp://heure"}, "SCEAU_HORODATAGE"),
        ({"ADRESSE_PUBLIQUE": "http://portail.example.fr"}, "ADRESSE_PUBLIQUE"),
        ({"DATABASE_URL": None}, "DATABASE_URL"),
        ({"DATABASE_URL": "mysql://x/y"}, "postgresql://"),
        ({"REDIS_URL": "amqp://x"}, "redis://"),
        ({"DEBUG": "peut-être"}, "oui ou non"),
    ],
)
def test_production_refuse(changements: dict[str, str | None], phrase: str):
    resultat = demarrer_en_production(changements)
    assert resultat.returncode != 0
    derniere = resultat.stderr.strip().splitlines()[-1]
    assert "ImproperlyConfigured" in derniere
    assert phrase in derniere


def test_production_refuse_le_cachet_d_un_bac_a_sable(tmp_path):
    fichier = cles.autorite_du_bac_a_sable(tmp_path)
    resultat = demarrer_en_production(
        {"SCEAU_PKCS12": str(fichier), "SCEAU_MOT_DE_PASSE": cles.MOT_DE_PASSE_BAC_A_SABLE.decode()}
    )
    assert "celui d’un bac à sable" in resultat.stderr


def test_lecteurs_types(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("X", " 12 ")
    assert env.entier("X") == 12
    assert env.liste("X") == ["12"]
    monkeypatch.setenv("X", "douze")
    with pytest.raises(ImproperlyConfigured, match="nombre entier"):
        env.entier("X")
    monkeypatch.setenv("X", "70000")
    with pytest.raises(ImproperlyConfigured, match="entre 0 et 65535"):
        env.entier("X", maximum=65_535)
    monkeypatch.setenv("X", "oui")
    assert env.booleen("X") is True
    monkeypatch.delenv("X")
    assert env.booleen("X") is False
    with pytest.raises(ImproperlyConfigured, match="obligatoire"):
        env.texte("X")


def test_adresses(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("U", "postgresql://ess_app:p%40ss@base:5433/ess?sslmode=require")
    lu = env.base_de_donnees("U", delai_requete_ms=1, delai_verrou_ms=2, delai_inactif_ms=3)
    assert (lu["HOST"], lu["PORT"], lu["PASSWORD"], lu["OPTIONS"]["sslmode"]) == ("base", "5433", "p@ss", "require")
    assert "statement_timeout=1" in lu["OPTIONS"]["options"]
    monkeypatch.setenv("U", "unix:///tmp/r.sock?db=3")
    assert env.file_de_taches("U") == ("unix:///tmp/r.sock?db=3", "redis+socket:///tmp/r.sock?virtual_host=3")


def test_la_file_ne_perd_ni_ne_repete():
    conf = ess_portal.celery.app.conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert conf.result_backend is None
    assert conf.accept_content == ["json"]
    assert conf.timezone == "UTC"
    assert conf.task_soft_time_limit < conf.task_time_limit
    assert conf.broker_transport_options["visibility_timeout"] >= 2 * conf.task_time_limit


@pytest.mark.django_db
def test_les_essais_tournent_avec_le_role_de_l_application():
    with connection.cursor() as curseur:
        curseur.execute("SELECT current_user, current_setting('statement_timeout'), current_setting('lock_timeout')")
        assert curseur.fetchone() == ("ess_app", "10s", "3s")


@pytest.mark.django_db(transaction=True)
def test_le_role_de_l_application_est_accepte():
    demarrage.verifier()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("role", "phrase"), [("postgres", "superutilisateur"), ("ess_proprietaire", "possède")])
def test_un_role_qui_echappe_a_la_securite_par_ligne_est_refuse(
    monkeypatch: pytest.MonkeyPatch, role: str, phrase: str
):
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict, "USER", role)
        with pytest.raises(ImproperlyConfigured, match=phrase):
            demarrage.verifier()
