"""Writing in the annual report: saved while somebody types, two people in one section, and a net that goes away."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from agreements.models import PlanningCycle
from followup.models import ReportComment, ReportQuote, ReportText
from followup.report.writing import save_text
from tests.browser.conftest import barriers, sign_in
from tests.browser.grid import SAVED
from tests.browser.reach import WIDER, tab_to
from tests.followup.reported import handed_in

REPORT = "/arsrapport/2025/"
FIELD = "Text till avsnittet Sammanfattning"
QUESTION = "Två har skrivit i samma avsnitt"
WRITE = re.compile(r"^(Skriv|Ändra texten)\s*, Sammanfattning$")


class Report:
    """The report in somebody's browser."""

    def __init__(self, page, site):
        self.page, self.address = page, f"{site}{REPORT}"

    def open(self):
        self.page.goto(self.address)
        return self

    @property
    def summary(self):
        return self.page.locator("#text-sammanfattning")

    @property
    def field(self):
        return self.page.get_by_role("textbox", name=FIELD)

    @property
    def status(self):
        return self.summary.get_by_role("status")

    @property
    def question(self):
        return self.page.get_by_role("group", name=QUESTION)

    def begin(self):
        self.page.get_by_role("link", name=WRITE).click()
        expect(self.field).to_be_focused()
        return self

    def write(self, text):
        self.field.fill(text)
        return self

    def done(self):
        self.summary.get_by_role("button", name="Klar").click()
        expect(self.field).to_have_count(0)
        return self


@pytest.fixture
def report(site, page, cast):
    handed_in(cast)
    sign_in(page.context, cast.city_preparation, site)
    return Report(page, site)


@pytest.fixture
def colleague(cast):
    """Another in the central preparation group."""
    user = User.objects.create(username="colleague", display_name="Kollegan")
    seat = cast.city_preparation.memberships.get()
    seat.pk, seat.user = None, user
    seat.save()
    return user


def clean(page):
    """Nothing axe finds, and nothing wider than the window, at a desk and on a phone."""
    for size in ({"width": 390, "height": 844}, {"width": 1440, "height": 900}):
        page.set_viewport_size(size)
        assert barriers(page) == []
        assert page.evaluate(WIDER) == []


def test_the_text_is_saved_while_it_is_typed_and_stands_in_the_report(report):
    report.open().begin().write("Året i korthet:\n- vakanser\n- vandringar")
    expect(report.status).to_have_text(SAVED)
    assert ReportText.objects.get().text == "Året i korthet:\n- vakanser\n- vandringar"
    clean(report.page)
    report.write("Året i korthet:\n- vandringar").done()
    expect(report.summary.get_by_role("listitem")).to_have_text(["vandringar"])
    expect(report.page.get_by_role("link", name=WRITE)).to_be_focused()
    clean(report.page)
    report.page.reload()
    expect(report.summary.get_by_role("listitem")).to_have_text(["vandringar"])
    assert ReportText.objects.get().row_version == 2


def test_without_scripts_the_text_is_written_on_a_page_of_its_own(site, cast, browser_of):
    page = browser_of(cast.city_preparation, java_script_enabled=False)
    page.goto(f"{site}{REPORT}")
    page.get_by_role("link", name=WRITE).click()
    page.get_by_role("textbox", name=FIELD).fill("Året i korthet.")
    page.get_by_role("button", name="Spara").click()
    expect(page.locator("#text-sammanfattning")).to_contain_text("Året i korthet.")


def both_write(report, site, colleague, browser_of):
    """Two begin with the same text; the other is done first."""
    other = Report(browser_of(colleague), site).open().begin()
    report.open().begin()
    other.write("Kollegans text").done()
    report.write("Min text")
    expect(report.question).to_contain_text("Min text")
    expect(report.question).to_contain_text("Kollegans text")
    expect(report.question).to_contain_text("Kollegan ändrade texten")
    expect(report.status).to_have_text("Inte sparat – välj text")
    assert ReportText.objects.get().text == "Kollegans text"
    return report.question


def test_two_in_one_section_choose_and_no_text_is_lost(report, site, colleague, browser_of):
    question = both_write(report, site, colleague, browser_of)
    expect(report.field).to_be_focused()
    clean(report.page)
    question.get_by_role("button", name="Slå ihop").click()
    merged = question.get_by_role("textbox")
    expect(merged).to_have_value("Kollegans text\n\nMin text")
    question.get_by_role("button", name="Spara den här texten").click()
    expect(report.status).to_have_text(SAVED)
    assert ReportText.objects.get().text == "Kollegans text\n\nMin text"


def test_the_question_takes_no_word_from_one_who_is_typing_and_is_not_answered_by_the_keys(
    report, site, colleague, browser_of
):
    question = both_write(report, site, colleague, browser_of)
    expect(report.page.locator("#announcement")).to_contain_text("Två har skrivit i samma avsnitt.")
    report.page.keyboard.type(" går vidare ")
    expect(report.field).to_be_focused()
    expect(report.field).to_have_value("Min text går vidare ")
    expect(question).to_contain_text("Min text går vidare")
    assert ReportText.objects.get().text == "Kollegans text"
    report.page.keyboard.type("en bit")
    question.get_by_role("button", name="Behåll min").click()
    expect(report.status).to_have_text(SAVED)
    assert ReportText.objects.get().text == "Min text går vidare en bit"


