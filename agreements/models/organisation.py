"""Where and by whom: the municipality, its districts, the police, organisations and functions."""

from django.db import models

from agreements.enums import OrganisationKind
from agreements.models.periods import ends_after_start
from agreements.querysets import DatedQuerySet


class Municipality(models.Model):
    """A kommun; one installation serves one."""

    name = models.CharField("namn", max_length=100)
    code = models.SlugField("kod", unique=True)

    class Meta:
        verbose_name = "kommun"
        verbose_name_plural = "kommuner"
        ordering = ["name"]

    def __str__(self):
        return self.name


class PoliceArea(models.Model):
    """A polisområde (syd, city, nord), the level above the local police areas."""

    name = models.CharField("namn", max_length=100)
    code = models.SlugField("kod", unique=True)

    class Meta:
        verbose_name = "polisområde"
        verbose_name_plural = "polisområden"
        ordering = ["name"]

    def __str__(self):
        return self.name


class LocalPoliceArea(models.Model):
    """A lokalpolisområde; it may serve several districts."""

    name = models.CharField("namn", max_length=100)
    code = models.SlugField("kod", unique=True)
    police_area = models.ForeignKey(
        PoliceArea, on_delete=models.PROTECT, related_name="local_police_areas", verbose_name="polisområde"
    )

    class Meta:
        verbose_name = "lokalpolisområde"
        verbose_name_plural = "lokalpolisområden"
        ordering = ["name"]

    def __str__(self):
        return self.name


class District(models.Model):
    """A stadsdelsområde. Districts merge over time, so each has a period; no end means it stands."""

    name = models.CharField("namn", max_length=100)
    slug = models.SlugField("adress", unique=True)
    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="districts", verbose_name="kommun"
    )
    local_police_areas = models.ManyToManyField(
        LocalPoliceArea, related_name="districts", blank=True, verbose_name="lokalpolisområden"
    )
    valid_from = models.DateField("gäller från")
    valid_to = models.DateField("gäller till", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "stadsdelsområde"
        verbose_name_plural = "stadsdelsområden"
        ordering = ["name"]
        constraints = [ends_after_start("district_ends_after_start")]

    def __str__(self):
        return self.name


class Neighbourhood(models.Model):
    """A stadsdel within a district, such as Vårberg."""

    district = models.ForeignKey(
        District, on_delete=models.CASCADE, related_name="neighbourhoods", verbose_name="stadsdelsområde"
    )
    name = models.CharField("namn", max_length=100)
    slug = models.SlugField("adress")

    class Meta:
        verbose_name = "stadsdel"
        verbose_name_plural = "stadsdelar"
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["district", "slug"], name="one_neighbourhood_per_slug")]

    def __str__(self):
        return self.name


class Organisation(models.Model):
    """An authority, company or association that takes part; ``is_party`` if it signs agreements."""

    name = models.CharField("namn", max_length=150)
    slug = models.SlugField("adress", unique=True, max_length=100)
    short_name = models.CharField("kortnamn", max_length=50, blank=True)
    kind = models.CharField("slag", max_length=20, choices=OrganisationKind)
    is_party = models.BooleanField("är part", default=False)
    district = models.ForeignKey(
        District,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name="stadsdelsområde",
        help_text="Tomt för en organisation som finns i hela staden.",
    )

    class Meta:
        verbose_name = "organisation"
        verbose_name_plural = "organisationer"
        ordering = ["name"]

    def __str__(self):
        return self.name


class Function(models.Model):
    """What a member does in their organisation, such as kommunpolis. Plans name functions, never persons."""

    code = models.SlugField("kod", unique=True)
    title = models.CharField("titel", max_length=150)

    class Meta:
        verbose_name = "funktion"
        verbose_name_plural = "funktioner"
        ordering = ["title"]

    def __str__(self):
        return self.title
