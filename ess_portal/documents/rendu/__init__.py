"""From typed data to PDF bytes: the template here, WeasyPrint in a child process."""

from dataclasses import dataclass

import segno
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from ess_portal.documents import reglages
from ess_portal.documents.rendu.atelier import RenduImpossible, imprimer


@dataclass(frozen=True)
class Rendu:
    octets: bytes
    nombre_pages: int


def composer(type_document: str, donnees, *, titre: str, version: int, code: str) -> str:
    """The HTML of a document. Autoescape stays on: the QR code, drawn here from our own address, is the only markup given."""
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
            "qr": mark_safe(
                segno.make(adresse, error="m", micro=False).svg_inline(border=0, omitsize=True, dark="#161616")
            ),  # noqa: S308
        },
    )


def rendre(type_document: str, donnees, *, titre: str, version: int, code: str) -> Rendu:
    """Bytes of a document, or RenduImpossible. In the worker and in `specimen` only, never in a request."""
    octets, pages = imprimer(composer(type_document, donnees, titre=titre, version=version, code=code))
    return Rendu(octets, pages)


__all__ = ["Rendu", "RenduImpossible", "composer", "rendre"]
