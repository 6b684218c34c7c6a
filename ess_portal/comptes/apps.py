from django.apps import AppConfig


class ComptesConfig(AppConfig):
    name = "ess_portal.comptes"
    label = "comptes"
    verbose_name = "Comptes"
