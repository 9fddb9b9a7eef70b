"""A file that was made of a plan does not quietly undo what has been written in the plan since."""

import io
import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone
from openpyxl import load_workbook

from plans import editing, imports, open_format
from plans import operations as ops
from plans.exports import export
from plans.imports import find_changes, find_overtaken
from plans.loading import load_document
from plans.marker import Marker, parse_marker
from plans.since import latest_event, marker_of
from plans.workbook import workbook_bytes
from tests.plans.test_commands import PLACE, file, run  # noqa: F401
from tests.plans.test_imports import confirm, editor, material_of, target_of, ticked, uploaded  # noqa: F401
from tests.plans.workbooks import read

MARKER = Marker(4711, datetime(2025, 3, 4, 12, 20, tzinfo=UTC))


def made_of(plan, format="xlsx", edit=None):
    """The plan's export as it is now, with its name, after ``edit`` has had its way with the workbook."""
    content = export(plan, format).content
    if edit:
        book = load_workbook(io.BytesIO(content))
        edit(book)
        buffer = io.BytesIO()
        book.save(buffer)
        content = buffer.getvalue()
    return content, f"plan.{format}"


def found_in(plan, content, name):
    """What the file would change, and which of it the plan has overtaken."""
    base, material = load_document(plan), material_of(plan, content, name)
    document, steps = find_changes(base, material)
    return steps, find_overtaken(plan, base, document, steps, material)


def first_action(plan):
    return plan.actions.get(position=1, problem__plan_area__position=1)


def write(plan, cast, row, kind="action", **values):
    row.refresh_from_db()
    editing.set_fields(plan, kind, row.uid, values, version=row.version, by=cast.editor)


# --- The marker


class TestMarker:
    def test_it_comes_back_from_a_workbook_and_leaves_the_plan_as_it_was(self, skarholmen):
        reading = read(workbook_bytes(skarholmen, MARKER))
        assert reading.marker == MARKER
        assert (reading.document, reading.notes) == (skarholmen, ())

    def test_it_survives_being_opened_and_saved(self, skarholmen):
        book = load_workbook(io.BytesIO(workbook_bytes(skarholmen, MARKER)))
        book["Instruktion"].insert_rows(2, 3)
        assert read(book).marker == MARKER

    def test_it_comes_back_from_json_and_leaves_the_plan_as_it_was(self, skarholmen):
        assert open_format.loads_marked(open_format.dumps(skarholmen, MARKER)) == (skarholmen, MARKER)

    def test_files_without_it_are_read_as_before(self, skarholmen):
        assert read(workbook_bytes(skarholmen)).marker is None
        assert open_format.loads_marked(open_format.dumps(skarholmen)) == (skarholmen, None)

    @pytest.mark.parametrize(
        "text",
        ["", "title", "exported event=x at=2025-03-04", "exported event=1 at=nu", "exported event=1 at=2025-03-04"],
    )
    def test_another_text_is_no_marker(self, text):
        assert parse_marker(text) is None

    def test_an_export_carries_the_plans_latest_event(self, plan):
        marked = json.loads(export(plan, "json").content)["exported"]
        assert marked["event"] == latest_event(plan) == plan.events.first().pk
        assert read(export(plan, "xlsx").content).marker.event == latest_event(plan)

    def test_it_is_hidden_in_the_workbook(self, plan):
        sheet = load_workbook(io.BytesIO(export(plan, "xlsx").content))["Instruktion"]
        [cell] = [cell for (cell,) in sheet.iter_rows(min_col=2, max_col=2) if parse_marker(str(cell.value or ""))]
        assert sheet.column_dimensions["B"].hidden
        assert sheet.cell(cell.row, 1).value is None


# --- What is overtaken


