from importlib import import_module

from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "plans"
    verbose_name = "Åtgärdsplaner"

    def ready(self):
        """Add what the plans have to say to the pages of the cooperation."""
        import_module("plans.contributions")
