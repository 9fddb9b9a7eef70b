"""The open JSON format: what is written can be read back, and what does not fit is refused in words."""

import copy
import json

import jsonschema
import pytest
from hypothesis import given, settings

from plans import open_format
from plans.open_format import OpenFormatError
from tests.plans.strategies import documents

SCHEMA = json.loads(open_format.SCHEMA.read_text(encoding="utf-8"))


@given(documents())
@settings(max_examples=50)
def test_reading_a_written_plan_back_gives_an_equal_plan(document):
    assert open_format.loads(open_format.dumps(document)) == document


@given(documents())
@settings(max_examples=30)
def test_what_we_write_fits_the_schema(document):
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(open_format.dumps(document)))


def test_the_schema_is_a_valid_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_real_plan_is_written_in_the_shape_it_was_read_from(skarholmen, skarholmen_data):
    written = open_format.to_data(skarholmen)
    for name in ("title", "year", "district", "instructions"):
        assert written[name] == skarholmen_data[name]
    for area, original in zip(written["areas"], skarholmen_data["areas"], strict=True):
        assert area == original


def test_swedish_letters_are_written_as_they_are(skarholmen):
    assert "Skärholmen" in open_format.dumps(skarholmen)


def test_the_counts_in_the_file_are_for_the_reader_and_counted_again(skarholmen):
    data = open_format.to_data(skarholmen)
    data["counts"][0]["problems"] = 99
    assert open_format.from_data(data).counts() == skarholmen.counts()


def test_a_copy_without_identities_is_the_same_plan_with_no_uid(skarholmen):
    assert '"uid"' not in open_format.dumps(open_format.without_identities(skarholmen))
    assert open_format.without_identities(skarholmen) == skarholmen


def first_action(data):
    return data["areas"][0]["problems"][0]["causes"][0]["actions"][0]


def spoil(name, value):
    def spoiled(data):
        first_action(data)[name] = value

    return spoiled


@pytest.mark.parametrize(
    ("spoiled", "message"),
    [
        (lambda data: data.pop("areas"), "filens början"),
        (lambda data: data.update(year="2025"), "year"),
        (spoil("text", "x" * 8001), "areas[0].problems[0].causes[0].actions[0].text"),
        (spoil("text", 5), "areas[0].problems[0].causes[0].actions[0].text"),
        (spoil("work_form", "whatever"), "work_form"),
        (spoil("uid", "not-a-uuid"), "uid"),
        (spoil("timings", [{"kind": "date", "starts_on": "2025-02-30"}]), "starts_on"),
        (spoil("also_causes", ["9.9.9"]), "orsak 9.9.9, som inte finns under samma problem"),
    ],
)
def test_data_that_is_no_plan_is_refused_saying_where(skarholmen_data, spoiled, message):
    data = copy.deepcopy(skarholmen_data)
    spoiled(data)
    with pytest.raises(OpenFormatError) as refusal:
        open_format.from_data(data)
    assert message in str(refusal.value)


@pytest.mark.parametrize("text", ["", "{", "[1, 2]", "null", '"plan"'])
def test_text_that_is_no_plan_is_refused(text):
    with pytest.raises(OpenFormatError):
        open_format.loads(text)
