"""The year of the cooperation: what is done, due and late in a place and in the city, and the days the city sets."""

import re
from datetime import date

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agreements.facts import Fact
from agreements.models import District, PlanningCycle
from agreements.year import city as city_year
from agreements.year import days as year_days
from agreements.year import steps as year
from agreements.year.city import city_progress
from agreements.year.steps import BY_NAME, YEAR_STEPS, Standing, progress_of
from tests.cast import START, Cast
from trygghet.contributions import Contributions

TODAY = date(2025, 4, 1)
DAYS = {
    "pictures_due": date(2024, 10, 31),
    "joint_picture_due": date(2024, 11, 30),
    "draft_due": date(2025, 2, 15),
    "review_due": date(2025, 2, 28),
    "decision_due": date(2025, 3, 31),
    "submission_due": date(2025, 4, 4),
    "board_due": date(2025, 5, 31),
    "tertial_due": date(2025, 5, 15),
    "follow_up_opens": date(2025, 11, 1),
    "follow_up_due": date(2026, 1, 15),
    "compilation_due": date(2026, 1, 31),
    "feedback_due": date(2026, 2, 28),
}


@pytest.fixture
def cast(db):
    cast = Cast()
    PlanningCycle.objects.filter(pk=cast.cycle.pk).update(**DAYS)
    cast.cycle.refresh_from_db()
    return cast


@pytest.fixture
def recorded(monkeypatch):
    """Record facts: ``recorded(district, decision=date(…))``."""
    found = {}
    monkeypatch.setattr("agreements.facts.FACT_SOURCES", Contributions([lambda ids, cycle: found]))

    def record(place, **facts):
        found.update({(key, place and place.pk): Fact(on=on, told=key) for key, on in facts.items()})
        return found

    return record


@pytest.fixture
def steps(cast, recorded):
    """Return each step of Skärholmen's year by name, as the editor sees it."""

    def found(today=TODAY, user=None):
        facts = recorded(None)
        user = user or cast.editor
        return {
            each.step.name: each
            for each in progress_of(cast.district.pk, cast.cycle, facts=facts, user=user, today=today)
        }

    return found


def browser(user):
    client = Client()
    client.force_login(user)
    return client


# --- The table


def test_the_steps_come_in_the_order_of_the_year():
    assert [step.name for step in YEAR_STEPS] == [
        "pictures", "joint_picture", "analysis", "draft", "review", "decision", "submission", "board", "follow_up",
        "compilation", "feedback",
    ]  # fmt: skip


def test_every_day_of_the_year_belongs_to_a_step():
    named = {step.field for step in YEAR_STEPS} | {step.opens for step in YEAR_STEPS} | {"tertial_due", ""}
    assert named == {*year.DATE_FIELDS, ""}


def test_p23_the_city_itself_compiles_and_gives_feedback():
    assert [step.name for step in YEAR_STEPS if step.is_city] == ["compilation", "feedback"]


def test_a_step_stands_on_an_earlier_one():
    order = [step.name for step in YEAR_STEPS]
    assert all(order.index(step.after) < order.index(step.name) for step in YEAR_STEPS if step.after)


# --- The year that is worked with


@pytest.mark.parametrize(
    ("today", "worked_with"),
    [(date(2025, 8, 31), 2025), (date(2025, 9, 1), 2026), (date(2030, 1, 1), 2026), (date(2020, 1, 1), 2024)],
)
def test_the_next_year_is_worked_with_from_september(today, worked_with):
    years = [PlanningCycle(year=each) for each in (2026, 2025, 2024)]
    assert year.current_cycle(years, today).year == worked_with


def test_no_year_is_worked_with_where_none_is_put_up():
    assert year.current_cycle([]) is None


# --- A place


def test_a_step_says_when_it_was_done_or_its_last_day_or_that_it_is_late(cast, recorded, steps):
    recorded(cast.district, draft=date(2025, 1, 7), review=date(2025, 3, 3))
    found = steps()
    assert found["review"].words == "Klart 3 mars 2025"  # late, but done
    assert found["decision"].words == "Försenat sedan 31 mars 2025"
    assert found["follow_up"].words == "Senast 15 januari 2026"
    assert found["analysis"].words == "Ingen dag satt"


