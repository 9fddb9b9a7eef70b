"""The matrix of all districts' duties as a workbook: the table, and a sheet that says what each duty is."""

from io import BytesIO

import openpyxl
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from trygghet.dates import day, time_of_day
from trygghet.xlsx import CellStyle, calibri, hairlines, page, solid, text_height

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MATRIX_SHEET, ABOUT_SHEET = "Lagkrav och åtaganden", "Om kraven"
SIZE = 11
DISTRICT_WIDTH, DUTY_WIDTH = 26, 22
LEAST_HEIGHT, HEADER_HEIGHT = 20.0, 27.0
ABOUT = (("Krav", 50), ("Källa", 34), ("Hur ofta", 34))


def workbook_bytes(matrix, made_at):
    """Return the workbook of a :class:`agreements.duties.matrix.Matrix`, made at that local time."""
    book = openpyxl.Workbook()
    book.properties.title = MATRIX_SHEET
    book.properties.language, book.properties.creator = "sv-SE", "Trygghet"
    looks = _Looks(book.active)
    _put_matrix(book.active, looks, matrix)
    _put_about(book.create_sheet(ABOUT_SHEET), looks, matrix, made_at)
    for sheet, head in ((book.worksheets[0], "1:1"), (book.worksheets[1], None)):
        page(sheet, left=f"{MATRIX_SHEET}, {day(made_at)}", header_rows=head)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


class _Looks:
    """The looks of the template, for a table of words."""

    def __init__(self, sheet):
        lines = hairlines("A6A6A6")
        body = Alignment(horizontal="left", vertical="top", wrap_text=True)

        def look(font, fill=None, border=lines):
            return CellStyle(sheet, font=font, fill=fill and solid(fill), border=border, alignment=body)

        middle = Alignment(horizontal="left", vertical="center", wrap_text=True)
        self.header = CellStyle(
            sheet, font=calibri(SIZE, bold=True, color="FFFFFF"), fill=solid("1F4E79"), border=lines, alignment=middle
        )
        self.name = look(calibri(SIZE, bold=True))
        self.body = look(calibri(SIZE))
        self.late = look(calibri(SIZE, bold=True, color="A4262C"))
        self.missing = look(calibri(SIZE, italic=True, color="595959"))
        self.text = look(calibri(SIZE), border=None)


def words_of(status):
    """Return a status as a cell says it: the words, the day that has passed, and what explains it."""
    return "\n".join(filter(None, (status.words, status.passed, status.note)))


def _put_matrix(sheet, looks, matrix):
    sheet.title = MATRIX_SHEET
    for column, text in enumerate(["Stadsdel", *(duty.short for duty in matrix.duties)], start=1):
        looks.header.put(sheet, 1, column, text)
        sheet.column_dimensions[get_column_letter(column)].width = DISTRICT_WIDTH if column == 1 else DUTY_WIDTH
    sheet.row_dimensions[1].height = HEADER_HEIGHT
    for at, row in enumerate(matrix.rows, start=2):
        looks.name.put(sheet, at, 1, row.district.name)
        height = LEAST_HEIGHT
        for column, (_, status) in enumerate(row.cells, start=2):
            look = looks.late if status.is_late else looks.missing if status.mark == "missing" else looks.body
            text = words_of(status)
            look.put(sheet, at, column, text)
            height = max(height, text_height(text, DUTY_WIDTH - 2, SIZE))
        sheet.row_dimensions[at].height = height
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(matrix.duties) + 1)}{len(matrix.rows) + 1}"


def _put_about(sheet, looks, matrix, made_at):
    told = (
        f"Gjord {day(made_at)} klockan {time_of_day(made_at)}. {matrix.in_words()}",
        "Tabellen visar vad som är registrerat i Trygghet. Att inget är registrerat betyder inte att inget är gjort.",
    )
    for row, text in enumerate(told, start=1):
        looks.text.put(sheet, row, 1, text)
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(ABOUT))
        sheet.row_dimensions[row].height = LEAST_HEIGHT
    for column, (head, width) in enumerate(ABOUT, start=1):
        looks.header.put(sheet, 4, column, head)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.row_dimensions[4].height = HEADER_HEIGHT
    for row, duty in enumerate(matrix.duties, start=5):
        texts = (duty.title, duty.source, duty.interval)
        for column, text in enumerate(texts, start=1):
            looks.body.put(sheet, row, column, text)
        heights = [text_height(text, width - 2, SIZE) for text, (_, width) in zip(texts, ABOUT, strict=True)]
        sheet.row_dimensions[row].height = max(LEAST_HEIGHT, *heights)
