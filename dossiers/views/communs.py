"""What every page of a dossier starts with."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Introuvable

from ..models import Dossier


def dossier_ou_404(request: HttpRequest, numero: str, *relations: str) -> Dossier:
    """The dossier of this number, if this person may see it, with its effective state. Raises Introuvable."""
    dossier = Dossier.objects.pour(request.acteur).au(horloge.maintenant()).select_related("ars", "caisse", "equipe", *relations).filter(numero=numero).first()
    if dossier is None:
        raise Introuvable
    return dossier


def reporter(form: Any, echec: ErreurMetier) -> None:
    """Puts a refused act's sentences on the fields they are about, the rest above the form."""
    pose = False
    for champ, textes in echec.champs.items():
        form.add_error(champ if champ in form.fields else None, textes)
        pose = True
    if not pose:
        form.add_error(None, echec.message)
