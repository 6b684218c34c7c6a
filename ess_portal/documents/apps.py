from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "ess_portal.documents"
    label = "documents"
    verbose_name = "documents"
    default_auto_field = "django.db.models.BigAutoField"
