"""Writing: the letter step by step, the projet section by section. Each save is one address; autosave sends the same form."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ess_portal.documents.models import Piece
from ess_portal.documents.services import deposer_piece
from ess_portal.referentiel.models import Departement
from ess_portal.referentiel.services import ars_competente, caisses_possibles
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit
from ess_portal.socle.typographie import dans

from .. import actions, faits, grille, presentation
from ..carte import dessiner
from ..forms import lettre as fl
from ..forms import projet as fp
from ..forms.actes import DeposerLettre
from ..models import Dossier, ProjetSante
from ..regles.cycle import Statut
from ..selectors import echeances_de
from ..services import lettre, projet
from .communs import cadre, dossier_ou_404, reporter


def _redacteur(request: HttpRequest) -> None:
    if not request.acteur.est_porteur:
        raise Interdit("interdit", "Seule l’équipe rédige son dossier.")


def _menu(
    numero: str, noms: dict[str, type], courant: str, vues: Any, page: str, cle: str, fin: tuple[str, str] | None = None
) -> list[dict[str, Any]]:
    liens = [
        {
            "libelle": f"{n}. {classe.titre}" + (" ✓" if nom in vues else ""),
            "url": reverse(page, kwargs={"numero": numero, cle: nom}),
            "actif": nom == courant,
        }
        for n, (nom, classe) in enumerate(noms.items(), 1)
    ]
    return liens + ([{"libelle": fin[0], "url": fin[1], "actif": not courant}] if fin else [])


def _menu_lettre(dossier: Dossier, courant: str) -> list[dict[str, Any]]:
    fin = ("Récapitulatif et dépôt", reverse("lettre_recapitulatif", args=[dossier.numero]))
    return _menu(dossier.numero, fl.FORMULAIRES, courant, dossier.lettre.etapes_vues, "lettre_etape", "etape", fin)


@require_http_methods(["GET", "POST"])
def lettre_etape(request: HttpRequest, numero: str, etape: str) -> HttpResponse:
    _redacteur(request)
    dossier = dossier_ou_404(request, numero, "lettre")
    if dossier.statut != Statut.BROUILLON:
        return redirect("dossier", numero=numero)
    if etape not in fl.FORMULAIRES:
        return redirect("lettre_etape", numero=numero, etape=fl.ETAPES[0])
    classe = fl.FORMULAIRES[etape]
    if request.method == "POST":
        form = classe(_avec_chiffres(request, dossier, etape), dossier=dossier, acteur=request.acteur)
        if form.is_valid() and (reponse := _enregistrer_etape(request, dossier, etape, form)) is not None:
            return reponse
        if _continu(request):
            return _note(request, dossier, erreurs=len(form.errors))
    else:
        form = classe(initial=fl.initial(dossier, etape), dossier=dossier, acteur=request.acteur)
        if "plus" in request.GET and etape == "porteurs":
            form = classe(fl.initial(dossier, etape) | {"ajouter": "1"}, dossier=dossier, acteur=request.acteur)
    return _montrer_etape(request, dossier, etape, form)


def _avec_chiffres(request: HttpRequest, dossier: Dossier, etape: str) -> QueryDict:
    """What was sent, the figures of a known source in the place of those typed when that is what was asked for."""
    demande = request.POST.get("reprendre", "") if etape == "territoire" else ""
    connu = next((c for c in faits.chiffres_connus(dossier) if c.origine == demande), None) if demande else None
    if connu is None:
        return request.POST
    donnees = request.POST.copy()
    chiffres = {
        "medecins_presents": str(connu.presents),
        "liberaux": str(connu.liberaux),
        "source_comptage": connu.source[:120],
        "date_comptage": connu.date.isoformat() if connu.date else "",
    }
    for nom, valeur in chiffres.items():
        donnees[nom] = valeur
    return donnees


def _continu(request: HttpRequest) -> bool:
    """Sent by the page itself while one writes: the answer is a note, never another page."""
    return "X-Enregistrement" in request.headers


def _note(request: HttpRequest, dossier: Dossier, *, erreurs: int = 0, **fragments: Any) -> HttpResponse:
    contexte = {
        "instant": horloge.maintenant(),
        "dossier": dossier,
        "erreurs": erreurs,
        "zones": None,
        "autre_siege": False,
    } | fragments
    return render(request, "dossiers/lettre/enregistre.html", contexte)


def _enregistrer_etape(request: HttpRequest, dossier: Dossier, etape: str, form: forms.Form) -> HttpResponse | None:
    """Saves a step and says where to go next; None when the service refused, with its sentences on the fields."""
    numero = dossier.numero
    try:
        ecrit = lettre.enregistrer_etape(
            numero=numero, etape=etape, donnees=form.donnees(), acteur=request.acteur, maintenant=horloge.maintenant()
        )
    except Conflit:
        raise
    except ErreurMetier as echec:
        reporter(form, echec)
        return None
    if _continu(request):
        if etape != "territoire":
            return _note(request, ecrit)
        relu = fl.FORMULAIRES[etape](initial=fl.initial(ecrit, etape), dossier=ecrit, acteur=request.acteur)
        autre_siege = ecrit.siege_departement != dossier.siege_departement
        return _note(request, ecrit, autre_siege=autre_siege, **_territoire(ecrit, relu))
    if {"ajouter", "actualiser", "reprendre"} & set(request.POST):
        return redirect(f"{request.path}?{'plus=1' if 'ajouter' in request.POST else ''}#formulaire")
    rang = fl.ETAPES.index(etape)
    if rang + 1 < len(fl.ETAPES):
        return redirect("lettre_etape", numero=numero, etape=fl.ETAPES[rang + 1])
    return redirect("lettre_recapitulatif", numero=numero)


def _montrer_etape(request: HttpRequest, dossier: Dossier, etape: str, form: forms.Form) -> HttpResponse:
    classe, rang = fl.FORMULAIRES[etape], fl.ETAPES.index(etape)
    contexte = cadre(request, dossier, "lettre", classe.titre) | {
        "form": form,
        "etape": etape,
        "rang": rang + 1,
        "total": len(fl.ETAPES),
        "titre": classe.titre,
        "intro": classe.intro,
        "suivante": fl.FORMULAIRES[fl.ETAPES[rang + 1]].titre if rang + 1 < len(fl.ETAPES) else "Récapitulatif",
        "precedente": fl.ETAPES[rang - 1] if rang else "",
        "menu": _menu_lettre(dossier, etape),
    }
    if etape == "pieces":
        pieces = Piece.objects.pour(request.acteur).filter(dossier=dossier, objet="lettre")
        contexte |= {"pieces": pieces.order_by("depose_le"), "usage_deploiement": False, "a_deploiement": False}
    if etape == "territoire":
        contexte |= _territoire(dossier, form) | _cases(dossier, form)
    gabarit = etape if etape in ("porteurs", "territoire", "pieces") else "etape"
    statut = 422 if form.errors and request.method == "POST" else 200
    return render(request, f"dossiers/lettre/{gabarit}.html", contexte, status=statut)


def _cases(dossier: Dossier, form: forms.Form) -> dict[str, Any]:
    """The ticks in two groups: the region's départements and those already chosen, then the others, folded."""
    region = set(Departement.objects.filter(region=dossier.region).values_list("code", flat=True))
    choisis = set(form["departements"].value() or [])
    cases = [
        {
            "id": c.data["attrs"]["id"],
            "code": str(c.data["value"]),
            "libelle": c.data["label"],
            "choisi": c.data["selected"],
        }
        for c in form["departements"].subwidgets
    ]
    return {
        "cases_region": [c for c in cases if c["code"] in region | choisis],
        "cases_autres": [c for c in cases if c["code"] not in region | choisis],
    }


