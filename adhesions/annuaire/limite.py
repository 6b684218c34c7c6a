"""How often one person may search the directory: enough to type, too little to copy it."""

from __future__ import annotations

from django.core.cache import cache
from django.db import connection

from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier

# (seconds, searches): a search is sent at each pause of typing.
LIMITES = ((60, 60), (86_400, 1_500))


class TropDeRecherches(ErreurMetier):
    statut_http = 429

    def __init__(self, attente: int) -> None:
        super().__init__("trop_de_recherches", "Trop de recherches à la suite. Réessayez un peu plus tard.")
        self.attente = attente


def compter(personne: int) -> None:
    """One more search of this person. Raises TropDeRecherches.

    Counted in the base, on the machine's time; the lock lasts as long as the request, so that parallel searches count one by one.
    """
    with connection.cursor() as curseur:
        curseur.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"annuaire:{personne}"])
    present = int(horloge.temps_reel().timestamp())
    for duree, maximum in LIMITES:
        cle, reste = f"annuaire:{personne}:{duree}:{present // duree}", duree - present % duree
        faites = cache.get(cle, 0)
        if faites >= maximum:
            raise TropDeRecherches(reste)
        cache.set(cle, faites + 1, reste)
