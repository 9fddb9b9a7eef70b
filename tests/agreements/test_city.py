"""The city file: what it says, what it would change, and what happens when it is wrong."""

import json
import re
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from agreements import city
from agreements.models import (
    AreaMapping,
    CollaborationGroup,
    DataSource,
    District,
    Function,
    GroupMembership,
    Municipality,
    Neighbourhood,
    Organisation,
    PlanningCycle,
    PriorityArea,
    PriorityAreaSet,
    TemplateText,
    TriangleSide,
)
from agreements.year.steps import DATE_FIELDS

DATA = Path(__file__).resolve().parent.parent / "data"
STOCKHOLM = city.STOCKHOLM.read_text(encoding="utf-8")
FARSTA = "    name: Farsta"
CURRENT, EARLIER = "fem-prioriterade-omraden", "omraden-i-overenskommelsens-bilaga"
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
            assert old in text, f"{old!r} is not in stockholm.yaml"
            text = text.replace(old, new, 1)
        path = tmp_path / "staden.yaml"
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
    areas = PriorityArea.objects.filter(area_set__code=CURRENT).order_by("number")
    whole = " ".join(printed(area) for area in areas)
    assert appendix.endswith(whole)
    assert [area.objectives.count() for area in areas] == [3, 3, 3, 3, 2]
    assert all(area.example_activities for area in areas)
    sides = [side.title for side in TriangleSide.objects.order_by("number")]
    assert [f" {side}" in appendix for side in sides] == [True] * 3
    assert sides == ["motiverad gärningsperson", "lämpligt offer", "frånvaro av kontroll"]


def letters(text):
    """The text without spaces and hyphens, which the printed page breaks its lines with."""
    return re.sub(r"[\s-]+", "", text)


def test_the_earlier_areas_are_the_agreements_own_annex_word_for_word(stockholm):
    """P08: an edition of the areas has its own dates. The agreement's annex is the earlier one (domain F2)."""
    annex = letters((DATA / "overenskommelsens-bilaga.txt").read_text(encoding="utf-8"))
    areas = PriorityArea.objects.filter(area_set__code=EARLIER).order_by("number")
    assert annex.endswith(letters("".join(f"{area.title} {area.description}" for area in areas)))
    assert [area.title for area in areas] == [
        "Unga i risk för kriminalitet",
        "Avhopparverksamhet för kriminella",
        "Arbetet mot våldsbejakande extremism",
        "Särskilt utsatta och sårbara brottsoffer",
        "Otillåten påverkan",
    ]


def test_one_edition_of_the_areas_ends_the_day_before_the_next_begins(stockholm):
    earlier, current = PriorityAreaSet.objects.get(code=EARLIER), PriorityAreaSet.objects.get(code=CURRENT)
    assert earlier.valid_to == current.valid_from - timedelta(days=1)
    assert list(PriorityAreaSet.objects.valid_on(date(2024, 6, 1))) == [earlier]
    assert list(PriorityAreaSet.objects.valid_on(date(2025, 6, 1))) == [current]


def test_each_earlier_area_has_one_that_takes_over(stockholm):
    """P08: rows of an earlier year find their area in the new edition."""
    assert set(AreaMapping.objects.values_list("old__code", "new__code")) == {
        ("unga-i-risk", "unga-i-riskzon"),
        ("avhopparverksamhet", "kriminella-miljoer"),
        ("valdsbejakande-extremism", "kriminella-miljoer"),
        ("brottsoffer", "brottsoffer"),
        ("otillaten-paverkan", "systemhotande"),
    }


def test_the_measurements_of_the_safety_programme_are_there_with_how_often_they_come(stockholm):
    """P29: Trygghetsmätningen every third year, Stockholmsenkäten every second, the regional one yearly."""
    every = dict(DataSource.objects.values_list("name", "interval_months"))
    assert every["Trygghetsmätningen"] == 36
    assert every["Stockholmsenkäten"] == 24
    assert every["Regional trygghetsmätning"] == 12
    assert {name for name, months in every.items() if months is None} == {
        "Data från Tyck till-appen", "Kriminalstatistik", "Medborgarundersökningen", "Skolenkäter",
        "Trygghet på karta",
    }  # fmt: skip
    survey = DataSource.objects.get(name="Trygghetsmätningen")
    assert survey.next_on.year - survey.latest_on.year == 3


