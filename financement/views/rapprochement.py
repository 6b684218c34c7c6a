"""Pages of the bank's returns: the files brought in, and one statement with what agrees and what does not."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dossiers.views.communs import saisie
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit

from ..banque import rapprochements as services
from ..banque.releve import TAILLE_MAXIMALE
from ..forms.banque import MiseALEcart, Releve
from ..selectors import banque as lecture
from .lots import exiger


@require_http_methods(["GET", "HEAD", "POST"])
def liste(request: HttpRequest) -> HttpResponse:
    exiger(request)
    comptes = lecture.comptes_confirmes(request.acteur)
    form = Releve(request.POST or None, request.FILES or None, comptes=comptes)
    if request.method == "POST" and form.is_valid():
        fichier = form.cleaned_data["fichier"]
        with saisie(request, form):
            # One byte more than what is read tells that it is too big, without reading the rest.
            ligne, nouveau = services.importer(
                octets=fichier.read(TAILLE_MAXIMALE + 1),
                nom=fichier.name,
                compte=form.cleaned_data["compte"],
                arrete_au=form.cleaned_data["arrete_au"],
                acteur=request.acteur,
                maintenant=horloge.maintenant(),
            )
            if nouveau:
                messages.success(request, "Le fichier est lu. Vérifiez le rapprochement, puis confirmez-le.")
            else:
                messages.info(request, "Ce fichier est déjà importé\u00a0: rien n’est changé.")
            return redirect("rapprochement", releve=ligne.pk)
    return render(
        request,
        "financement/rapprochements.html",
        {"form": form, "page": lecture.releves(request.acteur, request.GET.get("page", ""))},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def releve(request: HttpRequest, releve: int) -> HttpResponse:
    exiger(request)
    lu = lecture.un_releve(request.acteur, releve)
    acte = request.POST.get("acte", "")
    form = MiseALEcart(request.POST if acte == "ecarter" else None)
    erreur: ErreurMetier | None = None
    if request.method == "POST":
        commun = {"releve": releve, "acteur": request.acteur, "maintenant": horloge.maintenant()}
        try:
            if acte == "confirmer":
                services.confirmer(lu=request.POST.get("lu", ""), **commun)
                messages.success(
                    request, "Le rapprochement est confirmé. Les versements rapprochés sont marqués payés."
                )
            elif acte == "ecarter":
                services.ecarter(motif=request.POST.get("motif", ""), **commun)
                messages.success(request, "Le relevé est écarté. Le bon fichier peut être importé.")
            else:
                raise Interdit
            return redirect("rapprochement", releve=releve)
        except Conflit:
            raise
        except ErreurMetier as refus:
            if refus.statut_http != 422:
                raise
            request.annuler = True
            erreur = refus
    return render(
        request,
        "financement/rapprochement.html",
        {**lu, "form": form, "erreur": erreur},
        status=422 if erreur else 200,
    )
