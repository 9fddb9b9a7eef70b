"""Section 5 of the annual report: a page for each district that has handed in, on the web and on paper, and frozen."""

import re
from collections import Counter
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given

from followup.models import AnnualReport
from followup.report import figures, frozen, paper
from followup.report.district_pages import MOST_PRINTED, page_of
from followup.report.open_format import dumps, loads
from followup.report.page import Page
from followup.report.paper import report_html
from followup.report.publishing import publish
from followup.summary import CARRIED_OUT, ROOMS
from plans.models import ActionPlan
from tests.cast import Cast
from tests.followup.published import DECISION, published_report, written_report
from tests.followup.random_reports import QUICK, full_report, report_documents, report_of
from tests.followup.reported import decided_and_sent, handed_in
from tests.followup.test_report import put_districts
from tests.followup.test_report_published import change_everything, signed_in
from tests.followup.test_summary import LONG, plan_with, words

REPORT = "/arsrapport/2025/"
FARSTA, SKARHOLMEN = (f"{REPORT}stadsdel/{slug}/" for slug in ("farsta", "skarholmen"))


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture(autouse=True)
def no_paper(monkeypatch):
    """Nothing here looks at the PDF that is kept of what is published."""
    monkeypatch.setattr(frozen, "pdf_bytes", lambda *args, **options: b"%PDF of another test")


# --- Its numbers


@QUICK
@given(report_documents())
def test_the_sums_of_a_districts_page_are_those_of_its_rows(report):
    for district in report.reported:
        page = page_of(district).page
        rows = {code: report.figures[code].where(district=district.slug) for code in ("F3", "F4", "F7")}
        status, goals, parties = rows["F3"], rows["F4"], rows["F7"]
        assert [(key.number, key.of) for key in page.keys[:3]] == [
            (sum(row.kind in CARRIED_OUT for row in status.rows), status.number),
            (goals.where(kind="met").number, goals.number),
            (parties.where(kind="yes").number, parties.number),
        ]
        assert sum(line.total for line in page.areas.lines) == page.areas.total.total == status.number
        assert sum(line.total for line in page.parties.lines) == page.parties.total.total == parties.number
        assert page.goals.total == goals.number


@QUICK
@given(report_documents())
def test_the_districts_pages_add_up_to_the_citys_numbers(report):
    pages = [page_of(district).page for district in report.reported]
    for at, code in enumerate((figures.STATUS, figures.GOALS, figures.PARTIES)):
        assert sum(page.keys[at].of for page in pages) == report.figures[code].number
    every = Counter()
    for page in pages:
        every.update(dict(page.areas.total.numbers))
    assert every["Genomförda"] == report.figures[figures.STATUS].where(kind=figures.CARRIED_OUT).number


@QUICK
@given(report_documents())
def test_what_was_frozen_before_there_were_such_pages_has_them_of_the_text_it_has(report):
    # The text has each district's plan and follow-up; no page is in it.
    for before, after in zip(report.reported, loads(dumps(report)).reported, strict=True):
        assert page_of(after) == page_of(before)


# --- On paper


def test_what_does_not_fit_on_a_sheet_is_given_less_room_until_it_does():
    """That each is a sheet of its own in the report is seen in test_report_paper.py."""
    plan, follow_up = plan_with(9, LONG, areas=9, done=LONG, lesson=LONG, reason=LONG)
    short = plan_with(2, done="Gjort")
    report = report_of([("bromma", plan, replace(follow_up, summary=LONG)), ("farsta", *short)])
    pages = paper.Paper(report, Page(report, opens=()), is_fitted=True).district_pages
    assert [each.district.slug for each in pages] == ["bromma", "farsta"]
    assert 0 < pages[0].room < len(ROOMS)
    assert pages[1].room == 0
    assert [paper._sheets_of(pages)[each.anchor] for each in pages] == [1, 1]


