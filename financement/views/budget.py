"""The budget of one's organisation: pictures, tables, and the same figures as a file."""

from __future__ import annotations

from decimal import Decimal
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ess_portal.documents.entetes import reponse_fichier
from ess_portal.socle import horloge, tableur
from ess_portal.socle.erreurs import Interdit
from ess_portal.socle.typographie import euros

from ..regles.budget import HORIZON
from ..selectors import budget as lecture
from ..selectors.barres import dessiner

TABLEAUX = (("annee", "Année"), ("departement", "Département du siège"), ("specialite", "Spécialité"))

ABREGES = ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


@require_safe
def budget(request: HttpRequest) -> HttpResponse:
    lu, choisis = _lire(request)
    somme = lecture.total(lu)
    annees = lecture.grouper(lu, "annee")
    mois = lecture.mois_a_venir(lu)
    contexte = {
        "budget": lu,
        "total": somme,
        "horizon": HORIZON,
        "chiffres": [
            {"valeur": _arrondi(somme.engage), "libelle": "engagés"},
            {"valeur": _arrondi(somme.verse), "libelle": "versés"},
            {"valeur": _arrondi(somme.a_venir), "libelle": f"à venir sous {HORIZON} mois"},
            {"valeur": _arrondi(somme.a_recuperer), "libelle": "à récupérer"},
        ],
        "tableaux": [(titre, code, lecture.grouper(lu, code)) for code, titre in TABLEAUX],
        "mois": [(lecture.nommer_mois(debut), montant) for debut, montant in mois],
        "dessin_annees": dessiner([((nom,), (("engagé", x.engage), ("versé", x.verse))) for nom, x in annees]),
        "dessin_mois": dessiner([((ABREGES[j.month - 1], str(j.year)), (("à venir", m),)) for j, m in mois]),
        "est_vide": not lu.lignes,
        "sans_mois": not any(m for _, m in mois),
        "requete": urlencode(choisis),
        "choisis": choisis,
        "au_dela": euros(lu.au_dela) if lu.au_dela > Decimal(0) else "",
    }
    return render(request, "financement/budget.html", contexte)


@require_safe
def exporter(request: HttpRequest) -> HttpResponse:
    lu, _choisis = _lire(request)
    octets = tableur.ecrire("csv", "Budget", lecture.lignes_csv(lu))
    return reponse_fichier(octets, nom=f"Budget au {lu.jour.isoformat()}.csv", type_mime=tableur.TYPES["csv"])


def _lire(request: HttpRequest) -> tuple[lecture.Budget, dict[str, str]]:
    if request.acteur is None or not request.acteur.est_agent:
        raise Interdit
    choisis = {nom: v for nom in ("departement", "specialite") if (v := request.GET.get(nom, "").strip())}
    return lecture.lire(request.acteur, horloge.maintenant(), **choisis), choisis


def _arrondi(montant: Decimal) -> str:
    """To the euro: the tables give the cents."""
    return euros(montant.quantize(Decimal(1)))
