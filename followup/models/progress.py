"""What happens through the year: short notes on the actions, as they are carried out."""

import uuid

from django.db import models

from agreements.models import Organisation
from agreements.models.steps import by_whom
from followup.querysets import ProgressNoteQuerySet
from plans.models import ActionPlan

MAX_NOTE = 2_000
"""The longest note, in characters."""


class ProgressNote(models.Model):
    """A note on an action while the year goes: what was done, on which day, and how much.

    Seed 001 asks for continuous documentation of what is done and of its effects.

    ``action`` is the identity of the row, which it keeps from version to
    version. A note is its writer's to change, until the follow-up is approved.
    """

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey(ActionPlan, on_delete=models.PROTECT, related_name="progress_notes", verbose_name="plan")
    action = models.UUIDField("åtgärd")
    on = models.DateField("datum")
    text = models.TextField("vad har hänt", max_length=MAX_NOTE)
    quantity = models.DecimalField("antal", max_digits=12, decimal_places=2, null=True, blank=True)
    unit = models.CharField("vad antalet räknar", max_length=50, blank=True, help_text="Till exempel deltagare.")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="part"
    )
    by = by_whom("skriven av")
    at = models.DateTimeField("skriven", auto_now_add=True)
    row_version = models.PositiveIntegerField("version av raden", default=1, editable=False)

    objects = ProgressNoteQuerySet.as_manager()

    class Meta:
        verbose_name = "anteckning"
        verbose_name_plural = "anteckningar"
        ordering = ["-on", "-at"]
        indexes = [models.Index(fields=["plan", "action"], name="notes_of_an_action")]

    def __str__(self):
        return self.text