def _territoire(dossier: Dossier, form: forms.Form) -> dict[str, Any]:
    """The map of the region, of the chosen départements and of those that touch them; what the portal checks on them."""
    choisis = set(form["departements"].value() or [])
    ouverts = list(Departement.objects.filter(est_ouvert=True).exclude(trace=""))
    voisins = {v for d in ouverts if d.code in choisis for v in d.voisins}
    montres = [d for d in ouverts if d.region_id == dossier.region or d.code in choisis | voisins]
    noms = ", ".join(d.nom for d in montres if d.code in choisis)
    titre = f"Carte du territoire. Choisis\u00a0: {noms}." if noms else "Carte du territoire. Aucun département choisi."
    return dessiner(montres, choisis, *grille.departements_pris(dossier, horloge.maintenant())) | {
        "titre_carte": titre,
        "form": form,
        "competences": competences_prevues(dossier),
        "connus": faits.chiffres_connus(dossier),
        "controles": grille.controles(dossier, horloge.jour_local(horloge.maintenant(), dossier.fuseau)),
    }


def competences_prevues(dossier: Dossier) -> dict[str, Any]:
    """The ARS and the caisses of the siège, before anything is filed (ORG-2, ORG-3)."""
    try:
        ars = ars_competente(dossier.siege_departement).nom
    except ErreurMetier:
        ars = ""
    return {"ars": ars, "caisses": [c.nom for c in caisses_possibles(dossier.siege_departement)]}


