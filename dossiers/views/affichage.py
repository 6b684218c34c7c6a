"""All that one may ask of the list of dossiers: its filters, its columns, its views. Heavy choices stay off the list itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.models import Rattachement
from ess_portal.comptes.roles import TypeOrganisation
from ess_portal.referentiel.models import Departement, Specialite
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Interdit, Introuvable

from .. import colonnes as choix
from .. import filtres as lecture
from .. import selectors, vues
from ..onglets import PERSONNE, Filtres, plusieurs
from ..regles.statuts import LIBELLES
from ..services import vues as services

Choix = list[tuple[str, str, bool]]


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    return _montrer(request, *vues.choisir(request, request.GET))


@require_safe
def raccourcis(request: HttpRequest) -> HttpResponse:
    """The help of the keyboard, a page for who has no script and the content of a dialog for who has."""
    return render(request, "dossiers/raccourcis.html")


@require_POST
def colonnes(request: HttpRequest) -> HttpResponse:
    codes = [] if "habituelles" in request.POST else request.POST.getlist("colonnes")
    try:
        services.choisir_colonnes(colonnes=codes, acteur=request.acteur)
    except ErreurMetier as refus:
        return _refuser(request, refus)
    messages.success(request, "Vos colonnes sont enregistrées.")
    return redirect(f"{reverse('dossiers')}?{_filtres(request).urlencode()}")


@require_POST
def enregistrer(request: HttpRequest) -> HttpResponse:
    champs = _filtres(request)
    try:
        vue = services.enregistrer_vue(
            nom=request.POST.get("nom", ""), champs=champs, colonnes=request.POST.getlist("colonnes"),
            partagee="partagee" in request.POST, par_defaut="par_defaut" in request.POST, acteur=request.acteur,
            maintenant=horloge.maintenant(),
        )  # fmt: skip
    except ErreurMetier as refus:
        return _refuser(request, refus)
    messages.success(request, f"La vue «\u00a0{vue.nom}\u00a0» est enregistrée.")
    return redirect(f"{reverse('dossiers')}?vue={vue.pk}")


@require_POST
def supprimer(request: HttpRequest, vue_id: int) -> HttpResponse:
    services.supprimer_vue(vue_id=vue_id, acteur=request.acteur)
    messages.success(request, "La vue est supprimée.")
    return redirect("affichage")


@require_POST
def ouvrir_avec(request: HttpRequest) -> HttpResponse:
    lue = request.POST.get("vue", "")
    if lue and not lue.isdigit():
        raise Introuvable
    services.ouvrir_avec(vue_id=int(lue) if lue else None, acteur=request.acteur)
    messages.success(request, "La liste s’ouvrira ainsi." if lue else "La liste s’ouvrira sans vue.")
    return redirect("dossiers")


def _filtres(request: HttpRequest) -> QueryDict:
    """The filters of the list that the page was opened from, carried by its forms."""
    return QueryDict(request.POST.get("filtres", "")[:4000])


def _refuser(request: HttpRequest, refus: ErreurMetier) -> HttpResponse:
    if isinstance(refus, (Interdit, Introuvable)):
        raise refus
    request.annuler = True
    return _montrer(request, *vues.choisir(request, _filtres(request)), refus)


def _montrer(
    request: HttpRequest, affichage: vues.Affichage, champs: QueryDict, refus: ErreurMetier | None = None
) -> HttpResponse:
    acteur = request.acteur
    affichage = affichage if affichage.vues is not None else vues.lire(affichage, acteur)
    f, insenses = lecture.lire(champs, acteur)
    codes = request.POST.getlist("colonnes") if refus else choix.connues(affichage.colonnes)
    contexte = {
        "f": f,
        "refus": refus,
        "refuses": [r for r in (affichage.refus, *insenses) if r],
        "filtres": lecture.adresse(f),
        "dits": [(lecture.TITRES[nom], mots) for nom, _, mots in lecture.dire(f)],
        "groupes": _groupes(f, acteur),
        "dates": [(nom, lecture.TITRES[nom], d.isoformat() if (d := getattr(f, nom)) else "") for nom in lecture.DATES],
        "onglets": _choix(selectors.ONGLETS, (f.onglet,)),
        "tris": _choix(((tri, mots[0].upper() + mots[1:]) for tri, mots in lecture.ORDRES.items()), (f.tri,)),
        "colonnes": [(code, c.titre, code in codes) for code, c in choix.COLONNES.items()],
        "choisies": codes,
        "nom": request.POST.get("nom", ""),
        "vues": affichage.vues,
        "par_defaut": affichage.par_defaut,
        "retour": f"{reverse('dossiers')}?{lecture.adresse(f)}",
        "fil": [{"libelle": "Dossiers", "url": reverse("dossiers")}, {"libelle": "Filtres, colonnes et vues"}],
    }
    return render(request, "dossiers/affichage.html", contexte, status=refus.statut_http if refus else 200)


def _choix(lignes: Any, choisies: tuple[str, ...]) -> Choix:
    return [(code, libelle, code in choisies) for code, libelle in lignes]


def _groupes(f: Filtres, acteur: Acteur) -> list[dict[str, Any]]:
    """The filters that take several values, those of one's own region first."""
    departements = Departement.objects.filter(est_ouvert=True).order_by("code")
    if acteur.region:
        departements = departements.filter(region=acteur.region)
    siens = {d.code: str(d) for d in departements}
    autres = [c for c in plusieurs(f.departement) if c not in siens]
    siens |= {c: nom for c, nom in selectors.choix_departements() if c in autres}
    specialites = dict(
        Specialite.objects.filter(famille="SM")
        .exclude(eligibilite="non")
        .order_by("libelle")
        .values_list("code", "libelle")
    )
    specialites |= {c: c for c in plusieurs(f.specialite) if c not in specialites}
    lus = [
        ("statut", "Étape", tuple(LIBELLES.items()), f.statut),
        ("departement", "Département", tuple(siens.items()), f.departement),
        ("specialite", "Spécialité", tuple(specialites.items()), f.specialite),
    ]
    if gens := _suiveurs(acteur):
        lus.append(("suivi_par", "Suivi par", gens, f.suivi_par))
    return [
        {"nom": nom, "titre": titre, "choix": _choix(valeurs, plusieurs(choisies)), "ouvert": bool(choisies)}
        for nom, titre, valeurs, choisies in lus
    ]


def _suiveurs(acteur: Acteur) -> tuple[tuple[str, str], ...]:
    """The people of the ARS whose dossiers are read: who may be named as following one."""
    if acteur.perimetre_id is None or acteur.type not in (TypeOrganisation.ARS, TypeOrganisation.ADMINISTRATION):
        return ()
    lignes = Rattachement.objects.actifs().filter(organisation_id=acteur.perimetre_id).select_related("utilisateur")
    gens = [(str(r.utilisateur_id), r.utilisateur.nom_complet) for r in lignes.order_by("utilisateur__nom", "pk")]
    return ((PERSONNE, "Personne pour l’instant"), *gens)
