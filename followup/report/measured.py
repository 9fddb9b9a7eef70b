"""Section 2 of the report, the city's situation: the indicators with their charts (F5), made of its document."""

from __future__ import annotations

from functools import cached_property

from django.urls import reverse
from django.utils.text import capfirst

from followup.charts import MIXED
from followup.indicators.charts import Figure, figure_of
from followup.indicators.trends import WHY_NOT_SHOWN, trend_of
from followup.report import by_district


def figure_in_city(part):
    """Return the city's line of a ``document.IndicatorPart``, the same in words and as a table."""
    return figure_of(part, [(by_district.CITY, by_district.city_of(part))])


class Measured:
    """An indicator as the report shows it; ``part`` is a ``document.IndicatorPart``, ``report`` its document."""

    def __init__(self, report, part, opens=None):
        self.report, self.part, self.opens = report, part, opens
        self.readings = by_district.city_of(part)

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
        """A :class:`~followup.report.by_district.InDistrict` for each district that has a value."""
        return by_district.districts_of(self.part, {slug: each.name for slug, each in self.report.by_slug.items()})

    @cached_property
    def periods(self):
        """The periods of the districts' values that are shown, in order."""
        return by_district.periods_of(self.districts)

    @property
    def in_periods(self):
        """Each district with its reading of each of the periods, None where it has none."""
        return by_district.table_of(self.districts)

    @cached_property
    def drawing(self):
        """Each district beside the city (F5); None when there is nothing to draw."""
        return by_district.drawing_of(self.part, self.districts)

    @property
    def districts_told(self):
        """What is seen of the districts, in words; "" when none has a value."""
        return by_district.told_of(self.part, self.districts)

    @property
    def without(self):
        """The names of the districts that have no value, where any has; they are never counted as zero."""
        having = {each.district for each in self.part.districts}
        return [each.name for each in self.report.districts if each.slug not in having] if having else []

    @property
    def caption(self):
        """What the figure shows: "Otrygga i bostadsområdet, procent"; a unit that has the name in it says it alone."""
        name, unit = self.part.name, self.part.unit
        return capfirst(unit) if unit.casefold().startswith(name.casefold()) else f"{name}, {unit}"

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
    def has_intervals(self):
        """Whether the uncertainty of any district's value is known."""
        return any(reading.has_interval for each in self.districts for reading in each.readings)

    @property
    def is_example(self):
        """Whether any of its values is made up."""
        return any(reading.is_example for reading in self._every)

    @property
    def is_mixed(self):
        """Whether some of its values are made up, and some are not."""
        return by_district.made_up_told(self._every) == MIXED

    @property
    def _every(self):
        return [*self.readings, *(reading for each in self.districts for reading in each.readings)]
