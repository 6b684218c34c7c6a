"""Batches of payments: two people, one living batch per payment, files made once and valid against the schema, a changed IBAN takes out."""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
import subprocess
from datetime import date, timedelta
from decimal import Decimal
from importlib.resources import files
from io import StringIO

import pytest
import xmlschema
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree

from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.journal.models import Evenement
from ess_portal.referentiel.services import caisses_possibles
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable
from financement.banque import compte, fichiers, lots
from financement.models import FichierLot, LigneLot, LotPaiement, Versement
from indicateurs import verification
from tests.financement.conftest import AUTRE_IBAN, IBAN, MIDI, MOT_DE_PASSE, Distribution

IBAN_CAISSE, BIC = "FR7610107001011234567890129", "BREDFRPPXXX"
ESPACE = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"}
DEMAIN = MIDI.date() + timedelta(days=1)


def valide(d: Distribution) -> str:
    d.fait("gestionnaire", "proposer_versement", nature="amorcage_1")
    d.fait("ordonnateur", "valider_versement")
    with comme_portail():
        return Versement.objects.get(statut="valide").numero


def agir(d: Distribution, qui: str, service, **details):
    with contexte(d.acteurs[qui]):
        return service(acteur=d.acteurs[qui], maintenant=d.maintenant, **details)


def compte_de_la_caisse(d: Distribution) -> None:
    agir(d, "gestionnaire", compte.enregistrer, iban=IBAN_CAISSE, bic=BIC, titulaire="CPAM de la Haute-Garonne")
    agir(d, "ordonnateur2", compte.confirmer)


def prepare(d: Distribution, numero: str, qui: str = "gestionnaire", jour: date = DEMAIN) -> LotPaiement:
    return agir(d, qui, lots.preparer, versements=[numero], date_execution=jour)


def valider(d: Distribution, lot: LotPaiement, qui: str = "ordonnateur") -> LotPaiement:
    with comme_portail():
        lu = lots.empreinte(lot)
    return agir(d, qui, lots.valider, numero=lot.numero, lu=lu)


def fichier(type_: str) -> FichierLot:
    with comme_portail():
        return FichierLot.objects.get(type=type_)


def test_un_lot_part_avec_ses_fichiers(contrat_signe: Distribution):
    d = contrat_signe
    numero = valide(d)
    with pytest.raises(ErreurMetier) as refus:
        prepare(d, numero, jour=date(2026, 3, 7))
    assert refus.value.champs == {
        "date_execution": ["Les banques ne règlent pas ce jour-là\u00a0: choisissez le 9\u00a0mars\u00a02026."]
    }
    for jour in (MIDI.date() - timedelta(days=1), date(2030, 1, 2)):
        with pytest.raises(ErreurMetier):
            prepare(d, numero, jour=jour)
    lot = prepare(d, numero, qui="ordonnateur")
    assert (lot.numero, lot.nombre, lot.montant) == ("L-2026-0001", 1, Decimal("40000.00"))
    with pytest.raises(Conflit, match="déjà dans un lot"):
        prepare(d, numero)
    with pytest.raises(ErreurMetier, match="compte de la caisse"):
        valider(d, lot, "ordonnateur2")
    with pytest.raises(ErreurMetier, match="BIC"):
        agir(d, "gestionnaire", compte.enregistrer, iban=IBAN_CAISSE, bic="BRED", titulaire="CPAM")
    agir(d, "gestionnaire", compte.enregistrer, iban=IBAN_CAISSE, bic=BIC, titulaire="CPAM de la Haute-Garonne")
    with pytest.raises(Interdit, match="autre personne"):
        agir(d, "gestionnaire", compte.confirmer)
    agir(d, "ordonnateur2", compte.confirmer)
    for qui, phrase in (("ordonnateur", "Vous avez préparé"), ("gestionnaire", "ordonnateur")):
        with pytest.raises(Interdit, match=phrase):
            valider(d, lot, qui)
    with pytest.raises(Introuvable):
        valider(d, lot, "etranger")
    with pytest.raises(Conflit, match="a changé depuis"):
        agir(d, "ordonnateur2", lots.valider, numero=lot.numero, lu="0" * 64)
    lot = valider(d, lot, "ordonnateur2")
    with pytest.raises(Conflit, match="déjà à l’état"):
        valider(d, lot, "ordonnateur2")
    virement = fichier("virement")
    octets = bytes(virement.octets)
    assert hashlib.sha256(octets).hexdigest() == virement.empreinte
    _lire_ordre(octets, numero)
    _lire_tableau(bytes(fichier("tableau").octets).decode("utf-8-sig"), numero)
    for _ in range(2):
        fichiers.bordereau({"lot": lot.pk}, "")
    texte = _texte(bytes(fichier("bordereau").octets))
    for attendu in (numero, "40 000", "Camille Ordonnateur", "Camille Ordonnateur2", "FR76 •••• •••• •••• •••• 90 189"):
        assert attendu in texte
    assert IBAN not in texte
    with comme_portail():
        assert list(Evenement.objects.filter(type__contains="lot").order_by("pk").values_list("type", flat=True)) == [
            "preparer_lot",
            "valider_lot",
        ]
        for requete in (
            "UPDATE financement_fichierlot SET taille = 1",
            "DELETE FROM financement_lignelot",
            "UPDATE financement_lotpaiement SET montant = 1",
            "INSERT INTO financement_lignelot (lot_id, caisse_id, versement_id, rang, reference, equipe, titulaire, iban, montant, libelle, compte_id, sortie_motif) "
            "SELECT lot_id, caisse_id, versement_id, 9, reference, equipe, titulaire, iban, montant, libelle, compte_id, '' FROM financement_lignelot",
        ):
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as c:
                c.execute(requete)
        assert list(verification.lots()) == []
    with contexte(d.acteurs["etranger"]):
        assert not LotPaiement.objects.exists()
        assert not FichierLot.objects.exists()


