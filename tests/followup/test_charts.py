"""Charts: the same bytes each time, nothing that the content security policy refuses, and the same in words."""

import io
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from django.test import Client

from followup import charts
from followup.charts import Dot, DotPlot, Line, LineChart, SmallMultiples, svg_of
from followup.indicators import charts as indicator_charts
from followup.indicators import trends as indicators
from followup.models import Indicator, Measurement
from tests.cast import Cast
from tests.followup.measured import indicator, measured, shootings
from trygghet.pdf import render_pdf

CHART = LineChart(
    title="Otrygga i bostadsområdet",
    description="Skärholmen: från 42 till 37 procent 2019–2024.",
    unit="procent",
    lines=(
        Line("Skärholmen", (Dot(2019.5, 42, 38, 46), Dot(2024.5, 37, 33, 41))),
        Line("Staden", (Dot(2019.5, 36), Dot(2024.5, 35))),
    ),
)


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture(scope="module")
def drawn():
    return charts.draw(CHART)


def figure(of, cast):
    found = indicators.readings_of([of], Measurement.objects.all())
    here, city = (found.get((of.pk, place, None), []) for place in (cast.district.pk, None))
    return indicator_charts.figure_of(of, [("Skärholmen", here), ("Staden", city)])


def test_the_same_numbers_give_the_same_bytes(drawn):
    assert charts.draw(CHART) == drawn
    assert "2026" not in drawn and "date" not in drawn.lower()


def test_other_numbers_give_another_chart():
    other = replace(CHART, lines=(Line("Skärholmen", (Dot(2019.5, 42), Dot(2024.5, 36))),))
    assert other.fingerprint != CHART.fingerprint


def test_a_chart_has_nothing_that_the_content_security_policy_refuses(drawn):
    ElementTree.fromstring(drawn)
    assert not re.search(r"<style|\sstyle=|<script|\son\w+=|<metadata|<image|<foreignObject", drawn)
    addresses = set(re.findall(r'href="([^"]+)"', drawn))
    assert addresses and all(address.startswith("#") for address in addresses)


def test_a_chart_says_what_it_shows(drawn):
    root = ElementTree.fromstring(drawn)
    assert root.get("role") == "img"
    assert [child.text for child in root][:2] == [CHART.title, CHART.description]


def test_two_charts_in_one_page_share_no_identity(drawn):
    other = charts.draw(replace(CHART, title="En annan"))
    mine, theirs = (set(re.findall(r'\sid="([^"]+)"', text)) for text in (drawn, other))
    assert mine and not mine & theirs


def test_a_chart_has_the_colours_of_the_tokens_and_tells_its_lines_apart_without_them(drawn):
    ink = charts.colours()
    assert ink["--accent"] in drawn and ink["--ink-2"] in drawn
    assert "stroke-dasharray" in drawn
    assert set(re.findall(r"#[0-9a-f]{6}\b", drawn)) <= {colour.lower() for colour in ink.values()}


def test_what_people_have_written_is_text_in_a_chart():
    chart = replace(
        CHART,
        title="</title><script>",
        description='"&<b>',
        lines=(Line("$x_1$ <&", (Dot(2019.5, 1), Dot(2020.5, 2))),),
    )
    text = charts.draw(chart)
    assert [child.text for child in ElementTree.fromstring(text)][:2] == [chart.title, chart.description]


def test_an_example_says_so_in_the_drawing_itself(drawn):
    assert "<!-- Exempeldata -->" not in drawn
    assert "<!-- Exempeldata -->" in charts.draw(replace(CHART, is_example=True))


def test_a_chart_where_only_some_is_made_up_says_so_and_fills_what_is_measured():
    dots = (Dot(2019.5, 42), Dot(2024.5, 37, is_example=True))
    mixed = replace(CHART, lines=(Line("Skärholmen", dots),), is_example=True)
    text, all_made_up = charts.draw(mixed), charts.draw(replace(CHART, is_example=True))
    assert "<!-- Delvis exempeldata -->" in text and "<!-- Exempeldata -->" not in text
    assert "<!-- Delvis exempeldata -->" not in all_made_up
    filled = f'fill="{charts.colours()["--accent"]}" stroke="{charts.colours()["--accent"]}"'
    assert text.count(filled) > all_made_up.count(filled)


