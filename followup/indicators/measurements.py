"""Writing measurements: what holds for a value, and entering, changing and removing one.

A value is what somebody has entered or read in, and nothing else: none is
fetched, filled in or estimated.
"""

from datetime import timedelta
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone

from agreements.claiming import claim
from followup import numbers
from followup.indicators.periods import FIRST_YEAR
from followup.indicators.trends import entered_by
from followup.models import Indicator, Measurement
from trygghet.dates import day

VALUES = ("value", "low", "high", "respondents", "note")
"""What is measured; the rest says of what, where and when."""
PERCENT = "procent"
LONGEST = timedelta(days=5 * 366)


class AlreadyThere(Exception):
    """There is a value of the indicator for the place and the period; nothing was written."""


# --- What holds for a value


def faults_of(indicator, values):
    """Return what is wrong with a measurement, as field → a Swedish sentence that says what to do.

    ``values`` has ``value``, ``low``, ``high``, ``starts_on`` and ``ends_on``;
    what is None has not been given, or has a fault of its own.
    """
    return {**_limit_faults(values), **_period_faults(values), **_number_faults(indicator, values)}


def _number_faults(indicator, values):
    found = {name: number_fault(indicator, values.get(name)) for name in ("value", "low", "high")}
    return {name: said for name, said in found.items() if said}


def number_fault(indicator, number):
    """Return why the indicator can never be that number, as a Swedish sentence that says what to do; "" if it can."""
    if number is None:
        return ""
    if indicator.unit == PERCENT and not 0 <= number <= 100:
        return "En andel är mellan 0 och 100 procent. Rätta talet."
    if number < 0 and (is_count(indicator) or " per " in indicator.unit):
        return "Ett antal är 0 eller mer. Rätta talet."
    if is_count(indicator) and number != int(number):
        return "Indikatorn räknar hela antal. Skriv ett heltal."
    return ""


def is_count(indicator):
    """Whether its values are whole: persons or cases, or what its unit calls a number of something."""
    unit = indicator.unit.casefold()
    return indicator.counts_people or (unit.startswith("antal") and " per " not in unit)


def _limit_faults(values):
    value, low, high = (values.get(name) for name in ("value", "low", "high"))
    if (low is None) != (high is None):
        return {"high" if high is None else "low": "Ange både lägst och högst, eller inget av dem."}
    if value is not None and low is not None and not low <= value <= high:
        return {"low": "Värdet ska ligga mellan lägst och högst. Rätta det som är fel."}
    return {}


def _period_faults(values):
    starts_on, ends_on = values.get("starts_on"), values.get("ends_on")
    if not starts_on or not ends_on:
        return {}
    if ends_on < starts_on:
        return {"ends_on": "Perioden slutar innan den börjar. Byt plats på dagarna."}
    if starts_on > timezone.localdate():
        return {"starts_on": "Perioden har inte börjat än. Ett mätvärde läggs in när det finns."}
    if ends_on > timezone.localdate():
        over = f"Perioden är inte slut förrän {day(ends_on)}."
        return {"ends_on": f"{over} Lägg in värdet då, eller ange de dagar som är mätta."}
    if starts_on.year < FIRST_YEAR:
        return {"starts_on": f"Perioden börjar före {FIRST_YEAR}. Rätta året."}
    if ends_on - starts_on > LONGEST:
        return {"ends_on": "Perioden är längre än fem år. Dela upp den."}
    return {}


def as_number(text, *, is_count=False):
    """Return the text of a field or a cell as a number, None when it is empty; raise numbers.NotANumber."""
    parse = numbers.parse_count if is_count else numbers.parse
    return parse(text) if text.strip() else None


# --- Who may


def may_enter(user, district_id):
    """Whether the person may enter values of the district; None asks of the city's own."""
    return entered_by(user).covers(district_id)


def changeable_by(user):
    """Return the measurements that the person may change."""
    return Measurement.objects.visible_to(user).filter(entered_by(user).condition())


# --- Writing


def enter(indicator, values, *, by, read_in=None, is_example=False):
    """Store a new measurement and return it; raise :class:`AlreadyThere` when its place and period have one."""
    measurement = Measurement(indicator=indicator, by=by, read_in=read_in, is_example=is_example, **values)
    try:
        with transaction.atomic():
            measurement.save()
    except IntegrityError as error:
        raise AlreadyThere from error
    return measurement


@transaction.atomic
def change(measurement, values, *, seen, by, read_in=None):
    """Write other values in a measurement as it was read in version ``seen``; raise StaleRow if it is another now.

    What somebody has written is no example data, whatever stood there before.
    Raises :class:`AlreadyThere` when the new period has a value already.
    """
    claim(measurement, seen)
    for name, value in values.items():
        setattr(measurement, name, value)
    measurement.by, measurement.read_in, measurement.is_example = by, read_in, False
    try:
        with transaction.atomic():
            measurement.save()
    except IntegrityError as error:
        raise AlreadyThere from error


@transaction.atomic
def remove(measurement, *, seen):
    """Remove a measurement that was entered by mistake; raise StaleRow if somebody has changed it since it was read."""
    claim(measurement, seen)
    measurement.delete()


# --- Defining an indicator


def define(values):
    """Store a new indicator and return it."""
    return Indicator.objects.create(**values)


@transaction.atomic
def redefine(indicator, values, *, seen):
    """Change what an indicator is; raise StaleRow if somebody has changed it since it was read."""
    claim(indicator, seen)
    for name, value in values.items():
        setattr(indicator, name, value)
    indicator.save()


def same_values(measurement, values):
    """Whether the measurement says the same already."""
    return all(_plain(getattr(measurement, name)) == _plain(values[name]) for name in VALUES)


def _plain(value):
    return Decimal(value).normalize() if isinstance(value, Decimal | int) else value
