"""Files of measurements: an indicator's, with what may be shown of it, and the empty template for reading in."""

import csv
import io
from typing import NamedTuple

from django.utils.text import slugify
from openpyxl import Workbook

from agreements.models import Neighbourhood
from followup import numbers
from followup.indicators.files import COLUMNS, EXAMPLE_COLUMN, MAX_ROWS
from followup.indicators.trends import WHY_NOT_SHOWN, indicators_for, neighbourhoods_of, places_for, readings_of
from followup.models import Measurement
from trygghet.xlsx import CellStyle, calibri, hairlines, solid, top_aligned

EXAMPLE = "exempeldata"
FORMATS = {"xlsx": "Excel", "csv": "CSV"}
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
WIDTHS = {"indicator": 34, "place": 24, "neighbourhood": 20, "note": 40}
HEADER_FILL, LINE = "E4F0F1", "BDB8AB"
_FORMULA_SIGNS = tuple("=+-@")

HOW = (
    "Så gör du",
    "Skriv ett mätvärde per rad i fliken Mätvärden. Spara filen och läs in den under Indikatorer, Läs in en fil.",
    "Innan något sparas ser du vilka rader som är nya, vilka som ändras och vad som behöver rättas.",
    "",
    "Indikator: koden eller namnet, som i fliken Indikatorer.",
    "Område: stadsdelsområdets namn som i fliken Områden, eller Staden för hela staden.",
    "Stadsdel: bara om värdet gäller en enda stadsdel. Annars tomt.",
    "År: till exempel 2024. Gäller värdet en annan period lämnar du året tomt och skriver Första dagen och "
    "Sista dagen, till exempel 2024-01-01 och 2024-06-30.",
    "Värde: med siffror i indikatorns enhet, till exempel 37,5. Skriv 37,5 och inte 0,375 för 37,5 procent.",
    "Lägst och Högst: osäkerhetens gränser, om de är kända. Ange båda eller ingen.",
    "Antal svarande: hur många som har svarat, om det är känt.",
    "Anmärkning: till exempel att frågan har ändrats. Inga uppgifter om enskilda personer.",
    "",
    f"En fil får ha högst {MAX_ROWS} rader. Den som läser in samma fil två gånger ändrar ingenting.",
)


class File(NamedTuple):
    """A file to download."""

    name: str
    media_type: str
    content: bytes


def export(indicator, user, format):
    """Return every reading of the indicator as a file, in the template's columns; what is not shown is not in it."""
    rows = [[*COLUMNS.values(), EXAMPLE_COLUMN], *_rows(indicator, user)]
    name = f"{slugify(indicator.name)}.{format}"
    if format == "csv":
        return File(name, MEDIA_TYPES[format], _csv(rows))
    book, looks = _book()
    _fill(book.active, rows, looks)
    _about(book.create_sheet("Om indikatorn"), indicator, rows, looks)
    return File(name, MEDIA_TYPES[format], _saved(book))


def _rows(indicator, user):
    places = {place.pk: place.name for place in places_for(user)}
    readings = readings_of([indicator], Measurement.objects.visible_to(user))
    inside = {
        each.pk: each.name for each in Neighbourhood.objects.filter(pk__in={key[2] for key in readings if key[2]})
    }
    for (_, district, neighbourhood), those in sorted(
        readings.items(), key=lambda item: _order(item[0], places, inside)
    ):
        for reading in those:
            yield _row(indicator, places.get(district, ""), inside.get(neighbourhood, ""), reading)


def _order(key, places, inside):
    _, district, neighbourhood = key
    return district is not None, places.get(district, ""), inside.get(neighbourhood, "")


def _row(indicator, place, neighbourhood, reading):
    year = reading.period.year
    days = ("", "") if year else (reading.period.starts_on.isoformat(), reading.period.ends_on.isoformat())
    return [
        indicator.code,
        place,
        neighbourhood,
        str(year or ""),
        *days,
        reading.hidden or numbers.plain(reading.value),
        numbers.plain(reading.low),
        numbers.plain(reading.high),
        "" if reading.respondents is None else str(reading.respondents),
        reading.note,
        EXAMPLE if reading.is_example else "",
    ]


