"""What is measured of the annual report, beside the subjects of a plan: our way and the bare libraries' way."""

import json

from accounts.models import User
from agreements.year.steps import cycles
from bench import subjects
from bench.report_fixture import the_report
from bench.subjects import Subject, bare_pdf, bare_workbook, page_of, sent_plainly, signed_in, uncommitted
from followup.enums import ReportState
from followup.models import AnnualReport, FollowUp
from followup.report.paper import pdf_bytes, stylesheets
from followup.report.publishing import PUBLISHED, publish
from followup.report.workbook import workbook_bytes
from followup.views import report as report_views
from plans.models import PlanVersion
from tests.followup.published import DECISION


def report(folder):
    """The page of the report ÷ rendering its template from ready data."""
    return page_of(report_views, "city_preparation", "/arsrapport/2025/")


def report_document(folder):
    """Reading the report from the database ÷ fetching and parsing the texts of its plans, and the answers' rows."""

    def bare():
        plans = [json.loads(text) for text in PlanVersion.objects.values_list("document", flat=True)]
        related = ("actionoutcomes", "goaloutcomes", "fulfilments", "assessments")
        return plans, list(FollowUp.objects.prefetch_related(*related))

    return Subject(ours=the_report, bare=bare)


def report_xlsx(folder):
    """The report's workbook, once its document is read ÷ openpyxl writing the same cells with the same styles."""
    document = the_report()
    return Subject(ours=lambda: workbook_bytes(document), bare=bare_workbook(folder / "report-cells.pickle"))


def report_pdf(folder):
    """The report's PDF, once its document is read ÷ WeasyPrint's write_pdf on the same HTML and stylesheets."""
    document = the_report()
    html = (folder / "report.html").read_text(encoding="utf-8")
    return Subject(ours=lambda: pdf_bytes(document), bare=bare_pdf(html, stylesheets(None)))


def report_published(folder):
    """The page of the published report ÷ a view that sends the file it is, for the same reader."""
    uncommitted()
    report = AnnualReport.objects.create(cycle=next(cycle for cycle in cycles() if cycle.year == 2025))
    published = publish(report, by=User.objects.get(username="city_steering"), **DECISION)
    AnnualReport.objects.filter(pk=report.pk).update(state=ReportState.PUBLISHED)
    kept = PUBLISHED.keep(published, "html", PUBLISHED.content(published, "html", {}))
    for name in {*PUBLISHED.formats} - {"html"}:
        PUBLISHED.keep(published, name, b"any")  # nobody asks for them here
    client, plain = signed_in("editor"), sent_plainly(kept.file.path)
    assert "Publicerad" in client.get("/arsrapport/2025/").content.decode()
    return Subject(
        ours=lambda: client.get("/arsrapport/2025/").content, bare=lambda: b"".join(client.get(plain).streaming_content)
    )


SUBJECTS = subjects.SUBJECTS | {
    "report": report,
    "report_document": report_document,
    "report_xlsx": report_xlsx,
    "report_pdf": report_pdf,
    "report_published": report_published,
}
AIMS = dict.fromkeys(SUBJECTS) | subjects.AIMS | {"report_xlsx": 1.5, "report_pdf": 1.1}
PAGES = (*subjects.PAGES, "report", "report_published")
