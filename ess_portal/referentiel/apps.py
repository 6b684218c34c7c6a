from django.apps import AppConfig


class ReferentielConfig(AppConfig):
    name = "ess_portal.referentiel"
    label = "referentiel"
    verbose_name = "Référentiel"
