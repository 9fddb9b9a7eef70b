"""The «Uppföljning» cell: everything it has room for comes back, and what people write by hand is understood."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from followup import cell
from followup.document import ActionAnswer, GoalAnswer, PartyAnswer
from followup.enums import Fulfilled, GoalResult, Implementation
from plans.document import MAX_TEXT

# What the form itself is made of, mixed with everything else.
PIECES = st.sampled_from(
    ["|", " | ", "\\", ";", "; ", "(", ")", " (", " – ", "–", ", ", ":", "\n", "Status:", "Mål: ", "| Genomfört:",
     "\\| Mål:", "Parternas åtaganden:", "| Skäl: ", "ja", "delvis", "1 – uppnått", "Genomförd", "…", "åäö"]
)  # fmt: skip
LETTERS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=8)
TEXTS = st.lists(PIECES | LETTERS, max_size=8).map("".join).map(str.strip)
NAMES = TEXTS.filter(bool)


def key_of(choices):
    return st.sampled_from(["", *choices.values])


GOALS = st.lists(
    st.builds(
        GoalAnswer, key=LETTERS, text=TEXTS, result=key_of(GoalResult), value=TEXTS, comment=TEXTS, measured=TEXTS
    ),
    max_size=3,
).map(tuple)
PARTIES = st.lists(
    st.builds(PartyAnswer, party=NAMES, answer=key_of(Fulfilled), comment=TEXTS), max_size=3
).map(tuple)  # fmt: skip
ANSWERS = st.builds(
    ActionAnswer,
    row=st.just("r"),
    status=key_of(Implementation),
    done=TEXTS,
    reason=TEXTS,
    goals=GOALS,
    parties=PARTIES,
)


@given(ANSWERS)
@example(ActionAnswer(row="r", done="a | Status: Pågår"))
@example(ActionAnswer(row="r", done="a\\", status="done"))
@example(ActionAnswer(row="r", parties=(PartyAnswer(party="Polis – ja", answer="no", comment="a (b); c\\"),)))
def test_what_the_cell_says_is_read_back(answer):
    assert cell.read(cell.told(answer)) == cell.carried(answer)


def test_the_cell_reads_as_the_city_writes_it():
    answer = ActionAnswer(
        row="r",
        status="done_with_changes",
        done="Fyra vandringar | en i november",
        goals=(GoalAnswer(key="x", text="52 procent", result="partly", value="49 %", comment="mätt i mars"),),
        parties=(
            PartyAnswer(party="Polisen", answer="yes"),
            PartyAnswer(party="Trafikkontoret", answer="partly", comment="belysningen (park) kom i oktober"),
        ),
    )
    assert cell.told(answer) == (
        "Status: Genomförd med ändringar | Genomfört: Fyra vandringar | en i november | "
        "Mål: 1 – delvis uppnått, 49 % (mätt i mars) | "
        "Parternas åtaganden: Polisen – ja; Trafikkontoret – delvis (belysningen (park) kom i oktober)"
    )


def test_what_the_goals_indicators_say_is_told_last_and_not_read():
    goals = (
        GoalAnswer(key="a", text="", result="partly", measured="Otrygga: från 47 procent mot 42; utfall: 44 procent."),
        GoalAnswer(key="b", text="", result="met"),
    )
    told = cell.told(ActionAnswer(row="r", goals=goals))
    assert told == (
        "Mål: 1 – delvis uppnått; 2 – uppnått | "
        "Målens mätvärden: 1 – Otrygga: från 47 procent mot 42; utfall: 44 procent."
    )
    assert cell.read(told) == cell.CellText(
        goals=(GoalAnswer(key="1", text="", result="partly"), GoalAnswer(key="2", text="", result="met"))
    )


def test_why_an_action_was_not_done_stands_in_the_cell():
    answer = ActionAnswer(row="r", status="cancelled", done="Två av fyra", reason="Vakanser | från mars")
    assert cell.told(answer) == "Status: Avbruten | Genomfört: Två av fyra | Skäl: Vakanser | från mars"
    assert cell.printed(answer) == "Status: Avbruten\nGenomfört: Två av fyra\nSkäl: Vakanser | från mars"
    assert cell.told(ActionAnswer(row="r", reason="Inget att rapportera")) == "Skäl: Inget att rapportera"


def test_a_cell_from_before_the_reason_had_a_place_is_read():
    assert cell.read("Status: Avbruten | Genomfört: Två") == cell.CellText(status="cancelled", done="Två")


def test_an_action_that_nobody_has_answered_has_an_empty_cell():
    unanswered = ActionAnswer(row="r", goals=(GoalAnswer(key="1", text="Mål"),), parties=(PartyAnswer(party="P"),))
    assert cell.told(unanswered) == ""


@given(TEXTS)
def test_a_text_in_no_form_is_what_has_been_done(text):
    prose = f"Vi gick {text}"
    assert cell.read(prose) == cell.CellText(done=prose.strip())


def test_a_cell_written_by_hand_is_understood():
    read = cell.read("status:genomförd|Genomfört:Klart\n|Parternas åtaganden: polisen – JA ;SL – nej (glömde)")
    assert read.status == "done"
    assert read.done == "Klart"
    assert read.parties == (
        PartyAnswer(party="polisen", answer="yes"),
        PartyAnswer(party="SL", answer="no", comment="glömde"),
    )


def test_what_is_not_understood_is_said():
    read = cell.read("Status: Nästan | Mål: första målet nåddes | Parternas åtaganden: Polisen kanske")
    assert read == cell.CellText(misread=("Nästan", "första målet nåddes", "Polisen kanske"))


def test_a_cell_never_holds_more_than_the_template_may():
    long = "x" * 4_000
    answer = ActionAnswer(
        row="r", done=long, status="done",
        goals=tuple(GoalAnswer(key=str(at), text="", result="met", comment=long) for at in range(5)),
    )  # fmt: skip
    told = cell.told(answer)
    assert len(told) <= MAX_TEXT
    assert told.count(cell.CUT) == 6
    assert not cell.is_whole(answer)
    assert cell.is_whole(ActionAnswer(row="r", done=long))


@pytest.mark.parametrize(
    ("words", "choices"),
    [(cell.STATUSES, Implementation), (cell.FULFILLED, Fulfilled), (cell.RESULTS, GoalResult)],
)
def test_the_words_are_those_of_the_page(words, choices):
    known = {key: word.casefold() for key, word in words.items() if key}
    assert known == {value: label.casefold() for value, label in choices.choices}
