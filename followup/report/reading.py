"""From the database to the annual report: what one person may read of every district's plan and follow-up.

A fixed number of queries, however many districts and however long their
plans. What the calendar, the duties and the city's page know is asked of them
and not worked out here.
"""

from __future__ import annotations

from django.db.models import Count, F
from django.urls import reverse
from django.utils import timezone

from agreements.duties.requirements import BY_NAME, statuses_of
from agreements.facts import facts_of
from agreements.models import Municipality
from agreements.permissions import Permission, access_of
from followup.enums import FollowUpState, ObstacleState
from followup.loading import load_many
from followup.models import AnnualReport, FollowUp, Obstacle
from followup.obstacles import ENDED
from followup.report.document import DistrictPart, ObstaclePart, ReportDocument, areas_of
from followup.report.figures import OWN_AREAS
from followup.report.matrix import cells_of, follow_up_cell
from followup.report.situation import indicators_of
from followup.report.writing import written_of
from followup.report.years import Years
from plans.consolidation import consolidate
from plans.models import PlanVersion
from plans.offers import sides_in
from plans.versions import document_of

S = ObstacleState
IN_MATRIX = (BY_NAME["lagesbild"], BY_NAME["overenskommelse"])
"""The duties that are columns of the matrix of steps."""


def may_read(user):
    """Whether the person reads the city's annual report."""
    return access_of(user).allows(Permission.READ_REPORT, None)


def may_read_published(user):
    """Whether the person reads the annual report once it is published, as the districts do."""
    return may_read(user) or bool(access_of(user).reach({Permission.READ_PUBLISHED_REPORT}))


def address_of(year):
    """Return where the report of the year is."""
    return reverse("followup:report", args=[year])


def handed_in_by_year(user):
    """Return {year: how many follow-ups of districts are handed in, that the person reads}, without zeros (1 query)."""
    handed_in = FollowUp.objects.visible_to(user).exclude(state=FollowUpState.OPEN)
    years = handed_in.filter(plan__district__isnull=False).order_by().values_list("plan__cycle__year")
    return dict(years.annotate(count=Count("pk")))


def read_report(user, cycle, today=None):
    """Return the year's report as the person reads it, a :class:`ReportDocument`; who must be one who :func:`may_read`.

    The cycle must come with its set of areas. A constant number of queries.
    """
    return _Reading(user, cycle, today or timezone.localdate()).document()


