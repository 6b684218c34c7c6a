"""What is measured, on what base."""

from __future__ import annotations

from dataclasses import dataclass
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
from bench.remplir import Modele, Multiplieur, analyser, couvrir
from dossiers.models import Dossier
from dossiers.onglets import NOMS
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.comptes.models import Organisation
from ess_portal.documents.rendu import composer, rendre
from ess_portal.documents.rendu.actifs import ActifsSeulement, charger
from ess_portal.documents.rendu.atelier import fermer
from ess_portal.documents.specimens import SPECIMENS
from ess_portal.socle import horloge
from tests import fabriques

# CRI-1c leaves one living ESS to a specialty and a département: a conflict is the exception, here one letter in ten or so.
TERRITOIRES = 60_000
# One département of Occitanie each: two on the same territory would be a conflict (CRI-1c).
STATUTS = {
    "lettre_deposee": "31",
    "lettre_validee": "34",
    "projet_depose": "30",
    "projet_valide": "81",
    "lettre_refusee": "66",
}
TABLEAUX = {"échéances": "/pilotage/", "activité": "/pilotage/activite/", "observatoire": "/observatoire/"}
PLANCHER = """{% load ess %}<table>{% for d in lignes %}<tr><td><a href="/dossiers/{{ d.numero }}/">{{ d.nom }}</a></td><td>{{ d.numero }}</td>
<td>{{ d.statut }}</td><td>{{ d.siege_commune }}</td><td>{{ d.prochaine_le }}</td></tr>{% endfor %}</table>"""


@dataclass
class Monde:
    dossiers: int
    lignes: int
    instructeur: Any
    acteur: Any
    numero: str


def peupler(base: psycopg.Connection, *, dossiers: int, ailleurs: int) -> Monde:
    """A few dossiers by the services, then their likes by COPY: most of them decided long ago, as in life."""
    present = horloge.maintenant()
    with comme_portail():  # each person of the cast acts under his own tenant inside
        modeles = {
            s: fabriques.make_dossier(statut=s, departement=code, maintenant=present - timedelta(days=20))
            for s, code in STATUTS.items()
        }
    distribution = modeles["lettre_deposee"].distribution
    copies = {s: Modele(base, d.pk) for s, d in modeles.items()}
    m = Multiplieur(base, graine=14)
    reference = modeles["lettre_deposee"]
    # One in ten waits for a decision; the others are validated, instructed on the projet, or over.
    poids = (
        ("lettre_deposee",) * 10
        + ("projet_depose",) * 4
        + ("lettre_validee",) * 30
        + ("projet_valide",) * 26
        + ("lettre_refusee",) * 30
    )
    # No tab is empty: some are near their tacit date, some are followed by the one who looks, some of other regions are read.
    instructeur_id = distribution.acteur("instructeur").utilisateur_id
    for _ in range(dossiers):
        s = m.hasard.choice(poids)
        m.ajouter(
            copies[s],
            region="76",
            remplace={
                "ars_id": reference.ars_id,
                "caisse_id": reference.caisse_id,
                "lecteurs": [],
                "groupes": [f"groupe_{m.hasard.randrange(TERRITOIRES)}"],
                "suivi_par_id": instructeur_id if m.hasard.random() < 0.05 else None,
            },
            ecart=timedelta(days=m.hasard.randint(-30, 35)),
        )
    autres = list(Organisation.objects.filter(type="ars").exclude(pk=reference.ars_id).values_list("pk", "region"))
    for _ in range(ailleurs):
        ars, region = m.hasard.choice(autres)
        m.ajouter(
            copies[m.hasard.choice(poids)],
            region=region,
            remplace={
                "ars_id": ars,
                "lecteurs": [reference.ars_id] if m.hasard.random() < 0.003 else [],
                "groupes": [f"groupe_{m.hasard.randrange(TERRITOIRES)}"],
            },
            ecart=timedelta(days=m.hasard.randint(0, 35)),
        )
    lignes = m.copier()
    couvrir(base)
    analyser(base)
    instructeur = get_user_model().objects.get(pk=distribution.acteur("instructeur").utilisateur_id)
    return Monde(dossiers + ailleurs, lignes, instructeur, distribution.acteur("instructeur"), reference.numero)


def mesurer_pages(monde: Monde) -> dict[str, Any]:
    """List and dossier beside the floor: one indexed query and a template of 50 rows."""
    client: Client = fabriques.client_de(monde.instructeur)
    gabarit = engines["django"].from_string(PLANCHER)

    def plancher() -> None:
        with transaction.atomic(), contexte(monde.acteur):
            lignes = Dossier.objects.filter(ars_id=monde.acteur.perimetre_id).order_by("prochaine_le", "pk")[:50]
            gabarit.render({"lignes": list(lignes)})

    sol = {"cpu_ms": cpu_ms(plancher), "temps_ms": temps_ms(plancher)}
    pages = {nom: page(client, f"/dossiers/?onglet={nom}") for nom in NOMS}
    pages["recherche"] = page(client, "/dossiers/?onglet=tous&recherche=mesure+10777")
    pages["deux filtres"] = page(
        client, "/dossiers/?onglet=tous&statut=lettre_deposee&statut=projet_depose&departement=31&departement=30"
    )
    pages["tri par étape"] = page(client, "/dossiers/?onglet=a_traiter&tri=etape")
    dossier = page(client, f"/dossiers/{monde.numero}/")
    for adresse, p in ((p["adresse"], p) for p in (*pages.values(), dossier)):
        # In turn, so that a slow moment of the machine weighs on both.
        page_ms, sol_ms = entrelacer(lambda adresse=adresse: client.get(adresse), plancher, fois=25)
        p["temps_ms"], p["ratio"] = page_ms, page_ms / sol_ms
    return {
        "plancher": sol,
        "tableaux": {nom: tableau(client, adresse) for nom, adresse in TABLEAUX.items()},
        "listes": pages,
        "liste": max(pages.values(), key=lambda p: p["ratio"]),
        "dossier": dossier,
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
