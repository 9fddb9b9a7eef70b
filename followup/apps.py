from importlib import import_module

from django.apps import AppConfig


class FollowupConfig(AppConfig):
    name = "followup"
    verbose_name = "Uppföljning"

    def ready(self):
        """Add what the follow-up has to say to the pages of the cooperation and of the plans."""
        import_module("followup.contributions")
