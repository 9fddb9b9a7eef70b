"""Writing in a cell where it stands: what the page's script sends and what it is answered."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from plans import editing
from plans.document import MAX_TEXT
from plans.enums import PlanState
from plans.models import Action, ActionPlan, Cause, PlanArea, PlanEvent, Problem

CELL = "/planer/skarholmen/2025/cell/"
NASTY = "Å ä ö – «citat» 😀\n  indrag\n\n• punkt\t=1+1 <b>&amp;"


@pytest.fixture
def write(plan):
    """Return a function that writes a cell as a person; without ``version``, as one who has just read the page."""

    def send(user, row, field, value, /, **more):
        client = Client()
        client.force_login(user)
        row.refresh_from_db()
        kind = type(row).__name__.lower().removeprefix("plan")
        return client.post(
            CELL,
            {"kind": kind, "uid": str(row.uid), "field": field, "value": value, "version": row.version} | more,
        )

    return send


@pytest.fixture
def action(plan):
    return Action.objects.filter(plan=plan, problem__plan_area__position=1, position=1).get()


def in_state(plan, state):
    """Put the plan straight into a state, as only a test does."""
    ActionPlan.objects.filter(pk=plan.pk).update(state=state)


def test_a_cell_is_saved_verbatim_and_answered_with_its_new_version(write, cast, action):
    answer = write(cast.editor, action, "goals", NASTY)
    assert answer.status_code == 200
    assert answer.json()["text"] == NASTY
    assert answer.json()["version"] == 2
    action.refresh_from_db()
    assert (action.goals, action.version) == (NASTY, 2)


def test_the_answer_says_the_time_as_the_page_shows_it(write, cast, action):
    saved_at = write(cast.editor, action, "goals", "Ett mål").json()["saved_at"]
    assert len(saved_at) == 5
    assert saved_at[2] == "."


@pytest.mark.parametrize(
    ("model", "field"),
    [
        (PlanArea, "overarching_goal"),
        (PlanArea, "not_applicable_reason"),
        (Problem, "title"),
        (Cause, "text"),
        (Action, "text"),
        (Action, "goals"),
        (Action, "when"),
        (Action, "who"),
        (Action, "follow_up"),
    ],
)
def test_every_cell_of_the_page_can_be_written(write, cast, plan, model, field):
    row = model.objects.filter(plan=plan).first()
    assert write(cast.editor, row, field, "Ny text").status_code == 200
    row.refresh_from_db()
    assert getattr(row, field) == "Ny text"


def test_saving_what_already_stands_there_is_no_change(write, cast, plan, action):
    before = PlanEvent.objects.count()
    answer = write(cast.editor, action, "goals", action.goals)
    assert answer.json()["version"] == action.version
    assert PlanEvent.objects.count() == before


def test_the_change_is_in_the_history_with_the_name_and_can_be_undone(write, cast, plan, action):
    old = action.goals
    write(cast.editor, action, "goals", "Nytt mål")
    event = editing.latest_undoable(plan)
    assert event.by == cast.editor
    editing.undo(plan, PlanEvent.objects.get(pk=event.pk), by=cast.editor)
    action.refresh_from_db()
    assert action.goals == old


def test_a_save_that_read_an_old_version_changes_nothing_and_gets_both_texts(write, cast, action):
    write(cast.editor, action, "goals", "Den förstas")
    answer = write(cast.editor, action, "goals", "Den andras", version=1)
    assert answer.status_code == 409
    found = answer.json()
    assert (found["mine"], found["theirs"], found["by"]) == ("Den andras", "Den förstas", "editor")
    assert found["version"] == 2
    action.refresh_from_db()
    assert action.goals == "Den förstas"


def test_a_conflict_shows_the_whole_row_as_it_is_now(write, cast, action):
    write(cast.editor, action, "when", "Hösten")
    row = write(cast.editor, action, "goals", "Mitt mål", version=1).json()["row"]
    assert row["when"] == "Hösten"
    assert row["goals"] == action.goals


def test_a_cell_shared_with_the_row_below_is_written_in_both(write, cast, plan, action):
    below = Action.objects.get(problem=action.problem, position=2)
    answer = write(cast.editor, action, "who", "Vi tillsammans", shared=f"{below.uid}:{below.version}")
    assert answer.json()["versions"] == {str(action.uid): 2, str(below.uid): 2}
    below.refresh_from_db()
    assert below.who == "Vi tillsammans"
    assert editing.latest_undoable(plan).summary == "Ändrade vem i 2 åtgärder"


def test_a_stale_row_in_a_shared_cell_stops_the_whole_write(write, cast, plan, action):
    below = Action.objects.get(problem=action.problem, position=2)
    write(cast.editor, below, "who", "Någon annan")
    old = action.who
    assert write(cast.editor, action, "who", "Vi", shared=f"{below.uid}:1").status_code == 409
    action.refresh_from_db()
    assert action.who == old


def test_a_removed_row_is_told_and_nothing_is_written(write, cast, plan, action):
    gone = action.uid
    editing.remove(plan, "action", gone, by=cast.editor)
    client = Client()
    client.force_login(cast.editor)
    posted = {"kind": "action", "uid": gone, "field": "goals", "value": "För sent", "version": 1}
    answer = client.post(CELL, posted)
    assert answer.status_code == 410
    assert "Raden finns inte längre" in answer.json()["reason"]


def test_a_text_that_is_too_long_is_refused_with_its_length(write, cast, action):
    old = action.goals
    answer = write(cast.editor, action, "goals", "x" * (MAX_TEXT + 1))
    assert answer.status_code == 422
    assert "8001 tecken" in answer.json()["reason"]
    action.refresh_from_db()
    assert action.goals == old


def test_a_text_as_long_as_a_cell_may_hold_is_saved(write, cast, action):
    text = "å" * MAX_TEXT
    assert write(cast.editor, action, "goals", text).json()["text"] == text


@pytest.mark.parametrize(
    ("person", "state", "status"),
    [
        ("editor", PlanState.DRAFT, 200),
        ("editor", PlanState.IN_REVIEW, 200),
        ("editor", PlanState.READY_FOR_DECISION, 403),
        ("editor", PlanState.DECIDED, 403),
        ("co_writer", PlanState.DRAFT, 403),
        ("police", PlanState.DRAFT, 404),
        ("police", PlanState.IN_REVIEW, 403),
        ("steering", PlanState.IN_REVIEW, 403),
        ("external", PlanState.DECIDED, 404),
        ("neighbour", PlanState.DRAFT, 404),
        ("neighbour", PlanState.DECIDED, 403),
        ("city_preparation", PlanState.DRAFT, 404),
        ("city_preparation", PlanState.DECIDED, 404),  # not sent to the city
        ("stranger", PlanState.DECIDED, 404),
        ("administrator", PlanState.DRAFT, 404),
    ],
)
def test_only_the_editor_writes_and_only_before_the_decision(write, cast, plan, action, person, state, status):
    in_state(plan, state)
    answer = write(getattr(cast, person), action, "goals", "Ny text")
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["reason"].endswith(".")
    action.refresh_from_db()
    assert (action.goals == "Ny text") is (status == 200)


def test_a_row_of_another_plan_is_not_reached_through_ones_own(write, cast, plan):
    other = editing.create_plan(cast.other_district, cast.cycle, by=cast.neighbour)
    area = other.planareas.first()
    editing.add(other, "problem", area.uid, by=cast.neighbour)
    problem = other.problems.get()
    assert write(cast.editor, problem, "title", "Kapad").status_code == 410
    problem.refresh_from_db()
    assert problem.title == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "plan"},
        {"field": "version"},
        {"field": "work_form"},
        {"version": "-1"},
        {"version": "x"},
        {"shared": "utan-version"},
    ],
)
def test_what_no_cell_of_the_page_sends_is_not_found(write, cast, action, wrong):
    assert write(cast.editor, action, "goals", "Ny text", **wrong).status_code == 404
    action.refresh_from_db()
    assert action.version == 1


def test_an_address_that_is_no_row_is_gone(write, cast, action):
    assert write(cast.editor, action, "goals", "Ny text", uid="ingen-rad").status_code == 410


def test_a_cell_is_written_by_post_alone(cast, plan):
    client = Client()
    client.force_login(cast.editor)
    assert client.get(CELL).status_code == 405


def test_what_one_person_left_unsaved_is_not_saved_in_the_name_of_the_next(write, cast, action):
    answer = write(cast.editor, action, "goals", "Skrivet av den förra", writer=str(cast.police.pk))
    assert answer.status_code == 403
    assert "Någon annan har loggat in" in answer.json()["reason"]
    action.refresh_from_db()
    assert action.goals != "Skrivet av den förra"


def test_signed_out_one_is_sent_to_sign_in(client, plan, action):
    assert client.post(CELL, {}).status_code == 302


@pytest.mark.django_db(transaction=True)  # as in real life: no savepoints of the test's own
def test_saving_a_cell_costs_at_most_eight_queries_however_large_the_plan(
    write, cast, plan, action, django_assert_max_num_queries
):
    client = Client()
    client.force_login(cast.editor)
    posted = {"kind": "action", "uid": str(action.uid), "field": "goals"}
    with CaptureQueriesContext(connection) as few:
        client.post(CELL, posted | {"value": "Ett", "version": 1})
    asked = [query for query in few if not query["sql"].startswith(("BEGIN", "COMMIT"))]
    assert len(asked) <= 8, [query["sql"] for query in asked]
    Action.objects.bulk_create(
        Action(plan=plan, problem=action.problem, cause=action.cause, position=100 + at) for at in range(300)
    )
    with django_assert_max_num_queries(len(few)):
        assert client.post(CELL, posted | {"value": "Två", "version": 2}).status_code == 200
