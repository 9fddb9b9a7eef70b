"""Where a row of a plan came from, when it was carried over from the year before."""

from django.db import models

from plans.models import ActionPlan
from trygghet.append_only import AppendOnly


class CarriedRow(AppendOnly):
    """That a row of a plan is the same work as a row of an earlier plan (seed 001: a plan for the coming year).

    Both rows are named by their identities in their plans. ``kind`` is what
    the row is: a problem, a cause or an action, as the operations name it.
    Written once; a row that is then removed from the draft leaves it behind,
    and may be carried over anew.
    """

    plan = models.ForeignKey(ActionPlan, on_delete=models.PROTECT, related_name="carried_rows", verbose_name="plan")
    row = models.UUIDField("rad i planen")
    from_plan = models.ForeignKey(
        ActionPlan, on_delete=models.PROTECT, related_name="carried_on", verbose_name="från planen"
    )
    from_row = models.UUIDField("från raden")
    kind = models.CharField("slag av rad", max_length=10)
    at = models.DateTimeField("när", auto_now_add=True)

    class Meta:
        verbose_name = "överförd rad"
        verbose_name_plural = "överförda rader"
        constraints = [models.UniqueConstraint(fields=["plan", "row"], name="one_origin_per_row")]
        indexes = [models.Index(fields=["from_plan", "from_row"], name="carried_on_from_row")]

    def __str__(self):
        return f"{self.row} från {self.from_plan}"
