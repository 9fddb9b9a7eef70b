"""How far each district has come with its plan for a year, as much as a person may know of it.

The counts are those of the latest decided version that the person may read,
as on the city's page (:mod:`plans.consolidation`); only who reads a draft sees
the draft's. Beside a draft they may not read, people see the decided version
that holds meanwhile. The one who may see the
status (the city's groups) sees that a draft exists. To everybody else a draft
and no plan at all look the same.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, IntegerField, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from agreements.asking_once import once
from agreements.models import District
from agreements.permissions import Permission, access_of
from agreements.scope import Scope
from plans.document import Counts
from plans.enums import PlanState
from plans.models import Action, ActionPlan, Cause, PlanEvent, PlanVersion, Problem
from plans.permissions import DECIDED_STATES

UNDER_WAY = {PlanState.IN_REVIEW, PlanState.READY_FOR_DECISION}


NEXT_VERSION = {
    PlanState.DRAFT: "skrivs",
    PlanState.IN_REVIEW: "är på granskning",
    PlanState.READY_FOR_DECISION: "är klar för beslut",
}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A district's plan for the year, to one person.

    ``version`` is the decided version that the person reads instead of the
    plan as it now stands, which they may not read. ``decided`` is the latest
    decided version that they may read, the same one or that of a decided plan.
    """

    district: District | Scope  # the city's own plan has the city as its place
    plan: ActionPlan | None = None
    version: PlanVersion | None = None
    decided: PlanVersion | None = None
    is_known: bool = False  # whether the person may know if there is a plan
    is_readable: bool = False  # whether the person may read the plan as it now stands
    may_edit: bool = False
    is_own: bool = False  # the person has a seat in one of the district's groups

    @property
    def state_words(self):
        if self.version:
            return f"{PlanState.DECIDED.label}, version {self.version.number}"
        if self.plan:
            state = self.plan.get_state_display()
            return state if self.plan.version == 1 else f"{state}, version {self.plan.version}"
        return "Ingen plan än" if self.is_known else "Ingen beslutad plan"

    @property
    def state_mark(self):
        """Which mark stands beside the words (none, draft, review, decided)."""
        if self.version:
            return "decided"
        if not self.plan:
            return "none"
        if self.plan.state == PlanState.DRAFT:
            return "draft"
        return "review" if self.plan.state in UNDER_WAY else "decided"

    @property
    def later_words(self):
        """What the person may know of a later version than the one they read; empty if nothing."""
        if not (self.version and self.plan) or self.plan.version <= self.version.number:
            return ""
        return f"version {self.plan.version} {NEXT_VERSION.get(self.plan.state, 'är inte inskickad')}"

    @property
    def address(self):
        """Where the person reads the district's plan; empty if they may not."""
        if self.version:
            return self.version.get_absolute_url()
        return self.plan.get_absolute_url() if self.is_readable else ""

    @property
    def counts(self):
        """Problems, causes and actions of what the person reads; None if that is nothing."""
        if self.decided and not self.is_draft:
            return self.decided.sum
        if not self.is_readable:
            return None
        return Counts(self.plan.problem_count, self.plan.cause_count, self.plan.action_count)

    @property
    def is_draft(self):
        """Whether what the person reads is not decided yet."""
        return self.is_readable and self.plan.state not in DECIDED_STATES

    @property
    def is_example(self):
        """Whether what the person reads is made up."""
        read = self.version.plan if self.version else self.plan
        return bool(self.address) and read.is_example


class Standings(list):
    """The :class:`Standing` of every district of a year; ``city`` is that of the city's own plan.

    The city's is None to who may neither read nor begin it, nor know of it.
    """

    city = None

    @property
    def drafts(self):
        """Those where the person reads, and counts, what is not decided yet."""
        return [standing for standing in self if standing.is_draft]


def standings(user, cycle):
    """Return the year's :class:`Standings` to the person (5 queries)."""
    access = access_of(user)
    readable = set(ActionPlan.objects.visible_to(user).filter(cycle=cycle).values_list("pk", flat=True))
    plans = {plan.district_id: plan for plan in _with_counts(ActionPlan.objects.filter(cycle=cycle).with_place())}
    versions = _versions(user, cycle)

    def standing_of(place):
        return _standing(place, plans.get(place.pk), versions, readable, access)

    found = Standings(standing_of(district) for district in districts_of(cycle, plans))
    city = standing_of(Scope(None))
    found.city = city if city.is_known or city.may_edit else None
    return found


def _versions(user, cycle):
    """Return the latest decided version of each plan that the person may read, without its text."""
    versions = PlanVersion.objects.visible_to(user).filter(plan__cycle=cycle).defer("document", "facts")
    return {version.plan_id: version for version in versions.order_by("number")}


def districts_of(cycle, plans):
    """Return the year's districts by name in Swedish order: those that stood, and those with a plan in ``plans``.

    Districts merge. A year that is over shows those of its last day, one to come those of its first day.
    """
    day = min(max(timezone.localdate(), date(cycle.year, 1, 1)), date(cycle.year, 12, 31))
    standing = _standing_on(day)
    gone = [plan.district for plan in plans.values() if plan.district_id]
    return sorted({*standing, *gone}, key=lambda district: _swedish(district.name))


@once
def _standing_on(day):
    return list(District.objects.valid_on(day))


def _swedish(name):
    """Sort å, ä and ö last, which code points do not."""
    return name.lower().translate(str.maketrans("åäö", "{|}"))


def _standing(district, plan, versions, readable, access):
    is_readable = plan is not None and plan.pk in readable
    decided = versions.get(plan.pk) if plan else None
    if decided:
        decided.plan = plan
    version = None if is_readable else decided
    is_known = is_readable or access.allows(Permission.SEE_STATUS, district.pk)
    return Standing(
        district=district,
        plan=plan if is_known else None,
        version=version,
        decided=decided,
        is_known=is_known or version is not None,
        is_readable=is_readable,
        may_edit=access.allows(Permission.EDIT_PLAN, district.pk),
        is_own=access.own().covers(district.pk),
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


@once
def plans_of_place(user, district_id):
    """Return the plans of the place that the person reads as they now stand (1 query); None is the city's own."""
    return list(ActionPlan.objects.visible_to(user).filter(district=district_id).with_place())


def chosen_cycle(user, years, wanted=""):
    """Return the year asked for (a text from the address), else the latest with a plan the person may read.

    Without any such plan it is the latest year; None if there is none.
    """
    asked = next((cycle for cycle in years if str(cycle.year) == wanted), None)
    if asked or not years:
        return asked
    plans = Q(pk__in=ActionPlan.objects.visible_to(user).values("pk"))
    decided = Q(pk__in=PlanVersion.objects.visible_to(user).values("plan"))
    latest = ActionPlan.objects.filter(plans | decided).aggregate(year=Max("cycle__year"))["year"]
    return next((cycle for cycle in years if cycle.year == latest), years[0])


def own_cycle(user, years):
    """Return the year that a person's own page is about; None if there is none.

    It is the city's latest for whoever follows all districts, else that of the latest plan they read.
    """
    return latest_begun(years) if access_of(user).allows(Permission.SEE_CITY, None) else chosen_cycle(user, years)


def latest_begun(years):
    """Return the latest of the years in which a district has begun a plan, else the latest; None if there is none."""
    latest = ActionPlan.objects.filter(district__isnull=False).aggregate(year=Max("cycle__year"))["year"]
    return next((cycle for cycle in years if cycle.year == latest), next(iter(years), None))
