"""One transaction per request with its tenant set, closed by default.

ATOMIC_REQUESTS opens its transaction inside the view, after the middlewares: the tenant could not be set in it. This one opens
it, sets the clock and the tenant, lets only public pages pass without account, and rolls back when the act failed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from importlib import import_module
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.utils import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import add_never_cache_headers

from ess_portal.publiques import COMPTE_SANS_ORGANISATION, PUBLIQUES
from ess_portal.socle import horloge
from ess_portal.socle.erreurs import ErreurMetier, Introuvable, Occupe

from . import locataire
from .reauthentification import a_second_facteur
from .session import installer

INACTIVITE_AGENT = timedelta(minutes=30)
INACTIVITE_PORTEUR = timedelta(hours=4)
DUREE_MAX = timedelta(hours=12)
# Pages read by keys: a plan made once serves them all, and under the policies of each row planning costs more than reading (ADR 0006).
PLAN_UNIQUE = "set_config('plan_cache_mode', 'force_generic_plan', true)"
RAFRAICHIR = timedelta(minutes=5)


@cache
def _requete_non_lues() -> str:
    """The journal's own SQL, looked for once: the journal stands above this app."""
    return import_module(settings.JOURNAL).NON_LUES


def _non_lues(request: HttpRequest) -> str:
    """SQL of the count of notices that the page's header shows; programs see no header."""
    a = request.acteur
    if a is None or request.path_info.startswith("/api/"):
        return "0"
    return _requete_non_lues().format(int(a.utilisateur_id), int(a.organisation_id))


class LocataireMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.annuler = False
        with transaction.atomic():
            horloge.charger()
            installer(request)
            request.non_lues = locataire.poser(request.acteur, et_lire=f"{PLAN_UNIQUE}, {_non_lues(request)}")
            reponse = self._barrer(request) or self.get_response(request)
            if request.annuler or reponse.status_code >= 500:
                transaction.set_rollback(True)
        if request.user.is_authenticated:
            add_never_cache_headers(reponse)
        return reponse

    def process_exception(self, request: HttpRequest, echec: Exception) -> HttpResponse | None:
        """A refused act becomes its page; whatever failed, nothing of the request is kept."""
        request.annuler = True
        if isinstance(echec, ErreurMetier):
            return page_erreur(request, echec)
        if isinstance(echec, OperationalError) and Occupe.est(echec):
            return page_erreur(request, Occupe())
        return None

    def _barrer(self, request: HttpRequest) -> HttpResponse | None:
        """The answer to who may not go further; None lets the request pass."""
        try:
            page = resolve(request.path_info)
        except Resolver404:
            return None
        nom, api = page.view_name, request.path_info.startswith("/api/")
        ouverte = api or nom in PUBLIQUES
        if request.user.is_authenticated and (expiree := self._expirer(request)) is not None:
            self._anonyme(request)
            return None if ouverte else expiree
        agent_incomplet = self._sans_second_facteur(request)
        if ouverte:
            if agent_incomplet and nom == "accueil":
                return redirect("mfa_activate_totp")
            if agent_incomplet:
                self._anonyme(request, garder_session=not api)
            return None
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_login')}?{_suite(request)}")
        if nom in COMPTE_SANS_ORGANISATION:
            return None
        if request.acteur is None:
            return render(request, "comptes/sans_organisation.html", status=403)
        return redirect("mfa_activate_totp") if agent_incomplet else None

    @staticmethod
    def _sans_second_facteur(request: HttpRequest) -> bool:
        """An agent who has no TOTP application yet: nothing is open to him but its activation."""
        acteur = request.acteur
        return (
            acteur is not None and acteur.est_agent and not settings.BAC_A_SABLE and not a_second_facteur(request.user)
        )

    @staticmethod
    def _anonyme(request: HttpRequest, *, garder_session: bool = False) -> None:
        """A public page or an API call goes on without rights; with the session itself, where it is the page that ends it."""
        if not garder_session:
            request.user = AnonymousUser()
        request.acteur, request.rattachements = None, []
        locataire.poser(None)

    @staticmethod
    def _expirer(request: HttpRequest) -> HttpResponse | None:
        """Ends a session that is idle (30 minutes for agents) or 12 hours old. Machine time: not the sandbox's."""
        present = horloge.temps_reel().timestamp()
        debut, vu = request.session.setdefault("debut", present), request.session.setdefault("vu", present)
        agent = request.acteur is not None and request.acteur.est_agent
        inactivite = INACTIVITE_AGENT if agent else INACTIVITE_PORTEUR
        if present - vu > inactivite.total_seconds() or present - debut > DUREE_MAX.total_seconds():
            logout(request)
            return redirect(f"{reverse('account_login')}?{_suite(request)}")
        if present - vu > RAFRAICHIR.total_seconds():
            request.session["vu"] = present
        return None


def _suite(request: HttpRequest) -> str:
    return urlencode({"next": request.get_full_path()}) if request.method == "GET" else ""


def page_erreur(request: HttpRequest, echec: ErreurMetier) -> HttpResponse:
    """The page of a refused act; an unknown row and a forbidden one look the same."""
    if isinstance(echec, Introuvable):
        return render(request, "404.html", status=404)
    numero = request.resolver_match.kwargs.get("numero", "") if request.resolver_match else ""
    contexte = {"erreur": echec, "message": echec.message, "champs": echec.champs, "numero": numero}
    return render(request, f"erreurs/{echec.statut_http}.html", contexte, status=echec.statut_http)
