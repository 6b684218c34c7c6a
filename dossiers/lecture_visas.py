"""What is prepared or signed and has no effect yet, as a list and a header show it: what is truly awaited, and from whom."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.safestring import SafeString

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import Role, TypeOrganisation
from ess_portal.socle import composants

from . import faits
from .lecture_etat import statut_lu
from .lecture_recours import est_ouvert
from .models import Dossier, Preparation
from .models.preparation import EN_INSTRUCTION


class EnAttente(NamedTuple):
    """An open preparation of the filing that counts, or of a recours gracieux. `auteur`: who prepared it, "" once he is gone."""

    objet: str
    sens: str
    est_signee: bool
    auteur_id: int | None
    auteur: str
    reponse: str = ""

    def compte(self, statut: str) -> bool:
        """Does the state still wait for it? Not once silence has decided, written down or not (CAL-9)."""
        return bool(self.reponse) or statut in EN_INSTRUCTION[self.objet]

    @property
    def nature(self) -> str:
        return nature(self.sens, self.reponse)

    def a_viser_par(self, acteur: Acteur) -> bool:
        """Two sign: never who prepared it."""
        autre = self.auteur_id not in (None, acteur.utilisateur_id)
        return autre and not self.est_signee and acteur.role == Role.ARS_SIGNATAIRE


# Of the dossier `d.id`, one row at most, for the filing that counts or a recours not answered: of one that silence has answered
# unwritten, the list has no date and does not ask.
COLONNES = "v.objet, v.sens, v.est_signee, v.auteur_id, v.auteur, v.reponse"
EN_ATTENTE = """
LEFT JOIN LATERAL (
    SELECT p.objet, p.sens, p.signee_le IS NOT NULL AS est_signee, p.preparee_par_id AS auteur_id,
        concat_ws(' ', nullif(u.titre, ''), nullif(u.prenom, ''), nullif(u.nom, '')) AS auteur, p.reponse
    FROM dossiers_preparation p LEFT JOIN comptes_utilisateur u ON u.id = p.preparee_par_id
    WHERE p.dossier_id = d.id AND p.close_le IS NULL AND CASE WHEN p.recours_id IS NULL
        THEN p.version = (SELECT max(x.version) FROM dossiers_depot x WHERE x.dossier_id = d.id AND x.objet = p.objet)
        ELSE EXISTS (SELECT 1 FROM dossiers_recours r WHERE r.id = p.recours_id AND r.issue = '') END
    ORDER BY p.id DESC LIMIT 1
) v ON true
"""


def lisible_par(acteur: Acteur) -> bool:
    """An équipe and a caisse wait for the ARS, whatever it is preparing."""
    return acteur.type in (TypeOrganisation.ARS, TypeOrganisation.ADMINISTRATION)


def lue(p: Preparation) -> EnAttente:
    """The same of a row read already; its author's name is left out."""
    return EnAttente(p.objet, p.sens, p.signee_le is not None, p.preparee_par_id, "", p.reponse)


def nature(sens: str, reponse: str = "") -> str:
    """What was prepared, in the words of its readers."""
    if reponse:
        return "Acceptation du recours préparée" if sens == "favorable" else "Rejet du recours préparé"
    return "Validation préparée" if sens == "favorable" else "Refus préparé"


def attend(dossier: Dossier, p: Preparation) -> bool:
    """Can it still take effect, at the instant the dossier was read at? Not once silence, or another act, has decided (CAL-9)."""
    if p.recours_id is None:
        return p.attend(statut_lu(dossier), faits.version(dossier, p.objet))
    instant = getattr(dossier, "lu_le", None)
    return p.close_le is None and any(
        r.pk == p.recours_id and est_ouvert(dossier, r, instant) for r in faits.recours(dossier)
    )


def a_viser(dossier: Dossier, p: Preparation, acteur: Acteur) -> bool:
    """Does it wait for the visa of this person? Never of who prepared it."""
    return p.signee_le is None and p.preparee_par_id != acteur.utilisateur_id and attend(dossier, p)


def etat(attente: EnAttente, acteur: Acteur) -> SafeString:
    """What is awaited and of whom, in a cell or a header."""
    if attente.est_signee:
        return composants.etat("attente", "Refus signé, en attente de sa notification", "Le silence court encore.")
    nature = attente.nature
    par = f" par {attente.auteur}" if attente.auteur else ""
    if attente.a_viser_par(acteur):
        return composants.etat("alerte", "En attente de votre visa", f"{nature}{par}.")
    if attente.auteur_id == acteur.utilisateur_id:
        par = " par vous"
    return composants.etat("attente", "En attente du visa d’un signataire", f"{nature}{par}.")
