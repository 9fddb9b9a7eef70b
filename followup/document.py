"""The follow-up as a value: plain frozen dataclasses, no Django. Beside the plan's document, whose rows it names.

What is frozen at the approval, written to the workbook and the PDF and summed
in the annual report is this one shape; so each of them is written once and
can be tested without a database. Choices are the values of
``followup/enums.py``; "" is what nobody has answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyAnswer:
    """Whether a party has done its part (``enums.Fulfilled``), in its own words."""

    party: str
    answer: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalAnswer:
    """Whether a goal was met (``enums.GoalResult``); ``key`` tells the goals of a row apart.

    ``measured`` is where it began, was to come and came, as the measurements of its indicator say; "" for none.
    """

    key: str
    text: str
    result: str = ""
    value: str = ""
    source: str = ""
    on: date | None = None
    comment: str = ""
    measured: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionAnswer:
    """What became of an action; ``row`` is its identity in the plan's document."""

    row: str
    status: str = ""  # enums.Implementation
    light: str = ""  # enums.Light
    done: str = ""
    changed: str = ""
    helped: str = ""
    hindered: str = ""
    lesson: str = ""
    reason: str = ""
    next_year: str = ""  # enums.NextYear
    parties: tuple[PartyAnswer, ...] = ()
    goals: tuple[GoalAnswer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """What the indicators say of a problem or an area, and how sure anyone can be."""

    row: str
    kind: str  # enums.AssessedKind
    change: str = ""  # enums.Change
    certainty: str = ""  # enums.Certainty
    text: str = ""
    comparison: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaAnswer:
    """What became of an area's own targets and commitments, which the city's plan has (seed 001)."""

    row: str
    goals: tuple[GoalAnswer, ...] = ()
    parties: tuple[tuple[str, PartyAnswer], ...] = ()  # with the identity of the commitment


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpDocument:
    """The follow-up of a decided version of a place's plan for a year.

    ``plan_sha256`` is the checksum of the version's document, the only one
    whose rows the answers can be laid beside.
    """

    district: str
    year: int
    version: int
    plan_sha256: str
    summary: str = ""
    actions: tuple[ActionAnswer, ...] = ()
    areas: tuple[AreaAnswer, ...] = ()
    assessments: tuple[Assessed, ...] = ()

    def by_row(self):
        """Return the answer of each action by its identity."""
        return {action.row: action for action in self.actions}
