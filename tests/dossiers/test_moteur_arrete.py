"""CAL-9: the engine has been silent for days; what people read and may do is what the law says, not what the base still holds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from django.urls import reverse

from adhesions import jetons
from adhesions.models import LienSignature
from adhesions.services import ajouter_adherent
from adhesions.services.signature import lire_invitation
from dossiers import grille
from dossiers.models import Decision, Dossier, Echeance, Tache
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.documents.models import Document
from ess_portal.journal.models import Evenement
from ess_portal.socle import horloge
from indicateurs.calendrier.ical import render_calendrier
from indicateurs.calendrier.lecture import echeances_du_flux
from indicateurs.exports.registre import LISTES
from indicateurs.models import FluxCalendrier
from tests.api.conftest import appelant
from tests.fabriques import Distribution, client_de, make_dossier, numero_rpps, rattachement_de

pytestmark = pytest.mark.django_db
PREUVE = "demander_attestation"


def laisser_passer(d: Distribution, regle: str, *, jours: int = 5) -> None:
    """Five days past the end of a delay, and no scan since."""
    with comme_portail():
        e = Echeance.objects.filter(dossier__numero=d.numero, regle=regle).latest("rang")
    d.maintenant = e.instant + timedelta(days=jours)


def attestations(d: Distribution) -> int:
    with comme_portail():
        return Document.objects.filter(dossier__numero=d.numero, type="attestation_tacite").count()


@pytest.mark.parametrize(
    ("statut", "regle", "acquis"),
    [("lettre_deposee", "DL-1", "lettre_validee"), ("projet_depose", "DL-3", "projet_valide")],
)
def test_l_attestation_s_obtient_sans_le_moteur(statut, regle, acquis):
    d = make_dossier(statut).distribution
    laisser_passer(d, regle)
    client = client_de(d.utilisateur("porteur"))
    url = reverse("acte", args=[d.numero, PREUVE])
    with horloge.figer(d.maintenant):
        assert client.get(url).status_code == 200
        assert client.post(url, {}).status_code == 302
    assert attestations(d) == 1
    assert d.relire().statut == acquis


def test_l_attestation_s_obtient_par_l_api():
    d = make_dossier("lettre_deposee").distribution
    laisser_passer(d, "DL-1")
    porteur = appelant(d.utilisateur("porteur"))
    with horloge.figer(d.maintenant):
        assert PREUVE in {a["nom"] for a in porteur.get(f"dossiers/{d.numero}/actions/").json()}
        fait = porteur.post(f"dossiers/{d.numero}/actions/{PREUVE}/", {})
    assert (fait.status_code, fait.json()["statut"]) == (200, "lettre_validee")
    assert attestations(d) == 1


def test_une_lecture_n_ecrit_rien():
    """ADR 0001: the page of the dossier offers the act, and the base still holds what it held."""
    d = make_dossier("lettre_deposee").distribution
    laisser_passer(d, "DL-1")
    with horloge.figer(d.maintenant):
        page = client_de(d.utilisateur("porteur")).get(reverse("dossier", args=[d.numero])).content.decode()
    assert reverse("acte", args=[d.numero, PREUVE]) in page
    assert d.relire().statut == "lettre_deposee"
    with comme_portail():
        assert not Decision.objects.filter(dossier__numero=d.numero).exists()


def test_statuer_se_trouve_des_que_dl_2_est_passe():
    d = make_dossier("lettre_validee").distribution
    laisser_passer(d, "DL-2")
    ars = appelant(d.utilisateur("instructeur"))
    url = reverse("acte", args=[d.numero, "statuer_retard"])
    veille = d.maintenant - timedelta(days=6)
    with horloge.figer(veille):
        assert "statuer_retard" not in {a["nom"] for a in ars.get(f"dossiers/{d.numero}/actions/").json()}
    with horloge.figer(d.maintenant):
        offertes = {a["nom"] for a in ars.get(f"dossiers/{d.numero}/actions/").json()}
        fiche = client_de(d.utilisateur("instructeur")).get(reverse("dossier", args=[d.numero])).content.decode()
        liste = client_de(d.utilisateur("instructeur")).get("/dossiers/?onglet=tous").content.decode()
        page = client_de(d.utilisateur("instructeur")).get(url)
    assert "statuer_retard" in offertes
    assert "Projet en retard" in fiche
    assert "Projet en retard" in liste
    assert page.status_code == 200


def ce_que_le_passage_ecrit(d: Distribution) -> Dossier:
    regler_dues(au=d.maintenant)
    return d.relire()


@pytest.mark.parametrize(
    ("statut", "regle"),
    [
        ("lettre_deposee", "DL-1"),
        ("projet_depose", "DL-3"),
        ("lettre_validee", "DL-2"),
        ("lettre_deposee", "DL-2"),
        ("projet_valide", "DL-5"),
        ("dotation_active", "DUR-1"),
    ],
)
def test_l_api_dit_ce_que_le_passage_ecrira(statut, regle):
    """The same answer before and after the scan: state, since when, next date, lateness, and what each date has become."""
    d = make_dossier(statut).distribution
    laisser_passer(d, regle)
    ars = appelant(d.utilisateur("instructeur"))
    champs = ("statut", "statut_depuis", "prochaine_echeance", "est_tardif")
    with horloge.figer(d.maintenant):
        avant = ars.get(f"dossiers/{d.numero}/").json()
        ligne = next(x for x in ars.get("dossiers/").json()["results"] if x["numero"] == d.numero)
        dates = {
            (e["regle"], e["objet"], e["rang"]): e["statut"]
            for e in ars.get(f"dossiers/{d.numero}/echeances/").json()["results"]
        }
        ce_que_le_passage_ecrit(d)
        apres = ars.get(f"dossiers/{d.numero}/").json()
        ecrites = {
            (e["regle"], e["objet"], e["rang"]): e["statut"]
            for e in ars.get(f"dossiers/{d.numero}/echeances/").json()["results"]
        }
    assert {c: avant[c] for c in champs} == {c: apres[c] for c in champs}
    assert {c: ligne[c] for c in champs} == {c: apres[c] for c in champs}
    suivante = avant["prochaine_echeance"]
    assert suivante is None or datetime.fromisoformat(suivante).astimezone(UTC) > d.maintenant
    assert dates == ecrites
    assert "echue" in dates.values()


def test_le_projet_s_ecrit_malgre_le_silence_non_ecrit():
    """A projet validated by silence is actualised from the next day on: the page opens and what is written is kept."""
    d = make_dossier("projet_depose").distribution
    laisser_passer(d, "DL-3")
    client = client_de(d.utilisateur("porteur"))
    url = reverse("projet_rubrique", args=[d.numero, "diagnostic"])
    with horloge.figer(d.maintenant):
        assert client.get(url).status_code == 200
        assert client.post(url, {"diagnostic": "Le territoire, un an après."}).status_code == 302
    with comme_portail():
        dernier = d.relire().projets.order_by("-version").first()
    assert (dernier.version, dernier.diagnostic) == (2, "Le territoire, un an après.")


def test_de_deux_silences_non_ecrits_le_premier_est_en_place():
    """CRI-1c: both letters are validated by silence that no scan has written; the second does not stand before the first."""
    premier = make_dossier("lettre_deposee").distribution
    second = make_dossier("lettre_deposee", maintenant=premier.maintenant + timedelta(days=2)).distribution
    laisser_passer(second, "DL-1")
    vus = {}
    for d in (premier, second):
        acteur = d.acteur("instructeur")
        with contexte(acteur):
            dossier = Dossier.objects.pour(acteur).au(second.maintenant).get(numero=d.numero)
            jour = horloge.jour_local(second.maintenant, dossier.fuseau)
            vus[d.numero] = [
                c.numero for c in grille.conflits(dossier, grille.parametres(dossier, "lettre", jour), jour)
            ]
    assert vus == {premier.numero: [], second.numero: [premier.numero]}


def test_les_jalons_de_la_mission_passes_ne_sont_plus_a_venir():
    d = make_dossier("lettre_validee").distribution
    laisser_passer(d, "DL-5")
    client = client_de(d.utilisateur("instructeur"))
    with horloge.figer(d.maintenant):
        page = client.get(reverse("mission", args=[d.numero])).content.decode()
    assert "Échue\u00a0: " in page
    assert "À venir\u00a0: " not in page


def test_le_lien_de_signature_ne_s_ouvre_plus_apres_la_fin_du_contrat():
    """DUR-1: the page of the link says what the act would answer."""
    d = make_dossier("dotation_active").distribution
    jeton = inviter(d)
    with comme_portail():
        LienSignature.objects.update(expire_le=d.maintenant + timedelta(days=9000))
        assert lire_invitation(jeton, maintenant=d.maintenant).situation == "ouvert"
        laisser_passer(d, "DUR-1")
        assert lire_invitation(jeton, maintenant=d.maintenant).situation == "perime"


def inviter(d: Distribution) -> str:
    acteur = d.acteur("porteur")
    with contexte(acteur):
        ajouter_adherent(
            numero=d.numero, acteur=acteur, maintenant=d.maintenant, rpps=numero_rpps(990_001), nom="Invité", prenom="Camille",
            specialite="SM04", mode="liberal", departements=["31"], courriel="invite@exemple.fr", inviter=True,
        )  # fmt: skip
    with comme_portail():
        return jetons.jeton(LienSignature.objects.get(dossier__numero=d.numero, utilise_le=None, annule_le=None).sel)


def test_l_attestation_demandee_entre_le_passage_et_la_grille_la_fige():
    """The scan has written the decision and died before its grid: any act freezes it first, one that moves nothing too."""
    d = make_dossier("lettre_deposee").distribution
    laisser_passer(d, "DL-1")
    regler_dues(au=d.maintenant)
    with comme_portail():
        assert Decision.objects.get(dossier__numero=d.numero).grille == []
    d.fait("porteur", PREUVE)
    with comme_portail():
        assert len(Decision.objects.get(dossier__numero=d.numero).grille) == 12


def lu(d: Distribution, qui: str, chemin: str) -> str:
    with horloge.figer(d.maintenant):
        reponse = client_de(d.utilisateur(qui)).get(chemin)
    assert reponse.status_code == 200, chemin
    return reponse.content.decode()


def chiffre(page: str, libelle: str) -> str:
    """What stands before the label of a figure."""
    return re.sub(r"<[^>]+>|\s", "", page.partition(libelle)[0][-220:])[-3:]


def test_la_liste_met_a_traiter_un_retard_que_personne_n_a_inscrit():
    """DL-2 passed, the letter validated by a silence as unwritten: the row is there, counted once, and the filters see its next date."""
    d = make_dossier("lettre_deposee").distribution
    laisser_passer(d, "DL-2")
    ars = appelant(d.utilisateur("instructeur"))
    filtre = (d.maintenant + timedelta(days=20)).date().isoformat()

    def surfaces() -> tuple:
        page = lu(d, "instructeur", "/dossiers/?onglet=a_traiter")
        with horloge.figer(d.maintenant):
            proches = ars.get("dossiers/", echeance_avant=filtre).json()["results"]
            tries = ars.get("dossiers/", ordering="echeance").json()["results"]
        filtree = lu(d, "instructeur", f"/dossiers/?onglet=tous&echeance_avant={filtre}")
        return (
            f'href="/dossiers/{d.numero}/"' in page,
            re.findall(r"À traiter.{0,120}?(\d+)<", page, re.S)[:1],
            "Projet en retard" in page,
            [x["numero"] for x in proches],
            [x["prochaine_echeance"] for x in tries],
            f'href="/dossiers/{d.numero}/"' in filtree,
        )

    avant = surfaces()
    ce_que_le_passage_ecrit(d)
    assert avant == surfaces()
    assert avant[0], "le retard est à traiter"
    assert avant[3] == [], "la prochaine date est plus loin"


@pytest.mark.parametrize(("statut", "regle"), [("lettre_deposee", "DL-1"), ("projet_depose", "DL-3")])
def test_la_decision_du_silence_se_lit_avant_d_etre_inscrite(statut, regle):
    """API, pilotage and the payments' checklist."""
    d = make_dossier(statut).distribution
    laisser_passer(d, regle)
    ars = appelant(d.utilisateur("instructeur"))

    def surfaces() -> tuple:
        with horloge.figer(d.maintenant):
            fiche = ars.get(f"dossiers/{d.numero}/").json()
        pilotage = lu(d, "instructeur", "/pilotage/")
        return fiche["decisions"], fiche["est_a_regulariser"], chiffre(pilotage, "décisions nées du silence")

    avant = surfaces()
    ce_que_le_passage_ecrit(d)
    assert avant == surfaces()
    assert avant[0][-1]["mode"] == "tacite"


