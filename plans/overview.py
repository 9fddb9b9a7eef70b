"""How far each district has come with its plan for a year, as much as a person may know of it.

The one who may read a plan sees its counts. The one who may see the status
(the city's groups) sees that a draft exists. To everybody else a draft and no
plan at all look the same.
"""

from dataclasses import dataclass

from django.db.models import Count, IntegerField, Max, OuterRef, Subquery
from django.db.models.functions import Coalesce

from agreements.models import District, PlanningCycle
from agreements.permissions import Permission, access_of
from plans.document import Counts
from plans.enums import PlanState
from plans.models import Action, ActionPlan, Cause, PlanEvent, Problem

UNDER_WAY = {PlanState.IN_REVIEW, PlanState.READY_FOR_DECISION}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A district's plan for the year, to one person."""

    district: District
    plan: ActionPlan | None = None
    is_known: bool = False  # whether the person may know if there is a plan
    is_readable: bool = False
    may_edit: bool = False
    is_own: bool = False  # the person has a seat in one of the district's groups

    @property
    def state_words(self):
        if self.plan:
            return self.plan.get_state_display()
        return "Ingen plan än" if self.is_known else "Ingen beslutad plan"

    @property
    def state_mark(self):
        """Which mark stands beside the words (none, draft, review, decided)."""
        if not self.plan:
            return "none"
        if self.plan.state == PlanState.DRAFT:
            return "draft"
        return "review" if self.plan.state in UNDER_WAY else "decided"

    @property
    def counts(self):
        """Problems, causes and actions; None for a plan the person may not read."""
        if not self.is_readable:
            return None
        return Counts(self.plan.problem_count, self.plan.cause_count, self.plan.action_count)


def standings(user, cycle):
    """Return the :class:`Standing` of every district in the year (4 queries)."""
    access = access_of(user)
    readable = set(ActionPlan.objects.visible_to(user).filter(cycle=cycle).values_list("pk", flat=True))
    plans = {plan.district_id: plan for plan in _with_counts(ActionPlan.objects.filter(cycle=cycle).with_place())}
    own = {where for _, where in access.roles if where}
    return [_standing(district, plans.get(district.pk), readable, access, own) for district in _districts(cycle, plans)]


def _districts(cycle, plans):
    standing = District.objects.valid_on().order_by("name")
    gone = [plan.district for plan in plans.values() if plan.district_id]
    return sorted({*standing, *gone}, key=lambda district: _swedish(district.name))


def _swedish(name):
    """Sort å, ä and ö last, which code points do not."""
    return name.lower().translate(str.maketrans("åäö", "{|}"))


def _standing(district, plan, readable, access, own):
    is_readable = plan is not None and plan.pk in readable
    is_known = is_readable or access.allows(Permission.SEE_STATUS, district.pk)
    return Standing(
        district=district,
        plan=plan if is_known else None,
        is_known=is_known,
        is_readable=is_readable,
        may_edit=access.allows(Permission.EDIT_PLAN, district.pk),
        is_own=district.pk in own,
    )


def _with_counts(plans):
    return plans.annotate(
        problem_count=_written(Problem, "title"),
        cause_count=_written(Cause, "text"),
        action_count=_written(Action, "text"),
        changed_at=Subquery(_per_plan(PlanEvent.objects.all()).annotate(last=Max("at")).values("last")),
    )


def _written(model, field):
    """Count the rows that have a text, as the analysis tab does."""
    rows = _per_plan(model.objects.exclude(**{field: ""})).annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(rows), 0, output_field=IntegerField())


def _per_plan(rows):
    return rows.filter(plan=OuterRef("pk")).order_by().values("plan")


def cycles():
    """Return the years that plans are written for, the latest first."""
    return list(PlanningCycle.objects.select_related("area_set"))


def chosen_cycle(user, years, wanted=""):
    """Return the year asked for (a text from the address), else the latest with a plan the person may read.

    Without any such plan it is the latest year; None if there is none.
    """
    asked = next((cycle for cycle in years if str(cycle.year) == wanted), None)
    if asked or not years:
        return asked
    latest = ActionPlan.objects.visible_to(user).aggregate(year=Max("cycle__year"))["year"]
    return next((cycle for cycle in years if cycle.year == latest), years[0])
