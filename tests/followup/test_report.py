"""The city's annual report while the follow-ups come in: what it counts, whom it names, and who reads it."""

import io
import re
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.models import District
from followup.freezing import freeze
from followup.models import ActionOutcome, FollowUp, Obstacle, ObstacleStep
from followup.report import figures, open_format
from followup.report.document import NOT_DECIDED, NOT_HANDED_IN
from followup.report.page import MANY_DISTRICTS, Page
from followup.report.paper import report_html
from followup.report.reading import may_read, read_report
from followup.report.rows import all_actions, shown
from followup.report.workbook import workbook_bytes
from plans.models import ActionPlan, PlanVersion, Submission
from tests.cast import Cast
from tests.followup.answered import REASON, follow_up_of
from tests.followup.decided import decided_plan, version_of
from tests.followup.reported import decided_and_sent, hand_in, handed_in

REPORT = "/arsrapport/2025/"


@pytest.fixture
def cast(db):
    return Cast()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def page_for(cast, user=None):
    return Page(read_report(user or cast.city_preparation, cast.cycle))


def text_of(user, address):
    response = signed_in(user).get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_a_district_that_has_not_handed_in_is_named_and_is_no_zero(cast):
    handed_in(cast)
    page = page_for(cast)
    assert page.in_words == "1 av 2 stadsdelar har lämnat in sin uppföljning."
    assert page.missing == [(NOT_DECIDED, "Skärholmen")]
    assert "skarholmen" not in page.figures[figures.STATUS].values("district")
    shown = text_of(cast.city_preparation, REPORT)
    assert "1 av 2 stadsdelar har lämnat in" in shown
    assert re.search(r"<dt>Skärholmen</dt>\s*<dd>\s*ingen beslutad plan\s*</dd>", shown)


def test_a_plan_that_nobody_has_followed_up_is_in_what_is_planned_and_in_no_outcome(cast):
    decided_and_sent(cast, cast.district)
    page = page_for(cast)
    assert page.missing == [(NOT_DECIDED, "Farsta"), (NOT_HANDED_IN, "Skärholmen")]
    assert [line.title for line in page.counts.lines] == [dict(page.report.areas)["unga-i-riskzon"]]
    assert page.statuses.lines == []
    assert "Ingen uppföljning är inlämnad än." in text_of(cast.city_preparation, REPORT)


def test_what_a_district_still_writes_is_not_the_citys_to_count(cast):
    plan = decided_and_sent(cast, cast.district)
    follow_up = follow_up_of(plan)
    row = plan.actions.get()
    ActionOutcome.objects.create(follow_up=follow_up, row=row.uid, status="done", done="Hemligt än")
    assert page_for(cast).figures[figures.STATUS].number == 0
    hand_in(follow_up, cast)
    assert page_for(cast).figures[figures.STATUS].where(kind="done").number == 1


def test_a_version_that_the_city_has_not_been_sent_is_not_counted_though_it_is_followed_up(cast):
    hand_in(follow_up_of(decided_plan(cast)), cast)
    page = page_for(cast)
    assert page.report.read == []
    assert "Skärholmen" in {names for _, names in page.missing}


def test_each_number_leads_to_as_many_rows_as_it_says(cast):
    handed_in(cast)
    decided_and_sent(cast, cast.district)
    client = signed_in(cast.city_preparation)
    shown = client.get(REPORT).content.decode()
    links = re.findall(r'class="figure-number"\s+href="([^"]+)"\s*>(\d+)</a>', shown)
    assert len(links) > 60
    assert {address.split("figur=")[1][:2] for address, _ in links} == {"F2", "F3", "F4", "F6", "F7"}
    for address, number in dict.fromkeys(links):
        rows = client.get(address.replace("&amp;", "&"))
        assert rows.context["number"] == len(rows.context["rows"]) == int(number), address


def test_a_row_leads_to_its_place_in_the_follow_up_or_else_in_the_version(cast):
    handed_in(cast)
    plan = decided_and_sent(cast, cast.district)
    client = signed_in(cast.city_preparation)
    for district, where in (("farsta", "/uppfoljning/omrade/"), ("skarholmen", "/version/1/omrade/1/")):
        rows = client.get(f"{REPORT}rader/?figur=F2&status=action&stadsdel={district}").context["rows"]
        assert where in rows[0].address
        page, _, anchor = rows[0].address.partition("#")
        assert f'id="{anchor}"' in client.get(page).content.decode()
    assert rows[0].address.endswith(f"#rad-{plan.actions.get().uid}")


