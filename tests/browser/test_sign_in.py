"""The sign-in page, which everybody meets first."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from plans.demo.loading import PASSWORD, SIGN_INS


def test_the_sign_in_page_has_one_heading_and_no_barrier(site, page, assert_accessible):
    page.goto(f"{site}/konto/logga-in/")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert_accessible()


def test_a_person_signs_in_with_the_keyboard_alone(site, page):
    User.objects.create_user("strateg", password="ett-långt-lösenord", display_name="Trygghetsstrateg")
    page.goto(f"{site}/konto/logga-in/")
    page.get_by_label("Användarnamn").focus()
    page.keyboard.type("strateg")
    page.get_by_label("Lösenord").focus()
    page.keyboard.type("ett-långt-lösenord")
    page.keyboard.press("Enter")
    expect(page).not_to_have_url(f"{site}/konto/logga-in/")


@pytest.fixture
def demo(transactional_db, settings):
    """The demo, with everybody who has a sign-in in it."""
    settings.DEMO = True
    for person in SIGN_INS:
        User.objects.create_user(person.username, password=PASSWORD, display_name=person.title)


@pytest.mark.parametrize("width", [1440, 390])
def test_the_demo_shows_whom_to_begin_as_and_the_others_when_asked(site, page, demo, assert_accessible, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site}/konto/logga-in/")
    people = page.get_by_role("region", name="Börja här").get_by_role("button", name="Logga in som")
    expect(people).to_have_count(5)
    assert_accessible()
    page.get_by_text("Fler inloggningar", exact=True).click()
    expect(people).to_have_count(len(SIGN_INS))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_accessible()


def test_one_click_signs_in_to_the_demo(site, page, demo):
    page.goto(f"{site}/konto/logga-in/")
    page.get_by_role("button", name="Logga in som Kommunpolis, Skärholmen").click()
    expect(page.get_by_role("banner")).to_contain_text("Kommunpolis, Skärholmen")