# --- Seats


def seats(group):
    """The seats of the group as (function, organisation), in the order of their titles."""
    rows = GroupMembership.objects.filter(group__slug=group).order_by("pk")
    return [f"{row.function.title}, {row.organisation.name}" for row in rows.select_related("function", "organisation")]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (
            "styrgrupp-skarholmen",  # P18
            [
                "Stadsdelsdirektör, Skärholmens stadsdelsförvaltning",
                "Lokalpolisområdeschef, Polisregion Stockholm",
                "Chef eller annan befattning med mandat, Utbildningsförvaltningen",
                "Chef eller annan befattning med mandat, Trafikkontoret",
                "Chef eller annan befattning med mandat, Stadens bostadsbolag",
            ],
        ),
        (
            "beredningsgrupp-farsta",  # P19
            ["Trygghetsstrateg, Farsta stadsdelsförvaltning", "Kommunpolis, Polisregion Stockholm"],
        ),
        (
            "central-styrgrupp",  # P21
            [
                "Biträdande stadsdirektör, Stadsledningskontoret",
                "Chef för polisområde, Polisområde Stockholm syd",
                "Chef för polisområde, Polisområde Stockholm city",
                "Chef för polisområde, Polisområde Stockholm nord",
                "Förvaltningschef, Trafikkontoret",
                "Förvaltningschef, Socialförvaltningen",
                "Förvaltningschef, Utbildningsförvaltningen",
                "Förvaltningschef, Stadens stadsdelsförvaltningar",
                "Säkerhetsdirektör, Stadsledningskontoret",
            ],
        ),
        (
            "central-beredningsgrupp",  # P22
            [
                "Samordnande polis i Stockholms stad, Polisregion Stockholm",
                "Samordnare för trygghetsfrågor, Stadsledningskontoret",
                "Samordnare för säkerhetsfrågor, Stadsledningskontoret",
            ],
        ),
    ],
)
def test_groups_have_the_seats_that_the_agreement_names(stockholm, group, expected):
    """P18, P19, P21, P22: who sits in which group; nobody in them yet."""
    assert seats(group) == expected
    assert not GroupMembership.objects.exclude(user=None).exists()


@pytest.fixture
def kommunpolis(stockholm):
    return GroupMembership.objects.get(group__slug="beredningsgrupp-farsta", function__code="kommunpolis")


@pytest.mark.parametrize(
    "now", [{"valid_to": date(2025, 6, 30)}, {"valid_from": date(2025, 3, 1)}, {"is_secretary": True}]
)
def test_a_seat_is_the_peoples_once_it_is_there(kommunpolis, now):
    """Filled, changed or ended: the file neither changes it nor puts a vacant one beside it."""
    kommunpolis.user = User.objects.create(username="kommunpolis.farsta")
    for name, value in now.items():
        setattr(kommunpolis, name, value)
    kommunpolis.save()
    said = load_city("--write")
    assert said.startswith("stockholm.yaml: inga ändringar")
    assert seats("beredningsgrupp-farsta").count("Kommunpolis, Polisregion Stockholm") == 1
    again = GroupMembership.objects.get(pk=kommunpolis.pk)
    assert all(getattr(again, name) == value for name, value in now.items())


def test_a_seat_that_was_never_there_is_added_beside_the_others(stockholm, edited):
    seat = '      - {function: trygghetsstrateg, organisation: "{administration}"}\n'
    path = edited((seat, f'{seat}      - {{function: sakerhetssamordnare, organisation: "{{administration}}"}}\n'))
    assert "Platser i grupperna: 11 nya" in load_city(path)
    load_city(path, "--write")
    assert "Säkerhetssamordnare, Farsta stadsdelsförvaltning" in seats("beredningsgrupp-farsta")


