"""The workbooks people really have are read for what they say."""

from datetime import datetime, time
from io import BytesIO

import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from plans import open_format
from plans.document import Counts
from plans.workbook import Source, WorkbookRefused, workbook_bytes
from tests.plans.workbooks import FIXTURE, HEADERS, HELP, filled, fixture, messages, problems_of, read
from trygghet import xlsx

PARTS = ("title", "year", "district", "instructions", "links", "areas", "counts")


def only_problem(*rows, **options):
    """Return the one problem that the rows say."""
    (problem,) = problems_of(filled(*rows, **options))
    return problem


# --- The real plan


@pytest.mark.parametrize("part", PARTS)
def test_the_real_workbook_says_what_the_real_data_says(part, skarholmen_data):
    reading = read(FIXTURE.read_bytes())

    assert open_format.to_data(reading.document)[part] == skarholmen_data[part]


def test_the_real_workbook_is_the_real_document(skarholmen):
    assert read(FIXTURE.read_bytes()).document == skarholmen


def test_the_misspelt_heading_is_taken_for_its_area_and_said_so():
    reading = read(FIXTURE.read_bytes())

    assert messages(reading, "guess") == "”Systemhotade brottslighet” är läst som området Systemhotande brottslighet."


def test_each_row_knows_its_cell():
    sources = read(FIXTURE.read_bytes()).sources

    assert sources[1,] == Source("2. Otrygga platser", "A1")
    assert sources[1, 0] == Source("2. Otrygga platser", "A4")
    assert sources[1, 0, 1] == Source("2. Otrygga platser", "B5")
    assert sources[3, 0, 0, 1] == Source("4. Utsatta brottsoffer", "C5")


# --- Rows


@pytest.mark.parametrize("repeated", [("", ""), ("P", "O"), (None, None)], ids=["blank", "repeated", "missing"])
def test_a_row_below_belongs_to_the_problem_and_cause_above(repeated):
    problem = only_problem(("P", "O", "ett"), (*repeated, "två"))

    assert [action.text for action in problem.causes[0].actions] == ["ett", "två"]


def test_merged_cells_hold_their_rows_together():
    workbook = filled(("P", "O1", "ett"), (None, None, "två"), (None, "O2", "tre"))
    workbook.active.merge_cells("A3:A5")
    workbook.active.merge_cells("B3:B4")

    (problem,) = problems_of(workbook)

    assert [(cause.text, len(cause.actions)) for cause in problem.causes] == [("O1", 2), ("O2", 1)]


def test_an_action_merged_over_two_causes_is_one_action_with_two_causes():
    workbook = filled(("P", "O1", "gemensam", "mål"), (None, "O2"), (None, "O3", "egen"))
    workbook.active.merge_cells("C3:C4")

    (problem,) = problems_of(workbook)

    assert [len(cause.actions) for cause in problem.causes] == [1, 0, 1]
    assert problem.causes[0].actions[0].also_causes == (2,)


def test_several_goals_beside_one_merged_action_are_kept_together():
    workbook = filled(("P", "O", "gemensam", "mål 1"), (None, None, None, "mål 2"))
    workbook.active.merge_cells("C3:C4")
    reading = read(workbook)

    (action,) = reading.document.areas[0].problems[0].causes[0].actions
    assert action.goals == "mål 1\n\nmål 2"
    assert "D4" in messages(reading, "guess")


def test_a_cell_merged_over_two_actions_speaks_for_both():
    workbook = filled(("P", "O", "ett", "samma mål"), (None, None, "två", None))
    workbook.active.merge_cells("D3:D4")

    first, second = only_actions(workbook)

    assert (first.goals, first.shared_cells) == ("samma mål", ())
    assert (second.goals, second.shared_cells) == ("samma mål", ("goals",))


def only_actions(workbook):
    """Return the actions of the first cause."""
    return problems_of(workbook)[0].causes[0].actions


def test_a_cause_that_returns_is_the_same_cause():
    problem = only_problem(("P", "O1", "ett"), (None, "O2", "två"), (None, "O1", "tre"))

    assert [[action.order for action in cause.actions] for cause in problem.causes] == [[1, 3], [2]]


