"""The city's page: every district's steps, the figures that equal the plans' own, and the same as a workbook."""

import io
import re
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agreements.models import District, PlanningCycle
from plans import editing, versions
from plans.consolidation import Consolidation, Row, consolidate
from plans.document import Counts
from plans.models import ActionPlan, BoardDecision, PlanVersion, Submission
from plans.workbook.writer import workbook_bytes
from tests.cast import PEOPLE
from tests.plans import invariants, stages
from tests.plans.strategies import documents
from tests.plans.test_page import html, words

PAGE = "/2025/"
BOOK = "/2025/ladda-ner/xlsx/"
SEERS = {"city_preparation", "city_steering"}
DECIDED_ON = date(2025, 3, 12)
DUE = {
    "review_due": date(2025, 2, 28),
    "decision_due": date(2025, 3, 31),
    "submission_due": date(2025, 4, 4),
    "board_due": date(2025, 5, 31),
}
AFTERWARDS = date(2025, 12, 1)


@pytest.fixture
def sign_in():
    """Return a browser signed in as the person."""

    def signed_in(user):
        client = Client()
        client.force_login(user)
        return client

    return signed_in


@pytest.fixture
def city(sign_in, cast):
    return sign_in(cast.city_preparation)


@pytest.fixture
def due(cast):
    """The year's last days."""
    PlanningCycle.objects.filter(pk=cast.cycle.pk).update(**DUE)
    cast.cycle.refresh_from_db()


def add_district(cast, name):
    return District.objects.create(
        name=name, slug=f"d{District.objects.count()}", municipality=cast.municipality, valid_from=date(2024, 1, 1)
    )


def put(plan, **values):
    """Put the plan straight where it is to be seen, as only a test does; return it read anew."""
    ActionPlan.objects.filter(pk=plan.pk).update(**values)
    return ActionPlan.objects.with_place().get(pk=plan.pk)


def begin(cast, district, document=None):
    """Begin the district's plan, with a content if one is given."""
    plan = editing.create_plan(district, cast.cycle, by=None)
    if document:
        editing.replace_content(plan, document, by=None, summary="Läste in planen")
    return put(plan)


def decide(plan, on=DECIDED_ON):
    """Decide the version being written."""
    decision = versions.Decision(decided_on=on, body="Lokal styrgrupp", meeting="Möte 1")
    version = versions.freeze(plan, decision, by=None)
    put(plan, state="decided")
    return version


def send(version, on=date(2025, 3, 14), answer="sent"):
    """Send the version to the city, which answers two days later if it does."""
    at = timezone.make_aware(datetime(on.year, on.month, on.day, 10))
    submission = Submission.objects.create(version=version)
    answered_at = None if answer == "sent" else at + timedelta(days=2)
    Submission.objects.filter(pk=submission.pk).update(at=at, state=answer, answered_at=answered_at)
    return submission


def shorten(plan, by):
    """Take the first problem out: 13 problems, 22 causes and 26 actions are left."""
    editing.remove(plan, "problem", plan.problems.get(plan_area__position=1).uid, by=by)


def board(version, on):
    return BoardDecision.objects.create(
        version=version, board="SDN", decided_on=on, paragraph="§ 7", diary_number="1", reported_in="Tertialrapport 1"
    )


def row_of(cast, district="Skärholmen", today=AFTERWARDS, person="city_preparation"):
    """Return the district's row of the year."""
    cycle = PlanningCycle.objects.select_related("area_set").get(pk=cast.cycle.pk)
    found = consolidate(getattr(cast, person), cycle, today)
    return next(row for row in found.rows if row.district.name == district)


def steps_of(cast, **where):
    return {step.name: (step.words, step.on) for step in row_of(cast, **where).steps}


def late(cast, **where):
    return row_of(cast, **where).late


# --- Who sees it


