"""One's own account: identity, password, second factor, API tokens."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Introuvable, Reauthentification

from .. import selectors
from ..forms import IdentiteForm
from ..reauthentification import a_second_facteur, verifier_identite
from ..services.jetons import creer_jeton, revoquer_jeton


class JetonForm(forms.Form):
    """A token gives what the session gives: identity is asked again."""

    mot_de_passe = forms.CharField(
        label="Mot de passe", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    code = forms.CharField(
        label="Code à six chiffres",
        required=False,
        help_text="Si votre compte a une application d’authentification.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


@require_safe
def mon_compte(request: HttpRequest) -> HttpResponse:
    personne = request.user
    identite = [
        ("Nom", personne.nom_complet),
        ("Adresse", personne.courriel),
        ("Fonction", personne.fonction),
        ("RPPS", personne.rpps),
    ]
    contexte = {
        "identite": identite,
        "jetons": selectors.jetons_de(personne.pk),
        "second_facteur": a_second_facteur(personne),
    }
    return render(request, "comptes/compte.html", contexte)


@require_http_methods(["GET", "POST"])
def identite(request: HttpRequest) -> HttpResponse:
    personne = request.user
    initial = {champ: getattr(personne, champ) for champ in ("titre", "prenom", "nom", "fonction", "rpps")}
    formulaire = IdentiteForm(request.POST or None, initial=initial)
    if request.method == "POST" and formulaire.is_valid():
        formulaire.appliquer(personne)
        personne.save(update_fields=("titre", "prenom", "nom", "fonction", "rpps"))
        messages.success(request, "Votre identité est enregistrée.")
        return redirect("compte")
    return render(request, "comptes/identite.html", {"form": formulaire})


@sensitive_post_parameters("mot_de_passe", "code")
@require_http_methods(["GET", "POST"])
def nouveau_jeton(request: HttpRequest) -> HttpResponse:
    """The token in clear is in the answer to the POST and nowhere else."""
    formulaire = JetonForm(request.POST or None)
    contexte = {"form": formulaire}
    if request.method == "POST" and formulaire.is_valid():
        try:
            verifier_identite(request.user, **formulaire.cleaned_data)
        except Reauthentification as refus:
            for champ, phrases in refus.champs.items():
                formulaire.add_error(champ, phrases)
        else:
            contexte["jeton"], contexte["clair"] = creer_jeton(
                rattachement=_rattachement(request), maintenant=horloge.maintenant()
            )
    return render(request, "comptes/jeton.html", contexte)


@require_POST
def revoquer(request: HttpRequest, jeton_id: int) -> HttpResponse:
    revoquer_jeton(jeton_id=jeton_id, acteur=request.acteur, maintenant=horloge.maintenant())
    messages.success(request, "Le jeton est révoqué.")
    return redirect("compte")


def _rattachement(request: HttpRequest):
    """The rattachement that acts: the token is bound to it."""
    for rattachement in request.rattachements:
        if rattachement.organisation_id == request.acteur.organisation_id:
            return rattachement
    raise Introuvable
