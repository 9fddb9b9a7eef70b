"""A workbook on its way into a plan and out again, by names that everybody can hear."""

import io
import re

import pytest
from django.test import Client
from openpyxl import load_workbook
from playwright.sync_api import expect

from plans import editing, open_format
from plans.loading import load_document
from plans.models import ActionPlan
from tests.cast import Cast
from tests.plans.conftest import DATA
from tests.plans.test_imports import workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def cast(transactional_db):
    return Cast()


@pytest.fixture(scope="session")
def skarholmen():
    """The real plan of Skärholmen 2025 as a document."""
    return open_format.loads((DATA / "skarholmen-2025.json").read_text(encoding="utf-8"))


@pytest.fixture
def signed_in(site, page, cast):
    """The address of the plan, for the trygghetsstrateg who has signed in."""
    client = Client()
    client.force_login(cast.editor)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    return f"{site}/planer/skarholmen/2025/"


def choose(page, content, name="plan.xlsx"):
    page.get_by_label("Arbetsbok eller JSON-fil").set_input_files({"name": name, "mimeType": XLSX, "buffer": content})
    page.get_by_role("button", name="Läs filen").click()


def test_a_plan_is_started_from_a_workbook(page, signed_in, skarholmen, assert_accessible):
    page.goto(f"{signed_in}borja/")
    assert_accessible()
    choose(page, workbook(skarholmen))
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "14 problemområden, 26 orsaker och 31 åtgärder i 5 områden"
    )
    expect(page.get_by_role("heading", name="Allt är nytt")).to_be_visible()
    assert_accessible()
    assert not ActionPlan.objects.exists()
    page.get_by_role("button", name="Läs in planen").click()
    expect(page).to_have_url(signed_in)
    assert load_document(ActionPlan.objects.get()).areas == skarholmen.areas


def test_an_edited_download_is_compared_and_only_what_is_ticked_is_written(
    page,
    signed_in,
    cast,
    skarholmen,
    assert_accessible,
):
    plan = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    editing.replace_content(plan, skarholmen, by=cast.editor, summary="Läste in planen")
    page.goto(signed_in)
    page.get_by_text("Ladda ner", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Excel").filter(has_text="Stadens mall").click()
    assert download.value.suggested_filename == "Åtgärdsplan 2025 Skärholmen.xlsx"
    book = load_workbook(io.BytesIO(download.value.path().read_bytes()))
    book.worksheets[1]["D3"] = "Ett nytt mål"
    book.worksheets[1]["E3"] = "Hela året"
    edited = io.BytesIO()
    book.save(edited)

    page.get_by_role("link", name="Läs in Excel").click()
    choose(page, edited.getvalue())
    expect(page.get_by_role("heading", name="2 ändringar att ta ställning till")).to_be_visible()
    assert_accessible()
    page.get_by_role("checkbox", name=re.compile("^Ändra operativa mål")).uncheck()
    page.get_by_role("button", name="Läs in valda ändringar").click()
    expect(page.get_by_text("plan.xlsx är inläst: 1 ändring.")).to_be_visible()
    action = plan.actions.get(position=1, problem__plan_area__position=1)
    assert (action.when, action.goals) == ("Hela året", skarholmen.areas[0].problems[0].causes[0].actions[0].goals)
