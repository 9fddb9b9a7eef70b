"""The texts of a sheet as a person sees them, and which cells are one."""

import re
import warnings
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import BytesIO

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.utils.escape import unescape

from plans.document import clean_text
from plans.workbook.safety import broken_is_refused

_NUMBER_FORMAT = re.compile(r"(?P<thousands>#,##)?0(?:\.(?P<decimals>0+))?(?P<percent>%)?\Z")


@dataclass(slots=True)
class Grid:
    """A worksheet as texts. Rows and columns are 1-based."""

    name: str
    hidden: bool
    last_row: int
    last_column: int
    texts: dict[tuple[int, int], str]  # filled cells only
    errors: set[tuple[int, int]]
    formulas: set[tuple[int, int]]
    hidden_rows: set[int]
    hidden_columns: list[tuple[int, int]]
    links: dict[tuple[int, int], str]
    merged: dict[tuple[int, int], tuple[int, int]] = field(
        default_factory=dict
    )  # covered cell → the cell it is part of

    def text(self, row, column):
        """Return the text that stands in the cell itself; empty if it is covered by a merged one."""
        return self.texts.get((row, column), "")

    def above(self, row, column):
        """Return the row of the merged cell that reaches down over this one, or None."""
        anchor = self.merged.get((row, column))
        return anchor[0] if anchor and anchor[1] == column and anchor[0] < row else None


def cell_name(row, column):
    """Return the cell's name as Excel has it."""
    return f"{get_column_letter(column)}{row}"


def read_grids(package, *, wanted=lambda name: True):
    """Return the grids of the wanted sheets in the order of the tabs, and the workbook's title property."""
    with broken_is_refused(package.name), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl's are about what it drops and we do not use
        workbook = openpyxl.load_workbook(BytesIO(package.content), read_only=True, data_only=True, keep_links=False)
        try:
            pairs = list(zip(workbook.worksheets, package.sheets, strict=True))
            grids = [_grid(sheet, shape) for sheet, shape in pairs if wanted(shape.name)]
        finally:
            workbook.close()
        return grids, workbook.properties.title or ""


def _grid(sheet, shape):
    texts, errors = {}, set()
    if shape.last_row:
        sheet.reset_dimensions()
        for row in sheet.iter_rows(min_row=1, max_row=shape.last_row, min_col=1, max_col=shape.last_column):
            for cell in row:
                value = cell.value
                if value is None:
                    continue
                text = clean_text(unescape(value)) if isinstance(value, str) else shown(value, cell.number_format)
                if text:
                    texts[cell.row, cell.column] = text
                    if cell.data_type == "e":
                        errors.add((cell.row, cell.column))
    grid = Grid(
        name=shape.name,
        hidden=shape.hidden,
        last_row=shape.last_row,
        last_column=shape.last_column,
        texts=texts,
        errors=errors,
        formulas=shape.formulas,
        hidden_rows=shape.hidden_rows,
        hidden_columns=shape.hidden_columns,
        links=shape.links,
    )
    for merge in shape.merges:
        _cover(grid, *merge)
    return grid


def _cover(grid, top, left, bottom, right):
    for row in range(top, min(bottom, grid.last_row) + 1):
        for column in range(left, min(right, grid.last_column) + 1):
            if (row, column) != (top, left):
                grid.merged[row, column] = (top, left)
                grid.texts.pop((row, column), None)  # what lies under a merged cell is not seen


def shown(value, number_format="General"):
    """Return a number, date or truth value as the text a Swedish Excel shows, dates in ISO form."""
    if isinstance(value, bool):
        return "SANT" if value else "FALSKT"
    if isinstance(value, datetime):
        moment = "" if value.time() == time() else f" {value:%H.%M}"
        return f"{value:%Y-%m-%d}{moment}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H.%M}"
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}.{minutes % 60:02d}"
    return _number(value, number_format)


def _number(value, number_format):
    match = _NUMBER_FORMAT.match((number_format or "").partition(";")[0])
    if not match:
        text = f"{value:.15g}" if isinstance(value, float) else str(value)
    else:
        scaled = value * 100 if match["percent"] else value
        separator = "," if match["thousands"] else ""
        text = f"{scaled:{separator}.{len(match['decimals'] or '')}f}{match['percent'] or ''}".replace(",", "\u00a0")
    return text.replace(".", ",")
