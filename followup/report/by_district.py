"""An indicator in the districts beside the city (F5): the same as a drawing, as a table and in words."""

from __future__ import annotations

from dataclasses import dataclass

from followup.charts import EXAMPLE, MIXED, DotPlot, SmallMultiples
from followup.indicators.charts import figure_of
from followup.indicators.periods import Period
from followup.indicators.trends import Reading, certain_difference
from followup.numbers import told
from trygghet.words import counted, listed, upper_first

CITY = "Staden"
MOST_PERIODS = 6
"""How many periods of the districts are shown side by side, the latest; all of them are in the workbook."""
MOST_PANELS = 24
"""How many districts have a panel each; of more than that each is a dot, where its latest value is."""
MOST_NAMES = 6
"""How many districts are named in a sentence; of more than that only the number is told."""


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


def city_of(part):
    """Return the city's readings of a ``document.IndicatorPart``, by period."""
    return [_reading(part, each) for each in part.city]


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


def _reading(part, value):
    return Reading(
        pk=0, district_id=None, neighbourhood_id=None, period=Period(value.starts_on, value.ends_on),
        value=value.value, low=value.low, high=value.high, respondents=value.respondents, note=value.note,
        is_example=value.is_example, hidden=value.hidden, decimals=part.decimals, unit=part.unit,
    )  # fmt: skip


# --- As a table


def periods_of(districts):
    """Return the latest periods that any of the districts has a value of, in order."""
    found = {reading.period for each in districts for reading in each.readings}
    return sorted(found, key=lambda period: (period.ends_on, period.starts_on))[-MOST_PERIODS:]


def table_of(districts):
    """Return (district, its reading of each of the :func:`periods_of`), None where it has none."""
    periods = periods_of(districts)
    by_period = [(each, {reading.period: reading for reading in each.readings}) for each in districts]
    return [(each, [found.get(period) for period in periods]) for each, found in by_period]


# --- As a drawing


def drawing_of(part, districts):
    """Return each district's line beside the city's, or each as a dot where they are many; None for nothing to draw."""
    return _panels(part, districts) if len(districts) <= MOST_PANELS else _dots(part, districts)


def _panels(part, districts):
    periods = set(periods_of(districts))
    city = [each for each in _comparable(part) if each.period in periods]
    figures = [
        (each.name, figure_of(part, [(each.name, [one for one in each.readings if one.period in periods]),
                                     (CITY, city)]))
        for each in districts
    ]  # fmt: skip
    if not any(figure.can_be_drawn for _, figure in figures):
        return None
    made_up = made_up_told([*city, *(one for each in districts for one in each.readings if one.period in periods)])
    lines = f"\nHeldragen linje: stadsdelen. Streckad: staden{_latest(city)}." if city else ""
    return SmallMultiples(
        title=f"{part.name} i stadsdelarna{', jämfört med staden' if city else ''}",
        description=told_of(part, districts),
        heading=_heading(part.unit, made_up) + lines,
        panels=tuple((name, figure.chart) for name, figure in figures),
        is_mixed=made_up == MIXED,
    )


def _dots(part, districts):
    """The latest value of those that were measured in the latest period, so that like is compared with like."""
    latest = periods_of(districts)[-1]
    shown = [each.reading for each in districts if each.reading.period == latest and not each.reading.hidden]
    if len(shown) < 2:
        return None
    city = [each for each in _comparable(part) if each.period == latest and not each.hidden]
    return DotPlot(
        title=f"{part.name} i stadsdelarna {latest}{', jämfört med staden' if city else ''}",
        description=told_of(part, districts),
        heading=f"{_heading(part.unit, made_up_told([*shown, *city]))}\nVarje prick är en stadsdel, {latest}.",
        values=tuple(sorted(float(each.value) for each in shown)),
        line=(CITY, float(city[0].value)) if city else None,
        decimals=part.decimals,
    )


def _comparable(part):
    """The city's readings; none where they are sums, and so no measure for a district's."""
    return [] if part.is_count else city_of(part)


def _latest(readings):
    shown = [each for each in readings if not each.hidden]
    return f", {told(shown[-1].value, shown[-1].decimals)} ({shown[-1].period})" if shown else ""


def made_up_told(readings):
    """Return what is said of readings that are made up, all or some of them; "" when none is."""
    kinds = {each.is_example for each in readings}
    return "" if True not in kinds else MIXED if False in kinds else EXAMPLE


def _heading(unit, made_up):
    return ". ".join(filter(None, (upper_first(unit), made_up)))


# --- In words

WAYS = (
    ("better", "går säkert åt rätt håll"),
    ("worse", "går säkert åt fel håll"),
    ("unsure", "har ingen säker skillnad"),
    ("unknown", "har ett annat värde utan angiven osäkerhet"),
    ("same", "har samma värde"),
)


def told_of(part, districts):
    """Return what is seen of the districts: how many go which way, and how they stand to the city. "" for none.

    Honest before clear, as :func:`followup.indicators.trends.trend_of`: what lies
    within the uncertainty is no difference, and one value is no development.
    """
    if not districts:
        return ""
    by_kind = {kind: [each for each in districts if each.trend == kind] for kind, _ in WAYS}
    ways = [f"{len(by_kind[kind])} {words}{_named(by_kind[kind])}" for kind, words in WAYS if by_kind[kind]]
    measured = counted(len(districts), "stadsdel har", "stadsdelar har")
    said = [f"{measured} mätvärden. {f'Jämfört med mätningen före: {listed(ways)}.' if ways else ''}".rstrip()]
    made_up = made_up_told([one for each in districts for one in each.readings])
    examples = [f"{made_up}."] if made_up else []
    return " ".join([*said, *_too_early(districts), *_beside_the_city(part, districts), *examples])


def _too_early(districts):
    early = [each for each in districts if each.trend == "none"]
    if not early:
        return []
    hides = any(reading.hidden for each in early for reading in each.readings)
    why = "det finns för få värden att jämföra" + (", eller små tal som inte visas" if hides else "")
    return [f"För {len(early)} är det för tidigt att säga: {why}{_named(early)}."]


def _beside_the_city(part, districts):
    """How the latest values stand to the city's of the same period, where the uncertainty of either is known."""
    city = {each.period: each for each in _comparable(part) if not each.hidden}
    compared = [
        (each, city[each.reading.period])
        for each in districts
        if each.reading.period in city and not each.reading.hidden
    ]
    sure = {each.name: certain_difference(each.reading, beside) for each, beside in compared}
    if all(each is None for each in sure.values()):
        return []
    above, below = (
        [each for each, beside in compared if sure[each.name] and (each.reading.value > beside.value) is is_above]
        for is_above in (True, False)
    )
    return [
        f"Senaste värdet är säkert högre än stadens i {counted(len(above), 'stadsdel', 'stadsdelar')}{_named(above)} "
        f"och säkert lägre i {len(below)}{_named(below)}."
    ]


def _named(districts):
    names = [each.name for each in districts]
    return f" ({listed(names)})" if 0 < len(names) <= MOST_NAMES else ""