def test_seats_that_people_have_added_are_not_reported_as_missing_in_the_file(kommunpolis):
    GroupMembership.objects.create(
        group=kommunpolis.group,
        function=Function.objects.get(code="ungdomssamordnare"),
        organisation=kommunpolis.organisation,
        valid_from=date(2025, 1, 1),
    )
    assert "Platser" not in load_city()


def test_the_areas_and_the_year_are_those_of_the_template(stockholm):
    fixture = json.loads((DATA / "skarholmen-2025.json").read_text(encoding="utf-8"))
    expected = [(area["number"], area["code"], area["canonical_title"], area["sheet"]) for area in fixture["areas"]]
    areas = PriorityArea.objects.filter(area_set__code=CURRENT).order_by("number")
    assert list(areas.values_list("number", "code", "title", "sheet")) == expected
    for cycle in PlanningCycle.objects.all():
        assert cycle.instructions == fixture["instructions"]
        assert cycle.links == fixture["links"]


def test_each_year_has_its_own_last_days_for_every_step_of_the_year(stockholm):
    """P02, P16, P23: pictures, analysis, draft, review, decision, board with tertial 1, follow-up, compilation."""
    for year, *days in PlanningCycle.objects.values_list("year", *DATE_FIELDS):
        assert dict(zip(DATE_FIELDS, days, strict=True)) == {
            "pictures_due": date(year - 1, 10, 31),
            "joint_picture_due": date(year - 1, 11, 30),
            "analysis_due": date(year - 1, 12, 31),
            "draft_due": date(year, 2, 15),
            "review_due": date(year, 2, 28),
            "decision_due": date(year, 3, 31),
            "submission_due": date(year, 3, 31),
            "board_due": date(year, 5, 31),
            "tertial_due": date(year, 5, 31),
            "follow_up_opens": date(year, 11, 1),
            "follow_up_due": date(year + 1, 1, 15),
            "compilation_due": date(year + 1, 1, 31),
            "feedback_due": date(year + 1, 2, 28),
        }
        assert days == sorted(days)


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
    assert said.startswith("stockholm.yaml: inga ändringar")
    assert len(said.splitlines()) == 1


def test_a_changed_name_is_told_with_old_and_new_and_keeps_the_row(stockholm, edited):
    before = District.objects.get(slug="farsta").pk
    path = edited((FARSTA, f"{FARSTA} och Sköndal"))
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
        (FARSTA, f"{FARSTA}\n    valid_to: 2026-12-31"),
    )
    said = load_city(path, "--write")
    assert "Stadsdelsområden: 1 avslutas\n  – Farsta (valid_to: tomt → 2026-12-31)" in said
    assert "Samverkansgrupper: 2 avslutas" in said
    assert District.objects.get(slug="farsta").valid_to == date(2026, 12, 31)


def test_what_the_file_lacks_is_reported_and_stays(stockholm, edited):
    said = load_city(edited(("slug: micasa", "slug: micasa-ab")), "--write")
    assert "Organisationer: 1 finns inte i filen och lämnas orörda" in said
    assert set(Organisation.objects.filter(slug__startswith="micasa").values_list("slug", flat=True)) == {
        "micasa",
        "micasa-ab",
    }


def test_a_last_day_that_is_not_settled_is_left_out(stockholm, edited):
    load_city(
        edited(("    board_due: 2025-05-31\n", ""), ("review_due: 2025-02-28", "review_due: 2025-02-20")), "--write"
    )
    cycle = PlanningCycle.objects.get(year=2025)
    assert (cycle.review_due, cycle.board_due) == (date(2025, 2, 20), None)


