"""Hinder: what stands in the way of an action or a plan, and who has answered for it (seed 003)."""

import uuid

from django.db import models

from agreements.models import District
from agreements.models.steps import Step, by_whom
from followup.enums import ObstacleState
from followup.querysets import ObstacleQuerySet
from plans.models import ActionPlan

MAX_OBSTACLE = 4_000
"""The longest description of an obstacle, in characters."""


class Obstacle(models.Model):
    """Something that keeps the parties from carrying out what they have decided.

    It is handled where it can be: in the district, by its steering group, or
    by the city (seed 003: hinder lifts to the central level). ``action`` is
    the identity of the row that it hinders, None when it is the whole plan.
    ``last_answer_at`` is what the clock counts from: when somebody last
    answered the reporter, or when it was reported.
    """

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="obstacles",
        verbose_name="stadsdelsområde",
        help_text="Tomt för ett hinder i stadens egen plan.",
    )
    plan = models.ForeignKey(ActionPlan, on_delete=models.PROTECT, related_name="obstacles", verbose_name="plan")
    action = models.UUIDField("åtgärd", null=True, blank=True)
    title = models.CharField("hindret i korthet", max_length=150)
    text = models.TextField("vad hindrar, och vad behövs", max_length=MAX_OBSTACLE)
    state = models.CharField("status", max_length=25, choices=ObstacleState, default=ObstacleState.REPORTED)
    reported_by = by_whom("rapporterat av")
    reported_at = models.DateTimeField("rapporterat", auto_now_add=True)
    last_answer_at = models.DateTimeField("senast besvarat")
    escalated_at = models.DateTimeField("lyft till staden", null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", verbose_name="hör ihop med"
    )

    objects = ObstacleQuerySet.as_manager()

    class Meta:
        verbose_name = "hinder"
        verbose_name_plural = "hinder"
        ordering = ["-reported_at"]

    def __str__(self):
        return self.title


class ObstacleStep(Step):
    """A step of an obstacle; ``reason`` is the answer that the reporter gets."""

    obstacle = models.ForeignKey(Obstacle, on_delete=models.PROTECT, related_name="steps", verbose_name="hinder")

    class Meta(Step.Meta):
        verbose_name = "steg i ett hinder"
        verbose_name_plural = "steg i hinder"
