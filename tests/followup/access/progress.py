"""Access lines: notes through the year."""

from datetime import date

from followup import progress
from tests.agreements.access import Line
from tests.cast import PEOPLE
from tests.followup.decided import decided_plan

WRITES = {"editor", "co_writer", "police", "working"}
READS = WRITES | {"steering", "chair", "registrar"}
PLAN = "planer/<slug:district>/<int:year>/"
ACTION = PLAN + "atgard/<uuid:uid>/anteckningar/"
NOTE = ACTION + "<uuid:note>/"
# The example is the editor's own; the others are told whose it is.
OTHERS = READS - {"editor"}

LINES = {
    "mina-atgarder/": Line(get={200: set(PEOPLE)}),
    PLAN + "anteckningar/": Line(get={200: READS}),
    ACTION: Line(get={200: READS}, post={422: WRITES, 403: READS - WRITES}),
    NOTE: Line(get={200: {"editor"}, 403: OTHERS}, post={422: {"editor"}, 403: OTHERS}),
    NOTE + "ta-bort/": Line(post={302: {"editor"}, 403: OTHERS}),
}


def addresses(cast):
    """An example of each address: a decided plan with a note on its action."""
    plan = decided_plan(cast)
    action = plan.actions.get()
    values = {"on": date(2025, 3, 12), "text": "Två träffar", "quantity": 60, "unit": "deltagare"}
    note, _ = progress.write(plan, action.uid, values, by=cast.editor)
    made = {
        "<slug:district>": cast.district.slug,
        "<int:year>": "2025",
        "<uuid:uid>": str(action.uid),
        "<uuid:note>": str(note.pk),
    }
    return {route: f"/{_filled(route, made)}" for route in LINES}


def _filled(route, made):
    for part, value in made.items():
        route = route.replace(part, value)
    return route
