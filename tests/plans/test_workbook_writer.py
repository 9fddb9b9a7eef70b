"""The workbook that goes out is the template, and shows everything that is in it."""

import shutil
import subprocess
from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
from openpyxl.utils import range_boundaries

from plans.document import MAX_TEXT, Action, AreaSection, Cause, Problem
from plans.workbook import workbook_bytes
from tests.plans.workbooks import HEADERS, HELP, as_bytes, fixture, read
from trygghet.xlsx import MAX_ROW_HEIGHT, line_count, tab_name, text_height

LONG = "En lång text om otryggheten i centrum. " * 12  # past COUNTIF's 255 characters


@pytest.fixture(scope="module")
def workbook(skarholmen):
    """The real plan as a workbook."""
    return openpyxl.load_workbook(BytesIO(workbook_bytes(skarholmen)))


def with_problems(document, *problems, **area):
    """Return the document with the problems in its first area and nothing in the others."""
    first, *others = document.areas
    return replace(
        document,
        areas=(
            replace(first, problems=problems, **area),
            *(replace(other, problems=(), overarching_goal="") for other in others),
        ),
    )


def area_sheet(document, at=0):
    """Return the sheet of the area, as written."""
    return openpyxl.load_workbook(BytesIO(workbook_bytes(document))).worksheets[1 + at]


def one_row(**texts):
    """Return a problem of one row."""
    return Problem(title="P", causes=(Cause(text="O", actions=(Action(order=1, **texts),)),))


# --- The template


def test_the_tabs_are_the_templates(workbook):
    assert workbook.sheetnames == fixture().sheetnames


def test_every_area_has_the_templates_header_and_help_row(workbook):
    for name, sheet in zip(workbook.sheetnames[1:-1], workbook.worksheets[1:-1], strict=True):
        assert [cell.value for cell in sheet[1]][1:7] == list(HEADERS), name
        assert [cell.value for cell in sheet[2]][:7] == list(HELP), name


def texts_by_column(sheet):
    """Return each column's texts from above; a row that is too high for Excel is several of ours."""
    return {
        column: [cell.value for cell in cells if cell.value]
        for column, cells in zip("ABCDEFG", sheet.iter_cols(max_col=7), strict=True)
    }


def merged(sheet):
    """Return the sheet's merged cells that hold a text."""
    return {str(area) for area in sheet.merged_cells.ranges if sheet.cell(area.min_row, area.min_col).value}


def test_the_cells_and_the_merged_cells_are_those_of_the_real_workbook(workbook):
    for real in fixture().worksheets[1:-2]:
        ours = workbook[real.title]
        assert texts_by_column(ours) == texts_by_column(real)
        if ours.max_row == real.max_row:
            assert merged(ours) == merged(real)


def test_the_instruction_has_the_years_text_and_live_links(workbook, skarholmen):
    sheet = workbook["Instruktion"]
    texts = [cell.value for cell in sheet["A"] if cell.value]

    assert texts[0] == "Åtgärdsplan 2025"
    assert set(skarholmen.instructions) <= set(texts)
    assert {cell.hyperlink.target for cell in sheet["A"] if cell.hyperlink} == {
        link.url for link in skarholmen.links if link.url
    }


def test_a_page_is_a3_landscape_one_page_wide_with_repeated_header(workbook):
    sheet = workbook.worksheets[1]

    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 8)
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.freeze_panes == "A2"
    assert sheet.oddFooter.left.text == "Åtgärdsplan 2025 – Skärholmen"
    assert sheet.oddFooter.right.text == "Sida &P av &N"


def test_the_row_ids_are_hidden(workbook):
    assert workbook.worksheets[1].column_dimensions["H"].hidden


def test_the_file_says_its_title_and_language(workbook):
    assert workbook.properties.title == "Åtgärdsplan 2025 – Skärholmen"
    assert workbook.properties.language == "sv-SE"


# --- Texts


@pytest.mark.parametrize("text", ["=1+1", "+46", "-x", "@SUM(A1)", '=HYPERLINK("http://x")', "=\n1"])
def test_a_text_that_looks_like_a_formula_is_a_text(skarholmen, text):
    cell = area_sheet(with_problems(skarholmen, one_row(text=text)))["C3"]

    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.quotePrefix


def test_only_the_analysis_has_formulas(workbook):
    tabs = {sheet.title for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.data_type == "f"}

    assert tabs == {"Analys"}


def test_a_text_that_looks_escaped_is_shown_as_it_is(skarholmen):
    document = with_problems(skarholmen, one_row(text="_x0041_"))

    assert area_sheet(document)["C3"].value == "_x005F_x0041_"
    assert read(workbook_bytes(document)).document == document


def test_a_control_character_that_slipped_in_never_crashes(skarholmen):
    sheet = area_sheet(with_problems(skarholmen, one_row(text="a\x0bb\x00\ud800\uffff")))

    assert sheet["C3"].value == "ab"


@pytest.mark.parametrize("title", ["a/b\\c?d*e[f]g:h", "'citat'", "x" * 60, "🦺" * 20, "History", "Analys", "  "])
def test_any_area_name_becomes_a_tab_name(skarholmen, title):
    own = AreaSection(number=6, title=title.strip() or "Eget", canonical_title=title, sheet=title, problems=())
    written = openpyxl.load_workbook(BytesIO(workbook_bytes(replace(skarholmen, areas=(own, own)))))

    assert len(set(map(str.casefold, written.sheetnames))) == 5
    for name in written.sheetnames:
        assert 0 < len(name.encode("utf-16-le")) <= 62
        assert not set(name) & set("\\/?*[]:")


@pytest.mark.parametrize("title", ["Mopeder: bilar/test", "Mopeder / bilar [test]", "Mopeder:/bilar : * test"])
def test_what_a_tab_name_cannot_hold_becomes_a_single_space(title):
    assert tab_name(title, set()) == "Mopeder bilar test"