def test_the_last_day_itself_is_not_late(cast, recorded, steps):
    recorded(cast.district, draft=date(2025, 1, 7), review=date(2025, 2, 3))
    assert steps(today=date(2025, 3, 31))["decision"].standing == Standing.DUE


def test_a_step_that_waits_for_a_late_one_is_not_late_itself(steps):
    found = steps(today=date(2025, 6, 1))
    assert found["draft"].standing == Standing.LATE
    assert found["decision"].standing == Standing.WAITING
    assert found["decision"].words == "Skulle ha varit klart 31 mars 2025"
    assert found["decision"].note == "Väntar på: Planen på granskning"
    waiting = sum(each.is_waiting for each in found.values())
    assert waiting > 1
    assert f" är försenade, {waiting} väntar på dem." in year.in_words(list(found.values()), date(2025, 6, 1))


def test_p02_the_own_pictures_are_done_when_both_parties_have_shared_theirs(cast, recorded, steps):
    recorded(cast.district, city_picture=date(2024, 10, 3))
    half = steps()["pictures"]
    assert (half.standing, half.note) == (
        Standing.LATE,
        "Stadens lägesbild 3 oktober 2024; polisens lägesbild saknas",
    )
    recorded(cast.district, police_picture=date(2024, 10, 20))
    assert steps()["pictures"].words == "Klart 20 oktober 2024"


def test_p16_the_board_decides_with_the_first_tertial_report(cast, recorded, steps):
    recorded(cast.district, decision=date(2025, 3, 12))
    assert steps()["board"].note == "Tertialrapport 1 lämnas 15 maj 2025"


def test_nobody_but_who_writes_it_learns_that_a_draft_has_been_begun(cast, recorded, steps):
    recorded(cast.district, draft=date(2025, 1, 7))
    assert steps()["draft"].words == "Påbörjat 7 januari 2025"
    for reader in (cast.police, cast.steering, cast.registrar):
        with_draft = steps(user=reader)
        assert with_draft["draft"].words == "Sista dag var 15 februari 2025"
        del recorded(None)["draft", cast.district.pk]
        assert steps(user=reader) == with_draft
        recorded(cast.district, draft=date(2025, 1, 7))


def test_the_police_learn_of_a_draft_when_it_is_shared_with_them(cast, recorded, steps):
    recorded(cast.district, draft=date(2025, 1, 7), draft_shared=date(2025, 2, 1))
    assert steps(user=cast.police)["draft"].is_done
    assert not steps(user=cast.steering)["draft"].is_done


def test_what_is_on_review_shows_that_there_was_a_draft(cast, recorded, steps):
    recorded(cast.district, draft=date(2025, 1, 7), review=date(2025, 2, 20))
    assert steps(user=cast.steering)["draft"].is_done


def test_how_far_the_year_has_come_is_said_in_words(cast, recorded, steps):
    recorded(cast.district, draft=date(2025, 1, 7), review=date(2025, 2, 20))
    told = year.in_words(list(steps().values()), TODAY)
    assert (
        told
        == "2 av 9 steg är klara. 2 är försenade, ett väntar på dem. Närmast: planen skickas till staden, 4 april 2025."
    )


# --- The city


def test_the_city_sees_how_many_districts_have_taken_a_step_and_which_have_not(cast, recorded):
    recorded(cast.district, draft=date(2025, 1, 7), review=date(2025, 2, 20), decision=date(2025, 3, 12))
    recorded(cast.other_district, draft=date(2025, 1, 7), review=date(2025, 2, 20))
    found = {each.step.name: each for each in city_progress(cast.cycle, user=cast.city_preparation, today=TODAY)}
    assert found["review"].is_done
    assert found["decision"].words == "1 av 2 klara, 1 försenad"
    assert found["decision"].missing == [cast.other_district]
    assert found["compilation"].words == "Senast 31 januari 2026"


def test_p23_the_city_sees_when_it_took_the_steps_with_its_own_plan(cast, recorded):
    recorded(None, decision=date(2025, 1, 31))
    found = {each.step.name: each for each in city_progress(cast.cycle, user=cast.city_preparation, today=TODAY)}
    assert found["decision"].note == "Staden för egen del: klart 31 januari 2025"
    assert found["decision"].words == "0 av 2 klara"
    assert found["review"].note == ""


