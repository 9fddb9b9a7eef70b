"""The demo: what make run shows the first time."""

import json
import re
from io import StringIO

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from accounts.models import User
from agreements.enums import Role
from agreements.models import District, GroupMembership
from agreements.permissions import access_of
from plans import demonstration, open_format
from plans.enums import PlanState
from plans.loading import load_document
from plans.models import ActionPlan, PlanEvent

EXAMPLES = [plan for plan in demonstration.PLANS if plan.is_example]


def run(command, *arguments):
    output = StringIO()
    call_command(command, *arguments, stdout=output)
    return output.getvalue()


def load_demo(*arguments):
    return run("load_demo", *arguments)


@pytest.fixture(autouse=True)
def _local_demo(settings):
    settings.DEMO = True


@pytest.fixture
def demo(db):
    demonstration.load()


def document_of(slug):
    return load_document(ActionPlan.objects.get(district__slug=slug))


def example_document(example):
    return open_format.loads((demonstration.FILES / example.file).read_text(encoding="utf-8"))


# --- Loading


@pytest.mark.django_db
def test_without_write_it_tells_what_it_would_add_and_adds_nothing():
    said = load_demo()
    assert "Plan skarholmen 2025 (ur skarholmen-2025.xlsx, Utkast) skulle läggas till." in said
    assert "Inget är sparat" in said
    assert not User.objects.exists()
    assert not District.objects.exists()


@pytest.mark.django_db
def test_it_loads_the_city_first_and_ends_with_the_sign_ins_and_one_password():
    said = load_demo("--write")
    assert District.objects.count() == 11
    assert said.count(demonstration.PASSWORD) == 1
    rows = re.findall(r"^  (\S.*?) {3,}(\S+)$", said, flags=re.MULTILINE)
    assert ("Trygghetsstrateg, Skärholmen", "trygghetsstrateg.skarholmen") in rows
    assert {username for _, username in rows[1:]} == set(User.objects.values_list("username", flat=True))


@pytest.mark.django_db
def test_loading_twice_adds_nothing_and_leaves_what_people_have_done_alone():
    load_demo("--write")
    ActionPlan.objects.filter(district__slug="farsta").update(is_example=False)
    User.objects.filter(username="trygghetsstrateg.farsta").update(display_name="Någon annan")
    before = (
        ActionPlan.objects.count(),
        User.objects.count(),
        GroupMembership.objects.count(),
        PlanEvent.objects.count(),
    )
    said = load_demo("--write")
    assert said.startswith("Demodata: inga ändringar")
    assert before == (
        ActionPlan.objects.count(),
        User.objects.count(),
        GroupMembership.objects.count(),
        PlanEvent.objects.count(),
    )
    assert User.objects.get(username="trygghetsstrateg.farsta").display_name == "Någon annan"


@pytest.mark.django_db
def test_an_account_that_already_bears_a_name_of_the_demo_keeps_its_own_rights():
    User.objects.create(username="administrator")
    demonstration.load()
    user = User.objects.get(username="administrator")
    assert not user.is_superuser
    assert not user.check_password(demonstration.PASSWORD)


@pytest.mark.django_db
def test_a_real_installation_refuses_the_known_password(settings):
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(CommandError, match="skarp installation"):
        load_demo("--write")
    assert not User.objects.exists()
    load_demo("--write", "--i-know")
    assert User.objects.exists()


def test_the_sign_ins_can_be_asked_for_again(demo):
    said = run("demo_signins")
    assert "kommunpolis.skarholmen" in said
    assert demonstration.PASSWORD in said


@pytest.mark.django_db
def test_the_sign_ins_are_not_promised_before_they_exist():
    assert demonstration.PASSWORD not in run("demo_signins")


# --- People


