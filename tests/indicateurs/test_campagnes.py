# ruff: noqa: F811  fixtures of another file
"""The campaign of a year's report: opened once, put off, written by two, explained, corrected with a trace; and the monthly counters."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from dossiers.models import Echeance, Message, Tache
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.documents.models import Document
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from indicateurs import services
from indicateurs.emploi import compte
from indicateurs.models import Campagne, Compteur, Rapport, VersionRapport
from indicateurs.services import Perime
from tests.indicateurs.test_rapports import (  # noqa: F401  fixtures
    ANNIVERSAIRE,
    COMPLET,
    contrat,
    contrats,
    deposer,
    dossier,
    ecrire,
)

DUE = date(2026, 4, 1)
MARS = datetime(2026, 3, 1, 9, tzinfo=UTC)


def faire(service, qui, maintenant=ANNIVERSAIRE, **champs):
    with contexte(qui[1]):
        return service(acteur=qui[1], maintenant=maintenant, **champs)


def ouvrir(dossier, au=MARS):
    """The scan as the portal runs it, the anniversary being among the échéances."""
    with comme_portail():
        if not Echeance.objects.filter(dossier=dossier, regle="DL-7").exists():
            Echeance.objects.create(
                dossier=dossier, regle="DL-7", objet="dotation", rang=1, qui="caisse", dernier_jour=DUE, statut="ouverte",
                instant=datetime(2026, 4, 1, 22, tzinfo=UTC), explication=[], **Echeance.colonnes(dossier),
            )  # fmt: skip
    return services.ouvrir_campagnes(au=au)


def tache(dossier) -> Tache:
    with comme_portail():
        return Tache.objects.get(dossier=dossier, type="deposer_rapport")


def test_la_campagne_s_ouvre_une_fois(dossier, contrat, porteur):
    """A month before the year's end, not a day sooner; run again, it writes nothing."""
    assert ouvrir(dossier, datetime(2026, 2, 28, 22, tzinfo=UTC)) == 0
    assert ouvrir(dossier) == 1
    assert ouvrir(dossier, MARS + timedelta(days=3)) == 0
    with comme_portail():
        assert Envoi.objects.filter(dossier=dossier, charge__gabarit="rapport_ouvert").count() == 1
        assert Evenement.objects.filter(dossier=dossier, type="ouvrir_campagne").count() == 1
    assert (tache(dossier).a_faire_au_plus_tard, tache(dossier).qui) == (DUE, "equipe")


@pytest.mark.parametrize("contrats", [[(date(2025, 4, 1), date(2030, 4, 1), date(2025, 9, 15))]])
def test_la_derniere_annee_d_un_contrat_fini_plus_tot_a_sa_campagne(dossier, contrat, porteur):
    """Its anniversary is annulled with the contract: the report is due the day the contract ended, and asked for once."""
    with comme_portail():
        for rang in (1, 2):
            Echeance.objects.create(
                dossier=dossier, regle="DL-7", objet="dotation", rang=rang, qui="caisse", dernier_jour=date(2025 + rang, 4, 1),
                statut="annulee", instant=datetime(2025 + rang, 4, 1, 22, tzinfo=UTC), explication=[], **Echeance.colonnes(dossier),
            )  # fmt: skip
    assert ouvrir(dossier, datetime(2025, 8, 14, 9, tzinfo=UTC)) == 0
    assert ouvrir(dossier, datetime(2025, 8, 16, 9, tzinfo=UTC)) == 1
    assert ouvrir(dossier, datetime(2025, 10, 1, 9, tzinfo=UTC)) == 0
    assert ouvrir(dossier, datetime(2026, 5, 1, 9, tzinfo=UTC)) == 0
    assert tache(dossier).a_faire_au_plus_tard == date(2025, 9, 15)
    with comme_portail():
        assert list(Campagne.objects.filter(dossier=dossier).values_list("annee", "due_le")) == [(1, date(2025, 9, 15))]