def test_the_rows_of_a_figure_that_is_not_there_are_not_found_and_a_filter_without_rows_says_so(cast):
    client = signed_in(cast.city_preparation)
    assert client.get(f"{REPORT}rader/").status_code == 404
    assert client.get(f"{REPORT}rader/?figur=F99").status_code == 404
    assert client.get("/arsrapport/1999/").status_code == 404
    assert "Det finns inga sådana rader nu" in client.get(f"{REPORT}rader/?figur=F3&stadsdel=x").content.decode()


def test_the_matrix_says_which_steps_each_district_has_taken(cast):
    follow_up = handed_in(cast)
    decided_and_sent(cast, cast.district)
    rows = {str(row.district): dict(row.labelled) for row in page_for(cast).matrix}
    assert rows["Farsta"]["Beslutad"].words == "12 mars 2025"
    assert rows["Farsta"]["Uppföljning"].words == "Inlämnad till styrgruppen"
    assert rows["Skärholmen"]["Uppföljning"].words == "Inte inlämnad"
    assert rows["Skärholmen"]["Lägesbild"].words == "Saknas"
    freeze(follow_up, approved_on=date(2026, 2, 5), body="Styrgruppen", meeting="", by=cast.chair)
    FollowUp.objects.filter(pk=follow_up.pk).update(state="approved")
    rows = {str(row.district): dict(row.labelled) for row in page_for(cast).matrix}
    told = rows["Farsta"]["Uppföljning"]
    assert (told.words, told.beside, told.on) == ("Godkänd", "5 februari 2026", date(2026, 2, 5))


def test_a_follow_up_that_is_not_handed_in_by_its_last_day_is_late(cast):
    decided_and_sent(cast, cast.district)
    cast.cycle.follow_up_due = date(2026, 1, 15)
    rows = {str(row.district): dict(row.labelled) for row in page_for(cast).matrix}
    told = rows["Skärholmen"]["Uppföljning"]
    assert (told.words, told.beside) == ("Försenad", "skulle in 15 januari 2026")
    assert rows["Farsta"]["Uppföljning"].words == "Inte inlämnad"


def test_a_row_says_what_was_said_with_the_answer(cast):
    handed_in(cast)
    client = signed_in(cast.city_preparation)
    partly = client.get(f"{REPORT}rader/?figur=F7&status=partly&part=Polisen").context["rows"]
    assert {row.note for row in partly} == {REASON}
    goals = client.get(f"{REPORT}rader/?figur=F4&status=partly").context["rows"]
    assert {row.note for row in goals} == {"49 %"}


def test_the_parties_are_counted_by_their_own_answers(cast):
    handed_in(cast)
    lines = {line.title: line for line in page_for(cast).parties.lines}
    assert [lines["Polisen"].total.number, lines["Trafikkontoret"].total.number] == [31, 15]
    assert [each.number for each in lines["Trafikkontoret"].numbers] == [0, 3, 0, 12]
    assert sum(segment.width for segment in lines["Polisen"].segments) == 1000


def test_the_obstacles_that_were_lifted_are_counted_and_no_other(cast):
    plan = decided_and_sent(cast, cast.district)
    made = {"district": cast.district, "plan": plan, "text": "Text", "reported_by": cast.editor}
    now = timezone.now()
    Obstacle.objects.create(title="Eget", last_answer_at=now, **made)
    lifted = Obstacle.objects.create(
        title="Lyft", state="escalated_to_central", last_answer_at=now, escalated_at=now, **made
    )
    for name, to_state in (("report", "reported"), ("escalate", "escalated_to_central")):
        ObstacleStep.objects.create(
            obstacle=lifted, name=name, from_state="", to_state=to_state, by=cast.chair, told="Steg"
        )
    numbers = {label: number for label, number, _, _ in page_for(cast).obstacles}
    assert numbers == {"Lyfta till staden": 1, "Besvarade av staden": 0, "Lösta eller avslutade": 0}
    ObstacleStep.objects.create(
        obstacle=lifted,
        name="acknowledge",
        from_state="",
        to_state="acknowledged",
        by=cast.city_preparation,
        told="Steg",
    )
    page = page_for(cast)
    assert {label: number for label, number, _, _ in page.obstacles}["Besvarade av staden"] == 1
    assert page.obstacles_told == "1 hinder är lyft till staden. Det har varit öppet i mindre än en dag."
    assert "Lyft" in text_of(cast.city_preparation, f"{REPORT}rader/?figur=F8&status=escalated")
    assert "Eget" not in text_of(cast.city_preparation, f"{REPORT}rader/?figur=F8")


