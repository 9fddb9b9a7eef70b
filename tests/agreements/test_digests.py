"""The reminders by mail: each person what they have asked for, once, on the right day, and no text from the plans."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as outbox
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from agreements.enums import Frequency, MailState, MeetingState, NoticeKind
from agreements.letters import digests, mail
from agreements.models import (
    AgendaItem,
    Agreement,
    CollaborationGroup,
    District,
    Finding,
    GroupMembership,
    Meeting,
    NoticeSetting,
    OutgoingMail,
    PlanningCycle,
    PrioritisedProblem,
    SituationPicture,
)
from agreements.tasks import Deadline, Headline, Task, by_urgency
from plans import comments, editing, news
from plans.enums import CommentKind
from tests.cast import Cast
from tests.plans import stages
from tests.plans.test_concurrency import at_once

STOCKHOLM = ZoneInfo("Europe/Stockholm")
K, F = NoticeKind, Frequency
MONDAY = date(2026, 1, 12)
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
SETTINGS = "/konto/paminnelser/"


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = "https://trygghet.example.se"


def with_addresses(cast):
    """Everybody with a mail address."""
    for user in User.objects.all():
        user.email = f"{user.username}@example.se"
        user.save(update_fields=["email"])
    return cast


@pytest.fixture
def cast(db):
    return with_addresses(Cast())


@pytest.fixture
def has(monkeypatch):
    """What waits for the editor, is near and is new, as the test says; nothing for anybody else."""
    found = {"tasks": [], "deadlines": [], "news": []}
    for name in found:

        def of(user, *_, name=name):
            return found[name] if user.username == "editor" else []

        monkeypatch.setattr(digests, f"{name}_of", of)
    return found


@pytest.fixture
def on(time_machine):
    """``on(day)`` runs the command that day at seven in the morning and returns what was sent, by address."""

    def run(day, hour=7, minute=0):
        moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=STOCKHOLM)
        time_machine.move_to(moment, tick=False)
        outbox.outbox.clear()
        call_command("send_reminders", verbosity=0)
        return {message.to[0].split("@")[0]: message for message in outbox.outbox}

    return run


def wants(user, **frequencies):
    """Set what the person wants; the kinds that are not named never."""
    digests.set_frequencies(user, {kind: frequencies.get(kind.value, F.NEVER) for kind in K})


def task(text="Läs planen", **said):
    return Task(text=text, about="Åtgärdsplan 2026, Skärholmen", address="/planer/skarholmen/2026/", **said)


def days(day, count):
    return [day + timedelta(days=number) for number in range(count)]


# --- When


def test_a_weekly_reminder_comes_on_mondays(cast, has, on):
    wants(cast.editor, tasks=F.WEEKLY)
    has["tasks"] = [task()]
    assert [day for day in days(MONDAY - timedelta(days=3), 18) if on(day)] == [
        MONDAY, MONDAY + timedelta(days=7), MONDAY + timedelta(days=14),
    ]  # fmt: skip


def test_a_daily_reminder_comes_on_weekdays_when_something_is_new_and_on_mondays_with_all(cast, has, on):
    wants(cast.editor, tasks=F.DAILY)
    has["tasks"] = [task(since=LONG_AGO)]
    new = task("Svara på 1 fråga", since=datetime(2026, 1, 14, 12, tzinfo=UTC))  # Wednesday afternoon
    found = {}
    for day in days(MONDAY, 8):
        if day == date(2026, 1, 15):
            has["tasks"].append(new)
        found[day] = bool(on(day))
    assert [day for day, is_sent in found.items() if is_sent] == [MONDAY, date(2026, 1, 15), MONDAY + timedelta(days=7)]


def test_a_daily_reminder_comes_again_as_the_last_day_comes_nearer_and_when_it_has_passed(cast, has, on):
    wants(cast.editor, tasks=F.DAILY)
    friday = date(2026, 1, 23)
    has["tasks"] = [task(since=LONG_AGO, due=friday)]
    assert [day for day in days(date(2026, 1, 13), 14) if on(day)] == [
        date(2026, 1, 16),  # a week before
        date(2026, 1, 19),  # Monday
        date(2026, 1, 20),  # three days before
        date(2026, 1, 22),
        friday,
        date(2026, 1, 26),  # Monday: late
    ]


def test_nothing_comes_at_the_weekend_nor_before_six_in_the_morning(cast, has, on):
    wants(cast.editor, tasks=F.DAILY)
    has["tasks"] = [task()]
    assert not on(MONDAY - timedelta(days=2)) and not on(MONDAY - timedelta(days=1))
    assert not on(MONDAY, hour=5, minute=59)
    assert on(MONDAY, hour=6)


@pytest.mark.parametrize(
    ("monday", "too_early", "in_time"),
    [
        (date(2026, 3, 30), datetime(2026, 3, 30, 3, 59, tzinfo=UTC), datetime(2026, 3, 30, 4, 0, tzinfo=UTC)),
        (date(2026, 10, 26), datetime(2026, 10, 26, 4, 59, tzinfo=UTC), datetime(2026, 10, 26, 5, 0, tzinfo=UTC)),
    ],
)
def test_six_is_by_the_citys_clock_also_the_day_after_it_has_been_changed(
    cast, has, time_machine, monday, too_early, in_time
):
    wants(cast.editor, tasks=F.WEEKLY)
    has["tasks"] = [task()]
    for moment, count in ((too_early, 0), (in_time, 1)):
        time_machine.move_to(moment, tick=False)
        call_command("send_reminders", verbosity=0)
        assert len(outbox.outbox) == count
    assert OutgoingMail.objects.filter(key=digests.key_of(cast.editor, monday)).exists()


def test_late_on_a_summer_evening_it_is_still_the_same_day(cast, has, on):
    wants(cast.editor, tasks=F.DAILY)
    monday = date(2026, 6, 29)
    has["tasks"] = [task()]
    assert on(monday)
    assert not on(monday, hour=23, minute=59)


def test_days_on_which_nothing_ran_are_made_up_for_once(cast, has, on):
    wants(cast.editor, tasks=F.WEEKLY)
    has["tasks"] = [task()]
    assert on(MONDAY)
    thursday = MONDAY + timedelta(days=10)  # two weeks' letters later; the week's Monday was missed
    assert len(on(thursday)) == 1
    assert not on(thursday + timedelta(days=1))
    assert on(MONDAY + timedelta(days=14))


def test_a_monday_with_nothing_to_say_is_not_made_up_for_later_in_the_week(cast, has, on):
    wants(cast.editor, tasks=F.WEEKLY)
    assert not on(MONDAY)
    has["tasks"] = [task()]
    assert not on(MONDAY + timedelta(days=1))
    assert on(MONDAY + timedelta(days=7))


def test_a_daily_and_a_weekly_kind_come_in_one_letter(cast, has, on):
    wants(cast.editor, tasks=F.DAILY, news=F.WEEKLY)
    has["tasks"] = [task()]
    has["news"] = [Headline(text="2 nya kommentarer", about="Åtgärdsplan 2026, Skärholmen", address="/nytt/")]
    assert on(MONDAY)["editor"].subject == "Trygghet: 1 sak att göra, 1 plan med nytt"
    has["tasks"] = [task("Svara", since=datetime(2026, 1, 12, 12, tzinfo=UTC))]
    assert on(MONDAY + timedelta(days=1))["editor"].subject == "Trygghet: 1 sak att göra"


# --- Once, and not lost


def test_run_twice_it_sends_one_letter(cast, has, on):
    wants(cast.editor, tasks=F.DAILY)
    has["tasks"] = [task()]
    assert list(on(MONDAY)) == ["editor"]
    assert on(MONDAY, hour=9) == {}
    assert OutgoingMail.objects.filter(key=f"digest:{cast.editor.pk}:2026-01-12").count() == 1


def test_what_could_not_be_sent_for_days_comes_as_one_letter_with_all_of_it(cast, has, on, settings):
    wants(cast.editor, tasks=F.DAILY, news=F.WEEKLY)
    has["tasks"] = [task(since=LONG_AGO)]
    has["news"] = [Headline(text="2 nya kommentarer", about="Åtgärdsplan 2026, Skärholmen", address="/nytt/")]
    working = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "tests.agreements.test_digests.Down"
    for day in days(MONDAY, 3):
        on(day)
    settings.EMAIL_BACKEND = working
    (letter,) = on(MONDAY + timedelta(days=3)).values()
    assert "2 nya kommentarer" in letter.body and "Läs planen" in letter.body
    assert not OutgoingMail.objects.filter(state=MailState.WAITING).exists()


@pytest.fixture
def waits(cast, has, on, settings):
    """``waits(change)`` returns who gets the editor's letter when it waited for the mail server while it happened."""

    def send(change):
        wants(cast.editor, tasks=F.DAILY)
        has["tasks"] = [task(since=LONG_AGO)]
        working = settings.EMAIL_BACKEND
        settings.EMAIL_BACKEND = "tests.agreements.test_digests.Down"
        on(MONDAY)
        assert OutgoingMail.objects.filter(state=MailState.WAITING, to="editor@example.se").exists()
        change()
        settings.EMAIL_BACKEND = working
        return list(on(MONDAY, hour=9))

    return send