@pytest.mark.parametrize("person", PEOPLE)
def test_the_page_is_there_for_the_citys_groups_alone(sign_in, cast, plan, person):
    client = sign_in(getattr(cast, person))
    expected = 200 if person in SEERS else 404
    assert [client.get(address).status_code for address in (PAGE, BOOK)] == [expected, expected]
    assert client.get("/staden/").status_code == (302 if person in SEERS else 404)
    assert (">Staden</a>" in html(client.get("/planer/"))) == (person in SEERS)


def test_a_year_that_no_plans_are_written_for_is_not_there(city, plan):
    assert [city.get(f"/2031/{tail}").status_code for tail in ("", "ladda-ner/xlsx/")] == [404, 404]


def test_the_menu_leads_to_the_latest_year_in_which_somebody_has_begun(city, cast, plan):
    PlanningCycle.objects.create(year=2026, area_set=cast.area_set)
    assert city.get("/staden/").url == "/2025/"
    page = html(city.get(PAGE))
    assert 'href="/2026/"' in page
    assert re.search(r'href="/staden/" aria-current="true"', page)


def test_without_any_plan_the_menu_leads_to_the_latest_year(city, cast):
    PlanningCycle.objects.create(year=2026, area_set=cast.area_set)
    assert city.get("/staden/").url == "/2026/"


def test_without_any_year_there_is_no_page_to_lead_to(city, cast):
    cast.cycle.delete()
    assert city.get("/staden/").status_code == 404


# --- The steps


def test_a_plan_is_followed_through_its_real_steps(cast, plan):
    seen = []
    for stage in ("draft", "in_review", "ready_for_decision", "decided", "submitted", "acknowledged", "board"):
        stages.reach(plan, cast, stage) if stage == "draft" else _from(plan, cast, stage)
        seen.append([step.words for step in row_of(cast).steps])
    not_yet = "Inte än"
    assert seen == [
        ["Utkast", *[not_yet] * 4],
        ["På granskning", *[not_yet] * 4],
        ["Klar för beslut", *[not_yet] * 4],
        ["Beslutad", "Klar", *[not_yet] * 3],
        ["Beslutad", "Klar", "Klar", "Väntar på svar", not_yet],
        ["Beslutad", "Klar", "Klar", "Kvitterad", not_yet],
        ["Beslutad", "Klar", "Klar", "Kvitterad", "Klar"],
    ]


def _from(plan, cast, stage):
    """Take the plan on to the stage from the stage of the test before it."""
    before = {"in_review": ["shared"], "ready_for_decision": ["reviewed"]}
    for name in [*before.get(stage, []), stage]:
        getattr(stages, f"_{name}")(put(plan), cast)


def test_a_district_without_a_plan_is_missing_and_no_zero(city, cast, plan):
    assert steps_of(cast, district="Farsta")["plan"] == ("Saknas", None)
    assert row_of(cast, "Farsta").counts is None
    assert "Farsta Saknas Inte än Inte än Inte än Inte än ingen inskickad plan" in words(city.get(PAGE))


def test_the_days_of_the_steps_are_told(city, cast, plan):
    version = decide(plan)
    send(version, date(2025, 3, 14), "acknowledged")
    board(version, date(2025, 4, 24))
    assert steps_of(cast) == {
        "plan": ("Beslutad", None),
        "decided": ("Klar", date(2025, 3, 12)),
        "submitted": ("Klar", date(2025, 3, 14)),
        "answered": ("Kvitterad", date(2025, 3, 16)),
        "board": ("Klar", date(2025, 4, 24)),
    }
    assert "Beslutad 12 mars 14 mars 16 mars 24 april 14 26 31" in words(city.get(PAGE))


def test_a_day_in_another_year_says_which(city, cast, plan):
    decide(plan, date(2026, 1, 8))
    assert "8 januari 2026" in words(city.get(PAGE))


def test_a_wished_completion_stands_until_the_plan_is_sent_again(cast, plan):
    version = decide(plan)
    send(version, answer="completion_requested")
    assert steps_of(cast)["answered"] == ("Komplettering begärd", date(2025, 3, 16))
    send(version, date(2025, 3, 20))
    assert steps_of(cast)["submitted"] == ("Klar", date(2025, 3, 20))
    assert steps_of(cast)["answered"] == ("Väntar på svar", None)


