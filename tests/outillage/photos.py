"""The guide's pictures: taken from the sandbox by the tests, and stale as soon as a page says something else.

What a picture shows is kept beside it as the words of the page's headings, labels, buttons and columns, without numbers nor months.
`make test` reads the pages again and names the words that changed; `make guide` takes the pictures again.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Q
from django.test import Client
from PIL import Image

from adhesions.jetons import jeton
from adhesions.models import LienSignature
from dossiers.models import Dossier
from ess_portal.comptes.locataire import comme_portail
from ess_portal.comptes.models import Utilisateur
from ess_portal.comptes.roles import Role
from tests.outillage.vitrine import BUREAU, TELEPHONE, Vitrine
from tests.personnes import client_de

IMAGES = Path(settings.RACINE) / "static" / "ess" / "guide"
MOTS = Path(settings.RACINE) / "docs" / "guide.json"
SELECTEUR = "main :is(h1, h2, h3, legend, label, th, summary, button, .fr-btn, .fr-tabs__tab)"
# A plate's height and what stands between two of its views, in pixels.
BANDE, MARGE = 1050, 24
LIEN = "lien d’adhésion"
MOIS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"


@dataclass(frozen=True)
class Photo:
    """`chemin` names a dossier by its équipe, between braces, or LIEN; `qui` is an account of the sandbox, the équipe whose porteur it
    is, or "" for nobody. `planche`: on a
    desk, in the dark, on paper and on a phone, side by side.
    """

    nom: str
    qui: str
    chemin: str
    telephone: bool = False
    planche: bool = False

    def adresse(self) -> str:
        def lire(trouve: re.Match[str]) -> str:
            with comme_portail():
                if trouve[1] == LIEN:
                    return jeton(
                        LienSignature.objects.filter(utilise_le__isnull=True, annule_le__isnull=True).latest("pk").sel
                    )
                return Dossier.objects.get(nom=trouve[1]).numero

        return re.sub(r"\{(.+?)\}", lire, self.chemin)


PORTEUR, ARS, CAISSE = "porteur@occitanie.demo", "instructeur@ars-occitanie.demo", "ordonnateur@cpam-31.demo"
CAISSE_AVIS, ADMIN, NATIONAL = "instructeur@cpam-31.demo", "admin@occitanie.demo", "national@demo"
PHOTOS = (
    Photo("equipe-accueil", PORTEUR, "/", telephone=True),
    Photo("equipe-lettre", PORTEUR, "/dossiers/{ESS Pneumologie Garonne}/lettre/specialite/", telephone=True),
    Photo("equipe-dossier", PORTEUR, "/dossiers/{ESS Cardiologie Garonne}/"),
    Photo("equipe-adherents", PORTEUR, "/dossiers/{ESS Cardiologie Garonne}/adherents/"),
    Photo("medecin-adhesion", "", "/adhesion/{lien d’adhésion}/", telephone=True),
    Photo("medecin-simulateur", "", "/simulateurs/echeances/?departement=31&lettre_recue=2025-03-10&lettre_1_demandee_le=2025-03-20"),
    Photo("ars-dossiers", ARS, "/dossiers/"),
    Photo("ars-dossier", ARS, "/dossiers/{ESS Cardiologie Garonne}/"),
    Photo("ars-decision", ARS, "/dossiers/{ESS Cardiologie Garonne}/actions/refuser_projet/"),
    Photo("caisse-accueil", CAISSE_AVIS, "/"),
    Photo("caisse-versements", CAISSE, "/versements/"),
    Photo("caisse-dotation", CAISSE, "/dossiers/{ESS Médecine interne Gascogne}/dotation/"),
    Photo("administration-pilotage", ADMIN, "/pilotage/"),
    Photo("administration-conformite", ADMIN, "/pilotage/conformite/"),
    Photo("administration-parametres", ADMIN, "/administration/parametres/"),
    Photo("nationale-pilotage", NATIONAL, "/pilotage/"),
    Photo("tableaux-instructeur", ARS, "/pilotage/", planche=True),
    Photo("tableaux-calendrier", ARS, "/pilotage/calendrier/?periode=trimestre", planche=True),
    Photo("tableaux-activite", ARS, "/pilotage/activite/", planche=True),
    Photo("tableaux-region", ADMIN, "/pilotage/", planche=True),
    Photo("tableaux-conformite", ADMIN, "/pilotage/conformite/", planche=True),
    Photo("tableaux-evaluation", ADMIN, "/pilotage/evaluation/", planche=True),
    Photo("tableaux-budget", CAISSE, "/budget/", planche=True),
    Photo("tableaux-nation", NATIONAL, "/pilotage/activite/", planche=True),
    Photo("tableaux-equipe", "ESS Médecine interne Gascogne", "/dossiers/{ESS Médecine interne Gascogne}/", planche=True),
    Photo("tableaux-observatoire", "", "/observatoire/", planche=True),
)  # fmt: skip


def prendre(vitrine: Vitrine) -> Iterator[tuple[Photo, list[str], bytes]]:
    """Each photo with the words of its page and a PNG."""
    for photo in PHOTOS:
        with comme_portail():
            referents = {
                "rattachements__organisation__dossiers__nom": photo.qui,
                "rattachements__role": Role.PORTEUR_REFERENT,
            }
            personne = Utilisateur.objects.filter(Q(courriel=photo.qui) | Q(**referents)).first() if photo.qui else None
        client = client_de(personne) if personne else Client()
        adresse = photo.adresse()
        reponse = client.get(adresse, follow=True)
        assert reponse.status_code == 200, f"{photo.nom} : {adresse} répond {reponse.status_code}"
        if photo.planche:
            mots, vues = vitrine.photographier_partout(adresse, reponse, SELECTEUR)
            yield photo, mots, reunir(vues)
        else:
            yield photo, *vitrine.photographier(adresse, reponse, TELEPHONE if photo.telephone else BUREAU, SELECTEUR)


def reunir(vues: list[bytes]) -> bytes:
    """The four views of a plate at one height, side by side, as PNG."""
    images = [Image.open(io.BytesIO(v)).convert("RGB") for v in vues]
    images = [i.resize((round(i.width * BANDE / i.height), BANDE), Image.Resampling.LANCZOS) for i in images]
    planche = Image.new("RGB", (sum(i.width + MARGE for i in images) - MARGE, BANDE), "white")
    x = 0
    for image in images:
        planche.paste(image, (x, 0))
        x += image.width + MARGE
    sortie = io.BytesIO()
    planche.save(sortie, "PNG")
    return sortie.getvalue()


def neutres(mots: list[str]) -> list[str]:
    """Without what changes with the day: numbers, months."""
    return [re.sub(rf"\b({MOIS})\b", "mois", re.sub(r"\d+", "0", " ".join(m.split()))) for m in mots if m.strip()]


def garder(photo: Photo, png: bytes) -> None:
    """As WebP, at the picture's own width."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(png)) as image:
        image.save(IMAGES / f"{photo.nom}.webp", quality=82, method=6)


def connus() -> dict[str, list[str]]:
    return json.loads(MOTS.read_text()) if MOTS.exists() else {}


def verifier_ou_refaire(vitrine: Vitrine, *, refaire: bool) -> list[str]:
    """The pictures whose page says something else than when they were taken; none after `refaire`."""
    lus, anciens, perimees = {}, connus(), []
    for photo, mots, png in prendre(vitrine):
        lus[photo.nom] = neutres(mots)
        if refaire:
            garder(photo, png)
        elif (changes := set(lus[photo.nom]) ^ set(anciens.get(photo.nom, []))) or not (
            IMAGES / f"{photo.nom}.webp"
        ).exists():
            perimees.append(f"{photo.nom} ({photo.adresse()}) : {sorted(changes)}")
    if refaire:
        MOTS.write_text(json.dumps(lus, ensure_ascii=False, indent=1) + "\n")
    return perimees
