"""The annual report as a value: everything it says, in plain frozen dataclasses, no Django (domain §5.6).

While the follow-ups come in it is built from the database for whoever reads
it (:mod:`followup.report.reading`); published it is read back from its frozen
text. The page, the rows behind its numbers, the workbook and the PDF are made
of this and of nothing else, so that they cannot differ, and a published
report cannot change.

Addresses are no part of it: they follow from the year, the districts' slugs,
the versions' numbers and the rows' identities (:mod:`followup.report.rows`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from followup.document import FollowUpDocument
from followup.report.figures import (
    CARRIED_OUT,
    COUNTED,
    GOALS,
    OWN_AREAS,
    SHARED,
    SHARED_CAUSES,
    STATUS,
    area_key,
    figures_of,
)  # fmt: skip
from plans.document import PlanDocument
from plans.outline import Outline

# --- The sections


class Section(NamedTuple):
    """A section of the report: ``anchor`` is its place in the page."""

    key: str
    number: int
    title: str
    anchor: str


_SECTIONS = (
    ("summary", "Sammanfattning", "sammanfattning"),
    ("situation", "Läget i staden", "laget"),
    ("compliance", "Efterlevnad", "efterlevnad"),
    ("areas", "Prioriterade områden", "omraden"),
    ("districts", "Stadsdel för stadsdel", "stadsdelar"),
    ("parties", "Parternas åtaganden", "parter"),
    ("obstacles", "Hinder", "hinder"),
    ("patterns", "Mönster", "monster"),
    ("quality", "Målkvalitet", "malkvalitet"),
    ("lessons", "Lärdomar", "lardomar"),
    ("proposals", "Plan för kommande år", "kommande-ar"),
    ("feedback", "Återkoppling till stadsdelarna", "aterkoppling"),
    ("method", "Metod och bortfall", "metod"),
)
SECTIONS = {key: Section(key, at, title, anchor) for at, (key, title, anchor) in enumerate(_SECTIONS, start=1)}
"""The sections by key, in order, numbered as in domain §5.6."""
OF_AREA = "areas:"
"""What the key of a priority area's own part of section 4 begins with; the area's key follows."""


def section_of_area(key):
    """Return the key of a priority area's own part of section 4, "areas:<area>"."""
    return f"{OF_AREA}{key}"


# --- The districts


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell of the matrix of steps (F1): a shape (one of the states of ``city.css``), words, and what stands beneath.

    ``on`` is the day it was done, also where the words say something else; None if it never was.
    """

    mark: str
    words: str
    beside: str = ""
    on: date | None = None


MATRIX = {
    "decided": "Beslutad",
    "submitted": "Skickad till staden",
    "board": "Nämnd (T1)",
    "picture": "Lägesbild",
    "agreement": "Överenskommelse",
    "follow_up": "Uppföljning",
}
"""The columns of the matrix of steps by name, in order."""

NOT_DECIDED = "ingen beslutad plan"
NOT_SENT = "den beslutade planen är inte skickad till staden"
NOT_HANDED_IN = "uppföljningen är inte inlämnad"
NOT_READABLE = "den version som är uppföljd är inte skickad till staden"


@dataclass(frozen=True, kw_only=True)
class DistrictPart:
    """A district in the report: its steps, the plan that is counted, and its follow-up if that is counted.

    ``cells`` are those of :data:`MATRIX`, in its order. ``version`` is the
    number of the decided version that is followed up, else of the latest that
    the city has been sent, and ``plan`` what it says; None if there is none,
    and then nothing of the district is counted. ``handed_in`` is also true
    where the version that was followed up has not been sent, and ``follow_up``
    is then None; ``handed_in_on`` is None if nobody knows the day.
    ``is_example``: the plan is made up.
    """

    slug: str
    name: str
    cells: tuple[Cell, ...] = ()
    is_decided: bool = False
    handed_in: bool = False
    handed_in_on: date | None = None
    is_approved: bool = False
    is_example: bool = False
    version: int | None = None
    plan: PlanDocument | None = None
    follow_up: FollowUpDocument | None = None

    @property
    def signed(self):
        """The name that goes with the district's words; what the steering group has not approved says so."""
        return (
            f"{self.name} (uppföljningen är inte godkänd än)" if self.handed_in and not self.is_approved else self.name
        )

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

    def cell(self, name):
        """Return the cell of a column of :data:`MATRIX`."""
        return self.cells[list(MATRIX).index(name)]

    @cached_property
    def outline(self):
        """Where the rows of the plan stand."""
        return Outline(self.plan)

    @cached_property
    def answers(self):
        """The answers of the follow-up by the action they are of; empty without one."""
        return self.follow_up.by_row() if self.follow_up else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class ObstaclePart:
    """An obstacle of a district as far as it has come.

    ``stages`` are those of ``figures.STAGES`` that it has passed, ``state``
    what it is called where it stands; ``days`` for how many days it was or is open.
    """

    district: str
    uid: str
    title: str = ""
    state: str = ""
    stages: frozenset[str]
    days: int
    is_open: bool


