"""Acts on the adhérents, for the generic act page and the API (`settings.FOURNISSEURS_ACTIONS`)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from dossiers.actions import Action
from dossiers.models import Dossier
from dossiers.regles.cycle import Qui
from dossiers.regles.statuts import VIVANTS, Statut

from . import forms, forms_suivi, services

OUVERTS = frozenset(VIVANTS)
# The headcount of a year is settled after its end, and a contract's after it ended: late facts must still be writable.
TENUS = frozenset({*VIVANTS, Statut.RESILIE, Statut.CLOS})


def _dossier(service: Callable[..., Any]) -> Callable[..., Dossier]:
    """An act of the registry gives its dossier, whatever it made."""

    @wraps(service)
    def acte(**champs: Any) -> Dossier:
        return service(**champs).dossier

    return acte


ACTIONS = (
    Action(
        "ajouter_adherent",
        "Ajouter un adhérent",
        _dossier(services.ajouter_adherent),
        forms.AjouterAdherent,
        OUVERTS,
        (Qui.PORTEUR,),
        aide="Le professionnel reçoit un lien personnel pour signer le formulaire d’adhésion. Il compte à partir de sa signature.",
    ),
    Action(
        "importer_adherents",
        "Importer une liste d’adhérents",
        services.importer_liste,
        forms_suivi.ImporterListe,
        OUVERTS,
        (Qui.PORTEUR,),
        aide="Rien n’est enregistré avant votre confirmation. Un professionnel absent de la liste ne sort pas de l’équipe, et une "
        "signature annoncée ne compte qu’avec son formulaire.",
    ),
    Action(
        "envoyer_lien_adhesion",
        "Envoyer le lien de signature",
        _dossier(services.envoyer_lien),
        forms.EnvoyerLien,
        OUVERTS,
        (Qui.PORTEUR,),
        aide="Le lien précédent cesse de fonctionner.",
    ),
    Action(
        "annuler_invitation",
        "Annuler une invitation",
        _dossier(services.annuler_invitation),
        forms.AnnulerInvitation,
        OUVERTS,
        (Qui.PORTEUR,),
    ),
    Action(
        "deposer_formulaire_adhesion",
        "Déposer un formulaire d’adhésion signé",
        _dossier(services.deposer_formulaire),
        forms.DeposerFormulaire,
        OUVERTS,
        (Qui.PORTEUR,),
    ),
    Action(
        "sortir_adherent",
        "Enregistrer une sortie",
        _dossier(services.sortir_adherent),
        forms.SortirAdherent,
        TENUS,
        (Qui.PORTEUR,),
    ),
    Action(
        "corriger_adhesion",
        "Corriger une adhésion",
        _dossier(services.corriger_adhesion),
        forms.CorrigerAdhesion,
        TENUS,
        (Qui.PORTEUR,),
        aide="Ce qui était écrit n’a jamais été vrai : les effectifs passés sont recomptés. Pour un changement réel, enregistrez plutôt "
        "un changement d’exercice à sa date. Les champs laissés vides ne changent pas.",
    ),
    Action(
        "changer_exercice",
        "Changer l’exercice d’un adhérent",
        _dossier(services.changer_exercice),
        forms_suivi.ChangerExercice,
        TENUS,
        (Qui.PORTEUR,),
        aide="La spécialité, le mode ou les lieux changent à une date : les jours d’avant restent comptés comme ils l’étaient.",
    ),
    Action(
        "retirer_adhesion",
        "Retirer une adhésion enregistrée par erreur",
        _dossier(services.retirer_adhesion),
        forms_suivi.RetirerAdhesion,
        TENUS,
        (Qui.PORTEUR,),
        aide="Pour un professionnel qui quitte l’équipe, enregistrez une sortie. Le retrait dit que l’adhésion n’a jamais existé.",
    ),
)
