"""The delegations of signature of one's organisation: its signatories give and revoke them, its agents read them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from ess_portal.comptes.reauthentification import verifier_identite
from ess_portal.comptes.roles import ARS, CAISSE
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Interdit
from ess_portal.socle.horloge import jour_local
from ess_portal.socle.typographie import date_fr

from ..forms.delegations import DelegationForm
from ..models import Delegation
from ..services import delegations


@require_http_methods(["GET", "HEAD", "POST"])
def liste(request: HttpRequest) -> HttpResponse:
    if request.acteur.role not in ARS | CAISSE:
        raise Interdit
    peut = delegations.peut_deleguer(request.acteur)
    if request.method == "POST" and not peut:
        raise Interdit
    collegues = [(r.utilisateur_id, r.utilisateur.nom_complet) for r in delegations.collegues(request.acteur)]
    formulaire = DelegationForm(request.POST or None, collegues=collegues)
    if request.method == "POST" and formulaire.is_valid() and _deleguer(request, formulaire):
        return redirect("delegations")
    lignes = Delegation.objects.pour(request.acteur).select_related("delegant", "delegataire", "organisation")
    jour = jour_local(horloge.maintenant(), "Europe/Paris")
    contexte = {
        "delegations": [(d, _etat(d, jour)) for d in lignes[:100]],
        "form": formulaire if peut and collegues else None,
        "peut": peut,
        "fil": [{"libelle": "Accueil", "url": "/"}, {"libelle": "Délégations de signature"}],
    }
    return render(request, "financement/delegations.html", contexte, status=422 if formulaire.errors else 200)


def _deleguer(request: HttpRequest, formulaire: DelegationForm) -> bool:
    donnees = dict(formulaire.cleaned_data)
    try:
        verifier_identite(request.user, donnees.pop("mot_de_passe"), donnees.pop("code"))
        delegation = delegations.deleguer(acteur=request.acteur, maintenant=horloge.maintenant(), **donnees)
    except ErreurMetier as refus:
        if not refus.champs:
            raise
        for champ, phrases in refus.champs.items():
            formulaire.add_error(champ, phrases)
        return False
    messages.success(
        request, f"La délégation est donnée du {date_fr(delegation.debut)} au {date_fr(delegation.fin)} inclus."
    )
    return True


@require_POST
def revoquer(request: HttpRequest, pk: int) -> HttpResponse:
    delegations.revoquer(delegation=pk, acteur=request.acteur, maintenant=horloge.maintenant())
    messages.success(request, "La délégation est révoquée.")
    return redirect("delegations")


def _etat(delegation: Delegation, jour) -> tuple[str, str]:
    if delegation.revoquee_le is not None:
        return ("neutre", "Révoquée")
    if delegation.fin < jour:
        return ("neutre", "Passée")
    return ("succes", "En vigueur") if delegation.debut <= jour else ("info", "À venir")
