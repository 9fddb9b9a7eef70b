"""What the measurements of an indicator say: which may be shown, and how it is going, in words.

Everything that shows a measurement (a page, a chart, a file) is made of
:class:`Reading`, which carries no number that must not be shown. So no page
has to remember the rule on small counts (domain §5.3).
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from agreements.models import District, Neighbourhood
from agreements.permissions import Permission, access_of
from agreements.scope import Scope
from followup import numbers
from followup.enums import Wanted
from followup.indicators.periods import Period, period_of
from followup.models import Indicator, Measurement
from trygghet.dates import day, is_late

SMALLEST_SHOWN = 5
"""Counts of persons or cases below this are never shown (domain §5.3)."""
FEWER = f"färre än {SMALLEST_SHOWN}"
NOT_SHOWN = "visas inte"
WHY_NOT_SHOWN = (
    f"Det som räknar färre än {SMALLEST_SHOWN} personer eller fall visas inte, "
    "och inte heller en summa som det ingår i."
)


@dataclass(frozen=True, slots=True)
class Reading:
    """A measurement as it may be shown: with its numbers, or with the words that stand in their place.

    ``hidden`` is empty, or what is said instead of the value; then there are no numbers at all.
    """

    pk: int
    district_id: int | None
    neighbourhood_id: int | None
    period: Period
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    respondents: int | None
    note: str
    is_example: bool
    hidden: str
    decimals: int
    unit: str

    @property
    def told(self):
        """The value without its unit: "37,5", "färre än 5"."""
        return self.hidden or numbers.told(self.value, self.decimals)

    @property
    def told_with_unit(self):
        """The value with its unit: "37,5 procent"."""
        return self.hidden or f"{self.told}\N{NO-BREAK SPACE}{self.unit}"

    @property
    def interval(self):
        """The limits of the uncertainty, "34–40"; empty when they are not given."""
        if self.low is None or self.high is None:
            return ""
        return f"{numbers.told(self.low, self.decimals)}–{numbers.told(self.high, self.decimals)}"

    @property
    def has_interval(self):
        return self.low is not None and self.high is not None


# --- What may be shown


class SmallCounts:
    """Where fewer than five are counted, by indicator; asked for each value that may be a sum of them (1 query)."""

    def __init__(self, indicators):
        counting = [indicator.pk for indicator in indicators if indicator.counts_people]
        self._small = defaultdict(list)
        rows = Measurement.objects.filter(indicator__in=counting, value__lt=SMALLEST_SHOWN) if counting else ()
        for row in rows:
            self._small[row.indicator_id].append(row)

    def hides(self, indicator, row):
        """Return what is said in place of the row's value, "" when it may be shown.

        A value is hidden when it is small, and when something small lies
        within its place and its period: a sum less its other parts would tell it.
        """
        if not indicator.counts_people:
            return ""
        if row.value < SMALLEST_SHOWN:
            return FEWER
        return NOT_SHOWN if any(_is_within(small, row) for small in self._small[indicator.pk]) else ""


def _is_within(small, row):
    is_there = (
        row.district_id is None
        or row.district_id == small.district_id
        and row.neighbourhood_id in (None, small.neighbourhood_id)
    )
    return is_there and period_of(row).holds(period_of(small))


def reading_of(indicator, row, small):
    """Return the :class:`Reading` of a measurement; ``small`` are the :class:`SmallCounts`."""
    hidden = small.hides(indicator, row)
    return Reading(
        pk=row.pk,
        district_id=row.district_id,
        neighbourhood_id=row.neighbourhood_id,
        period=period_of(row),
        value=None if hidden else row.value,
        low=None if hidden else row.low,
        high=None if hidden else row.high,
        respondents=None if hidden else row.respondents,
        note=row.note,
        is_example=row.is_example,
        hidden=hidden,
        decimals=indicator.decimals,
        unit=indicator.unit,
    )


def readings_of(indicators, measurements):
    """Return the measurements as readings, by indicator and place, each list by period (2 queries).

    The keys are (indicator's id, district's id, neighbourhood's id); None stands for the city, and for the
    district as a whole. ``measurements`` is a queryset, of what the reader may see.
    """
    indicators = {indicator.pk: indicator for indicator in indicators}
    small = SmallCounts(indicators.values())
    rows = measurements.filter(indicator__in=indicators)
    found = defaultdict(list)
    for row in rows.order_by("ends_on", "starts_on", "pk"):
        key = row.indicator_id, row.district_id, row.neighbourhood_id
        found[key].append(reading_of(indicators[row.indicator_id], row, small))
    return found


# --- How it is going


@dataclass(frozen=True, slots=True)
class Trend:
    """How the latest value stands to the one before it.

    ``kind``: ``better``, ``worse``, ``same``, ``unsure`` (within the
    uncertainty), ``unknown`` (a difference of which nobody has said how sure
    it is) or ``none`` (nothing to compare).
    """

    kind: str
    words: str


def trend_of(indicator, readings):
    """Return the :class:`Trend` of the readings of one place, given by period.

    Honest before clear: a difference within the uncertainty is none, and where
    no uncertainty is given the words say so instead of calling it an improvement.
    """
    if not readings:
        return Trend("none", "Inga mätvärden än")
    latest = readings[-1]
    before = previous(readings)
    if before is None:
        return Trend("none", "Inget att jämföra med än")
    if latest.hidden or before.hidden:
        return Trend("none", "Går inte att jämföra: små tal visas inte")
    if latest.value == before.value:
        return Trend("same", f"Oförändrat sedan {before.period}")
    difference = certain_difference(before, latest)
    if difference is False:
        return Trend("unsure", f"Ingen säker skillnad mot {before.period} ({before.told})")
    went = "ökat" if latest.value > before.value else "minskat"
    if difference is None:
        which = "Högre" if latest.value > before.value else "Lägre"
        return Trend("unknown", f"{which} än {before.period} ({before.told}); osäkerheten är inte angiven")
    right = is_right_way(indicator, before.value, latest.value)
    return Trend(
        "better" if right else "worse",
        f"Har {went} från {before.told} sedan {before.period}, åt {'rätt' if right else 'fel'} håll",
    )


def previous(readings):
    """Return what the last reading is compared with: the latest before it, of a period as long; None for none."""
    latest = readings[-1].period
    earlier = [
        each for each in readings[:-1] if each.period.ends_on < latest.starts_on and each.period.is_as_long_as(latest)
    ]
    return earlier[-1] if earlier else None


def certain_difference(one, other):
    """Whether two values differ for certain: True, False within the uncertainty, None when no one has given any.

    Two intervals that meet are no certain difference. This is stricter than a
    test of significance, so it never calls chance a change.
    """
    if one.has_interval and other.has_interval:
        return one.high < other.low or other.high < one.low
    for given, bare in ((one, other), (other, one)):
        if given.has_interval and given.low <= bare.value <= given.high:
            return False
    return None


def is_right_way(indicator, before, now):
    """Whether going from one value to the other is what the indicator is wanted to do."""
    return (now > before) == (indicator.wanted == Wanted.UP)


# --- Words for a period of readings


def told_over_time(name, indicator, readings):
    """Return what a line of the chart shows: "Skärholmen: från 42 till 37 procent 2019–2024"."""
    shown = [each for each in readings if not each.hidden]
    if not shown:
        return f"{name}: {'små tal, som inte visas' if readings else 'inga mätvärden'}"
    first, last = shown[0], shown[-1]
    if first is last:
        return f"{name}: {last.told} {indicator.unit} {last.period}"
    years = f"{first.period.starts_on.year}–{last.period.ends_on.year}"
    return f"{name}: från {first.told} till {last.told} {indicator.unit} {years}"


# --- How often, and when next (P29)


def interval_of(indicator):
    """Return with how many months between it is measured: its own, else its source's; None when irregular."""
    return indicator.interval_months or indicator.source.interval_months


def next_told(indicator):
    """Return when the source is measured next, in words; empty when nobody has said.

    P29: the Trygghetsmätningen comes every third year, the Stockholmsenkäten
    every second, so an outcome may have to wait for years.
    """
    source = indicator.source
    if source.next_on is None:
        return ""
    return f"{'Nästa mätning skulle komma' if is_late(source.next_on) else 'Nästa mätning'} {day(source.next_on)}"


def is_measured_in(indicator, year):
    """Whether the source can give a value of the year: None when nobody has said when it is measured (P29)."""
    source = indicator.source
    if interval_of(indicator) is None or source.next_on is None:
        return None
    return source.next_on.year <= year or bool(source.latest_on and source.latest_on.year == year)


# --- Where


def places_for(user):
    """Return the places whose values can be looked at, as Scopes: the person's own first, then all, the city last.

    Everybody who reads indicators compares districts (1 query).
    """
    own = access_of(user).own_districts()
    districts = list(District.objects.valid_on())
    theirs = [each for each in districts if each.pk in own]
    others = [each for each in districts if each.pk not in own]
    return [*map(Scope, theirs), *map(Scope, others), Scope(None)]


def first_place(user, places):
    """Return the place to begin with: the person's own district, or the city."""
    own = access_of(user).own_districts()
    return next((place for place in places if place.pk in own), places[-1])


def neighbourhoods_of(places):
    """Return the neighbourhoods of the places, by district and name, as a queryset."""
    districts = [place.pk for place in places if place.pk]
    theirs = Neighbourhood.objects.filter(district__in=districts).select_related("district")
    return theirs.order_by("district__name", "name")


def may_define(user):
    """Whether the person decides what the city measures."""
    return access_of(user).allows(Permission.DEFINE_INDICATORS, None)


def entered_by(user):
    """Return the Reach of the places that the person may enter values of."""
    return access_of(user).reach({Permission.ENTER_MEASUREMENTS})


def indicators_for(user):
    """Return the indicators that the person sees, each with its source (1 query)."""
    return Indicator.objects.visible_to(user).select_related("source")


def reads(user):
    """Whether the person reads indicators anywhere."""
    return bool(access_of(user).reach({Permission.READ_INDICATORS}))
