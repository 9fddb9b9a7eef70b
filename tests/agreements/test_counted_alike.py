"""What is counted is the same wherever it is told: in the list of places, on a place's overview and in its year."""

import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from agreements.models import CollaborationGroup, Meeting, PlanningCycle
from tests.cast import Cast


@pytest.fixture(autouse=True)
def february(time_machine):
    """It is 10 February 2025."""
    time_machine.move_to(datetime(2025, 2, 10, 8, tzinfo=UTC), tick=False)


@pytest.fixture
def cast(db):
    cast = Cast()
    cast.area_set.valid_from = date(2024, 6, 1)
    cast.area_set.save()
    PlanningCycle.objects.update(pictures_due=date(2025, 1, 31), draft_due=date(2025, 2, 1))
    return cast


def words(user, address):
    """What the page says, without its markup."""
    client = Client()
    client.force_login(user)
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", client.get(address).content.decode(), flags=re.DOTALL)
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def meet(slug, on):
    group = CollaborationGroup.objects.get(slug=slug)
    return Meeting.objects.create(group=group, title="Hemligt ärende", on=on)


def test_p23_the_citys_own_steps_are_counted_for_themselves_on_every_page(cast):
    assert "Staden 0 av 2 egna steg klara" in words(cast.city_preparation, "/samverkan/")
    for address in ("/samverkan/staden/", "/samverkan/staden/arshjul/2025/"):
        told = words(cast.city_preparation, address)
        assert "0 av stadens 2 egna steg är klara." in told
        assert "0 av stadsdelarnas 9 steg är klara i alla stadsdelar, 2 är försenade." in told
        assert "av 11" not in told


def test_a_step_of_the_citys_own_that_is_late_is_late_on_every_page(cast):
    PlanningCycle.objects.update(compilation_due=date(2025, 2, 2))
    assert "Staden 0 av 2 egna steg klara, 1 försenat" in words(cast.city_preparation, "/samverkan/")
    assert "0 av stadens 2 egna steg är klara, ett är försenat." in words(cast.city_preparation, "/samverkan/staden/")


def test_the_districts_with_something_late_are_counted_without_the_city(cast):
    told = words(cast.city_preparation, "/samverkan/")
    assert "2 av 2 stadsdelar har något försenat." in told
    assert "Staden har något försenat" not in told
    PlanningCycle.objects.update(compilation_due=date(2025, 2, 2))
    assert "Staden har något försenat för egen del." in words(cast.city_preparation, "/samverkan/")
    PlanningCycle.objects.update(compilation_due=None, pictures_due=None, draft_due=None)
    assert "Inget är försenat." in words(cast.city_preparation, "/samverkan/")


def test_the_next_meeting_in_the_list_is_that_of_the_groups_on_the_overview(cast):
    meet("local-steering-skarholmen", date(2025, 5, 7))
    meet("local-preparation-skarholmen", date(2025, 3, 5))
    meet("local-steering-skarholmen", date(2025, 1, 7))
    assert "5 mars 2025" in words(cast.city_preparation, "/samverkan/skarholmen/")
    told = words(cast.city_preparation, "/samverkan/")
    assert re.search(r"Skärholmen 0 av 9 steg klara[^A-ZÅÄÖ]*(?:[A-ZÅÄÖ][a-z ]+)?5 mars 2025", told), told
    assert "Hemligt ärende" not in told  # what they meet about is theirs
    assert "inget kallat" in told  # in Farsta, as its overview says
    assert "inget kallat" in words(cast.city_preparation, "/samverkan/farsta/")


def test_the_next_meeting_of_a_group_that_has_ended_is_none(cast):
    meet("local-steering-skarholmen", date(2025, 5, 7))
    CollaborationGroup.objects.filter(slug="local-steering-skarholmen").update(valid_to=date(2025, 1, 31))
    assert "7 maj 2025" not in words(cast.city_preparation, "/samverkan/")