@pytest.mark.parametrize("format", ["xlsx", "json"])
class TestOvertaken:
    def test_a_field_that_was_written_since(self, plan, cast, format):
        content = made_of(plan, format)
        write(plan, cast, first_action(plan), when="Skrivet efteråt")
        [step], found = found_in(plan, *content)
        assert isinstance(step, ops.SetFields)
        told = str(found[0])
        assert told == f"Ändrat i planen sedan filen hämtades, {cast.editor} {timezone.localtime():%H.%M}"

    def test_a_row_that_was_added_since(self, plan, cast, format):
        content = made_of(plan, format)
        event = editing.add(plan, "action", plan.causes.first().uid, by=cast.editor)
        write(plan, cast, plan.actions.get(uid=event.operations[0]["uid"]), text="Helt ny åtgärd")
        steps, found = found_in(plan, *content)
        [removal] = [at for at, step in enumerate(steps) if isinstance(step, ops.RemoveRow)]
        assert str(found[removal]).startswith("Tillkom i planen sedan filen hämtades")

    def test_a_row_that_was_removed_since(self, plan, cast, format):
        content = made_of(plan, format)
        problem = plan.problems.first()
        editing.remove(plan, "problem", problem.uid, by=cast.editor)
        steps, found = found_in(plan, *content)
        assert {type(step) for step in steps} == {ops.InsertRow}
        assert {step.kind for step in steps} == {"problem", "cause", "action"}
        assert set(found) == set(range(len(steps)))
        assert str(found[0]).startswith("Togs bort i planen sedan filen hämtades")

    def test_a_row_that_was_moved_since(self, plan, cast, format):
        content = made_of(plan, format)
        problem = plan.planareas.get(position=2).problems.get(position=3)
        editing.move_up(plan, "problem", problem.uid, by=cast.editor)
        steps, found = found_in(plan, *content)
        assert {type(step) for step in steps} == {ops.MoveRow}
        assert set(found) == set(range(len(steps)))

    def test_a_removal_and_its_undo_leave_nothing_overtaken(self, plan, cast, format):
        content = made_of(plan, format)
        action = first_action(plan)
        event = editing.remove(plan, "problem", action.problem_id, by=cast.editor)
        editing.undo(plan, event, by=cast.editor)
        assert found_in(plan, *content) == ([], {})


def in_cell(cell, text):
    def edit(book):
        book.worksheets[1][cell] = text

    return edit


def test_what_the_file_changes_itself_is_not_overtaken(plan, cast):
    content = made_of(plan, edit=in_cell("D3", "Nytt mål i filen"))
    write(plan, cast, first_action(plan), when="Skrivet efteråt")
    steps, found = found_in(plan, *content)
    assert [(*step.values, index in found) for index, step in enumerate(steps)] == [("goals", False), ("when", True)]


def test_a_row_the_file_lacks_that_was_changed_since_is_told_apart(plan, cast):
    data = json.loads(export(plan, "json").content)
    gone = data["areas"][1]["problems"].pop(0)
    cause = plan.causes.get(uid=gone["causes"][0]["uid"])
    write(plan, cast, cause, "cause", text="Skrivet efteråt")
    [step], found = found_in(plan, json.dumps(data).encode(), "plan.json")
    assert isinstance(step, ops.RemoveRow)
    assert str(found[0]).startswith("Ändrat i planen")


def test_the_marker_of_another_plan_is_not_trusted(plan, cast):
    content, name = made_of(plan)
    other = editing.create_plan(cast.other_district, cast.cycle, by=cast.neighbour)
    imports.write_all(target_of(other), material_of(other, content, name), by=cast.neighbour)
    action = other.actions.first()
    editing.set_fields(other, "action", action.uid, {"when": "Nu"}, version=action.version, by=cast.neighbour)
    steps, found = found_in(other, content, name)
    assert (len(steps), found) == (1, {})


def test_telling_them_takes_one_query(plan, cast, django_assert_num_queries):
    content, name = made_of(plan)
    for number in range(5):
        write(plan, cast, first_action(plan), when=f"Skrivet efteråt {number}")
    base, material = load_document(plan), material_of(plan, content, name)
    document, steps = find_changes(base, material)
    with django_assert_num_queries(1):
        found = find_overtaken(plan, base, document, steps, material)
        assert str(found[0])


# --- In the browser