@require_http_methods(["GET"])
def lettre_recapitulatif(request: HttpRequest, numero: str) -> HttpResponse:
    _redacteur(request)
    dossier = dossier_ou_404(request, numero, "lettre")
    if dossier.statut != Statut.BROUILLON:
        return redirect("dossier", numero=numero)
    jour = horloge.jour_local(horloge.maintenant(), dossier.fuseau)
    fiches = [
        {"titre": classe.titre, "etape": nom, "paires": paires(classe(fl.initial(dossier, nom), dossier=dossier))}
        for nom, classe in fl.FORMULAIRES.items()
    ]
    pieces = list(Piece.objects.pour(request.acteur).filter(dossier=dossier, objet="lettre").exclude(etat="refuse"))
    for fiche in fiches:
        fiche["paires"] = fiche["paires"] or [("Réponses", None)]
    fiches[-1]["paires"].append(("Pièces jointes", [str(p) for p in pieces]))
    blocages, avertissements = grille.portes(dossier, "deposer_lettre", jour, anonyme=True)
    manques = {etape: list(dict.fromkeys(textes)) for etape, textes in lettre.manques(dossier).items()}
    dates = grille.dates_prevues(dossier, jour)
    contexte = cadre(request, dossier, "lettre", "Récapitulatif et dépôt") | {
        "menu": _menu_lettre(dossier, ""),
        "fiches": fiches,
        "manques": [(fl.FORMULAIRES[e].titre, e, textes) for e, textes in manques.items()],
        "nombre_points": sum(len(textes) for textes in manques.values()) + len(blocages),
        "blocages": blocages,
        "avertissements": [a.message for a in avertissements if not manques],
        "dates": [{"date": x["date"], "texte": x["texte"]} for x in dates],
        "dernier_jour": dates[2]["date"],
        "acquise_le": dates[3]["date"],
        "pourquoi_lettre": dates[2]["explication"],
        "pourquoi_projet": dates[4]["explication"] if len(dates) > 4 else (),
        "aujourdhui": jour,
        "form_depot": DeposerLettre(dossier=dossier, acteur=request.acteur),
    }
    return render(request, "dossiers/lettre/recapitulatif.html", contexte)


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
        porteur = re.match(r"porteur_(\d+)_", champ.name)
        libelle = f"Porteur {porteur[1]}, {champ.label[0].lower()}{champ.label[1:]}" if porteur else champ.label
        resultat.append((libelle, valeur))
    return resultat


@require_POST
def piece_deposer(request: HttpRequest, numero: str, objet: str) -> HttpResponse:
    """Adds a file to the letter or the projet being written; refused ones say why and leave nothing."""
    _redacteur(request)
    dossier = dossier_ou_404(request, numero)
    ecrit = dossier.statut == Statut.BROUILLON if objet == "lettre" else projet.peut_ecrire(dossier)
    if not ecrit or objet not in ("lettre", "projet"):
        raise Conflit(
            "etat", "On ne joint plus de pièce à cette étape. Utilisez les messages, ou répondez à la demande de l’ARS."
        )
    fichier = request.FILES.get("fichier")
    retour = (
        ("lettre_etape", {"numero": numero, "etape": "pieces"})
        if objet == "lettre"
        else ("projet_rubrique", {"numero": numero, "rubrique": "deploiement"})
    )
    if fichier is None:
        messages.error(request, "Choisissez un fichier à joindre.")
        return redirect(retour[0], **retour[1])
    deploiement = request.POST.get("usage") == "deploiement"
    try:
        libelle = request.POST.get("libelle", "").strip() or (
            "Modalités de déploiement" if deploiement else fichier.name
        )
        piece = deposer_piece(
            dossier=dossier,
            fichier=fichier,
            type="deploiement" if deploiement else "annexe",
            libelle=libelle,
            acteur=request.acteur,
            maintenant=horloge.maintenant(),
            objet=objet,
        )
    except ErreurMetier as echec:
        messages.error(request, echec.message)
    else:
        if deploiement and objet == "projet":
            projet.enregistrer_rubrique(
                numero=numero,
                rubrique="deploiement",
                donnees={"document_deploiement": piece},
                acteur=request.acteur,
                maintenant=horloge.maintenant(),
            )
        messages.success(request, f"«\u00a0{piece.libelle}\u00a0» est joint. L’analyse antivirus est en cours.")
    return redirect(retour[0], **retour[1])


