"""How the dashboard names what is awaited, from whom, and what may follow."""

from __future__ import annotations

from dossiers.models import Echeance

ATTENDUS = {
    ("DL-1", "lettre"): "Décision sur la lettre",
    ("DL-2", "projet"): "Projet de santé (6 mois)",
    ("DL-2", "lettre"): "Projet de santé (6 mois)",
    ("DL-3", "projet"): "Décision sur le projet de santé",
    ("DL-10", "lettre"): "Pièces indispensables de la lettre",
    ("DL-10", "projet"): "Pièces indispensables du projet",
    ("AVI", "lettre"): "Avis de la caisse sur la lettre",
    ("AVI", "projet"): "Avis de la caisse sur le projet",
    ("AVI-2", "projet"): "Décision expresse sur le projet, après opposition",
}
ATTENDUS_REGLE = {
    "CAL-6": "Réponse au recours gracieux",
    "CAL-6-A": "Réponse au recours gracieux",
    "CAL-6-V": "Réponse à la demande d’avenant",
    "CAL-6-VA": "Réponse à la demande d’avenant",
    "DL-4": "Deux activités de la mission socle (12 mois)",
    "DL-5": "Une activité de la mission socle (18 mois)",
    "DL-6": "Contrôle des cinq ans",
    "DL-7": "Contrôle de l’anniversaire et versement",
    "DUR-1": "Fin du contrat de dotation",
    "IND-3": "Rapport d’activité, date reportée",
}
SUITES = {
    "CAL-6": "Rejet par le silence",
    "CAL-6-A": "Acceptation par le silence",
    "CAL-6-V": "Rejet par le silence",
    "CAL-6-VA": "Acceptation par le silence",
    "DL-1": "Validation tacite",
    "DL-2": "Décision requise",
    "DL-3": "Validation tacite",
    "DL-4": "Procédure contradictoire",
    "DL-5": "Récupération à ouvrir par une personne",
    "DL-7": "Versement dû à la fin du contrôle",
    "DL-10": "Décision expresse ou classement possible",
    "AVI": "Le délai de l’ARS continue",
    "AVI-2": "Rien n’est acquis : l’ARS décide",
    "DUR-1": "Renouvellement exprès, sinon fin",
    "IND-3": "Le versement attend le rapport",
}


def attendu(echeance: Echeance) -> str:
    return ATTENDUS.get((echeance.regle, echeance.objet)) or ATTENDUS_REGLE.get(echeance.regle, echeance.regle)


def qui(echeance: Echeance) -> str:
    """Who must act, by name; the équipe by its role, its name is on the row already."""
    if echeance.qui.startswith("ars") and echeance.ars:
        return echeance.ars.nom
    if echeance.qui.startswith("caisse") and echeance.caisse:
        return echeance.caisse.nom
    return "Équipe"


def suite(echeance: Echeance) -> str:
    return SUITES.get(echeance.regle, "")
