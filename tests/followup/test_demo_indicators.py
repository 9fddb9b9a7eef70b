"""What the demo shows of measurements: made up, and saying so."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from followup import demo_indicators
from followup.models import GoalIndicator, Measurement
from plans.demonstration import FURTHER


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