# --- What is late


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2025, 2, 28), set()),
        (date(2025, 3, 1), {"plan"}),
        (date(2025, 3, 31), {"plan"}),
        # The decision says it all; what comes after it waits for it.
        (date(2025, 4, 1), {"decided"}),
        (AFTERWARDS, {"decided"}),
    ],
)
@pytest.mark.parametrize("district", ["Skärholmen", "Farsta"])
def test_a_draft_and_a_missing_plan_are_late_from_the_day_after_the_last(cast, plan, due, district, today, expected):
    assert late(cast, district=district, today=today) == expected


def test_a_plan_on_review_is_not_late_for_it_but_may_be_for_the_decision(cast, plan, due):
    put(plan, state="in_review")
    assert late(cast, today=date(2025, 3, 31)) == set()
    assert late(cast, today=date(2025, 4, 1)) == {"decided"}


def test_a_decided_plan_may_be_late_for_the_city_and_for_the_board(cast, plan, due):
    version = decide(plan)
    assert late(cast, today=date(2025, 4, 4)) == set()
    assert late(cast, today=date(2025, 4, 5)) == {"submitted"}
    assert late(cast, today=date(2025, 6, 1)) == {"submitted", "board"}
    send(version)
    assert late(cast, today=date(2025, 6, 1)) == {"board"}


def test_what_was_done_late_is_done(cast, plan, due):
    version = decide(plan, date(2025, 9, 1))
    send(version, date(2025, 9, 2), "acknowledged")
    board(version, date(2025, 10, 1))
    assert late(cast) == set()
    assert steps_of(cast) == {
        "plan": ("Beslutad", None),
        "decided": ("Klar", date(2025, 9, 1)),
        "submitted": ("Klar", date(2025, 9, 2)),
        "answered": ("Kvitterad", date(2025, 9, 4)),
        "board": ("Klar", date(2025, 10, 1)),
    }


def test_a_step_taken_late_shows_its_date_and_nothing_more(city, cast, plan, due):
    version = decide(plan, date(2025, 9, 1))
    send(version, date(2025, 9, 2), "acknowledged")
    board(version, date(2025, 10, 1))
    of_district = re.search(r"Skärholmen Beslutad .*? 14 26 31", words(city.get(PAGE)))[0]
    assert of_district == "Skärholmen Beslutad 1 september 2 september 4 september 1 oktober 14 26 31"
    assert "Försenad" not in line_of(book_of(city.get(BOOK)).worksheets[0], "Skärholmen")


def test_without_last_days_nothing_is_late(cast, plan):
    decide(plan)
    assert (late(cast), late(cast, district="Farsta")) == (set(), set())


def test_the_page_names_what_is_late_with_its_last_day(city, cast, plan, due):
    decide(plan)
    said = words(city.get(PAGE))
    assert "Försenat Beslut senast 31 mars Farsta Inskickning senast 4 april Skärholmen" in said
    assert "Nämndens beslut senast 31 maj Skärholmen" in said
    assert "Nämnd (T1) senast 31 maj" in said


# --- Versions


@pytest.mark.parametrize(
    ("state", "note"),
    [
        ("draft", "Version 2 skrivs"),
        ("in_review", "Version 2 är på granskning"),
        ("ready_for_decision", "Version 2 är klar för beslut"),
    ],
)
def test_a_second_version_under_way_leaves_the_first_in_the_row(city, cast, plan, due, state, note):
    send(decide(plan), answer="acknowledged")
    plan = put(plan, state="draft", version=2)
    editing.remove(plan, "problem", plan.problems.first().uid, by=cast.editor)
    put(plan, state=state)
    row = row_of(cast)
    assert (row.note, row.version.number, row.counts) == (note, 1, Counts(14, 26, 31))
    assert [step.words for step in row.steps] == ["Beslutad", "Klar", "Klar", "Kvitterad", "Försenad"]
    assert note in words(city.get(PAGE))


