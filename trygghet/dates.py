"""Days and moments in Swedish words, and whether a last day has passed. Always in the city's own time."""

from datetime import datetime

from dateutil.relativedelta import relativedelta
from django.utils import formats, timezone

from trygghet.words import counted


def day(value):
    """Return a day, or the day of a moment, with its year: "28 februari 2025"."""
    return formats.date_format(_local(value), "j F Y")


def short_day(value):
    """Return a day, or the day of a moment, with its year only if it is another than this one: "28 februari"."""
    value = _local(value)
    return formats.date_format(value, "j F" if value.year == timezone.localdate().year else "j F Y")


def weekday(value):
    """Return a day with the day of the week before it: "fredag 28 februari 2025"."""
    return formats.date_format(_local(value), "l j F Y").lower()


def moment(at):
    """Return a moment of this year: "28 februari, 10.42"."""
    return formats.date_format(_local(at), "j F, H.i")


def time_of_day(at):
    """Return a time, or the time of a moment: "10.42"."""
    return formats.date_format(_local(at), "H.i")


def is_late(due):
    """Whether the last day has passed; never if there is none."""
    return due is not None and due < timezone.localdate()


def deadline_told(due):
    """Say the last day: "senast 28 februari 2025", or "försenat sedan" it."""
    return f"{'försenat sedan' if is_late(due) else 'senast'} {day(due)}"


def age(since, today=None):
    """Return how old something is: "3 månader", "1 år och 2 månader", "mindre än en månad"."""
    passed = relativedelta(today or timezone.localdate(), since)
    years = [f"{passed.years} år"] if passed.years else []
    months = [counted(passed.months, "månad", "månader")] if passed.months else []
    return " och ".join(years + months) or "mindre än en månad"


def _local(value):
    return timezone.localtime(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