def test_la_campagne_se_clot_au_depot_et_ne_rouvre_pas(dossier, ecrire, deposer):
    ouvrir(dossier)
    ecrire(**COMPLET)
    deposer()
    assert tache(dossier).faite_le is not None
    assert ouvrir(dossier, ANNIVERSAIRE) == 0


def test_un_rapport_deja_depose_n_est_pas_demande(dossier, ecrire, deposer):
    ecrire(**COMPLET)
    deposer()
    assert ouvrir(dossier, ANNIVERSAIRE) == 1
    with comme_portail():
        assert not Envoi.objects.filter(dossier=dossier, charge__gabarit="rapport_ouvert").exists()
        assert not Tache.objects.filter(dossier=dossier, type="deposer_rapport").exists()


@pytest.mark.parametrize(
    ("champs", "champ"),
    [({"au": DUE}, "au"), ({"au": date(2027, 6, 1)}, "au"), ({"motif": " "}, "motif")],
)
def test_une_prorogation_se_motive_et_recule(dossier, contrat, instructeur, champs, champ):
    with pytest.raises(ErreurMetier) as refus:
        faire(services.proroger_rapport, instructeur, numero=dossier.numero, annee=1, **{"au": date(2026, 5, 15), "motif": "Congé"} | champs)  # fmt: skip
    assert list(refus.value.champs) == [champ]
    with comme_portail():
        assert not Campagne.objects.exists()


def test_l_ars_reporte_la_date(client, dossier, contrat, instructeur, porteur, ecrire, deposer):
    ouvrir(dossier)
    adresse = f"/dossiers/{dossier.numero}/rapports/1/"
    client.force_login(instructeur[0])
    with horloge.figer(ANNIVERSAIRE):
        assert "pas encore déposé" in client.get(adresse).text
        faux = client.post(adresse, {"proroger": "1", "au": "15/05/2026", "motif": ""})
        assert faux.status_code == 422
        assert "15/05/2026" in faux.text
        assert (
            client.post(adresse, {"proroger": "1", "au": "15/05/2026", "motif": "Référente absente"}).status_code == 302
        )
        assert "15\u00a0mai\u00a02026" in client.get(adresse).text
        client.force_login(porteur[0])
        assert "Référente absente" in client.get(adresse).text
    assert tache(dossier).a_faire_au_plus_tard == date(2026, 5, 15)
    with comme_portail():
        envois = Envoi.objects.filter(dossier=dossier, charge__gabarit="rapport_proroge")
        assert {e.charge["organisation"] for e in envois} == {dossier.equipe_id, dossier.caisse_id}
        assert Evenement.objects.get(dossier=dossier, type="proroger_rapport").donnees["avant"] == "2026-04-01"
    ecrire(**COMPLET)
    deposer()
    with pytest.raises(Conflit):
        faire(services.proroger_rapport, instructeur, numero=dossier.numero, annee=1, au=date(2026, 6, 1), motif="x")


def test_deux_personnes_ecrivent(client, dossier, contrat, porteur):
    """A stale save is refused with what changed; what was typed stays on the screen and goes through once compared."""
    client.force_login(porteur[0])
    adresse = f"/dossiers/{dossier.numero}/rapports/1/"
    with horloge.figer(ANNIVERSAIRE):
        lu = client.post(adresse, {"i1": "5", "version": "0"}, headers={"HX-Request": "true"})
        assert 'name="version" value="1"' in lu.text
        perime = client.post(adresse, {"i1": "7", "commentaires": "À moi", "version": "0"})
        assert perime.status_code == 409
        assert "Ce qui a changé pendant votre saisie" in perime.text
        assert "À moi" in perime.text
        assert 'name="version" value="1"' in perime.text
        auto = client.post(adresse, {"i1": "7", "version": "0"}, headers={"HX-Request": "true"})
        assert "Pas enregistré" in auto.text
        assert 'value="0"' in auto.text
        assert client.post(adresse, {"i1": "5", "version": "0"}).status_code == 302, "the same content is no conflict"
        with comme_portail():
            version = Rapport.objects.get(dossier=dossier).version
        assert client.post(adresse, {"i1": "7", "version": str(version)}).status_code == 302
    with comme_portail():
        assert Rapport.objects.get(dossier=dossier).i1 == 7


