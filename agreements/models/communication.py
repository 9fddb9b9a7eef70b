"""The communication plan: what is told to whom about the common work (seed 001 "Kommunikation")."""

import uuid

from django.db import models

from agreements.enums import ActivityState
from agreements.models.areas import PriorityArea
from agreements.models.organisation import District
from agreements.models.year import PlanningCycle
from agreements.querysets import CommunicationQuerySet


class CommunicationActivity(models.Model):
    """Something the parties tell together, per prioritised area; without a district it is the city's.

    ``suggested_by`` is the district that asked for it: local organisations are
    asked for input on the city's plan (seed 001).
    """

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="communication_activities",
        verbose_name="stadsdelsområde",
    )
    cycle = models.ForeignKey(
        PlanningCycle, on_delete=models.PROTECT, related_name="communication_activities", verbose_name="år"
    )
    area = models.ForeignKey(
        PriorityArea,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="prioriterat område",
        help_text="Tomt om aktiviteten gäller hela samverkan.",
    )
    title = models.CharField("aktivitet", max_length=200)
    message = models.TextField("budskap", blank=True, max_length=2_000)
    owner = models.CharField("ansvarig funktion", max_length=200)
    audience = models.CharField("målgrupp", max_length=200)
    channel = models.CharField("kanal", max_length=200)
    on = models.DateField("datum", null=True, blank=True)
    state = models.CharField("status", max_length=10, choices=ActivityState, default=ActivityState.PLANNED)
    outcome = models.TextField("vad det ledde till", blank=True, max_length=2_000)
    suggested_by = models.ForeignKey(
        District,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="inspel från",
    )
    row_version = models.PositiveIntegerField("version av raden", default=1)

    objects = CommunicationQuerySet.as_manager()

    class Meta:
        verbose_name = "kommunikationsinsats"
        verbose_name_plural = "kommunikationsinsatser"
        ordering = ["on", "title"]

    def __str__(self):
        return self.title