def test_a_label_far_from_the_end_of_its_line_is_led_to_it():
    longer = Line("Skärholmen", (Dot(2019.5, 42), Dot(2025.5, 20)))
    ended = Line("Staden", (Dot(2019.5, 60), Dot(2021.5, 80)))
    alone = charts.draw(replace(CHART, lines=(longer,)))
    both = charts.draw(replace(CHART, lines=(longer, ended)))
    assert 'stroke-width="0.7"' not in alone
    assert 'stroke-width="0.7"' in both


def test_a_line_is_broken_where_nothing_may_be_shown():
    whole = Line("A", (Dot(2019.5, 10), Dot(2020.5, 12), Dot(2021.5, 11), Dot(2022.5, 13)))
    broken = Line("A", (Dot(2019.5, 10), None, Dot(2021.5, 11), Dot(2022.5, 13)))
    assert list(charts._runs(broken.dots)) == [[broken.dots[0]], [broken.dots[2], broken.dots[3]]]
    assert len(list(charts._runs(whole.dots))) == 1


def test_nothing_to_draw_is_not_drawn():
    with pytest.raises(ValueError, match="nothing to draw"):
        svg_of(replace(CHART, lines=()))


def test_a_chart_is_drawn_once(monkeypatch):
    first = svg_of(CHART)
    monkeypatch.setattr(charts, "draw", lambda chart: pytest.fail("drawn again"))
    assert svg_of(CHART) == first


def test_a_chart_is_printed_with_its_page(drawn):
    html = f'<!DOCTYPE html><html lang="sv"><head><title>x</title></head><body><h1>x</h1>{drawn}</body></html>'
    assert render_pdf(html, stylesheets=["css/tokens.css"]).startswith(b"%PDF")


def test_the_labels_keep_apart():
    assert charts._apart([35, 36, 80], 5) == [33, 38, 80]
    assert charts._apart([36, 35], 5) == [38, 33]


def test_panels_and_dots_are_drawn_as_a_chart_is(drawn):
    behind = Line("Staden", (Dot(2019.5, 36), Dot(2024.5, 35)))
    panels = tuple((name, replace(CHART, lines=(CHART.lines[0], behind))) for name in ("Skärholmen", "$x_1$ <&"))
    many = SmallMultiples(title="T", description="D.", heading="Procent. Exempeldata", panels=panels)
    dots = DotPlot(
        title="T", description="D.", heading="Procent", values=(0.1, 0.3, 0.3), line=("Staden", 0.2), decimals=1
    )
    for drawing in (many, replace(many, is_narrow=True), dots, replace(dots, values=(7.0,), line=None)):
        text = charts.draw(drawing)
        assert charts.draw(drawing) == text
        root = ElementTree.fromstring(text)
        assert [child.text for child in root][:2] == ["T", "D."]
        assert not re.search(r"<style|\sstyle=|<script|\son\w+=", text)
        assert set(re.findall(r"#[0-9a-f]{6}\b", text)) <= {colour.lower() for colour in charts.colours().values()}
    assert "<!-- Procent. Exempeldata -->" in charts.draw(many)


# --- Of an indicator


def test_the_words_are_computed_from_the_numbers(cast):
    of = indicator()
    for year, here, city in ((2019, 42, 36), (2024, 37, 35)):
        measured(of, year, here, cast.district, low=here - 4, high=here + 4)
        measured(of, year, city)
    assert figure(of, cast).words == (
        "Skärholmen: från 42 till 37 procent 2019–2024. Ingen säker skillnad mot 2019 (42). "
        "Staden: från 36 till 35 procent 2019–2024."
    )


def test_which_values_are_made_up_is_told_where_some_are_not(cast):
    of = indicator()
    for year, is_example in ((2019, False), (2024, True)):
        measured(of, year, 40, cast.district, is_example=is_example)
        measured(of, year, 36)
    shown = figure(of, cast)
    assert shown.is_mixed and shown.chart.is_mixed
    assert shown.words.endswith(" Delvis exempeldata: Skärholmen 2024.")


