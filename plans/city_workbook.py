"""The city's page as a workbook: its two tables, and a sheet that says what they rest on."""

from datetime import datetime
from io import BytesIO

import openpyxl
from django.utils import formats
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter

from plans.consolidation import COLUMNS, MISSING
from plans.document import Counts
from trygghet.xlsx import CellStyle, calibri, hairlines, merge, page, solid, text_height

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STEPS_SHEET, FIGURES_SHEET, ABOUT_SHEET = "Stadsdelar", "Per område", "Om underlaget"
COUNT_HEADERS = ("Problem", "Orsaker", "Åtgärder")
REMARK = "Anmärkning"
MISSING_FIGURES = "Ingen siffra: {}"
OF_EARLIER = "Siffrorna: {}"
EXAMPLE = "Exempeldata"

DATE_FORMAT = "yyyy-mm-dd"
A4 = 9
SIZE = 11
LEAST_HEIGHT = 20.0
WIDTHS = {
    "district": 26,
    "plan": 20,
    "step": 15,
    "answered": 22,
    "count": 11,
    "remark": 44,
    "figure": 9.5,
    "figure_remark": 30,
}
ABOUT_WIDTHS = (26, 90)


def workbook_bytes(city, made_at):
    """Return the workbook of a :class:`plans.consolidation.Consolidation`, made at that local time."""
    writer = _CityWriter(city, made_at)
    file = BytesIO()
    writer.workbook().save(file)
    return file.getvalue()


class _Looks:
    """The looks of the template, for a table."""

    def __init__(self, sheet):
        lines, left = hairlines("A6A6A6"), Alignment(horizontal="left", vertical="center", wrap_text=True, indent=1)
        middle = Alignment(horizontal="center", vertical="center", wrap_text=True)

        def look(font, fill=None, border=lines, alignment=left):
            return CellStyle(sheet, font=font, fill=fill and solid(fill), border=border, alignment=alignment)

        self.header = look(calibri(SIZE, bold=True, color="FFFFFF"), "1F4E79")
        self.area = look(calibri(SIZE, bold=True, color="FFFFFF"), "1F4E79", alignment=middle)
        self.subheader = look(calibri(9, bold=True), "DDEBF7", alignment=middle)
        self.name = look(calibri(SIZE, bold=True))
        self.body = look(calibri(SIZE))
        self.late = look(calibri(SIZE, bold=True, color="A4262C"))
        self.missing = look(calibri(SIZE, italic=True, color="595959"))
        self.day = look(calibri(SIZE), alignment=Alignment(horizontal="left", vertical="center", indent=1))
        self.total = look(calibri(SIZE, bold=True), "DDEBF7")
        self.sum = look(
            calibri(SIZE, bold=True), "DDEBF7", alignment=Alignment(horizontal="right", vertical="center", indent=1)
        )
        self.title = look(calibri(20, bold=True, color="1F4E79"), border=None)
        self.label = look(calibri(SIZE, bold=True), border=None)
        self.text = look(calibri(SIZE), border=None)
        self.number = look(calibri(SIZE), alignment=Alignment(horizontal="right", vertical="center", indent=1))


