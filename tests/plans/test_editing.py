"""The one way to change a plan: what it writes, what it refuses, what it remembers, and how it is taken back."""

import random
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction

from plans import editing, operations
from plans.document import MAX_TEXT
from plans.enums import PlanState
from plans.errors import EditRefused, GoneRow, StaleRow
from plans.loading import load, load_document
from plans.models import ActionPlan, PlanEvent
from plans.operations import InsertRow, MoveRow, SetFields
from tests.plans import invariants, stages

UNKNOWN = "4b9c1e0e-0000-4000-8000-000000000000"


@pytest.fixture
def rows(plan):
    """The real plan's rows by kind, in the order of the sheet."""
    document = load_document(plan)
    problems = [problem for section in document.areas for problem in section.problems]
    causes = [cause for problem in problems for cause in problem.causes]
    actions = [action for cause in causes for action in cause.actions]
    return {"area": document.areas, "problem": problems, "cause": causes, "action": actions}


@pytest.fixture
def small(empty_plan):
    """A problem with three causes; the second has two actions, the others one each."""
    area = empty_plan.planareas.first()
    problem = first_uid(editing.add(empty_plan, "problem", area.uid, by=None))
    one = str(empty_plan.causes.get().uid)
    two, three = (first_uid(editing.add(empty_plan, "cause", problem, by=None)) for _ in range(2))
    editing.add(empty_plan, "action", two, by=None)
    for number, action in enumerate(empty_plan.actions.order_by("position"), start=1):
        editing.set_fields(empty_plan, "action", action.uid, {"text": f"Åtgärd {number}"}, version=1, by=None)
    return {"plan": empty_plan, "problem": problem, "causes": (one, two, three)}


def first_uid(event):
    return event.operations[0]["uid"]


def texts_by_cause(plan):
    """The actions' texts under each cause, in order."""
    return [
        [action.text for action in cause.actions.order_by("position")] for cause in plan.causes.order_by("position")
    ]


def order_of_actions(plan):
    return list(plan.actions.order_by("position").values_list("text", flat=True))


# --- One cell


def test_a_cell_is_written_verbatim_and_the_row_gets_a_new_version(plan, rows, cast):
    text = "Öka närvaron\r\n=1+1\n👮🏽‍♀️ " + "å" * 7_900
    action = rows["action"][0]
    event = editing.set_fields(plan, "action", action.uid, {"text": text}, version=1, by=cast.editor)
    loaded = load(plan)
    assert load_document(plan).areas[0].problems[0].causes[0].actions[0].text == text.replace("\r\n", "\n")
    assert loaded.versions[action.uid] == 2
    assert event.by == cast.editor


def test_an_event_tells_the_old_text_the_new_one_and_which_row(plan, rows, cast):
    action = rows["action"][0]
    event = editing.set_fields(plan, "action", action.uid, {"when": "Nu"}, version=1, by=cast.editor)
    assert event.operations == [{"op": "set", "kind": "action", "uid": action.uid, "values": {"when": "Nu"}}]
    assert event.inverse[0]["values"] == {"when": action.when}
    assert [str(row.uid) for row in event.rows.all()] == [action.uid]
    assert event.summary.startswith("Ändrade när i åtgärd «")


def test_writing_what_already_stands_there_is_no_change(plan, rows, cast):
    action, events = rows["action"][0], plan.events.count()
    assert editing.set_fields(plan, "action", action.uid, {"text": action.text}, version=1, by=cast.editor) is None
    assert plan.events.count() == events
    assert load(plan).versions[action.uid] == 1


def test_a_write_that_read_an_old_version_changes_nothing_and_shows_both_texts(plan, rows, cast):
    action = rows["action"][0]
    editing.set_fields(plan, "action", action.uid, {"who": "Polisen"}, version=1, by=cast.editor)
    before, events = invariants.state(plan), plan.events.count()
    with pytest.raises(StaleRow) as refusal:
        editing.set_fields(plan, "action", action.uid, {"who": "Fältare"}, version=1, by=cast.editor)
    assert (refusal.value.mine, refusal.value.theirs) == ({"who": "Fältare"}, {"who": "Polisen"})
    assert refusal.value.version == 2
    assert "Välj vilken text" in str(refusal.value)
    assert invariants.state(plan) == before
    assert plan.events.count() == events


