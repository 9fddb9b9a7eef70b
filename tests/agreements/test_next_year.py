"""The city puts up the year that comes, so that the districts can begin with their pictures."""

from datetime import date

import pytest
import time_machine
from django.test import Client

from agreements.models import PlanningCycle, PriorityAreaSet
from agreements.tasks import TASK_SOURCES
from agreements.year.next_year import next_to_put_up, put_up, year_to_put_up
from tests.cast import Cast

YEAR = "/samverkan/staden/arshjul/2025/"
PUT_UP = "/samverkan/staden/arshjul/2026/lagg-upp/"
DATES = "/samverkan/staden/arshjul/2026/datum/"


@pytest.fixture
def cast(db):
    cast = Cast()
    PlanningCycle.objects.update(
        pictures_due=date(2024, 10, 31), feedback_due=date(2026, 2, 28), draft_due=date(2024, 2, 29),
        instructions=["Skriv kort."], links=[{"name": "Brå"}],
    )  # fmt: skip
    return cast


@pytest.fixture(autouse=True)
def _september():
    with time_machine.travel("2025-09-01 12:00"):
        yield


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def words(answer):
    return " ".join(answer.content.decode().split())


def years():
    return sorted(PlanningCycle.objects.values_list("year", flat=True))


def test_the_year_after_the_latest_gets_its_words_and_its_days_a_year_later_and_is_to_be_checked(cast):
    client = browser(cast.city_preparation)
    assert f'action="{PUT_UP}"' in words(client.get(YEAR))
    answer = client.post(PUT_UP, follow=True)
    assert answer.redirect_chain == [(DATES, 302)]
    assert "2026 är upplagt, med de områden som gäller då: Fem områden." in words(answer)
    new = PlanningCycle.objects.get(year=2026)
    assert (new.pictures_due, new.feedback_due, new.board_due) == (date(2025, 10, 31), date(2027, 2, 28), None)
    assert new.draft_due == date(2025, 2, 28)  # the year before had a leap day
    assert (new.instructions, new.links) == (["Skriv kort."], [{"name": "Brå"}])
    assert client.get("/samverkan/staden/arshjul/2026/").status_code == 200


def test_p08_the_year_stands_on_the_areas_that_hold_on_its_first_day(cast):
    cast.area_set.valid_to = date(2025, 12, 31)
    cast.area_set.save()
    coming = PriorityAreaSet.objects.create(code="2026", name="Fyra områden", valid_from=date(2026, 1, 1))
    PriorityAreaSet.objects.create(code="2027", name="Tre områden", valid_from=date(2026, 7, 1))
    assert put_up(2026)[0].area_set == coming


def test_where_no_areas_hold_then_no_year_is_put_up_and_it_says_so(cast):
    PriorityAreaSet.objects.update(valid_to=date(2025, 12, 31))
    answer = browser(cast.city_preparation).post(PUT_UP, follow=True)
    assert "Inga prioriterade områden gäller den 1 januari 2026." in words(answer)
    assert years() == [2025]


def test_pressing_twice_makes_one_year_and_leaves_its_days(cast):
    client = browser(cast.city_preparation)
    client.post(PUT_UP)
    PlanningCycle.objects.filter(year=2026).update(pictures_due=date(2025, 11, 15))
    answer = client.post(PUT_UP, follow=True)
    assert answer.redirect_chain == [(DATES, 302)]
    assert "2026 är redan upplagt." in words(answer)
    assert years() == [2025, 2026]
    assert PlanningCycle.objects.get(year=2026).pictures_due == date(2025, 11, 15)


def test_a_year_that_somebody_else_put_up_meanwhile_is_found(cast, monkeypatch):
    """Both have read the years before either has written."""
    before = list(PlanningCycle.objects.all())
    first, _ = put_up(2026)
    monkeypatch.setattr("agreements.year.steps.cycles", lambda: before)
    assert put_up(2026) == (first, False)
    assert years() == [2025, 2026]


@pytest.mark.parametrize("wanted", [2024, 2027])
def test_only_the_next_year_is_put_up(cast, wanted):
    answer = browser(cast.city_preparation).post(PUT_UP.replace("2026", str(wanted)), follow=True)
    assert f"{wanted} är inte nästa planeringsår. Ingenting ändrades." in words(answer)
    assert years() == [2025]


def test_no_year_further_away_than_the_next_is_offered(cast):
    put_up(2026)
    assert next_to_put_up(PlanningCycle.objects.all()) is None
    assert "Lägg upp" not in words(browser(cast.city_preparation).get(YEAR))
    assert next_to_put_up([]) is None


def test_who_does_not_set_the_days_puts_up_no_year(cast):
    for person in (cast.city_steering, cast.editor):
        assert "Lägg upp 2026" not in words(browser(person).get(YEAR))
        assert browser(person).post(PUT_UP).status_code == 403
    assert browser(cast.city_preparation).post(PUT_UP.replace("staden", "skarholmen")).status_code == 404
    assert years() == [2025]


def test_from_september_the_year_waits_for_those_in_the_citys_groups_who_set_its_days(cast):
    (task,) = year_to_put_up(cast.city_preparation)
    assert (task.text, task.about) == ("Lägg upp planeringsåret 2026", "Staden")
    assert task.since.date() == date(2025, 9, 1)
    assert browser(cast.city_preparation).get(task.address, follow=True).redirect_chain == [(YEAR, 302)]
    for person in (cast.city_steering, cast.editor, cast.administrator, cast.stranger):
        assert year_to_put_up(person) == []
    put_up(2026)
    assert year_to_put_up(cast.city_preparation) == []
    assert year_to_put_up in TASK_SOURCES


def test_before_september_no_year_waits_to_be_put_up(cast):
    with time_machine.travel("2025-08-31 12:00"):
        assert year_to_put_up(cast.city_preparation) == []


def test_a_year_that_has_begun_without_being_put_up_still_waits(cast):
    with time_machine.travel("2026-02-01 12:00"):
        assert [task.text for task in year_to_put_up(cast.city_preparation)] == ["Lägg upp planeringsåret 2026"]
