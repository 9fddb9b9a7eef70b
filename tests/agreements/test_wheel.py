"""The wheel as a drawing: every day has its place, marks do not hide each other, and today is shown."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreements.year.wheel import BOX, LAPS, MARK, angle_of, draw, is_within, lap_of, spread

DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("day", "angle"),
    [(date(2024, 9, 1), 0), (date(2024, 12, 1), 90), (date(2025, 3, 1), 180), (date(2025, 6, 1), 270)],
)
def test_the_ring_begins_with_september_and_every_month_takes_a_twelfth(day, angle):
    assert angle_of(day) == angle


@given(DAYS)
def test_a_later_day_is_further_round_until_september_comes_again(day):
    after = day + timedelta(days=1)
    assert 0 <= angle_of(day) < 360
    assert angle_of(after) > angle_of(day) or (after.month, after.day) == (9, 1)


def test_what_comes_after_august_of_the_year_is_on_the_inner_lap():
    assert [lap_of(2025, day) for day in (date(2024, 10, 31), date(2025, 8, 31), date(2025, 9, 1))] == [0, 0, 1]


@given(st.lists(st.floats(0, 359), max_size=14).map(sorted), st.floats(1, 30))
def test_marks_keep_their_order_and_their_distance(angles, gap):
    moved = spread(angles, gap)
    least = min(gap, 360 / max(len(angles), 1))
    assert len(moved) == len(angles)
    assert all(later - earlier >= least - 1e-6 for earlier, later in pairwise(moved))


@given(st.lists(st.integers(0, 11), unique=True).map(sorted))
def test_marks_that_have_room_stand_on_their_own_day(months):
    angles = [month * 30.0 for month in months]
    assert spread(angles, 30) == pytest.approx(angles)


def test_marks_on_the_same_day_make_room_on_both_sides():
    assert spread([90, 90, 90], 10) == [80, 90, 100]


@given(st.lists(st.dates(date(2024, 6, 1), date(2026, 12, 31)), max_size=12), DAYS)
def test_every_day_gets_a_mark_within_the_drawing(days, today):
    wheel = draw(2025, [(day, day) for day in days], today)
    assert sorted(mark.content for mark in wheel.marks) == sorted(days)
    for mark in wheel.marks:
        assert MARK < float(mark.at.x) < BOX - MARK
        assert MARK < float(mark.at.y) < BOX - MARK
    assert len(wheel.laps) == len({lap_of(2025, day) for day in days}) <= len(LAPS)
    assert (wheel.today is not None) == is_within(2025, today)


def test_a_step_without_a_day_has_no_mark():
    assert draw(2025, [(None, "analysis"), (date(2025, 3, 31), "decision")], date(2025, 2, 1)).marks[0].content == (
        "decision"
    )


def test_numbers_have_a_decimal_point_whatever_the_language():
    wheel = draw(2025, [(date(2025, 3, 14), "x")], date(2025, 2, 1))
    assert "," not in wheel.marks[0].at.x + wheel.marks[0].at.y + wheel.today_end.x
