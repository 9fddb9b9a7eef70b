"""The åtgärdsplan on paper: one HTML page for screen, print and archive.

``plan_html`` is the page, ``plan_pdf`` the same page as tagged PDF/UA-1,
``archive_pdf`` as PDF/A-3a (and PDF/UA-1) with the workbook and the JSON
inside. The rows are laid out as on the page, by ``plans/grid.py``.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.template.loader import render_to_string

from plans import grid
from plans.document import Counts
from trygghet.pdf import AttachedFile, render_archive_pdf, render_pdf


class Paper(StrEnum):
    """What the plan is printed on, always landscape."""

    A3 = "A3"
    A4 = "A4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What the plan's own content does not say of it: where it stands and who decided."""

    kind: str = "Åtgärdsplan"  # or the city's "Övergripande handlingsplan"
    district: str
    year: int
    state: str  # as the page shows it: "Utkast"
    version: str  # "Version 2", or empty before the first decision
    parties: tuple[str, ...] = ()
    decision: str = ""  # who decided, when, and where it is registered; empty if nobody has
    checksum: str = ""  # sha256 of the frozen content; empty for what is not frozen
    is_draft: bool = True
    is_example: bool = False
    made_at: datetime

    @property
    def is_city(self):
        """Whether it is the city's own handlingsplan."""
        return self.kind != "Åtgärdsplan"

    @property
    def title(self):
        """The plan's name, as in the heading and the file's title."""
        return f"{self.kind} {self.year}, {self.district}"

    @property
    def lead(self):
        """What the print is, in a sentence below the heading."""
        if self.is_city:
            return "Vad staden och polisen gör tillsammans i hela staden: mål, aktiviteter och åtaganden."
        return "Lokala problem, orsaker och åtgärder i stadens och polisens samverkan för trygghet."


# About how many characters a printed line of each column holds.
LINE = {"problem": 24, "cause": 36, "action": 46, "goals": 35, "when": 19, "who": 26, "follow_up": 17}
TALL = 36  # lines; a page holds 45 (A4) to 50 (A3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Something more that is printed before the plan's areas, such as what came of it.

    ``template`` gets ``told``; ``title`` is its heading in the contents, where
    ``anchor`` is its id. ``stylesheet`` comes after the plan's own, and
    ``line`` says anew how many characters a line of a column holds, where it
    has changed their widths.
    """

    template: str
    told: object
    title: str
    anchor: str
    stylesheet: str
    line: dict = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PrintedProblem:
    """The rows of a problem, each a list of the cells that begin in it; ``line`` as :data:`LINE`."""

    rows: list
    line: dict = field(default_factory=lambda: LINE)

    @property
    def is_tall(self):
        """Whether a cell may not fit on a page.

        WeasyPrint drops the column headers from pages where a row is split,
        unless its group starts on a page of its own.
        """
        return any(_lines(cell, self.line) > TALL for row in self.rows for cell in row)


def _lines(cell, line):
    """Return about how many lines the cell's text takes in print."""
    return sum(1 + len(paragraph) // line[cell.column.name] for paragraph in cell.text.split("\n"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedArea:
    """An area as it is printed: heading, goals, and the rows of each problem."""

    section: object
    title: str
    objectives: tuple[str, ...]
    problems: list = field(default_factory=list)
    counts: Counts


def plan_html(document, cover, *, paper=Paper.A3, objectives=None, part=None):
    """Return the plan as a page that can be viewed and printed.

    ``objectives`` maps an area's code to the city's numbered goals for it;
    ``part`` is a :class:`Part` to print with it.
    """
    return _html(document, cover, paper, objectives, part, linked=True)


def plan_pdf(document, cover, *, paper=Paper.A3, objectives=None, part=None):
    """Return the plan as PDF/UA-1 bytes."""
    html = _html(document, cover, paper, objectives, part, linked=False)
    return render_pdf(html, stylesheets=stylesheets(cover, paper, part))


def archive_pdf(document, cover, attachments, *, paper=Paper.A3, objectives=None, part=None):
    """Return the plan as PDF/A-3a and PDF/UA-1 bytes, carrying the files it can be read back from.

    ``attachments`` are (file name, bytes, MIME type, description).
    """
    html = _html(document, cover, paper, objectives, part, linked=False)
    attached = [AttachedFile(*attachment) for attachment in attachments]
    return render_archive_pdf(html, stylesheets=stylesheets(cover, paper, part), attachments=attached)


def stylesheets(cover, paper, part=None):
    """Return the static paths of the stylesheets the printed plan is set with."""
    extra = ["css/print-a4.css"] if paper == Paper.A4 else []
    more = [part.stylesheet] if part else []
    return ["css/print.css", *extra, *more, *(["css/print-draft.css"] if cover.is_draft else [])]


def _html(document, cover, paper, objectives, part, *, linked):
    line = LINE | part.line if part else LINE
    context = {
        "cover": cover,
        "title": cover.title,
        "made_at": cover.made_at,
        "stylesheets": stylesheets(cover, paper, part) if linked else [],
        "columns": grid.COLUMNS,
        "areas": [_printed(section, objectives or {}, line) for section in document.areas],
        "counts": document.counts(),
        "part": part,
    }
    return render_to_string("plans/pdf/plan.html", context)


def _printed(section, objectives, line):
    return PrintedArea(
        section=section,
        title=section.canonical_title or section.title,
        objectives=tuple(objectives.get(section.code, ())),
        problems=[PrintedProblem(problem.rows, line) for problem in grid.problems(section, versions={})],
        counts=section.counts(),
    )
