"""A note from a phone, and a hinder all the way to the reporter's answer, with no scripts at all."""

import pytest
from playwright.sync_api import expect

from followup import obstacles
from followup.models import Obstacle, ProgressNote
from tests.browser.conftest import barriers, sign_in
from tests.followup.decided import decided_plan

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def phone(browser, site):
    """A page on a phone without scripts."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False, locale="sv-SE")
    yield context.new_page()
    context.close()


def test_p24_a_note_is_written_from_a_phone_in_a_text_and_a_press(site, page, phone, cast):
    """All of the form is on one screen, and only the text has to be typed."""
    plan = decided_plan(cast)
    sign_in(phone.context, cast.working, site)
    phone.goto(plan_page := f"{site}{plan.get_absolute_url()}")
    phone.get_by_role("link", name="Anteckna – ").click()
    save = phone.get_by_role("button", name="Spara anteckningen")
    box = save.bounding_box()
    assert box["y"] + box["height"] <= PHONE["height"]
    phone.get_by_label("Vad har hänt?").fill("Två träffar, 60 deltagare")
    save.click()
    expect(phone.get_by_role("main")).to_contain_text("Anteckningen är sparad.")
    assert ProgressNote.objects.get().text == "Två träffar, 60 deltagare"
    phone.goto(plan_page)
    expect(phone.get_by_role("main")).to_contain_text("1 anteckning")


def test_p25_a_hinder_goes_to_the_city_and_its_answer_comes_back(site, page, phone, cast):
    plan = decided_plan(cast)
    found, _ = obstacles.report(plan, by=cast.working, title="Inga lokaler", text="Skolan är stängd.")
    where = f"{site}{obstacles.address_of(found)}"
    for person, step in (
        (cast.editor, "Lyft till styrgruppen"),
        (cast.chair, "Lyft till staden"),
        (cast.city_preparation, "Avsluta"),
    ):
        phone.context.clear_cookies()
        sign_in(phone.context, person, site)
        phone.goto(where)
        act = phone.locator("details", has=phone.get_by_text(step, exact=True)).last
        act.locator("summary").click()
        act.get_by_label("Svar till den som rapporterade").fill(f"Svar från {person}")
        with phone.expect_navigation():
            act.get_by_role("button", name=step).click()
        expect(phone.get_by_role("main")).to_contain_text(f"Svar från {person}")
    assert Obstacle.objects.get().state == "closed"
    page.set_viewport_size(PHONE)
    sign_in(page.context, cast.working, site)
    page.goto(site)
    page.get_by_role("link", name="Inga lokaler").click()
    expect(page).to_have_url(where)
    expect(page.get_by_role("main")).to_contain_text("Svar från city_preparation")
    assert barriers(page) == []


def test_an_open_form_and_its_refusal_have_no_barrier(site, page, cast):
    found, _ = obstacles.report(decided_plan(cast), by=cast.working, title="Inga lokaler", text="Skolan är stängd.")
    sign_in(page.context, cast.editor, site)
    page.goto(f"{site}{obstacles.address_of(found)}")
    page.get_by_text("Hantera i stadsdelen", exact=True).first.click()
    page.get_by_role("button", name="Hantera i stadsdelen").click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv ett svar.")
    for width in (1440, 390):
        page.set_viewport_size({"width": width, "height": 900})
        assert barriers(page) == []