def test_several_operations_are_written_together_or_not_at_all(plan, rows):
    before = invariants.state(plan)
    steps = [
        SetFields(kind="action", uid=rows["action"][0].uid, values={"text": "Ny"}),
        SetFields(kind="action", uid=rows["action"][1].uid, values={"text": "x" * (MAX_TEXT + 1)}),
    ]
    with pytest.raises(EditRefused):
        editing.apply(plan, steps, by=None, summary="Två")
    assert invariants.state(plan) == before


GOAL = {"text": "Mål"}
REFUSED_VALUES = {
    "a text that is too long": ("action", {"text": "å" * (MAX_TEXT + 1)}, "8001 tecken"),
    "an unknown choice": ("action", {"work_form": "sometimes"}, "alternativen för arbetsform"),
    "an unknown side of the triangle": ("action", {"triangle_sides": ["police"]}, "alternativen för sidor"),
    "a cause of another problem": ("action", {"also_causes": [UNKNOWN]}, "under samma problem"),
    "a too long name of an area": ("area", {"title": "x" * 201}, "Högst 200"),
    "a goal with an unknown kind": ("action", {"operational_goals": [GOAL | {"kind": "wish"}]}, "alternativen för"),
    "a goal with a too long unit": ("action", {"operational_goals": [GOAL | {"unit": "x" * 51}]}, "Högst 50"),
    "a time of unknown kind": ("action", {"timings": [{"kind": "someday"}]}, "alternativen för"),
    "a date that does not exist": (
        "action",
        {"timings": [{"kind": "date", "starts_on": "2025-02-30"}]},
        "datum",
    ),
}


@pytest.mark.parametrize(("kind", "values", "message"), REFUSED_VALUES.values(), ids=REFUSED_VALUES.keys())
def test_a_value_the_field_cannot_hold_is_refused_in_words(plan, rows, kind, values, message):
    with pytest.raises(EditRefused) as refusal:
        editing.set_fields(plan, kind, rows[kind][0].uid, values, version=1, by=None)
    assert message in str(refusal.value)


def test_a_goal_may_have_a_measure_before_it_has_words(plan, rows):
    goals = [{"text": "", "indicator": "Antal anmälningar"}]
    editing.set_fields(plan, "action", rows["action"][0].uid, {"operational_goals": goals}, version=1, by=None)
    (goal,) = load_document(plan).areas[0].problems[0].causes[0].actions[0].operational_goals
    assert (goal.text, goal.indicator) == ("", "Antal anmälningar")


@pytest.mark.parametrize("uid", [UNKNOWN, "not-a-uuid", "", "'; drop table--"])
def test_a_row_that_is_not_there_is_refused_as_gone(plan, cast, uid):
    with pytest.raises(GoneRow, match="Raden finns inte längre"):
        editing.set_fields(plan, "action", uid, {"text": "x"}, version=1, by=cast.editor)
    for change in (editing.remove, editing.move_up, editing.move_down):
        with pytest.raises(GoneRow):
            change(plan, "action", uid, by=cast.editor)
    with pytest.raises(GoneRow):
        editing.add(plan, "action", uid, by=cast.editor)


def test_a_row_of_another_plan_is_out_of_reach(plan, rows, cast):
    other = editing.create_plan(cast.other_district, cast.cycle, by=cast.neighbour)
    theirs, ours = str(other.planareas.first().uid), rows["problem"][0].uid
    before = invariants.state(plan), invariants.state(other)
    for attempt in (
        lambda: editing.set_fields(plan, "area", theirs, {"overarching_goal": "x"}, version=1, by=cast.editor),
        lambda: editing.move_to(plan, "problem", ours, theirs, by=cast.editor),
        lambda: editing.add(plan, "problem", theirs, by=cast.editor),
        lambda: editing.set_fields(other, "problem", ours, {"title": "x"}, version=1, by=cast.neighbour),
    ):
        with pytest.raises(GoneRow):
            attempt()
    assert (invariants.state(plan), invariants.state(other)) == before


def test_a_row_is_of_the_kind_it_is(plan, rows):
    with pytest.raises(GoneRow):
        editing.set_fields(plan, "cause", rows["action"][0].uid, {"text": "x"}, version=1, by=None)


# --- Who may


def test_a_plan_that_may_not_be_seen_is_not_there(plan, rows, cast):
    uid = rows["action"][0].uid
    for person in (cast.stranger, cast.neighbour, cast.city_steering, cast.administrator):
        with pytest.raises(ActionPlan.DoesNotExist):
            editing.set_fields(plan, "action", uid, {"text": "x"}, version=1, by=person)


