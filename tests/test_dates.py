"""Days and moments in Swedish words, in the city's own time also where that is another day than in UTC."""

from datetime import UTC, date, datetime

import pytest

from trygghet import dates

LATE_IN_UTC = datetime(2025, 2, 27, 23, 30, tzinfo=UTC)  # half past midnight in Stockholm
SUMMER = datetime(2025, 7, 1, 22, 5, tzinfo=UTC)  # five past midnight, two hours ahead


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(datetime(2025, 3, 1, 12, tzinfo=UTC), tick=False)
    return time_machine


def test_a_moment_belongs_to_the_day_it_is_in_the_city():
    assert dates.day(LATE_IN_UTC) == "28 februari 2025"
    assert dates.day(SUMMER) == "2 juli 2025"
    assert dates.moment(LATE_IN_UTC) == "28 februari, 00.30"
    assert dates.time_of_day(SUMMER) == "00.05"


def test_the_year_is_left_out_only_when_it_is_this_one():
    assert dates.short_day(date(2025, 12, 31)) == "31 december"
    assert dates.short_day(date(2024, 12, 31)) == "31 december 2024"


def test_a_day_may_be_told_with_its_day_of_the_week():
    assert dates.weekday(date(2025, 2, 28)) == "fredag 28 februari 2025"


def test_the_last_day_itself_is_not_late(today):
    due = date(2025, 3, 1)
    assert dates.deadline_told(due) == "senast 1 mars 2025"
    today.move_to(datetime(2025, 3, 1, 23, 30, tzinfo=UTC), tick=False)  # in the city it is the day after
    assert dates.is_late(due)
    assert dates.deadline_told(due) == "försenat sedan 1 mars 2025"
    assert not dates.is_late(None)


@pytest.mark.parametrize(
    ("since", "told"),
    [
        (date(2025, 3, 1), "mindre än en månad"),
        (date(2025, 2, 12), "1 månad"),
        (date(2024, 10, 1), "5 månader"),
        (date(2024, 3, 12), "1 år"),
        (date(2023, 1, 1), "2 år och 2 månader"),
    ],
)
def test_the_age_is_said_in_words(since, told):
    assert dates.age(since, date(2025, 3, 12)) == told
