"""The demo: what make run shows the first time. How it is loaded is in test_demo_loading."""

import json
from datetime import date
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from agreements.enums import Role
from agreements.groups import composition as groups
from agreements.models import CollaborationGroup, District, GroupMembership
from agreements.permissions import access_of
from plans import comparison, frozen_files, news, open_format, submissions, versions, workflow
from plans.demo import loading as demonstration
from plans.enums import CommentKind, CommentState, PlanState, SubmissionState
from plans.loading import load_document
from plans.models import ActionPlan, BoardDecision, Comment, FrozenFile, PlanVersion
from tests import worlds

EXAMPLES = [plan for plan in demonstration.PLANS if plan.is_example]


def run(command, *arguments):
    output = StringIO()
    call_command(command, *arguments, stdout=output)
    return output.getvalue()


@pytest.fixture(autouse=True)
def _local_demo(settings):
    settings.DEMO = True


world = worlds.fixture(demonstration.load)


@pytest.fixture
def demo(world, db):
    """The demo as it is loaded, once for all the tests here."""


def plan_of(slug):
    return ActionPlan.objects.with_place().get(district__slug=slug)


def document_of(slug):
    return load_document(plan_of(slug))


def person(username):
    return User.objects.get(username=username)


def example_document(example):
    return open_format.loads((demonstration.FILES / example.file).read_text(encoding="utf-8"))


# --- People


def test_nobody_sits_beside_a_vacant_seat_of_their_own(demo):
    """The city file's vacant seats are filled by those who sign in."""
    places = list(GroupMembership.objects.values_list("group", "function", "organisation"))
    assert len(places) == len(set(places))
    assert GroupMembership.objects.filter(user=None).exists()


def test_the_sign_ins_can_be_asked_for_again(demo):
    said = run("demo_signins")
    assert "kommunpolis.skarholmen" in said
    assert demonstration.PASSWORD in said


def test_there_is_a_sign_in_for_each_role_and_it_works(demo):
    roles = {
        "trygghetsstrateg.skarholmen": Role.EDITOR,
        "medskribent.skarholmen": Role.CO_WRITER,
        "kommunpolis.skarholmen": Role.MUNICIPAL_POLICE,
        "styrgrupp.skarholmen": Role.STEERING_CHAIR,
        "lokalpolisomradeschef.skarholmen": Role.LOCAL_STEERING,
        "arbetsgrupp.skarholmen": Role.WORKING_GROUP,
        "registrator.skarholmen": Role.REGISTRAR,
        "extern.skarholmen": Role.EXTERNAL_PARTY,
        "trygghetsstrateg.farsta": Role.EDITOR,
        "central.beredning": Role.CITY_PREPARATION,
        "central.styrgrupp": Role.CITY_STEERING,
        "central.polis": Role.CITY_POLICE,
        "central.adjungerad": Role.CITY_MEMBER,
        "central.ordforande": Role.CITY_STEERING_CHAIR,
        "administrator": Role.ADMINISTRATOR,
    }
    assert set(roles.values()) == set(Role)
    for username, role in roles.items():
        user = authenticate(username=username, password=demonstration.PASSWORD)
        assert user, username
        assert [held for held, _ in access_of(user).roles] == [role], username


def test_p20_the_working_group_has_both_parties_and_an_end(demo):
    group = CollaborationGroup.objects.get(slug=demonstration.WORKING_GROUP)
    assert group.valid_to == date(2027, 6, 30)
    assert groups.missing_parties(group, group.memberships.select_related("organisation")) == []


def test_the_administrator_keeps_the_system_and_reads_no_plan(demo):
    user = authenticate(username="administrator", password=demonstration.PASSWORD)
    assert user.is_staff
    assert user.is_superuser
    assert not ActionPlan.objects.visible_to(user).exists()


DECIDED = {"enskede-arsta-vantor", "norra-innerstaden", "hasselby-vallingby"}
SENT = {"norra-innerstaden", "hasselby-vallingby"}


READERS = {
    "trygghetsstrateg.skarholmen": {"skarholmen"} | DECIDED,
    "kommunpolis.skarholmen": {"skarholmen"} | DECIDED,
    "lokalpolisomradeschef.skarholmen": DECIDED,
    "trygghetsstrateg.farsta": {"farsta"} | DECIDED,
    "kommunpolis.farsta": DECIDED,
    "styrgrupp.hagersten-alvsjo": {"hagersten-alvsjo"} | DECIDED,
    "styrgrupp.bromma": {"bromma"} | DECIDED,
    "kommunpolis.jarva": {"jarva"} | DECIDED,
    "styrgrupp.jarva": DECIDED,
    "trygghetsstrateg.sodermalm": DECIDED,
    "central.beredning": SENT,
    "extern.skarholmen": set(),
}


def test_the_states_show_who_sees_what(demo):
    for username, districts in READERS.items():
        plans = ActionPlan.objects.visible_to(person(username)).filter(district__isnull=False)
        assert set(plans.values_list("district__slug", flat=True)) == districts, username


