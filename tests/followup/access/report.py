"""Access lines: the city's annual report, before it is published."""

from tests.agreements.access import Line
from tests.followup.measured import indicator, measured
from tests.followup.reported import handed_in

# Those who compile it and those who are to decide it; the districts read it when it is published.
READERS = {"city_preparation", "city_steering"}
DISTRICTS = {"editor", "police", "steering", "chair", "registrar", "neighbour", "neighbour_police"}
BASE = "arsrapport/<int:year>/"
LINES = {
    "arsrapport/": Line(get={200: READERS | DISTRICTS}),  # the districts see what is published
    BASE: Line(get={200: READERS}),
    f"{BASE}rader/": Line(get={200: READERS}),
    f"{BASE}diagram/<slug:code>/": Line(get={200: READERS}, is_page=False),
    f"{BASE}stadsdel/<slug:district>/": Line(get={200: READERS}),
    f"{BASE}atgarder/": Line(get={200: READERS}),
    f"{BASE}atgarder/ladda-ner/": Line(get={200: READERS}, is_page=False),
}


def addresses(cast):
    """The report of a year in which Farsta has handed in, and of which something has been measured twice."""
    handed_in(cast)
    unsafe = indicator()
    measured(unsafe, 2022, 41)
    measured(unsafe, 2025, 38)
    made = {"<int:year>": "2025", "<slug:code>": unsafe.code, "<slug:district>": cast.other_district.slug}
    found = {route: f"/{_filled(route, made)}" for route in LINES}
    return found | {f"{BASE}rader/": "/arsrapport/2025/rader/?figur=F3"}


def _filled(route, made):
    for part, value in made.items():
        route = route.replace(part, value)
    return route
