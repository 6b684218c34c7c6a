"""Every list that may be exported, by its code. A dashboard adds its tables here."""

from __future__ import annotations

from ess_portal.comptes.acteur import Acteur
from ess_portal.socle.erreurs import Interdit, Introuvable

from . import actes, conservation, dossiers, suivi, tableaux
from .forme import Liste

LISTES: dict[str, Liste] = {
    x.code: x
    for x in (
        dossiers.LISTE,
        suivi.ECHEANCES,
        suivi.TACHES,
        actes.VERSEMENTS,
        actes.ADHESIONS,
        actes.RAPPORTS,
        conservation.CONSERVATION,
        tableaux.ACTIVITE,
    )
}


def liste(code: str, acteur: Acteur) -> Liste:
    """Raises Introuvable for a list that does not exist, Interdit for one that is not for this role."""
    trouvee = LISTES.get(code)
    if trouvee is None:
        raise Introuvable
    if acteur.role not in trouvee.roles:
        raise Interdit("interdit", f"Votre rôle ne permet pas d’exporter cette liste\u00a0: {trouvee.titre.lower()}.")
    return trouvee


def listes(acteur: Acteur) -> list[Liste]:
    """Those that this person may export."""
    return [x for x in LISTES.values() if acteur.role in x.roles]
