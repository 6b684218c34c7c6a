"""The acts on a recours gracieux: made or received, completed, answered (CAL-6)."""

from __future__ import annotations

from dataclasses import dataclass

from ess_portal.comptes.acteur import Acteur

from .actions import Action
from .forms.actes import recours as f
from .lecture_recours import Contestable, contestable, contestables, ouvert
from .lecture_visas import attend
from .models import Dossier, Recours
from .regles.cycle import Qui, Statut
from .services import recours, recours_suivi

HORS_BROUILLON = frozenset(Statut) - {Statut.BROUILLON}


@dataclass(frozen=True)
class _Lu:
    """What the acts ask of a dossier, read once for all of them."""

    contestable: Contestable | None
    par_courrier: bool
    ouvert: Recours | None


def _lu(dossier: Dossier) -> _Lu:
    if not hasattr(dossier, "_recours_lus"):
        dossier._recours_lus = _Lu(contestable(dossier), bool(contestables(dossier)), ouvert(dossier))
    return dossier._recours_lus


def _a_former(dossier: Dossier, acteur: Acteur) -> bool:
    c = _lu(dossier).contestable
    return c is not None and c.recours is None


def _a_enregistrer(dossier: Dossier, acteur: Acteur) -> bool:
    return _lu(dossier).par_courrier


def _a_repondre(dossier: Dossier, acteur: Acteur) -> bool:
    r = _lu(dossier).ouvert
    return r is not None and not any(p.recours_id == r.pk and attend(dossier, p) for p in dossier.preparations.all())


def _a_demander(dossier: Dossier, acteur: Acteur) -> bool:
    r = _lu(dossier).ouvert
    return r is not None and r.demande_ouverte is None


def _a_completer(dossier: Dossier, acteur: Acteur) -> bool:
    r = _lu(dossier).ouvert
    return r is not None and r.demande_ouverte is not None


ACTIONS = (
    Action(
        "former_recours_gracieux",
        "Former un recours gracieux",
        recours.former_recours,
        f.FormerRecours,
        statuts=HORS_BROUILLON,
        qui=(Qui.PORTEUR,),
        proposee=_a_former,
        empechement=recours.empechement,
        aide="L’ARS réexamine sa décision. Formé dans le délai, ce recours interrompt celui de saisir le tribunal, qui repart en entier après la réponse.",
    ),
    Action(
        "enregistrer_recours",
        "Enregistrer un recours gracieux reçu par courrier",
        recours.enregistrer_recours,
        f.EnregistrerRecours,
        statuts=HORS_BROUILLON,
        qui=(Qui.ARS,),
        proposee=_a_enregistrer,
        empechement=recours.empechement_par_courrier,
    ),
    Action(
        "completer_recours",
        "Fournir les pièces demandées pour le recours",
        recours_suivi.completer_recours,
        f.CompleterRecours,
        statuts=HORS_BROUILLON,
        qui=(Qui.PORTEUR, Qui.ARS),
        proposee=_a_completer,
        empechement=lambda dossier: "Aucune pièce n’est demandée pour un recours gracieux.",
    ),
    Action(
        "demander_pieces_recours",
        "Demander des pièces pour le recours gracieux",
        recours_suivi.demander_pieces_recours,
        f.DemanderPiecesRecours,
        statuts=HORS_BROUILLON,
        qui=(Qui.ARS,),
        proposee=_a_demander,
        empechement=recours_suivi.sans_demande,
    ),
    Action(
        "repondre_recours",
        "Répondre au recours gracieux",
        recours_suivi.repondre_recours,
        f.RepondreRecours,
        statuts=HORS_BROUILLON,
        qui=(Qui.ARS,),
        est_principale=True,
        proposee=_a_repondre,
        empechement=recours_suivi.sans_recours,
        a_apercu=True,
    ),
)
