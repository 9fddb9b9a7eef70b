"""Reading a file of measurements as a table of texts: Excel or CSV, whichever program saved it.

What a column is called decides what it is. A cell is a text here, whatever
the file thinks it is: a formula is never worked out.
"""

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256

from openpyxl import load_workbook

from plans.workbook.outcome import WorkbookRefused
from plans.workbook.safety import broken_is_refused, open_package
from trygghet.dates import day

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 5_000
HEADER_WITHIN = 10  # rows from the top in which the headers are looked for
ENCODINGS = ("utf-8-sig", "cp1252")
DELIMITERS = ";\t,"

# What is measured, where and when → what the column is called. The template has them in this order.
COLUMNS = {
    "indicator": "Indikator",
    "place": "Område",
    "neighbourhood": "Stadsdel",
    "year": "År",
    "starts_on": "Första dagen",
    "ends_on": "Sista dagen",
    "value": "Värde",
    "low": "Lägst",
    "high": "Högst",
    "respondents": "Antal svarande",
    "note": "Anmärkning",
}
NEEDED = ("indicator", "place", "value")
EXAMPLE_COLUMN = "Exempeldata"  # what a file from here says of a row; it is not read
_NAMES = {name.casefold(): key for key, name in COLUMNS.items()}
_FORMULA_SIGNS = tuple("=+-@")


class FileRefused(Exception):
    """The file cannot be read as measurements; the message is Swedish and says why and what to do."""


@dataclass(frozen=True, slots=True)
class Table:
    """A file as (row number as the reader counts, texts by column), empty rows left out."""

    name: str
    sha256: str
    rows: list[tuple[int, dict[str, str]]]


def read_table(file, name):
    """Return the :class:`Table` in the binary file object; raise :class:`FileRefused`."""
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise FileRefused(f"Filen ”{name}” är större än 2 MB. Dela upp den och läs in en del i taget.")
    if not content.strip():
        raise FileRefused(f"Filen ”{name}” är tom. Välj den fil som mätvärdena står i.")
    is_workbook = content.startswith((b"PK", b"\xd0\xcf\x11\xe0"))
    lines = _workbook_lines(content, name) if is_workbook else _csv_lines(content, name)
    rows = _rows(lines, name)
    return Table(name[:200], sha256(content).hexdigest(), rows)


# --- From lines to rows


def _rows(lines, name):
    header, found = None, []
    for number, texts in lines:
        if not any(texts):
            continue
        if header is None:
            header = _header(texts)
            if header is None and number >= HEADER_WITHIN:
                break
            continue
        if len(found) == MAX_ROWS:
            raise FileRefused(
                f"Filen ”{name}” har fler än {MAX_ROWS} rader. Dela upp den och läs in en del i taget.".replace(
                    "5000", "5\N{NO-BREAK SPACE}000"
                )
            )
        found.append((number, {key: texts[at] if at < len(texts) else "" for key, at in header.items()}))
    if header is None:
        raise FileRefused(_not_the_template(name))
    if not found:
        raise FileRefused(f"Filen ”{name}” har rubriker men inga mätvärden under dem. Fyll i raderna och försök igen.")
    return found


def _header(texts):
    """Return which column is where, None if the line is not the headers; raise FileRefused for a column unknown."""
    known = {_NAMES[text.casefold()]: at for at, text in enumerate(texts) if text.casefold() in _NAMES}
    if any(key not in known for key in NEEDED) or not {"year", "starts_on"} & known.keys():
        return None
    strange = [text for text in texts if text and text.casefold() not in {*_NAMES, EXAMPLE_COLUMN.casefold()}]
    if strange:
        raise FileRefused(
            f"Kolumnen ”{strange[0][:60]}” hör inte till mallen. Ta bort den, eller döp den som i mallen, "
            "och försök igen."
        )
    twice = [text for text in texts if text and [each.casefold() for each in texts].count(text.casefold()) > 1]
    if twice:
        raise FileRefused(f"Kolumnen ”{twice[0][:60]}” finns två gånger. Ta bort den ena och försök igen.")
    return known


def _not_the_template(name):
    needed = ", ".join(COLUMNS[key] for key in NEEDED)
    return (
        f"Filen ”{name}” har inte mallens kolumner. De som behövs är {needed} och År (eller Första dagen och "
        "Sista dagen). Hämta mallen, lägg mätvärdena i den och försök igen."
    )


# --- CSV


def _csv_lines(content, name):
    text = _decoded(content, name)
    delimiter = max(DELIMITERS, key=lambda each: _columns_known(text, each))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [(reader.line_num, [_csv_cell(cell) for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise FileRefused(f"Filen ”{name}” är inte en hel CSV-fil. Spara den på nytt och försök igen.") from error


def _decoded(content, name):
    if b"\0" in content:
        raise FileRefused(
            f"Filen ”{name}” är varken Excel (.xlsx) eller CSV. Spara den som ett av dem och försök igen."
        )
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileRefused(
        f"Filen ”{name}” är inte text som går att läsa. Spara den som ”CSV UTF-8” i Excel och försök igen."
    )


def _columns_known(text, delimiter):
    """How many of the template's columns the first lines have when they are divided by the sign."""
    lines = text.splitlines()[:HEADER_WITHIN]
    return max(sum(cell.strip().strip('"').casefold() in _NAMES for cell in line.split(delimiter)) for line in lines)


def _csv_cell(text):
    """The text of a cell; the mark that keeps a spreadsheet from reading a text as a formula is taken off again."""
    text = text.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_SIGNS) else text


# --- Excel


def _workbook_lines(content, name):
    """Return the lines of the first sheet that has the template's headers; else of the first sheet."""
    try:
        open_package(io.BytesIO(content), name)  # that it is no bomb, before anything is built from it
        with broken_is_refused(name):
            book = load_workbook(io.BytesIO(content))
            sheets = [_sheet_lines(sheet) for sheet in book.worksheets]
    except WorkbookRefused as error:
        raise FileRefused(
            f"Filen ”{name}” går inte att läsa som en Excel-arbetsbok: den är skadad, skyddad med lösenord, "
            "har makron, är i ett äldre format eller är ovanligt stor. Spara den som .xlsx eller CSV och försök igen."
        ) from error
    with_header = [lines for lines in sheets if any(_header(texts) for _, texts in lines[:HEADER_WITHIN] if any(texts))]
    return (with_header or sheets)[0]


def _sheet_lines(sheet):
    return [
        (number, [_cell_text(cell) for cell in cells])
        for number, cells in enumerate(sheet.iter_rows(max_row=MAX_ROWS + HEADER_WITHIN + 2), start=1)
    ]


def _cell_text(cell):
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return str(getattr(value, "text", value) or "=")
    if isinstance(value, bool):
        return "sant" if value else "falskt"
    if isinstance(value, int | float):
        number = Decimal(str(value)) * (100 if "%" in cell.number_format else 1)
        return f"{number.normalize():f}"
    if isinstance(value, datetime | date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    return str(value).strip()


# --- A day, as a cell says it


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


def as_day(text):
    """Return the day that the text says, None when it is empty; raise ValueError with what to write instead."""
    if not text:
        return None
    try:
        if not _DAY.match(text):
            raise ValueError
        return date.fromisoformat(text)
    except ValueError as error:
        example = date(2024, 4, 29)
        raise ValueError(f"Skriv dagen som {example.isoformat()}, alltså {day(example)}.") from error
