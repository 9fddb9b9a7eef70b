"""The city's situation (F5): what has been measured, as far as it may be shown, for the annual report."""

from __future__ import annotations

from followup.indicators.measurements import is_count
from followup.indicators.trends import indicators_for, readings_of, trend_of
from followup.models import Measurement
from followup.report.document import DistrictReading, IndicatorPart, ReadingPart


def indicators_of(user, year, districts):
    """Return an :class:`IndicatorPart` for each indicator with a value of the year or before (3 queries).

    ``districts`` are (id, slug) in the order they are to be shown. Neighbourhoods are no part of
    the report, and neither is what was measured after the year.
    """
    found = list(indicators_for(user))
    until = Measurement.objects.visible_to(user).filter(neighbourhood=None, starts_on__year__lte=year)
    readings = readings_of(found, until)
    parts = [_part(each, readings, districts) for each in found]
    return tuple(part for part in parts if part.city or part.districts)


def _part(indicator, readings, districts):
    by_district = [(slug, readings.get((indicator.pk, pk, None))) for pk, slug in districts]
    return IndicatorPart(
        code=indicator.code,
        name=indicator.name,
        unit=indicator.unit,
        decimals=indicator.decimals,
        is_count=is_count(indicator),
        wanted=indicator.wanted,
        source=str(indicator.source),
        description=indicator.description,
        city=tuple(map(_reading, readings.get((indicator.pk, None, None), ()))),
        districts=tuple(_of_district(indicator, slug, those) for slug, those in by_district if those),
    )


def _of_district(indicator, slug, readings):
    trend = trend_of(indicator, readings)
    *earlier, latest = map(_reading, readings)
    return DistrictReading(
        district=slug, latest=latest, earlier=tuple(earlier), trend=trend.kind, trend_words=trend.words
    )


def _reading(reading):
    same = ("value", "low", "high", "respondents", "note", "hidden", "is_example")
    return ReadingPart(
        starts_on=reading.period.starts_on,
        ends_on=reading.period.ends_on,
        **{name: getattr(reading, name) for name in same},
    )
