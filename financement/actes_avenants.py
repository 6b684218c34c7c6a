"""The acts on avenants, as screens and the API offer them: asked for by the équipe, answered by the ARS, proposed, signed by three."""

from __future__ import annotations

from dossiers.actions import Action
from dossiers.models import Dossier
from dossiers.regles.cycle import TRANSITIONS, Qui
from ess_portal.comptes.acteur import Acteur
from ess_portal.socle import horloge
from ess_portal.socle.horloge import jour_local

from .actions import a_signer, est_partie
from .forms import avenants as fa
from .forms.contrats import SignatureContrat
from .models import Contrat
from .selectors import argent
from .selectors.consolide import modifiable
from .services import avenants, demandes_avenant, signature

ETATS = TRANSITIONS["signer_avenant"].sources


def _contrat(dossier: Dossier) -> Contrat | None:
    return modifiable(dossier, jour_local(horloge.maintenant(), dossier.fuseau))


def _a_proposer(dossier: Dossier, acteur: Acteur) -> bool:
    if not est_partie(dossier, acteur, "ars", "caisse"):
        return False
    contrat, propose = _contrat(dossier), argent(dossier).propose
    return contrat is not None and (propose is None or propose.est_avenant)


def _demande(dossier: Dossier, *etats: str) -> bool:
    """Is the last demand, on a contract that one may still change, in one of these states?"""
    demande = argent(dossier).demande_avenant if _contrat(dossier) is not None else None
    return demande is not None and demandes_avenant.lire(demande, dossier, horloge.maintenant()) in etats


def _a_demander(dossier: Dossier, acteur: Acteur) -> bool:
    if not est_partie(dossier, acteur, "equipe") or _contrat(dossier) is None:
        return False
    return not _demande(dossier, *demandes_avenant.EN_COURS)


ACTIONS = (
    Action(
        "demander_avenant",
        "Demander un avenant",
        demandes_avenant.demander_avenant,
        fa.DemandeDAvenant,
        statuts=ETATS,
        qui=(Qui.PORTEUR,),
        aide="L’ARS répond dans le délai réglementaire. Un avenant accordé se signe ensuite à trois.",
        proposee=_a_demander,
    ),
    Action(
        "repondre_demande_avenant",
        "Répondre à la demande d’avenant",
        demandes_avenant.repondre_demande_avenant,
        fa.ReponseDemandeAvenant,
        statuts=ETATS,
        qui=(Qui.ARS,),
        proposee=lambda dossier, acteur: (
            est_partie(dossier, acteur, "ars") and _demande(dossier, *demandes_avenant.EN_COURS, "rejetee_par_silence")
        ),
    ),
    Action(
        "completer_demande_avenant",
        "Compléter la demande d’avenant",
        demandes_avenant.completer_demande_avenant,
        fa.ComplementDemandeAvenant,
        statuts=ETATS,
        qui=(Qui.PORTEUR,),
        proposee=lambda dossier, acteur: est_partie(dossier, acteur, "equipe") and _demande(dossier, "attend_pieces"),
    ),
    Action(
        "proposer_avenant",
        "Proposer un avenant",
        avenants.proposer_avenant,
        fa.PropositionAvenant,
        statuts=ETATS,
        qui=(Qui.ARS, Qui.CAISSE),
        aide="L’avenant ne porte que les articles qui changent. Il se signe à trois, comme le contrat.",
        proposee=_a_proposer,
    ),
    Action(
        "signer_avenant",
        "Signer l’avenant",
        signature.signer_avenant,
        SignatureContrat,
        reauthentification=True,
        est_principale=True,
        proposee=a_signer(Contrat.Type.AVENANT),
    ),
)
