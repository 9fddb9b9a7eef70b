"""The åtgärdsplan on paper: one HTML page for screen, print and archive.

``plan_html`` is the page, ``plan_pdf`` the same page as tagged PDF/UA-1,
``archive_pdf`` as PDF/A-3a (and PDF/UA-1) with the workbook and the JSON
inside. The rows are laid out here, as the template lays them out: a problem
and a cause span their rows, and so does a cell that is one with the row above.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.template.loader import render_to_string

from plans.document import Counts
from trygghet.pdf import AttachedFile, render_archive_pdf, render_pdf


class Paper(StrEnum):
    """What the plan is printed on, always landscape."""

    A3 = "A3"
    A4 = "A4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What the plan's own content does not say of it: where it stands and who decided."""

    district: str
    year: int
    state: str  # as the page shows it: "Utkast"
    version: str  # "Version 2", or empty before the first decision
    parties: tuple[str, ...] = ()
    decision: str = ""  # who decided, when, and where it is registered; empty if nobody has
    is_draft: bool = True
    is_example: bool = False
    made_at: datetime

    @property
    def title(self):
        """The plan's name, as in the heading and the file's title."""
        return f"Åtgärdsplan {self.year}, {self.district}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the template, with what stands in place of a missing text."""

    name: str
    header: str
    width: int  # about how many characters a printed line holds
    missing: str = ""


COLUMNS = (
    Column(name="problem", width=24, header="Problemområde", missing="Problemområde saknas"),
    Column(name="cause", width=36, header="Orsak", missing="Orsak saknas"),
    Column(name="action", width=46, header="Åtgärd", missing="Åtgärd saknas"),
    Column(name="goals", width=35, header="Operativa mål", missing="Mål saknas"),
    Column(name="when", width=19, header="När", missing="Tid saknas"),
    Column(name="who", width=26, header="Vem", missing="Ansvarig saknas"),
    Column(name="follow_up", width=17, header="Uppföljning"),  # filled in at the end of the year
)
ACTION_COLUMNS = COLUMNS[2:]
TALL = 36  # lines; a page holds 45 (A4) to 50 (A3)


@dataclass(slots=True, kw_only=True)
class Cell:
    """A cell of the printed table; ``rowspan`` grows while the rows below share it."""

    column: Column
    text: str = ""
    number: int | None = None
    note: str = ""
    missing: str = ""
    rowspan: int = 1

    def lines(self):
        """Return about how many lines the text takes in print."""
        return sum(1 + len(paragraph) // self.column.width for paragraph in self.text.split("\n"))


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
        return any(cell.lines() > TALL for row in self.rows for cell in row)


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
        "columns": COLUMNS,
        "areas": [_printed(section, objectives or {}) for section in document.areas],
        "counts": document.counts(),
    }
    return render_to_string("plans/pdf/plan.html", context)


def _printed(section, objectives):
    return PrintedArea(
        section=section,
        title=section.canonical_title or section.title,
        objectives=tuple(objectives.get(section.code, ())),
        problems=[PrintedProblem(problem_rows(problem, number)) for number, problem in enumerate(section.problems, 1)],
        counts=section.counts(),
    )


# --- Rows


def problem_rows(problem, number):
    """Return the rows of a problem, each a list of the cells that begin in it."""
    layout = _Layout(problem)
    rows = [layout.row(*row) for row in problem.rows()] or [[Cell(column=column) for column in COLUMNS[1:]]]
    heading = _cell(COLUMNS[0], problem.title, number=number, rowspan=len(rows))
    if problem.overarching_goal:
        heading.note = f"Övergripande mål: {problem.overarching_goal}"
    rows[0].insert(0, heading)
    return rows


def _cell(column, text, **values):
    return Cell(column=column, text=text, missing="" if text else column.missing, **values)


class _Layout:
    """Lays out one problem, row by row; remembers the cells above that the next row may share."""

    def __init__(self, problem):
        self.homes = _homes(problem)
        self.above = {}
        self.cause = None
        self.introduced = set()
        self.waiting = ()  # causes the action above also answers and that may follow in rows of its own

    def row(self, number, cause, action):
        """Return the cells that begin in the row; those that began above grow."""
        cells = self._cause_cells(number, cause)
        if action is not None:
            self.waiting = action.also_causes
            return cells + self._action_cells(action)
        if number in self.waiting:
            self.waiting = tuple(other for other in self.waiting if other != number)
            self.above["action"].note = _also(self.waiting)
            self._grow(ACTION_COLUMNS)
            return cells
        self.waiting = ()
        return cells + self._no_action_cells(number)

    def _cause_cells(self, number, cause):
        if self.cause == number:
            self._grow(COLUMNS[1:2])
            return []
        note = "Forts." if number in self.introduced else ""  # the actions come back to an earlier cause
        self.introduced.add(number)
        self.cause = number
        self.above["cause"] = _cell(COLUMNS[1], cause.text, number=number, note=note)
        return [self.above["cause"]]

    def _action_cells(self, action):
        begun = [_cell(ACTION_COLUMNS[0], action.text, note=_also(self.waiting))]
        self.above["action"] = begun[0]
        for column in ACTION_COLUMNS[1:]:
            text = getattr(action, column.name)
            above = self.above.get(column.name)
            # Two shared cells are one only while they say the same.
            if above and column.name in action.shared_cells and above.text == text:
                self._grow([column])
            else:
                self.above[column.name] = _cell(column, text)
                begun.append(self.above[column.name])
        return begun

    def _no_action_cells(self, number):
        self.above.update((column.name, Cell(column=column)) for column in ACTION_COLUMNS)
        home = self.homes.get(number)
        self.above["action"].missing = f"Åtgärdas under orsak {home}" if home else ACTION_COLUMNS[0].missing
        return [self.above[column.name] for column in ACTION_COLUMNS]

    def _grow(self, columns):
        for column in columns:
            self.above[column.name].rowspan += 1


def _homes(problem):
    """Map each cause that another cause's action answers to that other cause's number."""
    return {
        also: number
        for number, cause in enumerate(problem.causes, 1)
        for action in cause.actions
        for also in action.also_causes
    }


def _also(causes):
    return f"Gäller också orsak {', '.join(map(str, causes))}" if causes else ""
