"""A meeting decides a plan: its agenda is built from what waits, the decision taken in it, the minutes approved."""

import re
from urllib.parse import parse_qs

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from agreements.models import CollaborationGroup, Meeting
from plans.models import ActionPlan, PlanVersion
from tests.browser.conftest import barriers, sign_in
from tests.browser.reach import WIDER, tab_to, tabbed_through
from tests.plans import stages

PLACE = "/samverkan/skarholmen/moten/"
DECISION = "Beslut om åtgärdsplan 2025, Skärholmen"


@pytest.fixture
def ready(plan, cast):
    """Skärholmen's plan, ready for decision by a steering group that is to meet twice a year."""
    CollaborationGroup.objects.filter(slug="local-steering-skarholmen").update(
        name="Lokal styrgrupp Skärholmen", min_meetings_per_year=2
    )
    ActionPlan.objects.update(shared_at=None)
    return stages.reach(ActionPlan.objects.get(pk=plan.pk), cast, "ready_for_decision")


@pytest.fixture
def chair(browser_of, cast):
    return browser_of(cast.chair)


def whole(name):
    """The whole accessible name; before what only a screen reader is told, the browser puts a space."""
    return re.compile("^" + re.escape(name).replace(":", " ?:") + "$")


def presses(page, name):
    page.get_by_role("main").get_by_role("button", name=whole(name)).click()


def follows(page, name):
    page.get_by_role("main").get_by_role("link", name=whole(name)).first.click()


def is_told(page, text):
    expect(page.locator("#messages")).to_contain_text(text)


def has_no_barrier(page):
    assert barriers(page) == []
    assert page.evaluate(WIDER) == []


def test_a_meeting_decides_a_plan(site, chair, browser_of, cast, ready):
    calls_the_meeting(chair, site)
    builds_the_agenda_of_what_waits(chair)
    writes_in_the_meeting(chair)
    decides_the_plan_from_the_meeting(chair)
    approves_the_minutes(chair)
    a_member_reads_what_was_decided(browser_of(cast.steering), site)


def calls_the_meeting(page, site):
    page.goto(f"{site}{PLACE}")
    expect(page.get_by_role("complementary")).to_contain_text("0 av 2 möten")
    has_no_barrier(page)
    page.get_by_role("link", name="Kalla till möte med Lokal styrgrupp Skärholmen").click()
    page.get_by_label("Datum").fill(timezone.localdate().isoformat())
    page.get_by_label("Börjar").fill("09:00")
    page.get_by_label("Slutar").fill("08:00")
    presses(page, "Kalla till mötet")
    expect(page.get_by_role("alert")).to_contain_text("Mötet slutar innan det börjar.")
    has_no_barrier(page)
    page.get_by_label("Slutar").fill("11:00")
    presses(page, "Kalla till mötet")
    is_told(page, "är kallat. Nästa steg: bygg dagordningen av det som väntar.")


def builds_the_agenda_of_what_waits(page):
    has_no_barrier(page)
    page.get_by_label(DECISION).check()
    page.get_by_label("Läget i området Otrygga och brottsutsatta platser").check()
    presses(page, "Lägg till på dagordningen")
    is_told(page, "2 punkter lades till på dagordningen.")
    page.get_by_role("textbox", name="Punkt", exact=True).fill("Nästa möte")
    page.get_by_label("Beslutspunkt").check()
    presses(page, "Lägg till punkten")
    presses(page, "Upp: Nästa möte")
    expect(page.locator(".agenda h3")).to_have_text(
        [re.compile(DECISION), re.compile("Nästa möte"), re.compile("Otrygga")]
    )
    expect(page.get_by_label(DECISION)).to_have_count(0)
    has_no_barrier(page)


def writes_in_the_meeting(page):
    follows(page, "Skriv protokoll")
    has_no_barrier(page)
    page.get_by_label(re.compile("stadsdelsdirektor")).check()
    expect(page.locator("#narvaro").get_by_role("status")).to_contain_text("Sparat")
    point = page.locator("form", has_text="Nästa möte")
    point.get_by_label("Anteckningar").fill("Förslag i november.")
    point.get_by_label("Beslut").fill("Den 20 november.")
    page.keyboard.press("Tab")
    expect(point.get_by_role("status")).to_contain_text("Sparat")  # as the field was left
    point.get_by_label("Beslut").fill("Den 21 november.")
    with page.expect_response(lambda response: "21" in parse_qs(response.request.post_data)["decision"][0]):
        point.get_by_role("button", name="Spara punkt 2").click()
    page.reload()
    expect(page.locator("form", has_text="Nästa möte").get_by_label("Beslut")).to_have_value("Den 21 november.")


def decides_the_plan_from_the_meeting(page):
    follows(page, f"Underlag och beslut: {DECISION}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Beslut: Åtgärdsplan 2025")
    expect(page.get_by_label("Beslutande organ")).to_have_value("Lokal styrgrupp Skärholmen")
    expect(page.get_by_label("Beslutsdatum")).to_have_value(timezone.localdate().isoformat())
    presses(page, "Registrera beslutet")
    is_told(page, "Version 1 är beslutad och fryst. Det står i protokollet.")
    expect(page.locator("form", has_text=DECISION).get_by_label("Beslut")).to_have_value(
        "Lokal styrgrupp Skärholmen beslutade om åtgärdsplan 2025, version 1."
    )
    assert PlanVersion.objects.get().meeting == Meeting.objects.get().title
    has_no_barrier(page)


