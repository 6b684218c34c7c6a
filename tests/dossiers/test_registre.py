"""The grid, the governance register, the mission and the regional strategy through their acts and screens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from dossiers.models import (
    Consultation,
    Cooperation,
    Decision,
    FicheMission,
    Jugement,
    PieceJugement,
    Siege,
    StrategieRegionale,
)
from dossiers.services import relances
from dossiers.services.jugements import juger
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Interdit
from indicateurs.demonstration.fichiers import fichier
from tests.fabriques import Distribution, client_de, juger_tout, make_dossier, make_piece

pytestmark = pytest.mark.django_db
SIEGE = {
    "nom": "Claire Castelnau", "fonction": "Présidente", "nature": "personne", "profession": "medecin", "specialite": "SM04",
    "mode": "liberal", "en_exercice": "on", "voix": "deliberative", "debut": "2026-02-01",
}  # fmt: skip
FICHE = {
    "valide_du": "2026-03-01", "contact_nom": "Secrétariat", "telephone": "05 61 00 00 00", "courriel": "contact@exemple.fr",
    "horaires": "9 h à 18 h", "delai_teleexpertise": "3", "objectif_internes": "Deux internes par an.",
}  # fmt: skip


def dossier(statut: str = "lettre_deposee", **champs) -> Distribution:
    return make_dossier(statut, **champs).distribution


def preuve():
    return fichier("releve-d-activite.pdf")


def tous(modele, d: Distribution) -> list:
    with comme_portail():
        return list(modele.objects.filter(dossier__numero=d.numero).order_by("pk"))


def lire(d: Distribution, qui: str, nom: str, *arguments: str) -> str:
    with horloge.figer(d.maintenant):
        reponse = client_de(d.utilisateur(qui)).get(reverse(nom, args=[d.numero, *arguments]))
    assert reponse.status_code == 200
    return reponse.content.decode()


def champs_refuses(d: Distribution, qui: str, acte: str, **donnees) -> set[str]:
    with pytest.raises(ErreurMetier) as refus:
        d.fait(qui, acte, **donnees)
    for phrases in refus.value.champs.values():
        assert phrases[0][0].isupper()
        assert phrases[0].endswith((".", ")"))
    return set(refus.value.champs)


def bureau(d: Distribution) -> int:
    d.fait("porteur", "creer_instance", type="bureau", nom="Bureau", creee_le="2026-01-10")
    with comme_portail():
        return d.relire().instances.get().pk


def test_gov_1_refusee_sur_son_champ():
    d = dossier()
    instance = bureau(d)
    for faux in (
        {"specialite": "SM54"},
        {"mode": "hospitalier"},
        {"nature": "structure"},
        {"profession": "usager"},
        {"en_exercice": ""},
        {"specialite": ""},
    ):
        assert champs_refuses(d, "porteur", "ajouter_siege", **(SIEGE | {"instance": instance} | faux)) == {"voix"}
    assert champs_refuses(d, "porteur", "ajouter_siege", **(SIEGE | {"instance": instance, "fin": "2026-01-31"})) == {
        "fin"
    }
    assert champs_refuses(d, "porteur", "ajouter_siege", **(SIEGE | {"instance": instance, "debut": "2026-01-09"})) == {
        "debut"
    }
    assert champs_refuses(d, "porteur", "ajouter_siege", **(SIEGE | {"instance": "999999"})) == {"instance"}
    assert champs_refuses(d, "porteur", "ajouter_siege", **(SIEGE | {"instance": instance, "voix": "double"})) == {
        "voix"
    }
    assert tous(Siege, d) == []
    d.fait("porteur", "ajouter_siege", **SIEGE, instance=instance)
    d.fait("porteur", "ajouter_siege", **(SIEGE | {"specialite": "SM54", "voix": "consultative"}), instance=instance)
    assert [s.voix for s in tous(Siege, d)] == ["deliberative", "consultative"]
    with pytest.raises(IntegrityError), transaction.atomic(), comme_portail():
        Siege.objects.filter(voix="deliberative").update(mode="hospitalier")


def test_un_siege_change_et_son_histoire_reste():
    d = dossier()
    instance = bureau(d)
    d.fait("porteur", "ajouter_siege", **SIEGE, instance=instance)
    siege = tous(Siege, d)[0].pk
    assert champs_refuses(d, "porteur", "corriger_siege", **SIEGE, siege=siege, raison=" ") == {"raison"}
    d.fait("porteur", "corriger_siege", **(SIEGE | {"fin": "2026-06-30"}), siege=siege, raison="Fin de mandat.")
    with comme_portail():
        donnees = Evenement.objects.filter(type="corriger_siege").get().donnees
    assert (donnees["avant"]["fin"], donnees["fin"], donnees["motif"]) == (None, "2026-06-30", "Fin de mandat.")
    assert champs_refuses(d, "porteur", "dissoudre_instance", instance=instance, dissoute_le="2026-01-01") == {
        "dissoute_le"
    }
    d.fait("porteur", "dissoudre_instance", instance=instance, dissoute_le="2026-12-31")
    with pytest.raises(Interdit):
        d.fait("instructeur", "creer_instance", type="bureau", nom="Autre", creee_le="2026-01-10")
    for qui in ("porteur", "instructeur", "gestionnaire", "national"):
        texte = lire(d, qui, "gouvernance")
        assert "Claire Castelnau" in texte
        assert ("Ajouter une instance" in texte) is (qui == "porteur")


def test_gov_2_datee_et_prouvee():
    d = dossier()
    bons = {"tenue_le": "2026-02-20", "forme": "reunion", "objet": "Parcours", "acteurs": "Deux CPTS, un hôpital."}
    assert champs_refuses(d, "porteur", "enregistrer_consultation", **bons) == {"preuve"}
    futur = bons | {"tenue_le": "2999-01-01"}
    assert champs_refuses(d, "porteur", "enregistrer_consultation", **futur, fichiers={"preuve": preuve()}) == {
        "tenue_le"
    }
    hostile = {"preuve": SimpleUploadedFile("preuve.pdf", b"<script>alert(1)</script>")}
    assert champs_refuses(d, "porteur", "enregistrer_consultation", **bons, fichiers=hostile) == {"preuve"}
    assert tous(Consultation, d) == []
    d.fait("porteur", "enregistrer_consultation", **bons, fichiers={"preuve": preuve()})
    assert "Deux CPTS, un hôpital." in lire(d, "gestionnaire", "gouvernance")


def test_le_controle_des_cinq_ans_lit_la_consultation():
    d = dossier("projet_valide")
    assert "Aucune consultation des acteurs du territoire n’est enregistrée" in lire(d, "instructeur", "gouvernance")
    bons = {"tenue_le": "2026-02-20", "forme": "reunion", "objet": "Parcours", "acteurs": "Deux CPTS."}
    d.fait("porteur", "enregistrer_consultation", **bons, fichiers={"preuve": preuve()})
    assert "1 consultation enregistrée avec sa preuve." in lire(d, "instructeur", "gouvernance")


def test_la_fin_d_une_convention_est_dite_une_fois_par_palier():
    d = dossier()
    fin = d.jour + timedelta(days=60)
    bons = {"type": "cpts", "partenaire": "CPTS du Lauragais", "objet": "Adressage.", "debut": "2026-01-01"}
    assert champs_refuses(d, "porteur", "ajouter_cooperation", **bons, fin="2025-12-31") == {"fin"}
    d.fait("porteur", "ajouter_cooperation", **bons, fin=fin.isoformat())
    cooperation = tous(Cooperation, d)[0].pk

    def envois(reste: int) -> int:
        for _ in range(2):
            relances.creer(au=d.maintenant + timedelta(days=60 - reste))
        with comme_portail():
            return Envoi.objects.filter(cle__startswith="courriel:fin_convention").count()

    assert [envois(n) for n in (31, 30, 20, 15, 3, 0)] == [0, 1, 1, 2, 3, 4]
    apres = (fin + timedelta(days=365)).isoformat()
    d.fait("porteur", "corriger_cooperation", **bons, cooperation=cooperation, fin=apres, raison="Renouvelée.")
    assert tous(Cooperation, d)[0].alerte_palier is None


def test_mis_1_versions_datees():
    d = dossier("lettre_validee")
    for faux, champ in (
        ({"delai_teleexpertise": ""}, "delai_consultation"),
        ({"delai_teleexpertise": "-1"}, "delai_teleexpertise"),
        ({"delai_teleexpertise": "trois"}, "delai_teleexpertise"),
        ({"courriel": "pas une adresse"}, "courriel"),
        ({"valide_du": "2999-01-01"}, "valide_du"),
        ({"telephone": "0" * 31}, "telephone"),
    ):
        assert champs_refuses(d, "porteur", "actualiser_mission", **(FICHE | faux)) == {champ}
    assert tous(FicheMission, d) == []
    d.fait("porteur", "actualiser_mission", **FICHE)
    d.avancer(days=30)
    d.fait(
        "porteur", "actualiser_mission", **(FICHE | {"valide_du": d.jour.isoformat(), "telephone": "05 62 11 11 11"})
    )
    texte = lire(d, "instructeur", "mission")
    assert texte.index("05 62 11 11 11") < texte.index("05 61 00 00 00")
    assert "Téléexpertise\u00a0: 3 jours" in texte.replace("&nbsp;", "\u00a0")
    with pytest.raises(Interdit):
        d.fait("instructeur", "actualiser_mission", **FICHE)


def test_une_activite_ecartee_dit_pourquoi_et_ne_compte_plus():
    d = dossier("amorcage_signe")
    d.fait(
        "porteur", "declarer_activite", type="avis_ponctuel", description="27 avis.", date_deploiement=d.jour.isoformat(),
        fichiers={"preuve": preuve()},
    )  # fmt: skip
    with comme_portail():
        activite = d.relire().activites.get().pk
        assert d.relire().echeances.get(regle="DL-5").statut == "tenue"
    assert "À confirmer" in lire(d, "porteur", "mission")
    d.fait("gestionnaire", "examiner_activite", activite=activite, accord="non", motif="Preuve illisible.")
    assert "Preuve illisible." in lire(d, "porteur", "mission")
    with comme_portail():
        assert d.relire().echeances.get(regle="DL-5").statut == "ouverte"


def test_cri_7_en_cinq_lignes_avec_sa_piece_et_son_histoire():
    d = dossier()
    piece = make_piece(d, libelle="Étude d’opportunité")
    client, url = client_de(d.utilisateur("instructeur")), reverse("critere", args=[d.numero, "lettre", "CRI-7"])
    lignes = {
        f"avis_{c}": "conforme" for c in ("besoin", "cahier_des_charges", "contribution", "solidite", "cooperations")
    }
    with horloge.figer(d.maintenant):
        for faux in ({}, lignes, lignes | {"avis": "oui"}, lignes | {"avis": "reserve"}, {"avis": "conforme"}):
            assert client.post(url, faux).status_code == 422
        etrangere = lignes | {"avis": "conforme", "pieces": ["00000000-0000-4000-8000-000000000000"]}
        assert client.post(url, etrangere).status_code == 422
        assert tous(Jugement, d) == []
        assert client.post(url, lignes | {"avis": "conforme", "pieces": [str(piece.pk)]}).status_code == 302
        change = lignes | {"avis": "reserve", "motif": "Étude à compléter.", "pieces": [str(piece.pk)]}
        assert client.post(url, change).status_code == 422
        assert client.post(url, change | {"raison": "Seconde lecture."}).status_code == 302
        texte = client.get(url).content.decode()
    assert [p.piece_id for p in tous(PieceJugement, d)] == [piece.pk]
    assert tous(Jugement, d)[0].lignes["besoin"] == {"avis": "conforme", "motif": ""}
    for attendu in ("Étude d’opportunité", "Seconde lecture.", "Étude à compléter.", "Historique des jugements"):
        assert attendu in texte
    assert client_de(d.utilisateur("porteur")).get(url).status_code == 403
    assert client_de(d.utilisateur("gestionnaire")).post(url, change).status_code == 403


def test_l_equipe_lit_la_grille_sans_les_notes():
    d = dossier()
    acteur = d.acteur("instructeur")
    with contexte(acteur):
        juger(
            numero=d.numero, objet="lettre", critere="CRI-7", avis="reserve", motif="Note secrète.", acteur=acteur,
            maintenant=d.maintenant,
        )  # fmt: skip
    assert "Note secrète." in lire(d, "instructeur", "grille")
    texte = lire(d, "porteur", "grille")
    assert "Note secrète." not in texte
    assert "l’ARS examine ce point" in texte


def test_la_grille_est_figee_avec_la_decision():
    d = dossier()
    juger_tout(d, "lettre")
    d.fait("instructeur", "valider_lettre")
    avant = tous(Decision, d)[0].grille
    with comme_portail():
        d.relire().lettre.__class__.objects.filter(dossier__numero=d.numero).update(medecins_presents=2)
    texte = lire(d, "porteur", "grille")
    assert "Grille figée le" in texte
    assert "60 médecins" in texte
    assert tous(Decision, d)[0].grille == avant
    assert "Grille figée le" in lire(d, "instructeur", "dossier")


def test_un_critere_non_conforme_propose_le_motif_du_refus():
    d = dossier(medecins_presents="8", liberaux="8", adherents_declares="1")
    texte = lire(d, "instructeur", "acte", "refuser_lettre")
    assert (
        'name="motif_cahier_des_charges" checked' in " ".join(texte.split()) or "8 médecins de la spécialité" in texte
    )
    assert "8 médecins de la spécialité, tous modes d’exercice, pour 10 requis." in texte


STRATEGIE = {
    "titre": "PRS 2023–2028",
    "debut": "2023-11-01",
    "orientations": "Renforcer le second recours en cardiologie.",
}


def test_la_strategie_de_l_ars_se_compare_a_la_lettre():
    d, ailleurs = dossier(), dossier(departement="35", specialites=["SM30"])
    client, url = client_de(d.utilisateur("instructeur")), reverse("strategie_nouvelle")
    with horloge.figer(d.maintenant):
        for faux in (
            {},
            STRATEGIE | {"titre": ""},
            STRATEGIE | {"fin": "2020-01-01"},
            STRATEGIE | {"departements": ["35"]},
            STRATEGIE | {"groupes": ["sorcellerie"]},
            STRATEGIE | {"document": "javascript:alert(1)"},
            STRATEGIE | {"document": "http://ars.example/prs.pdf"},
        ):
            assert client.post(url, faux).status_code == 422, faux
        with comme_portail():
            assert not StrategieRegionale.objects.exists()
        bonne = STRATEGIE | {
            "groupes": ["cardiologie"],
            "departements": ["31"],
            "document": "https://ars.example/prs.pdf",
        }
        assert client.post(url, bonne).status_code == 302
        assert client.post(url, bonne).status_code == 422
        with comme_portail():
            pk = StrategieRegionale.objects.get().pk
        assert client.post(reverse("strategie", args=[pk]), bonne | {"titre": "PRS corrigé"}).status_code == 302
    assert "PRS corrigé" in lire(d, "instructeur", "critere", "lettre", "CRI-7")
    assert "PRS corrigé" not in lire(ailleurs, "instructeur", "critere", "lettre", "CRI-7")
    assert client_de(ailleurs.utilisateur("instructeur")).get(reverse("strategie", args=[pk])).status_code == 404
    assert (
        "PRS corrigé" not in client_de(ailleurs.utilisateur("instructeur")).get(reverse("strategies")).content.decode()
    )
    assert client_de(d.utilisateur("gestionnaire")).post(url, bonne).status_code == 403
    assert client_de(d.utilisateur("porteur")).get(reverse("strategies")).status_code == 403


def test_la_base_garde_la_strategie_a_son_ars():
    d, ailleurs = dossier(), dossier(departement="35", specialites=["SM30"])
    with comme_portail():
        StrategieRegionale.objects.create(
            ars=d.relire().ars, titre="x", debut=d.jour, orientations="y", enregistree_le=d.maintenant
        )
    with contexte(ailleurs.acteur("instructeur")), connection.cursor() as curseur:
        curseur.execute("UPDATE dossiers_strategieregionale SET titre = 'vol'")
        assert curseur.rowcount == 0
        curseur.execute("DELETE FROM dossiers_strategieregionale")
        assert curseur.rowcount == 0
