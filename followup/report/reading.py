"""From the database to the annual report: what one person may read of every district's plan and follow-up.

A fixed number of queries, however many districts and however long their
plans. What the calendar, the duties and the city's page know is asked of them
and not worked out here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from agreements.duties import BY_NAME, Status, statuses_of
from agreements.facts import facts_of
from agreements.models import District
from agreements.permissions import Permission, access_of
from followup.document import FollowUpDocument
from followup.enums import FollowUpState, ObstacleState
from followup.loading import load_many
from followup.models import FollowUp, Obstacle
from followup.obstacles import ENDED
from followup.report.figures import OWN_AREAS, Lifted, area_key, figures_of
from plans.consolidation import consolidate
from plans.document import PlanDocument
from plans.models import PlanVersion
from plans.offers import sides_in
from plans.outline import Outline
from plans.versions import document_of

S = ObstacleState
NOT_DECIDED = "ingen beslutad plan"
NOT_SENT = "den beslutade planen är inte skickad till staden"
NOT_HANDED_IN = "uppföljningen är inte inlämnad"
NOT_READABLE = "den version som är uppföljd är inte skickad till staden"


def may_read(user):
    """Whether the person reads the city's annual report."""
    return access_of(user).allows(Permission.READ_REPORT, None)


def address_of(year):
    """Return where the report of the year is."""
    return reverse("followup:report", args=[year])


def handed_in_by_year(user):
    """Return {year: how many follow-ups of districts are handed in, that the person reads}, without zeros (1 query)."""
    handed_in = FollowUp.objects.visible_to(user).exclude(state=FollowUpState.OPEN)
    years = handed_in.filter(plan__district__isnull=False).order_by().values_list("plan__cycle__year")
    return dict(years.annotate(count=Count("pk")))


@dataclass(kw_only=True)
class OfDistrict:
    """A district in the report: its steps, the version that is counted, and its follow-up if it has been handed in.

    ``version`` is the one that is followed up, else the latest that the
    person reads; None if there is none, and then nothing of it is counted.
    ``handed_in`` is the follow-up itself also where its version may not be
    read; ``handed_in_on`` the day, None if nobody knows.
    """

    district: District
    steps: tuple
    picture: Status
    agreement: Status
    version: PlanVersion | None = None
    plan: PlanDocument | None = None
    handed_in: FollowUp | None = None
    handed_in_on: object = None
    follow_up: FollowUpDocument | None = None

    @property
    def slug(self):
        return self.district.slug

    @property
    def is_decided(self):
        """Whether the district has a decided plan, sent or not."""
        return any(step.name == "decided" and step.on for step in self.steps)

    @property
    def is_approved(self):
        """Whether the district's steering group has approved the follow-up."""
        return self.handed_in is not None and self.handed_in.state == FollowUpState.APPROVED

    @property
    def why_missing(self):
        """Why no outcomes of the district are in the report; "" if they are."""
        if self.follow_up:
            return ""
        if self.handed_in:
            return NOT_READABLE
        if not self.is_decided:
            return NOT_DECIDED
        return NOT_HANDED_IN if self.version else f"{NOT_SENT}, och {NOT_HANDED_IN}"

    @cached_property
    def outline(self):
        return Outline(self.plan)

    @cached_property
    def answers(self):
        """The answers of the follow-up by the action they are of; empty without one."""
        return self.follow_up.by_row() if self.follow_up else {}


