"""Every page of every role in a browser: accessible, within a phone's width, silent in the console, well written.

The addresses are those of the matrix, and those that dossiers at several steps of their life open: steps of the letter,
sections of the projet, acts that a person may do.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from adhesions.models import Adhesion
from dossiers.actions import disponibles
from dossiers.forms.lettre import FORMULAIRES
from dossiers.forms.projet import RUBRIQUES
from dossiers.models import Dossier
from ess_portal.comptes.locataire import comme_portail, contexte
from ess_portal.socle import horloge
from financement.models import Contrat
from tests.fabriques import CAST, INSTANT, Distribution, client_de, make_dossier
from tests.matrice.adresses import ADRESSES
from tests.matrice.scene import SIENNE, dresser
from tests.outillage.accessibilite import violations, violations_en_sombre
from tests.outillage.navigateur import ouvrir
from tests.outillage.vitrine import Vitrine

pytestmark = [pytest.mark.django_db, pytest.mark.navigateur]
REMPLIES = (
    "/simulateurs/dotation/?debut=2026-04-01&nombre=20&du_1=2026-10-01&nombre_1=15",
    "/simulateurs/seuils/?liberaux=148&adherents_liberaux=23&medecins_presents=60",
    "/simulateurs/identifiants/?type=finess&valeur=2A+000+001+4",
    "/simulateurs/echeances/?departement=31&lettre_recue=2025-03-10&lettre_1_demandee_le=2025-03-20&effet_dotation=2026-01-01",
)
LISTES = ("/", "/dossiers/?onglet=tous", "/dossiers/?recherche=introuvable", "/versements/", "/pilotage/")
SOUS_PAGES = (
    "",
    "contrats/",
    "versements/",
    "adherents/",
    "messages/",
    "documents/",
    "journal/",
    "rapports/",
    "rapports/1/",
)
# People who read the same pages in the same words.
FAMILLES = {
    "collaborateur": "porteur", "signataire": "instructeur", "ordonnateur": "gestionnaire", "regional": "administration",
    "national": "administration",
}  # fmt: skip
STATUTS = {
    "brouillon": "SM01",
    "lettre_incomplete": "SM02",
    "lettre_refusee": "SM03",
    "projet_depose": "SM05",
    "dotation_active": "SM04",
}
REDUITS = ("brouillon", "dotation_active")
PART = 10  # a reduced run shows one kind of page out of so many


@dataclass(frozen=True)
class Visite:
    """`genre`: pages of one kind look alike; a reduced run sees one in PART of them, once, whole at both widths when `partout`."""

    qui: str
    chemin: str
    genre: str


def de_la_matrice(scene) -> Iterator[Visite]:
    """Every address that answers a person, with one's own thing."""
    for rang, adresse in enumerate(
        a for a in ADRESSES if not a.est_api and a.nom not in ("sante", "document", "piece")
    ):
        qui = ["", *CAST]
        for nom in qui[rang % 9 :] + qui[: rang % 9]:
            role = CAST.get(nom)
            objets = scene.objets.get(f"{adresse.objet}:{role}") or scene.objets.get(adresse.objet, {SIENNE: {}})
            if SIENNE in objets:
                arguments = {**dict(adresse.fixes), **{n: objets[SIENNE][n] for n in adresse.arguments}}
                chemin = reverse(adresse.nom, kwargs=arguments)
                yield Visite(nom, chemin, f"{adresse.nom} {sorted(adresse.fixes)}")


