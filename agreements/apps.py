from importlib import import_module

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    name = "agreements"
    verbose_name = "Samverkan"

    def ready(self):
        """Add what the cooperation has to say to its own pages and reminders."""
        import_module("agreements.contributions")
