"""What must hold for a plan whatever has been done to it."""

from contextlib import contextmanager
from dataclasses import replace

from django.db import transaction

from plans import editing, operations
from plans.comparison import flatten
from plans.loading import load_document
from plans.operations import RemoveRow


def state(plan):
    """Everything a plan holds, with the identity and the place of every row."""
    return flatten(load_document(plan))


def check(plan):
    """Places are gap-free, actions and causes agree on their problem, and links stay within it."""
    _check_places(plan.planareas, "plan_id")
    _check_places(plan.problems, "plan_area_id")
    _check_places(plan.causes, "problem_id")
    _check_places(plan.actions, "problem_id")
    for action in plan.actions.select_related("cause").prefetch_related("also_causes__cause"):
        assert action.problem_id == action.cause.problem_id
        linked = [link.cause for link in action.also_causes.all()]
        assert all(cause.problem_id == action.problem_id for cause in linked)
        assert action.cause not in linked


def _check_places(rows, parent):
    places = {}
    for row in rows.order_by("position"):
        places.setdefault(getattr(row, parent), []).append(row.position)
    for positions in places.values():
        assert positions == list(range(1, len(positions) + 1))


def check_history_tells_the_whole_story(plan):
    """Doing what the events say, from an empty plan, gives the plan."""
    events = [operations.from_data(event.operations) for event in plan.events.order_by("pk")]
    now = state(plan)
    with rolled_back():
        plan.planareas.all().delete()
        for steps in events:
            # Whether a row was untouched was asked when it was taken back, and is not asked again.
            steps = [replace(step, untouched=False) if isinstance(step, RemoveRow) else step for step in steps]
            editing.apply(plan, steps, by=None, summary="")
        assert state(plan) == now


@contextmanager
def rolled_back():
    """Do something in the database that leaves no trace."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