def test_there_is_a_sign_in_for_each_role_and_it_works(demo):
    roles = {
        "trygghetsstrateg.skarholmen": Role.EDITOR,
        "medskribent.skarholmen": Role.CO_WRITER,
        "kommunpolis.skarholmen": Role.MUNICIPAL_POLICE,
        "styrgrupp.skarholmen": Role.LOCAL_STEERING,
        "arbetsgrupp.skarholmen": Role.WORKING_GROUP,
        "registrator.skarholmen": Role.REGISTRAR,
        "extern.skarholmen": Role.EXTERNAL_PARTY,
        "trygghetsstrateg.farsta": Role.EDITOR,
        "central.beredning": Role.CITY_PREPARATION,
        "central.styrgrupp": Role.CITY_STEERING,
    }
    assert set(roles.values()) == set(Role)
    for username, role in roles.items():
        user = authenticate(username=username, password=demonstration.PASSWORD)
        assert user, username
        assert [held for held, _ in access_of(user).roles] == [role], username


def test_the_administrator_keeps_the_system_and_reads_no_plan(demo):
    user = authenticate(username="administrator", password=demonstration.PASSWORD)
    assert user.is_staff
    assert user.is_superuser
    assert not ActionPlan.objects.visible_to(user).exists()


@pytest.mark.parametrize(
    ("username", "districts"),
    [
        ("trygghetsstrateg.skarholmen", {"skarholmen", "jarva"}),
        ("kommunpolis.skarholmen", {"skarholmen", "jarva"}),
        ("kommunpolis.farsta", {"farsta", "jarva"}),
        ("trygghetsstrateg.sodermalm", {"jarva"}),
        ("central.beredning", {"jarva"}),
        ("extern.skarholmen", set()),
    ],
)
def test_the_states_show_who_sees_what(demo, username, districts):
    user = User.objects.get(username=username)
    assert set(ActionPlan.objects.visible_to(user).values_list("district__slug", flat=True)) == districts


# --- Plans


def test_skarholmens_plan_is_the_real_workbook_and_not_marked_as_an_example(demo, skarholmen):
    plan = ActionPlan.objects.get(district__slug="skarholmen")
    assert (plan.state, plan.is_example) == (PlanState.DRAFT, False)
    document = load_document(plan)
    assert document.areas == skarholmen.areas
    assert document.counts() == (14, 26, 31)


def test_the_other_plans_stand_in_different_states_and_are_marked_as_examples(demo):
    plans = ActionPlan.objects.exclude(district__slug="skarholmen")
    assert set(plans.values_list("district__slug", "state", "is_example")) == {
        ("farsta", PlanState.DRAFT, True),
        ("hagersten-alvsjo", PlanState.IN_REVIEW, True),
        ("bromma", PlanState.READY_FOR_DECISION, True),
        ("jarva", PlanState.DECIDED, True),
    }
    assert ActionPlan.objects.get(district__slug="farsta").shared_at


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.district)
def test_an_example_is_in_the_database_what_its_file_says(demo, example):
    assert document_of(example.district).areas == example_document(example).areas


def test_the_plans_are_written_by_their_editors_through_the_history(demo):
    for plan in ActionPlan.objects.all():
        assert {event.by.username for event in plan.events.select_related("by")} == {
            f"trygghetsstrateg.{plan.district.slug}"
        }


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.district)
def test_an_example_says_that_it_is_made_up_and_is_of_the_size_of_a_plan(example):
    assert "Exempeldata" in json.loads((demonstration.FILES / example.file).read_text(encoding="utf-8"))["note"]
    counts = example_document(example).counts()
    assert 4 <= counts.problems <= 10
    assert 8 <= counts.actions <= 20


def test_the_examples_show_an_own_area_and_one_that_is_not_applicable():
    areas = [area for example in EXAMPLES for area in example_document(example).areas]
    assert [area.title for area in areas if area.is_local] == ["Skolan som brottsplats"]
    assert [area.code for area in areas if area.not_applicable_reason] == ["kriminella-miljoer"]
