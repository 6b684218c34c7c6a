"""Annexe 3 signed by personal link (ADH-1): one use, thirty days, a code by mail, nothing for a stranger."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction

from adhesions import jetons
from adhesions.effets import code_adhesion, lien_adhesion
from adhesions.models import Adhesion, LienSignature, Professionnel
from adhesions.services import (
    annuler_invitation,
    corriger_adhesion,
    envoyer_lien,
    histoire,
    sortir_adherent,
)
from adhesions.services.signature import Issue, Situation, decliner, demander_code, lire_invitation, signer
from dossiers.models import Dossier
from ess_portal.comptes.locataire import comme_portail, contexte, poser
from ess_portal.comptes.models import Organisation
from ess_portal.documents.models import Document
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Introuvable

from .conftest import MIDI, dossier_de, rpps


def lien_de(adhesion: Adhesion) -> LienSignature:
    with comme_portail():
        return LienSignature.objects.get(adhesion=adhesion, annule_le__isnull=True)


def jeton_de(adhesion: Adhesion) -> str:
    return jetons.jeton(lien_de(adhesion).sel)


def code_de(adhesion: Adhesion) -> str:
    lien = lien_de(adhesion)
    return jetons.code(lien.sel, lien.code_rang)


def signer_tout(adhesion: Adhesion, maintenant=MIDI) -> Issue:
    demander_code(jeton_de(adhesion), choix={}, maintenant=maintenant)
    return signer(jeton_de(adhesion), code=code_de(adhesion), maintenant=maintenant)


def relue(adhesion: Adhesion) -> Adhesion:
    with comme_portail():
        return Adhesion.objects.get(pk=adhesion.pk)


def test_une_invitation_ne_compte_pas(inviter):
    adhesion = relue(inviter())
    assert (adhesion.etat, adhesion.signee_le, adhesion.a_avis_ponctuel) == ("invitee", None, False)


def test_le_lien_puis_le_code_signent(inviter):
    adhesion = inviter()
    demander_code(jeton_de(adhesion), choix={"a_consultations_avancees": True}, maintenant=MIDI)
    assert signer(jeton_de(adhesion), code=code_de(adhesion), maintenant=MIDI) is Issue.SIGNEE
    signee = relue(adhesion)
    assert (signee.etat, signee.signee_le, signee.moyen) == ("signee", date(2026, 7, 6), "lien")
    assert all((signee.a_avis_ponctuel, signee.a_second_recours, signee.a_consultations_avancees))
    with comme_portail():
        assert Document.objects.filter(dossier=signee.dossier, type="formulaire_adhesion").count() == 1
        assert Evenement.objects.filter(dossier=signee.dossier, type="signer_adhesion").count() == 1


def test_le_jour_est_celui_de_la_zone_de_l_ars(inviter):
    """23:30 UTC is already the next day in Paris (CAL-4)."""
    adhesion = inviter()
    signer_tout(adhesion, MIDI.replace(hour=23, minute=30))
    assert relue(adhesion).signee_le == date(2026, 7, 7)


def test_la_base_ne_garde_aucun_secret(inviter, settings):
    adhesion = inviter()
    demander_code(jeton_de(adhesion), choix={}, maintenant=MIDI)
    with comme_portail(), connection.cursor() as c:
        c.execute(
            "SELECT row_to_json(l)::text FROM adhesions_liensignature l UNION ALL SELECT row_to_json(e)::text FROM journal_envoi e"
        )
        contenu = "\n".join(ligne for (ligne,) in c.fetchall())
    assert jeton_de(adhesion) not in contenu
    assert f'"{code_de(adhesion)}"' not in contenu


def test_les_courriels_portent_le_lien_et_le_code(inviter):
    adhesion = inviter()
    demander_code(jeton_de(adhesion), choix={}, maintenant=MIDI)
    with comme_portail():
        for envoi in Envoi.objects.filter(type__in=("lien_adhesion", "code_adhesion")):
            {"lien_adhesion": lien_adhesion, "code_adhesion": code_adhesion}[envoi.type](envoi.charge, envoi.cle)
    lien, code = mail.outbox
    assert f"/adhesion/{jeton_de(adhesion)}/" in lien.body
    assert code_de(adhesion) in code.subject
    assert lien.to == code.to == ["camille1@exemple.fr"]


def test_rejouer_un_lien_utilise(inviter):
    adhesion = inviter()
    jeton = jeton_de(adhesion)
    signer_tout(adhesion)
    assert lire_invitation(jeton, maintenant=MIDI).situation is Situation.SIGNE
    with pytest.raises(Conflit, match="déjà signée"):
        signer(jeton, code="000000", maintenant=MIDI)
    with pytest.raises(Conflit, match="déjà signée"):
        demander_code(jeton, choix={}, maintenant=MIDI)


@pytest.mark.parametrize(
    ("jours", "situation"), [(29, Situation.OUVERT), (30, Situation.PERIME), (400, Situation.PERIME)]
)
def test_le_lien_vit_trente_jours(inviter, jours, situation):
    jeton = jeton_de(inviter())
    assert lire_invitation(jeton, maintenant=MIDI + timedelta(days=jours)).situation is situation


def test_un_lien_perime_ne_signe_pas(inviter):
    adhesion = inviter()
    demander_code(jeton_de(adhesion), choix={}, maintenant=MIDI)
    with pytest.raises(Conflit, match="plus valable"):
        signer(jeton_de(adhesion), code=code_de(adhesion), maintenant=MIDI + timedelta(days=31))
    assert relue(adhesion).etat == "invitee"


@pytest.mark.parametrize("jeton", ["", "x", "A" * 43, "é" * 43])
def test_un_lien_inconnu(db, jeton):
    with pytest.raises(Introuvable):
        lire_invitation(jeton, maintenant=MIDI)


def test_le_dernier_lien_envoye_est_le_seul(inviter, porteur):
    adhesion = inviter()
    ancien = jeton_de(adhesion)
    with contexte(porteur):
        envoyer_lien(
            numero=adhesion.dossier.numero, adhesion=adhesion.pk, acteur=porteur, maintenant=MIDI + timedelta(hours=1)
        )
    assert lire_invitation(ancien, maintenant=MIDI).situation is Situation.PERIME
    assert lire_invitation(jeton_de(adhesion), maintenant=MIDI).situation is Situation.OUVERT


def test_un_renvoi_attend_dix_minutes(inviter, porteur):
    adhesion = inviter()
    with contexte(porteur), pytest.raises(ErreurMetier, match="dix minutes"):
        envoyer_lien(
            numero=adhesion.dossier.numero, adhesion=adhesion.pk, acteur=porteur, maintenant=MIDI + timedelta(minutes=9)
        )


def test_invitation_annulee_ou_declinee(inviter, porteur):
    annulee, declinee = inviter(), inviter()
    jeton = jeton_de(annulee)
    with contexte(porteur):
        annuler_invitation(numero=annulee.dossier.numero, adhesion=annulee.pk, acteur=porteur, maintenant=MIDI)
    assert lire_invitation(jeton, maintenant=MIDI).situation is Situation.PERIME
    jeton = jeton_de(declinee)
    decliner(jeton, maintenant=MIDI)
    assert relue(declinee).etat == "annulee"
    assert lire_invitation(jeton, maintenant=MIDI).situation is Situation.PERIME


def test_cinq_codes_faux_puis_plus_rien(inviter):
    adhesion = inviter()
    demander_code(jeton_de(adhesion), choix={}, maintenant=MIDI)
    bon = code_de(adhesion)
    faux = f"{(int(bon) + 1) % 1_000_000:06d}"
    issues = [signer(jeton_de(adhesion), code=faux, maintenant=MIDI) for _ in range(5)]
    assert issues == [Issue.CODE_FAUX] * 4 + [Issue.CODE_PERIME]
    assert signer(jeton_de(adhesion), code=bon, maintenant=MIDI) is Issue.CODE_PERIME
    demander_code(jeton_de(adhesion), choix={}, maintenant=MIDI + timedelta(minutes=2))
    assert signer(jeton_de(adhesion), code=bon, maintenant=MIDI + timedelta(minutes=2)) is Issue.CODE_FAUX
    assert signer(jeton_de(adhesion), code=code_de(adhesion), maintenant=MIDI + timedelta(minutes=2)) is Issue.SIGNEE


def test_un_code_vit_quinze_minutes_et_dix_par_lien(inviter):
    adhesion = inviter()
    demander_code(jeton_de(adhesion), choix={}, maintenant=MIDI)
    assert (
        signer(jeton_de(adhesion), code=code_de(adhesion), maintenant=MIDI + timedelta(minutes=15)) is Issue.CODE_PERIME
    )
    for rang in range(1, 10):
        demander_code(jeton_de(adhesion), choix={}, maintenant=MIDI + timedelta(hours=rang))
    with pytest.raises(ErreurMetier, match="Trop de codes"):
        demander_code(jeton_de(adhesion), choix={}, maintenant=MIDI + timedelta(hours=11))


def test_sans_code_demande_rien_ne_signe(inviter):
    adhesion = inviter()
    lien = lien_de(adhesion)
    assert signer(jetons.jeton(lien.sel), code=jetons.code(lien.sel, 0), maintenant=MIDI) is Issue.CODE_PERIME


def test_le_code_d_un_autre_lien_ne_signe_pas(inviter):
    a, b = inviter(), inviter()
    for x in (a, b):
        demander_code(jeton_de(x), choix={}, maintenant=MIDI)
    if code_de(a) != code_de(b):
        assert signer(jeton_de(a), code=code_de(b), maintenant=MIDI) is Issue.CODE_FAUX


def test_meme_rpps_refuse_dans_la_meme_equipe(inviter):
    inviter(rpps=rpps(900))
    with pytest.raises(Conflit, match="déjà"):
        inviter(rpps=f"8 {rpps(900)}")


@pytest.mark.parametrize("faux", ["", "12345678901", "101041732", "abc", "8" + "1" * 11])
def test_rpps_invalide(inviter, faux):
    with pytest.raises(ErreurMetier) as refus:
        inviter(rpps=faux)
    assert "rpps" in refus.value.champs


def test_sortir_puis_revenir_le_lendemain_seulement(inviter, porteur):
    premiere = inviter(rpps=rpps(901))
    signer_tout(premiere)
    with contexte(porteur):
        sortir_adherent(
            numero=premiere.dossier.numero,
            adhesion=premiere.pk,
            date_sortie=date(2026, 7, 20),
            motif="Départ",
            acteur=porteur,
            maintenant=MIDI,
        )
    seconde = inviter(rpps=rpps(901))
    with pytest.raises(Conflit, match="jusqu’au"):
        signer_tout(seconde, MIDI + timedelta(days=14))
    assert signer_tout(seconde, MIDI + timedelta(days=15)) is Issue.SIGNEE


def test_la_base_refuse_deux_adhesions_aux_memes_jours(inviter, porteur):
    a = inviter(rpps=rpps(902))
    signer_tout(a)
    sortir = {"date_sortie": date(2026, 8, 1), "motif": "Départ", "acteur": porteur, "maintenant": MIDI}
    with contexte(porteur):
        sortir_adherent(numero=a.dossier.numero, adhesion=a.pk, **sortir)
    b = inviter(rpps=rpps(902))
    champs = {
        "etat": "signee",
        "moyen": "lien",
        "signature_le": MIDI,
        "a_avis_ponctuel": True,
        "a_second_recours": True,
    }
    with comme_portail():
        with pytest.raises(IntegrityError, match="adhesion_sans_chevauchement"), transaction.atomic():
            Adhesion.objects.filter(pk=b.pk).update(signee_le=date(2026, 8, 1), **champs)
        assert Adhesion.objects.filter(pk=b.pk).update(signee_le=date(2026, 8, 2), **champs) == 1
        histoire.ouvrir_existantes([relue(b)], acteur=porteur, maintenant=MIDI)


def test_correction_tracee_avec_son_motif(inviter, porteur):
    adhesion = inviter()
    signer_tout(adhesion)
    commun = {"numero": adhesion.dossier.numero, "adhesion": adhesion.pk, "acteur": porteur, "maintenant": MIDI}
    with contexte(porteur):
        with pytest.raises(ErreurMetier, match="motif"):
            corriger_adhesion(**commun, motif=" ", corrections={"mode": "mixte"})
        with pytest.raises(ErreurMetier, match="Aucune"):
            corriger_adhesion(**commun, motif="Erreur", corrections={"mode": "liberal"})
        with pytest.raises(ErreurMetier, match="garde sa date"):
            corriger_adhesion(**commun, motif="Erreur", corrections={"signee_le": date(2026, 1, 1)})
        corriger_adhesion(**commun, motif="Erreur de saisie", corrections={"mode": "mixte", "nom": "Roques-Martin"})
        trace = Evenement.objects.get(dossier=adhesion.dossier, type="corriger_adhesion").donnees
    assert trace["champs"] == ["nom", "mode"]
    assert (trace["avant"], trace["apres"]) == ({"mode": "liberal"}, {"mode": "mixte"})
    assert "Roques" not in str(trace)


def test_un_voisin_ne_voit_ni_les_adhesions_ni_les_professionnels(inviter, voisin):
    adhesion = inviter()
    with contexte(voisin):
        assert Adhesion.objects.count() == LienSignature.objects.count() == Professionnel.objects.count() == 0
        assert not Professionnel.objects.filter(rpps=rpps(1)).exists()
        with pytest.raises(Introuvable):
            envoyer_lien(numero=adhesion.dossier.numero, adhesion=adhesion.pk, acteur=voisin, maintenant=MIDI)


def test_sans_locataire_rien(inviter):
    inviter()
    with transaction.atomic():
        poser(None)
        with connection.cursor() as c:
            for table in ("adhesion", "liensignature", "professionnel"):
                c.execute(f"SELECT count(*) FROM adhesions_{table}")
                assert c.fetchone() == (0,)


def test_une_equipe_ne_change_pas_l_annuaire(inviter, voisin, porteur):
    """The neighbour who invites the same number leaves what is known of the person as it is, and reads its own entry."""
    inviter(rpps=rpps(903), nom="Roques")
    chez_le_voisin = dossier_de(voisin, ["65"])
    autre = inviter(rpps=rpps(903), nom="Mensonge", numero=chez_le_voisin.numero, acteur=voisin)
    with contexte(porteur):
        assert list(Professionnel.objects.values_list("nom", flat=True)) == ["Roques"]
        assert Professionnel.objects.filter(rpps=rpps(903)).update(nom="Autre") == 0
    assert autre.nom == "Mensonge"


@pytest.fixture
def double(inviter, voisin):
    chez_le_voisin = dossier_de(voisin, ["65"])
    signer_tout(inviter(rpps=rpps(904), numero=chez_le_voisin.numero, acteur=voisin))
    return inviter(rpps=rpps(904))


def test_double_adhesion_les_deux_caisses_sont_averties_l_equipe_ne_lit_pas_l_autre(double, voisin):
    """ADH-2, setting « avertir »."""
    caisses = [
        Organisation.objects.create(type="caisse", code=f"caisse-{n}", nom=f"CPAM {n}", region="76", departement="31")
        for n in "ab"
    ]
    with comme_portail():
        autre = Adhesion.objects.select_related("dossier").get(professionnel=double.professionnel_id, etat="signee")
        for dossier_id, caisse in zip((double.dossier_id, autre.dossier_id), caisses, strict=True):
            Dossier.objects.filter(pk=dossier_id).update(caisse=caisse)
    assert signer_tout(double) is Issue.SIGNEE
    with comme_portail():
        envois = Envoi.objects.filter(charge__gabarit="double_adhesion")
        assert {e.charge["organisation"] for e in envois} == {c.pk for c in caisses}
        evenement = Evenement.objects.get(dossier=double.dossier, type="signer_adhesion")
    assert autre.dossier.numero not in str(evenement.donnees)


def test_double_adhesion_bloquee_par_le_reglage(double, monkeypatch):
    monkeypatch.setattr("adhesions.services.double.parametres", lambda *_: Parametres(double_adhesion="bloquer"))
    with pytest.raises(Conflit, match="autre équipe"):
        signer_tout(double)
    assert relue(double).etat == "invitee"