@pytest.mark.parametrize(
    ("statut", "regle", "tache"),
    [("lettre_validee", "DL-2", "statuer_retard"), ("lettre_validee", "DL-5", "ouvrir_recuperation")],
)
def test_la_tache_se_lit_avant_d_etre_inscrite(statut, regle, tache):
    d = make_dossier(statut).distribution
    laisser_passer(d, regle)

    def taches() -> str:
        page = lu(d, "instructeur", f"/dossiers/{d.numero}/")
        return page.partition('id="taches"')[2].partition("</ul>")[0]

    avant = taches()
    ce_que_le_passage_ecrit(d)
    assert avant == taches()
    assert dict(Tache.Type.choices)[tache] in avant


@pytest.mark.parametrize(
    ("statut", "regle"),
    [("lettre_deposee", "DL-1"), ("projet_depose", "DL-3"), ("lettre_validee", "DL-2"), ("dotation_active", "DUR-1")],
)
def test_les_fichiers_disent_ce_que_le_passage_ecrira(statut, regle):
    """Each list that is exported, and the calendar of the dossier, before and after the scan."""
    d = make_dossier(statut).distribution
    laisser_passer(d, regle)
    acteur = d.acteur("instructeur")
    lien = rattachement_de(d.utilisateur("instructeur"))
    flux = FluxCalendrier(utilisateur=lien.utilisateur, rattachement=lien, portee="dossier", numero=d.numero)

    def fichiers() -> dict:
        with contexte(acteur):
            lus = {
                code: sorted(map(str, x.lignes(acteur, {}, d.maintenant)))
                for code, x in LISTES.items()
                if code != "dossiers"
            }
            lus["dossiers"] = [str(r) for r in LISTES["dossiers"].lignes(acteur, {"onglet": ["tous"]}, d.maintenant)]
        agenda = echeances_du_flux(flux, d.maintenant)
        vevent = icalendar.Calendar.from_ical(render_calendrier("x", agenda, d.maintenant)).walk("VEVENT")
        lus["ics"] = [(str(v["UID"]), str(v["STATUS"]), str(v["SUMMARY"]), v.decoded("DTSTART")) for v in vevent]
        return lus

    avant = fichiers()
    ce_que_le_passage_ecrit(d)
    apres = fichiers()
    for nom, lignes in avant.items():
        assert lignes == apres[nom], nom
    assert avant["ics"]


