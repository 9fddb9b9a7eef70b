"""Access lines: the annual report once it is published, and as a draft on paper before that."""

from agreements.models import PlanningCycle
from followup.report import drafts
from followup.report.publishing import PUBLISHED
from tests.agreements.access import Line
from tests.followup.access.report import DISTRICTS, READERS
from tests.followup.published import published_report

EVERYBODY = READERS | DISTRICTS
BASE = "arsrapport/<int:year>/"
DRAFT = f"{BASE}utkast/"
LINES = {
    f"{BASE}filer/": Line(get={302: EVERYBODY}),
    f"{BASE}utseende.css": Line(get={200: EVERYBODY}, is_page=False),
    f"{BASE}ladda-ner/<str:format>/": Line(get={200: EVERYBODY}, is_page=False),
    DRAFT: Line(get={200: READERS}, post={302: READERS}),
    f"{DRAFT}filer/": Line(get={302: READERS}),
    f"{DRAFT}ladda-ner/<str:format>/": Line(get={302: READERS}),
}


def addresses(cast):
    """The report of 2025, published, and the draft of the year after, whose files are not made yet."""
    PUBLISHED.keep(published_report(cast), "html", b'<style id="utseende">p { margin: 0; }</style>')
    drafts.ask_for(PlanningCycle.objects.create(year=2026, area_set=cast.area_set), by=cast.city_preparation)
    found = {}
    for route in LINES:
        is_draft = route.startswith(DRAFT)
        address = route.replace("<int:year>", "2026" if is_draft else "2025")
        found[route] = "/" + address.replace("<str:format>", "pdf" if is_draft else "json")
    return found