def template(user, format):
    """Return the empty template: the columns, and in a workbook how to fill them in and what may stand in them."""
    header = list(COLUMNS.values())
    if format == "csv":
        return File("matvarden-mall.csv", MEDIA_TYPES[format], _csv([header]))
    book, looks = _book()
    _fill(book.active, [header], looks)
    _texts(book.create_sheet("Så gör du"), HOW, looks)
    _indicators(book.create_sheet("Indikatorer"), user, looks)
    _places(book.create_sheet("Områden"), user, looks)
    return File("matvarden-mall.xlsx", MEDIA_TYPES[format], _saved(book))


# --- CSV


def _csv(rows):
    """Return the rows as Swedish Excel reads them; a text that looks like a formula gets a mark before it."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows([[_safe(text) for text in row] for row in rows])
    return out.getvalue().encode("utf-8-sig")


def _safe(text):
    is_number = text.lstrip("-").replace(",", "").isdigit()
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) and not is_number else text


# --- Excel


def _book():
    book = Workbook()
    book.active.title = "Mätvärden"
    lines = hairlines(LINE)
    sheet = book.active
    return book, {
        "head": CellStyle(
            sheet, font=calibri(11, bold=True), fill=solid(HEADER_FILL), border=lines, alignment=top_aligned()
        ),
        "text": CellStyle(sheet, font=calibri(11), border=lines, alignment=top_aligned()),
        "plain": CellStyle(sheet, font=calibri(11), alignment=top_aligned()),
        "title": CellStyle(sheet, font=calibri(14, bold=True)),
    }


def _fill(sheet, rows, looks):
    """Write a table under its headers; a number becomes a number, everything else a text and never a formula."""
    for line, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            cell = looks["head" if line == 1 else "text"].put(sheet, line, column, text)
            if line > 1 and text.lstrip("-").replace(",", "", 1).isdigit():
                cell.value = float(text.replace(",", ".")) if "," in text else int(text)
    for column, key in enumerate([*COLUMNS, "example"], start=1):
        letter = sheet.cell(1, column).column_letter
        sheet.column_dimensions[letter].width = WIDTHS.get(key, 15)
    sheet.freeze_panes = "A2"


def _texts(sheet, lines, looks):
    sheet.column_dimensions["A"].width = 100
    for number, text in enumerate(lines, start=1):
        looks["title" if number == 1 else "plain"].put(sheet, number, 1, text)


def _about(sheet, indicator, rows, looks):
    lines = [
        indicator.name,
        indicator.description,
        f"Enhet: {indicator.unit}",
        f"Önskad riktning: {indicator.get_wanted_display()}",
        f"Datakälla: {indicator.source}",
        WHY_NOT_SHOWN if indicator.counts_people else "",
        "Filen innehåller exempeldata. De raderna är påhittade." if any(row[-1] == EXAMPLE for row in rows[1:]) else "",
    ]
    _texts(sheet, [line for line in lines if line], looks)


def _indicators(sheet, user, looks):
    rows = [("Kod", "Namn", "Enhet", "Datakälla")]
    rows += [(each.code, each.name, each.unit, str(each.source)) for each in indicators_for(user)]
    _table(sheet, rows, (40, 46, 34, 34), looks)


def _places(sheet, user, looks):
    places = places_for(user)
    inside = {}
    for each in neighbourhoods_of(places):
        inside.setdefault(each.district_id, []).append(each.name)
    rows = [("Område", "Stadsdel")]
    for place in sorted(places, key=lambda each: (not each.is_city, each.name)):
        rows += [(place.name, ""), *((place.name, name) for name in inside.get(place.pk, []))]
    _table(sheet, rows, (34, 34), looks)


def _table(sheet, rows, widths, looks):
    for line, row in enumerate(rows, start=1):
        for column, text in enumerate(row, start=1):
            looks["head" if line == 1 else "text"].put(sheet, line, column, text)
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[sheet.cell(1, column).column_letter].width = width
    sheet.freeze_panes = "A2"


def _saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