def test_the_figures_are_the_first_versions_until_the_second_is_sent(city, cast, plan, due):
    first = decide(plan)
    send(first, answer="acknowledged")
    board(first, date(2025, 4, 24))
    shorten(put(plan, state="draft", version=2), by=cast.editor)
    decide(put(plan), date(2025, 10, 8))
    row = row_of(cast)
    assert (row.version.number, row.readable.number, row.counts) == (2, 1, Counts(14, 26, 31))
    assert row.earlier == "version 1; version 2 är inte inskickad"
    said = words(city.get(PAGE))
    assert said.count("Skärholmen version 1; version 2 är inte inskickad") == 2  # in both tables
    assert "Siffrorna gäller den senast beslutade versionen som har skickats till staden." in said
    # The last days were for the first decision, which kept them.
    assert row.late == set()
    assert "Beslutad Version 2 8 oktober Inte än version 1: 14 mars Inte än Inte än version 1: 24 april" in said
    assert f'href="{first.get_absolute_url()}"' in html(city.get(PAGE))


def test_two_versions_of_which_none_is_sent_have_no_figures(cast, plan):
    decide(plan)
    decide(put(plan, version=2), date(2025, 10, 8))
    row = row_of(cast)
    assert (row.counts, row.why_no_counts, row.earlier) == (None, "inte inskickad", "")


def test_the_workbook_says_which_earlier_version_its_figures_are_of(city, cast, plan):
    send(decide(plan))
    shorten(put(plan, state="draft", version=2), by=cast.editor)
    decide(put(plan), date(2025, 10, 8))
    steps, figures, about = book_of(city.get(BOOK)).worksheets
    *counts, remark = line_of(steps, "Skärholmen")[7:]
    assert counts == line_of(steps, "Summa, 1 plan")[7:10] == line_of(figures, "Skärholmen")[19:22] == [14, 26, 31]
    assert remark.endswith("Siffrorna: version 1; version 2 är inte inskickad")
    assert line_of(figures, "Skärholmen")[22] == "Siffrorna: version 1; version 2 är inte inskickad"
    of_earlier = line_of(about, "Siffror av en tidigare version")[1]
    assert of_earlier == "Skärholmen: version 1; version 2 är inte inskickad"


def test_a_second_version_that_is_sent_takes_over(cast, plan):
    send(decide(plan), answer="acknowledged")
    send(decide(put(plan, version=2), date(2025, 10, 8)), date(2025, 10, 9))
    row = row_of(cast)
    assert (row.readable.number, row.counts, row.note) == (2, Counts(14, 26, 31), "Version 2")
    row = row_of(cast)
    assert (row.earlier, steps_of(cast)["answered"]) == ("", ("Väntar på svar", None))


# --- The same figures in the list of plans


def first_sent_second_written(plan, by):
    send(decide(plan))
    shorten(put(plan, state="draft", version=2), by=by)


def first_sent_second_decided(plan, by):
    first_sent_second_written(plan, by)
    decide(put(plan), date(2025, 10, 8))


def first_sent_second_decided_third_written(plan, by):
    first_sent_second_decided(plan, by)
    put(plan, state="draft", version=3)


def both_sent(plan, by):
    first_sent_second_decided(plan, by)
    send(plan.versions.get(number=2))


def sent_and_its_rows_changed_since(plan, by):
    """As a correction by command would: what is decided is what was frozen."""
    first_sent_second_written(plan, by)
    put(plan, state="decided", version=1)


def first_not_sent(plan, by):
    decide(plan)


def first_not_sent_second_sent(plan, by):
    decide(plan)
    shorten(put(plan, state="draft", version=2), by=by)
    send(decide(put(plan), date(2025, 10, 8)))