@require_http_methods(["GET", "POST"])
def projet_rubrique(request: HttpRequest, numero: str, rubrique: str) -> HttpResponse:
    _redacteur(request)
    dossier = dossier_ou_404(request, numero, "lettre")
    if not projet.peut_ecrire(dossier):
        return redirect("dossier", numero=numero)
    if rubrique not in fp.RUBRIQUES:
        return redirect("projet_rubrique", numero=numero, rubrique=next(iter(fp.RUBRIQUES)))
    versions = list(ProjetSante.objects.pour(request.acteur).filter(dossier=dossier).order_by("-version")[:2])
    brouillon = versions[0] if versions and versions[0].depose_le is None else None
    source = versions[0] if versions else ProjetSante(dossier=dossier)
    classe, noms = fp.RUBRIQUES[rubrique], list(fp.RUBRIQUES)
    form = classe(
        request.POST if request.method == "POST" else None,
        initial=fp.initial(source, rubrique),
        dossier=dossier,
        acteur=request.acteur,
    )
    if request.method == "POST":
        if form.is_valid():
            return _enregistrer_rubrique(request, dossier, rubrique, form)
        if _continu(request):
            return _note(request, dossier, erreurs=len(form.errors))
    rang, manques = noms.index(rubrique), projet.manques(dossier, brouillon)
    complets = {nom for nom in noms if brouillon is not None and nom not in manques}
    echeance = presentation.trouver(echeances_de(dossier), "DL-2")
    jour = horloge.jour_local(horloge.maintenant(), dossier.fuseau)
    a_venir = echeance is not None and echeance.dernier_jour is not None and echeance.statut == "ouverte"
    contexte = cadre(request, dossier, "projet", classe.titre) | {
        "form": form,
        "rubrique": rubrique,
        "rang": rang + 1,
        "total": len(noms),
        "titre": classe.titre,
        "intro": classe.intro,
        "suivante": fp.RUBRIQUES[noms[rang + 1]].titre if rang + 1 < len(noms) else "Dépôt",
        "precedente": noms[rang - 1] if rang else "",
        "enregistre_le": brouillon.enregistre_le if brouillon else None,
        "menu": _menu(numero, fp.RUBRIQUES, rubrique, complets, "projet_rubrique", "rubrique"),
        "manques": [(fp.RUBRIQUES[nom].titre, nom, textes) for nom, textes in manques.items()],
        "pieces": Piece.objects.pour(request.acteur).filter(dossier=dossier, objet="projet").order_by("depose_le"),
        "usage_deploiement": True,
        "a_deploiement": brouillon is not None and brouillon.document_deploiement_id is not None,
        "echeance": echeance if a_venir else None,
        "reste": dans(echeance.dernier_jour, jour) if a_venir else "",
        "bouton_final": "Aller au dépôt" if _depot(request, dossier) else "Revenir au dossier",
    }
    return render(request, "dossiers/projet/rubrique.html", contexte, status=422 if form.errors else 200)


def _depot(request: HttpRequest, dossier: Dossier) -> str:
    """The act that files what is written, when it may be done at this step."""
    noms = {a.nom for a in actions.disponibles(dossier, request.acteur)}
    return next((nom for nom in ("deposer_projet", "actualiser_projet") if nom in noms), "")


def _enregistrer_rubrique(request: HttpRequest, dossier: Dossier, rubrique: str, form: forms.Form) -> HttpResponse:
    numero, noms = dossier.numero, list(fp.RUBRIQUES)
    projet.enregistrer_rubrique(
        numero=numero, rubrique=rubrique, donnees=form.donnees(), acteur=request.acteur, maintenant=horloge.maintenant()
    )
    if _continu(request):
        return _note(request, dossier)
    rang = noms.index(rubrique)
    if rang + 1 < len(noms):
        return redirect("projet_rubrique", numero=numero, rubrique=noms[rang + 1])
    depot = _depot(request, dossier)
    return redirect("acte", numero=numero, nom=depot) if depot else redirect("dossier", numero=numero)