def test_who_reads_but_does_not_write_is_told_who_does(plan, rows, cast):
    with pytest.raises(PermissionDenied, match="trygghetsstrateg som skriver"):
        editing.set_fields(plan, "action", rows["action"][0].uid, {"text": "x"}, version=1, by=cast.co_writer)


@pytest.mark.parametrize("state", [state for state in PlanState if state not in {"draft", "in_review"}])
def test_a_plan_that_is_past_review_is_not_changed_and_says_why(plan, rows, cast, state):
    ActionPlan.objects.filter(pk=plan.pk).update(state=state)
    with pytest.raises(PermissionDenied, match=PlanState(state).label):
        editing.set_fields(plan, "action", rows["action"][0].uid, {"text": "x"}, version=1, by=cast.editor)


@pytest.mark.parametrize("state", [PlanState.DRAFT, PlanState.IN_REVIEW])
def test_a_draft_and_a_plan_in_review_are_changed_by_the_editor(plan, rows, cast, state):
    ActionPlan.objects.filter(pk=plan.pk).update(state=state)
    assert editing.set_fields(plan, "action", rows["action"][0].uid, {"text": "x"}, version=1, by=cast.editor)


def test_a_command_changes_the_plan_in_nobodys_name(plan, rows):
    event = editing.set_fields(plan, "action", rows["action"][0].uid, {"text": "x"}, version=1, by=None)
    assert event.by is None


# --- A plan as a whole


def test_a_new_plan_has_the_years_areas_and_one_event(empty_plan, cast):
    assert [section.title for section in load_document(empty_plan).areas] == [
        area.title for area in cast.area_set.areas.order_by("number")
    ]
    assert [event.summary for event in empty_plan.events.all()] == ["Började planen"]


def test_a_district_has_one_plan_a_year(empty_plan, cast):
    with pytest.raises(EditRefused, match="Skärholmen har redan en plan för 2025"):
        editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    assert ActionPlan.objects.count() == 1


@pytest.mark.parametrize("person", ["neighbour", "police", "co_writer", "stranger", "city_preparation"])
def test_only_the_districts_editor_starts_its_plan(cast, person):
    with pytest.raises(PermissionDenied):
        editing.create_plan(cast.district, cast.cycle, by=getattr(cast, person))


def test_a_year_the_city_has_not_opened_is_refused(cast):
    assert editing.cycle_of(2025) == cast.cycle
    with pytest.raises(EditRefused, match="planeringsår 2031"):
        editing.cycle_of(2031)


def test_replacing_a_plan_with_itself_changes_nothing(plan, skarholmen):
    events = plan.events.count()
    assert editing.replace_content(plan, skarholmen, by=None, summary="Igen") is None
    assert plan.events.count() == events


def test_a_copy_of_another_districts_plan_shares_no_row_with_it(plan, rows, cast):
    goals = [{"text": "Mål"}]
    editing.set_fields(plan, "action", rows["action"][0].uid, {"operational_goals": goals}, version=1, by=None)
    other = editing.create_plan(cast.other_district, cast.cycle, by=cast.neighbour)
    editing.replace_content(other, load_document(plan), by=cast.neighbour, summary="Kopierade")
    assert load_document(other).areas == load_document(plan).areas
    assert not load(other).versions.keys() & load(plan).versions.keys()


def test_the_districts_own_area_comes_last_and_needs_a_name(empty_plan, cast):
    editing.add_area(empty_plan, " Kollektivtrafiken ", by=cast.editor)
    last = load_document(empty_plan).areas[-1]
    assert (last.title, last.is_local, last.number) == ("Kollektivtrafiken", True, 6)
    with pytest.raises(EditRefused, match="Skriv vad området heter"):
        editing.add_area(empty_plan, " \n", by=cast.editor)


def test_an_own_area_can_be_removed_and_the_citys_cannot(empty_plan, cast):
    own = first_uid(editing.add_area(empty_plan, "Kollektivtrafiken", by=cast.editor))
    editing.remove(empty_plan, "area", own, by=cast.editor)
    with pytest.raises(EditRefused, match="inte är aktuellt i år"):
        editing.remove(empty_plan, "area", empty_plan.planareas.first().uid, by=cast.editor)
    assert empty_plan.planareas.count() == 5


