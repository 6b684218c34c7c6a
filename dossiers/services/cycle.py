"""The one place where a dossier's state changes by a person's act: lock, check the table, django-fsm, event, outbox."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ess_portal.comptes.acteur import Acteur
from ess_portal.journal.services import Effet, consigner
from ess_portal.socle.erreurs import Conflit, Interdit

from ..models import Dossier
from ..regles.cycle import TRANSITIONS, Statut
from ..regles.statuts import LIBELLES
from . import echeances

ROLES_ARS = frozenset({"ars_instructeur", "ars_signataire"})


def ouvrir(numero: str, acteur: Acteur, maintenant: datetime) -> Dossier:
    """The dossier, locked, with what silence has already decided written down first (CAL-9). Raises Introuvable."""
    dossier = Dossier.objects.pour(acteur).verrouille(numero)
    if echeances.materialiser(numero=numero, maintenant=maintenant):
        dossier = Dossier.objects.pour(acteur).verrouille(numero)
    return dossier


def exiger(dossier: Dossier, nom: str, acteur: Acteur) -> None:
    """Raises Interdit or Conflit where the table does not let this role do it from this state."""
    transition, statut = TRANSITIONS[nom], Statut(dossier.statut)
    if not transition.permise(acteur.role):
        raise Interdit
    if statut not in transition.sources:
        raise Conflit(
            "etat",
            f"«\u00a0{transition.libelle}\u00a0» n’est pas possible\u00a0: le dossier est à l’étape «\u00a0{LIBELLES[statut]}\u00a0».",
        )


def appliquer(
    dossier: Dossier,
    nom: str,
    *,
    acteur: Acteur,
    maintenant: datetime,
    donnees: Mapping[str, Any] | None = None,
    effets: Iterable[Effet] = (),
    cible: Statut | None = None,
    legal_le: datetime | None = None,
    recalculer: bool = True,
) -> Dossier:
    """Moves a locked dossier by a transition of the table, writes the event and its effects, recomputes the échéances.

    `cible` names the outcome where a transition has several (`statuer_retard`). Raises Interdit or Conflit; nothing is written then.
    """
    exiger(dossier, nom, acteur)
    transition, avant = TRANSITIONS[nom], Statut(dossier.statut)
    apres = cible or transition.cible(avant) or avant
    if apres is not avant:
        if nom == "statuer_retard":
            dossier.sortir_du_champ() if apres is Statut.CLOS else dossier.resilier()
        else:
            getattr(dossier, nom)()
        dossier.statut_depuis = maintenant
    dossier.version += 1
    consigner(
        type=nom,
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        legal_le=legal_le,
        effets=effets,
        donnees={"de": avant.value, "vers": apres.value, **(donnees or {})},
    )
    dossier.save()
    if recalculer:
        echeances.recalculer(dossier, maintenant=maintenant)
    return dossier
