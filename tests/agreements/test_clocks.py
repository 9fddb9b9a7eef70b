"""When something is due again, and when that is warned of (P01, P07, P08)."""

from datetime import date

import pytest

from agreements.clocks import (
    AREA_SET_MONTHS,
    CITY_AGREEMENT_MONTHS,
    LOCAL_AGREEMENT_MONTHS,
    PICTURE_MONTHS,
    Urgency,
    clock,
    due_after,
    urgency_of,
)

DUE = date(2027, 3, 4)


def test_p07_a_local_agreement_is_reviewed_every_second_year():
    assert due_after(date(2025, 3, 4), LOCAL_AGREEMENT_MONTHS) == DUE


def test_p08_the_overarching_agreement_every_year_and_the_areas_every_fourth():
    assert due_after(date(2024, 1, 15), CITY_AGREEMENT_MONTHS) == date(2025, 1, 15)
    assert due_after(date(2024, 1, 15), AREA_SET_MONTHS) == date(2028, 1, 15)


def test_p01_a_picture_is_updated_every_second_year():
    assert due_after(date(2024, 11, 30), PICTURE_MONTHS) == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("today", "urgency", "told"),
    [
        (date(2026, 9, 3), Urgency.OK, "Senast 4 mars 2027"),
        (date(2026, 9, 4), Urgency.SIX_MONTHS, "Senast 4 mars 2027, inom sex månader"),
        (date(2026, 12, 3), Urgency.SIX_MONTHS, "Senast 4 mars 2027, inom sex månader"),
        (date(2026, 12, 4), Urgency.THREE_MONTHS, "Senast 4 mars 2027, inom tre månader"),
        (date(2027, 2, 4), Urgency.ONE_MONTH, "Senast 4 mars 2027, inom en månad"),
        (DUE, Urgency.ONE_MONTH, "Senast 4 mars 2027, inom en månad"),
        (date(2027, 3, 5), Urgency.LATE, "Försenad sedan 4 mars 2027"),
    ],
)
def test_it_is_warned_of_six_three_and_one_month_before_and_is_late_the_day_after(today, urgency, told):
    ticking = clock(date(2025, 3, 4), LOCAL_AGREEMENT_MONTHS, today=today)
    assert (ticking.urgency, ticking.told) == (urgency, told)
    assert ticking.is_near == (urgency != Urgency.OK)


def test_what_was_never_done_has_no_clock():
    assert clock(None, LOCAL_AGREEMENT_MONTHS) is None


def test_a_leap_day_is_due_on_the_last_day_of_february():
    assert due_after(date(2024, 2, 29), LOCAL_AGREEMENT_MONTHS) == date(2026, 2, 28)


def test_warnings_begin_on_the_last_day_of_a_shorter_month():
    assert urgency_of(date(2026, 8, 31), date(2026, 2, 28)) == Urgency.SIX_MONTHS
    assert urgency_of(date(2026, 8, 31), date(2026, 2, 27)) == Urgency.OK
