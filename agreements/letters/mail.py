"""Letters by mail: written once, and sent until the mail server has taken them, by however many hosts at once.

A sender claims one letter at a time with a conditional update, sends it, and
then notes that it is sent. If it dies in between, the letter is sent again when
the claim has run out, with the same Message-ID, so that a mail program can tell
that it is the same. What the server does not take waits longer each time.
"""

from __future__ import annotations

import hashlib
import logging
import smtplib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage, get_connection
from django.db.models import Count, Min, Q
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django_tasks import task

from agreements.enums import MailState
from agreements.models import OutgoingMail
from agreements.permissions import Permission, access_of
from agreements.tasks import TASK_SOURCES, Task
from trygghet.dates import is_late
from trygghet.workflow import Transition

logger = logging.getLogger(__name__)
S = MailState

SERVER_TIMEOUT = 30
"""How many seconds the mail server is given to answer."""
CLAIM = timedelta(minutes=5)
"""How long a sender has a letter for itself; longer than the server is ever given."""
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=24)
NEGLECTED_AFTER = timedelta(hours=1)
"""A letter that nobody has tried to send for so long shows that nothing sends letters."""
SHOWN, SHOWN_FAILING = timedelta(days=14), 200
MAX_ATTEMPTS = 12
"""How often a letter that the server refuses is tried: 5 minutes apart at first, a day at last, a week in all."""

# The one way a letter changes state; nobody but the senders and the administrator takes these steps.
MAIL_TRANSITIONS = (
    # Also from given up: of two senders, the slower one may have got through.
    Transition(
        name="note_sent", label="Skickat", who="Trygghet", does="skickar brevet",
        sources=(S.WAITING, S.GIVEN_UP), target=S.SENT,
    ),
    Transition(
        name="note_failure", label="Försök senare", who="Trygghet", does="försöker igen senare",
        sources=(S.WAITING,), target=None,
    ),
    Transition(
        name="give_up", label="Ge upp", who="Trygghet", does="slutar försöka",
        sources=(S.WAITING,), target=S.GIVEN_UP,
    ),
    Transition(
        name="try_again", label="Försök igen nu", who="Den som förvaltar Trygghet", does="skickar brevet igen",
        sources=(S.WAITING, S.GIVEN_UP), target=S.WAITING, permissions=frozenset({Permission.SEE_MAIL}),
    ),
)  # fmt: skip
BY_NAME = {step.name: step for step in MAIL_TRANSITIONS}


def write(key, to, subject, text):
    """Put a letter among those to be sent now and return its :class:`OutgoingMail`.

    ``key`` says what the letter is ("invitation:31"): the same key is the same
    letter, so what is written again changes nothing.
    """
    mail, is_new = OutgoingMail.objects.get_or_create(key=key, defaults={"to": to, "subject": subject, "text": text})
    if is_new:
        send_now.enqueue()
    return mail


def remind(key, reader, subject, text):
    """Put a reminder to the person among the letters of the next round and return it; ``key`` as in :func:`write`.

    It goes to the address that the person has then, and to nobody if they no longer take part.
    """
    about = {"reader": reader, "to": reader.email, "subject": subject, "text": text}
    return OutgoingMail.objects.get_or_create(key=key, defaults=about)[0]


def take_back(beginning):
    """Let no letter whose key has the beginning be sent, or tried again; one that is on its way now may arrive."""
    OutgoingMail.objects.filter(key__startswith=beginning).exclude(state=S.SENT).delete()


def absolute(address):
    """Return an address of ours as it is written in a letter, with the name of the site."""
    return settings.SITE_URL.rstrip("/") + address


# --- Sending


@dataclass
class Sending:
    """What came of a round of sending; ``trouble`` is what is wrong with the mail server, "" for nothing."""

    sent: int = 0
    refused: int = 0
    given_up: int = 0
    trouble: str = ""


def send_waiting():
    """Send the letters that are due, each once, and return the :class:`Sending`.

    Call it outside a transaction: each claim has to be seen by the other
    senders. When the server does not answer, the rest is left for the next round.
    """
    result = Sending()
    connection = get_connection(timeout=SERVER_TIMEOUT)
    try:
        for pk in _due().order_by("created_at", "pk").values_list("pk", flat=True):
            claimed_until = _claim(pk)
            if claimed_until and not _send(pk, claimed_until, connection, result):
                break
    finally:
        _close(connection)
    return result


