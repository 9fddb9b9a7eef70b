"""Comments beside the grid and on their own page: with a mouse, with keys alone, on a phone, without scripts."""

import re

import pytest
from playwright.sync_api import expect

from plans import comments, workflow
from plans.enums import CommentKind
from plans.models import Comment
from tests.browser.conftest import barriers
from tests.browser.reach import WIDER, focus, tab_to

GOALS = "operativa mål, åtgärd 2, problem 1"
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def reviewed(plan, cast):
    """Skärholmen's plan on review."""
    workflow.take(plan, "send_for_review", by=cast.editor)
    return plan


@pytest.fixture
def action(reviewed):
    """The second action of the first problem of the first area."""
    return reviewed.actions.get(position=2, problem__position=1, problem__plan_area__position=1)


@pytest.fixture
def question(reviewed, action, cast):
    """What the police have asked about the action's goals."""
    return comments.write(
        reviewed, "Hur många möten?", CommentKind.QUESTION, by=cast.police, row=action.uid, field="goals"
    )


@pytest.fixture
def at_plan(browser_of, live_server, reviewed):
    """Call it with a person for the plan's page in a browser of theirs."""

    def at(user, size=None, **differs):
        page = browser_of(user, **differs)
        if size:
            page.set_viewport_size(size)
        page.goto(f"{live_server.url}{reviewed.get_absolute_url()}")
        return page

    return at


def panel(page):
    return page.get_by_role("complementary", name="Kommentarer")


def count(page, words="1 öppen"):
    """The link in the grid that says how many comments the action has."""
    return page.get_by_role("table").get_by_role("link", name=re.compile(f"^{words} .* åtgärd 2, problem 1$"))


def told(page):
    """What is read out when something has happened."""
    return page.get_by_role("status").last


def write(page, text, kind="Fråga"):
    panel(page).get_by_role("radio", name=kind).check()
    panel(page).get_by_label("Text").fill(text)
    panel(page).get_by_role("button", name="Spara kommentaren").click()


def test_a_question_is_asked_answered_and_resolved_beside_the_grid(at_plan, cast):
    police, editor = at_plan(cast.police), at_plan(cast.editor)
    link = police.get_by_role("link", name=f"Kommentera {GOALS}")
    link.hover()
    link.click()
    expect(panel(police).get_by_label("Text")).to_be_focused()
    expect(panel(police).get_by_label("Gäller")).to_have_value("goals")
    write(police, "Hur många möten?")
    expect(told(police)).to_have_text("Frågan är sparad.")
    expect(panel(police)).to_contain_text("Hur många möten?")
    expect(count(police)).to_be_visible()
    expect(police.get_by_role("link", name="Kommentarer (1 öppen)")).to_be_visible()

    editor.reload()
    count(editor).click()
    expect(panel(editor).get_by_role("heading", level=2).first).to_be_focused()
    panel(editor).get_by_text("Svara").first.click()
    panel(editor).get_by_label("Ditt svar").fill("Fyra per termin.")
    panel(editor).get_by_role("button", name="Skicka svaret").click()
    expect(panel(editor)).to_contain_text("Besvarad")

    count(police).click()
    expect(panel(police)).to_contain_text("Fyra per termin.")
    panel(police).get_by_role("button", name=re.compile("^Markera som löst")).click()
    expect(told(police)).to_contain_text("Kommentaren är löst.")
    expect(count(police, "1 löst")).to_be_visible()


def test_with_the_keyboard_alone(at_plan, cast, question):
    page = at_plan(cast.editor)
    tab_to(page, "1 öppen kommentar om åtgärd 2, problem 1")
    page.keyboard.press("Enter")
    expect(panel(page).get_by_role("heading", level=2).first).to_be_focused()
    tab_to(page, "Svara, police om Åtgärd 2, problem 1: Operativa mål")
    page.keyboard.press("Enter")
    tab_to(page, "Ditt svar")
    page.keyboard.type("Fyra per termin.")
    tab_to(page, "Skicka svaret")
    page.keyboard.press("Enter")
    expect(told(page)).to_have_text("Svaret är sparat.")
    expect(panel(page).get_by_role("article", name="Åtgärd 2, problem 1: Operativa mål")).to_be_focused()
    page.keyboard.press("Escape")
    expect(panel(page)).to_be_hidden()
    assert "1 öppen" in focus(page)


def test_the_menu_of_a_row_opens_the_panel_and_esc_leads_back(at_plan, cast):
    page = at_plan(cast.editor)
    page.get_by_text("Mer – Åtgärd 2, problem 1", exact=True).click()
    page.get_by_role("link", name="Kommentera", exact=True).click()
    expect(panel(page).get_by_label("Text")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("summary").filter(has_text="Mer – Åtgärd 2, problem 1")).to_be_focused()


