"""The sandbox's clock, for its administrators: set, walk, and see what the time that passed has done."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from ess_portal.comptes.views.acces import reservee
from ess_portal.journal import relais
from ess_portal.socle import horloge, typographie
from ess_portal.socle.erreurs import Introuvable

from ..forms.horloge import PARIS, PAS, HorlogeForm
from ..libelles import EVENEMENTS
from ..services.simulation import deplacer_horloge, evenements_depuis

CLE = "horloge_depuis"


@require_http_methods(["GET", "POST"])
@reservee()
def regler(request: HttpRequest) -> HttpResponse:
    """POST moves the clock, settles what is due, and sends the mails after the commit; GET shows what it did."""
    if not settings.BAC_A_SABLE:
        raise Introuvable
    present = horloge.maintenant().astimezone(PARIS)
    formulaire = HorlogeForm(
        request.POST or None, initial={"instant": present.replace(tzinfo=None, second=0, microsecond=0)}
    )
    if request.method == "POST" and formulaire.is_valid():
        deplacement = deplacer_horloge(formulaire.cible())
        request.session[CLE] = deplacement.depuis
        transaction.on_commit(partial(relais.vider, types=("courriel",)))
        reglees = typographie.accord(deplacement.echeances, "échéance réglée", "échéances réglées")
        messages.success(request, f"Nous sommes le {typographie.instant_fr(deplacement.apres)}. {reglees}.")
        return redirect("bac_a_sable")
    depuis = request.session.get(CLE)
    evenements = evenements_depuis(depuis) if depuis is not None else []
    contexte = {
        "form": formulaire,
        "pas": PAS,
        "present": present,
        "decale": abs(horloge.decalage().total_seconds()) > 60,
        "evenements": [(e, EVENEMENTS.get(e.type, e.type)) for e in evenements],
        "deplacee": depuis is not None,
    }
    return render(request, "administration/horloge.html", contexte)
