"""The acts on dérogations: who asks, who is heard, who sends, who records (DER-1)."""

from __future__ import annotations

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import TypeOrganisation

from .actions import Action
from .faits import parametres
from .forms import actes as f
from .models import Derogation, Dossier
from .regles.cycle import Qui
from .regles.statuts import DEPOSES
from .services import derogations, derogations_saisies

EN_COURS = frozenset(DEPOSES)
DECIDEES = (*Derogation.EN_VIGUEUR, Derogation.Issue.REFUSEE)


def _ouvertes(dossier: Dossier, acteur: Acteur) -> bool:
    return any(d.issue == Derogation.Issue.DEMANDEE for d in dossier.derogations.all())


def _a_aviser(dossier: Dossier, acteur: Acteur) -> bool:
    qui = "ars" if acteur.type == TypeOrganisation.ARS else "caisse"
    return acteur.organisation_id == getattr(dossier, f"{qui}_id") and any(
        d.issue == Derogation.Issue.DEMANDEE and not getattr(d, f"avis_{qui}") for d in dossier.derogations.all()
    )


def _a_retirer(dossier: Dossier, acteur: Acteur) -> bool:
    return any(
        d.issue == Derogation.Issue.DEMANDEE and (not acteur.est_porteur or d.demandeur == Derogation.Demandeur.EQUIPE)
        for d in dossier.derogations.all()
    )


def _decidees(dossier: Dossier, acteur: Acteur) -> bool:
    return any(d.issue in DECIDEES for d in dossier.derogations.all())


def _l_ars_assouplit(dossier: Dossier, acteur: Acteur) -> bool:
    return parametres(dossier, dossier.cree_le.date()).assouplissement == "ARS"


ACTIONS = (
    Action(
        "demander_derogation",
        "Demander une dérogation",
        derogations.demander,
        f.DemanderDerogation,
        statuts=EN_COURS,
        qui=(Qui.PORTEUR, Qui.ARS),
    ),
    Action(
        "aviser_derogation",
        "Donner un avis sur une dérogation",
        derogations.rendre_avis,
        f.AviserDerogation,
        statuts=EN_COURS,
        qui=(Qui.ARS, Qui.CAISSE),
        proposee=_a_aviser,
    ),
    Action(
        "envoyer_derogation",
        "Envoyer une demande de dérogation à la CPN",
        derogations.envoyer,
        f.EnvoyerDerogation,
        statuts=EN_COURS,
        qui=(Qui.ARS,),
        proposee=_ouvertes,
    ),
    Action(
        "statuer_derogation",
        "Enregistrer la décision de la CPN sur une demande",
        derogations.statuer,
        f.StatuerDerogation,
        statuts=EN_COURS,
        qui=(Qui.ARS,),
        proposee=_ouvertes,
    ),
    Action(
        "enregistrer_derogation",
        "Enregistrer une dérogation de la CPN",
        derogations_saisies.enregistrer_derogation,
        f.EnregistrerDerogation,
        statuts=EN_COURS,
        qui=(Qui.ARS,),
    ),
    Action(
        "corriger_derogation",
        "Corriger une décision de la CPN enregistrée",
        derogations_saisies.corriger,
        f.CorrigerDerogation,
        statuts=EN_COURS,
        qui=(Qui.ARS,),
        proposee=_decidees,
    ),
    Action(
        "retirer_derogation",
        "Retirer une demande de dérogation",
        derogations.retirer,
        f.RetirerDerogation,
        statuts=EN_COURS,
        qui=(Qui.PORTEUR, Qui.ARS),
        proposee=_a_retirer,
    ),
    Action(
        "assouplir_perimetre",
        "Assouplir le critère de périmètre",
        derogations_saisies.assouplir,
        f.AssouplirPerimetre,
        statuts=EN_COURS,
        qui=(Qui.ARS,),
        proposee=_l_ars_assouplit,
    ),
)