def test_a_letter_that_waited_goes_to_the_address_that_the_person_has_now(cast, waits):
    def moves():
        cast.editor.email = "new@example.se"
        cast.editor.save()

    assert waits(moves) == ["new"]
    assert OutgoingMail.objects.get(key=digests.key_of(cast.editor, MONDAY)).to == "new@example.se"


def _loses_the_seat(cast):
    seats = GroupMembership.objects.filter(user=cast.editor)
    seats.update(valid_from=MONDAY - timedelta(days=9), valid_to=MONDAY - timedelta(days=1))


LEAVES = {
    "the seat has ended": _loses_the_seat,
    "deactivated": lambda cast: User.objects.filter(pk=cast.editor.pk).update(is_active=False),
    "no address any more": lambda cast: User.objects.filter(pk=cast.editor.pk).update(email=""),
}


@pytest.mark.parametrize("how", LEAVES)
def test_a_letter_that_waited_goes_to_nobody_who_takes_no_part_any_more(cast, waits, how):
    assert waits(lambda: LEAVES[how](cast)) == []
    assert not OutgoingMail.objects.filter(state=MailState.WAITING).exists()


def Down(*args, **kwargs):  # noqa: N802 – named as a class in the setting
    """A mail server that is down."""
    backend = mail.get_connection("django.core.mail.backends.dummy.EmailBackend")

    def refuse(messages):
        raise ConnectionRefusedError

    backend.send_messages = refuse
    return backend


