"""The page of an act: its form, then the act itself. One view for all of them."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ess_portal.comptes.reauthentification import a_second_facteur
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Interdit, Reauthentification

from .. import actions, grille
from ..models import Echeance
from .communs import reporter


def _identite(form: forms.Form, avec_code: bool) -> None:
    """Adds the fields that identify again at the act; they are read by `executer`, never stored."""
    form.fields["mot_de_passe"] = forms.CharField(label="Votre mot de passe", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), required=False)
    if avec_code:
        form.fields["code"] = forms.CharField(
            label="Code de votre application", required=False, max_length=8, widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
            help_text="Six chiffres.",
        )


@require_http_methods(["GET", "POST"])
def acte(request: HttpRequest, numero: str, nom: str) -> HttpResponse:
    maintenant = horloge.maintenant()
    action, dossier = actions.preparer(nom, numero=numero, acteur=request.acteur, maintenant=maintenant)
    avec_code = action.reauthentification and a_second_facteur(request.user)
    form = action.formulaire(request.POST if request.method == "POST" else None, request.FILES or None, dossier=dossier, acteur=request.acteur)
    if action.reauthentification:
        _identite(form, avec_code)
    if request.method == "POST":
        try:
            with transaction.atomic():
                actions.executer(
                    nom, numero=numero, acteur=request.acteur, maintenant=maintenant, donnees=request.POST, fichiers=request.FILES, utilisateur=request.user
                )
        except Reauthentification as echec:
            form.is_valid()
            reporter(form, echec if echec.champs else Reauthentification(champs={"mot_de_passe": "Saisissez votre mot de passe."}))
        except ErreurMetier as echec:
            if isinstance(echec, Interdit) or echec.statut_http in (404, 409):
                raise
            if form.is_valid():
                reporter(form, echec)
        else:
            messages.success(request, f"{action.libelle} : c’est fait.")
            return redirect("dossier", numero=numero)
    jour = horloge.jour_local(maintenant, dossier.fuseau)
    objet = "projet" if nom.endswith("projet") else "lettre"
    contexte = {"form": form, "action": action, "dossier": dossier, "objet": objet}
    if action.gabarit != "dossiers/acte.html" and nom.startswith(("valider", "refuser")):
        blocages, avertissements = grille.portes(dossier, nom, jour)
        contexte |= {
            "constats": grille.constats(dossier, objet, jour), "blocages": blocages if nom.startswith("valider") else [], "avertissements": avertissements,
            "echeance": Echeance.objects.filter(dossier=dossier, regle="DL-1" if objet == "lettre" else "DL-3", statut="ouverte").order_by("-rang").first(),
        }
    return render(request, action.gabarit, contexte, status=422 if form.errors else 200)
