"""The mails of the procedure: one effect per organisation, text in templates/emails."""

from __future__ import annotations

from typing import Any

from ess_portal.journal.services import Effet

from ..models import Dossier


def courriel(
    dossier: Dossier,
    gabarit: str,
    cle: str,
    *,
    organisation: int,
    roles: list[str] | None = None,
    personnes: list[int] | None = None,
    **contexte: Any,
) -> Effet:
    """A mail to the active people of an organisation (`personnes`: to these), once for `cle` of this dossier. Its context is plain
    data; links are built in the text.
    """
    return Effet(
        type="courriel",
        cle=f"courriel:{gabarit}:{cle}"[:100] + f":{dossier.pk}",
        charge={
            "gabarit": gabarit,
            "organisation": organisation,
            "roles": roles or [],
            "personnes": personnes or [],
            "contexte": {"numero": dossier.numero, "nom": dossier.nom, **contexte},
        },
    )
