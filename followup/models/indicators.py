"""Indicators: what is measured, where and when; and the goals that are to be seen in them."""

import uuid

from django.db import models
from django.db.models import F, Q

from agreements.models import DataSource, District, Neighbourhood
from agreements.models.steps import by_whom
from followup.enums import MeasurementImportState, Wanted
from followup.querysets import IndicatorQuerySet, MeasurementImportQuerySet, MeasurementQuerySet
from plans.models import ActionPlan


class Indicator(models.Model):
    """Something that is measured again and again, such as the share who feel unsafe at night (seed 003).

    ``interval_months`` None: it is continuous or irregular. ``counts_people``:
    the values are numbers of persons or cases, of which fewer than five are
    never shown (domain §5.3).
    """

    code = models.SlugField("kod", unique=True, max_length=80)
    name = models.CharField("namn", max_length=150, unique=True)
    unit = models.CharField("enhet", max_length=40, help_text="Till exempel procent eller antal per 1 000 invånare.")
    decimals = models.PositiveSmallIntegerField("decimaler", default=0)
    wanted = models.CharField("önskad riktning", max_length=10, choices=Wanted)
    source = models.ForeignKey(
        DataSource, on_delete=models.PROTECT, related_name="indicators", verbose_name="datakälla"
    )
    interval_months = models.PositiveSmallIntegerField("mäts med så många månaders mellanrum", null=True, blank=True)
    counts_people = models.BooleanField("räknar personer eller fall", default=False)
    description = models.TextField("vad den mäter", blank=True, max_length=2_000)
    is_example = models.BooleanField("exempeldata", default=False)
    row_version = models.PositiveIntegerField("version av raden", default=1, editable=False)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = "indikator"
        verbose_name_plural = "indikatorer"
        ordering = ["name"]

    def __str__(self):
        return self.name


class MeasurementImport(models.Model):
    """A file of measurements that somebody has read in, or is about to (domain §5.4).

    ``rows`` are those that can be stored, ``faults`` say for each other row
    what is wrong with it. Nothing is stored before it is confirmed.
    """

    uid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField("filnamn", max_length=200)
    sha256 = models.CharField("kontrollsumma", max_length=64)
    rows = models.JSONField("rader")
    faults = models.JSONField("fel")
    state = models.CharField(
        "status", max_length=10, choices=MeasurementImportState, default=MeasurementImportState.PARSED
    )
    by = by_whom("av")
    at = models.DateTimeField("när", auto_now_add=True)

    objects = MeasurementImportQuerySet.as_manager()

    class Meta:
        verbose_name = "inläsning av mätvärden"
        verbose_name_plural = "inläsningar av mätvärden"
        ordering = ["-at"]

    def __str__(self):
        return self.name


class Measurement(models.Model):
    """A value of an indicator in a place and a period: the city's, a district's or a neighbourhood's.

    ``low`` and ``high`` are the limits of the uncertainty, in the indicator's
    unit; ``respondents`` how many answered. None for what is not given.
    """

    indicator = models.ForeignKey(
        Indicator, on_delete=models.PROTECT, related_name="measurements", verbose_name="indikator"
    )
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="stadsdelsområde",
        help_text="Tomt för hela staden.",
    )  # fmt: skip
    neighbourhood = models.ForeignKey(
        Neighbourhood, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="stadsdel"
    )
    starts_on = models.DateField("period från")
    ends_on = models.DateField("period till")
    value = models.DecimalField("värde", max_digits=14, decimal_places=4)
    low = models.DecimalField("lägsta rimliga värde", max_digits=14, decimal_places=4, null=True, blank=True)
    high = models.DecimalField("högsta rimliga värde", max_digits=14, decimal_places=4, null=True, blank=True)
    respondents = models.PositiveIntegerField("antal svarande", null=True, blank=True)
    note = models.CharField("anmärkning", max_length=300, blank=True)
    is_example = models.BooleanField("exempeldata", default=False)
    read_in = models.ForeignKey(
        MeasurementImport, on_delete=models.PROTECT, null=True, blank=True, related_name="measurements",
        verbose_name="inläst med",
    )  # fmt: skip
    by = by_whom("av", null=True, blank=True)
    at = models.DateTimeField("när", auto_now=True)
    row_version = models.PositiveIntegerField("version av raden", default=1, editable=False)

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        verbose_name = "mätvärde"
        verbose_name_plural = "mätvärden"
        ordering = ["indicator", "starts_on"]
        constraints = [
            models.CheckConstraint(name="period_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="neighbourhood_in_a_district", condition=Q(neighbourhood__isnull=True) | Q(district__isnull=False)
            ),
            models.UniqueConstraint(
                fields=["indicator", "starts_on", "ends_on"],
                condition=Q(district__isnull=True),
                name="one_city_value_per_period",
            ),
            models.UniqueConstraint(
                fields=["indicator", "district", "starts_on", "ends_on"],
                condition=Q(district__isnull=False, neighbourhood__isnull=True),
                name="one_district_value_per_period",
            ),
            models.UniqueConstraint(
                fields=["indicator", "neighbourhood", "starts_on", "ends_on"],
                condition=Q(neighbourhood__isnull=False),
                name="one_neighbourhood_value_per_period",
            ),
        ]

    def __str__(self):
        return f"{self.indicator} {self.starts_on}–{self.ends_on}"


class GoalIndicator(models.Model):
    """That a goal of a plan is to be seen in an indicator, from a baseline to a target.

    ``goal`` is the identity of an operational goal, or of a delmål of an area.
    ``baseline`` None: it is the latest measurement before the plan's year.
    """

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="goal_indicators", verbose_name="plan")
    goal = models.UUIDField("mål")
    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="goals", verbose_name="indikator")
    baseline = models.DecimalField("nuläge", max_digits=14, decimal_places=4, null=True, blank=True)
    target = models.DecimalField("målvärde", max_digits=14, decimal_places=4, null=True, blank=True)
    by = by_whom("av")
    at = models.DateTimeField("när", auto_now=True)

    class Meta:
        verbose_name = "målets indikator"
        verbose_name_plural = "målens indikatorer"
        constraints = [models.UniqueConstraint(fields=["plan", "goal"], name="one_indicator_per_goal")]

    def __str__(self):
        return str(self.indicator)
