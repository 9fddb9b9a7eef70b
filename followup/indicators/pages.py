"""What the pages of indicators show: the list of them, and one with its measurements in every place."""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property

from agreements.views.sources import how_often
from followup.indicators.charts import figure_of
from followup.indicators.trends import (
    WHY_NOT_SHOWN,
    Trend,
    indicators_for,
    neighbourhoods_of,
    next_told,
    readings_of,
    trend_of,
)
from followup.models import Indicator, Measurement

CITY_KEY = (None, None)


@dataclass(frozen=True, slots=True)
class ListRow:
    """An indicator with its latest reading in a place and in the city, None where there is none."""

    indicator: Indicator
    latest: object
    trend: Trend
    city: object
    city_trend: Trend
    coming: str


def list_rows(user, place):
    """Return a :class:`ListRow` for each indicator, in the place beside the city (3 queries, whatever there is)."""
    found = list(indicators_for(user))
    in_city = Q(district=None)
    here = in_city if place.is_city else in_city | Q(district=place.pk, neighbourhood=None)
    readings = readings_of(found, Measurement.objects.visible_to(user).filter(here))
    return [_list_row(each, readings, place) for each in found]


def _list_row(indicator, readings, place):
    here = readings.get((indicator.pk, place.pk, None), [])
    city = readings.get((indicator.pk, *CITY_KEY), [])
    return ListRow(
        indicator=indicator,
        latest=here[-1] if here else None,
        trend=trend_of(indicator, here),
        city=city[-1] if city else None,
        city_trend=trend_of(indicator, city),
        coming=next_told(indicator),
    )


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A place with its latest reading and how it is going."""

    name: str
    slug: str
    latest: object
    trend: Trend


class IndicatorPage:
    """An indicator as it is shown for a place: a figure beside the city, the place's own values, and all districts."""

    def __init__(self, indicator, user, place, places):
        self.indicator, self.user, self.place, self.places = indicator, user, place, places
        self.readings = readings_of([indicator], Measurement.objects.visible_to(user))

    def _of(self, district_id, neighbourhood_id=None):
        return self.readings.get((self.indicator.pk, district_id, neighbourhood_id), [])

    @cached_property
    def figure(self):
        """The place's line beside the city's; the city alone when that is the place."""
        lines = [] if self.place.is_city else [(self.place.name, self._of(self.place.pk))]
        return figure_of(self.indicator, [*lines, ("Staden", self._of(None))])

    @property
    def chart_address(self):
        """Where the chart is drawn; "" when there is nothing to draw. A new drawing has a new address."""
        if not self.figure.can_be_drawn:
            return ""
        address = reverse("followup:indicator_chart", args=[self.indicator.code, self.place.slug])
        return f"{address}?v={self.figure.chart.fingerprint[:12]}"

    @property
    def narrow_chart_address(self):
        """Where the chart for a phone is drawn; "" when there is nothing to draw."""
        return f"{self.chart_address}&smal=1" if self.chart_address else ""

    @cached_property
    def values(self):
        """("", reading) for the place's own, the latest first."""
        return [("", reading) for reading in self._of(self.place.pk)[::-1]]

    @cached_property
    def neighbourhoods(self):
        """(neighbourhood's name, reading), the latest first, for those of the place that have any."""
        if self.place.is_city or not any(key[1] == self.place.pk and key[2] for key in self.readings):
            return []
        there = neighbourhoods_of([self.place])
        return [(each.name, reading) for each in there for reading in self._of(self.place.pk, each.pk)[::-1]]

    @cached_property
    def districts(self):
        """A :class:`PlaceRow` for every district that has values, and the city last."""
        rows = [self._place_row(place) for place in sorted(self.places, key=lambda place: (place.is_city, place.name))]
        return [row for row in rows if row.latest]

    @cached_property
    def without_values(self):
        """The names of the districts that have no values, which are never counted as zero."""
        return [place.name for place in self.places if not place.is_city and not self._of(place.pk)]

    def _place_row(self, place):
        readings = self._of(place.pk)
        return PlaceRow(place.name, place.slug, readings[-1] if readings else None, trend_of(self.indicator, readings))

    @property
    def caption(self):
        """What the table shows: "Otrygga i bostadsområdet, procent: Skärholmen och staden".

        The unit is left out where the name says it: "Skjutningar: Skärholmen och staden".
        """
        names = self.place.mid_phrase if self.place.is_city else f"{self.place.name} och staden"
        name, unit = str(self.indicator), self.indicator.unit
        return f"{name}: {names}" if unit.casefold() in name.casefold() else f"{name}, {unit}: {names}"

    @property
    def how_often(self):
        """How often it is measured, in words (P29)."""
        return how_often(self.indicator if self.indicator.interval_months else self.indicator.source)

    @property
    def why_hidden(self):
        return WHY_NOT_SHOWN

    @property
    def trend(self):
        return trend_of(self.indicator, self._of(self.place.pk))

    @property
    def coming(self):
        return next_told(self.indicator)

    @property
    def hides(self):
        """Whether any value of the indicator is not shown."""
        return any(reading.hidden for those in self.readings.values() for reading in those)

    @property
    def is_example(self):
        """Whether any value on the page is made up."""
        return any(reading.is_example for those in self.readings.values() for reading in those)

    @property
    def is_mixed(self):
        """Whether some of the values on the page are made up, and some are not."""
        return len({reading.is_example for those in self.readings.values() for reading in those}) > 1
