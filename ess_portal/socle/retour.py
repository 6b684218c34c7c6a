"""What a migration may not undo: facts that did not exist before it, and that the base keeps for ever.

Dropping a column or a table takes its rows along without a word. Acts, money and issued documents never go (they are sealed, signed, or
counted in the ledger): going back behind them is for a restored backup. What only tells of work done (series, bulk actions, who is named
to sign) goes with its table. Each guard stands last in its migration, and all those of a plan are asked before its first step: later
migrations of a plan that is refused are not undone either.
"""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation


class SansRetour(Operation):
    """`faits`: what they are called; `ou`: a table and its condition, still to be read by the migrations that come after this one."""

    reduces_to_sql = False
    reversible = True

    def __init__(self, faits: str, ou: str) -> None:
        self.faits = faits
        self.ou = ou

    def state_forwards(self, *_: Any) -> None:
        """Nothing changes in the models."""

    def database_forwards(self, *_: Any) -> None:
        """Nothing changes in the base."""

    def database_backwards(self, app_label: str, schema_editor: Any, *_: Any) -> None:
        if not schema_editor.collect_sql and (nombre := self.compter(schema_editor.connection)):
            raise CommandError(_phrase([(app_label, self.faits, nombre)]))

    def compter(self, connexion: BaseDatabaseWrapper) -> int:
        """Read as the portal: the owner, under FORCE, sees no row."""
        with transaction.atomic(using=connexion.alias), connexion.cursor() as curseur:
            curseur.execute("SELECT set_config('app.portee', 'systeme', true)")
            curseur.execute(f"SELECT count(*) FROM {self.ou}")  # noqa: S608  words of a migration
            return curseur.fetchone()[0]

    def describe(self) -> str:
        return f"Garder : {self.faits}"


def refuser(*, plan: list[tuple[Migration, bool]], using: str, **_: object) -> None:
    """Before the first step of `manage.py migrate`, the only signal that the house listens to: Django offers no other moment."""
    gardes = [
        (m.app_label, o) for m, en_arriere in plan if en_arriere for o in m.operations if isinstance(o, SansRetour)
    ]
    if trouves := [(a, o.faits, n) for a, o in gardes if (n := o.compter(connections[using]))]:
        raise CommandError(_phrase(trouves))


def _phrase(trouves: list[tuple[str, str, int]]) -> str:
    dits = " ; ".join(f"{faits} ({nombre})" for _, faits, nombre in trouves)
    return (
        f"Retour en arrière refusé, rien n’a été touché. La base porte ce qui n’existait pas avant et ne s’efface pas : {dits}. "
        "Restaurez la sauvegarde d’alors, ou corrigez par une migration nouvelle."
    )
