"""Access lines: hinder."""

from followup import obstacles
from tests.agreements.access import PLACE, Line
from tests.followup.decided import decided_plan

HANDLES = {"editor", "police"}
READS_ALL = {"editor", "co_writer", "police", "working", "steering", "chair"}
# An external party reports too, and sees its own.
REPORTS = READS_ALL | {"external"}
# The city's groups read what has been lifted to them.
CITY = {"city_preparation", "city_steering"}
LIST = PLACE + "hinder/"
OBSTACLE = LIST + "<uuid:uid>/"

LINES = {
    LIST: Line(get={200: REPORTS | CITY}),
    LIST + "rapportera/": Line(get={200: REPORTS, 403: CITY}, post={422: REPORTS, 403: CITY}),
    OBSTACLE: Line(get={200: READS_ALL}),
    OBSTACLE + "steg/<slug:slug>/": Line(post={422: HANDLES, 403: READS_ALL - HANDLES}),
}


def addresses(cast):
    """An example of each address: an obstacle that is reported in Skärholmen, and the step of handling it."""
    found, _ = obstacles.report(decided_plan(cast), by=cast.working, title="Inga lokaler", text="Skolan är stängd.")
    made = {"<slug:place>": cast.district.slug, "<uuid:uid>": str(found.pk), "<slug:slug>": "hantera"}
    return {route: f"/{_filled(route, made)}" for route in LINES}


def _filled(route, made):
    for part, value in made.items():
        route = route.replace(part, value)
    return route
