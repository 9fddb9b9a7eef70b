"""The åtgärdsplan as the city's Excel template, in and out. Pure: no Django, no database."""

from plans.workbook.layout import without_empty_rows
from plans.workbook.outcome import Note, Reading, Source, WorkbookRefused
from plans.workbook.reader import read_workbook
from plans.workbook.writer import workbook_bytes, write_workbook

__all__ = [
    "Note",
    "Reading",
    "Source",
    "WorkbookRefused",
    "read_workbook",
    "without_empty_rows",
    "workbook_bytes",
    "write_workbook",
]
