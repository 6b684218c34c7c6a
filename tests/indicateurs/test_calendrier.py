"""Calendar feeds: read back by two parsers, stable, revised, revocable, and never more than the person may read that day."""

from __future__ import annotations

import logging
import re
from datetime import UTC, date, datetime, timedelta

import icalendar
import pytest
import vobject
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dossiers.models import Dossier, Echeance
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Rattachement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Introuvable
from indicateurs.calendrier.services import creer_flux, revoquer_flux
from indicateurs.models import FluxCalendrier
from tests.fabriques import client_de, make_dossier

from .conftest import JOUR, MAINTENANT, personne

pytestmark = pytest.mark.django_db
NOM = "Équipe de soins spécialisés en cardiologie pédiatrique et congénitale des Hautes-Pyrénées, de la Haute-Garonne ; et de l’Ariège, à l’est"


@pytest.fixture(autouse=True)
def jour_fige():
    with horloge.figer(MAINTENANT):
        yield


def adresse(qui, portee: str = "organisation", numero: str = "") -> str:
    _, acteur = qui
    lien = Rattachement.objects.select_related("organisation").get(
        utilisateur_id=acteur.utilisateur_id, organisation_id=acteur.organisation_id
    )
    with contexte(acteur):
        _, secret = creer_flux(portee=portee, numero=numero, rattachement=lien, acteur=acteur, maintenant=MAINTENANT)
    return reverse("calendrier_ics", args=[secret])


def lire(url: str) -> tuple[bytes, list[icalendar.Event]]:
    reponse = Client().get(url)
    assert reponse.status_code == 200
    assert reponse["Content-Type"] == "text/calendar; charset=utf-8"
    return reponse.content, list(icalendar.Calendar.from_ical(reponse.content).walk("VEVENT"))


def seul(url: str) -> icalendar.Event:
    (evenement,) = lire(url)[1]
    return evenement


def modifier(e: Echeance, **champs) -> None:
    with comme_portail():
        Echeance.objects.filter(pk=e.pk).update(**champs)


def test_deux_lecteurs_lisent_la_meme_chose(instructeur, reprendre, echeance):
    dossier = reprendre(nom=NOM)
    echeance(dossier, "DL-1", 12)
    octets, (evenement,) = lire(adresse(instructeur))
    assert all(len(ligne) <= 75 for ligne in octets.split(b"\r\n"))
    assert b"\n" not in octets.replace(b"\r\n", b"")
    assert b"\r\n " in octets
    autre = vobject.readOne(octets.decode()).vevent
    assert (
        evenement["SUMMARY"]
        == autre.summary.value
        == (f"Dernier jour\u00a0: Décision de l’ARS sur la lettre – n°\u00a0{dossier.numero}")
    )
    assert evenement["UID"] == autre.uid.value
    assert evenement.decoded("DTSTART") == autre.dtstart.value == date(2026, 5, 10)
    assert evenement.decoded("DTEND") == autre.dtend.value == date(2026, 5, 11)
    assert b"DTSTART;VALUE=DATE:20260510" in octets
    assert str(evenement["DESCRIPTION"]) == autre.description.value
    assert NOM in autre.description.value
    assert "la lettre est réputée validée le 11\u00a0mai\u00a02026" in autre.description.value
    assert dossier.ars.nom in autre.description.value
    assert evenement["URL"] == autre.url.value
    assert evenement["URL"].endswith(f"/dossiers/{dossier.numero}/")
    assert evenement["STATUS"] == "CONFIRMED"
    assert evenement["SEQUENCE"] == 0
    assert [str(c) for c in evenement["CATEGORIES"].cats] == ["Échéance ESS", "Lettre d’intention", "DL-1"]
    (rappel,) = evenement.walk("VALARM")
    debut = datetime(2026, 5, 10, tzinfo=UTC)
    assert debut + rappel.decoded("TRIGGER") == datetime(2026, 5, 3, 9, tzinfo=UTC)
    assert autre.valarm.trigger.value == rappel.decoded("TRIGGER")
    assert evenement.decoded("DTSTAMP").tzinfo is not None


