"""The équipe asks for an avenant: what the ARS's silence means and since when (CAL-6, setting `regime_avenant`). It never signs anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from dossiers.regles.faits_delais import Demande
from dossiers.regles.tacite import suivre, suspensions
from ess_portal.referentiel.regles.parametres import Parametres

Etat = Literal["en_instruction", "attend_pieces", "accordee", "refusee", "rejetee_par_silence", "acceptee_par_silence"]


@dataclass(frozen=True, kw_only=True, slots=True)
class DemandeAvenantFait:
    """Legal days of the ARS's zone. `issue`: accordee, refusee or '' without an express answer; `demandes`: of indispensable items."""

    recue_le: date
    demandes: tuple[Demande, ...] = ()
    issue: str = ""


def dernier_jour(f: DemandeAvenantFait, p: Parametres) -> date | None:
    """The ARS's last day to answer; None while items stop an acceptance clock. A rejection clock is suspended by them, up to their delay."""
    if p.regime_avenant == "acceptation":
        suivie = suivre(f.recue_le, f.demandes, p.delai_reponse_avenant, mode_naissance=p.mode_naissance)
        return suivie.dernier_jour
    return suspensions(f.recue_le, p.delai_reponse_avenant, f.demandes, delai_pieces=p.delai_pieces)[0]


def etat(f: DemandeAvenantFait, p: Parametres, jour: date) -> Etat:
    """What stands on a day, whether anybody has written it down or not (CAL-9)."""
    if f.issue == "accordee":
        return "accordee"
    if f.issue == "refusee":
        return "refusee"
    fin = dernier_jour(f, p)
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
    return "Cette demande a déjà reçu sa réponse."
