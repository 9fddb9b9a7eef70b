"""The appendix of the annual report as a workbook: every action, and a sheet that says what it rests on."""

from io import BytesIO

import openpyxl
from django.utils import timezone
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from followup.report.page import Page
from followup.report.rows import COLUMNS, all_actions
from trygghet.dates import day
from trygghet.xlsx import CellStyle, calibri, hairlines, solid, text_height

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ACTIONS_SHEET, ABOUT_SHEET = "Åtgärder", "Om underlaget"
WIDTHS = {
    "district": 22, "area": 26, "problem": 30, "text": 46, "when": 18, "who": 26, "status": 20, "light": 20,
    "done": 46, "next_year": 12,
}  # fmt: skip
ABOUT_WIDTH, SIZE, MOST_HEIGHT = 100, 10, 400


def workbook_bytes(report):
    """Return the actions of a :class:`~followup.report.document.ReportDocument` as a workbook."""
    book = openpyxl.Workbook()
    properties = book.properties
    properties.title, properties.language, properties.creator = f"Årsrapport {report.year}", "sv-SE", "Trygghet"
    _actions(book.active, all_actions(report))
    _about(book.create_sheet(ABOUT_SHEET), report)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _look(sheet, font, fill=None):
    wrapped = Alignment(vertical="top", wrap_text=True)
    return CellStyle(sheet, font=font, fill=fill and solid(fill), border=hairlines("BDB8AB"), alignment=wrapped)


def _actions(sheet, lines):
    sheet.title = ACTIONS_SHEET
    head, body = _look(sheet, calibri(SIZE, bold=True), "E4F0F1"), _look(sheet, calibri(SIZE))
    for column, (name, title) in enumerate(COLUMNS.items(), start=1):
        head.put(sheet, 1, column, title)
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS[name]
    for row, line in enumerate(lines, start=2):
        texts = {name: getattr(line, name) for name in COLUMNS}
        for column, text in enumerate(texts.values(), start=1):
            body.put(sheet, row, column, text)
        # Excel makes room for wrapped text only when it is typed there.
        height = max(text_height(text, WIDTHS[name], SIZE) for name, text in texts.items())
        sheet.row_dimensions[row].height = min(height, MOST_HEIGHT)
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(COLUMNS))}{max(len(lines) + 1, 1)}"
    sheet.print_title_rows, sheet.page_setup.orientation = "1:1", "landscape"
    sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = 9, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _about(sheet, report):
    page = Page(report)
    texts = [
        f"Årsrapport {report.year}, alla åtgärder",
        f"Uttaget {day(timezone.now())}.",
        page.in_words,
        *[f"Utan utfall, {why}: {names}." for why, names in page.missing],
        "En åtgärd utan status är inte uppföljd. Den är inte räknad som noll.",
    ]
    if page.examples:
        texts.append(f"Exempeldata (påhittat innehåll): {page.examples}.")
    sheet.column_dimensions["A"].width = ABOUT_WIDTH
    look = CellStyle(sheet, font=calibri(SIZE), alignment=Alignment(vertical="top", wrap_text=True))
    for row, text in enumerate(texts, start=1):
        look.put(sheet, row, 1, text)
        sheet.row_dimensions[row].height = text_height(text, ABOUT_WIDTH, SIZE)
