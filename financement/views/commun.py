"""What the pages of a dossier share: the row or 404, and an act asked from a page rather than from its own form."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from dossiers.actions import executer
from dossiers.models import Dossier
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Introuvable, Reauthentification

from ..services.word import en_word

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def lire_dossier(request: HttpRequest, numero: str) -> Dossier:
    """The dossier this person may see, with its effective state. Raises Introuvable."""
    lignes = Dossier.objects.pour(request.acteur).au(horloge.maintenant())
    dossier = lignes.select_related("equipe", "ars", "caisse").filter(numero=numero).first()
    if dossier is None:
        raise Introuvable
    return dossier


def lien_dossier(dossier: Dossier) -> str:
    return f"/dossiers/{dossier.numero}/"


def lien_action(dossier: Dossier, nom: str) -> str:
    return reverse("acte", args=[dossier.numero, nom])


def tenter(request: HttpRequest, dossier: Dossier, nom: str, donnees: Any) -> ErreurMetier | None:
    """Does an act from its page; gives what there is to correct, so that the page says it beside the fields.

    A conflict, a forbidden act or an unknown one keeps its own page.
    """
    try:
        executer(
            nom,
            numero=dossier.numero,
            acteur=request.acteur,
            maintenant=horloge.maintenant(),
            donnees=donnees,
            fichiers=request.FILES,
            utilisateur=request.user,
        )
    except Conflit:
        raise
    except ErreurMetier as refus:
        if refus.statut_http == 422 or isinstance(refus, Reauthentification):
            request.annuler = True
            return refus
        raise
    return None


def reponse_word(contenu: dict[str, Any], titre: str, nom: str) -> HttpResponse:
    """The draft of a contract as a Word file to keep, `nom` without its extension."""
    entetes = {"Content-Disposition": f'attachment; filename="{nom}.docx"'}
    return HttpResponse(en_word(contenu, titre=titre), content_type=WORD, headers=entetes)
