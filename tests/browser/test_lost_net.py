"""What is written stays written when the net, the session or the server is away for a while."""

from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from tests.browser.conftest import sign_in
from tests.browser.grid import SAVED

CELL = "När, åtgärd 1, problem 1"
WAITING = "Inte sparat – försöker igen"


def stands(grid, text, name=CELL):
    grid.page.reload()
    expect(grid.cell(name)).to_contain_text(text)
    expect(grid.page.get_by_text("Du har text som inte är sparad")).to_have_count(0)


def close_and_come_back(grid):
    """Close the page without a chance to save, and open another when the net is back.

    The browser lets a page that is being closed out of its offline mode first. What the page then still sends is
    sent by nobody who is signed in, so that the other page finds it unsaved.
    """
    context = grid.page.context
    session = [cookie for cookie in context.cookies() if cookie["name"] == "sessionid"]
    context.clear_cookies(name="sessionid")
    grid.page.close(run_before_unload=False)
    context.set_offline(False)
    context.add_cookies(session)
    grid.page = context.new_page()


def test_a_text_written_without_net_is_saved_when_the_net_is_back(grid):
    grid.open()
    grid.page.context.set_offline(True)
    grid.type_in(CELL, "Under våren")
    grid.field(CELL).blur()
    expect(grid.status).to_have_text(WAITING)
    expect(grid.cell(CELL)).to_contain_text("Under våren")
    grid.page.context.set_offline(False)
    expect(grid.status).to_have_text(SAVED)
    stands(grid, "Under våren")


def test_texts_in_several_rows_wait_for_the_net_together(grid):
    grid.open()
    grid.page.context.set_offline(True)
    texts = {f"När, åtgärd {number}, problem 1": f"Vecka {number}" for number in (1, 2, 3)}
    for name, text in texts.items():
        grid.type_in(name, text)
        grid.field(name).blur()
    expect(grid.status).to_have_text(WAITING)
    grid.page.context.set_offline(False)
    expect(grid.status).to_have_text(SAVED)
    for name, text in texts.items():
        stands(grid, text, name)


def test_a_page_closed_without_net_saves_when_it_is_opened_again(grid):
    grid.open()
    grid.page.context.set_offline(True)
    grid.type_in(CELL, "Under hösten")
    grid.field(CELL).blur()
    expect(grid.status).to_have_text(WAITING)
    close_and_come_back(grid)
    with grid.page.expect_response("**/cell/"):
        grid.open()
    expect(grid.status).to_have_text(SAVED)
    stands(grid, "Under hösten")


def test_a_cell_left_twice_without_net_is_saved_without_a_question_when_the_page_is_opened_again(grid):
    grid.open()
    grid.page.context.set_offline(True)
    for text in ("Under våren", "Under våren och sommaren"):
        grid.type_in(CELL, text)
        grid.field(CELL).blur()
    expect(grid.status).to_have_text(WAITING)
    close_and_come_back(grid)
    with grid.page.expect_response("**/cell/"):
        grid.open()
    expect(grid.status).to_have_text(SAVED)
    stands(grid, "Under våren och sommaren")


def test_esc_takes_back_what_is_being_written_and_not_what_was_left_before_it(grid):
    grid.open()
    grid.page.context.set_offline(True)
    grid.type_in(CELL, "Under våren")
    grid.field(CELL).blur()
    expect(grid.status).to_have_text(WAITING)
    grid.type_in(CELL, "Aldrig")
    grid.page.keyboard.press("Escape")
    close_and_come_back(grid)
    with grid.page.expect_response("**/cell/"):
        grid.open()
    expect(grid.status).to_have_text(SAVED)
    stands(grid, "Under våren")


def test_nothing_is_called_saved_while_a_cell_of_the_row_is_still_on_its_way(grid):
    """Also when the one before it has been passed over for a newer text of the same cell."""
    grid.open()
    held = []
    grid.page.route("**/cell/", lambda route: held.append(route))
    other = "Vem, åtgärd 1, problem 1"
    for name, text in ((other, "Fältarna"), (CELL, "Våren"), (other, "Fältarna ute"), (CELL, "Våren 2025")):
        grid.type_in(name, text)
        grid.field(name).blur()
    said = []
    for _ in range(3):
        grid.page.wait_for_timeout(200)
        if not held:
            break
        said.append(grid.status.text_content())
        held.pop().continue_()
    expect(grid.status).to_have_text(SAVED)
    assert said
    assert set(said) == {"Sparar …"}
    stands(grid, "Våren 2025")
    stands(grid, "Fältarna ute", other)


def test_a_text_outlives_the_session(grid, site, cast):
    grid.open()
    grid.type_in(CELL, "Hela året")
    Session.objects.all().delete()
    grid.field(CELL).blur()
    expect(grid.status).to_contain_text("Du är utloggad. Texten finns kvar här.")
    expect(grid.cell(CELL)).to_contain_text("Hela året")
    cast.editor.set_password("ett-långt-lösenord")
    cast.editor.save()
    page = grid.page
    page.on("dialog", lambda dialog: dialog.accept())  # the browser asks whether to leave what is not saved
    grid.status.get_by_role("link", name="Logga in igen").click()
    page.get_by_label("Användarnamn eller e-post").fill("editor")
    page.get_by_label("Lösenord").fill("ett-långt-lösenord")
    with page.expect_response("**/cell/"):
        page.get_by_role("button", name="Logga in", exact=True).click()
    expect(grid.status).to_have_text(SAVED)
    stands(grid, "Hela året")


def test_signing_in_again_in_another_window_is_enough(grid, site, cast):
    grid.open()
    grid.type_in(CELL, "Hela året")
    Session.objects.all().delete()
    grid.field(CELL).blur()
    expect(grid.status).to_contain_text("Du är utloggad")
    sign_in(grid.page.context, cast.editor, site)
    expect(grid.status).to_have_text(SAVED, timeout=10_000)
    stands(grid, "Hela året")


def test_somebody_else_at_the_same_computer_does_not_get_the_text(grid, site, cast):
    grid.open()
    grid.page.context.set_offline(True)
    grid.type_in(CELL, "Redaktörens text")
    grid.field(CELL).blur()
    expect(grid.status).to_have_text(WAITING)
    close_and_come_back(grid)
    sign_in(grid.page.context, cast.police, site)
    grid.page.goto(grid.address)
    expect(grid.page.get_by_role("table")).to_be_visible()
    expect(grid.page.get_by_role("main")).not_to_contain_text("Redaktörens text")
    expect(grid.page.get_by_role("main")).not_to_contain_text("inte är sparad")


def test_a_text_that_is_too_long_stays_open_with_the_reason(grid):
    grid.open()
    grid.type_in(CELL, "å" * 8_001)
    grid.field(CELL).blur()
    expect(grid.status).to_have_text("Inte sparat")
    expect(grid.field(CELL)).to_have_value("å" * 8_001)
    expect(grid.page.get_by_role("alert")).to_contain_text("8")
    grid.page.keyboard.press("Backspace")
    grid.leave(CELL)
    stands(grid, "å" * 8_000)