ALL, SHORTENED = (14, 26, 31), (13, 22, 26)
CONSTELLATIONS = [
    (first_sent_second_written, ALL),
    (first_sent_second_decided, ALL),
    (first_sent_second_decided_third_written, ALL),
    (both_sent, SHORTENED),
    (sent_and_its_rows_changed_since, ALL),
    (first_not_sent, None),
    (first_not_sent_second_sent, SHORTENED),
]


@pytest.mark.parametrize("person", sorted(SEERS))
@pytest.mark.parametrize(("constellation", "expected"), CONSTELLATIONS, ids=lambda each: getattr(each, "__name__", ""))
def test_the_city_and_the_list_of_plans_hold_the_same_figures(
    sign_in, cast, plan, skarholmen, constellation, expected, person
):
    # Two others make a sum whatever the one has come to.
    for district in (cast.other_district, add_district(cast, "Järva")):
        send(decide(begin(cast, district, skarholmen)))
    constellation(plan, cast.editor)
    client = sign_in(getattr(cast, person))
    city, listed = html(client.get(PAGE)), html(client.get("/planer/?ar=2025"))
    assert figures_in(city, "Skärholmen") == figures_in(listed, "Skärholmen") == expected
    counted = [ALL, ALL, *([expected] if expected else [])]
    total = tuple(map(sum, zip(*counted, strict=True)))
    name = f"Summa, {len(counted)} planer"
    assert figures_in(city, name) == figures_in(listed, name) == total
    assert row_of(cast, person=person).counts == expected


def figures_in(page, name):
    """Return the three numbers of the row in the page's first table; None if it has none."""
    rows = re.findall(r"<tr>(.*?)</tr>", page.split("</table>")[0], re.DOTALL)
    row = next(row for row in rows if re.search(rf'<th scope="row"[^>]*>(<a [^>]*>)?{name}<', row))
    found = re.findall(r'class="num" data-label="(?:Problem|Orsaker|Åtgärder)">(\d+)<', row)
    return tuple(map(int, found)) or None


# --- What the city may know


@pytest.mark.parametrize("state", ["draft", "in_review", "ready_for_decision"])
@pytest.mark.parametrize("person", sorted(SEERS))
def test_of_a_draft_only_the_status_is_told(sign_in, cast, plan, person, state):
    put(plan, state=state)
    client = sign_in(getattr(cast, person))
    page, book = html(client.get(PAGE)), cells(client.get(BOOK))
    assert plan.get_absolute_url() not in page
    for text in [problem.title for problem in plan.problems.all()]:
        assert text not in page
        assert text not in book
    assert row_of(cast, person=person).counts is None


def test_a_decided_plan_that_is_not_sent_shows_that_and_no_figures(city, cast, plan):
    version = decide(plan)
    row = row_of(cast)
    assert (row.counts, row.why_no_counts, row.readable) == (None, "inte inskickad", None)
    assert version.get_absolute_url() not in html(city.get(PAGE))
    assert "1 av 2 stadsdelar har en beslutad plan. 1 har inte börjat." in words(city.get(PAGE))


def test_the_citys_own_plan_is_no_district(cast, city):
    ActionPlan.objects.create(cycle=cast.cycle)
    assert words(city.get(PAGE)).count("Saknas") == 3  # Farsta and Skärholmen, and once beside them


# --- What waits


def test_a_plan_waits_for_the_city_until_it_is_answered(city, cast, plan):
    version = decide(plan)
    submission = send(version)
    page = html(city.get(PAGE))
    assert "Väntar på er" in page
    assert re.search(rf'href="{version.get_absolute_url()}">Skärholmen: kvittera version 1<', page)
    Submission.objects.filter(pk=submission.pk).update(state="acknowledged", answered_at=timezone.now())
    assert "kvittera version" not in html(city.get(PAGE))
    assert "Ingen inskickad plan väntar på svar." in words(city.get(PAGE))


def test_the_steering_group_is_told_for_whom_it_waits(sign_in, cast, plan):
    send(decide(plan))
    said = words(sign_in(cast.city_steering).get(PAGE))
    assert "Väntar på beredningsgruppen Skärholmen" in said
    assert "Väntar på er" not in said


