"""The annual report as JSON: nothing of it is lost, and the same report is always the same text."""

import json
from dataclasses import fields, is_dataclass, make_dataclass, replace
from datetime import date
from decimal import Decimal
from types import NoneType
from typing import get_args, get_origin, get_type_hints
from uuid import NAMESPACE_URL, uuid5

import jsonschema
import pytest

from followup.document import FollowUpDocument
from followup.report import open_format
from followup.report.document import ReportDocument
from followup.report.open_format import OpenFormatError, dumps, loads, validate
from followup.report.reading import read_report
from plans import open_format as plan_format
from plans.comparison import adopt
from plans.document import PlanDocument
from tests.cast import Cast
from tests.followup.answered import real_plan
from tests.followup.reported import handed_in

SIMPLE = {
    str: "Åäö ”citat”\nny rad",
    bool: True,
    int: 17,
    float: 0.1,
    date: date(2026, 2, 20),
    Decimal: Decimal("12.50"),
}


def plan_with_identities():
    """The real plan, each of its rows with an identity."""
    plan = real_plan()
    data = plan_format.to_data(adopt(plan, plan))
    rows = [data]
    for row in rows:
        if "uid" in row:
            row["uid"] = str(uuid5(NAMESPACE_URL, row["uid"]))
        rows += [each for kind in ("areas", "problems", "causes", "actions") for each in row.get(kind, ())]
    return plan_format.from_data(data)


def filled(hint):
    """A value of the type with everything in it filled in, whatever fields it has."""
    if hint in SIMPLE:
        return SIMPLE[hint]
    if hint is PlanDocument:
        return plan_with_identities()
    if hint is FollowUpDocument:
        return FollowUpDocument(district="Farsta", year=2025, version=2, plan_sha256="a" * 64, summary="Bra")
    if is_dataclass(hint):
        hints = get_type_hints(hint)
        return hint(**{item.name: filled(hints[item.name]) for item in fields(hint)})
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is tuple and arguments[1:] == (...,):
        return (filled(arguments[0]), filled(arguments[0]))
    if origin is tuple:
        return tuple(filled(each) for each in arguments)
    if origin is frozenset:
        return frozenset({filled(arguments[0]), "b", "a"})
    if origin is dict:
        return {"b": filled(arguments[1]), "a": filled(arguments[1])}
    return filled(next(each for each in arguments if each is not NoneType))


@pytest.fixture(scope="module")
def everything():
    return filled(ReportDocument)


def test_a_report_with_every_field_filled_is_read_back_equal(everything):
    assert loads(dumps(everything)) == everything


def test_every_field_is_in_the_text(everything):
    data = json.loads(dumps(everything))
    assert set(data) == {"format", "version", *(item.name for item in fields(ReportDocument))}
    for part in ("districts", "obstacles", "indicators", "changes", "earlier"):
        hint = get_args(get_type_hints(ReportDocument)[part])[0]
        assert set(data[part][0]) == {item.name for item in fields(hint)}
    assert set(data["written"]) == {item.name for item in fields(everything.written)}


def test_the_rows_keep_their_identities(everything):
    plan = loads(dumps(everything)).districts[0].plan
    uids = [area.uid for area in plan.areas]
    assert uids == [area.uid for area in everything.districts[0].plan.areas]
    assert all(uids)


def test_the_same_report_is_the_same_text_however_it_came_about(everything):
    text = dumps(everything)
    assert dumps(loads(text)) == text
    written = everything.written
    turned = replace(written, texts=dict(reversed(written.texts.items())))
    assert dumps(replace(everything, written=turned)) == text


def test_an_empty_report_is_read_back_and_fits_the_schema():
    empty = ReportDocument(year=2025, city="Stockholms stad", as_of=date(2026, 2, 20))
    assert loads(dumps(empty)) == empty
    validate(dumps(empty))


def test_the_full_report_fits_the_schema(everything):
    validate(dumps(everything))


def test_the_schema_is_what_the_fields_say():
    """Written by ``manage.py report_schema --write``."""
    assert open_format.SCHEMA.read_text(encoding="utf-8") == open_format.schema_text()
    jsonschema.Draft202012Validator.check_schema(open_format.schema())


@pytest.mark.parametrize("path", [("year",), ("districts", 0, "slug"), ("districts", 0, "plan", "title")])
def test_what_does_not_fit_the_schema_is_said_with_its_place(everything, path):
    data = json.loads(dumps(everything))
    *above, last = path
    place = data
    for step in above:
        place = place[step]
    place[last] = ["något annat"]
    with pytest.raises(OpenFormatError, match="Felet finns vid"):
        validate(json.dumps(data))


def test_another_format_is_not_taken_for_a_report():
    for text in ('{"format": "trygghet/atgardsplan", "version": 1}', '{"format": "trygghet/arsrapport", "version": 2}'):
        with pytest.raises(OpenFormatError):
            loads(text)


def test_what_the_report_has_no_field_for_is_not_passed_over(everything):
    data = json.loads(dumps(everything)) | {"appendix": "något"}
    with pytest.raises(OpenFormatError, match="appendix"):
        loads(json.dumps(data))


def test_a_field_that_could_not_be_written_is_refused():
    odd = make_dataclass("Odd", [("at", object)])
    with pytest.raises(TypeError, match="cannot write"):
        open_format._codec(odd)


@pytest.mark.django_db
def test_a_report_of_the_tables_is_read_back_equal_with_its_figures():
    cast = Cast()
    handed_in(cast)
    report = read_report(cast.city_preparation, cast.cycle)
    text = dumps(report)
    validate(text)
    back = loads(text)
    assert back == report
    assert {code: figure.rows for code, figure in back.figures.items()} == {
        code: figure.rows for code, figure in report.figures.items()
    }
    assert back.figures["F3"].number == 31
