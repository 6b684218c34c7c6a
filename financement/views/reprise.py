"""The pages where the ARS enters a dossier that was instructed elsewhere (§6): its regime, its step, then its facts."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dossiers.models import Dossier
from dossiers.regles.cycle import Statut
from dossiers.regles.reprise import ENTREES
from dossiers.regles.statuts import LIBELLES
from dossiers.views.communs import saisie
from ess_portal.comptes.roles import ARS
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Interdit

from ..forms.reprise import FormulaireRepriseComplete
from ..services.reprise import reprendre_dossier

S = Statut
# (code, what it is, how it enters), in the order of §6.
REGIMES = (
    (
        "standard",
        "Le parcours entier, à l’étape où l’équipe en est. Elle n’a pas de crédit de l’ARS.",
    ),
    (
        "existante_conforme",
        "Elle exerce déjà, et son projet répond au cahier des charges. Elle n’a pas de crédit d’amorçage\u00a0: la dotation commence le "
        "lendemain du financement de l’ARS.",
    ),
    (
        "mise_en_conformite",
        "Elle exerce déjà, et son projet est à modifier. Elle s’y engage par écrit\u00a0; sans cet engagement, rien n’est versé.",
    ),
    (
        "en_projet_credit_ars",
        "Elle se prépare avec un crédit de l’ARS.",
    ),
    (
        "hors_champ",
        "Elle ne souhaite pas entrer dans la convention. Le dossier est gardé clos, sans contrat ni versement de l’Assurance maladie.",
    ),
)
ETAPES = {
    S.LETTRE_DEPOSEE: "La lettre est reçue et complète\u00a0; l’ARS n’a pas encore répondu. Son silence vaudra validation, à sa date.",
    S.LETTRE_VALIDEE: "Le projet de santé est attendu\u00a0; le contrat de crédit n’est pas signé.",
    S.AMORCAGE_SIGNE: "Les trois parties ont signé le contrat de crédit\u00a0; le projet de santé est attendu.",
    S.PROJET_DEPOSE: "Le projet de santé est reçu\u00a0; l’ARS n’a pas encore répondu. Son silence vaudra validation, à sa date.",
    S.PROJET_VALIDE: "Le projet de santé est validé\u00a0; l’association ou son FINESS est attendu.",
    S.FINESS_ATTRIBUE: "L’association a son FINESS\u00a0; la dotation annuelle n’est pas signée.",
    S.DOTATION_ACTIVE: "Les trois parties ont signé la dotation annuelle, et elle court.",
}
TITRES = ("Le régime", "L’étape réelle du dossier", "Les faits, les sommes et les actes")
INTRODUCTIONS = (
    "Le dossier entre à son étape réelle, avec ses actes et leurs dates. Dites d’abord de quel régime il relève\u00a0: le reste en dépend.",
    "Où en est le dossier aujourd’hui\u00a0? Ses échéances seront calculées comme s’il avait toujours été ici.",
)


@require_http_methods(["GET", "POST"])
def reprendre(request: HttpRequest) -> HttpResponse:
    if request.acteur.role not in ARS:
        raise Interdit("interdit", "Seule l’ARS reprend un dossier instruit ailleurs.")
    choisis = {nom: request.GET.get(nom, "") for nom in ("regime", "statut")}
    etapes = ENTREES.get(choisis["regime"], ())
    if request.method == "GET" and len(etapes) == 1:
        choisis["statut"] = etapes[0].value
    if request.method == "GET" and choisis["statut"] not in etapes:
        return _choisir(request, choisis["regime"] if etapes else "")
    form = FormulaireRepriseComplete(
        request.POST or None, request.FILES or None, region=request.acteur.region, initial=choisis
    )
    if request.method == "POST" and form.is_valid():
        with saisie(request, form, conflit_ecrit=True):
            dossier = reprendre_dossier(
                reprise=form.reprise(),
                argent=form.argent(),
                acteur=request.acteur,
                maintenant=horloge.maintenant(),
                actes=form.cleaned_data["actes"],
            )
            messages.success(
                request, "Le dossier est repris. Ses échéances sont calculées des jours réels de ses actes."
            )
            return redirect("dossier", numero=dossier.numero)
    guide = form.guide()
    contexte = _cadre(3) | {"form": form, "guide": guide}
    if guide:
        contexte |= {
            "choisis": guide,
            "regime": Dossier.Regime(guide[0]).label,
            "etape": LIBELLES[guide[1]],
            "changer_regime": reverse("dossier_reprendre"),
            "changer_etape": _adresse(regime=guide[0]) if len(ENTREES[guide[0]]) > 1 else "",
        }
    return render(request, "financement/reprendre.html", contexte, status=422 if form.errors else 200)


def _cadre(rang: int) -> dict[str, object]:
    return {
        "fil": [{"libelle": "Dossiers", "url": reverse("dossiers")}, {"libelle": "Reprendre un dossier"}],
        "rang": rang,
        "total": len(TITRES),
        "titre": TITRES[rang - 1],
        "suivante": TITRES[rang] if rang < len(TITRES) else "",
    }


def _adresse(**choisis: str) -> str:
    return f"{reverse('dossier_reprendre')}?{urlencode(choisis)}"


def _choisir(request: HttpRequest, regime: str) -> HttpResponse:
    """The choices of the next question, each a link: nothing is written before the last page."""
    if regime:
        rang, retour = 2, reverse("dossier_reprendre")
        choix = [(LIBELLES[e], ETAPES[e], _adresse(regime=regime, statut=e.value)) for e in ENTREES[regime]]
    else:
        rang, retour = 1, reverse("dossiers")
        choix = [(Dossier.Regime(code).label, mots, _adresse(regime=code)) for code, mots in REGIMES]
    contexte = _cadre(rang) | {
        "introduction": INTRODUCTIONS[rang - 1],
        "choix": choix,
        "regime": Dossier.Regime(regime).label if regime else "",
        "retour": retour,
    }
    return render(request, "financement/reprendre_choisir.html", contexte)
