"""The annual report as a workbook: what it rests on, a sheet for each figure, what is written, and every action."""

from copy import copy
from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from followup.report.page import Page
from followup.report.sheets import missing_told, sheets_of
from trygghet.dates import day
from trygghet.xlsx import CellStyle, calibri, hairlines, merge, solid, text_height
from trygghet.xlsx import page as set_up

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ABOUT_SHEET = "Om underlaget"
ABOUT_WIDTH, SIZE, MOST_HEIGHT, LEAST_HEIGHT = 100, 10, 400, 16
DATE_FORMAT = "yyyy-mm-dd"
A4 = 9


def workbook_bytes(report):
    """Return a :class:`~followup.report.document.ReportDocument` as a workbook.

    The first sheet says what it rests on and what is on each of the others.
    The sheet of all actions has its heads in the first row and nothing above,
    so that it can be sorted and read by other programs as it is.
    """
    return _Writer(report).bytes()


class _Writer:
    """Writes the sheets in the looks they share."""

    def __init__(self, report):
        self.report, self.page = report, Page(report, opens=())
        self.title = f"Årsrapport {report.year}, {report.city}"
        self.book = openpyxl.Workbook()
        sheet = self.book.active

        def look(font, fill=None, lines=True, **alignment):
            wrapped = Alignment(vertical="top", wrap_text=True, **alignment)
            border = hairlines("BDB8AB") if lines else None
            return CellStyle(sheet, font=font, fill=fill and solid(fill), border=border, alignment=wrapped)

        bold = calibri(SIZE, bold=True)
        self.head, self.number_head = look(bold, "E4F0F1"), look(bold, "E4F0F1", horizontal="right")
        self.body, self.number = look(calibri(SIZE)), look(calibri(SIZE), horizontal="right")
        self.sum, self.number_sum = look(bold, "F3F1EB"), look(bold, "F3F1EB", horizontal="right")
        self.heading = look(calibri(14, bold=True), lines=False)
        self.told = look(calibri(SIZE), lines=False)

    def bytes(self):
        """Return the file."""
        properties = self.book.properties
        properties.title, properties.language, properties.creator = self.title, "sv-SE", "Trygghet"
        sheets = sheets_of(self.page)
        self._about(self.book.active, sheets)
        for each in sheets:
            self._sheet(self.book.create_sheet(each.name), each)
        file = BytesIO()
        self.book.save(file)
        return file.getvalue()

    # --- A table

    def _sheet(self, sheet, content):
        first = self._words(sheet, content) if content.title else 1
        numeric = [_is_numeric(content, at) for at in range(len(content.heads))]
        for column, (title, width) in enumerate(content.heads, start=1):
            (self.number_head if numeric[column - 1] else self.head).put(sheet, first, column, title)
            sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.row_dimensions[first].height = self._height([title for title, _ in content.heads], content.heads)
        row = first
        for values, body, number in (
            *((values, self.body, self.number) for values in content.rows),
            *((values, self.sum, self.number_sum) for values in content.sums),
        ):
            row += 1
            for column, value in enumerate(values, start=1):
                self._put(sheet, row, column, value, number if numeric[column - 1] else body)
            sheet.row_dimensions[row].height = self._height(values, content.heads)
        last = f"{get_column_letter(len(content.heads))}{max(first + len(content.rows), first)}"
        sheet.auto_filter.ref = f"A{first}:{last}"
        sheet.freeze_panes = sheet.cell(first + 1, 2)
        self._set_up(sheet, f"{first}:{first}")

    def _words(self, sheet, content):
        """Write the title and what the table shows above it; return the row of its heads."""
        widths = [width for _, width in content.heads]
        columns, room = 1, widths[0]
        while columns < len(widths) and room < ABOUT_WIDTH:
            room, columns = room + widths[columns], columns + 1
        for row, text in enumerate((content.title, *content.told), start=1):
            (self.heading if row == 1 else self.told).put(sheet, row, 1, text)
            merge(sheet, row, 1, row, columns)
            size = 14 if row == 1 else SIZE
            sheet.row_dimensions[row].height = max(LEAST_HEIGHT, text_height(text, room, size))
        return len(content.told) + 3

    @staticmethod
    def _put(sheet, row, column, value, look):
        """Write a text as text, whatever it looks like, and a number or a day as what it is."""
        if isinstance(value, str):
            look.put(sheet, row, column, value)
            return
        cell = look.put(sheet, row, column)
        cell._style = copy(cell._style)  # that of the look is shared
        cell.value = value
        if isinstance(value, date):
            cell.number_format = DATE_FORMAT
        elif isinstance(value, Decimal):
            cell.number_format = f"0.{'0' * -value.as_tuple().exponent}" if value.as_tuple().exponent < 0 else "0"

    @staticmethod
    def _height(values, heads):
        # Excel makes room for wrapped text only when it is typed there.
        texts = zip(values, (width for _, width in heads), strict=True)
        heights = [text_height(text, width - 1, SIZE) for text, width in texts if isinstance(text, str)]
        return min(max([LEAST_HEIGHT, *heights]), MOST_HEIGHT)

    # --- What it rests on

    def _about(self, sheet, sheets):
        sheet.title = ABOUT_SHEET
        sheet.column_dimensions["A"].width = ABOUT_WIDTH
        texts = [
            f"Räknat {day(self.report.as_of)}.",
            self.page.in_words,
            *missing_told(self.page),
            "En åtgärd utan status är inte uppföljd. Den är inte räknad som noll.",
        ]
        if self.page.examples:
            texts.append(f"Exempeldata (påhittat innehåll): {self.page.examples}.")
        texts += ["", "Flikar", *(f"{each.name}: {each.title or 'Alla åtgärder'}" for each in sheets)]
        self.heading.put(sheet, 1, 1, self.title)
        sheet.row_dimensions[1].height = 24
        for row, text in enumerate(texts, start=2):
            self.told.put(sheet, row, 1, text)
            sheet.row_dimensions[row].height = max(LEAST_HEIGHT, text_height(text, ABOUT_WIDTH, SIZE))
        self._set_up(sheet, None)

    def _set_up(self, sheet, header_rows):
        set_up(sheet, left=f"{self.title}, {day(self.report.as_of)}", header_rows=header_rows)
        sheet.page_setup.paperSize = A4


def _is_numeric(content, at):
    """Whether the column holds numbers, so that its head stands above them."""
    found = [row[at] for row in content.rows if row[at] not in (None, "")]
    return bool(found) and all(isinstance(value, int | Decimal) for value in found)
