"""Stored codes of the dossier's `statut` (§3): stable, ASCII, in the order of the procedure."""

from __future__ import annotations

from enum import StrEnum


class Statut(StrEnum):
    BROUILLON = "brouillon"
    LETTRE_DEPOSEE = "lettre_deposee"
    LETTRE_INCOMPLETE = "lettre_incomplete"
    LETTRE_VALIDEE = "lettre_validee"
    LETTRE_REFUSEE = "lettre_refusee"
    AMORCAGE_SIGNE = "amorcage_signe"
    PROJET_DEPOSE = "projet_depose"
    PROJET_INCOMPLET = "projet_incomplet"
    PROJET_REFUSE = "projet_refuse"
    PROJET_VALIDE = "projet_valide"
    FINESS_ATTRIBUE = "finess_attribue"
    DOTATION_ACTIVE = "dotation_active"
    RESILIE = "resilie"
    CLOS = "clos"


FINAUX = frozenset({Statut.LETTRE_REFUSEE, Statut.RESILIE, Statut.CLOS})
VIVANTS = tuple(s for s in Statut if s not in FINAUX)
# What has been dealt with: over, or an ESS at work.
TRAITES = (Statut.LETTRE_REFUSEE, Statut.RESILIE, Statut.CLOS, Statut.DOTATION_ACTIVE, Statut.FINESS_ATTRIBUE)
# Who occupies a territory (CRI-1c): validated, expressly or by silence, and not over. An older ESS only once its projet is validated.
EN_PLACE = (
    Statut.LETTRE_VALIDEE,
    Statut.AMORCAGE_SIGNE,
    Statut.PROJET_DEPOSE,
    Statut.PROJET_INCOMPLET,
    Statut.PROJET_REFUSE,
    Statut.PROJET_VALIDE,
    Statut.FINESS_ATTRIBUE,
    Statut.DOTATION_ACTIVE,
)
CONFORMITE_ACQUISE = (Statut.PROJET_VALIDE, Statut.FINESS_ATTRIBUE, Statut.DOTATION_ACTIVE)
EN_INSTRUCTION = (Statut.LETTRE_DEPOSEE, Statut.LETTRE_INCOMPLETE)
# What the ARS is examining, letter or projet, whether items are awaited or not.
EXAMINES = (*EN_INSTRUCTION, Statut.PROJET_DEPOSE, Statut.PROJET_INCOMPLET)
DEPOSES = tuple(s for s in VIVANTS if s is not Statut.BROUILLON)

LIBELLES = {
    Statut.BROUILLON: "Lettre en cours de rédaction",
    Statut.LETTRE_DEPOSEE: "Lettre d’intention déposée",
    Statut.LETTRE_INCOMPLETE: "Lettre d’intention à compléter",
    Statut.LETTRE_VALIDEE: "Lettre d’intention validée",
    Statut.LETTRE_REFUSEE: "Lettre d’intention refusée",
    Statut.AMORCAGE_SIGNE: "Crédit d’amorçage signé",
    Statut.PROJET_DEPOSE: "Projet de santé déposé",
    Statut.PROJET_INCOMPLET: "Projet de santé à compléter",
    Statut.PROJET_REFUSE: "Projet de santé refusé",
    Statut.PROJET_VALIDE: "Projet de santé validé",
    Statut.FINESS_ATTRIBUE: "Numéro FINESS attribué",
    Statut.DOTATION_ACTIVE: "Dotation annuelle en cours",
    Statut.RESILIE: "Contrat résilié",
    Statut.CLOS: "Dossier clos",
}
