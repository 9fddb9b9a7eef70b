"""The whole work with scripts switched off: reading, writing, adding, moving, removing, undoing, in and out."""

import re

import openpyxl
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DATA
from tests.browser.grid import Grid


@pytest.fixture
def grid(live_server, browser_of, cast, plan):
    """The plan's page in a browser that runs no scripts."""
    page = browser_of(cast.editor, java_script_enabled=False)
    return Grid(page, f"{live_server.url}{plan.get_absolute_url()}").open()


def says(grid, name, text):
    expect(grid.cell(name)).to_contain_text(text)


def save(page):
    page.get_by_role("main").get_by_role("button", name="Spara", exact=True).click()


def test_a_cell_leads_to_the_rows_form_and_back(grid):
    grid.opener("Vem, åtgärd 2, problem 1").click()
    field = grid.page.get_by_label("Vem", exact=True)
    expect(field).to_be_focused()
    field.fill("Polisen och fältarna")
    save(grid.page)
    expect(grid.told("är sparad.")).to_be_visible()
    says(grid, "Vem, åtgärd 2, problem 1", "Polisen och fältarna")


def test_goals_are_written_one_by_one(grid):
    page = grid.page
    grid.menu("Åtgärd 1, problem 1", "Öppna som formulär")
    page.get_by_text("Lägg till mål som kan följas upp vart för sig").click()
    page.get_by_label("Mål", exact=True).first.fill("Minst tio möten")
    page.get_by_role("button", name="Lägg till ett mål till").click()
    expect(page.get_by_label("Mål", exact=True).first).to_have_value("Minst tio möten")
    page.get_by_label("Mål", exact=True).last.fill("Färre klagomål")
    save(page)
    grid.menu("Åtgärd 1, problem 1", "Öppna som formulär")
    for text in ("Minst tio möten", "Färre klagomål"):
        assert text in [field.input_value() for field in page.get_by_label("Mål", exact=True).all()]


def test_rows_are_added_moved_removed_and_brought_back(grid):
    page = grid.page
    grid.menu("Orsak 2, problem 1", "Ny åtgärd")
    grid.opener("Åtgärd 4, problem 1").click()
    page.get_by_label("Åtgärd", exact=True).fill("Fotboll på kvällar")
    save(page)
    grid.menu("Åtgärd 4, problem 1", "Flytta upp")
    says(grid, "Åtgärd 3, problem 1", "Fotboll på kvällar")
    grid.menu("Åtgärd 3, problem 1", "Flytta ner")
    says(grid, "Åtgärd 4, problem 1", "Fotboll på kvällar")
    grid.menu("Åtgärd 4, problem 1", "Flytta till …")
    first = page.get_by_role("option", name=re.compile("Regeringsuppdrag")).first.text_content()
    page.get_by_label("Orsak att flytta till").select_option(label=first)
    page.get_by_role("button", name="Flytta", exact=True).click()
    says(grid, "Åtgärd 2, problem 1", "Fotboll på kvällar")
    grid.menu("Åtgärd 2, problem 1", "Ta bort")
    expect(page.get_by_role("table")).not_to_contain_text("Fotboll på kvällar")
    grid.undo()
    says(grid, "Åtgärd 2, problem 1", "Fotboll på kvällar")


def test_a_change_is_taken_back_from_the_history(grid):
    page = grid.page
    grid.menu("Orsak 2, problem 1", "Ta bort")
    page.get_by_role("link", name="Historik", exact=True).first.click()
    page.get_by_role("button", name=re.compile("^Ångra Tog bort orsak")).click()
    page.get_by_role("link", name="Skärholmen 2025").click()
    says(grid, "Orsak 2, problem 1", "Bland riskfaktorer")


def test_a_workbook_goes_out_and_in_again(grid, tmp_path):
    page = grid.page
    page.get_by_text("Ladda ner", exact=True).click()
    with page.expect_download() as started:
        page.get_by_role("link", name=re.compile("^Excel")).click()
    path = tmp_path / started.value.suggested_filename
    started.value.save_as(path)
    book = openpyxl.load_workbook(path)
    assert "Nyrekrytering av barn och unga till kriminalitet" in [
        cell for row in book.worksheets[1].iter_rows(values_only=True) for cell in row
    ]
    page.get_by_role("link", name="Läs in Excel").click()
    page.get_by_label("Arbetsbok eller JSON-fil").set_input_files(path)
    page.get_by_role("button", name="Läs filen").click()
    expect(page.get_by_role("heading", name="Inga ändringar")).to_be_visible()
    page.get_by_role("button", name="Släng filen").click()
    expect(grid.told("är slängd. Inget i planen är ändrat.")).to_be_visible()


def test_a_plan_is_started_from_the_workbook(live_server, browser_of, cast):
    page = browser_of(cast.editor, java_script_enabled=False)
    page.goto(live_server.url)
    page.get_by_role("link", name="Börja planen").click()
    page.get_by_label("Arbetsbok eller JSON-fil").set_input_files(DATA / "skarholmen-2025.xlsx")
    page.get_by_role("button", name="Läs filen").click()
    page.get_by_role("button", name="Läs in planen").click()
    expect(page.get_by_role("row")).to_have_count(6)


def test_an_own_area_is_added_and_one_is_left_out(grid):
    page = grid.page
    page.get_by_role("link", name="+ Eget område").click()
    page.get_by_label("Områdets namn").fill("Trygg skolväg")
    page.get_by_label("Stadsdelsförvaltningen och lokalpolisområdet har enats om området").check()
    page.get_by_role("button", name="Lägg till området").click()
    expect(grid.told("Området Trygg skolväg är tillagt.")).to_be_visible()
    page.get_by_role("link", name="Ange skälet om ni inte arbetar med området i år").click()
    page.get_by_label("Inte aktuellt i år").check()
    page.get_by_label("Skäl", exact=True).fill("Väntar på skolorna.")
    save(page)
    expect(page.get_by_role("link", name=re.compile("^Trygg skolväg Inte aktuellt i år"))).to_be_visible()
