from django.apps import AppConfig


class JournalConfig(AppConfig):
    name = "ess_portal.journal"
    label = "journal"
    verbose_name = "Journal"
