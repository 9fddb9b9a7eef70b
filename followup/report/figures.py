"""The figures of the annual report as lists of rows; no Django (domain §5.7).

A figure is nothing but the rows behind it, each with what it is counted by.
Every number is how many of them are of a certain area, kind or party; so a
number and the list it leads to cannot differ, and a district that has not
reported has no rows and is never a zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from followup.document import FollowUpDocument
from followup.report.shared import shared_among
from plans.completeness import INTEGRATED as INTEGRATED_WORDS
from plans.document import PlanDocument

if TYPE_CHECKING:
    from followup.report.document import ChangePart, ObstaclePart

OWN_AREAS = "egna"
"""What districts' own areas are counted as, together: they have no code in the city's set."""

COUNTED, STATUS, LIGHTS, EXPERIENCE, GOALS, QUALITY = "F2", "F3", "F3b", "F3c", "F4", "F4b"
SIDES, PREVENTION, PARTIES, OBSTACLES = "F6", "F6b", "F7", "F8"
SHARED, SHARED_CAUSES, INTEGRATED, CHANGES = "F9", "F9b", "F9c", "F10"
CODES = (
    COUNTED, STATUS, LIGHTS, EXPERIENCE, GOALS, QUALITY, SIDES, PREVENTION, PARTIES, OBSTACLES, SHARED, SHARED_CAUSES,
    INTEGRATED, CHANGES,
)  # fmt: skip
"""The figures of domain §5.7 that are counted in rows; F1 is a matrix of words, and F5 what has been measured."""
NOTHING_SAID = ""
"""The kind of what nobody has answered, or of what the plan does not say."""
CARRIED_OUT = ("done", "done_with_changes")
"""The statuses (``enums.Implementation``) of an action that has been carried out."""
NOT_CARRIED_OUT = ("not_done", "cancelled")


class Row(NamedTuple):
    """One thing that is counted: the row of the plan it is, and what it is counted by.

    ``uid`` is its identity in the district's plan (an obstacle's own in F8);
    ``part`` tells the goals and the parties of a row apart. ``kind`` is what
    the figure divides by: a status, a result, an answer, a side.
    """

    district: str
    uid: str
    part: str = ""
    area: str = ""
    kind: str = NOTHING_SAID
    party: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """The rows of a figure, or of one of its numbers."""

    rows: tuple[Row, ...] = ()

    @property
    def number(self):
        """The number that the rows are behind."""
        return len(self.rows)

    def where(self, **wanted):
        """Keep the rows that are of those values, such as ``area="brottsoffer", kind=("done", "partly")``."""
        rows = self.rows
        for name, value in wanted.items():
            of, asked = attrgetter(name), value if isinstance(value, tuple) else (value,)
            rows = tuple(row for row in rows if of(row) in asked)
        return Figure(rows)

    def by(self, *names):
        """Return {values: :class:`Figure`} of the rows that share them, all at once."""
        found, of = defaultdict(list), attrgetter(*names)
        for row in self.rows:
            found[of(row)].append(row)
        return {key if len(names) > 1 else (key,): Figure(tuple(rows)) for key, rows in found.items()}

    def values(self, name):
        """Return the values that occur, each once, in the order they come."""
        return list(dict.fromkeys(getattr(row, name) for row in self.rows))


STAGES = ("reported", "raised", "escalated", "answered", "closed")
"""How far an obstacle can have come, in order."""

Reported = tuple[str, PlanDocument, FollowUpDocument | None]
"""A district, the plan that is counted, and its follow-up if it has been handed in."""


def figures_of(reports: Iterable[Reported], obstacles: Iterable[ObstaclePart] = (), changes: Iterable[ChangePart] = ()):
    """Return {code: :class:`Figure`}: the plans' figures of every plan given, the outcomes of those followed up."""
    rows = {code: [] for code in CODES}
    texts = {SHARED: [], SHARED_CAUSES: []}
    for district, plan, follow_up in reports:
        places = _Places(district, plan)
        for code, row in places.of_plan():
            rows[code].append(row)
        for code, row in places.of_follow_up(follow_up) if follow_up else ():
            rows[code].append(row)
        for code, text, row in places.texts():
            texts[code].append(((text, plan.district), row))
    for code, those in texts.items():
        rows[code] = [row._replace(kind=group) for group, row in shared_among(those)]
    for each in obstacles:
        rows[OBSTACLES] += [
            Row(district=each.district, uid=each.uid, kind=stage) for stage in STAGES if stage in each.stages
        ]
    rows[CHANGES] = [Row(district=each.district, uid=each.uid, area=each.area, kind=each.kind) for each in changes]
    return {code: Figure(tuple(found)) for code, found in rows.items()}


