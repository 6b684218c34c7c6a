"""What is measured, on what base."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
from django.contrib.auth import get_user_model
from django.db import transaction
from django.template import engines
from django.test import Client
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from bench.mesures import cpu_ms, entrelacer, page, tableau, temps_ms
from bench.plans import lectures
from bench.remplir import Modele, Multiplieur, analyser, couvrir, ecrire_lettres
from dossiers.models import Dossier
from dossiers.onglets import NOMS
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Organisation
from ess_portal.documents.rendu import composer, rendre
from ess_portal.documents.rendu.actifs import ActifsSeulement, charger
from ess_portal.documents.rendu.atelier import fermer
from ess_portal.documents.specimens import SPECIMENS
from ess_portal.referentiel.services import noms_groupes
from ess_portal.socle import horloge
from tests import fabriques

# CRI-1c leaves one living ESS to a specialty and a département: a conflict is the exception, here one letter in ten or so.
TERRITOIRES = 60_000
# So many stand on a group that exists, for the heat table to be drawn whole.
PART_REELLE = 0.03
# One département of Occitanie each: two on the same territory would be a conflict (CRI-1c).
STATUTS = {
    "lettre_deposee": "31",
    "lettre_validee": "34",
    "projet_depose": "30",
    "projet_valide": "81",
    "lettre_refusee": "66",
}
TABLEAUX = {
    "échéances": "/pilotage/",
    "calendrier": "/pilotage/calendrier/",
    "activité": "/pilotage/activite/",
    "conformité": "/pilotage/conformite/",
    "évaluation": "/pilotage/evaluation/",
    "budget": "/budget/",
    "territoires": "/territoires/",
    "observatoire": "/observatoire/",
}
PLANCHER = """{% load ess %}<table>{% for d in lignes %}<tr><td><a href="/dossiers/{{ d.numero }}/">{{ d.nom }}</a></td><td>{{ d.numero }}</td>
<td>{{ d.statut }}</td><td>{{ d.siege_commune }}</td><td>{{ d.prochaine_le }}</td></tr>{% endfor %}</table>"""


LOT = 5_000
# Words of a letter, and of how many different ones the letters are made.
MOTS, LETTRES = 250, 400
RECHERCHES = {
    "recherche": "recherche=mesure+10777",
    "recherche dans les lettres": "texte=1&recherche=seul777",
}
FILTRES = {
    "statut": "statut=lettre_deposee",
    "département": "departement=31",
    "spécialité": "specialite=cardiologie",
    "échéance avant": "echeance_avant={demain}",
    "déposé du": "depose_du={hier}",
    "suivi par": "suivi_par={moi}",
    "numéro": "numero={numero}",
    "deux filtres": "statut=lettre_deposee&statut=projet_depose&departement=31&departement=30",
}


class Monde:
    """A base that grows: a few dossiers by the services, then their likes by COPY, most of them decided long ago, as in life."""

    def __init__(self, base: psycopg.Connection) -> None:
        self.base, self.dossiers, self.lignes = base, 0, 0
        self.present = horloge.maintenant()
        with comme_portail():  # each person of the cast acts under his own tenant inside
            modeles = {
                s: fabriques.make_dossier(statut=s, departement=code, maintenant=self.present - timedelta(days=20))
                for s, code in STATUTS.items()
            }
        self.reference = modeles["lettre_deposee"]
        self.acteur = self.reference.distribution.acteur("instructeur")
        self.instructeur = get_user_model().objects.get(pk=self.acteur.utilisateur_id)
        self.copies = {s: Modele(base, d.pk) for s, d in modeles.items()}
        self.multiplieur = Multiplieur(base, graine=14)
        self.groupes = sorted(noms_groupes())
        # One in ten waits for a decision; the others are validated, instructed on the projet, or over.
        self.poids = (
            ("lettre_deposee",) * 10
            + ("projet_depose",) * 4
            + ("lettre_validee",) * 30
            + ("projet_valide",) * 26
            + ("lettre_refusee",) * 30
        )
        ars = Organisation.objects.filter(type="ars").exclude(pk=self.reference.ars_id)
        self.autres = list(ars.values_list("pk", "region"))

    def grandir(self, *, dossiers: int, ailleurs: int) -> None:
        """So many more in the region that is measured, and elsewhere."""
        # No tab is empty: some are near their tacit date, some are followed by the one who looks, some of other regions are read.
        hasard = self.multiplieur.hasard
        for n in range(dossiers):
            siens = {
                "ars_id": self.reference.ars_id,
                "caisse_id": self.reference.caisse_id,
                "lecteurs": [],
                "suivi_par_id": self.acteur.utilisateur_id if hasard.random() < 0.05 else None,
            }
            self._ajouter("76", siens, timedelta(days=hasard.randint(-30, 35)), n)
        for n in range(ailleurs):
            ars, region = hasard.choice(self.autres)
            lecteurs = [self.reference.ars_id] if hasard.random() < 0.003 else []
            self._ajouter(region, {"ars_id": ars, "lecteurs": lecteurs}, timedelta(days=hasard.randint(0, 35)), n)
        self.lignes += self.multiplieur.copier()
        self.dossiers += dossiers + ailleurs
        couvrir(self.base)
        ecrire_lettres(self.base, mots=MOTS, modeles=LETTRES)
        analyser(self.base)

    def _ajouter(self, region: str, remplace: dict[str, Any], ecart: timedelta, n: int) -> None:
        hasard = self.multiplieur.hasard
        reel = hasard.random() < PART_REELLE
        remplace["groupes"] = [hasard.choice(self.groupes) if reel else f"groupe_{hasard.randrange(TERRITOIRES)}"]
        modele = self.copies[self.multiplieur.hasard.choice(self.poids)]
        self.multiplieur.ajouter(modele, region=region, remplace=remplace, ecart=ecart)
        if n % LOT == LOT - 1:
            self.lignes += self.multiplieur.copier()


def mesurer_listes(monde: Monde) -> dict[str, dict[str, Any]]:
    """Each tab beside the floor: one indexed query and a template of 50 rows."""
    return _mesurer(monde, {nom: f"/dossiers/?onglet={nom}" for nom in NOMS})


def _mesurer(monde: Monde, adresses: dict[str, str]) -> dict[str, dict[str, Any]]:
    client: Client = fabriques.client_de(monde.instructeur)
    pages = {nom: page(client, adresse) for nom, adresse in adresses.items()}
    for p in pages.values():
        # In turn, so that a slow moment of the machine weighs on both.
        page_ms, sol_ms = entrelacer(lambda p=p: client.get(p["adresse"]), lambda: plancher(monde), fois=25)
        p["temps_ms"], p["ratio"] = page_ms, page_ms / sol_ms
    return pages


_GABARIT: list[Any] = []


def plancher(monde: Monde) -> None:
    if not _GABARIT:
        _GABARIT.append(engines["django"].from_string(PLANCHER))
    with transaction.atomic(), contexte(monde.acteur):
        lignes = Dossier.objects.filter(ars_id=monde.acteur.perimetre_id).order_by("prochaine_le", "pk")[:50]
        _GABARIT[0].render({"lignes": list(lignes)})


def mesurer_pages(monde: Monde) -> dict[str, Any]:
    """Lists, searches and filters, each with what its queries read; the dossier; the dashboards."""
    client: Client = fabriques.client_de(monde.instructeur)
    jours = {
        "demain": (monde.present + timedelta(days=1)).date(),
        "hier": (monde.present - timedelta(days=1)).date(),
        "moi": monde.acteur.utilisateur_id,
        "numero": monde.reference.numero,
    }
    filtres = {nom: f"/dossiers/?onglet=tous&{f.format(**jours)}" for nom, f in (FILTRES | RECHERCHES).items()}
    tris = {
        "tri par étape": "/dossiers/?onglet=a_traiter&tri=etape",
        "derniers dépôts": "/dossiers/?onglet=tous&tri=-depot",
    }
    listes = mesurer_listes(monde) | _mesurer(monde, filtres | tris)
    lettres = listes.pop("recherche dans les lettres")
    return {
        "plancher": {"cpu_ms": cpu_ms(lambda: plancher(monde)), "temps_ms": temps_ms(lambda: plancher(monde))},
        "tableaux": {nom: tableau(client, adresse) for nom, adresse in TABLEAUX.items()},
        "listes": listes,
        "liste": max(listes.values(), key=lambda p: p["ratio"]),
        "lettres": lettres,
        "lectures": {nom: lectures(client, adresse) for nom, adresse in filtres.items()},
        "dossier": _mesurer(monde, {"dossier": f"/dossiers/{monde.reference.numero}/"})["dossier"],
    }


def mesurer_contrat() -> dict[str, Any]:
    """The portal's rendering (child process, PDF/A and PDF/UA marks) beside WeasyPrint alone on the same HTML and assets."""
    type_document, fabriquer = SPECIMENS["contrat_amorcage"]
    donnees = fabriquer()
    html = composer(type_document, donnees, titre="Contrat", version=1, code="MESURE")
    actifs = charger()
    acces, polices = ActifsSeulement(actifs), FontConfiguration()
    feuille = CSS(
        string=actifs["actif:document.css"][0].decode(), base_url="actif:", url_fetcher=acces, font_config=polices
    )

    def nu() -> bytes:
        return HTML(string=html, base_url="actif:", url_fetcher=acces).write_pdf(
            font_config=polices, stylesheets=[feuille], pdf_variant="pdf/a-3a"
        )

    tailles = []

    def portail() -> None:
        tailles.append(len(rendre(type_document, donnees, titre="Contrat", version=1, code="MESURE").octets))

    portail_ms, nu_ms = entrelacer(portail, nu, fois=25)
    fermer()
    return {"portail_ms": portail_ms, "nu_ms": nu_ms, "ratio": portail_ms / nu_ms, "octets": tailles[-1]}