# --- Rows


def test_a_new_problem_comes_with_a_cause_and_an_action_to_write_in(empty_plan):
    editing.add(empty_plan, "problem", empty_plan.planareas.first().uid, by=None)
    assert (empty_plan.problems.count(), empty_plan.causes.count(), empty_plan.actions.count()) == (1, 1, 1)


def test_a_new_row_comes_last_or_after_the_one_named(small):
    plan, (one, two, _) = small["plan"], small["causes"]
    second = plan.actions.get(text="Åtgärd 2")
    editing.add(plan, "action", two, by=None, after=second.uid)
    assert texts_by_cause(plan)[1] == ["Åtgärd 2", "", "Åtgärd 3"]
    editing.add(plan, "action", one, by=None)
    assert texts_by_cause(plan)[0] == ["Åtgärd 1", ""]


def test_a_row_whose_neighbour_is_gone_comes_last(small):
    plan = small["plan"]
    cause = first_uid(editing.add(plan, "cause", small["problem"], by=None, after=UNKNOWN))
    assert plan.causes.get(uid=cause).position == 4
    assert plan.actions.get(cause=cause).position == 5
    invariants.check(plan)


def test_a_row_moves_up_and_down_among_its_siblings_and_stops_at_the_edge(small):
    plan = small["plan"]
    second = plan.actions.get(text="Åtgärd 2").uid
    assert editing.move_up(plan, "action", second, by=None) is None
    editing.move_down(plan, "action", second, by=None)
    assert texts_by_cause(plan)[1] == ["Åtgärd 3", "Åtgärd 2"]
    assert editing.move_down(plan, "action", second, by=None) is None


def test_a_cause_that_moves_takes_its_actions_to_its_new_place(small):
    plan, (_, two, _) = small["plan"], small["causes"]
    editing.move_up(plan, "cause", two, by=None)
    assert order_of_actions(plan) == ["Åtgärd 2", "Åtgärd 3", "Åtgärd 1", "Åtgärd 4"]
    editing.move_down(plan, "cause", two, by=None)
    assert order_of_actions(plan) == ["Åtgärd 1", "Åtgärd 2", "Åtgärd 3", "Åtgärd 4"]


def test_a_cause_moves_to_another_problem_with_its_actions_and_without_foreign_links(small):
    plan, (_, two, three) = small["plan"], small["causes"]
    first, second = plan.actions.get(text="Åtgärd 1"), plan.actions.get(text="Åtgärd 2")
    editing.set_fields(plan, "action", first.uid, {"also_causes": [two]}, version=first.version, by=None)
    editing.set_fields(plan, "action", second.uid, {"also_causes": [three]}, version=second.version, by=None)
    before = invariants.state(plan)
    other = first_uid(editing.add(plan, "problem", plan.planareas.last().uid, by=None))
    event = editing.move_to(plan, "cause", two, other, by=None)
    assert str(plan.actions.get(text="Åtgärd 2").problem_id) == other
    assert not any(action.also_causes for problem in _problems(plan) for action in problem)
    invariants.check(plan)
    editing.undo(plan, event, by=None)
    editing.undo(plan, plan.events.filter(undoes=None)[1], by=None)
    assert invariants.state(plan) == before


def _problems(plan):
    for section in load_document(plan).areas:
        for problem in section.problems:
            yield [action for cause in problem.causes for action in cause.actions]


def test_an_action_that_moves_to_a_cause_it_also_answers_answers_it_once_and_can_go_back(small):
    plan, (_, two, _) = small["plan"], small["causes"]
    action = plan.actions.get(text="Åtgärd 1")
    editing.set_fields(plan, "action", action.uid, {"also_causes": [two]}, version=action.version, by=None)
    before = invariants.state(plan)
    event = editing.move_to(plan, "action", action.uid, two, by=None)
    assert texts_by_cause(plan)[:2] == [[], ["Åtgärd 2", "Åtgärd 3", "Åtgärd 1"]]
    assert plan.actions.get(pk=action.pk).also_causes.count() == 0
    editing.undo(plan, event, by=None)
    assert invariants.state(plan) == before


