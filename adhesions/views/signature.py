"""The signing pages: no account, the notice before the signature, nothing ticked beforehand, a code by mail."""

from __future__ import annotations

from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from ess_portal.documents.entetes import reponse_fichier
from ess_portal.documents.models import Document
from ess_portal.documents.selectors import octets_document
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit

from .. import selectors
from ..forms import Code, Engagement
from ..services.certificat import editer_certificat_par_lien
from ..services.signature import Invitation, Issue, Situation, decliner, demander_code, lire_invitation
from ..services.signature import signer as signer_adhesion

ATTENTE_SECONDES = "5"
MESSAGES = {
    Issue.CODE_FAUX: "Ce code n’est pas le bon. Vérifiez les six chiffres du dernier courriel reçu.",
    Issue.CODE_PERIME: "Ce code n’est plus valable. Demandez-en un nouveau.",
}


def _discrete(vue):
    """The address holds the secret: no cache keeps it, no other site is told of it, no engine lists it."""

    @wraps(vue)
    def enveloppe(request: HttpRequest, jeton: str) -> HttpResponse:
        reponse = vue(request, jeton)
        add_never_cache_headers(reponse)
        # Not « no-referrer »: browsers then send « Origin: null » with the form, which the CSRF check refuses.
        reponse["Referrer-Policy"] = "same-origin"
        reponse["X-Robots-Tag"] = "noindex"
        return reponse

    return enveloppe


@require_http_methods(["GET", "HEAD", "POST"])
@_discrete
def signer(request: HttpRequest, jeton: str) -> HttpResponse:
    """What one signs; POST asks for the code, or declines."""
    maintenant = horloge.maintenant()
    invitation = lire_invitation(jeton, maintenant=maintenant)
    if invitation.situation is not Situation.OUVERT:
        return _fin(request, jeton, invitation)
    if request.method == "POST" and "decliner" in request.POST:
        decliner(jeton, maintenant=maintenant)
        return _fin(request, jeton, lire_invitation(jeton, maintenant=maintenant), declinee=True)
    formulaire = Engagement(request.POST if request.method == "POST" else None)
    if request.method == "POST" and formulaire.is_valid():
        demander_code(jeton, choix=formulaire.cleaned_data, maintenant=maintenant)
        return redirect("adhesion_code", jeton=jeton)
    statut = 422 if formulaire.is_bound else 200
    return render(
        request,
        "adhesions/signer.html",
        selectors.page_signature(invitation, maintenant) | {"formulaire": formulaire},
        status=statut,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@_discrete
def code(request: HttpRequest, jeton: str) -> HttpResponse:
    """The code asked by mail; POST signs, or sends another code."""
    maintenant = horloge.maintenant()
    invitation = lire_invitation(jeton, maintenant=maintenant)
    if invitation.situation is not Situation.OUVERT:
        return _fin(request, jeton, invitation)
    if not invitation.code_en_cours:
        return redirect("adhesion_signer", jeton=jeton)
    if request.method == "POST" and "renvoyer" in request.POST:
        demander_code(jeton, choix=invitation.lien.choix, maintenant=maintenant)
        return redirect("adhesion_code", jeton=jeton)
    formulaire = Code(request.POST if request.method == "POST" else None)
    if request.method == "POST" and formulaire.is_valid():
        issue = signer_adhesion(jeton, code=formulaire.cleaned_data["code"], maintenant=maintenant)
        if issue is Issue.SIGNEE:
            return redirect("adhesion_signer", jeton=jeton)
        formulaire.add_error("code", MESSAGES[issue])
    statut = 422 if formulaire.is_bound else 200
    return render(
        request,
        "adhesions/code.html",
        selectors.page_signature(invitation, maintenant) | {"formulaire": formulaire},
        status=statut,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@_discrete
def certificat(request: HttpRequest, jeton: str) -> HttpResponse:
    """The signatory's certificate: POST asks for it, GET gives it or says that it is being made."""
    if request.method == "POST":
        editer_certificat_par_lien(jeton, maintenant=horloge.maintenant())
        return redirect("adhesion_certificat", jeton=jeton)
    return _remettre(request, jeton, "certificat_adhesion")


@require_http_methods(["GET", "HEAD"])
@_discrete
def formulaire(request: HttpRequest, jeton: str) -> HttpResponse:
    """The signatory's copy of what was signed."""
    return _remettre(request, jeton, "formulaire_adhesion")


def _remettre(request: HttpRequest, jeton: str, type_: str) -> HttpResponse:
    document = selectors.document_du_lien(jeton, type_, maintenant=horloge.maintenant())
    if document is None:
        return redirect("adhesion_signer", jeton=jeton)
    if document.est_produit:
        return reponse_fichier(octets_document(document), nom=f"{document.titre}.pdf", type_mime="application/pdf")
    reponse = render(request, "adhesions/preparation.html", {"document": document})
    if document.etat == Document.Etat.A_PRODUIRE:
        reponse["Refresh"] = ATTENTE_SECONDES
    return reponse


def _fin(request: HttpRequest, jeton: str, invitation: Invitation, *, declinee: bool = False) -> HttpResponse:
    """The link has done its work, or no longer opens."""
    signee = invitation.situation is Situation.SIGNE
    statut = 200 if signee or declinee or request.method != "POST" else Conflit.statut_http
    contexte = {
        "jeton": jeton,
        "invitation": invitation,
        "signee": signee,
        "declinee": declinee,
        "documents": signee and invitation.encore_lisible(horloge.maintenant()),
    }
    return render(request, "adhesions/fin.html", contexte, status=statut)
