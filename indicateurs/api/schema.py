"""What drf-spectacular must be told of our authentication."""

from __future__ import annotations

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class SchemaJeton(OpenApiAuthenticationExtension):
    target_class = "ess_portal.comptes.jetons.JetonAuthentication"
    name = "jeton"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "Un jeton d’un compte\u00a0: `manage.py jeton COURRIEL`, ou la page du compte.",
        }
