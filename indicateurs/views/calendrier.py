"""One's calendars, and the public address that an agenda reads."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers.views.communs import saisie
from ess_portal.comptes.models import Rattachement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Introuvable

from ..calendrier.formulaires import FluxForm
from ..calendrier.ical import render_calendrier
from ..calendrier.lecture import echeances_du_flux, flux_du_secret, flux_en_service
from ..calendrier.services import creer_flux, portees, revoquer_flux
from ..models import FluxCalendrier


@require_http_methods(["GET", "HEAD", "POST"])
def calendriers(request: HttpRequest) -> HttpResponse:
    """The address in clear is in the answer to the POST and nowhere else."""
    choix = portees(request.acteur)
    numero = request.GET.get("dossier", "")[:16]
    initial = {"portee": FluxCalendrier.Portee.DOSSIER if numero else choix[0], "numero": numero}
    formulaire = FluxForm(request.POST or None, initial=initial, portees=choix)
    contexte = {"form": formulaire}
    if request.method == "POST" and formulaire.is_valid():
        with saisie(request, formulaire):
            contexte["flux"], secret = creer_flux(
                **formulaire.cleaned_data,
                rattachement=_rattachement(request),
                acteur=request.acteur,
                maintenant=horloge.maintenant(),
            )
            contexte["adresse"] = settings.ADRESSE_PUBLIQUE + reverse("calendrier_ics", args=[secret])
    contexte["calendriers"] = flux_en_service(request.acteur)
    return render(request, "indicateurs/calendriers.html", contexte, status=422 if formulaire.errors else 200)


@require_POST
def revoquer(request: HttpRequest, flux_id: int) -> HttpResponse:
    revoquer_flux(
        flux_id=flux_id,
        rattachement=_rattachement(request),
        acteur=request.acteur,
        maintenant=horloge.maintenant(),
    )
    messages.success(request, "Le calendrier est révoqué\u00a0: son adresse ne répond plus.")
    return redirect("calendriers")


@require_safe
def ics(request: HttpRequest, secret: str) -> HttpResponse:
    """The file of a calendar. Whoever asks is nobody: the secret alone says who reads, the rights are those of today."""
    maintenant = horloge.maintenant()
    flux = flux_du_secret(secret)
    echeances = echeances_du_flux(flux, maintenant) if flux is not None else None
    if flux is None or echeances is None:
        return _proteger(_sans_trace(HttpResponse("Ce calendrier n’existe pas.\n", "text/plain; charset=utf-8", 404)))
    octets = render_calendrier(_nom(flux), echeances, maintenant)
    reponse = HttpResponse(octets, "text/calendar; charset=utf-8")
    reponse["Content-Disposition"] = 'inline; filename="echeances-ess.ics"'
    reponse["ETag"] = f'"{hashlib.sha256(octets).hexdigest()[:32]}"'
    return get_conditional_response(request, etag=reponse["ETag"], response=_proteger(reponse))


def _nom(flux: FluxCalendrier) -> str:
    if flux.portee == FluxCalendrier.Portee.DOSSIER:
        return f"ESS – dossier n°\u00a0{flux.numero}"
    if flux.portee == FluxCalendrier.Portee.ORGANISATION:
        return f"ESS – {flux.rattachement.organisation.nom}"
    return "ESS – mes échéances"


def _proteger(reponse: HttpResponse) -> HttpResponse:
    """The address is a secret: kept by no shared cache, sent on to nobody, read by no search engine."""
    reponse["Cache-Control"] = "private, no-cache"
    reponse["Referrer-Policy"] = "no-referrer"
    reponse["X-Robots-Tag"] = "noindex"
    return reponse


def _sans_trace(reponse: HttpResponse) -> HttpResponse:
    """Django writes the path of each 404 into its log; this one may be a secret with one letter wrong, or one of yesterday."""
    reponse._has_been_logged = True
    return reponse


def _rattachement(request: HttpRequest) -> Rattachement:
    """The rattachement that acts."""
    for rattachement in request.rattachements:
        if rattachement.organisation_id == request.acteur.organisation_id:
            return rattachement
    raise Introuvable
