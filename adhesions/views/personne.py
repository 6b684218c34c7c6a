"""Requests of a person about their data: what is known, in full, and its erasure where the law lets it."""

from __future__ import annotations

import json
from datetime import date, datetime

from django import forms
from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.views.communs import saisie
from ess_portal.comptes.views.acces import reservee
from ess_portal.documents.entetes import reponse_fichier
from ess_portal.journal.services import consigner
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Introuvable
from ess_portal.socle.typographie import date_fr, instant_fr

from ..selectors.personne import dossier_personnel, lire_rpps
from ..services.effacement import date_possible, effacer_personne, etudier


class Recherche(forms.Form):
    rpps = forms.CharField(
        label="Numéro RPPS",
        max_length=20,
        help_text="Onze chiffres. Vérifiez d’abord l’identité de la personne qui demande.",
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_rpps(self) -> str:
        numero = lire_rpps(self.cleaned_data["rpps"])
        if not numero:
            raise forms.ValidationError("Ce numéro RPPS n’est pas valable\u00a0: vérifiez ses onze chiffres.")
        return numero


class Effacement(forms.Form):
    motif = forms.CharField(
        label="Demande reçue",
        max_length=300,
        help_text="Sa date et son canal, sans nom\u00a0: «\u00a0lettre du 3 mars 2031\u00a0». Cette phrase reste au journal.",
    )
    confirmation = forms.BooleanField(label="Je comprends que l’effacement est définitif")


@require_http_methods(["GET", "HEAD", "POST"])
@reservee()
def chercher(request: HttpRequest) -> HttpResponse:
    formulaire = Recherche(request.POST or None)
    if request.method == "POST" and formulaire.is_valid():
        return redirect("personne", rpps=formulaire.cleaned_data["rpps"])
    statut = 422 if formulaire.is_bound else 200
    return render(request, "administration/personnes.html", {"formulaire": formulaire}, status=statut)


@require_http_methods(["GET", "HEAD", "POST"])
@reservee()
def montrer(request: HttpRequest, rpps: str) -> HttpResponse:
    """What is known and, by dossier, whether it may be erased; POST erases where it may."""
    maintenant, numero = horloge.maintenant(), _numero(rpps)
    formulaire = Effacement(request.POST if request.method == "POST" else None)
    if request.method == "POST" and formulaire.is_valid():
        with saisie(request, formulaire, conflit_ecrit=True):
            sorts = effacer_personne(
                rpps=numero, motif=formulaire.cleaned_data["motif"], acteur=request.acteur, maintenant=maintenant
            )
            faits = sum(s.reponse.possible for s in sorts)
            messages.success(
                request, f"Effacée dans {faits} dossier(s) sur {len(sorts)}. La réponse est au journal de chacun."
            )
            return redirect("personnes")
    sorts = etudier(numero, acteur=request.acteur, maintenant=maintenant)
    possible_le = date_possible(sorts)
    contexte = {
        "rpps": numero,
        "donnees": _etages(dossier_personnel(numero, acteur=request.acteur, maintenant=maintenant)),
        "sorts": sorts,
        "effacable": any(s.reponse.possible for s in sorts),
        "possible_le": date_fr(possible_le) if possible_le else "",
        "formulaire": formulaire,
    }
    return render(request, "administration/personne.html", contexte, status=422 if formulaire.errors else 200)


@require_safe
@reservee()
def exporter(request: HttpRequest, rpps: str) -> HttpResponse:
    """The answer to an access request, as a file that programs read; who answered is written down."""
    maintenant, numero = horloge.maintenant(), _numero(rpps)
    donnees = dossier_personnel(numero, acteur=request.acteur, maintenant=maintenant)
    consigner(
        type="repondre_acces",
        acteur=request.acteur,
        maintenant=maintenant,
        donnees={"adhesions": [a["numéro"] for a in donnees["adhésions"]]},
    )
    texte = json.dumps(donnees, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    return reponse_fichier(texte.encode(), nom=f"Données personnelles {numero}.json", type_mime="application/json")


def _numero(rpps: str) -> str:
    numero = lire_rpps(rpps)
    if not numero:
        raise Introuvable
    return numero


# The columns of the base, as a person reads them; a name that is not here is already in words.
MOTS = {
    "rpps": "Numéro RPPS", "civilite": "Civilité", "prenom": "Prénom", "specialite_id": "Spécialité", "specialites": "Spécialités",
    "mode": "Mode d’exercice", "departements": "Départements", "lieux": "Lieux d’exercice", "etat": "État", "moyen": "Moyen de signature",
    "a_avis_ponctuel": "Engagement, avis ponctuels", "a_second_recours": "Engagement, second recours",
    "a_consultations_avancees": "Consultations avancées", "signee_le": "Signée le", "signature_le": "Instant de la signature en ligne",
    "sortie_le": "Dernier jour", "motif_sortie": "Motif de la sortie", "signature_annoncee_le": "Signature annoncée le",
    "invitee_le": "Dernière invitation", "saisie_le": "Saisie le", "cree_le": "Créé le", "expire_le": "Expire le", "utilise_le": "Utilisé le",
    "annule_le": "Annulé le", "valide_du": "Vrai du", "valide_au": "Vrai jusqu’au", "connu_du": "Su depuis", "connu_jusqua": "Su jusqu’à",
    "enregistre_le": "Enregistré le", "auteur_nom": "Auteur", "champs": "Informations changées", "absente_le": "Absente de l’annuaire depuis",
}  # fmt: skip


def _etages(valeur: dict[str, object] | list[object]) -> list[dict[str, object]]:
    """The same data as lines to read: the words, and a text or lines of their own."""
    paires = valeur.items() if isinstance(valeur, dict) else enumerate(valeur, 1)
    return [_ligne(MOTS.get(str(nom), str(nom).capitalize()), v) for nom, v in paires]


def _ligne(nom: str, valeur: object) -> dict[str, object]:
    if isinstance(valeur, dict) or (isinstance(valeur, list) and any(isinstance(v, dict) for v in valeur)):
        return {"nom": nom, "texte": "", "lignes": _etages(valeur)}
    return {"nom": nom, "texte": _texte(valeur) or "aucun", "lignes": []}


def _texte(valeur: object) -> str:
    if isinstance(valeur, (list, tuple)):
        return ", ".join(map(str, valeur))
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    if isinstance(valeur, datetime):
        return instant_fr(valeur)
    if isinstance(valeur, date):
        return date_fr(valeur)
    return "" if valeur is None else str(valeur)
