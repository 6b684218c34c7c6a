"""People of an organisation: one's own, or one that an administrator looks after."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Interdit, Introuvable

from .. import selectors
from ..droits import peut_gerer
from ..forms import CoordonneesForm, InvitationForm, RoleForm
from ..models import Invitation, Organisation
from ..services import invitations, rattachements
from ..services.coordonnees import modifier_coordonnees
from ..session import CLE_ORGANISATION


def _retour(request: HttpRequest, organisation: Organisation) -> str:
    """The page one came from: one's own organisation, or the record of another."""
    if organisation.pk == request.acteur.organisation_id:
        return reverse("organisation")
    return reverse("organisation_fiche", args=[organisation.pk])


def _fiche(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    gere = peut_gerer(request.acteur, organisation)
    return render(
        request,
        "comptes/organisation.html",
        {
            "organisation": organisation,
            "coordonnees": [
                ("Courriel", organisation.courriel),
                ("Téléphone", organisation.telephone),
                ("Adresse", organisation.adresse.splitlines()),
            ],
            "personnes": selectors.personnes(organisation),
            "invitations": selectors.invitations_en_attente(organisation, horloge.maintenant()) if gere else [],
            "gere": gere,
            "propre": organisation.pk == request.acteur.organisation_id,
        },
    )


@require_safe
def mienne(request: HttpRequest) -> HttpResponse:
    return _fiche(request, selectors.organisation_vue(request.acteur, request.acteur.organisation_id))


@require_safe
def fiche(request: HttpRequest, organisation_id: int) -> HttpResponse:
    return _fiche(request, selectors.organisation_vue(request.acteur, organisation_id))


@require_http_methods(["GET", "POST"])
def inviter(request: HttpRequest, organisation_id: int) -> HttpResponse:
    organisation = selectors.organisation_vue(request.acteur, organisation_id)
    if not peut_gerer(request.acteur, organisation):
        raise Interdit
    formulaire = InvitationForm(request.POST or None, organisation=organisation)
    if request.method == "POST" and formulaire.is_valid():
        try:
            invitation = invitations.inviter(
                organisation_id=organisation.pk,
                acteur=request.acteur,
                maintenant=horloge.maintenant(),
                **formulaire.cleaned_data,
            )
        except ErreurMetier as refus:
            if not refus.champs:
                raise
            _reporter(formulaire, refus)
        else:
            messages.success(request, f"L’invitation part à l’instant vers {invitation.courriel}.")
            return redirect(_retour(request, organisation))
    return render(
        request,
        "comptes/inviter.html",
        {"form": formulaire, "organisation": organisation, "retour": _retour(request, organisation)},
    )


@require_http_methods(["GET", "POST"])
def coordonnees(request: HttpRequest, organisation_id: int) -> HttpResponse:
    organisation = selectors.organisation_vue(request.acteur, organisation_id)
    if not peut_gerer(request.acteur, organisation):
        raise Interdit
    formulaire = CoordonneesForm(request.POST or None, organisation=organisation)
    retour = _retour(request, organisation)
    if request.method == "POST" and formulaire.is_valid():
        modifier_coordonnees(
            organisation_id=organisation.pk,
            acteur=request.acteur,
            maintenant=horloge.maintenant(),
            **formulaire.cleaned_data,
        )
        messages.success(request, "Les coordonnées sont enregistrées.")
        return redirect(retour)
    return render(
        request, "comptes/coordonnees.html", {"form": formulaire, "organisation": organisation, "retour": retour}
    )


@require_POST
def annuler_invitation(request: HttpRequest, invitation_id: int) -> HttpResponse:
    trouvee = Invitation.objects.filter(
        pk=invitation_id, organisation__in=Organisation.objects.pour(request.acteur)
    ).first()
    if trouvee is None:
        raise Introuvable
    invitation = invitations.annuler(
        invitation_id=invitation_id, acteur=request.acteur, maintenant=horloge.maintenant()
    )
    messages.success(request, f"L’invitation de {invitation.courriel} est retirée.")
    return redirect(_retour(request, invitation.organisation))


@require_http_methods(["GET", "POST"])
def changer_role(request: HttpRequest, rattachement_id: int) -> HttpResponse:
    rattachement = selectors.rattachement_vu(request.acteur, rattachement_id)
    if not peut_gerer(request.acteur, rattachement.organisation):
        raise Interdit
    formulaire = RoleForm(request.POST or None, rattachement=rattachement)
    retour = _retour(request, rattachement.organisation)
    if request.method == "POST" and formulaire.is_valid():
        change = rattachements.changer_role(
            rattachement_id=rattachement_id,
            acteur=request.acteur,
            maintenant=horloge.maintenant(),
            **formulaire.cleaned_data,
        )
        messages.success(request, f"Le rôle de {change.utilisateur} est maintenant « {change.get_role_display()} ».")
        return redirect(retour)
    return render(request, "comptes/role.html", {"form": formulaire, "rattachement": rattachement, "retour": retour})


@require_http_methods(["GET", "POST"])
def retirer(request: HttpRequest, rattachement_id: int) -> HttpResponse:
    """GET asks to confirm; POST withdraws."""
    rattachement = selectors.rattachement_vu(request.acteur, rattachement_id)
    if not peut_gerer(request.acteur, rattachement.organisation):
        raise Interdit
    retour = _retour(request, rattachement.organisation)
    if request.method == "POST":
        rattachements.retirer(rattachement_id=rattachement_id, acteur=request.acteur, maintenant=horloge.maintenant())
        messages.success(request, f"{rattachement.utilisateur} n’a plus accès à {rattachement.organisation}.")
        return redirect("accueil" if rattachement.utilisateur_id == request.acteur.utilisateur_id else retour)
    return render(request, "comptes/retirer.html", {"rattachement": rattachement, "retour": retour})


@require_POST
def changer(request: HttpRequest) -> HttpResponse:
    """The switcher: acts for another of one's organisations, under a new session id."""
    choisi = next((r for r in request.rattachements if str(r.pk) == request.POST.get("rattachement")), None)
    if choisi is None:
        raise Introuvable
    request.session[CLE_ORGANISATION] = choisi.organisation_id
    request.session.cycle_key()
    messages.info(request, f"Vous agissez maintenant pour {choisi.organisation}.")
    return redirect("/")


def _reporter(formulaire: InvitationForm, refus: ErreurMetier) -> None:
    for champ, phrases in refus.champs.items():
        for phrase in phrases:
            formulaire.add_error(champ if champ in formulaire.fields else None, phrase)