@task()
def send_now():
    """Send what is due; the work that the administrator's button puts in the queue."""
    send_waiting()


def _due():
    """Return the letters to be sent now, which no other sender has taken on."""
    now = timezone.now()
    is_time = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
    is_free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    return OutgoingMail.objects.filter(is_time, is_free, state=S.WAITING)


def _claim(pk):
    """Take the letter on, unless another sender has, and return until when; None if it is not ours."""
    until = timezone.now() + CLAIM
    return until if _due().filter(pk=pk).update(claimed_until=until) else None


def _send(pk, claimed_until, connection, result):
    """Send the letter and note what came of it; return whether the server is there for the next one."""
    mail = OutgoingMail.objects.select_related("reader").filter(pk=pk).first()
    if mail is None or not _has_taker(mail):  # taken back just now, or meant for somebody who has left since
        return True
    try:
        connection.open()
        connection.send_messages([_message(mail)])
    except Exception as error:
        told, is_the_servers = _trouble(error)
        result.given_up += _note_failure(mail, claimed_until, told, is_the_servers)
        result.refused += not is_the_servers
        result.trouble = told if is_the_servers else result.trouble
        return not is_the_servers
    _note_sent(mail)
    result.sent += 1
    return True


def _has_taker(mail):
    """Address a reminder to where its reader is now; one whose reader takes no part any more is removed."""
    reader = mail.reader
    if reader is None:
        return True
    if not reader.email or not access_of(reader).roles:  # nobody who is deactivated has a role
        mail.delete()
        return False
    if mail.to != reader.email:
        mail.to = reader.email
        mail.save(update_fields=["to"])
    return True


def _message(mail):
    headers = {"Message-ID": message_id(mail.key), "Auto-Submitted": "auto-generated"}
    if mail.reader:
        headers["List-Unsubscribe"] = f"<{absolute(reverse('cooperation:notice_settings'))}>"
    return EmailMessage(mail.subject, mail.text, to=[mail.to], headers=headers)


def message_id(key):
    """Return the Message-ID of the letter: the same however often it is sent, and saying nothing of whom it is to."""
    site = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{site}>"


def _note_sent(mail):
    """What it said is not needed any more, and not kept."""
    _move(mail, "note_sent", sent_at=timezone.now(), text="", claimed_until=None, last_error="", next_attempt_at=None)


def _note_failure(mail, claimed_until, told, is_the_servers):
    """Note why the letter was not sent and when it is tried again; return whether it was given up.

    A server that does not answer is no reason to give a letter up.
    """
    attempts = mail.attempts + 1
    noted = {
        "attempts": attempts, "last_error": told, "claimed_until": None,
        "next_attempt_at": timezone.now() + wait_after(attempts),
    }  # fmt: skip
    gives_up = attempts >= MAX_ATTEMPTS and not is_the_servers
    is_noted = _move(mail, "give_up" if gives_up else "note_failure", claimed_until=claimed_until, noted=noted)
    return bool(gives_up and is_noted)


def wait_after(attempts):
    """Return how long to wait after so many attempts: 5 minutes, then twice as long each time, at most a day."""
    return min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)


def _move(mail, name, *, noted=None, **fields):
    """Take the step of the table if the letter is in a state for it, and return whether it was.

    With ``noted``, what is to be written, ``fields`` are what the row must say, so that only whose claim it is writes.
    """
    step = BY_NAME[name]
    condition, values = (fields, noted) if noted else ({}, fields)
    rows = OutgoingMail.objects.filter(pk=mail.pk, state__in=step.sources, **condition)
    return bool(rows.update(**({"state": step.target} if step.target else {}), **values))


def _trouble(error):
    """Return what went wrong, in words and without anything the server said, and whether it is the server's trouble."""
    for kinds, told, is_the_servers in TROUBLES:
        if isinstance(error, kinds):
            code = getattr(error, "smtp_code", None) or _refusal_code(error)
            return f"{told} (svar {code})." if code else f"{told}.", is_the_servers
    logger.exception("A letter could not be sent")
    return "Brevet gick inte att skicka. Felet står i systemets logg.", False


def _refusal_code(error):
    """Return the code with which the server refused the address, None if there is none."""
    recipients = getattr(error, "recipients", None) or {}
    return next((code for code, _ in recipients.values()), None)