def test_one_person_whose_letter_cannot_be_made_stops_nobody_else(cast, has, on, monkeypatch, capsys):
    for user in (cast.police, cast.editor):
        wants(user, tasks=F.DAILY)

    def broken(user, *_):
        if user == cast.police:
            raise RuntimeError("broken")
        return [task()]

    monkeypatch.setattr(digests, "tasks_of", broken)
    told = on(MONDAY)
    assert "editor" in told and "police" not in told
    assert "Påminnelsen kunde inte skrivas till: police." in capsys.readouterr().err
    monkeypatch.setattr(digests, "tasks_of", lambda user, *_: [task()])
    assert "police" in on(MONDAY, hour=8)


def test_what_was_sent_long_ago_is_forgotten(cast, has, on):
    wants(cast.editor, tasks=F.WEEKLY)
    has["tasks"] = [task()]
    on(MONDAY)
    on(MONDAY + timedelta(weeks=10))
    mine = OutgoingMail.objects.filter(to="editor@example.se")
    assert list(mine.values_list("key", flat=True)) == [f"digest:{cast.editor.pk}:2026-03-23"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one writer in at a time")
def test_of_several_hosts_that_run_at_once_one_writes_and_one_sends(time_machine, monkeypatch):
    with_addresses(Cast())
    time_machine.move_to(datetime(2026, 1, 12, 7, tzinfo=STOCKHOLM), tick=False)
    for user in User.objects.all():
        wants(user, tasks=F.DAILY)
    monkeypatch.setattr(digests, "tasks_of", lambda user: [task()])

    def run():
        digests.write_digests()
        return mail.send_waiting().sent

    assert sum(at_once(*[run] * 4)) == len(outbox.outbox) == len({message.to[0] for message in outbox.outbox})
    assert "editor@example.se" in {message.to[0] for message in outbox.outbox}


# --- To whom, and what


def test_each_kind_is_told_of_as_the_person_has_chosen(cast, has, on):
    cast.editor.notice_settings.all().delete()
    has["tasks"] = [task()]
    has["deadlines"] = [Deadline(on=date(2026, 1, 20), text="Utkast", about="Skärholmen, 2026", address="/arshjul/")]
    has["news"] = [Headline(text="1 ny kommentar", about="Åtgärdsplan 2026, Skärholmen", address="/nytt/")]
    headings = {"tasks": "ATT GÖRA", "deadlines": "SISTA DAGAR", "news": "NYTT I PLANERNA"}
    for number, (kind, heading) in enumerate(headings.items()):
        wants(cast.editor, **{kind: F.WEEKLY})
        body = on(MONDAY + timedelta(weeks=number))["editor"].body
        assert [each for each in headings.values() if each in body] == [heading]
    wants(cast.editor)
    assert on(MONDAY + timedelta(weeks=4)) == {}


def test_without_a_choice_tasks_and_meetings_come_daily_and_the_rest_weekly(cast):
    assert digests.frequencies_of(cast.editor) == {
        K.TASKS: F.DAILY, K.DEADLINES: F.WEEKLY, K.NEWS: F.WEEKLY, K.MEETINGS: F.DAILY,
    }  # fmt: skip


def test_nothing_is_sent_to_who_has_no_address_no_account_or_no_seat(cast, on, monkeypatch):
    monkeypatch.setattr(digests, "tasks_of", lambda user: [task()])
    User.objects.filter(username="police").update(email="")
    User.objects.filter(username="chair").update(is_active=False)
    told = on(MONDAY)
    assert "editor" in told
    assert not {"police", "chair", "stranger"} & set(told)


def test_the_links_are_whole_and_lead_to_where_it_is_done_and_to_the_settings(cast, has, on):
    has["tasks"] = [task(due=date(2026, 1, 9))]
    body = on(MONDAY)["editor"].body
    assert "* Läs planen\n  Åtgärdsplan 2026, Skärholmen, försenat sedan 9 januari 2026\n" in body
    assert "https://trygghet.example.se/planer/skarholmen/2026/" in body
    assert f"https://trygghet.example.se{SETTINGS}" in body
    assert "&" not in body and "<" not in body


def test_an_ampersand_is_an_ampersand(cast, has, on):
    has["tasks"] = [task("Läs & svara")]
    assert "Läs & svara" in on(MONDAY)["editor"].body


def test_a_meeting_is_told_of_by_group_and_time_and_only_to_those_who_sit_there(cast, has, on):
    group = CollaborationGroup.objects.get(slug="local-steering-skarholmen")
    Meeting.objects.create(group=group, title="Möte", on=date(2026, 1, 21), starts_at="13:00")
    Meeting.objects.create(group=group, title="Inställt", on=date(2026, 1, 22), state=MeetingState.CANCELLED)
    Meeting.objects.create(group=group, title="Långt fram", on=date(2026, 3, 1))
    told = on(MONDAY)
    assert set(told) == {"steering", "chair", "registrar"}
    body = told["chair"].body
    assert "steering skarholmen\n  onsdag 21 januari 2026, klockan 13.00" in body
    assert "/samverkan/skarholmen/moten/" in body
    assert "MÖTEN INOM TVÅ VECKOR (1)" in body
    assert on(date(2026, 1, 13)) == {}
    assert set(on(date(2026, 1, 14))) == set(told)  # a week before


def test_a_year_step_that_is_near_is_told_of_to_those_who_sit_in_the_place(cast, on):
    PlanningCycle.objects.filter(year=2025).update(pictures_due=date(2026, 1, 20), compilation_due=date(2026, 1, 21))
    for user in User.objects.all():
        wants(user, deadlines=F.WEEKLY)
    told = on(MONDAY)
    assert "Parternas egna lägesbilder\n  Skärholmen, 2025, senast tisdag 20 januari 2026" in told["editor"].body
    assert "Stadens sammanställning" in told["city_preparation"].body
    assert "Stadens sammanställning" not in told["editor"].body
    assert "stranger" not in told


def test_an_agreement_that_is_to_be_reviewed_within_two_weeks_is_told_of(cast, on):
    """P07: local agreements are reviewed every second year."""
    Agreement.objects.create(
        district=cast.district, title="Överenskommelse", area_set=cast.area_set, state="signed",
        signed_on=date(2024, 1, 20),
    )  # fmt: skip
    wants(cast.editor, deadlines=F.WEEKLY)
    assert "Överenskommelsen ska ses över\n  Skärholmen, senast tisdag 20 januari 2026" in on(MONDAY)["editor"].body


# --- No text from the plans

SECRETS = (
    "CELLTEXT", "KOMMENTARTEXT", "FRÅGETEXT", "SVARSTEXT", "PROBLEMTEXT", "UNDERLAGSTEXT", "IAKTTAGELSETEXT",
    "PRIORITERATPROBLEM",
)  # fmt: skip


def test_no_text_that_somebody_has_written_is_in_any_letter(cast, on, time_machine):
    """Law and sense: a letter crosses the open net, so it says where to look and not what is there."""
    time_machine.move_to(datetime(2025, 2, 3, 7, tzinfo=STOCKHOLM), tick=False)
    dues = {"analysis_due": date(2025, 2, 14), "review_due": date(2025, 2, 14), "decision_due": date(2025, 2, 20)}
    PlanningCycle.objects.filter(year=2025).update(**dues)
    cast.cycle.refresh_from_db()
    plan = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    editing.add(plan, "problem", plan.planareas.first().uid, by=cast.editor)
    problem, action = plan.problems.get(), plan.actions.get()
    written = {"problem": (problem, {"title": "PROBLEMTEXT"}), "action": (action, {"text": "CELLTEXT"})}
    for kind, (row, values) in written.items():
        editing.set_fields(plan, kind, row.uid, values, version=row.version, by=cast.editor)
    group = CollaborationGroup.objects.get(slug="local-preparation-skarholmen")
    meeting = Meeting.objects.create(group=group, title="Möte", on=date(2025, 2, 12))
    picture = SituationPicture.objects.create(
        district=cast.district,
        year=2025,
        producer="joint",
        title="Lägesbild",
        state="confirmed",
        confirmed_on=date(2025, 1, 20),
    )
    area = cast.area_set.areas.first()
    Finding.objects.create(picture=picture, position=1, title="IAKTTAGELSETEXT", text="IAKTTAGELSETEXT", area=area)
    PrioritisedProblem.objects.create(
        picture=picture, position=1, title="PRIORITERATPROBLEM", area=area, is_prioritised=True
    )
    AgendaItem.objects.create(meeting=meeting, position=1, title="UNDERLAGSTEXT", background="UNDERLAGSTEXT")
    for user in User.objects.all():
        digests.set_frequencies(user, dict.fromkeys(K, F.DAILY))
    sent = [*on(date(2025, 2, 10)).values()]
    plan = stages.reach(plan, cast, "in_review")
    for user in (cast.editor, cast.police, cast.working, cast.chair):
        news.visit(plan, user)
    time_machine.move_to(datetime(2025, 2, 11, 9, tzinfo=STOCKHOLM), tick=False)
    must_fix = comments.write(plan, "KOMMENTARTEXT", CommentKind.MUST_FIX, by=cast.police)
    comments.write(plan, "FRÅGETEXT", CommentKind.QUESTION, by=cast.working)
    sent += on(date(2025, 2, 12)).values()
    comments.answer(must_fix, "SVARSTEXT", by=cast.editor)
    sent += on(date(2025, 2, 13)).values()
    sent += on(date(2025, 2, 17)).values()
    whole = "\n".join(f"{message.subject}\n{message.body}" for message in sent)
    assert "Ta hand om 1 kommentar som måste åtgärdas" in whole
    assert "Läs svaret på din kommentar" in whole
    assert "Analysera orsakerna till 1 prioriterat problem" in whole
    assert "NYTT I PLANERNA" in whole and "MÖTEN" in whole and "SISTA DAGAR" in whole
    assert [secret for secret in SECRETS if secret in whole] == []


# --- The person's own page of choices


@pytest.fixture
def editor(cast):
    client = Client()
    client.force_login(cast.editor)
    return client


def test_a_choice_is_saved_and_shown(editor, cast):
    chosen = {"tasks": "never", "deadlines": "daily", "news": "never", "meetings": "weekly"}
    answer = editor.post(SETTINGS, chosen, follow=True)
    assert "Dina val är sparade." in answer.content.decode()
    assert digests.frequencies_of(User.objects.get(pk=cast.editor.pk)) == {
        K(kind): F(how) for kind, how in chosen.items()
    }
    editor.post(SETTINGS, chosen | {"tasks": "daily"})
    assert NoticeSetting.objects.filter(user=cast.editor).count() == 4


@pytest.mark.parametrize(
    "wrong", [{}, {"tasks": "hourly", "deadlines": "daily", "news": "never", "meetings": "weekly"}]
)
def test_a_choice_that_is_none_is_refused_and_saves_nothing(editor, wrong):
    answer = editor.post(SETTINGS, wrong)
    assert answer.status_code == 422
    assert "Inget är sparat än." in answer.content.decode()
    assert not NoticeSetting.objects.exists()


def test_the_page_shows_the_address_and_says_what_to_do_without_one(editor, cast):
    assert "editor@example.se" in editor.get(SETTINGS).content.decode()
    User.objects.filter(pk=cast.editor.pk).update(email="")
    assert "Ditt konto har ingen e-postadress" in editor.get(SETTINGS).content.decode()


def test_the_start_page_and_the_foot_of_every_page_lead_to_the_choices(editor):
    assert editor.get("/").content.decode().count(f'href="{SETTINGS}"') == 2
    assert f'href="{SETTINGS}"' in editor.get("/planer/").content.decode()


# --- Many


def test_many_tasks_are_grouped_by_how_near_their_last_days_are(time_machine):
    time_machine.move_to(datetime(2026, 1, 12, 7, tzinfo=STOCKHOLM), tick=False)
    few = [task(str(number)) for number in range(7)]
    assert by_urgency([]) == []
    assert by_urgency(few) == [("", few)]
    late, soon, then = (task(due=day) for day in (date(2026, 1, 11), date(2026, 1, 26), date(2026, 1, 27)))
    assert by_urgency([late, soon, then, *few]) == [
        ("Försenat", [late]), ("Inom två veckor", [soon]), ("Längre fram", [then]), ("Utan sista dag", few),
    ]  # fmt: skip


def colleagues(cast, numbers):
    """As many more who sit where the editor sits."""
    seat = cast.editor.memberships.get()
    for number in numbers:
        user = User.objects.create(username=f"c{number}", email=f"c{number}@example.se")
        GroupMembership.objects.create(
            group=seat.group, user=user, function=seat.function, organisation=seat.organisation,
            valid_from=seat.valid_from,
        )  # fmt: skip


def test_the_queries_for_a_person_are_as_many_for_five_people_as_for_forty(cast, time_machine):
    time_machine.move_to(datetime(2025, 2, 10, 7, tzinfo=STOCKHOLM), tick=False)
    plan = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    stages.reach(plan, cast, "in_review")
    PlanningCycle.objects.filter(year=2025).update(decision_due=date(2025, 2, 20))
    User.objects.exclude(username="editor").update(email="")

    def queries_per_person():
        OutgoingMail.objects.all().delete()
        with CaptureQueriesContext(connection) as found:
            result = digests.write_digests()
        return (len(found) - shared) / (result.written + result.empty), result.written

    shared = 3  # earlier letters, people, what they have chosen
    colleagues(cast, range(4))
    few, written = queries_per_person()
    assert written == 5
    colleagues(cast, range(4, 39))
    many, written = queries_per_person()
    assert written == 40
    assert few == many


def test_the_queries_for_a_person_do_not_grow_with_their_districts(cast, time_machine):
    time_machine.move_to(datetime(2025, 2, 10, 7, tzinfo=STOCKHOLM), tick=False)
    PlanningCycle.objects.filter(year=2025).update(pictures_due=date(2025, 2, 20))
    User.objects.exclude(username="police").update(email="")
    seat = cast.police.memberships.select_related("group").get()

    def queries(numbers):
        for number in numbers:
            district = District.objects.create(
                name=f"Del {number}", slug=f"del-{number}", municipality=cast.municipality, valid_from=date(2024, 1, 1)
            )
            group = CollaborationGroup.objects.create(
                slug=f"g{number}", name=f"Grupp {number}", level="local", kind="preparation", district=district,
                valid_from=date(2024, 1, 1),
            )  # fmt: skip
            GroupMembership.objects.create(
                group=group, user=cast.police, function=seat.function, organisation=seat.organisation,
                valid_from=seat.valid_from,
            )  # fmt: skip
            Meeting.objects.create(group=group, title="Möte", on=date(2025, 2, 12))
        OutgoingMail.objects.all().delete()
        with CaptureQueriesContext(connection) as found:
            assert digests.write_digests().written == 1
        return len(found)

    few = queries(range(2))
    assert queries(range(2, 9)) == few
