"""Reading analyses: the causes sorted and drawn, how far each has come, and when it is due again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from agreements.analyses import fishbone
from agreements.analyses.method import IN_FORCE, SIDES
from agreements.clocks import PICTURE_MONTHS, clock
from agreements.enums import AnalysisState, AssumptionState, Producer, StepState
from agreements.enums import TriangleSide as Side
from agreements.models import AnalysedCause, CauseAnalysis


@dataclass(kw_only=True)
class Node:
    """A cause where it stands: its number on the page, and those that lie behind it."""

    cause: AnalysedCause
    number: int = 0
    deeper: list = None

    @property
    def kind(self):
        """How it is drawn."""
        if self.cause.assumption == AssumptionState.REJECTED:
            return "rejected"
        return "chosen" if self.cause.is_chosen else ""

    @property
    def told(self):
        """What is said of it on the drawing."""
        return {"rejected": "Förkastad", "chosen": "Vald att åtgärda", "": ""}[self.kind]

    def twig(self):
        """The cause as the fishbone draws it."""
        deeper = tuple(node.twig() for node in self.deeper)
        return fishbone.Twig(number=self.number, text=self.cause.text, told=self.told, kind=self.kind, deeper=deeper)


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A side of the triangle with the causes sorted under it."""

    side: Side
    title: str
    nodes: list


def branches(causes):
    """Return a :class:`Branch` per side, numbered through; what lies behind a cause stands under it, on its side."""
    behind = {}
    for cause in sorted(causes, key=lambda cause: cause.position):
        behind.setdefault(cause.behind_id or cause.side, []).append(cause)
    numbers = iter(range(1, len(causes) + 1))
    return [
        Branch(side=side, title=title, nodes=[_node(cause, behind, numbers) for cause in behind.get(side, [])])
        for side, title in SIDES
    ]


def _node(cause, behind, numbers):
    node = Node(cause=cause, number=next(numbers))
    node.deeper = [_node(each, behind, numbers) for each in behind.get(cause.pk, [])]
    return node


def drawing(problem, sorted_causes):
    """Return the fishbone of the problem with its causes, as :func:`branches` sorts them."""
    sides = [(branch.title, [node.twig() for node in branch.nodes]) for branch in sorted_causes]
    return fishbone.draw(problem.title, sides)


def clock_of(analysis):
    """Return the clock of a completed analysis; None while it is going on.

    The analysis is updated with the picture it belongs to, at least every second year (law 2023:196, P01).
    """
    return clock(analysis.completed_on if analysis.state == AnalysisState.COMPLETED else None, PICTURE_MONTHS)


def picture_in_force(among, scope):
    """Return the joint picture that the place now works from, among those given; None if there is none.

    It is the latest that the parties have prioritised in; the steering group may still have it to confirm.
    """
    joint = among.filter(producer=Producer.JOINT, state__in=IN_FORCE, district=scope.district)
    return joint.order_by("-year").first()


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A prioritised problem and how far its analysis has come; without ``analysis`` it is not begun."""

    problem: object
    analysis: CauseAnalysis | None

    @cached_property
    def done(self):
        """How many of the five steps are done."""
        return sum(stage.state == StepState.DONE for stage in self.analysis.stages.all()) if self.analysis else 0

    @cached_property
    def latest(self):
        """The latest step that was logged, who took it and when."""
        return next(iter(self.analysis.log.all()), None) if self.analysis else None

    @cached_property
    def clock(self):
        """When it was completed and is due again, None for one that is not completed."""
        return clock_of(self.analysis) if self.analysis else None

    @property
    def is_completed(self):
        return self.analysis is not None and self.analysis.state == AnalysisState.COMPLETED

    @cached_property
    def chosen(self):
        """How many causes have been chosen."""
        return sum(cause.is_chosen for cause in self.analysis.causes.all()) if self.analysis else 0


def standings(problems):
    """Return a :class:`Standing` for each problem, the latest picture first and in its order (4 queries)."""
    problems = problems.select_related("area", "analysis", "picture__district").order_by("-picture__year", "position")
    problems = problems.prefetch_related("analysis__stages", "analysis__causes", "analysis__log__by")
    return [Standing(problem=problem, analysis=getattr(problem, "analysis", None)) for problem in problems]
