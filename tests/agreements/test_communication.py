"""The communication plan (seed 001 "Kommunikation", P28)."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agreements.communication_sources import suggestions_to_answer
from agreements.models import CommunicationActivity, PlanningCycle, PriorityArea
from tests.cast import Cast
from tests.plans.pressing import words

CITY, DISTRICT = "/samverkan/staden/kommunikation/2025/", "/samverkan/skarholmen/kommunikation/2025/"
FILLED = {
    "title": "Öppet hus om planen",
    "audience": "Boende i Skärholmen",
    "channel": "Torgmöte",
    "message": "Det här gör vi i år",
    "owner": "Kommunikatör",
    "on": "2025-05-12",
    "state": "planned",
    "outcome": "",
    "row_version": 1,
}


@pytest.fixture
def cast(db):
    return Cast()


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def activity(cast, **values):
    fields = {"title": "Brev", "audience": "Boende", "channel": "Post", "owner": "Kommunikatör", "cycle": cast.cycle}
    return CommunicationActivity.objects.create(**fields | values)


def test_the_citys_preparation_group_plans_an_activity_for_an_area(cast):
    area = PriorityArea.objects.get(number=2)
    answer = browser(cast.city_preparation).post(CITY + "ny/", FILLED | {"area": area.pk})
    assert answer.status_code == 302
    page = words(browser(cast.editor).get(DISTRICT))
    for text in ("Otrygga och brottsutsatta platser", "Öppet hus om planen", "Torgmöte", "12 maj 2025", "Planerad"):
        assert text in page


def test_a_district_has_a_plan_of_its_own_beside_the_citys(cast):
    browser(cast.police).post(DISTRICT + "ny/", FILLED)
    assert CommunicationActivity.objects.get().district == cast.district
    assert "Öppet hus om planen" in words(browser(cast.steering).get(DISTRICT))
    assert "Öppet hus om planen" not in words(browser(cast.city_preparation).get(CITY))


def test_p28_a_district_suggests_and_the_city_takes_it_in(cast):
    browser(cast.editor).post(DISTRICT + "forslag/", FILLED)
    suggested = CommunicationActivity.objects.get()
    assert (suggested.state, suggested.suggested_by, suggested.district) == ("suggested", cast.district, None)
    page = words(browser(cast.city_preparation).get(CITY))
    assert "Förslag från stadsdelarna" in page
    assert "Inspel från Skärholmen" in page
    browser(cast.city_preparation).post(f"{CITY}{suggested.pk}/", FILLED | {"state": "planned"})
    assert "Förslag från stadsdelarna" not in words(browser(cast.city_preparation).get(CITY))


def test_p28_a_suggestion_waits_for_those_who_write_the_citys_plan_until_they_have_answered(cast):
    suggested = activity(cast, state="suggested", suggested_by=cast.district)
    activity(cast, state="suggested", suggested_by=cast.other_district)
    activity(cast)  # planned
    page = browser(cast.city_preparation)
    assert "Ta ställning till 2 förslag till kommunikationsplanen" in words(page.get("/"))
    (task,) = suggestions_to_answer(cast.city_preparation)
    assert (task.about, task.address) == ("Staden, 2025", CITY)
    assert "Inspel från Skärholmen" in words(page.get(task.address))
    for person in (cast.editor, cast.city_steering, cast.stranger):
        assert suggestions_to_answer(person) == []
    page.post(f"{CITY}{suggested.pk}/", FILLED | {"state": "cancelled"})
    (task,) = suggestions_to_answer(cast.city_preparation)
    assert task.text == "Ta ställning till 1 förslag till kommunikationsplanen"


def test_a_suggestion_cannot_plan_itself(cast):
    browser(cast.editor).post(DISTRICT + "forslag/", FILLED | {"state": "done"})
    assert CommunicationActivity.objects.get().state == "suggested"


def test_what_is_missing_is_said_and_what_was_written_stays(cast):
    answer = browser(cast.editor).post(DISTRICT + "ny/", FILLED | {"audience": "", "message": "811228-9874"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Skriv vem ni vill nå." in page
    assert "ser ut att innehålla ett personnummer" in page
    assert 'value="Öppet hus om planen"' in page
    assert not CommunicationActivity.objects.exists()


def test_of_two_who_write_the_later_sees_both_texts_and_nothing_is_written_over(cast):
    row = activity(cast, district=cast.district)
    address = f"{DISTRICT}{row.pk}/"
    browser(cast.police).post(address, FILLED | {"title": "Polisens ord"})
    answer = browser(cast.editor).post(address, FILLED | {"title": "Mina ord"})
    assert answer.status_code == 422
    page = words(answer)
    assert "Någon annan har ändrat här sedan du öppnade sidan." in page
    assert "Polisens ord" in page
    assert 'value="Mina ord"' in answer.content.decode()
    row.refresh_from_db()
    assert row.title == "Polisens ord"
    browser(cast.editor).post(address, FILLED | {"title": "Mina ord", "row_version": 2})
    row.refresh_from_db()
    assert row.title == "Mina ord"


def test_an_activity_written_by_mistake_is_taken_out_of_the_plan(cast):
    wrong = activity(cast, district=cast.district)
    page = browser(cast.police)
    assert f"{DISTRICT}{wrong.pk}/ta-bort/" in page.get(f"{DISTRICT}{wrong.pk}/").content.decode()
    assert "Ändra i stället status till Inställd" in words(page.get(f"{DISTRICT}{wrong.pk}/ta-bort/"))
    told = words(page.post(f"{DISTRICT}{wrong.pk}/ta-bort/", {"row_version": 1}, follow=True))
    assert "”Brev” är borttagen." in told and "Inget är planerat för 2025 än." in told


def test_what_another_has_changed_meanwhile_or_what_has_been_done_is_not_taken_out(cast):
    changed = activity(cast, district=cast.district, row_version=2)
    done = activity(cast, district=cast.district, title="Möte", state="done")
    page = browser(cast.editor)
    told = words(page.post(f"{DISTRICT}{changed.pk}/ta-bort/", {"row_version": 1}, follow=True))
    assert "Någon har ändrat ”Brev” sedan du öppnade sidan. Den är inte borttagen." in told
    told = words(page.post(f"{DISTRICT}{done.pk}/ta-bort/", {"row_version": 1}, follow=True))
    assert "”Möte” är genomförd och står kvar i planen." in told
    assert CommunicationActivity.objects.count() == 2


def test_an_activity_of_another_district_is_not_reached_through_ones_own(cast):
    row = activity(cast, district=cast.other_district)
    assert browser(cast.editor).get(f"{DISTRICT}{row.pk}/").status_code == 404
    assert browser(cast.editor).post(f"{DISTRICT}{row.pk}/", FILLED).status_code == 404


def test_an_empty_plan_says_what_to_do_first(cast):
    assert "Lägg till den första aktiviteten" in words(browser(cast.editor).get(DISTRICT))
    assert "Det är beredningsgruppen som skriver" in words(browser(cast.steering).get(DISTRICT))


def test_the_number_of_queries_does_not_grow_with_the_activities(cast):
    client = browser(cast.editor)
    activity(cast, district=cast.district, on=date(2025, 3, 1))
    client.get(DISTRICT)
    few = queries(client)
    for area in PriorityArea.objects.all():
        for suggested_by in (cast.district, cast.other_district):
            activity(cast, area=area, suggested_by=suggested_by)
            activity(cast, area=area, district=cast.district)
    assert queries(client) == few


def queries(client):
    with CaptureQueriesContext(connection) as asked:
        client.get(DISTRICT)
    return len(asked)


# --- Which year


def years_of(answer):
    """The years that the page leads to, and which of them it shows."""
    text = answer.content.decode().partition('<nav class="years"')[2].partition("</nav>")[0]
    return re.findall(r"<a href=\"([^\"]+)\"( aria-current=\"page\")?", text)


def test_the_year_that_is_worked_with_is_shown_and_not_the_latest_that_is_put_up(cast, time_machine):
    for year in (2026, 2027):
        PlanningCycle.objects.create(year=year, area_set=cast.cycle.area_set)
    activity(cast, district=cast.district, title="Öppet hus om planen")
    time_machine.move_to(date(2025, 3, 1))
    plain = DISTRICT.removesuffix("2025/")
    answer = browser(cast.editor).get(plain)
    assert "Kommunikationsplan 2025, Skärholmen" in words(answer)
    assert "Öppet hus om planen" in words(answer)
    assert years_of(answer) == [
        (f"{plain}2025/", ' aria-current="page"'), (f"{plain}2026/", ""), (f"{plain}2027/", ""),
    ]  # fmt: skip
    assert "Inget är planerat för 2027 än." in words(browser(cast.editor).get(f"{plain}2027/"))


def test_a_single_year_is_nothing_to_choose_between(cast):
    assert years_of(browser(cast.editor).get(DISTRICT)) == []
