"""People who sign in. What they may do follows from agreements.GroupMembership, not from here."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class User(AbstractUser):
    """A person with an account, known to readers by the function they hold.

    ``display_name`` is what pages and histories show, for example
    "Trygghetsstrateg, Skärholmen".
    """

    display_name = models.CharField("visas som", max_length=150, blank=True)

    class Meta:
        verbose_name = "användare"
        verbose_name_plural = "användare"
        ordering = ["username"]

    def __str__(self):
        return self.display_name or self.get_full_name() or self.username
