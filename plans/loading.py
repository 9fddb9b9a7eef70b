"""From the database to the plan as a value; the number of queries does not grow with the rows."""

from collections import defaultdict
from dataclasses import fields
from typing import NamedTuple

from plans.document import (
    Action,
    AreaSection,
    AreaTarget,
    Cause,
    Commitment,
    Link,
    OperationalGoal,
    PlanDocument,
    Problem,
    Responsibility,
    Timing,
)
from plans.models import AlsoCause
from plans.models import AreaTarget as TargetRow
from plans.models import Commitment as CommitmentRow
from plans.models import OperationalGoal as GoalRow
from plans.models import Responsibility as ResponsibilityRow
from plans.models import Timing as TimingRow
from plans.open_format import PARTS_OF

# What a row has one by one: the model of it, its dataclass, and what names the row it belongs to.
PART_MODELS = {
    "targets": (TargetRow, AreaTarget, "plan_area_id"),
    "commitments": (CommitmentRow, Commitment, "plan_area_id"),
    "operational_goals": (GoalRow, OperationalGoal, "action_id"),
    "timings": (TimingRow, Timing, "action_id"),
    "responsibilities": (ResponsibilityRow, Responsibility, "action_id"),
}


# What the city's handlingsplan says of itself, where a district's has the words of the year's template (seed 001).
CITY_INSTRUCTIONS = (
    "Handlingsplanen säger för varje prioriterat samverkansområde vad staden och polisen vill uppnå och gör "
    "tillsammans: mål och inriktning, ansvarsfördelning, aktiviteter, åtaganden, tidsplan och uppföljning.",
    "Inriktningen skrivs som övergripande mål för området, med delmål och indikatorer. Aktiviteterna är åtgärder: Vem "
    "säger hur ansvaret är fördelat och När är tidsplanen. Åtaganden är vad förvaltningar och bolag själva tar på sig.",
    "Den övergripande styrgruppen beslutar. Planen följs upp löpande, och i slutet av varje år sammanställer "
    "beredningsgruppen resultat och genomförda åtgärder och tar fram en plan för kommande år.",
)


class Loaded(NamedTuple):
    """A plan's document, and the version of each of its rows by uid."""

    document: PlanDocument
    versions: dict[str, int]


def load_document(plan):
    """Return the plan as a document with everything in it (10 queries)."""
    return load(plan).document


def load(plan, *, with_parts=True, area=None):
    """Return the :class:`Loaded` plan.

    Without parts the actions come without goals one by one, timings and
    responsibilities, and the areas without targets and commitments (5 queries
    instead of 10), which is what the grid shows; the city's own plan always has
    its targets and commitments with it (2 more).
    With ``area`` (a PlanArea) only that area's rows are filled in.
    """
    return _Loading(plan, with_parts, area).result()


def _grouped(rows, key):
    groups = defaultdict(list)
    for row in rows:
        groups[getattr(row, key)].append(row)
    return groups


def _part(row, kind):
    values = {item.name: getattr(row, item.name) for item in fields(kind)}
    return kind(**values | {"uid": str(row.uid)})


class _Loading:
    def __init__(self, plan, with_parts, area):
        self.plan = plan
        self.versions = {}
        within = {"plan_area": area} if area else {}
        within_problem = {"problem__plan_area": area} if area else {}
        self.areas = plan.planareas.select_related("area").order_by("position")
        self.problems = _grouped(plan.problems.filter(**within).order_by("position"), "plan_area_id")
        self.causes = _grouped(plan.causes.filter(**within_problem).order_by("position"), "problem_id")
        self.actions = _grouped(plan.actions.filter(**within_problem).order_by("position"), "cause_id")
        self.also = _grouped(AlsoCause.objects.filter(plan=plan).order_by("position"), "action_id")
        wanted = PART_MODELS if with_parts else PARTS_OF["area"] if plan.district_id is None else ()
        self.parts = {
            name: _grouped(model.objects.filter(plan=plan).order_by("position"), owner) if name in wanted else {}
            for name, (model, _, owner) in PART_MODELS.items()
        }

    def result(self):
        cycle = self.plan.cycle
        document = PlanDocument(
            title=self.plan.name,
            year=cycle.year,
            district=str(self.plan.scope),
            instructions=CITY_INSTRUCTIONS if self.plan.scope.is_city else tuple(cycle.instructions),
            links=tuple(Link(link["name"], link["url"], link["text"], link["label"]) for link in cycle.links),
            areas=tuple(self._area(row) for row in self.areas),
        )
        return Loaded(document, self.versions)

    def _uid(self, row):
        uid = str(row.uid)
        self.versions[uid] = row.version
        return uid

    def _area(self, row):
        known = row.area
        return AreaSection(
            uid=self._uid(row),
            number=known.number if known else row.position,
            code=known.code if known else "",
            title=row.title,
            canonical_title=known.title if known else row.title,
            sheet=row.sheet,
            overarching_goal=row.overarching_goal,
            not_applicable_reason=row.not_applicable_reason,
            **self._parts("area", row),
            problems=tuple(self._problem(problem) for problem in self.problems[row.uid]),
        )

    def _parts(self, kind, row):
        return {
            name: tuple(_part(part, dataclass) for part in self.parts[name].get(row.uid, ()))
            for name, dataclass in PARTS_OF[kind].items()
        }

    def _problem(self, row):
        causes = self.causes[row.uid]
        numbers = {cause.uid: number for number, cause in enumerate(causes, start=1)}
        return Problem(
            uid=self._uid(row),
            title=row.title,
            overarching_goal=row.overarching_goal,
            kind=row.kind,
            causes=tuple(self._cause(cause, numbers) for cause in causes),
        )

    def _cause(self, row, numbers):
        return Cause(
            uid=self._uid(row),
            text=row.text,
            scope=row.scope,
            neighbourhoods=tuple(row.neighbourhoods),
            perspectives=tuple(row.perspectives),
            nature=row.nature,
            evidence=row.evidence,
            actions=tuple(self._action(action, numbers) for action in self.actions[row.uid]),
        )

    def _action(self, row, numbers):
        return Action(
            uid=self._uid(row),
            order=row.position,
            text=row.text,
            goals=row.goals,
            when=row.when,
            who=row.who,
            follow_up=row.follow_up,
            also_causes=tuple(sorted(numbers[link.cause_id] for link in self.also[row.uid])),
            shared_cells=tuple(row.shared_cells),
            work_form=row.work_form,
            mode=row.mode,
            effect_horizon=row.effect_horizon,
            prevention=row.prevention,
            triangle_sides=tuple(row.triangle_sides),
            **self._parts("action", row),
        )
