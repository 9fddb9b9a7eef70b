"""Section 2 of the report, the city's situation: the indicators with their charts (F5), made of its document."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from followup.charts import EXAMPLE, MIXED, SmallMultiples
from followup.indicator_charts import Figure, figure_of
from followup.indicators import WHY_NOT_SHOWN, Reading, told_over_time, trend_of
from followup.periods import Period

CITY = "Staden"
LINES = "Heldragen linje: stadsdelen. Streckad: staden."
MOST_PERIODS = 8
"""How many periods of the districts are shown side by side, the latest; all of them are in the workbook."""
MOST_PANELS = 24
"""How many districts are drawn side by side; of more than that only the table is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InDistrict:
    """A district's readings by period, the latest of them, and how it is going: a ``Trend``'s kind and words."""

    name: str
    readings: tuple[Reading, ...]
    trend: str
    trend_words: str

    @property
    def reading(self):
        """The latest."""
        return self.readings[-1]


def figure_in_city(part):
    """Return the city's line of a ``document.IndicatorPart``, the same in words and as a table."""
    return figure_of(part, [(CITY, _city(part))])


def districts_of(part, names):
    """Return an :class:`InDistrict` for each district of the part that has a value; ``names`` are by slug."""
    return [
        InDistrict(
            name=names[each.district],
            readings=tuple(_reading(part, value) for value in (*each.earlier, each.latest)),
            trend=each.trend,
            trend_words=each.trend_words,
        )
        for each in part.districts
    ]


def periods_of(districts):
    """Return the latest periods that any of the districts has a value of, in order."""
    found = {reading.period for each in districts for reading in each.readings}
    return sorted(found, key=lambda period: (period.ends_on, period.starts_on))[-MOST_PERIODS:]


def drawing_by_district(part, districts):
    """Return each district's line beside the city's as :class:`SmallMultiples`; None when there is none to draw."""
    periods = set(periods_of(districts))
    city = [] if part.is_count else [each for each in _city(part) if each.period in periods]
    figures = [
        (each.name, figure_of(part, [(each.name, [reading for reading in each.readings if reading.period in periods]),
                                     (CITY, city)]))
        for each in districts
    ]  # fmt: skip
    if not 0 < len(figures) <= MOST_PANELS or not any(figure.can_be_drawn for _, figure in figures):
        return None
    examples = {reading.is_example for each in districts for reading in (*each.readings, *city)}
    made_up = "" if True not in examples else MIXED if False in examples else EXAMPLE
    told = [told_over_time(each.name, part, each.readings) for each in districts]
    return SmallMultiples(
        title=f"{part.name} i stadsdelarna{', jämfört med staden' if city else ''}",
        description=f"{'. '.join(told)}.",
        heading=_heading(part, made_up, city),
        panels=tuple((name, figure.chart) for name, figure in figures),
    )


def _heading(part, made_up, city):
    said = ". ".join(filter(None, (part.unit[:1].upper() + part.unit[1:], made_up)))
    return f"{said}\n{LINES}" if city else said


class Measured:
    """An indicator as the report shows it; ``part`` is a ``document.IndicatorPart``, ``report`` its document."""

    def __init__(self, report, part, opens=None):
        self.report, self.part, self.opens = report, part, opens
        self.readings = _city(part)

    def __str__(self):
        return self.part.name

    @property
    def code(self):
        return self.part.code

    @cached_property
    def figure(self) -> Figure:
        """The city's line, the same in words and as a table."""
        return figure_in_city(self.part)

    @property
    def latest(self):
        """The city's latest reading, None if only districts have any."""
        return self.readings[-1] if self.readings else None

    @cached_property
    def trend(self):
        """How the city's latest value stands to the one before it."""
        return trend_of(self.part, self.readings)

    @cached_property
    def districts(self):
        """An :class:`InDistrict` for each district that has a value."""
        return districts_of(self.part, {slug: each.name for slug, each in self.report.by_slug.items()})

    @cached_property
    def periods(self):
        """The periods of the districts' values that are shown, in order."""
        return periods_of(self.districts)

    @cached_property
    def by_district(self):
        """Each district with its reading of each of the periods, None where it has none."""
        by_period = [({reading.period: reading for reading in each.readings}, each) for each in self.districts]
        return [(each, [found.get(period) for period in self.periods]) for found, each in by_period]

    @cached_property
    def drawing(self):
        """Each district's line beside the city's (F5); None when there is none to draw."""
        return drawing_by_district(self.part, self.districts)

    @property
    def without(self):
        """The names of the districts that have no value, where any has; they are never counted as zero."""
        having = {each.district for each in self.part.districts}
        return [each.name for each in self.report.districts if each.slug not in having] if having else []

    @property
    def caption(self):
        """What the figure shows: "Otrygga i bostadsområdet, procent"."""
        return f"{self.part.name}, {self.part.unit}"

    @property
    def address(self):
        """Where its values are: the indicator's own page; "" for who may not open it."""
        return reverse("followup:indicator", args=[self.part.code]) if self.opens is None else ""

    @property
    def chart_address(self):
        """Where the chart is drawn; "" when there is nothing to draw. A new drawing has a new address."""
        if not self.figure.can_be_drawn:
            return ""
        address = reverse("followup:report_chart", args=[self.report.year, self.part.code])
        return f"{address}?v={self.figure.chart.fingerprint[:12]}"

    @property
    def narrow_chart_address(self):
        """Where the chart for a phone is drawn; "" when there is nothing to draw."""
        return f"{self.chart_address}&smal=1" if self.chart_address else ""

    @property
    def drawing_address(self):
        """Where the districts are drawn beside the city; "" when there is nothing to draw."""
        if not self.drawing:
            return ""
        address = reverse("followup:report_chart", args=[self.report.year, self.part.code])
        return f"{address}?v={self.drawing.fingerprint[:12]}&stadsdelar=1"

    @property
    def narrow_drawing_address(self):
        """The same for a phone."""
        return f"{self.drawing_address}&smal=1" if self.drawing_address else ""

    @property
    def hidden_told(self):
        """Why some values are not shown; "" when all are."""
        return WHY_NOT_SHOWN if any(reading.hidden for reading in self._every) else ""

    @property
    def is_example(self):
        """Whether any of its values is made up."""
        return any(reading.is_example for reading in self._every)

    @property
    def _every(self):
        return [*self.readings, *(reading for each in self.districts for reading in each.readings)]


def _city(part):
    return [_reading(part, each) for each in part.city]


def _reading(part, value):
    return Reading(
        pk=0, district_id=None, neighbourhood_id=None, period=Period(value.starts_on, value.ends_on),
        value=value.value, low=value.low, high=value.high, respondents=value.respondents, note=value.note,
        is_example=value.is_example, hidden=value.hidden, decimals=part.decimals, unit=part.unit,
    )  # fmt: skip
