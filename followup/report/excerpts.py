"""The short lists of the report: some of the rows behind a number, in the districts' own words, and where all are."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain, zip_longest

from followup.report import figures
from followup.report.document import section_of_area
from followup.report.rows import Shown, shown
from followup.report.tables import address_of

SHOWN = 4
"""How many rows a short list has at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Short:
    """Some of the rows behind a number, and where all ``number`` of them are ("" where there are none)."""

    rows: list[Shown]
    number: int
    address: str

    @property
    def is_part(self):
        """Whether there are more than the list shows."""
        return self.number > len(self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaPart:
    """A priority area in section 4: its own ``section``, what came of it in words, what worked and what did not."""

    key: str
    section: str
    title: str
    told: str
    good: Short
    failed: Short


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaLessons:
    """The lessons of a priority area in section 10."""

    title: str
    lessons: Short


class Excerpts:
    """The short lists of a report, for a reader who ``opens`` those districts."""

    def __init__(self, report, opens):
        self.report, self.opens = report, opens
        self.parts = report.figures[figures.EXPERIENCE].by("area", "kind")

    def short(self, area, kind):
        """Return the area's experiences of that kind, of as many districts as there is room for."""
        figure = self.parts.get((area, kind), figures.Figure())
        address = address_of(self.report.year, figures.EXPERIENCE, area=area, kind=kind) if figure.rows else ""
        some = _spread(figure.rows)[:SHOWN]
        rows = shown(self.report, figures.EXPERIENCE, some, self.opens)
        return Short(rows=rows, number=figure.number, address=address)

    def areas(self):
        """Return an :class:`AreaPart` for each area that has any action or anything that is to be told."""
        counted = self.report.figures[figures.COUNTED].where(kind="action").by("area")
        statuses = self.report.figures[figures.STATUS].by("area")
        goals = self.report.figures[figures.GOALS].by("area")
        told = {key: _told(*(of.get((key,)) for of in (counted, statuses, goals))) for key, _ in self.report.areas}
        return [
            AreaPart(
                key=key, section=section_of_area(key), title=title, told=told[key],
                good=self.short(key, "good"), failed=self.short(key, "failed"),
            )
            for key, title in self.report.areas
            if told[key]
        ]  # fmt: skip

    def lessons(self):
        """Return :class:`AreaLessons` for each area that has any."""
        found = [(title, self.short(key, "lesson")) for key, title in self.report.areas]
        return [AreaLessons(title=title, lessons=lessons) for title, lessons in found if lessons.number]


def _told(actions, statuses, goals):
    if actions is None and statuses is None:
        return ""
    planned = actions.number if actions else 0
    told = f"{planned} {'åtgärd' if planned == 1 else 'åtgärder'} i planerna."
    if statuses is None:
        return f"{told} Ingen av dem är uppföljd än."
    done = statuses.where(kind=figures.CARRIED_OUT).number
    told += f" {done} av {statuses.number} uppföljda är genomförda."
    if goals:
        told += f" {goals.where(kind='met').number} av {goals.number} mål är uppnådda."
    return told


def _spread(rows):
    """Return the rows with one of each district first, then another of each, and so on."""
    by_district = {}
    for row in rows:
        by_district.setdefault(row.district, []).append(row)
    return [row for row in chain.from_iterable(zip_longest(*by_district.values())) if row]
