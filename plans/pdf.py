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


# About how many characters a printed line of each column holds.
LINE = {"problem": 24, "cause": 36, "action": 46, "goals": 35, "when": 19, "who": 26, "follow_up": 17}
TALL = 36  # lines; a page holds 45 (A4) to 50 (A3)


@dataclass(frozen=True, slots=True)
class PrintedProblem:
    """The rows of a problem, each a list of the cells that begin in it."""

    rows: list

    @property
    def is_tall(self):
        """Whether a cell may not fit on a page.

        WeasyPrint drops the column headers from pages where a row is split,
        unless its group starts on a page of its own.
        """
        return any(_lines(cell) > TALL for row in self.rows for cell in row)


def _lines(cell):
    """Return about how many lines the cell's text takes in print."""
    return sum(1 + len(paragraph) // LINE[cell.column.name] for paragraph in cell.text.split("\n"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedArea:
    """An area as it is printed: heading, goals, and the rows of each problem."""

    section: object
    title: str
    objectives: tuple[str, ...]
    problems: list = field(default_factory=list)
    counts: Counts


def plan_html(document, cover, *, paper=Paper.A3, objectives=None):
    """Return the plan as a page that can be viewed and printed.

    ``objectives`` maps an area's code to the city's numbered goals for it.
    """
    return _html(document, cover, paper, objectives, linked=True)


def plan_pdf(document, cover, *, paper=Paper.A3, objectives=None):
    """Return the plan as PDF/UA-1 bytes."""
    html = _html(document, cover, paper, objectives, linked=False)
    return render_pdf(html, stylesheets=stylesheets(cover, paper))


def archive_pdf(document, cover, attachments, *, paper=Paper.A3, objectives=None):
    """Return the plan as PDF/A-3a and PDF/UA-1 bytes, carrying the files it can be read back from.

    ``attachments`` are (file name, bytes, MIME type, description).
    """
    html = _html(document, cover, paper, objectives, linked=False)
    attached = [AttachedFile(*attachment) for attachment in attachments]
    return render_archive_pdf(html, stylesheets=stylesheets(cover, paper), attachments=attached)


def stylesheets(cover, paper):
    """Return the static paths of the stylesheets the printed plan is set with."""
    extra = ["css/print-a4.css"] if paper == Paper.A4 else []
    return ["css/print.css", *extra, *(["css/print-draft.css"] if cover.is_draft else [])]


def _html(document, cover, paper, objectives, *, linked):
    context = {
        "cover": cover,
        "title": cover.title,
        "made_at": cover.made_at,
        "stylesheets": stylesheets(cover, paper) if linked else [],
        "columns": grid.COLUMNS,
        "areas": [_printed(section, objectives or {}) for section in document.areas],
        "counts": document.counts(),
    }
    return render_to_string("plans/pdf/plan.html", context)


def _printed(section, objectives):
    return PrintedArea(
        section=section,
        title=section.canonical_title or section.title,
        objectives=tuple(objectives.get(section.code, ())),
        problems=[PrintedProblem(problem.rows) for problem in grid.problems(section, versions={})],
        counts=section.counts(),
    )
