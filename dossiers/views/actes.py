"""The page of an act: its form, then the act itself. One view for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ess_portal.comptes.reauthentification import a_second_facteur
from ess_portal.documents.donnees import lire
from ess_portal.documents.models import Document
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Interdit, Reauthentification

from .. import actions, faits, grille, presentation
from ..forms.actes import Confirmer, Refuser
from ..lecture_suite import phrase_visa, suite_de
from ..lecture_visas import attend
from ..models import Avis, Dossier, Jugement
from ..regles.criteres import Constat
from ..regles.motifs import MOTIFS
from ..selectors import echeances_de
from ..seuils import seuils_du_dossier
from .communs import cadre, reporter

DECISIONS = ("dossiers/actes/decider.html", "dossiers/actes/refuser.html")
OBJETS_ECRITS = {"lettre": "la lettre d’intention", "projet": "le projet de santé"}
CONSEQUENCES = {
    "lettre": "La validation est notifiée à l’équipe aussitôt. Elle ouvre la signature du contrat de crédit d’amorçage. "
    "Les autres lettres de la même spécialité sur ce territoire seront bloquées sans dérogation.",
    "projet": "La validation est notifiée à l’équipe aussitôt. Elle ouvre le numéro FINESS, le solde du crédit d’amorçage et "
    "le contrat de dotation annuelle.",
}


def _identite(form: forms.Form, avec_code: bool) -> None:
    """Adds the fields that identify again at the act; they are read by `executer`, never stored."""
    form.fields["mot_de_passe"] = forms.CharField(
        label="Votre mot de passe",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        required=False,
    )
    if avec_code:
        form.fields["code"] = forms.CharField(
            label="Code de votre application",
            required=False,
            max_length=8,
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
            help_text="Six chiffres.",
        )
    for nom in form.fields.keys() & {"mot_de_passe", "code"}:
        form.fields[nom].est_attendu = True  # read at the act, which names what lacks


@require_http_methods(["GET", "POST"])
def acte(request: HttpRequest, numero: str, nom: str) -> HttpResponse:
    maintenant = horloge.maintenant()
    action, dossier = actions.preparer(nom, numero=numero, acteur=request.acteur, maintenant=maintenant)
    avec_code = action.reauthentification and a_second_facteur(request.user)
    form = action.formulaire(
        request.POST if request.method == "POST" else None,
        request.FILES or None,
        dossier=dossier,
        acteur=request.acteur,
    )
    if action.reauthentification:
        _identite(form, avec_code)
    if request.method == "POST" and ("relire" in request.POST or "inserer" in request.POST):
        saisie = {nom: request.POST.get(nom, "") for nom in form.fields}
        if isinstance(form, Refuser):
            saisie = form.inserer(request.POST.get("inserer", ""), saisie)
        form = action.formulaire(initial=saisie, dossier=dossier, acteur=request.acteur)
    elif request.method == "POST":
        try:
            lettre = _faire(request, action, dossier, maintenant)
        except Reauthentification as echec:
            form.is_valid()
            reporter(
                form,
                echec if echec.champs else Reauthentification(champs={"mot_de_passe": "Saisissez votre mot de passe."}),
            )
        except ErreurMetier as echec:
            if isinstance(echec, Interdit) or echec.statut_http in (404, 409):
                raise
            if form.is_valid():
                reporter(form, echec)
        else:
            if lettre is not None:
                return _montrer(request, action, dossier, lettre)
            messages.success(request, _fait(action, dossier))
            return redirect("dossier", numero=numero)
    contexte = cadre(request, dossier, "", action.libelle) | _entete(dossier)
    apercu = {"nom": "apercu", "libelle": "Voir la lettre"} if action.a_apercu else None
    contexte |= {"form": form, "action": action, "second": apercu}
    if action.gabarit in DECISIONS:
        contexte |= _decision(request, dossier, action, maintenant)
        if not form.is_bound and isinstance(form, Refuser):
            form.initial = form.proposer(contexte.pop("constats")) | form.initial
    return render(request, action.gabarit, contexte, status=422 if form.errors else 200)


def _fait(action: actions.Action, dossier: Dossier) -> str:
    """What the act has done; a decision that waits for somebody else has not left yet, and it is said."""
    ouvertes = dossier.preparations.filter(close_le__isnull=True) if action.a_apercu else ()
    attente = next((p for p in ouvertes if attend(dossier, p)), None)
    if attente is None:
        return f"{action.libelle}\u00a0: c’est fait."
    if attente.signee_le is None:
        quoi = "La réponse" if attente.recours_id else "La décision"
        return f"{quoi} est préparée. Elle attend le visa d’un signataire\u00a0: d’ici là, elle est sans effet et le délai court."
    if not faits.equipe_joignable(dossier):
        return (
            "Le refus est signé. L’équipe n’a pas encore de compte\u00a0: personne n’est averti par le portail. Il prend effet avec la "
            "présentation d’un pli recommandé, à enregistrer ici\u00a0: d’ici là, le délai court."
        )
    return "Le refus est signé et à la disposition de l’équipe. Il prend effet avec la preuve de sa notification\u00a0: d’ici là, le délai court."


class _Projet(Exception):
    """Carries the letter of an act out of the transaction that it undoes."""

    def __init__(self, donnees: Any) -> None:
        super().__init__()
        self.donnees = donnees


def _faire(request: HttpRequest, action: actions.Action, dossier: Dossier, maintenant: datetime) -> Any:
    """Does the act; asked for its letter only, does it, reads the letter and undoes everything: what is shown is what will be issued,
    and neither number, state nor mail is left behind.
    """
    apercu, donnees = "apercu" in request.POST, request.POST
    if apercu and issubclass(action.formulaire, Confirmer):
        donnees = donnees.copy()
        donnees["confirmation"] = "on"  # one reads before one confirms
    if apercu and not action.a_apercu:
        raise ErreurMetier("apercu", "Cet acte n’émet pas de lettre\u00a0: rien n’a été enregistré.")
    try:
        with transaction.atomic():
            actions.executer(
                action.nom,
                numero=dossier.numero,
                acteur=request.acteur,
                maintenant=maintenant,
                donnees=donnees,
                fichiers=request.FILES,
                utilisateur=request.user,
                complement={"visee": True} if apercu else None,
                identifier=not apercu,  # one reads before one identifies
            )
            if apercu:
                emise = Document.objects.filter(dossier=dossier, type=action.lettre).latest("cree_le")
                raise _Projet(lire(action.lettre, emise.donnees))
    except _Projet as projet:
        return projet.donnees
    return None


def _montrer(request: HttpRequest, action: actions.Action, dossier: Dossier, lettre: Any) -> HttpResponse:
    saisie = [
        (nom, valeur)
        for nom, valeurs in request.POST.lists()
        if nom not in ("csrfmiddlewaretoken", "apercu", "mot_de_passe", "code")
        for valeur in valeurs
    ]
    contexte = cadre(request, dossier, "", action.libelle) | _entete(dossier)
    if issubclass(action.formulaire, Confirmer):
        # The button under the letter is the confirmation.
        saisie = [*(x for x in saisie if x[0] != "confirmation"), ("confirmation", "on")]
    suite = suite_de(action.nom, action.libelle, dossier, request.POST.get("issue", ""))
    if suite.visa:
        lettre = replace(lettre, signataire="Le signataire qui donnera son visa", fonction="")
    return render(
        request,
        "dossiers/actes/apercu.html",
        contexte
        | {
            "action": action,
            "d": lettre,
            "r": lettre.reperes,
            "saisie": saisie,
            "suite": suite,
            "lettre": f"documents/pdf/_{action.lettre}.html",
            "identite": action.reauthentification,
            "a_code": action.reauthentification and a_second_facteur(request.user),
        },
    )


def _entete(dossier: Dossier) -> dict[str, Any]:
    return {"surtitre": dossier.nom, "meta": [f"Dossier n°\u00a0{dossier.numero}", ", ".join(dossier.departements)]}


def _decision(request: HttpRequest, dossier: Dossier, action: actions.Action, maintenant: datetime) -> dict[str, Any]:
    """What whoever decides must have before the eyes: the date, the grid, what blocks, what warns, what follows."""
    jour = horloge.jour_local(maintenant, dossier.fuseau)
    nom = action.nom
    objet = "projet" if nom.endswith("projet") else "lettre"
    constats = grille.constats(dossier, objet, jour)
    jugements = {j.critere: j for j in Jugement.objects.pour(request.acteur).filter(dossier=dossier, objet=objet)}
    validation = "valider_" + objet
    blocages, avertissements = grille.portes(dossier, validation, jour, constats_connus=constats)
    avis = Avis.objects.pour(request.acteur).filter(dossier=dossier, objet=objet).order_by("-version").first()
    rendu = avis is not None and avis.rendu_le is not None
    visa = phrase_visa(dossier, nom, request.acteur, jour)
    return {
        "objet": objet,
        "objet_ecrit": OBJETS_ECRITS[objet],
        "titre_decision": _titre(nom),
        "boite": presentation.boite(dossier, echeances_de(dossier), seuils_du_dossier(dossier, maintenant)),
        "constats": constats,
        "lignes_grille": presentation.lignes_grille(constats, jugements, objet),
        "blocages": blocages,
        "avertissements": avertissements,
        "consequence": CONSEQUENCES[objet].replace("aussitôt", "avec le visa d’un signataire")
        if visa
        else CONSEQUENCES[objet],
        "phrase_visa": visa,
        "bouton": "Préparer pour visa" if visa else action.libelle,
        "texte_barre": f"Rien n’est envoyé à l’équipe avant {'le visa' if visa else 'votre refus'}.",
        "phrase_avis": f"vu l’avis {avis.get_sens_display().lower()} de la caisse" if rendu else "",
        "apercu": _apercu(request, objet),
        "controles": _constats_utiles(c for c in constats if objet == "projet" or c.code != "CRI-6"),
    }


def _titre(nom: str) -> str:
    return "Votre décision" if nom.startswith("valider") else "Refus motivé"


def _apercu(request: HttpRequest, objet: str) -> list[dict[str, str]]:
    """The ticked reasons with their facts, as the letter will word them."""
    return [
        {"libelle": motif.libelle, "faits": request.POST.get(f"faits_{code}", "").strip()}
        for code, motif in MOTIFS[objet].items()
        if request.POST.get(f"motif_{code}")
    ]


def _critere(c: Constat) -> str:
    numero = c.code.removeprefix("CRI-")
    return c.libelle if "-" in numero else f"{numero} – {c.libelle}"


def _constats_utiles(constats: Iterable[Constat]) -> list[dict[str, str]]:
    """What the grid says, worst first: the facts of a refusal are there."""
    etats = {True: "succes", None: "attente", False: "erreur"}
    lignes = [{"etat": etats[c.conforme], "libelle": _critere(c), "detail": c.constat} for c in constats]
    return sorted(lignes, key=lambda x: ("erreur", "attente", "succes").index(x["etat"]))
