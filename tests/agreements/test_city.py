"""The city file: what it says, what it would change, and what happens when it is wrong."""

import json
import re
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from agreements import city
from agreements.models import (
    CollaborationGroup,
    District,
    Neighbourhood,
    Organisation,
    PlanningCycle,
    PriorityArea,
    PriorityAreaSet,
    TriangleSide,
)

DATA = Path(__file__).resolve().parent.parent / "data"
STOCKHOLM = city.STOCKHOLM.read_text(encoding="utf-8")
DISTRICTS = {
    "Bromma", "Enskede-Årsta-Vantör", "Farsta", "Hägersten-Älvsjö", "Hässelby-Vällingby", "Järva", "Kungsholmen",
    "Norra innerstaden", "Skarpnäck", "Skärholmen", "Södermalm",
}  # fmt: skip


def load_city(*arguments):
    output = StringIO()
    call_command("load_city", *map(str, arguments), stdout=output)
    return output.getvalue()


@pytest.fixture
def edited(tmp_path):
    """Write Stockholm's file with some of its text replaced, and return its path."""

    def write(*replacements):
        text = STOCKHOLM
        for old, new in replacements:
            assert old in text, f"{old!r} is not in stockholm.toml"
            text = text.replace(old, new, 1)
        path = tmp_path / "staden.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def stockholm(db):
    city.load(city.read(city.STOCKHOLM))


# --- What the file says


def test_stockholm_has_its_eleven_districts_with_police_and_neighbourhoods(stockholm):
    assert set(District.objects.values_list("name", flat=True)) == DISTRICTS
    assert not District.objects.filter(local_police_areas=None).exists()
    assert not District.objects.filter(neighbourhoods=None).exists()
    assert {"Bredäng", "Skärholmen", "Sätra", "Vårberg"} == set(
        Neighbourhood.objects.filter(district__slug="skarholmen").values_list("name", flat=True)
    )


def test_every_district_has_an_administration_and_two_groups(stockholm):
    for district in District.objects.all():
        assert district.organisations.filter(kind="district_admin", is_party=True).count() == 1
        assert set(district.groups.values_list("kind", "min_meetings_per_year")) == {
            ("steering", 2),
            ("preparation", None),
        }


def test_the_city_groups_meet_as_the_agreement_says(stockholm):
    steering = CollaborationGroup.objects.get(level="city", kind="steering")
    assert steering.min_meetings_per_year == 4
    assert "mandat att besluta och fullfölja" in steering.mandate
    assert "länken mellan styrgruppen" in CollaborationGroup.objects.get(level="city", kind="preparation").mandate


def words(text):
    return " ".join(text.split())


def printed(area):
    """The area as the appendix prints it."""
    goals = " ".join(f"{goal.number}. {goal.text}" for goal in area.objectives.all())
    return words(f"{area.title} {area.description} {area.example_activities} Målsättningen är att: {goals}")


def test_the_areas_are_the_appendix_word_for_word(stockholm):
    appendix = words((DATA / "prioriterade-samverkansomraden.txt").read_text(encoding="utf-8"))
    areas = PriorityArea.objects.order_by("number")
    whole = " ".join(printed(area) for area in areas)
    assert appendix.endswith(whole)
    assert [area.objectives.count() for area in areas] == [3, 3, 3, 3, 2]
    assert all(area.example_activities for area in areas)
    sides = [side.title for side in TriangleSide.objects.order_by("number")]
    assert [f" {side}" in appendix for side in sides] == [True] * 3
    assert sides == ["motiverad gärningsperson", "lämpligt offer", "frånvaro av kontroll"]


def test_the_areas_and_the_year_are_those_of_the_template(stockholm):
    fixture = json.loads((DATA / "skarholmen-2025.json").read_text(encoding="utf-8"))
    expected = [(area["number"], area["code"], area["canonical_title"], area["sheet"]) for area in fixture["areas"]]
    assert list(PriorityArea.objects.values_list("number", "code", "title", "sheet").order_by("number")) == expected
    for cycle in PlanningCycle.objects.all():
        assert cycle.instructions == fixture["instructions"]
        assert cycle.links == fixture["links"]


