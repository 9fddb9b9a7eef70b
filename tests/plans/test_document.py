"""The plan as a value: texts kept verbatim, rows in order, filled-in cells counted."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plans.document import Action, AreaSection, Cause, Counts, Problem, clean_text, dense_orders
from tests.plans.strategies import documents, problems, raw_texts


def problem_of(*orders_by_cause):
    """A problem whose causes hold actions with these orders."""
    return Problem(
        title="Problem",
        causes=tuple(
            Cause(
                text=f"Orsak {number}", actions=tuple(Action(order=order, text=f"Åtgärd {order}") for order in orders)
            )
            for number, orders in enumerate(orders_by_cause, start=1)
        ),
    )


def numbers_and_orders(problem):
    return [(number, action.order if action else None) for number, _, action in problem.rows()]


# --- Text


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Öka tryggheten", "Öka tryggheten"),
        ("  indragen  ", "  indragen  "),
        ("rad ett\r\nrad två\rrad tre", "rad ett\nrad två\nrad tre"),
        ("från Word\x0bnästa rad\x0c", "från Word\nnästa rad\n"),
        ("a\u2028b\u2029c\x85d", "a\nb\nc\nd"),
        ("A\u030arsta", "Årsta"),
        ("noll\x00tecken\x07", "nolltecken"),
        ("tabb\tkvar", "tabb\tkvar"),
        ("👮🏽‍♀️", "👮🏽‍♀️"),
        (" \n\t ", ""),
        ("\x00", ""),
        (None, ""),
    ],
)
def test_a_text_is_kept_as_it_was_written(typed, kept):
    assert clean_text(typed) == kept


@given(st.text())
def test_cleaning_a_clean_text_changes_nothing(text):
    assert clean_text(clean_text(text)) == clean_text(text)


@given(raw_texts)
def test_nothing_but_control_characters_is_dropped(text):
    plain = "".join(char for char in text if unicodedata.category(char) not in {"Cc", "Cs", "Zl", "Zp", "Cn"})
    kept = "".join(char for char in clean_text(text) if unicodedata.category(char) not in {"Cc", "Cn"})
    assert kept == (unicodedata.normalize("NFC", plain) if text.strip() and clean_text(text) else "")


# --- Rows


@pytest.mark.parametrize(
    ("orders_by_cause", "rows"),
    [
        ([], []),
        ([[]], [(1, None)]),
        ([[1, 2], [3]], [(1, 1), (1, 2), (2, 3)]),
        ([[1, 3], [2]], [(1, 1), (2, 2), (1, 3)]),
        ([[2], [1]], [(1, None), (2, 1), (1, 2)]),
        ([[], [1], []], [(1, None), (2, 1), (3, None)]),
        ([[1], [], [2]], [(1, 1), (2, None), (3, 2)]),
    ],
)
def test_rows_come_in_the_order_of_the_sheet_and_causes_in_the_order_of_their_numbers(orders_by_cause, rows):
    assert numbers_and_orders(problem_of(*orders_by_cause)) == rows


@given(problems())
def test_every_cause_and_action_has_its_row(problem):
    rows = list(problem.rows())
    assert [action.order for _, _, action in rows if action] == list(
        range(1, sum(len(cause.actions) for cause in problem.causes) + 1)
    )
    first_met = list(dict.fromkeys(number for number, _, _ in rows))
    assert first_met == list(range(1, len(problem.causes) + 1))


def test_orders_are_made_dense_within_the_problem_and_actions_sorted_within_their_cause():
    dense = dense_orders(problem_of([30, 10], [20]))
    assert [[action.order for action in cause.actions] for cause in dense.causes] == [[1, 3], [2]]
    assert dense.causes[0].actions[0].text == "Åtgärd 10"


@given(problems())
def test_making_dense_orders_dense_changes_nothing(problem):
    assert dense_orders(problem) == problem


# --- Counts


def test_only_what_is_written_is_counted():
    section = AreaSection(
        number=1,
        title="",
        canonical_title="",
        sheet="",
        problems=(
            Problem(title="", causes=(Cause(text="", actions=(Action(order=1), Action(order=2, text="Gör"))),)),
            Problem(title="Problem", causes=(Cause(text="Orsak", actions=(Action(order=1, goals="Mål"),)),)),
        ),
    )
    assert section.counts() == Counts(problems=1, causes=1, actions=1)


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        (Counts(14, 26, 31), "14 problemområden, 26 orsaker och 31 åtgärder"),
        (Counts(1, 1, 1), "1 problemområde, 1 orsak och 1 åtgärd"),
        (Counts(0, 0, 0), "0 problemområden, 0 orsaker och 0 åtgärder"),
    ],
)
def test_counts_are_told_in_the_right_number(counts, told):
    assert counts.told == told


def test_the_real_plan_has_as_many_rows_as_its_analysis_tab_says(skarholmen):
    assert skarholmen.counts() == Counts(problems=14, causes=26, actions=31)


@given(documents())
def test_the_plans_counts_are_the_sum_of_its_areas(document):
    sums = [sum(column) for column in zip(*(section.counts() for section in document.areas), strict=True)]
    assert list(document.counts()) == sums


def test_an_action_that_answers_two_causes_is_counted_once():
    problem = Problem(
        title="P",
        causes=(Cause(text="A", actions=(Action(order=1, text="Å", also_causes=(2,)),)), Cause(text="B")),
    )
    section = AreaSection(number=1, title="", canonical_title="", sheet="", problems=(problem,))
    assert section.counts() == Counts(problems=1, causes=2, actions=1)
