"""The journal seen from below: accounts write events, and the journal stands above them, so it is named in the settings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings

from .acteur import Acteur
from .locataire import comme_portail
from .models import Organisation


def consigner(
    *,
    type: str,
    acteur: Acteur,
    maintenant: datetime,
    organisation: Organisation,
    donnees: Mapping[str, Any],
    courriel: Mapping[str, Any] | None = None,
    cle: str = "",
) -> None:
    """One event of an organisation, with the mail it causes (`courriel` = charge of the outbox, unique by `cle`).

    Written as the portal: an administrator acts on organisations whose rows he only reads.
    """
    journal = import_module(settings.JOURNAL)
    effets = [journal.Effet("courriel", cle, courriel)] if courriel else []
    with comme_portail():
        journal.consigner(
            type=type,
            acteur=acteur,
            maintenant=maintenant,
            organisation_id=organisation.pk,
            donnees=donnees,
            effets=effets,
        )
