"""City and police make a situation picture each, merge them, prioritise, and the steering group confirms it."""

from datetime import date

import pytest
from playwright.sync_api import expect

from agreements.enums import PictureState
from agreements.models import Finding, PlanningCycle, SituationPicture
from tests.agreements import picture_story as story
from tests.browser.conftest import barriers

DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
TABLE = "År\tSkärholmen\tStaden\n2020\t31 %\t18 %\n2023\t34 %\t18 %"


@pytest.fixture
def year(cast):
    """The year that is planned; whatever the clock says it can be worked with."""
    story.place(cast)
    return PlanningCycle.objects.get().year


@pytest.fixture
def listed(live_server, cast):
    return f"{live_server.url}/samverkan/{cast.district.slug}/lagesbilder/"


def assert_sound(page):
    """No barrier at a desk or on a phone, and nothing to scroll sideways for."""
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size(DESK)


def press(page, name, role="link"):
    """Press it with the keyboard."""
    page.get_by_role("main").get_by_role(role, name=name, exact=True).first.press("Enter")


def write_finding(page, title, *, text="", place="", table=""):
    press(page, "Ny iakttagelse")
    page.get_by_role("textbox", name="Iakttagelse", exact=True).fill(title)
    page.get_by_label("Beskrivning").fill(text)
    if place:
        page.get_by_label(place).check()
    if table:
        page.get_by_label("Tabell").fill(table)
    press(page, "Spara", "button")
    expect(page.get_by_role("heading", name=title)).to_be_visible()


def share(page):
    press(page, "Dela lägesbilden")
    expect(page.get_by_role("main")).to_contain_text("blir en allmän handling där")
    assert_sound(page)
    press(page, "Dela lägesbilden", "button")
    expect(page.get_by_role("main")).to_contain_text("Lägesbilden är delad.")


def begin(page, listed, year, whose):
    page.goto(f"{listed}{year}/{whose}/borja/")
    press(page, "Börja", "button")


