"""Messages, documents, journal and judgements of a dossier."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ess_portal.documents.models import Document, Piece
from ess_portal.journal.models import Evenement
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Introuvable
from ess_portal.socle.typographie import date_fr

from .. import dates
from ..lecture_journal import journal_de
from ..lecture_notifications import notifications
from ..libelles import evenement
from ..models import Message
from ..services import echanges
from .communs import cadre, dossier_ou_404, saisie


class NouveauMessage(forms.Form):
    texte = forms.CharField(
        label="Votre message",
        max_length=10000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Écrivez un message."},
    )


@require_http_methods(["GET", "POST"])
def fil_messages(request: HttpRequest, numero: str, fil: str = "partage") -> HttpResponse:
    dossier = dossier_ou_404(request, numero)
    if fil not in Message.Fil.values or (fil == Message.Fil.PRIVE and request.acteur.est_porteur):
        raise Introuvable
    form = NouveauMessage(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        with saisie(request, form):
            echanges.ecrire_message(
                numero=numero,
                texte=form.cleaned_data["texte"],
                fil=fil,
                acteur=request.acteur,
                maintenant=horloge.maintenant(),
            )
            return redirect(request.path)
    lignes = [
        {
            "auteur": m.auteur_nom,
            "organisation": m.organisation.nom,
            "quand": m.ecrit_le,
            "texte": m.texte,
            "soi": m.organisation_id == request.acteur.organisation_id,
            "non_lu": request.acteur.organisation_id not in m.lu_par,
        }
        for m in Message.objects.pour(request.acteur)
        .filter(dossier=dossier, fil=fil)
        .select_related("organisation")
        .order_by("ecrit_le", "pk")
    ]
    if request.method == "GET" and not request.acteur.role.startswith("admin"):
        echanges.marquer_lus(dossier, request.acteur)
    onglets = [
        {"libelle": "Avec l’équipe", "url": reverse("messages", args=[numero]), "actif": fil == Message.Fil.PARTAGE},
        {
            "libelle": "Entre l’ARS et la caisse",
            "url": reverse("messages_fil", args=[numero, Message.Fil.PRIVE]),
            "actif": fil == Message.Fil.PRIVE,
        },
    ]
    contexte = {
        "form": form,
        "lignes": lignes,
        "fil_lu": fil,
        "onglets": [] if request.acteur.est_porteur else onglets,
        "peut_ecrire": not request.acteur.role.startswith("admin"),
    }
    return render(
        request,
        "dossiers/messages.html",
        cadre(request, dossier, "messages", "Messages") | contexte,
        status=422 if form.errors else 200,
    )


@require_GET
def documents(request: HttpRequest, numero: str) -> HttpResponse:
    dossier = dossier_ou_404(request, numero)
    emis = list(
        Document.objects.pour(request.acteur).filter(dossier=dossier).defer("donnees", "octets").order_by("-cree_le")
    )
    jour = horloge.jour_local(horloge.maintenant(), dossier.fuseau)
    return render(
        request,
        "dossiers/documents.html",
        cadre(request, dossier, "documents", "Documents")
        | {
            "documents": emis,
            "notifications": [] if request.acteur.est_porteur else notifications(dossier, emis, jour),
            "pieces": Piece.objects.pour(request.acteur)
            .filter(dossier=dossier)
            .exclude(etat=Piece.Etat.REFUSE)
            .select_related("organisation")
            .order_by("-depose_le"),
        },
    )


@require_GET
def journal(request: HttpRequest, numero: str) -> HttpResponse:
    dossier = dossier_ou_404(request, numero)
    lignes = journal_de(dossier, request.acteur)
    numero_page = request.GET.get("page", "1")
    page = Paginator(lignes, 50).get_page(numero_page if numero_page.isdigit() and len(numero_page) < 6 else 1)
    rangs = dates.rangs(dossier)
    evenements = [
        {
            "quand": e.legal_le,
            "titre": evenement(e.type),
            "auteur": e.acteur_nom,
            "detail": _detail(e, dossier.fuseau),
            "recent": False,
            "url": dates.adresse_d_evenement(numero, e.donnees, rangs),
            "lien": "Pourquoi cette date\u00a0?",
        }
        for e in page.object_list
    ]
    return render(
        request,
        "dossiers/journal.html",
        cadre(request, dossier, "journal", "Journal") | {"evenements": evenements, "page": page},
    )


def _detail(e: Evenement, fuseau: str) -> str:
    d = e.donnees
    morceaux = [
        str(d[c]) for c in ("motif", "motivation", "commentaire", "message") if d.get(c) and isinstance(d[c], str)
    ]
    if e.enregistre_le != e.legal_le:
        par_le_temps = "Acquis par l’effet du temps, inscrit ensuite par le portail."
        inscrit = f"Inscrit dans le portail le {date_fr(horloge.jour_local(e.enregistre_le, fuseau))}."
        morceaux.append(inscrit if e.acteur_id else par_le_temps)
    return " ".join(morceaux)[:600]


@require_POST
def juger(request: HttpRequest, numero: str) -> HttpResponse:
    """One judgement of the grid; comes back to the row."""
    p = request.POST
    try:
        echanges.juger(
            numero=numero,
            objet=p.get("objet", "")[:8],
            critere=p.get("critere", "")[:8],
            avis=p.get("avis", "")[:16],
            motif=p.get("motif", "")[:4000],
            acteur=request.acteur,
            maintenant=horloge.maintenant(),
        )
    except ErreurMetier as echec:
        if echec.statut_http != 422:
            raise
        messages.error(request, echec.message)
    suite = p.get("suite", "")
    return redirect(
        suite
        if url_has_allowed_host_and_scheme(suite, allowed_hosts={request.get_host()})
        else f"/dossiers/{numero}/#criteres"
    )
