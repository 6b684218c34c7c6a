"""Sets of regulatory parameters: list, reading, and a new one copied from the set in force."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ess_portal.comptes.models import Utilisateur
from ess_portal.comptes.roles import Role
from ess_portal.comptes.views.acces import reservee
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Introuvable
from ess_portal.socle.typographie import date_fr, euros

from ..models import JeuParametres
from ..nouveau_jeu import peut_creer
from ..regles.familles import par_famille
from ..regles.parametres import ADMISES, Parametres
from ..regles.provenance import provenances
from ..services import jeux_du_jour

DEFAUTS = Parametres()


def _visibles(request: HttpRequest):
    """The national sets, and the region's; the national administration reads all."""
    jeux = JeuParametres.objects.select_related("region")
    if request.acteur.role == Role.ADMIN_NATIONAL:
        return jeux
    return jeux.filter(Q(region__isnull=True) | Q(region_id=request.acteur.region))


def texte_de(nom: str, valeur: Any) -> str:
    """A value of a set, in words."""
    reglage = ADMISES.get(nom)
    if isinstance(valeur, list):
        return ", ".join(map(str, valeur))
    mots = dict(reglage.admises) if reglage else {}
    if valeur not in mots and (ecrite := _ecrire(nom, str(valeur))):
        return ecrite
    return str(mots.get(valeur, valeur)).replace(" : ", "\u00a0: ").replace("\n", "\u00a0; ") or "Aucun"


def _ecrire(nom: str, valeur: str) -> str:
    """An amount, a day or a yes as they are read; "" for the other kinds."""
    match getattr(DEFAUTS, nom, None):
        case bool():
            return valeur.capitalize()
        case Decimal():
            return euros(Decimal(valeur))
        case date():
            return date_fr(date.fromisoformat(valeur))
    return ""


def lignes(jeu: JeuParametres) -> list[dict[str, Any]]:
    """Each value of a set with its words, its rule and the set whose text gave it this value; an override says only what it changes."""
    suite = list(
        JeuParametres.objects.filter(region_id=jeu.region_id, valide_du__lte=jeu.valide_du).order_by("valide_du")
    )
    toutes = [_valeurs(j) for j in suite]
    origines = provenances(toutes)
    resultat = []
    for champ in fields(Parametres):
        if champ.name not in toutes[-1]:
            continue
        reglage, origine = ADMISES.get(champ.name), suite[origines[champ.name]]
        resultat.append(
            {
                "nom": champ.name,
                "libelle": reglage.libelle if reglage else champ.name,
                "valeur": texte_de(champ.name, toutes[-1][champ.name]),
                "regle": reglage.regle if reglage else "",
                "source": origine.source,
                "origine": origine if origine.pk != jeu.pk else None,
            }
        )
    return resultat


def _valeurs(jeu: JeuParametres) -> dict[str, Any]:
    return jeu.valeurs if jeu.region_id else jeu.parametres.valeurs()


def familles(jeu: JeuParametres) -> list[tuple[str, list[dict[str, Any]]]]:
    """The lines of a set by family; a family that it says nothing of is left out."""
    lues = {ligne["nom"]: ligne for ligne in lignes(jeu)}
    return [(titre, [lues[nom] for nom in noms]) for titre, noms in par_famille(lues)]


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
    contexte = {
        "jeu": jeu,
        "familles": familles(jeu),
        "auteur": Utilisateur.objects.filter(pk=jeu.auteur_id).first() if jeu.auteur_id else None,
        "fuseau": jeu.region.fuseau if jeu.region_id else "Europe/Paris",
    }
    return render(request, "administration/jeu.html", contexte)
