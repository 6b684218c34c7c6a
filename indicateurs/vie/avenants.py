"""The équipe's demand for an avenant that waits for the ARS, on the page of its dossier: until when, and what silence makes of it (CAL-6)."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from dossiers import dates
from dossiers.models import Echeance
from dossiers.regles.avenants import REGLES, REJET
from ess_portal.socle import composants
from ess_portal.socle.typographie import dans, date_fr

from .lecture import Vie

E = Echeance.Statut
ATTENDUES = (E.OUVERTE, E.SUSPENDUE)


def cartes(vie: Vie) -> list[dict[str, Any]]:
    """One at most, in the shape of the cards of the recours: a second demand waits for the answer to the first."""
    return [_carte(vie, e) for e in vie.echeances if e.regle in REGLES and e.statut in ATTENDUES]


def _carte(vie: Vie, e: Echeance) -> dict[str, Any]:
    numero = vie.dossier.numero
    agir = vie.acte("completer_demande_avenant", "repondre_demande_avenant")
    lien = (
        {"libelle": agir.libelle, "url": vie.lien(agir)}
        if agir
        else {"libelle": "Lire la demande", "url": reverse("contrats_dossier", args=[numero])}
    )
    return {
        "titre": "Demande d’avenant au contrat",
        "etat": composants.etat("attente", "Réponse attendue de l’ARS"),
        "phrases": _phrases(vie, e),
        "citations": (),
        "explication": e.explication,
        "url": dates.adresse(numero, e),
        "lien": lien,
    }


def _phrases(vie: Vie, e: Echeance) -> list[str]:
    if e.dernier_jour is None or e.acquise_le is None:
        return ["Le délai de réponse repartira en entier à la réception des pièces demandées."]
    suite = "rejetée" if e.regle == REJET else "acceptée"
    return [
        f"Réponse au plus tard le {date_fr(e.dernier_jour)} inclus, {dans(e.dernier_jour, vie.jour)}.",
        f"Sans réponse, elle est {suite} par le silence le {date_fr(e.acquise_le)} à 0\u00a0h.",
    ]
