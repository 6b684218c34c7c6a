"""The home page: what this portal is, for a visitor; what to do today, for everybody else."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from dossiers.views.liste import page_liste
from ess_portal.comptes.roles import ADMINS
from ess_portal.socle import horloge
from ess_portal.socle.typographie import accord

from ..demonstration.construction import avancement
from ..vie import porteur
from ..vie.lecture import Vie, lire
from ..vie.ordre import dossiers_de_l_equipe
from .dossier import entete


@require_safe
def accueil(request: HttpRequest) -> HttpResponse:
    acteur = request.acteur
    if acteur is None:
        return render(request, "accueil/visiteur.html", remplissage())
    if acteur.role in ADMINS:
        return redirect("pilotage")
    if acteur.est_porteur:
        return _equipe(request)
    return render(request, "accueil/agent.html", page_liste(request) | remplissage())


def _equipe(request: HttpRequest) -> HttpResponse:
    """The équipe's liveliest dossier, then the others; a first step when it has none."""
    maintenant = horloge.maintenant()
    dossiers = dossiers_de_l_equipe(request.acteur, maintenant)
    if not dossiers:
        return render(request, "accueil/commencer.html", remplissage())
    vie = lire(dossiers[0].numero, acteur=request.acteur, maintenant=maintenant)
    contexte = entete(vie) | porteur.contexte(vie) | {"dossier": vie.dossier} | _avancement(vie)
    contexte["meta_accueil"] = [str(contexte["surtitre"]), *contexte["meta"][1:]]
    contexte["autres_dossiers"] = [d for d in dossiers if d.pk != vie.dossier.pk]
    return render(request, "accueil/equipe.html", contexte | remplissage())


def remplissage() -> dict[str, str]:
    """In a sandbox that is still being filled, how far it is; asked of the base until it is full."""
    if not settings.BAC_A_SABLE or (avance := avancement()) is None:
        return {}
    la, total = avance
    return {"remplissage": f"{accord(la, 'dossier d’exemple', 'dossiers d’exemple')} sur {total}, les autres arrivent."}


def _avancement(vie: Vie) -> dict[str, object]:
    """« Étape 4 sur 7 » with what comes next and what is done."""
    lignes = porteur.etapes(vie)
    rang = (
        _premier(lignes, ("suspendu", "retard", "cours"))
        or _premier(lignes, ("attente",))
        or max(1, sum(e["etat"] == "fait" for e in lignes))
    )
    faites = [e["titre"].lower() for e in lignes if e["etat"] == "fait"]
    return {
        "rang": rang,
        "titre_etape": lignes[rang - 1]["titre"],
        "etape_suivante": lignes[rang]["titre"] if rang < len(lignes) else "",
        "deja_fait": f"{accord(len(faites), 'étape faite', 'étapes faites')}\u00a0: {', '.join(faites)}."
        if faites
        else "",
    }


def _premier(lignes: list[dict[str, Any]], etats: tuple[str, ...]) -> int:
    """The rank of the first step in one of these states, 0 when there is none."""
    return next((n for n, e in enumerate(lignes, 1) if e["etat"] in etats), 0)
