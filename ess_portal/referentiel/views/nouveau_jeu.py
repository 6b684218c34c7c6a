"""A new set of parameters, in two steps: what it would change, dossier by dossier, then its activation with a written reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ess_portal.comptes.views.acces import reservee
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier

from ..forms import ActivationForm, JeuForm
from ..nouveau_jeu import apercu_jeu, creer_jeu, dernier_jeu, verifier_jeu
from ..regles.parametres import ADMISES
from ..services import jeux_du_jour, parametres_du_jour
from .parametres import texte_de


@require_http_methods(["GET", "POST"])
@reservee()
def nouveau(request: HttpRequest) -> HttpResponse:
    """A national administrator copies the national set; a regional one starts from what applies to the region. What is typed travels
    with the preview: nothing is kept before the activation."""
    region, aujourdhui = request.acteur.region, horloge.aujourdhui()
    national, regional = jeux_du_jour(region or "", aujourdhui)
    base = parametres_du_jour(region, aujourdhui) if region else national.parametres
    formulaire = JeuForm(request.POST or None, base=base)
    if request.method == "POST" and request.POST.get("etape") != "modifier" and formulaire.is_valid():
        differences = formulaire.differences()
        if region:
            valeurs = (regional.valeurs if regional else {}) | differences if differences else {}
        else:
            valeurs = formulaire.cleaned_data["parametres"].valeurs() if differences else {}
        jeu = {"region": region, "valide_du": formulaire.cleaned_data["valide_du"], "valeurs": valeurs}
        try:
            verifier_jeu(**jeu, source=formulaire.cleaned_data["source"])
        except ErreurMetier as refus:
            _dire(formulaire, refus)
        else:
            return _apercu_ou_activation(request, formulaire, jeu, differences)
    return render(request, "administration/jeu_nouveau.html", {"form": formulaire, "national": not region})


def _apercu_ou_activation(
    request: HttpRequest, formulaire: JeuForm, jeu: dict[str, Any], differences: dict[str, Any]
) -> HttpResponse:
    maintenant, statut = horloge.maintenant(), 200
    vu = dernier_jeu(jeu["region"])
    activation = ActivationForm(initial={"vu": vu, "motif": request.POST.get("motif", "")})
    if request.POST.get("etape") == "activer":
        activation = ActivationForm(request.POST)
        if activation.is_valid():
            try:
                cree = creer_jeu(
                    **jeu,
                    source=formulaire.cleaned_data["source"],
                    **activation.cleaned_data,
                    acteur=request.acteur,
                    maintenant=maintenant,
                )
            except Conflit as refus:
                statut = refus.statut_http
                activation = ActivationForm({"motif": request.POST.get("motif", ""), "vu": vu})
                _dire(activation, refus)
            else:
                messages.success(request, f"Le jeu de paramètres «\u00a0{cree}\u00a0» est activé.")
                return redirect("parametres_jeu", cree.pk)
    restes = request.POST.get("montrer", "").startswith("restent")
    contexte = {
        "legende": "Dossiers qui ne changent pas" if restes else "Dossiers qui changeraient",
        "form": formulaire,
        "activation": activation,
        "differences": [
            (
                ADMISES[nom].libelle if nom in ADMISES else nom,
                texte_de(nom, formulaire.base[nom]),
                texte_de(nom, valeur),
            )
            for nom, valeur in differences.items()
        ],
        "apercu": apercu_jeu(
            **jeu,
            acteur=request.acteur,
            maintenant=maintenant,
            restes=restes,
            page=_page(request.POST.get("montrer", "")),
        ),
    }
    return render(request, "administration/jeu_apercu.html", contexte, status=statut)


def _page(montrer: str) -> int:
    """The page that a button of the preview names: « changent 2 », « restent 1 »."""
    numero = montrer.rpartition(" ")[2]
    return int(numero) if numero.isdecimal() and len(numero) < 7 else 1


def _dire(formulaire: JeuForm | ActivationForm, refus: ErreurMetier) -> None:
    for champ, phrases in (refus.champs or {None: refus.message}).items():
        formulaire.add_error(champ if champ in formulaire.fields else None, phrases)
