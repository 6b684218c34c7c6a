"""What a process checks of its base before it serves: a role that row-level security binds."""

from __future__ import annotations

import time

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

ATTENTE_BASE = 30.0

ROLE = """
SELECT current_user, rolsuper, rolbypassrls,
       (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND pg_has_role(r.oid, c.relowner, 'USAGE'))
  FROM pg_roles r WHERE rolname = current_user
"""


def verifier() -> None:
    """Raises ImproperlyConfigured when the database role escapes row-level security.

    Waits for a base that is starting, and leaves no connection behind for a fork to share.
    """
    limite = time.monotonic() + ATTENTE_BASE
    while True:
        try:
            _verifier_role()
            return
        except OperationalError:
            if time.monotonic() > limite:
                raise
            time.sleep(1)
        finally:
            connection.close()


def _verifier_role() -> None:
    with connection.cursor() as curseur:
        curseur.execute(ROLE)
        nom, superutilisateur, contourne, tables = curseur.fetchone()
    if superutilisateur:
        raise ImproperlyConfigured(f"Démarrage refusé : le rôle « {nom} » est superutilisateur de la base.")
    if contourne:
        raise ImproperlyConfigured(f"Démarrage refusé : le rôle « {nom} » contourne la sécurité par ligne (BYPASSRLS).")
    if tables:
        raise ImproperlyConfigured(
            f"Démarrage refusé : le rôle « {nom} » possède {tables} tables. "
            "DATABASE_URL désigne le rôle de l’application ; celui des migrations est DATABASE_URL_PROPRIETAIRE."
        )
