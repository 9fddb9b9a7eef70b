"""The year's end: the police answer their part, the strategist writes and hands in, the steering group approves."""

import pytest
from playwright.sync_api import expect

from agreements.models import Organisation
from followup import opening
from followup.models import FollowUp, Fulfilment
from plans.models import ActionPlan
from plans.versions import freeze
from tests.browser.conftest import barriers, sign_in
from tests.browser.reach import WIDER
from tests.followup.decided import DECISION
from tests.followup.opened import answer_all, opened

PAGE = "/planer/skarholmen/2025/uppfoljning/"


@pytest.fixture
def follow_up(cast):
    return opened(cast)


def clean(page):
    """Nothing axe finds, and nothing wider than the window, at a desk and on a phone."""
    for size in ({"width": 390, "height": 844}, {"width": 1440, "height": 900}):
        page.set_viewport_size(size)
        assert barriers(page) == []
        assert page.evaluate(WIDER) == []


def test_the_police_answer_the_strategist_hands_in_and_the_chair_approves(site, page, follow_up, cast, browser_of):
    the_police_answer_on_a_phone(site, browser_of(cast.police))
    sign_in(page.context, cast.editor, site)
    the_strategist_writes_an_action(site, page)
    the_strategist_writes_in_the_cell(site, page)
    answer_all(follow_up)
    the_strategist_hands_in(site, page)
    the_chair_approves(site, browser_of(cast.chair))
    follow_up.refresh_from_db()
    assert follow_up.state == "approved"


def the_police_answer_on_a_phone(site, page):
    page.goto(f"{site}{PAGE}ataganden/")
    clean(page)
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("radio", name="Delvis").check()
    page.get_by_role("textbox", name="Kommentar").fill("Tre av fyra vandringar.")
    page.get_by_role("button", name="Spara svaren").click()
    expect(page.get_by_text("Svaren är sparade. Tack!")).to_be_visible()


def the_strategist_writes_an_action(site, page):
    page.goto(f"{site}{PAGE}")
    expect(page.get_by_role("main")).to_contain_text("Tre av fyra vandringar.")
    clean(page)
    page.get_by_role("link", name="Hela formuläret").first.click()
    clean(page)
    page.get_by_label("Status").select_option("Genomförd med ändringar")
    page.get_by_role("radio", name="Går delvis som planerat").check()
    page.get_by_label("Vad har genomförts?").fill("Tre vandringar med 62 deltagare.")
    page.get_by_role("radio", name="Går inte att mäta").nth(1).check()
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("varför målet inte går att mäta")
    clean(page)
    page.get_by_role("textbox", name="Kommentar").nth(1).fill("Ingen mätning i år.")
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("Tre vandringar med 62 deltagare.")
    expect(page.get_by_role("main")).to_contain_text("Går inte att mäta")


def the_strategist_writes_in_the_cell(site, page):
    page.get_by_role("link", name="Skriv – Uppföljning").first.click()
    expect(page.get_by_label("Status")).to_be_focused()
    clean(page)
    page.get_by_label("Status").select_option("Genomförd")
    page.get_by_label("Vad har genomförts?").fill("Alla lampor lyser.")
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_role("table")).to_contain_text("Alla lampor lyser.")
    expect(page.get_by_text("1 av 2 åtgärder")).to_be_visible()
    expect(page.get_by_role("link", name="Ändra – Åtgärd 1, problem 2")).to_be_focused()
    clean(page)


def the_strategist_hands_in(site, page):
    page.goto(f"{site}{PAGE}")
    page.get_by_role("link", name="Lämna in till styrgruppen").click()
    clean(page)
    page.get_by_role("button", name="Lämna in till styrgruppen").click()
    expect(page.get_by_text("Uppföljningen är inlämnad till styrgruppen.", exact=True)).to_be_visible()
    clean(page)


def the_chair_approves(site, page):
    page.goto(f"{site}/")
    page.get_by_role("link", name="Godkänn uppföljningen").click()
    page.get_by_role("main").get_by_role("link", name="Godkänn uppföljningen").click()
    clean(page)
    page.get_by_label("Möte").fill("Styrgruppsmöte 4")
    page.get_by_role("button", name="Godkänn uppföljningen").click()
    expect(page.get_by_text("Uppföljningen är godkänd och fryst.")).to_be_visible()
    clean(page)


def test_everything_can_be_written_without_scripts(site, follow_up, cast, browser_of):
    page = browser_of(cast.editor, java_script_enabled=False)
    page.goto(f"{site}{PAGE}")
    page.get_by_role("link", name="Skriv – Uppföljning").first.click()
    page.get_by_label("Status").select_option("Inte genomförd")
    page.get_by_label("Skäl").fill("Inga pengar.")
    page.get_by_role("button", name="Spara och gå till nästa").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Åtgärd 1, problem")
    page.get_by_role("link", name="Till tabellen").click()
    expect(page.get_by_role("main")).to_contain_text("Inga pengar.")


def test_the_real_plan_with_its_follow_up_fits(site, page, plan, cast):
    """Skärholmen's own plan, with the longest real text, at a desk and on a phone."""
    Organisation.objects.filter(slug="property_owners").update(name="Skafast")
    ActionPlan.objects.filter(pk=plan.pk).update(state="decided")
    plan = ActionPlan.objects.with_place().get(pk=plan.pk)
    freeze(plan, DECISION, by=cast.chair)
    opening.open(plan)
    assert Fulfilment.objects.filter(follow_up=FollowUp.objects.get(), party="Skafast").count() == 8
    sign_in(page.context, cast.editor, site)
    for area in range(1, 6):
        page.goto(f"{site}{PAGE}omrade/{area}/")
        clean(page)
    page.goto(f"{site}{PAGE}ataganden/")
    clean(page)