def test_the_unit_is_not_said_twice(cast):
    shootings(), indicator()
    for code, caption in (("skjutningar", "Skjutningar: "), ("otrygga", "Otrygga i bostadsområdet, procent: ")):
        of = Indicator.objects.get(code=code)
        for year in (2020, 2023):
            measured(of, year, 40, cast.district)
        signed_in = Client()
        signed_in.force_login(cast.editor)
        page = signed_in.get(f"/indikatorer/{code}/?omrade=skarholmen").content.decode()
        assert f"<caption>{caption}Skärholmen och staden</caption>" in page
        assert f"<figcaption>{of}: Skärholmen och Staden." in page


def test_a_value_that_is_not_shown_is_neither_in_the_chart_its_words_nor_its_table(cast):
    of = shootings()
    for year, here, city in ((2022, 6, 31), (2023, 3, 1973), (2024, 7, 29)):
        measured(of, year, here, cast.district)
        measured(of, year, city)
    shown = figure(of, cast)
    assert [dot and dot.value for dot in shown.chart.lines[0].dots] == [6, None, 7]
    assert [dot and dot.value for dot in shown.chart.lines[1].dots] == [31, None, 29]
    assert [[each.told for each in row.readings] for row in shown.rows][1] == ["färre än 5", "visas inte"]
    assert "visas inte" in shown.words and "1973" not in svg_of(shown.chart)


def test_a_single_value_is_told_by_the_table_alone(cast):
    of = indicator()
    measured(of, 2024, 37, cast.district)
    shown = figure(of, cast)
    assert not shown.can_be_drawn
    assert len(shown.rows) == 1


def test_a_period_that_was_not_measured_is_no_zero(cast):
    of = indicator()
    measured(of, 2020, 37, cast.district)
    measured(of, 2023, 35)
    assert [row.readings[0] is None for row in figure(of, cast).rows] == [True, False]


# --- Its address


@pytest.fixture
def client(cast):
    signed_in = Client()
    signed_in.force_login(cast.editor)
    return signed_in


@pytest.fixture
def of(cast):
    found = indicator()
    for year in (2020, 2023):
        measured(found, year, year - 1980, cast.district)
    return found


def test_a_reader_who_has_the_chart_is_told_so_without_anything_being_drawn(client, of, monkeypatch):
    address = f"/indikatorer/{of.code}/diagram/skarholmen/"
    first = client.get(address)
    assert (first.status_code, first["Content-Type"]) == (200, "image/svg+xml")
    monkeypatch.setattr(charts, "svg_of", lambda chart: pytest.fail("asked for"))
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_new_value_makes_a_new_chart_with_a_new_address(client, of, cast):
    address = f"/indikatorer/{of.code}/diagram/skarholmen/"
    first = client.get(address)
    before = client.get(f"/indikatorer/{of.code}/").context["page"].chart_address
    measured(of, 2024, 41, cast.district)
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 200
    assert client.get(f"/indikatorer/{of.code}/").context["page"].chart_address != before


def test_a_phone_gets_the_same_chart_in_less_width(client, of):
    page = client.get(f"/indikatorer/{of.code}/").context["page"]
    wide, narrow = (client.get(address).content.decode() for address in (page.chart_address, page.narrow_chart_address))
    assert wide != narrow
    widths = [float(re.search(r'viewBox="0 0 ([\d.]+)', text)[1]) for text in (wide, narrow)]
    assert widths[0] > widths[1]


def test_there_is_no_chart_of_nothing_or_of_nowhere(client, of):
    assert client.get(f"/indikatorer/{of.code}/diagram/farsta/").status_code == 404
    assert client.get(f"/indikatorer/{of.code}/diagram/atlantis/").status_code == 404


def test_the_image_has_the_words_and_the_table_the_numbers(client, of):
    page = client.get(f"/indikatorer/{of.code}/").content.decode()
    assert 'alt="Skärholmen: från 40 till 43 procent 2020–2023.' in page
    assert "<caption>" in page
    assert io.StringIO(page).read().count("chart-table") == 1
