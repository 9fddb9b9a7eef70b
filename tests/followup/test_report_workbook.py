"""The annual report as a workbook: a sheet for each figure, texts that stay texts, and who is missing."""

import io
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest

from followup.report.document import Proposal, Quote, Written
from followup.report.page import Page
from followup.report.workbook import workbook_bytes
from plans.document import PlanDocument
from tests.followup.random_reports import KNOWN_AREAS, full_report, report_of
from tests.followup.told_tables import of_workbook


@pytest.fixture(scope="module")
def report():
    return full_report()


@pytest.fixture(scope="module")
def content(report):
    return workbook_bytes(report)


@pytest.fixture(scope="module")
def book(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def told(sheet):
    """What stands above the table."""
    return [row[0] for row in sheet.iter_rows(max_row=6, max_col=1, values_only=True) if row[0]]


def test_there_is_a_sheet_for_each_figure_and_for_what_is_written(book):
    codes = {name.split()[0] for name in book.sheetnames}
    assert codes >= {f"F{number}" for number in range(1, 11)}
    assert {"Om underlaget", "Texter", "Förslag", "Åtgärder"} <= set(book.sheetnames)
    assert book.sheetnames[0] == "Om underlaget" and book.sheetnames[-1] == "Åtgärder"
    assert book.properties.title == "Årsrapport 2025, Stockholms stad"


def test_each_figure_says_in_words_what_it_shows_and_who_is_not_in_it(book):
    assert told(book["F3 Status"])[:4] == [
        "Åtgärder efter status, per område",
        "14 av 62 åtgärder är genomförda, med eller utan ändringar. 8 har inget svar.",
        "Utan utfall, uppföljningen är inte inlämnad: Järva.",
        "Utan utfall, ingen beslutad plan: Södermalm.",
    ]
    assert "Utan plan som räknas: Södermalm. De är inte räknade som noll." in told(book["F2 Innehåll per område"])


def test_numbers_are_numbers_and_days_are_days(book, content):
    sheets = of_workbook(content)
    assert all(isinstance(value, int) for row in sheets["F3 Status"][1:] for value in row[1:])
    assert sheets["F1 Efterlevnad"][1][:3] == ["Bromma", "13 mars 2025", datetime(2025, 3, 13)]
    assert sheets["Förslag"][1][6] == datetime(2026, 6, 1)
    values = sheets["F5 Indikatorer i staden"]
    assert [row[4:7] for row in values[1:]] == [[28, None, None], [30.5, 29, 32]]
    assert [row[3:8] for row in sheets["F5 Indikatorer i stadsdelarna"][1:]] == [
        ["2024", 36.25, None, None, None], ["2023", 38, 36, 40, None],
    ]  # fmt: skip
    (seen, _) = told(book["F5 Indikatorer i stadsdelarna"])[1:3]
    assert seen.startswith("Otrygga i bostadsområdet: 1 stadsdel har mätvärden.")
    cell = next(cell for row in book["F5 Indikatorer i staden"].iter_rows() for cell in row if cell.value == 30.5)
    assert cell.number_format == "0.0"


def test_what_nobody_has_reported_is_empty_and_no_zero(content):
    rows = {row[0]: row for row in of_workbook(content)["Stadsdel för stadsdel"]}
    assert rows["Järva"][2:] == [31, None, None, None, None]
    assert rows["Södermalm"][2:] == [None] * 5
    assert rows["Farsta"][3:5] == [7, 31]


def test_the_years_before_stand_below_this_one(content):
    assert of_workbook(content)["F10 År för år"][2] == [2024, 3, 2, 71, 19, 43, 13, 37, 3, 5]


def test_the_texts_are_there_paragraph_by_paragraph_and_a_quote_names_its_district(content):
    rows = of_workbook(content)["Texter"][1:]
    assert ["1 Sammanfattning", "Stadens text", None, None, "- Fler vandrade."] in rows
    assert [f"4 {KNOWN_AREAS[0][1]}", "Stadens text", None, None, "Skolorna bar arbetet."] in rows
    assert ["10 Lärdomar", "Citat", "Farsta", "Vandra", "Ring först."] in rows
    assert not any("Bra jobbat" in str(row) for row in rows)  # each district reads its own


def test_a_text_that_looks_like_a_formula_stays_a_text(report):
    bad = '=HYPERLINK("https://example.org"; "Klicka")'
    written = Written(
        texts={"summary": bad},
        quotes=(Quote(section="lessons", district="farsta", row="1", field="lesson", text=bad, about=bad),),
        proposals=(Proposal(area="egna", text=bad, owner=bad, when=bad, budget=bad),),
    )
    content = workbook_bytes(replace(report, city="+Staden", written=written))
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not [cell for cell in cells if cell.data_type == "f"]
    quoted = [cell for cell in cells if cell.value == bad]
    assert len(quoted) == 7
    assert all(cell.data_type == "s" and cell.quotePrefix for cell in quoted)


def test_a_text_longer_than_a_cell_goes_on_in_the_next_row(report):
    long = "ord " * 5000
    rows = of_workbook(workbook_bytes(replace(report, written=Written(texts={"summary": long}))))["Texter"][1:]
    assert "".join(row[4] for row in rows).split() == long.split()
    assert len(rows) == 3


def test_every_row_is_high_enough_for_its_text(book):
    for sheet in book:
        heights = {row: sheet.row_dimensions[row].height for row in range(1, sheet.max_row + 1)}
        assert all(heights[cell.row] for row in sheet.iter_rows() for cell in row if cell.value), sheet.title
        assert all(height is None or height <= 409 for height in heights.values())


def test_what_is_counted_and_found_nowhere_is_none_and_not_uncounted(monkeypatch):
    monkeypatch.setattr(Page, "asks_to_integrate", True)
    plan = PlanDocument(title="", year=2025, district="Farsta")
    book = openpyxl.load_workbook(io.BytesIO(workbook_bytes(report_of([("farsta", plan, None)]))))
    said = told(book["F9 Extremism, rekrytering"])[1]
    assert said == "0 av 0 åtgärder nämner våldsbejakande extremism och 0 av 0 nämner rekrytering."


def test_the_matrix_tells_of_which_step_each_day_is(content):
    heads = of_workbook(content)["F1 Efterlevnad"][0]
    assert len(set(heads)) == len(heads) and "Uppföljning, dag" in heads


def test_a_year_when_nobody_has_begun_has_its_sheets_too():
    sheets = of_workbook(workbook_bytes(report_of([])))
    assert len(sheets["Åtgärder"]) == 1
    assert sheets["F3 Status"][0][0] == "Område"
