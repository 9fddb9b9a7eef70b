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
    expect(page.get_by_role("main")).to_be_focused()
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


def test_tab_saves_a_cell_and_opens_the_next(grid, keys):
    tab_to(grid.page, f"Ändra – {CELL}")
    keys.press("Enter")
    keys.type(" Och polisen.")
    with grid.page.expect_response("**/cell/"):
        keys.press("Tab")
    expect(grid.status).to_have_text(SAVED)
    expect(grid.field("Uppföljning, åtgärd 1, problem 1")).to_be_focused()


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
    expect(grid.told("Åtgärden är borttagen.")).to_be_visible()
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


def focused_field(grid, name):
    """The field of that cell, once it is open and has the focus."""
    expect(grid.field(name)).to_be_focused()
    return grid.field(name)


def stands(grid, texts):
    """Everything is saved, and is there when the page is read again."""
    expect(grid.status).to_have_text(SAVED)
    grid.page.reload()
    for name, text in texts.items():
        expect(grid.cell(name)).to_contain_text(text)


def test_what_is_typed_after_tab_lands_in_the_next_cell(grid, keys):
    grid.opener("Operativa mål, åtgärd 1, problem 1").click()
    keys.press("Control+End")
    keys.type(" Mål till.")
    keys.press("Tab")
    keys.type(" Och i juni.")
    keys.press("Tab")
    keys.type(" Och polisen.")
    keys.press("Shift+Tab")
    keys.type(" Och i juli.")
    keys.press("Control+Enter")
    expect(grid.opener("När, åtgärd 1, problem 1")).to_be_focused()
    stands(
        grid,
        {
            "Operativa mål, åtgärd 1, problem 1": " Mål till.",
            "När, åtgärd 1, problem 1": " Och i juni. Och i juli.",
            CELL: " Och polisen.",
        },
    )


@pytest.mark.parametrize("start", ["letter", "F2"])
def test_typing_on_a_closed_cell_opens_it_with_what_is_typed_at_the_end(grid, keys, start):
    was = grid.cell(CELL).locator(".text").text_content()
    tab_to(grid.page, f"Ändra – {CELL}")
    if start == "F2":
        keys.press("F2")
    keys.type("till")
    expect(focused_field(grid, CELL)).to_have_value(f"{was}till")


def test_a_dead_key_on_a_closed_cell_opens_it_for_the_letter_that_follows(grid, keys):
    was = grid.cell(CELL).locator(".text").text_content()
    tab_to(grid.page, f"Ändra – {CELL}")
    grid.opener(CELL).dispatch_event("keydown", {"key": "Dead", "bubbles": True})
    focused_field(grid, CELL)
    keys.insert_text("é")
    expect(grid.field(CELL)).to_have_value(f"{was}é")


def test_shortcuts_on_a_closed_cell_are_left_to_the_browser(grid, keys):
    tab_to(grid.page, f"Ändra – {CELL}")
    keys.press("Control+c")
    expect(grid.page.get_by_role("textbox")).to_have_count(0)


def test_esc_is_the_way_out_of_the_cells_and_is_told(grid, keys):
    tab_to(grid.page, f"Ändra – {CELL}")
    keys.press("Enter")
    expect(grid.field(CELL)).to_have_accessible_description(re.compile("Esc avslutar"))
    expect(grid.page.get_by_text("Esc avslutar", exact=True)).to_be_visible()
    keys.press("Escape")
    keys.press("Tab")
    assert "Uppföljning, åtgärd 1, problem 1" in focus(grid.page)
    expect(grid.page.get_by_role("textbox")).to_have_count(0)


def test_tab_leaves_the_grid_after_its_last_cell(grid, keys):
    page = grid.page
    page.get_by_role("table").get_by_role("link", name=re.compile("^(Skriv|Ändra) – ")).last.focus()
    keys.press("Enter")
    keys.press("Tab")
    expect(page.get_by_role("button", name="Lägg till problemområde")).to_be_focused()
    expect(page.get_by_role("textbox")).to_have_count(0)


def test_a_text_that_is_too_long_is_not_left_with_tab(grid, keys):
    grid.type_in(CELL, "å" * 8_001)
    keys.press("Tab")
    focused_field(grid, CELL)
    expect(grid.page.get_by_role("alert")).to_be_in_viewport()


def test_a_new_row_that_was_left_empty_can_be_taken_away_again(grid, keys):
    choose(grid, "Åtgärd 1, problem 1", "Ny åtgärd under")
    focused_field(grid, "Åtgärd 2, problem 1")
    keys.press("Escape")
    told = grid.told("Tom rad lades till.")
    expect(told).to_be_visible()
    with grid.page.expect_response(lambda response: response.request.method == "GET" and response.ok):
        told.get_by_role("button", name="Ta bort den").click()
    expect(grid.told("ändringen är ångrad")).to_be_visible()
    expect(grid.cell("Åtgärd 2, problem 1")).not_to_contain_text("Åtgärd saknas")


def test_what_was_written_in_a_cell_is_undone_on_the_spot(grid, keys):
    was = grid.cell(CELL).locator(".text").text_content()
    grid.write(CELL, "Inte detta")
    expect(grid.page.locator("#latest")).to_contain_text(re.compile("vem", re.IGNORECASE))
    grid.undo()
    expect(grid.told("ändringen är ångrad")).to_be_visible()
    assert grid.cell(CELL).locator(".text").text_content() == was


def test_a_new_row_with_something_written_is_not_offered_away(grid, keys):
    choose(grid, "Åtgärd 1, problem 1", "Ny åtgärd under")
    focused_field(grid, "Åtgärd 2, problem 1")
    keys.type("Nattvandring")
    keys.press("Tab")
    focused_field(grid, "Operativa mål, åtgärd 2, problem 1")
    keys.press("Escape")
    expect(grid.told("Tom rad lades till.")).to_have_count(0)


def test_the_second_way_past_the_head_leads_to_the_table(grid, keys):
    keys.press("Tab")
    keys.press("Tab")
    assert "Till planens tabell" in focus(grid.page)
    keys.press("Enter")
    expect(grid.page.get_by_role("table")).to_be_focused()
