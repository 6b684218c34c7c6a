"""From typed data to PDF bytes: the template here, WeasyPrint in a child process."""

import json
from dataclasses import dataclass
from itertools import groupby

import segno
from django.template.loader import render_to_string

from ess_portal.documents import reglages
from ess_portal.documents.donnees import SCELLES, vers_json
from ess_portal.documents.rendu.atelier import RenduImpossible, imprimer


@dataclass(frozen=True)
class Rendu:
    octets: bytes
    nombre_pages: int


@dataclass(frozen=True)
class Qr:
    """A QR code as the template draws it: the side in modules, and one SVG path of our own making."""

    cote: int
    trace: str


def tracer_qr(adresse: str) -> Qr:
    matrice = segno.make(adresse, error="m", micro=False).matrix
    trace = []
    for y, ligne in enumerate(matrice):
        x = 0
        for noir, modules in groupby(ligne):
            largeur = len(list(modules))
            if noir:
                trace.append(f"M{x} {y}h{largeur}v1H{x}z")
            x += largeur
    return Qr(len(matrice), "".join(trace))


def composer(type_document: str, donnees, *, titre: str, version: int, code: str) -> str:
    """The HTML of a document. Autoescape stays on and no markup comes from here."""
    adresse = f"{reglages.adresse_publique()}/verifier/{code}/"
    return render_to_string(
        f"documents/pdf/{type_document}.html",
        {
            "d": donnees,
            "r": donnees.reperes,
            "titre": titre,
            "version": version,
            "code": "-".join(code[debut : debut + 4] for debut in range(0, len(code), 4)),
            "adresse_courte": f"{reglages.adresse_publique().partition('://')[2]}/verifier/",
            "qr": tracer_qr(adresse),
        },
    )


def rendre(type_document: str, donnees, *, titre: str, version: int, code: str) -> Rendu:
    """Bytes of a document, or RenduImpossible. In the worker and in `specimen` only, never in a request.

    What is signed by several parties carries its data with it, under the same seals.
    """
    html = composer(type_document, donnees, titre=titre, version=version, code=code)
    jointes = json.dumps(vers_json(donnees), ensure_ascii=False, indent=1) if type_document in SCELLES else ""
    octets, pages = imprimer(html, donnees=jointes)
    return Rendu(octets, pages)


__all__ = ["Rendu", "RenduImpossible", "composer", "rendre"]
