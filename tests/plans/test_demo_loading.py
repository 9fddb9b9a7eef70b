"""Loading the demo: what the commands say, and what they leave alone."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from agreements.models import CauseAnalysis, District, GroupMembership
from plans.demo import loading as demonstration
from plans.models import ActionPlan, Answer, Comment, PlanEvent, PlanStep, PlanVersion


def run(command, *arguments):
    output = StringIO()
    call_command(command, *arguments, stdout=output)
    return output.getvalue()


def load_demo(*arguments):
    return run("load_demo", *arguments)


@pytest.fixture(autouse=True)
def _local_demo(settings):
    settings.DEMO = True


@pytest.mark.django_db
def test_without_write_it_tells_what_it_would_add_and_adds_nothing():
    said = load_demo()
    assert "Plan skarholmen 2025 (ur skarholmen-2025.xlsx, utkast som polisen läser) skulle läggas till." in said
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
def test_the_analysis_has_come_as_far_as_its_causes_say():
    """Causes that are found, tested and chosen come out of steps that somebody has at least begun."""
    load_demo("--write")
    analysis = CauseAnalysis.objects.get(problem__title="Otrygghet vid Sätra torg")
    assert analysis.causes.filter(is_chosen=True).exists() and analysis.causes.filter(assumption="untested").exists()
    states = dict(analysis.stages.values_list("step", "state"))
    assert states == {
        "prepare": "done", "deepen": "done", "identify": "done", "test": "ongoing", "choose": "ongoing",
    }  # fmt: skip


@pytest.mark.django_db
def test_loading_twice_adds_nothing_and_leaves_what_people_have_done_alone():
    load_demo("--write")
    ActionPlan.objects.filter(district__slug="farsta").update(is_example=False)
    User.objects.filter(username="trygghetsstrateg.farsta").update(display_name="Någon annan")
    kept = (ActionPlan, User, GroupMembership, PlanEvent, PlanStep, PlanVersion, Comment, Answer, DBTaskResult)
    before = [model.objects.count() for model in kept]
    said = load_demo("--write")
    assert said.startswith("Demodata: inga ändringar")
    assert before == [model.objects.count() for model in kept]
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


@pytest.mark.django_db
def test_the_sign_ins_are_not_promised_before_they_exist():
    assert demonstration.PASSWORD not in run("demo_signins")
