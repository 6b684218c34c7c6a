"""The équipe's demand for an avenant: until when the ARS answers, and what its silence makes of it (CAL-6, setting `regime_avenant`)."""

from __future__ import annotations

from ess_portal.referentiel.regles.parametres import Parametres

from . import explication as x
from . import silence_regle
from .echeance import EcheanceCalculee
from .faits_delais import DemandeAvenantFait
from .silence_regle import Attente

OBJET = "avenant"
REJET, ACCEPTATION = "CAL-6-V", "CAL-6-VA"
REGLES = (REJET, ACCEPTATION)
REGIME = "regime_avenant"
DELAI = "delai_reponse_avenant"


def echeance(d: DemandeAvenantFait, p: Parametres, fuseau: str) -> EcheanceCalculee:
    """The last day of the ARS to answer, explained. Accepted by silence, an avenant is still to be signed by three."""
    attente = Attente(
        regles=REGLES,
        reglages=(REGIME, DELAI),
        objet=OBJET,
        rang=d.rang,
        recue_le=d.recue_le,
        demandes=d.demandes,
        depart=x.depart(d.recue_le, "Demande d’avenant reçue par l’ARS.", "CAL-6"),
        rejet="la demande est réputée rejetée",
        acceptation="la demande est réputée acceptée, l’avenant restant à signer à trois",
    )
    return silence_regle.echeance(attente, p, fuseau)