def test_each_year_has_its_own_last_days_for_the_steps_of_a_plan(stockholm):
    assert list(PlanningCycle.objects.order_by("year").values_list("year", *city.DUE_DATES)) == [
        (year, date(year, 2, 28), date(year, 3, 31), date(year, 3, 31), date(year, 5, 31)) for year in (2025, 2026)
    ]


def test_the_last_days_follow_the_steps_of_a_plan(stockholm):
    for days in PlanningCycle.objects.values_list(*city.DUE_DATES):
        assert list(days) == sorted(days)


# --- What it would change


@pytest.mark.django_db
def test_without_write_it_tells_what_is_new_and_saves_nothing():
    said = load_city()
    assert "Stadsdelsområden: 11 nya" in said
    assert "Inget är sparat" in said
    assert not District.objects.exists()


@pytest.mark.django_db
def test_loading_twice_changes_nothing():
    load_city("--write")
    said = load_city("--write")
    assert said.startswith("stockholm.toml: inga ändringar")
    assert len(said.splitlines()) == 1


def test_a_changed_name_is_told_with_old_and_new_and_keeps_the_row(stockholm, edited):
    before = District.objects.get(slug="farsta").pk
    path = edited(('name = "Farsta"', 'name = "Farsta och Sköndal"'))
    assert "Farsta och Sköndal (name: Farsta → Farsta och Sköndal)" in load_city(path)
    assert District.objects.get(slug="farsta").name == "Farsta"
    load_city(path, "--write")
    assert District.objects.get(pk=before).name == "Farsta och Sköndal"


def test_a_change_far_into_a_long_text_is_told_where_it_is(stockholm, edited):
    said = load_city(edited(("minska möjligheterna att begå brott", "försvåra brott")))
    assert "Prioriterade områden: 1 ändras\n" in said
    assert re.search(r"description: ….*minska möjligheterna att.* → ….*försvåra brott", said)
    assert max(map(len, said.splitlines())) < 250


def test_a_district_that_ends_is_closed_with_its_groups(stockholm, edited):
    path = edited(
        ('name = "Farsta"\n', 'name = "Farsta"\nvalid_to = 2026-12-31\n'),
    )
    said = load_city(path, "--write")
    assert "Stadsdelsområden: 1 avslutas\n  – Farsta (valid_to: tomt → 2026-12-31)" in said
    assert "Samverkansgrupper: 2 avslutas" in said
    assert District.objects.get(slug="farsta").valid_to == date(2026, 12, 31)


def test_what_the_file_lacks_is_reported_and_stays(stockholm, edited):
    said = load_city(edited(('slug = "micasa"', 'slug = "micasa-ab"')), "--write")
    assert "Organisationer: 1 finns inte i filen och lämnas orörda" in said
    assert set(Organisation.objects.filter(slug__startswith="micasa").values_list("slug", flat=True)) == {
        "micasa",
        "micasa-ab",
    }


def test_a_last_day_that_is_not_settled_is_left_out(stockholm, edited):
    load_city(
        edited(("board_due = 2025-05-31\n", ""), ("review_due = 2025-02-28", "review_due = 2025-02-14")), "--write"
    )
    cycle = PlanningCycle.objects.get(year=2025)
    assert (cycle.review_due, cycle.board_due) == (date(2025, 2, 14), None)


NEXT_EDITION = """
[[area_sets]]
code = "nasta"
name = "Nästa uppsättning"
valid_from = 2027-01-01
triangle_sides = []

[[area_sets.areas]]
number = 1
code = "unga-i-riskzon"
title = "Unga i risk"
short_title = "Unga"
sheet = "1. Unga"
objectives = ["Färre unga begår brott."]

[[cycles]]
year = 2027
area_set = "nasta"
same_template_as = 2025
"""


def test_a_new_edition_of_the_areas_stands_beside_the_old(stockholm, edited):
    path = edited()
    path.write_text(STOCKHOLM + NEXT_EDITION, encoding="utf-8")
    load_city(path, "--write")
    assert PriorityAreaSet.objects.count() == 2
    assert PriorityArea.objects.filter(code="unga-i-riskzon").count() == 2
    assert PlanningCycle.objects.get(year=2027).area_set.code == "nasta"
    assert PlanningCycle.objects.get(year=2025).area_set.areas.count() == 5


