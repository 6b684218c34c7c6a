"""Pages of the contracts: what the three parties read, sign and keep."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dossiers.actions import disponibles
from dossiers.models import Dossier
from dossiers.views.communs import cadre, fil
from ess_portal.comptes.reauthentification import a_second_facteur
from ess_portal.documents.entetes import reponse_fichier
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Introuvable

from ..forms.contrats import JourDuTexte
from ..models import Contrat
from ..selectors import argent
from ..selectors import contrat as page
from ..selectors.consolide import avenants, est_sur_papier
from ..selectors.demande_avenant import demande_avenant
from ..services.delegations import peut_deleguer
from ..services.preuves import demander_preuves, remettre
from .commun import lien_action, lire_dossier, reponse_word, tenter

PROPOSITIONS = (
    "proposer_contrat_amorcage",
    "proposer_contrat_dotation",
    "demander_avenant",
    "repondre_demande_avenant",
    "completer_demande_avenant",
    "proposer_avenant",
    "noter_rencontre",
)
SIGNATURES = ("signer_amorcage", "signer_dotation", "renouveler_dotation", "signer_avenant", "signer_par_delegation")


@require_safe
def liste(request: HttpRequest, numero: str) -> HttpResponse:
    dossier = lire_dossier(request, numero)
    actions = [a for a in disponibles(dossier, request.acteur) if a.nom in PROPOSITIONS]
    if not page.est_renouvelable(dossier):
        actions = [a for a in actions if a.nom != "proposer_contrat_dotation"]
    return render(
        request,
        "financement/contrats.html",
        {
            **cadre(request, dossier, "contrats_dossier", "Contrats"),
            "contrats": page.lignes(dossier),
            "rencontres": page.rencontres(dossier),
            "demande": demande_avenant(dossier, horloge.maintenant()),
            "actions": [{"libelle": a.libelle, "aide": a.aide, "url": lien_action(dossier, a.nom)} for a in actions],
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def contrat(request: HttpRequest, numero: str, pk: int) -> HttpResponse:
    dossier = lire_dossier(request, numero)
    ligne = next((c for c in argent(dossier).contrats if c.pk == pk), None)
    if ligne is None:
        raise Introuvable
    ligne.dossier = dossier
    possibles = {a.nom: a for a in disponibles(dossier, request.acteur)}
    acte = next((nom for nom in SIGNATURES if nom in possibles), None) if ligne.statut == "propose" else None
    erreur = None
    if request.method == "POST" and "signataire" in request.POST:
        erreur = tenter(request, dossier, "designer_signataire", request.POST)
        if erreur is None:
            messages.success(request, "Le signataire est désigné.")
            return redirect("contrat", numero=numero, pk=pk)
    elif request.method == "POST":
        acte_demande = acte or ligne.transition
        if not request.POST.get("lu"):
            texte = "Cochez la case pour signer\u00a0: elle dit que vous avez lu le contrat."
            erreur = ErreurMetier("contenu", texte, {"lu": texte})
        else:
            erreur = tenter(request, dossier, acte_demande, request.POST)
        if erreur is None:
            messages.success(request, "Votre signature est enregistrée.")
            return redirect("contrat", numero=numero, pk=pk)
    return render(
        request,
        "financement/contrat.html",
        {
            "dossier": dossier,
            "contrat": ligne,
            **page.contexte(dossier, ligne, request.acteur),
            "acte": possibles.get(acte) if acte else None,
            "designation": _designation(request, dossier, ligne, possibles),
            "formulaire": possibles[acte].formulaire(dossier=dossier, acteur=request.acteur) if acte else None,
            "a_code": a_second_facteur(request.user),
            "erreur": erreur,
            "lien_delegation": reverse("delegations") if peut_deleguer(request.acteur) else "",
            "exemplaires": ligne.exemplaires.select_related("piece") if ligne.statut == "propose" else (),
            "lien_exemplaire": lien_action(dossier, "deposer_exemplaire") if "deposer_exemplaire" in possibles else "",
            "lien_comparer": lien_action(dossier, "juger_exemplaire") if "juger_exemplaire" in possibles else "",
            "lien_refus": lien_action(dossier, "refuser_contrat") if "refuser_contrat" in possibles else "",
            "fil": _fil(request, dossier, f"Version {ligne.version}"),
        },
        status=422 if erreur else 200,
    )


def _designation(request: HttpRequest, dossier: Dossier, ligne: Contrat, possibles: dict) -> dict[str, Any] | None:
    """The choice of who signs for one's party; `reprendre`: this person may sign, and somebody else is named."""
    if ligne.statut != Contrat.Statut.PROPOSE or "designer_signataire" not in possibles:
        return None
    form = possibles["designer_signataire"].formulaire(dossier=dossier, acteur=request.acteur)
    moi, designe = request.acteur.utilisateur_id, form["attendu"].initial
    personnes = dict(form.fields["signataire"].choices)
    return {
        "form": form,
        "designe": designe,
        "autres": [(u, nom) for u, nom in personnes.items() if u not in (designe, moi)],
        "reprendre": moi if moi in personnes and designe != moi else None,
        "a_designer": designe not in personnes,
    }