def test_who_does_not_follow_all_districts_sees_the_days_only(cast, recorded):
    recorded(cast.other_district, decision=date(2025, 3, 12))
    found = {each.step.name: each for each in city_progress(cast.cycle, user=cast.editor, today=TODAY)}
    assert found["decision"].words == "Sista dag var 31 mars 2025"
    assert found["decision"].missing == []
    told = city_year.in_words(list(found.values()), TODAY)
    assert told.startswith("0 av stadens 2 egna steg är klara. Närmast:")
    assert "stadsdelarnas" not in told


def many_districts(cast, number):
    District.objects.bulk_create(
        District(name=f"Område {at}", slug=f"omrade-{at}", municipality=cast.municipality, valid_from=START)
        for at in range(number)
    )


@pytest.mark.parametrize("place", ["skarholmen", "staden"])
def test_the_page_asks_as_many_questions_with_290_districts_as_with_11(cast, place):
    def count():
        client = browser(cast.city_preparation)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/samverkan/{place}/arshjul/2025/").status_code == 200
        return len(queries)

    many_districts(cast, 9)
    few = count()
    many_districts_more = 279
    District.objects.bulk_create(
        District(name=f"Kommundel {at}", slug=f"kommundel-{at}", municipality=cast.municipality, valid_from=START)
        for at in range(many_districts_more)
    )
    assert District.objects.count() == 290
    assert count() == few


# --- The pages


@time_machine.travel("2025-04-01 12:00")
def test_the_page_of_a_district_has_the_wheel_and_the_same_as_a_list(cast, recorded):
    recorded(cast.district, draft=date(2025, 1, 7), review=date(2025, 2, 20))
    page = browser(cast.editor).get("/samverkan/skarholmen/arshjul/2025/").content.decode().replace("\xa0", " ")
    assert '<title id="wheel-title">Årshjul 2025, Skärholmen</title>' in page
    assert "i dag 1 april" in page
    for words in ("Klart 20 februari 2025", "Försenat sedan 31 mars 2025", "Senast 31 maj 2025", "Ingen dag satt"):
        assert words in page
    assert page.count('class="wheel-mark') == 8  # the analysis has no day


@pytest.mark.parametrize(("today", "told"), [("2025-10-31", "Öppnar"), ("2025-11-02", "Öppnade")])
def test_what_has_opened_is_not_said_to_open(cast, today, told):
    with time_machine.travel(f"{today} 12:00"):
        page = browser(cast.editor).get("/samverkan/skarholmen/arshjul/2025/").content.decode()
    assert f"{told} 1 november 2025" in page.replace("\xa0", " ")


def test_the_city_is_written_with_a_small_letter_inside_a_heading(cast):
    for path, heading in (("", "Samverkan, staden"), ("moten/", "Möten, staden"), ("lagkrav/", "åtaganden, staden")):
        page = browser(cast.city_preparation).get(f"/samverkan/staden/{path}").content.decode()
        assert heading in re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)[1]
        assert ", Staden" not in page


def test_the_year_leads_to_the_one_that_is_worked_with(cast):
    answer = browser(cast.editor).get("/samverkan/skarholmen/arshjul/")
    assert answer.url == "/samverkan/skarholmen/arshjul/2025/"


def test_a_year_that_is_not_put_up_is_not_there(cast):
    assert browser(cast.editor).get("/samverkan/skarholmen/arshjul/1999/").status_code == 404


def test_a_city_without_years_says_who_puts_one_up(cast):
    PlanningCycle.objects.all().delete()
    answer = browser(cast.editor).get("/samverkan/skarholmen/arshjul/")
    assert "Inget planeringsår är upplagt än." in answer.content.decode()


def test_the_citys_page_names_the_districts_to_those_who_follow_them(cast, recorded):
    recorded(cast.district, decision=date(2025, 3, 12))
    address = "/samverkan/staden/arshjul/2025/"
    assert "/samverkan/farsta/arshjul/2025/#steg-decision" in browser(cast.city_steering).get(address).content.decode()
    assert "farsta" not in browser(cast.editor).get(address).content.decode()


