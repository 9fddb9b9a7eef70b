"""Access lines: the proposals for the coming year, the feedback to the districts, and that they have read it."""

from datetime import date

from agreements.models import PlanningCycle
from followup.models import AnnualReport, PublishedReport
from followup.report import feedback, proposals
from followup.report.writing import begin
from tests.agreements.access import Line

CITY = {"city_preparation", "city_steering"}
CONFIRMS = {"editor", "police", "chair"}
READS = CONFIRMS | {"steering", "registrar"}
PROPOSALS = "arsrapport/<int:year>/forslag/"
PROPOSAL = f"{PROPOSALS}<int:pk>/"
FEEDBACK = "arsrapport/<int:year>/aterkoppling/"
DISTRICT = f"{FEEDBACK}<slug:district>/"
WRITTEN = Line(
    get={200: {"city_preparation"}, 403: {"city_steering"}}, post={422: {"city_preparation"}, 403: {"city_steering"}}
)
PRESSED = {302: {"city_preparation"}, 403: {"city_steering"}}
LINES = {
    PROPOSALS: Line(get={200: CITY}),
    f"{PROPOSALS}nytt/": WRITTEN,
    f"{PROPOSALS}lagg-i-planen/": Line(post=PRESSED),
    PROPOSAL: WRITTEN,
    f"{PROPOSAL}ta-bort/": WRITTEN,
    f"{PROPOSAL}flytta/": Line(post=PRESSED),
    FEEDBACK: Line(get={200: CITY}),
    DISTRICT: Line(get={200: CITY | READS}, post={422: {"city_preparation"}, 403: READS | {"city_steering"}}),
    f"{DISTRICT}bekrafta/": Line(post={302: CONFIRMS, 403: CITY | READS - CONFIRMS}),
}


def addresses(cast):
    """Proposals in the open report of 2025, and the feedback of 2024, which is published."""
    PlanningCycle.objects.create(year=2026, area_set=cast.area_set)
    said = {
        "kind": "action", "area": "otrygga-platser", "problem": "Otrygghet på torg", "text": "Byt belysningen",
        "owner": None, "owner_text": "Trafikkontoret", "when": "", "due_on": date(2026, 9, 30), "budget": "",
    }  # fmt: skip
    proposal = proposals.add(cast.cycle, said, by=cast.city_preparation)
    last_year = PlanningCycle.objects.create(year=2024, area_set=cast.area_set)
    feedback.save(last_year, cast.district, "Bra gjort.", seen=0, by=cast.city_preparation)
    PublishedReport.objects.create(
        report=begin(last_year), document="{}", sha256="0" * 64, decided_on=date(2025, 2, 20), body="Styrgruppen",
        by=cast.city_preparation,
    )  # fmt: skip
    AnnualReport.objects.filter(cycle=last_year).update(state="published")
    made = {"<int:year>": "2025", "<int:pk>": str(proposal.pk), "<slug:district>": cast.district.slug}
    found = {route: f"/{_filled(route, made)}" for route in LINES}
    of_last_year = {route: found[route].replace("2025", "2024") for route in (DISTRICT, f"{DISTRICT}bekrafta/")}
    return found | of_last_year


def _filled(route, made):
    for part, value in made.items():
        route = route.replace(part, value)
    return route
