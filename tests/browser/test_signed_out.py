"""The session ends while somebody writes: the text is given back, and is saved once after signing in again."""

import pytest
from playwright.sync_api import expect

from agreements.enums import Producer
from agreements.models import Finding
from tests.agreements import picture_story as story
from tests.browser.conftest import barriers, sign_in

TITLE = "Fler rån vid torget"
TEXT = "Rånen har blivit fler.\n\nDe flesta sker på vägen hem från skolan, «utan vittnen»."
GIVEN_BACK = "Du har loggats ut. Texten är inte sparad, men den finns här."


@pytest.fixture
def written(site, page, cast):
    """A finding that has been written and sent when the session had ended."""
    sign_in(page.context, cast.editor, site)
    write(page, site, cast)
    return page


def write(page, site, cast):
    """Write a finding and send it when the session has ended."""
    story.own(cast, Producer.CITY, ())
    page.goto(f"{site}/samverkan/skarholmen/lagesbilder/2025/staden/iakttagelse/ny/")
    page.get_by_role("textbox", name="Iakttagelse", exact=True).fill(TITLE)
    page.get_by_label("Beskrivning").fill(TEXT)
    page.context.clear_cookies(name="sessionid")
    press(page, "Spara")
    expect(page.get_by_role("heading", name=GIVEN_BACK)).to_be_visible()


def press(page, name):
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def test_a_finding_is_saved_once_after_signing_in_again_in_another_tab(written, cast):
    expect(written.get_by_label("Fält 2")).to_have_value(TEXT)
    cast.editor.set_password("ett-långt-lösenord")
    cast.editor.save()
    with written.expect_popup() as opened:
        written.get_by_role("link", name="Logga in").click()
    other = opened.value
    other.get_by_label("Användarnamn eller e-post").fill("editor")
    other.get_by_label("Lösenord").fill("ett-långt-lösenord")
    other.get_by_role("button", name="Logga in", exact=True).click()
    expect(other.get_by_role("textbox", name="Iakttagelse", exact=True)).to_be_visible()
    press(written, "Spara igen")
    expect(written.get_by_role("heading", name=TITLE)).to_be_visible()
    finding = Finding.objects.get()
    assert (finding.title, finding.text.replace("\r\n", "\n")) == (TITLE, TEXT)


def test_who_presses_before_signing_in_gets_the_text_back_again(written):
    press(written, "Spara igen")
    expect(written.get_by_role("heading", name=GIVEN_BACK)).to_be_visible()
    expect(written.get_by_label("Fält 2")).to_have_value(TEXT)
    assert not Finding.objects.exists()


def test_the_page_has_no_barriers_at_a_desk_nor_on_a_phone(written):
    for width in (1440, 390):
        written.set_viewport_size({"width": width, "height": 844})
        assert barriers(written) == []
        assert written.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_scripts_the_text_is_there_to_be_copied(live_server, browser_of, cast):
    page = browser_of(cast.editor, java_script_enabled=False)
    write(page, live_server.url, cast)
    expect(page.get_by_label("Fält 2")).to_have_value(TEXT)
    expect(page.get_by_text("Kopiera texten härifrån")).to_be_visible()
    expect(page.get_by_role("button", name="Spara igen")).to_be_hidden()
