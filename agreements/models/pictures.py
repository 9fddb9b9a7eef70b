"""Situation pictures (lägesbilder): each party's own, the joint one, and what the parties prioritise."""

import uuid

from django.db import models
from django.db.models import Q

from agreements.enums import Answer, PictureState, Producer, Trend
from agreements.models.areas import PriorityArea
from agreements.models.organisation import District
from agreements.models.places import DataSource, Place
from agreements.models.steps import Step
from agreements.querysets import FindingQuerySet, OfPictureQuerySet, PictureQuerySet


class SituationPicture(models.Model):
    """A picture of crime and unsafety in a district (or the city), by one party or by both together.

    A party's own picture is a draft that nobody else sees until it is shared.
    The joint one rests on the two (``city_input``, ``police_input``); it is
    prioritised by the parties and confirmed by the steering group. It is
    updated at least every second year (law 2023:196).
    """

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="pictures",
        verbose_name="stadsdelsområde",
    )
    producer = models.CharField("görs av", max_length=10, choices=Producer)
    year = models.PositiveSmallIntegerField("för planeringsår")
    title = models.CharField("rubrik", max_length=200)
    period = models.CharField("period som bilden gäller", max_length=100, blank=True)
    summary = models.TextField("sammanfattning", blank=True, max_length=8_000)
    state = models.CharField("status", max_length=20, choices=PictureState, default=PictureState.DRAFT)
    city_input = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="stadens lägesbild"
    )
    police_input = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="polisens lägesbild"
    )
    shared_at = models.DateTimeField("delad", null=True, blank=True)
    confirmed_on = models.DateField("fastställd", null=True, blank=True)
    is_example = models.BooleanField("exempeldata", default=False)
    row_version = models.PositiveIntegerField("version av raden", default=1)
    created_at = models.DateTimeField("skapad", auto_now_add=True)

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = "lägesbild"
        verbose_name_plural = "lägesbilder"
        ordering = ["-year", "producer"]
        constraints = [
            models.UniqueConstraint(
                fields=["district", "producer", "year"],
                name="one_picture_per_producer_and_year",
                violation_error_message="Det finns redan en sådan lägesbild för året.",
            ),
            models.UniqueConstraint(
                fields=["producer", "year"],
                condition=Q(district__isnull=True),
                name="one_city_picture_per_producer_and_year",
            ),
            models.CheckConstraint(
                name="only_a_joint_picture_has_inputs",
                condition=Q(producer="joint") | Q(city_input__isnull=True, police_input__isnull=True),
            ),
            models.CheckConstraint(
                name="confirmed_picture_has_date",
                condition=~Q(state="confirmed") | Q(confirmed_on__isnull=False),
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def is_joint(self):
        return self.producer == Producer.JOINT


class Finding(models.Model):
    """An iakttagelse: something the picture says, where, which way it goes and what it rests on.

    ``table`` is a list of rows of texts, the first row its heads, or empty. In
    a joint picture ``origins`` are the parties' findings that it takes over.
    """

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    picture = models.ForeignKey(
        SituationPicture, on_delete=models.CASCADE, related_name="findings", verbose_name="lägesbild"
    )
    position = models.PositiveIntegerField("plats i ordningen")
    title = models.CharField("iakttagelse", max_length=300)
    text = models.TextField("beskrivning", blank=True, max_length=8_000)
    area = models.ForeignKey(
        PriorityArea,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="prioriterat område",
    )
    trend = models.CharField("utveckling", max_length=10, choices=Trend, blank=True)
    places = models.ManyToManyField(Place, related_name="findings", blank=True, verbose_name="platser")
    source = models.ForeignKey(
        DataSource, on_delete=models.SET_NULL, null=True, blank=True, related_name="findings", verbose_name="datakälla"
    )
    source_note = models.CharField(
        "källa", max_length=300, blank=True, help_text="Årtal, fråga eller annat som gör att andra hittar uppgiften."
    )
    table = models.JSONField("tabell", default=list, blank=True)
    origins = models.ManyToManyField(
        "self", symmetrical=False, related_name="taken_over_as", blank=True, verbose_name="bygger på"
    )
    row_version = models.PositiveIntegerField("version av raden", default=1)

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = "iakttagelse"
        verbose_name_plural = "iakttagelser"
        ordering = ["picture", "position"]

    def __str__(self):
        return self.title


class LeftOut(models.Model):
    """That a joint picture does not take over a party's finding, and why."""

    joint = models.ForeignKey(
        SituationPicture, on_delete=models.CASCADE, related_name="left_out", verbose_name="gemensam lägesbild"
    )
    finding = models.ForeignKey(Finding, on_delete=models.CASCADE, related_name="left_out", verbose_name="iakttagelse")
    reason = models.TextField("skäl", max_length=2_000)

    objects = OfPictureQuerySet.as_manager()

    class Meta:
        verbose_name = "utelämnad iakttagelse"
        verbose_name_plural = "utelämnade iakttagelser"
        constraints = [models.UniqueConstraint(fields=["joint", "finding"], name="finding_left_out_once")]

    def __str__(self):
        return self.reason


class PrioritisedProblem(models.Model):
    """A problem that the joint picture shows, and whether the parties prioritise it.

    They prioritise what they can influence and have resources for (seed 003),
    and say why about what they leave. ``is_prioritised`` None: not decided yet.
    """

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    picture = models.ForeignKey(
        SituationPicture, on_delete=models.CASCADE, related_name="problems", verbose_name="gemensam lägesbild"
    )
    position = models.PositiveIntegerField("plats i ordningen")
    title = models.CharField("problem", max_length=300)
    description = models.TextField("beskrivning", blank=True, max_length=8_000)
    area = models.ForeignKey(
        PriorityArea,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="prioriterat område",
    )
    findings = models.ManyToManyField(Finding, related_name="problems", blank=True, verbose_name="iakttagelser")
    places = models.ManyToManyField(Place, related_name="problems", blank=True, verbose_name="platser")
    can_influence = models.CharField("parterna kan påverka det", max_length=5, choices=Answer, blank=True)
    has_resources = models.CharField("det finns resurser", max_length=5, choices=Answer, blank=True)
    is_prioritised = models.BooleanField("prioriteras", null=True, blank=True)
    reason = models.TextField("motivering", blank=True, max_length=2_000)
    row_version = models.PositiveIntegerField("version av raden", default=1)

    objects = OfPictureQuerySet.as_manager()

    class Meta:
        verbose_name = "problem i lägesbilden"
        verbose_name_plural = "problem i lägesbilden"
        ordering = ["picture", "position"]
        constraints = [
            models.CheckConstraint(
                name="left_problem_has_reason",
                condition=Q(is_prioritised__isnull=True) | Q(is_prioritised=True) | ~Q(reason=""),
                violation_error_message="Skriv varför problemet inte prioriteras.",
            )
        ]

    def __str__(self):
        return self.title


class PictureStep(Step):
    """A step of a situation picture; sharing is one, since it cannot be taken back."""

    picture = models.ForeignKey(
        SituationPicture, on_delete=models.PROTECT, related_name="steps", verbose_name="lägesbild"
    )

    class Meta(Step.Meta):
        verbose_name = "steg för en lägesbild"
        verbose_name_plural = "steg för lägesbilder"
