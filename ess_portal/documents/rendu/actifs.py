"""The only things that a document may load: our stylesheet and Marianne. Everything else is refused, unopened."""

from importlib.util import find_spec
from pathlib import Path

from weasyprint.urls import URLFetcher, URLFetcherResponse

RACINE = Path(__file__).resolve().parents[3]
FEUILLE = RACINE / "templates" / "documents" / "pdf" / "document.css"
POLICES = (
    "Marianne-Light", "Marianne-Regular", "Marianne-Regular_Italic", "Marianne-Medium", "Marianne-Bold", "Marianne-Bold_Italic",
)  # fmt: skip


def charger() -> dict[str, tuple[bytes, str]]:
    dossier = Path(find_spec("dsfr").submodule_search_locations[0]) / "static" / "dsfr" / "dist" / "fonts"
    actifs = {f"actif:{nom}.woff2": ((dossier / f"{nom}.woff2").read_bytes(), "font/woff2") for nom in POLICES}
    return actifs | {"actif:document.css": (FEUILLE.read_bytes(), "text/css")}


class ActifsSeulement(URLFetcher):
    """Serves the named assets from memory. It never reaches the opener of its parent class: no network, no file, no data:."""

    def __init__(self, actifs: dict[str, tuple[bytes, str]]) -> None:
        super().__init__(allowed_protocols=("actif",), allow_redirects=False)
        self._actifs = actifs

    def fetch(self, url, headers=None):
        if url not in self._actifs:
            raise ValueError("adresse refusée")
        contenu, mime = self._actifs[url]
        return URLFetcherResponse(url, contenu, {"Content-Type": mime})
