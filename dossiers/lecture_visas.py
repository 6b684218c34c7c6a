"""Decisions prepared or signed that have no effect yet, as a list and a header show them: what is truly awaited, and from whom."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.safestring import SafeString

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import Role, TypeOrganisation
from ess_portal.socle import composants

from .models import Preparation
from .models.preparation import EN_INSTRUCTION


class EnAttente(NamedTuple):
    """An open preparation of the filing that counts. `auteur`: who prepared it, "" once he is gone."""

    objet: str
    sens: str
    est_signee: bool
    auteur_id: int | None
    auteur: str

    def compte(self, statut: str) -> bool:
        """Does the state still wait for it? Not once silence has decided, written down or not (CAL-9)."""
        return statut in EN_INSTRUCTION[self.objet]

    def a_viser_par(self, acteur: Acteur) -> bool:
        """Two sign: never who prepared it."""
        autre = self.auteur_id not in (None, acteur.utilisateur_id)
        return autre and not self.est_signee and acteur.role == Role.ARS_SIGNATAIRE


# Of the dossier `d.id`, one row at most, for the filing that counts.
COLONNES = "v.objet, v.sens, v.est_signee, v.auteur_id, v.auteur"
EN_ATTENTE = """
LEFT JOIN LATERAL (
    SELECT p.objet, p.sens, p.signee_le IS NOT NULL AS est_signee, p.preparee_par_id AS auteur_id,
        concat_ws(' ', nullif(u.titre, ''), nullif(u.prenom, ''), nullif(u.nom, '')) AS auteur
    FROM dossiers_preparation p LEFT JOIN comptes_utilisateur u ON u.id = p.preparee_par_id
    WHERE p.dossier_id = d.id AND p.close_le IS NULL AND p.version = (
        SELECT max(x.version) FROM dossiers_depot x WHERE x.dossier_id = d.id AND x.objet = p.objet)
    ORDER BY p.id DESC LIMIT 1
) v ON true
"""


def lisible_par(acteur: Acteur) -> bool:
    """An équipe and a caisse wait for the ARS, whatever it is preparing."""
    return acteur.type in (TypeOrganisation.ARS, TypeOrganisation.ADMINISTRATION)


def lue(p: Preparation) -> EnAttente:
    """The same of a row read already; its author's name is left out."""
    return EnAttente(p.objet, p.sens, p.signee_le is not None, p.preparee_par_id, "")


def etat(attente: EnAttente, acteur: Acteur) -> SafeString:
    """What is awaited and of whom, in a cell or a header."""
    if attente.est_signee:
        return composants.etat("attente", "Refus signé, en attente de sa notification", "Le silence court encore.")
    nature = "Validation préparée" if attente.sens == "favorable" else "Refus préparé"
    par = f" par {attente.auteur}" if attente.auteur else ""
    if attente.a_viser_par(acteur):
        return composants.etat("alerte", "En attente de votre visa", f"{nature}{par}.")
    if attente.auteur_id == acteur.utilisateur_id:
        par = " par vous"
    return composants.etat("attente", "En attente du visa d’un signataire", f"{nature}{par}.")
