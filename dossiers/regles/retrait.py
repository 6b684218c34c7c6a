"""DL-8: what comes before the withdrawal of a validation, the équipe invited to give its observations and left the time to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle.typographie import date_fr

from .delais import contradictoire
from .explication import Etape, depart, duree, jour_ecrit, resultat

SOURCE = "CRPA, art. L. 121-1 et L. 122-1"


@dataclass(frozen=True, slots=True)
class Observations:
    """The équipe writes until `jusquau`, last day included; the withdrawal may be decided from `decision_des`. `explication`: CAL-11."""

    jusquau: date
    decision_des: date
    explication: tuple[Etape, ...]


def observations(invitee_le: date, p: Parametres, *, fuseau: str) -> Observations:
    """From the day of the invitation, by the setting `delai_observations`."""
    fin, des = contradictoire(invitee_le, p.delai_observations)
    etapes = (
        depart(invitee_le, "L’équipe est invitée à présenter ses observations.", "DL-8"),
        duree("Délai d’observations", p.delai_observations, SOURCE, "delai_observations"),
        resultat("Dernier jour des observations", fin, fuseau, "DL-8"),
        Etape("Décision possible", "Le retrait peut être décidé le lendemain.", jour_ecrit(des), "DL-8", SOURCE),
    )
    return Observations(fin, des, etapes)


def invitation_admise(
    invitee_le: date | None, *, decidee_le: date, aujourd_hui: date, fondement: str, p: Parametres, fuseau: str
) -> str | None:
    """Why the withdrawal of a validation of `decidee_le` cannot rely on this invitation, in a sentence; None when it can.

    At the request of the équipe (L242-4) it is a demand that is granted: no delay is left to answer it (CRPA L121-1).
    """
    if invitee_le is None or invitee_le > aujourd_hui:
        return "Indiquez le jour de l’invitation, passé."
    if invitee_le < decidee_le:
        return f"La décision est du {date_fr(decidee_le)}\u00a0: l’invitation ne peut pas la précéder."
    delai = observations(invitee_le, p, fuseau=fuseau)
    if fondement != "L242-4" and aujourd_hui < delai.decision_des:
        return (
            f"Invitée le {date_fr(invitee_le)}, l’équipe a {p.delai_observations} pour présenter ses observations, jusqu’au "
            f"{date_fr(delai.jusquau)} inclus. Le retrait peut être décidé à partir du {date_fr(delai.decision_des)}."
        )
    return None
