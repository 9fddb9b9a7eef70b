"""The plan on paper. What is checked, and what is not:

veraPDF is used where it is installed (it cannot be had from Debian, PyPI or
npm). Everywhere else the structure is checked through pikepdf: language,
title, tags, regular tables with header scope, artifacts, embedded fonts,
declared standards, output intent, attachments. Not checked without veraPDF:
contrast, reading order, the syntax of each object, and glyph widths.
"""

import hashlib
import io
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from html import unescape
from zoneinfo import ZoneInfo

import pikepdf
import pytest
from pikepdf import Name

from plans.document import Action, AreaSection, Cause, PlanDocument, Problem
from plans.grid import COLUMNS, problems
from plans.pdf import Cover, Paper, archive_pdf, plan_html, plan_pdf
from trygghet.pdf import AddressRefused, render_pdf

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ATTACHMENTS = [
    ("Åtgärdsplan 2025 Skärholmen.xlsx", b"PK\x03\x04 workbook", XLSX, "Planen som arbetsbok"),
    ("Åtgärdsplan 2025 Skärholmen.json", '{"title": "Åtgärdsplan"}'.encode(), "application/json", "Planen som data"),
]


def cover(**values):
    known = {
        "district": "Skärholmen",
        "year": 2025,
        "state": "Beslutad",
        "version": "Version 2",
        "parties": ("Skärholmens stadsdelsförvaltning", "Lokalpolisområde Skärholmen"),
        "decision": "Lokala styrgruppen 2025-03-12, § 4",
        "is_draft": False,
        "made_at": datetime(2025, 3, 14, 10, 42, tzinfo=ZoneInfo("Europe/Stockholm")),
    }
    return Cover(**known | values)


def plan_of(*problems, **area):
    section = AreaSection(number=1, title="Ett", canonical_title="Ett", sheet="1", problems=problems, **area)
    return PlanDocument(title="Åtgärdsplan 2025", year=2025, district="Skärholmen", areas=(section,))


def one_row(**action):
    cause = Cause(text="Orsaken", actions=(Action(order=1, **{"text": "Åtgärden"} | action),))
    return plan_of(Problem(title="Problemet", causes=(cause,)))


def texts_of(document):
    for area in document.areas:
        yield from (area.canonical_title, area.overarching_goal)
        for problem in area.problems:
            yield problem.title
            for cause in problem.causes:
                yield cause.text
                for action in cause.actions:
                    yield from (action.text, action.goals, action.when, action.who, action.follow_up)


def opened(content):
    return pikepdf.open(io.BytesIO(content))


@pytest.fixture(scope="module")
def printed(skarholmen):
    """The real plan as PDF, opened."""
    return opened(plan_pdf(skarholmen, cover()))


@pytest.fixture(scope="module")
def archived(skarholmen):
    """The real plan as archived, as bytes."""
    return archive_pdf(skarholmen, cover(), ATTACHMENTS)


# --- What the page says


def visible(html):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_the_cover_says_whose_plan_it_is_where_it_stands_and_who_decided(skarholmen):
    page = visible(plan_html(skarholmen, cover()))
    for text in (
        "Åtgärdsplan 2025, Skärholmen",
        "Beslutad",
        "Version 2",
        "Skärholmens stadsdelsförvaltning",
        "Lokalpolisområde Skärholmen",
        "Lokala styrgruppen 2025-03-12, § 4",
        "Tillsammans 14 problemområden, 26 orsaker och 31 åtgärder.",
    ):
        assert text in page


def test_a_plan_nobody_decided_says_so(skarholmen):
    assert "Inte beslutad än" in visible(plan_html(skarholmen, cover(decision="")))


def test_every_text_of_the_plan_stands_on_the_page_as_written(skarholmen):
    page = unescape(plan_html(skarholmen, cover()))
    for text in texts_of(skarholmen):
        assert text in page


