"""Acts on a dossier, as screens and the API offer them: one name, one form, one service.

The same function decides which acts are offered and whether one may be done, so a button cannot lie. Apps above this one
add their acts through `settings.FOURNISSEURS_ACTIONS` (modules with an `ACTIONS` tuple).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from typing import Any

from django import forms
from django.conf import settings
from django.db import OperationalError, transaction

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.reauthentification import verifier_identite
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable, Occupe

from .lecture_etat import lu_au_droit, statut_lu
from .models import Dossier
from .regles.cycle import ROLES, TRANSITIONS, Qui, Statut
from .regles.statuts import LIBELLES
from .services.echeances import materialiser


class FormulaireActe(forms.Form):
    """Base of every act's form: it knows the dossier and the actor, and says what a service takes (`donnees`)."""

    def __init__(self, *args: Any, dossier: Dossier, acteur: Acteur, **kwargs: Any) -> None:
        self.dossier, self.acteur = dossier, acteur
        super().__init__(*args, **kwargs)

    def donnees(self) -> dict[str, Any]:
        """Keyword arguments of the service, from `cleaned_data`."""
        return dict(self.cleaned_data)


@dataclass(frozen=True)
class Action:
    """`service(*, numero, acteur, maintenant, **formulaire.donnees()) -> Dossier`. An act of the transition table takes its
    states and roles from there; another one gives `statuts` and `qui`. `proposee(dossier, acteur)` hides what makes no sense now;
    `empechement(dossier)` says in a sentence why the state forbids it, where there is more to say than the state's name; `a_apercu`: its
    letter, of type `lettre`, may be read before it is sent.
    """

    nom: str
    libelle: str
    service: Callable[..., Any]
    formulaire: type[FormulaireActe] = FormulaireActe
    statuts: frozenset[Statut] = frozenset()
    qui: tuple[Qui, ...] = ()
    reauthentification: bool = False
    est_principale: bool = False
    gabarit: str = "dossiers/acte.html"
    aide: str = ""
    a_apercu: bool = False
    lettre: str = "notification_decision"
    proposee: Callable[[Dossier, Acteur], bool] = field(default=lambda dossier, acteur: True)
    empechement: Callable[[Dossier], str | None] = field(default=lambda dossier: None)

    def role_permis(self, role: str) -> bool:
        if self.nom in TRANSITIONS:
            return TRANSITIONS[self.nom].permise(role)
        return any(role in ROLES[q] for q in self.qui)

    def etat_permis(self, statut: str) -> bool:
        sources = TRANSITIONS[self.nom].sources if self.nom in TRANSITIONS else self.statuts
        return Statut(statut) in sources


@lru_cache
def toutes() -> Mapping[str, Action]:
    """Every act of the portal, by name, in the order of the lists."""
    return {a.nom: a for module in settings.FOURNISSEURS_ACTIONS for a in import_module(module).ACTIONS}


def disponibles(dossier: Dossier, acteur: Acteur) -> list[Action]:
    """What this person may do now on this dossier, as the law has it at the instant of its reading; nothing is written."""
    vu = lu_au_droit(dossier)
    return [
        a
        for a in toutes().values()
        if a.role_permis(acteur.role) and a.etat_permis(statut_lu(vu)) and a.proposee(vu, acteur)
    ]


def preparer(nom: str, *, numero: str, acteur: Acteur, maintenant: datetime) -> tuple[Action, Dossier]:
    """The act and its dossier, once this person may do it now. Raises Introuvable, Interdit or Conflit, in that order.

    To open an act is to begin it: what silence has decided of this dossier, and no scan has written, is written first (CAL-9).
    """
    lignes = Dossier.objects.pour(acteur).au(maintenant).filter(numero=numero)
    dossier, action = lignes.first(), toutes().get(nom)
    if dossier is None or action is None:
        raise Introuvable
    if not action.role_permis(acteur.role):
        raise Interdit
    if materialiser(numero=numero, maintenant=maintenant):
        dossier = lignes.get()
    if not action.etat_permis(statut_lu(dossier)) or not action.proposee(dossier, acteur):
        libelle = LIBELLES[Statut(statut_lu(dossier))]
        phrase = (
            action.empechement(dossier)
            or f"«\u00a0{action.libelle}\u00a0» n’est pas possible\u00a0: le dossier est à l’étape «\u00a0{libelle}\u00a0»."
        )
        raise Conflit("etat", phrase)
    return action, dossier


def executer(nom: str, **details: Any) -> Any:
    """Does the act: state, role, content, identity (`identifier` False: only to read its letter, then undone), then the service. Raises ErreurMetier with the fields to correct, Occupe when
    somebody else's act kept the rows for too long.
    """
    try:
        return _executer(nom, **details)
    except OperationalError as echec:
        if not Occupe.est(echec):
            raise
        raise Occupe from echec


@transaction.atomic
def _executer(
    nom: str,
    *,
    numero: str,
    acteur: Acteur,
    maintenant: datetime,
    donnees: Any,
    fichiers: Any = None,
    utilisateur: Any = None,
    complement: Mapping[str, Any] | None = None,
    identifier: bool = True,
) -> Any:
    action, dossier = preparer(nom, numero=numero, acteur=acteur, maintenant=maintenant)
    formulaire = action.formulaire(donnees, fichiers, dossier=dossier, acteur=acteur)
    if not formulaire.is_valid():
        raise ErreurMetier(
            "contenu",
            "Certaines informations sont à corriger.",
            {n: [str(e) for e in es] for n, es in formulaire.errors.items()},
        )
    if action.reauthentification and identifier:
        verifier_identite(utilisateur, donnees.get("mot_de_passe", ""), donnees.get("code", ""))
    return action.service(
        numero=numero, acteur=acteur, maintenant=maintenant, **formulaire.donnees(), **(complement or {})
    )