# What may go wrong, the most particular first (each SMTP error is an OSError too); whether it concerns every letter.
TROUBLES = (
    (smtplib.SMTPRecipientsRefused, "E-postservern tar inte emot brev till adressen", False),
    (smtplib.SMTPDataError, "E-postservern tog inte emot brevet", False),
    (smtplib.SMTPAuthenticationError, "E-postservern godtog inte inloggningen", True),
    (smtplib.SMTPSenderRefused, "E-postservern godtog inte avsändaren", True),
    (smtplib.SMTPNotSupportedError, "E-postservern kan inte ta emot på det sätt som är inställt", True),
    (smtplib.SMTPException, "E-postservern avbröt eller svarade inte som väntat", True),
    (TimeoutError, "E-postservern svarade inte i tid", True),
    (OSError, "E-postservern gick inte att nå", True),
)


def _close(connection):
    try:
        connection.close()
    except (smtplib.SMTPException, OSError):
        logger.warning("The connection to the mail server could not be closed in order", exc_info=True)


# --- What the administrator sees


def may_see(user):
    """Whether the person looks after the mail."""
    return access_of(user).allows(Permission.SEE_MAIL, None)


def failing():
    """Return the letters that have been tried and not sent, those that were given up first."""
    tried = Q(state=S.GIVEN_UP) | Q(state=S.WAITING, attempts__gt=0)
    return OutgoingMail.objects.filter(tried).order_by("state", "-attempts", "created_at")


@dataclass(frozen=True, kw_only=True)
class MailStatus:
    """How the mail goes: what waits, what fails, and how many were sent each day of the last two weeks.

    ``neglected_since`` is when the oldest letter was written that nobody has
    tried to send though it should have been; None if there is none.
    """

    waiting: int
    failing: list[OutgoingMail]
    days: list[tuple[date, int]]
    neglected_since: datetime | None


def status():
    """Return the :class:`MailStatus` (4 queries)."""
    sent = OutgoingMail.objects.filter(state=S.SENT, sent_at__date__gt=timezone.localdate() - SHOWN)
    by_day = sent.order_by().annotate(day=TruncDate("sent_at")).values_list("day").annotate(Count("pk"))
    mails = list(failing()[:SHOWN_FAILING])
    return MailStatus(
        waiting=OutgoingMail.objects.filter(state=S.WAITING).count(),
        failing=mails,
        days=sorted(by_day, reverse=True),
        neglected_since=_neglected_since(mails),
    )


def _neglected_since(mails):
    """Return when the oldest letter that nobody has tried to send was written; None if letters are tried.

    While the server is down one letter a round is tried, and the others wait for it.
    """
    if any(mail.state == S.WAITING for mail in mails):
        return None
    untried = OutgoingMail.objects.filter(state=S.WAITING, attempts=0, created_at__lt=timezone.now() - NEGLECTED_AFTER)
    return untried.aggregate(first=Min("created_at"))["first"]


def try_again(mails: Iterable[OutgoingMail], *, by):
    """Let the letters be tried at once, as if never before, and return how many.

    Raises PermissionDenied for who does not look after the mail.
    """
    step = BY_NAME["try_again"]
    if not any(access_of(by).allows(permission, None) for permission in step.permissions):
        raise PermissionDenied("Det är den som förvaltar Trygghet som tar hand om breven.")
    found = sum(_move(mail, step.name, attempts=0, next_attempt_at=None) for mail in mails)
    if found:
        send_now.enqueue()
    return found


@TASK_SOURCES.add
def letters_that_do_not_go_out(user):
    """Return that letters do not go out, to who looks after the mail (2 queries)."""
    if not may_see(user):
        return []
    mails = list(failing()[:SHOWN_FAILING])
    neglected_since = _neglected_since(mails)
    found = []
    if mails:
        count = f"{len(mails)} brev" if len(mails) < SHOWN_FAILING else f"Minst {SHOWN_FAILING} brev"
        oldest = min(mail.created_at for mail in mails)
        found.append(_task(f"{count} går inte att skicka", oldest, mails[0].last_error))
    if neglected_since:
        found.append(_task("Ingen verkar skicka breven", neglected_since, "Se till att scripts/worker körs."))
    return found


def _task(text, since, told):
    """Return the task, late from the day after."""
    day = timezone.localdate(since)
    return Task(
        text=text, about="Påminnelser och inbjudningar med e-post", address=reverse("cooperation:mail"), since=since,
        due=day if is_late(day) else None, told=(told,) if told else (),
    )  # fmt: skip
