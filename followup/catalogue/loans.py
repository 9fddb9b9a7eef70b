"""Where an action that was borrowed comes from, for those who read the plan that it was borrowed from."""

from __future__ import annotations

from dataclasses import dataclass

from followup.models import BorrowedAction
from plans.models import PlanVersion


@dataclass(frozen=True, kw_only=True)
class Loan:
    """The decided version that an action was borrowed from."""

    version: PlanVersion

    @property
    def source(self):
        """Whose plan of which year it is, such as "Farsta 2025"."""
        return f"{self.version.plan.scope} {self.version.plan.year}"

    @property
    def told(self):
        return f"Lånad från {self.source}"


def loans_in(plans, user):
    """Return {(plan's id, the action's uid): Loan} of the actions that were borrowed into the plans (1 query).

    ``plans`` are plans or their ids. One that came from a plan the person does not read is not there.
    """
    rows = BorrowedAction.objects.filter(
        plan__in=plans, kind="action", from_version__in=PlanVersion.objects.visible_to(user)
    )
    rows = rows.select_related("from_version__plan__district", "from_version__plan__cycle").defer(
        "from_version__document", "from_version__facts", "from_version__counts"
    )
    return {(row.plan_id, str(row.row)): Loan(version=row.from_version) for row in rows}
