"""Issue, freezing, versions, first reading, public verification: B33, B39, CAL-7."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test import RequestFactory
from django.urls import reverse

from dossiers.models import Dossier
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.documents import effets, selectors, views
from ess_portal.documents.donnees import DonneesInvalides, vers_json
from ess_portal.documents.models import Document, Lecture
from ess_portal.documents.rendu import Rendu, RenduImpossible, atelier
from ess_portal.documents.services import (
    demander_document,
    emission,
    nouvelle_version,
    produire,
    produire_a_la_lecture,
    produire_en_attente,
    relancer_production,
)
from ess_portal.documents.specimens import SPECIMENS
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.socle.erreurs import Conflit, Introuvable
from tests.documents.conftest import MAINTENANT

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def imprimeur():
    yield
    atelier.fermer()


@pytest.fixture
def demander(scene):
    def faire(cle: str = "attestation:lettre", **champs):
        donnees = vers_json(SPECIMENS["attestation_tacite"][1]()) | champs
        with comme_portail():
            return demander_document(
                dossier=scene.dossier,
                type="attestation_tacite",
                donnees=donnees,
                cle=cle,
                acteur=scene.ars,
                maintenant=MAINTENANT,
            )

    return faire


def relire(document: Document) -> Document:
    with comme_portail():
        return Document.objects.defer(None).select_related("dossier").get(pk=document.pk)


def test_demande_fige_les_donnees_et_programme_un_seul_effet(demander, scene):
    document = demander()
    assert document.etat == Document.Etat.A_PRODUIRE
    assert document.gabarit == "attestation_tacite@2026-11"
    assert demander(destinataire="Quelqu’un d’autre").pk == document.pk
    with comme_portail():
        assert Document.objects.count() == 1
        assert list(Envoi.objects.filter(type="document").values_list("cle", flat=True)) == [f"document:{document.pk}"]


def test_donnees_invalides_refusees_a_la_demande(demander):
    with pytest.raises(DonneesInvalides):
        demander(acquise_le="demain")
    with comme_portail():
        assert not Document.objects.exists()


def test_produit_une_fois_puis_fige(demander, monkeypatch):
    document = demander()
    effets.document({"document": str(document.pk)}, "cle")
    produit = relire(document)
    octets = bytes(produit.octets)
    assert produit.est_produit
    assert octets.startswith(b"%PDF-1.7")
    assert produit.empreinte == hashlib.sha256(octets).hexdigest()
    assert produit.taille == len(octets)
    monkeypatch.setattr(emission, "rendre", None)
    assert produire(document.pk) == Document.Etat.PRODUIT
    assert bytes(relire(document).octets) == octets
    with comme_portail():
        assert Evenement.objects.filter(type="document_produit").count() == 1
    assert selectors.documents_faux() == []


@pytest.mark.parametrize(
    "champs",
    [{"octets": b"autre"}, {"titre": "autre"}, {"etat": "a_produire"}, {"donnees": {}}, {"empreinte": "0" * 64}],
)
def test_document_emis_ne_se_modifie_pas(demander, champs):
    document = demander()
    produire(document.pk)
    with pytest.raises(IntegrityError), comme_portail():
        Document.objects.filter(pk=document.pk).update(**champs)
    with pytest.raises(IntegrityError), comme_portail():
        Document.objects.filter(pk=document.pk).delete()


def test_donnees_figees_avant_meme_la_production(demander):
    document = demander()
    with pytest.raises(IntegrityError), comme_portail():
        Document.objects.filter(pk=document.pk).update(donnees={})
    with pytest.raises(IntegrityError), comme_portail():
        Document.objects.filter(pk=document.pk).update(
            etat="produit", octets=b"x", empreinte="0" * 64, taille=1, produit_le=MAINTENANT
        )


def test_correction_est_une_nouvelle_version(demander, scene):
    premier = demander()
    produire(premier.pk)
    donnees = premier.donnees | {"destinataire": "Dr Autre"}
    with comme_portail():
        second = nouvelle_version(document=premier, donnees=donnees, acteur=scene.ars, maintenant=MAINTENANT)
        assert (second.version, second.remplace_id, second.cle) == (2, premier.pk, premier.cle)
        assert list(Document.objects.courants()) == [second]
        with pytest.raises(Conflit):
            nouvelle_version(document=premier, donnees=donnees, acteur=scene.ars, maintenant=MAINTENANT)
    assert second.nom_fichier == "Attestation de décision implicite 76-2026-9001-v2.pdf"
    assert selectors.verification(premier.code_verification).est_remplace


def test_echec_se_voit_et_se_relance(demander, scene, monkeypatch):
    def tomber(*_a, **_k):
        raise RenduImpossible("délai dépassé")

    document = demander()
    with monkeypatch.context() as panne:
        panne.setattr(emission, "rendre", tomber)
        assert produire(document.pk) == Document.Etat.ECHEC
    assert relire(document).erreur == "délai dépassé"
    assert produire_en_attente() == 0
    with comme_portail():
        relancer_production(document=document, acteur=scene.ars, maintenant=MAINTENANT)
    assert produire_en_attente() == 1
    assert produire_en_attente() == 0


@pytest.mark.django_db(transaction=True)
def test_la_lecture_met_en_page_une_fois_sans_tenir_le_dossier(demander, scene, monkeypatch):
    document, rendus, plus_tard = demander(), [], MAINTENANT + timedelta(days=1)

    def ailleurs(faire):
        """On another connection, which waits for no lock."""

        def seul():
            try:
                with comme_portail(), connection.cursor() as curseur:
                    curseur.execute("SET LOCAL lock_timeout = '100ms'")
                    return faire()
            finally:
                connection.close()

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(seul).result()

    def rendre(*_a, **_k):
        rendus.append(ailleurs(lambda: Dossier.objects.select_for_update().get(pk=scene.dossier.pk).numero))
        rendus.append(ailleurs(lambda: produire_a_la_lecture(document, maintenant=plus_tard)))
        return Rendu(b"%PDF-1.7 essai", 1)

    monkeypatch.setattr(emission, "rendre", rendre)
    assert produire_a_la_lecture(document, maintenant=plus_tard) == Document.Etat.PRODUIT
    assert produire_a_la_lecture(document, maintenant=plus_tard) == Document.Etat.PRODUIT
    assert rendus == ["76-2026-9001", Document.Etat.A_PRODUIRE]
    assert relire(document).est_produit
    with comme_portail():
        assert Evenement.objects.filter(type="document_produit").count() == 1


def servir(acteur, document):
    requete = RequestFactory().get("/")
    requete.acteur = acteur
    with contexte(acteur):
        return views.document(requete, document_id=document.pk)


def test_premiere_lecture_par_personne_et_etranger_absent(demander, scene):
    document = demander()
    produire(document.pk)
    for acteur in (scene.porteur, scene.ars, scene.porteur):
        reponse = servir(acteur, document)
        assert reponse.content == bytes(relire(document).octets)
        assert reponse["Content-Disposition"].startswith("attachment;")
        assert reponse["Content-Security-Policy"].startswith("sandbox;")
    with comme_portail():
        assert list(Lecture.objects.values_list("utilisateur_id", flat=True)) == [
            scene.porteur.utilisateur_id,
            scene.ars.utilisateur_id,
        ]
        assert Evenement.objects.filter(type="document_lu").count() == 2
    with pytest.raises(Introuvable):
        servir(scene.etranger, document)
    with pytest.raises(IntegrityError), comme_portail():
        Lecture.objects.update(premiere_le=MAINTENANT.replace(year=2020))


def test_sans_locataire_aucun_document(demander):
    demander()
    with transaction.atomic():
        assert not Document.objects.exists()


def test_page_publique_de_verification(demander, client):
    document = demander()
    adresse = reverse("verifier", args=[document.code_verification])
    inconnu = client.get(reverse("verifier", args=["ZZZZZZZZZZZZZZZZ"]))
    assert inconnu.status_code == 404
    assert client.get(adresse).status_code == 404
    produire(document.pk)
    produit = relire(document)
    page = client.get(reverse("verifier", args=[produit.code_lisible.lower()]))
    assert page.status_code == 200
    contenu = page.content.decode()
    assert produit.empreinte[:32] in contenu
    assert "76-2026-9001" in contenu
    assert "Causse" not in contenu
    exact = SimpleUploadedFile("a.pdf", bytes(produit.octets))
    assert "identique au document émis" in client.post(adresse, {"fichier": exact}).content.decode()
    faux = SimpleUploadedFile("a.pdf", bytes(produit.octets) + b"\n")
    assert "différent du document émis" in client.post(adresse, {"fichier": faux}).content.decode()


def test_codes_inconnus_ont_la_meme_reponse(client):
    def corps(code: str) -> bytes:
        return (
            client.get(reverse("verifier", args=[code]))
            .content.partition(b"<main")[2]
            .partition(b"csrfmiddlewaretoken")[0]
        )

    assert len({corps(code) for code in ("A", "ZZ-1", "é", "ZZZZZZZZZZZZZZZZ")}) == 1
    assert corps("A")


def test_codes_de_verification_sans_lettre_ambigue(demander):
    codes = {demander(cle=f"cle:{rang}").code_verification for rang in range(20)}
    assert len(codes) == 20
    assert not set("".join(codes)) & set("01OIL")


def test_commande_specimen(tmp_path, capsys):
    call_command("specimen", "--liste")
    assert capsys.readouterr().out.split() == list(SPECIMENS)
    call_command("specimen", "attestation_tacite", "--sortie", str(tmp_path / "a.pdf"))
    assert (tmp_path / "a.pdf").read_bytes().startswith(b"%PDF-")
    with pytest.raises(CommandError):
        call_command("specimen", "autre", "--sortie", str(tmp_path / "b.pdf"))
