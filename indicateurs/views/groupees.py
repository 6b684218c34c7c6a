"""Acts on many dossiers: chosen in the filtered list, looked at before they are done, followed row by row."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers import filtres as lecture
from dossiers import onglets, ordre, selectors
from dossiers.models import Dossier
from dossiers.regles.statuts import LIBELLES
from dossiers.seuils import seuils_de
from ess_portal.comptes.acteur import Acteur
from ess_portal.comptes.roles import ARS, CAISSE
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Interdit, Introuvable

from ..groupees import gestes, service
from ..models import ActionGroupee, LigneGroupee

E = LigneGroupee.Etat
PAR_PAGE = 50
EXPORTER = "exporter"
# What the address of an export carries at most.
EXPORTES_MAX = 150
ETATS = {E.A_FAIRE: ("attente", "En attente"), E.FAITE: ("succes", "Fait"), E.REFUSEE: ("alerte", "Non fait")}


def _exiger(acteur: Acteur) -> None:
    if acteur.role not in ARS | CAISSE:
        raise Interdit("interdit", "Les actions sur plusieurs dossiers sont celles des ARS et des caisses.")


@require_safe
def choisir(request: HttpRequest) -> HttpResponse:
    _exiger(request.acteur)
    return _montrer(request, request.GET)


@require_POST
def lancer(request: HttpRequest) -> HttpResponse:
    """First to look at what would be done, then to do it: two forms, the same facts."""
    acteur, maintenant = request.acteur, horloge.maintenant()
    _exiger(acteur)
    genre, numeros = request.POST.get("genre", ""), request.POST.getlist("dossiers")
    try:
        if genre == EXPORTER:
            return _exporter(numeros, acteur, maintenant)
        donnees = service.lire_donnees(genre, request.POST, acteur)
        if "lancer" in request.POST:
            action = service.lancer(
                genre=genre,
                dossiers=numeros,
                champs=request.POST,
                cle=_cle(request),
                acteur=acteur,
                maintenant=maintenant,
            )
            messages.success(request, "L’action est lancée. Vous pouvez quitter cette page\u00a0: elle continue.")
            return redirect("groupee", pk=action.pk)
        dossiers = service.choisis(numeros, acteur, maintenant)
    except (Interdit, Introuvable):
        raise
    except ErreurMetier as refus:
        request.annuler = True
        return _montrer(request, QueryDict(request.POST.get("filtres", "")[:4000]), refus)
    lignes = service.prevoir(genre, donnees, dossiers, acteur, maintenant)
    contexte = {
        "titre": str(ActionGroupee.Genre(genre).label),
        "genre": genre,
        "utilisateur": donnees.get("utilisateur", ""),
        "lignes": lignes,
        "faisables": sum(possible for _, possible, _ in lignes),
        "cle": request.POST.get("cle") or uuid.uuid4(),
        "filtres": request.POST.get("filtres", ""),
        "retour": f"{reverse('groupee_choisir')}?{request.POST.get('filtres', '')[:4000]}",
        "fil": _fil("Vérifier"),
    }
    return render(request, "groupees/verifier.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
def suivre(request: HttpRequest, pk: int) -> HttpResponse:
    _exiger(request.acteur)
    if request.method == "POST":
        service.reprendre(pk=pk, acteur=request.acteur, maintenant=horloge.maintenant())
        return redirect("groupee", pk=pk)
    comptes = {
        "nombre": Count("lignes"),
        "finies": Count("lignes", filter=~Q(lignes__etat=E.A_FAIRE)),
        "refusees": Count("lignes", filter=Q(lignes__etat=E.REFUSEE)),
    }
    action = ActionGroupee.objects.pour(request.acteur).annotate(**comptes).filter(pk=pk).first()
    if action is None:
        raise Introuvable
    page = Paginator(action.lignes.select_related("dossier").order_by("rang"), PAR_PAGE).get_page(
        request.GET.get("page")
    )
    reprises = {x.pk for x in service.a_reprendre(action.lignes.filter(etat__in=(E.A_FAIRE, E.REFUSEE)))}
    finies = action.finies + len(reprises) - action.refusees
    contexte = {
        "action": action,
        "page": page,
        "lignes": [_ligne(x, x.etat == E.A_FAIRE and x.pk in reprises) for x in page],
        "en_cours": finies < action.nombre,
        "a_reprendre": len(reprises) if request.acteur.role in gestes.GESTES[action.genre].roles else 0,
        "fixe": "fixe" in request.GET,
        "fil": _fil(str(action)),
    }
    return render(request, "groupees/action.html", contexte)


def _ligne(x: LigneGroupee, est_arretee: bool) -> dict[str, Any]:
    etat = ("erreur", "Échec technique") if est_arretee else ETATS[E(x.etat)]
    resultat = "L’administration du portail est prévenue." if est_arretee else x.resultat
    return {"rang": x.rang, "dossier": x.dossier, "etat": etat, "resultat": resultat}


def _montrer(request: HttpRequest, champs: QueryDict, refus: ErreurMetier | None = None) -> HttpResponse:
    acteur, maintenant = request.acteur, horloge.maintenant()
    f, insenses = lecture.lire(champs, acteur)
    lus = (
        gestes.siens(acteur, maintenant)
        .filter(pk__in=_cles(f, acteur, maintenant))
        .only("numero", "nom", "statut", "departements")
        .order_by("nom", "pk")
    )
    dossiers = list(lus[: service.MAXIMUM + 1])
    coches = set(request.POST.getlist("dossiers")) if refus else {d.numero for d in dossiers}
    contexte = {
        "refus": refus,
        "refuses": insenses,
        "filtres": lecture.adresse(f),
        "dits": [(lecture.TITRES[nom], mots) for nom, _, mots in lecture.dire(f)],
        "onglet": dict(selectors.ONGLETS)[f.onglet],
        "dossiers": [
            (d.numero, d.nom, f"{LIBELLES[d.statut_effectif]}, {', '.join(d.departements)}", d.numero in coches)
            for d in dossiers[: service.MAXIMUM]
        ],
        "tronque": service.MAXIMUM if len(dossiers) > service.MAXIMUM else 0,
        "genres": [
            (code, mots, aide, code == request.POST.get("genre"))
            for code, mots, aide in (
                *gestes.possibles(acteur),
                (EXPORTER, "Exporter ces dossiers", "Un fichier CSV, XLSX ou ODS de ces dossiers seulement."),
            )
        ],
        "collegues": gestes.collegues(acteur) if acteur.role in ARS else {},
        "utilisateur": request.POST.get("utilisateur", ""),
        "cle": uuid.uuid4(),
        "retour": f"{reverse('dossiers')}?{lecture.adresse(f)}",
        "fil": _fil("Agir sur plusieurs dossiers"),
    }
    return render(request, "groupees/choisir.html", contexte, status=refus.statut_http if refus else 200)


def _cles(f: onglets.Filtres, acteur: Acteur, maintenant: Any) -> list[int]:
    """The keys of the filtered list, a few more than may be acted upon."""
    seuils = seuils_de(acteur, maintenant)
    lus = Dossier.objects.pour(acteur).filter(onglets.expression(f, acteur, seuils))
    return list(
        lus.order_by(*ordre.ordre_de(f, acteur, maintenant)).values_list("pk", flat=True)[: service.MAXIMUM + 50]
    )


def _exporter(numeros: list[str], acteur: Acteur, maintenant: Any) -> HttpResponse:
    dossiers = service.choisis(numeros, acteur, maintenant)
    if len(dossiers) > EXPORTES_MAX:
        texte = f"Au-delà de {EXPORTES_MAX} dossiers choisis, exportez la liste filtrée."
        raise ErreurMetier("dossiers", texte, {"dossiers": texte})
    q = urlencode({"onglet": "tous", "numero": [d.numero for d in dossiers]}, doseq=True)
    return redirect(f"{reverse('export_nouveau', args=['dossiers'])}?{q}")


def _cle(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("cle", ""))
    except ValueError:
        raise ErreurMetier("cle", "Ce formulaire est incomplet. Rechargez la page, puis recommencez.") from None


def _fil(ici: str) -> list[dict[str, str]]:
    return [{"libelle": "Dossiers", "url": reverse("dossiers")}, {"libelle": ici}]
