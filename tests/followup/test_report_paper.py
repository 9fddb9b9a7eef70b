"""The annual report on paper: what it says, and that it is a PDF for everybody and for the archive.

As in ``tests/plans/test_pdf.py``, the structure is checked through pikepdf;
veraPDF is used where it is installed.
"""

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date

import pytest
from pikepdf import Name

from followup.report import figures, paper
from followup.report.document import SECTIONS, Written
from followup.report.fills import FILLS, fill_of
from followup.report.page import Page
from followup.report.paper import Decided, pdf_bytes, report_html
from followup.report.tables import KINDS
from tests.followup.random_reports import KNOWN_AREAS, SIDES, full_report, report_of
from tests.plans.test_pdf import (
    assert_regular,
    draws_background,
    elements,
    fonts,
    opened,
    page_text_operators,
    parent_tree_owners,
    tables,
)
from tests.read_pdf import ReadPdf

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ATTACHMENTS = [
    ("Årsrapport 2025.xlsx", b"PK\x03\x04 workbook", XLSX, "Rapporten som arbetsbok"),
    ("Årsrapport 2025.json", '{"city": "Stockholms stad, åäö"}'.encode(), "application/json", "Rapporten som data"),
]
DECIDED = Decided(
    decided_on=date(2026, 3, 12), body="Centrala styrgruppen", meeting="möte 2, § 7", sha256="0123456789abcdef" * 4
)


@pytest.fixture(scope="module")
def report():
    return full_report()


@pytest.fixture(scope="module")
def draft(report):
    """The report as it is printed before it is decided, as bytes."""
    return pdf_bytes(report)


@pytest.fixture(scope="module")
def drafted(draft):
    return opened(draft)


@pytest.fixture(scope="module")
def archived(report):
    """The published report as it is archived, as bytes."""
    return pdf_bytes(report, attachments=ATTACHMENTS, published=DECIDED)


# --- What it says


def words_of(content):
    return ReadPdf(content).words.replace("- ", "")  # words that are divided at the end of a line


def test_the_cover_of_a_draft_says_that_nobody_has_decided_it(draft):
    words = words_of(draft)
    assert "Stockholms stad Årsrapport 2025" in words
    assert "Status Utkast, inte beslutad Beslutad av Inte beslutad än Parter Stockholms stad och Polisen" in words
    assert "2 av 4 stadsdelar har lämnat in sin uppföljning." in words
    assert "Räknat 20 februari 2026" in words
    assert "Kontrollsumma" not in words


def test_the_cover_of_what_is_published_says_who_decided_it_and_what_it_is_checked_by(archived):
    words = words_of(archived)
    assert "Status Beslutad 12 mars 2026 Beslutad av Centrala styrgruppen, möte 2, § 7" in words
    assert "Utkast" not in words
    assert DECIDED.sha256 in words.replace(" ", "")


def test_utkast_lies_across_each_page_of_a_draft_only(drafted, archived):
    assert all(draws_background(page) for page in drafted.pages)
    assert not any(draws_background(page) for page in opened(archived).pages)


def test_the_districts_without_outcomes_are_named_with_their_reason(draft):
    words = words_of(draft)
    assert "Saknas i utfallen Järva uppföljningen är inte inlämnad Södermalm ingen beslutad plan" in words
    assert "De är inte räknade som noll" in words


def test_each_section_has_its_number_and_its_page_in_the_contents(draft):
    read = ReadPdf(draft)
    headings = [read.text(each) for each in read.elements(Name.H2)]
    numbered = [f"{each.number} {each.title}" for each in SECTIONS.values()]
    assert headings == ["Innehåll", *numbered, "Bilaga: alla åtgärder"]
    contents = next(read.text(each) for each in read.elements(Name.L) if "Sammanfattning" in read.text(each))
    assert re.search(r"13 Metod och bortfall \d+ Bilaga: alla åtgärder \d+$", contents)


def test_each_district_that_has_handed_in_is_one_sheet_in_the_contents_and_among_the_bookmarks(draft):
    read = ReadPdf(draft)
    number = {page.objgen: at for at, page in enumerate(read.pdf.pages, start=1)}
    headings = list(read.elements(Name.H2, Name.H3))
    # The first of each: the appendix has the districts' names too.
    sheets = {read.text(each): number[_page_of(each)] for each in reversed(headings)}
    first = sheets["5 Stadsdel för stadsdel"] + 1
    assert (sheets["Bromma"], sheets["Farsta"], sheets["6 Parternas åtaganden"]) == (first, first + 1, first + 2)
    contents = next(read.text(each) for each in read.elements(Name.L) if "Sammanfattning" in read.text(each))
    assert f"Bromma {first} Farsta {first + 1}" in contents
    with read.pdf.open_outline() as outline:
        every = [*outline.root, *(each for top in outline.root for each in top.children)]
        (section,) = [each for each in every if each.title == "5 Stadsdel för stadsdel"]
        assert [(each.title, list(each.children)) for each in section.children] == [("Bromma", []), ("Farsta", [])]
    assert "Planen: version 1. Uppföljningen: inlämnad, inte godkänd." in read.words


