"""From the list to a dossier and on to the next: which list one comes from, and who stands beside the dossier there.

The address that one comes from says the first one; then the links carry the list. The list's own rows carry nothing.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import reverse

from . import filtres, selectors, vues
from .models import Dossier
from .seuils import seuils_de

ADRESSE_MAX = 4_000


def voisinage(request: HttpRequest, dossier: Dossier, maintenant: Any) -> dict[str, Any] | None:
    """The links before, after and back, when one comes from a list; None otherwise, and for an équipe."""
    acteur = request.acteur
    if acteur.est_porteur or (venue := _liste(request)) is None:
        return None
    _, champs = vues.choisir(request, QueryDict(venue))
    f, _ = filtres.lire(champs, acteur)
    trouves = selectors.voisins(acteur, f, seuils_de(acteur, maintenant), dossier.pk)
    if trouves is None:
        return None
    fixe = filtres.en_champs(f)

    def lien(voisin: tuple[str, str, int] | None) -> dict[str, str] | None:
        if voisin is None:
            return None
        numero, nom, page = voisin
        liste = urlencode({**fixe, "page": page}, doseq=True)
        return {"nom": nom, "url": f"{reverse('dossier', args=[numero])}?{urlencode({'liste': liste})}"}

    return {
        "rang": trouves.rang,
        "precedent": lien(trouves.precedent),
        "suivant": lien(trouves.suivant),
        "liste": f"{reverse('dossiers')}?{urlencode({**fixe, 'page': f.page}, doseq=True)}",
    }


def _liste(request: HttpRequest) -> str | None:
    """The query of the list: of the link followed, else of the address one comes from on this very portal."""
    if "liste" in request.GET:
        return request.GET["liste"][:ADRESSE_MAX]
    venue = urlsplit(request.headers.get("Referer", "")[:ADRESSE_MAX])
    if venue.netloc != request.get_host() or venue.path not in (reverse("dossiers"), "/"):
        return None
    return venue.query
