"""The activity dashboard: its figures are those of the rows behind them, of one perimeter, as the law has them; few queries."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dossiers.models import Decision, Depot
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Organisation
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Interdit
from indicateurs.activite import lecture
from indicateurs.activite.page import page
from indicateurs.graphiques import Rang, barres
from indicateurs.models import Rapport
from indicateurs.pilotage.echeances import Filtres
from tests.fabriques import client_de

from .conftest import JOUR, MAINTENANT


def lire(acteur, **filtres):
    with contexte(acteur):
        return page(acteur, Filtres(**filtres), MAINTENANT)


def valeurs(dessin) -> dict[str, int]:
    return {r.libelle: r.valeurs[0] for r in dessin.rangs}


@pytest.fixture
def decision():
    """A decision taken so many days after the receipt, so many days ago."""

    def faire(
        dossier, jours: int, *, objet: str = "lettre", mode: str = "expresse", il_y_a: int = 10, **champs
    ) -> None:
        acquise = JOUR - timedelta(days=il_y_a)
        recu = acquise - timedelta(days=jours + (mode == "tacite"))
        with comme_portail():
            Depot.objects.create(
                dossier=dossier,
                objet=objet,
                recu_le=MAINTENANT - timedelta(days=il_y_a + jours),
                date_depot=recu,
                date_reception=recu,
            )
            Decision.objects.create(
                dossier=dossier, objet=objet, sens="favorable", mode=mode, date_acquise=acquise, prise_le=MAINTENANT, enregistree_le=MAINTENANT, **champs
            )  # fmt: skip

    return faire


def test_une_equipe_n_y_entre_pas(porteur, client):
    with pytest.raises(Interdit):
        lire(porteur[1])
    client.force_login(porteur[0])
    assert client.get("/pilotage/activite/").status_code == 403


def test_les_etapes_au_droit_et_le_parcours(reprendre, instructeur):
    reprendre("brouillon", ars=None, caisse=None)
    reprendre("lettre_deposee")
    reprendre("lettre_deposee", bascule_le=MAINTENANT)  # silence has validated it, written down or not (CAL-9)
    reprendre("projet_incomplet")
    reprendre("dotation_active")
    reprendre("lettre_refusee")
    p = lire(instructeur[1])
    assert list(valeurs(p["etapes"]).values()) == [1, 1, 0, 1, 0, 1]
    assert list(valeurs(p["parcours"]).values()) == [4, 3, 2, 2, 1, 1]
    assert p["total"] == "4 dossiers en cours"
    assert list(valeurs(lire(instructeur[1], groupe="neurologie")["etapes"]).values()) == [0] * 6


def test_chaque_chiffre_mene_a_autant_de_lignes(reprendre, instructeur):
    for rang, statut in enumerate(
        ("lettre_deposee", "lettre_incomplete", "projet_depose", "dotation_active", "lettre_refusee")
    ):
        reprendre(statut, suivi_par=instructeur[0] if rang % 2 else None)
    reprendre("lettre_deposee", bascule_le=MAINTENANT - timedelta(days=1))
    p, client, lus = lire(instructeur[1]), client_de(instructeur[0]), 0
    with horloge.figer(MAINTENANT):
        for dessin in (p["etapes"], p["parcours"], p["charges"]):
            for r in dessin.rangs:
                assert client.get(r.url).context["page"].paginator.count == r.valeurs[0], r.url
                lus += 1
    assert lus == 14


def test_les_delais_et_la_part_du_silence(reprendre, decision, echeance, instructeur, autre_ars):
    for jours in (10, 20, 30, 40):
        decision(reprendre("lettre_validee"), jours)
    decision(reprendre("lettre_validee"), 61, mode="tacite")
    decision(reprendre("lettre_validee"), 5, il_y_a=366)  # of more than a year ago
    voisin = reprendre(
        "lettre_validee",
        ars=autre_ars,
        caisse=Organisation.objects.filter(type="caisse", departement="35").first(),
        region="53",
    )
    decision(voisin, 1)
    nee = reprendre("lettre_deposee", bascule_le=MAINTENANT)
    with comme_portail():
        Depot.objects.create(
            dossier=nee,
            objet="lettre",
            recu_le=MAINTENANT,
            date_depot=JOUR - timedelta(days=61),
            date_reception=JOUR - timedelta(days=61),
        )
    echeance(nee, "DL-1", -1)
    lettre, projet = lire(instructeur[1])["delais"]
    assert (lettre["decisions"], lettre["mediane"], lettre["neuf_dixiemes"]) == ("6", "30 jours", "61 jours")
    assert (lettre["tacites"], lettre["part_tacites"]) == ("2", "33,3\u00a0%")
    assert (projet["decisions"], projet["mediane"], projet["part_tacites"]) == ("0", "–", "–")
    with contexte(instructeur[1]):
        tous = lecture.delais(instructeur[1], Filtres(), MAINTENANT, "Europe/Paris")
    assert dict(lecture.reunir(tous, objet="lettre").effectifs) == {10: 1, 20: 1, 30: 1, 40: 1, 60: 1, 61: 1}


def test_les_rapports_des_annees_achevees(reprendre, echeance, instructeur):
    actif = reprendre("dotation_active")
    for rang, statut in ((1, "valide"), (2, "brouillon"), (3, None), (4, None)):
        echeance(actif, "DL-7", -400 + 100 * rang, "dotation", statut="echue" if rang < 4 else "ouverte", rang=rang)
        if statut:
            with comme_portail():
                Rapport.objects.create(
                    dossier=actif, annee=rang, debut=date(2025, 1, 1), fin=date(2025, 12, 31), statut=statut, enregistre_le=MAINTENANT,
                    **(dict.fromkeys(Rapport.INDICATEURS, 0) | {"depose_le": MAINTENANT, "valide_le": MAINTENANT} if statut == "valide" else {}),
                )  # fmt: skip
    assert valeurs(lire(instructeur[1])["rapports"]) == {
        "Non déposé": 2, "Déposé, à examiner": 0, "À corriger par l’équipe": 0, "Validé": 1,
    }  # fmt: skip


def test_les_regions_cote_a_cote_cachent_les_petits_nombres(reprendre, national, autre_ars):
    for _ in range(5):
        reprendre("lettre_deposee")
    bretonne = {
        "ars": autre_ars,
        "caisse": Organisation.objects.filter(type="caisse", departement="35").first(),
        "region": "53",
    }
    for _ in range(6):
        reprendre("lettre_deposee", **bretonne)
    reprendre("dotation_active", **bretonne)
    regions = lire(national[1])["regions"]
    assert [r["nom"] for r in regions.lignes] == ["Bretagne", "Occitanie"]
    dotations = {r["nom"]: r["etapes"][-1] for r in regions.lignes}
    assert (dotations["Bretagne"], regions.totaux[-1]) == ("masqué", "masqué")
    p = lire(national[1])
    assert not any(r.url for r in p["etapes"].rangs)
    assert [r.valeurs[0] for r in p["etapes"].rangs] == [regions.publie.totaux_colonnes[n] for n in range(6)]
    assert (p["etapes"].rangs[-1].mots, p["total"]) == (("masqué",), "")
    assert "parcours" not in p


def test_la_nation_ne_deduit_ni_un_rapport_ni_une_decision(reprendre, decision, echeance, instructeur, national):
    """Two reports validated are hidden with another count; eight silences of ten decisions would say that two were expressly taken."""
    for n, statut in enumerate(["valide"] * 2 + ["depose"] * 6 + [None] * 9):
        actif = reprendre("dotation_active")
        echeance(actif, "DL-7", -30, "dotation", statut="echue", rang=1)
        decision(actif, 10, mode="tacite" if n < 8 else "expresse", il_y_a=10 if n < 10 else 500)
        if statut:
            with comme_portail():
                Rapport.objects.create(
                    dossier=actif, annee=1, debut=date(2025, 1, 1), fin=date(2025, 12, 31), statut=statut, enregistre_le=MAINTENANT,
                    **dict.fromkeys(Rapport.INDICATEURS, 0) | {"depose_le": MAINTENANT} | ({"valide_le": MAINTENANT} if statut == "valide" else {}),
                )  # fmt: skip
    locale, nationale = lire(instructeur[1]), lire(national[1])
    assert valeurs(locale["rapports"]) == {
        "Non déposé": 9, "Déposé, à examiner": 6, "À corriger par l’équipe": 0, "Validé": 2,
    }  # fmt: skip
    dits = valeurs(nationale["rapports"])
    assert dits["Validé"] is None
    assert sum(n is None for n in dits.values()) == 2
    assert dits["Non déposé"] == 9
    (ici, _), (partout, _) = locale["delais"], nationale["delais"]
    assert (ici["decisions"], ici["tacites"]) == ("10", "8")
    assert (partout["decisions"], partout["tacites"], partout["part_tacites"]) == ("10", "masqué", "–")


def test_un_nombre_constant_de_requetes(reprendre, decision, instructeur, national):
    def compter(acteur) -> int:
        with (
            contexte(acteur),
            CaptureQueriesContext(
                connection,
            ) as requetes,
        ):
            page(acteur, Filtres(), MAINTENANT)
        return len(requetes)

    decision(reprendre("lettre_validee"), 10)
    avant = compter(instructeur[1]), compter(national[1])
    for _ in range(4):
        decision(reprendre("lettre_validee"), 10)
    assert (compter(instructeur[1]), compter(national[1])) == avant
    assert max(avant) <= 14


def test_ce_qui_est_masque_n_est_pas_rien():
    assert not barres("Étape", ("Dossiers",), [Rang("Lettre", (None,)), Rang("Projet", (0,))]).est_vide
    assert barres("Étape", ("Dossiers",), [Rang("Lettre", (0,))]).est_vide