class _CityWriter:
    def __init__(self, city, made_at: datetime):
        self.city, self.made_at = city, made_at
        self.title = f"Staden {city.cycle.year}"
        self.book = openpyxl.Workbook()
        self.looks = _Looks(self.book.active)

    def workbook(self):
        """Return the workbook with its three sheets."""
        properties = self.book.properties
        properties.title, properties.language, properties.creator = self.title, "sv-SE", "Trygghet"
        self._steps(self.book.active)
        self._figures(self.book.create_sheet(FIGURES_SHEET))
        self._about(self.book.create_sheet(ABOUT_SHEET))
        return self.book

    # --- The steps

    def _steps(self, sheet):
        sheet.title = STEPS_SHEET
        headers = ["Stadsdel", "Plan", "Version", *(title for title, _ in list(COLUMNS.values())[1:])]
        headers += [*COUNT_HEADERS, REMARK]
        step_widths = [WIDTHS["step"], WIDTHS["step"], WIDTHS["answered"], WIDTHS["step"]]
        widths = [WIDTHS["district"], WIDTHS["plan"], 9, *step_widths, *[WIDTHS["count"]] * 3, WIDTHS["remark"]]
        for column, (header, width) in enumerate(zip(headers, widths, strict=True), start=1):
            self.looks.header.put(sheet, 1, column, header)
            sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.row_dimensions[1].height = 22
        for row, each in enumerate(self.city.rows, start=2):
            self._step_row(sheet, row, each)
        last = len(self.city.rows) + 1
        self._total_row(sheet, last + 1)
        sheet.freeze_panes = "B2"
        sheet.auto_filter.ref = f"A1:{get_column_letter(len(headers))}{last}"
        self._print(sheet, "1:1")

    def _step_row(self, sheet, row, each):
        looks = self.looks
        looks.name.put(sheet, row, 1, each.district.name)
        self._step(sheet, row, 2, each.steps[0])
        self._number(looks.number, sheet, row, 3, each.version.number if each.version else None)
        for column, step in enumerate(each.steps[1:], start=4):
            self._step(sheet, row, column, step)
        self._counts(looks.number, sheet, row, 8, each.counts or (None, None, None))
        remark = _remark(each)
        looks.body.put(sheet, row, 11, remark)
        sheet.row_dimensions[row].height = max(LEAST_HEIGHT, text_height(remark, WIDTHS["remark"] - 3, SIZE))

    def _step(self, sheet, row, column, step):
        """Write a step: the day it was taken as a date, else its words."""
        if step.mark == "done" and step.on:
            cell = self.looks.day.put(sheet, row, column)
            cell.value, cell.number_format = step.on, DATE_FORMAT
            return
        look = (
            self.looks.late if step.mark == "late" else self.looks.missing if step.mark == "none" else self.looks.body
        )
        look.put(sheet, row, column, step.words)

    def _total_row(self, sheet, row):
        for column in range(1, 12):
            self.looks.total.put(sheet, row, column)
        self.looks.total.put(sheet, row, 1, _sum_words(self.city))
        sheet.row_dimensions[row].height = LEAST_HEIGHT
        self._counts(self.looks.sum, sheet, row, 8, self.city.sum if self.city.counted else (None, None, None))

    # --- The figures

    def _figures(self, sheet):
        looks, areas = self.looks, [area.title for area in self.city.areas]
        looks.header.put(sheet, 1, 1, "Stadsdel")
        looks.header.put(sheet, 2, 1)
        merge(sheet, 1, 1, 2, 1)
        sheet.column_dimensions["A"].width = WIDTHS["district"]
        for at, title in enumerate([*areas, "Summa"]):
            left = 2 + 3 * at
            for column, header in enumerate(COUNT_HEADERS, start=left):
                looks.area.put(sheet, 1, column, title if column == left else "")
                looks.subheader.put(sheet, 2, column, header)
                sheet.column_dimensions[get_column_letter(column)].width = WIDTHS["figure"]
            merge(sheet, 1, left, 1, left + 2)
        self._figure_remark_head(sheet, self.city.figure_count + 2)
        sheet.row_dimensions[1].height, sheet.row_dimensions[2].height = 34, 20
        for row, each in enumerate(self.city.rows, start=3):
            self._figure_row(sheet, row, each)
        self._figure_total(sheet, len(self.city.rows) + 3)
        sheet.freeze_panes = "B3"
        self._print(sheet, "1:2")

    def _figure_remark_head(self, sheet, column):
        self.looks.header.put(sheet, 1, column, REMARK)
        self.looks.header.put(sheet, 2, column)
        merge(sheet, 1, column, 2, column)
        sheet.column_dimensions[get_column_letter(column)].width = WIDTHS["figure_remark"]

    def _figure_row(self, sheet, row, each):
        self.looks.name.put(sheet, row, 1, each.district.name)
        width, remark = self.city.figure_count, _figure_remark(each)
        self.looks.body.put(sheet, row, width + 2, remark)
        sheet.row_dimensions[row].height = max(LEAST_HEIGHT, text_height(remark, WIDTHS["figure_remark"] - 3, SIZE))
        if each.counts is None:
            for column in range(2, width + 2):
                self.looks.missing.put(sheet, row, column)
            self.looks.missing.put(sheet, row, 2, MISSING_FIGURES.format(each.why_no_counts))
            merge(sheet, row, 2, row, width + 1)
            return
        areas = [each.by_area.get(area.key, Counts(0, 0, 0)) for area in self.city.areas]
        for at, counts in enumerate([*areas, each.counts]):
            self._counts(self.looks.number, sheet, row, 2 + 3 * at, counts)

    def _figure_total(self, sheet, row):
        self.looks.total.put(sheet, row, 1, _sum_words(self.city))
        sheet.row_dimensions[row].height = LEAST_HEIGHT
        totals = [*(area.total for area in self.city.areas), self.city.sum]
        for at, counts in enumerate(totals):
            shown = counts if self.city.counted else (None, None, None)
            self._counts(self.looks.sum, sheet, row, 2 + 3 * at, shown)
        self.looks.total.put(sheet, row, self.city.figure_count + 2)

    # --- What it rests on

    def _about(self, sheet):
        for column, width in zip("AB", ABOUT_WIDTHS, strict=True):
            sheet.column_dimensions[column].width = width
        self.looks.title.put(sheet, 1, 1, self.title)
        sheet.row_dimensions[1].height = 32
        for row, (label, text) in enumerate(_told(self.city, self.made_at), start=3):
            self.looks.label.put(sheet, row, 1, label)
            self.looks.text.put(sheet, row, 2, text)
            sheet.row_dimensions[row].height = max(LEAST_HEIGHT, text_height(text, ABOUT_WIDTHS[1] - 3, SIZE))
        self._print(sheet, None)

    # --- Cells

    def _counts(self, look, sheet, row, column, counts):
        for at, number in enumerate(counts, start=column):
            self._number(look, sheet, row, at, number)

    def _number(self, look, sheet, row, column, number):
        look.put(sheet, row, column).value = number

    def _print(self, sheet, header_rows):
        page(sheet, left=f"{self.title}, {formats.date_format(self.made_at, 'j F Y')}", header_rows=header_rows)
        sheet.page_setup.paperSize = A4


