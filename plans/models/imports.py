"""Files on their way into a plan."""

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse

from agreements.models import District, PlanningCycle
from agreements.scope import Scope
from plans.enums import FileKind
from plans.models.history import PlanEvent
from plans.querysets import ImportJobQuerySet


class ImportJob(models.Model):
    """A file that has been read and waits for its uploader to confirm what of it is to be written.

    Holds everything that any web process needs to go on: what the file says,
    where in it each row stood, and how the plan differs. Nothing of the plan
    itself is written before the confirmation. A job that was confirmed or
    thrown away keeps what became of it but not what the file said; so it can
    answer in a window that was left open. Jobs are deleted in time.
    """

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    district = models.ForeignKey(
        District, on_delete=models.CASCADE, null=True, related_name="+", verbose_name="stadsdelsområde"
    )
    cycle = models.ForeignKey(PlanningCycle, on_delete=models.CASCADE, related_name="+", verbose_name="år")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name="vem")
    at = models.DateTimeField("när", auto_now_add=True, db_index=True)
    file_name = models.CharField("filens namn", max_length=255)
    carries = models.CharField("slag av fil", max_length=20, choices=FileKind)
    document = models.JSONField("innehåll", help_text="Det öppna formatet, raderna med sin identitet i planen.")
    notes = models.JSONField("noteringar", default=list)
    sources = models.JSONField("celler", default=dict, help_text="Plats i innehållet, som 0.1.2, till flik och cell.")
    operations = models.JSONField("ändringar", default=list)
    based_on = models.PositiveBigIntegerField(
        "planens senaste händelse", null=True,
        help_text="När ändringarna togs fram; 0 för en plan utan händelser, tomt om planen inte fanns.",
    )  # fmt: skip
    marker = models.JSONField(
        "planens läge när filen hämtades", null=True,
        help_text="Händelsens nummer, tiden och radernas identitet i filen; tomt för en fil som inte säger det.",
    )  # fmt: skip
    confirmed_at = models.DateTimeField("inläst", null=True)
    discarded_at = models.DateTimeField("slängd", null=True)
    event = models.ForeignKey(
        PlanEvent, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="händelse",
        help_text="Vad inläsningen ändrade; tomt om den inte ändrade något.",
    )  # fmt: skip

    objects = ImportJobQuerySet.as_manager()

    class Meta:
        verbose_name = "inläsning"
        verbose_name_plural = "inläsningar"
        ordering = ["-at"]

    def __str__(self):
        return self.file_name

    def get_absolute_url(self):
        return reverse("plans:import_preview", args=[self.scope.slug, self.cycle.year, self.uid])

    @property
    def scope(self):
        """Whose plan the file was read for."""
        return Scope(self.district)

    @property
    def is_closed(self):
        """Whether it has been confirmed or thrown away, so that nothing more can come of it."""
        return bool(self.confirmed_at or self.discarded_at)
