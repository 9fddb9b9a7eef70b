"""What the annual report leads to, in a browser: feedback is never lost by leaving, and proposals reach the plan."""

import pytest
from playwright.sync_api import expect

from agreements.models import PlanningCycle
from followup.models import LocalFeedback
from followup.report import proposals
from plans.models import Action
from tests.browser.conftest import barriers, sign_in
from tests.followup.test_report_proposals import ACTION, COMMITMENT

ALL = "/arsrapport/2025/aterkoppling/"
TEXT = "Staden tar med sig hur ni gjorde."


@pytest.fixture
def city(site, page, cast):
    """The browser of somebody in the central preparation group."""
    sign_in(page.context, cast.city_preparation, site)
    return page


def field(page):
    return page.get_by_label("Återkoppling", exact=True)


def offer(page):
    return page.get_by_role("region", name="Text som inte är sparad")


def test_feedback_that_is_left_unsaved_is_asked_about_and_offered_again_to_that_district_alone(site, city):
    city.goto(f"{site}{ALL}skarholmen/")
    field(city).click()
    city.keyboard.type(TEXT)
    asked = []
    city.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    city.goto(f"{site}{ALL}farsta/")
    assert asked == ["beforeunload"]
    expect(offer(city)).to_have_count(0)
    city.goto(f"{site}{ALL}skarholmen/")
    expect(offer(city)).to_contain_text(TEXT)
    assert barriers(city) == []
    offer(city).get_by_role("button", name="Lägg in i formuläret").click()
    city.get_by_role("button", name="Spara", exact=True).click()
    expect(city.locator("#messages")).to_contain_text("Återkopplingen till Skärholmen är sparad.")
    assert LocalFeedback.objects.get().text == TEXT
    city.goto(f"{site}{ALL}skarholmen/")
    expect(offer(city)).to_have_count(0)


def test_chosen_proposals_become_rows_of_the_plan_and_lead_there(site, city, cast):
    PlanningCycle.objects.create(year=2026, area_set=cast.area_set)
    for said in (ACTION, COMMITMENT):
        proposals.add(cast.cycle, said, by=cast.city_preparation)
    city.goto(f"{site}/arsrapport/2025/forslag/")
    city.get_by_role("checkbox", name=COMMITMENT["text"]).uncheck()
    city.get_by_role("button", name="Lägg i stadens handlingsplan 2026").click()
    expect(city.locator("#messages")).to_contain_text("1 förslag är lagt i stadens handlingsplan 2026.")
    expect(city.get_by_role("checkbox")).to_have_count(1)
    city.get_by_role("link", name="Till raden").click()
    expect(city).to_have_url(f"{site}/planer/staden/2026/rad/{Action.objects.get().uid}/")
    expect(city.locator("main")).to_contain_text(ACTION["text"])
