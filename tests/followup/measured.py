"""Indicators and measurements for the tests."""

from datetime import date
from decimal import Decimal

from agreements.models import DataSource
from followup.indicators.periods import Period
from followup.models import Indicator, Measurement


def source(**more):
    """A source that comes every third year, as the Trygghetsmätningen."""
    values = {"name": "Trygghetsmätningen", "interval_months": 36, "latest_on": date(2023, 1, 1)} | more
    return DataSource.objects.get_or_create(code="trygghetsmatningen", defaults=values)[0]


def indicator(code="otrygga", **more):
    """The share who feel unsafe, unless told otherwise."""
    values = {"name": "Otrygga i bostadsområdet", "unit": "procent", "wanted": "down"} | more
    return Indicator.objects.create(code=code, source=source(), **values)


def shootings():
    """An indicator whose values are counted cases."""
    return indicator("skjutningar", name="Skjutningar", unit="skjutningar", counts_people=True)


def measured(of, year, value, district=None, low=None, high=None, **more):
    """A measurement of a year; of the city without a district."""
    period = year if isinstance(year, Period) else Period.of_year(year)
    numbers = {"value": Decimal(str(value)), "low": low and Decimal(str(low)), "high": high and Decimal(str(high))}
    return Measurement.objects.create(
        indicator=of, district=district, starts_on=period.starts_on, ends_on=period.ends_on, **numbers, **more
    )
