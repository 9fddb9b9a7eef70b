"""The head of the plan and the pages of its steps, at every stage: no barrier, nothing out of reach, one way on."""

import pytest
from playwright.sync_api import expect

from plans import editing, workflow
from plans.models import ActionPlan
from tests.browser.conftest import barriers, sign_in
from tests.browser.reach import WIDER, tabbed_through
from tests.plans import stages

DESK = {"width": 1440, "height": 6000}
PHONE = {"width": 390, "height": 12_000}
ZOOMED = {"width": 320, "height": 256}
# Stage → person → the pages they have then.
PAGES = {
    "draft": {"editor": ("", "steg/dela-med-polisen/", "steg/skicka-pa-granskning/", "steg/")},
    "in_review": {
        "editor": ("", "steg/skicka-till-beslut/", "steg/tillbaka-till-utkast/"),
        "police": ("steg/granskad/",),
    },
    "ready_for_decision": {
        "chair": ("", "steg/besluta/", "steg/aterremittera/"),
        "steering": ("", "beslutsunderlag/"),
    },
    "submitted": {
        "editor": ("", "version/1/", "steg/ny-version/", "steg/"),
        "city_preparation": ("", "version/1/inskickning/begar-komplettering/"),
        "registrar": ("version/1/namndbeslut/",),
    },
}  # fmt: skip


@pytest.fixture
def plan(plan):
    """The plan before anybody else has seen it."""
    ActionPlan.objects.filter(pk=plan.pk).update(shared_at=None)
    plan.refresh_from_db()
    return plan


@pytest.mark.parametrize("stage", PAGES)
@pytest.mark.parametrize("size", [DESK, PHONE, ZOOMED], ids=["desk", "phone", "400 percent"])
def test_no_page_of_the_way_has_a_barrier(site, page, plan, cast, stage, size):
    stages.reach(plan, cast, stage)
    page.set_viewport_size(size)
    found = {}
    for person, paths in PAGES[stage].items():
        page.context.clear_cookies()
        sign_in(page.context, getattr(cast, person), site)
        for path in paths:
            page.goto(f"{site}{plan.get_absolute_url()}{path}")
            faults = page.evaluate(WIDER) + (tabbed_through(page) if size == ZOOMED else barriers(page))
            if faults:
                found[person, path] = faults
    assert found == {}


def test_a_refused_decision_has_no_barrier_and_leads_to_what_to_mend(site, page, plan, cast):
    stages.reach(plan, cast, "ready_for_decision")
    sign_in(page.context, cast.chair, site)
    page.goto(f"{site}{plan.get_absolute_url()}")
    page.get_by_role("link", name="Registrera beslutet").click()
    page.get_by_label("Möte").fill("Styrgruppsmöte 1")
    page.get_by_role("button", name="Registrera beslutet").click()
    mistakes = page.get_by_role("alert")
    expect(mistakes).to_contain_text("Ange vilken dag beslutet fattades.")
    assert barriers(page) == []
    mistakes.get_by_role("link", name="Beslutsdatum").click()
    page.get_by_label("Beslutsdatum").fill("2025-03-12")
    page.get_by_role("button", name="Registrera beslutet").click()
    expect(page.get_by_text("Version 1 är beslutad och fryst.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("version 1")


def test_the_head_follows_what_is_written_in_the_grid(grid, plan, cast):
    """When the last gap is filled the way on opens, without loading the page again."""
    page = grid.page
    editing.add_area(plan, "Trygg skolväg", by=cast.editor)
    grid.open(6)
    expect(page.get_by_role("link", name="Skicka på granskning (går inte att göra än)")).to_be_visible()
    grid.type_in("Inte aktuellt i år, Trygg skolväg", "Ingår i område 1.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("link", name="Skicka på granskning", exact=True)).to_be_visible()


def test_a_stale_page_is_told_in_one_sentence_and_does_nothing(site, browser_of, plan, cast):
    stages.reach(plan, cast, "reviewed")
    page = browser_of(cast.editor)
    page.goto(f"{site}{plan.get_absolute_url()}steg/skicka-till-beslut/")
    workflow.take(plan, "withdraw_review", by=cast.police)
    workflow.take(plan, "return_to_draft", by=cast.editor, reason="Fel bilaga")
    page.get_by_role("button", name="Skicka till beslut").click()
    expect(page.get_by_role("listitem").filter(has_text="Ditt tryck gjorde ingenting.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Åtgärdsplan 2025, Skärholmen")
