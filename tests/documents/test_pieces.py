"""Deposit, analysis, serving: B33, B34, B35, and nothing half-kept."""

import hashlib
import os
import socketserver
import struct
import threading

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from django.test import RequestFactory

from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.documents import antivirus, selectors, stockage, tasks, views
from ess_portal.documents.models import Piece
from ess_portal.documents.services import analyser_en_attente, analyser_piece, depot, purger_orphelins
from ess_portal.journal import courriel
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.socle.erreurs import ErreurMetier, Introuvable
from tests.documents import fichiers as f

pytestmark = pytest.mark.django_db


def blobs(settings) -> list[str]:
    return [str(p) for p in settings.MEDIA_ROOT.rglob("*") if p.is_file()]


def relire(piece: Piece) -> Piece:
    with comme_portail():
        return Piece.objects.select_related("dossier").get(pk=piece.pk)


def test_piece_deposee_en_attente_puis_saine(deposer, scene, settings):
    contenu = f.pdf()
    piece = deposer(contenu, "../../Statuts\u202e définitifs.PDF")
    assert piece.etat == Piece.Etat.EN_ANALYSE
    assert piece.nom_fichier == "Statuts définitifs.pdf"
    assert piece.type_mime == "application/pdf"
    assert piece.empreinte == hashlib.sha256(contenu).hexdigest()
    assert [os.path.basename(b) for b in blobs(settings)] == [piece.chemin.partition("/")[2]]
    with pytest.raises(Introuvable):
        selectors.octets_piece(piece)
    assert analyser_piece(piece.pk) == Piece.Etat.SAIN
    assert selectors.octets_piece(relire(piece)) == contenu
    with comme_portail():
        types = list(Evenement.objects.filter(dossier=scene.dossier).order_by("seq").values_list("type", flat=True))
    assert types == ["piece_deposee", "piece_analysee"]


@pytest.mark.parametrize(
    ("nom", "contenu", "code"),
    [
        ("a.pdf", b"", "fichier_vide"),
        ("a.exe", b"MZ", "fichier_extension"),
        ("a.pdf", b"<html>", "fichier_type"),
        ("a.docx", f.pdf(), "fichier_discordance"),
    ],
)
def test_refus_ne_laisse_rien(deposer, settings, nom, contenu, code):
    with pytest.raises(ErreurMetier) as refus:
        deposer(contenu, nom)
    assert refus.value.code == code
    assert refus.value.champs == {"fichier": [refus.value.message]}
    assert blobs(settings) == []
    with comme_portail():
        assert not Piece.objects.exists()


def test_taille_limitee_pendant_la_reception(deposer, settings):
    settings.PIECE_TAILLE_MAX = 1024
    with pytest.raises(ErreurMetier) as refus:
        deposer(b"%PDF-" + b"x" * 4096)
    assert refus.value.code == "fichier_trop_gros"
    assert blobs(settings) == []


def test_echec_de_la_ligne_retire_le_blob(deposer, settings, monkeypatch):
    def echouer(**_champs):
        raise IntegrityError("panne")

    monkeypatch.setattr(depot.Piece.objects, "create", echouer)
    with pytest.raises(IntegrityError):
        deposer(f.pdf())
    assert blobs(settings) == []


@pytest.mark.parametrize(
    ("nom", "construire"),
    [
        ("a.pdf", f.pdf_eicar),
        ("a.docx", lambda: f.docx_avec("word/media/x.bin", f.EICAR)),
        ("a.docx", lambda: f.docx_avec("word/media/x.bin", f.archive({"y": f.archive({"z.com": f.EICAR})}))),
    ],
)
def test_eicar_refuse_et_supprime(deposer, settings, nom, construire, django_capture_on_commit_callbacks, mailoutbox):
    piece = deposer(construire(), nom)
    with django_capture_on_commit_callbacks(execute=True):
        assert analyser_piece(piece.pk) == Piece.Etat.REFUSE
    assert blobs(settings) == []
    assert "antivirus" in relire(piece).verdict
    with comme_portail():
        envoi = Envoi.objects.get(type="courriel")
        courriel.envoyer(envoi.charge, envoi.cle)
    assert mailoutbox[0].to == ["porteur@exemple.fr"]
    assert "Statuts" in mailoutbox[0].body
    with pytest.raises(Introuvable):
        selectors.octets_piece(relire(piece))


class FauxClamd(socketserver.BaseRequestHandler):
    reponse = b"stream: OK\0"
    recu = b""

    def handle(self) -> None:
        flux = self.request.makefile("rb")
        assert flux.read(10) == b"zINSTREAM\0"
        contenu = b""
        while taille := struct.unpack("!I", flux.read(4))[0]:
            contenu += flux.read(taille)
        type(self).recu = contenu
        self.request.sendall(self.reponse)


@pytest.fixture
def clamd(settings):
    serveur = socketserver.ThreadingTCPServer(("127.0.0.1", 0), FauxClamd)
    serveur.daemon_threads = True
    threading.Thread(target=serveur.serve_forever, daemon=True).start()
    settings.CLAMD_ADRESSE = f"127.0.0.1:{serveur.server_address[1]}"
    yield FauxClamd
    serveur.shutdown()
    serveur.server_close()


