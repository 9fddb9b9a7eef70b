"""The whole way of a year: a follow-up becomes part of the city's report, which comes back to the district.

The police answer, the strategist hands in, the steering group approves; the city compiles, its steering group
publishes, the district reads its feedback and confirms, and next year's plan begins (issue: the annual report).
"""

from datetime import date

import pytest
from playwright.sync_api import expect

from agreements.models import GroupMembership, PlanningCycle
from followup.models import AnnualReport, PublishedReport, ReportReceipt
from followup.report.publishing import PUBLISHED
from plans.models import ActionPlan
from tests.browser.conftest import sign_in
from tests.browser.test_follow_up_story import (
    clean,
    the_chair_approves,
    the_police_answer_on_a_phone,
    the_strategist_hands_in,
)
from tests.followup.opened import answer_all, opened
from tests.followup.reported import sent

REPORT = "/arsrapport/2025/"
FEEDBACK = "Vandringarna gör nytta. Ta med trafikkontoret från början nästa år."


@pytest.fixture
def follow_up(cast):
    """Skärholmen's open follow-up; its plan was sent to the city, whose chair has a seat, and 2026 is planned."""
    PlanningCycle.objects.create(year=2026, area_set=cast.area_set, decision_due=date(2026, 3, 31))
    GroupMembership.objects.filter(user=cast.city_steering).update(is_chair=True)
    found = opened(cast)
    sent(found.plan, cast)
    return found


def test_a_year_goes_from_the_polices_answer_to_the_citys_report_and_back_to_next_years_plan(
    site, page, follow_up, cast, browser_of
):
    the_police_answer_on_a_phone(site, browser_of(cast.police))
    answer_all(follow_up)
    sign_in(page.context, cast.editor, site)
    the_strategist_hands_in(site, page)
    the_chair_approves(site, browser_of(cast.chair))
    city = browser_of(cast.city_preparation)
    the_city_reads_what_has_come_in(site, city)
    the_city_writes_and_proposes(site, city)
    the_city_feeds_back_and_hands_over(site, city)
    nothing_of_it_is_the_districts_yet(site, page)
    the_citys_chair_publishes(site, browser_of(cast.city_steering))
    PUBLISHED.make(PublishedReport.objects.get())
    the_city_puts_a_proposal_in_its_plan(site, city)
    the_district_reads_and_confirms(site, page)
    next_years_plan_begins(site, page)


def the_city_reads_what_has_come_in(site, page):
    page.goto(f"{site}{REPORT}")
    main = page.get_by_role("main")
    expect(main).to_contain_text("1 av 2 stadsdelar har lämnat in sin uppföljning.")
    expect(main).to_contain_text("Farsta")
    clean(page)


def the_city_writes_and_proposes(site, page):
    page.goto(f"{site}{REPORT}text/summary/")
    page.get_by_label("Text till avsnittet Sammanfattning").fill("Året präglades av vandringar på torget.")
    page.get_by_role("button", name="Klar").click()
    expect(page.get_by_role("main")).to_contain_text("Året präglades av vandringar på torget.")
    page.goto(f"{site}{REPORT}forslag/nytt/")
    page.get_by_label("Prioriterat område").select_option("Otrygga och brottsutsatta platser")
    page.get_by_role("textbox", name="Problem").fill("Mörka torg")
    page.get_by_role("textbox", name="Förslag", exact=True).fill("Belysning på alla torg före hösten")
    page.get_by_label("Ansvarig", exact=True).select_option("Trafikkontoret")
    clean(page)
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("Belysning på alla torg före hösten")
    clean(page)


def the_city_feeds_back_and_hands_over(site, page):
    page.goto(f"{site}{REPORT}")
    page.get_by_role("link", name="Lämna till styrgruppen").click()
    expect(page.get_by_role("main")).to_contain_text("Återkoppling saknas till Skärholmen.")
    page.goto(f"{site}{REPORT}aterkoppling/skarholmen/")
    page.get_by_role("textbox").fill(FEEDBACK)
    clean(page)
    page.get_by_role("button", name="Spara", exact=True).click()
    page.goto(f"{site}{REPORT}steg/lamna-over/")
    expect(page.get_by_role("main")).to_contain_text("1 av 2 stadsdelar har lämnat in sin uppföljning. Utan utfall:")
    clean(page)
    page.get_by_role("button", name="Lämna till styrgruppen").click()
    expect(page.get_by_role("main")).to_contain_text("Klar för beslut")
    clean(page)


def nothing_of_it_is_the_districts_yet(site, page):
    assert page.request.get(f"{site}{REPORT}").status == 404
    assert page.request.get(f"{site}{REPORT}aterkoppling/skarholmen/").status == 404


def the_citys_chair_publishes(site, page):
    page.goto(site)
    page.get_by_role("link", name="Besluta om årsrapporten").first.click()
    page.get_by_role("main").get_by_role("link", name="Besluta och publicera").click()
    page.get_by_label("Möte").fill("Styrgruppsmöte 1")
    page.get_by_role("button", name="Besluta och publicera").click()
    expect(page.get_by_role("main")).to_contain_text("Kryssa för att rapporten publiceras utan dem")
    clean(page)
    page.get_by_label("Rapporten publiceras utan: Farsta").check()
    clean(page)
    page.get_by_role("button", name="Besluta och publicera").click()
    expect(page.get_by_role("main")).to_contain_text("Publicerad")
    assert AnnualReport.objects.get().state == "published"
    clean(page)


def the_city_puts_a_proposal_in_its_plan(site, page):
    page.goto(f"{site}{REPORT}forslag/")
    page.get_by_role("button", name="Lägg i stadens handlingsplan 2026").click()
    expect(page.get_by_role("alert").or_(page.get_by_role("status")).first).to_be_visible()
    plan = ActionPlan.objects.get(district=None, cycle__year=2026)
    assert plan.actions.get().text == "Belysning på alla torg före hösten"
    clean(page)


def the_district_reads_and_confirms(site, page):
    page.goto(site)
    expect(page.get_by_role("main")).to_contain_text("Årsrapport")
    page.goto(f"{site}{REPORT}")
    expect(page.get_by_role("main")).to_contain_text("Året präglades av vandringar på torget.")
    clean(page)
    page.goto(f"{site}{REPORT}aterkoppling/skarholmen/")
    expect(page.get_by_role("main")).to_contain_text(FEEDBACK)
    clean(page)
    page.get_by_role("button", name="Vi har läst rapporten och återkopplingen").click()
    expect(page.get_by_role("main")).to_contain_text("Bekräftat")
    assert ReportReceipt.objects.get().district.slug == "skarholmen"
    assert page.request.get(f"{site}{REPORT}aterkoppling/farsta/").status == 404


def next_years_plan_begins(site, page):
    page.goto(f"{site}/planer/skarholmen/2025/uppfoljning/nasta-ar/")
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.get_by_role("main").get_by_role("button").last.click()
    page.goto(f"{site}/planer/skarholmen/2026/")
    expect(page.get_by_role("main")).to_contain_text("Trygghetsvandringar på torget")
    expect(page.get_by_role("main")).to_contain_text(FEEDBACK)
    clean(page)