def _texte(pdf: bytes) -> str:
    lu = subprocess.run([shutil.which("pdftotext"), "-raw", "-", "-"], input=pdf, check=True, capture_output=True)
    return " ".join(lu.stdout.decode().split())


def _lire_ordre(octets: bytes, numero: str) -> None:
    """Valid against the schema of ISO 20022 that sepaxml carries, and read back by XPath."""
    schema = xmlschema.XMLSchema(str(files("sepaxml") / "schemas" / "pain.001.001.09.xsd"))
    assert list(schema.iter_errors(octets.decode())) == []
    lu = etree.fromstring(octets)

    def un(chemin: str) -> str:
        (valeur,) = lu.xpath(chemin, namespaces=ESPACE)
        return valeur if isinstance(valeur, str) else valeur.text

    assert un("//p:CdtTrfTxInf/p:PmtId/p:EndToEndId") == numero
    assert (un("//p:InstdAmt"), un("//p:InstdAmt/@Ccy")) == ("40000.00", "EUR")
    assert un("//p:CdtrAcct/p:Id/p:IBAN") == IBAN
    assert (un("//p:DbtrAcct/p:Id/p:IBAN"), un("//p:DbtrAgt//p:BICFI")) == (IBAN_CAISSE, BIC)
    assert (un("//p:GrpHdr/p:CtrlSum"), un("//p:PmtInf/p:CtrlSum"), un("//p:GrpHdr/p:NbOfTxs")) == (
        "40000.00",
        "40000.00",
        "1",
    )
    assert un("//p:ReqdExctnDt/p:Dt") == DEMAIN.isoformat()
    assert un("//p:RmtInf/p:Ustrd").startswith(f"{numero} Credit d'amorcage, premier versement")


def _lire_tableau(texte: str, numero: str) -> None:
    (ligne,) = csv.DictReader(StringIO(texte), delimiter=";")
    assert (ligne["Versement"], ligne["IBAN"], ligne["Montant"], ligne["Date d’exécution"]) == (
        numero,
        IBAN,
        "40000,00",
        "03/03/2026",
    )