def test_a_problem_that_returns_is_the_same_problem_and_said_so():
    reading = read(filled(("P", "O1", "ett"), ("Q", "O2", "två"), ("P", "O3", "tre")))

    assert [problem.title for problem in reading.document.areas[0].problems] == ["P", "Q"]
    assert reading.notes[0].level == "guess"
    assert reading.notes[0].cell == "A5"


def test_the_same_cause_under_two_problems_is_two_causes():
    assert read(filled(("P", "O", "ett"), ("Q", "O", "två"))).document.counts() == Counts(2, 2, 2)


def test_a_row_without_problem_or_cause_is_kept_and_asked_about():
    reading = read(filled((None, None, "lös åtgärd"), (None, "O", "ett")))

    problem = reading.document.areas[0].problems[0]
    assert (problem.title, problem.causes[0].text, problem.causes[0].actions[0].text) == ("", "", "lös åtgärd")
    assert "saknar problem" in messages(reading, "help")
    assert "saknar orsak" in messages(reading, "help")


def test_an_action_is_a_row_with_anything_beside_the_cause():
    action = only_problem(("P", "O", None, None, "Hösten")).causes[0].actions[0]

    assert (action.text, action.when) == ("", "Hösten")


@pytest.mark.parametrize("heading", ["ÖVERGRIPANDE MÅL", "Övergripande  mål:"])
def test_an_overarching_goal_belongs_to_the_area_or_to_the_problem_above(heading):
    (area, *_) = read(
        filled((f"{heading}\nFör området",), ("P", "O", "ett"), (f"{heading}\nFör problemet",))
    ).document.areas

    assert area.overarching_goal == "För området"
    assert [problem.overarching_goal for problem in area.problems] == ["För problemet"]


def test_blank_and_formatted_rows_are_passed_over():
    workbook = filled(("P", "O", "ett"), (), (None, "", " "), (None, "O", "två"))
    for row in range(7, 501):
        for column in range(1, 8):
            workbook.active.cell(row, column).font = openpyxl.styles.Font(size=9)

    assert [action.text for action in only_actions(workbook)] == ["ett", "två"]


def test_a_repeated_header_row_is_no_row():
    assert len(only_problem(("P", "O", "ett"), ("Unga", *HEADERS), (None, "O", "två")).causes[0].actions) == 2


def test_hidden_rows_and_columns_are_read_and_said_so():
    workbook = filled(("P", "O", "ett", "mål"), (None, None, "två"))
    workbook.active.row_dimensions[4].hidden = True
    workbook.active.column_dimensions["D"].hidden = True
    reading = read(workbook)

    assert reading.document.counts().actions == 2
    assert "Rad 4 är dold i arbetsboken men är läst." in messages(reading, "info")
    assert "Kolumnen D är dold i arbetsboken men är läst." in messages(reading, "info")


def test_several_hidden_rows_and_columns_are_told_in_one_sentence_each():
    workbook = filled(*[("P", "O", f"åtgärd {number}", "mål") for number in range(3)])
    for row in (3, 4, 5):
        workbook.active.row_dimensions[row].hidden = True
    for column in "BD":
        workbook.active.column_dimensions[column].hidden = True
    told = messages(read(workbook), "info")

    assert "Raderna 3, 4 och 5 är dolda i arbetsboken men är lästa." in told
    assert "Kolumnerna B och D är dolda i arbetsboken men är lästa." in told


@pytest.mark.parametrize(
    ("into", "sentence"),
    [
        ({"district": "Södermalm"}, "Arbetsboken är märkt Skärholmen, men du läser in den i Södermalms plan."),
        ({"district": "Kungsholms"}, "Arbetsboken är märkt Skärholmen, men du läser in den i Kungsholms plan."),
        ({"year": 2026}, "Arbetsboken är en plan för 2025, men du läser in den i planen för 2026."),
    ],
)
def test_a_workbook_of_another_district_or_year_asks_for_help_first_of_all(into, sentence, skarholmen):
    reading = read(workbook_bytes(skarholmen), **into)

    assert (reading.notes[0].level, reading.notes[0].message) == ("help", sentence)


