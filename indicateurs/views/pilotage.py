"""The dashboard of deadlines: administrators over their region or the country, ARS and caisses over their own dossiers."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from dossiers.seuils import fuseau_de
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Interdit, Introuvable
from ess_portal.socle.horloge import jour_local

from .. import delais_mensuels
from ..activite import page as activite_
from ..conformite import page as conformite_
from ..evaluation import page as evaluation_
from ..pilotage import agenda as agenda_
from ..pilotage.echeances import Filtres
from ..pilotage.page import page
from ..regles.periode import lire
from ..services import demander_synthese, syntheses
from .accueil import remplissage

CODE = re.compile(r"[0-9A-Za-z_]{1,48}")


@require_safe
def tableau(request: HttpRequest) -> HttpResponse:
    contexte = page(request.acteur, _filtres(request), horloge.maintenant()) | remplissage()
    return render(request, "indicateurs/pilotage.html", contexte | {"onglets": _onglets(request)})


@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    maintenant = horloge.maintenant()
    aujourdhui = jour_local(maintenant, fuseau_de(request.acteur.region))
    periode = lire(request.GET.get("periode", ""), request.GET.get("debut", ""), aujourdhui)
    contexte = agenda_.page(request.acteur, _filtres(request), periode, _jour(request), maintenant)
    return render(request, "indicateurs/agenda.html", contexte | {"onglets": _onglets(request)})


@require_safe
def activite(request: HttpRequest) -> HttpResponse:
    contexte = activite_.page(request.acteur, _filtres(request), horloge.maintenant())
    return render(request, "indicateurs/activite.html", contexte | {"onglets": _onglets(request)})


@require_safe
def evaluation(request: HttpRequest) -> HttpResponse:
    demandee = _code(request, "campagne")
    campagne = int(demandee) if demandee.isdecimal() and len(demandee) == 4 else None
    contexte = evaluation_.page(request.acteur, _filtres(request), campagne, horloge.maintenant())
    contexte |= delais_mensuels.page(request.acteur, _filtres(request), horloge.maintenant())
    contexte |= {"onglets": _onglets(request), "syntheses": syntheses(request.acteur)}
    return render(request, "indicateurs/evaluation.html", contexte)


@require_safe
def conformite(request: HttpRequest) -> HttpResponse:
    contexte = conformite_.page(request.acteur, _filtres(request), horloge.maintenant())
    return render(request, "indicateurs/conformite.html", contexte | {"onglets": _onglets(request)})


@require_POST
def synthese(request: HttpRequest, campagne: int) -> HttpResponse:
    """Asks for the campaign's document, and leads to it."""
    try:
        document = demander_synthese(campagne=campagne, acteur=request.acteur, maintenant=horloge.maintenant())
    except (Introuvable, Interdit):
        raise
    except ErreurMetier as refus:
        messages.error(request, refus.message)
        return redirect("evaluation")
    return redirect("document", document_id=document.pk)


def _filtres(request: HttpRequest) -> Filtres:
    cles = (("departement", "departement"), ("groupe", "specialite"), ("region", "region"))
    return Filtres(**{nom: _code(request, cle) for nom, cle in cles})


def _onglets(request: HttpRequest) -> list[dict[str, object]]:
    """The dashboards, with the same filters."""
    dits = {nom: v for nom in ("departement", "specialite", "region") if (v := _code(request, nom))}
    suite = f"?{urlencode(dits)}" if dits else ""
    ici = request.resolver_match.url_name if request.resolver_match else ""
    return [
        {"libelle": libelle, "url": reverse(nom) + suite, "actif": nom == ici}
        for libelle, nom in (
            ("Échéances", "pilotage"),
            ("Calendrier", "agenda"),
            ("Activité", "activite"),
            ("Conformité", "conformite"),
            ("Évaluation", "evaluation"),
        )
    ]


def _jour(request: HttpRequest) -> date | None:
    """A day of the address, or none."""
    try:
        return date.fromisoformat(request.GET.get("jour", ""))
    except ValueError:
        return None


def _code(request: HttpRequest, cle: str) -> str:
    """A code of the address, or nothing: what is no code filters nothing."""
    valeur = request.GET.get(cle, "")
    return valeur if CODE.fullmatch(valeur) else ""