def test_the_analysis_comes_last_and_counts_each_area(skarholmen):
    analysis = visible(plan_html(skarholmen, cover()).split('id="analys"')[1])
    assert "2 Otrygga och brottsutsatta platser 7 9 8" in analysis
    assert "Totalt 14 26 31" in analysis


def test_only_example_data_is_called_example_data(skarholmen):
    assert "Exempeldata" in plan_html(skarholmen, cover(is_example=True))
    assert "Exempeldata" not in plan_html(skarholmen, cover())


def test_an_area_not_relevant_this_year_says_why():
    page = visible(plan_html(plan_of(not_applicable_reason="Inga öppna drogscener i området."), cover()))
    assert "Inte aktuellt i år Inga öppna drogscener i området." in page
    assert "Operativa mål" not in page


def test_an_areas_goals_are_numbered_under_its_title():
    page = plan_html(plan_of(code="unga"), cover(), objectives={"unga": ["Färre unga begår brott"]})
    assert "<li>Färre unga begår brott</li>" in page


def test_what_is_missing_is_named_and_the_follow_up_column_stays_empty():
    page = plan_html(plan_of(Problem(causes=(Cause(text=""),))), cover())
    for text in ("Problemområde saknas", "Orsak saknas", "Åtgärd saknas"):
        assert f'<i class="missing">{text}</i>' in page
    assert '<td class="follow_up"></td>' in page


def test_markup_in_a_cell_is_text():
    page = plan_html(one_row(text="<script>alert(1)</script>"), cover())
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_line_breaks_and_spaces_in_a_cell_are_kept():
    assert '<td class="goals">Ett:\n\n  – två\n  – tre</td>' in plan_html(
        one_row(goals="Ett:\n\n  – två\n  – tre"), cover()
    )


def test_the_page_to_view_links_its_stylesheets_and_runs_nothing(skarholmen):
    page = plan_html(skarholmen, cover(is_draft=True), paper=Paper.A4)
    assert re.findall(r'href="/static/(css/[^"]+)"', page) == [
        "css/print.css",
        "css/print-a4.css",
        "css/print-draft.css",
    ]
    assert "<script" not in page and "style=" not in page


# --- Rows


def problem_rows(problem):
    """The problem's rows as they are printed."""
    section = AreaSection(number=1, title="Område", canonical_title="Område", sheet="Flik", problems=(problem,))
    return problems(section, versions={})[0].rows


def spans(problem):
    return [[(cell.column.name, cell.rowspan) for cell in row] for row in problem_rows(problem)]


def test_problem_and_cause_span_their_rows():
    actions = (Action(order=1, text="A"), Action(order=2, text="B"))
    rows = spans(Problem(title="P", causes=(Cause(text="C", actions=actions),)))
    assert rows[0][:3] == [("problem", 2), ("cause", 2), ("action", 1)]
    assert [name for name, _ in rows[1]] == ["action", "goals", "when", "who", "follow_up"]


def test_a_cell_shared_with_the_row_above_is_printed_once():
    actions = (
        Action(order=1, text="A", when="Våren"),
        Action(order=2, text="B", when="Våren", shared_cells=("when",)),
        Action(order=3, text="C", when="Hösten", shared_cells=("when",)),
    )
    first, second, third = spans(Problem(causes=(Cause(text="C", actions=actions),)))
    assert ("when", 2) in first
    assert "when" not in dict(second)
    assert ("when", 1) in third  # it no longer says the same


def test_an_action_that_answers_the_next_cause_too_spans_both():
    causes = (Cause(text="C1", actions=(Action(order=1, text="A", also_causes=(2,)),)), Cause(text="C2"))
    first, second = problem_rows(Problem(title="P", causes=causes))
    assert {cell.column.name: cell.rowspan for cell in first}["action"] == 2
    assert [cell.column.name for cell in second] == ["cause"]
    assert not any(cell.note for cell in first)


