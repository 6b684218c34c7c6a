from django.apps import AppConfig


class AideConfig(AppConfig):
    name = "ess_portal.aide"
    label = "aide"
    verbose_name = "Aide"
