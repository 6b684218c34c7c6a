"""The équipe asks for an avenant: what the ARS's silence means and since when (CAL-6, setting `regime_avenant`). It never signs anything."""

from __future__ import annotations

from datetime import date
from typing import Literal

from dossiers.regles.avenants import echeance
from dossiers.regles.faits_delais import DemandeAvenantFait
from ess_portal.referentiel.regles.parametres import Parametres

Etat = Literal[
    "en_instruction",
    "attend_pieces",
    "accordee",
    "refusee",
    "rejetee_par_silence",
    "acceptee_par_silence",
    "sans_objet",
]


def dernier_jour(f: DemandeAvenantFait, p: Parametres) -> date | None:
    """The ARS's last day to answer; None while items stop an acceptance clock. A rejection clock is suspended by them, up to their delay."""
    return echeance(f, p, "UTC").dernier_jour


def etat(f: DemandeAvenantFait, p: Parametres, jour: date, clos_le: date | None = None) -> Etat:
    """What stands on a day, whether anybody has written it down or not (CAL-9). `clos_le`: the first day on which the dossier had ended,
    before which silence has decided or never will.
    """
    if f.issue == "accordee":
        return "accordee"
    if f.issue == "refusee":
        return "refusee"
    fin = dernier_jour(f, p)
    if clos_le is not None and (fin is None or clos_le <= fin):
        return "sans_objet"
    if fin is not None and jour > fin:
        return "acceptee_par_silence" if p.regime_avenant == "acceptation" else "rejetee_par_silence"
    return "attend_pieces" if any(d.close_le is None for d in f.demandes) else "en_instruction"


def refus_de_repondre(lu: Etat, reponse: str) -> str:
    """Why the ARS may not answer so any more, '' when it may: silence that rejected may be favourably undone, nothing else."""
    if lu in ("en_instruction", "attend_pieces") or (lu == "rejetee_par_silence" and reponse == "accorder"):
        return ""
    if lu == "acceptee_par_silence":
        return "Le silence a accepté cette demande\u00a0: l’avenant est à proposer."
    if lu == "rejetee_par_silence":
        return "Le silence a rejeté cette demande\u00a0: elle peut encore être accordée, ou être présentée de nouveau."
    if lu == "sans_objet":
        return "Le dossier a pris fin avant la réponse\u00a0: cette demande n’a plus d’objet."
    return "Cette demande a déjà reçu sa réponse."