def test_an_action_that_answers_a_cause_further_down_says_which():
    first = Cause(text="C1", actions=(Action(order=1, text="A", also_causes=(3,)),))
    second = Cause(text="C2", actions=(Action(order=2, text="B"),))
    rows = problem_rows(Problem(title="P", causes=(first, second, Cause(text="C3"))))
    assert rows[0][2].note == "Gäller också orsak 3"
    assert rows[2][1].missing == "Åtgärdas under orsak 1"


def test_a_cause_the_actions_come_back_to_is_named_again():
    first = Cause(text="C1", actions=(Action(order=1, text="A"), Action(order=3, text="C")))
    second = Cause(text="C2", actions=(Action(order=2, text="B"),))
    again = problem_rows(Problem(title="P", causes=(first, second)))[2][0]
    assert (again.text, again.number, again.note) == ("C1", "1", "Forts. från ovan")


# --- The file


def elements(pdf):
    """Yield the structure elements that can be reached from the root, in reading order."""
    waiting = [pdf.Root.StructTreeRoot.K]
    while waiting:
        item = waiting.pop()
        if isinstance(item, pikepdf.Array):
            waiting.extend(reversed(list(item)))
        elif isinstance(item, pikepdf.Dictionary) and "/S" in item:
            yield item
            if "/K" in item:
                waiting.append(item.K)


def kids(element, *kinds):
    return [kid for kid in element.K if isinstance(kid, pikepdf.Dictionary) and kid.S in kinds]


def rows_of(table):
    groups = kids(table, Name.THead, Name.TBody)
    return [(group.S, kids(row, Name.TH, Name.TD)) for group in groups for row in kids(group, Name.TR)]


def tables(pdf):
    return [rows_of(element) for element in elements(pdf) if Name.Table == element.S]


def fonts(pdf):
    return [
        item
        for item in pdf.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == Name.FontDescriptor
    ]


def page_text_operators(page):
    """Yield (is_artifact, operator) for each text that is shown on the page."""
    marks = []
    for instruction in pikepdf.parse_content_stream(page):
        operator = str(instruction.operator)
        if operator in ("BDC", "BMC"):
            marks.append(instruction.operands[0])
        elif operator == "EMC":
            marks.pop()
        elif operator in ("Tj", "TJ"):
            yield Name.Artifact in marks


def test_it_names_its_language_and_title(printed):
    assert str(printed.Root.Lang) == "sv"
    assert str(printed.docinfo.Title) == "Åtgärdsplan 2025, Skärholmen"
    assert printed.Root.ViewerPreferences.DisplayDocTitle
    assert printed.Root.MarkInfo.Marked


def test_it_declares_pdf_ua(printed):
    assert printed.open_metadata()["pdfuaid:part"] == "1"


def test_headings_come_in_order(printed):
    headings = [str(element.S) for element in elements(printed) if re.fullmatch(r"/H\d", str(element.S))]
    assert headings == ["/H1"] + ["/H2"] * 7  # contents, five areas, analysis


def test_each_table_on_each_page_has_the_column_headers(printed):
    plan = [rows for rows in tables(printed) if len(rows[0][1]) == 7]
    assert len(plan) == len(printed.pages) - 2  # neither cover nor analysis
    for rows in plan:
        kind, cells = rows[0]
        assert kind == Name.THead
        assert [(cell.S, cell.A.Scope) for cell in cells] == [(Name.TH, Name.Column)] * 7


def test_problems_are_headers_of_their_rows(printed):
    scopes = [
        cell.A.Scope
        for rows in tables(printed)
        for kind, cells in rows
        if kind == Name.TBody
        for cell in cells
        if cell.S == Name.TH
    ]
    assert scopes == [Name.Row] * (14 + 6)  # the problems, and the analysis' rows