def test_links_are_no_change_when_only_the_causes_have_changed_places(small):
    plan, (_, two, three) = small["plan"], small["causes"]
    action = plan.actions.get(text="Åtgärd 1")
    editing.set_fields(plan, "action", action.uid, {"also_causes": [two, three]}, version=action.version, by=None)
    editing.move_up(plan, "cause", three, by=None)
    version = plan.actions.get(pk=action.pk).version
    links = {"also_causes": [three, two]}
    assert editing.set_fields(plan, "action", action.uid, links, version=version, by=None) is None
    expected = SetFields(kind="action", uid=str(action.uid), values={"also_causes": [two]}, expect=links)
    assert editing.apply(plan, [expected], by=None, summary="")


def test_removing_a_cause_keeps_the_action_that_answers_another_cause_too(small):
    plan, (one, two, three) = small["plan"], small["causes"]
    second = plan.actions.get(text="Åtgärd 2")
    editing.set_fields(plan, "action", second.uid, {"also_causes": [one, three]}, version=second.version, by=None)
    before = invariants.state(plan)
    event = editing.remove(plan, "cause", two, by=None)
    assert texts_by_cause(plan) == [["Åtgärd 1", "Åtgärd 2"], ["Åtgärd 4"]]
    assert [str(link.cause_id) for link in plan.actions.get(pk=second.pk).also_causes.all()] == [three]
    invariants.check(plan)
    editing.undo(plan, event, by=None)
    assert invariants.state(plan) == before


def test_removing_a_row_takes_what_hangs_under_it_and_the_history_finds_all_of_it(plan, rows):
    problem = rows["problem"][0]
    below = [row.uid for cause in problem.causes for row in (cause, *cause.actions)]
    event = editing.remove(plan, "problem", problem.uid, by=None)
    assert not load(plan).versions.keys() & {problem.uid, *below}
    assert {str(row.uid) for row in event.rows.all()} == {problem.uid, *below}
    invariants.check(plan)


def test_an_insertion_of_a_row_that_is_there_is_refused(plan, rows):
    action = rows["action"][0]
    step = InsertRow(kind="action", uid=action.uid, parent=rows["cause"][0].uid, after=None, values={})
    with pytest.raises(EditRefused, match="finns redan"):
        editing.apply(plan, [step], by=None, summary="")


def test_an_area_of_another_year_is_refused(plan):
    step = InsertRow(kind="area", uid=str(uuid4()), parent=None, after=None, values={"code": "2031"})
    with pytest.raises(EditRefused, match="2031"):
        editing.apply(plan, [step], by=None, summary="")


# --- Taking back