# --- The city's situation


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingPart:
    """A value as it may be shown: with its numbers, or with ``hidden``, the words that stand in their place."""

    starts_on: date
    ends_on: date
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    respondents: int | None = None
    note: str = ""
    hidden: str = ""
    is_example: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictReading:
    """A district's latest value and how it is going: the kind and the words of ``followup.indicators.trends.Trend``.

    ``earlier`` are its values before that, in order; a report published before they were kept has none.
    """

    district: str
    latest: ReadingPart
    trend: str
    trend_words: str
    earlier: tuple[ReadingPart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorPart:
    """What is measured, with the city's and each district's values by period; ``wanted`` as ``enums.Wanted``.

    ``is_count``: it is a number of something, so that the city's is a sum and no measure for a district's.
    """

    code: str
    name: str
    unit: str
    decimals: int = 0
    is_count: bool = False
    wanted: str
    source: str = ""
    description: str = ""
    city: tuple[ReadingPart, ...] = ()
    districts: tuple[DistrictReading, ...] = ()

    def __str__(self):
        return self.name


# --- Over the years


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePart:
    """What became of an action between last year's plan and this one: ``kind`` is "carried", "new" or "stopped".

    ``uid``, ``year``, ``version`` and ``position`` (of the area) say where it
    stands: in this year's plan, and what was stopped in last year's.
    """

    kind: str
    district: str
    area: str
    uid: str
    text: str
    year: int
    version: int
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierYear:
    """The sums of an earlier year's report.

    ``plans`` that are counted and their ``actions``; the districts that
    ``reported``, the actions they answered for (``answered_actions``) and
    those ``done``, their ``goals`` and those ``met``; the ``obstacles`` lifted
    to the city and those ``answered``.
    """

    year: int
    plans: int
    reported: int
    actions: int
    answered_actions: int
    done: int
    goals: int
    met: int
    obstacles: int
    answered: int


# --- What is written


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A district's own words, quoted in a section: ``about`` is the action they are about.

    ``row`` is its identity in the district's plan, ``field`` which of its answers is quoted.
    """

    section: str
    district: str  # slug
    row: str
    field: str
    text: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What the city proposes for the coming year (section 11), ``kind`` as ``enums.ProposalKind``.

    ``area`` is the key of one of the report's areas, or the title of one that only the coming year has.

    ``owner`` says who, whether a known organisation or not; ``budget`` when it
    has to be in the budget.
    """

    kind: str = "action"
    area: str
    problem: str = ""
    text: str
    owner: str = ""
    when: str = ""
    due_on: date | None = None
    budget: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the central preparation group has written: texts by section's key, feedback by district's slug.

    What is frozen has the sha256 of each feedback in its place (ADR 22).
    """

    texts: dict[str, str] = field(default_factory=dict)
    quotes: tuple[Quote, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    feedback: dict[str, str] = field(default_factory=dict)
    feedback_sha256: dict[str, str] = field(default_factory=dict)


# --- The report


@dataclass(frozen=True, kw_only=True)
class ReportDocument:
    """Everything that the annual report of a year says; ``as_of`` is the day it was computed.

    ``areas`` are (key, title), ``sides`` the (code, title) of the crime
    triangle in the year's own words, ``districts`` all of the city's in
    alphabetical order, also those that have not reported.
    """

    year: int
    city: str
    as_of: date
    follow_up_due: date | None = None
    areas: tuple[tuple[str, str], ...] = ()
    sides: tuple[tuple[str, str], ...] = ()
    districts: tuple[DistrictPart, ...] = ()
    obstacles: tuple[ObstaclePart, ...] = ()
    indicators: tuple[IndicatorPart, ...] = ()
    changes: tuple[ChangePart, ...] = ()
    earlier: tuple[EarlierYear, ...] = ()
    written: Written = field(default_factory=Written)

    @cached_property
    def by_slug(self):
        """The districts by their slug."""
        return {each.slug: each for each in self.districts}

    @cached_property
    def obstacles_by_uid(self):
        """The obstacles by their identity as text."""
        return {each.uid: each for each in self.obstacles}

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
    def figures(self):
        """Every :class:`~followup.report.figures.Figure` by its code."""
        reports = [(each.slug, each.plan, each.follow_up) for each in self.read]
        return figures_of(reports, self.obstacles, self.changes)

    @property
    def sums(self):
        """The sums of the year, as next year's report has them beside its own."""
        counted, statuses, goals = (self.figures[code] for code in (COUNTED, STATUS, GOALS))
        lifted = [each.stages for each in self.obstacles if "escalated" in each.stages]
        return EarlierYear(
            year=self.year,
            plans=len(self.read),
            reported=len(self.reported),
            actions=counted.where(kind="action").number,
            answered_actions=statuses.number,
            done=statuses.where(kind=CARRIED_OUT).number,
            goals=goals.number,
            met=goals.where(kind="met").number,
            obstacles=len(lifted),
            answered=sum("answered" in stages for stages in lifted),
        )

    @cached_property
    def changes_by_row(self):
        """What became of the actions since last year's plans, by the district and the action's identity."""
        return {(each.district, each.uid): each for each in self.changes}

    @cached_property
    def shared_texts(self):
        """What is shared among districts, by its group: the text as the first of them has it (F9)."""
        found = {}
        for code in (SHARED, SHARED_CAUSES):
            for row in self.figures[code].rows:
                if row.kind not in found:
                    found[row.kind] = self.by_slug[row.district].outline.find("", row.uid).text
        return found


def areas_of(known, plans, others=()):
    """Return (key, title) of the areas: the year's own, those only a plan of another edition has, the districts' own.

    ``known`` are the (key, title) of the year's, ``others`` those that only last year's plans may have.
    """
    titles = dict(known)
    own = {OWN_AREAS: titles.pop(OWN_AREAS, "Egna områden")}
    for plan in plans:
        for area in plan.areas:
            if area.code:
                titles.setdefault(area_key(area), area.canonical_title or area.title)
    return tuple((titles | {key: title for key, title in dict(others).items() if key not in titles} | own).items())
