"""The list of adhérents, and the act pages of one of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.actions import executer, preparer
from dossiers.models import Dossier
from dossiers.views.communs import cadre, reporter
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Interdit, Introuvable

from .. import selectors
from ..annuaire import avertissement
from ..models import Adhesion
from ..services import histoire
from .proposition import Proposition, proposer

# What the address calls an act, its name in the registry, the button, what is said once it is done.
ACTES = {
    "lien": ("envoyer_lien_adhesion", "Envoyer le lien", "Le lien de signature est envoyé."),
    "annulation": ("annuler_invitation", "Annuler l’invitation", "L’invitation est annulée."),
    "formulaire": ("deposer_formulaire_adhesion", "Déposer le formulaire signé", "L’adhésion est enregistrée."),
    "sortie": ("sortir_adherent", "Enregistrer la sortie", "La sortie est enregistrée."),
    "correction": ("corriger_adhesion", "Enregistrer la correction", "La correction est enregistrée."),
    "changement": ("changer_exercice", "Enregistrer le changement", "Le changement est enregistré à sa date."),
    "retrait": ("retirer_adhesion", "Retirer cette adhésion", "L’adhésion est retirée."),
}


@require_safe
def lister(request: HttpRequest, numero: str) -> HttpResponse:
    page = selectors.page_adherents(numero, acteur=request.acteur, maintenant=horloge.maintenant(), champs=request.GET)
    return render(request, "adhesions/liste.html", page | cadre_adherents(request, page["dossier"]))


def cadre_adherents(request: HttpRequest, dossier: Dossier, titre: str = "") -> dict[str, Any]:
    """The dossier's frame, one level deeper for the act pages."""
    contexte = cadre(request, dossier, "adherents", "Adhérents")
    if titre:
        contexte["fil"][-1]["url"] = reverse("adherents", args=[dossier.numero])
        contexte["fil"].append({"libelle": titre})
        contexte["titre_page"] = titre
    return contexte


@require_http_methods(["GET", "HEAD", "POST"])
def ajouter(request: HttpRequest, numero: str) -> HttpResponse:
    return _page(request, numero, "ajouter_adherent", "Ajouter l’adhérent", "L’adhérent est ajouté.", None)


@require_http_methods(["GET", "HEAD", "POST"])
def agir(request: HttpRequest, numero: str, adhesion: int, acte: str) -> HttpResponse:
    if acte not in ACTES:
        raise Introuvable
    ligne = (
        Adhesion.objects.pour(request.acteur)
        .filter(dossier__numero=numero, pk=adhesion)
        .select_related("specialite")
        .first()
    )
    if ligne is None:
        raise Introuvable
    nom, bouton, fait = ACTES[acte]
    return _page(request, numero, nom, bouton, fait, ligne)


def _page(request: HttpRequest, numero: str, nom: str, bouton: str, fait: str, ligne: Adhesion | None) -> HttpResponse:
    maintenant = horloge.maintenant()
    action, dossier = preparer(nom, numero=numero, acteur=request.acteur, maintenant=maintenant)
    statut = 200
    if request.method == "POST":
        donnees = request.POST.copy()
        if ligne is not None:
            donnees["adhesion"] = str(ligne.pk)
        try:
            executer(
                nom,
                numero=numero,
                acteur=request.acteur,
                maintenant=maintenant,
                donnees=donnees,
                fichiers=request.FILES,
                utilisateur=request.user,
            )
        except (Introuvable, Interdit):
            raise
        except ErreurMetier as refus:
            request.annuler, statut = True, refus.statut_http
            formulaire = action.formulaire(donnees, request.FILES, dossier=dossier, acteur=request.acteur)
            if formulaire.is_valid():
                reporter(formulaire, refus)
        else:
            messages.success(request, fait)
            if ligne is None and (objection := avertissement(donnees.get("rpps", ""), donnees.get("nom", ""))):
                messages.warning(request, objection)
            if ligne is not None and nom != "annuler_invitation":
                return redirect("adherent", numero=numero, adhesion=ligne.pk)
            return redirect("adherents", numero=numero)
    proposition = (
        proposer(request, dossier) if ligne is None else Proposition(_initial(ligne, request.GET.get("periode", "")))
    )
    if request.method != "POST":
        formulaire = action.formulaire(initial=proposition.initial, dossier=dossier, acteur=request.acteur)
    if ligne is not None:
        for champ in {"adhesion", "periode"} & set(formulaire.fields):
            formulaire.fields[champ].widget = forms.HiddenInput()
        for champ in _sans_objet(ligne):
            formulaire.fields.pop(champ, None)
    contexte = {
        "dossier": dossier,
        "adhesion": ligne,
        "action": action,
        "formulaire": formulaire,
        "bouton": bouton,
        "paires": selectors.identite(ligne) if ligne else (),
        "retour": reverse("adherents", args=[numero]),
    }
    gabarit = "adhesions/acte.html" if ligne else "adhesions/ajouter.html"
    contexte |= proposition.contexte | cadre_adherents(request, dossier, action.libelle)
    return render(request, gabarit, contexte, status=statut)


def _sans_objet(ligne: Adhesion) -> list[str]:
    """Fields of a correction that this adhésion cannot take."""
    champs = [] if ligne.moyen == Adhesion.Moyen.FORMULAIRE else ["signee_le"]
    return champs if ligne.etat == Adhesion.Etat.SORTIE else [*champs, "sortie_le", "sans_sortie"]


def _initial(ligne: Adhesion, periode: str) -> dict[str, Any]:
    """What is known of the person, and the practice of one period: the one that begins on this day, else the last."""
    champs = ("titre", "nom", "prenom", "courriel", "mode", "departements", "lieux", "signee_le", "sortie_le")
    initial = {nom: getattr(ligne, nom) for nom in champs} | {"adhesion": ligne.pk, "specialite": ligne.specialite_id}
    tranche = next((t for t in histoire.lire(ligne) if t.du.isoformat() == periode), None)
    if tranche is not None:
        e = tranche.exercice
        initial |= {
            "periode": tranche.du,
            "specialite": e.specialite,
            "mode": e.mode,
            "departements": list(e.departements),
        }
    # A change on a day starts from nothing; a form handed in may have been announced by a list.
    return initial | {"date_signature": ligne.signature_annoncee_le}
