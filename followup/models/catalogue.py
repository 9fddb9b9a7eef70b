"""The city-wide catalogue of decided actions: what is tried against which cause, and what came of it."""

from django.db import models

from agreements.models import District
from agreements.models.steps import by_whom
from followup.enums import Implementation, Light
from followup.querysets import CataloguedActionQuerySet
from plans.models import ActionPlan, PlanVersion
from trygghet.append_only import AppendOnly


class CataloguedAction(models.Model):
    """An action of a decided plan, where it can be searched; made of the frozen version and of nothing else.

    It is of the plan's version in force: a new version replaces it. The
    outcome is filled in when the follow-up is approved and empty until then.
    ``words`` is what a search looks in, in lower case.
    """

    plan = models.ForeignKey(ActionPlan, on_delete=models.PROTECT, related_name="catalogued", verbose_name="plan")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+", verbose_name="version")
    district = models.ForeignKey(
        District, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="stadsdelsområde"
    )
    year = models.PositiveSmallIntegerField("år")
    row = models.UUIDField("rad i planen")
    position = models.PositiveIntegerField("plats i planen")
    area = models.CharField("områdets kod", max_length=40, blank=True)
    area_title = models.TextField("område")
    problem = models.TextField("problemområde", blank=True)
    cause = models.TextField("orsak", blank=True)
    text = models.TextField("åtgärd")
    goals = models.TextField("operativa mål", blank=True)
    when = models.TextField("när", blank=True)
    who = models.TextField("vem", blank=True)
    words = models.TextField("sökord")
    status = models.CharField("status", max_length=25, choices=Implementation, blank=True)
    light = models.CharField("läge", max_length=25, choices=Light, blank=True)
    done = models.TextField("vad har genomförts?", blank=True)
    lesson = models.TextField("lärdom", blank=True)
    goals_met = models.PositiveSmallIntegerField("uppnådda mål", null=True, blank=True)
    goals_asked = models.PositiveSmallIntegerField("mål", null=True, blank=True)
    approved_on = models.DateField("uppföljningen godkänd", null=True, blank=True)

    objects = CataloguedActionQuerySet.as_manager()

    class Meta:
        verbose_name = "åtgärd i katalogen"
        verbose_name_plural = "åtgärder i katalogen"
        ordering = ["-year", "district__name", "position"]
        constraints = [models.UniqueConstraint(fields=["plan", "row"], name="catalogued_once")]

    def __str__(self):
        return self.text


class BorrowedAction(AppendOnly):
    """That an action of a plan was borrowed from a decided plan of another place; written once."""

    plan = models.ForeignKey(ActionPlan, on_delete=models.PROTECT, related_name="borrowed", verbose_name="plan")
    row = models.UUIDField("rad i planen")
    from_version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+", verbose_name="från")
    from_row = models.UUIDField("från raden")
    kind = models.CharField("slag av rad", max_length=10)
    by = by_whom("lånad av")
    at = models.DateTimeField("när", auto_now_add=True)

    class Meta:
        verbose_name = "lånad åtgärd"
        verbose_name_plural = "lånade åtgärder"
        constraints = [models.UniqueConstraint(fields=["plan", "row"], name="borrowed_once")]

    def __str__(self):
        return f"{self.row} från {self.from_version}"
