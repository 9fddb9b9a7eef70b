"""Workbooks that show everything that is in them: text as text, rows as high as their text.

openpyxl writes the file; here is what it leaves to its user. No domain word in here.
"""

import re
from bisect import bisect_right
from copy import copy
from itertools import accumulate
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.constants import SHEET_MAIN_NS
from openpyxl.xml.functions import fromstring, tostring

MAX_ROW_HEIGHT = 409.0  # Excel's limit, in points
MAX_TAB_NAME = 31
MAX_FOOTER_PART = 80  # Excel refuses a footer of more than 255 characters

# What XML cannot hold. The caller cleans its texts; this only makes a slip harmless.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# Excel would show ”_x0041_” as ”A”.
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_NOT_IN_TAB_NAMES = re.compile(r" *[\\/?*\[\]:\x00-\x1f][ \\/?*\[\]:\x00-\x1f]*")  # with the spaces beside it
_FORMULA_SIGNS = ("=", "+", "-", "@")


# --- Text


def literal(text):
    """Return the text escaped so that Excel shows it character for character."""
    if "_x" in text:
        text = _LOOKS_ESCAPED.sub("_x005F_", text)
    return _UNWRITABLE.sub("", text)


class CellStyle:
    """A look that many cells share; made once per workbook."""

    def __init__(self, sheet, *, font, fill=None, border=None, alignment=None):
        """``sheet`` is any sheet of the workbook that the look is for."""
        model = Cell(sheet, row=1, column=1)
        model.font, model.alignment = font, alignment or Alignment()
        model.fill, model.border = fill or PatternFill(), border or Border()
        self._plain = copy(model._style)
        self._quoted = copy(model._style)
        self._quoted.quotePrefix = 1

    def put(self, sheet, row, column, text=""):
        """Write a text in the look, never as a formula, and return the cell.

        A text like ”=1+1” also gets Excel's quote mark, so that it stays text
        when somebody edits it.
        """
        cell = sheet.cell(row, column)
        cell._style = self._quoted if text.startswith(_FORMULA_SIGNS) else self._plain
        if text:
            # The property would look for formulas and dates in every text, and take a tenth of the time.
            cell._value, cell.data_type = literal(text), "s"
        return cell


def solid(colour):
    """Return a fill of one colour, RRGGBB."""
    return PatternFill("solid", fgColor=colour)


def hairlines(colour):
    """Return thin lines on all four sides, RRGGBB."""
    side = Side(style="thin", color=colour)
    return Border(left=side, right=side, top=side, bottom=side)


def top_aligned():
    """Return wrapped text from the top of the cell."""
    return Alignment(vertical="top", wrap_text=True)


def calibri(size, **look):
    """Return the template's typeface in a size, in points."""
    return Font(name="Calibri", size=size, **look)


def merge(sheet, top, left, bottom, right):
    """Make the cells one. Not openpyxl's own, which takes quadratic time and drops the borders."""
    if (top, left) != (bottom, right):
        sheet.merged_cells.ranges.add(CellRange(min_row=top, min_col=left, max_row=bottom, max_col=right))


# --- Height


# Advance widths in hundredths of an em, for a typeface like Calibri.
_WIDTHS = (
    (23, "ijl' "), (26, "I.,:;|"), (33, "ftJ-()[]!’‘"), (36, "r"), (40, "szc/\\\"*”“"), (46, "kvxygLFS?–"),
    (51, "aeåäéTYZEPKX0123456789$_•"), (54, "bdhnopquöüRBC+=<>~#"), (60, "AÅÄVD"), (66, "HNUGOQÖÜ&"),
    (73, "w%…"), (82, "m"), (90, "MW@—"),
)  # fmt: skip
_CODEC = "cp1252"  # holds what Swedish texts are written with, a byte a sign


def _width_table():
    table = bytearray([60]) * 256
    for width, signs in _WIDTHS:
        for sign in signs.encode(_CODEC):
            table[sign] = width
    return bytes(table)


_TABLE = _width_table()


def _advances(text):
    """Return the width of each sign."""
    try:
        return text.encode(_CODEC).translate(_TABLE)
    except UnicodeEncodeError:
        return [_TABLE[ord(sign)] if ord(sign) < 0x80 else 110 for sign in text]


