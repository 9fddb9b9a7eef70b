"""From a prioritised problem to chosen causes in the plan: two people analyse it, and one brings it in."""

import re

import pytest
from playwright.sync_api import expect

from agreements import analyses
from agreements.enums import TriangleSide as Side
from plans.models import ActionPlan
from tests.agreements.analysed import Analysed, cause
from tests.browser.conftest import barriers, sign_in
from tests.browser.reach import WIDER, tabbed_through

BASE = "/samverkan/skarholmen/orsaksanalyser/"
LONG = "Unga som bor nära torget har få andra platser att vara på, och de vuxna går hem när butikerna stänger."
STEPS = (
    ("Förberedelse", "Deltagare", "Kommunpolis, trygghetsstrateg, analytiker"),
    ("Fördjupa kunskapen", "Anteckningar", "Torsdag till lördag, efter klockan 18."),
    ("Identifiera troliga orsaker", "Anteckningar", "Se fiskbenet."),
)
# The boxes that the browser gives the drawing's texts: which lie over each other or outside the drawing.
OVERLAPS = """() => {
  const svg = document.querySelector("svg.fishbone");
  const frame = svg.viewBox.baseVal;
  const boxes = [...svg.querySelectorAll("text")].map((it) => ({ said: it.textContent, box: it.getBBox() }));
  const outside = boxes.filter(({ box }) => box.x < 0 || box.y < 0
    || box.x + box.width > frame.width || box.y + box.height > frame.height);
  const over = [];
  boxes.forEach((one, at) => boxes.slice(at + 1).forEach((other) => {
    const a = one.box, b = other.box;
    if (a.x < b.x + b.width - 1 && b.x < a.x + a.width - 1 && a.y < b.y + b.height - 4 && b.y < a.y + a.height - 4) {
      over.push([one.said, other.said]);
    }
  }));
  return [...outside.map(({ said }) => said), ...over];
}"""


@pytest.fixture
def made(plan, cast):
    """Skärholmen's real plan, and a joint picture of its year with a problem that nobody has begun to analyse."""
    return Analysed(cast)


def press(page, name):
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def clean(page):
    """Nothing axe finds, and nothing wider than the window, at a desk and on a phone."""
    for size in ({"width": 390, "height": 844}, {"width": 1440, "height": 900}):
        page.set_viewport_size(size)
        assert barriers(page) == []
        assert page.evaluate(WIDER) == []


def test_a_prioritised_problem_is_analysed_and_its_causes_come_into_the_plan(site, page, made, cast, browser_of):
    sign_in(page.context, cast.editor, site)
    the_strategist_begins_the_analysis(site, page)
    police = browser_of(cast.police)
    the_police_write_a_cause_and_the_one_behind_it(site, police, page.url)
    the_steps_are_done(page)
    the_causes_are_tested_and_chosen(page)
    the_analysis_is_completed(page)
    the_chosen_causes_come_into_the_plan(site, page)


def the_strategist_begins_the_analysis(site, page):
    page.goto(f"{site}{BASE}")
    clean(page)
    page.get_by_role("button", name="Börja analysen av Bedrägerier mot äldre").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bedrägerier mot äldre")
    expect(page.get_by_role("main")).to_contain_text("Inga orsaker är inlagda än.")
    clean(page)


def the_police_write_a_cause_and_the_one_behind_it(site, page, address):
    page.goto(address)
    page.get_by_role("link", name="Lägg till orsak under den som utsätts").click()
    expect(page.get_by_label("Gäller")).to_have_value("victim")
    clean(page)
    page.get_by_role("textbox", name="Orsak", exact=True).fill("Äldre får inte veta hur bedragarna går till väga")
    press(page, "Spara")
    page.get_by_role("link", name="Varför? Lägg till en orsak bakom orsak 1").click()
    page.get_by_role("textbox", name="Orsak", exact=True).fill(LONG)
    press(page, "Spara")
    expect(page.get_by_role("img", name="Orsaker till Bedrägerier mot äldre")).to_be_visible()
    assert page.evaluate(OVERLAPS) == []
    clean(page)


