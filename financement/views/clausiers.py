"""The clauses of the annexes: read by the ARS and the administrators, written by a région's signataires and administrators."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.views.communs import saisie
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import ADMINS
from ess_portal.documents import texte_riche
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Interdit, Introuvable

from ..forms.clausiers import FormulaireActivation, FormulaireArticle
from ..models import Clausier
from ..regles.clausier import VARIABLES, Article
from ..selectors import clausiers as page
from ..services import apercus
from ..services import clausiers as services
from .commun import lire_dossier, reponse_word


@require_safe
def liste(request: HttpRequest) -> HttpResponse:
    _lecteur(request)
    return render(
        request,
        "clausiers/liste.html",
        {"annexes": page.annexes(request.acteur, horloge.aujourdhui()), "fil": _fil(request.acteur)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def clausier(request: HttpRequest, annexe: str) -> HttpResponse:
    _lecteur(request, annexe)
    form = FormulaireActivation(
        request.POST if "valide_du" in request.POST else None, initial=_initial(request, annexe)
    )
    if request.method == "POST" and (suite := _agir(request, annexe, form)) is not None:
        return suite
    contexte = page.contexte(annexe, request.acteur, horloge.aujourdhui())
    return render(
        request,
        "clausiers/clausier.html",
        {**contexte, "form": form, "fil": _fil(request.acteur, contexte["titre"])},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def article(request: HttpRequest, annexe: str, code: str) -> HttpResponse:
    _lecteur(request, annexe)
    _auteur(request)
    contexte = page.contexte(annexe, request.acteur, horloge.aujourdhui())
    ligne = next((a for a in contexte["articles"] if a.code == code), None)
    if ligne is None and code != services.NOUVEAU:
        raise Introuvable
    form = FormulaireArticle(
        request.POST if request.method == "POST" else None,
        initial={"revision": contexte["revision"], **(_saisie(ligne) if ligne else {})},
    )
    if request.method == "POST" and form.is_valid():
        with saisie(request, form, conflit_ecrit=True):
            services.ecrire(
                annexe=annexe, code=code, acteur=request.acteur, maintenant=horloge.maintenant(), **form.cleaned_data
            )
            messages.success(request, "Article enregistré dans le projet. Le texte en vigueur ne change pas encore.")
            return redirect("clausier", annexe=annexe)
    titre = ligne.titre if ligne else "Nouvel article"
    return render(
        request,
        "clausiers/article.html",
        {
            "form": form,
            "titre": titre,
            "annexe": annexe,
            "national": contexte["nationaux"].get(code) if ligne and ligne.origine == "region" else None,
            "variables": [(f"{{{{ {nom} }}}}", v) for nom, v in VARIABLES[annexe].items()],
            "fil": _fil(request.acteur, (contexte["titre"], reverse("clausier", args=[annexe])), titre),
        },
        status=422 if form.errors else 200,
    )


@require_safe
def apercu(request: HttpRequest, annexe: str) -> HttpResponse:
    """The draft, or the text in force when there is none: on invented data, or on the dossier named in the address."""
    _lecteur(request, annexe)
    numero, contenu, refus = _contenu(request, annexe)
    contexte = {
        "annexe": annexe,
        "numero": numero,
        "refus": refus,
        "contrat": {"contenu": contenu, "version": 1} if contenu else None,
        "fil": _fil(request.acteur, (Clausier.Annexe(annexe).label, reverse("clausier", args=[annexe])), "Aperçu"),
    }
    return render(request, "clausiers/apercu.html", contexte, status=422 if refus else 200)


@require_safe
def apercu_pdf(request: HttpRequest, annexe: str) -> HttpResponse:
    _lecteur(request, annexe)
    numero, contenu, refus = _contenu(request, annexe)
    if refus:
        raise refus
    octets = apercus.en_pdf(annexe, contenu).octets
    nom = f"apercu-{annexe}{f'-{numero}' if numero else ''}.pdf"
    return HttpResponse(
        octets, content_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{nom}"'}
    )


@require_safe
def apercu_word(request: HttpRequest, annexe: str) -> HttpResponse:
    _lecteur(request, annexe)
    numero, contenu, refus = _contenu(request, annexe)
    if refus:
        raise refus
    return reponse_word(contenu, Clausier.Annexe(annexe).label, f"projet-{annexe}{f'-{numero}' if numero else ''}")


def _contenu(request: HttpRequest, annexe: str) -> tuple[str, dict[str, Any], ErreurMetier | None]:
    texte = page.a_l_ecran(annexe, request.acteur, horloge.aujourdhui())
    numero = request.GET.get("dossier", "").strip()
    if not numero:
        return "", apercus.sur_specimen(annexe, texte), None
    dossier = lire_dossier(request, numero)
    try:
        return numero, apercus.sur_dossier(dossier, annexe, texte, horloge.maintenant()), None
    except ErreurMetier as refus:
        return numero, {}, refus


def _agir(request: HttpRequest, annexe: str, form: FormulaireActivation) -> HttpResponse | None:
    """One gesture on the draft; None when the form of activation is to be corrected."""
    _auteur(request)
    saisi = request.POST
    commun = {"annexe": annexe, "acteur": request.acteur, "maintenant": horloge.maintenant()}
    revision = int(saisi["revision"]) if saisi.get("revision", "").isdecimal() else 0
    if "valide_du" in saisi:
        if not form.is_valid():
            return None
        with saisie(request, form):
            ligne = services.activer(**commun, **form.cleaned_data)
            messages.success(request, f"Version {ligne.version} activée. Les contrats déjà proposés ne changent pas.")
            if ligne.region_id is None and (incompletes := services.regions_incompletes(ligne)):
                noms = ", ".join(nom for nom, _ in incompletes)
                messages.warning(request, f"Rédaction à compléter avant tout nouveau contrat\u00a0: {noms}.")
            return redirect("clausier", annexe=annexe)
        return None
    if "abandonner" in saisi:
        services.abandonner(**commun, revision=revision)
        messages.success(request, "Projet abandonné. Le texte en vigueur ne change pas.")
    elif "retirer" in saisi:
        services.retirer(**commun, code=saisi["retirer"], revision=revision)
    else:
        monte = "monter" in saisi
        code = saisi.get("monter" if monte else "descendre", "")
        services.bouger(**commun, code=code, pas=-1 if monte else 1, revision=revision)
    return redirect("clausier", annexe=annexe)


def _initial(request: HttpRequest, annexe: str) -> dict[str, Any]:
    ligne = services.projet(annexe, services.portee(request.acteur))
    return {"revision": ligne.revision if ligne else 0, "valide_du": horloge.aujourdhui()}


def _saisie(a: Article) -> dict[str, str]:
    return {"titre": a.titre, "texte": texte_riche.vers_saisie(a.html)}


def _lecteur(request: HttpRequest, annexe: str | None = None) -> None:
    if request.acteur is None or request.acteur.role not in services.LECTEURS:
        raise Interdit
    if annexe is not None and annexe not in VARIABLES:
        raise Introuvable


def _auteur(request: HttpRequest) -> None:
    if request.acteur.role not in services.AUTEURS:
        raise Interdit


def _fil(acteur: Acteur, *suite: str | tuple[str, str]) -> list[dict[str, str]]:
    debut = [{"libelle": "Administration", "url": reverse("administration")}] if acteur.role in ADMINS else []
    if not suite:
        return [*debut, {"libelle": "Clauses des contrats"}]
    liens = [{"libelle": x} if isinstance(x, str) else {"libelle": x[0], "url": x[1]} for x in suite]
    return [*debut, {"libelle": "Clauses des contrats", "url": reverse("clausiers")}, *liens]
