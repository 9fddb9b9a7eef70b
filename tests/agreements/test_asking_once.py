"""What several parts of a page ask for is fetched once while it is made, and never kept longer."""

import pytest

from agreements.asking_once import asking_once, once


@pytest.fixture
def asked():
    return []


@pytest.fixture
def days(asked):
    @once
    def days(year):
        asked.append(year)
        return [year]

    return days


def test_the_same_is_asked_once_and_what_is_told_apart_each_for_itself(days, asked):
    with asking_once():
        assert (days(2025), days(2025), days(2026)) == ([2025], [2025], [2026])
    assert asked == [2025, 2026]


def test_nothing_is_kept_afterwards_nor_outside(days, asked):
    with asking_once():
        days(2025)
    with asking_once():
        days(2025)
    days(2025)
    assert asked == [2025, 2025, 2025]


def test_nothing_is_kept_when_a_page_fails(days, asked):
    with pytest.raises(ValueError, match="fel"), asking_once():
        days(2025)
        raise ValueError("fel")
    days(2025)
    assert asked == [2025, 2025]


def test_a_list_within_a_page_shares_its_answers(days, asked):
    with asking_once():
        days(2025)
        with asking_once():
            days(2025)
        days(2025)
    assert asked == [2025]
