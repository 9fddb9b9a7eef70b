"""Loading and changing a plan costs as many queries for many rows as for few."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plans import editing
from plans.document import dense_orders
from plans.loading import load, load_document
from plans.models import Action, PlanArea


def grown(document, times):
    """The document with every area's problems several times over."""
    areas = []
    for section in document.areas:
        problems = [
            dense_orders(replace(problem, title=f"{problem.title} ({copy})"))
            for copy in range(times)
            for problem in section.problems
        ]
        areas.append(replace(section, problems=tuple(problems)))
    return replace(document, areas=tuple(areas))


def queries(call):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        call()
    return len(captured)


@pytest.fixture
def large(plan, skarholmen):
    """Makes the plan ten times as large: 310 actions."""
    return lambda: editing.replace_content(plan, grown(skarholmen, 10), by=None, summary="Fler")


def test_the_plan_is_loaded_as_it_was_written(plan, skarholmen):
    assert load_document(plan).areas == skarholmen.areas


def test_every_row_comes_with_its_version(plan):
    loaded = load(plan)
    rows = plan.planareas.count() + plan.problems.count() + plan.causes.count() + plan.actions.count()
    assert len(loaded.versions) == rows
    assert set(loaded.versions.values()) >= {1}


def test_the_grids_rows_come_without_their_parts_and_only_the_areas_own(plan):
    area = PlanArea.objects.get(plan=plan, position=2)
    action = Action.objects.filter(problem__plan_area=area).first()
    editing.set_fields(plan, "action", action.uid, {"operational_goals": [{"text": "Mål"}]}, version=1, by=None)
    document = load(plan, with_parts=False, area=area).document
    assert [bool(section.problems) for section in document.areas] == [False, True, False, False, False]
    assert not any(action.operational_goals for problem in document.areas[1].problems
                   for cause in problem.causes for action in cause.actions)  # fmt: skip


def test_loading_takes_ten_queries_however_many_rows(plan, large):
    assert queries(lambda: load(plan)) <= 10
    large()
    assert queries(lambda: load(plan)) <= 10


def test_loading_for_the_grid_takes_five_queries(plan):
    assert queries(lambda: load(plan, with_parts=False)) <= 5


# --- Changing


def write(plan, by):
    action = plan.actions.first()
    return lambda: editing.set_fields(plan, "action", action.uid, {"text": "Ny"}, version=action.version, by=by)


def add(plan, by):
    cause = plan.causes.first()
    return lambda: editing.add(plan, "action", cause.uid, by=by)


def move(plan, by):
    action = plan.actions.order_by("problem_id", "position").first()
    cause = plan.causes.exclude(problem=action.problem).first()
    return lambda: editing.move_to(plan, "action", action.uid, cause.uid, by=by)


def move_up(plan, by):
    problem = plan.problems.filter(position=2).first()
    return lambda: editing.move_up(plan, "problem", problem.uid, by=by)


@pytest.mark.parametrize("change", [write, add, move, move_up])
def test_a_change_costs_the_same_in_a_plan_ten_times_as_large(plan, large, cast, change):
    small = queries(change(plan, cast.editor))
    large()
    savepoint = 2  # several rows are renumbered within one, a single row without
    assert queries(change(plan, cast.editor)) <= small + savepoint


@pytest.mark.parametrize(("kind", "values"), [("action", {"text": "Ny"}), ("problem", {"title": "Nytt"})])
def test_writing_a_cell_takes_five_queries(plan, cast, kind, values):
    row = {"action": plan.actions, "problem": plan.problems}[kind].first()
    savepoint = 2  # of the test's own transaction
    written = queries(lambda: editing.set_fields(plan, kind, row.uid, values, version=row.version, by=cast.editor))
    assert written - savepoint <= 5