def test_a_tab_name_that_is_taken_gets_a_number():
    taken = {"analys"}

    assert [tab_name("Analys", taken), tab_name("analys", taken)] == ["Analys (2)", "analys (3)"]


def test_an_ampersand_in_the_footer_is_an_ampersand(skarholmen):
    sheet = area_sheet(replace(skarholmen, district="Hägersten & Älvsjö"))

    assert sheet.oddFooter.left.text == "Åtgärdsplan 2025 – Hägersten && Älvsjö"


# --- Heights


def heights(sheet, top, bottom):
    """Return the sum of the rows' heights, in points."""
    return sum(sheet.row_dimensions[row].height for row in range(top, bottom + 1))


def test_every_cell_is_as_high_as_its_text(skarholmen):
    texts = {"text": "Å " * 3_000, "goals": "mål\n" * 90, "when": "x" * MAX_TEXT, "who": "", "follow_up": "Kort"}
    document = with_problems(
        skarholmen,
        Problem(title="Problemets namn " * 40, causes=(Cause(text=LONG), Cause(text=LONG * 12))),
        one_row(**texts),
        overarching_goal=LONG,
    )
    sheet = area_sheet(document)
    merged = {tuple(range_boundaries(str(area)))[:2]: area.max_row for area in sheet.merged_cells.ranges}
    for row in sheet.iter_rows(min_row=2, max_col=7):
        for cell in row:
            if cell.value:
                width = sheet.column_dimensions[cell.column_letter].width
                bottom = merged.get((cell.column, cell.row), cell.row)
                shown = heights(sheet, cell.row, bottom)
                assert shown >= text_height(cell.value, width, cell.font.size) - 1, cell.coordinate
    assert all(size.height <= MAX_ROW_HEIGHT for size in sheet.row_dimensions.values() if size.height)
    assert read(workbook_bytes(document)).document == document


@pytest.mark.parametrize(
    ("text", "lines"),
    [("kort", 1), ("en\ntvå\n\nfyra", 4), ("ord " * 100, 12), ("x" * 400, 11), ("”å” – ö " * 50, 10), ("🦺" * 60, 5)],
)
def test_lines_are_counted_as_a_column_wraps_them(text, lines):
    assert line_count(text, 30, 9) == pytest.approx(lines, abs=2)


# --- Analysis


def analysis(content):
    """Return the numbers that the analysis tab shows, by row label."""
    sheet = openpyxl.load_workbook(BytesIO(content), data_only=True)["Analys"]
    return {row[0]: row[1:4] for row in sheet.iter_rows(min_row=5, values_only=True)}


def calculated(content, folder):
    """Return the workbook after LibreOffice has calculated it anew."""
    settings = folder / "profile" / "user" / "registrymodifications.xcu"
    settings.parent.mkdir(parents=True)
    settings.write_text(
        '<oor:items xmlns:oor="http://openoffice.org/2001/registry">'
        '<item oor:path="/org.openoffice.Office.Calc/Formula/Load">'
        '<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>'
    )
    (folder / "plan.xlsx").write_bytes(content)
    command = ["libreoffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx"]
    subprocess.run(
        [*command, "--outdir", str(folder / "out"), str(folder / "plan.xlsx")],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return (folder / "out" / "plan.xlsx").read_bytes()


def test_the_analysis_already_shows_the_right_numbers(skarholmen):
    shown = analysis(workbook_bytes(skarholmen))

    assert shown.pop("Totalt") == (14, 26, 31)
    assert shown.pop("Eget område (mall)") == (0, 0, 0)
    assert list(shown.values()) == [section.counts() for section in skarholmen.areas]


@pytest.mark.skipif(shutil.which("libreoffice") is None, reason="LibreOffice calculates the formulas")
def test_the_formulas_give_the_same_numbers_as_we_do_and_follow_what_is_typed(skarholmen, tmp_path):
    twice = (
        Cause(text=LONG, actions=(Action(order=1, text="ett", also_causes=(2,)), Action(order=3, text="tre"))),
        Cause(text=LONG, actions=(Action(order=2, text=LONG),)),
        Cause(text="", actions=(Action(order=4, text="", goals="bara mål"),)),
        Cause(text="utan åtgärd"),
    )
    document = with_problems(
        skarholmen,
        Problem(title="Samma", causes=twice, overarching_goal="Ett mål"),
        Problem(title="Samma", causes=(Cause(text=LONG, actions=(Action(order=1, text="fyra"),)),)),
        Problem(title="ÖVERGRIPANDE MÅL i namnet"),
        Problem(title="", causes=(Cause(text="utan problem"),)),
        overarching_goal="Områdets mål",
        not_applicable_reason="Kanske",
    )
    workbook = openpyxl.load_workbook(BytesIO(workbook_bytes(document)))
    first, second = workbook.worksheets[1:3]
    last = first.max_row
    for at, row in enumerate(
        [("Typat", "Typad orsak", "å"), (None, None, "å"), (None, "Ny orsak", "å"), (None, "Ny orsak", "ö")], start=1
    ):
        for column, text in enumerate(row, start=1):
            first.cell(last + at, column).value = text
            second.cell(2 + at, column).value = text
    content = as_bytes(workbook)
    assert analysis(content)["Totalt"] == (None, None, None)

    shown = analysis(calculated(content, tmp_path))

    expected = read(content).document
    assert shown.pop("Totalt") == expected.counts()
    assert shown.pop("Eget område (mall)") == (0, 0, 0)
    assert list(shown.values()) == [section.counts() for section in expected.areas]
    assert expected.areas[0].counts() == document.areas[0].counts() + (1, 2, 4)
