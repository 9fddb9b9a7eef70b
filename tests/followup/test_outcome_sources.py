"""Where else a follow-up is told of: what waits for whom, the plan's page, the year, the agenda, the overview."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from agreements.agenda import proposals_for
from agreements.hub import TOPICS
from agreements.letters import daily
from agreements.models import CollaborationGroup
from agreements.scope import Scope
from agreements.tasks import TASK_SOURCES
from agreements.year.steps import WHERE_DONE
from followup import opening
from followup.contributions.agenda import follow_ups_not_read
from followup.models import Fulfilment
from plans.afterwards import after_decision
from tests.cast import Cast
from tests.followup.opened import answer_all, decided_plan_with, handed_in, opened

PAGE = "/planer/skarholmen/2025/uppfoljning/"


@pytest.fixture
def cast(db):
    return Cast()


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def tasks(user):
    found = [task for source in TASK_SOURCES if source.__module__.startswith("followup") for task in source(user)]
    return {task.text: task for task in found}


def test_p24_whoever_is_late_has_a_task_whose_last_day_has_passed(cast):
    cast.cycle.follow_up_due = timezone.localdate() - timedelta(days=1)
    cast.cycle.save()
    opened(cast)
    own = tasks(cast.police)["1 åtagande att svara på"]
    assert own.is_late and own.address == PAGE + "ataganden/" and own.about == "Åtgärdsplan 2025, Skärholmen"
    assert tasks(cast.editor)["Skriv uppföljningen"].is_late
    assert "1 åtagande att svara på" in tasks(cast.external)
    assert "Skriv uppföljningen" not in tasks(cast.co_writer) and not tasks(cast.neighbour)


def test_a_fault_in_what_is_done_daily_is_told_and_stops_no_letters(cast, monkeypatch, capsys):
    def fails():
        raise RuntimeError("trasig")

    monkeypatch.setattr(daily, "DAILY", [fails, opening.open_due])
    decided_plan_with(cast)
    cast.cycle.follow_up_opens = timezone.localdate()
    cast.cycle.save()
    call_command("send_reminders", verbosity=0)
    assert "Det här gick inte att göra" in capsys.readouterr().err
    assert tasks(cast.editor)["Skriv uppföljningen"]


def test_who_has_answered_has_nothing_waiting(cast):
    opened(cast)
    Fulfilment.objects.update(answer="yes")
    assert "1 åtagande att svara på" not in tasks(cast.police)


def test_the_chair_is_asked_to_approve_and_the_editor_told_why_it_came_back(cast):
    follow_up = handed_in(cast)
    assert "Godkänn uppföljningen" in tasks(cast.chair) and "Skriv uppföljningen" not in tasks(cast.editor)
    client = signed_in(cast.chair)
    client.post(PAGE + "steg/skicka-tillbaka/", {"seen_state": "submitted", "reason": "Mål 2 behöver en siffra."})
    assert "Mål 2 behöver en siffra." in tasks(cast.editor)["Skriv uppföljningen"].told[0]
    assert follow_up.steps.count() == 2


def test_the_editor_is_asked_to_open_what_is_due(cast):
    decided_plan_with(cast)
    assert "Öppna uppföljningen" not in tasks(cast.editor)
    cast.cycle.follow_up_opens = timezone.localdate()
    cast.cycle.save()
    assert "Öppna uppföljningen" in tasks(cast.editor) and "Öppna uppföljningen" not in tasks(cast.police)


def told(plan, user):
    return [each for each in after_decision(plan, user) if each.address == PAGE]


def test_the_plans_page_says_how_far_its_follow_up_has_come(cast):
    plan = decided_plan_with(cast)
    assert told(plan, cast.editor)[0].words == "Uppföljningen är inte öppen än."
    opening.open(plan)
    assert told(plan, cast.police)[0].is_now
    assert told(plan, cast.neighbour) == [] and told(plan, cast.city_preparation) == []
    assert "Uppföljningen pågår" in signed_in(cast.editor).get(plan.get_absolute_url()).content.decode()


def test_the_year_leads_to_the_follow_up(cast):
    opened(cast)

    def where(user):
        found = {}
        for source in WHERE_DONE:
            found |= source(user, [cast.district.pk, cast.other_district.pk, None], cast.cycle)
        return {place: address for (step, place), address in found.items() if step == "follow_up"}

    assert where(cast.editor) == {cast.district.pk: PAGE}
    assert where(cast.neighbour) == {}


def test_p26_the_steering_groups_agenda_has_what_waits_for_its_approval(cast):
    handed_in(cast)
    group = CollaborationGroup.objects.get(slug="local-steering-skarholmen")
    found = [each for each in proposals_for(group, cast.chair) if each.subject.startswith("follow_up:")]
    assert [(each.address, each.is_decision) for each in found] == [(PAGE, True)]

    class Item:
        pk, subject = 1, found[0].subject

    assert follow_ups_not_read(cast.external, None, [Item]) == {1}
    assert follow_ups_not_read(cast.chair, None, [Item]) == set()


def test_the_overview_of_the_cooperation_has_the_follow_up(cast):
    opened(cast)

    def topics(user):
        return [topic for source in TOPICS if (topic := source(Scope(cast.district), user)) and topic.address == PAGE]

    assert topics(cast.editor)[0].words == "2025: Pågår"
    assert topics(cast.editor)[0].notes[0] == "0 av 2 åtgärder har en status."
    assert topics(cast.external) == []


@pytest.mark.parametrize("path", ["", "ataganden/", "steg/lamna-in/"])
def test_a_page_asks_the_database_as_often_however_large_the_plan_is(cast, path, django_assert_max_num_queries):
    follow_up = opened(cast, and_actions=500 if path else 100)
    answer_all(follow_up)
    client = signed_in(cast.editor)
    client.get(PAGE + path)
    with django_assert_max_num_queries(20):
        assert client.get(PAGE + path).status_code == 200


def test_an_action_asks_the_database_as_often_however_large_the_plan_is(cast, django_assert_max_num_queries):
    follow_up = opened(cast, and_actions=500)
    row = follow_up.actionoutcomes.first().row
    client = signed_in(cast.working)
    client.get(f"{PAGE}atgard/{row}/")
    with django_assert_max_num_queries(18):
        assert client.get(f"{PAGE}atgard/{row}/").status_code == 200


@pytest.mark.parametrize("count", [1, 500])
def test_opening_asks_the_database_as_often_however_large_the_plan_is(cast, count, django_assert_max_num_queries):
    plan = decided_plan_with(cast, and_actions=count)
    with django_assert_max_num_queries(20 + count // 20):  # rows are added some eighty at a time
        opening.open(plan)


def test_what_waits_asks_the_database_as_often_however_many_districts(cast, django_assert_max_num_queries):
    opened(cast)
    (source,) = [each for each in TASK_SOURCES if each.__module__ == "followup.contributions.tasks"]
    for user in (cast.editor, cast.police, cast.chair):
        source(user)
        with django_assert_max_num_queries(6):
            source(user)


def test_the_demo_has_a_follow_up_that_is_going_on_and_is_told_once(db):
    from followup.demo import ongoing as followed
    from followup.models import FollowUp, ProgressNote
    from followup.page import Sheet
    from plans.demo import loading as demonstration

    demonstration.load()
    demonstration.load()
    assert followed.is_told()
    follow_up = FollowUp.objects.with_place().get(plan__district__slug="norra-innerstaden")
    remains = Sheet(follow_up).remains()
    assert follow_up.plan.is_example and 0 < remains.done < remains.total
    assert {left.party for left in remains.parties} >= {"Polisen", "Stadsdelsförvaltningen"}
    assert ProgressNote.objects.filter(plan=follow_up.plan, on=date(2025, 5, 22)).count() == 1