def test_the_report_is_set_with_less_room_only_when_a_page_does_not_fit(monkeypatch):
    tried = []
    written = paper._written
    monkeypatch.setattr(paper, "_written", lambda printed, *rest: tried.append(printed) or written(printed, *rest))
    monkeypatch.setattr(paper, "MOST_ACTIONS", 0)  # the appendix is another test's
    plan, follow_up = plan_with(9, LONG, areas=9, done=LONG, lesson=LONG, reason=LONG)
    short = report_of([("farsta", *plan_with(2, done="Gjort"))])
    long = report_of([("bromma", plan, replace(follow_up, summary=LONG))])
    for report, expected in ((short, [False]), (long, [False, True])):
        tried.clear()
        paper.pdf_bytes(report)
        assert [each.is_fitted for each in tried] == expected


def test_more_districts_than_are_printed_are_read_on_the_web_and_the_report_says_so(monkeypatch):
    monkeypatch.setattr(paper, "MOST_PRINTED", 1)
    html = report_html(full_report())
    assert "2 stadsdelar har lämnat in, fler än vad som skrivs ut på var sin sida." in html
    assert "district-page" not in html
    assert f"högst {MOST_PRINTED} stadsdelar" in html


# --- On the web


def test_section_5_leads_to_each_page_and_says_what_the_others_lack(cast):
    handed_in(cast)
    decided_and_sent(cast, cast.district)
    city = signed_in(cast.city_preparation)
    report = city.get(REPORT).content.decode()
    assert f'href="{FARSTA}"' in report
    assert f'href="{SKARHOLMEN}"' not in report
    shown = words(city.get(FARSTA))
    assert "13 av 31 åtgärder är genomförda" in shown
    assert "Inlämnad" in shown
    assert "När årsrapporten publiceras ändras sidan inte mer." in shown
    lacking = words(city.get(SKARHOLMEN))
    assert (
        "Skärholmen ingår inte i någon siffra om utfall: uppföljningen är inte inlämnad. Det räknas inte som noll."
        in lacking
    )
    assert "0 av" not in lacking
    assert city.get(f"{REPORT}stadsdel/finns-inte/").status_code == 404


def test_each_action_it_names_leads_to_its_own_page(cast):
    handed_in(cast)
    city = signed_in(cast.city_preparation)
    links = re.findall(r'href="(/planer/farsta/2025/uppfoljning/atgard/[^"]+)"', city.get(FARSTA).content.decode())
    assert len(links) > 6
    assert {city.get(link).status_code for link in links} == {200}


def test_published_it_is_read_by_every_district_and_says_for_ever_what_it_said(cast):
    report = written_report(cast)
    assert signed_in(cast.editor).get(FARSTA).status_code == 404
    publish(report, by=cast.city_steering, **DECISION)
    AnnualReport.objects.update(state="published")
    own, others = (signed_in(person).get(FARSTA).content.decode() for person in (cast.neighbour, cast.editor))
    assert "/planer/farsta/2025/uppfoljning/atgard/" in own
    assert "/planer/farsta/" not in others
    before = words(signed_in(cast.editor).get(FARSTA))
    assert "som den var när årsrapporten publicerades" in before
    change_everything(cast)
    frozen._read.cache_clear()
    assert words(signed_in(cast.editor).get(FARSTA)) == before


def test_the_page_takes_as_many_queries_however_many_districts_there_are(cast):
    def asked(person):
        client = signed_in(person)
        client.get(FARSTA)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(FARSTA).status_code == 200
        return len(captured)

    handed_in(cast)
    plan = ActionPlan.objects.get(district=cast.other_district)
    few = asked(cast.city_preparation)
    put_districts(cast, plan, 30)
    assert asked(cast.city_preparation) == few


def test_what_is_published_is_not_counted_anew_for_a_page(cast, django_assert_max_num_queries):
    published_report(cast)
    client = signed_in(cast.editor)
    client.get(FARSTA)
    with django_assert_max_num_queries(15):
        client.get(FARSTA)
