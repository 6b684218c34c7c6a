#!/usr/bin/env python
"""Commands of the portal. Without DJANGO_SETTINGS_MODULE they talk to the sandbox of DATA_DIR (default `.donnees`)."""

import os
import sys

# These write the schema: they run as the owner of the tables, every other one as the application.
COMMANDES_PROPRIETAIRE = {"migrate", "createcachetable"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ess_portal.settings.embarque")
    os.environ.setdefault("DELAI_SQL_MS", "600000")
    if len(sys.argv) > 1 and sys.argv[1] in COMMANDES_PROPRIETAIRE:
        os.environ.setdefault("ROLE_BASE", "proprietaire")
    from django.core.management import execute_from_command_line

    import ess_portal.celery  # noqa: F401  shared tasks bind to this application

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
