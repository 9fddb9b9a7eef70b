"""The city's own handlingsplan (seed 001, P23): the same plan, written and decided by the central groups."""

import io
from datetime import date

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from agreements.models import CollaborationGroup, Function, GroupMembership, Organisation
from plans import editing, open_format, versions, workflow
from plans.comparison import diff
from plans.exports import cover_of, export
from plans.loading import load_document
from plans.models import ActionPlan, ImportJob, ServedActivity
from plans.pdf import plan_html
from tests.cast import START
from tests.plans import stages
from tests.plans.pressing import words as said

ADDRESS = "/planer/staden/2025/"
TARGETS = [
    {
        "text": "Färre unga rekryteras till kriminella nätverk",
        "indicator": "Andel i Stockholmsenkäten",
        "baseline": "12 procent",
        "target": "8 procent",
        "due_on": "2025-12-31",
        "measured_by": "Stockholmsenkäten",
    }
]
COMMITMENTS = [
    {"organisation": "Utbildningsförvaltningen", "function": "Avdelningschef", "text": "Utbilda alla skolledare"},
    {"organisation": "Svenska Bostäder", "text": "Belys portarna i Rinkeby", "due_on": "2025-10-01"},
]


@pytest.fixture
def cast(cast):
    """The cast, with the coordinating police and the chair of the city's steering group."""
    police = Organisation.objects.get(kind="police")
    cast.city_police = seated("city_police", "city-preparation-None", police, "samordnande-polis")
    admin = Organisation.objects.get(kind="specialist_admin")
    cast.city_chair = seated("city_chair", "city-steering-None", admin, "bitradande-stadsdirektor", is_chair=True)
    return cast


def seated(name, group, organisation, function, **seat):
    user = User.objects.create(username=name, display_name=name)
    GroupMembership.objects.create(
        group=CollaborationGroup.objects.get(slug=group),
        user=user,
        organisation=organisation,
        function=Function.objects.create(code=function, title=function),
        valid_from=START,
        **seat,
    )
    return user


@pytest.fixture
def city_plan(cast):
    """The city's plan for 2025 with a problem, targets and commitments in its first area."""
    plan = editing.create_plan(None, cast.cycle, by=cast.city_preparation)
    area = plan.planareas.first()
    editing.add(plan, "problem", area.uid, by=cast.city_preparation)
    action = plan.actions.get()
    editing.set_fields(plan, "problem", action.problem_id, {"title": "Rekrytering"}, version=1, by=None)
    editing.set_fields(plan, "action", action.uid, {"text": "Stöd skolorna"}, version=1, by=None)
    values = {"targets": TARGETS, "commitments": COMMITMENTS}
    editing.set_fields(plan, "area", area.uid, values, version=area.version, by=cast.city_preparation)
    return ActionPlan.objects.with_place().get(pk=plan.pk)


def client(user):
    browser = Client()
    browser.force_login(user)
    return browser


def decided(plan, cast):
    """Take the plan the whole way by the central groups."""
    stages.leave_out_empty_areas(plan, cast.city_preparation)
    for name, by in (
        ("share", cast.city_preparation),
        ("send_for_review", cast.city_preparation),
        ("mark_reviewed", cast.city_preparation),
        ("mark_reviewed", cast.city_police),
        ("send_for_decision", cast.city_preparation),
    ):
        workflow.take(plan, name, by=by)
    decision = versions.Decision(decided_on=date(2025, 2, 3), body="Central styrgrupp", meeting="Styrgruppsmöte 1")
    workflow.take(plan, "decide", by=cast.city_chair, decision=decision)
    return ActionPlan.objects.with_place().get(pk=plan.pk)


# --- Who writes, reviews and decides


def test_the_central_preparation_group_begins_the_plan_from_the_list_of_plans(cast):
    browser = client(cast.city_preparation)
    assert '<a href="/planer/staden/2025/borja/">Börja planen</a>' in browser.get("/planer/").content.decode()
    assert browser.post("/planer/staden/2025/borja/").url == ADDRESS
    assert ActionPlan.objects.get().district is None
    page = browser.get(ADDRESS).content.decode()
    assert "Övergripande handlingsplan 2025, staden" in page