def test_made_up_content_says_so_above_both_tables_and_on_every_sheet(city, cast, plan):
    version = decide(put(plan, is_example=True))
    steps, figures, about = book_of(city.get(BOOK)).worksheets
    assert line_of(steps, "Skärholmen")[10] == "Ingen siffra: inte inskickad. Exempeldata"
    assert line_of(figures, "Skärholmen")[22] is None  # no figures, nothing to say of them
    send(version)
    assert words(city.get(PAGE)).count("Exempeldata (påhittat innehåll): Skärholmen.") == 2
    steps, figures, about = book_of(city.get(BOOK)).worksheets
    assert line_of(steps, "Skärholmen")[10] == line_of(figures, "Skärholmen")[22] == "Exempeldata"
    assert line_of(about, "Exempeldata")[1] == "Påhittat innehåll: Skärholmen"


def test_of_real_content_nothing_is_said(city, cast, plan):
    send(decide(plan))
    assert "Exempeldata" not in words(city.get(PAGE))
    assert "Exempeldata" not in cells(city.get(BOOK))


@pytest.mark.parametrize(
    ("made_up", "real", "expected"),
    [
        ([], [], ""),
        ([], ["Bromma"], ""),
        (["Bromma"], [], "Bromma"),
        (["Bromma"], ["Farsta"], "Bromma"),
        (["Bromma", "Farsta"], ["Järva", "Skärholmen", "Älvsjö"], "Bromma och Farsta"),
        (["Bromma", "Farsta", "Järva"], ["Skärholmen"], "alla planer utom Skärholmen"),
        (["Bromma", "Farsta", "Järva"], ["Hässelby", "Älvsjö"], "alla planer utom Hässelby och Älvsjö"),
        (["Bromma", "Farsta"], [], "alla planer"),
    ],
)
def test_the_made_up_plans_are_named_the_shorter_way(made_up, real, expected):
    def rows(names, is_example):
        return [Row(district=District(name=name), plan=ActionPlan(is_example=is_example)) for name in names]

    missing = Row(district=District(name="Södermalm"))
    city = Consolidation(cycle=None, rows=[*rows(made_up, True), *rows(real, False), missing], areas=[])
    assert city.examples == expected


# --- The sentence


@pytest.mark.parametrize(
    ("total", "decided", "missing", "expected"),
    [
        (11, 7, 2, "7 av 11 stadsdelar har en beslutad plan. 2 har inte börjat."),
        (11, 1, 1, "1 av 11 stadsdelar har en beslutad plan. 1 har inte börjat."),
        (11, 7, 0, "7 av 11 stadsdelar har en beslutad plan. Alla har börjat."),
        (11, 0, 3, "Ingen av 11 stadsdelar har en beslutad plan. 3 har inte börjat."),
        (11, 0, 11, "Ingen av 11 stadsdelar har en beslutad plan. Ingen har börjat."),
        (11, 11, 0, "Alla 11 stadsdelar har en beslutad plan."),
        (1, 1, 0, "Stadsdelen har en beslutad plan."),
        (1, 0, 0, "Stadsdelen har ingen beslutad plan."),
        (1, 0, 1, "Stadsdelen har ingen beslutad plan. Den har inte börjat."),
    ],
)
def test_the_sentence_counts_in_swedish(total, decided, missing, expected):
    rows = [Row(district=None)] * missing
    rows += [Row(district=None, plan=ActionPlan(), version=PlanVersion())] * decided
    rows += [Row(district=None, plan=ActionPlan())] * (total - decided - missing)
    assert Consolidation(cycle=None, rows=rows, areas=[]).in_words() == expected


def test_a_year_that_is_over_shows_the_districts_of_its_last_day(cast, plan):
    District.objects.filter(pk=cast.other_district.pk).update(valid_to=date(2025, 12, 31))
    assert row_of(cast, "Farsta").plan is None
    District.objects.filter(pk=cast.other_district.pk).update(valid_to=date(2025, 6, 30))
    with pytest.raises(StopIteration):
        row_of(cast, "Farsta")


