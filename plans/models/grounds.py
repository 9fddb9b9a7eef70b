"""What a row of the plan stands on and who works with it, said beside the row and not in its cells.

A row is named by its ``uid`` and not by a foreign key: it keeps what was said
of it when it is removed and taken back.
"""

from django.db import models
from django.db.models import Q

from agreements.models import AnalysedCause, CollaborationGroup, Finding, Place, PrioritisedProblem
from plans.models.content import ActionPlan


class OfRow(models.Model):
    """Something said of a row of a plan."""

    plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="%(class)ss", verbose_name="plan")
    row = models.UUIDField("rad")

    class Meta:
        abstract = True


class RowGround(OfRow):
    """What a problem or cause in the plan rests on: a finding, a prioritised problem or an analysed cause."""

    finding = models.ForeignKey(
        Finding, on_delete=models.PROTECT, null=True, blank=True, related_name="grounds", verbose_name="iakttagelse"
    )
    problem = models.ForeignKey(
        PrioritisedProblem,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="grounds",
        verbose_name="prioriterat problem",
    )
    cause = models.ForeignKey(
        AnalysedCause,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="grounds",
        verbose_name="analyserad orsak",
    )

    class Meta:
        verbose_name = "grund"
        verbose_name_plural = "grunder"
        constraints = [
            models.CheckConstraint(
                name="ground_is_one_thing",
                condition=Q(finding__isnull=False, problem__isnull=True, cause__isnull=True)
                | Q(finding__isnull=True, problem__isnull=False, cause__isnull=True)
                | Q(finding__isnull=True, problem__isnull=True, cause__isnull=False),
            ),
            models.UniqueConstraint(fields=["plan", "row", "finding"], name="finding_once_per_row"),
            models.UniqueConstraint(fields=["plan", "row", "problem"], name="prioritised_problem_once_per_row"),
            models.UniqueConstraint(fields=["plan", "row", "cause"], name="analysed_cause_once_per_row"),
        ]

    def __str__(self):
        return str(self.finding or self.problem or self.cause)


class RowPlace(OfRow):
    """A delimited place that a problem or cause is about."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="plan_rows", verbose_name="plats")

    class Meta:
        verbose_name = "plats för en rad"
        verbose_name_plural = "platser för rader"
        constraints = [models.UniqueConstraint(fields=["plan", "row", "place"], name="place_once_per_row")]

    def __str__(self):
        return str(self.place)


class GroupRow(OfRow):
    """A row that a working group works on (seed 001)."""

    group = models.ForeignKey(
        CollaborationGroup, on_delete=models.CASCADE, related_name="plan_rows", verbose_name="arbetsgrupp"
    )

    class Meta:
        verbose_name = "rad för en arbetsgrupp"
        verbose_name_plural = "rader för arbetsgrupper"
        constraints = [models.UniqueConstraint(fields=["plan", "row", "group"], name="group_once_per_row")]

    def __str__(self):
        return str(self.group)


class ServedActivity(OfRow):
    """The activity in the city's handlingsplan that a local action serves (seed 001)."""

    city_plan = models.ForeignKey(ActionPlan, on_delete=models.CASCADE, related_name="+", verbose_name="stadens plan")
    city_row = models.UUIDField("stadens aktivitet")

    class Meta:
        verbose_name = "koppling till stadens aktivitet"
        verbose_name_plural = "kopplingar till stadens aktiviteter"
        constraints = [models.UniqueConstraint(fields=["plan", "row", "city_row"], name="activity_served_once_per_row")]

    def __str__(self):
        return str(self.city_row)
