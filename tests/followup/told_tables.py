"""The tables of the annual report as they are read from its page, its PDF and its workbook."""

import io
import re
from xml.etree import ElementTree

import openpyxl
import tinyhtml5

from tests.read_pdf import ReadPdf

_HTML = "{http://www.w3.org/1999/xhtml}"
_NUMBER = re.compile(r"\d+")


def of_page(html):
    """Return {caption: rows of cells as text} of a page."""
    root = tinyhtml5.parse(html)
    found = {}
    for table in root.iter(f"{_HTML}table"):
        caption = table.find(f"{_HTML}caption")
        found[_text(caption)] = [[_text(cell) for cell in row] for row in table.iter(f"{_HTML}tr")]
    return found


def _text(element: ElementTree.Element):
    return " ".join("".join(element.itertext()).split())


def of_pdf(content):
    """Return {caption: rows of cells as text} of a PDF."""
    return ReadPdf(content).tables()


def of_workbook(content):
    """Return {name of the sheet: rows of values}, without the title and the words above a table."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    found = {}
    for sheet in book:
        first = int(re.search(r"\d+", sheet.auto_filter.ref)[0]) if sheet.auto_filter.ref else 1
        found[sheet.title] = [list(row) for row in sheet.iter_rows(min_row=first, values_only=True)]
    return found


def numbers(rows):
    """Return the numbers of each row that has any beside its name: of "3 60 %" the first, which is how many."""
    found = []
    for _, *cells in rows:
        told = [_number(cell) for cell in cells]
        if any(each is not None for each in told):
            found.append([each for each in told if each is not None])
    return found


def _number(cell):
    if isinstance(cell, int):
        return cell
    match = _NUMBER.match(cell) if isinstance(cell, str) else None
    return int(match[0]) if match else None
