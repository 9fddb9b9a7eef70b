"""Access lines: writing in the city's annual report, and its way to the decision."""

from followup.models import AnnualReport, FollowUp, ReportComment, ReportQuote
from tests.agreements.access import Line
from tests.followup.reported import handed_in

# Who writes it; the steering group reads it and says what it thinks.
WRITES, READS = {"city_preparation"}, {"city_steering"}
BASE = "arsrapport/<int:year>/"
LINES = {
    f"{BASE}text/<str:section>/": Line(get={200: WRITES, 403: READS}, post={422: WRITES, 403: READS}),
    f"{BASE}kommentarer/<str:section>/": Line(get={200: WRITES | READS}, post={422: WRITES | READS}),
    f"{BASE}kommentar/<int:pk>/klar/": Line(post={302: WRITES | READS}),
    f"{BASE}kommentar/<int:pk>/oppna/": Line(post={302: WRITES | READS}),
    f"{BASE}citera/": Line(post={302: WRITES, 403: READS}),
    f"{BASE}citat/<int:pk>/ta-bort/": Line(post={302: WRITES, 403: READS}),
    f"{BASE}steg/<slug:slug>/": Line(get={200: WRITES, 403: READS}, post={422: WRITES, 403: READS}),
}


def addresses(cast):
    """The report of 2025, begun, with a comment on its summary and a quote of Farsta's."""
    follow_up = FollowUp.objects.filter(plan__district=cast.other_district).first() or handed_in(cast)
    report, _ = AnnualReport.objects.get_or_create(cycle=cast.cycle)
    said, _ = ReportComment.objects.get_or_create(
        report=report, section="summary", text="Lägg till antalet.", by=cast.city_steering
    )
    quoted, _ = ReportQuote.objects.get_or_create(
        report=report, section="areas:unga-i-riskzon", follow_up=follow_up, row=follow_up.actionoutcomes.first().row,
        field="done", defaults={"text": "Fyra vandringar.", "by": cast.city_preparation},
    )  # fmt: skip
    year = f"/{BASE.replace('<int:year>', '2025')}"
    return {
        f"{BASE}text/<str:section>/": f"{year}text/summary/",
        f"{BASE}kommentarer/<str:section>/": f"{year}kommentarer/summary/",
        f"{BASE}kommentar/<int:pk>/klar/": f"{year}kommentar/{said.pk}/klar/",
        f"{BASE}kommentar/<int:pk>/oppna/": f"{year}kommentar/{said.pk}/oppna/",
        f"{BASE}citera/": f"{year}citera/",
        f"{BASE}citat/<int:pk>/ta-bort/": f"{year}citat/{quoted.pk}/ta-bort/",
        f"{BASE}steg/<slug:slug>/": f"{year}steg/lamna-over/",
    }
