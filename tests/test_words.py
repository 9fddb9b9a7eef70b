"""The small words of Swedish sentences: singular and plural, things in a row, the first letter."""

import pytest

from trygghet.words import counted, listed, lower_first, upper_first


@pytest.mark.parametrize(("number", "told"), [(0, "0 åtgärder"), (1, "1 åtgärd"), (2, "2 åtgärder")])
def test_a_number_agrees_with_its_noun(number, told):
    assert counted(number, "åtgärd", "åtgärder") == told


@pytest.mark.parametrize(
    ("words", "told"), [([], ""), (["a"], "a"), (["a", "b"], "a och b"), (["a", "b", "c"], "a, b och c")]
)
def test_things_in_a_row_have_och_before_the_last(words, told):
    assert listed(words) == told


def test_the_first_letter_follows_the_place_in_the_sentence_and_the_rest_stands():
    assert lower_first("Åtgärdsplan för SDF") == "åtgärdsplan för SDF"
    assert upper_first("åtgärdsplan för SDF") == "Åtgärdsplan för SDF"
    assert lower_first("") == upper_first("") == ""
