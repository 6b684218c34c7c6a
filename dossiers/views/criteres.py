"""The grid on its own page, for everybody, and the page of one criterion, for agents."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ess_portal.comptes.roles import ARS
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Interdit, Introuvable

from .. import lecture_grille, strategies
from ..forms.jugement import JugerCritere
from ..models import Decision, Dossier, Jugement
from ..regles.criteres import CRITERES
from ..regles.cycle import Statut
from ..regles.suites import ATTENTE_EQUIPE
from ..services.jugements import juger
from .communs import cadre, dossier_ou_404, saisie

S = Statut
VIVE = frozenset({S.BROUILLON, S.LETTRE_DEPOSEE, S.LETTRE_INCOMPLETE, S.PROJET_DEPOSE, S.PROJET_INCOMPLET})


@require_safe
def grille(request: HttpRequest, numero: str) -> HttpResponse:
    dossier = dossier_ou_404(request, numero, "lettre")
    jour = horloge.jour_local(horloge.maintenant(), dossier.fuseau)
    objet = lecture_grille.objet_lu(dossier)
    prises = list(Decision.objects.pour(request.acteur).filter(dossier=dossier))
    figees = lecture_grille.figees(prises, equipe=request.acteur.est_porteur)
    lignes = lecture_grille.evaluee(dossier, objet, jour, request.acteur)
    est_vive = Statut(dossier.statut_effectif) in VIVE
    if not est_vive:  # nobody is examining it any more
        for ligne in lignes:
            ligne["suite"] = "" if ligne["suite"] == ATTENTE_EQUIPE else ligne["suite"]
    return render(
        request,
        "dossiers/grille.html",
        cadre(request, dossier, "grille", "Critères")
        | {
            "lignes": lignes,
            "objet_ecrit": "le projet de santé" if objet == "projet" else "la lettre d’intention",
            "jour": jour,
            "est_vive": est_vive,
            "figees": figees,
        },
    )


@require_http_methods(["GET", "POST"])
def critere(request: HttpRequest, numero: str, objet: str, code: str) -> HttpResponse:
    dossier = dossier_ou_404(request, numero, "lettre")
    if request.acteur.est_porteur:
        raise Interdit
    if objet not in ("lettre", "projet") or code not in CRITERES:
        raise Introuvable
    if request.method == "POST" and request.acteur.role not in ARS:
        raise Interdit
    jugement = Jugement.objects.pour(request.acteur).filter(dossier=dossier, objet=objet, critere=code).first()
    form = JugerCritere(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        dossier=dossier,
        acteur=request.acteur,
        critere=code,
        jugement=jugement,
    )
    if request.method == "POST" and form.is_valid():
        with saisie(request, form):
            juger(
                numero=numero,
                objet=objet,
                critere=code,
                acteur=request.acteur,
                maintenant=horloge.maintenant(),
                **form.donnees(),
            )
            messages.success(request, "Jugement enregistré.")
            return redirect(request.path)
    return render(
        request,
        "dossiers/critere.html",
        cadre(request, dossier, "grille", lecture_grille.titre_critere(code))
        | _contexte(request, dossier, objet, code, jugement)
        | {"form": form, "peut_juger": request.acteur.role in ARS},
        status=422 if form.errors else 200,
    )


def _contexte(
    request: HttpRequest, dossier: Dossier, objet: str, code: str, jugement: Jugement | None
) -> dict[str, Any]:
    jour = horloge.jour_local(horloge.maintenant(), dossier.fuseau)
    lignes = lecture_grille.evaluee(dossier, objet, jour, request.acteur)
    return {
        "ligne": next(x for x in lignes if x["code"] == code),
        "jugement": lecture_grille.jugement_lu(jugement, request.acteur),
        "historique": lecture_grille.historique(dossier, objet, code, request.acteur),
        "strategies": strategies.comparees(dossier, jour) if code == "CRI-7" else [],
    }