def test_those_to_begin_with_have_something_to_do_and_the_sign_in_page_says_what(demo, client):
    first, others = demonstration.to_begin_with(demonstration.SIGN_INS)
    assert [each.username for each in first] == [
        "trygghetsstrateg.skarholmen",
        "kommunpolis.skarholmen",
        "styrgrupp.bromma",
        "registrator.norra-innerstaden",
        "central.beredning",
    ]
    page = client.get("/konto/logga-in/").content.decode()
    shown, folded = page.split("Fler inloggningar")
    assert all(each.reason in shown for each in first)
    assert all(each.username in folded for each in others)
    assert "version 1 beslutad, version 2 utkast" in folded

    chair, registrar = person("styrgrupp.bromma"), person("registrator.norra-innerstaden")
    plan = plan_of("bromma")
    steps = workflow.steps_from(plan, chair)
    assert [step.name for step in steps] == ["send_back", "decide"]
    assert not any(workflow.blockers_of(step, workflow.Situation(plan, chair)) for step in steps)
    version = versions.in_force(plan_of("norra-innerstaden"))
    assert submissions.may_record_board_decision(registrar, version)
    assert not BoardDecision.objects.filter(version=version).exists()


# --- Plans


def test_skarholmens_plan_is_the_real_workbook_and_not_marked_as_an_example(demo, skarholmen):
    plan = plan_of("skarholmen")
    assert (plan.state, plan.is_example) == (PlanState.DRAFT, False)
    document = load_document(plan)
    assert document.areas == skarholmen.areas
    assert document.counts() == (14, 26, 31)


def test_its_invented_comments_say_that_they_are(demo):
    latest = said("skarholmen").latest("at")  # which is the first that people read
    assert "påhittade exempel" in latest.text
    assert latest.state == CommentState.OPEN


def test_each_state_has_a_plan_and_all_but_skarholmens_are_marked_as_examples(demo):
    plans = ActionPlan.objects.exclude(district__slug="skarholmen")
    assert set(plans.values_list("district__slug", "state", "version", "is_example")) == {
        ("farsta", PlanState.DRAFT, 1, True),
        ("hagersten-alvsjo", PlanState.IN_REVIEW, 1, True),
        ("bromma", PlanState.READY_FOR_DECISION, 1, True),
        ("enskede-arsta-vantor", PlanState.DECIDED, 1, True),
        ("norra-innerstaden", PlanState.DECIDED, 1, True),
        ("hasselby-vallingby", PlanState.DECIDED, 1, True),
        ("jarva", PlanState.DRAFT, 2, True),
        (None, PlanState.DECIDED, 1, True),  # the city's own
    }
    shared = ActionPlan.objects.filter(state=PlanState.DRAFT, shared_at__isnull=False)
    assert set(shared.values_list("district__slug", flat=True)) == {"skarholmen", "jarva"}


def test_some_districts_have_no_plan_so_that_the_city_sees_which_are_missing(demo):
    missing = District.objects.exclude(slug__in=[plan.district for plan in demonstration.PLANS])
    assert set(missing.values_list("slug", flat=True)) == {"kungsholmen", "skarpnack", "sodermalm"}
    assert not ActionPlan.objects.filter(district__in=missing).exists()


def test_an_example_is_what_its_file_says_but_for_what_was_mended_in_review(demo):
    for example in EXAMPLES:
        first = PlanVersion.objects.filter(plan=plan_of(example.district)).order_by("number").first()
        document = versions.document_of(first) if first else document_of(example.district)
        differing = comparison.diff(comparison.adopt(document, example_document(example)), document)
        mended = {"hagersten-alvsjo": ["when"], "bromma": ["goals"]}.get(example.district, [])
        assert [name for change in differing for name in change.values] == mended, example.district


def test_what_is_done_is_done_by_the_right_people_through_the_history(demo):
    for plan in ActionPlan.objects.with_place():
        writer = f"trygghetsstrateg.{plan.district.slug}" if plan.district else "central.beredning"
        assert {event.by.username for event in plan.events.select_related("by")} == {writer}
        steps = plan.steps.select_related("by").order_by("pk")
        own = f".{plan.district.slug}" if plan.district else ("central.polis", "central.ordforande")
        assert all(step.by.username.endswith(own) or step.by.username == "central.beredning" for step in steps)
        states = [PlanState.DRAFT, *(step.to_state for step in steps)]
        assert states[-1] == plan.state
        assert [step.from_state for step in steps] == states[:-1]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.district)
def test_an_example_says_that_it_is_made_up_and_is_of_the_size_of_a_plan(example):
    assert "Exempeldata" in json.loads((demonstration.FILES / example.file).read_text(encoding="utf-8"))["note"]
    counts = example_document(example).counts()
    assert 4 <= counts.problems <= 10
    assert 7 <= counts.actions <= 20


def test_the_examples_show_an_own_area_and_areas_that_are_not_applicable():
    areas = [area for example in EXAMPLES for area in example_document(example).areas]
    assert [area.title for area in areas if area.is_local] == ["Skolan som brottsplats"]
    assert {area.code for area in areas if area.not_applicable_reason} >= {"systemhotande", "kriminella-miljoer"}
    assert all(area.problems or area.not_applicable_reason for area in areas)