def test_un_iban_change_sort_le_versement(contrat_signe: Distribution):
    """Before the validation the batch is refused and names it; after, the order is no longer given to be sent."""
    d = contrat_signe
    numero = valide(d)
    compte_de_la_caisse(d)
    lot = prepare(d, numero)
    d.fait("porteur", "enregistrer_iban", iban=AUTRE_IBAN, titulaire="Cardio 31")
    with pytest.raises(ErreurMetier, match=f"{numero} .*l’IBAN a changé"):
        valider(d, lot)
    with pytest.raises(ErreurMetier, match="annulez plutôt le lot"):
        agir(d, "gestionnaire", lots.retirer, numero=lot.numero, versement=numero)
    with pytest.raises(ErreurMetier, match="motif"):
        agir(d, "gestionnaire", lots.annuler, numero=lot.numero, motif=" ")
    agir(d, "gestionnaire", lots.annuler, numero=lot.numero, motif="IBAN changé")
    d.fait("gestionnaire", "confirmer_iban", verification="on")
    d.fait("ordonnateur", "valider_versement")
    second = valider(d, prepare(d, numero))
    assert second.numero == "L-2026-0002"
    d.fait("porteur", "enregistrer_iban", iban=IBAN, titulaire="Cardio 31")
    with horloge.figer(MIDI):
        c = client(d, "gestionnaire")
        assert "Cet ordre ne doit plus partir" in c.get("/lots/L-2026-0002/").content.decode()
        assert c.get("/lots/L-2026-0002/virement.xml").status_code == 409
        assert c.get("/lots/L-2026-0002/tout.zip").status_code == 404
    with comme_portail():
        assert LigneLot.objects.filter(sortie_le=None).count() == 1
        caisse = caisses_possibles("30")[0].code

    def transferer() -> None:
        d.fait(
            "instructeur", "transferer", siege_departement="30", siege_commune="Nîmes", caisse=caisse, date_effet="2026-03-02"
        )  # fmt: skip

    # A caisse that still orders a payment keeps its dossier; what it only prepared goes with it.
    with pytest.raises(Conflit, match=f"L-2026-0002 .*{numero}"):
        transferer()
    d.avance(1)
    agir(d, "ordonnateur", lots.annuler, numero="L-2026-0002", motif="IBAN changé", non_execute=True)
    fichiers.bordereau({"lot": second.pk}, "")
    d.fait("gestionnaire", "confirmer_iban", verification="on")
    d.fait("ordonnateur", "valider_versement")
    prepare(d, numero, jour=DEMAIN)
    transferer()
    with comme_portail():
        assert not LigneLot.objects.filter(sortie_le=None).exists()
        assert LotPaiement.objects.get(numero="L-2026-0003").motif_annulation == "dossier transféré à une autre caisse"
        assert not FichierLot.objects.filter(lot=second, type="bordereau").exists()


def client(d: Distribution, qui: str) -> Client:
    c = Client()
    c.force_login(d.utilisateurs[qui])
    return c


def _lectures(requetes: CaptureQueriesContext) -> int:
    return sum(q["sql"].startswith("SELECT") for q in requetes)


def test_les_ecrans_de_la_caisse(contrat_signe: Distribution):
    d = contrat_signe
    numero = valide(d)
    with horloge.figer(MIDI):
        agent, ordonnateur = client(d, "gestionnaire"), client(d, "ordonnateur")
        saisi = {"titulaire": "CPAM", "iban": IBAN_CAISSE, "bic": BIC}
        assert "IBAN n’est pas valable" in agent.post("/lots/compte/", {**saisi, "iban": "FR00"}).content.decode()
        assert agent.post("/lots/compte/", saisi).status_code == 302
        assert ordonnateur.post("/lots/compte/", {"acte": "confirmer", "mot_de_passe": "faux"}).status_code == 422
        assert ordonnateur.post("/lots/compte/", {"acte": "confirmer", "mot_de_passe": MOT_DE_PASSE}).status_code == 302
        refus = agent.post("/lots/", {"versements": [numero], "date_execution": "08/03/2026"})
        assert refus.status_code == 422
        assert "Les banques ne règlent pas" in refus.content.decode()
        assert (
            agent.post("/lots/", {"versements": [numero], "date_execution": "03/03/2026"}).headers["Location"]
            == "/lots/L-2026-0001/"
        )
        page = ordonnateur.get("/lots/L-2026-0001/").content.decode()
        lu = re.search(r'name="lu" value="(\w{64})"', page)[1]
        sans = ordonnateur.post("/lots/L-2026-0001/", {"acte": "valider", "lu": lu, "mot_de_passe": "faux"})
        assert "Le mot de passe ne correspond pas" in sans.content.decode()
        assert (
            ordonnateur.post(
                "/lots/L-2026-0001/", {"acte": "valider", "lu": lu, "mot_de_passe": MOT_DE_PASSE}
            ).status_code
            == 302
        )
        telecharge = agent.get("/lots/L-2026-0001/virement.xml")
        assert telecharge.content == bytes(fichier("virement").octets)
        with CaptureQueriesContext(connection) as requetes:
            assert agent.get("/lots/").status_code == 200
        assert _lectures(requetes) <= 12
        with CaptureQueriesContext(connection) as requetes:
            assert agent.get("/lots/L-2026-0001/").status_code == 200
        assert _lectures(requetes) <= 17
        etranger = client(d, "etranger")
        for url in ("/lots/L-2026-0001/", "/lots/L-2026-0001/virement.xml", "/lots/L-2026-0099/"):
            assert etranger.get(url).status_code == 404
        assert client(d, "signataire").get("/lots/").status_code == 403