# --- When it is wrong


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('slug = "farsta"\n', "", r"staden\.toml: districts\[3\]\.slug saknas \(Farsta\)"),
        ('slug = "farsta"\n', 'slug = "bromma"\n', r"districts\[3\] har samma slug som districts\[1\], bromma"),
        ('slug = "farsta"\n', 'slug = "fa rsta"\n', r"districts\[3\]\.slug stämmer inte \(Farsta\)"),
        ('name = "Farsta"\n', "name = 7\n", r"districts\[3\]\.name ska vara text inom citattecken"),
        ('name = "Farsta"\n', 'name = ""\n', r"districts\[3\]\.name stämmer inte"),
        ("valid_from = 2020-07-01", 'valid_from = "i juli"', r"districts\[4\]\.valid_from ska vara ett datum"),
        ("valid_from = 2020-07-01", "valid_from = 2020-07-01T10:00:00", r"valid_from ska vara ett datum"),
        (
            "valid_from = 2020-07-01",
            "valid_from = 2020-07-01\nvalid_to = 2019-01-01",
            r"districts\[4\]\.valid_to ligger före",
        ),
        ('kind = "police"', 'kind = "polis"', r"organisations\[1\]\.kind stämmer inte \(Polisregion Stockholm\)"),
        ('["vallingby"]', '["blackeberg"]', r"districts\[1\]\.local_police_areas\[1\] hänvisar till 'blackeberg'"),
        ('district = "skarholmen"', 'district = "skara"', r"organisations\[22\] hänvisar till 'skara'"),
        ('name = "Farsta"\n', 'name = "Farsta"\nnamn = "Farsta"\n', r"districts\[3\]\.namn är inget som kan anges"),
        ("board_due = 2025-05-31", 'board_due = "maj"', r"cycles\[1\]\.board_due ska vara ett datum"),
        ("same_template_as = 2025", "same_template_as = 2024", r"cycles\[2\]\.same_template_as är 2024"),
        ('number = 2\ncode = "otrygga', 'number = 1\ncode = "otrygga', r"areas\[2\] har samma number som .*areas\[1\]"),
        ('sheet = "2. Otrygga platser"', f'sheet = "{"x" * 32}"', r"areas\[2\]\.sheet stämmer inte"),
        ("[municipality]", "[municipality", r"staden\.toml: filen är inte giltig TOML"),
    ],
)
def test_an_error_names_the_file_and_the_place_and_saves_nothing(edited, old, new, expected):
    with pytest.raises(CommandError) as refusal:
        load_city(edited((old, new)), "--write")
    assert str(refusal.value).startswith("staden.toml: ")
    assert re.search(expected, str(refusal.value)), str(refusal.value)
    assert not District.objects.exists()


@pytest.mark.django_db
def test_what_the_database_refuses_leaves_nothing_half_written(stockholm, edited):
    """Two areas that swap numbers pass the file's own checks, but not one after the other in the database."""
    path = edited(
        ('name = "Farsta"', 'name = "Farsta och Sköndal"'),
        ('number = 1\ncode = "unga-i-riskzon"', 'number = 2\ncode = "unga-i-riskzon"'),
        ('number = 2\ncode = "otrygga-platser"', 'number = 1\ncode = "otrygga-platser"'),
    )
    with pytest.raises(CommandError, match=r"area_sets\[1\]\.areas\[1\] går inte att spara"):
        load_city(path, "--write")
    assert District.objects.get(slug="farsta").name == "Farsta"


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(city.CityError, match="saknad.toml: filen går inte att läsa"):
        city.read(tmp_path / "saknad.toml")


def test_a_file_in_another_encoding_is_named(tmp_path):
    path = tmp_path / "latin.toml"
    path.write_bytes('name = "Järva"'.encode("latin-1"))
    with pytest.raises(city.CityError, match="latin.toml: filen är inte text i UTF-8"):
        city.read(path)
