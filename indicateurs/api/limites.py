"""How often an anonymous caller may use the calculators: 60 times in any minute, per address."""

from __future__ import annotations

from django.db import connection
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class ParAdresse(SimpleRateThrottle):
    """The calls of the last minute, kept in the base: Redis may be down. Who has an account has no limit.

    The lock lasts as long as the request's transaction, so that parallel calls count one by one.
    """

    scope = "calculs"
    rate = "60/min"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        if request.user.is_authenticated:
            return None
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}

    def allow_request(self, request: Request, view: APIView) -> bool:
        cle = self.get_cache_key(request, view)
        if cle is not None:
            with connection.cursor() as curseur:
                curseur.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [cle])
        return super().allow_request(request, view)
