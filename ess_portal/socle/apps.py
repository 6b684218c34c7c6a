from django.apps import AppConfig


class SocleConfig(AppConfig):
    name = "ess_portal.socle"
    label = "socle"
    verbose_name = "Socle"
