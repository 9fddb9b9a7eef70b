"""Access lines: the follow-up of a plan."""

from followup.models import Assessment, FollowUp
from followup.page import Sheet
from tests.agreements.access import Line
from tests.followup.opened import opened, opened_in_city

READS = {"editor", "co_writer", "police", "steering", "chair", "working", "registrar"}
# Seats that answer for an organisation of the example; whoever only reads is told whom to ask.
ANSWERS = {"editor", "co_writer", "police", "working", "external"}
BASE = "planer/<slug:district>/<int:year>/uppfoljning/"
ACTION = BASE + "atgard/<uuid:uid>/"
TARGETS = BASE + "omrade/<int:position>/mal/"
EDITORS = Line(get={200: {"editor"}, 403: READS - {"editor"}}, post={422: {"editor"}, 403: READS - {"editor"}})
LINES = {
    BASE: Line(get={200: READS}),
    BASE + "omrade/<int:position>/": Line(get={200: READS}),
    BASE + "oppna/": Line(post={302: {"editor"}, 403: READS - {"editor"}}),
    ACTION: Line(
        get={200: READS},
        post={422: {"editor", "co_writer", "police", "working"}, 403: {"steering", "chair", "registrar"}},
    ),
    BASE + "ataganden/": Line(get={200: READS | {"external"}}, post={422: ANSWERS, 403: READS - ANSWERS}),
    BASE + "bedomning/<uuid:uid>/": EDITORS,
    BASE + "sammanfattning/": EDITORS,
    # Only the areas of the city's plan have delmål (seed 001).
    TARGETS: Line(
        get={200: {"city_preparation"}, 403: {"city_steering"}},
        post={422: {"city_preparation"}, 403: {"city_steering"}},
    ),
    BASE + "steg/<slug:slug>/": EDITORS,
}


def addresses(cast):
    """An example of each address: an open follow-up, with an action that several parties take part in."""
    follow_up = FollowUp.objects.with_place().get(pk=opened(cast).pk)
    row = next(iter(Sheet(follow_up).rows.values()))
    assessed = Assessment.objects.filter(follow_up=follow_up, kind="problem").first()
    made = {
        "<slug:district>": cast.district.slug,
        "<int:year>": "2025",
        "<int:position>": "1",
        "bedomning/<uuid:uid>": f"bedomning/{assessed.row}",
        "<uuid:uid>": row.uid,
        "<slug:slug>": "lamna-in",
    }
    opened_in_city(cast)
    found = {route: f"/{_filled(route, made)}" for route in LINES}
    return found | {TARGETS: "/planer/staden/2025/uppfoljning/omrade/1/mal/"}


def _filled(route, made):
    for part, value in made.items():
        route = route.replace(part, value)
    return route