class _Reading:
    """What one person reads of a year."""

    def __init__(self, user, cycle, today):
        self.user, self.cycle, self.today = user, cycle, today
        self.city = consolidate(user, cycle, today)

    def document(self):
        """Return all of it."""
        districts, obstacles = self._districts(), self._obstacles()
        years = Years(self.user, self.cycle)
        plan_ids = {row.district.slug: row.plan.pk for row in self.city.rows if row.plan}
        changes = years.changes(districts, plan_ids)
        known = [(area.key or OWN_AREAS, area.title) for area in self.city.areas]
        return ReportDocument(
            year=self.cycle.year,
            city=str(Municipality.objects.get()),
            as_of=self.today,
            follow_up_due=self.cycle.follow_up_due,
            areas=areas_of(known, [each.plan for each in districts if each.plan], years.titles),
            sides=sides_in(self.cycle.area_set),
            districts=districts,
            obstacles=obstacles.get(self.cycle.year, ()),
            indicators=indicators_of(
                self.user, self.cycle.year, [(row.district.pk, row.district.slug) for row in self.city.rows]
            ),
            changes=changes,
            earlier=years.sums(obstacles),
            written=written_of(AnnualReport.objects.visible_to(self.user).filter(cycle=self.cycle).first()),
        )

    # --- The districts

    def _districts(self):
        ids = [row.district.pk for row in self.city.rows]
        statuses, facts = statuses_of(ids, self.today, IN_MATRIX), facts_of(ids, self.cycle)
        handed_in = self._handed_in()
        versions = self._versions(handed_in)
        plans = {plan: document_of(version) for plan, version in versions.items()}
        follow_ups = self._follow_ups(handed_in, versions, plans)
        return tuple(
            self._district(
                row,
                statuses[row.district.pk],
                facts.get(("follow_up", row.district.pk)),
                *[found.get(row.plan.pk) if row.plan else None for found in (handed_in, versions, plans, follow_ups)],
            )
            for row in self.city.rows
        )

    def _district(self, row, statuses, fact, handed_in, version, plan, follow_up):
        on = fact.on if fact else None
        # Also what is decided and has not been sent.
        is_decided = any(step.name == "decided" and step.on for step in row.steps)
        is_approved = handed_in is not None and handed_in.state == FollowUpState.APPROVED
        told = follow_up_cell(
            handed_in=handed_in is not None, is_approved=is_approved,
            approved_on=handed_in.approved_on if handed_in else None, on=on, is_decided=is_decided,
            due=self.cycle.follow_up_due,
        )  # fmt: skip
        return DistrictPart(
            slug=row.district.slug,
            name=str(row.district),
            cells=cells_of(row.steps, *[statuses[duty] for duty in IN_MATRIX], told),
            is_decided=is_decided,
            handed_in=handed_in is not None,
            handed_in_on=on,
            is_approved=is_approved,
            is_example=version is not None and version.plan.is_example,
            version=version.number if version else None,
            plan=plan,
            follow_up=follow_up,
        )

    def _handed_in(self):
        """Return what has been handed in, by plan; what a district still writes is nobody else's."""
        handed_in = FollowUp.objects.visible_to(self.user).exclude(state=FollowUpState.OPEN)
        of_year = handed_in.filter(plan__cycle=self.cycle, plan__district__isnull=False)
        of_year = of_year.annotate(approved_on=F("approved__approved_on"))
        return {each.plan_id: each for each in of_year.select_related("plan__district", "plan__cycle")}

    def _versions(self, follow_ups):
        """Return the version that is counted of each plan, by plan: the one followed up, else the latest one read."""
        wanted = {row.plan.pk: row.readable.pk for row in self.city.counted}
        wanted |= {plan: follow_up.version_id for plan, follow_up in follow_ups.items()}
        versions = PlanVersion.objects.visible_to(self.user).filter(pk__in=wanted.values()).defer("facts")
        return {version.plan_id: version for version in versions.select_related("plan__district", "plan__cycle")}

    def _follow_ups(self, handed_in, versions, plans):
        """Return what the follow-ups say whose version the person reads, by plan."""
        of = [plan for plan in handed_in if plan in versions]
        for plan in of:
            handed_in[plan].version = versions[plan]
        return dict(zip(of, load_many([(handed_in[plan], plans[plan]) for plan in of]), strict=True))

    # --- The obstacles

    def _obstacles(self):
        """Return {year: how far each of the obstacles to the districts' plans has come} that was lifted to the city.

        Those of this year and the years before, that the person reads.
        """
        lifted = Obstacle.objects.visible_to(self.user).filter(escalated_at__isnull=False, district__isnull=False)
        until = lifted.filter(plan__cycle__year__lte=self.cycle.year)
        found = {}
        ordered = until.select_related("district", "plan__cycle").prefetch_related("steps").order_by("reported_at")
        for each in ordered:
            found.setdefault(each.plan.cycle.year, []).append(_obstacle(each, self.today))
        return {year: tuple(those) for year, those in found.items()}


def days_open(obstacle, today=None):
    """Return for how many days the obstacle has been open, or was."""
    ended = next((step.at for step in obstacle.steps.all() if step.to_state == obstacle.state), None)
    until = timezone.localdate(ended) if obstacle.state in ENDED and ended else today or timezone.localdate()
    return (until - timezone.localdate(obstacle.reported_at)).days


def _obstacle(obstacle, today):
    steps = sorted(obstacle.steps.all(), key=lambda step: step.pk)
    lifts = [at for at, step in enumerate(steps) if step.name == "escalate"]
    # What the steering group says when it lifts it is no answer of the city's.
    since = steps[lifts[-1] + 1 :] if lifts else steps
    passed = {
        "reported": True,
        "raised": True,
        "escalated": True,
        "answered": any(step.name not in ("report", "raise", "withdraw") for step in since),
        "closed": obstacle.state in (S.RESOLVED, S.CLOSED),
    }
    return ObstaclePart(
        district=obstacle.district.slug,
        uid=str(obstacle.pk),
        title=obstacle.title,
        state=obstacle.get_state_display(),
        stages=frozenset(stage for stage, is_passed in passed.items() if is_passed),
        days=days_open(obstacle, today),
        is_open=obstacle.state not in ENDED,
    )
