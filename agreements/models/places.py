"""Delimited places (avgränsade platser) and the sources that pictures quote."""

from django.db import models

from agreements.enums import VulnerabilityClass
from agreements.models.organisation import District, Neighbourhood
from agreements.models.periods import ends_after_start
from agreements.querysets import DataSourceQuerySet, PlaceQuerySet


class Place(models.Model):
    """A delimited place that the parties talk about, such as a square (seed 001: geographic analysis)."""

    district = models.ForeignKey(
        District, on_delete=models.PROTECT, related_name="places", verbose_name="stadsdelsområde"
    )
    slug = models.SlugField("adress", max_length=80)
    name = models.CharField("namn", max_length=150)
    neighbourhood = models.ForeignKey(
        Neighbourhood,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="places",
        verbose_name="stadsdel",
    )
    vulnerability = models.CharField("klass", max_length=25, choices=VulnerabilityClass, blank=True)
    is_open_drug_scene = models.BooleanField("öppen drogscen", default=False)
    description = models.TextField("avgränsning och beskrivning", blank=True, max_length=4_000)
    valid_from = models.DateField("gäller från")
    valid_to = models.DateField("gäller till", null=True, blank=True)
    row_version = models.PositiveIntegerField("version av raden", default=1, editable=False)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = "plats"
        verbose_name_plural = "platser"
        ordering = ["name"]
        constraints = [
            ends_after_start("place_ends_after_start"),
            models.UniqueConstraint(
                fields=["district", "slug"],
                name="one_place_per_slug",
                violation_error_message="Det finns redan en plats med det namnet.",
            ),
        ]

    def __str__(self):
        return self.name


class DataSource(models.Model):
    """A measurement or register that findings quote (seed 003), with how often it comes and when next.

    ``interval_months`` None: it is continuous or irregular.
    """

    code = models.SlugField("kod", unique=True)
    name = models.CharField("namn", max_length=150)
    owner = models.CharField("görs av", max_length=150, blank=True)
    description = models.TextField("vad den mäter", blank=True)
    interval_months = models.PositiveSmallIntegerField("kommer med så många månaders mellanrum", null=True, blank=True)
    latest_on = models.DateField("senaste mätningen", null=True, blank=True)
    next_on = models.DateField("nästa mätning", null=True, blank=True)
    row_version = models.PositiveIntegerField("version av raden", default=1, editable=False)

    objects = DataSourceQuerySet.as_manager()

    class Meta:
        verbose_name = "datakälla"
        verbose_name_plural = "datakällor"
        ordering = ["name"]

    def __str__(self):
        return self.name
