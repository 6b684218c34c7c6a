"""A demand for an avenant is a date among the others: reminded of, listed, in the calendar, explained, and settled by its own instant (CAL-6,
CAL-9, REL-1)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from dossiers.models import Echeance, Relance
from dossiers.services import relances
from dossiers.services.passage import regler_dues
from ess_portal.comptes.locataire import comme_portail
from ess_portal.journal.models import Envoi, Evenement
from ess_portal.referentiel.models import JeuParametres
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit
from indicateurs.calendrier.lecture import echeances_du_flux
from indicateurs.models import FluxCalendrier
from indicateurs.passe.archives import lire
from indicateurs.passe.rembobiner import rembobiner
from indicateurs.regles.passe import Lecture
from tests.api.conftest import appelant
from tests.financement.conftest import Distribution
from tests.financement.test_avenants import proposer

FIN = date(2026, 5, 2)  # two months from 2 March 2026


def demander(d: Distribution) -> None:
    with horloge.figer(d.maintenant):
        d.fait("porteur", "demander_avenant", objet="Étendre le territoire au Tarn")


def la_date(d: Distribution, rang: int = 1) -> Echeance:
    with comme_portail():
        return Echeance.objects.get(dossier=d.dossier, objet="avenant", rang=rang)


def lu(d: Distribution, qui: str, chemin: str) -> str:
    client = Client()
    client.force_login(d.utilisateurs[qui])
    with horloge.figer(d.maintenant):
        reponse = client.get(chemin)
    assert reponse.status_code == 200, chemin
    return reponse.content.decode()


def midi(jour: date) -> datetime:
    return datetime.combine(jour, time(12), ZoneInfo("Europe/Paris"))


def test_la_date_se_rappelle_se_liste_et_s_explique(contrat_signe: Distribution):
    d = contrat_signe
    demander(d)
    e = la_date(d)
    assert (e.regle, e.qui, e.dernier_jour, e.statut) == ("CAL-6-V", "ars", FIN, "ouverte")
    with comme_portail():
        for jours in (31, 30, 15):
            relances.creer(au=midi(FIN - timedelta(days=jours)))
        assert list(Relance.objects.filter(echeance=e).order_by("-palier").values_list("palier", flat=True)) == [30, 15]
        rappel = Envoi.objects.filter(dossier=d.dossier, charge__gabarit="relance").latest("pk")
        assert rappel.charge["contexte"]["libelle"] == "Réponse de l’ARS à la demande d’avenant"
    numero = d.dossier.numero
    ars = lu(d, "instructeur", "/dossiers/?onglet=a_traiter")
    assert f'href="/dossiers/{numero}/"' in ars
    assert "Répondre" in ars
    assert re.search(r"À traiter.{0,120}?>1<", ars, re.S)
    dates = lu(d, "porteur", f"/dossiers/{numero}/echeances/")
    bloc = dates.partition('id="cal-6-v-avenant-1"')[2].partition("</details>")[0]
    assert "Demande d’avenant reçue par l’ARS" in bloc
    assert "Le silence vaut rejet" in bloc
    assert "Délai de réponse à une demande d’avenant" in bloc, "le réglage et son jeu"
    vie = lu(d, "porteur", f"/dossiers/{numero}/")
    assert "sans réponse, rejetée" in vie
    assert "Demande d’avenant au contrat" in vie
    assert f"/dossiers/{numero}/actions/repondre_demande_avenant/" in lu(d, "instructeur", f"/dossiers/{numero}/")
    contrats = lu(d, "porteur", f"/dossiers/{numero}/contrats/")
    assert "Pourquoi cette date" in contrats
    with comme_portail():
        lien = d.utilisateurs["instructeur"].rattachements.get()
        flux = FluxCalendrier(utilisateur=lien.utilisateur, rattachement=lien, portee="personne")
        assert e.pk in {x.pk for x in echeances_du_flux(flux, d.maintenant)}


def surfaces(d: Distribution) -> tuple:
    """What people and programs read of it."""
    numero, ars = d.dossier.numero, appelant(d.utilisateurs["instructeur"])
    with horloge.figer(d.maintenant):
        dates = ars.get(f"dossiers/{numero}/echeances/").json()["results"]
        prochaine = ars.get(f"dossiers/{numero}/").json()["prochaine_echeance"]
    liste = lu(d, "instructeur", "/dossiers/?onglet=a_traiter")
    contrats = lu(d, "porteur", f"/dossiers/{numero}/contrats/")
    return (
        [(e["regle"], e["statut"]) for e in dates if e["objet"] == "avenant"],
        prochaine,
        f'href="/dossiers/{numero}/"' in liste,
        re.findall(r"À traiter.{0,120}?(\d+)<", liste, re.S)[:1],
        "Réputée rejetée" in contrats,
        "sans réponse, rejetée" in lu(d, "porteur", f"/dossiers/{numero}/"),
    )


def test_le_silence_se_lit_avant_d_etre_inscrit_et_s_inscrit_une_fois(contrat_signe: Distribution):
    d = contrat_signe
    demander(d)
    e = la_date(d)
    d.maintenant = e.instant + timedelta(days=4)
    avant = surfaces(d)
    assert (avant[0], avant[2:]) == ([("CAL-6-V", "echue")], (False, ["0"], True, False))
    assert regler_dues(au=d.maintenant) >= 1
    assert regler_dues(au=d.maintenant) == 0
    assert avant == surfaces(d)
    with comme_portail():
        ecrit = Evenement.objects.get(dossier=d.dossier, type="rejeter_demande_avenant_implicite")
        assert (ecrit.legal_le, ecrit.enregistre_le) == (e.instant, d.maintenant)
        envoi = Envoi.objects.get(cle=f"echeance:{e.pk}:{FIN}")
        assert set(envoi.charge["organisations"]) == {d.dossier.equipe_id, d.dossier.ars_id}
    # Granted afterwards: silence had decided all the same.
    with horloge.figer(d.maintenant):
        d.fait("instructeur", "repondre_demande_avenant", reponse="accorder")
    assert la_date(d).statut == "echue"


def test_les_pieces_deplacent_la_date_et_l_acte_garde_la_sienne(contrat_signe: Distribution):
    d = contrat_signe
    demander(d)
    with horloge.figer(d.maintenant + timedelta(days=10)):
        d.maintenant += timedelta(days=10)
        d.fait("instructeur", "repondre_demande_avenant", reponse="pieces", motif="Statuts à jour.")
    assert la_date(d).dernier_jour == FIN + timedelta(days=31), "un mois au plus"
    demandees = d.maintenant
    with horloge.figer(d.maintenant + timedelta(days=5)):
        d.maintenant += timedelta(days=5)
        d.fait("porteur", "completer_demande_avenant", complement="Les voici.")
    assert la_date(d).dernier_jour == FIN + timedelta(days=5)
    proposer(d)
    e = la_date(d)
    assert e.statut == "tenue"
    with comme_portail():
        acte = Evenement.objects.get(dossier=d.dossier, type="proposer_avenant")
        assert acte.donnees["dates"][0]["dernier_jour"] == str(FIN + timedelta(days=5))
        archives = lire(d.dossier, d.acteurs["instructeur"])
        vues = []
        for instant in (demandees - timedelta(days=1), demandees + timedelta(hours=1), d.maintenant):
            passe = rembobiner(archives, instant, Lecture.VRAI)
            vues += [(x.dernier_jour, x.statut) for x in passe.echeances if x.objet == "avenant"]
    assert vues == [
        (FIN, "ouverte"), (FIN + timedelta(days=31), "ouverte"), (FIN + timedelta(days=5), "tenue"),
    ]  # fmt: skip


def test_ou_le_silence_accepte_la_date_attend_les_pieces(contrat_signe: Distribution):
    d = contrat_signe
    with comme_portail():
        JeuParametres.objects.create(
            region_id="76", valide_du=date(2026, 1, 1), valeurs={"regime_avenant": "acceptation"}, source="Essai"
        )
    demander(d)
    with horloge.figer(d.maintenant):
        d.fait("instructeur", "repondre_demande_avenant", reponse="pieces", motif="Statuts à jour.")
    e = la_date(d)
    assert (e.regle, e.statut, e.dernier_jour) == ("CAL-6-VA", "suspendue", None)
    a_traiter = lu(d, "instructeur", "/dossiers/?onglet=a_traiter")
    assert f'href="/dossiers/{d.dossier.numero}/"' in a_traiter, "une demande sans date attend aussi"
    d.avance(3)
    with horloge.figer(d.maintenant):
        d.fait("porteur", "completer_demande_avenant", complement="Les voici.")
    e = la_date(d)
    assert (e.statut, e.dernier_jour) == ("ouverte", date(2026, 5, 5))
    d.maintenant = e.instant
    regler_dues(au=d.maintenant)
    with comme_portail():
        assert Evenement.objects.filter(dossier=d.dossier, type="accepter_demande_avenant_implicite").count() == 1
    with horloge.figer(d.maintenant), pytest.raises(Conflit):
        d.fait("instructeur", "repondre_demande_avenant", reponse="refuser", motif="Non")
