"""The sign-in page, which everybody meets first."""

from playwright.sync_api import expect

from accounts.models import User


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