@require_safe
def preuves(request: HttpRequest, numero: str, pk: int) -> HttpResponse:
    """The evidence file of one version."""
    dossier = lire_dossier(request, numero)
    ligne = Contrat.objects.filter(dossier=dossier, pk=pk).select_related("document").first()
    if ligne is None:
        raise Introuvable
    octets = remettre(dossier=dossier, contrat=ligne, acteur=request.acteur, maintenant=horloge.maintenant())
    nom = f"Preuves {dossier.numero} {ligne.intitule} v{ligne.version}.json"
    return reponse_fichier(octets, nom=nom, type_mime="application/json")


@require_POST
def preuves_pdf(request: HttpRequest, numero: str, pk: int) -> HttpResponse:
    """Asks for the same proofs as a document of the dossier, and leads to it."""
    dossier = lire_dossier(request, numero)
    ligne = Contrat.objects.filter(dossier=dossier, pk=pk).select_related("document").first()
    if ligne is None:
        raise Introuvable
    document = demander_preuves(dossier=dossier, contrat=ligne, acteur=request.acteur, maintenant=horloge.maintenant())
    return redirect("document", document_id=document.pk)


@require_safe
def word(request: HttpRequest, numero: str, pk: int) -> HttpResponse:
    """The draft in signature, as the parties pass it round; a contract that is signed is read in its PDF alone."""
    dossier = lire_dossier(request, numero)
    ligne = argent(dossier).propose
    if ligne is None or ligne.pk != pk:
        raise Introuvable
    return reponse_word(
        page.imprimable(ligne), ligne.intitule, f"projet-{ligne.type}-{dossier.numero}-version-{ligne.version}"
    )


@require_safe
def consolide(request: HttpRequest, numero: str, pk: int) -> HttpResponse:
    """The contract as it stands on a day (`au`, AAAA-MM-JJ), today without one."""
    dossier = lire_dossier(request, numero)
    ligne = next((c for c in argent(dossier).contrats if c.pk == pk), None)
    if ligne is None or ligne.est_avenant or ligne.signe_le is None:
        raise Introuvable
    if est_sur_papier(ligne) and not avenants(dossier, ligne):
        raise Introuvable
    ligne.dossier = dossier
    form = JourDuTexte(request.GET or None, initial={"au": horloge.aujourdhui(dossier.fuseau)})
    au = form.cleaned_data["au"] if form.is_valid() else horloge.aujourdhui(dossier.fuseau)
    return render(
        request,
        "financement/contrat_consolide.html",
        {
            **cadre(request, dossier, "contrats_dossier", "Contrats"),
            "contrat": ligne,
            "form": form,
            **page.consolidation(dossier, ligne, au),
            "fil": _fil(request, dossier, "Version consolidée"),
        },
        status=422 if form.errors else 200,
    )


def _fil(request: HttpRequest, dossier: Dossier, ici: str) -> list[dict[str, str]]:
    contrats = {"libelle": "Contrats", "url": reverse("contrats_dossier", args=[dossier.numero])}
    return [*fil(dossier, request.acteur, "Contrats")[:-1], contrats, {"libelle": ici}]
