"""The last demand for an avenant, as the page of the contracts says it: its state in law, its last day, what comes next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dossiers.models import Dossier
from dossiers.regles.avenants import echeance
from dossiers.regles.echeances import nommer
from ess_portal.referentiel.services import reglages_nommes
from ess_portal.socle.typographie import date_fr

from ..services.demandes_avenant import lire, parametres
from .instantane import argent

ETATS = {
    "en_instruction": ("info", "En instruction"),
    "attend_pieces": ("attente", "Pièces attendues"),
    "accordee": ("succes", "Accordée"),
    "refusee": ("erreur", "Refusée"),
    "rejetee_par_silence": ("erreur", "Réputée rejetée"),
    "acceptee_par_silence": ("succes", "Réputée acceptée"),
    "sans_objet": ("neutre", "Sans objet"),
}


def demande_avenant(dossier: Dossier, maintenant: datetime) -> dict[str, Any] | None:
    demande = argent(dossier).demande_avenant
    if demande is None:
        return None
    etat, p = lire(demande, dossier, maintenant), parametres(demande)
    rang = len(argent(dossier).demandes_avenant)
    calculee = echeance(demande.faits(dossier.fuseau, rang), p, dossier.fuseau)
    fin = calculee.dernier_jour
    suite = "acceptée" if p.regime_avenant == "acceptation" else "rejetée"
    phrases = {
        "en_instruction": f"Réponse de l’ARS au plus tard le {date_fr(fin)}\u00a0; sans réponse, la demande est réputée {suite}." if fin else "",
        "attend_pieces": f"Pièces demandées\u00a0: {demande.pieces} À fournir jusqu’au {date_fr(demande.pieces_limite)} inclus." if demande.pieces_limite else "",
        "accordee": "L’avenant se propose, puis se signe à trois.",
        "refusee": f"Motif\u00a0: {demande.motif}",
        "rejetee_par_silence": f"L’ARS n’a pas répondu au plus tard le {date_fr(fin)}. La demande peut être présentée de nouveau." if fin else "",
        "acceptee_par_silence": f"L’ARS n’a pas répondu au plus tard le {date_fr(fin)}\u00a0: l’avenant est à proposer. Le silence ne le signe pas." if fin else "",
        "sans_objet": "Le dossier a pris fin avant la réponse de l’ARS.",
    }  # fmt: skip
    reglages = reglages_nommes(demande.jeu_national_id, demande.jeu_regional_id)
    return {
        "demande": demande,
        "etat": ETATS[etat],
        "phrase": phrases[etat],
        "pourquoi": () if etat == "sans_objet" else nommer(calculee, reglages).explication,
    }