# --- The days


DATES = "/samverkan/staden/arshjul/2025/datum/"


def posted(cast, **changes):
    from agreements.forms.year import seen_of

    days = {name: getattr(cast.cycle, name) or "" for name in year.DATE_FIELDS}
    return {"seen": seen_of(cast.cycle), **days, **changes}


def test_the_citys_preparation_group_sets_the_days(cast):
    answer = browser(cast.city_preparation).post(DATES, posted(cast, analysis_due="2024-12-20", board_due=""))
    assert answer.status_code == 302
    cast.cycle.refresh_from_db()
    assert (cast.cycle.analysis_due, cast.cycle.board_due) == (date(2024, 12, 20), None)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"follow_up_due": "2025-10-31"}, "Uppföljningen öppnar 1 november 2025. Sista dagen kan inte vara före det."),
        ({"feedback_due": "2026-01-15"}, "Återkopplingen bygger på den och kan inte lämnas före."),
        ({"decision_due": "2035-03-31"}, "Dagen ligger för långt från 2025."),
        ({"decision_due": "i mars"}, "Skriv datumet som år-månad-dag, till exempel 2025-04-29."),
    ],
)
def test_days_that_cannot_be_are_refused_and_what_was_written_is_kept(cast, changes, words):
    answer = browser(cast.city_preparation).post(DATES, posted(cast, analysis_due="2024-12-20", **changes))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert 'value="2024-12-20"' in answer.content.decode()
    before = cast.cycle.decision_due
    cast.cycle.refresh_from_db()
    assert (cast.cycle.analysis_due, cast.cycle.decision_due) == (None, before)


def test_a_step_before_the_one_it_stands_on_is_saved_with_a_warning(cast):
    answer = browser(cast.city_preparation).post(DATES, posted(cast, decision_due="2025-02-01"), follow=True)
    assert "Beslut i styrgruppen har sista dag 1 februari 2025" in answer.content.decode()
    cast.cycle.refresh_from_db()
    assert cast.cycle.decision_due == date(2025, 2, 1)


def test_days_that_somebody_else_has_changed_meanwhile_are_not_written_over(cast):
    mine = posted(cast, decision_due="2025-03-20")
    PlanningCycle.objects.update(decision_due=date(2025, 3, 25))
    client = browser(cast.city_preparation)
    answer = client.post(DATES, mine)
    assert answer.status_code == 422
    assert "Nu gäller: Beslutad senast: 25 mars 2025" in answer.content.decode()
    assert 'value="2025-03-20"' in answer.content.decode()
    cast.cycle.refresh_from_db()
    assert cast.cycle.decision_due == date(2025, 3, 25)
    assert client.post(DATES, posted(cast, decision_due="2025-03-20")).status_code == 302


def test_who_does_not_set_the_days_is_told_who_does(cast):
    answer = browser(cast.editor).get(DATES)
    assert answer.status_code == 403
    assert "centrala beredningsgruppen" in answer.content.decode()


def test_only_the_city_has_days_to_set(cast):
    assert browser(cast.city_preparation).get("/samverkan/skarholmen/arshjul/2025/datum/").status_code == 404


def test_a_warning_is_about_the_step_it_stands_on():
    days = dict.fromkeys(year.DATE_FIELDS) | {"review_due": date(2025, 2, 1), "draft_due": date(2025, 2, 15)}
    assert [BY_NAME["review"].title in warning for warning in year_days.date_warnings(days)] == [True]


def test_the_admin_holds_the_days_to_the_same_order(cast):
    page = f"/admin/agreements/planningcycle/{cast.cycle.pk}/change/"
    days = {name: getattr(cast.cycle, name) or "" for name in year.DATE_FIELDS}
    whole = {"year": 2025, "area_set": cast.area_set.pk, **days}
    answer = browser(cast.administrator).post(page, whole | {"follow_up_due": "2025-10-01", "board_due": "2035-05-31"})
    assert answer.status_code == 200
    assert "Sista dagen kan inte vara före det." in answer.content.decode()
    assert "Dagen ligger för långt från 2025." in answer.content.decode()
    assert browser(cast.administrator).post(page, whole | {"board_due": "2025-05-30"}).status_code == 302
