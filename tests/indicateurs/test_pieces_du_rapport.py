# ruff: noqa: F811  fixtures of another file
"""Files that go with a report: joined while it is written, frozen with each filing, of this report alone."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.documents.models import Document, Piece
from ess_portal.journal.models import Evenement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from indicateurs import services
from indicateurs.models import PieceRapport, Rapport, VersionRapport
from indicateurs.services import pieces_rapport
from tests.api.conftest import appelant
from tests.documents import fichiers
from tests.fabriques import client_de
from tests.indicateurs.test_rapports import (  # noqa: F401  fixtures
    ANNIVERSAIRE,
    COMPLET,
    contrat,
    contrats,
    deposer,
    dossier,
    ecrire,
)

OCTETS = fichiers.pdf()


def pdf(nom: str = "enquete.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(nom, OCTETS, "application/pdf")


@pytest.fixture
def joindre(dossier, porteur, contrat):
    def faire(libelle: str = "Enquête", fichier=None) -> Piece:
        with contexte(porteur[1]):
            services.joindre_piece(
                numero=dossier.numero, annee=1, fichier=fichier or pdf(), libelle=libelle, acteur=porteur[1], maintenant=ANNIVERSAIRE
            )  # fmt: skip
        with comme_portail():
            return PieceRapport.objects.latest("pk").piece

    return faire


@pytest.fixture
def retirer(dossier, porteur):
    def faire(piece) -> None:
        with contexte(porteur[1]):
            services.retirer_piece(numero=dossier.numero, annee=1, piece=piece, acteur=porteur[1], maintenant=ANNIVERSAIRE)  # fmt: skip

    return faire


def liens() -> int:
    with comme_portail():
        return PieceRapport.objects.count()


def versions(dossier) -> list[dict]:
    with comme_portail():
        return [v.contenu for v in VersionRapport.objects.filter(dossier=dossier).order_by("numero")]


def test_chaque_depot_garde_ses_pieces_et_la_periode(dossier, joindre, retirer, ecrire, deposer, porteur, instructeur):
    """The first filing keeps what it carried, whatever the correction withdraws or joins."""
    premiere = joindre("Enquête")
    with contexte(porteur[1]):
        services.enregistrer_rapport(
            numero=dossier.numero, annee=1, acteur=porteur[1], maintenant=ANNIVERSAIRE, donnees=COMPLET, preuve=pdf("capture.pdf")
        )  # fmt: skip
    deposer()
    with contexte(instructeur[1]):
        services.demander_correction(
            numero=dossier.numero, annee=1, texte="Enquête illisible", acteur=instructeur[1], maintenant=ANNIVERSAIRE
        )
    retirer(premiere.pk)
    seconde = joindre("Enquête, lisible")
    deposer()
    avant, apres = versions(dossier)
    assert avant["pieces"] == [
        {"id": str(premiere.pk), "libelle": "Enquête", "nom": "enquete.pdf", "sha256": premiere.empreinte}
    ]
    assert avant["outil_piece"]["nom"] == "capture.pdf"
    assert (avant["debut"], avant["fin"]) == ("2025-04-01", "2026-03-31")
    assert [p["id"] for p in apres["pieces"]] == [str(seconde.pk)]
    with comme_portail():
        premiere.refresh_from_db()
        assert premiere.etat != Piece.Etat.REFUSE, "a filing names it: its bytes stay"
        imprimes = [
            [p["nom"] for p in d.donnees["pieces"]]
            for d in Document.objects.filter(dossier=dossier, type="rapport_activite").order_by("version")
        ]
    assert imprimes == [["enquete.pdf", "capture.pdf"]] * 2


def test_ce_que_personne_n_a_depose_s_efface(joindre, retirer):
    piece = joindre()
    retirer(piece.pk)
    with comme_portail():
        piece.refresh_from_db()
        trace = Evenement.objects.get(type="retirer_piece_rapport").donnees
    assert (piece.etat, piece.verdict) == (Piece.Etat.REFUSE, pieces_rapport.RETIREE)
    assert trace["empreinte"] == piece.empreinte
    assert liens() == 0


def test_un_rapport_depose_ne_change_plus_de_pieces(joindre, retirer, ecrire, deposer):
    piece = joindre()
    ecrire(**COMPLET)
    deposer()
    with pytest.raises(Conflit):
        joindre()
    with pytest.raises(Conflit):
        retirer(piece.pk)
    assert liens() == 1


def test_une_piece_refusee_ne_se_depose_pas(joindre, ecrire, deposer):
    piece = joindre()
    with comme_portail():
        Piece.objects.filter(pk=piece.pk).update(etat="refuse", analysee_le=ANNIVERSAIRE)
    ecrire(**COMPLET)
    with pytest.raises(ErreurMetier, match="retirez-la"):
        deposer()


def test_pas_plus_de_pieces_que_permis(joindre, monkeypatch):
    monkeypatch.setattr(pieces_rapport, "MAXIMUM", 1)
    joindre()
    with pytest.raises(ErreurMetier, match="1 pièces au plus"):
        joindre()
    assert liens() == 1


def test_une_piece_jointe_d_abord_laisse_le_formulaire_prerempli(client, dossier, porteur, joindre):
    """The row is there at version 0; the page still shows what a first opening shows, and its save is not stale."""
    joindre()
    client.force_login(porteur[0])
    with horloge.figer(ANNIVERSAIRE):
        assert client.post(f"/dossiers/{dossier.numero}/rapports/1/", {"i1": "5", "version": "0"}).status_code == 302
    with comme_portail():
        assert (Rapport.objects.get(dossier=dossier).i1, liens()) == (5, 1)


def test_la_page_joint_et_retire(client, dossier, contrat, porteur, instructeur, deposer, ecrire):
    adresse = f"/dossiers/{dossier.numero}/rapports/1/pieces/"
    client.force_login(porteur[0])
    with horloge.figer(ANNIVERSAIRE):
        assert "Aucune pièce jointe" in client.get(adresse).text
        sans = client.post(adresse, {"libelle": "Rien"})
        assert (sans.status_code, "Choisissez un fichier" in sans.text) == (422, True)
        faux = client.post(
            adresse, {"fichier": SimpleUploadedFile("essai.pdf", fichiers.pdf_javascript(), "application/pdf")}
        )
        assert (faux.status_code, liens()) == (422, 0)
        assert "fr-upload-group--error" in faux.text
        assert client.post(adresse, {"fichier": pdf(), "libelle": "Enquête auprès des traitants"}).status_code == 302
        assert client.post(adresse, {"fichier": pdf("statuts.pdf")}).status_code == 302
        page = client.get(adresse).text
        assert "Enquête auprès des traitants" in page
        assert "statuts.pdf" in page
        with comme_portail():
            de_trop = Piece.objects.get(dossier=dossier, libelle="statuts.pdf")
        assert client.post(adresse, {"retirer": str(de_trop.pk)}).status_code == 302
        client.force_login(instructeur[0])
        assert client.get(adresse).status_code == 403
        ecrire(**COMPLET)
        deposer()
        assert "Enquête auprès des traitants" in client.get(f"/dossiers/{dossier.numero}/rapports/1/").text
        client.force_login(porteur[0])
        assert client.get(adresse).status_code == 302


def test_le_fichier_d_une_autre_equipe_est_refuse(dossier, contrat, porteur, joindre, reprendre):
    """By its identifier, at the page and by the API, it is a file that this report does not carry: a sentence, and nothing written."""
    with comme_portail():
        etranger = Piece.objects.create(
            dossier=reprendre("dotation_active"), objet="rapport", type="annexe", libelle="Secret", nom_fichier="secret.pdf", type_mime="application/pdf",
            taille=3, empreinte="0" * 64, chemin="aa/secret", depose_le=ANNIVERSAIRE, etat="sain", analysee_le=ANNIVERSAIRE,
        )  # fmt: skip
    joindre()
    phrase = "Ce fichier n’est pas joint à ce rapport."
    with horloge.figer(ANNIVERSAIRE):
        api, page = appelant(porteur[0]), client_de(porteur[0])
        for piece in (str(etranger.pk), str(uuid.uuid4()), "secret"):
            refus = api.post(f"dossiers/{dossier.numero}/actions/retirer_piece_rapport/", {"annee": 1, "piece": piece})
            assert (refus.status_code, refus.json()["champs"]["piece"]) == (422, [phrase])
            lue = page.post(f"/dossiers/{dossier.numero}/rapports/1/pieces/", {"retirer": piece})
            assert (lue.status_code, phrase in lue.text, "Secret" in lue.text) == (422, True, False)
        sans = api.post(f"dossiers/{dossier.numero}/actions/joindre_piece_rapport/", {"annee": 1, "fichier": str(etranger.pk)})  # fmt: skip
        assert (sans.status_code, list(sans.json()["champs"])) == (422, ["fichier"])
    with comme_portail():
        etranger.refresh_from_db()
        assert not Evenement.objects.filter(type="retirer_piece_rapport").exists()
    assert etranger.etat == "sain"
    assert liens() == 1


def test_l_api_joint_une_fois_et_dit_les_pieces(dossier, contrat, porteur, instructeur, ecrire, deposer):
    with horloge.figer(ANNIVERSAIRE):
        api = appelant(porteur[0])
        chemin = f"/api/v1/dossiers/{dossier.numero}/actions/joindre_piece_rapport/"
        entetes = {"Authorization": f"Bearer {api.jeton}", "Idempotency-Key": "une fois"}
        for _ in range(2):
            fait = api.client.post(chemin, {"annee": "1", "libelle": "Enquête", "fichier": pdf()}, headers=entetes)
            assert fait.status_code == 200, fait.content
        ecrire(**COMPLET)
        deposer()
        lus = appelant(instructeur[0]).get(f"dossiers/{dossier.numero}/rapports/").json()["results"][0]
    assert liens() == 1
    assert [(p["libelle"], p["nom"]) for p in lus["pieces"]] == [("Enquête", "enquete.pdf")]
    assert lus["outil_piece"] is None
    assert len(lus["pieces"][0]["sha256"]) == 64
