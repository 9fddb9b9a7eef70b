"""Letters: written once, sent by one of many hosts, and not lost when the mail server is down."""

import smtplib
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail as outbox
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import connection  # noqa: F401 – asked for by skipif
from django.test import Client

from accounts.models import User
from agreements.enums import MailState
from agreements.letters import mail
from agreements.models import OutgoingMail
from tests.cast import Cast
from tests.plans.test_concurrency import at_once
from tests.plans.test_frozen_files import work

FRIDAY = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)  # before the day's reminders are written
trouble = {}  # address, or "" for every letter → the error the server answers with


class Server(EmailBackend):
    """A mail server in memory that answers with what stands in ``trouble``."""

    def send_messages(self, messages):
        for message in messages:
            error = trouble.get(message.to[0]) or trouble.get("")
            if error:
                raise error
        return super().send_messages(messages)


@pytest.fixture(autouse=True)
def server(settings):
    """The server, which takes everything to begin with."""
    settings.EMAIL_BACKEND = f"{__name__}.Server"
    settings.SITE_URL = "https://trygghet.example.se"
    trouble.clear()
    yield trouble
    trouble.clear()


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(FRIDAY, tick=False)
    return time_machine


@pytest.fixture
def letter(db):
    return mail.write("invitation:1", "a@example.se", "Inbjudan", "Välkommen")


def later(clock, **time):
    clock.shift(timedelta(**time))
    return mail.send_waiting()


def refusal(address="a@example.se", code=550):
    return smtplib.SMTPRecipientsRefused({address: (code, b"secret words of the server")})


# --- Written and sent


def test_the_same_key_is_the_same_letter(letter):
    again = mail.write("invitation:1", "b@example.se", "Annat", "Annat")
    assert again == letter
    assert (again.to, again.text) == ("a@example.se", "Välkommen")


def test_a_letter_is_sent_once_and_what_it_said_is_not_kept(letter):
    assert mail.send_waiting().sent == 1
    assert mail.send_waiting().sent == 0
    (sent,) = outbox.outbox
    assert (sent.to, sent.subject, sent.body) == (["a@example.se"], "Inbjudan", "Välkommen")
    letter.refresh_from_db()
    assert (letter.state, letter.text, letter.sent_at) == (MailState.SENT, "", FRIDAY)


def test_only_a_reminder_says_where_it_is_turned_off(letter):
    reader = User.objects.create(username="b", email="b@example.se", is_staff=True)
    mail.remind("digest:7:2026-11-20", reader, "Trygghet: 1 möte", "Möte")
    mail.send_waiting()
    invitation, reminder = (each.message() for each in outbox.outbox)
    assert reminder["List-Unsubscribe"] == "<https://trygghet.example.se/konto/paminnelser/>"
    assert reminder["Auto-Submitted"] == invitation["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in invitation


def test_the_message_id_follows_from_the_key_and_says_nothing_of_it(letter):
    mail.send_waiting()
    (sent,) = outbox.outbox
    assert sent.message()["Message-ID"] == mail.message_id("invitation:1")
    assert mail.message_id("invitation:1") != mail.message_id("invitation:2")
    assert mail.message_id("invitation:1").endswith("@trygghet.example.se>")
    assert "invitation" not in mail.message_id("invitation:1")


# --- When something goes wrong


def test_nothing_is_lost_while_the_server_is_down_and_everything_goes_out_when_it_is_up(db, server, clock):
    for number in range(3):
        mail.write(f"invitation:{number}", f"{number}@example.se", "Inbjudan", "Välkommen")
    server[""] = ConnectionRefusedError()
    first = mail.send_waiting()
    assert (first.sent, first.trouble) == (0, "E-postservern gick inte att nå.")
    for _ in range(300):  # four days of trying
        later(clock, minutes=20)
    assert not outbox.outbox
    assert set(OutgoingMail.objects.values_list("state", "text")) == {(MailState.WAITING, "Välkommen")}
    server.clear()
    assert later(clock, hours=24).sent == 3
    assert sorted(each.to[0] for each in outbox.outbox) == ["0@example.se", "1@example.se", "2@example.se"]


def test_when_the_server_is_down_it_is_asked_once_a_round_and_not_once_a_letter(db, server):
    for number in range(5):
        mail.write(f"invitation:{number}", f"{number}@example.se", "Inbjudan", "Välkommen")
    server[""] = TimeoutError()
    mail.send_waiting()
    assert sorted(OutgoingMail.objects.values_list("attempts", flat=True)) == [0, 0, 0, 0, 1]


def test_an_address_that_is_refused_stops_no_other_letter(letter, server):
    mail.write("invitation:2", "b@example.se", "Inbjudan", "Välkommen")
    server["a@example.se"] = refusal()
    result = mail.send_waiting()
    assert (result.sent, result.refused, result.trouble) == (1, 1, "")
    letter.refresh_from_db()
    assert letter.last_error == "E-postservern tar inte emot brev till adressen (svar 550)."
    assert letter.text == "Välkommen"


def test_the_wait_doubles_from_five_minutes_to_a_day():
    waits = [mail.wait_after(attempt) for attempt in range(1, 13)]
    assert [wait.total_seconds() / 60 for wait in waits[:4]] == [5, 10, 20, 40]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=24)