@pytest.mark.parametrize("person", ["editor", "police", "chair", "city_steering", "stranger", "administrator"])
def test_nobody_else_knows_of_the_draft_or_begins_one(cast, city_plan, person):
    browser = client(getattr(cast, person))
    assert browser.get(ADDRESS).status_code == 404
    assert browser.get("/planer/staden/2026/borja/").status_code == 404


def test_the_coordinating_police_read_it_when_it_is_shared(cast, city_plan):
    assert client(cast.city_police).get(ADDRESS).status_code == 404
    workflow.take(city_plan, "share", by=cast.city_preparation)
    assert client(cast.city_police).get(ADDRESS).status_code == 200


def test_the_citys_steering_group_decides_and_then_every_district_reads_it(cast, city_plan):
    plan = decided(city_plan, cast)
    assert plan.state == "decided"
    for person in ("editor", "police", "steering", "neighbour", "city_steering", "city_preparation"):
        assert client(getattr(cast, person)).get(ADDRESS).status_code == 200, person
    assert client(cast.stranger).get(ADDRESS).status_code == 404


def test_a_districts_chair_does_not_decide_the_citys_plan(cast, city_plan):
    with pytest.raises(ActionPlan.DoesNotExist):
        workflow.take(city_plan, "decide", by=cast.chair, decision=stages.DECISION)


def test_a_decided_plan_of_the_city_is_neither_sent_in_nor_decided_by_a_board(cast, city_plan):
    decided(city_plan, cast)
    page = client(cast.city_preparation).get(ADDRESS + "version/1/").content.decode()
    assert "Skicka till staden" not in page
    assert "nämnd" not in page.lower()


def test_who_acts_is_called_by_the_names_of_the_central_groups(cast, city_plan):
    stages.leave_out_empty_areas(city_plan, cast.city_preparation)
    workflow.take(city_plan, "share", by=cast.city_preparation)
    workflow.take(city_plan, "send_for_review", by=cast.city_preparation)
    for person in (cast.city_police, cast.city_preparation, cast.city_steering):
        for address in (ADDRESS, "/", ADDRESS + "steg/"):
            page = said(client(person).get(address))
            assert "rygghetsstrateg" not in page, (person, address)
            assert "ommunpolis" not in page, (person, address)
            assert "stadsdelsförvaltning" not in page.lower(), (person, address)
    page = said(client(cast.city_police).get(ADDRESS + "steg/skicka-till-beslut/"))
    assert "stadens samordnare" in page


def test_what_waits_in_the_citys_plan_is_on_the_start_page_of_those_it_waits_for(cast, city_plan):
    stages.leave_out_empty_areas(city_plan, cast.city_preparation)
    workflow.take(city_plan, "share", by=cast.city_preparation)
    workflow.take(city_plan, "send_for_review", by=cast.city_preparation)
    assert "Läs planen och markera den som granskad för polisen" in said(client(cast.city_police).get("/"))
    assert "Läs planen och markera den som granskad för staden" in said(client(cast.city_preparation).get("/"))
    assert "markera den som granskad" not in said(client(cast.police).get("/"))


# --- Targets and commitments (P23)


def test_targets_with_indicators_and_commitments_stand_on_the_areas_tab(cast, city_plan):
    page = said(client(cast.city_preparation).get(ADDRESS))
    for text in ("Färre unga rekryteras", "12 procent", "Svenska Bostäder", "Belys portarna i Rinkeby"):
        assert text in page


def test_they_are_written_in_the_areas_form(cast, city_plan):
    area = city_plan.planareas.get(position=2)
    page = client(cast.city_preparation).get(ADDRESS + "omrade/2/redigera/")
    assert "Delmål och indikatorer" in said(page)
    posted = {
        "version": area.version,
        "targets-TOTAL_FORMS": "1",
        "targets-INITIAL_FORMS": "0",
        "targets-0-text": "Tryggare torg",
        "targets-0-indicator": "Andel otrygga",
        "commitments-TOTAL_FORMS": "1",
        "commitments-INITIAL_FORMS": "0",
        "commitments-0-organisation": "Trafikkontoret",
        "commitments-0-text": "Bättre belysning",
        "overarching_goal": "",
    }
    answer = client(cast.city_preparation).post(ADDRESS + "omrade/2/redigera/", posted)
    assert answer.status_code == 302, said(answer)
    section = load_document(city_plan).areas[1]
    assert [target.text for target in section.targets] == ["Tryggare torg"]
    assert [each.organisation for each in section.commitments] == ["Trafikkontoret"]


