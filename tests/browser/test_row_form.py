"""A row's form in the browser: with scripts, with the keyboard, on a telephone, without scripts."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import sign_in


@pytest.fixture
def action(plan):
    return plan.actions.filter(problem__plan_area__position=2).first()


@pytest.fixture
def form(site, page, cast, action):
    """The address of an action's form, for the one who writes the plan."""
    sign_in(page.context, cast.editor, site)
    return f"{site}/planer/skarholmen/2025/rad/action/{action.uid}/"


def parts(page, name):
    return page.locator(f"#{name} > li")


def test_times_are_added_and_reordered_on_the_spot_and_saved_in_that_order(page, form, action, assert_accessible):
    page.goto(form)
    page.get_by_text("Lägg till datum eller perioder").click()
    parts(page, "timings").nth(0).get_by_label("Vad").fill("Andra träffen")
    page.get_by_role("button", name="Lägg till en tid till").click()
    new = parts(page, "timings").nth(1)
    expect(new.get_by_label("Slag")).to_be_focused()
    new.get_by_label("Vad").fill("Första träffen")
    new.get_by_label("Slag").select_option("Senast")
    new.get_by_role("button", name="Flytta upp tid 2").press("Enter")
    expect(parts(page, "timings").nth(0).get_by_label("Vad")).to_have_value("Första träffen")
    assert_accessible()
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_text("Åtgärd 1 är sparad.")).to_be_visible()
    times = [(time.kind, time.label) for time in action.timings.all()]
    assert times == [("deadline", "Första träffen"), ("date", "Andra träffen")]


def test_a_removed_part_is_removed_and_the_last_one_is_emptied(page, form, action):
    page.goto(form)
    page.get_by_text("Lägg till vem som ansvarar och medverkar").click()
    parts(page, "responsibilities").nth(0).get_by_label("Funktion").fill("Ska bort")
    page.get_by_role("button", name="Lägg till en ansvarig till").click()
    parts(page, "responsibilities").nth(1).get_by_label("Funktion").fill("Ska också bort")
    page.get_by_role("button", name="Ta bort ansvarig 1").click()
    expect(parts(page, "responsibilities")).to_have_count(1)
    page.get_by_role("button", name="Ta bort ansvarig 1").click()
    expect(parts(page, "responsibilities").nth(0).get_by_label("Funktion")).to_have_value("")
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_text("Inget var ändrat.")).to_be_visible()


def test_enter_in_a_field_saves_and_does_not_rearrange(page, form, action):
    page.goto(form)
    page.get_by_text("Lägg till datum eller perioder").click()
    field = parts(page, "timings").nth(0).get_by_label("Vad")
    field.fill("Vårstädning")
    field.press("Enter")
    expect(page.get_by_text("Åtgärd 1 är sparad.")).to_be_visible()
    assert action.timings.get().label == "Vårstädning"


@pytest.mark.parametrize("width", [390, 320])  # 320 is 1280 at 400 %
def test_on_a_narrow_screen_nothing_is_wider_than_the_page(page, form, plan, width, assert_accessible):
    page.set_viewport_size({"width": width, "height": 800})
    base = form.split("rad/")[0]
    rows = [("action", plan.actions.first()), ("cause", plan.causes.first()), ("area", plan.planareas.first())]
    addresses = [f"{base}rad/{kind}/{row.uid}/" for kind, row in rows]
    for address in (*addresses, f"{form}flytta/", f"{base}historik/", f"{base}omrade/nytt/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        assert_accessible()


def test_without_scripts_the_goals_text_is_split_and_saved(browser_of, cast, form, action):
    page = browser_of(cast.editor, java_script_enabled=False)
    page.goto(form)
    page.get_by_label("Operativa mål").fill("- Färre högar\n- Fler anmälningar i appen")
    page.get_by_role("button", name="Dela upp texten i mål").click()
    expect(page.get_by_text("2 mål är hämtade ur texten. Inget är sparat än.")).to_be_visible()
    parts(page, "operational_goals").nth(1).get_by_role("button", name="Flytta upp mål 2").click()
    page.get_by_role("button", name="Spara", exact=True).click()
    expect(page.get_by_text("Åtgärd 1 är sparad.")).to_be_visible()
    action.refresh_from_db()
    assert action.goals == "- Färre högar\n- Fler anmälningar i appen"
    assert [goal.text for goal in action.operational_goals.all()] == ["Fler anmälningar i appen", "Färre högar"]


@pytest.mark.parametrize("javascript", [True, False])
def test_two_who_write_in_the_same_row_keep_both_texts(browser_of, cast, form, action, javascript):
    mine, theirs = (browser_of(cast.editor, java_script_enabled=javascript) for _ in range(2))
    for page, text in ((mine, "Min text\nom målen"), (theirs, "Den andras text")):
        page.goto(form)
        page.get_by_label("Operativa mål").fill(text)
    theirs.get_by_role("button", name="Spara", exact=True).click()
    expect(theirs.get_by_text("Åtgärd 1 är sparad.")).to_be_visible()
    mine.get_by_role("button", name="Spara", exact=True).click()
    expect(mine.get_by_role("heading", name="Någon annan har ändrat raden")).to_be_visible()
    mine.get_by_label("Behåll båda, den andras först").check()
    mine.get_by_role("button", name="Spara", exact=True).click()
    expect(mine.get_by_text("Åtgärd 1 är sparad.")).to_be_visible()
    action.refresh_from_db()
    assert action.goals == "Den andras text\n\nMin text\nom målen"