def test_une_version_perimee_n_ecrit_rien(dossier, contrat, porteur):
    commun = {"numero": dossier.numero, "annee": 1}
    faire(services.enregistrer_rapport, porteur, donnees={"i1": 5}, version=0, **commun)
    with pytest.raises(Perime) as refus:
        faire(services.enregistrer_rapport, porteur, donnees={"i1": 6}, version=0, **commun)
    assert [(e.champ, e.avant, e.apres) for e in refus.value.ecarts] == [("i1", 5, 6)]
    assert refus.value.version == 1


def test_une_valeur_qui_surprend_s_explique(ecrire, deposer, dossier):
    ecrire(**COMPLET | {"i2": 30})
    with pytest.raises(ErreurMetier) as refus:
        deposer()
    assert list(refus.value.champs) == ["explication_i2"]
    ecrire(explications={"i2": "Patients communs à plusieurs soignants."})
    deposer()
    with comme_portail():
        imprime = Document.objects.get(dossier=dossier, type="rapport_activite").donnees["explications"]
    assert imprime[0]["texte"] == "Patients communs à plusieurs soignants."


def test_chaque_depot_garde_sa_version(client, ecrire, deposer, dossier, instructeur):
    commun = {"numero": dossier.numero, "annee": 1}
    ecrire(**COMPLET)
    deposer()
    faire(services.demander_correction, instructeur, texte="I2 semble double", **commun)
    ecrire(i2=150)
    deposer()
    with comme_portail():
        versions = list(VersionRapport.objects.filter(dossier=dossier).order_by("numero"))
    assert [v.contenu["i2"] for v in versions] == [300, 150]
    assert versions[0].contenu["montant_depense"] == "41000.50"
    client.force_login(instructeur[0])
    with horloge.figer(ANNIVERSAIRE):
        lu = client.get(f"/dossiers/{dossier.numero}/rapports/1/").text
    assert "Version 2" in lu
    assert "Patients pris en charge" in lu


def test_une_question_se_pose_sur_le_rapport(client, ecrire, deposer, dossier, instructeur, porteur):
    ecrire(**COMPLET)
    deposer()
    adresse = f"/dossiers/{dossier.numero}/rapports/1/"
    with horloge.figer(ANNIVERSAIRE):
        client.force_login(instructeur[0])
        assert client.post(adresse, {"question": "Que recouvre I3 ?"}).status_code == 302
        client.force_login(porteur[0])
        assert "Que recouvre I3" in client.get(adresse).text
        assert client.post(adresse, {"question": "Les avis écrits."}).status_code == 302
    with comme_portail():
        assert Message.objects.filter(dossier=dossier, texte__startswith="Rapport d’activité, année 1").count() == 2
        assert Rapport.objects.get(dossier=dossier).statut == "depose"


def mois(dossier, porteur, mois="2025-05", maintenant=ANNIVERSAIRE, source="api", **valeurs):
    return faire(
        services.enregistrer_compteurs, porteur, maintenant, numero=dossier.numero, mois=mois, valeurs=valeurs, source=source
    )  # fmt: skip


