"""The visa of a prepared decision: a second agent signs it, and it leaves as if it had been taken at that instant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.erreurs import Conflit, Interdit

from ..models import Decision, Dossier
from ..regles.visa import refus_de_viser
from . import cycle, decisions, preparations

SIGNATAIRE = "ars_signataire"


@transaction.atomic
def viser(*, numero: str, acteur: Acteur, maintenant: datetime, **_: Any) -> Dossier:
    """Signs what another agent prepared, with the grid, the gates and the delays of now.

    Raises Conflit when nothing waits, when silence has decided meanwhile, or when one prepared it oneself; what a decision raises.
    """
    if acteur.role != SIGNATAIRE:
        raise Interdit
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    preparation = preparations.en_cours(dossier)
    if preparation is None or preparation.signee_le is not None:
        raise Conflit("visa", decisions.deja_decide(dossier) or "Aucune décision n’attend de visa.")
    refus = refus_de_viser(preparation.preparee_par_id, acteur.utilisateur_id)
    if refus:
        raise Conflit("visa", refus)
    preparation.close_le, preparation.motif_cloture = maintenant, "Visée."
    preparation.signee_le, preparation.signee_par_id = maintenant, acteur.utilisateur_id
    preparation.save(update_fields=("close_le", "motif_cloture", "signee_le", "signee_par"))
    suite = {
        "numero": numero,
        "objet": preparation.objet,
        "acteur": acteur,
        "maintenant": maintenant,
        "visee": True,
    }
    if preparation.sens == "favorable":
        dossier = decisions.valider(**suite, message=preparation.message)
    else:
        dossier = decisions.refuser(**suite, motifs=preparation.motifs)
    preparation.decision = Decision.objects.filter(
        dossier=dossier, objet=preparation.objet, version=preparation.version, retiree_le__isnull=True
    ).first()
    preparation.save(update_fields=("decision",))
    return dossier