class Report:
    """The annual report of a year as one person reads it; the person must be one who :func:`may_read` it."""

    def __init__(self, user, cycle, today=None):
        self.user, self.cycle = user, cycle
        self.today = today or timezone.localdate()
        self.city = consolidate(user, cycle, self.today)
        self.districts = self._districts()
        self.by_slug = {each.slug: each for each in self.districts}

    @property
    def year(self):
        return self.cycle.year

    @cached_property
    def sides(self):
        """What the year's edition of the areas calls the sides of the crime triangle, by code (1 query)."""
        return dict(sides_in(self.cycle.area_set))

    def _districts(self):
        ids = [row.district.pk for row in self.city.rows]
        statuses, facts = statuses_of(ids, self.today), facts_of(ids, self.cycle)
        follow_ups = self._follow_ups()
        versions = self._versions(follow_ups)
        found = [
            OfDistrict(
                district=row.district,
                steps=row.steps,
                picture=statuses[row.district.pk][BY_NAME["lagesbild"]],
                agreement=statuses[row.district.pk][BY_NAME["overenskommelse"]],
                version=versions.get(row.plan.pk) if row.plan else None,
                handed_in=follow_ups.get(row.plan.pk) if row.plan else None,
                handed_in_on=_day_of(facts.get(("follow_up", row.district.pk))),
            )
            for row in self.city.rows
        ]
        self._read(found)
        return found

    def _follow_ups(self):
        """Return what has been handed in, by plan; what a district still writes is nobody else's."""
        handed_in = FollowUp.objects.visible_to(self.user).exclude(state=FollowUpState.OPEN)
        of_year = handed_in.filter(plan__cycle=self.cycle, plan__district__isnull=False)
        return {each.plan_id: each for each in of_year.select_related("plan__district", "plan__cycle")}

    def _versions(self, follow_ups):
        """Return the version that is counted of each plan, by plan: the one followed up, else the latest one read."""
        wanted = {row.plan.pk: row.readable.pk for row in self.city.counted}
        wanted |= {plan: follow_up.version_id for plan, follow_up in follow_ups.items()}
        versions = PlanVersion.objects.visible_to(self.user).filter(pk__in=wanted.values()).defer("facts")
        return {version.plan_id: version for version in versions.select_related("plan__district", "plan__cycle")}

    def _read(self, districts):
        pairs = []
        for each in districts:
            if each.version:
                each.plan = document_of(each.version)
                if each.handed_in:
                    each.handed_in.version = each.version
                    pairs.append(each)
        documents = load_many([(each.handed_in, each.plan) for each in pairs])
        for each, document in zip(pairs, documents, strict=True):
            each.follow_up = document

    # --- What is in it, and what is not

    @property
    def read(self):
        """The districts whose plan is counted."""
        return [each for each in self.districts if each.plan]

    @property
    def reported(self):
        """The districts whose outcomes are counted."""
        return [each for each in self.districts if each.follow_up]

    @property
    def missing(self):
        """The districts whose outcomes are not counted, each to be named with its reason."""
        return [each for each in self.districts if not each.follow_up]

    @cached_property
    def areas(self):
        """(key, title) of the areas: the year's, those that only a plan of another edition has, and the own ones."""
        known = {area.key or OWN_AREAS: area.title for area in self.city.areas}
        own = {OWN_AREAS: known.pop(OWN_AREAS, "Egna områden")}
        for each in self.read:
            for area in each.plan.areas:
                if area.code:
                    known.setdefault(area_key(area), area.canonical_title or area.title)
        return list((known | own).items())

    @cached_property
    def figures(self):
        """Every :class:`~followup.report.figures.Figure` by its code."""
        reports = [(each.slug, each.plan, each.follow_up) for each in self.read]
        return figures_of(reports, self.lifted)

    @cached_property
    def lifted(self):
        """How far each of :attr:`obstacles` has come."""
        return [_lifted(each, self.today) for each in self.obstacles.values()]

    @cached_property
    def obstacles(self):
        """The districts' obstacles to the year's plans that the person reads, by their identity as text."""
        of_year = Obstacle.objects.visible_to(self.user).filter(plan__cycle=self.cycle, district__isnull=False)
        found = of_year.select_related("district").prefetch_related("steps")
        return {str(each.pk): each for each in found.order_by("reported_at")}


def _day_of(fact):
    return fact.on if fact else None


# --- The obstacles


def days_open(obstacle, today=None):
    """Return for how many days the obstacle has been open, or was."""
    ended = next((step.at for step in obstacle.steps.all() if step.to_state == obstacle.state), None)
    until = timezone.localdate(ended) if obstacle.state in ENDED and ended else today or timezone.localdate()
    return (until - timezone.localdate(obstacle.reported_at)).days


def _lifted(obstacle, today):
    steps = sorted(obstacle.steps.all(), key=lambda step: step.pk)
    lifts = [at for at, step in enumerate(steps) if step.name == "escalate"]
    # What the steering group says when it lifts it is no answer of the city's.
    since = steps[lifts[-1] + 1 :] if lifts else steps
    passed = {
        "reported": True,
        "raised": obstacle.escalated_at is not None or any(step.to_state == S.RAISED for step in steps),
        "escalated": obstacle.escalated_at is not None,
        "answered": any(step.name not in ("report", "raise", "withdraw") for step in since),
        "closed": obstacle.state in (S.RESOLVED, S.CLOSED),
    }
    return Lifted(
        district=obstacle.district.slug,
        uid=str(obstacle.pk),
        stages=frozenset(stage for stage, is_passed in passed.items() if is_passed),
        days=days_open(obstacle, today),
        is_open=obstacle.state not in ENDED,
    )