def test_what_is_refused_stays_typed_with_the_reason(at_plan, cast):
    page = at_plan(cast.editor)
    page.get_by_role("link", name="Kommentera området").click()
    write(page, "Gäller 811228-9874", "Kommentar")
    expect(panel(page)).to_contain_text("Texten ser ut att innehålla ett personnummer.")
    expect(panel(page).get_by_label("Text")).to_have_value("Gäller 811228-9874")
    expect(panel(page).get_by_label("Text")).to_be_focused()
    assert barriers(page) == []
    assert not Comment.objects.exists()


def test_what_is_typed_is_there_again_after_esc(at_plan, cast):
    page = at_plan(cast.police)
    link = page.get_by_role("link", name=f"Kommentera {GOALS}")
    link.click()
    panel(page).get_by_label("Text").fill("En lång tanke")
    page.keyboard.press("Escape")
    link.click()
    expect(panel(page).get_by_label("Text")).to_have_value("En lång tanke")


def test_what_is_typed_stays_when_one_has_been_signed_out(at_plan, cast):
    page = at_plan(cast.police)
    page.get_by_role("link", name="Kommentera området").click()
    expect(panel(page).get_by_label("Text")).to_be_focused()
    page.context.clear_cookies(name="sessionid")
    write(page, "En lång tanke")
    expect(panel(page).get_by_role("alert")).to_contain_text("Du är inte inloggad längre.")
    expect(panel(page).get_by_label("Text")).to_have_value("En lång tanke")


def test_the_panel_stays_while_the_grid_is_written_in(at_plan, cast, question):
    page = at_plan(cast.editor)
    count(page).click()
    expect(panel(page)).to_contain_text("Hur många möten?")
    page.get_by_text("Mer – Åtgärd 2, problem 1", exact=True).click()
    with page.expect_response(lambda response: response.request.method == "GET" and response.ok):
        page.get_by_role("button", name="Flytta ner", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("Ångra")
    expect(panel(page)).to_contain_text("Hur många möten?")


@pytest.mark.parametrize("person", ["editor", "police"])
def test_the_panel_has_no_barrier(at_plan, cast, question, person):
    comments.answer(question, "Fyra.", by=cast.editor)
    page = at_plan(getattr(cast, person))
    count(page).click()
    expect(panel(page)).to_contain_text("Hur många möten?")
    panel(page).get_by_text("Ny kommentar").click()
    panel(page).get_by_text("Svara").first.click()
    assert barriers(page) == []
    assert page.evaluate(WIDER) == []


def test_how_a_cell_is_commented_is_told_where_there_is_a_pointer(at_plan, cast):
    how = "Peka på en cell, eller gå till den med Tab, för att kommentera den."
    expect(at_plan(cast.police).get_by_text(how)).to_be_visible()
    expect(at_plan(cast.police, PHONE).get_by_text(how)).to_be_hidden()
    expect(at_plan(cast.police, has_touch=True, is_mobile=True).get_by_text(how)).to_be_hidden()


def test_the_count_in_the_stop_colour_has_no_barrier(at_plan, cast, question, action, reviewed):
    comments.write(reviewed, "Rätta", CommentKind.MUST_FIX, by=cast.police, row=action.uid)
    page = at_plan(cast.editor)
    expect(count(page, "1 måste åtgärdas, 1 öppen")).to_be_visible()
    expect(page.get_by_role("link", name="Kommentarer (2 öppna, varav 1 måste åtgärdas)")).to_be_visible()
    assert barriers(page) == []
    assert page.evaluate(WIDER) == []


def test_on_a_phone_the_link_leads_to_the_page(at_plan, cast, question):
    page = at_plan(cast.police, PHONE)
    page.get_by_role("link", name=re.compile("^1 öppen .* åtgärd 2, problem 1$")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kommentarer på Åtgärdsplan 2025, Skärholmen")
    page.get_by_text("Svara").first.click()
    assert barriers(page) == []
    assert page.evaluate(WIDER) == []
    page.get_by_label("Ditt svar").fill("I maj.")
    page.get_by_role("button", name="Skicka svaret").click()
    expect(page.get_by_role("main")).to_contain_text("Svaret är sparat.")


def test_without_scripts(at_plan, cast, question):
    page = at_plan(cast.editor, java_script_enabled=False)
    count(page).click()
    expect(page.get_by_role("main")).to_contain_text("Hur många möten?")
    page.get_by_text("Svara").first.click()
    page.get_by_label("Ditt svar").fill("Fyra per termin.")
    page.get_by_role("button", name="Svara och markera som löst").click()
    expect(page.get_by_role("main")).to_contain_text("Kommentaren är löst.")
    page.get_by_text("Ny kommentar om").click()
    page.get_by_label("Text").fill("Tack")
    page.get_by_role("button", name="Spara kommentaren").click()
    expect(page.get_by_role("main")).to_contain_text("Kommentaren är sparad.")