def test_the_appendix_has_every_action_on_the_page_and_in_the_file(cast):
    handed_in(cast)
    decided_and_sent(cast, cast.district)
    client = signed_in(cast.city_preparation)
    shown = client.get(f"{REPORT}atgarder/")
    assert shown.context["part"].paginator.count == 32
    assert client.get(f"{REPORT}atgarder/?stadsdel=skarholmen").context["part"].paginator.count == 1
    assert client.get(f"{REPORT}atgarder/?stadsdel=x").status_code == 404
    response = client.get(f"{REPORT}atgarder/ladda-ner/")
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    rows = list(book["Åtgärder"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == 32
    assert [row[6] or "" for row in rows if row[0] == "Skärholmen"] == [""]
    assert (
        sum(row[6] == "Genomförd" for row in rows) == page_for(cast).figures[figures.STATUS].where(kind="done").number
    )
    about = [row[0] for row in book["Om underlaget"].iter_rows(values_only=True)]
    assert "Utan utfall, uppföljningen är inte inlämnad: Skärholmen." in about


def test_the_city_is_told_where_it_stands_and_the_districts_are_not(cast):
    handed_in(cast)
    assert may_read(cast.city_preparation) and may_read(cast.city_steering)
    assert not may_read(cast.editor) and not may_read(cast.chair) and not may_read(cast.administrator)
    hub = text_of(cast.city_preparation, "/samverkan/staden/")
    assert "2025: 1 stadsdel har lämnat in" in hub
    assert 'href="/arsrapport/2025/"' in hub
    assert REPORT not in text_of(cast.editor, "/planer/")
    assert REPORT not in text_of(cast.editor, "/arsrapport/")
    assert "Årsrapport 2025" in text_of(cast.city_preparation, "/arsrapport/")


# --- As many districts as there can be

FOLD = re.compile(r"<details class=\"report-more\">\s*<summary>(.*?)</summary>(.*?)</details>", re.DOTALL)
PAGES = ("/arsrapport/", *(f"{REPORT}{rest}" for rest in ("", "rader/?figur=F3", "atgarder/", "atgarder/ladda-ner/")))


def asked(client):
    counts = []
    for page in PAGES:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page).status_code == 200
        counts.append(len(captured))
    return counts


def put_districts(cast, like, number):
    """Add districts that each have a decided plan like the given one, sent to the city and followed up."""
    of, version = FollowUp.objects.get(plan=like), version_of(like)
    outcomes = list(ActionOutcome.objects.filter(follow_up=of))
    districts = District.objects.bulk_create(
        District(name=f"Område {at}", slug=f"omrade-{number}-{at}", municipality=cast.municipality,
                 valid_from=cast.district.valid_from)
        for at in range(number)
    )  # fmt: skip
    plans = ActionPlan.objects.bulk_create(
        ActionPlan(district=each, cycle=like.cycle, area_set=like.area_set, state="decided") for each in districts
    )
    same = {name: getattr(version, name) for name in ("document", "sha256", "facts", "counts", "decided_on", "body")}
    versions = PlanVersion.objects.bulk_create(
        PlanVersion(plan=plan, number=1, meeting=version.meeting, by=version.by, **same) for plan in plans
    )
    Submission.objects.bulk_create(Submission(version=each, by=cast.editor) for each in versions)
    follow_ups = FollowUp.objects.bulk_create(
        FollowUp(plan=each.plan, version=each, state="submitted") for each in versions
    )
    ActionOutcome.objects.bulk_create(
        ActionOutcome(follow_up=follow_up, row=each.row, status=each.status)
        for follow_up in follow_ups
        for each in outcomes
    )


@pytest.mark.parametrize("number", [11, 290])
def test_the_pages_take_as_many_queries_however_many_districts_have_handed_in(cast, number):
    follow_up = handed_in(cast)
    client = signed_in(cast.city_preparation)
    asked(client)
    before = asked(client)
    put_districts(cast, follow_up.plan, number)
    assert asked(client) == before
    assert page_for(cast).figures[figures.STATUS].number == 31 * (number + 1)


def test_what_is_made_of_the_report_asks_the_database_for_nothing_more(cast, django_assert_num_queries):
    put_districts(cast, handed_in(cast).plan, 11)
    report = read_report(cast.city_preparation, cast.cycle)
    with django_assert_num_queries(0):
        assert all((workbook_bytes(report), report_html(report), open_format.dumps(report)))


def test_with_many_districts_the_tables_of_all_of_them_are_folded(cast):
    put_districts(cast, handed_in(cast).plan, MANY_DISTRICTS - 2)
    for number, is_folded in ((0, False), (1, True)):
        put_districts(cast, ActionPlan.objects.get(district=cast.other_district), number)
        shown = text_of(cast.city_preparation, REPORT)
        folded = {summary.partition("<")[0].strip(): rest for summary, rest in FOLD.findall(shown)}
        for what in ("Stegen", "Uppföljning, åtgärder och mål"):
            assert (f"{what} i alla {MANY_DISTRICTS + 1} stadsdelar" in folded) is is_folded
        if is_folded:
            assert all("Område 0</a>" in table for summary, table in folded.items() if "i alla" in summary)
        assert shown.count("Område 0</a>") == 2 + 2 * number


def test_the_citys_year_leads_to_the_report_those_who_read_it(cast):
    for person, leads in ((cast.city_preparation, True), (cast.editor, False)):
        page = signed_in(person).get("/samverkan/staden/arshjul/2025/").content.decode()
        assert (REPORT in page.partition("<main")[2]) is leads


# --- What a reader of a published report may not open


def test_what_the_reader_may_not_open_has_its_words_and_no_address(cast):
    handed_in(cast)
    decided_and_sent(cast, cast.district)
    report = read_report(cast.city_preparation, cast.cycle)
    for opens, leads in ((None, {"farsta", "skarholmen"}), (frozenset({"farsta"}), {"farsta"}), (frozenset(), set())):
        page = Page(report, opens)
        own = {"Farsta": "farsta", "Skärholmen": "skarholmen"}
        assert {own[row.district] for row in page.matrix if row.address} == leads
        assert {each.slug for each in page.each_district if each.address} == leads
        assert {own[line.district] for line in all_actions(report, opens=opens) if line.address} == leads
        rows = shown(report, figures.COUNTED, report.figures[figures.COUNTED].rows, opens)
        assert {own[row.district] for row in rows if row.address} == leads
        assert all(row.text for row in rows)


def test_section_5_has_every_district_and_a_dash_for_what_nobody_has_handed_in(cast):
    handed_in(cast)
    decided_and_sent(cast, cast.district)
    farsta, skarholmen = page_for(cast).each_district
    assert (farsta.done.number, farsta.done.of, farsta.actions.number) == (13, 31, 31)
    assert farsta.address == "/planer/farsta/2025/uppfoljning/"
    assert farsta.page == "/arsrapport/2025/stadsdel/farsta/"
    assert (skarholmen.done, skarholmen.met, skarholmen.page, skarholmen.actions.number) == (None, None, "", 1)
    client = signed_in(cast.city_preparation)
    assert {client.get(address).status_code for address in (farsta.address, farsta.page, skarholmen.address)} == {200}


def test_what_worked_what_did_not_and_the_lessons_lead_to_their_rows(cast):
    handed_in(cast)
    page = page_for(cast)
    client = signed_in(cast.city_preparation)
    lists = [short for area in page.area_parts for short in (area.good, area.failed)]
    lists += [each.lessons for each in page.lessons]
    for short in lists:
        assert len(short.rows) == min(short.number, 4)
        assert short.is_part == (short.number > 4)
        if short.number:
            assert client.get(short.address).context["number"] == short.number
    told = [row.note for each in page.lessons for row in each.lessons.rows]
    assert set(told) == {"Boka bussen redan i januari."}
    failed = [row.note for area in page.area_parts for row in area.failed.rows]
    assert REASON in failed


def test_the_key_figures_say_so_many_of_so_many_and_nothing_of_what_nobody_has_answered(cast):
    assert page_for(cast).key_figures == []
    handed_in(cast)
    client = signed_in(cast.city_preparation)
    found = page_for(cast).key_figures
    assert [(each.number, each.of) for each in found][0] == (13, 31)
    for each in found:
        assert client.get(each.address).context["number"] == each.number


def test_what_three_districts_share_is_told_with_its_districts_and_leads_to_its_rows(cast):
    follow_up = handed_in(cast)
    assert page_for(cast).shared == []
    put_districts(cast, follow_up.plan, 2)
    page = page_for(cast)
    assert len(page.shared) == 10  # as many as are shown
    assert page.shared[0].districts == ["Farsta", "Område 0", "Område 1"]
    assert page.shared_told.startswith("93 av 93 åtgärder och ")
    client = signed_in(cast.city_preparation)
    for each in (*page.shared, *page.shared_causes):
        rows = client.get(each.address)
        assert rows.context["number"] == each.number
        assert {row.district for row in rows.context["rows"]} == set(each.districts)
