"""Two times: what was true on a day, what was known on a day; a table that is added to and never rewritten."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from adhesions.effectifs import adherents_liberaux, effectif, effectifs
from adhesions.models import ActeAdhesion, Adhesion, VersionAdhesion
from adhesions.services import changer_exercice, corriger_adhesion, retirer_adhesion, sortir_adherent
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Utilisateur
from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier

from .conftest import MIDI, dossier_de, rpps
from .test_effectifs import poser, une
from .test_signature import relue, signer_tout

AOUT, SEPT = date(2026, 8, 1), date(2026, 9, 1)
PLUS_TARD = MIDI + timedelta(days=100)


@pytest.fixture
def signee(inviter) -> Adhesion:
    adhesion = inviter()
    signer_tout(adhesion)
    return adhesion


@pytest.fixture
def faire(signee, porteur):
    def agir(service, maintenant=PLUS_TARD, **champs) -> Adhesion:
        commun = {"numero": signee.dossier.numero, "adhesion": signee.pk, "acteur": porteur, "maintenant": maintenant}
        with contexte(porteur):
            return service(**commun, **champs)

    return agir


def comptes(dossier, jour: date, connu_le=None) -> tuple[int, int]:
    with comme_portail():
        return effectif(dossier, jour, connu_le), adherents_liberaux(dossier, jour, connu_le)


def test_un_changement_laisse_les_jours_d_avant(faire, signee):
    faire(changer_exercice, date_effet=SEPT, mode="hospitalier", motif="Poste au CHU")
    veille = SEPT - timedelta(days=1)
    assert [comptes(signee.dossier, j) for j in (veille, SEPT)] == [(1, 1), (1, 0)]
    assert relue(signee).mode == "hospitalier"


def test_une_correction_change_le_passe_et_garde_ce_qu_on_savait(faire, signee):
    faire(corriger_adhesion, motif="Erreur de saisie", corrections={"mode": "hospitalier"})
    assert comptes(signee.dossier, AOUT) == (1, 0)
    assert comptes(signee.dossier, AOUT, PLUS_TARD - timedelta(minutes=1)) == (1, 1), "ce que nous savions"
    assert comptes(signee.dossier, AOUT, MIDI - timedelta(minutes=1)) == (0, 0), "rien avant la signature"


def test_corriger_une_seule_periode(faire, signee):
    faire(changer_exercice, date_effet=SEPT, mode="mixte", motif="Temps partagé")
    faire(corriger_adhesion, periode=AOUT, motif="Erreur", corrections={"mode": "hospitalier"})
    assert [comptes(signee.dossier, j)[1] for j in (AOUT, SEPT)] == [0, 1]


@pytest.mark.parametrize(
    ("jour", "champs"), [(date(2026, 1, 1), {"mode": "mixte"}), (SEPT, {"mode": "liberal"}), (SEPT, {})]
)
def test_un_changement_refuse(faire, jour, champs):
    with pytest.raises(ErreurMetier):
        faire(changer_exercice, date_effet=jour, motif="Motif", **champs)


def test_retirer_une_adhesion_enregistree_par_erreur(faire, signee):
    faire(retirer_adhesion, motif="Formulaire d’une autre personne")
    assert comptes(signee.dossier, AOUT) == (0, 0)
    assert comptes(signee.dossier, AOUT, PLUS_TARD - timedelta(minutes=1)) == (1, 1)
    assert relue(signee).etat == "annulee"


def test_chaque_acte_a_son_auteur_et_son_motif(faire, signee):
    faire(changer_exercice, date_effet=SEPT, mode="mixte", motif="Temps partagé")
    faire(sortir_adherent, date_sortie=date(2026, 10, 1), motif="Départ")
    with comme_portail():
        actes = list(ActeAdhesion.objects.order_by("pk").values_list("type", "motif", "champs"))
        assert ActeAdhesion.objects.filter(evenement=None).count() == 0
        premier = ActeAdhesion.objects.order_by("pk").first()
    assert actes == [("signature", "", []), ("changement", "Temps partagé", ["mode"]), ("sortie", "Départ", [])]
    assert "Roques" not in premier.auteur_nom, "la chaîne ne porte pas le nom du signataire"


def test_l_horloge_qui_recule_ne_fait_pas_oublier(faire, signee):
    faire(corriger_adhesion, maintenant=MIDI - timedelta(days=5), motif="Erreur", corrections={"mode": "mixte"})
    with comme_portail():
        assert VersionAdhesion.objects.connues().get().connu_du == MIDI


def test_la_table_ne_se_reecrit_pas(signee, porteur):
    with comme_portail():
        version = VersionAdhesion.objects.get()
        for requete in (
            "UPDATE adhesions_versionadhesion SET mode = 'mixte'",
            "UPDATE adhesions_versionadhesion SET connu_du = connu_du - interval '1 day'",
            "UPDATE adhesions_acteadhesion SET motif = 'autre'",
            "DELETE FROM adhesions_versionadhesion",
            "DELETE FROM adhesions_acteadhesion",
            "TRUNCATE adhesions_versionadhesion",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as c:
                c.execute(requete)
        assert VersionAdhesion.objects.get().mode == version.mode


@pytest.mark.parametrize("champs", [{"mode": "mixte"}, {"signee_le": AOUT}, {"departements": ["32"]}])
def test_une_ligne_et_ses_versions_disent_la_meme_chose(signee, champs):
    """Whoever writes beside the door is refused at the commit."""
    with comme_portail():
        with pytest.raises(DatabaseError, match="ne disent pas"), transaction.atomic():
            ecrire_a_cote(signee, champs)
        with connection.cursor() as c:
            c.execute("SET CONSTRAINTS ALL DEFERRED")


def ecrire_a_cote(adhesion: Adhesion, champs: dict[str, object]) -> None:
    """Straight in the row, then what a commit would check."""
    Adhesion.objects.filter(pk=adhesion.pk).update(**champs)
    with connection.cursor() as c:
        c.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_une_signature_ne_se_corrige_pas_apres_la_sortie(inviter, porteur, dossier):
    with comme_portail():
        poser(dossier, [une(entree=date(2026, 3, 1), sortie=date(2026, 5, 1))])
        pk = Adhesion.objects.get().pk
    commun = {"numero": dossier.numero, "adhesion": pk, "acteur": porteur, "maintenant": PLUS_TARD, "motif": "Erreur"}
    with contexte(porteur), pytest.raises(ErreurMetier, match="ne précède pas"):
        corriger_adhesion(**commun, corrections={"signee_le": date(2026, 6, 1)})


def test_renoncer_a_une_sortie_controle_la_double_adhesion(faire, signee, voisin, inviter, monkeypatch):
    """ADH-2 holds for corrections: coming back over the days signed elsewhere is refused by « bloquer »."""
    faire(sortir_adherent, date_sortie=date(2026, 7, 20), motif="Départ")
    chez_le_voisin = dossier_de(voisin, ["65"])
    autre = inviter(rpps=rpps(1), numero=chez_le_voisin.numero, acteur=voisin)
    monkeypatch.setattr("adhesions.services.double.parametres", lambda *_: Parametres(double_adhesion="bloquer"))
    signer_tout(autre, MIDI + timedelta(days=20))
    with pytest.raises(Conflit, match="autre équipe"):
        faire(corriger_adhesion, motif="Erreur", corrections={"sortie_le": None})
    assert relue(signee).etat == "sortie"


def test_la_page_dit_l_histoire_en_deux_lectures(client, faire, signee, porteur):
    faire(changer_exercice, date_effet=SEPT, mode="mixte", motif="Temps partagé")
    faire(corriger_adhesion, periode=AOUT, motif="Erreur de saisie", corrections={"mode": "hospitalier"})
    client.force_login(Utilisateur.objects.get(pk=porteur.utilisateur_id))
    page = f"/dossiers/{signee.dossier.numero}/adherents/{signee.pk}/"
    with horloge.figer(PLUS_TARD):
        lue = client.get(page).text
        avant = client.get(f"{page}?connu_le=2026-08-15").text
        assert client.get(f"{page}?connu_le=pas-un-jour").status_code == 200
        assert client.get(f"{page}changement/").status_code == client.get(f"{page}retrait/").status_code == 200
        assert 'value="hospitalier" ' in client.get(f"{page}correction/?periode=2026-07-06").text
    vrai, su = lue.split("Ce que nous savions")
    assert "Hospitalier" in vrai.split("Ce qui était vrai")[1]
    assert "Temps partagé" in su
    assert "Erreur de saisie" in su
    assert "Hospitalier" not in avant.split("Ce qui était vrai")[1].split("Ce que nous savions")[0]


def test_les_filtres_de_la_liste(client, inviter, signee, porteur):
    inviter(nom="Ünal", mode="hospitalier", departements=["81"])
    client.force_login(Utilisateur.objects.get(pk=porteur.utilisateur_id))
    page = f"/dossiers/{signee.dossier.numero}/adherents/"

    def noms(requete: str) -> set[str]:
        return {x["adhesion"].nom for x in client.get(page + requete).context["lignes"]}

    assert noms("") == {"Roques1", "Ünal"}
    assert noms("?recherche=unal") == noms("?mode=hospitalier") == noms("?etat=invitee") == {"Ünal"}
    assert noms("?departement=32") == {"Roques1"}
    assert noms(f"?recherche={rpps(1)}") == noms("?etat=signee") == {"Roques1"}
    assert noms("?recherche=personne") == set()
    assert noms("?etat=xxx&specialite=yyy&mode=%00") == {"Roques1", "Ünal"}


def test_un_certificat_par_jour_et_par_savoir(client, faire, signee, porteur):
    client.force_login(Utilisateur.objects.get(pk=porteur.utilisateur_id))
    page = f"/dossiers/{signee.dossier.numero}/adherents/{signee.pk}/certificat/"
    with horloge.figer(PLUS_TARD):
        premiere, seconde = client.post(page)["Location"], client.post(page)["Location"]
        assert premiere == seconde
    faire(changer_exercice, date_effet=SEPT, mode="mixte", motif="Temps partagé")
    with horloge.figer(PLUS_TARD):
        assert client.post(page)["Location"] != premiere


def test_les_paliers_n_ont_pas_de_trou(faire, signee):
    faire(sortir_adherent, date_sortie=AOUT, motif="Départ")
    with comme_portail():
        paliers = effectifs(signee.dossier, date(2026, 7, 1), SEPT)
    assert [(p.du, p.nombre) for p in paliers] == [(date(2026, 7, 1), 0), (date(2026, 7, 6), 1), (date(2026, 8, 2), 0)]