def test_the_year_is_read_from_the_properties_when_the_title_has_none(skarholmen):
    workbook = openpyxl.load_workbook(BytesIO(workbook_bytes(skarholmen)))
    workbook["Instruktion"]["A2"] = "Vår plan"

    assert "en plan för 2025" in read(workbook, year=2026).notes[0].message


# --- Headers and columns


def test_columns_may_stand_in_any_order():
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "1. Unga i riskzon"
    sheet.append(("Vem", "Unga i riskzon för destruktivt beteende", "När", "Orsak", "Operativa mål", "Åtgärd"))
    sheet.append(("Polisen", "P", "Hösten", "O", "M", "Å"))

    (problem,) = problems_of(workbook)

    action = problem.causes[0].actions[0]
    assert (problem.title, problem.causes[0].text) == ("P", "O")
    assert (action.text, action.goals, action.when, action.who) == ("Å", "M", "Hösten", "Polisen")


def test_headers_are_recognised_however_they_are_typed():
    headers = ("ORSAKER", " åtgärd ", "Operativa\nmål", "NÄR?", "Vem ansvarar", "Uppföjning")

    problem = only_problem(("P", "O", "Å", "M", "N", "V", "U"), headers=headers)

    action = problem.causes[0].actions[0]
    assert (action.goals, action.when, action.who, action.follow_up) == ("M", "N", "V", "U")


def test_the_header_row_may_stand_further_down():
    problem = only_problem(("P", "O", "Å"), above=(("Åtgärdsplan 2025",), (), ("Skärholmen",)))

    assert problem.title == "P"


@pytest.mark.parametrize("header", ["", "Problemområde"])
def test_the_problem_column_needs_no_title(header):
    reading = read(filled(("P", "O", "Å"), title=header))

    assert reading.document.areas[0].title == "Unga i riskzon för destruktivt beteende"
    assert reading.document.areas[0].problems[0].title == "P"


def test_an_unknown_column_is_reported_and_not_read():
    reading = read(filled(("P", "O", "Å", "M", "N", "V", "U", "hemligt"), headers=(*HEADERS, "Kommentar")))

    assert "Kolumnen ”Kommentar” (H) finns inte i mallen och är inte läst." in messages(reading)
    assert "hemligt" not in repr(reading.document)


def test_a_missing_column_is_asked_about():
    reading = read(filled(("P", "O", "Å", "M"), headers=HEADERS[:3]))

    assert "saknar kolumnen Vem" in messages(reading, "help")


# --- Tabs


@pytest.mark.parametrize(
    ("tab", "title", "area"),
    [
        ("Systemhotade brottslighet", "", 2),
        ("Flik", "Systemhotade brottslighet", 2),
        ("3 systemhot. brottsl.", "", 2),
        ("Krim. miljöer", "", 4),
        ("otrygga PLATSER", "", 1),
        ("Flik", "Särskilt utsatta & sårbara brottsoffer", 3),
    ],
)
def test_a_tab_is_recognised_by_its_name_or_title(tab, title, area):
    assert [problem.title for problem in problems_of(filled(("P", "O", "Å"), tab=tab, title=title), area)] == ["P"]


def test_an_area_without_a_tab_is_empty_and_said_so():
    reading = read(filled(("P", "O", "Å")))

    assert [section.code for section in reading.document.areas if not section.problems] == [
        "otrygga-platser",
        "systemhotande",
        "brottsoffer",
        "kriminella-miljoer",
    ]
    assert "ingen flik för området Otrygga och brottsutsatta platser" in messages(reading, "info")


def test_a_tab_of_another_name_is_an_area_of_the_districts_own():
    own = read(filled(("P", "O", "Å"), tab="6. Skolan", title="Skolan som brottsplats")).document.areas[-1]

    assert (own.number, own.code, own.title, own.sheet) == (6, "", "Skolan som brottsplats", "6. Skolan")


def test_the_template_tab_counts_once_something_is_written_in_it():
    title = "Ange prioriterat samverkansområde här"
    empty = read(filled(tab="1. Unga i riskzon").active.parent)
    workbook = filled(("P", "O", "Å"))
    workbook.copy_worksheet(workbook.active).title = "6. Eget område (mall)"
    workbook["6. Eget område (mall)"]["A1"] = title

    assert len(empty.document.areas) == 5
    assert read(workbook).document.areas[-1].problems[0].title == "P"


