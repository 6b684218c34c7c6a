"""The words of a calendar's event: what the day is, who must act, what silence does."""

from __future__ import annotations

from dossiers.libelles import CITEES, OBJETS, QUI, REGLES
from dossiers.models import Echeance
from ess_portal.socle.typographie import date_fr

_TITRES = {
    "ouverte": "Dernier jour",
    "suspendue": "Suspendue",
    "arretee": "Arrêtée",
    "tenue": "Tenue",
    "echue": "Échue",
    "annulee": "Sans objet",
}
_TACITES = {"DL-1": "la lettre est réputée validée", "DL-3": "le projet est réputé validé"}
_SILENCES = {
    "DL-2": "Après ce jour, le dépôt reste possible\u00a0: il est signalé en retard et l’ARS se prononce. Rien n’est clos automatiquement.",
    "DL-4": "Sans les deux activités, la condition de financement n’est pas remplie. Une personne ouvre la procédure contradictoire\u00a0: rien n’est automatique.",
    "DL-5": "Sans activité déployée, une personne ouvre la procédure de récupération\u00a0: rien n’est automatique.",
    "DL-6": "Les 50\u00a0% d’adhérents et la consultation des acteurs sont vérifiés.",
    "DL-7": "La caisse contrôle l’année, puis propose le versement. Le silence ne vaut pas versement.",
    "DL-8": "Après ce jour, la décision favorable ne peut plus être retirée pour illégalité (CRPA, art. L. 242-1), sauf condition non remplie ou demande du bénéficiaire.",
    "DL-9": "Après ce jour, le refus ne peut plus, en principe, être contesté devant le juge.",
    "CAL-6": "Sans réponse, le recours gracieux est rejeté par le silence et le délai pour saisir le tribunal repart.",
    "CAL-6-A": "Sans réponse, le recours gracieux est accepté par le silence.",
    "CAL-6-V": "Sans réponse, la demande d’avenant est rejetée par le silence. Elle peut être présentée de nouveau.",
    "CAL-6-VA": "Sans réponse, la demande d’avenant est acceptée par le silence\u00a0; l’avenant reste à signer à trois.",
    "DL-10": "Sans ces pièces, l’ARS peut décider expressément ou classer le dossier. Rien n’est automatique.",
    "DUR-1": "Sans renouvellement exprès, le contrat prend fin.",
    "IND-3": "Le rapport peut encore être déposé ensuite\u00a0: le versement de l’année suivante l’attend.",
    "AVI": "Sans réponse, l’avis est noté comme non rendu. Le silence ne vaut ni accord ni opposition.",
    "AVI-2": "Aucune décision ne naît du silence\u00a0: après ce jour, la décision expresse est signalée en retard.",
}


def titre(e: Echeance, statut: str) -> str:
    """`statut`: as the law has it now, whatever the scan has written (CAL-9)."""
    return f"{_TITRES[statut]}\u00a0: {REGLES.get(e.regle, e.regle)} – n°\u00a0{e.dossier.numero}"


def description(e: Echeance, statut: str, url: str) -> str:
    lignes = [
        f"Dossier n°\u00a0{e.dossier.numero} – {e.dossier.nom}",
        f"{OBJETS.get(e.objet, e.objet)}\u00a0: {REGLES.get(e.regle, e.regle)} (règle {CITEES.get(e.regle, e.regle)})",
        f"Qui doit agir\u00a0: {_qui(e)}",
        _silence(e, statut),
        url,
    ]
    return "\n".join(ligne for ligne in lignes if ligne)


def _qui(e: Echeance) -> str:
    organisation = getattr(e, e.qui, None)
    return organisation.nom if organisation is not None else QUI.get(e.qui, e.qui)


def _silence(e: Echeance, statut: str) -> str:
    if statut == "annulee":
        return "Cette date est devenue sans objet."
    if statut == "tenue":
        return "Ce qui était attendu a été fait."
    if statut == "arretee":
        return "Ce délai est arrêté\u00a0: aucune décision ne naît du silence."
    if statut == "suspendue":
        return "Ce délai est suspendu\u00a0: il repartira avec les pièces attendues."
    if e.regle in _TACITES and e.acquise_le:
        naissance = (
            f"{_TACITES[e.regle]} {'depuis le' if statut == 'echue' else 'le'} {date_fr(e.acquise_le)} à 0\u00a0h."
        )
        return (
            f"Ce délai est passé. Sans décision à temps, {naissance}"
            if statut == "echue"
            else f"Sans décision, {naissance}"
        )
    silence = _SILENCES.get(e.regle, "")
    return f"Ce jour est passé. {silence}" if statut == "echue" and silence else silence
