"""Two people in the same cell, each at their own computer: both texts are seen, and nothing is lost."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from tests.browser.grid import SAVED, Grid

CELL = "Vem, åtgärd 1, problem 1"


@pytest.fixture
def colleague(cast):
    """A second trygghetsstrateg of Skärholmen."""
    user = User.objects.create(username="colleague", display_name="Kollegan")
    seat = cast.editor.memberships.get()
    seat.pk, seat.user = None, user
    seat.save()
    return user


@pytest.fixture
def two(grid, browser_of, colleague):
    """The later, and the one who saves first, with the same page open in front of them."""
    first = Grid(browser_of(colleague), grid.address)
    return grid.open(), first.open()


def both_write(later, first):
    """Return the panel that the later one gets."""
    later.type_in(CELL, "Den senares text")
    first.write(CELL, "Den förstas text")
    later.field(CELL).blur()
    panel = later.page.get_by_role("group", name="Två har skrivit i samma cell")
    expect(panel).to_contain_text("Den senares text")
    expect(panel).to_contain_text("Den förstas text")
    expect(panel).to_contain_text("Kollegan")
    expect(later.status).to_have_text("Inte sparat – välj text")
    return panel


def stands(grid, text):
    expect(grid.status).to_have_text(SAVED)
    grid.page.reload()
    expect(grid.cell(CELL)).to_contain_text(text)


def test_the_later_one_keeps_their_own_text(two, assert_accessible):
    panel = both_write(*two)
    expect(panel.get_by_role("button", name="Behåll min")).to_be_focused()
    assert_accessible()
    with two[0].page.expect_response("**/cell/"):
        panel.get_by_role("button", name="Behåll min").click()
    expect(two[0].opener(CELL)).to_be_focused()
    stands(two[0], "Den senares text")
    two[0].page.goto(two[0].address + "historik/")
    expect(two[0].page.get_by_role("main")).to_contain_text("Den förstas text")


def test_the_later_one_takes_the_others_text(two):
    both_write(*two).get_by_role("button", name="Ta den andras").click()
    later = two[0]
    expect(later.cell(CELL)).to_contain_text("Den förstas text")
    expect(later.opener(CELL)).to_be_focused()
    later.page.reload()
    expect(later.cell(CELL)).to_contain_text("Den förstas text")
    expect(later.page.get_by_role("group", name="Två har skrivit i samma cell")).to_have_count(0)


def test_the_later_one_makes_one_text_of_both(two, assert_accessible):
    panel = both_write(*two)
    panel.get_by_role("button", name="Slå ihop").click()
    merged = panel.get_by_role("textbox", name=f"Den text som ska gälla, {CELL}")
    expect(merged).to_be_focused()
    expect(merged).to_have_value("Den förstas text\n\nDen senares text")
    assert_accessible()
    with two[0].page.expect_response("**/cell/"):
        panel.get_by_role("button", name="Spara den här texten").click()
    expect(two[0].opener(CELL)).to_be_focused()
    stands(two[0], "Den förstas text\n\nDen senares text")


def test_other_cells_of_the_row_are_no_conflict(two):
    later, first = two
    later.type_in(CELL, "Den senares text")
    first.write("När, åtgärd 1, problem 1", "Varje tisdag")
    with later.page.expect_response(lambda answer: answer.url.endswith("/cell/") and answer.ok):
        later.field(CELL).blur()
    stands(later, "Den senares text")
    expect(later.cell("När, åtgärd 1, problem 1")).to_contain_text("Varje tisdag")


def test_a_row_that_has_been_removed_gives_the_text_back(two):
    later, first = two
    later.type_in(CELL, "Den senares text")
    first.menu("Åtgärd 1, problem 1", "Ta bort")
    later.field(CELL).blur()
    expect(later.status).to_have_text("Inte sparat")
    expect(later.field(CELL)).to_have_value("Den senares text")
    later.page.reload()
    told = later.page.get_by_role("listitem").filter(has_text="Raden du skrev i finns inte längre.")
    expect(told).to_contain_text("Den senares text")
    told.get_by_role("button", name="Släng texten").click()
    expect(told).to_have_count(0)


def test_two_forms_of_the_same_row_are_compared_before_the_later_is_saved(two, assert_accessible):
    for grid, text in reversed(list(zip(two, ("Den senares text", "Den förstas text"), strict=True))):
        grid.menu("Åtgärd 1, problem 1", "Öppna som formulär")
        grid.page.get_by_label("Vem", exact=True).fill(text)
    for grid in reversed(two):
        grid.page.get_by_role("main").get_by_role("button", name="Spara", exact=True).click()
    page = two[0].page
    expect(page.get_by_role("alert")).to_contain_text("Kollegan sparade")
    assert_accessible()
    page.get_by_label("Behåll båda, den andras först").check()
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(two[0].cell(CELL)).to_contain_text("Den förstas text")
    expect(two[0].cell(CELL)).to_contain_text("Den senares text")


def test_a_question_does_not_take_the_focus_from_the_next_cell(two):
    later, first = two
    later.type_in(CELL, "Den senares text")
    first.write(CELL, "Den förstas text")
    with later.page.expect_response("**/cell/"):
        later.page.keyboard.press("Tab")
    expect(later.status).to_have_text("Inte sparat – välj text")
    later.page.keyboard.type("Skrivet sedan")
    expect(later.field("Uppföljning, åtgärd 1, problem 1")).to_have_value("Skrivet sedan")
    later.page.keyboard.press("Control+Enter")
    panel = later.page.get_by_role("group", name="Två har skrivit i samma cell")
    expect(panel.get_by_role("button", name="Behåll min")).to_be_focused()
    panel.get_by_role("button", name="Behåll min").click()
    stands(later, "Den senares text")
    expect(later.cell("Uppföljning, åtgärd 1, problem 1")).to_contain_text("Skrivet sedan")


def test_a_question_waits_for_one_who_writes_in_the_cell_again(two):
    later, first = two
    held = []
    later.page.route("**/cell/", lambda route: held.append(route), times=1)
    later.type_in(CELL, "Den senares text")
    first.write(CELL, "Den förstas text")
    with later.page.expect_request("**/cell/"):
        later.field(CELL).blur()
    later.opener(CELL).press("Enter")
    later.page.keyboard.type(" går")
    held.pop().continue_()
    expect(later.status).to_have_text("Inte sparat – välj text")
    expect(later.page.get_by_role("main").get_by_role("alert")).to_contain_text("Skriv klart")
    later.page.keyboard.type(" vidare en bit")
    expect(later.field(CELL)).to_have_value("Den senares text går vidare en bit")
    later.page.keyboard.press("Control+Enter")
    panel = later.page.get_by_role("group", name="Två har skrivit i samma cell")
    expect(panel).to_contain_text("Kollegan ändrade texten")
    panel.get_by_role("button", name="Behåll min").click()
    stands(later, "Den senares text går vidare en bit")
