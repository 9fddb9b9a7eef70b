"""What people do to an exported workbook leaves the rows that stayed with their identities."""

from io import BytesIO

import openpyxl
import pytest

from plans.document import Action, AreaSection, Cause, PlanDocument, Problem
from plans.workbook import workbook_bytes
from tests.plans.workbooks import AREAS, as_bytes, messages, read, uids, with_uids

IDS = 8  # column H


def action(order, text, **rest):
    """Return an action that says its text and its own time."""
    return Action(order=order, text=text, when=f"När {text}", **rest)


def plan(*problems, area=0):
    """Return a plan with the problems in the first area, every row with an identity."""
    sections = [
        AreaSection(
            number=template.number,
            code=template.code,
            title=template.title,
            canonical_title=template.title,
            sheet=template.sheet,
            problems=problems if at == area else (),
        )
        for at, template in enumerate(AREAS)
    ]
    return with_uids(PlanDocument(title="Åtgärdsplan 2025", year=2025, district="Skärholmen", areas=tuple(sections)))


PLAN = plan(
    Problem(
        title="P",
        causes=(
            Cause(text="O1", actions=(action(1, "ett"), action(2, "två"))),
            Cause(text="O2", actions=(action(3, "tre"),)),
        ),
    ),
    Problem(title="Q", causes=(Cause(text="O1", actions=(action(1, "fyra"),)),)),
)
# rows of the sheet: 3 ett, 4 två, 5 tre, 6 fyra


def exported(document=PLAN):
    """Return the exported workbook, open in openpyxl, and its first area's sheet."""
    workbook = openpyxl.load_workbook(BytesIO(workbook_bytes(document)))
    return workbook, workbook[AREAS[0].sheet]


def unmerge(sheet):
    """Split every merged cell, as Excel does before it sorts."""
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))


def values(sheet, row):
    """Return a row's values."""
    return [cell.value for cell in sheet[row]]


def put(sheet, row, texts):
    """Write a row's values."""
    for column, text in enumerate(texts, start=1):
        sheet.cell(row, column).value = text


def problems(document):
    """Return the first area's problems."""
    return document.areas[0].problems


def actions(document):
    """Return {text: uid} of the first area's actions."""
    return {
        action.text: action.uid
        for problem in problems(document)
        for cause in problem.causes
        for action in cause.actions
    }


def test_an_untouched_export_keeps_every_identity():
    assert uids(read(as_bytes(exported()[0])).document) == uids(PLAN)


def test_sorted_rows_belong_where_they_did():
    workbook, sheet = exported()
    unmerge(sheet)
    rows = [values(sheet, row) for row in range(3, 7)]
    for row, texts in enumerate(reversed(rows), start=3):
        put(sheet, row, texts)
    document = read(workbook).document

    assert sorted(uids(document)) == sorted(uids(PLAN))
    by_title = {problem.title: problem for problem in problems(document)}
    assert {cause.text: len(cause.actions) for cause in by_title["P"].causes} == {"O1": 2, "O2": 1}
    assert {cause.text: len(cause.actions) for cause in by_title["Q"].causes} == {"O1": 1}


def test_split_cells_that_were_filled_down_say_the_same():
    workbook, sheet = exported()
    unmerge(sheet)
    for row in (4, 5):
        sheet.cell(row, 1).value = "P"
    sheet.cell(4, 2).value = "O1"

    assert read(workbook).document == PLAN


def test_an_edited_text_keeps_its_row():
    workbook, sheet = exported()
    sheet["A3"], sheet["B5"], sheet["C6"] = "P ny", "O2 ny", "fyra ny"
    document = read(workbook).document

    assert uids(document) == uids(PLAN)
    assert [problem.title for problem in problems(document)] == ["P ny", "Q"]


def test_a_row_typed_below_is_new_and_the_others_stay():
    workbook, sheet = exported()
    put(sheet, 7, (None, "O3", "fem"))
    put(sheet, 8, ("R", "O4", "sex"))
    document = read(workbook).document

    assert [problem.title for problem in problems(document)] == ["P", "Q", "R"]
    assert [cause.text for cause in problems(document)[1].causes] == ["O1", "O3"]
    found = actions(document)
    assert found.pop("fem") is None
    assert found.pop("sex") is None
    assert found == actions(PLAN)


def test_a_copied_row_is_new_and_said_so():
    workbook, sheet = exported()
    put(sheet, 7, values(sheet, 6)[:2] + ["fyra igen"] + values(sheet, 6)[3:])
    reading = read(workbook)

    assert actions(reading.document) == actions(PLAN) | {"fyra igen": None}
    assert "1 kopierad rad läses som ny: C7." in messages(reading)


def test_a_problem_copied_and_renamed_is_new_with_all_its_rows():
    workbook, sheet = exported()
    put(sheet, 7, ["Q2", *values(sheet, 6)[1:]])
    document = read(workbook).document

    copy = problems(document)[2]
    assert (copy.title, copy.uid, copy.causes[0].uid, copy.causes[0].actions[0].uid) == ("Q2", None, None, None)
    assert sorted(filter(None, uids(document))) == sorted(uids(PLAN))


