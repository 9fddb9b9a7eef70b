"""The report over the years: what was carried over from last year's plans (F10), and the sums of earlier years.

A fixed number of queries, however many years and districts there are.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from django.core.cache import cache
from django.db.models import Count

from agreements.models import PlanningCycle
from followup.enums import FollowUpState, GoalResult
from followup.models import ActionOutcome, CarriedRow, FollowUp, GoalOutcome, PublishedReport
from followup.report import open_format
from followup.report.document import ChangePart, EarlierYear
from followup.report.figures import CARRIED_OUT, area_key
from plans.models import PlanVersion
from plans.outline import Outline
from plans.versions import document_of

KEPT_FOR = 7 * 24 * 60 * 60  # seconds


class Years:
    """The years before a report's, as one person reads them."""

    def __init__(self, user, cycle):
        self.user, self.cycle = user, cycle
        self.titles = {}  # of the areas that only last year's plans have, once the changes are known
        earlier = PlanningCycle.objects.filter(year__lt=cycle.year)
        self.handed_in = self._handed_in(earlier)
        self.versions = self._versions(earlier)

    def _handed_in(self, cycles):
        """Return the follow-ups that are handed in, by plan: (follow-up, the version that it is of)."""
        found = FollowUp.objects.visible_to(self.user).exclude(state=FollowUpState.OPEN)
        of_years = found.filter(plan__cycle__in=cycles, plan__district__isnull=False)
        return {plan: (pk, version) for pk, plan, version in of_years.values_list("pk", "plan", "version")}

    def _versions(self, cycles):
        """Return the version that each year's report counts, by plan: the one followed up, else the latest one read."""
        read = PlanVersion.objects.visible_to(self.user)
        found = read.filter(plan__cycle__in=cycles, plan__district__isnull=False)
        counted = {}
        for version in found.select_related("plan__cycle").defer("document", "facts").order_by("number"):
            followed_up = self.handed_in.get(version.plan_id, (None, None))[1]
            if followed_up in (None, version.pk):
                counted[version.plan_id] = version
        return counted

    # --- The sums

    def sums(self, obstacles):
        """Return an :class:`EarlierYear` for each year with a plan that is counted, the latest first.

        Of a year whose report is published, what was published. ``obstacles``
        are those that the person reads, by year.
        """
        published = published_sums(self.user, self.cycle.year)
        counted = {each.year: each for each in self._counted(obstacles)} | published
        return tuple(counted[year] for year in sorted(counted, reverse=True))

    def _counted(self, obstacles):
        reported = self._reported()
        statuses = self._answers(ActionOutcome, "status", reported)
        goals = self._answers(GoalOutcome, "result", reported)
        by_year = defaultdict(list)
        for version in self.versions.values():
            by_year[version.plan.cycle.year].append(version)
        return [
            EarlierYear(
                year=year,
                plans=len(versions),
                reported=sum(version.plan_id in reported for version in versions),
                actions=sum(version.sum.actions for version in versions),
                answered_actions=statuses[year].total(),
                done=sum(statuses[year][status] for status in CARRIED_OUT),
                goals=goals[year].total(),
                met=goals[year][GoalResult.MET],
                obstacles=_passed(obstacles.get(year, ()), "escalated"),
                answered=_passed(obstacles.get(year, ()), "answered", "escalated"),
            )
            for year, versions in by_year.items()
        ]

    def _reported(self):
        """Return the follow-ups whose outcomes are counted, by plan: those of a version that the person reads."""
        return {
            plan: follow_up
            for plan, (follow_up, version) in self.handed_in.items()
            if plan in self.versions and self.versions[plan].pk == version
        }

    def _answers(self, model, field, reported):
        """Return {year: how many answers there are of each kind} (1 query)."""
        of = model.objects.filter(follow_up__in=reported.values()).order_by()
        found = defaultdict(Counter)
        rows = of.values_list("follow_up__plan__cycle__year", field).annotate(count=Count("pk"))
        for year, kind, count in rows:
            found[year][kind] += count
        return found

    # --- Carried over, new and stopped

    def changes(self, districts, plan_ids):
        """Return a :class:`ChangePart` for each action of the plans of both years, of districts that have both.

        ``districts`` are the report's, ``plan_ids`` the ids of this year's
        plans by the district's slug. An action is carried over when the tool
        carried it: another of the same words is new, and the old one stopped.
        """
        before = self._last_years()
        origins = self._origins(plan_ids.values())
        found = []
        for each in districts:
            if each.plan and each.slug in before:
                found += self._changes_of(each, before[each.slug], origins)
        return tuple(found)

    def _last_years(self):
        """Return last year's version that is counted, with its document, by the district's slug (1 query)."""
        pks = [each.pk for each in self.versions.values() if each.plan.cycle.year == self.cycle.year - 1]
        found = PlanVersion.objects.visible_to(self.user).filter(pk__in=pks).defer("facts")
        return {version.plan.district.slug: version for version in found.select_related("plan__district")}

    def _origins(self, plans):
        """Return {row of this year's plan: the row of last year's that it is}, of the actions (1 query)."""
        carried = CarriedRow.objects.filter(
            plan__in=list(plans), kind="action", from_plan__cycle__year=self.cycle.year - 1
        )
        return {str(row): str(origin) for row, origin in carried.values_list("row", "from_row")}

    def _changes_of(self, district, version, origins):
        year, document = self.cycle.year, document_of(version)
        self.titles |= {area.code: area.canonical_title or area.title for area in document.areas if area.code}
        earlier = Outline(document).of_kind["action"]
        there = {place.uid for place in earlier}
        taken = {origins.get(place.uid) for place in district.outline.of_kind["action"] if place.text}
        for place in district.outline.of_kind["action"]:
            if place.text:
                kind = "carried" if origins.get(place.uid) in there else "new"
                yield _change(kind, district, place, year, district.version)
        for place in earlier:
            if place.text and place.uid not in taken:
                yield _change("stopped", district, place, year - 1, version.number)


def published_sums(user, before):
    """Return {year: its :class:`EarlierYear`} of the published reports of the years before, that the person reads.

    At most 2 queries: the sums of a text are kept, and are the same as long as the text is.
    """
    read = PublishedReport.objects.visible_to(user).filter(report__cycle__year__lt=before)
    kept_as = {f"report-sums:{sha256}": pk for pk, sha256 in read.values_list("pk", "sha256")}
    found = cache.get_many(kept_as)
    if missing := {kept_as[key]: key for key in kept_as.keys() - found.keys()}:
        for pk, text in read.filter(pk__in=missing).values_list("pk", "document"):
            found[missing[pk]] = open_format.loads(text).sums
        cache.set_many({key: found[key] for key in missing.values()}, KEPT_FOR)
    return {each.year: each for each in found.values()}


def _passed(obstacles, *stages):
    return sum(each.stages.issuperset(stages) for each in obstacles)


def _change(kind, district, place, year, version):
    return ChangePart(
        kind=kind, district=district.slug, area=area_key(place.area), uid=place.uid, text=place.text, year=year,
        version=version, position=place.position,
    )  # fmt: skip