NEXT_EDITION = """
  - code: nasta
    name: Nästa uppsättning
    valid_from: 2027-01-01
    follows: fem-prioriterade-omraden
    triangle_sides: []
    areas:
      - number: 1
        code: unga-i-riskzon
        title: Unga i risk
        short_title: Unga
        sheet: 1. Unga
        objectives: [Färre unga begår brott.]
        takes_over:
          - area: unga-i-riskzon

data_sources:"""

YEAR_2027 = """
  - year: 2027
    area_set: nasta
    same_template_as: 2026
"""


def test_a_new_edition_of_the_areas_stands_beside_the_old(stockholm, edited):
    """P08: an edition ends when the next begins; plans and years of the old one keep it."""
    path = edited(
        (
            "    valid_from: 2025-01-01\n    follows:",
            "    valid_from: 2025-01-01\n    valid_to: 2026-12-31\n    follows:",
        ),
        ("\ndata_sources:", NEXT_EDITION),
    )
    path.write_text(path.read_text(encoding="utf-8") + YEAR_2027, encoding="utf-8")
    load_city(path, "--write")
    assert PriorityAreaSet.objects.count() == 3
    assert PriorityArea.objects.filter(code="unga-i-riskzon").count() == 2
    years = {cycle.year: cycle for cycle in PlanningCycle.objects.select_related("area_set")}
    assert years[2027].area_set.code == "nasta"
    assert years[2025].area_set.areas.count() == 5
    assert years[2027].instructions == years[2025].instructions != []


# --- When it is wrong


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  - slug: farsta\n    name", "  - name", r"districts\[3\]\.slug: saknas \(Farsta\)"),
        ("slug: farsta\n", "slug: bromma\n", r"districts\[3\]: har samma slug, bromma, som rad \d+, districts\[1\]"),
        ("slug: farsta\n", "slug: fa rsta\n", r"districts\[3\]\.slug: stämmer inte \(Farsta\)"),
        ("code: stockholm\n", "code: 0180\n", r"municipality\.code: ska vara text; sätt citattecken"),
        (FARSTA, "    name: 7", r"districts\[3\]\.name: ska vara text"),
        (FARSTA, '    name: ""', r"districts\[3\]\.name: stämmer inte"),
        (FARSTA, "    name:", r"districts\[3\]\.name: saknas"),
        ("valid_from: 2020-07-01", "valid_from: i juli", r"districts\[4\]\.valid_from: ska vara ett datum"),
        ("valid_from: 2020-07-01", "valid_from: 2020-07-01T10:00:00", r"valid_from: ska vara ett datum"),
        ("valid_from: 2020-07-01", "valid_from: 2020-02-30", r"valid_from: ska vara ett datum"),
        ("kind: police\n", "kind: polis\n", r"organisations\[1\]\.kind: stämmer inte \(Polisregion Stockholm\)"),
        ("[vallingby]", "[blackeberg]", r"districts\[1\]\.local_police_areas\[1\]: hänvisar till 'blackeberg'"),
        ("district: skarholmen", "district: skara", r"organisations\[22\]\.district: hänvisar till 'skara'"),
        (
            FARSTA,
            f"{FARSTA}\n    namn: Farsta",
            r"\.namn: är inget som kan anges här; kontrollera stavningen \(Farsta\)\.$",
        ),
        ("\ndata_sources:", "\ndatakallor:", r"datakallor: är inget som kan anges"),
        ("board_due: 2025-05-31", "board_due: maj", r"cycles\[1\]\.board_due: ska vara ett datum"),
        ("same_template_as: 2025", "same_template_as: 2024", r"cycles\[2\]\.same_template_as: 2024 finns inte bland"),
        ("same_template_as: 2025", "same_template_as: 2026", r"cycles\[2\]\.same_template_as: 2026 leder i en cirkel"),
        ("follows: omraden-i", "follows: andra-omraden-i", r"area_sets\[2\]\.follows: .* finns inte bland area_sets"),
        ("follows: omraden-i-overenskommelsens-bilaga", "follows: fem-prioriterade-omraden", r"leder i en cirkel"),
        ("- area: unga-i-risk\n", "- area: unga\n", r"takes_over\[1\]\.area: hänvisar till 'unga'"),
        (
            "number: 2\n        code: otrygga",
            "number: 1\n        code: otrygga",
            r"areas\[2\]: har samma number, 1, som rad \d+, area_sets\[2\]\.areas\[1\]",
        ),
        ("2. Otrygga platser", "x" * 32, r"areas\[2\]\.sheet: är längre än 31 tecken \(Otrygga.*\)\.$"),
        (FARSTA, f"    name: {'Å' * 400}", r"districts\[3\]\.name: är längre än 100 tecken \(Å{59}…\)\.$"),
        ("function: kommunpolis", "function: polis", r"local_groups\[2\]\.seats\[2\]\.function: hänvisar till 'polis'"),
        (
            "function: kommunpolis, organisation: polisregion-stockholm}",
            "function: kommunpolis, organisation: socialforvaltningen}",
            r"local_groups\[2\]\.seats\[2\]\.function: stämmer inte .* Kommunpolis finns hos polisen",
        ),
        (
            "seats:\n      - {function: samordnande-polis, organisation: polisregion-stockholm}",
            "seats:\n      - {function: samordnande-polis}",
            r"city_groups\[2\]\.seats\[1\]\.organisation: saknas \(Central beredningsgrupp\)",
        ),
        ("interval_months: 36", "interval_months: 0", r"data_sources\[1\]\.interval_months: ska vara mellan 1 och 600"),
        ("year: 2026", "year: 20260", r"cycles\[2\]\.year: ska vara mellan 2000 och 2200"),
    ],
)
def test_an_error_names_the_file_and_the_place_and_saves_nothing(edited, old, new, expected):
    with pytest.raises(CommandError) as refusal:
        load_city(edited((old, new)), "--write")
    assert re.match(r"staden\.yaml rad \d+, ", str(refusal.value)), str(refusal.value)
    assert re.search(expected, str(refusal.value)), str(refusal.value)
    assert not District.objects.exists()


