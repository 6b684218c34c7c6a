"""Sets of regulatory parameters: list, reading, and a new one copied from the set in force."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from ess_portal.comptes.roles import Role
from ess_portal.comptes.views.acces import reservee
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Introuvable

from ..forms import JeuForm
from ..models import JeuParametres
from ..nouveau_jeu import creer_jeu, peut_creer
from ..regles.parametres import ADMISES, Parametres
from ..services import jeux_du_jour, parametres_du_jour


def _visibles(request: HttpRequest):
    """The national sets, and the region's; the national administration reads all."""
    jeux = JeuParametres.objects.select_related("region")
    if request.acteur.role == Role.ADMIN_NATIONAL:
        return jeux
    return jeux.filter(Q(region__isnull=True) | Q(region_id=request.acteur.region))


def lignes(jeu: JeuParametres) -> list[dict[str, Any]]:
    """Each value of a set with its words; an override says only what it changes, a national set says everything."""
    resultat = []
    valeurs = jeu.valeurs if jeu.region_id else jeu.parametres.valeurs()
    for champ in fields(Parametres):
        if champ.name not in valeurs:
            continue
        reglage, valeur = ADMISES.get(champ.name), valeurs[champ.name]
        mots = dict(reglage.admises) if reglage else {}
        if isinstance(valeur, list):
            texte = ", ".join(map(str, valeur))
        else:
            texte = str(mots.get(valeur, valeur)).replace("\n", "\u00a0; ") or "Aucun"
        resultat.append(
            {
                "nom": champ.name,
                "libelle": reglage.libelle if reglage else champ.name,
                "valeur": texte,
                "regle": reglage.regle if reglage else "",
            }
        )
    return resultat


@require_safe
@reservee()
def liste(request: HttpRequest) -> HttpResponse:
    region = request.acteur.region
    national, regional = jeux_du_jour(region or "", horloge.aujourdhui())
    contexte = {
        "jeux": list(_visibles(request)),
        "en_vigueur": {jeu.pk for jeu in (national, regional) if jeu},
        "peut_creer": peut_creer(request.acteur, region),
    }
    return render(request, "administration/parametres.html", contexte)


@require_safe
@reservee()
def lire(request: HttpRequest, jeu_id: int) -> HttpResponse:
    jeu = _visibles(request).filter(pk=jeu_id).first()
    if jeu is None:
        raise Introuvable
    return render(request, "administration/jeu.html", {"jeu": jeu, "lignes": lignes(jeu)})


@require_http_methods(["GET", "POST"])
@reservee()
def nouveau(request: HttpRequest) -> HttpResponse:
    """A national administrator copies the national set; a regional one starts from what applies to the region."""
    acteur, aujourdhui = request.acteur, horloge.aujourdhui()
    region = acteur.region
    national, regional = jeux_du_jour(region or "", aujourdhui)
    base = parametres_du_jour(region, aujourdhui) if region else national.parametres
    formulaire = JeuForm(request.POST or None, base=base)
    if request.method == "POST" and formulaire.is_valid():
        differences = formulaire.differences()
        if region:
            valeurs = (regional.valeurs if regional else {}) | differences if differences else {}
        else:
            valeurs = formulaire.cleaned_data["parametres"].valeurs() if differences else {}
        try:
            jeu = creer_jeu(
                region=region,
                valide_du=formulaire.cleaned_data["valide_du"],
                valeurs=valeurs,
                source=formulaire.cleaned_data["source"],
                acteur=acteur,
                maintenant=horloge.maintenant(),
            )
        except ErreurMetier as refus:
            for champ, phrases in (refus.champs or {"valide_du": refus.message}).items():
                formulaire.add_error(champ if champ in formulaire.fields else None, phrases)
        else:
            messages.success(request, f"Le jeu de paramètres « {jeu} » est créé.")
            return redirect("parametres_jeu", jeu.pk)
    return render(request, "administration/jeu_nouveau.html", {"form": formulaire, "national": not region})
