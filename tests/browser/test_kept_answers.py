"""What is typed in the follow-up's forms is never lost by leaving: asked about, kept in the browser, offered again."""

import pytest
from playwright.sync_api import expect

from followup.models import ActionOutcome, FollowUp
from tests.browser.conftest import barriers, sign_in
from tests.browser.reach import WIDER
from tests.followup.opened import opened

PAGE = "/planer/skarholmen/2025/uppfoljning/"
TEXT = "Tre vandringar med 62 deltagare."


@pytest.fixture
def follow_up(cast):
    return opened(cast)


@pytest.fixture
def form(site, page, cast, follow_up):
    """The address of the whole form of the plan's first action, for the one who writes the follow-up."""
    sign_in(page.context, cast.editor, site)
    row = ActionOutcome.objects.filter(follow_up=follow_up).order_by("pk").first()
    return f"{site}{PAGE}atgard/{row.row}/"


def written(page):
    return page.get_by_label("Vad har genomförts?")


def offer(page):
    return page.get_by_role("region", name="Text som inte är sparad")


def type_in(page):
    """Write as a person does: the browser asks before leaving only a page that has been touched."""
    written(page).click()
    page.keyboard.type(TEXT)


def leave(page, address):
    """Go elsewhere though the browser asks; return what it asked."""
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(address)
    return asked


def test_leaving_is_asked_about_and_the_text_is_offered_again_and_saved(site, page, form):
    page.goto(form)
    type_in(page)
    page.get_by_role("radio", name="Går delvis som planerat").check()
    assert leave(page, f"{site}/") == ["beforeunload"]
    page.goto(form)
    expect(offer(page)).to_contain_text(TEXT)
    expect(offer(page)).to_contain_text("Går delvis som planerat")
    expect(written(page)).to_have_value("")
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert barriers(page) == []
        assert page.evaluate(WIDER) == []
    offer(page).get_by_role("button", name="Lägg in i formuläret").click()
    expect(written(page)).to_have_value(TEXT)
    expect(page.get_by_role("radio", name="Går delvis som planerat")).to_be_checked()
    expect(offer(page)).to_have_count(0)
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("svaret är sparat")
    assert leave(page, form) == []
    expect(written(page)).to_have_value(TEXT)
    expect(offer(page)).to_have_count(0)


def test_what_another_has_written_meanwhile_is_not_written_over(site, page, form, follow_up):
    page.goto(form)
    type_in(page)
    leave(page, f"{site}/")
    ActionOutcome.objects.filter(follow_up=follow_up).update(done="En annans text.", row_version=2)
    page.goto(form)
    expect(offer(page)).to_contain_text(TEXT)
    expect(offer(page)).to_contain_text("Här står något annat nu")
    expect(offer(page).get_by_role("button", name="Lägg in i formuläret")).to_have_count(0)
    written(page).press_sequentially(" Och mer.")  # what is offered is kept while more is written
    leave(page, form)
    expect(offer(page)).to_contain_text(TEXT)
    expect(offer(page)).to_contain_text("Och mer.")
    offer(page).get_by_role("button", name="Kasta").click()
    expect(offer(page)).to_have_count(0)
    leave(page, form)
    expect(written(page)).to_have_value("En annans text.")
    expect(offer(page)).to_have_count(0)


def test_text_that_was_refused_is_still_unsaved(site, page, form):
    page.goto(form)
    type_in(page)
    page.get_by_label("Status").select_option("Inte genomförd")  # which wants a reason
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Inget är sparat än.")
    page.get_by_label("Skäl").click()  # a page that nobody has touched is left without a question
    assert leave(page, form) == ["beforeunload"]
    expect(offer(page)).to_contain_text(TEXT)
    expect(offer(page)).to_contain_text("Inte genomförd")


def test_what_was_typed_when_signed_out_is_there_after_signing_in(site, page, form, cast):
    page.goto(form)
    type_in(page)
    page.context.clear_cookies()
    page.get_by_role("button", name="Spara", exact=True).click()
    page.wait_for_load_state()
    sign_in(page.context, cast.editor, site)
    page.goto(form)
    expect(offer(page)).to_contain_text(TEXT)


def test_the_cell_of_the_grid_and_the_whole_form_keep_the_same_text(site, page, form, follow_up):
    page.goto(f"{site}{PAGE}")
    page.get_by_role("link", name="Skriv – Uppföljning").first.click()
    type_in(page)
    assert leave(page, f"{site}{PAGE}") == ["beforeunload"]
    page.get_by_role("link", name="Skriv – Uppföljning").first.click()
    expect(offer(page)).to_contain_text(TEXT)
    assert barriers(page) == []
    offer(page).get_by_role("button", name="Lägg in i formuläret").click()
    page.get_by_label("Status").select_option("Pågår")
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_role("table")).to_contain_text(TEXT)
    assert ActionOutcome.objects.filter(done=TEXT).exists()
    page.get_by_role("link", name="Ändra – Åtgärd 1, problem 1").click()
    expect(written(page)).to_have_value(TEXT)
    expect(offer(page)).to_have_count(0)


def test_a_party_that_answers_on_a_phone_finds_its_text_again(site, browser_of, cast, follow_up):
    page = browser_of(cast.police)
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{site}{PAGE}ataganden/")
    page.get_by_role("textbox", name="Kommentar").click()
    page.keyboard.type("Tre av fyra.")
    assert leave(page, f"{site}/") == ["beforeunload"]
    page.goto(f"{site}{PAGE}ataganden/")
    expect(offer(page)).to_contain_text("Tre av fyra.")
    assert page.evaluate(WIDER) == []
    page.get_by_role("radio", name="Delvis").check()
    offer(page).get_by_role("button", name="Lägg in i formuläret").click()
    page.get_by_role("button", name="Spara svaren").click()
    expect(page.get_by_text("Svaren är sparade. Tack!")).to_be_visible()
    expect(offer(page)).to_have_count(0)
    assert FollowUp.objects.get().fulfilments.filter(comment="Tre av fyra.").count() == 1
