"""Several people at the same moment, on PostgreSQL, where their transactions really meet."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from plans import editing
from plans.errors import EditRefused, StaleRow
from plans.models import Action, ActionPlan
from tests.cast import Cast
from tests.plans import invariants

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one writer in at a time"),
]


@pytest.fixture
def cast(transactional_db):
    """Everybody, visible to every connection."""
    return Cast()


@pytest.fixture
def row(cast):
    """An action in a plan of Skärholmen."""
    plan = editing.create_plan(cast.district, cast.cycle, by=None)
    editing.add(plan, "problem", plan.planareas.first().uid, by=None)
    return plan.actions.get()


def at_once(*calls):
    """Call all of them at the same moment, each on a connection of its own; return results or refusals."""
    together = Barrier(len(calls))

    def run(call):
        try:
            together.wait(timeout=20)
            return call()
        except EditRefused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_two_that_save_the_same_version_of_a_row_one_wins_and_the_other_sees_both_texts(cast, row):
    def saving(text):
        return lambda: editing.set_fields(row.plan, "action", row.uid, {"text": text}, version=1, by=cast.editor)

    results = at_once(saving("Mitt"), saving("Ditt"))
    (refusal,) = [result for result in results if isinstance(result, StaleRow)]
    (event,) = [result for result in results if not isinstance(result, EditRefused)]
    written = Action.objects.get(pk=row.pk)
    assert event.operations[0]["values"]["text"] == written.text == refusal.theirs["text"]
    assert {refusal.mine["text"], refusal.theirs["text"]} == {"Mitt", "Ditt"}
    assert written.version == 2


def test_ten_that_add_a_row_at_once_leave_no_gap_and_no_double(cast, row):
    results = at_once(*[lambda: editing.add(row.plan, "action", row.cause_id, by=cast.editor)] * 10)
    assert not [result for result in results if isinstance(result, Exception)]
    assert row.plan.actions.count() == 11
    invariants.check(row.plan)
    invariants.check_history_tells_the_whole_story(row.plan)


def test_a_removal_and_an_addition_below_it_at_once_leave_the_plan_whole(cast, row):
    at_once(
        lambda: editing.remove(row.plan, "cause", row.cause_id, by=cast.editor),
        lambda: editing.add(row.plan, "action", row.cause_id, by=cast.editor),
    )
    assert row.plan.actions.count() == 0
    invariants.check(row.plan)


def test_of_two_that_take_the_same_change_back_one_does(cast, row):
    event = editing.set_fields(row.plan, "action", row.uid, {"text": "Ny"}, version=1, by=None)
    results = at_once(*[lambda: editing.undo(row.plan, event, by=cast.editor)] * 2)
    assert len([result for result in results if isinstance(result, EditRefused)]) == 1
    assert Action.objects.get(pk=row.pk).text == ""


def test_two_that_start_the_districts_plan_at_once_get_one_plan(cast):
    results = at_once(*[lambda: editing.create_plan(cast.district, cast.cycle, by=cast.editor)] * 2)
    (refusal,) = [result for result in results if isinstance(result, EditRefused)]
    assert "har redan en plan" in str(refusal)
    assert ActionPlan.objects.get().planareas.count() == 5
