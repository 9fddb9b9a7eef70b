"""Plans to test with."""

import json
from pathlib import Path

import pytest

from plans import editing, open_format
from tests.cast import Cast

DATA = Path(__file__).resolve().parent.parent / "data"


@pytest.fixture
def cast(db):
    """Everybody, in a city with Skärholmen and Farsta and no plan yet."""
    return Cast()


@pytest.fixture(scope="session")
def skarholmen_data():
    """The real plan of Skärholmen 2025 as data."""
    return json.loads((DATA / "skarholmen-2025.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def skarholmen(skarholmen_data):
    """The real plan of Skärholmen 2025 as a document."""
    return open_format.from_data(skarholmen_data)


@pytest.fixture
def empty_plan(cast):
    """Skärholmen's plan for 2025 as it begins: the five areas and nothing in them."""
    return editing.create_plan(cast.district, cast.cycle, by=cast.editor)


@pytest.fixture
def plan(empty_plan, skarholmen, cast):
    """Skärholmen's plan for 2025 with its real content."""
    editing.replace_content(empty_plan, skarholmen, by=cast.editor, summary="Läste in planen")
    return empty_plan
