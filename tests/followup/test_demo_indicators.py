"""What the demo shows of measurements: made up, and saying so."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from followup.demo import measured as demo_indicators
from followup.indicators.goals import baseline_target_outcome
from followup.models import FollowUp, GoalIndicator, GoalOutcome, Measurement
from plans.demo.loading import FURTHER


@pytest.fixture
def demo(db, settings):
    settings.DEMO = True
    call_command("load_demo", "--write", stdout=StringIO())


def test_every_value_of_the_demo_is_marked_as_made_up_and_is_told_once(demo):
    count = Measurement.objects.count()
    assert count and not Measurement.objects.filter(is_example=False).exists()
    assert demo_indicators in FURTHER and demo_indicators.is_told()
    call_command("load_demo", "--write", stdout=StringIO())
    assert Measurement.objects.count() == count


def test_the_demo_has_a_goal_that_is_seen_in_an_indicator_and_followed_up(demo):
    chosen = GoalIndicator.objects.get(plan__district__slug=demo_indicators.GOAL_DISTRICT)
    action = chosen.plan.actions.get(operational_goals__uid=chosen.goal)
    client = Client()
    client.force_login(User.objects.get(username="trygghetsstrateg.jarva"))
    page = client.get(f"/planer/jarva/2025/uppfoljning/atgard/{action.uid}/").content.decode()
    shown = " ".join(page.replace("\N{NO-BREAK SPACE}", " ").split())
    assert "utfall: 44 procent 2025. Ingen säker skillnad mot målvärdet. Exempeldata." in shown


def test_no_goal_of_the_demo_is_answered_otherwise_than_its_indicator_says(demo):
    seen = 0
    for follow_up in FollowUp.objects.with_place():
        values = baseline_target_outcome(follow_up.plan)
        for goal in GoalOutcome.objects.filter(follow_up=follow_up, goal__in=values).exclude(result=""):
            value, seen = values[goal.goal], seen + 1
            assert value.is_met is None or goal.result != "not_measurable"
            assert not value.is_met or goal.result != "not_met"
            assert value.is_met is not False or goal.result != "met"
    assert seen