def _page_of(element):
    while "/Pg" not in element:
        element = element.K[0]
    return element.Pg.objgen


def test_what_the_city_has_written_stands_in_its_section_with_the_districts_name_at_a_quote(draft):
    words = words_of(draft)
    assert re.search(r"1 Sammanfattning .*Året var ett mellanår\. .*Fler vandrade\..* 2 Läget i staden", words)
    assert "Skolorna bar arbetet." in words
    quoted = r"Farsta \(uppföljningen är inte godkänd än\), om «Vandra»"
    assert re.search(rf"10 Lärdomar Börja i tid\. Ring först\. {quoted}", words)


def test_the_proposals_are_printed_with_who_when_and_the_budget(draft):
    rows = ReadPdf(draft).tables()[f"Förslag: {KNOWN_AREAS[0][1]}"]
    assert rows[1] == [
        "Åtagande", "Staden betalar belysningen Rån", "Trafikkontoret", "Våren senast 1 juni 2026", "VP 2027",
    ]  # fmt: skip


def test_the_feedback_to_a_district_is_not_printed(draft):
    words = words_of(draft)
    assert "Bra jobbat" not in words
    assert "Varje stadsdel läser sin återkoppling i Trygghet." in words


def test_a_value_that_is_measured_stands_in_a_table_and_is_drawn_with_words_beside(draft):
    read = ReadPdf(draft)
    assert read.tables()["Otrygga i bostadsområdet, procent"][1:] == [["2024", "28,0"], ["2023", "30,5 29,0–32,0"]]
    alternatives = [str(each.get("/Alt", "")) for each in read.elements(Name.Figure)]
    assert "Otrygga i bostadsområdet: Staden" in alternatives


def test_the_years_before_stand_beside_this_one(draft):
    this_year, before = ReadPdf(draft).tables()["Årets och tidigare års summor"][1:]
    assert this_year[:4] == ["2025", "3", "2", "93"]
    assert before == ["2024", "3", "2", "71", "19 av 43", "13 av 37", "3 av 5"]


def test_every_action_is_in_the_appendix_and_says_when_it_is_not_followed_up(draft, report):
    read = ReadPdf(draft)
    words = words_of(draft)
    for name in ("Bromma", "Farsta", "Järva"):
        assert f"{name}: 31 åtgärder" in words
    cells = [read.text(each) for each in read.elements(Name.TD)]
    assert cells.count("Inte uppföljd") == 31
    assert len(Page(report).figures[figures.STATUS].rows) == 62


def test_more_actions_than_are_printed_are_in_the_workbook_and_the_appendix_says_so(report, monkeypatch):
    monkeypatch.setattr(paper, "MOST_ACTIONS", 92)
    html = paper.report_html(report)
    assert "Planerna har tillsammans 93 åtgärder, fler än vad som skrivs ut." in html
    assert "Inte uppföljd" not in html
    monkeypatch.setattr(paper, "MOST_ACTIONS", 93)
    assert paper.report_html(report).count("Inte uppföljd") == 31


def test_a_report_of_a_year_when_nobody_has_begun_is_printed_and_says_what_is_missing():
    words = words_of(pdf_bytes(report_of([], written=Written())))
    for told in (
        "Ingen av 4 stadsdelar har lämnat in sin uppföljning.",
        "Ingen sammanfattning är skriven.",
        "Ingen plan är skickad till staden än.",
        "Inga förslag är skrivna.",
        "Inget hinder är lyft till staden.",
    ):
        assert told in words


def test_markup_in_what_people_write_is_text(report):
    written = Written(texts={"summary": "<script>alert(1)</script>"})
    html = report_html(replace(report, written=written))
    assert "<script" not in html and "&lt;script&gt;" in html


# --- A PDF for everybody


def test_it_names_its_language_and_title_and_declares_pdf_ua(drafted):
    assert str(drafted.Root.Lang) == "sv"
    assert str(drafted.docinfo.Title) == "Årsrapport 2025, Stockholms stad"
    assert drafted.Root.ViewerPreferences.DisplayDocTitle
    assert drafted.Root.MarkInfo.Marked
    assert drafted.open_metadata()["pdfuaid:part"] == "1"


def test_no_heading_skips_a_level(drafted):
    levels = [int(str(each.S)[2]) for each in elements(drafted) if re.fullmatch(r"/H\d", str(each.S))]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))