def test_a_letter_waits_before_it_is_tried_again(letter, server, clock):
    server[""] = refusal()
    mail.send_waiting()
    assert later(clock, minutes=4).refused == 0
    assert later(clock, minutes=1).refused == 1
    assert later(clock, minutes=9).refused == 0
    assert later(clock, minutes=1).refused == 1


def test_a_letter_that_is_always_refused_is_given_up_but_kept(letter, server, clock):
    server[""] = refusal()
    rounds = [later(clock, hours=25) for _ in range(mail.MAX_ATTEMPTS + 2)]
    assert [each.given_up for each in rounds] == [0] * (mail.MAX_ATTEMPTS - 1) + [1, 0, 0]
    letter.refresh_from_db()
    assert (letter.state, letter.attempts, letter.text) == (MailState.GIVEN_UP, mail.MAX_ATTEMPTS, "Välkommen")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (smtplib.SMTPAuthenticationError(535, b"secret"), "E-postservern godtog inte inloggningen (svar 535)."),
        (smtplib.SMTPSenderRefused(553, b"secret", "x"), "E-postservern godtog inte avsändaren (svar 553)."),
        (smtplib.SMTPServerDisconnected("secret"), "E-postservern avbröt eller svarade inte som väntat."),
        (smtplib.SMTPDataError(554, b"secret"), "E-postservern tog inte emot brevet (svar 554)."),
        (TimeoutError("secret"), "E-postservern svarade inte i tid."),
        (OSError("secret"), "E-postservern gick inte att nå."),
        (ValueError("secret"), "Brevet gick inte att skicka. Felet står i systemets logg."),
    ],
)
def test_what_went_wrong_is_told_in_words_and_without_what_the_server_said(letter, server, error, told):
    server[""] = error
    mail.send_waiting()
    letter.refresh_from_db()
    assert letter.last_error == told


def test_a_sender_killed_after_sending_leads_to_the_same_letter_again(letter, clock, monkeypatch):
    """At least once: the second has the same Message-ID, so that a mail program knows it."""

    def killed(mail):
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(mail, "_note_sent", killed)
        with pytest.raises(SystemExit):
            mail.send_waiting()
    assert later(clock, minutes=4).sent == 0  # the claim holds
    assert later(clock, minutes=2).sent == 1
    first, second = (each.message() for each in outbox.outbox)
    assert first["Message-ID"] == second["Message-ID"]
    assert later(clock, days=2).sent == 0


def test_a_sender_whose_claim_has_run_out_notes_no_failure_over_the_one_that_got_through(letter, clock):
    late = mail._claim(letter.pk)
    clock.shift(timedelta(minutes=6))
    mail.send_waiting()
    assert mail._note_failure(letter, late, "E-postservern svarade inte i tid.", True) is False
    letter.refresh_from_db()
    assert (letter.state, letter.last_error) == (MailState.SENT, "")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one writer in at a time")
