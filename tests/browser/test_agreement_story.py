"""An agreement from draft to signed, due two years later, and confirmed; by keyboard, with no barrier on the way."""

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from django.utils import timezone
from playwright.sync_api import expect

from agreements.enums import AgreementState
from agreements.models import Agreement
from tests.agreements import agreed
from tests.browser.conftest import barriers, sign_in
from tests.browser.reach import WIDER, tab_to

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def place(cast):
    """Skärholmen, with somebody from each party in its steering group."""
    agreed.parties(cast)
    return cast.district


def check(page):
    """The page as it stands has no barrier, and at a phone's width nothing is scrolled sideways."""
    assert barriers(page) == []
    size = page.viewport_size
    page.set_viewport_size(PHONE)
    assert page.evaluate(WIDER) == []
    page.set_viewport_size(size)


def press(page, name):
    """Go to the button or link with Tab, and press Enter."""
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def as_person(page, site, person):
    page.context.clear_cookies()
    sign_in(page.context, person, site)


def test_an_agreement_is_signed_falls_due_two_years_later_and_is_confirmed(site, page, cast, place):
    as_person(page, site, cast.editor)
    page.goto(f"{site}/samverkan/skarholmen/overenskommelser/")
    expect(page.get_by_text("Skärholmen har ingen överenskommelse som gäller.")).to_be_visible()
    check(page)
    press(page, "Börja överenskommelsen")
    press(page, "Börja utkastet")
    expect(page.get_by_role("heading", level=1)).to_have_text("Samverkansöverenskommelse Skärholmen")
    check(page)

    # What is missing is said where the way on is, with the way to each.
    press(page, "Skicka för underskrift (något återstår)")
    expect(page.get_by_text("«Mål» har en fråga ur mallen som inte är besvarad.")).to_be_visible()
    check(page)
    press(page, "«Mål» har en fråga ur mallen som inte är besvarad.")
    check(page)
    page.get_by_label("Mål", exact=True).fill("Öka tryggheten i centrum.")
    press(page, "Spara")
    expect(page.get_by_text("Mål är sparat.")).to_be_visible()
    expect(page.locator("#mal")).to_contain_text("Öka tryggheten i centrum.")

    # The rest is written by the same forms; here it is put in place at once.
    agreement = agreed.written(cast, Agreement.objects.get())
    page.goto(page.url.partition("#")[0])
    press(page, "Skicka för underskrift")
    check(page)
    press(page, "Skicka för underskrift")
    expect(page.get_by_text("Väntar på underskrift från district_admin och police.")).to_be_visible()

    two_years_ago = timezone.localdate() - relativedelta(years=2) - timedelta(days=1)
    as_person(page, site, cast.chair)
    for party in ("district_admin", "police"):
        page.goto(f"{site}/samverkan/skarholmen/overenskommelser/1/")
        press(page, f"Registrera underskrift för {party}")
        check(page)
        page.get_by_label("Undertecknad den").fill(two_years_ago.isoformat())
        press(page, "Registrera underskrift")
        expect(page.get_by_text(f"Underskriften för {party} är registrerad.")).to_be_visible()
    agreement.refresh_from_db()
    assert (agreement.state, agreement.signed_on) == (AgreementState.SIGNED, two_years_ago)

    expect(page.get_by_text("Försenad sedan")).to_be_visible()
    check(page)
    press(page, "Börja översynen")
    press(page, "Börja översynen")
    expect(page.get_by_text("Översynen har börjat.")).to_be_visible()
    press(page, "Bekräfta utan ändringar")
    check(page)
    page.get_by_label("Datum för översynen").fill(timezone.localdate().isoformat())
    page.get_by_label("Möte").fill("Styrgruppsmöte 1")
    press(page, "Bekräfta utan ändringar")
    expect(page.get_by_text("Överenskommelsen är bekräftad utan ändringar.")).to_be_visible()
    expect(page.get_by_text("Försenad sedan")).to_have_count(0)
    check(page)
    page.goto(f"{site}/samverkan/skarholmen/overenskommelser/")
    check(page)


def test_two_who_write_the_same_part_see_each_others_words(site, page, cast, place):
    agreement = agreed.draft(cast)
    as_person(page, site, cast.police)
    page.goto(f"{site}/samverkan/skarholmen/overenskommelser/1/text/syfte/")
    agreed.write(cast, agreement, "purpose", "Den andras syfte.")
    page.get_by_label("Syfte", exact=True).fill("Mitt syfte.")
    press(page, "Spara")
    expect(page.get_by_role("alert")).to_contain_text("Den andras syfte.")
    expect(page.get_by_label("Syfte", exact=True)).to_have_value("Mitt syfte.")
    check(page)
    press(page, "Spara")
    expect(page.locator("#syfte")).to_contain_text("Mitt syfte.")


def test_a_refused_form_has_no_barrier(site, page, cast, place):
    agreed.signed(cast, on=date(2025, 1, 1))
    as_person(page, site, cast.editor)
    page.goto(f"{site}/samverkan/skarholmen/overenskommelser/1/bilagor/")
    press(page, "Bifoga en fil")
    expect(page.get_by_role("alert")).to_contain_text("Välj en fil att bifoga.")
    check(page)