def the_steps_are_done(page):
    for title, label, words in STEPS:
        page.get_by_role("link", name=title, exact=True).click()
        page.get_by_label(label).fill(words)
        press(page, "Spara och markera som klart")
        expect(page.get_by_role("main").get_by_text(f"{title}: klart.")).to_be_visible()
    page.get_by_role("link", name="Testa antagandena och gallra").click()
    clean(page)
    press(page, "Spara och markera som klart")
    expect(page.get_by_role("main")).to_contain_text("2 orsaker är inte prövade än.")


def the_causes_are_tested_and_chosen(page):
    page.get_by_role("navigation", name="Brödsmulor").get_by_role("link", name="Bedrägerier mot äldre").click()
    for number, assumption in ((1, "Har stöd"), (2, "Förkastad")):
        page.get_by_role("link", name=f"Ändra orsak {number}", exact=True).click()
        page.get_by_label("Antagandet").select_option(assumption)
        page.get_by_label("Vad som talar för och emot").fill("Samtal med seniorträffarna.")
        if number == 1:
            page.get_by_label("Vald att åtgärda").check()
        press(page, "Spara")
    expect(page.get_by_role("main").locator("del")).to_have_text(LONG)
    for title in ("Testa antagandena och gallra", "Välj ut och vidta åtgärder"):
        page.get_by_role("link", name=title, exact=True).click()
        press(page, "Spara och markera som klart")


def the_analysis_is_completed(page):
    page.get_by_role("link", name="Markera analysen som klar").click()
    clean(page)
    press(page, "Markera analysen som klar")
    expect(page.get_by_role("main")).to_contain_text("Ska uppdateras senast")
    expect(page.get_by_role("link", name="Ny orsak")).to_have_count(0)
    clean(page)


def the_chosen_causes_come_into_the_plan(site, page):
    page.goto(f"{site}{ActionPlan.objects.get().get_absolute_url()}")
    page.get_by_role("link", name="Hämta från orsaksanalysen").click()
    clean(page)
    press(page, "Hämta till planen")
    expect(page.get_by_role("alert")).to_contain_text("Välj vilket område i planen problemet hör till.")
    clean(page)
    group = page.get_by_role("group", name="Bedrägerier mot äldre")
    group.get_by_label("Område i planen").select_option("Särskilt utsatta och sårbara brottsoffer")
    press(page, "Hämta till planen")
    expect(page.locator("#messages")).to_contain_text("Hämtade 2 problemområden och 2 orsaker från orsaksanalysen.")
    page.get_by_role("link", name=re.compile("^Bygger på 1 iakttagelse – orsak")).first.click()
    expect(page.get_by_role("main")).to_contain_text("Öppen narkotikahandel vid tunnelbanan")
    clean(page)


def test_a_crowded_fishbone_is_read_at_every_width(site, page, made, cast):
    """As the browser sets the text: nothing over anything else, and the page itself is not scrolled sideways."""
    for side in Side:
        above = cause(made.analysis, LONG, side=side)
        for text in (LONG, "MEDBORGARE VÅGAR INTE VITTNA " * 4, "i" * 200):
            above = cause(made.analysis, text, side=side, behind=above)
        cause(made.analysis, "w" * 300, side=side)
    sign_in(page.context, cast.chair, site)
    page.goto(f"{site}{analyses.address_of(made.analysis)}")
    page.evaluate("document.fonts.ready")
    assert page.evaluate(OVERLAPS) == []
    clean(page)


def test_an_analysis_is_worked_through_with_the_keyboard(site, page, made, cast):
    sign_in(page.context, cast.editor, site)
    address = f"{site}{analyses.address_of(made.analysis)}"
    for path in ("", "steg/fordjupa/", "orsak/ny/"):
        page.goto(f"{address}{path}")
        assert tabbed_through(page) == []
    page.goto(f"{address}orsak/ny/")
    page.get_by_role("textbox", name="Orsak", exact=True).focus()
    page.keyboard.type("Platsen saknar namn och skyltar")
    page.keyboard.press("Tab")
    page.keyboard.type("Platsen")
    page.get_by_label("Vald att åtgärda").press("Enter")
    expect(page.get_by_text("Orsaken är sparad.")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Platsen saknar namn och skyltar")