def test_le_meme_mois_ne_compte_pas_deux_fois(dossier, contrat, porteur):
    assert mois(dossier, porteur, i3=5, delai_rdv=[3, 3, 9]).changes == {"i3": None, "delai_rdv": None}
    assert mois(dossier, porteur, i3="5", delai_rdv="9 ; 3×2").changes == {}
    assert mois(dossier, porteur, i3=6).changes == {"i3": 5}
    with comme_portail():
        lus = list(Compteur.objects.filter(dossier=dossier).order_by("indicateur", "version"))
        traces = Evenement.objects.filter(dossier=dossier, type="enregistrer_compteurs").order_by("pk")
        assert [e.donnees["avant"] for e in traces] == [{}, {"i3": 5}]
    assert [(c.indicateur, c.contenu, c.version, c.est_courant) for c in lus] == [
        ("delai_rdv", {3: 2, 9: 1}, 1, True), ("i3", 5, 1, False), ("i3", 6, 2, True)
    ]  # fmt: skip


def test_ce_qui_est_depose_ne_change_plus_dans_la_base(ecrire, deposer, dossier, porteur):
    """The person who filed may go (RET-1); figures and their versions may not."""
    ecrire(**COMPLET)
    deposer()
    mois(dossier, porteur, i3=5)
    with comme_portail():
        for lignes, changement in (
            (VersionRapport.objects, {"contenu": {}}),
            (VersionRapport.objects, {"numero": 9}),
            (Compteur.objects, {"valeur": 13}),
            (Compteur.objects, {"version": 7}),
        ):
            with pytest.raises(DatabaseError, match="ne change plus"), transaction.atomic():
                lignes.update(**changement)
            with pytest.raises(DatabaseError, match="ne change plus"), transaction.atomic():
                lignes.all().delete()
        assert VersionRapport.objects.update(deposee_par=None) == 1
        assert Compteur.objects.update(est_courant=False) == 1
        with pytest.raises(DatabaseError, match="ne change plus"), transaction.atomic():
            Compteur.objects.update(est_courant=True)


@pytest.mark.parametrize(
    ("quand", "valeurs", "champ"),
    [
        ("2025-05", {"i3": "douze"}, "i3"), ("2025-05", {"i3": -1}, "i3"), ("2025-05", {"i1": 1, "i1b": 2}, "i1b"),
        ("2025-05", {"i4": 0, "i5": 1}, "i4"), ("2025-03", {"i3": 1}, "mois"), ("2026-05", {"i3": 1}, "mois"), ("mai", {"i3": 1}, "mois"),
        ("2025-05", {}, "mois"), ("2025-05", {"i9": 1}, "i9"), ("2025-05", {"delai_rdv": {"x": 1}}, "delai_rdv"),
    ],
)  # fmt: skip
def test_un_mois_faux_est_refuse_sur_son_champ(dossier, contrat, porteur, quand, valeurs, champ):
    """The contract begins on 1 April 2025: March is in no year of it."""
    with pytest.raises(ErreurMetier) as refus:
        mois(dossier, porteur, quand, **valeurs)
    assert list(refus.value.champs) == [champ]
    with comme_portail():
        assert not Compteur.objects.exists()


@pytest.mark.parametrize("contrats", [[]])
def test_sans_contrat_pas_de_compteur(dossier, porteur, contrat):
    with pytest.raises(ErreurMetier, match="Aucun contrat"):
        mois(dossier, porteur, i3=1)


def test_les_compteurs_preremplissent_le_rapport(client, dossier, contrat, porteur, ecrire, deposer):
    mois(dossier, porteur, "2025-04", i1=4, i3=5, i4=2, delai_rdv={"10": 9, "40": 1})
    mois(dossier, porteur, "2026-03", i1=3, i3=7, i4=1)
    mois(dossier, porteur, "2026-04", i3=1000)
    client.force_login(porteur[0])
    with horloge.figer(ANNIVERSAIRE):
        lu = client.get(f"/dossiers/{dossier.numero}/rapports/1/").text
        assert 'name="i3" value="12"' in lu
        assert 'name="i4" value="1"' in lu
        assert "médiane 10\u00a0jours" in lu
        assert "1 000" in client.get(f"/dossiers/{dossier.numero}/compteurs/").text.replace("\u202f", " ").replace(
            "\u00a0", " "
        )
    ecrire(**COMPLET)
    assert deposer().delais == {"delai_rdv": {"mediane": 10, "p90": 10, "nombre": 10}}


