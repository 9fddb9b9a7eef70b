"""Section 2 of the report, the city's situation: the indicators with their charts (F5), made of its document."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse

from followup.indicator_charts import Figure, figure_of
from followup.indicators import WHY_NOT_SHOWN, Reading, trend_of
from followup.periods import Period

CITY = "Staden"


@dataclass(frozen=True, slots=True, kw_only=True)
class InDistrict:
    """A district's latest reading, and how it is going: a ``Trend``'s kind and words."""

    name: str
    reading: Reading
    trend: str
    trend_words: str


def figure_in_city(part):
    """Return the city's line of a ``document.IndicatorPart``, the same in words and as a table."""
    return figure_of(part, [(CITY, [_reading(part, each) for each in part.city])])


class Measured:
    """An indicator as the report shows it; ``part`` is a ``document.IndicatorPart``, ``report`` its document."""

    def __init__(self, report, part, opens=None):
        self.report, self.part, self.opens = report, part, opens
        self.readings = [_reading(part, each) for each in part.city]

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
        return [
            InDistrict(
                name=self.report.by_slug[each.district].name,
                reading=_reading(self.part, each.latest),
                trend=each.trend,
                trend_words=each.trend_words,
            )
            for each in self.part.districts
        ]

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
    def hidden_told(self):
        """Why some values are not shown; "" when all are."""
        hides = any(each.hidden for each in self.part.city) or any(each.latest.hidden for each in self.part.districts)
        return WHY_NOT_SHOWN if hides else ""

    @property
    def is_example(self):
        """Whether any of its values is made up."""
        return any(each.is_example for each in self.part.city) or any(
            each.latest.is_example for each in self.part.districts
        )


def _reading(part, value):
    return Reading(
        pk=0, district_id=None, neighbourhood_id=None, period=Period(value.starts_on, value.ends_on),
        value=value.value, low=value.low, high=value.high, respondents=value.respondents, note=value.note,
        is_example=value.is_example, hidden=value.hidden, decimals=part.decimals, unit=part.unit,
    )  # fmt: skip
