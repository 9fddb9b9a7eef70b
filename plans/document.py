"""The åtgärdsplan as a value: plain frozen dataclasses, no Django.

Everything that moves a plan (workbook, JSON, PDF, database, comparison)
goes through :class:`PlanDocument`, so each of them is written once and can be
tested without a database.

The tree is strict: area → problem → cause → action. A row of the workbook
that lacks its problem or cause hangs under one with an empty text, which is
shown as missing and never counted.

Two documents are equal when a reader would call them the same plan; the
identities (``uid``) of the rows do not take part in the comparison.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from trygghet.words import counted, listed

MAX_TEXT = 8_000
"""The longest text a cell may hold, in characters."""

# Word's vertical tab and form feed are line breaks to the person who typed them.
_BREAKS = "\x0b\x0c\x85\u2028\u2029"
# What neither XML 1.0 nor PostgreSQL can store: control characters,
# half surrogate pairs and the two non-characters.
_CONTROLS = "\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff"
_LINE_BREAKS = re.compile(f"\r\n?|[{_BREAKS}]")
_UNSTORABLE = re.compile(f"[{_CONTROLS}]")
# Hardly any text has either: looking once is faster than mending twice.
_EITHER = re.compile(f"[\r{_BREAKS}{_CONTROLS}]")


def clean_text(text: str | None) -> str:
    """Return the text as we keep it: verbatim, in NFC, with ``\\n`` line ends.

    Only what no file format of ours can carry is dropped (control characters);
    a text of nothing but white space is an empty cell.
    """
    text = text or ""
    if _EITHER.search(text):
        text = _UNSTORABLE.sub("", _LINE_BREAKS.sub("\n", text))
    return unicodedata.normalize("NFC", text) if text.strip() else ""


class Counts(NamedTuple):
    """What the template's analysis tab counts: filled-in cells, each row once."""

    problems: int
    causes: int
    actions: int

    def __add__(self, other):
        return Counts(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    @property
    def told(self):
        """The counts in words: "14 problemområden, 26 orsaker och 1 åtgärd"."""
        return listed([
            counted(self.problems, "problemområde", "problemområden"),
            counted(self.causes, "orsak", "orsaker"),
            counted(self.actions, "åtgärd", "åtgärder"),
        ])  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationalGoal:
    """One measurable goal of an action, entered beside the goals cell."""

    uid: str | None = field(default=None, compare=False)
    text: str
    kind: str = ""  # effect | process | production, see enums.GoalKind
    indicator: str = ""
    baseline: str = ""
    baseline_date: date | None = None
    target: str = ""
    unit: str = ""
    due_on: date | None = None
    measured_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """One point or period in time, entered beside the När cell."""

    uid: str | None = field(default=None, compare=False)
    kind: str = "text"  # see enums.TimingKind
    label: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Responsibility:
    """One responsible function, entered beside the Vem cell; never a person's name."""

    uid: str | None = field(default=None, compare=False)
    kind: str = "supporting"  # see enums.ResponsibilityKind
    function: str = ""
    organisation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaTarget:
    """A delmål of an area, with the indicator that shows whether it is met (seed 001)."""

    uid: str | None = field(default=None, compare=False)
    text: str
    indicator: str = ""
    baseline: str = ""
    target: str = ""
    due_on: date | None = None
    measured_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """An åtagande: what a department or a company takes upon itself in an area (seed 001)."""

    uid: str | None = field(default=None, compare=False)
    organisation: str = ""
    function: str = ""
    text: str
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A row of the template: what is to be done, towards which goals, when and by whom."""

    uid: str | None = field(default=None, compare=False)
    order: int  # 1-based place among the actions of its problem, as in the sheet
    text: str = ""
    goals: str = ""
    when: str = ""
    who: str = ""
    follow_up: str = ""
    also_causes: tuple[int, ...] = ()  # numbers of further causes of the same problem it answers
    shared_cells: tuple[str, ...] = ()  # columns whose cell is one with the row above
    work_form: str = ""
    mode: str = ""
    effect_horizon: str = ""
    prevention: str = ""
    triangle_sides: tuple[str, ...] = ()
    operational_goals: tuple[OperationalGoal, ...] = ()
    timings: tuple[Timing, ...] = ()
    responsibilities: tuple[Responsibility, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why the problem exists; actions answer causes."""

    uid: str | None = field(default=None, compare=False)
    text: str = ""
    scope: str = ""
    neighbourhoods: tuple[str, ...] = ()
    perspectives: tuple[str, ...] = ()
    nature: str = ""
    evidence: str = ""
    actions: tuple[Action, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A problem area or challenge within a priority area."""

    uid: str | None = field(default=None, compare=False)
    title: str = ""
    overarching_goal: str = ""
    kind: str = ""
    causes: tuple[Cause, ...] = ()

    def rows(self) -> Iterator[tuple[int, Cause, Action | None]]:
        """Yield (cause number, cause, action) in the order of the sheet.

        Actions come in their own order, which may return to an earlier cause.
        A cause is introduced before every later one, if need be by a row
        without an action, so that reading the rows gives the same numbers.
        """
        actions = sorted(
            ((action.order, number, action) for number, cause in enumerate(self.causes, 1) for action in cause.actions),
            key=lambda row: row[0],
        )
        introduced = 0
        for _, number, action in actions:
            for waiting in range(introduced + 1, number):
                yield waiting, self.causes[waiting - 1], None
            introduced = max(introduced, number)
            yield number, self.causes[number - 1], action
        for waiting in range(introduced + 1, len(self.causes) + 1):
            yield waiting, self.causes[waiting - 1], None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaSection:
    """A priority area in a plan: one tab of the template."""

    uid: str | None = field(default=None, compare=False)
    number: int
    code: str = ""  # the area in the city's set; empty for the district's own
    title: str  # as written in the sheet, misspelt or not
    canonical_title: str  # as the city's set has it
    sheet: str  # the tab's name
    overarching_goal: str = ""
    not_applicable_reason: str = ""
    targets: tuple[AreaTarget, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_local(self) -> bool:
        """Whether the district added the area itself."""
        return not self.code

    def counts(self) -> Counts:
        """Count as the analysis tab does: what is written, not what is empty."""
        causes = [cause for problem in self.problems for cause in problem.causes]
        return Counts(
            problems=sum(1 for problem in self.problems if problem.title),
            causes=sum(1 for cause in causes if cause.text),
            actions=sum(1 for cause in causes for action in cause.actions if action.text),
        )


@dataclass(frozen=True, slots=True)
class Link:
    """A source of support named on the instruction tab."""

    name: str
    url: str | None
    text: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaTemplate:
    """What the city's area set says of an area: how a tab is recognised and named."""

    number: int
    code: str
    title: str
    sheet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDocument:
    """A district's åtgärdsplan for a year."""

    title: str
    year: int
    district: str
    instructions: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    areas: tuple[AreaSection, ...] = ()

    def commitments(self) -> dict[str, list[tuple[AreaSection, Commitment]]]:
        """What each department and company has taken upon itself in all areas, by its name; those with most first."""
        found = {}
        for area in self.areas:
            for each in area.commitments:
                found.setdefault(each.organisation, []).append((area, each))
        return dict(sorted(found.items(), key=lambda entry: (-len(entry[1]), entry[0])))

    def counts(self) -> Counts:
        """Sum of the areas' counts."""
        return sum((area.counts() for area in self.areas), Counts(0, 0, 0))


def dense_orders(problem: Problem) -> Problem:
    """Return the problem with its actions numbered 1, 2, 3 without gaps, sorted within each cause."""
    if _is_dense(problem):
        return problem
    places = [
        (action.order, cause_at, at)
        for cause_at, cause in enumerate(problem.causes)
        for at, action in enumerate(cause.actions)
    ]
    rank = {(cause_at, at): number for number, (_, cause_at, at) in enumerate(sorted(places), start=1)}

    def numbered(cause_at, cause):
        actions = (replace(action, order=rank[cause_at, at]) for at, action in enumerate(cause.actions))
        return replace(cause, actions=tuple(sorted(actions, key=lambda action: action.order)))

    return replace(problem, causes=tuple(numbered(*pair) for pair in enumerate(problem.causes)))


def _is_dense(problem):
    """Whether the actions are numbered so already, as in all that we have written ourselves."""
    orders = [[action.order for action in cause.actions] for cause in problem.causes]
    numbers = sorted(order for each in orders for order in each)
    return numbers == list(range(1, len(numbers) + 1)) and all(each == sorted(each) for each in orders)
