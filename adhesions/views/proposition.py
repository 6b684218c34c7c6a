"""« Ajouter un adhérent » begins in the directory: what was searched, who was picked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from dossiers.models import Dossier

from ..annuaire import MINIMUM, dernier_extrait
from ..annuaire.limite import TropDeRecherches
from ..annuaire.presentation import presenter, resultats, saisie
from ..models import Fiche


@dataclass(frozen=True)
class Proposition:
    """`initial` fills the form; `contexte` is what its template adds to an act's."""

    initial: dict[str, Any] = field(default_factory=dict)
    contexte: dict[str, Any] = field(default_factory=dict)


def proposer(request: HttpRequest, dossier: Dossier) -> Proposition:
    """From `?q=` (a search) or `?rpps=` (a choice); both work without script. Without directory, the form alone."""
    extrait_le = dernier_extrait()
    if extrait_le is None:
        return Proposition()
    contexte: dict[str, Any] = {"extrait_le": extrait_le, "minimum": MINIMUM}
    texte = request.GET.get("q", "").strip()
    if texte:
        try:
            contexte |= {"texte": texte, "fiches": resultats(texte, request.user.pk)}
        except TropDeRecherches as refus:
            contexte["refus"] = refus.message
    fiche = Fiche.objects.presentes().filter(rpps=request.GET.get("rpps", "")[:11]).first()
    if fiche is None:
        return Proposition(contexte=contexte)
    contexte["choisie"] = presenter([fiche])[0]
    return Proposition(saisie(fiche, dossier.specialites, dossier.departements), contexte)
