from django.apps import AppConfig
from django.db.models.signals import pre_migrate

from .retour import refuser


class SocleConfig(AppConfig):
    name = "ess_portal.socle"
    label = "socle"
    verbose_name = "Socle"

    def ready(self) -> None:
        pre_migrate.connect(refuser, sender=self)
