"""Charts as SVG files that need nothing around them: drawn by matplotlib, in the colours and the typeface of the pages.

The same input gives the same bytes, whenever and wherever it is drawn. A
chart has no style sheet and no style attributes, which the content security
policy would refuse, and its letters are drawn, so that it looks the same as
an image on a page, opened by itself, and in a PDF. What it shows is never
only in the chart: a table and a text say the same.
"""

import atexit
import io
import re
import tempfile
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from math import ceil, floor
from pathlib import Path

from django.contrib.staticfiles import finders
from django.core.cache import cache as shared_cache
from django.utils.html import escape

EDITION = 3
"""Grows when the drawing itself changes, so that no chart of an older edition is shown."""
KEPT_FOR = 7 * 24 * 60 * 60
SIZE, NARROW = (7.2, 3.4), (4.2, 3.2)  # inches; only the proportions matter, and how large the letters are beside them
DASHES = ("solid", (0, (5, 2)), (0, (1, 1.6)))
MARKERS = ("o", "s", "^")
COLOURS = ("--accent", "--ink-2", "--warn")
HATCHES = ("", "////", "....")
EXAMPLE, MIXED = "Exempeldata", "Delvis exempeldata"


@dataclass(frozen=True, slots=True)
class Dot:
    """A value at a time, in years; low and high are the limits of the uncertainty, both None when not given.

    ``is_example``: the value is made up.
    """

    at: float
    value: float
    low: float | None = None
    high: float | None = None
    is_example: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a chart; ``label`` stands at its end. Where ``dots`` has None the line is broken."""

    label: str
    dots: tuple[Dot | None, ...]


class _Drawing:
    """What can be drawn: its fields are all that the drawing shows."""

    __slots__ = ()

    @property
    def fingerprint(self):
        """What tells this drawing from every other one, also after how it is drawn has changed."""
        return sha256(repr((EDITION, _edition_of_looks(), asdict(self))).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class LineChart(_Drawing):
    """Some lines over the years. ``title`` and ``description`` say in words what is seen.

    ``is_example`` writes «Exempeldata» in the corner, so that a copied image still says so; where only some of
    the dots are made up it is «Delvis exempeldata», and the dots of what has been measured are filled.
    ``is_narrow`` is for a phone: the same drawing in less width, so that the letters can be read.
    """

    title: str
    description: str
    unit: str
    lines: tuple[Line, ...]
    decimals: int = 0
    starts_at_zero: bool = True
    is_example: bool = False
    is_narrow: bool = False

    @property
    def size(self):
        """The width and the height, in inches."""
        return NARROW if self.is_narrow else SIZE

    @property
    def is_mixed(self):
        """Whether some of what is shown is made up, and some is not."""
        return len({dot.is_example for line in self.lines for dot in line.dots if dot}) > 1

    @property
    def is_empty(self):
        """Whether there is nothing to draw."""
        return not any(dot for line in self.lines for dot in line.dots)


@dataclass(frozen=True, slots=True)
class SmallMultiples(_Drawing):
    """The same :class:`LineChart` of several places, small and side by side on one scale, so that they can be compared.

    ``panels`` are (the place's name, its chart): the first line of each is the place's own, and any other lies
    behind it. ``heading`` stands in the drawing and says what is what; ``title``, ``description`` and ``is_narrow``
    are as those of a chart. With ``is_mixed`` the dots of what has been measured are filled.
    """

    title: str
    description: str
    heading: str
    panels: tuple[tuple[str, LineChart], ...]
    is_mixed: bool = False
    is_narrow: bool = False

    @property
    def is_empty(self):
        """Whether there is nothing to draw."""
        return all(chart.is_empty for _, chart in self.panels)

    @property
    def across(self):
        """How many there is room for side by side."""
        return 2 if self.is_narrow else 4

    @property
    def down(self):
        """How many rows they stand in."""
        return -(-len(self.panels) // self.across)

    @property
    def size(self):
        """The width and the height, in inches."""
        width, _ = NARROW if self.is_narrow else SIZE
        return width, 0.75 + 1.5 * self.down


@dataclass(frozen=True, slots=True)
class DotPlot(_Drawing):
    """A dot for each place where its value is, those alike above each other: how they spread when they are many.

    ``line`` is what they are compared with, its label and its value. The rest is as in :class:`SmallMultiples`.
    """

    title: str
    description: str
    heading: str
    values: tuple[float, ...]
    line: tuple[str, float] | None = None
    decimals: int = 0
    is_narrow: bool = False

    @property
    def is_empty(self):
        """Whether there is nothing to draw."""
        return not self.values

    @property
    def size(self):
        """The width and the height, in inches."""
        width, _ = NARROW if self.is_narrow else SIZE
        return width, 2.6


def svg_of(chart):
    """Return the chart as SVG text, from the cache if it has been drawn before; raise ValueError if it is empty."""
    if chart.is_empty:
        raise ValueError("There is nothing to draw.")
    key = f"chart:{chart.fingerprint}"
    drawn = shared_cache.get(key)
    if drawn is None:
        drawn = draw(chart)
        shared_cache.set(key, drawn, KEPT_FOR)
    return drawn


def draw(chart):
    """Draw the chart; about a fifth of a second, and a second for a page of panels, so ask :func:`svg_of` instead."""
    with _matplotlib(chart.fingerprint, chart.size) as figure:
        _HOW[type(chart)](figure, chart)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None, "Type": None, "Format": None})
    return _plain_svg(out.getvalue(), chart)


# --- The looks: the pages' own


@cache
def colours():
    """Return the colours of the design tokens, "--accent" → "#0b5563"."""
    text = Path(finders.find("css/tokens.css")).read_text(encoding="utf-8")
    return dict(re.findall(r"(--[\w-]+):\s*(#[0-9a-fA-F]{6})", text))


@cache
def _edition_of_looks():
    return sha256(repr(sorted(colours().items())).encode()).hexdigest()[:8]


_drawing = threading.Lock()  # matplotlib's settings and font cache belong to the process


@contextmanager
def _matplotlib(salt, size):
    """Give an empty figure with the house's looks. matplotlib takes a second to load, so only a drawing does."""
    with _drawing:
        import matplotlib as mpl
        from matplotlib.backends.backend_svg import FigureCanvasSVG
        from matplotlib.figure import Figure

        ink = colours()
        looks = {
            "svg.hashsalt": salt,
            "svg.fonttype": "path",
            "font.family": [_font_family(), "DejaVu Sans"],
            "font.size": 11,
            "text.color": ink["--ink-2"],
            "axes.edgecolor": ink["--line-strong"],
            "axes.labelcolor": ink["--ink-2"],
            "xtick.color": ink["--ink-2"],
            "ytick.color": ink["--ink-2"],
            "hatch.linewidth": 0.4,
            "path.simplify": False,
        }
        with mpl.rc_context(looks):
            figure = Figure(figsize=size, layout="constrained", facecolor="none")
            FigureCanvasSVG(figure)
            yield figure


@cache
def _font_family():
    """Make the pages' typeface known to matplotlib, and return what it calls it.

    It reads no woff2 and no variable fonts, so an ordinary font of the normal
    weight is made of ours, once for each process.
    """
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont
    from matplotlib import font_manager

    with TTFont(finders.find("fonts/source-sans-3-latin-wght-normal.woff2")) as source:
        font = instantiateVariableFont(source, {"wght": 400}, inplace=False)
        font.flavor = None
        with tempfile.NamedTemporaryFile(prefix="trygghet-", suffix=".ttf", delete=False) as file:
            font.save(file)
    atexit.register(Path(file.name).unlink, missing_ok=True)
    font_manager.fontManager.addfont(file.name)
    return font_manager.FontProperties(fname=file.name).get_name()


# --- Drawing


def _draw_chart(figure, chart):
    axes = figure.add_subplot()
    _frame(axes, chart)
    for number, line in enumerate(chart.lines):
        _draw_line(axes, line, number, fills=chart.is_mixed)
    _labels(axes, chart)


def _draw_panels(figure, chart):
    """Draw a panel for each place: the place's line, and what it is compared with behind it, all on the same scale."""
    _heading(figure, chart)
    grid = list(figure.subplots(chart.down, chart.across, sharex=True, sharey=True, squeeze=False).flat)
    shown = [dot for _, panel in chart.panels for line in panel.lines for dot in line.dots if dot]
    for axes, (name, panel) in zip(grid, chart.panels, strict=False):
        _plain_frame(axes)
        axes.tick_params(labelsize=9, labelbottom=True)
        axes.set_title(name, loc="left", fontsize=10, color=colours()["--ink"], parse_math=False)
        for number, line in enumerate(panel.lines[1:], start=1):
            _draw_behind(axes, line, number)
        for line in panel.lines[:1]:
            _draw_line(axes, line, 0, fills=chart.is_mixed, size=0.55)
            _last_value(axes, line, panel.decimals)
    for axes in grid[len(chart.panels) :]:
        axes.set_visible(False)
    last, room, bottom = _scale(grid[0], shown, from_zero=all(of.starts_at_zero for _, of in chart.panels))
    years = _years_of(shown)
    _years(grid[0], dict.fromkeys([years[0], years[-1]]))
    grid[0].set_xlim(right=last + 0.24 * room)  # the last values stand there
    grid[0].set_ylim(bottom, grid[0].get_ylim()[1] + 0.06 * (grid[0].get_ylim()[1] - bottom))


def _heading(figure, chart):
    figure.suptitle(chart.heading, x=0.01, ha="left", fontsize=10, color=colours()["--ink-2"], parse_math=False)


def _draw_behind(axes, line, number):
    """A line that others are compared with: thin and calm, without its uncertainty."""
    for run in _runs(line.dots):
        axes.plot(
            [dot.at for dot in run], [dot.value for dot in run], color=colours()["--ink-3"],
            linestyle=DASHES[number % len(DASHES)], linewidth=1.2, marker=MARKERS[number % len(MARKERS)], markersize=2,
        )  # fmt: skip


def _last_value(axes, line, decimals):
    """Write the line's last value beside its last dot."""
    dot = next((dot for dot in reversed(line.dots) if dot), None)
    if dot:
        axes.annotate(
            _written(dot.value, decimals), (dot.at, dot.value), xytext=(5, 0), textcoords="offset points",
            va="center", ha="left", fontsize=10, color=colours()["--accent"], annotation_clip=False,
        )  # fmt: skip


DOT_COLUMNS = 48
"""In how many piles the values of a dot plot are told apart, at most."""


def _draw_dots(figure, chart):
    """Draw the places as dots in piles, on an axis of values, with a line for what they are compared with."""
    _heading(figure, chart)
    axes, ink = figure.add_subplot(), colours()
    _plain_frame(axes)
    axes.grid(visible=False)
    axes.set_yticks([])
    every = [*chart.values, *(chart.line or ())[1:]]
    least = 10**-chart.decimals  # no two values differ by less, so as many of them may be in each pile
    step = least * ceil((max(every) - min(every)) / least / DOT_COLUMNS) or least
    piles = Counter(floor((value - min(every)) / step + 1e-9) for value in chart.values)
    tallest = max(piles.values())
    first = min(every) + (step - least) / 2
    axes.set_xlim(min(every) - 2 * step, max(every) + 2 * step)
    axes.set_ylim(0.2, max(tallest, 6) + 1.4)
    axes.plot(
        [first + column * step for column, pile in piles.items() for _ in range(pile)],
        [height for pile in piles.values() for height in range(1, pile + 1)],
        linestyle="none", marker="o", markersize=min(6, 90 / tallest), color=ink["--accent"], markeredgewidth=0,
    )  # fmt: skip
    if chart.line:
        label, value = chart.line
        axes.axvline(value, color=ink["--ink-2"], linestyle=DASHES[1], linewidth=1.2)
        axes.annotate(
            f"{label} {_written(value, chart.decimals)}", (value, 1), xycoords=("data", "axes fraction"),
            xytext=(5, -1), textcoords="offset points", va="top", ha="left", color=ink["--ink-2"], parse_math=False,
        )  # fmt: skip
    axes.xaxis.set_major_formatter(lambda value, _: _written(value))


_HOW = {LineChart: _draw_chart, SmallMultiples: _draw_panels, DotPlot: _draw_dots}


def _plain_frame(axes):
    axes.set_facecolor("none")
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.grid(axis="y", color=colours()["--line"], linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, pad=6)
    axes.tick_params(axis="x", length=4, width=0.8)


def _frame(axes, chart):
    ink = colours()
    _plain_frame(axes)
    axes.set_title(
        chart.unit[:1].upper() + chart.unit[1:], loc="left", fontsize=11, color=ink["--ink-2"], parse_math=False
    )
    if chart.is_example:
        axes.set_title(MIXED if chart.is_mixed else EXAMPLE, loc="right", fontsize=11, color=ink["--warn"])


def _draw_line(axes, line, number, *, fills=False, size=1):
    """Draw a line; with ``fills`` the dots of what is not made up are filled. ``size`` is how thick it all is."""
    colour = colours()[COLOURS[number % len(COLOURS)]]
    dash, marker = DASHES[number % len(DASHES)], MARKERS[number % len(MARKERS)]
    hatch = HATCHES[number % len(HATCHES)] or None
    for run in _runs(line.dots):
        sure = [dot for dot in run if dot.low is not None and dot.high is not None]
        if len(sure) > 1:
            at = [dot.at for dot in sure]
            axes.fill_between(
                at, [dot.low for dot in sure], [dot.high for dot in sure],
                facecolor=colour, edgecolor=colour, alpha=0.14, linewidth=0.6, hatch=hatch,
            )  # fmt: skip
        for dot in sure:
            axes.plot([dot.at, dot.at], [dot.low, dot.high], color=colour, linewidth=1, solid_capstyle="butt")
        axes.plot(
            [dot.at for dot in run], [dot.value for dot in run], color=colour, linestyle=dash,
            linewidth=2 * size, marker=marker, markersize=6 * size,
            markerfacecolor=colours()["--sheet"], markeredgecolor=colour, markeredgewidth=1.6 * size,
        )  # fmt: skip
        measured = [dot for dot in run if fills and not dot.is_example]
        axes.plot(
            [dot.at for dot in measured], [dot.value for dot in measured], linestyle="none",
            marker=marker, markersize=6 * size,
            markerfacecolor=colour, markeredgecolor=colour, markeredgewidth=1.6 * size,
        )  # fmt: skip


def _runs(dots):
    """Yield the parts of a line that hang together."""
    run = []
    for dot in dots:
        if dot is None:
            if run:
                yield run
            run = []
        else:
            run.append(dot)
    if run:
        yield run


def _scale(axes, shown, *, from_zero):
    """Fit the axes to the dots that are shown; return when they end, the years they span and the lowest value shown."""
    first, last = min(dot.at for dot in shown), max(dot.at for dot in shown)
    room = max(last - first, 1)
    axes.set_xlim(first - 0.06 * room, last + 0.06 * room)
    lowest = min(dot.value if dot.low is None else min(dot.low, dot.value) for dot in shown)
    highest = max(dot.value if dot.high is None else max(dot.high, dot.value) for dot in shown)
    bottom = 0 if from_zero and lowest >= 0 else axes.get_ylim()[0]
    axes.set_ylim(bottom, highest + 0.08 * ((highest - bottom) or 1))
    axes.yaxis.set_major_formatter(lambda value, _: _written(value))
    return last, room, bottom


def _labels(axes, chart):
    shown = [dot for line in chart.lines for dot in line.dots if dot]
    last, room, bottom = _scale(axes, shown, from_zero=chart.starts_at_zero)
    _years(axes, _thinned(_years_of(shown), 5 if chart.is_narrow else 9))
    ends = [
        (line, [dot for dot in line.dots if dot][-1], number)
        for number, line in enumerate(chart.lines)
        if any(line.dots)
    ]
    at = _apart([dot.value for _, dot, _ in ends], 0.085 * (axes.get_ylim()[1] - bottom))
    least = 0.03 * (axes.get_ylim()[1] - bottom)
    for (line, dot, number), y in zip(ends, at, strict=True):
        colour = colours()[COLOURS[number % len(COLOURS)]]
        axes.annotate(
            line.label, (dot.at, dot.value), xytext=(last + 0.03 * room, y), textcoords="data", va="center", ha="left",
            color=colour, annotation_clip=False, parse_math=False,
            arrowprops=_leader(colour) if is_far(dot, last, y, least) else None,
        )  # fmt: skip


def is_far(dot, last, y, least):
    """Whether a label at the right edge, on that height, stands so far from its line's last dot that it needs a line.

    ``last`` is when the chart ends; ``least`` is the height that makes a difference.
    """
    return dot.at < last or abs(y - dot.value) > least


def _leader(colour):
    """A thin dotted line from a label to its dot, where the line ends early or the labels were moved."""
    return {"arrowstyle": "-", "color": colour, "linewidth": 0.7, "linestyle": (0, (1, 4)), "shrinkA": 1, "shrinkB": 5}


def _years_of(dots):
    """The years that have a value, in order."""
    return sorted({int(dot.at) for dot in dots})


def _thinned(years, most):
    """Every so many of the years, the last among them, so that they are not crowded."""
    step = -(-len(years) // most)
    return years[::-step][::-1]


def _years(axes, years):
    """A mark for each of the years."""
    axes.set_xticks([year + 0.5 for year in years], [str(year) for year in years])


def _written(value, decimals=0):
    from followup.numbers import told

    return told(f"{value:.4f}", decimals)


def _apart(values, least):
    """Move labels that would lie over each other away from each other, keeping their order."""
    order = sorted(range(len(values)), key=values.__getitem__)
    moved = dict(zip(order, sorted(values), strict=True))
    for below, above in zip(order, order[1:], strict=False):
        lacks = least - (moved[above] - moved[below])
        if lacks > 0:
            moved[below] -= lacks / 2
            moved[above] += lacks / 2
    return [moved[number] for number in range(len(values))]


# --- The file


_STYLE = re.compile(r'\sstyle="([^"]*)"')
_STYLE_ELEMENT = re.compile(r"<style\b[^>]*>.*?</style>", re.DOTALL)
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_ROOT = re.compile(r"<svg\b([^>]*)>", re.DOTALL)
_GROUP_ID = re.compile(r'<g id="[^"]*"')
_IDENTITY = re.compile(r'(\sid="|href="#|url\(#)')
_SIZE = re.compile(r'\s(?:width|height)="[^"]*pt"')


def _plain_svg(text, chart):
    """Return matplotlib's SVG with every style as attributes, and with a title and a description of its own."""
    text = text[text.index("<svg") :]
    text = _METADATA.sub("", _STYLE_ELEMENT.sub("", text))
    text = _GROUP_ID.sub("<g", text)  # nothing refers to them
    # Two charts in one page, which draw the same letters, would else share identities.
    text = _IDENTITY.sub(rf"\g<1>c{chart.fingerprint[:8]}-", text)
    text = _STYLE.sub(lambda match: _as_attributes(match[1]), text)
    words = f"<title>{escape(chart.title)}</title>\n <desc>{escape(chart.description)}</desc>"

    def root(match):
        attributes = _SIZE.sub("", match[1])
        return f'<svg{attributes} role="img" stroke-linejoin="round" stroke-linecap="butt">\n {words}'

    return _ROOT.sub(root, text, count=1)


def _as_attributes(style):
    pairs = (part.split(":", 1) for part in style.split(";") if part.strip())
    return "".join(f' {name.strip()}="{value.strip()}"' for name, value in pairs)
