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
from . import dates_figees, echeances

ROLES_ARS = frozenset({"ars_instructeur", "ars_signataire"})


# What an act relies on besides the decision that keeps its own: its event keeps these dates as they were explained (CAL-11).
INVOQUEES = {
    "demander_pieces_lettre": ("DL-1",),
    "demander_pieces_projet": ("DL-3",),
    "completer_lettre": ("DL-10",),
    "completer_projet": ("DL-10",),
    "enregistrer_pieces": ("DL-10",),
    "deposer_projet": ("DL-2",),
    "enregistrer_projet": ("DL-2",),
    "classer": ("DL-10",),
    "statuer_retard": ("DL-2",),
    "retirer_validation_lettre": ("DL-8",),
    "retirer_validation_projet": ("DL-8",),
}


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

    `cible` names the outcome where a transition has several (`statuer_retard`). `legal_le`: since when it counts in law, for a fact
    entered afterwards. Raises Interdit or Conflit; nothing is written then.
    """
    exiger(dossier, nom, acteur)
    transition, avant = TRANSITIONS[nom], Statut(dossier.statut)
    apres = cible or transition.cible(avant) or avant
    if apres is not avant:
        if nom == "statuer_retard":
            dossier.sortir_du_champ() if apres is Statut.CLOS else dossier.resilier()
        else:
            getattr(dossier, nom)()
        dossier.statut_depuis = legal_le or maintenant
    dossier.version += 1
    consigner(
        type=nom,
        acteur=acteur,
        maintenant=maintenant,
        dossier=dossier,
        legal_le=legal_le,
        effets=effets,
        donnees={"de": avant.value, "vers": apres.value, **(donnees or {}), **_invoquees(dossier, nom, donnees or {})},
    )
    dossier.save()
    if recalculer:
        echeances.recalculer(dossier, maintenant=maintenant)
    return dossier


def _invoquees(dossier: Dossier, nom: str, donnees: Mapping[str, Any]) -> dict[str, Any]:
    regles = INVOQUEES.get(nom)
    if regles is None:
        return {}
    objet = donnees.get("objet") or next((o for o in ("lettre", "projet") if nom.endswith(o)), "")
    # DL-2 is a date of the letter.
    figees = dates_figees.figer(dossier, *regles, objet="" if "DL-2" in regles else objet)
    return {"dates": [*figees, *donnees.get("dates", ())]}