def assert_regular(rows):
    """Every row has a cell, its own or one from above, in every column."""
    columns, covered = len(rows[0][1]), {}
    for at, (_, cells) in enumerate(rows):
        free = [column for column in range(columns) if covered.get(column, 0) <= at]
        assert len(cells) == len(free)
        for column, cell in zip(free, cells, strict=True):
            covered[column] = at + int(cell.A.get("/RowSpan", 1))
    assert max(covered.values()) <= len(rows)


def test_tables_are_regular_on_every_page(printed):
    for rows in tables(printed):
        assert_regular(rows)


def test_what_stands_in_the_margins_is_not_read_aloud(printed):
    for page in printed.pages:
        shown = list(page_text_operators(page))
        assert True in shown and False in shown
    used = {str(element.objgen) for element in elements(printed)}
    for owner in parent_tree_owners(printed):
        assert str(owner.objgen) in used


def parent_tree_owners(pdf):
    numbers = pdf.Root.StructTreeRoot.ParentTree.Nums
    for owners in list(numbers)[1::2]:
        if isinstance(owners, pikepdf.Array):
            yield from (owner for owner in owners if owner is not None)
        else:
            yield owners


def test_all_fonts_are_ours_and_embedded(printed):
    names = {re.sub(r"^/\w+\+|,$", "", str(font.FontName)) for font in fonts(printed)}
    assert names >= {"Source-Sans-3", "Source-Sans-3-Semi-Bold", "Source-Sans-3-Bold"}
    assert all(name.startswith("Source-Sans-3") for name in names)
    assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts(printed))


def test_bold_is_drawn_bolder(printed):
    """The shipped font is variable: were it embedded as it is, all weights would look alike."""
    files = {str(font.FontName).split("+")[1]: font.FontFile2.read_bytes() for font in fonts(printed)}
    assert len({hashlib.sha256(content).digest() for content in files.values()}) == len(files)


def test_it_is_landscape_a3_or_a4(printed, skarholmen):
    a4 = opened(plan_pdf(skarholmen, cover(), paper=Paper.A4))
    millimetres = [[round(float(side) / 72 * 25.4) for side in pdf.pages[0].MediaBox[2:]] for pdf in (printed, a4)]
    assert millimetres == [[420, 297], [297, 210]]


def test_utkast_lies_across_each_page_of_a_draft_only(printed, skarholmen):
    draft = opened(plan_pdf(skarholmen, cover(is_draft=True)))
    assert all(draws_background(page) for page in draft.pages)
    assert not any(draws_background(page) for page in printed.pages)


def draws_background(page):
    """Whether the page begins, before any text, by drawing a picture that is an artifact."""
    operators = [(str(item.operator), item.operands) for item in pikepdf.parse_content_stream(page)]
    names = [name for name, _ in operators]
    before_text = operators[: names.index("BT")]
    drawn = [at for at, (name, _) in enumerate(before_text) if name == "Do"]
    return bool(drawn) and ("BMC", [Name.Artifact]) in [(name, list(with_)) for name, with_ in before_text[: drawn[0]]]


def test_no_script_and_nothing_fetched(printed):
    assert "/OpenAction" not in printed.Root and "/AA" not in printed.Root
    actions = [
        item
        for item in printed.objects
        if isinstance(item, pikepdf.Dictionary) and item.get("/S") in (Name.JavaScript, Name.URI)
    ]
    assert actions == []


def test_links_in_the_contents_are_described_by_their_words(printed):
    links = [str(link.Contents) for link in printed.pages[0].Annots]
    assert links[:2] == ["Unga i riskzon för destruktivt beteende", "Otrygga och brottsutsatta platser"]
    assert len(links) == 5


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/x.png",
        "file:///etc/hostname",
        "/static/../manage.py",
        "/static/nothing.png",
        "/media/x.png",
    ],
)
def test_nothing_but_static_files_is_read(address):
    with pytest.raises(AddressRefused, match="Inte en statisk fil"):
        render_pdf(f'<html lang="sv"><title>T</title><img alt="" src="{address}"></html>', stylesheets=[])


