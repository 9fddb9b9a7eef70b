"""The editions of the prioritised areas, and how one edition answers to the next."""

from django.db import models
from django.db.models import F, Q

from agreements.enums import TriangleSide as Side
from agreements.models.periods import ends_after_start
from agreements.querysets import DatedQuerySet


class PriorityAreaSet(models.Model):
    """An edition of the prioritised areas. Old plans keep the set they were written under."""

    code = models.SlugField("kod", unique=True)
    name = models.CharField("namn", max_length=150)
    valid_from = models.DateField("gäller från")
    valid_to = models.DateField("gäller till", null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = "områdesuppsättning"
        verbose_name_plural = "områdesuppsättningar"
        ordering = ["-valid_from"]
        constraints = [ends_after_start("area_set_ends_after_start")]

    def __str__(self):
        return self.name


class PriorityArea(models.Model):
    """A prioritised area of cooperation (seed 000), with the city's words for it."""

    area_set = models.ForeignKey(
        PriorityAreaSet, on_delete=models.CASCADE, related_name="areas", verbose_name="områdesuppsättning"
    )
    number = models.PositiveSmallIntegerField("nummer")
    code = models.SlugField("kod")
    title = models.CharField("namn", max_length=150)
    short_title = models.CharField("kort namn", max_length=60)
    sheet = models.CharField("flikens namn", max_length=31, help_text="Högst 31 tecken, så vill Excel ha det.")
    description = models.TextField("beskrivning", blank=True)
    example_activities = models.TextField("exempel på aktiviteter", blank=True)

    class Meta:
        verbose_name = "prioriterat område"
        verbose_name_plural = "prioriterade områden"
        ordering = ["area_set", "number"]
        constraints = [
            models.UniqueConstraint(fields=["area_set", "number"], name="one_area_per_number"),
            models.UniqueConstraint(fields=["area_set", "code"], name="one_area_per_code"),
        ]

    def __str__(self):
        return self.title


class AreaObjective(models.Model):
    """A numbered målsättning of a prioritised area, word for word."""

    area = models.ForeignKey(PriorityArea, on_delete=models.CASCADE, related_name="objectives", verbose_name="område")
    number = models.PositiveSmallIntegerField("nummer")
    text = models.TextField("målsättning")

    class Meta:
        verbose_name = "målsättning"
        verbose_name_plural = "målsättningar"
        ordering = ["area", "number"]
        constraints = [models.UniqueConstraint(fields=["area", "number"], name="one_objective_per_number")]

    def __str__(self):
        return self.text


class TriangleSide(models.Model):
    """A side of the crime triangle that actions should be directed at (seed 000)."""

    area_set = models.ForeignKey(
        PriorityAreaSet, on_delete=models.CASCADE, related_name="triangle_sides", verbose_name="områdesuppsättning"
    )
    number = models.PositiveSmallIntegerField("nummer")
    code = models.CharField("kod", max_length=10, choices=Side)
    title = models.CharField("namn", max_length=60)

    class Meta:
        verbose_name = "sida i brottstriangeln"
        verbose_name_plural = "sidor i brottstriangeln"
        ordering = ["area_set", "number"]
        constraints = [models.UniqueConstraint(fields=["area_set", "code"], name="one_side_per_code")]

    def __str__(self):
        return self.title


class AreaMapping(models.Model):
    """Which area of a newer edition takes over from an area of an older one; several may share one.

    Helps rows that are carried over from an earlier year to their area. An area without one has no successor.
    """

    old = models.ForeignKey(
        PriorityArea, on_delete=models.CASCADE, related_name="successors", verbose_name="tidigare område"
    )
    new = models.ForeignKey(
        PriorityArea, on_delete=models.CASCADE, related_name="predecessors", verbose_name="område som tar över"
    )
    note = models.CharField("förklaring", max_length=300, blank=True)

    class Meta:
        verbose_name = "övergång mellan områden"
        verbose_name_plural = "övergångar mellan områden"
        ordering = ["old", "new"]
        constraints = [
            models.UniqueConstraint(fields=["old", "new"], name="area_mapped_once"),
            models.CheckConstraint(name="area_not_mapped_to_itself", condition=~Q(old=F("new"))),
        ]

    def __str__(self):
        return f"{self.old} → {self.new}"
