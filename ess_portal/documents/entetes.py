"""Headers of a served file: an attachment that no browser opens in our origin, nor guesses, nor keeps."""

import re
import unicodedata
from urllib.parse import quote

from django.http import HttpResponse


def disposition(nom: str) -> str:
    """`attachment` with an ASCII name for old readers and the true one (RFC 5987)."""
    ascii_ = unicodedata.normalize("NFKD", nom.replace("’", "'").replace("–", "-")).encode("ascii", "ignore").decode()
    ascii_ = re.sub(r"[^A-Za-z0-9 ._'()-]", "_", ascii_).strip(" .") or "fichier"
    return f"attachment; filename=\"{ascii_}\"; filename*=UTF-8''{quote(nom, safe='')}"


def entetes(nom: str) -> dict[str, str]:
    """What every served file says of itself."""
    return {
        "Content-Disposition": disposition(nom),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store, private",
    }


def reponse_fichier(octets: bytes, *, nom: str, type_mime: str) -> HttpResponse:
    """The whole file, read before the answer: a stream would be read after the transaction, without tenant."""
    return HttpResponse(octets, content_type=type_mime, headers=entetes(nom))
