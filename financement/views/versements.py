"""Pages of the payments: those of a dossier with their conditions, and the list across dossiers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.actions import disponibles
from dossiers.views.communs import cadre
from ess_portal.comptes.reauthentification import a_second_facteur
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Interdit

from ..selectors import argent, recuperations
from ..selectors import versements as page
from .commun import lien_action, lire_dossier, tenter

ACTES = ("proposer_versement", "valider_versement", "marquer_paye", "annuler_versement", "confirmer_iban")
RECUPERATION = ("ouvrir_recuperation", "repondre_manquements", "notifier_manquements", "abandonner_resiliation")
FAITS = {
    "proposer_versement": "Le versement est proposé. Une autre personne le valide.",
    "valider_versement": "Le versement est validé. L’ordre de versement est en préparation.",
    "marquer_paye": "Le versement est marqué payé.",
    "annuler_versement": "Le versement est annulé.",
    "confirmer_iban": "L’IBAN est confirmé.",
}


@require_http_methods(["GET", "HEAD", "POST"])
def dossier(request: HttpRequest, numero: str) -> HttpResponse:
    d = lire_dossier(request, numero)
    erreur: ErreurMetier | None = None
    if request.method == "POST":
        acte = request.POST.get("acte", "")
        if acte not in ACTES:
            raise Interdit
        erreur = tenter(request, d, acte, request.POST)
        if erreur is None:
            messages.success(request, FAITS[acte])
            return redirect("versements_dossier", numero=numero)
    possibles = {a.nom: a for a in disponibles(d, request.acteur)}
    return render(
        request,
        "financement/versements_dossier.html",
        {
            **cadre(request, d, "versements_dossier", "Versements"),
            "lignes": page.lignes(d, request.acteur, horloge.aujourdhui(d.fuseau), set(possibles)),
            "recuperations": recuperations.du_dossier(d),
            "resiliation": argent(d).resiliation,
            "actes_recuperation": [
                {"libelle": possibles[nom].libelle, "url": lien_action(d, nom)}
                for nom in RECUPERATION
                if nom in possibles
            ],
            "compte": page.compte(d, request.acteur),
            "possibles": set(possibles),
            "a_code": a_second_facteur(request.user),
            "erreur": erreur,
            "acte_refuse": request.POST.get("acte", ""),
            "versement_refuse": request.POST.get("versement", ""),
            "lien_iban": lien_action(d, "enregistrer_iban") if "enregistrer_iban" in possibles else "",
        },
        status=422 if erreur else 200,
    )


@require_safe
def liste(request: HttpRequest) -> HttpResponse:
    return render(request, "financement/versements.html", page.liste(request.acteur, request.GET))