def test_two_tabs_for_one_area_are_both_kept():
    workbook = filled(("P", "O", "Å"))
    workbook.copy_worksheet(workbook.active)
    reading = read(workbook)

    assert [section.problems[0].title for section in reading.document.areas if section.problems] == ["P", "P"]
    assert reading.document.areas[-1].is_local
    assert "Två flikar liknar området" in messages(reading, "help")


def test_a_tab_that_is_something_else_is_reported():
    workbook = filled(("P", "O", "Å"))
    workbook.create_sheet("Minnesanteckningar")["A1"] = "Ring Anna"

    assert "Fliken ”Minnesanteckningar” följer inte mallen" in messages(read(workbook), "help")


def test_a_broken_analysis_tab_does_not_matter():
    workbook = fixture()
    workbook["Analys"]["B5"] = "=1/0"
    workbook["Analys"].delete_rows(6, 3)

    assert read(workbook).document.counts() == Counts(14, 26, 31)


def test_a_hidden_tab_is_read_and_said_so():
    workbook = filled(("P", "O", "Å"))
    workbook.create_sheet("Annat")
    workbook["1. Unga i riskzon"].sheet_state = "hidden"

    assert "är dold i arbetsboken men är läst" in messages(read(workbook), "info")


@pytest.mark.parametrize(("options", "said"), [({"year": 2026}, "2026"), ({"district": "Farsta"}, "Farsta")])
def test_a_workbook_of_another_year_or_district_is_noticed(options, said):
    assert said in messages(read(FIXTURE.read_bytes(), **options), "help")


# --- Cells


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (datetime(2025, 4, 29), "yyyy-mm-dd", "2025-04-29"),
        (datetime(2025, 4, 29, 14, 30), "yyyy-mm-dd hh:mm", "2025-04-29 14.30"),
        (time(9, 5), "hh:mm", "09.05"),
        (5, "General", "5"),
        (5.0, "General", "5"),
        (2.5, "General", "2,5"),
        (0.25, "0%", "25%"),
        (True, "General", "SANT"),
        ("=1+1", "@", "=1+1"),
        ("+46 8 508", "General", "+46 8 508"),
        ("- punkt", "General", "- punkt"),
        ("@alla", "General", "@alla"),
        ("rad_x000D_\nrad", "General", "rad\nrad"),
        (CellRichText("normal ", TextBlock(InlineFont(i=True), "kursiv")), "General", "normal kursiv"),
    ],
)
def test_a_cell_is_read_as_it_is_seen(value, number_format, text):
    workbook = filled(("P", "O", "Å"))
    cell = workbook.active["E3"]
    cell.value, cell.number_format = value, number_format
    if isinstance(value, str):
        cell.data_type = "s"

    assert only_actions(workbook)[0].when == text


def test_a_formula_is_read_as_its_shown_value_and_said_so():
    workbook, file = filled(("P", "O", "Å", None, "=3+4")), BytesIO()
    xlsx.save(workbook, file, sheet=workbook.active, values={"E3": 7})
    reading = read(file.getvalue())

    assert reading.document.areas[0].problems[0].causes[0].actions[0].when == "7"
    assert "Formeln i E3 är läst som det värde den visar." in messages(reading, "info")


def test_a_formula_without_a_value_is_asked_about():
    assert "Formeln i E3 har inget sparat värde." in messages(read(filled(("P", "O", "Å", None, "=1+1"))), "help")


def test_an_error_value_is_asked_about():
    reading = read(filled(("P", "O", "Å", None, "#REF!")))

    assert "E3 visar ett felvärde, #REF!." in messages(reading, "help")


def test_a_text_that_is_too_long_is_refused_with_its_cell():
    with pytest.raises(WorkbookRefused, match="plan.xlsx.*1. Unga i riskzon.*C3 8\u00a0001 tecken"):
        read(filled(("P", "O", "x" * 8_001)))


def test_a_text_of_8000_characters_is_read():
    assert len(only_problem(("P", "O", "å" * 8_000)).causes[0].actions[0].text) == 8_000


def test_the_help_row_is_no_row():
    assert HELP[0] not in repr(read(filled(("P", "O", "Å"))).document)
