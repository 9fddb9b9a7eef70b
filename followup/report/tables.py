"""The figures of the annual report as tables: numbers that lead to their rows, and the bars drawn beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse

from followup.enums import Fulfilled, GoalResult, Implementation, Light
from followup.report import figures
from followup.report.figures import NOTHING_SAID
from plans.enums import Prevention

WIDTH = 1000
"""How many units wide a bar is drawn; it is stretched to its place."""
NONE = "ingen"
"""What an address calls the kind of what nobody has said."""

KINDS = {
    figures.COUNTED: {"problem": "Problemområden", "cause": "Orsaker", "action": "Åtgärder"},
    figures.STATUS: {**dict(Implementation.choices), NOTHING_SAID: "Inget svar"},
    figures.LIGHTS: {**dict(Light.choices), NOTHING_SAID: "Inget svar"},
    figures.EXPERIENCE: {
        "good": "Exempel att lära av",
        "failed": "Gick inte som planerat",
        "lesson": "Lärdomar",
    },
    figures.GOALS: {**dict(GoalResult.choices), NOTHING_SAID: "Inget svar"},
    figures.QUALITY: {
        "full": "Mått, målvärde och slutdatum",
        "some": "Något av dem",
        "words": "Bara i ord",
    },
    figures.SIDES: {NOTHING_SAID: "Ingen sida angiven"},  # and before it the sides, in the city's own words
    figures.PREVENTION: {**dict(Prevention.choices), NOTHING_SAID: "Inte angivet"},
    figures.PARTIES: {**dict(Fulfilled.choices), NOTHING_SAID: "Inget svar"},
    figures.OBSTACLES: {
        "reported": "Rapporterade",
        "raised": "Lyfta till styrgruppen",
        "escalated": "Lyfta till staden",
        "answered": "Besvarade av staden",
        "closed": "Lösta eller avslutade",
    },
    figures.SHARED: {},  # what is shared, in the words of the report's plans
    figures.SHARED_CAUSES: {},
    figures.INTEGRATED: {
        "extremism": "Våldsbejakande extremism",
        "recruitment": "Rekrytering",
    },
    figures.CHANGES: {
        "carried": "Förda vidare",
        "new": "Nya",
        "stopped": "Inte förda vidare",
    },
}
"""What each figure divides by, in order, and what it is called."""
TITLES = {
    figures.COUNTED: "Problemområden, orsaker och åtgärder",
    figures.STATUS: "Åtgärder efter status",
    figures.LIGHTS: "Åtgärder efter läge",
    figures.EXPERIENCE: "Erfarenheter av åtgärderna",
    figures.GOALS: "Mål efter resultat",
    figures.QUALITY: "Mål efter hur de kan mätas",
    figures.SIDES: "Åtgärder efter sida i brottstriangeln",
    figures.PREVENTION: "Åtgärder efter slag av förebyggande",
    figures.PARTIES: "Parternas åtaganden",
    figures.OBSTACLES: "Hinder som har lyfts till staden",
    figures.SHARED: "Åtgärder som delas av flera stadsdelar",
    figures.SHARED_CAUSES: "Orsaker som delas av flera stadsdelar",
    figures.INTEGRATED: "Åtgärder mot extremism och rekrytering",
    figures.CHANGES: "Åtgärder jämfört med förra årets planer",
}


def kinds_of(report, code):
    """Return what the figure divides by, in order, and what it is called in the report's city."""
    if code == figures.SIDES:
        return {**dict(report.sides), **KINDS[code]}
    if code in (figures.SHARED, figures.SHARED_CAUSES):
        return {kind: report.shared_texts[kind] for kind in report.figures[code].values("kind")}
    return KINDS[code]


# name in the address → what the rows are counted by
FILTERS = {"omrade": "area", "status": "kind", "part": "party", "stadsdel": "district"}


def address_of(year, code, **where):
    """Return where the rows behind a number are; ``where`` is what they are counted by, a tuple for any of several."""
    asked = [("figur", code)]
    for name, counted_by in FILTERS.items():
        wanted = where.get(counted_by, ())
        asked += [(name, value or NONE) for value in (wanted if isinstance(wanted, tuple) else (wanted,))]
    return f"{reverse('followup:report_rows', args=[year])}?{urlencode(asked)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number, what it is of, and where its rows are ("" where there are none to show)."""

    number: int
    label: str
    kind: str
    address: str
    share: int | None = None  # per cent of the line, None where it is not told

    @property
    def heat(self):
        """How much of the line it is, as one of five steps."""
        return 0 if not self.share else min(1 + self.share // 25, 4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A part of a bar, in units of :data:`WIDTH` from the left."""

    kind: str
    x: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of a table: its numbers by kind, and their sum."""

    title: str
    numbers: list[Number]
    total: Number
    segments: list[Segment] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A figure as a table. ``heads`` are (kind, label); ``told`` says in words what it shows."""

    code: str
    heads: list[tuple[str, str]]
    lines: list[Line]
    total: Line
    first: str
    told: str = ""


def table_of(report, code, *, per="area", titles=None, first="Område", told="", of_each=None):
    """Return the figure as a table with a line for each value of ``per``.

    ``titles`` are the (value, title) of the lines, the areas unless told.
    ``of_each`` gives what a line's shares are of, by value, where a row can
    be counted in several columns.
    """
    figure, kinds = report.figures[code], kinds_of(report, code)
    parts = figure.by(per, "kind")
    whole = {key: part for (key,), part in figure.by(per).items()}
    lines = [
        _line(report, code, title, {kind: parts.get((value, kind)) for kind in kinds}, whole.get(value), {per: value},
              of_each and of_each.get(value, 0))
        for value, title in (titles if titles is not None else report.areas)
        if value in whole
    ]  # fmt: skip
    by_kind = {kind: part for (kind,), part in figure.by("kind").items()}
    everything = sum(of_each.values()) if of_each else None
    total = _line(report, code, "Summa", {kind: by_kind.get(kind) for kind in kinds}, figure, {}, everything)
    return Table(code=code, heads=list(kinds.items()), lines=lines, total=total, first=first, told=told)


def _line(report, code, title, parts, whole, where, out_of):
    def number(figure, **more):
        count = figure.number if figure else 0
        return {"number": count, "address": address_of(report.year, code, **where, **more) if count else ""}

    every = whole.number if whole else 0
    of = every if out_of is None else out_of
    labels = kinds_of(report, code)
    numbers = []
    for kind, part in parts.items():
        told = number(part, kind=kind)
        share = round(100 * told["number"] / of) if of else None
        numbers.append(Number(label=labels[kind], kind=kind or NONE, share=share, **told))
    summed = number(whole)
    if out_of is not None:  # a row may stand in several columns: the sum is that of the plans' actions
        address = address_of(report.year, figures.COUNTED, **where, kind="action") if out_of else ""
        summed = {"number": out_of, "address": address}
    total = Number(label="Summa", kind="sum", **summed)
    return Line(title=title, numbers=numbers, total=total, segments=_segments(numbers, every))


def _segments(numbers, every):
    """Return the parts of the bar: together as wide as it is, each as wide as its share of them all."""
    found, before = [], 0
    for each in numbers:
        x, end = (WIDTH * count // every if every else 0 for count in (before, before + each.number))
        if each.number:
            found.append(Segment(kind=each.kind, x=x, width=end - x))
        before += each.number
    return found
