"""CAL-8: what came by post or from Démarches Simplifiées, entered by the ARS with its real days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from dossiers.models import Depot, Dossier, Echeance, ProjetSante
from dossiers.services.echeances import materialiser
from ess_portal.comptes.locataire import comme_portail
from ess_portal.documents.donnees import lire
from ess_portal.documents.models import Document, Piece
from ess_portal.documents.rendu import composer
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.referentiel.services import caisses_possibles
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier
from ess_portal.socle.typographie import date_fr
from indicateurs.demonstration.fichiers import fichier
from tests.fabriques import Distribution, client_de, make_dossier, make_utilisateur

pytestmark = pytest.mark.django_db
MAINTENANT = datetime(2026, 3, 10, 9, tzinfo=UTC)


def scans() -> MultiValueDict:
    return MultiValueDict({"fichiers": [fichier("releve-d-activite.pdf")]})


def saisie(**champs) -> dict:
    base = {
        "canal": "papier", "date_depot": "02/03/2026", "date_reception": "05/03/2026", "nom": "ESS Cardiologie du Gers",
        "equipe": "ESS Cardiologie du Gers", "specialites": ["SM04"], "departements": ["32"], "siege_departement": "32",
        "siege_commune": "Auch", "caisse": caisses_possibles("32")[0].code, "medecins_presents": "14", "liberaux": "11",
        "fichiers": [fichier("releve-d-activite.pdf")],
    }  # fmt: skip
    return {nom: valeur for nom, valeur in (base | champs).items() if valeur is not None}


def poster(agent, **champs):
    with horloge.figer(MAINTENANT):
        return client_de(agent).post(reverse("lettre_recue"), saisie(**champs))


def trace() -> tuple:
    with comme_portail():
        return (
            tuple(Dossier.objects.order_by("pk").values_list("pk", "version", "statut")),
            *(m.objects.count() for m in (Evenement, Envoi, Depot, Piece, ProjetSante, Document)),
        )


def echeances(numero: str) -> dict:
    with comme_portail():
        return {e.regle: e for e in Echeance.objects.filter(dossier__numero=numero).order_by("rang")}


@pytest.fixture
def agent():
    return make_utilisateur("ars_instructeur", departement="32")


def test_une_lettre_sur_papier_court_de_sa_reception(agent):
    reponse = poster(agent)
    assert reponse.status_code == 302
    with comme_portail():
        dossier = Dossier.objects.get()
        depot, piece = dossier.depots.get(), Piece.objects.get(dossier=dossier)
        accuse = Document.objects.get(dossier=dossier, type="accuse_reception")
        assert [e.type for e in Evenement.objects.filter(dossier=dossier).order_by("seq")][-2:] == [
            "enregistrer_lettre",
            "document_demande",
        ]
    assert (dossier.statut, dossier.origine) == ("lettre_deposee", "portail")
    assert (depot.canal, depot.date_depot, depot.date_reception) == ("papier", date(2026, 3, 2), date(2026, 3, 5))
    assert (piece.objet, piece.type) == ("lettre", "courrier")
    territoire = depot.contenu["territoire"]
    assert (territoire["departements"], territoire["medecins_presents"]) == (["32"], 14)
    assert (depot.contenu["specialite"]["specialites"], depot.contenu["porteurs"]["nom"]) == (["SM04"], dossier.nom)
    assert echeances(dossier.numero)["DL-1"].dernier_jour == date(2026, 5, 5)
    assert (accuse.donnees["canal"], accuse.donnees["depose_jour"]) == ("papier", "2026-03-02")
    page = client_de(agent).get(reverse("dossier", args=[dossier.numero]))
    assert page.status_code == 200
    voisin = client_de(make_utilisateur("ars_instructeur", departement="35"))
    assert voisin.get(reverse("dossier", args=[dossier.numero])).status_code == 404


@pytest.mark.parametrize(
    ("champs", "champ"),
    [
        ({"date_depot": "11/03/2026", "date_reception": "11/03/2026"}, "date_depot"),
        ({"date_reception": "11/03/2026"}, "date_reception"),
        ({"date_reception": "01/03/2026"}, "date_reception"),
        ({"date_reception": ""}, "date_reception"),
        ({"date_depot": "22/01/2025"}, "date_depot"),
        ({"date_depot": "31/02/2026"}, "date_depot"),
        ({"canal": "demarches_simplifiees", "reference": ""}, "reference"),
        ({"canal": "demarches_simplifiees", "reference": "DS-12"}, "reference"),
        ({"canal": "portail"}, "canal"),
        ({"siege_departement": "35"}, "siege_departement"),
        ({"caisse": "ccss-de-la-lozere"}, "caisse"),
        ({"fichiers": None}, "fichiers"),
    ],
)
def test_ce_qui_ne_tient_pas_est_dit_sur_son_champ(agent, champs, champ):
    avant = trace()
    reponse = poster(agent, **champs)
    assert reponse.status_code == 422
    assert champ in reponse.context["form"].errors
    assert trace() == avant


def test_une_lettre_de_demarches_simplifiees_garde_son_jour_et_son_numero(agent):
    ds = {"canal": "demarches_simplifiees", "reference": "n° 12 345 678", "date_reception": ""}
    assert poster(agent, **ds).status_code == 302
    with comme_portail():
        depot = Depot.objects.get()
    assert (depot.reference, depot.date_depot, depot.date_reception) == ("12345678", date(2026, 3, 2), date(2026, 3, 2))
    avant = trace()
    double = poster(agent, **ds)
    assert double.context["form"].errors == {"reference": ["Ce numéro de Démarches Simplifiées est déjà enregistré."]}
    assert trace() == avant


def test_une_lettre_saisie_trop_tard_est_deja_validee_par_le_silence(agent):
    poster(agent, date_depot="02/12/2025", date_reception="05/12/2025")
    with comme_portail():
        dossier = Dossier.objects.get()
        decision = dossier.decisions.get()
        accuse = Document.objects.get(dossier=dossier, type="accuse_reception")
    assert (dossier.statut, decision.mode, decision.dernier_jour) == ("lettre_validee", "tacite", date(2026, 2, 5))
    html = dit(accuse)
    assert "est réputée validée depuis le 6\u00a0février\u00a02026" in html
    assert "sera réputée" not in html


def dit(document: Document) -> str:
    """The text that an issued document prints."""
    donnees = lire(document.type, document.donnees)
    return composer(document.type, donnees, titre=document.titre, version=1, code="ABCD")


def test_un_projet_poste_a_temps_tient_le_delai_meme_recu_apres():
    d: Distribution = make_dossier("lettre_validee").distribution
    limite = echeances(d.numero)["DL-2"].dernier_jour
    d.maintenant = datetime(limite.year, limite.month, limite.day, 9, tzinfo=UTC) + timedelta(days=4)
    materialiser(numero=d.numero, maintenant=d.maintenant)
    assert d.relire().est_tardif
    avant = trace()
    for depot, reception, champ in (
        (limite, limite - timedelta(days=1), "date_reception"),
        (limite, d.jour + timedelta(days=1), "date_reception"),
        (date(2026, 3, 1), limite, "date_depot"),
    ):
        with pytest.raises(ErreurMetier) as refus:
            d.fait("instructeur", "enregistrer_projet", scans(), date_depot=str(depot), date_reception=str(reception))
        assert champ in refus.value.champs
        assert trace() == avant
    d.fait("instructeur", "enregistrer_projet", scans(), date_depot=str(limite), date_reception=str(d.jour))
    lues = echeances(d.numero)
    with comme_portail():
        enregistre = Evenement.objects.get(dossier__numero=d.numero, type="enregistrer_projet").donnees
    assert [a["code"] for a in enregistre["avertissements"]] == []
    assert [x["regle"] for x in enregistre["dates"]] == ["DL-2"]
    assert (lues["DL-2"].statut, d.relire().statut, d.relire().est_tardif) == ("tenue", "projet_depose", False)
    assert lues["DL-3"].dernier_jour == date(2026, 11, 6)
    assert lues["DL-4"].dernier_jour == date(2027, 9, 2)


def test_des_pieces_par_courrier_font_repartir_le_delai_de_leur_reception():
    d: Distribution = make_dossier("lettre_incomplete").distribution
    demande = d.jour
    d.avancer(days=10)
    avant = trace()
    for champs, champ in (
        ({"date_reception": str(demande - timedelta(days=1)), "reponses": ["0"]}, "date_reception"),
        ({"date_reception": str(d.jour + timedelta(days=1)), "reponses": ["0"]}, "date_reception"),
        ({"date_reception": str(demande)}, "reponses"),
        ({"date_reception": str(demande), "reponses": ["7"]}, "reponses"),
    ):
        with pytest.raises(ErreurMetier) as refus:
            d.fait("instructeur", "enregistrer_pieces", scans(), **champs)
        assert champ in refus.value.champs
        assert trace() == avant
    recues = demande + timedelta(days=3)
    d.fait("instructeur", "enregistrer_pieces", scans(), date_reception=str(recues), reponses=["0"])
    assert d.relire().statut == "lettre_deposee"
    assert echeances(d.numero)["DL-1"].dernier_jour == date(2026, 5, 5)


def test_un_projet_recu_avant_la_validation_de_la_lettre_s_enregistre_a_partir_d_elle():
    """Received on 10 March, entered on 15 May while silence validated the letter on 3 May: DL-3 does not end before it began."""
    d: Distribution = make_dossier("lettre_deposee").distribution
    d.maintenant = datetime(2026, 5, 15, 9, tzinfo=UTC)
    materialiser(numero=d.numero, maintenant=d.maintenant)
    avant = trace()
    with pytest.raises(ErreurMetier) as refus:
        d.fait("instructeur", "enregistrer_projet", scans(), date_depot="2026-03-08", date_reception="2026-03-10")
    assert "3\u00a0mai\u00a02026" in refus.value.champs["date_reception"][0]
    assert trace() == avant
    d.fait("instructeur", "enregistrer_projet", scans(), date_depot="2026-03-08", date_reception="2026-05-03")
    assert d.relire().statut == "projet_depose"
    assert echeances(d.numero)["DL-3"].dernier_jour == date(2026, 7, 3)


def test_une_piece_recue_deux_fois_compte_de_son_premier_jour():
    d: Distribution = make_dossier("lettre_deposee").distribution
    d.fait("instructeur", "demander_pieces_lettre", indispensables="Statuts signés\nListe des membres")
    d.avancer(days=10)
    d.fait("porteur", "completer_lettre", reponses=["0"])
    with horloge.figer(d.maintenant):
        page = client_de(make_utilisateur("ars_instructeur")).get(
            reverse("acte", args=[d.numero, "enregistrer_pieces"])
        )
    assert f"Statuts signés – indispensable – reçue le {date_fr(d.jour)}" in page.content.decode()
    d.avancer(days=1)
    d.fait("instructeur", "enregistrer_pieces", scans(), date_reception="2026-03-05", reponses=["0"])
    avant = trace()
    for jour in ("2026-03-05", "2026-03-08"):
        with pytest.raises(ErreurMetier) as refus:
            d.fait("instructeur", "enregistrer_pieces", scans(), date_reception=jour, reponses=["0"])
        assert "déjà enregistrées" in refus.value.champs["reponses"][0]
        assert trace() == avant
    d.fait("instructeur", "enregistrer_pieces", scans(), date_reception="2026-03-05", reponses=["0", "1"])
    assert d.relire().statut == "lettre_deposee"
    assert echeances(d.numero)["DL-1"].dernier_jour == date(2026, 5, 5)
    with comme_portail():
        complet = Evenement.objects.get(dossier__numero=d.numero, type="enregistrer_pieces")
        courriels = Envoi.objects.filter(dossier__numero=d.numero, charge__gabarit="pieces_recues")
        a_la_caisse = courriels.filter(charge__organisation=d.relire().caisse_id).order_by("pk")
        assert [e.charge["contexte"]["complete"] for e in a_la_caisse] == [False, False, True]
    assert [(x["regle"], x["objet"]) for x in complet.donnees["dates"]] == [("DL-10", "lettre")]
    assert complet.legal_le == datetime(2026, 3, 5, 11, tzinfo=UTC)


def test_des_pieces_saisies_apres_le_silence_le_disent():
    d: Distribution = make_dossier("lettre_incomplete").distribution
    d.maintenant = datetime(2026, 5, 20, 9, tzinfo=UTC)
    d.fait("instructeur", "enregistrer_pieces", scans(), date_reception="2026-03-05", reponses=["0"])
    assert d.relire().statut == "lettre_validee"
    with comme_portail():
        accuse = Document.objects.filter(dossier__numero=d.numero, type="accuse_reception").latest("cree_le")
    assert "est réputée validée depuis le 6\u00a0mai\u00a02026" in dit(accuse)


def test_CAL_10_une_lettre_mal_adressee_court_de_la_reception_par_l_ars_competente(agent):
    bretagne = {"siege_departement": "35", "departements": ["35"], "caisse": caisses_possibles("35")[0].code}
    avant = trace()
    assert set(poster(agent, **bretagne).context["form"].errors) == {"siege_departement"}
    assert set(poster(agent, transmission="on").context["form"].errors) == {"transmission"}
    futur = poster(agent, **bretagne, transmission="on", date_reception="11/03/2026")
    assert set(futur.context["form"].errors) == {"date_reception"}
    assert trace() == avant
    assert poster(agent, **bretagne, transmission="on").url == reverse("dossiers")
    with comme_portail():
        dossier = Dossier.objects.get()
        depot, accuse = dossier.depots.get(), Document.objects.get(type="accuse_reception")
        chez_elle = Evenement.objects.get(type="transmettre_lettre")
        assert Envoi.objects.filter(charge__gabarit="depot", charge__organisation=dossier.ars_id).exists()
    assert dossier.ars.region == "53"
    assert (depot.date_premiere_reception, depot.date_reception) == (date(2026, 3, 5), date(2026, 3, 10))
    assert echeances(dossier.numero)["DL-1"].dernier_jour == date(2026, 5, 10)
    assert (accuse.donnees["premiere_reception"], accuse.donnees["recu_jour"]) == ("2026-03-05", "2026-03-10")
    assert chez_elle.organisation_id == depot.premiere_ars_id
    assert "numero" not in chez_elle.donnees
    for nom in ("dossier", "documents", "journal"):
        assert client_de(agent).get(reverse(nom, args=[dossier.numero])).status_code == 404
    competente = client_de(make_utilisateur("ars_instructeur", departement="35"))
    assert competente.get(reverse("dossier", args=[dossier.numero])).status_code == 200