def test_a_deleted_or_emptied_row_is_gone():
    workbook, sheet = exported()
    for column in range(3, 8):
        sheet.cell(4, column).value = None
    unmerge(sheet)
    sheet.delete_rows(6)

    assert list(actions(read(workbook).document)) == ["ett", "tre"]


def test_a_row_pasted_among_the_merged_rows_of_another_problem_moves_there():
    workbook, sheet = exported()
    moved = values(sheet, 6)
    sheet.unmerge_cells("A3:A5")
    sheet.merge_cells("A3:A6")
    for column, text in enumerate(moved[1:], start=2):
        sheet.cell(6, column).value = text
    document = read(workbook).document

    (problem,) = problems(document)
    assert [len(cause.actions) for cause in problem.causes] == [2, 1, 1]
    assert actions(document) == actions(PLAN)


def test_a_row_pasted_below_another_problem_without_saying_its_own_stays_and_is_said_so():
    workbook, sheet = exported()
    unmerge(sheet)
    put(sheet, 7, [None, *values(sheet, 5)[1:]])
    put(sheet, 5, [None] * 8)
    reading = read(workbook)

    assert [cause.text for cause in problems(reading.document)[0].causes] == ["O1", "O2"]
    assert sorted(uids(reading.document)) == sorted(uids(PLAN))
    assert "Rad 7 är läst där rad-id säger att den hör hemma" in messages(reading, "guess")


def test_a_row_moved_to_another_tab_takes_its_action_along():
    workbook, sheet = exported()
    other = workbook[AREAS[1].sheet]
    put(other, 3, ["Nytt problem", "Ny orsak", *values(sheet, 6)[2:]])
    unmerge(sheet)
    sheet.delete_rows(6)
    moved = read(workbook).document.areas[1].problems[0].causes[0].actions[0]

    assert (moved.text, moved.uid) == ("fyra", actions(PLAN)["fyra"])


def test_a_copied_tab_is_an_area_of_its_own_with_new_rows():
    workbook, sheet = exported()
    workbook.copy_worksheet(sheet)
    reading = read(workbook)

    assert set(uids(reading.document)) - {None} == set(uids(PLAN))
    assert len(reading.document.areas) == 6
    assert "är en kopia av en annan flik" in messages(reading, "help")


def test_without_the_hidden_column_the_plan_is_read_without_identities():
    workbook, _ = exported()
    for sheet in workbook:
        sheet.delete_cols(IDS)
    document = read(workbook).document

    assert document == PLAN
    assert set(uids(document)) == {None}


@pytest.mark.parametrize("text", ["P=x C=y a=z", "P=#1 C=#1 a=#1", "=1+1", "p= c= a=", "also=,,", "area="])
def test_a_tampered_row_id_does_no_harm(text):
    workbook, sheet = exported()
    sheet.cell(3, IDS).value = text
    sheet.cell(3, IDS).data_type = "s"
    document = read(workbook).document

    assert [problem.title for problem in problems(document)] in (["P", "Q"], ["P", "", "Q"], ["P", "P", "Q"])
    assert list(actions(document)) == ["ett", "två", "tre", "fyra"]


# --- What the cells cannot say


def test_a_further_cause_that_does_not_stand_beside_is_kept_and_told_in_a_comment():
    document = plan(
        Problem(
            title="P",
            causes=(
                Cause(text="O1", actions=(action(1, "ett", also_causes=(3,)),)),
                Cause(text="O2", actions=(action(2, "två"),)),
                Cause(text="O3", actions=(action(3, "tre", also_causes=(1, 2)),)),
            ),
        )
    )
    workbook, sheet = exported(document)

    assert sheet["C3"].comment.text == "Åtgärden svarar även mot orsak 3."
    assert sheet["C5"].comment.text == "Åtgärden svarar även mot orsak 1 och 2."
    assert read(workbook).document == document


def test_equal_texts_next_to_each_other_stay_two_rows():
    document = plan(
        Problem(title="P", causes=(Cause(text="O", actions=(action(1, "ett"),)), Cause(text="O"))),
        Problem(title="P", causes=(Cause(text="O", actions=(action(1, "två"),)),)),
    )

    assert read(as_bytes(exported(document)[0])).document == document


def test_rows_without_identities_are_told_apart_all_the_same():
    document = plan(
        Problem(title="P", causes=(Cause(text="", actions=(action(1, "ett"),)), Cause(text="O"))),
        Problem(title="", causes=(Cause(text="O"),)),
    )
    workbook, sheet = exported(document)
    for (cell,) in sheet.iter_rows(min_row=3, min_col=IDS, max_col=IDS):
        for number, uid in enumerate(uids(document)):
            cell.value = cell.value and cell.value.replace(uid, f"#{number}")

    reading = read(workbook)
    assert reading.document == document
    assert set(uids(reading.document)[1:6]) == {None}


def test_an_action_without_words_still_answers_the_causes_beside_it():
    document = plan(
        Problem(
            title="P",
            causes=(
                Cause(text="O1", actions=(action(1, "", also_causes=(2,)),)),
                Cause(text="O2"),
            ),
        )
    )

    assert read(as_bytes(exported(document)[0])).document == document
