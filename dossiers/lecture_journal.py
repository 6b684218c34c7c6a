"""The journal of a dossier as each may read it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.models import Evenement

from .models import Dossier, Preparation

# What the administrations keep among themselves.
INTERNES = ("message_prive", "juger", "suivre", "faire_tache", "preparer_decision")


def journal_de(dossier: Dossier, acteur: Acteur) -> QuerySet[Evenement]:
    """The last event first. An équipe reads nothing of what is being prepared, nor of what was given up before it was signed."""
    lignes = Evenement.objects.pour(acteur).filter(dossier=dossier).order_by("-seq")
    if not acteur.est_porteur:
        return lignes
    signees = Preparation.objects.filter(dossier=dossier, signee_le__isnull=False).values_list("pk", flat=True)
    return lignes.exclude(type__in=INTERNES).filter(
        ~Q(type="renoncer_decision") | Q(donnees__preparation__in=list(signees))
    )
