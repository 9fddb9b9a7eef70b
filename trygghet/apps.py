from django.apps import AppConfig


class TrygghetConfig(AppConfig):
    name = "trygghet"
    verbose_name = "Trygghet"
