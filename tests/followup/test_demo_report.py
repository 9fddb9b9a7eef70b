"""The demo's annual report: begun, marked as made up, and not more than its own follow-ups say."""

import pytest

from accounts.models import User
from followup.demo import report as demo_report
from followup.models import AnnualReport, ReportProposal
from followup.report.reading import read_report
from plans.demo import loading as demonstration
from tests import worlds


@pytest.fixture(autouse=True)
def _local_demo(settings):
    settings.DEMO = True


world = worlds.fixture(demonstration.load)


def test_the_report_of_the_demo_is_begun_and_says_that_it_is_made_up(world, db):
    report = AnnualReport.objects.get(cycle__year=2025)
    reader = User.objects.get(username="central.beredning")
    written = read_report(reader, report.cycle).written
    assert all(text.startswith("Exempeldata.") for text in (*written.texts.values(), *written.feedback.values()))
    assert {each.district for each in written.quotes} == {"jarva"}
    assert ReportProposal.objects.filter(report=report).count() == len(written.proposals) == 2
    assert report.state == "open"


def test_what_the_summary_counts_is_what_has_been_handed_in(world, db):
    report = AnnualReport.objects.get(cycle__year=2025)
    document = read_report(User.objects.get(username="central.beredning"), report.cycle)
    assert len(document.reported) == 2 and "Två av stadens stadsdelar" in document.written.texts["summary"]
    assert len(document.missing) == 9 and "Nio stadsdelar återstår" in document.written.texts["summary"]


def test_it_is_told_once(world, db):
    assert demo_report.is_told()
    assert not demonstration.missing().further
