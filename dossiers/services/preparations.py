"""A decision signed before it takes effect: the refusal that waits for the proof of its notification (CAL-7)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier

from .. import faits
from ..models import Dossier, Preparation
from ..models.preparation import EN_INSTRUCTION
from . import cycle, lettres, plis, taches
from .courriels import courriel


def signer_refus(
    dossier: Dossier,
    objet: str,
    *,
    motifs: list[dict[str, str]],
    grille: list[dict[str, Any]],
    acteur: Acteur,
    maintenant: datetime,
) -> Dossier:
    """The refusal, signed and sent; the state does not move and silence goes on until `notifications` has its proof.

    Raises Conflit when one is under way already.
    """
    version = faits.version(dossier, objet)
    if Preparation.objects.ouvertes().filter(dossier=dossier, objet=objet, version=version).exists():
        raise Conflit("preparation", "Un refus est déjà signé\u00a0: il attend la preuve de sa notification.")
    preparation = Preparation.objects.create(
        dossier=dossier,
        objet=objet,
        version=version,
        sens="defavorable",
        motifs=motifs,
        grille=grille,
        preparee_le=maintenant,
        preparee_par_id=acteur.utilisateur_id,
        signee_le=maintenant,
        signee_par_id=acteur.utilisateur_id,
    )
    consigner(
        type="signer_refus",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"preparation": preparation.pk, "objet": objet, "motifs": motifs},
        effets=[
            courriel(
                dossier,
                "decision",
                preparation.cle_document,
                organisation=dossier.equipe_id,
                objet=objet,
                sens=preparation.sens,
                en_attente=True,
            )
        ],
    )
    lettres.notification(dossier, preparation, acteur=acteur, maintenant=maintenant)
    plis.attendre(dossier, preparation.cle_document, objet, maintenant=maintenant)
    return dossier


def preparer(
    dossier: Dossier,
    objet: str,
    sens: str,
    *,
    acteur: Acteur,
    maintenant: datetime,
    motifs: list[dict[str, str]] | None = None,
    message: str = "",
) -> Dossier:
    """What a signataire will be asked to sign. It has no effect: no state, no letter, and silence goes on (`visa_decision`).

    Raises Conflit when one is under way already.
    """
    version = faits.version(dossier, objet)
    if Preparation.objects.ouvertes().filter(dossier=dossier, objet=objet, version=version).exists():
        raise Conflit(
            "preparation", "Une décision est déjà préparée\u00a0: elle attend son visa, ou que l’on y renonce."
        )
    preparation = Preparation.objects.create(
        dossier=dossier,
        objet=objet,
        version=version,
        sens=sens,
        motifs=motifs or [],
        message=message.strip(),
        preparee_le=maintenant,
        preparee_par_id=acteur.utilisateur_id,
    )
    consigner(
        type="preparer_decision",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"preparation": preparation.pk, "objet": objet, "sens": sens, "motifs": preparation.motifs},
        effets=[
            courriel(
                dossier,
                "visa",
                f"visa:{preparation.pk}",
                organisation=dossier.ars_id,
                roles=["ars_signataire"],
                objet=objet,
                sens=sens,
                auteur=acteur.nom,
            )
        ],
    )
    return dossier


def fermer(dossier: Dossier, objet: str, motif: str, *, maintenant: datetime) -> int:
    """Ends what was under way on this object, without effect; gives how many."""
    return (
        Preparation.objects.ouvertes()
        .filter(dossier=dossier, objet=objet)
        .update(close_le=maintenant, motif_cloture=motif)
    )


@transaction.atomic
def renoncer(*, numero: str, motivation: str, acteur: Acteur, maintenant: datetime, **_: Any) -> Dossier:
    """Gives up a decision that has no effect yet. Raises Conflit when there is none, ErreurMetier without a reason."""
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    preparation = en_cours(dossier)
    if preparation is None:
        raise Conflit("preparation", "Aucune décision n’est en attente.")
    if not motivation.strip():
        raise ErreurMetier("motivation", "Motivez l’abandon.", {"motivation": "Indiquez le motif."})
    fermer(dossier, preparation.objet, motivation.strip(), maintenant=maintenant)
    taches.clore_repondues(dossier, maintenant=maintenant)
    consigner(
        type="renoncer_decision",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={"preparation": preparation.pk, "objet": preparation.objet, "motif": motivation.strip()},
        effets=[courriel(dossier, "renoncement", preparation.cle_document, organisation=dossier.equipe_id)]
        if preparation.signee_le
        else [],
    )
    return dossier


def en_cours(dossier: Dossier) -> Preparation | None:
    """What may still take effect on a locked dossier, silence written down: of the filing that counts, never of one before it."""
    objet = next((o for o, statuts in EN_INSTRUCTION.items() if dossier.statut in statuts), None)
    if objet is None:
        return None
    ouvertes = Preparation.objects.select_for_update(of=("self",)).ouvertes()
    return ouvertes.filter(dossier=dossier, objet=objet, version=faits.version(dossier, objet)).last()