def test_a_district_that_is_gone_stays_while_it_has_a_plan(cast, plan):
    District.objects.filter(pk=cast.district.pk).update(valid_to=date(2025, 6, 30))
    assert row_of(cast).plan == plan


def test_a_city_without_districts_says_so(city, cast):
    District.objects.update(valid_from=date(2030, 1, 1))
    assert "Inga stadsdelar är upplagda än." in words(city.get(PAGE))
    assert cells(city.get(BOOK))


# --- The figures


def analysis_of(document):
    """What the Analys tab of the plan's workbook says: counts by area title, and their sum."""
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_bytes(document)), data_only=True)["Analys"]
    rows = [[cell.value for cell in row[:4]] for row in sheet.iter_rows(min_row=5) if row[0].value]
    counted = {row[0]: Counts(*row[1:]) for row in rows}
    return counted, counted.pop(rows[-1][0])


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(documents(), min_size=2, max_size=3))
def test_the_figures_are_those_of_the_analysis_tabs(cast, made):
    with invariants.rolled_back():
        sums, own, titles = [], Counts(0, 0, 0), {}
        for number, document in enumerate(made):
            plan = begin(cast, add_district(cast, f"Stadsdel {number}"), document)
            version = decide(plan)
            send(version)
            counted, total = analysis_of(versions.document_of(version))
            row = row_of(cast, plan.district.name)
            assert row.counts == total
            codes = {area["title"]: area["code"] for area in version.counts}
            of_city = {title: counts for title, counts in counted.items() if codes.get(title)}
            assert {title: row.by_area[codes[title]] for title in of_city} == of_city
            sums.append(total)
            own += sum((counts for title, counts in counted.items() if not codes.get(title)), Counts(0, 0, 0))
            titles |= {title: titles.get(title, Counts(0, 0, 0)) + counts for title, counts in of_city.items()}
        city = consolidate(cast.city_preparation, cast.cycle)
        assert city.sum == sum(sums, Counts(0, 0, 0))
        assert {area.title: area.total for area in city.areas} == titles | {"Egna områden": own}


def test_the_page_shows_the_figures_with_their_sums(city, cast, plan, skarholmen):
    send(decide(plan))
    send(decide(begin(cast, cast.other_district, skarholmen)))
    said = words(city.get(PAGE))
    areas = "1 4 5 7 9 8 2 3 3 3 8 10 1 2 5"
    assert f"Farsta {areas} inget 14 26 31 Skärholmen {areas} inget 14 26 31" in said
    assert "Summa, 2 planer 2 8 10 14 18 16 4 6 6 6 16 20 2 4 10 0 0 0 28 52 62" in said


def test_an_area_of_another_edition_still_counts(cast, plan):
    version = decide(plan)
    send(version)
    cast.area_set.areas.filter(code="systemhotande").update(code="nytt", short_title="Nytt område")
    city = consolidate(cast.city_preparation, cast.cycle)
    assert [area.title for area in city.areas][2:] == [
        "Nytt område",
        "Särskilt utsatta och sårbara brottsoffer",
        "Kriminella miljöer och livsstilar",
        "Systemhotande brottslighet",
        "Egna områden",
    ]
    assert sum((area.total for area in city.areas), Counts(0, 0, 0)) == city.sum == Counts(14, 26, 31)


# --- The number of queries


@pytest.mark.parametrize("address", [PAGE, BOOK])
def test_the_number_of_queries_is_the_same_for_3_and_40_districts(city, cast, address, django_assert_max_num_queries):
    fill(cast, 3)
    with django_assert_max_num_queries(12) as few:
        assert city.get(address).status_code == 200
    fill(cast, 40)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert city.get(address).status_code == 200


