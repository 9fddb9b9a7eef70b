"""The follow-up as JSON: what is written can be read back, and what does not fit is refused in words."""

import json

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from followup import enums, open_format
from followup.document import (
    ActionAnswer,
    AreaAnswer,
    Assessed,
    FollowUpDocument,
    GoalAnswer,
    PartyAnswer,
)
from followup.open_format import OpenFormatError

SCHEMA = json.loads(open_format.SCHEMA.read_text(encoding="utf-8"))
TEXTS = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)
UIDS = st.uuids().map(str)


def key_of(choices):
    return st.sampled_from(["", *choices.values])


def several(strategy):
    return st.lists(strategy, max_size=3).map(tuple)


PARTIES = st.builds(PartyAnswer, party=TEXTS, answer=key_of(enums.Fulfilled), comment=TEXTS)
GOALS = st.builds(
    GoalAnswer, key=TEXTS, text=TEXTS, result=key_of(enums.GoalResult), value=TEXTS, source=TEXTS,
    on=st.none() | st.dates(), comment=TEXTS,
)  # fmt: skip
ACTIONS = st.builds(
    ActionAnswer, row=UIDS, status=key_of(enums.Implementation), light=key_of(enums.Light),
    done=TEXTS, changed=TEXTS, helped=TEXTS, hindered=TEXTS, lesson=TEXTS, reason=TEXTS,
    next_year=key_of(enums.NextYear), parties=several(PARTIES), goals=several(GOALS),
)  # fmt: skip
DOCUMENTS = st.builds(
    FollowUpDocument,
    district=TEXTS,
    year=st.integers(2000, 2100),
    version=st.integers(1, 9),
    plan_sha256=st.just("a" * 64),
    summary=TEXTS,
    actions=several(ACTIONS),
    areas=several(
        st.builds(AreaAnswer, row=UIDS, goals=several(GOALS), parties=several(st.tuples(UIDS, PARTIES))),
    ),
    assessments=several(
        st.builds(
            Assessed, row=UIDS, kind=st.sampled_from(enums.AssessedKind.values), change=key_of(enums.Change),
            certainty=key_of(enums.Certainty), text=TEXTS, comparison=TEXTS,
        )
    ),
)  # fmt: skip


@given(DOCUMENTS)
@settings(max_examples=50)
def test_reading_a_written_follow_up_back_gives_an_equal_one(document):
    assert open_format.loads(open_format.dumps(document)) == document


@given(DOCUMENTS)
@settings(max_examples=30)
def test_what_we_write_fits_the_schema(document):
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(open_format.dumps(document)))


def test_the_schema_is_a_valid_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize(
    ("place", "choices"),
    [
        (("action", "status"), enums.Implementation),
        (("action", "light"), enums.Light),
        (("action", "next_year"), enums.NextYear),
        (("party", "answer"), enums.Fulfilled),
        (("goal", "result"), enums.GoalResult),
        (("assessment", "change"), enums.Change),
        (("assessment", "certainty"), enums.Certainty),
    ],
)
def test_the_schema_knows_the_choices_of_the_page(place, choices):
    kind, name = place
    assert set(SCHEMA["$defs"][kind]["properties"][name]["enum"]) == {"", *choices.values}


def test_it_names_itself_its_version_and_the_plan_it_belongs_to():
    document = FollowUpDocument(district="Skärholmen", year=2025, version=2, plan_sha256="b" * 64)
    data = json.loads(open_format.dumps(document))
    assert (data["format"], data["version"]) == ("trygghet/uppfoljning", 1)
    assert data["plan"] == {"version": 2, "sha256": "b" * 64}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{", "rad 1"),
        ("[]", "filens början"),
        ('{"format": "trygghet/atgardsplan"}', "inte en uppföljning"),
    ],
)
def test_what_is_no_follow_up_is_refused_in_words(text, told):
    with pytest.raises(OpenFormatError, match=told):
        open_format.loads(text)