def line_count(text, column_width, font_size):
    """Return how many lines the text takes when wrapped in a column of Excel's width, at the size in points.

    Rather one too many: programs differ in how they round the letters, and an
    office suite without Calibri takes another typeface (but then widens the
    columns as much).
    """
    room = (column_width * 7 - 3) / (font_size * 96 / 72) * 92
    return sum(_wrapped(paragraph, room) for paragraph in text.split("\n"))


def _wrapped(paragraph, room):
    """Return the lines of a paragraph, broken at blanks, or within a word that is longer than a line."""
    if len(paragraph) * 110 <= room:
        return 1
    ends = list(accumulate(_advances(paragraph)))
    lines, start, done = 1, 0, 0
    while ends[-1] - done > room:
        beyond = max(bisect_right(ends, done + room), start + 1)
        blank = paragraph.rfind(" ", start, beyond + 1)
        start = blank + 1 if blank >= start else beyond
        if start >= len(ends):
            break
        done = ends[start - 1]
        lines += 1
    return lines


def text_height(text, column_width, font_size):
    """Return the height in points that shows the whole text."""
    return line_count(text, column_width, font_size) * (font_size * 4 / 3) + 5 if text else 0.0


# --- The sheet as a whole


def tab_name(wanted, taken):
    """Return a name Excel accepts for a tab, unlike those taken, and note it there.

    ``taken`` is a set of casefolded names.
    """
    base = _NOT_IN_TAB_NAMES.sub(" ", _UNWRITABLE.sub("", wanted)).strip().strip("'") or "Flik"
    name, number = _cut(base, MAX_TAB_NAME), 1
    while name.casefold() in taken or name.casefold() == "history":
        number += 1
        ending = f" ({number})"
        name = _cut(base, MAX_TAB_NAME - len(ending)) + ending
    taken.add(name.casefold())
    return name


def _cut(text, most):
    """Cut a text to so many UTF-16 units, which is how Excel counts."""
    while len(text.encode("utf-16-le")) > 2 * most:
        text = text[:-1]
    return text.strip().strip("'")


def page(sheet, *, left, header_rows=None, height=0):
    """Set the sheet up for A3 landscape, one page wide, with a footer: the left text, the tab, the page of pages."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 8
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, height
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top = margins.bottom = 0.6
    margins.header = margins.footer = 0.3
    sheet.oddFooter.left.text = _UNWRITABLE.sub("", left)[:MAX_FOOTER_PART].replace("&", "&&").replace("\n", " ")
    sheet.oddFooter.center.text = "&A"
    sheet.oddFooter.right.text = "Sida &P av &N"
    if header_rows:
        sheet.print_title_rows = header_rows


# --- The file


class _WithValues(ZipFile):
    """An archive that puts results into one sheet's formulas as the sheet is added."""

    def __init__(self, file, part, values):
        super().__init__(file, "w", ZIP_DEFLATED)
        self.part, self.values, self.filled = part, values, False

    def write(self, filename, arcname=None, *args, **options):
        """Add a file of that name; see ZipFile.write."""
        if arcname != self.part:
            super().write(filename, arcname, *args, **options)
            return
        with open(filename, "rb") as source:
            self.writestr(arcname, _with_values(source.read(), self.values))
        self.filled = True


def save(workbook, file, *, sheet, values):
    """Write the workbook to the binary file object.

    ``values`` are the results of the formulas in ``sheet`` by cell name, which
    openpyxl cannot write: with them the numbers show also where nothing
    calculates, such as in a preview.
    """
    part = f"xl/worksheets/sheet{workbook.worksheets.index(sheet) + 1}.xml"
    archive = _WithValues(file, part, values)
    ExcelWriter(workbook, archive).save()
    if not archive.filled:
        raise RuntimeError(f"openpyxl wrote no {part}")


def _with_values(xml, values):
    root = fromstring(xml)
    left = dict(values)
    for cell in root.iter(f"{{{SHEET_MAIN_NS}}}c"):
        if cell.get("r") in left:
            value = cell.find(f"{{{SHEET_MAIN_NS}}}v")
            value.text = str(left.pop(cell.get("r")))
    if left:
        raise ValueError(f"no formula in {', '.join(sorted(left))}")
    return tostring(root)