def _sum_words(city):
    count = len(city.counted)
    return f"Summa, {count} plan{'' if count == 1 else 'er'}" if count else "Summa"


def _remark(row):
    """Return in words what the row's dates and numbers do not say."""
    parts = [row.note] if row.note and (not row.version or row.plan.version != row.version.number) else []
    for step in row.steps:
        if step.on and step.mark != "done":
            said = f"{step.column}, {step.earlier}:" if step.earlier else step.words
            parts.append(f"{said} {formats.date_format(step.on, 'j F Y')}")
        elif step.name == "plan" and step.is_late:
            parts.append("Försenad till granskning")
    if row.earlier:
        parts.append(OF_EARLIER.format(row.earlier))
    if row.counts is None:
        parts.append(MISSING_FIGURES.format(row.why_no_counts))
    if row.plan and row.plan.is_example:
        parts.append(EXAMPLE)
    return ". ".join(parts)


def _figure_remark(row):
    """Return in words what a reader of the figures alone must know of them."""
    parts = [OF_EARLIER.format(row.earlier)] if row.earlier else []
    if row.counts is not None and row.plan.is_example:
        parts.append(EXAMPLE)
    return ". ".join(parts)


def _told(city, made_at):
    """Yield what the workbook rests on, as (label, text)."""
    yield "Gjord", formats.date_format(made_at, "j F Y \\k\\l. H.i")
    yield "Läget", city.in_words()
    for column in city.columns:
        if column.due:
            label = "På granskning" if column.title == COLUMNS["plan"][0] else column.title
            yield f"{label}, sista dag", formats.date_format(column.due, "j F Y")
    for status, rows in city.undecided:
        yield ("Plan saknas" if status == MISSING else status), _names(rows)
    unsent = [row for row in city.decided if row.counts is None]
    if unsent:
        yield "Beslutad, inte inskickad", _names(unsent)
    earlier = [row for row in city.rows if row.earlier]
    if earlier:
        yield "Siffror av en tidigare version", ". ".join(f"{row.district.name}: {row.earlier}" for row in earlier)
    if city.examples:
        yield EXAMPLE, f"Påhittat innehåll: {city.examples}"
    yield (
        "Siffrorna",
        (
            "Antal problemområden, orsaker och åtgärder, räknade som på flikarna Analys i planerna. De gäller den "
            "senast beslutade versionen av varje plan som har skickats till staden."
        ),
    )
    yield (
        "Utan siffror",
        (
            "Stadsdelar utan inskickad plan ingår inte i summorna. De räknas inte som noll: vad de kommer att ha i sin "
            "plan vet vi inte än."
        ),
    )
    yield "Försenad", "Sista dagen har gått och steget är inte taget. Ett steg som väntar på beslutet är inte försenat."


def _names(rows):
    return ", ".join(row.district.name for row in rows)
