"""Pages of the batches of payments: the list and what may be gathered, one batch, its files, the account of the caisse."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from dossiers.views.communs import saisie
from ess_portal.comptes.reauthentification import a_second_facteur, verifier_identite
from ess_portal.comptes.roles import CAISSE, Role
from ess_portal.documents.entetes import reponse_fichier
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import Conflit, ErreurMetier, Interdit, Introuvable, Reauthentification

from ..banque import compte as comptes
from ..banque import fichiers
from ..banque import lots as services
from ..forms.banque import AnnulationLot, CompteDeLaCaisse, Lot
from ..models import FichierLot
from ..selectors import banque as lecture

FAITS = {
    "valider": "Le lot est validé. Ses fichiers sont prêts\u00a0; le bordereau est en préparation.",
    "retirer": "Le versement est sorti du lot.",
    "annuler": "Le lot est annulé. Ses versements peuvent entrer dans un autre lot.",
}


def exiger(request: HttpRequest) -> None:
    if request.acteur is None or request.acteur.role not in CAISSE:
        raise Interdit


@require_http_methods(["GET", "HEAD", "POST"])
def liste(request: HttpRequest) -> HttpResponse:
    exiger(request)
    a_payer = list(services.payables(request.acteur))
    form = Lot(request.POST or None, payables=a_payer)
    if request.method == "POST" and form.is_valid():
        with saisie(request, form, conflit_ecrit=True):
            lot = services.preparer(**form.cleaned_data, acteur=request.acteur, maintenant=horloge.maintenant())
            messages.success(request, f"Le lot {lot.numero} est préparé. Une autre personne de la caisse le valide.")
            return redirect("lot", numero=lot.numero)
    return render(
        request,
        "financement/lots.html",
        {
            "page": lecture.lots(request.acteur, request.GET.get("page", "")),
            "form": form,
            "a_payer": a_payer,
            "compte": comptes.courant(request.acteur),
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def lot(request: HttpRequest, numero: str) -> HttpResponse:
    exiger(request)
    lu = lecture.un_lot(request.acteur, numero)
    form = AnnulationLot(
        request.POST if request.POST.get("acte") == "annuler" else None, est_valide=lu["lot"].statut == "valide"
    )
    erreur: ErreurMetier | None = None
    if request.method == "POST":
        try:
            _agir(request, numero, request.POST.get("acte", ""))
        except Conflit:
            raise
        except ErreurMetier as refus:
            if refus.statut_http != 422 and not isinstance(refus, Reauthentification):
                raise
            request.annuler = True
            erreur = refus
        else:
            messages.success(request, FAITS[request.POST["acte"]])
            return redirect("lot", numero=numero)
    l_ = lu["lot"]
    est_un_autre = request.acteur.role == Role.CAISSE_ORDONNATEUR and l_.prepare_par_id != request.acteur.utilisateur_id
    return render(
        request,
        "financement/lot.html",
        {
            **lu,
            "form": form,
            "erreur": erreur,
            "empreinte": services.empreinte(l_),
            "a_prepare": l_.prepare_par_id == request.acteur.utilisateur_id,
            "peut_valider": l_.statut == "prepare" and request.acteur.role == Role.CAISSE_ORDONNATEUR,
            "peut_annuler": l_.statut == "prepare" or (l_.statut == "valide" and not lu["payes"] and est_un_autre),
            "annule_autre": l_.statut == "valide" and not lu["payes"] and not est_un_autre,
            "peut_retirer": l_.statut == "prepare" and l_.nombre > 1,
            "compte": comptes.courant(request.acteur),
            "a_code": a_second_facteur(request.user),
            "bordereau_attendu": l_.statut == "valide" and len(lu["fichiers"]) < len(FichierLot.Type),
        },
        status=422 if erreur else 200,
    )


def _agir(request: HttpRequest, numero: str, acte: str) -> None:
    commun = {"numero": numero, "acteur": request.acteur, "maintenant": horloge.maintenant()}
    if acte == "valider":
        verifier_identite(request.user, request.POST.get("mot_de_passe", ""), request.POST.get("code", ""))
        services.valider(lu=request.POST.get("lu", ""), **commun)
    elif acte == "retirer":
        services.retirer(versement=request.POST.get("versement", ""), **commun)
    elif acte == "annuler":
        services.annuler(motif=request.POST.get("motif", ""), non_execute="non_execute" in request.POST, **commun)
    else:
        raise Interdit


@require_safe
def fichier(request: HttpRequest, numero: str, nom: str) -> HttpResponse:
    """The frozen bytes. An order that should no longer leave, an account having changed since, is not given to be sent."""
    exiger(request)
    lu = lecture.un_lot(request.acteur, numero)
    type_ = next((t for t, n in fichiers.NOMS.items() if n == nom), None)
    garde = FichierLot.objects.pour(request.acteur).filter(lot=lu["lot"], type=type_).first()
    if garde is None:
        raise Introuvable
    if type_ != FichierLot.Type.BORDEREAU and lu["ecarts"] and lu["lot"].statut == "valide":
        nommes = " ".join(f"{x.reference} ({x.equipe})\u00a0: {motif}." for x, motif in lu["ecarts"])
        raise Conflit(
            "lot_a_annuler", f"Cet ordre ne doit plus partir. {nommes} Annulez le lot, puis préparez-en un autre."
        )
    return reponse_fichier(bytes(garde.octets), nom=f"{numero}-{nom}", type_mime=fichiers.TYPES_MIME[garde.type])


@require_http_methods(["GET", "HEAD", "POST"])
def compte(request: HttpRequest) -> HttpResponse:
    """The account of the caisse: typed by one, confirmed by another."""
    exiger(request)
    confirme = request.POST.get("acte") == "confirmer"
    form = CompteDeLaCaisse(request.POST if request.method == "POST" and not confirme else None)
    erreur: ErreurMetier | None = None
    maintenant = horloge.maintenant()
    if confirme:
        try:
            verifier_identite(request.user, request.POST.get("mot_de_passe", ""), request.POST.get("code", ""))
            comptes.confirmer(acteur=request.acteur, maintenant=maintenant)
        except Reauthentification as refus:
            request.annuler = True
            erreur = refus
        else:
            messages.success(request, "Le compte de la caisse est confirmé.")
            return redirect("lots_compte")
    elif request.method == "POST" and form.is_valid():
        with saisie(request, form, conflit_ecrit=True):
            comptes.enregistrer(**form.cleaned_data, acteur=request.acteur, maintenant=maintenant)
            messages.success(request, "Le compte est enregistré. Une autre personne de la caisse le confirme.")
            return redirect("lots_compte")
    actuel = comptes.courant(request.acteur)
    return render(
        request,
        "financement/lots_compte.html",
        {
            "compte": actuel,
            "form": form,
            "erreur": erreur,
            "a_saisi": actuel is not None and actuel.saisi_par_id == request.acteur.utilisateur_id,
            "a_code": a_second_facteur(request.user),
            "retour": reverse("lots"),
            "fuseau": "Europe/Paris" if actuel is None else actuel.caisse.fuseau,
        },
        status=422 if erreur or form.errors else 200,
    )