def test_each_table_on_each_page_is_regular_and_its_heads_say_what_they_are_of(drafted):
    for rows in tables(drafted):
        kind, cells = rows[0]
        assert kind == Name.THead
        assert all(cell.S == Name.TH and cell.A.Scope == Name.Column for cell in cells)
        if not any("/ColSpan" in cell.A for cell in cells):
            assert_regular(rows)
        scopes = [cell.A.Scope for group, row in rows if group == Name.TBody for cell in row if cell.S == Name.TH]
        assert len(scopes) >= len([1 for group, _ in rows if group == Name.TBody])
        assert set(scopes) == {Name.Row}


def test_every_drawing_has_a_text_alternative(drafted):
    drawings = [each for each in elements(drafted) if Name.Figure == each.S]
    assert len(drawings) > 20
    assert all(str(each.get("/Alt", "")) for each in drawings)


def test_a_bar_says_its_numbers(report):
    read = ReadPdf(pdf_bytes(replace(report, indicators=(), written=Written())))
    alternatives = [str(each.get("/Alt", "")) for each in read.elements(Name.Figure)]
    line = Page(report).statuses.lines[0]
    told = ", ".join(f"{each.number} {each.label}" for each in line.numbers if each.number)
    assert f"{line.title}: {told}" in alternatives


def test_what_stands_in_the_margins_is_not_read_aloud(drafted):
    for page in drafted.pages:
        shown = list(page_text_operators(page))
        assert True in shown and False in shown
    used = {str(element.objgen) for element in elements(drafted)}
    assert all(str(owner.objgen) in used for owner in parent_tree_owners(drafted))


def test_all_fonts_are_ours_and_embedded(drafted):
    names = {re.sub(r"^/\w+\+|,$", "", str(font.FontName)) for font in fonts(drafted)}
    assert names and all(name.startswith("Source-Sans-3") for name in names)
    assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts(drafted))


def test_the_widest_tables_lie_and_the_rest_stands_on_a4(drafted):
    sizes = [tuple(round(float(side) / 72 * 25.4) for side in page.MediaBox[2:]) for page in drafted.pages]
    assert set(sizes) == {(210, 297), (297, 210)}
    assert sizes[0] == sizes[1] == (210, 297)
    assert sizes[-1] == (297, 210)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is not installed")
def test_no_word_of_an_action_falls_outside_the_page(draft, tmp_path):
    path = tmp_path / "report.pdf"
    path.write_bytes(draft)
    found = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, text=True, check=True).stdout
    width = 0
    for line in found.splitlines():
        if page := re.search(r'<page width="([\d.]+)"', line):
            width = float(page[1])
        if word := re.search(r'xMax="([\d.]+)"', line):
            assert float(word[1]) <= width - 30, line


# --- For the archive


def test_the_archived_report_declares_both_standards(archived):
    pdf = opened(archived)
    metadata = pdf.open_metadata()
    assert metadata.pdfa_status == "3A"
    assert metadata["pdfuaid:part"] == "1"
    assert [intent.S for intent in pdf.Root.OutputIntents] == [Name.GTS_PDFA1]


def test_the_attached_files_come_back_byte_for_byte(archived):
    pdf = opened(archived)
    for name, content, mime_type, description in ATTACHMENTS:
        file = pdf.attachments[name].get_file()
        assert (file.read_bytes(), file.mime_type) == (content, mime_type)
        assert pdf.attachments[name].description == description
    associated = [(str(file.UF), file.AFRelationship) for file in pdf.Root.AF]
    assert associated == [(name, Name.Alternative) for name, *_ in ATTACHMENTS]


@pytest.mark.skipif(shutil.which("verapdf") is None, reason="veraPDF is not installed")
@pytest.mark.parametrize("flavour", ["3a", "ua1"])
def test_verapdf_accepts_it(archived, tmp_path, flavour):
    path = tmp_path / "report.pdf"
    path.write_bytes(archived)
    result = subprocess.run(["verapdf", "--flavour", flavour, path], capture_output=True, text=True, check=False)
    assert 'isCompliant="true"' in result.stdout, result.stdout


# --- Colours


def test_everything_that_a_bar_is_divided_by_has_a_colour_of_its_own():
    in_bars = [code for code in KINDS if code not in (figures.COUNTED, figures.SIDES, figures.OBSTACLES)]
    not_drawn = (figures.EXPERIENCE, figures.SHARED, figures.SHARED_CAUSES, figures.INTEGRATED)
    for code in in_bars:
        fills = [fill_of(kind) for kind in KINDS[code] if code not in not_drawn]
        assert len(set(fills)) == len(fills), code
        assert code in not_drawn or set(KINDS[code]) <= set(FILLS), code
    assert not {code for code, _ in SIDES} & set(FILLS)  # theirs is a table of heat, not of bars
