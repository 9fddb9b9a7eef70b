"""The period a measurement is about: a year, several, some months or any days; told the way people say it."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import formats

from trygghet.dates import day

FIRST_YEAR = 1970
SAME_LENGTH = 5  # days: a leap year, and months of 30 and 31 days, are as long as another


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From one day to another, both included. Periods are ordered by when they begin."""

    starts_on: date
    ends_on: date

    @classmethod
    def of_year(cls, year):
        """Return the whole calendar year."""
        return cls(date(year, 1, 1), date(year, 12, 31))

    @property
    def is_whole_years(self):
        """Whether it begins with a year and ends with one."""
        return (self.starts_on.month, self.starts_on.day) == (1, 1) and (
            self.ends_on.month,
            self.ends_on.day,
        ) == (12, 31)

    @property
    def year(self):
        """The calendar year it is, None for any other period."""
        return self.starts_on.year if self.is_whole_years and self.starts_on.year == self.ends_on.year else None

    @property
    def days(self):
        return (self.ends_on - self.starts_on).days + 1

    @property
    def middle(self):
        """The middle of the period in years, where a chart puts it: 2024.5 for the year 2024."""
        middle = self.starts_on + timedelta(days=self.days / 2)
        begins = date(middle.year, 1, 1)
        return middle.year + (middle - begins).days / (date(middle.year + 1, 1, 1) - begins).days

    def holds(self, other):
        """Whether the other period lies within this one, or is the same."""
        return self.starts_on <= other.starts_on and other.ends_on <= self.ends_on

    def is_as_long_as(self, other):
        """Whether values of the two can be compared: a quarter is not compared with a year."""
        return abs(self.days - other.days) <= SAME_LENGTH

    def __str__(self):
        if self.year:
            return str(self.year)
        if self.is_whole_years:
            return f"{self.starts_on.year}–{self.ends_on.year}"
        if self._is_whole_months:
            return self._months()
        if self.starts_on == self.ends_on:
            return day(self.starts_on)
        same_year = self.starts_on.year == self.ends_on.year
        first = formats.date_format(self.starts_on, "j F") if same_year else day(self.starts_on)
        return f"{first}–{day(self.ends_on)}"

    @property
    def _is_whole_months(self):
        return self.starts_on.day == 1 and (self.ends_on + timedelta(days=1)).day == 1

    def _months(self):
        last = formats.date_format(self.ends_on, "F Y")
        if (self.starts_on.year, self.starts_on.month) == (self.ends_on.year, self.ends_on.month):
            return last
        same_year = self.starts_on.year == self.ends_on.year
        return f"{formats.date_format(self.starts_on, 'F' if same_year else 'F Y')}–{last}"


def period_of(measurement):
    """Return the period of a measurement, or of anything with ``starts_on`` and ``ends_on``."""
    return Period(measurement.starts_on, measurement.ends_on)
