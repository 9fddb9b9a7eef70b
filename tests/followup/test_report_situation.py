"""Section 2 of the annual report: what has been measured in the city, as far as it may be shown (F5)."""

import json
import re
from base64 import b64decode
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from followup.indicators.periods import Period
from followup.indicators.trends import WHY_NOT_SHOWN
from followup.report import by_district
from followup.report.open_format import dumps, loads
from followup.report.page import Page
from followup.report.page_file import page_html
from followup.report.reading import read_report
from tests.cast import Cast
from tests.followup.measured import indicator, measured, shootings

REPORT = "/arsrapport/2025/"


@pytest.fixture
def cast(db):
    return Cast()


def page_of(cast):
    return Page(read_report(cast.city_preparation, cast.cycle))


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def shown(cast):
    return client_of(cast.city_preparation).get(REPORT).content.decode()


def test_a_city_without_measurements_says_so_in_words(cast):
    indicator()
    assert page_of(cast).situation == []
    assert "Inga mätvärden är inlagda för 2025 eller tidigare." in shown(cast)


def test_an_indicator_has_the_citys_values_and_how_it_is_going(cast):
    unsafe = indicator()
    measured(unsafe, 2022, 41, low=39, high=43)
    measured(unsafe, 2025, 35, low=33, high=37)
    page = page_of(cast)
    (each,) = page.situation
    assert (each.latest.told, each.trend.kind) == ("35", "better")
    assert page.situation_told == "1 av 1 indikatorer går säkert åt rätt håll i staden och 0 åt fel håll."
    assert [str(row.period) for row in each.figure.rows] == ["2025", "2022"]
    assert "Har minskat från 41 sedan 2022, åt rätt håll" in shown(cast)


def test_what_was_measured_after_the_year_is_no_part_of_it(cast):
    unsafe = indicator()
    measured(unsafe, 2025, 38)
    measured(unsafe, 2026, 30)
    (each,) = page_of(cast).situation
    assert [str(reading.period) for reading in each.readings] == ["2025"]


def test_each_district_has_its_latest_value_and_those_without_any_are_named(cast):
    unsafe = indicator()
    measured(unsafe, 2022, 50, cast.district)
    measured(unsafe, 2025, 44, cast.district)
    (each,) = page_of(cast).situation
    assert [(row.name, row.reading.told) for row in each.districts] == [("Skärholmen", "44")]
    assert each.without == ["Farsta"]
    assert "Inga mätvärden: Farsta. De räknas inte som noll." in shown(cast)


def test_small_counts_are_in_no_part_of_the_report(cast):
    shot = shootings()
    measured(shot, 2024, 12)
    measured(shot, 2025, 11)
    measured(shot, 2025, 3, cast.district)
    report = read_report(cast.city_preparation, cast.cycle)
    (part,) = report.indicators
    assert (part.districts[0].latest.value, part.districts[0].latest.hidden) == (None, "färre än 5")
    assert [(each.value, bool(each.hidden)) for each in part.city] == [(12, False), (None, True)]
    page = shown(cast)
    assert WHY_NOT_SHOWN in page
    assert "Färre än 5" in page


def test_numbers_that_are_made_up_are_labelled(cast):
    measured(indicator(), 2025, 38, is_example=True)
    assert "badge-example" in shown(cast)


def test_the_chart_is_drawn_for_those_who_read_the_report_and_says_the_same_as_the_words(cast):
    unsafe = indicator()
    measured(unsafe, 2022, 41)
    client = client_of(cast.city_preparation)
    address = f"{REPORT}diagram/{unsafe.code}/"
    assert client.get(address).status_code == 404  # there is no line of one value
    measured(unsafe, 2025, 38)
    drawn = client.get(address)
    assert drawn.headers["Content-Type"] == "image/svg+xml"
    assert page_of(cast).situation[0].figure.words in drawn.content.decode()
    assert client.get(address, headers={"If-None-Match": drawn.headers["ETag"]}).status_code == 304
    assert client.get(f"{REPORT}diagram/nagot-annat/").status_code == 404
    assert client_of(cast.editor).get(address).status_code == 404


def test_each_districts_line_is_drawn_beside_the_citys_and_stands_in_the_table(cast):
    """Domain §5.7: F5 is the indicator by district against the city."""
    unsafe = indicator()
    for year, city, own, other in ((2022, 41, 50, 30), (2025, 35, 44, None)):
        measured(unsafe, year, city)
        measured(unsafe, year, own, cast.district)
        if other:
            measured(unsafe, year, other, cast.other_district)
    (each,) = page_of(cast).situation
    assert [name for name, _ in each.drawing.panels] == ["Farsta", "Skärholmen"]
    assert [[line.label for line in chart.lines] for _, chart in each.drawing.panels] == [
        ["Farsta", "Staden"], ["Skärholmen", "Staden"],
    ]  # fmt: skip
    told = {str(row.name): [reading and reading.told for reading in readings] for row, readings in each.in_periods}
    assert told == {"Farsta": ["30", None], "Skärholmen": ["50", "44"]}
    page = shown(cast)
    assert 'data-label="2022">50</td>' in page and "Inte mätt" in page
    address = each.drawing_address
    drawn = client_of(cast.city_preparation).get(address)
    assert drawn.headers["ETag"] == f'"{each.drawing.fingerprint}"'
    text = drawn.content.decode()
    assert each.districts_told in text and each.districts_told in page
    assert "<!-- 44 -->" in text and "<!-- 30 -->" in text  # the last value of each, at the end of its line
    assert "staden, 35 (2025)" in text
    assert client_of(cast.city_preparation).get(each.narrow_drawing_address).status_code == 200
    assert client_of(cast.editor).get(address).status_code == 404