def test_un_calendrier_vide_reste_valide(instructeur):
    octets, evenements = lire(adresse(instructeur))
    assert evenements == []
    assert [c.name for c in icalendar.Calendar.from_ical(octets).subcomponents] == ["VTIMEZONE"]
    assert vobject.readOne(octets.decode()).vtimezone


def test_une_date_deplacee_garde_son_uid_et_compte_une_revision(instructeur, reprendre, echeance):
    e = echeance(reprendre(), "DL-1", 12)
    url = adresse(instructeur)
    avant = seul(url)
    modifier(e, explication=[{"libelle": "autre"}])
    assert seul(url)["SEQUENCE"] == 0
    jour = JOUR + timedelta(days=40)
    modifier(e, dernier_jour=jour, instant=horloge.fin_de_journee(jour, "Europe/Paris"))
    apres = seul(url)
    assert apres["UID"] == avant["UID"]
    assert apres["SEQUENCE"] == avant["SEQUENCE"] + 1
    assert apres.decoded("DTSTART") == jour
    assert apres.decoded("LAST-MODIFIED") >= avant.decoded("LAST-MODIFIED")


def test_une_date_annulee_reste_annulee_puis_revient(instructeur, reprendre, echeance):
    e = echeance(reprendre(), "DL-2", 12)
    url = adresse(instructeur)
    uid = seul(url)["UID"]
    modifier(e, statut="annulee")
    annule = seul(url)
    assert (annule["UID"], annule["STATUS"], annule["SEQUENCE"]) == (uid, "CANCELLED", 1)
    assert annule["SUMMARY"].startswith("Sans objet")
    assert not annule.walk("VALARM")
    modifier(e, statut="ouverte")
    assert (seul(url)["STATUS"], seul(url)["SEQUENCE"]) == ("CONFIRMED", 2)


@pytest.mark.parametrize("statut", ["tenue", "echue"])
def test_une_date_reglee_ne_compte_pas_de_revision(instructeur, reprendre, echeance, statut):
    e = echeance(reprendre(), "DL-2", 12)
    modifier(e, statut=statut, reglee_le=MAINTENANT)
    evenement = seul(adresse(instructeur))
    assert (evenement["STATUS"], evenement["SEQUENCE"]) == ("CONFIRMED", 0)
    assert evenement["SUMMARY"].startswith({"tenue": "Tenue", "echue": "Échue"}[statut])
    assert not evenement.walk("VALARM")


def test_une_date_passee_est_echue_avant_le_passage(instructeur, reprendre, echeance):
    """CAL-9: nothing has written it down yet."""
    e = echeance(reprendre(), "DL-1", -1)
    evenement = seul(adresse(instructeur))
    assert evenement["SUMMARY"].startswith("Échue\u00a0: ")
    assert "réputée validée depuis le 28\u00a0avril\u00a02026" in evenement["DESCRIPTION"]
    assert not evenement.walk("VALARM")
    assert evenement.decoded("LAST-MODIFIED") >= e.instant


def test_ce_qui_suit_la_fin_du_contrat_est_annule_avant_le_passage(instructeur, reprendre, echeance):
    dossier = reprendre("dotation_active", bascule_le=MAINTENANT - timedelta(days=1))
    echeance(dossier, "DL-7", 30, objet="dotation")
    evenement = seul(adresse(instructeur))
    assert (evenement["STATUS"], evenement["SEQUENCE"]) == ("CANCELLED", 1)


def test_une_date_suspendue_n_a_pas_de_jour(instructeur, reprendre, echeance):
    e = echeance(reprendre(), "DL-1", 12)
    url = adresse(instructeur)
    modifier(e, dernier_jour=None, acquise_le=None, instant=None, statut="suspendue")
    assert lire(url)[1] == []
    modifier(e, dernier_jour=JOUR, instant=MAINTENANT + timedelta(hours=16), statut="ouverte")
    assert seul(url)["SEQUENCE"] == 2


