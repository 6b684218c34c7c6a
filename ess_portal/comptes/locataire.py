"""The tenant, set inside the transaction for PostgreSQL's row-level security.

`set_config(..., true)` only: the value dies with the transaction, so a pooled connection never carries a tenant to the next
request. Unset, every tenant table shows zero rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from .acteur import SYSTEME, Acteur

REGLAGES = ("app.organisation", "app.portee", "app.utilisateur")
_LIRE = ", ".join(f"coalesce(current_setting('{nom}', true), '')" for nom in REGLAGES)
_POSER = ", ".join(f"set_config('{nom}', %s, true)" for nom in REGLAGES)
_PLAN = "set_config('plan_cache_mode', %s, true)"


def _valeurs(acteur: Acteur | None) -> list[str]:
    if acteur is None:
        return ["", "", ""]
    return [str(acteur.perimetre_id or ""), acteur.portee, str(acteur.utilisateur_id or "")]


def _executer(requete: str, valeurs: Sequence[str] = ()) -> tuple[Any, ...]:
    with connection.cursor() as curseur:
        curseur.execute(requete, valeurs)
        return curseur.fetchone()


def poser(acteur: Acteur | None, *, et_lire: str = "NULL") -> Any:
    """Sets the tenant and the person of the running transaction; None closes it. Raises outside a transaction.

    `et_lire`: a scalar of SQL read in the same statement, once all is set; its value is given.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("le locataire se pose dans une transaction")
    return _executer(f"SELECT {_POSER}, {et_lire}", _valeurs(acteur))[-1]


def lire() -> tuple[str, str]:
    """The (organisation, portee) of the running transaction."""
    organisation, portee, _ = _executer(f"SELECT {_LIRE}")
    return organisation, portee


def remplacer(acteur: Acteur) -> tuple[str, ...]:
    """Reads what was set, then `poser`, in one statement: gives what was set before."""
    return _executer(f"SELECT {_LIRE}, {_POSER}", _valeurs(acteur))[:3]


@contextmanager
def contexte(acteur: Acteur) -> Iterator[None]:
    """One transaction (or savepoint) in which this actor's rows exist; the outer tenant comes back at the end."""
    imbrique = connection.in_atomic_block
    with transaction.atomic():
        avant = remplacer(acteur) if imbrique else poser(acteur)
        yield
        if imbrique:
            _executer(f"SELECT {_POSER}", avant)


def comme_portail():
    """`contexte` of the portal itself: deadline scan, relay, sign-up by invitation."""
    return contexte(SYSTEME)


@contextmanager
def pour_compter() -> Iterator[None]:
    """`comme_portail` for what is counted over a whole perimeter, within `pour(acteur)`: row-level security would look each row up again,
    and the one plan of a page (ADR 0006) reads whole tables, for it does not know how few rows these values leave.
    """
    with transaction.atomic():
        avant = _executer(
            f"SELECT {_LIRE}, current_setting('plan_cache_mode'), {_POSER}, {_PLAN}",
            [*_valeurs(SYSTEME), "force_custom_plan"],
        )[:4]
        yield
        _executer(f"SELECT {_POSER}, {_PLAN}", avant)
