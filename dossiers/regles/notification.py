"""CAL-7: which fact notifies a decision, and whether a decision already signed still waits for it to have any effect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ess_portal.referentiel.regles.parametres import Parametres
from ess_portal.socle.typographie import date_fr

from .delais import ajouter

# What the setting `preuve_notification` calls each proof, as a sentence says it.
PREUVES = {
    "mise_a_disposition": "la mise à disposition dans le portail",
    "premiere_consultation": "la première lecture par l’équipe",
    "presentation": "la présentation du pli recommandé",
}


@dataclass(frozen=True, slots=True)
class Remise:
    """What is known of the delivery of a letter, in days of the ARS's zone."""

    mise_a_disposition: date | None = None
    premiere_consultation: date | None = None
    presentation: date | None = None


def fait_foi(objet: str, p: Parametres) -> str:
    """What counts for an express decision on the letter or the projet: its notification or its signature."""
    return p.fait_foi_lettre if objet == "lettre" else p.fait_foi_projet


def notifiee_le(remise: Remise, p: Parametres, *, joignable: bool = True) -> date | None:
    """The day of the notification: that of the proof which is expected (`preuve_attendue`); None while it is not there."""
    jours = {
        "mise_a_disposition": remise.mise_a_disposition,
        "premiere_consultation": remise.premiere_consultation,
        "presentation": remise.presentation,
    }
    return jours[preuve_attendue(p, joignable=joignable)]


def preuve_attendue(p: Parametres, *, joignable: bool) -> str:
    """The proof that the setting names; the registered letter where nobody of the équipe can be written to (`joignable`): what is
    made available to nobody is neither told nor read.
    """
    return p.preuve_notification if joignable else "presentation"


def attend_sa_preuve(objet: str, sens: str, p: Parametres, *, joignable: bool = True) -> bool:
    """Does a signature leave silence running until the proof has come?

    Only a refusal whose notification counts, where being made available does not prove it: a favourable decision is the équipe's
    from its signature.
    """
    notifie = preuve_attendue(p, joignable=joignable) == "mise_a_disposition"
    return sens == "defavorable" and fait_foi(objet, p) == "notification" and not notifie


def presentation_admise(jour: date | None, *, signee_le: date, aujourd_hui: date) -> str | None:
    """Why the day of a presentation cannot be, in a sentence; None when it can."""
    if jour is None:
        return "Indiquez le jour de la présentation."
    if jour > aujourd_hui:
        return "La présentation ne peut pas être à venir."
    if jour < signee_le:
        return "Le pli ne peut pas avoir été présenté avant la signature de la décision."
    return None


def a_presenter_avant(signee_le: date, p: Parametres, *, dernier_jour: date | None) -> date:
    """The day by which the presentation of a letter signed on `signee_le` is to be entered: the setting's delay, and never after the
    last day of the silence that the proof must come before.
    """
    limite = ajouter(signee_le, p.delai_presentation)
    return limite if dernier_jour is None else max(signee_le, min(limite, dernier_jour))


def sans_effet(presentee_le: date | None, *, dernier_jour: date | None) -> str:
    """Why a refusal that silence has beaten never took effect; `presentee_le`: its registered letter's day, where that was to prove it."""
    if presentee_le is None or dernier_jour is None or presentee_le > dernier_jour:
        return "Sa notification n’était pas prouvée à temps"
    return f"Son pli recommandé a été présenté le {date_fr(presentee_le)}, dans le délai, mais le portail l’a su après que le silence a décidé"
