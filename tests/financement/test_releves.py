"""The bank's returns: what is read of camt.053, camt.054 and CSV, each once, hostile files refused, payments paid only by a confirmation."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from dossiers.models import Tache
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable
from financement.banque import lots, rapprochements
from financement.banque.releve import lire
from financement.livre import verification as livre
from financement.livre.actes import enveloppe_de
from financement.livre.soldes import par_enveloppe
from financement.models import LigneLot, MouvementBancaire, ReleveBancaire, Versement
from financement.regles.rapprochement import CREDIT
from tests.financement.conftest import AUTRE_IBAN, IBAN, Distribution
from tests.financement.test_lots import (
    DEMAIN,
    IBAN_CAISSE,
    agir,
    client,
    compte_de_la_caisse,
    prepare,
    valide,
    valider,
)

ENTREE = (
    '<Ntry><NtryRef>{cle}</NtryRef><Amt Ccy="{devise}">{montant}</Amt><CdtDbtInd>{sens}</CdtDbtInd><Sts>{sts}</Sts>'
    "<BookgDt><Dt>{jour}</Dt></BookgDt><AcctSvcrRef>{cle}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>"
    "<RltdPties><CdtrAcct><Id><IBAN>{iban}</IBAN></Id></CdtrAcct></RltdPties>{suite}</TxDtls></NtryDtls></Ntry>"
)


def entree(reference: str, montant: str = "40000.00", *, version: int = 2, rejete: str = "", **champs: str) -> str:
    sts = champs.pop("sts", "BOOK")
    return ENTREE.format(
        **{
            "reference": reference, "montant": montant, "cle": f"B-{reference}", "devise": "EUR", "sens": "DBIT", "jour": DEMAIN.isoformat(),
            "iban": IBAN, "suite": f"<RtrInf><Rsn><Cd>{rejete}</Cd></Rsn></RtrInf>" if rejete else "",
            "sts": f"<Cd>{sts}</Cd>" if version > 6 else sts, **champs,
        }
    )  # fmt: skip


def camt(*entrees: str, version: int = 2, type_: str = "053", message: str = "M1", compte: str = IBAN_CAISSE) -> bytes:
    enveloppe, corps = ("BkToCstmrStmt", "Stmt") if type_ == "053" else ("BkToCstmrDbtCdtNtfctn", "Ntfctn")
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{type_}.001.0{version}"><{enveloppe}>'
        f"<GrpHdr><MsgId>{message}</MsgId></GrpHdr><{corps}><Id>{message}-1</Id><FrToDt><ToDtTm>2026-03-09T23:59:59</ToDtTm></FrToDt>"
        f"<Acct><Id><IBAN>{compte}</IBAN></Id></Acct>{''.join(entrees)}</{corps}></{enveloppe}></Document>"
    ).encode()


@pytest.mark.parametrize("type_", ["053", "054"])
@pytest.mark.parametrize("version", range(2, 9))
def test_versions_du_camt(type_: str, version: int):
    lu = lire(
        camt(
            entree("V-2026-0001", version=version),
            entree("V-2026-0002", version=version, sts="PDNG"),
            version=version,
            type_=type_,
        )
    )
    (m,) = lu.mouvements
    assert (m.reference, m.montant, m.devise, m.jour, m.iban) == (
        "V-2026-0001",
        Decimal("40000.00"),
        "EUR",
        DEMAIN,
        IBAN,
    )
    assert lu.arrete_au == (date(2026, 3, 9) if type_ == "053" else None)


def test_un_rejet_et_un_retour():
    lu = lire(camt(entree("V-1", sts="RJCT"), entree("V-2", sens="CRDT", rejete="AC04")))
    assert [(m.rejet, m.sens == CREDIT) for m in lu.mouvements] == [("", False), ("AC04", True)]


def test_un_tableau():
    lu = lire(
        "Référence;Montant;Date;IBAN;Sens\nV-2026-0001;40\u00a0000,00;03/03/2026;FR76 3000;Débit\nV-2026-0001;40000,00;03/03/2026;FR76 3000;\n".encode()
    )
    assert [(m.montant, m.jour, m.iban, m.sens) for m in lu.mouvements] == [
        (Decimal("40000.00"), DEMAIN, "FR763000", "debit")
    ] * 2
    assert len({m.cle for m in lu.mouvements}) == 2


@pytest.mark.parametrize(
    ("octets", "phrase"),
    [
        (b"", "vide"),
        (b"\xef\xbb\xbf", "vide"),
        (b"\xef\xbb\xbf \n", "vide"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "définition de type"),
        (b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "définition de type"),
        (b"<a>" * 60 + b"</a>" * 60, "trop profond"),
        (b"<a><b></a>", "bien formé"),
        (b"<a/>", "camt.053"),
        (camt(entree("V-1"), version=9), "camt.053"),
        (camt(), "aucune écriture"),
        (camt(entree("V-1", "-5.00")), "montant"),
        (camt(entree("V-1", "1.001")), "montant"),
        (camt(entree("V-1", "NaN")), "montant"),
        (camt(entree("V-1", jour="2026-02-30")), "date"),
        (b"x;y\n1;2\n", "colonnes reference, montant, date"),
        ("é".encode("latin-1"), "UTF-8"),
        (b"reference;montant;date\nV-1;0;03/03/2026\n", "montant"),
        (b"reference;montant;date;sens\nV-1;5;03/03/2026;recu\n", "sens de la ligne 2"),
        (b"reference;montant;date\nV-1;-5;03/03/2026\nV-2;5;03/03/2026\n", "ajoutez la colonne"),
        (b"reference;montant;date;sens\nV-1;-5;03/03/2026;credit\n", "son montant est négatif"),
        (b" " * (10 * 1024 * 1024 + 1), "10\u00a0Mo"),
    ],
)
def test_un_fichier_mauvais_est_refuse(octets: bytes, phrase: str):
    with pytest.raises(ErreurMetier, match=phrase) as refus:
        lire(octets)
    assert list(refus.value.champs) == ["fichier"]


def ordonne(d: Distribution) -> str:
    numero = valide(d)
    compte_de_la_caisse(d)
    valider(d, prepare(d, numero))
    d.avance(7)
    return numero


def importer(d: Distribution, octets: bytes, qui: str = "gestionnaire") -> tuple[ReleveBancaire, bool]:
    return agir(d, qui, rapprochements.importer, octets=octets, nom="releve.xml")


def examiner(d: Distribution, releve: ReleveBancaire):
    with contexte(d.acteurs["gestionnaire"]):
        return rapprochements.examiner(releve, d.acteurs["gestionnaire"])


def confirmer(d: Distribution, releve: ReleveBancaire, lu: str = "") -> None:
    agir(
        d,
        "gestionnaire",
        rapprochements.confirmer,
        releve=releve.pk,
        lu=lu or rapprochements.empreinte(examiner(d, releve)),
    )


def test_du_releve_au_paiement(contrat_signe: Distribution):
    d = contrat_signe
    numero = ordonne(d)
    for octets, phrase in (
        (camt(entree(numero), compte=IBAN), "autre compte"),
        (camt(entree(numero, jour="2027-01-01")), "après aujourd’hui"),
    ):
        with pytest.raises(ErreurMetier, match=phrase):
            importer(d, octets)
    fichier = camt(entree(numero), entree("V-2026-9999", "12.00", iban=""))
    releve, nouveau = importer(d, fichier)
    assert nouveau
    assert importer(d, fichier) == (releve, False)
    with pytest.raises(ErreurMetier, match="déjà importé"):
        importer(d, camt(entree("V-2026-8888")))
    with pytest.raises(ErreurMetier, match="déjà connues"):
        importer(d, camt(entree(numero), message="M2", type_="054"))
    with comme_portail():
        assert Versement.objects.get(numero=numero).statut == "valide"
        assert MouvementBancaire.objects.count() == 2
    assert [(e.code, e.reference) for e in examiner(d, releve).ecarts] == [("inconnue", "V-2026-9999")]
    with pytest.raises(Introuvable):
        agir(d, "etranger", rapprochements.confirmer, releve=releve.pk, lu="")
    with pytest.raises(Conflit, match="a changé"):
        confirmer(d, releve, "0" * 64)
    confirmer(d, releve)
    with pytest.raises(Conflit, match="déjà à l’état"):
        confirmer(d, releve)
    with comme_portail():
        v = Versement.objects.get(numero=numero)
        assert (v.statut, v.paye_le, v.reference, v.paye_par_id) == (
            "paye",
            DEMAIN,
            f"B-{numero}",
            d.utilisateurs["gestionnaire"].pk,
        )
        for requete in (
            "DELETE FROM financement_mouvementbancaire",
            "UPDATE financement_relevebancaire SET octets = ''",
        ):
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as c:
                c.execute(requete)
    # The same line in a CSV is no double; the file that it came from cannot be set aside under it.
    tableau = f"reference;montant;date\n{numero};-40000;2026-03-03\nV-2026-7777;-5;2026-03-03\n".encode()
    jumeau, _ = agir(d, "gestionnaire", rapprochements.importer, octets=tableau, nom="t.csv", compte=IBAN_CAISSE)
    assert (jumeau.deja_lus, jumeau.arrete_au, [e.code for e in examiner(d, jumeau).ecarts]) == (1, None, ["inconnue"])
    assert jumeau.deja_lues[0]["cle"] == f"B-{numero}"
    suite, _ = importer(d, camt(entree("V-2026-7777", "5.00"), entree("V-2026-6666", "6.00"), message="M9"))
    assert suite.deja_lus == 1
    with pytest.raises(Conflit, match="reprend des écritures"):
        agir(d, "gestionnaire", rapprochements.ecarter, releve=jumeau.pk, motif="Mauvais fichier")
    # Debited again, then given back: a payment already found is never paid twice.
    encore, _ = importer(d, camt(entree(numero, cle="B-2"), message="M3"))
    assert [e.code for e in examiner(d, encore).ecarts] == ["double"]
    confirmer(d, encore)
    with comme_portail():
        assert Versement.objects.filter(statut="paye").count() == 1
    with pytest.raises(Conflit, match="déjà payé"):
        agir(d, "gestionnaire", lots.annuler, numero="L-2026-0001", motif="trop tard")


def test_un_versement_paye_puis_rendu_se_paie_de_nouveau(contrat_signe: Distribution):
    """Its account was changed after the order: the bank's debit still pays it; given back, it is undone and validated on the new account."""
    d = contrat_signe
    numero = ordonne(d)

    def etat() -> tuple[str, Decimal]:
        with comme_portail():
            assert list(livre.faits()) == []
            v = Versement.objects.get(numero=numero)
            return v.statut, par_enveloppe(v.dossier)[enveloppe_de(v)].acquis

    def annuler(qui: str, **champs: bool) -> None:
        agir(d, qui, lots.annuler, numero="L-2026-0001", motif="Pas parti", **champs)

    d.fait("porteur", "enregistrer_iban", iban=AUTRE_IBAN, titulaire="Cardio 31")
    assert etat() == ("valide", Decimal(0))
    for qui in ("gestionnaire", "gestionnaire2"):
        with pytest.raises(Interdit, match="ne l’a pas préparé"):
            annuler(qui)
    with pytest.raises(ErreurMetier, match="n’a pas exécuté"):
        annuler("ordonnateur")
    with pytest.raises(ErreurMetier, match="arrêté au 4"):
        annuler("ordonnateur", non_execute=True)
    releve, _ = importer(d, camt(entree(numero)))
    with pytest.raises(Conflit, match="débité"):
        annuler("ordonnateur", non_execute=True)
    assert examiner(d, releve).ecarts == ()
    confirmer(d, releve)
    assert etat() == ("paye", Decimal(40000))
    rendu = entree(numero, cle="R", sens="CRDT", rejete="AC04", jour="2026-03-06")
    releve, _ = importer(d, camt(rendu, message="M2"))
    confirmer(d, releve)
    assert etat() == ("propose", Decimal(0))
    with comme_portail():
        assert LigneLot.objects.get().sortie_motif == "rejeté par la banque\u00a0: AC04"
        fait = Evenement.objects.get(type="constater_retour")
        assert (fait.donnees["numero"], fait.donnees["rendu_le"]) == (numero, "2026-03-06")
        prevenus = Envoi.objects.filter(type="courriel", cle__contains="constater_retour")
        assert {e.charge["organisation"] for e in prevenus} == {d.dossier.equipe_id, d.dossier.caisse_id}
    d.fait("gestionnaire", "confirmer_iban", verification="on")
    d.fait("ordonnateur", "valider_versement")
    assert etat() == ("valide", Decimal(0))
    valider(d, prepare(d, numero, jour=date(2026, 3, 10)))
    d.avance(7)
    releve, _ = importer(d, camt(entree(numero, cle="B2", jour="2026-03-10", iban=AUTRE_IBAN), message="M3"))
    assert examiner(d, releve).ecarts == ()
    confirmer(d, releve)
    assert etat() == ("paye", Decimal(40000))
    # Given back once its contract is over: it may be cancelled, and what it reserved is released.
    d.fait("porteur", "resilier", motif="Fin du projet")
    releve, _ = importer(d, camt(entree(numero, cle="R2", sens="CRDT", rejete="AC04", jour="2026-03-12"), message="M4"))
    confirmer(d, releve)
    assert etat() == ("valide", Decimal(0))
    d.fait("gestionnaire", "annuler_versement", versement=numero, motif="Contrat résilié")
    assert etat() == ("annule", Decimal(0))


