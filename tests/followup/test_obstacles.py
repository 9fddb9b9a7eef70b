"""Hinder (P25): each step is an answer that the reporter reads, and a clock counts the days since the latest one."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.agenda import not_for, proposals_for
from agreements.hub import hub_of
from agreements.meetings import workflow as meetings
from agreements.models import CollaborationGroup, GroupMembership
from agreements.scope import Scope
from agreements.tasks import news_of, tasks_of
from followup import obstacles
from followup.models import Obstacle, ObstacleStep
from plans import states_doc
from tests.cast import Cast
from tests.followup.decided import decided_plan
from trygghet.workflow import StepRefused

JUNE = "2025-06-02 09:00Z"
TAKE = obstacles.WORKFLOW.take


@pytest.fixture
def cast(db, time_machine):
    time_machine.move_to(JUNE, tick=False)
    return Cast()


@pytest.fixture
def plan(cast):
    return decided_plan(cast)


@pytest.fixture
def reported(cast, plan):
    return report(plan, cast.working)


def report(plan, by, title="Inga lokaler efter skoltid", **more):
    obstacle, _ = obstacles.report(plan, by=by, title=title, text="Skolan stänger klockan 16.", **more)
    return obstacle


def walk(obstacle, *steps):
    """Take the steps, each (name, person); return the obstacle as it then is."""
    for name, by in steps:
        obstacle = TAKE(obstacle, name, by=by, reason=f"Svar: {name}")
    return obstacle


def escalated(obstacle, cast):
    return walk(obstacle, ("raise", cast.editor), ("escalate", cast.chair))


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def words(answer):
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(text.replace("\N{NO-BREAK SPACE}", " ").split())


def press(user, obstacle, slug, **fields):
    address = f"{obstacles.address_of(obstacle)}steg/{slug}/"
    return signed_in(user).post(address, {"seen_state": obstacle.state, **fields}, follow=True)


def tasks(user):
    return [task.text for task in tasks_of(user) if task.about.startswith("Hinder")]


# --- The way to an answer


def test_p25_a_local_obstacle_is_lifted_to_the_city_and_every_step_is_an_answer(cast, reported):
    """Domain §8, scenario 35: closing without an answer is refused; with one the reporter is told, and the age kept."""
    lifted = escalated(reported, cast)
    refused = press(cast.city_preparation, lifted, "avsluta")
    assert refused.status_code == 422
    assert "Skriv ett svar. Den som har rapporterat hindret läser det." in words(refused)
    lifted.refresh_from_db()
    assert lifted.state == "escalated_to_central"
    with pytest.raises(StepRefused, match="Skriv varför"):
        TAKE(lifted, "close", by=cast.city_preparation, reason="  ")
    before = timezone.now()
    press(cast.city_preparation, lifted, "avsluta", answer="Fastighetskontoret öppnar lokalerna i augusti.")
    lifted.refresh_from_db()
    assert lifted.state == "closed"
    assert len(news_of(cast.working, before - timedelta(seconds=1))) == 1
    page = words(signed_in(cast.working).get(obstacles.address_of(lifted)))
    assert "Fastighetskontoret öppnar lokalerna i augusti." in page


def test_the_whole_way_is_told_in_order(cast, reported):
    done = walk(
        reported,
        ("handle_locally", cast.police), ("answer", cast.editor), ("raise", cast.editor), ("escalate", cast.chair),
        ("acknowledge", cast.city_preparation), ("decide_measure", cast.city_preparation),
        ("resolve", cast.city_preparation), ("close", cast.editor),
    )  # fmt: skip
    assert done.state == "closed"
    told = [step.told for step in done.steps.order_by("pk")]
    assert told == [
        "Rapporterade hindret", "Tog hand om hindret i stadsdelen", "Svarade", "Lyfte hindret till styrgruppen",
        "Lyfte hindret till staden", "Tog emot hindret", "Registrerade vad som är beslutat", "Sa att hindret är löst",
        "Avslutade hindret",
    ]  # fmt: skip


@pytest.mark.parametrize("step", [each.name for each in obstacles.OBSTACLE_TRANSITIONS])
def test_no_step_is_taken_without_words(step):
    """P24 asks for running feedback: whoever reported reads why."""
    assert obstacles.WORKFLOW.by_name[step].needs_reason


def test_what_somebody_has_answered_is_never_rewritten(cast, reported):
    step = walk(reported, ("handle_locally", cast.editor)).steps.first()
    with pytest.raises(TypeError):
        step.delete()
    with pytest.raises(TypeError):
        ObstacleStep.objects.filter(pk=step.pk).update(reason="Något annat")


@pytest.mark.parametrize(
    ("way", "step", "person"),
    [
        ([], "handle_locally", "working"),
        ([], "raise", "chair"),
        ([("raise", "editor")], "escalate", "editor"),
        ([("raise", "editor")], "answer", "editor"),
        ([("raise", "editor")], "close", "steering"),
        ([("raise", "editor")], "decide_measure", "city_preparation"),
        ([("raise", "editor"), ("escalate", "chair")], "acknowledge", "chair"),
        ([("raise", "editor"), ("escalate", "chair")], "close", "editor"),
        ([("raise", "editor"), ("escalate", "chair")], "close", "city_steering"),
        ([], "withdraw", "editor"),
    ],
)
def test_only_whoever_it_lies_with_answers(cast, reported, way, step, person):
    obstacle = walk(reported, *((name, getattr(cast, by)) for name, by in way))
    with pytest.raises(PermissionDenied):
        TAKE(obstacle, step, by=getattr(cast, person), reason="Ett svar")


def test_the_citys_own_is_with_the_city_already(cast):
    own = report(decided_plan(cast, is_city=True), cast.city_preparation)
    raised = walk(own, ("raise", cast.city_preparation))
    assert obstacles.whose_turn(raised) == "centrala styrgruppen"
    GroupMembership.objects.filter(user=cast.city_steering).update(is_chair=True)
    chair = type(cast.city_steering).objects.get(pk=cast.city_steering.pk)
    with pytest.raises(StepRefused, match="ligger redan hos staden"):
        TAKE(raised, "escalate", by=chair, reason="Vidare")
    assert walk(raised, ("decide_measure", chair), ("close", chair)).state == "closed"


def test_the_reporter_may_take_it_back_and_says_why(cast, reported):
    waited_since = reported.last_answer_at
    back = walk(reported, ("withdraw", cast.working))
    assert (back.state, back.last_answer_at) == ("withdrawn", waited_since)


def test_one_that_belongs_to_another_follows_its_answers(cast, plan, reported):
    other = report(plan, cast.external, "Skolan är stängd på kvällarna")
    merged = TAKE(other, "merge", by=cast.editor, reason="Det är samma lokaler.", into=reported)
    assert (merged.state, merged.merged_into) == ("merged", reported)
    before = timezone.now()
    walk(reported, ("handle_locally", cast.police))
    assert [each.text for each in news_of(cast.external, before - timedelta(seconds=1))] != []
    page = words(signed_in(cast.external).get(obstacles.address_of(other)))
    assert "Svar: handle_locally" in page


def test_it_is_merged_only_with_an_open_one_of_the_same_place(cast, plan, reported):
    elsewhere = report(decided_plan(cast, cast.other_district), cast.neighbour, "I Farsta")
    ended = walk(report(plan, cast.police, "Ett avslutat"), ("close", cast.editor))
    report(plan, cast.police, "Ett öppet")
    for into in (elsewhere, ended, reported):
        with pytest.raises(StepRefused, match="Välj ett annat"):
            TAKE(reported, "merge", by=cast.editor, reason="Samma sak.", into=into)


def test_what_belonged_to_it_goes_along_when_it_is_merged_itself(cast, plan, reported):
    second, third = report(plan, cast.external, "Två"), report(plan, cast.police, "Tre")
    TAKE(second, "merge", by=cast.editor, reason="Samma.", into=reported)
    TAKE(reported, "merge", by=cast.editor, reason="Samma.", into=third)
    second.refresh_from_db()
    assert second.merged_into == third


# --- The clock


@pytest.mark.parametrize(
    ("days", "told", "is_long"),
    [(0, "Senaste svar i dag", False), (1, "1 dag sedan senaste svar", False),
     (12, "12 dagar sedan senaste svar", False), (14, "14 dagar sedan senaste svar", False),
     (15, "15 dagar sedan senaste svar", True)],
)  # fmt: skip
def test_the_clock_counts_from_the_latest_answer(cast, reported, time_machine, days, told, is_long):
    handled = walk(reported, ("handle_locally", cast.editor))
    time_machine.move_to(timezone.now() + timedelta(days=days), tick=False)
    clock = obstacles.clock_of(handled)
    assert (clock.told, clock.is_long) == (told, is_long)


def test_the_clock_counts_from_the_report_until_somebody_answers_and_stops_when_it_is_ended(
    cast, reported, time_machine
):
    assert obstacles.clock_of(reported).told == "Rapporterat i dag"
    time_machine.move_to(timezone.now() + timedelta(days=20), tick=False)
    assert obstacles.clock_of(reported).told == "20 dagar utan svar"
    closed = walk(reported, ("close", cast.editor))
    assert obstacles.clock_of(closed) is None
    time_machine.move_to(timezone.now() + timedelta(days=30), tick=False)
    assert "Var öppet i 20 dagar" in words(signed_in(cast.working).get(obstacles.address_of(closed)))


def test_a_long_wait_is_marked_in_words_too(cast, reported, time_machine):
    time_machine.move_to(timezone.now() + timedelta(days=15), tick=False)
    page = signed_in(cast.editor).get(obstacles.list_address(Scope(cast.district))).content.decode()
    assert 'class="obstacle-clock is-long">15 dagar utan svar' in page


# --- Reporting


def test_an_obstacle_is_reported_from_the_action_it_hinders(cast, plan):
    action = plan.actions.get()
    address = obstacles.report_address(cast.district.slug, year=2025, action=action.uid)
    client = signed_in(cast.police)
    assert address.replace("&", "&amp;") in client.get(plan.get_absolute_url()).content.decode()
    form = client.get(address)
    assert f'<option value="{action.uid}" selected' in form.content.decode()
    posted = {"uid": str(uuid4()), "action": str(action.uid), "title": "Bemanning", "text": "Vi saknar två personer."}
    for said in ("Hindret är rapporterat.", "Hindret var redan rapporterat."):
        assert said in words(client.post(address, posted, follow=True))
    obstacle = Obstacle.objects.get()
    assert (obstacle.action, obstacle.district, obstacle.plan) == (action.uid, cast.district, plan)
    assert "Fältgruppen finns på torget" in words(client.get(obstacles.address_of(obstacle)))


def test_the_same_report_sent_again_with_another_text_is_shown_and_not_dropped(cast, plan):
    client, address = signed_in(cast.police), obstacles.report_address(cast.district.slug)
    sent = {"uid": str(uuid4()), "action": "", "title": "Bemanning", "text": "Vi saknar två personer."}
    client.post(address, sent)
    answer = client.post(address, sent | {"text": "Vi saknar tre personer."})
    assert answer.status_code == 422
    assert "hindret rapporterat som ”Bemanning”. Det du har skrivit nu är inte rapporterat." in words(answer)
    assert "Vi saknar tre personer." in words(answer)
    assert Obstacle.objects.get().text == "Vi saknar två personer."
    anew = re.search(r'name="uid" value="([^"]+)"', answer.content.decode())[1]
    client.post(address, sent | {"uid": anew, "text": "Vi saknar tre personer."})
    assert Obstacle.objects.count() == 2


def test_a_refused_report_keeps_what_was_typed(cast, plan):
    form = {"title": "Hör 19811218-9876", "text": "Vi behöver lokaler."}
    answer = signed_in(cast.police).post(obstacles.report_address(cast.district.slug), form)
    assert answer.status_code == 422
    assert "Texten ser ut att innehålla ett personnummer. Ta bort det." in words(answer)
    assert all(text in answer.content.decode() for text in form.values())
    assert not Obstacle.objects.exists()


def test_without_a_decided_plan_there_is_nothing_to_report_on(cast):
    answer = signed_in(cast.editor).get(obstacles.report_address(cast.district.slug), follow=True)
    assert "Det finns ingen beslutad plan här än." in words(answer)


def test_an_external_party_reports_and_follows_its_own_and_reads_no_others(cast, plan, reported):
    client = signed_in(cast.external)
    form = {"title": "Grinden är låst", "text": "Vi kommer inte in.", "uid": str(uuid4())}
    answer = client.post(obstacles.report_address(cast.district.slug), form, follow=True)
    own = Obstacle.objects.get(title="Grinden är låst")
    assert "Grinden är låst" in words(answer)
    listed = words(client.get(obstacles.list_address(Scope(cast.district))))
    assert "Grinden är låst" in listed and reported.title not in listed
    assert client.get(obstacles.address_of(reported)).status_code == 404
    assert "Fältgruppen" not in words(client.get(obstacles.report_address(cast.district.slug)))
    before = timezone.now()
    walk(own, ("handle_locally", cast.editor))
    assert len(news_of(cast.external, before - timedelta(seconds=1))) == 1
    assert "Grinden är låst" in words(client.get("/"))


# --- Pages


def test_the_city_sees_what_is_lifted_with_its_days_and_nothing_before(cast, plan, reported, time_machine):
    other = report(plan, cast.police, "Bara i stadsdelen")
    escalated(reported, cast)
    time_machine.move_to(timezone.now() + timedelta(days=20), tick=False)
    client = signed_in(cast.city_preparation)
    page = words(client.get(obstacles.list_address(Scope(None))))
    assert reported.title in page and "20 dagar sedan senaste svar" in page and "Skärholmen" in page
    assert other.title not in page
    assert client.get(obstacles.address_of(other)).status_code == 404
    assert client.get(obstacles.address_of(reported)).status_code == 200


def test_what_was_lifted_stands_among_the_citys_ended_ones(cast, plan, reported):
    walk(escalated(reported, cast), ("close", cast.city_preparation))
    walk(report(plan, cast.police, "Avslutat i stadsdelen"), ("close", cast.editor))
    ended = words(signed_in(cast.city_preparation).get(f"{obstacles.list_address(Scope(None))}?visa=avslutade"))
    assert reported.title in ended and "Avslutat i stadsdelen" not in ended


def test_a_step_from_an_old_page_is_not_taken_and_the_text_is_kept(cast, reported):
    walk(reported, ("raise", cast.police))
    answer = press(cast.editor, reported, "hantera", answer="Vi tar det på måndag.")
    assert answer.status_code == 422
    assert "Hindret har redan ändrats till «Lyft till lokala styrgruppen». Ingenting gjordes nu." in words(answer)
    assert "Vi tar det på måndag." in words(answer)
    reported.refresh_from_db()
    assert reported.state == "raised_to_local_steering"


def test_a_button_pressed_twice_answers_once(cast, reported):
    for _ in range(2):
        answer = press(cast.editor, reported, "hantera", answer="Vi tar det på måndag.")
        assert answer.status_code == 200
    assert "Det är redan gjort." in words(answer)
    assert reported.steps.count() == 2


@pytest.mark.parametrize("has_step", [True, False])
def test_an_answer_without_a_step_sent_twice_is_logged_once(cast, reported, has_step):
    walk(reported, ("handle_locally", cast.editor))
    reported.refresh_from_db()
    shown = signed_in(cast.editor).get(obstacles.address_of(reported)).content.decode()
    after = re.search(r'name="after" value="(\d+)"', shown)[1]
    form = {"answer": "Vi väntar på skolan.\r\nBesked i augusti."} | ({"after": after} if has_step else {})
    for _ in range(2):
        answer = press(cast.editor, reported, "svara", **form)
    assert "Det är redan gjort. Ditt svar står nedan." in words(answer)
    assert reported.steps.filter(name="answer").count() == 1


def test_the_same_words_may_be_answered_anew_and_by_another(cast, reported):
    walk(reported, ("handle_locally", cast.editor))
    reported.refresh_from_db()
    for person in (cast.editor, cast.police, cast.editor):
        press(person, reported, "svara", answer="Vi väntar.", after=reported.steps.first().pk)
    press(cast.editor, reported, "svara", answer="Vi väntar.", after=reported.steps.first().pk)
    assert reported.steps.filter(name="answer").count() == 4


def test_a_step_that_does_not_say_what_was_seen_is_refused_in_words(cast, reported):
    address = f"{obstacles.address_of(reported)}steg/hantera/"
    answer = signed_in(cast.editor).post(address, {"answer": "Vi tar det på måndag."})
    assert answer.status_code == 422
    assert "Sidan är gammal. Ladda om den och försök igen." in words(answer)
    assert "Vi tar det på måndag." in words(answer)
    reported.refresh_from_db()
    assert reported.state == "reported"


def test_a_personnummer_in_an_answer_is_refused(cast, reported):
    answer = press(cast.editor, reported, "hantera", answer="Ring 19811218-9876.")
    assert "Texten ser ut att innehålla ett personnummer. Ta bort det." in words(answer)


def test_one_who_may_not_answer_is_told_whose_turn_it_is(cast, reported):
    answer = press(cast.steering, reported, "hantera", answer="Jag tar det.")
    assert answer.status_code == 403
    assert "Hindret ligger hos stadsdelens beredningsgrupp just nu." in words(answer)
    assert "<textarea" not in signed_in(cast.steering).get(obstacles.address_of(reported)).content.decode()


def test_ended_ones_stand_apart(cast, plan, reported):
    walk(report(plan, cast.police, "Ett gammalt"), ("close", cast.editor))
    client, address = signed_in(cast.editor), obstacles.list_address(Scope(cast.district))
    assert "Ett gammalt" not in words(client.get(address)) and reported.title in words(client.get(address))
    ended = words(client.get(f"{address}?visa=avslutade"))
    assert "Ett gammalt" in ended and reported.title not in ended


# --- Whose turn it is


def test_the_task_goes_to_whoever_must_answer_now(cast, reported):
    turns = {"editor", "police", "chair", "city_preparation", "working", "steering", "city_steering"}

    def waits_for():
        return {name for name in turns if tasks(getattr(cast, name).__class__.objects.get(username=name))}

    assert waits_for() == {"editor", "police"}
    obstacle = walk(reported, ("raise", cast.editor))
    assert waits_for() == {"chair"}
    obstacle = walk(obstacle, ("escalate", cast.chair))
    assert waits_for() == {"city_preparation"}
    obstacle = walk(obstacle, ("acknowledge", cast.city_preparation))
    assert waits_for() == set()
    walk(obstacle, ("decide_measure", cast.city_preparation), ("resolve", cast.city_preparation))
    assert waits_for() == {"editor", "police"}


def test_what_has_begun_waits_for_them_again_when_the_reporter_has_waited_long(cast, reported, time_machine):
    walk(reported, ("handle_locally", cast.editor))
    assert tasks(cast.editor) == []
    time_machine.move_to(timezone.now() + timedelta(days=15), tick=False)
    assert tasks(cast.editor) == ["Svara på nytt på ett hinder som har väntat"]


def test_letters_say_nothing_of_what_was_written(cast, plan, reported):
    report(plan, cast.police, "Ett till")
    walk(report(plan, cast.working, "Ett tredje"), ("handle_locally", cast.editor))
    (task,) = [task for task in tasks_of(cast.editor) if task.about.startswith("Hinder")]
    assert (task.text, task.about, task.due) == ("Svara på 2 rapporterade hinder", "Hinder, Skärholmen", None)
    (news,) = news_of(cast.working, timezone.now() - timedelta(days=1))
    assert (news.text, news.about) == ("Ditt hinder har fått svar", "Hinder, Skärholmen")


def test_nobody_gets_news_of_what_they_did_themselves(cast, plan):
    own = report(plan, cast.editor)
    walk(own, ("handle_locally", cast.editor))
    assert news_of(cast.editor, timezone.now() - timedelta(days=1)) == []


# --- On the agenda, and on the hub


def subjects(slug, user):
    group = CollaborationGroup.objects.get(slug=slug)
    return [each.subject for each in proposals_for(group, user) if each.subject.startswith("obstacle:")]


def test_raised_ones_are_proposed_to_the_local_steering_group_and_lifted_ones_to_the_citys(cast, reported):
    subject = [f"obstacle:{reported.pk}"]
    assert subjects("local-steering-skarholmen", cast.chair) == []
    walk(reported, ("raise", cast.editor))
    assert subjects("local-steering-skarholmen", cast.chair) == subject
    assert subjects("local-preparation-skarholmen", cast.editor) == []
    reported.refresh_from_db()
    walk(reported, ("escalate", cast.chair))
    assert subjects("local-steering-skarholmen", cast.chair) == []
    for group, person in (("city-preparation-None", cast.city_preparation), ("city-steering-None", cast.city_steering)):
        assert subjects(group, person) == subject


def test_who_does_not_read_obstacles_does_not_read_them_on_an_agenda(cast, reported):
    """The registrar sits in the steering group and reads its meetings, not the district's obstacles."""
    raised = walk(reported, ("raise", cast.editor))
    group = CollaborationGroup.objects.get(slug="local-steering-skarholmen")
    meeting = meetings.call(group, by=cast.chair, on=timezone.localdate())
    meetings.take_up(meeting, [f"obstacle:{raised.pk}"], by=cast.chair)
    item = meeting.items.get()
    assert item.title == "Hinder: Inga lokaler efter skoltid"
    assert not_for(cast.registrar, meeting, [item]) == {item.pk}
    assert not_for(cast.steering, meeting, [item]) == set()


