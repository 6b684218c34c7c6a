"""What the ARS withdraws: a validation, after hearing the équipe (DL-8); a refusal, and its delay runs anew."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.erreurs import Conflit, ErreurMetier
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from .. import grille
from ..models import Decision, Dossier, Echeance
from ..regles.motifs import RETRAIT
from ..regles.retrait import Observations, invitation_admise, observations
from . import cycle, dates_figees, decisions, emission, lettres, plis, recours_issue
from .courriels import courriel
from .lettre import demander_avis, inscrire_depot


@transaction.atomic
def retirer(
    *,
    numero: str,
    transition: str,
    motivation: str,
    acteur: Acteur,
    maintenant: datetime,
    contradictoire_le: date | None = None,
    fondement: str = "L242-1",
    decision: int | None = None,
    **_: Any,
) -> Dossier:
    """Withdraws a decision in force. Of a validation (DL-8): within 4 months of it unless `fondement` is L242-2 (unmet conditions) or
    L242-4 (asked by the beneficiary), motivated, after hearing the équipe. Of a refusal: the two months run anew from today, and
    a new accusé says so (AR-1). `decision`: the one that is meant; Conflit where another one came since.
    """
    objet = "lettre" if transition.endswith("lettre") else "projet"
    dossier = cycle.ouvrir(numero, acteur, maintenant)
    jour = jour_local(maintenant, dossier.fuseau)
    if not motivation.strip():
        raise ErreurMetier(
            "motivation", "Motivez le retrait.", {"motivation": "Indiquez les motifs de droit et de fait."}
        )
    derniere = en_vigueur(dossier, objet).select_for_update().first()
    if derniere is None:
        raise Conflit("decision", "Aucune décision n’est à retirer.")
    if decision not in (None, derniere.pk):
        raise Conflit("decision", "Une autre décision a été prise depuis\u00a0: celle-ci n’est plus à retirer.")
    favorable = derniere.sens == "favorable"
    entendue = _entendre(dossier, derniere, contradictoire_le, fondement, jour) if favorable else None
    derniere.retiree_le, derniere.motif_retrait = jour, motivation.strip()
    derniere.save(update_fields=("retiree_le", "motif_retrait"))
    if favorable:
        retrait = Decision.objects.create(
            dossier=dossier,
            objet=objet,
            version=derniere.version,
            sens="defavorable",
            mode="expresse",
            date_signature=jour,
            date_notification=jour if decisions.notifie_aussitot(dossier, objet, "defavorable", jour) else None,
            date_acquise=jour,
            prise_le=maintenant,
            enregistree_le=maintenant,
            # The withdrawal is itself an unfavourable decision, motivated, that may be withdrawn in its turn.
            motifs=[{"code": RETRAIT, "critere": "", "faits": motivation.strip(), "fondement": fondement}],
            decidee_par_id=acteur.utilisateur_id,
        )
        lettres.notification(
            dossier,
            retrait,
            acteur=acteur,
            maintenant=maintenant,
            retiree=derniere,
            entendue_le=contradictoire_le,
            observations_jusquau=entendue.jusquau if entendue else None,
        )
        plis.attendre(dossier, retrait.cle_document, objet, maintenant=maintenant)
    else:
        # What a recours gracieux asked for is granted, whoever took the first step.
        recours_issue.conceder(dossier, derniere.pk, motivation, acteur=acteur, maintenant=maintenant)
        depot = inscrire_depot(
            dossier,
            objet,
            derniere.version + 1,
            maintenant=maintenant,
            jour_depot=jour,
            jour_reception=jour,
            contenu={"apres_retrait": derniere.pk},
        )
        demander_avis(dossier, objet, depot.version, jour)
    dossier = cycle.appliquer(
        dossier,
        transition,
        acteur=acteur,
        maintenant=maintenant,
        donnees={
            "decision": derniere.pk,
            "motivation": motivation.strip(),
            "fondement": fondement,
            "contradictoire_le": contradictoire_le,
            **({"dates": [dates_figees.figer_observations(dossier, derniere, entendue)]} if entendue else {}),
        },
        effets=[
            courriel(dossier, "retrait", f"retrait:{derniere.pk}:{o}", organisation=o, objet=objet)
            for o in (dossier.equipe_id, dossier.caisse_id)
        ],
    )
    if not favorable:
        emission.accuse_reception(dossier, depot, acteur=acteur, maintenant=maintenant, retiree=derniere)
    return dossier


def en_vigueur(dossier: Dossier, objet: str) -> QuerySet[Decision]:
    """The decisions not withdrawn, the last one first: what a withdrawal withdraws."""
    return Decision.objects.filter(dossier=dossier, objet=objet, retiree_le__isnull=True).order_by("-version", "-pk")


def _entendre(
    dossier: Dossier, decision: Decision, invitee_le: date | None, fondement: str, jour: date
) -> Observations | None:
    """The delay left to the équipe before its validation is withdrawn; None at its own request. Raises Conflit once the right to
    withdraw is over (DL-8), ErreurMetier on the day of an invitation that cannot be, or whose delay runs.
    """
    limite = Echeance.objects.filter(dossier=dossier, regle="DL-8", objet=decision.objet).order_by("-rang").first()
    if fondement == "L242-1" and limite is not None and limite.dernier_jour and jour > limite.dernier_jour:
        raise Conflit("dl8", f"Le délai de retrait a pris fin le {date_fr(limite.dernier_jour)}.")
    p = grille.parametres(dossier, decision.objet, jour)
    refus = invitation_admise(
        invitee_le,
        decidee_le=decision.date_acquise,
        aujourd_hui=jour,
        fondement=fondement,
        p=p,
        fuseau=dossier.fuseau,
    )
    if refus or invitee_le is None:
        raise ErreurMetier(
            "contradictoire",
            "L’équipe doit avoir été invitée à présenter ses observations, et en avoir eu le temps.",
            {"contradictoire_le": refus},
        )
    return observations(invitee_le, p, fuseau=dossier.fuseau) if fondement != "L242-4" else None
