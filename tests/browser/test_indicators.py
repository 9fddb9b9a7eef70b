"""The indicators in a browser: no barrier, no word from the content security policy, and all of it without scripts."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import barriers, sign_in
from tests.browser.reach import tabbed_through
from tests.browser.test_pages import (
    DESK,
    PHONE,
    ZOOMED,
    barriers_at,
    walk,
    wider_than_any_window,
    wider_than_the_window,
)
from tests.followup.access import indicators
from tests.followup.measured import measured, shootings

WORDS = (
    "Skärholmen: från 45 till 37 procent 2020–2023. Ingen säker skillnad mot 2020 (45). "
    "Staden: från 40 till 32 procent 2020–2023. Delvis exempeldata: Staden 2020, 2023."
)
FILE = "Indikator;Område;År;Värde\notrygga;Skärholmen;2024;36,5\n"


@pytest.fixture
def pages(cast):
    """Every page of the topic, by who is shown it; and one of counted cases, of which some are too few."""
    found = indicators.addresses(cast)
    of = shootings()
    for year, value in ((2021, 7), (2022, 3), (2023, 6), (2024, 8)):
        measured(of, year, value, cast.district)
        measured(of, year, value + 20)
    pages = {}
    for route, line in indicators.LINES.items():
        if line.is_page and line.get:
            person = "city_preparation" if "city_preparation" in line.get[200] else "editor"
            pages.setdefault(person, {})[route] = found[route]
    pages["editor"]["cases"] = f"/indikatorer/{of.code}/"
    return pages


def test_no_page_has_a_barrier_is_scrolled_sideways_or_holds_anything_out_of_reach(site, page, cast, pages):
    found = {}
    for person, theirs in pages.items():
        page.context.clear_cookies()
        sign_in(page.context, getattr(cast, person), site)
        found |= walk(page, site, theirs, barriers_at(DESK), wider_than_any_window, barriers_at(PHONE))
        page.set_viewport_size(ZOOMED)
        found |= walk(page, site, theirs, wider_than_the_window, tabbed_through)
    assert found == {}


@pytest.mark.parametrize("width", [1440, 390])
def test_the_chart_is_drawn_and_nothing_is_refused(site, page, cast, pages, width):
    """As an image on its page, and opened by itself, where the policy would hold for what is in it."""
    page.set_viewport_size({"width": width, "height": 900})
    sign_in(page.context, cast.editor, site)
    page.goto(f"{site}/indikatorer/otrygga/")
    image = page.get_by_role("img")
    expect(image).to_have_attribute("alt", WORDS)
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("each => each.naturalWidth") > 0
    shown = image.evaluate("each => each.currentSrc")
    assert ("smal" in shown) is (width == 390)
    page.goto(shown)
    assert page.locator("svg title").first.text_content() == "Otrygga i bostadsområdet: Skärholmen och Staden"


def test_a_file_is_read_in_and_a_value_written_without_scripts(browser_of, live_server, cast, pages):
    page = browser_of(cast.editor, java_script_enabled=False)
    page.goto(f"{live_server.url}/indikatorer/")
    page.get_by_role("link", name="Läs in en fil").click()
    page.get_by_label("Fil med mätvärden").set_input_files(
        {"name": "värden.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    )
    page.get_by_role("button", name="Förhandsgranska").click()
    expect(page.get_by_text("Inget är sparat än. 1 ny, 0 ändras, 0 är som förut.")).to_be_visible()
    page.get_by_role("button", name="Läs in").click()
    expect(page.get_by_text("värden.csv är inläst.")).to_be_visible()
    page.get_by_role("link", name="Otrygga i bostadsområdet").click()
    expect(page.get_by_role("main")).to_contain_text("36,5")
    page.get_by_role("link", name="Lägg till mätvärde").click()
    page.get_by_label("År", exact=True).fill("2022")
    page.locator("#id_value").fill("fyrtio")
    page.get_by_role("button", name="Spara").click()
    expect(page.get_by_role("alert")).to_contain_text("Skriv med siffror, till exempel 37,5.")
    page.locator("#id_value").fill("40,5")
    page.get_by_role("button", name="Spara").click()
    expect(page.get_by_text("Värdet för Skärholmen 2022 är sparat.")).to_be_visible()


def test_a_refused_form_has_no_barrier(site, page, cast, pages):
    sign_in(page.context, cast.editor, site)
    page.goto(f"{site}/indikatorer/otrygga/varde/nytt/")
    page.get_by_role("button", name="Spara").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert barriers(page) == []
