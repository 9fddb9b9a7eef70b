"""The overview of a place's cooperation, and the list of places: what holds, what is late, and what to begin with."""

import re
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agreements.models import (
    Agreement,
    CauseAnalysis,
    CollaborationGroup,
    District,
    Meeting,
    Place,
    PlanningCycle,
    PrioritisedProblem,
    PriorityArea,
    SituationPicture,
)
from tests.cast import Cast

HUB = "/samverkan/skarholmen/"
TODAY = datetime(2025, 2, 10, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def february(time_machine):
    """It is 10 February 2025."""
    time_machine.move_to(TODAY, tick=False)
    return time_machine


@pytest.fixture
def cast(db):
    return Cast()


def page(user, address=HUB):
    client = Client()
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def words(user, address=HUB):
    """What the page says, without its markup."""
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", page(user, address), flags=re.DOTALL)
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def topics(user, address=HUB):
    """What the overview tells of, in order."""
    listed = page(user, address).partition('<ul class="topics">')[2].partition("</ul>")[0]
    return re.findall(r"<h3>\s*(?:<a [^>]*>)?([^<]+?)\s*<", listed)


def signed(district, on, **more):
    area_set = more.pop("area_set")
    return Agreement.objects.create(
        district=district, title="Överenskommelse", area_set=area_set, state="signed", signed_on=on, **more
    )


def confirmed(district, on):
    return SituationPicture.objects.create(
        district=district, year=on.year, producer="joint", title="Gemensam lägesbild", state="confirmed",
        confirmed_on=on,
    )  # fmt: skip


def recorded_of(user):
    """How many of the duties the page says are recorded."""
    return int(re.search(r"(\d+) av \d+ är registrerade", words(user))[1])


# --- What it tells


def test_a_new_district_is_told_what_to_begin_with_in_order(cast):
    told = words(cast.neighbour, "/samverkan/farsta/")
    steps = [
        "Sätt samman styrgruppen och beredningsgruppen",
        "Skriv och underteckna den lokala överenskommelsen",
        "Gör var sin lägesbild och lägg ihop dem",
        "Analysera orsakerna och skriv åtgärdsplanen",
    ]
    places = [told.index(step) for step in ["Så börjar ni", *steps]]
    assert places == sorted(places)
    assert "Ingen undertecknad överenskommelse" in told
    assert "Ingen fastställd lägesbild" in told


def test_what_there_is_of_the_beginning_is_marked_and_when_all_is_there_it_is_gone(cast):
    assert "Sätt samman styrgruppen och beredningsgruppen Finns" in words(cast.editor)
    signed(cast.district, date(2024, 6, 1), area_set=cast.area_set)
    assert "Skriv och underteckna den lokala överenskommelsen Finns" in words(cast.editor)
    confirmed(cast.district, date(2024, 11, 10))
    assert "Så börjar ni" not in words(cast.editor)


def test_what_is_recorded_and_soon_to_be_done_again_counts_as_recorded_and_what_is_late_does_not(cast):
    before = recorded_of(cast.editor)
    signed(cast.district, date(2023, 4, 1), area_set=cast.area_set)  # P07: to be reviewed in April
    assert recorded_of(cast.editor) == before + 1
    Agreement.objects.update(signed_on=date(2022, 4, 1))
    assert recorded_of(cast.editor) == before


def test_an_agreement_says_when_it_is_to_be_reviewed(cast, february):
    """P07: every second year."""
    signed(cast.district, date(2023, 4, 1), area_set=cast.area_set)
    assert "Undertecknad 1 april 2023 Ska ses över: senast 1 april 2025, inom tre månader." in words(cast.editor)
    february.move_to(datetime(2025, 4, 2, 8, tzinfo=UTC), tick=False)
    assert "Ska ses över: försenad sedan 1 april 2025." in words(cast.editor)


def test_a_version_on_its_way_is_told_of_only_to_those_who_read_drafts(cast):
    signed(cast.district, date(2024, 4, 1), area_set=cast.area_set, version=1)
    Agreement.objects.create(district=cast.district, title="Ny", area_set=cast.area_set, state="draft", version=2)
    assert "Version 2: utkast." in words(cast.editor)
    assert "Version 2" not in words(cast.registrar)


def test_the_picture_says_how_old_it_is_and_when_the_law_asks_for_a_new_one(cast):
    """P01: at least every second year."""
    confirmed(cast.district, date(2023, 12, 10))
    told = words(cast.editor)
    assert "Lägesbilden 2023 är 1 år och 2 månader gammal" in told
    assert "Ska uppdateras: senast 10 december 2025." in told


def test_the_other_partys_draft_picture_is_not_told_of(cast):
    """P02: each party makes its own picture first."""
    SituationPicture.objects.create(district=cast.district, year=2025, producer="police", title="Polisens bild")
    assert "Polisens bild: utkast." in words(cast.police)
    assert "Polisens bild" not in words(cast.editor)


def test_analyses_are_counted_against_the_prioritised_problems(cast):
    picture = confirmed(cast.district, date(2024, 12, 10))
    area = PriorityArea.objects.first()
    problems = [
        PrioritisedProblem.objects.create(
            picture=picture,
            position=number,
            title=f"P{number}",
            area=area,
            is_prioritised=number < 4,
            reason="" if number < 4 else "Kan inte påverkas",
        )
        for number in range(1, 5)
    ]
    CauseAnalysis.objects.create(problem=problems[0], state="completed", completed_on=date(2025, 1, 10))
    CauseAnalysis.objects.create(problem=problems[1])
    assert "1 av 3 prioriterade problem är analyserade 1 analys pågår." in words(cast.editor)


def test_places_are_named_with_the_polices_classes(cast):
    """P03: delimited places with much crime."""
    for name, of in (("Torget", {"vulnerability": "vulnerable"}), ("Parken", {"is_open_drug_scene": True})):
        Place.objects.create(district=cast.district, slug=name, name=name, valid_from=date(2024, 1, 1), **of)
    assert "2 platser Parken, Torget. 1 utsatt, 1 öppen drogscen." in words(cast.editor)


def test_the_year_shows_each_step_and_what_is_late(cast):
    PlanningCycle.objects.filter(year=2025).update(pictures_due=date(2025, 1, 31), decision_due=date(2025, 3, 31))
    told = words(cast.editor)
    assert "0 av 9 steg är klara. Ett är försenat. Närmast: beslut i styrgruppen, 31 mars 2025." in told
    assert "Parternas egna lägesbilder Försenat sedan 31 januari 2025" in told


def test_the_next_meetings_are_there_with_their_group(cast):
    group = CollaborationGroup.objects.get(slug="local-steering-skarholmen")
    Meeting.objects.create(group=group, title="Styrgruppsmöte 1 2025", on=date(2025, 2, 12), starts_at="13:00")
    Meeting.objects.create(group=group, title="Förra mötet", on=date(2025, 2, 9))
    told = words(cast.editor)
    assert "Styrgruppsmöte 1 2025 onsdag 12 februari 13.00 steering skarholmen" in told
    assert "Förra mötet" not in told


def test_the_citys_overview_has_the_areas_and_every_step_of_the_districts(cast):
    """P08: the areas are revised at least every fourth year."""
    told = words(cast.city_preparation, "/samverkan/staden/")
    assert "Fem områden, gäller från 1 januari 2024 Ska revideras: senast 1 januari 2028." in told
    assert "0 av 2 klara" in told
    assert "Så börjar ni" not in told
    assert '<a href="/samverkan/staden/omraden/">Prioriterade områden</a>' in page(
        cast.city_preparation, "/samverkan/staden/"
    )


def test_the_citys_agreement_has_the_one_name_it_has_elsewhere(cast):
    """P08: the overarching agreement; also when it is missing."""
    assert topics(cast.city_preparation, "/samverkan/staden/")[1:3] == [
        "Övergripande överenskommelse", "Prioriterade områden",
    ]  # fmt: skip
    signed(None, date(2024, 4, 1), area_set=cast.area_set)
    assert "Övergripande överenskommelse Undertecknad 1 april 2024" in words(
        cast.city_preparation, "/samverkan/staden/"
    )


# --- To whom


def test_each_reads_only_what_is_theirs(cast):
    everything = [
        "Lokal överenskommelse", "Gemensam lägesbild", "Orsaksanalyser", "Platser", "Lagkrav och åtaganden",
    ]  # fmt: skip
    assert topics(cast.editor) == ["Åtgärdsplan", *everything]  # the plan waits to be begun
    assert topics(cast.police) == everything
    assert topics(cast.registrar) == topics(cast.city_steering) == ["Lokal överenskommelse", "Lagkrav och åtaganden"]
    assert topics(cast.administrator) == ["Lagkrav och åtaganden"]
    assert topics(cast.external) == []


def test_an_external_party_sees_their_group_and_its_meetings_and_no_more(cast):
    """Seed 001: a working group may take in others; they follow their own work."""
    for slug in ("local-working-skarholmen", "local-steering-skarholmen"):
        group = CollaborationGroup.objects.get(slug=slug)
        Meeting.objects.create(group=group, title=f"Möte i {slug}", on=date(2025, 2, 20))
    told = words(cast.external)
    assert "working skarholmen" in told and "Möte i local-working-skarholmen" in told
    assert "steering" not in told
    assert "Året" not in told
    assert "Samverkan" in words(cast.external, "/")  # the menu leads there


def test_who_does_not_follow_the_meetings_is_not_told_that_there_are_none(cast):
    assert "Inget möte är kallat." in words(cast.editor)
    assert "Inget möte är kallat." not in words(cast.city_preparation)


def test_who_calls_meetings_gets_to_it_and_others_are_told_who_does(cast):
    assert f'<a href="{HUB}moten/kalla/">Kalla till nästa möte</a>' in page(cast.editor)
    assert "Beredningsgruppen kallar, och styrgruppens ordförande eller sekreterare." in words(cast.steering)
    assert "Kalla till nästa möte" not in words(cast.steering)


# --- The list of places


def test_with_several_places_each_has_a_line_with_how_it_stands(cast):
    PlanningCycle.objects.filter(year=2025).update(pictures_due=date(2025, 1, 31))
    signed(cast.district, date(2022, 4, 1), area_set=cast.area_set)
    told = words(cast.city_preparation, "/samverkan/")
    assert "Skärholmen 0 av 9 steg klara, 1 försenat" in told
    assert "Försenad sedan 1 april 2024" in told
    assert "2 av 2 stadsdelar har något försenat." in told
    assert f'href="{HUB}"' in page(cast.city_preparation, "/samverkan/")


def test_who_sits_nowhere_is_told_whom_to_ask(cast):
    assert "Du har inget uppdrag i en samverkansgrupp." in words(cast.stranger, "/samverkan/")


def test_the_administrator_gets_to_the_mail_from_there(cast):
    assert 'href="/samverkan/brev/"' in page(cast.administrator, "/samverkan/")
    assert 'href="/samverkan/brev/"' not in page(cast.city_preparation, "/samverkan/")


# --- Many


def queries(client, address):
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


@pytest.mark.parametrize("person", ["city_preparation", "administrator"])
def test_the_queries_of_the_list_are_as_many_for_11_districts_as_for_290(cast, person):
    client = Client()
    client.force_login(getattr(cast, person))

    def more(numbers):
        districts = District.objects.bulk_create(
            District(name=f"Del {n}", slug=f"del-{n}", municipality=cast.municipality, valid_from=date(2024, 1, 1))
            for n in numbers
        )
        groups = CollaborationGroup.objects.bulk_create(
            CollaborationGroup(
                slug=f"g-{each.slug}", name="Styrgrupp", level="local", kind="steering", district=each,
                valid_from=date(2024, 1, 1),
            )
            for each in districts
        )  # fmt: skip
        Meeting.objects.bulk_create(Meeting(group=group, title="Möte", on=date(2025, 3, 1)) for group in groups)
        for each in districts[:5]:
            signed(each, date(2024, 1, 10), area_set=cast.area_set)

    more(range(9))
    client.get("/samverkan/")
    few = queries(client, "/samverkan/")
    more(range(9, 288))
    assert queries(client, "/samverkan/") == few
    assert client.get("/samverkan/").content.decode().count("Del ") == 288


def test_the_queries_of_a_place_do_not_grow_with_what_is_in_it(cast, django_assert_max_num_queries):
    signed(cast.district, date(2024, 1, 10), area_set=cast.area_set)
    picture = confirmed(cast.district, date(2024, 12, 10))
    area = PriorityArea.objects.first()
    client = Client()
    client.force_login(cast.editor)

    def more(numbers):
        for n in numbers:
            group = CollaborationGroup.objects.create(
                slug=f"w{n}", name=f"Arbetsgrupp {n}", level="local", kind="working", district=cast.district,
                valid_from=date(2024, 1, 1),
            )  # fmt: skip
            Meeting.objects.create(group=group, title=f"Möte {n}", on=date(2025, 3, 1))
            Place.objects.create(district=cast.district, slug=f"p{n}", name=f"Plats {n}", valid_from=date(2024, 1, 1))
            problem = PrioritisedProblem.objects.create(
                picture=picture, position=n, title=f"P{n}", area=area, is_prioritised=True
            )
            CauseAnalysis.objects.create(problem=problem)

    more(range(2))
    with django_assert_max_num_queries(40):
        few = queries(client, HUB)
    more(range(2, 12))
    assert queries(client, HUB) == few


@pytest.mark.parametrize(
    ("page_of", "name"),
    [
        ("grupper", "Grupper"), ("moten", "Möten"), ("overenskommelser", "Överenskommelser"),
        ("lagesbilder", "Lägesbilder"), ("orsaksanalyser", "Orsaksanalyser"), ("platser", "Platser"),
        ("lagkrav", "Lagkrav och åtaganden"), ("datakallor", "Datakällor"),
    ],
)  # fmt: skip
def test_every_tab_says_in_its_heading_which_place_it_is_about(cast, page_of, name):
    heading = re.search(r"<h1>(.*?)</h1>", page(cast.editor, f"{HUB}{page_of}/"), re.DOTALL)[1]
    assert heading.strip() == f"{name}, Skärholmen"
