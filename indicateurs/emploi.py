"""The money of a contract year as the ledger and the report before it know it (FIN-12)."""

from __future__ import annotations

from dossiers.models import Dossier
from financement.livre.soldes import par_enveloppe
from financement.regles.livre import Enveloppe

from .models import Rapport
from .regles.emploi import ZERO, Compte


def compte(dossier: Dossier, annee: int, rapport: Rapport | None) -> Compte:
    """What was paid for this year less what was paid back, what the last report filed before it left unspent, what the report says was
    spent.
    """
    soldes = par_enveloppe(dossier).get(Enveloppe("assurance_maladie", "dotation", annee))
    precedent = Rapport.objects.filter(dossier=dossier, annee=annee - 1, depose_le__isnull=False).first()
    return Compte(
        report=(precedent.solde if precedent is not None else None) or ZERO,
        recu=soldes.verse - soldes.recupere if soldes is not None else ZERO,
        depense=rapport.montant_depense if rapport is not None else None,
    )
