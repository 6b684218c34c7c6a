"""Writing: the letter step by step, the projet section by section. Each save is one address; autosave sends the same form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ess_portal.documents.models import Piece
from ess_portal.documents.services import deposer_piece
from ess_portal.referentiel.models import Departement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit

from .. import grille
from ..forms import lettre as fl
from ..forms import projet as fp
from ..models import Dossier, ProjetSante
from ..regles.cycle import Statut
from ..selectors import echeances_de
from ..services import lettre, projet
from .communs import dossier_ou_404, reporter


def _redacteur(request: HttpRequest) -> None:
    if not request.acteur.est_porteur:
        raise Interdit("interdit", "Seule l’équipe rédige son dossier.")


def _menu(numero: str, noms: dict[str, type], courant: str, vues: Any, page: str, cle: str) -> list[dict[str, Any]]:
    return [
        {"libelle": f"{n}. {classe.titre}" + (" ✓" if nom in vues else ""), "url": reverse(page, kwargs={"numero": numero, cle: nom}), "actif": nom == courant}
        for n, (nom, classe) in enumerate(noms.items(), 1)
    ]


@require_http_methods(["GET", "POST"])
def lettre_etape(request: HttpRequest, numero: str, etape: str) -> HttpResponse:
    _redacteur(request)
    dossier = dossier_ou_404(request, numero, "lettre")
    if dossier.statut != Statut.BROUILLON:
        return redirect("dossier", numero=numero)
    if etape not in fl.FORMULAIRES:
        return redirect("lettre_etape", numero=numero, etape=fl.ETAPES[0])
    maintenant = horloge.maintenant()
    classe = fl.FORMULAIRES[etape]
    rang = fl.ETAPES.index(etape)
    if request.method == "POST":
        form = classe(request.POST, dossier=dossier, acteur=request.acteur)
        if form.is_valid():
            try:
                dossier = lettre.enregistrer_etape(numero=numero, etape=etape, donnees=form.donnees(), acteur=request.acteur, maintenant=maintenant)
            except Conflit:
                raise
            except ErreurMetier as echec:
                reporter(form, echec)
            else:
                if "fichier" in request.FILES:
                    return piece_deposer(request, numero, "lettre")
                if request.headers.get("X-Enregistrement"):
                    return render(request, "dossiers/lettre/enregistre.html", {"instant": maintenant, "dossier": dossier})
                if "ajouter" in request.POST or "actualiser" in request.POST:
                    return redirect(f"{request.path}?{'plus=1' if 'ajouter' in request.POST else ''}#formulaire")
                suivante = fl.ETAPES[rang + 1] if rang + 1 < len(fl.ETAPES) else ""
                return redirect("lettre_etape", numero=numero, etape=suivante) if suivante else redirect("lettre_recapitulatif", numero=numero)
    else:
        form = classe(initial=fl.initial(dossier, etape), dossier=dossier, acteur=request.acteur)
        if "plus" in request.GET and etape == "porteurs":
            form = classe(fl.initial(dossier, etape) | {"ajouter": "1"}, dossier=dossier, acteur=request.acteur)
    contexte: dict[str, Any] = {
        "dossier": dossier, "form": form, "etape": etape, "rang": rang + 1, "total": len(fl.ETAPES), "titre": classe.titre, "intro": classe.intro,
        "suivante": fl.FORMULAIRES[fl.ETAPES[rang + 1]].titre if rang + 1 < len(fl.ETAPES) else "Récapitulatif", "precedente": fl.ETAPES[rang - 1] if rang else "",
        "menu": _menu(numero, fl.FORMULAIRES, etape, dossier.lettre.etapes_vues, "lettre_etape", "etape"),
        "pieces": Piece.objects.pour(request.acteur).filter(dossier=dossier, objet="lettre").order_by("depose_le") if etape == "pieces" else [],
    }
    if etape == "territoire":
        contexte |= carte(dossier, form) | {"controles": grille.controles(dossier, horloge.jour_local(maintenant, dossier.fuseau))}
    return render(request, f"dossiers/lettre/{etape if etape in ('porteurs', 'territoire', 'pieces') else 'etape'}.html", contexte, status=422 if form.errors and request.method == "POST" else 200)


def carte(dossier: Dossier, form: forms.Form) -> dict[str, Any]:
    """The départements of the region and the chosen ones, as shapes; the list of ticks stays the control."""
    choisis = set(form["departements"].value() or [])
    couverts = grille.departements_couverts(dossier)
    zones = [
        {"code": d.code, "nom": d.nom, "chemin": d.trace, "choisi": d.code in choisis, "couvert": d.code in couverts}
        for d in Departement.objects.filter(est_ouvert=True).exclude(trace="")
        if d.region_id == dossier.region or d.code in choisis
    ]
    return {"zones": zones, "region": dossier.region}


@require_http_methods(["GET"])
def lettre_recapitulatif(request: HttpRequest, numero: str) -> HttpResponse:
    _redacteur(request)
    dossier = dossier_ou_404(request, numero, "lettre")
    if dossier.statut != Statut.BROUILLON:
        return redirect("dossier", numero=numero)
    jour = horloge.jour_local(horloge.maintenant(), dossier.fuseau)
    fiches = [
        {"titre": classe.titre, "etape": nom, "paires": paires(classe(fl.initial(dossier, nom), dossier=dossier))} for nom, classe in fl.FORMULAIRES.items()
    ]
    blocages, avertissements = grille.portes(dossier, "deposer_lettre", jour)
    manques = lettre.manques(dossier)
    return render(request, "dossiers/lettre/recapitulatif.html", {
        "dossier": dossier, "fiches": fiches, "manques": [(fl.FORMULAIRES[e].titre, e, textes) for e, textes in manques.items()], "blocages": blocages,
        "avertissements": avertissements, "dates": grille.dates_prevues(dossier, jour), "aujourdhui": jour,
        "pieces": Piece.objects.pour(request.acteur).filter(dossier=dossier, objet="lettre"),
    })


def paires(form: forms.Form) -> list[tuple[str, Any]]:
    """The answers of a step as (label, value), choices in words; empty ones are left out."""
    form.is_valid()
    resultat = []
    for champ in form:
        valeur = champ.value()
        if valeur in (None, "", []):
            continue
        choix = dict(getattr(champ.field, "choices", ()) or ())
        if isinstance(valeur, list):
            valeur = [str(choix.get(v, v)) for v in valeur]
        elif choix:
            valeur = str(choix.get(valeur, valeur))
        resultat.append((champ.label, valeur))
    return resultat


@require_POST
def piece_deposer(request: HttpRequest, numero: str, objet: str) -> HttpResponse:
    """Adds a file to the letter or the projet being written; refused ones say why and leave nothing."""
    _redacteur(request)
    dossier = dossier_ou_404(request, numero)
    ecrit = dossier.statut == Statut.BROUILLON if objet == "lettre" else projet.peut_ecrire(dossier)
    if not ecrit or objet not in ("lettre", "projet"):
        raise Conflit("etat", "On ne joint plus de pièce à cette étape. Utilisez les messages, ou répondez à la demande de l’ARS.")
    fichier = request.FILES.get("fichier")
    retour = ("lettre_etape", {"numero": numero, "etape": "pieces"}) if objet == "lettre" else ("projet_rubrique", {"numero": numero, "rubrique": "deploiement"})
    if fichier is None:
        messages.error(request, "Choisissez un fichier à joindre.")
        return redirect(retour[0], **retour[1])
    deploiement = request.POST.get("usage") == "deploiement"
    try:
        libelle = request.POST.get("libelle", "").strip() or ("Modalités de déploiement" if deploiement else fichier.name)
        piece = deposer_piece(
            dossier=dossier, fichier=fichier, type="deploiement" if deploiement else "annexe", libelle=libelle, acteur=request.acteur, maintenant=horloge.maintenant(), objet=objet
        )
    except ErreurMetier as echec:
        messages.error(request, echec.message)
    else:
        if deploiement and objet == "projet":
            projet.enregistrer_rubrique(
                numero=numero, rubrique="deploiement", donnees={"document_deploiement": piece}, acteur=request.acteur, maintenant=horloge.maintenant()
            )
        messages.success(request, f"« {piece.libelle} » est joint. L’analyse antivirus est en cours.")
    return redirect(retour[0], **retour[1])


@require_http_methods(["GET", "POST"])
def projet_rubrique(request: HttpRequest, numero: str, rubrique: str) -> HttpResponse:
    _redacteur(request)
    dossier = dossier_ou_404(request, numero, "lettre")
    if not projet.peut_ecrire(dossier):
        return redirect("dossier", numero=numero)
    if rubrique not in fp.RUBRIQUES:
        return redirect("projet_rubrique", numero=numero, rubrique=next(iter(fp.RUBRIQUES)))
    maintenant = horloge.maintenant()
    classe, noms = fp.RUBRIQUES[rubrique], list(fp.RUBRIQUES)
    rang = noms.index(rubrique)
    brouillon = ProjetSante.objects.pour(request.acteur).filter(dossier=dossier, depose_le__isnull=True).order_by("-version").first()
    source = brouillon or ProjetSante.objects.pour(request.acteur).filter(dossier=dossier).order_by("-version").first() or ProjetSante(dossier=dossier)
    form = classe(request.POST if request.method == "POST" else None, initial=fp.initial(source, rubrique), dossier=dossier, acteur=request.acteur)
    if request.method == "POST" and form.is_valid():
        brouillon = projet.enregistrer_rubrique(numero=numero, rubrique=rubrique, donnees=form.donnees(), acteur=request.acteur, maintenant=maintenant)
        if request.headers.get("X-Enregistrement"):
            return render(request, "dossiers/lettre/enregistre.html", {"instant": maintenant, "dossier": dossier})
        suivante = noms[rang + 1] if rang + 1 < len(noms) else ""
        return redirect("projet_rubrique", numero=numero, rubrique=suivante) if suivante else redirect("acte", numero=numero, nom="deposer_projet")
    manques = projet.manques(dossier, brouillon)
    complets = {nom for nom in noms if brouillon is not None and nom not in manques}
    return render(request, "dossiers/projet/rubrique.html", {
        "dossier": dossier, "form": form, "rubrique": rubrique, "rang": rang + 1, "total": len(noms), "titre": classe.titre, "intro": classe.intro,
        "suivante": fp.RUBRIQUES[noms[rang + 1]].titre if rang + 1 < len(noms) else "Dépôt", "precedente": noms[rang - 1] if rang else "", "brouillon": brouillon,
        "menu": _menu(numero, fp.RUBRIQUES, rubrique, complets, "projet_rubrique", "rubrique"),
        "pieces": Piece.objects.pour(request.acteur).filter(dossier=dossier, objet="projet").order_by("depose_le"),
        "echeance": next((e for e in echeances_de(dossier) if e.regle == "DL-2"), None),
    }, status=422 if form.errors else 200)
