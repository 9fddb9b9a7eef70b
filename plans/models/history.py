"""What has happened to the content of a plan, change by change."""

from django.conf import settings
from django.db import models

from plans.models.content import ActionPlan
from trygghet.append_only import AppendOnly


class PlanEvent(AppendOnly):
    """One change of a plan: who, when, what, and how to take it back. Append-only.

    ``operations`` and ``inverse`` are lists of operations as
    ``plans/operations.py`` writes them; old values are in the inverse.
    """

    plan = models.ForeignKey(ActionPlan, on_delete=models.PROTECT, related_name="events", verbose_name="plan")
    at = models.DateTimeField("när", auto_now_add=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name="vem",
        help_text="Tomt när ett kommando gjorde ändringen.",
    )  # fmt: skip
    summary = models.CharField("vad", max_length=200)
    operations = models.JSONField("ändringar")
    inverse = models.JSONField("återställning")
    undoes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="undone_by", verbose_name="ångrar"
    )
    takes_back = models.BooleanField(
        "tar tillbaka", default=False, help_text="Ångrar en ändring. Att ångra ett ångrande är åter en ändring."
    )

    class Meta:
        verbose_name = "händelse"
        verbose_name_plural = "händelser"
        ordering = ["-pk"]

    def __str__(self):
        return self.summary


class ChangedRow(models.Model):
    """Which rows an event touched, so that each row can show its history."""

    event = models.ForeignKey(PlanEvent, on_delete=models.PROTECT, related_name="rows", verbose_name="händelse")
    uid = models.UUIDField("rad", db_index=True)

    class Meta:
        verbose_name = "ändrad rad"
        verbose_name_plural = "ändrade rader"

    def __str__(self):
        return str(self.uid)