def test_from_two_pictures_to_one_that_is_confirmed(cast, listed, year, browser_of):
    city, police, chair = (browser_of(getattr(cast, name)) for name in ("editor", "police", "chair"))

    # Each party makes its own, which the other does not see (P02).
    begin(city, listed, year, "staden")
    expect(city.get_by_role("main")).to_contain_text("Polisen ser lägesbilden när ni delar den.")
    write_finding(city, "Var tredje undviker centrum", place="Skärholmens centrum", table=TABLE)
    expect(city.get_by_role("columnheader", name="Skärholmen")).to_be_visible()
    write_finding(city, "Nedskräpning vid torget")
    assert_sound(city)
    assert police.goto(f"{listed}{year}/staden/").status == 404
    begin(police, listed, year, "polisen")
    write_finding(police, "Öppen narkotikahandel", text="Mest mellan 16 och 22.", place="Skärholmens centrum")
    share(city)
    share(police)

    # They merge them: taken over, rewritten on both, left out with a reason.
    begin(police, listed, year, "gemensam")
    expect(police.get_by_role("main")).to_contain_text("0 av 3 hanterade")
    assert_sound(police)
    press(police, "Skriv om Öppen narkotikahandel")
    expect(police.get_by_label("Beskrivning")).to_have_value("Mest mellan 16 och 22.")
    police.get_by_role("textbox", name="Iakttagelse", exact=True).fill("Handeln gör att boende undviker centrum")
    police.get_by_label("Staden: Var tredje undviker centrum").check()
    assert_sound(police)
    press(police, "Spara", "button")
    expect(police.get_by_role("main")).to_contain_text("2 av 3 hanterade")
    city.goto(f"{listed}{year}/gemensam/sammanfoga/")
    press(city, "Utelämna Nedskräpning vid torget")
    press(city, "Utelämna", "button")
    expect(city.get_by_role("alert")).to_contain_text("Skriv varför")
    assert_sound(city)
    city.get_by_label("Varför tas den inte med?").fill("Hanteras i ordinarie drift.")
    press(city, "Utelämna", "button")
    expect(city.get_by_role("main")).to_contain_text("3 av 3 hanterade")

    # They prioritise what they can influence and have resources for (P04).
    press(city, "Gå vidare till problemen")
    press(city, "Skriv det första problemet")
    city.get_by_role("textbox", name="Problem", exact=True).fill("Öppen handel i centrum")
    city.get_by_label("Handeln gör att boende undviker centrum").check()
    city.get_by_role("group", name="Kan parterna påverka problemet?").get_by_label("Ja").check()
    city.get_by_role("group", name="Finns det resurser?").get_by_label("Nej").check()
    city.get_by_label("Prioriteras", exact=True).check()
    press(city, "Spara", "button")
    expect(city.get_by_role("alert")).to_contain_text("Problemet kan inte prioriteras: det saknas resurser.")
    assert_sound(city)
    city.get_by_role("group", name="Finns det resurser?").get_by_label("Ja").check()
    press(city, "Spara", "button")
    expect(city.get_by_role("row", name="Öppen handel i centrum")).to_contain_text("Prioriteras")
    assert_sound(city)
    assert chair.goto(f"{listed}{year}/gemensam/").status == 404
    press(city, "Lämna till styrgruppen")
    press(city, "Lämna till styrgruppen", "button")
    expect(city.get_by_role("main")).to_contain_text("Lägesbilden väntar nu på styrgruppen.")

    # The steering group confirms it.
    chair.goto(listed)
    assert_sound(chair)
    chair.goto(f"{listed}{year}/gemensam/")
    press(chair, "Fastställ")
    chair.get_by_label("Fastställd den").fill("2025-03-12")
    chair.get_by_label("Möte").fill("Styrgruppsmöte 1")
    assert_sound(chair)
    press(chair, "Fastställ", "button")
    expect(chair.get_by_role("main")).to_contain_text("Ska uppdateras senast 12 mars 2027")
    assert_sound(chair)
    picture = SituationPicture.objects.get(producer="joint")
    assert (picture.state, picture.confirmed_on) == (PictureState.CONFIRMED, date(2025, 3, 12))


def test_two_who_write_in_the_same_finding_lose_nothing(cast, listed, year, browser_of):
    picture = story.own(cast, "city", ("Fler rån",), year=year)
    address = f"{listed}{year}/staden/iakttagelse/{picture.findings.get().uid}/"
    first, second = browser_of(cast.editor), browser_of(cast.co_writer)
    for page in (first, second):
        page.goto(address)
    first.get_by_label("Beskrivning").fill("Den enas text")
    press(first, "Spara", "button")
    expect(first.get_by_role("main")).to_contain_text("Sparat.")
    second.get_by_label("Beskrivning").fill("Den andras text")
    press(second, "Spara", "button")
    expect(second.get_by_role("alert")).to_contain_text("Någon annan har ändrat sedan du öppnade sidan")
    expect(second.get_by_role("main")).to_contain_text("Den enas text")
    assert_sound(second)
    press(second, "Spara", "button")
    expect(second.get_by_role("main")).to_contain_text("Sparat.")
    assert Finding.objects.get().text == "Den andras text"


def test_it_all_works_without_javascript(cast, listed, year, browser_of):
    page = browser_of(cast.police, java_script_enabled=False)
    begin(page, listed, year, "polisen")
    page.get_by_role("link", name="Ny iakttagelse").click()
    page.get_by_role("textbox", name="Iakttagelse", exact=True).fill("Öppen narkotikahandel")
    page.get_by_role("button", name="Spara").click()
    page.get_by_role("link", name="Dela lägesbilden").click()
    page.get_by_role("button", name="Dela lägesbilden").click()
    expect(page.get_by_role("main")).to_contain_text("Lägesbilden är delad.")
