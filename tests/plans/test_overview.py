"""How far each district has come, as much of it as a person may know: the decided version beside a draft above all."""

from datetime import date

import pytest
from django.test import Client

from agreements.models import PlanningCycle
from agreements.year.steps import cycles
from plans import editing, overview
from plans.document import Counts
from tests.plans.test_city import add_district, begin, decide, put, send
from tests.plans.test_page import html, row_of

ALL = Counts(14, 26, 31)
LEFT = Counts(13, 22, 26)  # without the first problem


@pytest.fixture
def sign_in():
    """Return a browser signed in as the person."""

    def browser(user):
        client = Client()
        client.force_login(user)
        return client

    return browser


@pytest.fixture
def second(plan, cast):
    """The first version of Skärholmen's plan holds and has been sent; the second, a problem shorter, is a draft."""
    send(decide(plan))
    plan = put(plan, state="draft", version=2)
    editing.remove(plan, "problem", plan.problems.get(plan_area__position=1).uid, by=cast.editor)
    return put(plan)


def standing_of(cast, person, district="Skärholmen"):
    found = overview.standings(getattr(cast, person), cast.cycle)
    return next(standing for standing in found if standing.district.name == district)


@pytest.mark.parametrize("person", ["editor", "co_writer"])
def test_who_writes_the_second_version_sees_that(cast, second, person):
    standing = standing_of(cast, person)
    assert (standing.state_words, standing.state_mark, standing.later_words) == ("Utkast, version 2", "draft", "")
    assert standing.counts == LEFT
    assert standing.address == "/planer/skarholmen/2025/"


@pytest.mark.parametrize(
    "person", ["police", "steering", "registrar", "neighbour", "city_preparation", "city_steering"]
)
def test_others_see_the_version_that_holds_and_where_to_read_it(cast, second, person):
    standing = standing_of(cast, person)
    assert (standing.state_words, standing.state_mark) == ("Beslutad, version 1", "decided")
    assert standing.counts == ALL
    assert standing.address == "/planer/skarholmen/2025/version/1/"


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("co_writer", ""),
        ("police", ""),
        ("city_preparation", "version 2 skrivs"),
        ("neighbour", ""),
        ("neighbour_police", ""),
    ],
)
def test_that_a_second_version_is_written_is_for_those_who_may_see_the_status(cast, second, person, expected):
    assert standing_of(cast, person).later_words == expected


@pytest.mark.parametrize("person", ["external", "stranger", "administrator"])
def test_who_reads_nothing_sees_nothing_of_a_version(cast, second, person):
    standing = standing_of(cast, person)
    assert (standing.state_words, standing.counts, standing.address) == ("Ingen beslutad plan", None, "")


@pytest.mark.parametrize("person", ["city_preparation", "city_steering"])
def test_the_city_sees_only_the_status_of_a_decided_plan_that_is_not_sent(cast, plan, person):
    version = decide(plan)
    standing = standing_of(cast, person)
    assert (standing.state_words, standing.counts, standing.address) == ("Beslutad", None, "")
    send(version)
    standing = standing_of(cast, person)
    assert (standing.counts, standing.address) == (ALL, "/planer/skarholmen/2025/")


def test_the_city_reads_the_first_version_until_the_second_is_sent(cast, second):
    version = decide(second, date(2025, 10, 8))
    standing = standing_of(cast, "city_preparation")
    assert (standing.state_words, standing.later_words) == ("Beslutad, version 1", "version 2 är inte inskickad")
    assert standing.counts == ALL
    send(version)
    standing = standing_of(cast, "city_preparation")
    assert (standing.state_words, standing.counts) == ("Beslutad, version 2", LEFT)


def test_the_list_shows_the_version_that_holds(sign_in, cast, second):
    page = html(sign_in(cast.neighbour).get("/planer/"))
    assert row_of(page, "Skärholmen") == "Beslutad, version 1 14 26 31 beslutad 12 mars 2025"
    assert 'href="/planer/skarholmen/2025/version/1/"' in page


def test_the_list_tells_the_city_of_the_second_version(sign_in, cast, second):
    page = html(sign_in(cast.city_preparation).get("/planer/"))
    assert row_of(page, "Skärholmen") == "Beslutad, version 1 version 2 skrivs 14 26 31 beslutad 12 mars 2025"


def test_the_list_tells_the_city_when_a_plan_can_be_read(sign_in, cast, plan):
    decide(plan)
    page = html(sign_in(cast.city_preparation).get("/planer/"))
    assert row_of(page, "Skärholmen") == "Beslutad planen går att läsa när den har skickats till staden"


def test_the_sum_counts_the_versions_that_hold(sign_in, cast, second, skarholmen):
    send(decide(begin(cast, cast.other_district, skarholmen)))
    page = html(sign_in(cast.city_preparation).get("/planer/"))
    assert row_of(page, "Summa") == "Summa, 2 planer 28 52 62".removeprefix("Summa").strip()


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("editor", "varav 1 inte är beslutad 27 48 57"),
        ("neighbour", "28 52 62"),  # who reads the versions that hold
        ("city_preparation", "28 52 62"),
    ],
)
def test_the_sum_says_when_it_counts_what_is_not_decided(sign_in, cast, second, skarholmen, person, expected):
    send(decide(begin(cast, cast.other_district, skarholmen)))
    page = html(sign_in(getattr(cast, person)).get("/planer/?ar=2025"))
    assert row_of(page, "Summa, 2 planer") == expected


def test_a_decided_plan_counts_as_it_was_decided(cast, plan):
    decide(plan)
    editing.remove(put(plan, state="draft"), "problem", plan.problems.get(plan_area__position=1).uid, by=cast.editor)
    put(plan, state="decided")
    assert {standing_of(cast, person).counts for person in ("editor", "police", "neighbour")} == {ALL}


def test_a_made_up_version_says_so(sign_in, cast, second):
    put(second, is_example=True)
    assert "Exempeldata" in row_of(html(sign_in(cast.neighbour).get("/planer/")), "Skärholmen")


def test_the_year_of_a_version_is_a_year_with_something_to_read(cast, second):
    PlanningCycle.objects.create(year=2026, area_set=cast.area_set)
    years = cycles()
    assert overview.chosen_cycle(cast.neighbour, years).year == 2025
    assert overview.chosen_cycle(cast.stranger, years).year == 2026


@pytest.mark.parametrize("person", ["city_preparation", "neighbour", "editor"])
def test_the_number_of_queries_does_not_grow_with_the_plans(cast, person, django_assert_max_num_queries):
    def fill(total):
        for number in range(total):
            version = decide(begin(cast, add_district(cast, f"Stadsdel {total} {number}")))
            send(version)
            put(version.plan, state="draft", version=2)

    def ask():
        user = type(cast.editor).objects.get(pk=getattr(cast, person).pk)
        return [standing.address for standing in overview.standings(user, cast.cycle)]

    fill(2)
    with django_assert_max_num_queries(7) as few:
        ask()
    fill(20)
    with django_assert_max_num_queries(len(few.captured_queries)):
        ask()
