"""Balances of the ledger, derived from its lines by the view `financement_soldes`; none is kept."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.db import connection

from dossiers.models import Dossier

from ..regles.livre import Enveloppe, Soldes, soldes


def comptes(dossier: Dossier) -> dict[Enveloppe, dict[str, Decimal]]:
    """Envelope → account → balance (debits less credits), for one dossier."""
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT financeur, poste, annee, compte, solde FROM financement_soldes WHERE dossier_id = %s "
            "ORDER BY financeur DESC, poste, annee, compte",
            [dossier.pk],
        )
        lus: dict[Enveloppe, dict[str, Decimal]] = {}
        for financeur, poste, annee, compte, solde in curseur.fetchall():
            lus.setdefault(Enveloppe(financeur, poste, annee), {})[compte] = solde
    return lus


def par_enveloppe(dossier: Dossier) -> dict[Enveloppe, Soldes]:
    """What is committed, liquidated, ordered, paid, to be paid back, for each credit and each year of the dotation."""
    return {enveloppe: soldes(sommes) for enveloppe, sommes in comptes(dossier).items()}


def total(enveloppes: Mapping[Enveloppe, Soldes], financeur: str = "assurance_maladie") -> Soldes:
    """The sum of a funder's envelopes."""
    somme: dict[str, Decimal] = {}
    for enveloppe, s in enveloppes.items():
        if enveloppe.financeur == financeur:
            for nom in Soldes.__dataclass_fields__:
                somme[nom] = somme.get(nom, Decimal("0.00")) + getattr(s, nom)
    return Soldes(**somme)
