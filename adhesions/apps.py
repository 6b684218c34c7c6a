from django.apps import AppConfig


class AdhesionsConfig(AppConfig):
    name = "adhesions"
    verbose_name = "Adhésions"
