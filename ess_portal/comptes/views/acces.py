"""What a page of administrators starts with."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse

from ess_portal.socle.erreurs import Interdit

from ..roles import ADMINS, Role


def reservee(*roles: Role) -> Callable:
    """The page is these roles' (by default the administrators'): the others get 403."""
    permis = frozenset(roles) or ADMINS

    def decorer(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(page)
        def gardee(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            if request.acteur is None or request.acteur.role not in permis:
                raise Interdit(message="Cette page est réservée à l’administration.")
            return page(request, *args, **kwargs)

        return gardee

    return decorer