def test_it_can_be_made_in_several_threads_at_once():
    document = one_row()
    with ThreadPoolExecutor(4) as threads:
        files = list(threads.map(lambda _: plan_pdf(document, cover()), range(8)))
    assert all(len(opened(content).pages) == 3 for content in files)


# --- The archive


def test_the_archived_plan_declares_both_standards(archived):
    pdf = opened(archived)
    metadata = pdf.open_metadata()
    assert metadata.pdfa_status == "3A"
    assert metadata["pdfuaid:part"] == "1"
    assert b"pdfaExtension:schemas" in pdf.Root.Metadata.read_bytes()
    assert [intent.S for intent in pdf.Root.OutputIntents] == [Name.GTS_PDFA1]
    assert "/ID" in pdf.trailer


def test_the_attached_files_come_back_byte_for_byte(archived):
    pdf = opened(archived)
    for name, content, mime_type, description in ATTACHMENTS:
        file = pdf.attachments[name].get_file()
        assert (file.read_bytes(), file.mime_type, pdf.attachments[name].description) == (
            content,
            mime_type,
            description,
        )


def test_each_attached_file_is_associated_once_and_says_how(archived):
    pdf = opened(archived)
    associated = [(str(file.UF), file.AFRelationship) for file in pdf.Root.AF]
    assert associated == [(name, Name.Alternative) for name, *_ in ATTACHMENTS]


@pytest.mark.skipif(shutil.which("verapdf") is None, reason="veraPDF is not installed")
@pytest.mark.parametrize("flavour", ["3a", "ua1"])
def test_verapdf_accepts_it(archived, tmp_path, flavour):
    path = tmp_path / "plan.pdf"
    path.write_bytes(archived)
    result = subprocess.run(["verapdf", "--flavour", flavour, path], capture_output=True, text=True, check=False)
    assert 'isCompliant="true"' in result.stdout, result.stdout


# --- Bad input

WORDS = [f"ord{number}" for number in range(1, 1300)]
LONG = " ".join(WORDS)[:8000]


@pytest.mark.parametrize("column", ["text", "goals", "when", "who", "follow_up"])
def test_a_text_longer_than_a_page_goes_on_over_pages_with_headers(column):
    pdf = opened(plan_pdf(one_row(**{column: LONG}), cover()))
    plan = [rows for rows in tables(pdf) if len(rows[0][1]) == 7]
    assert len(plan) > 1
    assert len(plan) == len(pdf.pages) - 2
    for rows in plan:
        assert rows[0][0] == Name.THead
        assert_regular(rows)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is not installed")
@pytest.mark.parametrize("where", ["title", "cause", "when"])
def test_no_word_of_a_long_text_is_lost(tmp_path, where):
    actions = tuple(
        Action(order=number, text=f"Åtgärd {number}", when=LONG if where == "when" else "") for number in (1, 2)
    )
    cause = Cause(text=LONG if where == "cause" else "Orsak", actions=actions)
    path = tmp_path / "plan.pdf"
    path.write_bytes(plan_pdf(plan_of(Problem(title=LONG if where == "title" else "P", causes=(cause,))), cover()))
    text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    assert set(LONG.split()) <= set(text.split())


def test_emoji_and_other_scripts_do_not_stop_it():
    pdf = opened(plan_pdf(one_row(text="Trygga trappan 😀 👩‍👩‍👧 – łódź • العربية", who="Žižka"), cover()))
    assert all("/FontFile2" in font or "/FontFile3" in font for font in fonts(pdf))


def test_a_plan_of_three_hundred_rows_is_printed_whole(skarholmen):
    large = replace(skarholmen, areas=tuple(replace(area, problems=area.problems * 10) for area in skarholmen.areas))
    pdf = opened(plan_pdf(large, cover()))
    cells = sum(len(cells) for rows in tables(pdf) for kind, cells in rows if kind == Name.TBody)
    assert large.counts().actions == 310
    assert cells >= 310 * len(COLUMNS[2:])
