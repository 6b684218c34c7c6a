"""Exports: asked for from a list, followed on a page that reloads by itself, downloaded there."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ess_portal.documents.entetes import entetes
from ess_portal.journal.models import Envoi
from ess_portal.socle import horloge, tableur
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import instant_fr

from ..exports import fichiers, registre, service
from ..models import Export

PAR_PAGE = 50
E = Export.Etat
ETATS = {E.DEMANDE: "attente", E.PRET: "succes", E.REFUSE: "erreur", E.EFFACE: "neutre"}


@require_safe
def liste(request: HttpRequest) -> HttpResponse:
    siens = Export.objects.pour(request.acteur).defer("dossiers").order_by("-demande_le", "pk")
    page = Paginator(siens, PAR_PAGE).get_page(request.GET.get("page"))
    contexte = {
        "page": page,
        "lignes": [_lue(x, request) for x in page],
        "listes": [(x.titre, reverse("export_nouveau", args=[x.code])) for x in registre.listes(request.acteur)],
    }
    return render(request, "exports/liste.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
def nouveau(request: HttpRequest, liste: str) -> HttpResponse:
    """The filters come with the address of the list; the columns and the format are chosen here."""
    acteur, erreur = request.acteur, None
    decrite = registre.liste(liste, acteur)
    champs = QueryDict(request.POST.get("filtres", "")) if request.method == "POST" else request.GET
    colonnes = request.POST.getlist("colonnes") if request.method == "POST" else [c.code for c in decrite.colonnes]
    filtres: dict[str, list[str]] = {}
    try:
        filtres = decrite.geler(champs, acteur)
        if request.method == "POST":
            if not colonnes:
                texte = "Choisissez au moins une colonne."
                raise ErreurMetier("colonnes", texte, {"colonnes": texte})
            export = service.demander(
                liste=liste, champs=champs, colonnes=colonnes, format_=request.POST.get("format", ""), cle=_cle(request), acteur=acteur,
                maintenant=horloge.maintenant(),
            )  # fmt: skip
            return redirect("export", export_id=export.pk)
    except (Interdit, Introuvable):
        raise
    except ErreurMetier as refus:
        request.annuler, erreur = True, refus
    contexte = {
        "liste": decrite,
        "titre": f"Exporter\u00a0: {decrite.titre.lower()}",
        "dits": decrite.dire(filtres, acteur) if filtres else [],
        "filtres": _adresse(filtres),
        "colonnes": [(c.code, c.titre, c.code in colonnes) for c in decrite.colonnes],
        "formats": [
            (code, mots, code == (request.POST.get("format") or Export.Format.XLSX))
            for code, mots in Export.Format.choices
        ],
        "cle": request.POST.get("cle") or uuid.uuid4(),
        "erreur": erreur,
        "retour": f"{decrite.retour()}{'?' + _adresse(filtres) if filtres else ''}",
        "fil": _fil(f"Exporter\u00a0: {decrite.titre.lower()}"),
        "jours": service.CONSERVATION.days,
    }
    return render(request, "exports/nouveau.html", contexte, status=erreur.statut_http if erreur else 200)


@require_safe
def export(request: HttpRequest, export_id: uuid.UUID) -> HttpResponse:
    return _montrer(request, service.lire(export_id, request.acteur))


def _montrer(request: HttpRequest, lu: Export, erreur: ErreurMetier | None = None) -> HttpResponse:
    decrite = registre.LISTES.get(lu.liste)
    titre = f"Export\u00a0: {decrite.titre.lower() if decrite else lu.liste}"
    en_cours = lu.etat == E.DEMANDE
    arrete = en_cours and Envoi.objects.filter(cle=f"export:{lu.pk}", statut=Envoi.Statut.REBUT).exists()
    contexte = {
        "titre": titre,
        "lu": _lue(lu, request),
        "dits": decrite.dire(lu.filtres, request.acteur) if decrite else [],
        "en_cours": en_cours and not arrete,
        "arrete": arrete,
        "avancement": fichiers.avancement(lu.pk) if en_cours else None,
        "pret": lu.etat == E.PRET,
        "fixe": "fixe" in request.GET,
        "erreur": erreur,
        "fil": _fil(titre),
    }
    return render(request, "exports/export.html", contexte, status=erreur.statut_http if erreur else 200)


@require_safe
def fichier(request: HttpRequest, export_id: uuid.UUID) -> HttpResponse:
    """The file itself, its reader judged again. Opened before the answer leaves: what is streamed is the disk's, not the base's."""
    lu, maintenant = service.lire(export_id, request.acteur), horloge.maintenant()
    try:
        chemin = service.ouvrir(export=lu, acteur=request.acteur, maintenant=maintenant)
    except Conflit as refus:
        request.annuler = True
        return _montrer(request, lu, refus)
    titre = registre.LISTES[lu.liste].titre
    nom = f"{titre} {jour_local(lu.lu_au or maintenant, 'Europe/Paris'):%Y-%m-%d}.{lu.format}"
    reponse = FileResponse(chemin.open("rb"), content_type=tableur.TYPES[lu.format])
    for champ, valeur in entetes(nom).items():  # after its own: they would show the opaque name
        reponse[champ] = valeur
    return reponse


@require_POST
def refaire(request: HttpRequest, export_id: uuid.UUID) -> HttpResponse:
    neuf = service.refaire(export_id=export_id, acteur=request.acteur, maintenant=horloge.maintenant())
    return redirect("export", export_id=neuf.pk)


def _lue(x: Export, request: HttpRequest) -> dict[str, Any]:
    """A row as pages show it."""
    decrite = registre.LISTES.get(x.liste)
    echu = x.etat == E.PRET and x.expire_le is not None and x.expire_le <= horloge.maintenant()
    etat = E.EFFACE if echu else E(x.etat)
    return {
        "pk": x.pk,
        "titre": decrite.titre if decrite else x.liste,
        "format": x.get_format_display(),
        "etat": (ETATS[etat], etat.label),
        "motif": x.motif,
        "lignes": x.lignes,
        "taille": x.taille,
        "demande_le": instant_fr(x.demande_le),
        "lu_au": instant_fr(x.lu_au) if x.lu_au else "",
        "expire_le": instant_fr(x.expire_le) if x.expire_le else "",
        "est_pret": etat == E.PRET,
    }


def _cle(request: HttpRequest) -> uuid.UUID:
    try:
        return uuid.UUID(request.POST.get("cle", ""))
    except ValueError:
        raise ErreurMetier("cle", "Ce formulaire est incomplet. Rechargez la page, puis recommencez.") from None


def _adresse(filtres: dict[str, list[str]]) -> str:
    q = QueryDict(mutable=True)
    for nom, valeurs in filtres.items():
        q.setlist(nom, valeurs)
    return q.urlencode()


def _fil(ici: str) -> list[dict[str, str]]:
    return [{"libelle": "Mes exports", "url": reverse("exports")}, {"libelle": ici}]