def test_un_ordre_a_la_banque_survit_a_la_resiliation(contrat_signe: Distribution):
    """What the bank holds is not cancelled by the end of the contract: it pays, the ledger follows, and a person may ask it back."""
    d = contrat_signe
    numero = ordonne(d)
    d.fait("porteur", "resilier", motif="Fin du projet")
    with comme_portail():
        assert Versement.objects.get(numero=numero).statut == "valide"
        assert list(livre.faits()) == []
        assert Tache.objects.filter(type="ouvrir_recuperation", cle__contains=":resiliation:", faite_le=None).exists()
    releve, _ = importer(d, camt(entree(numero)))
    assert examiner(d, releve).ecarts == ()
    confirmer(d, releve)
    with comme_portail():
        v = Versement.objects.get(numero=numero)
        assert (v.statut, par_enveloppe(v.dossier)[enveloppe_de(v)].acquis) == ("paye", Decimal(40000))
        assert [*livre.faits(), *livre.equilibre()] == []


def test_un_rejet_rend_le_versement(contrat_signe: Distribution):
    """Rejected: nothing is paid, the payment may be ordered again; a wrong file is set aside and the right one comes. By the pages."""
    d = contrat_signe
    numero = ordonne(d)
    with horloge.figer(d.maintenant):
        c = client(d, "gestionnaire")

        def deposer(octets: bytes, **champs: str):
            return c.post("/rapprochement/", {"fichier": SimpleUploadedFile("releve.xml", octets), **champs})

        refus = deposer(b"<a/>")
        assert refus.status_code == 422
        assert "camt.053" in refus.content.decode()
        tableau = f"reference;montant;date\n{numero};400,00;2026-03-03\n".encode()
        for champs, phrase in (
            ({}, "Choisissez le compte"),
            ({"compte": IBAN}, "choix"),
            ({"compte": IBAN_CAISSE, "arrete_au": "02/03/2026"}, "datée d’après ce jour"),
            ({"compte": IBAN_CAISSE, "arrete_au": "31/03/2026"}, "pas encore passé"),
        ):
            refus = deposer(tableau, **champs)
            assert refus.status_code == 422
            assert phrase in refus.content.decode()
        page = deposer(tableau, compte=IBAN_CAISSE).headers["Location"]
        lu = c.get(page).content.decode()
        assert "Montant différent" in lu
        assert "400\u00a0€ le 3\u00a0mars\u00a02026 au lieu de 40\u00a0000\u00a0€." in lu
        assert c.post(page, {"acte": "ecarter", "motif": ""}).status_code == 422
        assert c.post(page, {"acte": "ecarter", "motif": "Mauvais fichier"}).status_code == 302
        page = deposer(camt(entree(numero), entree(numero, cle="R", sens="CRDT", rejete="AC04"))).headers["Location"]
        lu = c.get(page).content.decode()
        assert "Rejeté par la banque" in lu
        assert "AC04" in lu
        assert (
            c.post(page, {"acte": "confirmer", "lu": re.search(r'name="lu" value="(\w+)"', lu)[1]}).status_code == 302
        )
        assert "Confirmé par" in c.get(page).content.decode()
        assert c.get("/rapprochement/").status_code == 200
        assert client(d, "etranger").get(page).status_code == 404
    with comme_portail():
        assert Versement.objects.get(numero=numero).statut == "valide"
        assert LigneLot.objects.get().sortie_motif == "rejeté par la banque\u00a0: AC04"
    assert prepare(d, numero, jour=date(2026, 3, 10)).numero == "L-2026-0002"
