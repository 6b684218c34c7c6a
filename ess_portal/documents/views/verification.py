"""Public page: what a printed code stands for, and whether a copy is the issued document."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ess_portal.documents import selectors
from ess_portal.documents.forms import CodeForm, VerifierForm


@require_http_methods(["GET", "HEAD", "POST"])
def verifier(request: HttpRequest, code: str = "") -> HttpResponse:
    if not code:
        return _demander_code(request)
    verifie = selectors.verification(code)
    if verifie is None:
        return render(request, "documents/verifier_inconnu.html", {"formulaire": CodeForm()}, status=404)
    formulaire = VerifierForm(request.POST, request.FILES) if request.method == "POST" else VerifierForm()
    resultat = None
    if request.method == "POST" and formulaire.is_valid():
        resultat = "identique" if selectors.est_identique(verifie, formulaire.cleaned_data["fichier"]) else "different"
    contexte = {"document": verifie, "formulaire": formulaire, "resultat": resultat}
    return render(request, "documents/verifier.html", contexte, status=422 if formulaire.errors else 200)


def _demander_code(request: HttpRequest) -> HttpResponse:
    formulaire = CodeForm(request.POST) if request.method == "POST" else CodeForm()
    if request.method == "POST" and formulaire.is_valid():
        saisi = selectors.normaliser_code(formulaire.cleaned_data["code"])
        return redirect("verifier", code=saisi or "-")
    return render(
        request, "documents/verifier_code.html", {"formulaire": formulaire}, status=422 if formulaire.errors else 200
    )