def test_le_conflit_ne_du_silence_se_dit_avant_d_etre_inscrit():
    """CRI-1c: the second of two letters on one territory."""
    premier = make_dossier("lettre_deposee").distribution
    second = make_dossier("lettre_deposee", maintenant=premier.maintenant + timedelta(days=2)).distribution
    laisser_passer(second, "DL-1")
    for d in (premier, second):
        d.maintenant = second.maintenant

    def surfaces() -> list:
        vus = []
        for d in (premier, second):
            page = lu(d, "porteur", f"/dossiers/{d.numero}/")
            with horloge.figer(d.maintenant):
                fiche = appelant(d.utilisateur("instructeur")).get(f"dossiers/{d.numero}/").json()
            vus.append(("Lettre validée en conflit, à régulariser" in page, fiche["est_a_regulariser"]))
        return vus

    avant = surfaces()
    assert avant == [(False, False), (True, True)]
    ce_que_le_passage_ecrit(second)
    assert avant == surfaces()


def test_un_document_s_ouvre_sans_travailleur():
    """With nobody at work, the reader's own request renders it, once: the second reading finds the same bytes."""
    d = make_dossier("lettre_deposee").distribution
    with comme_portail():
        attendu = Document.objects.get(dossier__numero=d.numero, type="accuse_reception")
    url = reverse("document", args=[attendu.pk])
    client = client_de(d.utilisateur("porteur"))
    with horloge.figer(d.maintenant + timedelta(seconds=5)):
        assert "en préparation" in client.get(url).content.decode(), "le travailleur a quelques secondes"
    with horloge.figer(d.maintenant + timedelta(days=3)):
        premiere = client.get(url)
        seconde = appelant(d.utilisateur("instructeur")).get(f"documents/{attendu.pk}/contenu/")
    assert premiere["Content-Type"] == seconde["Content-Type"] == "application/pdf"
    assert b"".join(premiere) == b"".join(seconde)
    with comme_portail():
        assert Evenement.objects.filter(type="document_produit", donnees__document=str(attendu.pk)).count() == 1