@pytest.mark.parametrize("format", ["xlsx", "json"])
def test_an_old_export_is_confirmed_without_undoing_anything(editor, plan, cast, format):  # noqa: F811
    """The reported fault: seven cells were edited in the browser, and one press put the old texts back."""
    content, name = made_of(plan, format)
    for action in plan.actions.filter(problem__plan_area__position=2)[:7]:
        write(plan, cast, action, when="Skrivet efteråt")
    job = uploaded(editor, content, name)
    response = editor.get(job.get_absolute_url())
    page = response.content.decode()
    assert len(job.operations) == 7
    assert ticked(response) == []
    assert page.count("Ändrat i planen sedan filen hämtades") == 7
    assert "Planen har ändrats sedan filen hämtades" in page
    assert "Det som ändrats i planen är inte markerat." in page


def test_what_the_file_changes_is_ticked_beside_what_it_does_not_know_of(editor, plan, cast):  # noqa: F811
    content, name = made_of(plan, edit=in_cell("D3", "Nytt mål i filen"))
    write(plan, cast, first_action(plan), when="Skrivet efteråt")
    job = uploaded(editor, content, name)
    assert ticked(editor.get(job.get_absolute_url())) == [0]
    confirm(editor, job, 0)
    action = first_action(plan)
    assert (action.goals, action.when) == ("Nytt mål i filen", "Skrivet efteråt")


def test_what_is_written_while_the_preview_is_open_is_overtaken_as_well(editor, plan, cast):  # noqa: F811
    content, name = made_of(plan, edit=in_cell("D3", "Nytt mål i filen"))
    job = uploaded(editor, content, name)
    editing.remove(plan, "problem", plan.problems.last().uid, by=cast.editor)
    response = editor.get(job.get_absolute_url())
    job.refresh_from_db()
    [kept] = ticked(response)
    assert job.operations[kept]["values"] == {"goals": "Nytt mål i filen"}
    assert "Togs bort i planen sedan filen hämtades" in response.content.decode()


def test_a_plan_that_was_emptied_since_is_not_filled_again_at_one_press(editor, plan, cast):  # noqa: F811
    content, name = made_of(plan)
    for area in plan.planareas.all():
        write(plan, cast, area, "area", overarching_goal="", not_applicable_reason="")
        for problem in area.problems.all():
            editing.remove(plan, "problem", problem.uid, by=cast.editor)
    response = editor.get(uploaded(editor, content, name).get_absolute_url())
    assert ticked(response) == []
    assert "Allt är nytt" not in response.content.decode()


def test_the_time_of_another_day_comes_with_its_date(editor, plan, cast):  # noqa: F811
    with time_machine.travel(datetime(2025, 3, 4, 12, 20, tzinfo=UTC), tick=False):
        content, name = made_of(plan)
    write(plan, cast, first_action(plan), when="Skrivet efteråt")
    page = editor.get(uploaded(editor, content, name).get_absolute_url()).content.decode()
    assert "sedan filen hämtades 4 mars 13.20." in page


# --- The command


class TestCommand:
    @pytest.fixture
    def path(self, plan, cast, file):  # noqa: F811
        """A file that changes a goal, made before somebody wrote in another cell of the plan."""
        content, name = made_of(plan, edit=in_cell("D3", "Nytt mål i filen"))
        write(plan, cast, first_action(plan), when="Skrivet efteråt")
        return file(content, name)

    def test_it_leaves_out_what_has_changed_in_the_plan_and_says_so(self, plan, path):
        told = run("import_plan", path, *PLACE, "--write")
        assert "1 ändring i filen lämnas utanför" in told
        assert "--overwrite" in told
        assert "Sparade 1 ändring i" in told
        assert (first_action(plan).goals, first_action(plan).when) == ("Nytt mål i filen", "Skrivet efteråt")

    def test_it_writes_everything_when_told_to(self, plan, path):
        told = run("import_plan", path, *PLACE, "--write", "--overwrite")
        assert "1 ändring i filen går före" in told
        assert first_action(plan).when != "Skrivet efteråt"


def test_the_marker_of_a_plan_is_its_last_event_and_now(plan):
    with time_machine.travel(datetime(2025, 3, 4, 12, 20, 5, 600, tzinfo=UTC), tick=False):
        assert marker_of(plan) == Marker(plan.events.first().pk, datetime(2025, 3, 4, 12, 20, 5, tzinfo=UTC))