def test_what_is_seen_of_the_districts_is_told_with_no_more_than_is_certain(cast):
    unsafe = indicator()
    measured(unsafe, 2022, 36, low=34, high=38), measured(unsafe, 2025, 35, low=33, high=37)
    (
        measured(unsafe, 2022, 50, cast.district, low=48, high=52),
        measured(unsafe, 2025, 44, cast.district, low=42, high=46),
    )
    measured(unsafe, 2025, 34, cast.other_district, low=30, high=38)
    (each,) = page_of(cast).situation
    assert each.districts_told == (
        "2 stadsdelar har mätvärden. Jämfört med mätningen före: 1 går säkert åt rätt håll (Skärholmen). "
        "För 1 är det för tidigt att säga: det finns för få värden att jämföra (Farsta). "
        "Senaste värdet är säkert högre än stadens i 1 stadsdel (Skärholmen) och säkert lägre i 0."
    )


def test_nothing_is_said_of_the_city_where_no_uncertainty_is_known(cast):
    unsafe = indicator()
    for year, city, own in ((2022, 36, 50), (2025, 35, 44)):
        measured(unsafe, year, city, is_example=True), measured(unsafe, year, own, cast.district, is_example=True)
    (each,) = page_of(cast).situation
    assert each.districts_told == (
        "1 stadsdel har mätvärden. Jämfört med mätningen före: 1 har ett annat värde utan angiven osäkerhet "
        "(Skärholmen). Exempeldata."
    )


def test_a_small_count_is_in_no_panel_and_in_no_words(cast):
    shot = shootings()
    for year, city, own in ((2023, 40, 9), (2024, 41, 3), (2025, 42, 8)):
        measured(shot, year, city), measured(shot, year, own, cast.district)
    (each,) = page_of(cast).situation
    ((_, chart),) = each.drawing.panels
    assert len(chart.lines) == 1  # the city's number is a sum, and no measure for a district's
    assert [dot and dot.value for dot in chart.lines[0].dots] == [9, None, 8]
    assert "eller små tal som inte visas (Skärholmen)" in each.districts_told
    assert "stadens" not in each.districts_told
    assert "färre än 5" in shown(cast).lower()


def test_more_districts_than_can_be_told_apart_are_a_dot_each_and_all_in_the_table(cast, monkeypatch):
    monkeypatch.setattr(by_district, "MOST_PANELS", 1)
    unsafe = indicator()
    for year in (2024, 2025):
        measured(unsafe, year, 45)
        measured(unsafe, year, 40, cast.district)
        measured(unsafe, year, 41, cast.other_district)
    (each,) = page_of(cast).situation
    assert (each.drawing.values, each.drawing.line) == ((40, 41), ("Staden", 45))
    assert len(each.in_periods) == 2
    drawn = client_of(cast.city_preparation).get(each.drawing_address).content.decode()
    assert "<!-- Staden 45 -->" in drawn and "Varje prick är en stadsdel, 2025." in drawn


def test_of_many_districts_a_small_count_and_an_older_value_are_no_dot(cast, monkeypatch):
    monkeypatch.setattr(by_district, "MOST_PANELS", 1)
    shot = shootings()
    measured(shot, 2024, 9, cast.district), measured(shot, 2025, 3, cast.district)
    measured(shot, 2024, 8, cast.other_district)
    (each,) = page_of(cast).situation
    assert each.drawing is None and each.drawing_address == ""
    address = f"{REPORT}diagram/{shot.code}/?stadsdelar=1"
    assert client_of(cast.city_preparation).get(address).status_code == 404


def test_the_page_that_is_published_holds_the_drawings_themselves_for_a_desk_and_for_a_phone(cast):
    unsafe = indicator()
    for year, own in ((2022, 50), (2025, 44)):
        measured(unsafe, year, own, cast.district)
    html = page_html(read_report(cast.city_preparation, cast.cycle))
    drawn = [b64decode(each).decode() for each in re.findall(r"data:image/svg\+xml;base64,([\w+/=]+)", html)]
    told = [each for each in drawn if "1 stadsdel har mätvärden." in each]
    assert len(told) == len(set(told)) == 2


def test_a_report_published_before_the_districts_had_earlier_values_is_shown_with_the_latest(cast):
    unsafe = indicator()
    for year, city, own in ((2022, 41, 50), (2025, 35, 44)):
        measured(unsafe, year, city), measured(unsafe, year, own, cast.district)
    data = json.loads(dumps(read_report(cast.city_preparation, cast.cycle)))
    for part in data["indicators"]:
        part.pop("is_count")
        for district in part["districts"]:
            district.pop("earlier")
    (each,) = Page(loads(json.dumps(data)), opens=()).situation
    assert [(row.name, [one.told for one in readings]) for row, readings in each.in_periods] == [("Skärholmen", ["44"])]
    assert each.drawing is None  # there is no line of one value
    assert each.districts_told.startswith("1 stadsdel har mätvärden. Jämfört med mätningen före: 1 har ett annat")


def test_the_section_takes_as_many_queries_however_much_is_measured(cast):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            shown(cast)
        return len(captured)

    first = indicator()
    measured(first, 2024, 40)
    shown(cast)
    before = asked()
    for number in range(10):
        another = indicator(f"indikator-{number}", name=f"Indikator {number}")
        for year in (2023, 2024):
            measured(another, year, 40)
            measured(another, Period(date(year, 1, 1), date(year, 6, 30)), 41, cast.district)
    assert asked() == before