def approves_the_minutes(page):
    follows(page, "Markera som genomfört")
    presses(page, "Markera som genomfört")
    is_told(page, "Mötet är genomfört.")
    follows(page, "Justera protokollet")
    expect(page.get_by_role("main")).to_contain_text("Den 21 november.")
    has_no_barrier(page)
    presses(page, "Justera protokollet")
    is_told(page, "Protokollet är justerat.")
    has_no_barrier(page)
    with page.expect_download() as download:
        follows(page, "Protokoll, PDF")
    assert re.fullmatch(r"Protokoll Styrgruppsmöte 1 \d{4}\.pdf", download.value.suggested_filename)


def a_member_reads_what_was_decided(page, site):
    page.goto(f"{site}{PLACE}")
    expect(page.get_by_role("complementary")).to_contain_text("1 av 2 möten")
    follows(page, f"Styrgruppsmöte 1 {timezone.localdate().year}")
    expect(page.get_by_role("main")).to_contain_text("beslutade om åtgärdsplan 2025, version 1.")
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)


def test_the_minutes_are_written_with_the_keyboard_and_on_a_phone(site, chair, cast, ready):
    calls_the_meeting(chair, site)
    builds_the_agenda_of_what_waits(chair)
    follows(chair, "Skriv protokoll")
    assert tabbed_through(chair) == []
    chair.reload()
    tab_to(chair, "Beslut")
    chair.keyboard.type("Styrgruppen bordlägger frågan.")
    tab_to(chair, "Spara punkt 1")
    chair.keyboard.press("Enter")
    expect(chair.locator("form", has_text=DECISION).get_by_role("status")).to_contain_text("Sparat")
    chair.set_viewport_size({"width": 390, "height": 844})
    chair.reload()
    expect(chair.locator("form", has_text=DECISION).get_by_label("Beslut")).to_have_value(
        "Styrgruppen bordlägger frågan."
    )
    has_no_barrier(chair)


def test_two_who_write_in_the_same_point_lose_nothing(site, chair, browser_of, cast, ready):
    calls_the_meeting(chair, site)
    builds_the_agenda_of_what_waits(chair)
    follows(chair, "Skriv protokoll")
    police = browser_of(cast.police)
    police.goto(chair.url)
    point, other = (page.locator("form", has_text="Nästa möte") for page in (chair, police))
    other.get_by_label("Anteckningar").fill("Polisens ord")
    other.get_by_role("button", name="Spara punkt 2").click()
    expect(other.get_by_role("status")).to_contain_text("Sparat")
    point.get_by_label("Anteckningar").fill("Ordförandens ord")
    chair.keyboard.press("Tab")
    expect(point.get_by_role("status")).to_contain_text("Polisens ord")
    expect(point.get_by_label("Anteckningar")).to_have_value("Ordförandens ord")
    assert barriers(chair) == []
    with chair.expect_response(lambda response: "decision=Den" in (response.request.post_data or "")):
        point.get_by_label("Beslut").fill("Den 20 november.")
        chair.keyboard.press("Tab")
    police.reload()
    expect(other.get_by_label("Anteckningar")).to_have_value("Polisens ord")  # until somebody says so
    point.get_by_role("button", name="Spara min text i stället").click()
    expect(point.get_by_role("status")).to_contain_text("Sparat")
    police.reload()
    expect(other.get_by_label("Anteckningar")).to_have_value("Ordförandens ord")


def test_a_save_that_does_not_arrive_is_said_and_the_words_stay(site, chair, cast, ready):
    calls_the_meeting(chair, site)
    builds_the_agenda_of_what_waits(chair)
    follows(chair, "Skriv protokoll")
    point = chair.locator("form", has_text="Nästa möte")
    session = next(cookie for cookie in chair.context.cookies() if cookie["name"] == "sessionid")
    chair.context.clear_cookies(name="sessionid")
    point.get_by_label("Beslut").fill("Den 20 november.")
    chair.keyboard.press("Tab")
    expect(point.get_by_role("status")).to_contain_text("du är utloggad")
    expect(point.get_by_label("Beslut")).to_have_value("Den 20 november.")
    assert barriers(chair) == []
    chair.context.add_cookies([session])
    point.get_by_role("button", name="Spara punkt 2").click()
    expect(point.get_by_role("status")).to_contain_text("Sparat")


def test_without_a_network_the_words_stay_until_they_can_be_saved(
    site, chair, browser, browser_context_args, cast, ready
):
    calls_the_meeting(chair, site)
    builds_the_agenda_of_what_waits(chair)
    with browser.new_context(**browser_context_args) as context:  # htmx tells the console that the network is gone
        sign_in(context, cast.chair, site)
        page = context.new_page()
        page.goto(f"{chair.url.partition('#')[0]}anteckna/")
        point = page.locator("form", has_text="Nästa möte")
        context.set_offline(True)
        point.get_by_label("Beslut").fill("Den 21 november.")
        page.keyboard.press("Tab")
        expect(point.get_by_role("status")).to_contain_text("Inte sparat.")
        context.set_offline(False)
        point.get_by_role("button", name="Spara punkt 2").click()
        expect(point.get_by_role("status")).to_contain_text("Sparat")
        expect(point.get_by_label("Beslut")).to_have_value("Den 21 november.")


def test_without_scripts_the_minutes_are_written_all_the_same(site, chair, browser_of, cast, ready):
    calls_the_meeting(chair, site)
    builds_the_agenda_of_what_waits(chair)
    plain = browser_of(cast.chair, java_script_enabled=False)
    plain.goto(f"{chair.url.partition('#')[0]}anteckna/")
    point = plain.locator("form", has_text="Nästa möte")
    point.get_by_label("Beslut").fill("Den 20 november.")
    point.get_by_role("button", name="Spara punkt 2").click()
    is_told(plain, "Sparat.")
    expect(plain.locator("form", has_text="Nästa möte").get_by_label("Beslut")).to_have_value("Den 20 november.")
