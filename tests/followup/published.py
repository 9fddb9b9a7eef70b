"""A report that the city's steering group has published, for tests."""

from datetime import date

from django.utils import timezone

from followup.enums import ReportState
from followup.models import AnnualReport, LocalFeedback, ReportProposal, ReportText
from followup.report.publishing import publish
from tests.followup.reported import decided_and_sent, handed_in

DECISION = {"decided_on": date(2026, 2, 20), "body": "stadens styrgrupp", "meeting": "Styrgruppsmöte 1"}
SAID = "Fortsätt med vandringarna. Skriv hur många som kom."
NEIGHBOURS = "Be trafikkontoret om belysningen redan i mars."


def written_report(cast):
    """A report in which Farsta has handed in and the city has written a text, a proposal and feedback to both."""
    handed_in(cast)
    decided_and_sent(cast, cast.district)
    report = AnnualReport.objects.create(cycle=cast.cycle)
    by = {"by": cast.city_preparation, "at": timezone.now(), "report": report}
    ReportText.objects.create(section="summary", text="Året präglades av vandringar.", **by)
    ReportProposal.objects.create(area="otrygga-platser", text="Fler vandringar", owner_text="Trafikkontoret", **by)
    LocalFeedback.objects.create(district=cast.district, text=SAID, **by)
    LocalFeedback.objects.create(district=cast.other_district, text=NEIGHBOURS, **by)
    return report


def published_report(cast):
    """It, published a moment ago: no file is made yet."""
    report = written_report(cast)
    published = publish(report, by=cast.city_steering, **DECISION)
    AnnualReport.objects.filter(pk=report.pk).update(state=ReportState.PUBLISHED)
    return type(published).objects.select_related("report__cycle", "by").get(pk=published.pk)
