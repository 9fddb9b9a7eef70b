"""The year of the cooperation: its last days, and the address of a person's own calendar."""

from django.conf import settings
from django.db import models

from agreements.models.areas import PriorityAreaSet


class PlanningCycle(models.Model):
    """A year of planning: which areas it is written under and the words of the year's template.

    ``instructions`` is a list of paragraphs; ``links`` a list of objects with
    name, url (or null), text and label, as on the template's first tab.
    """

    year = models.PositiveSmallIntegerField("år", unique=True)
    area_set = models.ForeignKey(
        PriorityAreaSet, on_delete=models.PROTECT, related_name="cycles", verbose_name="områdesuppsättning"
    )
    instructions = models.JSONField("instruktioner", default=list, blank=True)
    links = models.JSONField("länkar", default=list, blank=True)
    # The year's last days, in the order of the year wheel (domain §1b); each may be left open.
    pictures_due = models.DateField("parternas lägesbilder klara", null=True, blank=True)
    joint_picture_due = models.DateField("gemensam lägesbild prioriterad", null=True, blank=True)
    analysis_due = models.DateField("orsaksanalyser klara", null=True, blank=True)
    draft_due = models.DateField("utkast klart", null=True, blank=True)
    review_due = models.DateField("på granskning senast", null=True, blank=True)
    decision_due = models.DateField("beslutad senast", null=True, blank=True)
    submission_due = models.DateField("inskickad senast", null=True, blank=True)
    board_due = models.DateField("beslutad i nämnd senast", null=True, blank=True)
    tertial_due = models.DateField("tertialrapport 1 lämnas", null=True, blank=True)
    follow_up_opens = models.DateField("uppföljningen öppnar", null=True, blank=True)
    follow_up_due = models.DateField("uppföljningen inlämnad senast", null=True, blank=True)
    compilation_due = models.DateField("stadens sammanställning klar", null=True, blank=True)
    feedback_due = models.DateField("återkoppling lämnad", null=True, blank=True)

    class Meta:
        verbose_name = "planeringsår"
        verbose_name_plural = "planeringsår"
        ordering = ["-year"]

    def __str__(self):
        return str(self.year)


class CalendarAddress(models.Model):
    """A person's secret address for their calendar (iCal). Renewing it makes the old address dead."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_address", verbose_name="användare"
    )
    secret = models.CharField("hemlighet", max_length=64, unique=True)
    renewed_at = models.DateTimeField("förnyad", auto_now=True)

    class Meta:
        verbose_name = "kalenderadress"
        verbose_name_plural = "kalenderadresser"

    def __str__(self):
        return str(self.user)