def dates_wrong(old, new, expected):
    return pytest.param(old, new, expected, id=new.strip().replace("\n", " ")[:40])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        dates_wrong(
            "valid_to: 2024-12-31",
            "valid_to: 2025-01-01",
            r"area_sets\[2\]\.valid_from: Fem prioriterade .* börjar innan Områdena .*rad \d+, area_sets\[1\]\) "
            r"har upphört, som gäller till och med 2025-01-01\. Två uppsättningar områden får inte gälla samtidigt\.",
        ),
        dates_wrong("    valid_to: 2024-12-31\n", "", r"area_sets\[2\]\.valid_from: .* som saknar slutdatum"),
        dates_wrong(
            "valid_to: 2024-12-31", "valid_to: 2020-12-31", r"area_sets\[1\]\.valid_to: ligger före valid_from"
        ),
        dates_wrong(
            "valid_from: 2020-07-01",
            "valid_from: 2020-07-01\n    valid_to: 2019-01-01",
            r"districts\[4\]\.valid_to: ligger före valid_from \(Hägersten-Älvsjö\)",
        ),
        dates_wrong(
            '  - slug: "beredningsgrupp-{slug}"',
            '  - slug: "styrgrupp-2-{slug}"\n    name: "Ny styrgrupp, {district}"\n    kind: steering\n'
            '    valid_from: 2026-01-01\n  - slug: "beredningsgrupp-{slug}"',
            r"local_groups\[2\]\.valid_from: Ny styrgrupp, .* börjar innan .* Två grupper av samma slag",
        ),
        dates_wrong("next_on: 2026-01-01", "next_on: 2023-01-01", r"data_sources\[1\]\.next_on: ligger inte efter"),
        dates_wrong(
            "review_due: 2025-02-28",
            "review_due: 2025-04-28",
            r"cycles\[1\]\.decision_due: ligger före review_due, 2025-04-28 \(2025\)",
        ),
        dates_wrong(
            "feedback_due: 2026-02-28",
            "feedback_due: 2062-02-28",
            r"feedback_due: 2062-02-28 ligger långt från .* 2025",
        ),
        dates_wrong(
            "- year: 2025\n    area_set: fem-prioriterade-omraden",
            "- year: 2025\n    area_set: omraden-i-overenskommelsens-bilaga",
            r"cycles\[1\]\.area_set: Områdena i .* bilaga gäller inte 2025",
        ),
    ],
)
def test_periods_that_cannot_be_are_told_with_line_and_field(edited, old, new, expected):
    """P08: one edition of the areas at a time; the same for the steering group of a district."""
    with pytest.raises(CommandError) as refusal:
        load_city(edited((old, new)), "--write")
    assert re.match(r"staden\.yaml rad \d+, ", str(refusal.value))
    assert re.search(expected, str(refusal.value)), str(refusal.value)
    assert not District.objects.exists()


