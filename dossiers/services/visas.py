"""The visa of what was prepared: a second agent signs it, and it leaves as if it had been taken at that instant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.erreurs import Conflit, Interdit

from ..models import Decision, Dossier
from ..regles.visa import refus_de_viser
from . import cycle, decisions, preparations, recours_suivi

SIGNATAIRE = "ars_signataire"


@transaction.atomic
def viser(*, numero: str, acteur: Acteur, maintenant: datetime, preparation: int | None = None, **_: Any) -> Dossier:
    """Signs what another agent prepared, with the grid, the gates and the delays of now. `preparation`: what was read; Conflit where
    another one came since.

    Raises Conflit when nothing waits, when silence has decided meanwhile, or when one prepared it oneself; what a decision raises.
    """
    if acteur.role != SIGNATAIRE:
        raise Interdit
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    attendue = preparations.en_cours(dossier)
    if attendue is None or attendue.signee_le is not None:
        raise Conflit("visa", rien_a_viser(dossier))
    if preparation not in (None, attendue.pk):
        raise Conflit("visa", "Ce que vous avez relu a été remplacé depuis\u00a0: relisez ce qui attend votre visa.")
    refus = refus_de_viser(attendue.preparee_par_id, acteur.utilisateur_id)
    if refus:
        raise Conflit("visa", refus)
    attendue.close_le, attendue.motif_cloture = maintenant, "Visée."
    attendue.signee_le, attendue.signee_par_id = maintenant, acteur.utilisateur_id
    attendue.save(update_fields=("close_le", "motif_cloture", "signee_le", "signee_par"))
    if attendue.recours_id is not None:
        return recours_suivi.repondre_recours(
            numero=numero,
            issue=attendue.reponse,
            motifs=attendue.motifs[0]["faits"],
            acteur=acteur,
            maintenant=maintenant,
            visee=True,
        )
    suite = {
        "numero": numero,
        "objet": attendue.objet,
        "acteur": acteur,
        "maintenant": maintenant,
        "visee": True,
    }
    if attendue.sens == "favorable":
        dossier = decisions.valider(**suite, message=attendue.message)
    else:
        dossier = decisions.refuser(**suite, motifs=attendue.motifs)
    attendue.decision = Decision.objects.filter(
        dossier=dossier, objet=attendue.objet, version=attendue.version, retiree_le__isnull=True
    ).first()
    attendue.save(update_fields=("decision",))
    return dossier


def rien_a_viser(dossier: Dossier) -> str:
    """Why nothing waits for a visa: silence has decided meanwhile, or answered the recours whose answer was being prepared."""
    attendait = dossier.preparations.filter(close_le=None, signee_le=None).select_related("recours")
    preparation = attendait.order_by("pk").last()
    if preparation is not None and preparation.recours is not None and preparation.recours.issue:
        return recours_suivi.sans_recours(dossier)
    silence = decisions.deja_tacite(dossier, preparation.objet) if preparation is not None else None
    return silence or "Aucune décision préparée par un autre agent n’attend votre visa."
