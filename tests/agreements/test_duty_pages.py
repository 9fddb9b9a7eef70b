"""The pages of what the law and the agreement require: a place's list, the city's matrix, and it as a workbook."""

import io
import re
from datetime import date

import openpyxl
import pytest
from dateutil.relativedelta import relativedelta
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.clocks import due_after
from agreements.duties.requirements import OF_DISTRICTS
from agreements.models import Agreement, CollaborationGroup, District, Meeting
from tests.cast import START, Cast
from trygghet.dates import day

PAGE, CITY = "/samverkan/skarholmen/lagkrav/", "/samverkan/staden/lagkrav/"
BOOK = CITY + "ladda-ner/xlsx/"
TODAY = timezone.localdate()


@pytest.fixture
def cast(db):
    cast = Cast()
    for district, months in ((cast.district, 25), (cast.other_district, 3)):
        Agreement.objects.create(
            district=district,
            title="Lokal",
            area_set=cast.area_set,
            state="signed",
            signed_on=TODAY - relativedelta(months=months),
        )
    # Nothing else is late here, whenever the tests are run.
    cast.area_set.valid_from = TODAY - relativedelta(months=6)
    cast.area_set.save()
    return cast


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def words(answer):
    """What the page says, without markup."""
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", text)


def test_a_district_sees_each_duty_with_its_source_and_how_it_stands(cast):
    group = CollaborationGroup.objects.get(slug="local-steering-skarholmen")
    Meeting.objects.create(group=group, title="Möte", on=date(TODAY.year, 1, 2), state="held")
    said = words(browser(cast.editor).get(PAGE))
    for duty in OF_DISTRICTS:
        assert duty.title in said
        assert duty.source in said
    assert "Försenad" in said
    assert "1 av 2 möten" in said
    assert "1 av 10 krav är försenade." in said


def test_a_duty_leads_to_where_it_is_dealt_with(cast):
    page = browser(cast.editor).get(PAGE).content.decode()
    row = re.search(r'<tr id="krav-overenskommelse">.*?</tr>', page, re.DOTALL).group()
    assert 'href="/samverkan/skarholmen/overenskommelser/"' in row
    assert '<tr id="krav-namnd">' in page


def test_p29_the_survey_leads_to_the_sources_that_say_when_it_comes(cast):
    page = browser(cast.city_steering).get(CITY).content.decode()
    row = re.search(r'<tr id="krav-matning">.*?</tr>', page, re.DOTALL).group()
    assert 'href="/samverkan/staden/datakallor/"' in row
    crumb = '<a href="/samverkan/staden/lagesbilder/">'
    assert crumb in browser(cast.city_steering).get("/samverkan/staden/datakallor/").content.decode()
    assert (
        crumb not in browser(cast.editor).get("/samverkan/staden/datakallor/").content.decode()
    )  # nor may they read it


@pytest.mark.parametrize("address", [PAGE, CITY])
def test_p08_the_areas_are_revised_where_their_editions_are(cast, address):
    page = browser(cast.city_preparation).get(address).content.decode()
    row = re.search(r'<tr id="krav-omraden">.*?</tr>', page, re.DOTALL).group()
    assert 'href="/samverkan/staden/omraden/"' in row


def test_only_those_who_follow_all_districts_see_them_beside_each_other(cast):
    assert "Farsta" in words(browser(cast.city_steering).get(CITY))
    said = words(browser(cast.editor).get(CITY))
    assert "Farsta" not in said
    assert "Övergripande överenskommelsen följs upp" in said


def test_the_matrix_says_how_many_are_late_and_each_cell_leads_to_the_duty(cast):
    answer = browser(cast.city_preparation).get(CITY)
    assert "1 av 2 stadsdelar är försenad med något." in words(answer)
    page = answer.content.decode()
    for district in ("skarholmen", "farsta"):
        for duty in OF_DISTRICTS:
            assert f'href="/samverkan/{district}/lagkrav/#krav-{duty.name}"' in page