def test_l_api_recoit_un_mois(client, dossier, contrat, porteur):
    client.force_login(porteur[0])
    adresse, cle = f"/api/v1/dossiers/{dossier.numero}/compteurs/", {"Idempotency-Key": "mai"}

    def envoyer(corps, **entetes):
        return client.post(adresse, corps, content_type="application/json", headers=entetes)

    corps = {"mois": "2025-05", "i3": 5, "delai_tlx": {"24": 2}}
    with horloge.figer(ANNIVERSAIRE):
        premier = envoyer(corps, **cle)
        assert (premier.status_code, premier.json()) == (200, corps | {"version": 1})
        assert envoyer(corps, **cle).json() == premier.json()
        assert envoyer(corps).json() == premier.json()
        assert envoyer(corps | {"i3": 6}, **cle).status_code == 422, "the key was another demand's"
        assert envoyer(corps | {"i3": 6}).json()["version"] == 2
        faux = envoyer({"mois": "2025-05", "i3": "x"})
        assert (faux.status_code, list(faux.json()["champs"])) == (422, ["i3"])
        assert client.get(adresse).json()["results"][0]["i3"] == 6
    with comme_portail():
        assert Compteur.objects.filter(dossier=dossier).count() == 3


def test_un_fichier_de_mois(client, dossier, contrat, porteur):
    client.force_login(porteur[0])
    adresse = f"/dossiers/{dossier.numero}/compteurs/importer/"

    def deposer_fichier(texte):
        fichier = io.BytesIO(texte.encode())
        fichier.name = "compteurs.csv"
        return client.post(adresse, {"fichier": fichier})

    with horloge.figer(ANNIVERSAIRE):
        assert client.get(adresse).status_code == 200
        autre = deposer_fichier("mois;dossier;i3\n2025-05;53-2025-0001;4\n")
        assert autre.status_code == 422
        assert "autre équipe" in autre.text
        faux = deposer_fichier("mois;i3\n2025-05;douze\n2025-06;1\n2025-06;2\n2030-01;1\n")
        assert faux.status_code == 422
        for phrase in ("chiffres", "déjà à la ligne 3", "pas commencé"):
            assert phrase in faux.text
        assert "colonnes" in deposer_fichier("a;b\n1;2\n").text
        assert client.post(adresse, {"cellules": "[" * 150_000, "confirmer": "1"}).status_code == 422, (
            "nested beyond reading"
        )
        with comme_portail():
            assert not Compteur.objects.exists()
        vu = deposer_fichier(f"Mois;Dossier;I3;delai_rdv\n2025-05;{dossier.numero};4;3×2\n06/2025;;5;\n")
        assert "Nouveau" in vu.text
        cellules = '[["mois", "i3", "delai_rdv"], ["2025-05", "4", "3×2"], ["06/2025", "5", ""]]'
        for _ in range(2):
            assert client.post(adresse, {"cellules": cellules, "confirmer": "1"}).status_code == 302
    with comme_portail():
        assert Compteur.objects.filter(dossier=dossier).count() == 3


def test_le_compte_d_emploi_suit_d_annee_en_annee(dossier, ecrire, deposer):
    """What a year leaves is carried over, to the cent; nothing was paid here: the whole spending is beyond."""
    ecrire(**COMPLET)
    rapport = deposer()
    assert (rapport.montant_recu, rapport.solde) == (Decimal(0), Decimal(0))
    with comme_portail():
        Rapport.objects.filter(pk=rapport.pk).update(solde=Decimal("10.61"))
    with comme_portail():
        suivant = compte(dossier, 2, Rapport(montant_depense=Decimal("10.60")))
    assert (suivant.report, suivant.non_employe) == (Decimal("10.61"), Decimal("0.01"))