def test_the_line_is_the_one_where_the_field_stands(edited):
    path = edited(("board_due: 2025-05-31", "board_due: maj"))
    line = next(n for n, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "maj" in text.split())
    with pytest.raises(city.CityError, match=rf"^staden\.yaml rad {line}, cycles\[1\]\.board_due: ska vara ett datum"):
        city.read(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", r"^staden\.yaml: filen är tom"),
        ("# bara en kommentar\n", r"filen är tom"),
        ("- en lista\n", r"filen är tom eller börjar inte med ett avsnitt"),
        ("municipality:\n\tcode: a\n", r"^staden\.yaml rad 2: filen är inte giltig YAML\. Raden är indragen med tabb"),
        ("municipality:\n  code: a\n  code: b\n", r"^staden\.yaml rad 3: code står redan på rad 2"),
        ("municipality: &m\n  code: a\npolice_areas: *m\n", r"^staden\.yaml rad 1: & och \*"),
        ("municipality: !!python/object:os.system {}\n", r"^staden\.yaml rad 1: ! \(taggar\)"),
        ("%YAML 1.1\n---\nmunicipality: {}\n", r"^staden\.yaml rad \d: rader som börjar med %"),
        ("municipality: {<<: {code: a}}\n", r"ett namn som inte kan användas"),
        ("? [a, b]\n: c\n", r"ett namn som inte kan användas"),
        ("municipality: " + "[" * 2000 + "\n", r"^staden\.yaml rad 1: listor och avsnitt ligger för djupt"),
        (
            'municipality:\n  name: "a\\0b"\n',
            r"^staden\.yaml rad 2: texten innehåller ett tecken som inte går att spara",
        ),
        ('municipality:\n  name: "\\ud800"\n', r"^staden\.yaml rad 2: texten innehåller ett tecken"),
        ("municipality:\n  name: a\x07b\n", r"otillåtet tecken"),
        ("municipality:\n  name: 'a\n", r"^staden\.yaml rad \d: filen är inte giltig YAML\. Ett citattecken saknar"),
        ("municipality:\n  name: a: b\n", r"^staden\.yaml rad 2: .*Ett kolon står där det inte kan stå"),
        ("municipality:\n  name: a\n b: c\n", r"^staden\.yaml rad 3: .*inte indragen som raderna ovanför"),
        ("a: 1\n---\nb: 2\n", r"flera dokument"),
        ("x: " + "y" * 2_000_001, r"^staden\.yaml: filen är större än 2 MB"),
    ],
)
def test_a_file_that_is_not_plain_yaml_is_refused_with_the_line_and_what_to_do(tmp_path, text, expected):
    path = tmp_path / "staden.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(city.CityError) as refusal:
        city.read(path)
    assert re.search(expected, str(refusal.value)), str(refusal.value)


def test_a_file_saved_with_a_byte_order_mark_reads_as_any_other(tmp_path):
    path = tmp_path / "staden.yaml"
    path.write_text("\ufeff" + STOCKHOLM, encoding="utf-8")
    assert city.read(path).rows == city.read(city.STOCKHOLM).rows


