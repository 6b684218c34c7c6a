"""`reprendre` (§6): at which steps each regime enters, and which dated acts must stand behind a step."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from .statuts import Statut

S = Statut

_PARCOURS = (
    S.LETTRE_VALIDEE,
    S.AMORCAGE_SIGNE,
    S.PROJET_DEPOSE,
    S.PROJET_VALIDE,
    S.FINESS_ATTRIBUE,
    S.DOTATION_ACTIVE,
)
# Regime → the steps it enters at: where its path of §6 starts, or further when it was instructed elsewhere.
ENTREES: Mapping[str, tuple[Statut, ...]] = {
    "standard": (S.LETTRE_DEPOSEE, *_PARCOURS),
    "existante_conforme": (S.PROJET_VALIDE, S.FINESS_ATTRIBUE, S.DOTATION_ACTIVE),
    "mise_en_conformite": _PARCOURS,
    "en_projet_credit_ars": _PARCOURS,
    "hors_champ": (S.CLOS,),
}
# Each dated act, with the step from which it may have happened, in the order of the procedure.
ACTES: Mapping[str, Statut] = {
    "lettre_deposee_le": S.LETTRE_DEPOSEE,
    "lettre_validee_le": S.LETTRE_VALIDEE,
    "amorcage_signe_le": S.AMORCAGE_SIGNE,
    "projet_depose_le": S.PROJET_DEPOSE,
    "projet_valide_le": S.PROJET_VALIDE,
    "dotation_signee_le": S.DOTATION_ACTIVE,
}
# An act never precedes these. The credit may be signed after the projet (§3): neither waits for the other.
SUIT: Mapping[str, tuple[str, ...]] = {
    "lettre_validee_le": ("lettre_deposee_le",),
    "amorcage_signe_le": ("lettre_deposee_le", "lettre_validee_le"),
    "projet_depose_le": ("lettre_deposee_le", "lettre_validee_le"),
    "projet_valide_le": ("lettre_deposee_le", "lettre_validee_le", "projet_depose_le"),
    "dotation_signee_le": ("lettre_deposee_le", "lettre_validee_le", "projet_depose_le", "projet_valide_le"),
}
_RANG = {s: rang for rang, s in enumerate((S.LETTRE_DEPOSEE, *_PARCOURS))}
AVEC_PROJET = frozenset({S.PROJET_DEPOSE, S.PROJET_VALIDE, S.FINESS_ATTRIBUE, S.DOTATION_ACTIVE})
AVEC_FINESS = frozenset({S.FINESS_ATTRIBUE, S.DOTATION_ACTIVE})
SANS_CREDIT = frozenset({"existante_conforme", "hors_champ"})


def possibles(regime: str, statut: Statut) -> frozenset[str]:
    """The acts that may have happened when a dossier of this regime stands at this step."""
    if statut is S.CLOS:
        return frozenset()
    venus = {nom for nom, etape in ACTES.items() if _RANG[etape] <= _RANG[statut]}
    return frozenset(venus - {"amorcage_signe_le"} if regime in SANS_CREDIT else venus)


def requis(regime: str, statut: Statut) -> frozenset[str]:
    """The acts without whose day this step cannot be entered at. A former ESS has no letter; it may have no credit (§6)."""
    if statut is S.CLOS:
        return frozenset()
    jusque = set(possibles(regime, statut))
    if statut is not S.AMORCAGE_SIGNE:
        jusque -= {"amorcage_signe_le"}
    if regime != "standard":
        jusque -= {"lettre_deposee_le", "lettre_validee_le"}
    if regime == "existante_conforme":
        jusque -= {"projet_depose_le"}
    return frozenset(jusque)


def verifier_reprise(regime: str, statut: Statut, jours: Mapping[str, date | None], aujourdhui: date) -> dict[str, str]:
    """Errors by field: a step that the regime does not enter at, an act missing, to come, out of order, or beyond the step."""
    if statut not in ENTREES.get(regime, ()):
        return {"statut": "Ce régime n’entre pas à cette étape."}
    erreurs: dict[str, str] = {}
    exiges = requis(regime, statut)
    for nom, etape in ACTES.items():
        jour = jours.get(nom)
        if jour is None:
            if nom in exiges:
                erreurs[nom] = "Indiquez le jour de cet acte."
        elif statut is not S.CLOS and _RANG[etape] > _RANG[statut]:
            erreurs[nom] = "Cet acte dépasse l’étape choisie\u00a0: choisissez une étape plus avancée, ou laissez vide."
        elif nom == "amorcage_signe_le" and regime in SANS_CREDIT:
            erreurs[nom] = "Ce régime n’ouvre pas de crédit d’amorçage."
        elif jour > aujourdhui:
            erreurs[nom] = "Ce jour n’est pas encore venu."
        elif any((avant := jours.get(a)) is not None and jour < avant for a in SUIT.get(nom, ())):
            erreurs[nom] = "Ce jour précède l’acte d’avant."
    return erreurs


def depuis(statut: Statut, jours: Mapping[str, date | None]) -> date | None:
    """The day since which the dossier stands at its step: the act that led there, when its day is known."""
    return next((jours.get(nom) for nom, etape in ACTES.items() if etape is statut), None)
