"""The acts around a decision that is not in force yet, or is being notified: its visa, the LRAR presented, giving it up."""

from __future__ import annotations

from ess_portal.comptes.acteur import Acteur

from .actions import Action
from .forms.actes import EnregistrerPresentation, Motiver, Viser
from .lecture_visas import a_viser, attend
from .models import Decision, Dossier
from .regles.au_droit import ATTENDENT_LE_PROJET
from .regles.cycle import Qui, Statut
from .services import notifications, preparations, visas
from .services.lettres import TYPE

# On a filing while it is examined; on a recours gracieux at any step after.
EN_ATTENTE = frozenset(Statut) - {Statut.BROUILLON}
# Where a classement, or an answer to a late projet, may be the only letter.
SANS_DECISION = frozenset({*ATTENDENT_LE_PROJET, Statut.CLOS, Statut.RESILIE})


def _en_attente(dossier: Dossier, acteur: Acteur) -> bool:
    return any(attend(dossier, p) for p in dossier.preparations.all())


def _a_viser(dossier: Dossier, acteur: Acteur) -> bool:
    return any(a_viser(dossier, p, acteur) for p in dossier.preparations.all())


def _envoyee(dossier: Dossier, acteur: Acteur) -> bool:
    """A letter of the ARS left: of a decision, of one that waits, or of what may follow a delay gone by."""
    if any(d.mode == Decision.Mode.EXPRESSE for d in dossier.decisions.all()):
        return True
    if any(p.signee_le is not None for p in dossier.preparations.all()):
        return True
    return dossier.statut in SANS_DECISION and dossier.documents.filter(type=TYPE).exists()


ACTIONS = (
    Action(
        "enregistrer_presentation",
        "Enregistrer la présentation du pli recommandé",
        notifications.enregistrer_presentation,
        EnregistrerPresentation,
        statuts=frozenset(Statut) - {Statut.BROUILLON},
        qui=(Qui.ARS,),
        proposee=_envoyee,
        aide="Le jour de la présentation est une preuve de la notification de la dernière décision, conservée avec elle.",
    ),
    Action(
        "viser_decision",
        "Viser et notifier la décision préparée",
        visas.viser,
        Viser,
        statuts=EN_ATTENTE,
        qui=(Qui.ARS_SIGNATAIRE,),
        est_principale=True,
        a_apercu=True,
        proposee=_a_viser,
        empechement=visas.rien_a_viser,
        aide="Relisez la lettre avant de la viser. Sans visa, ce qui est préparé n’a aucun effet et le silence continue de courir.",
    ),
    Action(
        "renoncer_decision",
        "Renoncer à la décision en attente",
        preparations.renoncer,
        Motiver,
        statuts=EN_ATTENTE,
        qui=(Qui.ARS,),
        proposee=_en_attente,
    ),
)
