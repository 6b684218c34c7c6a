"""The calculators for people: public, nothing is kept, the address holds the whole simulation and may be shared."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dossiers.libelles import OBJETS, REGLES
from dossiers.regles.delais import dernier_jour

from .. import simulateurs as s
from ..calculs import parametres_nationaux
from ..frise_delais import frise

PAGES = (
    ("simulateur_dotation", "Dotation annuelle", "Son montant selon le nombre de médecins adhérents, jour par jour."),
    (
        "simulateur_echeances",
        "Délais de la procédure",
        "Les dates qu’ouvrent une lettre d’intention et un projet de santé.",
    ),
    (
        "simulateur_seuils",
        "Seuils d’adhérents",
        "La part de libéraux adhérents attendue à chaque étape, et le nombre de médecins présents.",
    ),
    (
        "simulateur_identifiants",
        "Identifiants",
        "Le format et la clé d’un numéro FINESS, RPPS, RNA, SIREN, SIRET ou IBAN.",
    ),
)
SEUILS = (("creation", "À la création"), ("intermediaire", "En chemin"), ("cible", "Après cinq ans"))
SIMULATIONS = (("plancher", "Plancher de la dotation"), ("prorata_10", "Au prorata de dix médecins"), ("lineaire_prolonge", "Barème prolongé"), ("zero", "Aucun versement"))  # fmt: skip


@require_safe
def accueil(request: HttpRequest) -> HttpResponse:
    return render(request, "simulateurs/accueil.html", {"pages": PAGES})


def _calculer(request: HttpRequest, classe: type[s.Simulateur]) -> tuple[s.Simulateur, dict[str, Any] | None]:
    """The form and its answer; an address without any answer to the form shows it empty."""
    demande = bool(request.GET) and "ajouter" not in request.GET
    form = classe(request.GET if request.GET else None, use_required_attribute=False)
    if demande:
        return form, form.resultat()
    if request.GET:
        form = classe(initial=request.GET.dict())
    return form, None


def _repondre(request: HttpRequest, nom: str, form: s.Simulateur, **contexte: Any) -> HttpResponse:
    titre = next(t for n, t, _ in PAGES if n == nom)
    statut = 422 if form.is_bound and form.errors else 200
    return render(
        request,
        f"simulateurs/{nom.removeprefix('simulateur_')}.html",
        {"form": form, "titre": titre, **contexte},
        status=statut,
    )


@require_safe
def dotation(request: HttpRequest) -> HttpResponse:
    form, lu = _calculer(request, s.Dotation)
    resultat = None
    if lu is not None:
        debut: date = form.cleaned_data["debut"]
        resultat = {
            **lu,
            "montant": Decimal(lu["montant"]) if lu["montant"] else None,
            "debut": debut,
            "fin_exclue": dernier_jour(debut, 12),
            "choix": [
                (libelle, Decimal(lu["simulations"][nom])) for nom, libelle in SIMULATIONS if nom in lu["simulations"]
            ],
        }
    return _repondre(request, "simulateur_dotation", form, resultat=resultat)


@require_safe
def echeances(request: HttpRequest) -> HttpResponse:
    form, lu = _calculer(request, s.Echeances)
    lignes = None
    if lu is not None:
        lignes = [
            {
                **e,
                "libelle": REGLES[e["regle"]],
                "objet": OBJETS[e["objet"]],
                "dernier_jour": _jour(e["dernier_jour"]),
                "acquise_le": _jour(e["acquise_le"]),
            }
            for e in lu["echeances"]
        ]
    return _repondre(request, "simulateur_echeances", form, lignes=lignes, frise=frise(lignes) if lignes else None)


@require_safe
def seuils(request: HttpRequest) -> HttpResponse:
    form, lu = _calculer(request, s.Seuils)
    p = parametres_nationaux()
    taux = {"creation": p.seuil_creation, "intermediaire": p.seuil_intermediaire, "cible": p.seuil_cible}
    lignes = None if lu is None else [{"libelle": libelle, "taux": taux[nom], **lu[nom]} for nom, libelle in SEUILS]
    dix = None if lu is None else lu["dix_medecins"]["atteint"]
    return _repondre(request, "simulateur_seuils", form, lignes=lignes, dix=dix, taux=taux, minimum=p.medecins_minimum)


@require_safe
def identifiants(request: HttpRequest) -> HttpResponse:
    form, lu = _calculer(request, s.Identifiants)
    return _repondre(request, "simulateur_identifiants", form, resultat=lu)


def _jour(texte: str | None) -> date | None:
    return date.fromisoformat(texte) if texte else None