def test_les_actes_eux_memes_comptent():
    """An act that makes a date void, through its service: the same event, cancelled."""
    dossier = make_dossier("lettre_deposee")
    d = dossier.distribution
    with horloge.figer(d.maintenant):
        url = adresse((None, d.acteur("porteur")), "dossier", d.numero)
        (avant,) = [e for e in lire(url)[1] if "DL-1" in [str(c) for c in e["CATEGORIES"].cats]]
        d.fait("porteur", "abandonner", motivation="L’équipe renonce.")
        (apres,) = [e for e in lire(url)[1] if e["UID"] == avant["UID"]]
    assert (apres["STATUS"], apres["SEQUENCE"]) == ("CANCELLED", avant["SEQUENCE"] + 1)


def test_identite_stable_et_sans_doublon(instructeur, reprendre, echeance, settings):
    settings.ADRESSE_PUBLIQUE = "https://portail.exemple.fr"
    dossier = reprendre()
    for rang in (1, 2):
        echeance(dossier, "DL-10", 10 + rang, rang=rang)
    url = adresse(instructeur)
    uids = [e["UID"] for e in lire(url)[1]]
    assert uids == [f"echeance-{dossier.pk}-dl-10-lettre-{rang}@portail.exemple.fr" for rang in (1, 2)]