def test_both_texts_together_hold_what_was_typed_after_the_question_came(report, site, colleague, browser_of):
    question = both_write(report, site, colleague, browser_of)
    report.page.keyboard.type(" går vidare")
    question.get_by_role("button", name="Slå ihop").click()
    expect(question.get_by_role("textbox")).to_have_value("Kollegans text\n\nMin text går vidare")
    expect(report.summary.get_by_role("textbox")).to_have_count(1)


def test_one_who_is_done_meets_the_question_at_its_heading(report, site, colleague):
    report.open().begin()
    save_text(PlanningCycle.objects.get(year=2025), "summary", "Kollegans text", seen=0, by=colleague)
    report.write("Min text").summary.get_by_role("button", name="Klar").press("Enter")
    expect(report.question.get_by_role("heading", name=QUESTION)).to_be_focused()


def test_the_others_text_may_stand(report, site, colleague, browser_of):
    both_write(report, site, colleague, browser_of).get_by_role("button", name="Ta den andras").click()
    expect(report.field).to_have_value("Kollegans text")
    report.done()
    expect(report.summary).to_contain_text("Kollegans text")
    report.page.reload()
    expect(report.page.get_by_text("Du har skrivit här utan att spara.")).to_have_count(0)


def test_what_the_net_did_not_take_is_kept_and_goes_on_when_it_is_back(report):
    report.open().begin()
    report.page.context.set_offline(True)
    report.write("Skrivet utan nät")
    expect(report.status).to_have_text("Inte sparat – försöker igen")
    report.page.context.set_offline(False)
    expect(report.status).to_have_text(SAVED)
    assert ReportText.objects.get().text == "Skrivet utan nät"


def sign_in_again(report, cast, site):
    """Leave the page, sign in and come back to it."""
    report.page.on("dialog", lambda dialog: dialog.accept())
    report.page.goto("about:blank")
    sign_in(report.page.context, cast.city_preparation, site)
    report.open()


def test_a_session_that_ends_loses_nothing(report, site, cast):
    report.open().begin()
    report.page.context.clear_cookies(name="sessionid")
    report.write("Skrivet utan inloggning")
    expect(report.status).to_contain_text("Du är utloggad. Texten finns kvar här.")
    sign_in_again(report, cast, site)
    report.page.get_by_role("button", name="Fortsätt skriva").click()
    expect(report.field).to_have_value("Skrivet utan inloggning")
    expect(report.status).to_have_text(SAVED)
    assert ReportText.objects.get().text == "Skrivet utan inloggning"


def test_a_text_that_was_kept_is_compared_with_what_another_has_written_since(report, site, cast, colleague):
    report.open().begin()
    report.page.context.clear_cookies(name="sessionid")
    report.write("Skrivet utan inloggning")
    expect(report.status).to_contain_text("Du är utloggad.")
    save_text(cast.cycle, "summary", "Kollegans text", seen=0, by=colleague)
    sign_in_again(report, cast, site)
    report.page.get_by_role("button", name="Fortsätt skriva").click()
    expect(report.question).to_contain_text("Kollegans text")
    report.question.get_by_role("button", name="Behåll min").click()
    expect(report.status).to_have_text(SAVED)
    assert ReportText.objects.get().text == "Skrivet utan inloggning"


def test_a_personnummer_is_refused_where_it_is_written_and_the_text_stays(report):
    report.open().begin().write("Han, 19811228-9874, var där.")
    expect(report.status).to_contain_text("personnummer")
    expect(report.field).to_have_value("Han, 19811228-9874, var där.")
    report.write("Han var där.")
    expect(report.status).to_have_text(SAVED)


def test_a_section_is_discussed_and_a_district_quoted(report, site):
    page = report.open().page
    report.summary.locator("summary").click()
    report.summary.get_by_role("textbox", name="Ny kommentar").fill("Nämn vakanserna.")
    report.summary.get_by_role("button", name="Spara kommentaren").click()
    expect(report.summary).to_contain_text("Nämn vakanserna.")
    clean(page)
    report.summary.get_by_role("button", name="Markera som klar").click()
    expect(report.summary).to_contain_text("Klar, city_preparation")
    assert ReportComment.objects.get().resolved_at
    page.goto(f"{site}{REPORT}atgarder/")
    clean(page)
    page.get_by_role("button", name=re.compile("^Citera i rapporten: Genomfört")).first.click()
    expect(page.get_by_text("Citatet står nu i årsrapporten")).to_be_visible()
    quoted = ReportQuote.objects.get()
    report.open()
    expect(page.locator("blockquote")).to_have_text(quoted.text)
    clean(page)


def test_a_text_is_written_with_the_keyboard_alone(report):
    report.open().page.get_by_role("link", name=WRITE).focus()
    keyboard = report.page.keyboard
    keyboard.press("Enter")
    expect(report.field).to_be_focused()
    keyboard.type("Året i korthet.")
    tab_to(report.page, "Klar")
    keyboard.press("Enter")
    expect(report.page.get_by_role("link", name=WRITE)).to_be_focused()
    expect(report.summary).to_contain_text("Året i korthet.")