def area_key(area):
    """Return what the area is counted as."""
    return area.code or OWN_AREAS


def experience_of(answer):
    """Return what others can learn from what became of an action: "good", "failed", "lesson", or nothing.

    Good examples are green and carried out. What did not work is red, or was
    not carried out or broken off. A lesson is whatever the district calls one.
    """
    found = []
    if answer.light == "green" and answer.status in CARRIED_OUT:
        found.append("good")
    if answer.light == "red" or answer.status in NOT_CARRIED_OUT:
        found.append("failed")
    if answer.lesson:
        found.append("lesson")
    return found


class _Places:
    """The rows of a district's plan, by their identity."""

    def __init__(self, district, plan):
        self.district, self.plan = district, plan
        self.area_of, self.actions = {}, {}
        for area in plan.areas:
            key = area_key(area)
            self.area_of[str(area.uid)] = key
            self.area_of |= {str(commitment.uid): key for commitment in area.commitments}
            for action in _actions(area):
                self.area_of[str(action.uid)], self.actions[str(action.uid)] = key, action

    def _row(self, uid, part="", area="", kind=NOTHING_SAID, party=""):
        return Row(self.district, str(uid), part, area, kind, party)

    def of_plan(self):
        """Yield (figure, row) of what is written: what the analysis tab counts, each row once."""
        for area in self.plan.areas:
            key = area_key(area)
            for problem in area.problems:
                if problem.title:
                    yield COUNTED, self._row(problem.uid, area=key, kind="problem")
                for cause in problem.causes:
                    if cause.text:
                        yield COUNTED, self._row(cause.uid, area=key, kind="cause")
            for action in _actions(area):
                if action.text:
                    yield from self._of_action(action, key)

    def _of_action(self, action, area):
        yield COUNTED, self._row(action.uid, area=area, kind="action")
        yield PREVENTION, self._row(action.uid, area=area, kind=action.prevention)
        for side in action.triangle_sides or (NOTHING_SAID,):
            yield SIDES, self._row(action.uid, area=area, kind=side)
        for kind, words in INTEGRATED_WORDS.items():
            if words.search(action.text):
                yield INTEGRATED, self._row(action.uid, area=area, kind=kind)

    def texts(self):
        """Yield (figure, text, row) of the causes and actions, for what they share with those of other districts."""
        for area in self.plan.areas:
            key = area_key(area)
            for problem in area.problems:
                for cause in problem.causes:
                    if cause.text:
                        yield SHARED_CAUSES, cause.text, self._row(cause.uid, area=key)
                    for action in cause.actions:
                        if action.text:
                            yield SHARED, action.text, self._row(action.uid, area=key)

    def of_follow_up(self, follow_up):
        """Yield (figure, row) of what the district has answered, and of what it was asked and did not answer."""
        for answer in follow_up.actions:
            area = self.area_of[answer.row]
            yield STATUS, self._row(answer.row, area=area, kind=answer.status)
            yield LIGHTS, self._row(answer.row, area=area, kind=answer.light)
            for kind in experience_of(answer):
                yield EXPERIENCE, self._row(answer.row, area=area, kind=kind)
            for goal in answer.goals:
                yield from self._of_goal(answer.row, goal, area)
            for party in answer.parties:
                yield PARTIES, self._of_party(answer.row, party, area)
        for answer in follow_up.areas:
            area = self.area_of[answer.row]
            for goal in answer.goals:
                yield GOALS, self._row(answer.row, part=goal.key, area=area, kind=goal.result)
            for commitment, party in answer.parties:
                yield PARTIES, self._of_party(commitment, party, area)

    def _of_goal(self, uid, goal, area):
        yield GOALS, self._row(uid, part=goal.key, area=area, kind=goal.result)
        yield QUALITY, self._row(uid, part=goal.key, area=area, kind=self._how_measurable(uid, goal.key))

    def _how_measurable(self, uid, key):
        """Return whether it was decided how the goal is measured: "full", "some" of it, or "words" alone (domain §4a).

        All of it is an indicator, a target and a last day, entered for that goal.
        """
        entered = self.actions[uid].operational_goals
        goal = next((each for at, each in enumerate(entered, start=1) if str(each.uid or at) == key), None)
        said = [bool(goal.indicator), bool(goal.target), goal.due_on is not None] if goal else []
        return "full" if said and all(said) else "some" if any(said) else "words"

    def _of_party(self, uid, party, area):
        return self._row(uid, part=party.party, area=area, kind=party.answer, party=party.party)


def _actions(area):
    return [action for problem in area.problems for cause in problem.causes for action in cause.actions]
