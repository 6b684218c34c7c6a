"""A report put off is a date of the dossier like others (IND-3): listed, reminded of, in calendars, the same before and after the scan."""

from __future__ import annotations

from datetime import date, timedelta

import icalendar
import pytest

from dossiers.models import Dossier, Echeance, Relance, Tache
from dossiers.services import relances
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.journal.models import Evenement
from ess_portal.socle import horloge
from ess_portal.socle.horloge import fin_de_journee
from indicateurs import services
from indicateurs.calendrier.ical import render_calendrier
from indicateurs.calendrier.lecture import echeances_du_flux
from indicateurs.exports.registre import LISTES
from indicateurs.models import FluxCalendrier
from indicateurs.passe.archives import lire
from indicateurs.passe.rembobiner import rembobiner
from indicateurs.pilotage.echeances import Filtres, a_venir, en_retard
from indicateurs.regles.passe import Lecture
from tests.api.conftest import appelant
from tests.fabriques import Distribution, client_de, make_dossier, rattachement_de
from tests.indicateurs.test_porte_du_rapport import CHIFFRES
from tests.outillage.vies import Vies

pytestmark = pytest.mark.django_db


def un_an() -> Distribution:
    d = make_dossier("dotation_active").distribution
    d.avancer(days=367)
    regler_dues(au=d.maintenant)
    return d


@pytest.fixture
def d() -> Distribution:
    """Two days after the first anniversary; the report was due the day before yesterday."""
    return Vies.mener("un an, sans versement", un_an)


def proroger(d: Distribution, jours: int = 30, annee: int = 1) -> date:
    au = d.jour + timedelta(days=jours)
    d.fait("instructeur", "proroger_rapport", annee=annee, au=au.isoformat(), motif="Référente absente")
    return au


def echeance(d: Distribution) -> Echeance:
    with comme_portail():
        return Echeance.objects.get(dossier__numero=d.numero, regle="IND-3")


def deposer(d: Distribution) -> None:
    acteur = d.acteur("porteur")
    with contexte(acteur):
        services.enregistrer_rapport(numero=d.numero, annee=1, acteur=acteur, maintenant=d.maintenant, donnees=CHIFFRES)
        services.deposer_rapport(numero=d.numero, annee=1, acteur=acteur, maintenant=d.maintenant)


def surfaces(d: Distribution) -> dict:
    """What the lists, the dashboards, the API, the files and the calendar say."""
    acteur, lien = d.acteur("instructeur"), rattachement_de(d.utilisateur("instructeur"))
    flux = FluxCalendrier(utilisateur=lien.utilisateur, rattachement=lien, portee="dossier", numero=d.numero)
    vues: dict = {}
    with contexte(acteur):
        for code, liste in LISTES.items():
            vues[code] = sorted(map(str, liste.lignes(acteur, {"onglet": ["tous"]} if code == "dossiers" else {}, d.maintenant)))  # fmt: skip
        vues["a_venir"] = [(e.regle, e.rang) for e in a_venir(acteur, Filtres(), d.maintenant)]
        vues["en_retard"] = [(e.regle, e.rang) for e in en_retard(acteur, Filtres(), d.maintenant).order_by("pk")]
    agenda = icalendar.Calendar.from_ical(
        render_calendrier("x", echeances_du_flux(flux, d.maintenant), d.maintenant)
    ).walk("VEVENT")
    vues["ics"] = sorted((str(v["UID"]), str(v["STATUS"]), str(v["SUMMARY"]), v.decoded("DTSTART")) for v in agenda)
    with horloge.figer(d.maintenant):
        api = appelant(d.utilisateur("instructeur"))
        vues["dates"] = {
            (e["regle"], e["rang"]): (e["statut"], e["dernier_jour"])
            for e in api.get(f"dossiers/{d.numero}/echeances/").json()["results"]
        }
        vues["prochaine"] = api.get(f"dossiers/{d.numero}/").json()["prochaine_echeance"]
        page = client_de(d.utilisateur("porteur")).get(f"/dossiers/{d.numero}/echeances/").text
    vues["page"] = page.count("au jour reporté par l’ARS") > 0
    return vues


def egales(d: Distribution) -> dict:
    avant = surfaces(d)
    regler_dues(au=d.maintenant)
    apres = surfaces(d)
    for nom, vue in avant.items():
        assert vue == apres[nom], nom
    return avant