def test_a_commitment_that_nobody_has_taken_is_not_saved_and_the_text_stays(cast, city_plan):
    area = city_plan.planareas.get(position=2)
    posted = {
        "version": area.version,
        "commitments-TOTAL_FORMS": "1",
        "commitments-INITIAL_FORMS": "0",
        "commitments-0-text": "Bättre belysning",
    }
    answer = client(cast.city_preparation).post(ADDRESS + "omrade/2/redigera/", posted)
    assert "Skriv vem som åtar sig det." in said(answer)
    assert "Bättre belysning" in answer.content.decode()


def test_the_analysis_gathers_what_each_department_and_company_has_taken_upon_itself(cast, city_plan):
    """P17: what each takes into its own planning and budget is in one place, with its last day."""
    area = city_plan.planareas.get(position=2)
    again = [{"organisation": "Svenska Bostäder", "text": "Lås källarna"}]
    editing.set_fields(city_plan, "area", area.uid, {"commitments": again}, version=area.version, by=None)
    page = said(client(cast.city_preparation).get(ADDRESS + "analys/"))
    gathered = page.partition("Åtaganden per förvaltning och bolag")[2]
    houses = gathered.partition("Svenska Bostäder")[2].partition("Utbildningsförvaltningen")[0]
    assert "Belys portarna i Rinkeby" in houses
    assert "Lås källarna" in houses
    assert "senast 1 oktober 2025" in houses


def test_a_districts_area_form_does_not_ask_for_them(cast, city_plan):
    editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    page = client(cast.editor).get("/planer/skarholmen/2025/omrade/1/redigera/")
    assert "Delmål" not in said(page)


def test_they_are_compared_undone_and_told_in_the_history(cast, city_plan):
    area = city_plan.planareas.first()
    before = load_document(city_plan)
    later = [*TARGETS, {"text": "Fler vuxna ute på kvällen"}]
    event = editing.set_fields(city_plan, "area", area.uid, {"targets": later}, version=area.version, by=None)
    assert [list(step.values) for step in diff(before, load_document(city_plan))] == [["targets"]]
    history = said(client(cast.city_preparation).get(f"{ADDRESS}historik/{event.pk}/"))
    assert "Fler vuxna ute på kvällen" in history
    editing.undo(city_plan, event, by=cast.city_preparation)
    assert load_document(city_plan) == before


def test_the_open_format_carries_them_there_and_back(city_plan):
    document = load_document(city_plan)
    assert document.areas[0].commitments[1].due_on == date(2025, 10, 1)
    assert open_format.loads(open_format.dumps(document)) == document


def test_the_workbook_has_a_tab_of_them_that_an_import_leaves_alone(cast, city_plan):
    content = export(city_plan, "xlsx").content
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Delmål och åtaganden"]
    texts = {cell.value for row in sheet.iter_rows() for cell in row}
    assert {"Färre unga rekryteras till kriminella nätverk", "Utbilda alla skolledare", "1 oktober 2025"} <= texts
    heads = [[cell.value for cell in row] for row in sheet.iter_rows() if row[0].value == "Område"]
    assert heads[1] == ["Område", "Åtagande", "Förvaltning eller bolag", "Funktion", "Senast", None, None]
    browser = client(cast.city_preparation)
    upload = io.BytesIO(content)
    upload.name = "handlingsplan.xlsx"
    page = browser.post(ADDRESS + "las-in/", {"file": upload}, follow=True)
    assert ImportJob.objects.get().operations == []
    assert "inte läst" not in said(page)


def test_the_pdf_and_the_frozen_version_have_them(cast, city_plan):
    plan = decided(city_plan, cast)
    version = versions.in_force(plan)
    assert open_format.loads(version.document).areas[0].targets[0].indicator == "Andel i Stockholmsenkäten"
    page = said(client(cast.editor).get(ADDRESS + "version/1/"))
    assert "Utbilda alla skolledare" in page
    assert export(plan, "pdf").content.startswith(b"%PDF")