@pytest.mark.django_db
def test_a_database_serves_one_city(stockholm):
    with pytest.raises(CommandError, match=r"municipality\.code: databasen hör till Stockholms stad"):
        load_city(city.EXAMPLE, "--write")
    assert Municipality.objects.get().code == "stockholm"
    assert District.objects.count() == 11


@pytest.mark.django_db
def test_what_the_database_refuses_leaves_nothing_half_written(stockholm, edited):
    """Two areas that swap numbers pass the file's own checks, but not one after the other in the database."""
    path = edited(
        (FARSTA, f"{FARSTA} och Sköndal"),
        ("number: 1\n        code: unga-i-riskzon", "number: 2\n        code: unga-i-riskzon"),
        ("number: 2\n        code: otrygga-platser", "number: 1\n        code: otrygga-platser"),
    )
    with pytest.raises(CommandError, match=r"area_sets\[2\]\.areas\[1\]: går inte att spara"):
        load_city(path, "--write")
    assert District.objects.get(slug="farsta").name == "Farsta"


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(city.CityError, match="saknad.yaml: filen går inte att läsa, den finns inte."):
        city.read(tmp_path / "saknad.yaml")
    with pytest.raises(city.CityError, match="filen går inte att läsa, det är en mapp."):
        city.read(tmp_path)


def test_a_file_in_another_encoding_is_named(tmp_path):
    path = tmp_path / "latin.yaml"
    path.write_bytes('name = "Järva"'.encode("latin-1"))
    with pytest.raises(city.CityError, match="latin.yaml: filen är inte text i UTF-8"):
        city.read(path)


LOCAL = ("agreement_template:\n", "agreement_template:\n  local:\n    purpose: Varför samverkar vi?\n")


def test_words_for_agreements_are_kept_and_told_before_they_are_changed(stockholm, edited):
    kept = TemplateText.objects.get(level="city", part="purpose")
    assert kept.text.startswith("Syftet med denna övergripande samverkansöverenskommelse mellan Stockholms stad")
    path = edited(("    purpose: |-\n      Syftet med denna", "    purpose: |-\n      Avsikten med denna"), LOCAL)
    told = load_city(path)
    assert "Texter i mallen för överenskommelser: 1 nya" in told and "+ Syfte, lokal" in told
    assert "~ Syfte, stadsövergripande (text: Syftet" in told
    assert TemplateText.objects.get(pk=kept.pk).text == kept.text
    load_city(path, "--write")
    assert TemplateText.objects.get(pk=kept.pk).text.startswith("Avsikten med denna")
    assert TemplateText.objects.get(level="local").text == "Varför samverkar vi?"
    assert "inga ändringar" in load_city(path, "--write")
    assert "? local, purpose" in load_city(city.STOCKHOLM, "--write")  # what the file lacks is left alone
    assert TemplateText.objects.filter(level="local").exists()


def test_a_part_that_no_agreement_has_is_named_with_its_line(edited):
    path = edited((LOCAL[0], LOCAL[1].replace("purpose", "syfte")))
    with pytest.raises(city.CityError, match=r"rad \d+, agreement_template\.local\.syfte: är ingen del"):
        city.read(path)


def fields_of(schema):
    """Yield the name of every field that the schema knows, at every depth."""
    for name, described in schema.get("properties", {}).items():
        yield name
        yield from fields_of(described)
    if isinstance(schema.get("items"), dict):
        yield from fields_of(schema["items"])


def test_the_documentation_names_every_field_of_the_file():
    told = (Path(city.__file__).parents[2] / "docs" / "city-file.md").read_text(encoding="utf-8")
    fields = set(fields_of(json.loads(city.SCHEMA.read_text(encoding="utf-8"))))
    assert {name for name in fields if f"`{name}`" not in told} == set()
    assert {"takes_over", "pictures_due", "seats", "co_opted"} <= fields
