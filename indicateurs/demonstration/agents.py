"""The agents of the programme's ARS and caisses, engaged before the first life: no life waits for another's, nor names them otherwise."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from ess_portal.comptes.models import Organisation
from ess_portal.referentiel.services import ars_competente, caisses_possibles

from .scene import ROLES, Fiche
from .troupe import Troupe

PREMIER_AGENT = 50_000  # beyond the lives' own ranks


def agences(siege: str, caisse: str = "") -> tuple[Organisation, Organisation]:
    """(ARS, caisse) of a siège: the caisse named, where several may serve it."""
    caisses = caisses_possibles(siege)
    return ars_competente(siege), next((c for c in caisses if c.code == caisse), caisses[0])


@transaction.atomic
def engager(troupe: Troupe, fiches: Iterable[Fiche]) -> None:
    """All of those that are missing, or none; each has a rank of its own, whoever else is engaged."""
    for lieu in dict.fromkeys((fiche.siege, fiche.caisse) for fiche in fiches):
        ars, caisse = agences(*lieu)
        for place, (qui, organisation) in enumerate(
            (
                ("instructeur", ars),
                ("signataire", ars),
                ("gestionnaire", caisse),
                ("ordonnateur", caisse),
            )
        ):
            troupe.rang = PREMIER_AGENT + 4 * organisation.pk + place
            troupe.acteur(organisation.pk, ROLES[qui])