@pytest.mark.parametrize(
    ("reponse", "etat"),
    [
        (b"stream: OK\0", "sain"),
        (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", "refuse"),
        (b"INSTREAM size limit exceeded. ERROR\0", "en_analyse"),
        (b"stream: OK", "en_analyse"),
        (b"", "en_analyse"),
        (b"stream: OK FOUND ERROR\0", "en_analyse"),
    ],
)
def test_verdicts_de_clamd(deposer, clamd, reponse, etat):
    clamd.reponse = reponse
    contenu = f.pdf()
    piece = deposer(contenu)
    assert analyser_piece(piece.pk) == etat
    assert clamd.recu == contenu


def test_antivirus_arrete_la_piece_attend_puis_rattrapage(deposer, settings, clamd):
    adresse, settings.CLAMD_ADRESSE = settings.CLAMD_ADRESSE, "127.0.0.1:1"
    pieces = [deposer(f.pdf()), deposer(f.pdf(pages=2))]
    assert tasks.analyser_en_attente() == 0
    assert all(relire(piece).etat == Piece.Etat.EN_ANALYSE for piece in pieces)
    settings.CLAMD_ADRESSE, clamd.reponse = adresse, b"stream: OK\0"
    assert analyser_en_attente() == 2
    assert analyser_en_attente() == 0
    assert all(relire(piece).est_saine for piece in pieces)


def test_sans_antivirus_hors_bac_a_sable_rien_ne_devient_sain(deposer, settings):
    settings.BAC_A_SABLE, settings.CLAMD_ADRESSE = False, ""
    with pytest.raises(antivirus.Indisponible):
        antivirus.examiner(settings.MEDIA_ROOT)
    assert analyser_piece(deposer(f.pdf()).pk) == Piece.Etat.EN_ANALYSE


def test_piece_refusee_ne_redevient_pas_saine_et_son_contenu_ne_change_pas(deposer):
    piece = deposer(f.pdf())
    for champs in ({"empreinte": "0" * 64}, {"chemin": "aa/" + "0" * 32}):
        with pytest.raises(IntegrityError), comme_portail():
            Piece.objects.filter(pk=piece.pk).update(**champs)
    with comme_portail():
        Piece.objects.filter(pk=piece.pk).update(etat="refuse", analysee_le=piece.depose_le)
    with pytest.raises(IntegrityError), comme_portail():
        Piece.objects.filter(pk=piece.pk).update(etat="sain")


def servir(vue, acteur, **cles):
    requete = RequestFactory().get("/")
    requete.acteur = acteur
    with contexte(acteur):
        return vue(requete, **cles)


def test_piece_servie_en_piece_jointe(deposer, scene):
    piece = deposer(f.pdf(), "Étude d’opportunité.pdf")
    analyser_piece(piece.pk)
    reponse = servir(views.piece, scene.ars, piece_id=piece.pk)
    assert reponse.content == f_lu(piece)
    assert reponse["Content-Disposition"] == (
        "attachment; filename=\"Etude d'opportunite.pdf\"; filename*=UTF-8''%C3%89tude%20d%E2%80%99opportunit%C3%A9.pdf"
    )
    assert reponse["X-Content-Type-Options"] == "nosniff"
    assert reponse["Content-Security-Policy"].startswith("sandbox;")
    assert "no-store" in reponse["Cache-Control"]
    assert not reponse.streaming
    with comme_portail():
        assert Evenement.objects.filter(type="piece_consultee", acteur_id=scene.ars.utilisateur_id).count() == 1


def f_lu(piece: Piece) -> bytes:
    return stockage.lire(piece.chemin)


def test_etranger_et_piece_reservee_sont_absents(deposer, scene):
    piece, reservee = deposer(f.pdf()), deposer(f.pdf(), visible_equipe=False)
    for cle in (piece, reservee):
        analyser_piece(cle.pk)
        with pytest.raises(Introuvable):
            servir(views.piece, scene.etranger, piece_id=cle.pk)
    with pytest.raises(Introuvable):
        servir(views.piece, scene.porteur, piece_id=reservee.pk)
    assert servir(views.piece, scene.ars, piece_id=reservee.pk).status_code == 200


def test_blob_altere_n_est_pas_servi(deposer, scene):
    piece = deposer(f.pdf())
    analyser_piece(piece.pk)
    stockage.absolu(piece.chemin).write_bytes(b"autre")
    with pytest.raises(selectors.ContenuAltere):
        servir(views.piece, scene.ars, piece_id=piece.pk)
    assert selectors.pieces_fausses() == [str(piece.pk)]


def test_purge_ne_prend_que_les_vieux_orphelins(deposer, settings, tmp_path, monkeypatch):
    piece = deposer(f.pdf())
    (tmp_path / "orphelin").write_bytes(b"x")
    orphelin = stockage.publier(tmp_path / "orphelin")
    assert purger_orphelins() == 0
    monkeypatch.setattr(stockage, "AGE_ORPHELIN", -1)
    assert purger_orphelins() == 1
    assert stockage.lire(piece.chemin)
    with pytest.raises(stockage.BlobAbsent):
        stockage.lire(orphelin)


@pytest.mark.parametrize("chemin", ["../../etc/passwd", "/etc/passwd", "aa/../../x", "", "aa/zz"])
def test_nom_de_blob_ferme(chemin):
    with pytest.raises(stockage.BlobAbsent):
        stockage.lire(chemin)


def test_sans_locataire_aucune_piece(deposer):
    deposer(f.pdf())
    with transaction.atomic():
        assert not Piece.objects.exists()