def test_the_matrix_says_since_when_a_duty_is_late_as_the_workbook_does(cast):
    said = words(browser(cast.city_preparation).get(CITY)).replace("\N{NO-BREAK SPACE}", " ")
    passed = f"Sista dag var {day(due_after(TODAY - relativedelta(months=25), 24))}"
    assert f"Försenad {passed} " in said
    assert said.count("Sista dag var") == 1
    sheet = openpyxl.load_workbook(io.BytesIO(browser(cast.city_preparation).get(BOOK).content)).worksheets[0]
    assert sum(passed in str(cell.value) for row in sheet.iter_rows() for cell in row) == 1


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("?visa=forsenade", {"skarholmen"}),
        ("?visa=forsenade&krav=overenskommelse", {"skarholmen"}),
        ("?visa=forsenade&krav=lagesbild", set()),
        ("?visa=saknas&krav=lagesbild", {"skarholmen", "farsta"}),
        ("?visa=nonsens&krav=nonsens", {"skarholmen", "farsta"}),
    ],
)
def test_the_matrix_is_narrowed(cast, asked, shown):
    page = browser(cast.city_preparation).get(CITY + asked).content.decode()
    rows = set(
        re.findall(r'<th scope="row"><a href="/samverkan/(skarholmen|farsta)/lagkrav/">', re.sub(r">\s+<", "><", page))
    )
    assert rows == shown


def test_a_narrowing_that_leaves_nothing_says_so(cast):
    assert "Ingen stadsdel stämmer med det du valde." in words(
        browser(cast.city_preparation).get(CITY + "?visa=forsenade&krav=lagesbild")
    )


def test_the_workbook_has_the_same_words_as_the_page(cast):
    answer = browser(cast.city_preparation).get(BOOK)
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    matrix, about = book.worksheets
    table = [[cell.value for cell in row] for row in matrix.iter_rows()]
    assert table[0] == ["Stadsdel", *(duty.short for duty in OF_DISTRICTS)]
    assert [row[0] for row in table[1:]] == ["Farsta", "Skärholmen"]
    column = table[0].index("Överenskommelse")
    assert table[2][column].startswith("Försenad\nSista dag var ")
    assert table[1][column].startswith("Registrerat ")
    assert about["A1"].value.endswith("1 av 2 stadsdelar är försenad med något.")
    assert [about.cell(row, 1).value for row in range(5, 5 + len(OF_DISTRICTS))] == [
        duty.title for duty in OF_DISTRICTS
    ]


def test_the_workbook_is_narrowed_as_the_page(cast):
    answer = browser(cast.city_preparation).get(BOOK + "?visa=forsenade&krav=overenskommelse")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [row[0].value for row in sheet.iter_rows(min_row=2)] == ["Skärholmen"]
    assert sheet.max_column == 2


def test_no_district_has_a_workbook_of_its_own(cast):
    assert browser(cast.city_preparation).get(PAGE + "ladda-ner/xlsx/").status_code == 404


@pytest.mark.parametrize("address", [PAGE, CITY, BOOK])
def test_a_page_asks_as_many_questions_with_290_districts_as_with_11(cast, address):
    def add(number):
        at = District.objects.count()
        districts = District.objects.bulk_create(
            District(name=f"Område {each}", slug=f"o-{each}", municipality=cast.municipality, valid_from=START)
            for each in range(at, at + number)
        )
        CollaborationGroup.objects.bulk_create(
            CollaborationGroup(
                slug=f"styrgrupp-{each.slug}", name=str(each), level="local", kind="steering", district=each,
                valid_from=START,
            )
            for each in districts
        )  # fmt: skip

    def count():
        client = browser(cast.city_preparation)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    add(9)
    few = count()
    add(279)
    assert District.objects.count() == 290
    assert count() == few
