"""A list of adhérents: handed in, previewed, confirmed; and given back in the same shape."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.actions import preparer
from dossiers.views.communs import saisie
from ess_portal.documents.entetes import reponse_fichier
from ess_portal.socle import horloge, tableur
from ess_portal.socle.erreurs import ErreurMetier, Interdit, Introuvable

from .. import selectors
from ..models import ListeImportee
from ..services.import_liste import apercu, confirmer_liste, deposer_liste
from .adherents import cadre_adherents

ACTE = "importer_adherents"


@require_http_methods(["GET", "HEAD", "POST"])
def importer(request: HttpRequest, numero: str) -> HttpResponse:
    maintenant = horloge.maintenant()
    action, dossier = preparer(ACTE, numero=numero, acteur=request.acteur, maintenant=maintenant)
    formulaire = action.formulaire(
        *((request.POST, request.FILES) if request.method == "POST" else ()), dossier=dossier, acteur=request.acteur
    )
    if request.method == "POST" and formulaire.is_valid():
        with saisie(request, formulaire, conflit_ecrit=True):
            liste = deposer_liste(
                numero=numero,
                fichier=formulaire.cleaned_data["fichier"],
                acteur=request.acteur,
                maintenant=maintenant,
            )
            return redirect("adherents_confirmer", numero=numero, liste=liste.pk)
    contexte = {"action": action, "formulaire": formulaire, "colonnes": selectors.colonnes_liste()}
    contexte |= cadre_adherents(request, dossier, action.libelle)
    return render(request, "adhesions/importer.html", contexte, status=422 if formulaire.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def confirmer(request: HttpRequest, numero: str, liste: int) -> HttpResponse:
    """The preview, worked out now; POST applies it when it is still the one that was read."""
    maintenant = horloge.maintenant()
    action, dossier = preparer(ACTE, numero=numero, acteur=request.acteur, maintenant=maintenant)
    ligne = ListeImportee.objects.pour(request.acteur).filter(dossier=dossier, pk=liste, appliquee_le=None).first()
    if ligne is None:
        raise Introuvable
    refus: ErreurMetier | None = None
    if request.method == "POST" and "abandonner" in request.POST:
        ligne.delete()
        messages.info(request, "L’import est abandonné\u00a0: rien n’a changé.")
        return redirect("adherents", numero=numero)
    if request.method == "POST":
        try:
            faite = confirmer_liste(
                numero=numero,
                liste=liste,
                empreinte=request.POST.get("empreinte", ""),
                acteur=request.acteur,
                maintenant=maintenant,
            )
        except (Introuvable, Interdit):
            raise
        except ErreurMetier as erreur:
            request.annuler, refus = True, erreur
        else:
            messages.success(request, f"La liste est appliquée\u00a0: {selectors.phrase_comptes(faite.resultat)}.")
            return redirect("adherents", numero=numero)
    vu = apercu(dossier, ligne.lignes, maintenant=maintenant)
    contexte: dict[str, Any] = {
        "liste": ligne,
        "apercu": vu,
        "refus": refus,
        "groupes": selectors.groupes_apercu(vu),
        "chiffres": selectors.chiffres_apercu(vu),
        "retour": reverse("adherents_importer", args=[numero]),
    }
    contexte |= cadre_adherents(request, dossier, action.libelle)
    return render(request, "adhesions/apercu.html", contexte, status=refus.statut_http if refus else 200)


@require_safe
def exporter(request: HttpRequest, numero: str, format_: str) -> HttpResponse:
    """The list as it can be imported again: re-imported as it is, it changes nothing."""
    if format_ not in tableur.TYPES:
        raise Introuvable
    dossier, lignes = selectors.lignes_liste(
        numero, acteur=request.acteur, maintenant=horloge.maintenant(), modele="modele" in request.GET
    )
    jour: date = horloge.aujourdhui()
    octets = tableur.ecrire(format_, "Adhérents", lignes)
    return reponse_fichier(
        octets, nom=f"Adhérents {dossier.numero} {jour:%Y-%m-%d}.{format_}", type_mime=tableur.TYPES[format_]
    )