def test_the_hub_counts_them_by_whom_they_lie_with(cast, plan, reported, time_machine):
    walk(report(plan, cast.police, "Lyft"), ("raise", cast.editor))
    walk(report(plan, cast.police, "Klart"), ("close", cast.editor))
    time_machine.move_to(timezone.now() + timedelta(days=15), tick=False)
    (topic,) = [topic for topic in hub_of(Scope(cast.district), cast.editor).topics if topic.name == "obstacles"]
    assert topic.words == "2 öppna" and topic.sign == "late"
    assert "1 hos stadsdelens beredningsgrupp" in topic.notes[0] and "1 hos lokala styrgruppen" in topic.notes[0]
    assert topic.notes[1:] == ["2 har väntat mer än 14 dagar på svar.", "1 är avslutat."]
    assert not [topic for topic in hub_of(Scope(cast.district), cast.registrar).topics if topic.name == "obstacles"]


def test_the_tab_is_there_for_those_who_report_or_read(cast, plan):
    address = obstacles.list_address(Scope(cast.district))
    for person, sees in ((cast.editor, True), (cast.external, True), (cast.registrar, False)):
        page = signed_in(person).get("/samverkan/skarholmen/").content.decode()
        assert (f'href="{address}"' in page) == sees


# --- How much it costs


