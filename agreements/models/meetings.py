"""Meetings of the groups: agenda, what was decided, and the minutes."""

import uuid

from django.db import models

from agreements.enums import MeetingState
from agreements.models.groups import CollaborationGroup, GroupMembership
from agreements.models.steps import Step
from agreements.querysets import MeetingQuerySet


class Meeting(models.Model):
    """A meeting of a group. When its minutes are approved nothing in it changes any more."""

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    group = models.ForeignKey(
        CollaborationGroup, on_delete=models.PROTECT, related_name="meetings", verbose_name="grupp"
    )
    title = models.CharField("rubrik", max_length=150, help_text="Till exempel Styrgruppsmöte 1 2026.")
    on = models.DateField("datum")
    starts_at = models.TimeField("börjar", null=True, blank=True)
    ends_at = models.TimeField("slutar", null=True, blank=True)
    place = models.CharField("plats", max_length=200, blank=True)
    state = models.CharField("status", max_length=20, choices=MeetingState, default=MeetingState.PLANNED)
    present = models.ManyToManyField(
        GroupMembership, related_name="meetings_attended", blank=True, verbose_name="närvarande"
    )
    guests = models.TextField("övriga närvarande", blank=True, max_length=2_000)
    row_version = models.PositiveIntegerField("version", default=1)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "möte"
        verbose_name_plural = "möten"
        ordering = ["-on", "-starts_at"]

    def __str__(self):
        return self.title


class AgendaItem(models.Model):
    """A point on a meeting's agenda, with the notes and the decision taken.

    ``subject`` says what it came from ("plan:12:decide"), so that the same
    thing is not put up twice, and is empty for what somebody wrote.
    ``address`` is where what it is about is found.
    """

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="items", verbose_name="möte")
    position = models.PositiveIntegerField("plats")
    title = models.CharField("punkt", max_length=300)
    background = models.TextField("underlag", blank=True, max_length=8_000)
    address = models.CharField("adress", max_length=300, blank=True)
    subject = models.CharField("gäller", max_length=120, blank=True)
    is_decision = models.BooleanField("beslutspunkt", default=False)
    notes = models.TextField("anteckningar", blank=True, max_length=8_000)
    decision = models.TextField("beslut", blank=True, max_length=8_000)
    row_version = models.PositiveIntegerField("version", default=1)

    class Meta:
        verbose_name = "punkt på dagordningen"
        verbose_name_plural = "punkter på dagordningen"
        ordering = ["meeting", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "subject"], condition=~models.Q(subject=""), name="subject_once_per_meeting"
            )
        ]

    def __str__(self):
        return self.title


class MeetingStep(Step):
    """A step of a meeting: planned, held, cancelled, minutes approved."""

    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="steps", verbose_name="möte")

    class Meta(Step.Meta):
        verbose_name = "steg för ett möte"
        verbose_name_plural = "steg för möten"
