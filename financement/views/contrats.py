"""Pages of the contracts: what the three parties read, sign and keep."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.actions import disponibles
from dossiers.models import Dossier
from dossiers.views.communs import cadre, fil
from ess_portal.comptes.reauthentification import a_second_facteur
from ess_portal.socle.erreurs import ErreurMetier, Introuvable

from ..selectors import argent
from ..selectors import contrat as page
from .commun import lien_action, lire_dossier, tenter

PROPOSITIONS = ("proposer_contrat_amorcage", "proposer_contrat_dotation")
SIGNATURES = ("signer_amorcage", "signer_dotation", "renouveler_dotation")


@require_safe
def liste(request: HttpRequest, numero: str) -> HttpResponse:
    dossier = lire_dossier(request, numero)
    actions = [a for a in disponibles(dossier, request.acteur) if a.nom in PROPOSITIONS]
    return render(
        request,
        "financement/contrats.html",
        {
            **cadre(request, dossier, "contrats_dossier", "Contrats"),
            "contrats": page.lignes(dossier),
            "actions": [{"libelle": a.libelle, "aide": a.aide, "url": lien_action(dossier, a.nom)} for a in actions],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def contrat(request: HttpRequest, numero: str, pk: int) -> HttpResponse:
    dossier = lire_dossier(request, numero)
    ligne = next((c for c in argent(dossier).contrats if c.pk == pk), None)
    if ligne is None:
        raise Introuvable
    ligne.dossier = dossier
    possibles = {a.nom: a for a in disponibles(dossier, request.acteur)}
    acte = next((nom for nom in SIGNATURES if nom in possibles), None) if ligne.statut == "propose" else None
    erreur = None
    if request.method == "POST":
        acte_demande = acte or ligne.transition
        if not request.POST.get("lu"):
            texte = "Cochez la case pour signer\u00a0: elle dit que vous avez lu le contrat."
            erreur = ErreurMetier("contenu", texte, {"lu": texte})
        else:
            erreur = tenter(request, dossier, acte_demande, request.POST)
        if erreur is None:
            messages.success(request, "Votre signature est enregistrée.")
            return redirect("contrat", numero=numero, pk=pk)
    return render(
        request,
        "financement/contrat.html",
        {
            "dossier": dossier,
            "contrat": ligne,
            **page.contexte(dossier, ligne, request.acteur),
            "acte": possibles.get(acte) if acte else None,
            "formulaire": possibles[acte].formulaire(dossier=dossier, acteur=request.acteur) if acte else None,
            "a_code": a_second_facteur(request.user),
            "erreur": erreur,
            "lien_refus": lien_action(dossier, "refuser_contrat") if "refuser_contrat" in possibles else "",
            "fil": _fil(request, dossier, f"Version {ligne.version}"),
        },
        status=422 if erreur else 200,
    )


def _fil(request: HttpRequest, dossier: Dossier, ici: str) -> list[dict[str, str]]:
    contrats = {"libelle": "Contrats", "url": reverse("contrats_dossier", args=[dossier.numero])}
    return [*fil(dossier, request.acteur, "Contrats")[:-1], contrats, {"libelle": ici}]
