"""The plan with the keyboard alone: Tab, Enter, the arrows and Esc; the focus is always somewhere, and to be seen."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.grid import SAVED
from tests.browser.reach import focus, tab_to

CELL = "Vem, åtgärd 1, problem 1"


@pytest.fixture
def keys(grid):
    """The keyboard, on the plan's page; the mouse is out of the game."""
    grid.open()
    return grid.page.keyboard


def choose(grid, row, item):
    """Choose in a row's menu; return when the page shows what became of it."""
    tab_to(grid.page, f"Mer – {row}")
    grid.page.keyboard.press("Enter")
    tab_to(grid.page, item)
    with grid.page.expect_response(lambda response: response.request.method == "GET" and response.ok):
        grid.page.keyboard.press("Enter")


def test_from_the_start_page_to_a_saved_cell(grid, site):
    page = grid.page
    page.goto(site)
    tab_to(page, "Skriv i planen")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Åtgärdsplan 2025, Skärholmen")
    page.keyboard.press("Tab")
    assert "Till innehållet" in focus(page)
    page.keyboard.press("Enter")
    tab_to(page, f"Ändra – {CELL}")
    page.keyboard.press("Enter")
    assert CELL in focus(page)
    page.keyboard.press("Control+a")
    page.keyboard.type("Fältarna, varje fredag")
    with page.expect_response("**/cell/"):
        page.keyboard.press("Control+Enter")
    assert CELL in focus(page)
    expect(grid.status).to_have_text(SAVED)
    expect(grid.opener(CELL)).to_be_focused()
    page.reload()
    expect(grid.cell(CELL)).to_contain_text("Fältarna, varje fredag")


def test_tab_leaves_a_cell_saves_it_and_goes_on_to_what_comes_after(grid, keys):
    tab_to(grid.page, f"Ändra – {CELL}")
    keys.press("Enter")
    keys.type(" Och polisen.")
    with grid.page.expect_response("**/cell/"):
        keys.press("Tab")
    expect(grid.status).to_have_text(SAVED)
    assert "Uppföljning, åtgärd 1, problem 1" in focus(grid.page)


def test_esc_leaves_a_cell_as_it_was(grid, keys):
    was = grid.cell(CELL).text_content()
    tab_to(grid.page, f"Ändra – {CELL}")
    keys.press("Enter")
    keys.type("Inte detta")
    keys.press("Escape")
    expect(grid.opener(CELL)).to_be_focused()
    assert CELL in focus(grid.page)
    assert grid.cell(CELL).text_content() == was
    grid.page.reload()
    assert grid.cell(CELL).text_content() == was


def test_a_row_is_moved_and_the_focus_goes_with_it(grid, keys):
    text = "SSPF. Underlätta samverkan"
    choose(grid, "Åtgärd 3, problem 1", "Flytta upp")
    expect(grid.cell("Åtgärd 2, problem 1")).to_contain_text(text)
    assert "Åtgärd 2, problem 1" in focus(grid.page)


def test_a_row_is_moved_to_another_cause_with_the_arrows(grid, keys):
    page = grid.page
    choose(grid, "Åtgärd 3, problem 1", "Flytta till …")
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Flytta"))
    tab_to(page, "Orsak att flytta till")
    keys.press("ArrowUp")
    tab_to(page, "Flytta")
    keys.press("Enter")
    expect(grid.told("är flyttad.")).to_be_visible()
    expect(grid.cell("Åtgärd 2, problem 1")).to_contain_text("SSPF. Underlätta samverkan")


def test_a_new_row_is_ready_to_write_in(grid, keys):
    page = grid.page
    choose(grid, "Åtgärd 1, problem 1", "Ny åtgärd under")
    expect(grid.field("Åtgärd 2, problem 1")).to_be_focused()
    assert "Åtgärd 2, problem 1" in focus(page)
    keys.type("Skriven med tangenterna")
    with page.expect_response("**/cell/"):
        keys.press("Control+Enter")
    expect(grid.opener("Åtgärd 2, problem 1")).to_be_focused()
    assert "Åtgärd 2, problem 1" in focus(page)
    page.reload()
    expect(grid.cell("Åtgärd 2, problem 1")).to_contain_text("Skriven med tangenterna")


def test_after_removing_a_row_the_way_back_is_at_hand(grid, keys):
    choose(grid, "Åtgärd 1, problem 1", "Ta bort")
    expect(grid.told("Åtgärd borttagen.")).to_be_visible()
    assert "Ångra" in focus(grid.page)
    keys.press("Enter")
    expect(grid.told("ändringen är ångrad")).to_be_visible()
    expect(grid.cell("Åtgärd 1, problem 1")).to_contain_text("Sätta strukturen för lokalt BOB-råd")
    focus(grid.page)


def test_esc_closes_a_menu_and_stays_at_its_button(grid, keys):
    page = grid.page
    tab_to(page, "Mer – Orsak 1, problem 1")
    keys.press("Enter")
    tab_to(page, "Ny åtgärd")
    keys.press("Escape")
    expect(page.get_by_role("button", name="Ny åtgärd", exact=True)).to_have_count(0)
    assert "Mer – Orsak 1, problem 1" in focus(page)