def test_of_several_hosts_that_send_at_once_each_letter_is_sent_by_one():
    for number in range(40):
        mail.write(f"invitation:{number}", f"{number}@example.se", "Inbjudan", "Välkommen")
    outbox.outbox = []  # one list for all threads
    results = at_once(*[mail.send_waiting] * 4)
    assert sum(result.sent for result in results) == 40
    assert len({message.to[0] for message in outbox.outbox}) == len(outbox.outbox) == 40


# --- What the administrator sees


@pytest.fixture
def administrator(db):
    client = Client()
    client.force_login(Cast().administrator)
    return client


def page(client):
    return client.get("/samverkan/brev/").content.decode()


def test_the_page_says_what_fails_and_why_and_counts_what_was_sent(letter, server, administrator):
    mail.write("invitation:2", "b@example.se", "Inbjudan", "Välkommen")
    server["a@example.se"] = refusal()
    mail.send_waiting()
    told = page(administrator)
    assert "a@example.se" in told
    assert "E-postservern tar inte emot brev till adressen (svar 550)." in told
    assert "b@example.se" not in told
    assert "20 november" in told
    assert "Välkommen" not in told


def test_when_all_is_well_the_page_says_so(letter, administrator):
    mail.send_waiting()
    assert "Alla brev som har skrivits har gått att skicka." in page(administrator)


def test_the_page_says_when_nobody_sends(letter, administrator, clock):
    assert "Ingen verkar skicka breven." not in page(administrator)
    clock.shift(timedelta(hours=2))
    assert "Ingen verkar skicka breven." in page(administrator)
    assert "Ingen verkar skicka breven" in administrator.get("/").content.decode()


def test_letters_that_wait_behind_one_while_the_server_is_down_are_not_called_neglected(
    letter, server, administrator, clock
):
    mail.write("invitation:2", "b@example.se", "Inbjudan", "Välkommen")
    server[""] = ConnectionRefusedError()
    mail.send_waiting()
    clock.shift(timedelta(hours=2))
    told = page(administrator)
    assert "Ingen verkar skicka breven." not in told
    assert "E-postservern gick inte att nå." in told


def test_trying_again_sends_at_once_also_what_was_given_up(letter, server, administrator, clock):
    server[""] = refusal()
    for _ in range(mail.MAX_ATTEMPTS):
        later(clock, hours=25)
    server.clear()
    administrator.force_login(User.objects.get(username="administrator"))  # the session has run out meanwhile
    answer = administrator.post("/samverkan/brev/forsok-igen/", {"mail": letter.pk}, follow=True)
    assert "Brevet försöks skickas igen inom någon minut." in answer.content.decode()
    work()
    letter.refresh_from_db()
    assert letter.state == MailState.SENT
    assert len(outbox.outbox) == 1


def test_trying_again_what_has_been_sent_meanwhile_does_nothing(letter, administrator):
    mail.send_waiting()
    answer = administrator.post("/samverkan/brev/forsok-igen/", {"mail": letter.pk}, follow=True)
    assert "Ingenting gjordes nu." in answer.content.decode()
    assert len(outbox.outbox) == 1


@pytest.mark.parametrize("wanted", ["x", "-1", "99999999999999999999999", "²"])
def test_a_letter_that_is_not_there_is_not_tried(letter, administrator, wanted):
    answer = administrator.post("/samverkan/brev/forsok-igen/", {"mail": wanted}, follow=True)
    assert "Ingenting gjordes nu." in answer.content.decode()


def test_the_administrators_own_page_warns_when_letters_fail(letter, server, administrator):
    assert "går inte att skicka" not in administrator.get("/").content.decode()
    server[""] = ConnectionRefusedError()
    mail.send_waiting()
    told = administrator.get("/").content.decode()
    assert "1 brev går inte att skicka" in told
    assert 'href="/samverkan/brev/"' in told


def test_the_command_tells_how_it_went_and_does_not_fail_when_the_server_does(letter, server, capsys):
    server[""] = ConnectionRefusedError()
    call_command("send_reminders")
    told = capsys.readouterr()
    assert told.out == "0 brev skrivna, 0 skickade, 1 väntar, 0 uppgivna.\n"
    assert told.err == "E-postservern gick inte att nå. Resten försöks igen vid nästa körning.\n"
