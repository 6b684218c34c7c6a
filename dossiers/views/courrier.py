"""The page where the ARS enters a letter that came by post or from Démarches Simplifiées (CAL-8)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ess_portal.comptes.roles import ARS
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Interdit

from ..faits import equipe_joignable
from ..forms.actes import FormulaireLettreRecue
from ..services.courrier_lettre import enregistrer_lettre
from .communs import saisie


@require_http_methods(["GET", "POST"])
def lettre_recue(request: HttpRequest) -> HttpResponse:
    if request.acteur.role not in ARS:
        raise Interdit("interdit", "Seule l’ARS enregistre une lettre reçue hors du portail.")
    form = FormulaireLettreRecue(request.POST or None, request.FILES or None, region=request.acteur.region)
    if request.method == "POST" and form.is_valid():
        with saisie(request, form, conflit_ecrit=True):
            dossier = enregistrer_lettre(
                lettre=form.lettre(),
                fichiers=form.cleaned_data["fichiers"],
                acteur=request.acteur,
                maintenant=horloge.maintenant(),
            )
            joignable = equipe_joignable(dossier)
            sans_compte = "" if joignable else "\u00a0; l’équipe n’a pas encore de compte pour le recevoir"
            if form.cleaned_data["transmission"]:
                texte = f"La lettre est transmise à {dossier.ars.nom}, qui la reçoit aujourd’hui. L’accusé de réception est émis{sans_compte}."
                messages.success(request, texte)
                return redirect("dossiers")
            texte = f"La lettre est enregistrée. Ses délais sont comptés de ses jours réels\u00a0; l’accusé de réception est émis{sans_compte}."
            messages.success(request, texte)
            return redirect("dossier", numero=dossier.numero)
    fil = [{"libelle": "Dossiers", "url": reverse("dossiers")}, {"libelle": "Enregistrer une lettre reçue"}]
    return render(request, "dossiers/lettre_recue.html", {"form": form, "fil": fil}, status=422 if form.errors else 200)
