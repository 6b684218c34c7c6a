"""Public page: what a printed code stands for, and whether a copy is the issued document."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from rest_framework.throttling import SimpleRateThrottle

from ess_portal.documents import selectors
from ess_portal.documents.forms import CodeForm, FichierForm, VerifierForm
from ess_portal.documents.reconnaissance import reconnaitre


class LecturesParAdresse(SimpleRateThrottle):
    """A reading costs a process: ten a minute and per address."""

    scope = "verification"
    rate = "10/min"

    def get_cache_key(self, request: HttpRequest, view: None) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


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
    if request.method == "POST" and "code" not in request.POST:
        return _lire_fichier(request)
    formulaire = CodeForm(request.POST) if request.method == "POST" else CodeForm()
    if request.method == "POST" and formulaire.is_valid():
        saisi = selectors.normaliser_code(formulaire.cleaned_data["code"])
        return redirect("verifier", code=saisi or "-")
    contexte = {"formulaire": formulaire, "fichier": FichierForm()}
    return render(request, "documents/verifier_code.html", contexte, status=422 if formulaire.errors else 200)


def _lire_fichier(request: HttpRequest) -> HttpResponse:
    formulaire = FichierForm(request.POST, request.FILES)
    contexte = {"formulaire": CodeForm(), "fichier": formulaire}
    if not formulaire.is_valid():
        return render(request, "documents/verifier_code.html", contexte, status=422)
    if not LecturesParAdresse().allow_request(request, None):
        contexte["trop"] = True
        return render(request, "documents/verifier_code.html", contexte, status=429)
    contexte["lu"] = reconnaitre(formulaire.cleaned_data["fichier"])
    return render(request, "documents/verifier_code.html", contexte)
