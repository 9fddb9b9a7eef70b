"""Reading a file into a plan: what is found, what is chosen, what is written, and who may."""

import io
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from plans import editing, import_jobs, imports, open_format
from plans import operations as ops
from plans.comparison import adopt, diff
from plans.document import Action, AreaSection, Cause, OperationalGoal, Problem
from plans.enums import FileKind, PlanState
from plans.errors import EditRefused
from plans.import_preview import area_changes
from plans.imports import ImportRefused, Target, find_changes, read_file
from plans.loading import load_document
from plans.models import ActionPlan, ImportJob, PlanArea
from plans.workbook.writer import write_workbook

PLACE = ["skarholmen", 2025]
UPLOAD = "/planer/skarholmen/2025/las-in/"


def workbook(document, edit=None):
    """The document as the bytes of a workbook, after ``edit`` has had its way with it."""
    buffer = io.BytesIO()
    write_workbook(document, buffer)
    if edit is None:
        return buffer.getvalue()
    book = load_workbook(buffer)
    edit(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def exported(plan, edit=None):
    return workbook(load_document(plan), edit)


def as_file(content, name="plan.xlsx"):
    return SimpleUploadedFile(name, content)


def as_json(document):
    return open_format.dumps(document).encode()


def small(area, text="Åtgärd", causes=1, **values):
    """An area with one problem: one action under the first of its causes."""
    action = Action(order=1, text=text, goals="Mål", when="Löpande", who="Polisen", **values)
    rest = tuple(Cause(text=f"Orsak {number}") for number in range(2, causes + 1))
    problem = Problem(title="Problem", causes=(Cause(text="Orsak 1", actions=(action,)), *rest))
    return replace(area, problems=(problem,))


def material_of(plan, content, name="plan.xlsx"):
    return read_file(io.BytesIO(content), name=name, target=target_of(plan))


def target_of(plan):
    return Target(plan.district, plan.cycle, plan)


def changes_of(plan, content, name="plan.xlsx"):
    """What a file would change in the plan."""
    return find_changes(load_document(plan), material_of(plan, content, name))[1]


@pytest.fixture
def editor(client, cast):
    client.force_login(cast.editor)
    return client


def upload(client, content, name="plan.xlsx"):
    return client.post(UPLOAD, {"file": as_file(content, name)})


def uploaded(client, content, name="plan.xlsx"):
    """Upload a file that is accepted; return its job."""
    response = upload(client, content, name)
    assert response.status_code == 302, response.context["form"].errors
    return ImportJob.objects.get(pk=response.url.rstrip("/").rsplit("/", 1)[1])


def confirm(client, job, *changes, **data):
    page = client.get(job.get_absolute_url())
    return client.post(job.get_absolute_url(), {"seen": page.context["seen"], "change": changes, **data})


def ticked(page):
    html = page.content.decode()
    return [int(value) for value in re.findall(r'name="change"[^>]*?value="(\d+)"[^>]*?checked', html)]


def set_cell(sheet, cell, text):
    def edit(book):
        book.worksheets[sheet][cell] = text

    return edit


# --- Who may


class TestAccess:
    @pytest.mark.parametrize("person", ["stranger", "neighbour", "police", "steering", "city_preparation", "external"])
    def test_a_draft_that_is_not_theirs_to_see_is_not_found(self, client, cast, plan, person):
        client.force_login(getattr(cast, person))
        assert client.get(UPLOAD).status_code == 404
        assert upload(client, exported(plan)).status_code == 404
        assert client.get(reverse("plans:start", args=PLACE)).status_code == 404

    @pytest.mark.parametrize("person", ["stranger", "neighbour", "police", "steering", "city_preparation", "external"])
    def test_a_plan_that_does_not_exist_looks_the_same_to_them(self, client, cast, person):
        client.force_login(getattr(cast, person))
        assert client.get(UPLOAD).status_code == 404
        assert client.post(reverse("plans:start", args=PLACE)).status_code == 404
        assert not ActionPlan.objects.exists()

    def test_a_co_writer_is_told_why_not(self, client, cast, plan):
        client.force_login(cast.co_writer)
        response = client.get(UPLOAD)
        assert response.status_code == 403
        assert "trygghetsstrateg som skriver i planen" in response.content.decode()
        assert upload(client, exported(plan)).status_code == 403

    @pytest.mark.parametrize(
        ("person", "place", "heading"),
        [
            ("editor", "skarholmen", "Börja åtgärdsplan 2025, Skärholmen"),
            ("city_preparation", "staden", "Börja övergripande handlingsplan 2025, staden"),
        ],
    )
    def test_the_heading_is_a_sentence(self, client, cast, person, place, heading):
        client.force_login(getattr(cast, person))
        assert f"<h1>{heading}</h1>" in client.get(f"/planer/{place}/2025/borja/").content.decode()

    def test_a_co_writer_is_told_who_starts_a_plan(self, client, cast):
        client.force_login(cast.co_writer)
        response = client.get(UPLOAD)
        assert response.status_code == 403
        assert "börjar en ny plan" in response.content.decode()

    def test_a_decided_plan_is_not_imported_into(self, editor, plan):
        ActionPlan.objects.update(state=PlanState.DECIDED)
        response = editor.get(UPLOAD)
        assert response.status_code == 403
        assert "Beslutad" in response.content.decode()

    def test_an_anonymous_visitor_is_asked_to_sign_in(self, client, plan):
        assert client.get(UPLOAD).url.startswith("/konto/logga-in/")

    def test_somebody_elses_import_is_not_found(self, editor, cast, plan, django_user_model):
        job = uploaded(editor, exported(plan))
        colleague = django_user_model.objects.create(username="colleague")
        seat = cast.editor.memberships.get()
        seat.pk, seat.user = None, colleague
        seat.save()
        other = Client()
        other.force_login(colleague)
        assert other.get(UPLOAD).status_code == 200
        assert other.get(job.get_absolute_url()).status_code == 404
        assert other.post(job.get_absolute_url()).status_code == 404
        assert other.post(reverse("plans:import_discard", args=[*PLACE, job.pk])).status_code == 404
        assert ImportJob.objects.filter(pk=job.pk).exists()

    def test_an_import_is_found_under_its_own_plan_only(self, editor, cast, plan):
        job = uploaded(editor, exported(plan))
        address = reverse("plans:import_preview", args=["farsta", 2025, job.pk])
        assert editor.get(address).status_code == 404

    @pytest.mark.parametrize("place", [["nergens", 2025], ["skarholmen", 1999]])
    def test_a_district_or_year_that_does_not_exist_is_not_found(self, editor, place):
        assert editor.get(reverse("plans:import", args=place)).status_code == 404


# --- Starting a plan


class TestStart:
    def test_an_empty_plan_has_the_years_areas(self, editor):
        page = editor.get(reverse("plans:start", args=PLACE))
        assert "Börja med en tom plan" in page.content.decode()
        assert editor.post(reverse("plans:start", args=PLACE)).url == "/planer/skarholmen/2025/"
        assert PlanArea.objects.count() == 5

    def test_a_plan_that_exists_is_shown_instead(self, editor, plan):
        assert editor.get(reverse("plans:start", args=PLACE)).url == "/planer/skarholmen/2025/"

    def test_a_plan_is_started_from_a_workbook_when_it_is_confirmed(self, editor, skarholmen):
        job = uploaded(editor, workbook(skarholmen))
        assert not ActionPlan.objects.exists()
        page = editor.get(job.get_absolute_url()).content.decode()
        assert "14 problemområden, 26 orsaker och 31 åtgärder i 5 områden" in page
        assert "Allt är nytt" in page
        assert not ActionPlan.objects.exists()
        assert confirm(editor, job, allt=1).url == "/planer/skarholmen/2025/"
        written = load_document(ActionPlan.objects.get())
        assert written.areas == skarholmen.areas
        assert not ImportJob.objects.filter(confirmed_at=None).exists()

    def test_an_empty_plan_takes_everything(self, editor, empty_plan, skarholmen):
        job = uploaded(editor, workbook(skarholmen))
        assert "Planen är tom" in editor.get(job.get_absolute_url()).content.decode()
        confirm(editor, job, allt=1)
        assert load_document(empty_plan).areas == skarholmen.areas
        assert empty_plan.events.first().summary == "Läste in plan.xlsx"

    def test_a_plan_somebody_started_meanwhile_is_compared_with_first(self, editor, cast, skarholmen):
        job = uploaded(editor, workbook(skarholmen))
        plan = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
        response = editor.post(job.get_absolute_url(), {"seen": "", "allt": 1})
        assert response.status_code == 409
        assert not load_document(plan).areas[0].problems
        assert confirm(editor, job, allt=1).status_code == 302
        assert load_document(plan).areas == skarholmen.areas


# --- Refusals


class TestRefusal:
    def refused(self, client, content, name="plan.xlsx"):
        """Upload a file that must be refused; return the sentence at the field."""
        response = upload(client, content, name)
        assert response.status_code == 422
        assert not ImportJob.objects.exists()
        [sentence] = response.context["form"].errors["file"]
        assert sentence in response.content.decode().replace("&quot;", '"')
        return sentence

    @pytest.mark.parametrize(("content", "name"), [(b"Problem;Orsak\n", "plan.csv"), (b"PK\x03\x04half", "plan.xlsx")])
    def test_a_file_that_is_no_workbook_is_refused_by_name(self, editor, plan, content, name):
        assert name in self.refused(editor, content, name)

    @pytest.mark.parametrize("name", ["plan.xlsx", "plan.json"])
    def test_an_empty_file_is_refused_by_name(self, editor, plan, name):
        assert f"Filen ”{name}” är tom." in self.refused(editor, b"", name)

    def test_no_file_is_refused(self, editor, plan):
        response = editor.post(UPLOAD, {})
        assert response.status_code == 422
        assert "Välj en fil" in response.content.decode()

    def test_a_large_file_is_refused_unread(self, editor, plan, monkeypatch):
        monkeypatch.setattr("plans.views.imports.read_file", lambda *args, **options: pytest.fail("was read"))
        assert "Högst 10 MB" in self.refused(editor, b"x" * (imports.MAX_BYTES + 1))

    def test_json_that_is_cut_off_is_refused(self, editor, plan, skarholmen):
        assert "JSON" in self.refused(editor, as_json(skarholmen)[:-100], "plan.json")

    def test_json_that_is_not_a_plan_says_where(self, editor, plan, skarholmen):
        data = open_format.to_data(skarholmen)
        data["areas"][1]["problems"][0]["title"] = 7
        assert "areas[1].problems[0].title" in self.refused(editor, json.dumps(data).encode(), "plan.json")

    def test_json_in_another_encoding_is_refused(self, editor, plan, skarholmen):
        assert "UTF-8" in self.refused(editor, open_format.dumps(skarholmen).encode("latin-1", "replace"), "plan.json")

    def test_json_nested_without_end_is_refused(self, editor, plan):
        assert "plan.json" in self.refused(editor, b"[" * 200_000, "plan.json")

    def test_json_with_an_area_the_city_does_not_have_is_refused(self, editor, plan, skarholmen):
        area = replace(skarholmen.areas[0], code="annat", title="Annat område")
        assert "Annat område" in self.refused(editor, as_json(replace(skarholmen, areas=(area,))), "plan.json")

    def test_json_with_an_area_twice_is_refused(self, editor, plan, skarholmen):
        twice = replace(skarholmen, areas=(skarholmen.areas[0],) * 2)
        assert "två gånger" in self.refused(editor, as_json(twice), "plan.json")

    def test_what_the_plan_cannot_hold_is_refused_at_once(self, editor, plan, skarholmen):
        action = Action(order=1, text="Åtgärd", also_causes=(1,))
        wrong = Problem(title="Problem", causes=(Cause(text="Orsak", actions=(action,)),))
        document = replace(skarholmen, areas=(replace(skarholmen.areas[0], problems=(wrong,)),))
        assert "orsaker under samma problem" in self.refused(editor, as_json(document), "plan.json")

    def test_a_null_character_in_a_tabs_name_is_dropped(self, plan, skarholmen):
        document = replace(skarholmen, areas=(replace(skarholmen.areas[0], sheet="Flik\x00"),))
        assert material_of(plan, as_json(document), "plan.json").document.areas[0].sheet == "Flik"


# --- What is found


class TestComparison:
    def test_the_same_workbook_changes_nothing(self, editor, plan):
        job = uploaded(editor, exported(plan))
        page = editor.get(job.get_absolute_url()).content.decode()
        assert "Inga ändringar" in page
        assert "Läs in valda" not in page
        assert job.operations == []

    def test_the_workbook_the_plan_came_from_changes_nothing(self, plan, skarholmen):
        assert changes_of(plan, workbook(skarholmen)) == []

    def test_the_same_json_changes_nothing(self, plan):
        assert changes_of(plan, as_json(load_document(plan)), "plan.json") == []

    def test_one_changed_cell_is_one_change(self, plan):
        [change] = changes_of(plan, exported(plan, set_cell(1, "E3", "Hela året")))
        assert change.values == {"when": "Hela året"}
        assert change.uid == str(plan.actions.get(position=1, problem__plan_area__position=1).uid)

    def test_two_cells_of_a_row_are_two_changes(self, plan):
        def edit(book):
            book.worksheets[1]["D3"] = "Nytt mål"
            book.worksheets[1]["E3"] = "Hela året"

        changes = changes_of(plan, exported(plan, edit))
        assert [list(change.values) for change in changes] == [["goals"], ["when"]]

    def test_what_a_workbook_has_no_cell_for_is_left_alone(self, plan, cast):
        action = plan.actions.first()
        goals = [{"text": "Minska stölderna", "kind": "effect"}]
        values = {"work_form": "one_off", "operational_goals": goals}
        editing.set_fields(plan, "action", action.uid, values, version=action.version, by=cast.editor)
        assert changes_of(plan, exported(plan)) == []

    def test_why_an_area_is_left_out_this_year_comes_along(self, empty_plan, cast, skarholmen):
        area = replace(skarholmen.areas[0], problems=(), not_applicable_reason="Läget kräver det inte i år.")
        document = replace(skarholmen, areas=(area, *skarholmen.areas[1:]))
        imports.write_all(target_of(empty_plan), material_of(empty_plan, workbook(document)), by=cast.editor)
        assert load_document(empty_plan).areas == document.areas
        assert changes_of(empty_plan, exported(empty_plan)) == []

    def test_an_area_without_a_tab_is_left_alone(self, editor, plan):
        def edit(book):
            del book[book.worksheets[2].title]

        content = exported(plan, edit)
        assert changes_of(plan, content) == []
        page = editor.get(uploaded(editor, content).get_absolute_url()).content.decode()
        assert "Filen har ingen flik för området" in page
        assert "i 4 områden" in page

    def test_an_own_area_becomes_the_plans_own(self, plan, cast, skarholmen):
        own = small(AreaSection(number=6, title="Skolan", canonical_title="Skolan", sheet="6. Skolan"))
        content = workbook(replace(skarholmen, areas=(*skarholmen.areas, own)))
        imports.write_all(target_of(plan), material_of(plan, content), by=cast.editor)
        written = load_document(plan).areas[-1]
        assert (written.title, written.code, written.problems) == ("Skolan", "", own.problems)
        assert changes_of(plan, content) == []

    def test_rows_that_stay_keep_their_identity_without_the_hidden_column(self, plan, cast, skarholmen):
        before = {action.uid for action in plan.actions.all()}
        problem = skarholmen.areas[0].problems[0]
        changed = replace(problem, title=problem.title + " i stadsdelen")
        area = replace(skarholmen.areas[0], problems=(changed,))
        content = workbook(replace(skarholmen, areas=(area, *skarholmen.areas[1:])))
        imports.write_all(target_of(plan), material_of(plan, content), by=cast.editor)
        assert {action.uid for action in plan.actions.all()} == before

    def test_a_file_of_another_plan_is_read_with_a_word_of_warning(self, plan, skarholmen):
        document = replace(skarholmen, year=2024, district="Farsta")
        notes = material_of(plan, as_json(document), "plan.json").notes
        assert ["2024" in notes[0].message, "Farsta" in notes[1].message] == [True, True]

    def test_json_of_another_districts_plan_gets_identities_of_its_own(self, plan, cast):
        """Rows, goals and timings may carry identities that belong to the plan they came from."""
        action = plan.actions.first()
        goals = {"operational_goals": [{"text": "Minska stölderna"}], "timings": [{"kind": "ongoing"}]}
        editing.set_fields(plan, "action", action.uid, goals, version=action.version, by=cast.editor)
        document = load_document(plan)
        other = editing.create_plan(cast.other_district, cast.cycle, by=cast.neighbour)
        imports.write_all(target_of(other), material_of(other, as_json(document), "plan.json"), by=cast.neighbour)
        assert load_document(other).areas == document.areas
        assert load_document(plan) == document

    def test_a_goal_copied_to_another_row_gets_an_identity_of_its_own(self, empty_plan, cast, skarholmen):
        goal = OperationalGoal(text="Minska stölderna")
        area = small(skarholmen.areas[0], operational_goals=(goal,))
        imports.write_all(
            target_of(empty_plan),
            material_of(empty_plan, as_json(replace(skarholmen, areas=(area,))), "plan.json"),
            by=cast.editor,
        )
        written = load_document(empty_plan)
        first = written.areas[0].problems[0].causes[0].actions[0]
        cause = replace(written.areas[0].problems[0].causes[0], actions=(first, replace(first, uid=None, order=2)))
        problem = replace(written.areas[0].problems[0], causes=(cause,))
        copied = replace(written, areas=(replace(written.areas[0], problems=(problem,)), *written.areas[1:]))
        imports.write_all(target_of(empty_plan), material_of(empty_plan, as_json(copied), "plan.json"), by=cast.editor)
        assert load_document(empty_plan) == copied

    def test_an_action_that_changes_its_home_among_its_causes_is_written(self, empty_plan, cast, skarholmen):
        area = small(skarholmen.areas[0], causes=2, also_causes=(2,))
        content = as_json(replace(skarholmen, areas=(area,)))
        imports.write_all(target_of(empty_plan), material_of(empty_plan, content, "plan.json"), by=cast.editor)
        problem = area.problems[0]
        [action] = problem.causes[0].actions
        turned = replace(
            problem,
            causes=(
                replace(problem.causes[0], actions=()),
                replace(problem.causes[1], actions=(replace(action, also_causes=(1,)),)),
            ),
        )
        content = as_json(replace(skarholmen, areas=(replace(area, problems=(turned,)),)))
        imports.write_all(target_of(empty_plan), material_of(empty_plan, content, "plan.json"), by=cast.editor)
        assert load_document(empty_plan).areas[0].problems == (turned,)


# --- What is shown


class TestPreview:
    def test_it_tells_the_cell_each_row_came_from(self, editor, plan):
        page = editor.get(uploaded(editor, exported(plan)).get_absolute_url()).content.decode()
        tree = page[page.index("Det här står i filen") :]
        assert tree.count('class="source"') == 14 + 26 + 31
        assert "fliken 2. Otrygga platser" in tree
        assert ">C3<" in tree

    def test_notes_are_grouped_with_their_cells(self, editor, plan):
        def edit(book):
            book.worksheets[1]["J1"] = "Budget"
            book.worksheets[1]["J3"] = "10 000 kr"

        page = editor.get(uploaded(editor, exported(plan, edit)).get_absolute_url()).content.decode()
        assert "Gissat" not in page  # the misspelt area is known by its code
        assert "Att känna till" in page
        assert "1. Unga i riskzon, J1" in page

    def test_a_changed_cell_is_shown_word_by_word_in_words_too(self, editor, plan):
        action = plan.actions.get(position=1, problem__plan_area__position=1)
        content = exported(plan, set_cell(1, "E3", f"{action.when} Klart i maj."))
        page = editor.get(uploaded(editor, content).get_absolute_url()).content.decode()
        assert "Ändra när" in page
        assert "Lagt till: </span> Klart i maj." in page
        assert "1. Unga i riskzon, C3" in page

    def test_removals_are_ticked_by_nobody_but_the_reader(self, editor, plan):
        def edit(book):
            book.worksheets[1]["E3"] = "Hela året"
            sheet = book.worksheets[3]
            for merged in list(sheet.merged_cells.ranges):
                sheet.unmerge_cells(str(merged))
            sheet.delete_rows(5)

        job = uploaded(editor, exported(plan, edit))
        steps = ops.from_data(job.operations)
        removals = {at for at, step in enumerate(steps) if isinstance(step, ops.RemoveRow)}
        assert removals
        page = editor.get(job.get_absolute_url())
        assert set(ticked(page)) == set(range(len(steps))) - removals
        assert "Att ta bort rader är inte markerat från början" in page.content.decode()
        assert ticked(editor.get(job.get_absolute_url() + "?markera=inga")) == []
        assert set(ticked(editor.get(job.get_absolute_url() + "?markera=alla"))) == set(range(len(steps)))

    def test_the_text_of_the_file_is_shown_as_text(self, editor, plan):
        content = exported(plan, set_cell(1, "E3", "<script>alert(1)</script>"))
        page = editor.get(uploaded(editor, content).get_absolute_url()).content.decode()
        assert "<script>alert" not in page

    def test_a_long_text_is_folded_behind_its_beginning(self, editor, plan, skarholmen):
        text = "Början. " + "ord " * 200 + "Slutet."
        content = as_json(replace(skarholmen, areas=(small(skarholmen.areas[0], text=text),)))
        page = editor.get(uploaded(editor, content, "plan.json").get_absolute_url()).content.decode()
        changes = page[: page.index("Det här står i filen")]
        shown, whole = changes.split("<summary>Visa hela texten</summary>")[-2:]
        assert "Början. ord ord" in shown[-400:]
        assert "Slutet." in whole

    def test_looking_writes_nothing(self, editor, plan):
        job = uploaded(editor, exported(plan, set_cell(1, "E3", "Hela året")))
        before, events = load_document(plan), plan.events.count()
        editor.get(job.get_absolute_url())
        assert (load_document(plan), plan.events.count()) == (before, events)

    def queries(self, editor, job, django_assert_max_num_queries):
        address = job.get_absolute_url()
        with django_assert_max_num_queries(12) as captured:
            assert editor.get(address).status_code == 200
        return len(captured)

    def test_300_actions_cost_as_many_queries_as_31(
        self, editor, plan, cast, skarholmen, django_assert_max_num_queries
    ):
        counts = []
        for times in (1, 10):
            areas = tuple(replace(area, problems=_copies(area.problems, times)) for area in skarholmen.areas)
            document = replace(skarholmen, areas=areas)
            editing.replace_content(plan, document, by=cast.editor, summary="Större")
            changed = replace(document, areas=tuple(_shouted(area) for area in areas))
            job = uploaded(editor, workbook(changed))
            assert len(job.operations) >= 31 * times
            counts.append(self.queries(editor, job, django_assert_max_num_queries))
        assert counts[0] == counts[1]


def _copies(problems, times):
    return tuple(
        replace(problem, title=f"{problem.title} {number}" if number else problem.title)
        for number in range(times)
        for problem in problems
    )


def _shouted(area):
    def louder(cause):
        return replace(cause, actions=tuple(replace(action, when=f"{action.when}!") for action in cause.actions))

    problems = (replace(problem, causes=tuple(map(louder, problem.causes))) for problem in area.problems)
    return replace(area, problems=tuple(problems))


# --- What is written


class TestConfirmation:
    def test_only_what_is_ticked_is_written(self, editor, plan):
        def edit(book):
            book.worksheets[1]["D3"] = "Nytt mål"
            book.worksheets[1]["E3"] = "Hela året"

        job = uploaded(editor, exported(plan, edit))
        assert confirm(editor, job, 1).status_code == 302
        action = plan.actions.get(position=1, problem__plan_area__position=1)
        assert action.when == "Hela året"
        assert action.goals != "Nytt mål"

    def test_the_history_tells_who_read_which_file(self, editor, cast, plan):
        job = uploaded(editor, exported(plan, set_cell(1, "E3", "Hela året")), "Våra ändringar.xlsx")
        confirm(editor, job, 0)
        event = plan.events.first()
        assert (event.summary, event.by) == ("Läste in Våra ändringar.xlsx", cast.editor)

    def test_an_import_can_be_undone_as_one_change(self, editor, cast, plan):
        before = load_document(plan)
        job = uploaded(editor, exported(plan, set_cell(1, "E3", "Hela året")))
        confirm(editor, job, 0)
        editing.undo(plan, plan.events.first(), by=cast.editor)
        assert load_document(plan) == before

    def test_odd_numbers_choose_nothing(self, editor, plan):
        job = uploaded(editor, exported(plan, set_cell(1, "E3", "Hela året")))
        assert confirm(editor, job, "9" * 5000, "-1", "x", "").status_code == 422

    def test_nothing_ticked_is_said(self, editor, plan):
        job = uploaded(editor, exported(plan, set_cell(1, "E3", "Hela året")))
        response = confirm(editor, job)
        assert response.status_code == 422
        assert "Markera minst en ändring" in response.content.decode()

    def test_a_change_in_between_refuses_the_confirmation_and_shows_it_anew(self, editor, cast, plan):
        job = uploaded(editor, exported(plan, set_cell(1, "E3", "Hela året")))
        seen = editor.get(job.get_absolute_url()).context["seen"]
        action = plan.actions.get(position=1, problem__plan_area__position=1)
        editing.set_fields(plan, "action", action.uid, {"when": "I maj"}, version=action.version, by=cast.editor)
        response = editor.post(job.get_absolute_url(), {"seen": seen, "change": [0]})
        assert response.status_code == 409
        assert "Planen har ändrats sedan du laddade upp filen" in response.content.decode()
        assert "I maj" in response.content.decode()
        action.refresh_from_db()
        assert action.when == "I maj"
        assert confirm(editor, job, 0).status_code == 302
        action.refresh_from_db()
        assert action.when == "Hela året"

    def test_a_preview_that_was_overtaken_in_another_window_is_refused(self, editor, cast, plan):
        job = uploaded(editor, exported(plan, set_cell(1, "E3", "Hela året")))
        seen = editor.get(job.get_absolute_url()).context["seen"]
        action = plan.actions.last()
        editing.set_fields(plan, "action", action.uid, {"who": "Alla"}, version=action.version, by=cast.editor)
        assert editor.get(job.get_absolute_url()).context["problem"]  # the other window
        assert editor.post(job.get_absolute_url(), {"seen": seen, "change": [0]}).status_code == 409

    def test_a_discarded_file_leaves_nothing(self, editor, plan):
        job = uploaded(editor, exported(plan, set_cell(1, "E3", "Hela året")))
        before = load_document(plan)
        assert editor.post(reverse("plans:import_discard", args=[*PLACE, job.pk])).status_code == 302
        job.refresh_from_db()
        assert (job.document, job.operations, job.notes, job.sources, job.marker) == ({}, [], [], {}, None)
        assert load_document(plan) == before

    def test_files_older_than_a_day_are_thrown_away_at_the_next_upload(self, editor, plan):
        with time_machine.travel(timezone.now() - timedelta(hours=25), tick=False):
            editor.force_login(plan.events.last().by)
            old = uploaded(editor, exported(plan))
        editor.force_login(plan.events.last().by)
        new = uploaded(editor, exported(plan))
        assert list(ImportJob.objects.all()) == [new] != [old]

    def test_what_became_of_a_file_is_kept_for_a_month_and_no_longer(self, editor, plan):
        by = plan.events.last().by
        jobs = []
        for days in (31, 29):
            with time_machine.travel(timezone.now() - timedelta(days=days), tick=False):
                editor.force_login(by)
                jobs.append(uploaded(editor, exported(plan)))
                editor.post(reverse("plans:import_discard", args=[*PLACE, jobs[-1].pk]))
        editor.force_login(by)
        new = uploaded(editor, exported(plan))
        assert set(ImportJob.objects.all()) == {jobs[1], new}


class TestClosed:
    """A preview that was used up, opened again or confirmed in a second window."""

    @pytest.fixture
    def job(self, editor, plan):
        return uploaded(editor, exported(plan, set_cell(1, "E3", "Hela året")), "Våra ändringar.xlsx")

    def test_a_confirmed_one_links_to_the_plan_and_to_what_it_changed(self, editor, plan, job):
        confirm(editor, job, 0)
        response = editor.get(job.get_absolute_url())
        page = response.content.decode()
        job.refresh_from_db()
        assert response.status_code == 200
        assert "Våra ändringar.xlsx</b> lästes in" in page
        assert f"klockan {timezone.localtime(job.confirmed_at):%H.%M}" in page
        assert reverse("plans:change", args=[*PLACE, plan.events.first().pk]) in page
        assert 'href="/planer/skarholmen/2025/"' in page

    def test_a_second_confirmation_changes_nothing(self, editor, plan, job):
        seen = editor.get(job.get_absolute_url()).context["seen"]
        confirm(editor, job, 0)
        before, events = load_document(plan), plan.events.count()
        response = editor.post(job.get_absolute_url(), {"seen": seen, "change": [0]})
        assert "Filen är redan inläst" in response.content.decode()
        assert (load_document(plan), plan.events.count()) == (before, events)

    def test_a_confirmation_that_waited_for_another_changes_nothing(self, editor, plan, cast, job):
        """Both windows had read the job before either closed it."""
        mine, other = ImportJob.objects.get(pk=job.pk), ImportJob.objects.get(pk=job.pk)
        options = {"seen": import_jobs.seen_as(job), "chosen": {0}, "by": cast.editor}
        event = import_jobs.confirm(mine, target_of(plan), **options)
        assert import_jobs.confirm(other, target_of(plan), **options) == event
        import_jobs.discard(ImportJob.objects.get(pk=job.pk))
        assert ImportJob.objects.get(pk=job.pk).discarded_at is None
        assert plan.events.first() == event

    def test_a_discarded_one_says_so_and_takes_no_confirmation(self, editor, plan, job):
        address = reverse("plans:import_discard", args=[*PLACE, job.pk])
        editor.post(address)
        before = load_document(plan)
        assert "slängdes" in editor.get(job.get_absolute_url()).content.decode()
        assert "slängdes" in editor.post(job.get_absolute_url(), {"seen": "", "change": [0]}).content.decode()
        assert editor.post(address).url == job.get_absolute_url()
        assert load_document(plan) == before

    def test_one_that_changed_nothing_has_no_change_to_link_to(self, editor, plan, cast):
        job = uploaded(editor, exported(plan))
        import_jobs.confirm(job, target_of(plan), seen=import_jobs.seen_as(job), chosen=set(), by=cast.editor)
        page = editor.get(job.get_absolute_url()).content.decode()
        assert "Den ändrade inget i planen" in page
        assert "Se vad som ändrades" not in page

    def test_it_is_told_to_the_uploader_only(self, editor, cast, job):
        confirm(editor, job, 0)
        other = Client()
        other.force_login(cast.neighbour)
        assert other.get(job.get_absolute_url()).status_code == 404


class TestChoice:
    """Choices that hang together, on a plan with one problem, two causes and an action."""

    @pytest.fixture
    def old(self, skarholmen):
        return adopt(replace(skarholmen, areas=()), replace(skarholmen, areas=(small(skarholmen.areas[0], causes=2),)))

    def turned(self, old, **changes):
        area = old.areas[0]
        return replace(old, areas=(replace(area, problems=(replace(area.problems[0], **changes),)),))

    def test_an_added_row_brings_what_is_added_under_it(self, old):
        added = Cause(text="Ny orsak", actions=(Action(order=2, text="Ny åtgärd"),))
        new = adopt(old, self.turned(old, causes=(*old.areas[0].problems[0].causes, added)))
        steps = diff(old, new)
        assert [step.kind for step in steps] == ["cause", "action"]
        assert imports.choose(old, steps, {0}) == steps
        assert imports.choose(old, steps, {1}) == []

    def test_a_removed_row_does_not_take_along_what_was_to_be_moved_away(self, old):
        home, other = old.areas[0].problems[0].causes
        new = self.turned(old, causes=(replace(other, actions=home.actions),))
        steps = diff(old, new)
        assert [type(step) for step in steps] == [ops.MoveRow, ops.RemoveRow]
        with pytest.raises(EditRefused, match="inte att flytta"):
            imports.choose(old, steps, {1})
        assert imports.choose(old, steps, {0, 1}) == steps

    def test_a_row_is_not_moved_to_one_that_is_not_to_be_added(self, old):
        home, other = old.areas[0].problems[0].causes
        added = replace(Cause(text="Helt annat"), actions=home.actions)
        new = adopt(old, self.turned(old, causes=(replace(home, actions=()), other, added)))
        steps = diff(old, new)
        assert {type(step) for step in steps} == {ops.InsertRow, ops.MoveRow}
        move = next(at for at, step in enumerate(steps) if isinstance(step, ops.MoveRow))
        with pytest.raises(EditRefused, match="ny rad"):
            imports.choose(old, steps, {move})

    @pytest.fixture
    def moved_links(self, empty_plan, cast, skarholmen):
        """A plan, its document, and the steps that take two causes and the action answering both to another problem."""
        area = small(skarholmen.areas[0], causes=2, also_causes=(2,))
        other = Problem(title="Annat", causes=(Cause(text="Annan orsak"),))
        area = replace(area, problems=(*area.problems, other))
        content = as_json(replace(skarholmen, areas=(area,)))
        imports.write_all(target_of(empty_plan), material_of(empty_plan, content, "plan.json"), by=cast.editor)
        old = load_document(empty_plan)
        first, second = old.areas[0].problems
        taken = tuple(
            replace(cause, actions=tuple(replace(action, also_causes=(3,)) for action in cause.actions))
            for cause in first.causes
        )
        problems = (replace(first, causes=()), replace(second, causes=(*second.causes, *taken)))
        new = replace(old, areas=(replace(old.areas[0], problems=problems), *old.areas[1:]))
        return empty_plan, old, new, list(imports._cell_by_cell(diff(old, new)))

    def test_links_come_along_with_what_is_moved(self, moved_links, cast):
        plan, old, new, steps = moved_links
        shown = [choice.index for row in area_changes(old, new, steps)[0].rows for choice in row.choices]
        assert {type(steps[index]) for index in shown} == {ops.MoveRow}
        assert len(shown) < len(steps)
        editing.apply(plan, imports.choose(old, steps, shown), by=cast.editor, summary="")
        assert load_document(plan) == new

    def test_links_to_what_is_not_moved_are_left_behind(self, moved_links, cast):
        plan, old, _, steps = moved_links
        home = old.areas[0].problems[0].causes[0]
        chosen = {at for at, step in enumerate(steps) if isinstance(step, ops.MoveRow) and step.uid == home.uid}
        editing.apply(plan, imports.choose(old, steps, chosen), by=cast.editor, summary="")
        first, second = load_document(plan).areas[0].problems
        assert [cause.text for cause in first.causes] == ["Orsak 2"]
        assert [action.also_causes for cause in second.causes for action in cause.actions] == [()]

    def test_the_cells_of_a_row_become_one_change_again(self, old):
        problem = old.areas[0].problems[0]
        [action] = problem.causes[0].actions
        edited = replace(action, when="I maj", who="Alla")
        new = self.turned(old, causes=(replace(problem.causes[0], actions=(edited,)), problem.causes[1]))
        steps = list(imports._cell_by_cell(diff(old, new)))
        assert len(steps) == 2
        assert imports.choose(old, steps, {0, 1}) == diff(old, new)


def test_a_job_tells_everything_any_web_process_needs(plan, cast):
    material = material_of(plan, exported(plan, set_cell(1, "E3", "Hela året")))
    job = import_jobs.open_job(target_of(plan), material, by=cast.editor)
    kept = import_jobs.material_of(ImportJob.objects.get(pk=job.pk))
    assert (kept.document, kept.notes, kept.sources) == (material.document, material.notes, material.sources)
    assert kept.carries == FileKind.WORKBOOK


def test_a_large_claim_in_a_json_file_is_refused_before_it_is_parsed(plan):
    with pytest.raises(ImportRefused, match="10 MB"):
        material_of(plan, b"{" + b" " * imports.MAX_BYTES + b"}", "plan.json")


def test_a_row_that_nobody_has_written_in_yet_is_not_missing_in_its_own_export(plan, cast):
    editing.add(plan, "problem", plan.planareas.get(position=1).uid, by=cast.editor)
    editing.add(plan, "cause", plan.problems.first().uid, by=cast.editor)
    assert changes_of(plan, exported(plan)) == []
