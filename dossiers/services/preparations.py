"""What is written before it takes effect: the refusal that waits for the proof of its notification (CAL-7), what waits for a visa."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import consigner
from ess_portal.socle.erreurs import Conflit, ErreurMetier

from .. import faits
from ..models import Dossier, Preparation, Recours
from ..models.preparation import EN_INSTRUCTION
from ..regles.motifs import REPONSE
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
    if Preparation.objects.ouvertes().filter(dossier=dossier, objet=objet, version=version, recours=None).exists():
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
    preparation = Preparation(
        dossier=dossier, objet=objet, version=version, sens=sens, motifs=motifs or [], message=message.strip()
    )
    du_meme = Preparation.objects.filter(dossier=dossier, objet=objet, version=version, recours=None)
    return _confier(preparation, du_meme, "Une décision", acteur, maintenant)


def preparer_reponse(
    dossier: Dossier, r: Recours, issue: str, motifs: str, *, acteur: Acteur, maintenant: datetime
) -> Dossier:
    """The answer to a recours gracieux that a signataire will be asked to sign; silence goes on (`visa_decision`).

    Raises Conflit when one is under way already.
    """
    preparation = Preparation(
        dossier=dossier,
        objet=r.objet,
        version=r.decision.version if r.decision else faits.version(dossier, r.objet),
        sens="defavorable" if issue in Recours.REJETS else "favorable",
        motifs=[{"code": REPONSE, "critere": "", "faits": motifs.strip()}],
        recours=r,
        reponse=issue,
    )
    return _confier(preparation, r.preparations.all(), "Une réponse", acteur, maintenant)


def _confier(
    preparation: Preparation, du_meme: QuerySet[Preparation], quoi: str, acteur: Acteur, maintenant: datetime
) -> Dossier:
    """Writes it down and asks the signataires of the ARS for their visa. `du_meme`: those among which one at most is open."""
    dossier = preparation.dossier
    if du_meme.filter(close_le=None).exists():
        raise Conflit("preparation", f"{quoi} est déjà préparée\u00a0: elle attend son visa, ou que l’on y renonce.")
    preparation.preparee_le, preparation.preparee_par_id = maintenant, acteur.utilisateur_id
    preparation.save()
    de_recours = {"recours": preparation.recours_id, "issue": preparation.reponse} if preparation.recours_id else {}
    consigner(
        type="preparer_decision",
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        donnees={
            "preparation": preparation.pk,
            "objet": preparation.objet,
            "sens": preparation.sens,
            "motifs": preparation.motifs,
            **de_recours,
        },
        effets=[
            courriel(
                dossier,
                "visa",
                f"visa:{preparation.pk}",
                organisation=dossier.ars_id,
                roles=["ars_signataire"],
                objet=preparation.objet,
                sens=preparation.sens,
                auteur=acteur.nom,
                est_recours=preparation.recours_id is not None,
            )
        ],
    )
    return dossier


def fermer(dossier: Dossier, objet: str, motif: str, *, maintenant: datetime) -> int:
    """Ends what was under way on the filings of this object, without effect; gives how many."""
    return (
        Preparation.objects.ouvertes()
        .filter(dossier=dossier, objet=objet, recours=None)
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
    preparation.close_le, preparation.motif_cloture = maintenant, motivation.strip()
    preparation.save(update_fields=("close_le", "motif_cloture"))
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
    """What may still take effect on a locked dossier, silence written down: of the filing that counts, never of one before it; of a
    recours gracieux that waits for its answer.
    """
    ouvertes = Preparation.objects.select_for_update(of=("self",)).ouvertes().filter(dossier=dossier)
    objet = next((o for o, statuts in EN_INSTRUCTION.items() if dossier.statut in statuts), None)
    if objet is None:
        return ouvertes.filter(recours__issue="").last()
    return ouvertes.filter(recours=None, objet=objet, version=faits.version(dossier, objet)).last()