def d_un_dossier(d: Distribution, statut: str) -> Iterator[Visite]:
    """Everything that hangs on a dossier, for each of its people, and the page of each act that he may do."""
    base = f"/dossiers/{d.numero}/"
    with comme_portail():
        dossier = Dossier.objects.get(numero=d.numero)
        contrats = [f"contrats/{pk}/" for pk in Contrat.objects.filter(dossier=dossier).values_list("pk", flat=True)]
        adhesion = Adhesion.objects.filter(dossier=dossier).first()
    redaction = [f"lettre/{e}/" for e in FORMULAIRES] + ["lettre/"] + [f"projet/{r}/" for r in RUBRIQUES]
    actes = [f"adherents/{adhesion.pk}/{a}/" for a in ("sortie", "correction")] if adhesion else []
    for qui in CAST:
        with contexte(d.acteur(qui)):
            possibles = [f"actions/{a.nom}/" for a in disponibles(dossier, d.acteur(qui))]
        propres = [*redaction, *actes] if qui == "porteur" else []
        prives = [] if qui in ("porteur", "collaborateur") else ["messages/prive/"]
        for page in (*SOUS_PAGES, *contrats, *propres, *prives, *possibles):
            famille = FAMILLES.get(qui, qui) if page == "" else ""
            yield Visite(
                qui, base + page, f"{statut if page in ('', 'versements/', 'rapports/') else ''} {page} {famille}"
            )


def pages_de(
    parcours: list[tuple[dict[str, Client], list[Visite]]], vus: set[str], *, toutes: bool
) -> Iterator[tuple[Visite, HttpResponse]]:
    """The HTML answers of the walk; not `toutes`: one kind in PART, once. `vus` receives the kinds."""
    for gens, visites in parcours:
        for v in visites:
            if not toutes and (v.genre in vus or crc32(v.genre.encode()) % PART):
                continue
            cache.clear()
            reponse = gens[v.qui].get(v.chemin)
            if reponse.status_code == 200 and reponse["Content-Type"].startswith("text/html"):
                vus.add(v.genre)
                yield v, reponse


@pytest.mark.preuve
def test_toutes_les_pages(preuve, settings, browser):
    settings.ACCOUNT_RATE_LIMITS = False
    fautes, pages, vus, roles = [], 0, set(), set()
    with horloge.figer(INSTANT):
        scene = dresser()
        clients = {"": Client()} | {qui: scene.clients[role] for qui, role in CAST.items()}
        parcours = [(clients, list(de_la_matrice(scene)))]
        parcours += [
            (
                clients,
                [
                    Visite(q, c, f"{c} {FAMILLES.get(q, q)}" if c in LISTES else c)
                    for c in (*REMPLIES, *LISTES)
                    for q in clients
                ],
            )
        ]
        for statut, specialite in STATUTS.items():
            if not preuve.entiere and statut not in REDUITS:
                continue
            d = make_dossier(statut, departement="33", specialites=[specialite]).distribution
            parcours.append(({qui: client_de(d.utilisateur(qui)) for qui in CAST}, list(d_un_dossier(d, statut))))
        with Vitrine(ouvrir(browser)) as vitrine:
            for v, reponse in pages_de(parcours, vus, toutes=preuve.entiere):
                roles.add(v.qui)
                pages += 1
                fautes += [
                    f"{v.qui or 'anonyme'} {v.chemin} : {f}"
                    for f in vitrine.montrer(v.chemin, reponse, partout=preuve.entiere or pages % 8 == 0)
                ]
    sys.stdout.write("\n".join(fautes))
    preuve.noter(cas=pages, fautes=len(fautes), plancher=preuve.taille(12, 160), genres=len(vus), roles=len(roles))


def test_une_couleur_illisible_dans_le_theme_sombre_est_nommee(browser):
    page = browser.new_page()
    page.set_content(
        "<title>Page</title><style>:root[data-fr-theme=dark] h1 { color: #111; background: #222 }</style>"
        "<main><h1>Lettre</h1></main>"
    )
    assert not [f for f in violations(page, contraste=True) if f.startswith("color-contrast")]
    assert [f.split(" : ")[0] for f in violations_en_sombre(page)] == ["color-contrast"]
    page.close()


@pytest.mark.parametrize(
    ("contraste", "attendues"),
    [(False, ["html-has-lang", "image-alt"]), (True, ["color-contrast", "html-has-lang", "image-alt"])],
)
def test_une_page_fautive_est_nommee(browser, contraste, attendues):
    page = browser.new_page()
    page.set_content("<title>Page</title><main><h1 style='color:#eee'>Lettre</h1><img src=x></main>")
    assert sorted(faute.split(" : ")[0] for faute in violations(page, contraste=contraste)) == attendues
    page.close()