CHANGES = {
    "a cell": lambda plan, rows: editing.set_fields(
        plan, "action", rows["action"][0].uid, {"text": "Ny", "goals": ""}, version=1, by=None
    ),
    "goals one by one": lambda plan, rows: editing.set_fields(
        plan, "action", rows["action"][0].uid, {"operational_goals": [{"text": "A"}, {"text": "B"}]}, version=1, by=None
    ),
    "a new problem": lambda plan, rows: editing.add(plan, "problem", rows["area"][1].uid, by=None),
    "a new cause": lambda plan, rows: editing.add(plan, "cause", rows["problem"][0].uid, by=None),
    "a new action": lambda plan, rows: editing.add(plan, "action", rows["cause"][0].uid, by=None),
    "a new area": lambda plan, rows: editing.add_area(plan, "Eget", by=None),
    "a problem down": lambda plan, rows: editing.move_down(
        plan, "problem", next(area for area in rows["area"] if len(area.problems) > 1).problems[0].uid, by=None
    ),
    "a cause down": lambda plan, rows: editing.move_down(plan, "cause", rows["cause"][0].uid, by=None),
    "an area up": lambda plan, rows: editing.move_up(plan, "area", rows["area"][2].uid, by=None),
    "a problem elsewhere": lambda plan, rows: editing.move_to(
        plan, "problem", rows["problem"][0].uid, rows["area"][3].uid, by=None
    ),
    "a cause elsewhere": lambda plan, rows: editing.move_to(
        plan, "cause", rows["cause"][0].uid, rows["problem"][-1].uid, by=None
    ),
    "an action elsewhere": lambda plan, rows: editing.move_to(
        plan, "action", rows["action"][0].uid, rows["cause"][-1].uid, by=None
    ),
    "a removed problem": lambda plan, rows: editing.remove(plan, "problem", rows["problem"][0].uid, by=None),
    "a removed cause": lambda plan, rows: editing.remove(plan, "cause", rows["cause"][0].uid, by=None),
    "a removed action": lambda plan, rows: editing.remove(plan, "action", rows["action"][0].uid, by=None),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_can_be_taken_back_and_done_again(plan, rows, change):
    before = invariants.state(plan)
    event = change(plan, rows)
    after = invariants.state(plan)
    assert after != before
    undone = editing.undo(plan, event, by=None)
    assert invariants.state(plan) == before
    editing.undo(plan, undone, by=None)
    assert invariants.state(plan) == after
    invariants.check(plan)


def test_a_change_is_taken_back_once(plan, rows):
    event = CHANGES["a cell"](plan, rows)
    editing.undo(plan, event, by=None)
    with pytest.raises(EditRefused, match="redan ångrad"):
        editing.undo(plan, event, by=None)


def test_a_cell_that_somebody_has_written_in_since_is_not_taken_back(plan, rows):
    event = CHANGES["a cell"](plan, rows)
    editing.set_fields(plan, "action", rows["action"][0].uid, {"text": "Nyare"}, version=2, by=None)
    before = invariants.state(plan)
    with pytest.raises(EditRefused, match="någon har ändrat på samma ställe"):
        editing.undo(plan, event, by=None)
    assert invariants.state(plan) == before


def test_a_change_of_another_cell_of_the_row_does_not_hinder_taking_back(plan, rows):
    event = CHANGES["a cell"](plan, rows)
    editing.set_fields(plan, "action", rows["action"][0].uid, {"who": "Nyare"}, version=2, by=None)
    editing.undo(plan, event, by=None)
    action = load_document(plan).areas[0].problems[0].causes[0].actions[0]
    assert (action.text, action.who) == (rows["action"][0].text, "Nyare")


def test_a_new_row_that_somebody_has_written_in_is_not_taken_back(plan, rows):
    event = CHANGES["a new action"](plan, rows)
    editing.set_fields(plan, "action", first_uid(event), {"text": "Skrivet"}, version=1, by=None)
    with pytest.raises(EditRefused, match="skrivit på raden"):
        editing.undo(plan, event, by=None)


def test_a_removed_row_comes_back_only_where_its_parent_still_is(plan, rows):
    action, cause = rows["action"][0], rows["cause"][0]
    event = editing.remove(plan, "action", action.uid, by=None)
    editing.remove(plan, "cause", cause.uid, by=None)
    with pytest.raises(EditRefused):
        editing.undo(plan, event, by=None)


def test_the_last_change_that_still_holds_is_the_one_to_take_back(plan, rows):
    first = CHANGES["a cell"](plan, rows)
    second = CHANGES["a new cause"](plan, rows)
    assert editing.latest_undoable(plan) == second
    editing.undo(plan, second, by=None)
    assert editing.latest_undoable(plan) == first


# --- History


def in_a_transaction_of_its_own(function, *arguments):
    with transaction.atomic():
        return function(*arguments)


def test_history_is_neither_rewritten_nor_removed(plan):
    event = plan.events.first()
    event.summary = "Något annat"
    for attempt in (
        event.save,
        event.delete,
        plan.events.all().delete,
        lambda: plan.events.update(summary="x"),
        lambda: in_a_transaction_of_its_own(PlanEvent.objects.bulk_update, [event], ["summary"]),
    ):
        with pytest.raises(TypeError, match="written once"):
            attempt()
    event.refresh_from_db()
    assert event.summary == "Läste in planen"


def test_operations_survive_being_kept_as_json(plan):
    for event in plan.events.all():
        assert operations.to_data(operations.from_data(event.operations)) == event.operations


def test_a_place_at_the_very_front_is_kept_as_such():
    step = MoveRow(kind="area", uid=UNKNOWN, parent=None, after=None)
    assert operations.from_data(operations.to_data([step])) == [step]


# --- Anything, in any order


class Walk:
    """Several people changing one plan as it comes, with a seed to repeat it by."""

    def __init__(self, plan, people, seed):
        self.plan, self.people, self.dice = plan, people, random.Random(seed)
        self.before = {}  # event → the plan before it

    def step(self):
        state = invariants.state(self.plan)
        change = self.dice.choice([self.write, self.write, self.add, self.remove, self.step_up_or_down,
                                   self.elsewhere, self.link, self.take_back])  # fmt: skip
        event = change(self.dice.choice(self.people))
        if event is None:
            assert invariants.state(self.plan) == state
        else:
            self.before[event] = state
        invariants.check(self.plan)

    def any(self, kind):
        rows = list({"area": self.plan.planareas, "problem": self.plan.problems, "cause": self.plan.causes,
                     "action": self.plan.actions}[kind].order_by("pk"))  # fmt: skip
        return self.dice.choice(sorted(rows, key=lambda row: row.position)) if rows else None

    def write(self, by):
        kind = self.dice.choice(["problem", "cause", "action"])
        row, field = self.any(kind), "title" if kind == "problem" else "text"
        values = {field: self.dice.choice(["", "Text", f"Text {self.dice.random()}"])}
        return row and editing.set_fields(self.plan, kind, row.uid, values, version=row.version, by=by)

    def add(self, by):
        kind, parent = self.dice.choice([("problem", "area"), ("cause", "problem"), ("action", "cause")])
        row = self.any(parent)
        after = self.any(kind) if self.dice.random() < 0.3 else None
        return row and editing.add(self.plan, kind, row.uid, by=by, after=after and after.uid)

    def remove(self, by):
        kind = self.dice.choice(["action", "action", "cause", "problem"])
        row = self.any(kind)
        return row and editing.remove(self.plan, kind, row.uid, by=by)

    def step_up_or_down(self, by):
        kind = self.dice.choice(["problem", "cause", "action", "area"])
        row = self.any(kind)
        return row and self.dice.choice([editing.move_up, editing.move_down])(self.plan, kind, row.uid, by=by)

    def elsewhere(self, by):
        kind, parent = self.dice.choice([("problem", "area"), ("cause", "problem"), ("action", "cause")])
        row, home = self.any(kind), self.any(parent)
        return row and home and editing.move_to(self.plan, kind, row.uid, home.uid, by=by)

    def link(self, by):
        row = self.any("action")
        if not row:
            return None
        others = [str(cause.uid) for cause in row.problem.causes.order_by("position") if cause != row.cause]
        values = {"also_causes": self.dice.sample(others, self.dice.randint(0, len(others)))}
        return editing.set_fields(self.plan, "action", row.uid, values, version=row.version, by=by)

    def take_back(self, by):
        latest = self.plan.events.first()
        event = latest if self.dice.random() < 0.6 else self.dice.choice(list(self.plan.events.all()[:6]))
        if event not in self.before:
            return None
        try:
            undone = editing.undo(self.plan, event, by=by)
        except EditRefused:
            assert event != latest, "the last change can always be taken back"
            return None
        if event == latest:
            assert invariants.state(self.plan) == self.before[event]
        return undone


@pytest.mark.parametrize("seed", range(6))
def test_whatever_people_do_the_plan_stays_whole_and_the_history_true(empty_plan, cast, seed):
    walk = Walk(empty_plan, [cast.editor, None], seed)
    for _ in range(60):
        walk.step()
    invariants.check_history_tells_the_whole_story(empty_plan)


def test_a_change_brought_back_is_the_latest_change_again(plan, cast):
    action = plan.actions.first()
    change = editing.set_fields(plan, "action", action.uid, {"when": "Våren"}, version=None, by=cast.editor)
    taken_back = editing.undo(plan, change, by=cast.editor)
    assert editing.latest_undoable(plan).summary == "Läste in planen"
    brought_back = editing.undo(plan, taken_back, by=cast.editor)
    assert editing.latest_undoable(plan) == brought_back
    editing.undo(plan, brought_back, by=cast.editor)
    assert editing.latest_undoable(plan).summary == "Läste in planen"


def test_a_time_that_ends_before_it_starts_is_refused_whoever_writes_it(plan, cast):
    action = plan.actions.first()
    backwards = [{"kind": "period", "starts_on": "2025-06-01", "ends_on": "2025-05-01"}]
    with pytest.raises(EditRefused, match="ligger före startdatumet"):
        editing.set_fields(plan, "action", action.uid, {"timings": backwards}, version=None, by=cast.editor)


def test_one_press_takes_nothing_back_from_before_the_plan_took_its_latest_step(plan, cast):
    plan = stages.reach(plan, cast, "in_review")
    assert editing.latest_undoable(plan) is None
    event = editing.add(plan, "problem", plan.planareas.first().uid, by=cast.editor)
    assert editing.latest_undoable(plan) == event
    editing.undo(plan, event, by=cast.editor)
    assert editing.latest_undoable(plan) is None