# --- Review


def said(slug, **conditions):
    return Comment.objects.filter(plan__district__slug=slug, **conditions)


def test_the_police_and_the_district_have_comments_in_each_state_between_them(demo):
    comments = said("skarholmen").exclude(row=None)
    assert set(comments.values_list("kind", "state")) == {
        (CommentKind.MUST_FIX, CommentState.OPEN),
        (CommentKind.QUESTION, CommentState.OPEN),
        (CommentKind.QUESTION, CommentState.ANSWERED),
        (CommentKind.COMMENT, CommentState.RESOLVED),
    }
    assert {comment.by.username for comment in comments.select_related("by")} == {
        "kommunpolis.skarholmen",
        "trygghetsstrateg.skarholmen",
    }


def test_the_plan_in_review_waits_for_the_city_and_for_what_must_be_mended(demo):
    plan = plan_of("hagersten-alvsjo")
    situation = workflow.Situation(plan)
    assert set(situation.reviews) == {"police"}
    assert situation.open_must_fixes == 2
    must_fixes = said("hagersten-alvsjo", kind=CommentKind.MUST_FIX)
    assert set(must_fixes.values_list("state", flat=True)) == {CommentState.OPEN, CommentState.ANSWERED}


def test_the_plan_ready_for_decision_was_mended_as_the_police_asked(demo):
    assert set(said("bromma").values_list("state", flat=True)) == {CommentState.RESOLVED}
    mended = said("bromma", kind=CommentKind.MUST_FIX).get()
    assert mended.quote == "Nå många boende."
    row = next(
        action
        for area in document_of("bromma").areas
        for problem in area.problems
        for cause in problem.causes
        for action in cause.actions
        if str(action.uid) == str(mended.row)
    )
    assert row.goals == "Annonserna har nått 8 000 hushåll före den 20 juni."


def test_the_kommunpolis_has_been_there_before_and_finds_something_new(demo):
    for slug in ("skarholmen", "hagersten-alvsjo", "jarva"):
        plan, user = plan_of(slug), person(f"kommunpolis.{slug}")
        assert news.news_of(plan, user, news.visit(plan, user)).is_something, slug


def test_the_city_has_asked_about_a_plan_it_was_sent(demo):
    comment = said("norra-innerstaden").get()
    assert comment.by.username == "central.beredning"
    assert comment in Comment.objects.visible_to(person("central.beredning"))
    assert comment in Comment.objects.visible_to(person("trygghetsstrateg.norra-innerstaden"))


# --- Decided versions


def test_decided_plans_stand_at_each_step_after_the_decision(demo):
    stands = {}
    for version in PlanVersion.objects.with_place():
        submission = submissions.latest(version)
        has_board_decision = BoardDecision.objects.filter(version=version).exists()
        stands[version.plan.scope.slug] = (submission and submission.state, has_board_decision)
    assert stands == {
        "enskede-arsta-vantor": (None, False),
        "norra-innerstaden": (SubmissionState.SENT, False),
        "hasselby-vallingby": (SubmissionState.COMPLETION_REQUESTED, True),
        "jarva": (SubmissionState.ACKNOWLEDGED, True),
        "staden": (None, False),  # what the city decides is sent nowhere
    }
    asked = submissions.latest(PlanVersion.objects.get(plan__district__slug="hasselby-vallingby"))
    assert "Område 3" in asked.answer


def test_some_decisions_came_in_time_and_some_after_the_last_day(demo):
    late = {
        version.plan.scope.slug: version.decided_on > version.plan.cycle.decision_due
        for version in PlanVersion.objects.with_place()
    }
    assert late.pop("hasselby-vallingby")
    assert not any(late.values())


def test_jarva_writes_version_2_while_version_1_stays_in_force(demo):
    plan = plan_of("jarva")
    version = versions.in_force(plan)
    assert (plan.version, version.number) == (2, 1)
    changes = comparison.diff(versions.document_of(version), load_document(plan))
    assert {type(change).__name__ for change in changes} == {"SetFields", "InsertRow", "RemoveRow", "MoveRow"}
    assert version in PlanVersion.objects.visible_to(person("central.beredning"))
    assert said("jarva", version=1, state=CommentState.RESOLVED).exists()
    assert said("jarva", version=2, state=CommentState.ANSWERED).exists()


def test_loading_asks_for_the_files_and_leaves_the_making_to_the_worker(demo):
    assert PlanVersion.objects.count() == 5
    assert not FrozenFile.objects.exists()
    assert DBTaskResult.objects.filter(task_path=frozen_files.make_files.module_path).count() == 5
    assert not any(frozen_files.is_needed(version) for version in frozen_files.incomplete())


def test_what_was_frozen_agrees_with_its_checksums(demo):
    assert "5 versioner och 0 filer stämmer med sina kontrollsummor." in run("verify_versions")