@pytest.mark.parametrize("where", ["list", "city", "one", "min sida"])
def test_the_queries_do_not_grow_with_the_obstacles(cast, plan, reported, where):
    person = cast.city_preparation if where == "city" else cast.editor
    lifted = escalated(reported, cast)
    address = {
        "list": obstacles.list_address(Scope(cast.district)),
        "city": obstacles.list_address(Scope(None)),
        "one": obstacles.address_of(lifted),
        "min sida": "/",
    }[where]
    report(plan, cast.editor, "Ett öppet", action=plan.actions.get().uid)
    walk(report(plan, cast.editor, "Besvarat"), ("handle_locally", cast.police))
    client = signed_in(person)

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    asked()
    few = asked()
    farsta = decided_plan(cast, cast.other_district)
    for number in range(4):
        escalated(report(plan, cast.police, f"Lyft {number}"), cast)
        report(plan, cast.editor, f"Öppet {number}", action=plan.actions.get().uid)
        walk(report(plan, cast.editor, f"Besvarat {number}"), ("handle_locally", cast.police))
        Obstacle.objects.filter(pk=report(farsta, cast.neighbour, f"Farsta {number}").pk).update(
            escalated_at=timezone.now()
        )
        TAKE(lifted, "answer", by=cast.city_preparation, reason=f"Svar {number}")
    assert asked() <= few


def test_the_steps_are_in_the_document_of_states():
    text = states_doc.text()
    assert "## An obstacle" in text
    for step in obstacles.OBSTACLE_TRANSITIONS:
        assert f"| {step.label} (`{step.name}`) |" in text


def test_a_seat_that_has_ended_answers_nothing(cast, reported):
    GroupMembership.objects.filter(user=cast.editor).update(valid_to=timezone.localdate() - timedelta(days=1))
    with pytest.raises(PermissionDenied):
        TAKE(reported, "handle_locally", by=type(cast.editor).objects.get(pk=cast.editor.pk), reason="Ett svar")
