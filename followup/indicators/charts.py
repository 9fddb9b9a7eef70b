"""The chart of an indicator: a place's line beside the city's, with the same in words and as a table."""

from dataclasses import dataclass

from followup.charts import Dot, Line, LineChart
from followup.indicators.trends import WHY_NOT_SHOWN, told_over_time, trend_of


@dataclass(frozen=True, slots=True)
class TableRow:
    """A period with the reading of each line, None where there is none."""

    period: object
    readings: tuple


@dataclass(frozen=True, slots=True)
class Figure:
    """An indicator over the years: ``chart`` to draw, ``words`` to read instead, ``rows`` the table.

    ``is_mixed``: some of the values are made up, and some are not.
    """

    chart: LineChart
    words: str
    names: tuple
    rows: tuple
    is_example: bool
    is_mixed: bool
    hides: bool
    has_intervals: bool

    @property
    def can_be_drawn(self):
        """Whether there is a line to draw; with fewer than two periods the table says it all."""
        return any(sum(dot is not None for dot in line.dots) > 1 for line in self.chart.lines)


def figure_of(indicator, lines):
    """Return the :class:`Figure` of an indicator; ``lines`` are (name, readings by period), the place before the city.

    A value that must not be shown is a gap in its line, never a guess and never zero.
    """
    readings = [reading for _, those in lines for reading in those]
    words = _words(indicator, lines)
    is_example = any(reading.is_example for reading in readings)
    chart = LineChart(
        title=f"{indicator}: {' och '.join(name for name, _ in lines)}",
        description=words,
        unit=indicator.unit,
        decimals=indicator.decimals,
        lines=tuple(Line(name, tuple(map(_dot, those))) for name, those in lines if those),
        is_example=is_example,
    )
    return Figure(
        chart=chart,
        words=words,
        names=tuple(name for name, _ in lines),
        rows=_table(lines),
        is_example=is_example,
        is_mixed=is_example and not all(reading.is_example for reading in readings),
        hides=any(reading.hidden for reading in readings),
        has_intervals=any(reading.has_interval for reading in readings),
    )


def _dot(reading):
    if reading.hidden:
        return None
    low, high = (float(reading.low), float(reading.high)) if reading.has_interval else (None, None)
    return Dot(round(reading.period.middle, 3), float(reading.value), low, high, reading.is_example)


def _words(indicator, lines):
    """What the chart shows, computed from its numbers: "Skärholmen: från 42 till 37 procent 2019–2024. …"."""
    parts = [told_over_time(name, indicator, readings) for name, readings in lines]
    name, readings = lines[0]
    if readings:
        parts.insert(1, f"{trend_of(indicator, readings).words}")
    if any(reading.hidden for _, those in lines for reading in those):
        parts.append(WHY_NOT_SHOWN.rstrip("."))
    parts += _examples(lines)
    return ". ".join(parts) + "."


def _examples(lines):
    """Say which of the values are made up: all of them, or whose and of when."""
    made_up = [(name, [reading for reading in those if reading.is_example]) for name, those in lines]
    if not any(those for _, those in made_up):
        return []
    if all(reading.is_example for _, those in lines for reading in those):
        return ["Exempeldata"]
    told = [f"{name} {', '.join(str(reading.period) for reading in those)}" for name, those in made_up if those]
    return [f"Delvis exempeldata: {'; '.join(told)}"]


def _table(lines):
    by_period = {}
    for column, (_, readings) in enumerate(lines):
        for reading in readings:
            by_period.setdefault(reading.period, [None] * len(lines))[column] = reading
    ordered = sorted(by_period.items(), key=lambda item: (item[0].ends_on, item[0].starts_on), reverse=True)
    return tuple(TableRow(period, tuple(readings)) for period, readings in ordered)
