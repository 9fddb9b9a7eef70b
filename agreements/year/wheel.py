"""The year wheel as a drawing: where on a ring of months each day stands. Pure geometry; no words of the domain.

The ring begins with September at the top, when the work with the next plan
begins, and goes clockwise. What belongs to one planning year takes more than
twelve months, so there are two laps: the outer from September to August, the
inner the twelve months after. Lengths are in the units of the drawing's box.
"""

import calendar
from dataclasses import dataclass
from datetime import date
from math import asin, cos, degrees, radians, sin

FIRST_MONTH = 9
BOX = 440
CENTRE = BOX / 2
RING = (184, 216)
"""The inner and outer edge of the ring of months."""
LAPS = (152, 104)
"""The distance from the centre to the marks of each lap."""
MARK = 15
"""Half the width of a mark."""
HAND = (60, 184)
"""From where to where the line for today goes."""
MONTHS = ("jan", "feb", "mars", "april", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec")


@dataclass(frozen=True)
class Point:
    """A point of the drawing, as SVG writes it: with a decimal point whatever the language."""

    x: str
    y: str


@dataclass(frozen=True)
class Line:
    """A line between two points."""

    start: Point
    end: Point


@dataclass(frozen=True)
class Month:
    """A month of the ring: its name, where it stands, and the line where the month begins."""

    name: str
    at: Point
    begins: Line
    is_new_year: bool


@dataclass(frozen=True)
class Mark:
    """Something on a day. ``tick`` leads from the mark to the day itself when marks have made room for each other."""

    content: object
    at: Point
    tick: Line


@dataclass(frozen=True)
class Wheel:
    """The drawing of a year: its months, its marks and today, None when today is not in it."""

    year: int
    months: list[Month]
    marks: list[Mark]
    today: Line | None
    today_end: Point | None
    laps: list[str]


def draw(year, dated, today):
    """Return the :class:`Wheel` of a planning year; ``dated`` are (day, content), without a day left out."""
    dated = [(each, content) for each, content in dated if each]
    marks = [mark for lap in range(len(LAPS)) for mark in _marks(year, lap, dated)]
    hand = is_within(year, today)
    return Wheel(
        year=year,
        months=[_month(at) for at in range(12)],
        marks=marks,
        today=Line(point(angle_of(today), HAND[0]), point(angle_of(today), HAND[1])) if hand else None,
        today_end=point(angle_of(today), HAND[1]) if hand else None,
        laps=[_number(LAPS[lap]) for lap in range(len(LAPS)) if any(lap_of(year, day) == lap for day, _ in dated)],
    )


def angle_of(day):
    """Return how many degrees clockwise from the top the day stands: 0 for 1 September, 30 for each month."""
    length = calendar.monthrange(day.year, day.month)[1]
    return ((day.month - FIRST_MONTH) % 12 + (day.day - 1) / length) * 30


def lap_of(year, day):
    """Return the lap of the day: 0 until August of the planning year, 1 after it."""
    return 1 if day >= date(year, FIRST_MONTH, 1) else 0


def is_within(year, day):
    """Whether the day is in one of the planning year's two laps."""
    return date(year - 1, FIRST_MONTH, 1) <= day < date(year + 1, FIRST_MONTH, 1)


def point(angle, distance):
    """Return the point so many degrees clockwise from the top, at the distance from the centre."""
    turn = radians(angle)
    return Point(_number(CENTRE + distance * sin(turn)), _number(CENTRE - distance * cos(turn)))


def spread(angles, gap):
    """Return the angles moved no more than needed to lie at least ``gap`` apart, in the order given.

    The angles are increasing. Those that crowd make room for each other on
    both sides. If there is no room for all, they are spread evenly.
    """
    if len(angles) * gap >= 360:
        gap = 360 / len(angles)
    clusters = []  # (sum of the wanted first angles, how many)
    for angle in angles:
        wanted, count = angle, 1
        while clusters and wanted / count - (clusters[-1][0] / clusters[-1][1] + clusters[-1][1] * gap) < 0:
            earlier, size = clusters.pop()
            # Each wants the cluster to begin where it would then stand right itself.
            wanted, count = earlier + wanted - count * size * gap, count + size
        clusters.append((wanted, count))
    return [wanted / count + at * gap for wanted, count in clusters for at in range(count)]


def _marks(year, lap, dated):
    distance = LAPS[lap]
    here = sorted(
        ((each, content) for each, content in dated if lap_of(year, each) == lap), key=lambda item: angle_of(item[0])
    )
    gap = degrees(2 * asin((MARK + 1.5) / distance))
    for (day, content), angle in zip(here, spread([angle_of(day) for day, _ in here], gap), strict=True):
        tick = Line(point(angle, distance + MARK), point(angle_of(day), RING[0] if lap == 0 else distance + MARK + 10))
        yield Mark(content, point(angle, distance), tick)


def _month(at):
    number = (FIRST_MONTH - 1 + at) % 12
    return Month(
        name=MONTHS[number],
        at=point(at * 30 + 15, sum(RING) / 2),
        begins=Line(point(at * 30, RING[0]), point(at * 30, RING[1])),
        is_new_year=number == 0,
    )


def _number(value):
    return f"{value:.1f}"
