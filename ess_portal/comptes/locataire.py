"""The tenant, set inside the transaction for PostgreSQL's row-level security.

`set_config(..., true)` only: the value dies with the transaction, so a pooled connection never carries a tenant to the next
request. Unset, every tenant table shows zero rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from .acteur import SYSTEME, Acteur


def poser(acteur: Acteur | None) -> None:
    """Sets the tenant of the running transaction; None closes it. Raises outside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("le locataire se pose dans une transaction")
    organisation = str(acteur.perimetre_id or "") if acteur else ""
    portee = acteur.portee if acteur else ""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT set_config('app.organisation', %s, true), set_config('app.portee', %s, true)",
            [organisation, portee],
        )


def lire() -> tuple[str, str]:
    """The (organisation, portee) of the running transaction."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT coalesce(current_setting('app.organisation', true), ''), coalesce(current_setting('app.portee', true), '')"
        )
        return curseur.fetchone()


def remplacer(acteur: Acteur) -> tuple[str, str]:
    """`lire` then `poser` in one statement: what was set before."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT coalesce(current_setting('app.organisation', true), ''), coalesce(current_setting('app.portee', true), ''), "
            "set_config('app.organisation', %s, true), set_config('app.portee', %s, true)",
            [str(acteur.perimetre_id or ""), acteur.portee],
        )
        return curseur.fetchone()[:2]


@contextmanager
def contexte(acteur: Acteur) -> Iterator[None]:
    """One transaction (or savepoint) in which this actor's rows exist; the outer tenant comes back at the end."""
    imbrique = connection.in_atomic_block
    with transaction.atomic():
        avant = remplacer(acteur) if imbrique else poser(acteur)
        yield
        if imbrique:
            with connection.cursor() as curseur:
                curseur.execute(
                    "SELECT set_config('app.organisation', %s, true), set_config('app.portee', %s, true)", list(avant)
                )


def comme_portail():
    """`contexte` of the portal itself: deadline scan, relay, sign-up by invitation."""
    return contexte(SYSTEME)
