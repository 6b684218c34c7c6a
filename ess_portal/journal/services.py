"""Writing the journal: an event and its effects, in the transaction of the act."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.locataire import comme_portail

from .models import Envoi, Evenement

# SQL: how many notices a person ({0}) has not read, for the organisation ({1}) he acts for.
NON_LUES = "(SELECT count(*) FROM journal_notification WHERE utilisateur_id = {0} AND organisation_id = {1} AND lue_le IS NULL)"


@dataclass(frozen=True)
class Effet:
    """Something to do after the commit, once: `cle` is unique for ever, `charge` carries ids and plain data only."""

    type: str
    cle: str
    charge: Mapping[str, Any] = field(default_factory=dict)


def consigner(
    *,
    type: str,
    acteur: Acteur,
    maintenant: datetime,
    dossier: Any = None,
    donnees: Mapping[str, Any] | None = None,
    legal_le: datetime | None = None,
    effets: Iterable[Effet] = (),
    organisation_id: int | None = None,
) -> Evenement:
    """Writes one event and the outbox rows of its effects. Must run in the transaction of the act.

    `dossier` is a Dossier or None (event of an organisation). `donnees` is JSON: plain values, no secret, no IBAN.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("un événement s’écrit dans la transaction de son acte")
    dossier_id = getattr(dossier, "pk", dossier)
    organisation = organisation_id or acteur.organisation_id
    evenement = Evenement(
        flux=f"d:{dossier_id}" if dossier_id else f"o:{organisation or 0}",
        dossier_id=dossier_id,
        organisation_id=organisation,
        type=type,
        acteur_id=acteur.utilisateur_id,
        acteur_nom=f"{acteur.nom}, {acteur.organisation_nom}" if acteur.utilisateur_id else acteur.nom,
        role=acteur.role,
        legal_le=legal_le or maintenant,
        enregistre_le=maintenant,
        donnees=json_simple(donnees or {}),
    )
    # An organisation's chain is read to be continued, and its administrators act through another perimeter: the portal writes it.
    with nullcontext() if dossier_id else comme_portail():
        evenement.save(force_insert=True)
        programmer(effets, dossier_id=dossier_id, maintenant=maintenant, organisation_id=organisation)
    return evenement


def programmer(
    effets: Iterable[Effet], *, dossier_id: int | None, maintenant: datetime, organisation_id: int | None = None
) -> None:
    """Writes outbox rows; an effect whose key exists already is left as it is (exactly once = a unique key)."""
    programmer_par_dossier([(dossier_id, e) for e in effets], maintenant=maintenant, organisation_id=organisation_id)


def programmer_par_dossier(
    effets: Iterable[tuple[int | None, Effet]], *, maintenant: datetime, organisation_id: int | None = None
) -> None:
    """`programmer` for the effects of several dossiers, in one statement."""
    lignes = [
        Envoi(
            type=e.type,
            cle=e.cle,
            charge=json_simple(e.charge),
            dossier_id=dossier_id,
            organisation_id=organisation_id,
            cree_le=maintenant,
            disponible_le=maintenant,
        )
        for dossier_id, e in effets
    ]
    if lignes:
        Envoi.objects.bulk_create(lignes, ignore_conflicts=True)


def json_simple(donnees: Mapping[str, Any]) -> dict[str, Any]:
    """Dates, Decimals and lazy strings as JSON text, so that what is hashed is what is stored."""
    return json.loads(json.dumps(donnees, cls=DjangoJSONEncoder))
