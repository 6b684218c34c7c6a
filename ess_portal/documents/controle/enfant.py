"""The child process: limits itself, judges one file, writes one line of JSON. Its death is a refusal.

`python -m ess_portal.documents.controle.enfant controler SOURCE SORTIE`, `… chercher SOURCE`,
`… lire_tableau SOURCE FORMAT LIGNES COLONNES`, `… lire_sceaux SOURCE`, or `… lot SOURCE…`, which answers the first two for files that are read only.
"""

import json
import resource
import sys
from pathlib import Path

MEMOIRE = 900 * 1024 * 1024
SECONDES = 12
FICHIER = 200 * 1024 * 1024


def limiter() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMOIRE, MEMOIRE))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDES, SECONDES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FICHIER, FICHIER))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def controler(source: Path, sortie: Path) -> dict[str, str]:
    # The parsers load after the limits: a library's own memory counts too.
    from ess_portal.documents.controle import bureautique, images, pdf
    from ess_portal.documents.controle.refus import FichierRefuse, Motif

    with source.open("rb") as fichier:
        tete = fichier.read(8)
    try:
        if tete.startswith(b"%PDF-"):
            return {"format": pdf.controler(source)}
        if tete.startswith(b"PK\x03\x04"):
            return {"format": bureautique.controler(source)}
        if tete.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
            return {"format": images.recoder(source, sortie)}
        raise FichierRefuse(Motif.TYPE)
    except FichierRefuse as refus:
        return {"motif": refus.motif, "phrase": refus.phrase}


def chercher(source: Path) -> dict[str, str | None]:
    from ess_portal.documents.controle.signatures import chercher as chercher_signature

    return {"signature": chercher_signature(source)}


def lire_tableau(source: Path, annonce: str, lignes: str, colonnes: str) -> dict[str, object]:
    from ess_portal.documents.controle import tableau
    from ess_portal.documents.controle.refus import FichierRefuse

    try:
        return {"lignes": tableau.lire(source, annonce, lignes_maximum=int(lignes), colonnes_maximum=int(colonnes))}
    except FichierRefuse as refus:
        return {"motif": refus.motif, "phrase": refus.phrase}


def lire_sceaux(source: Path) -> dict[str, object]:
    from pyhanko.pdf_utils.misc import PdfError

    from ess_portal.documents.sceau import lecture

    try:
        return {"sceaux": lecture.lire(source)}
    except (PdfError, ValueError, LookupError, TypeError, RecursionError):
        return {"motif": "illisible"}


def lot(*sources: Path) -> dict[str, list[dict]]:
    return {str(source): [controler(source, Path("/nulle/part")), chercher(source)] for source in sources}


def main(arguments: list[str]) -> int:
    limiter()
    verbe, source, *suite = arguments
    try:
        if verbe == "lire_tableau":
            reponse = lire_tableau(Path(source), *suite)
        elif verbe == "lire_sceaux":
            reponse = lire_sceaux(Path(source))
        elif verbe == "lot":
            reponse = lot(Path(source), *map(Path, suite))
        else:
            reponse = controler(Path(source), Path(suite[0])) if verbe == "controler" else chercher(Path(source))
    except MemoryError:
        reponse = {"motif": "bombe"}
    sys.stdout.write(json.dumps(reponse))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