def test_la_date_reportee_est_une_echeance(d):
    au = proroger(d)
    e = echeance(d)
    assert (e.statut, e.dernier_jour, e.qui, e.objet, e.rang) == ("ouverte", au, "equipe", "dotation", 1)
    assert e.instant == fin_de_journee(au, "Europe/Paris")
    assert [x["libelle"] for x in e.explication] == [
        "Point de départ",
        "Report accordé",
        "Dernier jour pour le rapport",
    ]
    vues = surfaces(d)
    assert ("IND-3", 1) in vues["a_venir"]
    assert vues["dates"]["IND-3", 1] == ("ouverte", au.isoformat())
    assert vues["prochaine"].startswith(au.isoformat())
    assert vues["page"]
    assert any("ind-3" in uid for uid, *_ in vues["ics"])


def test_les_listes_disent_la_meme_chose_avant_et_apres_le_passage(d):
    """CAL-9: nobody filed, the day is gone."""
    au = proroger(d)
    d.maintenant = fin_de_journee(au, "Europe/Paris") + timedelta(days=5)
    vues = egales(d)
    assert vues["dates"]["IND-3", 1] == ("echue", au.isoformat())
    assert ("IND-3", 1) in vues["en_retard"]
    with comme_portail():
        assert Evenement.objects.filter(dossier__numero=d.numero, type="rapport_non_remis").count() == 1


def test_elle_survit_a_la_fin_du_contrat(d):
    """The last year's report is owed after the term: its day stands, in the lists, whether the scan has closed the dossier or not."""
    with comme_portail():
        fin = Echeance.objects.get(dossier__numero=d.numero, regle="DUR-1")
        derniere = Echeance.objects.filter(dossier__numero=d.numero, regle="DL-7").latest("rang").rang
    d.maintenant = fin.instant - timedelta(days=10)
    regler_dues(au=d.maintenant)
    au = proroger(d, jours=60, annee=derniere)
    d.maintenant = fin.instant + timedelta(days=5)
    vues = egales(d)
    assert d.relire().statut == "clos"
    assert vues["dates"]["IND-3", derniere] == ("ouverte", au.isoformat())
    assert ("IND-3", derniere) in vues["a_venir"]
    assert vues["prochaine"].startswith(au.isoformat())
    d.maintenant = fin_de_journee(au, "Europe/Paris") + timedelta(days=2)
    assert ("IND-3", derniere) in egales(d)["en_retard"]


@pytest.mark.parametrize(("jours", "statut"), [(20, "tenue"), (40, "echue")])
def test_le_depot_la_tient(d, jours, statut):
    proroger(d)
    d.maintenant += timedelta(days=jours)
    deposer(d)
    assert echeance(d).statut == statut
    vues = egales(d)
    assert ("IND-3", 1) not in vues["en_retard"]
    assert ("IND-3", 1) not in vues["a_venir"]


def test_elle_se_rappelle_une_fois_par_palier(d):
    au = proroger(d)
    with comme_portail():
        Relance.objects.all().delete()
    d.maintenant = fin_de_journee(au, "Europe/Paris") - timedelta(days=7)
    for _ in range(2):
        relances.creer(au=d.maintenant)
    with comme_portail():
        lues = Relance.objects.filter(dossier__numero=d.numero, dernier_jour=au)
        assert {r.tache.type for r in lues.select_related("tache")} == {"deposer_rapport"}
        assert len({r.palier for r in lues}) == 1


def test_une_correction_prorogee_se_fait_de_nouveau(d):
    """Sent back, the report is to do again: its task opens anew with the day given, and the filing that answers it keeps it."""
    deposer(d)
    d.fait("instructeur", "demander_correction_rapport", annee=1, texte="I2 semble double.")
    au = proroger(d)
    with comme_portail():
        tache = Tache.objects.get(dossier__numero=d.numero, type="deposer_rapport")
        assert (tache.faite_le, tache.a_faire_au_plus_tard) == (None, au)
    assert echeance(d).statut == "ouverte"
    d.maintenant += timedelta(days=3)
    deposer(d)
    assert echeance(d).statut == "tenue"


def test_le_passe_la_dit_quand_elle_etait_sue(d):
    avant = d.maintenant
    d.avancer(days=1)
    au = proroger(d)
    d.avancer(days=5)
    deposer(d)
    acteur = d.acteur("instructeur")
    with contexte(acteur):
        archives = lire(Dossier.objects.pour(acteur).au(d.maintenant).get(numero=d.numero), acteur)
        vus = [
            [(e.statut, e.dernier_jour) for e in rembobiner(archives, quand, Lecture.VRAI).echeances if e.regle == "IND-3"]
            for quand in (avant, d.maintenant - timedelta(days=2), d.maintenant)
        ]  # fmt: skip
    assert vus == [[], [("ouverte", au)], [("tenue", au)]]