def test_its_files_speak_of_the_city_and_not_of_a_district(cast, city_plan):
    content = export(city_plan, "xlsx").content
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    told = " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value)
    assert "Övergripande handlingsplan 2025" in told
    assert "mål och inriktning, ansvarsfördelning, aktiviteter, åtaganden, tidsplan och uppföljning" in told
    assert "lokala styrgruppen" not in told
    html = plan_html(load_document(city_plan), cover_of(city_plan))
    assert "Lokala problem" not in html
    assert "1 problem · 0 orsaker · 1 åtgärd<" in html


def test_the_number_of_queries_does_not_grow_with_targets_and_commitments(cast, city_plan):
    browser = client(cast.city_preparation)
    browser.get(ADDRESS)
    few = queries(browser)
    area = city_plan.planareas.first()
    values = {"targets": TARGETS * 12, "commitments": COMMITMENTS * 12}
    editing.set_fields(city_plan, "area", area.uid, values, version=area.version, by=None)
    browser.get(ADDRESS)
    assert queries(browser) == few <= 30


def queries(browser):
    with CaptureQueriesContext(connection) as asked:
        browser.get(ADDRESS)
    return len(asked)


# --- What the districts do for it


@pytest.fixture
def local_action(cast, city_plan):
    """An action in Skärholmen's draft, and the city's plan decided."""
    decided(city_plan, cast)
    plan = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    editing.add(plan, "problem", plan.planareas.first().uid, by=cast.editor)
    action = plan.actions.get()
    editing.set_fields(plan, "action", action.uid, {"text": "Läxhjälp i Sätra"}, version=1, by=None)
    return action


def link(cast, action, city_plan):
    address = f"/planer/skarholmen/2025/rad/action/{action.uid}/bidrar-till/"
    activity = city_plan.actions.get()
    return client(cast.editor).post(address, {"activities": [str(activity.uid)]}), activity


def test_a_local_action_says_which_activity_of_the_city_it_serves(cast, city_plan, local_action):
    row = f"/planer/skarholmen/2025/rad/action/{local_action.uid}/"
    assert "Koppla till stadens handlingsplan" in said(client(cast.editor).get(row))
    answer, _ = link(cast, local_action, city_plan)
    assert answer.status_code == 302
    page = said(client(cast.editor).get(row))
    assert "Bidrar till stadens handlingsplan" in page
    assert "Stöd skolorna" in page


def test_the_citys_activity_shows_what_serves_it_to_those_who_read_that(cast, city_plan, local_action):
    _, activity = link(cast, local_action, city_plan)
    row = f"{ADDRESS}rad/action/{activity.uid}/"
    assert "Läxhjälp i Sätra" in said(client(cast.editor).get(row))
    for person in (cast.neighbour, cast.city_preparation):  # a draft does not exist for them
        assert "Läxhjälp" not in said(client(person).get(row))
    ActionPlan.objects.filter(district=cast.district).update(state="decided")
    assert "Läxhjälp i Sätra" in said(client(cast.neighbour).get(row))


def test_an_activity_that_is_not_in_the_citys_plan_is_refused(cast, city_plan, local_action):
    address = f"/planer/skarholmen/2025/rad/action/{local_action.uid}/bidrar-till/"
    answer = client(cast.editor).post(address, {"activities": [str(local_action.uid)]})
    assert "finns inte längre i stadens handlingsplan" in said(answer)
    assert not ServedActivity.objects.exists()


def test_before_the_city_has_decided_the_page_says_so(cast):
    plan = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    editing.add(plan, "problem", plan.planareas.first().uid, by=cast.editor)
    address = f"/planer/skarholmen/2025/rad/action/{plan.actions.get().uid}/bidrar-till/"
    assert "Staden har ingen beslutad handlingsplan för 2025 än." in said(client(cast.editor).get(address))


def test_the_hub_leads_to_the_plan_that_each_reads(cast, city_plan):
    hub = "/samverkan/staden/"
    assert f'href="{ADDRESS}"' in client(cast.city_preparation).get(hub).content.decode()
    assert ADDRESS not in client(cast.editor).get(hub).content.decode()  # a draft does not exist for others
    decided(city_plan, cast)
    assert f'href="{ADDRESS}"' in client(cast.editor).get(hub).content.decode()
    start = client(cast.editor).get("/samverkan/skarholmen/").content.decode()
    assert "/planer/skarholmen/2025/borja/" in start
