from django.apps import AppConfig
from django.conf import settings
from django.core.validators import validate_email


class ComptesConfig(AppConfig):
    name = "ess_portal.comptes"
    label = "comptes"
    verbose_name = "Comptes"

    def ready(self) -> None:
        """The sandbox's accounts live under « demo », which is no domain elsewhere (`national@demo`)."""
        if settings.BAC_A_SABLE and "demo" not in validate_email.domain_allowlist:
            validate_email.domain_allowlist = [*validate_email.domain_allowlist, "demo"]