def test_etag_304_et_head(instructeur, reprendre, echeance):
    e = echeance(reprendre(), "DL-1", 12)
    url = adresse(instructeur)
    premiere = Client().get(url)
    assert premiere["Cache-Control"].startswith("private")
    assert premiere["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in premiere.headers
    assert not premiere.cookies
    encore = Client().get(url, headers={"If-None-Match": premiere["ETag"]})
    assert (encore.status_code, encore.content) == (304, b"")
    assert encore["ETag"] == premiere["ETag"]
    assert Client().head(url)["ETag"] == premiere["ETag"]
    assert Client().post(url).status_code == 405
    modifier(e, dernier_jour=JOUR + timedelta(days=20))
    assert Client().get(url, headers={"If-None-Match": premiere["ETag"]}).status_code == 200


@pytest.mark.parametrize("cause", ["revoque", "retire", "inactif", "transfere"])
def test_une_adresse_morte_est_un_404_comme_les_autres(ars, autre_ars, reprendre, echeance, caplog, cause):
    qui = personne(ars, "ars_instructeur")
    dossier = reprendre()
    echeance(dossier, "DL-1", 12)
    url = adresse(qui, "dossier", dossier.numero)
    assert len(lire(url)[1]) == 1
    temoin = Client().get(reverse("calendrier_ics", args=["inconnu"]))
    if cause == "revoque":
        FluxCalendrier.objects.update(revoque_le=MAINTENANT)
    elif cause == "retire":
        Rattachement.objects.filter(utilisateur=qui[0]).update(retire_le=MAINTENANT)
    elif cause == "inactif":
        qui[0].is_active = False
        qui[0].save()
    else:
        with comme_portail():
            Dossier.objects.filter(pk=dossier.pk).update(ars=autre_ars)
    caplog.clear()
    with caplog.at_level(logging.DEBUG):
        morte = Client().get(url)
    assert (temoin.status_code, morte.status_code) == (404, 404)
    assert morte.content == temoin.content
    assert dict(morte.headers) == dict(temoin.headers)
    assert url not in caplog.text
    assert "ETag" not in morte


def test_la_personne_retiree_perd_son_propre_calendrier(equipe):
    qui = personne(equipe, "porteur_referent")
    url = adresse(qui, "personne")
    assert Client().get(url).status_code == 200
    Rattachement.objects.filter(utilisateur=qui[0]).update(retire_le=MAINTENANT)
    assert Client().get(url).status_code == 404


def test_chacun_ne_lit_que_ce_qu_il_voit(instructeur, national, porteur, reprendre, echeance, autre_ars):
    ici, la = reprendre(), reprendre(ars=autre_ars, region="53")
    echeance(ici, "DL-1", 12)
    echeance(la, "DL-1", 13)
    assert [e["URL"].split("/")[-2] for e in lire(adresse(instructeur))[1]] == [ici.numero]
    ailleurs = personne(autre_ars, "ars_instructeur")
    assert [e["URL"].split("/")[-2] for e in lire(adresse(ailleurs))[1]] == [la.numero]
    with pytest.raises(ErreurMetier) as etranger:
        adresse(instructeur, "dossier", la.numero)
    with pytest.raises(ErreurMetier) as absent:
        adresse(instructeur, "dossier", "76-1999-9999")
    assert etranger.value.champs == absent.value.champs
    assert etranger.value.message == absent.value.message
    with pytest.raises(ErreurMetier):
        adresse(national, "organisation")
    assert len(lire(adresse(national, "dossier", la.numero))[1]) == 1


def test_le_calendrier_d_une_personne(equipe, ars, reprendre, echeance):
    """What waits for any of her organisations, and the dossiers that she follows."""
    qui = personne(ars, "ars_instructeur")
    Rattachement.objects.create(utilisateur=qui[0], organisation=equipe, role="porteur_referent", cree_le=MAINTENANT)
    dossier, suivi = reprendre(), reprendre(suivi_par=qui[0])
    for regle, jours in (("DL-1", 10), ("AVI", 11), ("DL-2", 12)):
        echeance(dossier, regle, jours)
    echeance(suivi, "AVI", 20)
    vus = [(e["URL"].split("/")[-2], str(e["CATEGORIES"].cats[-1])) for e in lire(adresse(qui, "personne"))[1]]
    assert vus == [(dossier.numero, "DL-1"), (dossier.numero, "DL-2"), (suivi.numero, "AVI")]


def test_un_dossier_garde_ses_dates_anciennes_une_organisation_une_annee(instructeur, reprendre, echeance):
    dossier = reprendre()
    for jours, regle in ((-400, "DL-1"), (-360, "AVI")):
        echeance(dossier, regle, jours, statut="tenue")
    assert len(lire(adresse(instructeur, "dossier", dossier.numero))[1]) == 2
    assert seul(adresse(instructeur))["UID"].startswith(f"echeance-{dossier.pk}-avi-")


def test_autant_de_requetes_pour_un_dossier_que_pour_vingt(instructeur, reprendre, echeance):
    url = adresse(instructeur)
    nombres = []
    for combien in (1, 19):
        for _ in range(combien):
            dossier = reprendre()
            echeance(dossier, "DL-1", 12)
            echeance(dossier, "AVI", -3)
        with CaptureQueriesContext(
            connection,
        ) as requetes:
            assert len(lire(url)[1]) in (2, 40)
        nombres.append(len(requetes))
    assert nombres[0] == nombres[1] <= 16


def test_la_page_montre_l_adresse_une_fois(instructeur, reprendre, echeance):
    dossier = reprendre()
    echeance(dossier, "DL-1", 12)
    client, page = client_de(instructeur[0]), reverse("calendriers")
    texte = client.get(page, {"dossier": dossier.numero}).content.decode()
    assert f'value="{dossier.numero}"' in texte
    assert client.post(page, {"portee": "dossier", "numero": ""}).status_code == 422
    assert client.post(page, {"portee": "dossier", "numero": "76-1999-9999"}).status_code == 422
    texte = client.post(page, {"portee": "dossier", "numero": dossier.numero}).content.decode()
    (url,) = re.findall(r'value="https?://[^/"]+(/calendrier/[^"]+\.ics)"', texte)
    assert len(lire(url)[1]) == 1
    flux = FluxCalendrier.objects.get()
    assert url.split("/")[-1].removesuffix(".ics") not in flux.empreinte
    texte = client.get(page).content.decode()
    assert url not in texte
    assert "Révoquer" in texte
    client.post(reverse("calendrier_revoquer", args=[flux.pk]))
    assert Client().get(url).status_code == 404
    assert "Aucun calendrier n’est en service" in client.get(page).content.decode()


def test_on_ne_revoque_que_le_sien(instructeur, porteur):
    adresse(instructeur)
    flux = FluxCalendrier.objects.get()
    lien = Rattachement.objects.select_related("organisation").get(utilisateur=porteur[0])
    with pytest.raises(Introuvable), contexte(porteur[1]):
        revoquer_flux(flux_id=flux.pk, rattachement=lien, acteur=porteur[1], maintenant=MAINTENANT)
    flux.refresh_from_db()
    assert flux.revoque_le is None


def test_vingt_calendriers_au_plus(instructeur):
    for _ in range(20):
        adresse(instructeur)
    with pytest.raises(ErreurMetier, match="révoquez-en un"):
        adresse(instructeur)
