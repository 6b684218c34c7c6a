"""The annual reports: the list of the years, one year's form, its reading by the agents."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.actions import executer
from dossiers.models import Dossier
from dossiers.views.communs import cadre, saisie
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Interdit, Introuvable

from .. import selectors
from ..forms import FormulaireRapport, initial
from ..services import deposer_rapport, enregistrer_rapport

# The buttons of the agents' page: name of the act, what is said once it is done.
EXAMEN = {
    "valider": ("valider_rapport", "Le rapport est validé."),
    "corriger": ("demander_correction_rapport", "La demande de correction est envoyée à l’équipe."),
}


@require_safe
def lister(request: HttpRequest, numero: str) -> HttpResponse:
    page = selectors.page_rapports(numero, acteur=request.acteur, maintenant=horloge.maintenant())
    return render(
        request, "indicateurs/rapports.html", page | cadre(request, page["dossier"], "rapports", "Rapports d’activité")
    )


@require_http_methods(["GET", "HEAD", "POST"])
def rapport(request: HttpRequest, numero: str, annee: int) -> HttpResponse:
    """The porteur writes, saves and files; the agents read, validate or send back."""
    page = selectors.page_rapport(numero, annee, acteur=request.acteur, maintenant=horloge.maintenant())
    page |= _cadre(request, page["dossier"], annee)
    if request.method == "POST":
        if page["modifiable"]:
            return _ecrire(request, numero, annee, page)
        return _examiner(request, numero, annee, page)
    if page["modifiable"]:
        return _montrer(
            request,
            page,
            FormulaireRapport(initial=initial(page["rapport"], selectors.indicateurs_definis(page["dossier"]))),
        )
    return _lire(request, page)


def _cadre(request: HttpRequest, dossier: Dossier, annee: int) -> dict[str, Any]:
    """The dossier's frame, one level deeper: the year."""
    contexte = cadre(request, dossier, "rapports", "Rapports d’activité")
    contexte["fil"][-1]["url"] = reverse("rapports", args=[dossier.numero])
    contexte["fil"].append({"libelle": f"Année {annee}"})
    contexte["titre_page"] = f"Rapport d’activité, année {annee}"
    return contexte


def _ecrire(request: HttpRequest, numero: str, annee: int, page: dict) -> HttpResponse:
    """Saves; files too when that button was pressed. What does not fit is shown at its field, and nothing is lost of what was typed."""
    maintenant = horloge.maintenant()
    formulaire = FormulaireRapport(request.POST)
    if formulaire.is_valid():
        with saisie(request, formulaire, conflit_ecrit=True):
            enregistre = enregistrer_rapport(
                numero=numero, annee=annee, acteur=request.acteur, maintenant=maintenant, donnees=formulaire.donnees()
            )
            if "deposer" in request.POST:
                deposer_rapport(numero=numero, annee=annee, acteur=request.acteur, maintenant=maintenant)
            if request.htmx:
                return render(
                    request,
                    "indicateurs/_enregistre.html",
                    {"instant": enregistre.enregistre_le, "fuseau": page["dossier"].fuseau},
                )
            depose = "deposer" in request.POST
            messages.success(
                request,
                "Le rapport est déposé." if depose else "Le rapport est enregistré. Il n’est pas encore déposé.",
            )
            return redirect(
                "rapports" if depose else "rapport",
                **({"numero": numero} if depose else {"numero": numero, "annee": annee}),
            )
    if request.htmx:
        # htmx swaps only what succeeded: the reason of a draft not saved must be read too.
        erreur = next(str(t) for textes in formulaire.errors.values() for t in textes)
        return render(request, "indicateurs/_enregistre.html", {"erreur": erreur})
    return _montrer(request, page, formulaire, statut=422)


def _examiner(request: HttpRequest, numero: str, annee: int, page: dict) -> HttpResponse:
    nom, fait = EXAMEN["corriger" if "corriger" in request.POST else "valider"]
    donnees = {"annee": annee, "texte": request.POST.get("texte", "")}
    try:
        executer(
            nom,
            numero=numero,
            acteur=request.acteur,
            maintenant=horloge.maintenant(),
            donnees=donnees,
            utilisateur=request.user,
        )
    except (Introuvable, Interdit):
        raise
    except ErreurMetier as refus:
        request.annuler = True
        textes = [t for champ in refus.champs.values() for t in champ]
        return _lire(
            request,
            page,
            erreur=textes[0] if textes else refus.message,
            texte=donnees["texte"],
            statut=refus.statut_http,
        )
    messages.success(request, fait)
    return redirect("rapport", numero=numero, annee=annee)


def _montrer(request: HttpRequest, page: dict, formulaire: FormulaireRapport, statut: int = 200) -> HttpResponse:
    precedent = page["precedent"]
    champs = [(c, getattr(precedent, c.name) if precedent else None) for c in formulaire.nationaux]
    return render(
        request, "indicateurs/rapport_saisie.html", page | {"formulaire": formulaire, "champs": champs}, status=statut
    )


def _lire(request: HttpRequest, page: dict, *, erreur: str = "", texte: str = "", statut: int = 200) -> HttpResponse:
    if page["rapport"] is None:
        raise Introuvable
    contexte = page | {
        "lignes": selectors.lignes_indicateurs(page["rapport"], page["precedent"]),
        "objectifs": selectors.objectifs_decrits(page["rapport"]),
        "erreur": erreur,
        "texte": texte,
    }
    return render(request, "indicateurs/rapport_lecture.html", contexte, status=statut)
