"""The link of an invitation: public, worth nothing once used, withdrawn or old."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from ess_portal.socle import horloge

from ..forms import AcceptationForm
from ..models import Utilisateur
from ..services import invitations
from ..services.entrees import entrer
from ..session import CLE_ORGANISATION

MOTEUR = "allauth.account.auth_backends.AuthenticationBackend"


@never_cache
@sensitive_post_parameters("mot_de_passe", "confirmation")
@require_http_methods(["GET", "POST"])
def accepter(request: HttpRequest, secret: str) -> HttpResponse:
    """GET shows who invites where; POST accepts, with the account in use, or with a new one."""
    maintenant = horloge.maintenant()
    invitation = invitations.lire(secret, maintenant)
    if request.user.is_authenticated:
        if request.method == "POST":
            rattachement = invitations.accepter(secret=secret, utilisateur=request.user, maintenant=maintenant)
            request.session[CLE_ORGANISATION] = rattachement.organisation_id
            request.session.cycle_key()
            messages.success(request, f"Bienvenue dans {rattachement.organisation}.")
            return redirect("/")
        autre = request.user.courriel.lower() != invitation.courriel
        return render(request, "comptes/invitation.html", {"invitation": invitation, "autre_compte": autre})
    if Utilisateur.objects.filter(courriel=invitation.courriel).exists():
        return render(request, "comptes/invitation.html", {"invitation": invitation, "compte_existant": True})
    formulaire = AcceptationForm(request.POST or None, courriel=invitation.courriel)
    if request.method == "POST" and formulaire.is_valid():
        rattachement = entrer(secret=secret, formulaire=formulaire, maintenant=maintenant)
        login(request, rattachement.utilisateur, backend=MOTEUR)
        messages.success(request, f"Votre compte est ouvert. Bienvenue dans {rattachement.organisation}.")
        return redirect("/")
    return render(request, "comptes/invitation.html", {"invitation": invitation, "form": formulaire})
