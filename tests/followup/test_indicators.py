"""What is measured: how it is going in words, what is never shown, and who writes it."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreements import city
from agreements.models import DataSource, District, Neighbourhood
from followup import numbers
from followup.indicators import measurements
from followup.indicators import pages as indicator_pages
from followup.indicators import trends as indicators
from followup.indicators.periods import Period
from followup.models import Indicator, Measurement
from tests.cast import START, Cast
from tests.followup.measured import indicator, measured, shootings, source

YEAR_2024 = Period.of_year(2024)


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def client_of():
    def signed_in(user):
        client = Client()
        client.force_login(user)
        return client

    return signed_in


def told(of, *rows):
    """The trend of measurements in one place."""
    small = indicators.SmallCounts([of])
    return indicators.trend_of(of, [indicators.reading_of(of, row, small) for row in rows])


# --- Numbers and periods


@pytest.mark.parametrize(
    ("text", "number"),
    [("37,5", "37.5"), ("37.5", "37.5"), (" 1 234,5 ", "1234.5"), ("1\N{NO-BREAK SPACE}234", "1234"), ("−3", "-3")],
)
def test_a_number_is_read_as_swedes_write_it(text, number):
    assert numbers.parse(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "tre", "37 %", "1,2,3", "1e3", "NaN", "٣", "12345678901", "0,12345", "=1+1"])
def test_what_is_no_number_is_refused_with_what_to_write(text):
    with pytest.raises(numbers.NotANumber, match="siffror"):
        numbers.parse(text)


def test_a_number_is_told_with_a_decimal_comma_and_spaces():
    assert numbers.told(Decimal("1234.50"), 1) == "1\N{NO-BREAK SPACE}234,5"
    assert numbers.told(Decimal("37.0000")) == "37"
    assert numbers.told(Decimal("37.25")) == "37,25"
    assert numbers.told(Decimal(-3)) == "\N{MINUS SIGN}3"


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "words"),
    [
        ("2024-01-01", "2024-12-31", "2024"),
        ("2022-01-01", "2024-12-31", "2022–2024"),
        ("2024-03-01", "2024-03-31", "mars 2024"),
        ("2024-01-01", "2024-03-31", "januari–mars 2024"),
        ("2023-10-01", "2024-02-29", "oktober 2023–februari 2024"),
        ("2024-04-29", "2024-04-29", "29 april 2024"),
        ("2024-04-29", "2024-05-10", "29 april–10 maj 2024"),
    ],
)
def test_a_period_is_told_the_way_people_say_it(starts_on, ends_on, words):
    assert str(Period(date.fromisoformat(starts_on), date.fromisoformat(ends_on))) == words


# --- How it is going


def test_a_difference_within_the_uncertainty_is_no_difference(cast):
    of = indicator()
    trend = told(of, measured(of, 2020, 45, low=41, high=49), measured(of, 2023, 42, low=38, high=46))
    assert (trend.kind, trend.words) == ("unsure", "Ingen säker skillnad mot 2020 (45)")


def test_a_certain_difference_says_from_what_and_whether_it_is_the_right_way(cast):
    of = indicator()
    before, now = measured(of, 2020, 45, low=41, high=49), measured(of, 2023, 37, low=34, high=40)
    assert told(of, before, now).words == "Har minskat från 45 sedan 2020, åt rätt håll"
    of.wanted = "up"
    assert told(of, before, now).kind == "worse"
    assert told(of, before, now).words.endswith("åt fel håll")


def test_a_difference_of_which_nobody_has_said_how_sure_it_is_is_not_called_better_or_worse(cast):
    of = indicator()
    trend = told(of, measured(of, 2020, 45), measured(of, 2023, 37))
    assert (trend.kind, trend.words) == ("unknown", "Lägre än 2020 (45); osäkerheten är inte angiven")


def test_a_value_within_the_others_uncertainty_is_no_difference(cast):
    of = indicator()
    assert told(of, measured(of, 2020, 45), measured(of, 2023, 42, low=38, high=46)).kind == "unsure"


def test_nothing_is_compared_with_nothing(cast):
    of = indicator()
    assert told(of).words == "Inga mätvärden än"
    assert told(of, measured(of, 2023, 37)).words == "Inget att jämföra med än"


def test_a_quarter_is_not_compared_with_a_year(cast):
    of = indicator()
    quarter = Period(date(2024, 1, 1), date(2024, 3, 31))
    assert told(of, measured(of, 2023, 37), measured(of, quarter, 9)).kind == "none"


def test_unchanged_is_said_so(cast):
    of = indicator()
    assert told(of, measured(of, 2020, 45), measured(of, 2023, 45)).words == "Oförändrat sedan 2020"


# --- What is never shown (domain §5.3)


def everything_shown(cast, of, client_of, person="city_preparation"):
    """Every text about the indicator that the person can get at."""
    client = client_of(getattr(cast, person))
    pages = ["/indikatorer/", *(f"/indikatorer/?omrade={slug}" for slug in ("skarholmen", "farsta", "staden"))]
    pages += [f"/indikatorer/{of.code}/?omrade={slug}" for slug in ("skarholmen", "farsta", "staden")]
    pages.append(f"/indikatorer/{of.code}/ladda-ner/csv/")
    answers = [client.get(page) for page in pages]
    assert {answer.status_code for answer in answers} == {200}
    return "\n".join(answer.content.decode() for answer in answers)


def test_fewer_than_five_are_shown_nowhere_and_no_sum_that_tells_them(cast, client_of):
    of = shootings()
    measured(of, 2023, 1973)  # the city's: less Farsta's it would tell Skärholmen's
    measured(of, 2023, 1969, cast.other_district)
    measured(of, 2023, 4, cast.district)
    shown = everything_shown(cast, of, client_of)
    assert "färre än 5" in shown.lower()
    assert "1969" in shown or "1\N{NO-BREAK SPACE}969" in shown
    assert "1973" not in shown and "1\N{NO-BREAK SPACE}973" not in shown
    readings = indicators.readings_of([of], Measurement.objects.all())
    assert readings[of.pk, cast.district.pk, None][0].value is None
    assert readings[of.pk, None, None][0].value is None


@pytest.mark.parametrize(("value", "is_shown"), [(0, False), (4, False), (5, True)])
def test_the_limit_is_five(cast, value, is_shown):
    of = shootings()
    measured(of, 2023, value, cast.district)
    reading = indicators.readings_of([of], Measurement.objects.all())[of.pk, cast.district.pk, None][0]
    assert (reading.hidden == "") is is_shown


def test_a_small_count_of_a_neighbourhood_hides_its_district_and_the_city_in_that_period_only(cast):
    of = shootings()
    varberg = Neighbourhood.objects.create(district=cast.district, name="Vårberg", slug="varberg")
    measured(of, 2023, 2, cast.district, neighbourhood=varberg)
    for year in (2022, 2023):
        measured(of, year, 8, cast.district)
        measured(of, year, 19)
    found = indicators.readings_of([of], Measurement.objects.all())
    assert [each.hidden for each in found[of.pk, cast.district.pk, None]] == ["", "visas inte"]
    assert [each.hidden for each in found[of.pk, None, None]] == ["", "visas inte"]


def test_a_small_count_of_a_quarter_hides_its_year(cast):
    of = shootings()
    measured(of, Period(date(2024, 1, 1), date(2024, 3, 31)), 2, cast.district)
    measured(of, YEAR_2024, 9, cast.district)
    found = indicators.readings_of([of], Measurement.objects.all())[of.pk, cast.district.pk, None]
    assert [each.told for each in found] == ["färre än 5", "visas inte"]


def test_a_share_may_be_small(cast):
    of = indicator()
    measured(of, 2023, 3, cast.district)
    assert indicators.readings_of([of], Measurement.objects.all())[of.pk, cast.district.pk, None][0].told == "3"


def test_made_up_values_are_labelled_wherever_they_are_shown(cast, client_of):
    of = indicator()
    for year in (2020, 2023):
        measured(of, year, 37, cast.district, is_example=True)
    client = client_of(cast.editor)
    for page in ("/indikatorer/", f"/indikatorer/{of.code}/", f"/indikatorer/{of.code}/ladda-ner/csv/"):
        assert "xempeldata" in client.get(page).content.decode()
    assert "Exempeldata" in client.get(f"/indikatorer/{of.code}/diagram/skarholmen/").content.decode()


# --- How often it is measured (P29)


def test_p29_the_citys_surveys_say_how_often_they_are_made_and_when_next(db):
    city.load(city.read(city.STOCKHOLM))
    found = {each.source.code: indicators.interval_of(each) for each in Indicator.objects.select_related("source")}
    assert (found["trygghetsmatningen"], found["stockholmsenkaten"], found["regional-trygghetsmatning"]) == (36, 24, 12)
    of = Indicator.objects.select_related("source").get(code="otrygga-i-bostadsomradet")
    with time_machine.travel(date(2025, 5, 5)):
        assert indicators.next_told(of) == "Nästa mätning 1 januari 2026"
    with time_machine.travel(date(2026, 5, 5)):
        assert indicators.next_told(of) == "Nästa mätning skulle komma 1 januari 2026"
    assert indicators.is_measured_in(of, 2025) is False
    assert indicators.is_measured_in(of, 2026) is True


def test_the_city_file_brings_definitions_and_no_numbers_and_changes_nothing_twice(db):
    found = city.read(city.STOCKHOLM)
    city.load(found)
    assert Indicator.objects.filter(counts_people=True).exists()
    assert not Measurement.objects.exists()
    Indicator.objects.filter(code="skjutningar").update(name="Bekräftade skjutningar")
    assert all(change.is_empty for change in city.load(found))
    assert Indicator.objects.get(code="skjutningar").name == "Bekräftade skjutningar"


# --- Entering values


VALID = {"place": "skarholmen", "year": "2024", "value": "37,5", "low": "34", "high": "41,5", "respondents": "640"}


def enter(client, of, **values):
    return client.post(reverse("followup:measurement_new", args=[of.code]), VALID | values)


def test_a_value_is_entered_with_a_decimal_comma(cast, client_of):
    of = indicator()
    answer = enter(client_of(cast.editor), of, note="Ny fråga")
    assert answer.url == f"/indikatorer/{of.code}/?omrade=skarholmen"
    row = Measurement.objects.get()
    assert (row.value, row.low, row.high, row.respondents, row.note) == (
        Decimal("37.5"),
        34,
        Decimal("41.5"),
        640,
        "Ny fråga",
    )
    assert (row.district, row.starts_on, row.ends_on, row.by) == (
        cast.district,
        date(2024, 1, 1),
        date(2024, 12, 31),
        cast.editor,
    )
    assert not row.is_example


def test_a_period_may_be_other_than_a_year(cast, client_of):
    of = indicator()
    enter(client_of(cast.editor), of, year="", starts_on="2024-01-01", ends_on="2024-03-31")
    assert Measurement.objects.get().ends_on == date(2024, 3, 31)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"value": ""}, "Skriv värdet."),
        ({"value": "tre"}, "Skriv med siffror, till exempel 37,5."),
        ({"value": "137"}, "En andel är mellan 0 och 100 procent."),
        ({"low": "38"}, "Värdet ska ligga mellan lägst och högst."),
        ({"high": ""}, "Ange både lägst och högst"),
        ({"year": ""}, "Ange vilket år värdet gäller"),
        ({"year": "2999"}, "Skriv ett tal mellan"),
        ({"year": "2099"}, "Perioden har inte börjat än."),
        ({"starts_on": "2024-02-01", "ends_on": "2024-02-29"}, "Ange antingen året eller dagarna"),
        ({"year": "", "starts_on": "2024-02-01"}, "Ange både första och sista dagen."),
        ({"year": "", "starts_on": "2024-02-01", "ends_on": "2024-01-01"}, "Perioden slutar innan den börjar."),
        ({"respondents": "många"}, "Skriv ett heltal med siffror."),
        ({"note": "Ring 811228-9874"}, "personnummer"),
        ({"place": "farsta"}, "Välj ett av områdena."),
        ({"place": ""}, "Välj vilket område värdet gäller."),
    ],
)
def test_what_cannot_be_stored_is_refused_with_what_to_do_and_what_was_typed(cast, client_of, values, said):
    answer = enter(client_of(cast.editor), indicator(), **values)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert "41,5" in answer.content.decode() or "high" in values
    assert not Measurement.objects.exists()


def test_a_period_that_is_not_over_has_no_value_yet(cast, client_of, time_machine):
    time_machine.move_to(date(2025, 11, 21))
    of = indicator()
    answer = enter(client_of(cast.editor), of, year="2025")
    assert answer.status_code == 422
    assert "Perioden är inte slut förrän 31 december 2025. Lägg in värdet då" in answer.content.decode()
    assert not Measurement.objects.exists()
    enter(client_of(cast.editor), of, year="", starts_on="2025-01-01", ends_on="2025-10-31")
    assert Measurement.objects.get().ends_on == date(2025, 10, 31)


@pytest.mark.parametrize(("value", "said"), [("2,5", "Ett antal är ett heltal."), ("-1", "Ett antal är 0 eller mer.")])
def test_cases_are_counted_in_whole_numbers(cast, client_of, value, said):
    answer = enter(client_of(cast.editor), shootings(), value=value, low="", high="")
    assert said in answer.content.decode()


def test_a_place_and_a_period_have_one_value(cast, client_of):
    of = indicator()
    client = client_of(cast.editor)
    enter(client, of)
    answer = enter(client, of, value="39")
    assert answer.status_code == 422
    assert "Det finns redan ett värde för området och perioden." in answer.content.decode()
    assert Measurement.objects.get().value == Decimal("37.5")


def test_a_neighbourhood_lies_in_its_district(cast, client_of):
    there = Neighbourhood.objects.create(district=cast.other_district, name="Sköndal", slug="skondal")
    of = indicator()
    answer = enter(client_of(cast.city_preparation), of, neighbourhood=there.pk)
    assert "Sköndal ligger inte i Skärholmen." in answer.content.decode()
    enter(client_of(cast.city_preparation), of, place="farsta", neighbourhood=there.pk)
    assert Measurement.objects.get().neighbourhood == there


def test_only_the_central_preparation_group_enters_the_citys_values(cast, client_of):
    of = indicator()
    assert enter(client_of(cast.editor), of, place="staden").status_code == 422
    assert enter(client_of(cast.city_preparation), of, place="staden").status_code == 302
    assert Measurement.objects.get().district is None


def edit(client, row, **values):
    address = reverse("followup:measurement", args=[row.indicator.code, row.pk])
    return client.post(address, {"year": "2023", "value": "37", "row_version": row.row_version} | values)


def test_a_value_that_somebody_else_has_changed_is_shown_beside_what_was_typed(cast, client_of):
    row = measured(indicator(), 2023, 37, cast.district)
    assert edit(client_of(cast.city_preparation), row, value="38").status_code == 302
    answer = edit(client_of(cast.editor), row, value="39,5")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Någon annan har ändrat här" in page
    assert "39,5" in page and "38" in page
    assert Measurement.objects.get().value == 38


def test_a_value_somebody_has_written_is_no_longer_example_data(cast, client_of):
    row = measured(indicator(), 2023, 37, cast.district, is_example=True)
    edit(client_of(cast.editor), row, value="38")
    assert not Measurement.objects.get().is_example


def test_a_value_is_removed_as_it_was_read_or_not_at_all(cast, client_of):
    row = measured(indicator(), 2023, 37, cast.district)
    client = client_of(cast.editor)
    address = reverse("followup:measurement_remove", args=[row.indicator.code, row.pk])
    edit(client, row, value="38")
    answer = client.post(address, {"row_version": row.row_version}, follow=True)
    assert "Inget är borttaget." in answer.content.decode()
    assert Measurement.objects.exists()
    answer = client.post(address, {"row_version": row.row_version + 1}, follow=True)
    assert "är borttaget." in answer.content.decode()
    assert not Measurement.objects.exists()


def test_a_small_count_is_not_told_when_it_is_to_be_removed(cast, client_of):
    row = measured(shootings(), 2023, 3, cast.district)
    page = client_of(cast.editor).get(reverse("followup:measurement_remove", args=[row.indicator.code, row.pk]))
    assert "färre än 5" in page.content.decode()


# --- Defining


def test_an_indicator_is_defined_and_its_address_is_made_of_its_name(cast, client_of):
    values = {"name": "Trygga på torget", "unit": "procent", "wanted": "up", "source": source().pk}
    answer = client_of(cast.city_preparation).post("/indikatorer/ny/", values)
    assert answer.url == "/indikatorer/trygga-pa-torget/"
    made = Indicator.objects.get()
    assert (made.name, made.decimals, made.wanted, made.counts_people) == ("Trygga på torget", 0, "up", False)


@pytest.mark.parametrize("name", ["Ny", "Läs in", "otrygga i bostadsområdet", "…"])
def test_a_name_that_cannot_be_told_apart_is_refused(cast, client_of, name):
    indicator()
    values = {"name": name, "unit": "procent", "wanted": "up", "source": source().pk}
    assert client_of(cast.city_preparation).post("/indikatorer/ny/", values).status_code == 422


def test_a_definition_that_somebody_else_has_changed_is_not_written_over(cast, client_of):
    of = indicator()
    client = client_of(cast.city_preparation)
    address = f"/indikatorer/{of.code}/andra/"
    values = {"name": "Otrygga", "unit": "procent", "wanted": "down", "source": of.source_id, "row_version": 1}
    assert client.post(address, values).status_code == 302
    answer = client.post(address, values | {"name": "Mycket otrygga"})
    assert answer.status_code == 422
    assert "Någon annan har ändrat här" in answer.content.decode()
    assert Indicator.objects.get().name == "Otrygga"


# --- The pages


def test_a_person_begins_with_their_own_district_beside_the_city(cast, client_of):
    of = indicator()
    measured(of, 2023, 37, cast.district)
    measured(of, 2023, 35)
    page = client_of(cast.editor).get("/indikatorer/").context["rows"][0]
    assert (page.latest.told, page.city.told) == ("37", "35")
    page = client_of(cast.city_preparation).get("/indikatorer/")
    assert page.context["place"].is_city


def test_districts_without_values_are_named_and_not_counted_as_zero(cast, client_of):
    of = indicator()
    measured(of, 2023, 37, cast.district)
    page = client_of(cast.editor).get(f"/indikatorer/{of.code}/").content.decode()
    assert "Inga mätvärden: Farsta. De räknas inte som noll." in " ".join(page.split())


def test_a_place_that_is_not_there_shows_the_persons_own(cast, client_of):
    of = indicator()
    page = client_of(cast.editor).get(f"/indikatorer/{of.code}/?omrade=atlantis")
    assert page.context["place"].slug == "skarholmen"


def test_the_pages_take_as_many_queries_however_many_districts_and_values(cast, client_of):
    of = indicator()
    counting = shootings()
    client = client_of(cast.city_preparation)
    pages = ("/indikatorer/", f"/indikatorer/{of.code}/", f"/indikatorer/{of.code}/ladda-ner/csv/")
    pages += (f"/indikatorer/{counting.code}/?omrade=skarholmen", f"/indikatorer/{of.code}/varde/nytt/")
    measured(of, 2023, 37, cast.district)
    measured(counting, 2023, 3, cast.district)

    def asked():
        counts = []
        for page in pages:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(page).status_code == 200
            counts.append(len(captured))
        return counts

    asked()
    before = asked()
    many = [
        District(name=f"Område {at}", slug=f"omrade-{at}", municipality=cast.municipality, valid_from=START)
        for at in range(290)
    ]
    District.objects.bulk_create(many)
    Measurement.objects.bulk_create(
        Measurement(
            indicator=each, district=place, starts_on=date(year, 1, 1), ends_on=date(year, 12, 31), value=year % 9
        )
        for each in (of, counting)
        for place in many
        for year in (2020, 2023)
    )
    assert asked() == before


def test_reading_needs_no_seat_in_the_same_district(cast):
    measured(indicator(), 2023, 37, cast.district)
    assert Measurement.objects.visible_to(cast.neighbour).exists()
    assert not Measurement.objects.visible_to(cast.stranger).exists()
    assert not Indicator.objects.visible_to(cast.external).exists()


def test_who_may_change_what(cast):
    measured(indicator(), 2023, 37, cast.district)
    assert measurements.may_enter(cast.editor, cast.district.pk)
    assert not measurements.may_enter(cast.editor, cast.other_district.pk)
    assert not measurements.may_enter(cast.editor, None)
    assert measurements.may_enter(cast.city_preparation, None)
    assert not measurements.may_enter(cast.police, cast.district.pk)


def test_an_indicator_follows_its_source_unless_it_says_otherwise(cast):
    of = indicator()
    page = indicator_pages.IndicatorPage(of, cast.editor, indicators.places_for(cast.editor)[0], ())
    assert page.how_often == "Vart tredje år"
    of.interval_months = 12
    assert page.how_often == "Varje år"
    assert DataSource.objects.count() == 1