def fill(cast, total):
    """Let the city have that many districts, most with a plan that has been sent and a second under way."""
    while District.objects.count() < total:
        number = District.objects.count()
        plan = begin(cast, add_district(cast, f"Stadsdel {number}"))
        version = decide(plan)
        if number % 3:
            send(version, answer="acknowledged" if number % 2 else "sent")
            board(version, date(2025, 5, 1))
            put(plan, state="draft", version=2)


# --- The workbook


def book_of(response):
    assert response.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(response.content))


def cells(response):
    """All texts of the workbook, a line each."""
    book = book_of(response)
    return "\n".join(str(cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None)


def line_of(sheet, name):
    return next([cell.value for cell in row] for row in sheet.iter_rows() if row[0].value == name)


def test_the_workbook_says_what_the_page_says(city, cast, plan, due):
    send(decide(plan), answer="completion_requested")
    response = city.get(BOOK)
    assert response["Content-Disposition"] == 'attachment; filename="Staden 2025.xlsx"'
    book = book_of(response)
    assert book.sheetnames == ["Stadsdelar", "Per område", "Om underlaget"]
    steps, figures, about = book.worksheets
    assert [cell.value for cell in steps[1]] == [
        "Stadsdel", "Plan", "Version", "Beslutad", "Inskickad", "Kvitterad", "Nämnd (T1)",
        "Problem", "Orsaker", "Åtgärder", "Anmärkning",
    ]  # fmt: skip
    assert line_of(steps, "Skärholmen") == [
        "Skärholmen", "Beslutad", 1, datetime(2025, 3, 12), datetime(2025, 3, 14), "Komplettering begärd", "Försenad",
        14, 26, 31, "Komplettering begärd 16 mars 2025",
    ]  # fmt: skip
    farsta = line_of(steps, "Farsta")
    assert farsta[1:4] == ["Saknas", None, "Försenad"]
    assert farsta[7:] == [None, None, None, "Ingen siffra: ingen inskickad plan"]
    assert line_of(steps, "Summa, 1 plan")[7:10] == [14, 26, 31]
    areas = [1, 4, 5, 7, 9, 8, 2, 3, 3, 3, 8, 10, 1, 2, 5, 0, 0, 0, 14, 26, 31]
    assert line_of(figures, "Skärholmen")[1:] == line_of(figures, "Summa, 1 plan")[1:] == [*areas, None]
    assert line_of(figures, "Farsta")[1:] == ["Ingen siffra: ingen inskickad plan", *[None] * 21]
    assert line_of(about, "Plan saknas")[1] == "Farsta"
    assert line_of(about, "Läget")[1] == "1 av 2 stadsdelar har en beslutad plan. 1 har inte börjat."


def test_the_workbook_has_real_dates_and_stays_readable_when_scrolled_and_printed(city, cast, plan):
    decide(plan)
    steps, figures, about = book_of(city.get(BOOK)).worksheets
    day = next(row[3] for row in steps.iter_rows() if row[0].value == "Skärholmen")
    assert (day.is_date, day.number_format) == (True, "yyyy-mm-dd")
    assert [sheet.freeze_panes for sheet in (steps, figures)] == ["B2", "B3"]
    assert [sheet.print_title_rows for sheet in (steps, figures)] == ["$1:$1", "$1:$2"]
    assert {sheet.page_setup.orientation for sheet in (steps, figures, about)} == {"landscape"}


def test_without_a_sent_plan_the_workbook_has_no_sums(city, cast, plan):
    steps, figures, _ = book_of(city.get(BOOK)).worksheets
    assert line_of(steps, "Summa")[7:10] == [None] * 3
    assert line_of(figures, "Summa")[1:] == [None] * 22


def test_the_name_of_a_district_is_never_a_formula(city, cast, plan):
    District.objects.filter(pk=cast.other_district.pk).update(name='=HYPERLINK("http://x")')
    book = book_of(city.get(BOOK))
    named = [cell for sheet in book for row in sheet for cell in row if "HYPERLINK" in str(cell.value)]
    assert len(named) == 3
    assert {cell.data_type for cell in named} == {"s"}
