"""How one text became another, word by word."""

import time

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from trygghet.textdiff import ADDED, REMOVED, SAME, word_changes

texts = st.text(alphabet="ab åÖ.,\n-😀", max_size=60)


def test_a_changed_word_is_told_with_what_replaced_it():
    assert word_changes("Löpande under 2025", "Löpande under våren 2025") == [
        (SAME, "Löpande under"),
        (ADDED, " våren"),
        (SAME, " 2025"),
    ]


def test_a_removal_comes_before_what_replaced_it():
    kinds = [kind for kind, _ in word_changes("Minska otryggheten i Sätra", "Minska nedskräpningen i Sätra")]
    assert kinds == [SAME, REMOVED, ADDED, SAME]


@pytest.mark.parametrize(("old", "new", "kind"), [("", "Ny text", ADDED), ("Gammal text", "", REMOVED)])
def test_a_text_that_came_or_went_is_one_piece(old, new, kind):
    assert word_changes(old, new) == [(kind, old or new)]


def test_a_line_break_is_a_change():
    assert word_changes("Vår: a Höst: b", "Vår: a\nHöst: b") == [(SAME, "Vår: a"), (ADDED, "\n"), (SAME, "Höst: b")]


def test_a_lone_word_between_two_changes_is_part_of_them():
    changes = word_changes(
        "Första mötet hålls och andra mötet ställs in", "Inga träffar finns och övriga besök blir av"
    )
    assert [kind for kind, _ in changes] == [REMOVED, ADDED]


@given(texts, texts)
def test_what_is_same_and_added_is_the_new_text(old, new):
    assert "".join(text for kind, text in word_changes(old, new) if kind != REMOVED) == new


@given(texts, texts)
def test_what_is_same_and_removed_holds_the_words_of_the_old_text(old, new):
    kept = "".join(text for kind, text in word_changes(old, new) if kind != ADDED)
    assert kept.replace(" ", "") == old.replace(" ", "")


@given(texts)
def test_a_text_does_not_differ_from_itself(text):
    assert {kind for kind, _ in word_changes(text, text)} <= {SAME}


def test_the_longest_and_dullest_texts_take_no_time():
    started = time.perf_counter()
    word_changes("a " * 4000, "b " + "a " * 3000 + "b")
    word_changes("ord ett två. " * 600, "ord tre två. " * 600)
    assert time.perf_counter() - started < 2


def test_the_component_says_in_words_what_was_removed_and_added():
    html = render_to_string("components/textdiff.html", {"changes": word_changes("i <Sätra>", "i <Vårberg>")})
    assert "Tagit bort: </span>" in html
    assert "Lagt till: </span>" in html
    assert "&lt;" in html and "<Vårberg" not in html
