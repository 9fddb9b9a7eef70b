"""City files that somebody got wrong in a way nobody thought of, and a country's worth of districts."""

import re
import tempfile
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from agreements import city
from agreements.models import CollaborationGroup, District, GroupMembership, Municipality, Neighbourhood

LINES = city.EXAMPLE.read_text(encoding="utf-8").splitlines()
# What ends up in a field by mistake, or to see what happens.
VALUES = [
    "", "null", "~", "true", "no", "0", "-1", "7", "99999", "1e400", ".nan", "0x1F", "12:30:45", "2025-02-30",
    "1999-01-01", "9999-12-31", "2026-01-01T10:00:00Z", "[]", "{}", "[a, [b]]", "{a: b}", '"\\0"', '"\\ud800"', "&a",
    "*a", "!!binary aGVq", "|-", ">", "%", "@", "`", "'", "x" * 300, "hamnkvarteren", "kommunpolis",
    "police", "steering", "{slug}", "å ä ö", "<script>", "{administration}", "exempelstads-fyra-omraden",
]  # fmt: skip


def _value_replaced(lines, at, value):
    return [*lines[:at], re.sub(r"(:|-) .*$", lambda found: f"{found[1]} {value}", lines[at]), *lines[at + 1 :]]


CHANGES = {
    "removed": lambda lines, at, other, value: lines[:at] + lines[at + 1 :],
    "twice": lambda lines, at, other, value: lines[: at + 1] + lines[at:],
    "moved": lambda lines, at, other, value: _moved(lines, at, other),
    "indented": lambda lines, at, other, value: [*lines[:at], "  " + lines[at], *lines[at + 1 :]],
    "outdented": lambda lines, at, other, value: [*lines[:at], lines[at].removeprefix("  "), *lines[at + 1 :]],
    "replaced": lambda lines, at, other, value: _value_replaced(lines, at, value),
    "taken from another line": lambda lines, at, other, value: _value_replaced(
        lines, at, re.sub(r"^.*?(:|-) ", "", lines[other])
    ),
    "cut": lambda lines, at, other, value: [*lines[:at], lines[at][: len(lines[at]) // 2], *lines[at + 1 :]],
    "ended": lambda lines, at, other, value: lines[:at],
}
TELLING = [number for number, line in enumerate(LINES) if line.strip() and not line.strip().startswith("#")]


def _moved(lines, at, other):
    rest = lines[:at] + lines[at + 1 :]
    return [*rest[:other], lines[at], *rest[other:]]


@st.composite
def mistaken_files(draw):
    """Exempelstad's file with one to three mistakes in it."""
    lines = LINES
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.sampled_from([number for number in TELLING if number < len(lines)] or [0]))
        other = draw(st.integers(0, max(0, len(lines) - 1)))
        if lines:
            lines = CHANGES[draw(st.sampled_from(sorted(CHANGES)))](lines, at, other, draw(st.sampled_from(VALUES)))
    return "\n".join(lines)


@contextmanager
def saved(text):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "staden.yaml"
        path.write_text(text, encoding="utf-8")
        yield path


def rows():
    return [model.objects.count() for model in (Municipality, District, Neighbourhood, CollaborationGroup)]


@pytest.mark.django_db
@given(text=mistaken_files())
@example(text="\n".join(LINES).replace("2026-01-31", "0001-01-01"))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_mistaken_file_is_loaded_or_refused_in_words_and_then_nothing_is_written(text):
    with transaction.atomic():
        before = rows()
        try:
            with saved(text) as path:
                call_command("load_city", str(path), "--write", stdout=StringIO())
        except CommandError as refusal:
            assert re.match(r"staden\.yaml( rad \d+)?[:,] ?\S", str(refusal)), str(refusal)
            assert rows() == before
        else:
            with saved(text) as path:
                assert all(change.is_empty for change in city.changes(city.read(path)))
        transaction.set_rollback(True)


@given(text=st.text(max_size=200))
@settings(max_examples=200)
def test_any_text_at_all_is_read_or_refused(text):
    with saved(text.encode("utf-8", "replace").decode()) as path, pytest.raises(city.CityError):
        city.read(path)


@given(content=st.binary(max_size=200))
@settings(max_examples=100)
def test_any_file_at_all_is_read_or_refused(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "staden.yaml"
        path.write_bytes(content)
        with pytest.raises(city.CityError, match=r"^staden\.yaml"):
            city.read(path)


# --- Many districts


def with_districts(number):
    """Exempelstad's file with so many more districts."""
    more = "".join(
        f"  - slug: omrade-{n}\n    name: Område {n}\n    administration: Område {n}s förvaltning\n"
        "    valid_from: 2024-01-01\n    local_police_areas: [exempelstad-norr]\n"
        f"    neighbourhoods: [Norra {n}, Södra {n}]\n"
        for n in range(1, number + 1)
    )
    text = "\n".join(LINES) + "\n"
    head, found, tail = text.partition("\ndistricts:\n")
    assert found
    return f"{head}{found}{more}{tail}"


def queries_to_load(number):
    with saved(with_districts(number)) as path, transaction.atomic():
        found = city.read(path)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            city.load(found)
        transaction.set_rollback(True)
    return len(captured)


@pytest.mark.django_db
def test_as_many_districts_as_sweden_has_municipalities_load_in_few_queries():
    few, many = queries_to_load(10), queries_to_load(290)
    assert few < 120
    assert many - few < 40  # more batches, and nothing for each district


@pytest.mark.django_db
def test_nothing_changed_among_many_districts_takes_a_query_for_each_kind_of_row():
    with saved(with_districts(290)) as path:
        found = city.read(path)
        city.load(found)
        assert District.objects.count() == 293
        assert GroupMembership.objects.filter(group__district__slug="omrade-290").count() == 6
        with CaptureQueriesContext(connection) as captured:
            assert all(change.is_empty for change in city.load(found))
    assert len(captured) <= len(city.TABLES) + 3


@pytest.mark.django_db
def test_a_change_in_every_district_is_written_in_few_queries():
    with saved(with_districts(100)) as path:
        city.load(city.read(path))
    closed = with_districts(100).replace(
        "    valid_from: 2024-01-01\n    local", "    valid_from: 2024-02-01\n    local"
    )
    with saved(closed) as path, CaptureQueriesContext(connection) as captured:
        changed = {change.table.model: len(change.changed) for change in city.load(city.read(path))}
    assert changed[District] == 103
    assert changed[CollaborationGroup] == 206
    assert len(captured) < 70
