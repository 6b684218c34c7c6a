"""CAL-11: every date of a dossier answers « Pourquoi cette date ? » at its own address, and each act keeps the dates it relied on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from dossiers import dates
from dossiers.models import Decision, Echeance
from dossiers.services.echeances import recalculer
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.models import Document
from ess_portal.journal.models import Evenement
from ess_portal.socle import horloge
from tests.fabriques import Distribution, client_de, make_dossier

pytestmark = pytest.mark.django_db
PIECES = {"indispensables": "Statuts signés"}


def page(d: Distribution, qui: str, nom: str = "echeances") -> str:
    with horloge.figer(d.maintenant):
        reponse = client_de(d.utilisateur(qui)).get(reverse(nom, args=[d.numero]))
    assert reponse.status_code == 200
    return reponse.content.decode()


def lignes(d: Distribution) -> list[Echeance]:
    with comme_portail():
        return list(Echeance.objects.filter(dossier__numero=d.numero))


def evenement(d: Distribution, type_: str) -> Evenement:
    with comme_portail():
        return Evenement.objects.filter(dossier__numero=d.numero, type=type_).latest("seq")


@pytest.fixture
def d() -> Distribution:
    return make_dossier("projet_depose").distribution


def test_chaque_date_a_son_ancre_son_explication_et_nomme_ses_reglages(d):
    html = page(d, "porteur")
    for e in lignes(d):
        assert f'id="{dates.ancre(e.regle, e.objet, e.rang)}"' in html, e
        assert e.explication, e
        if e.regle != "DL-10":
            assert any(t.get("parametre") for t in e.explication), e
    assert html.count("Pourquoi cette date\u00a0?</summary>") == len(lignes(d))
    assert (
        "Réglage «\u00a0Délai de décision sur le projet\u00a0»\u00a0: 2\u00a0mois · Jeu national, en vigueur depuis le "
        in html
    )
    assert "Sans objet" not in html.split("<h2")[0]


def test_les_dates_courtes_menent_a_leur_explication(d):
    with comme_portail():
        dl3 = Echeance.objects.get(dossier__numero=d.numero, regle="DL-3")
    adresse = dates.adresse(d.numero, dl3)
    assert adresse == f"/dossiers/{d.numero}/echeances/#dl-3-projet-1"
    with horloge.figer(d.maintenant):
        liste = client_de(d.utilisateur("instructeur")).get("/dossiers/?onglet=tous").content.decode()
    assert f'href="{adresse}"' in liste
    assert "Point de départ" not in liste
    for qui, nom in (("porteur", "dossier"), ("instructeur", "dossier")):
        assert f'href="{adresse}"' in page(d, qui, nom), qui


def test_le_journal_et_le_pilotage_menent_aux_dates(d):
    d.avancer(days=45)
    with horloge.figer(d.maintenant):
        pilotage = client_de(d.utilisateur("instructeur")).get("/pilotage/").content.decode()
    adresse = f'href="/dossiers/{d.numero}/echeances/#dl-3-projet-1"'
    assert adresse in pilotage
    d.avancer(days=30)
    regler_dues(au=d.maintenant)
    assert adresse in page(d, "instructeur", "journal")


def test_une_demande_garde_la_date_qu_elle_arrete(d):
    with comme_portail():
        avant = Echeance.objects.get(dossier__numero=d.numero, regle="DL-3").explication
    d.fait("instructeur", "demander_pieces_projet", **PIECES)
    figee = evenement(d, "demander_pieces_projet").donnees["dates"]
    assert [(x["regle"], x["objet"], x["rang"]) for x in figee] == [("DL-3", "projet", 1)]
    assert figee[0]["explication"] == avant
    html = page(d, "instructeur")
    assert "Telle que retenue par l’acte «\u00a0Pièces indispensables demandées\u00a0»" in html
    assert "Délai suspendu" in html
    assert 'id="dl-10-projet-1"' in html
    d.avancer(days=45)
    d.fait("instructeur", "classer", motivation="Pièces jamais reçues.")
    assert [x["regle"] for x in evenement(d, "classer").donnees["dates"]] == ["DL-10"]
    assert "Sans objet" in page(d, "porteur")


def test_l_accuse_garde_le_calcul_de_sa_date(d):
    with comme_portail():
        accuses = list(Document.objects.filter(dossier__numero=d.numero, type="accuse_reception"))
    assert len(accuses) == 2
    for a in accuses:
        assert a.donnees["explication"][0].startswith("Point de départ"), a.donnees


def test_la_page_dit_le_droit_quand_le_passage_est_en_retard(d):
    """CAL-9: what silence has started is there, explained, and the base is as it was."""
    d.maintenant = next(e.instant for e in lignes(d) if e.regle == "DL-3") + timedelta(days=2)
    avant = page(d, "instructeur")
    assert "Passée\u00a0: le silence a décidé" in avant
    assert 'id="dl-8-projet-1"' in avant
    with comme_portail():
        assert not Decision.objects.filter(dossier__numero=d.numero, objet="projet").exists()
    regler_dues(au=d.maintenant)
    apres = page(d, "instructeur")
    assert {m for m in avant.split('"') if m.startswith("dl-")} == {m for m in apres.split('"') if m.startswith("dl-")}


def test_une_date_passee_garde_l_explication_qu_elle_avait(d):
    """A later act does not rewrite what a date was explained by when it passed."""
    d.maintenant = next(e.instant for e in lignes(d) if e.regle == "DL-3")
    regler_dues(au=d.maintenant)
    with comme_portail():
        dl3 = Echeance.objects.get(dossier__numero=d.numero, regle="DL-3")
        dl3.explication[0]["detail"] = "Comme le jour même."
        dl3.save()
        recalculer(dl3.dossier, maintenant=d.maintenant)
    assert next(e for e in lignes(d) if e.regle == "DL-3").explication[0]["detail"] == "Comme le jour même."


def test_un_etranger_ne_voit_pas_les_dates(d):
    voisin = Distribution(departement="35")
    with horloge.figer(d.maintenant):
        assert client_de(voisin.utilisateur("porteur")).get(reverse("echeances", args=[d.numero])).status_code == 404
