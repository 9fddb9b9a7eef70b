"""What a reading of a workbook gives back: the plan, the notes and where each row stood."""

from dataclasses import dataclass
from typing import NamedTuple

from plans.document import PlanDocument
from plans.marker import Marker


class WorkbookRefused(Exception):
    """The file cannot be read as a plan; the text is one Swedish sentence that says why and what to do."""


class Source(NamedTuple):
    """The cell a row of the plan was read from."""

    sheet: str
    cell: str


class Origin(NamedTuple):
    """Which year's and district's plan a workbook says it is."""

    year: int
    district: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something the reader of the preview should know.

    ``info`` is for knowledge, ``guess`` says what was assumed, ``help`` asks a person to look.
    """

    level: str
    message: str
    sheet: str | None = None
    cell: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """A workbook that was read.

    ``sources`` is keyed by path: the 0-based places of area, problem, cause
    and action in ``document``, as many of them as the row needs. ``marker`` says
    where in its history the plan was, if the workbook was made of one.
    ``origin`` is the year and the district that the workbook itself names,
    those it was read for where it names none.
    """

    document: PlanDocument
    notes: tuple[Note, ...]
    sources: dict[tuple[int, ...], Source]
    marker: Marker | None = None
    origin: Origin | None = None


def notes_on_origin(called, *, year, district, into_year, into_district):
    """Return what to ask a person about a file that is marked with another year or district than its target.

    ``called`` is what the file is called first in a sentence ("Arbetsboken").
    """
    notes = []
    if str(year) != str(into_year):
        notes.append(Note("help", f"{called} är en plan för {year}, men du läser in den i planen för {into_year}."))
    if district.casefold() != into_district.casefold():
        notes.append(
            Note("help", f"{called} är märkt {district}, men du läser in den i {_genitive(into_district)} plan.")
        )
    return notes


def _genitive(name):
    return name if name.casefold().endswith(("s", "x", "z")) else f"{name}s"
