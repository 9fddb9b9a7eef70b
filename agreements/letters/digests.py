"""The reminders by mail: one letter a day at most, with what waits, what is near, what is new, and links to it.

Nothing that somebody has written in a plan, a picture or a comment is in a
letter: it goes over the open net, so it says where to look and no more.

A kind that comes daily is told on weekdays when it has something new or when a
last day comes near, and on Mondays with all there is; one that comes weekly on
Mondays. A day on which nothing ran is made up for by the next letter, once:
what is counted from is the latest letter that went out.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from agreements.enums import Frequency, MailState, NoticeKind
from agreements.letters import mail
from agreements.meetings.workflow import address_of, upcoming, when_told
from agreements.models import NoticeSetting, OutgoingMail
from agreements.permissions import access_of
from agreements.tasks import deadlines_of, news_of, tasks_of
from trygghet import dates
from trygghet.words import counted

logger = logging.getLogger(__name__)
K = NoticeKind

# What holds for who has not chosen. What is to be done, or missed, is told at once; what is for knowing, once a week.
DEFAULTS = {
    K.TASKS: Frequency.DAILY,
    K.DEADLINES: Frequency.WEEKLY,
    K.NEWS: Frequency.WEEKLY,
    K.MEETINGS: Frequency.DAILY,
}
WINDOW = timedelta(days=14)
"""How far ahead last days and meetings are told of."""
NEAR = (14, 7, 3, 1, 0)
"""How many days before a last day or a meeting it is told of again, in a letter that comes daily."""
NOT_BEFORE = time(6)
"""The time of day, in the city, from which the day's letters are written."""
REMEMBERED = timedelta(days=60)
"""How long it is kept which letters a person has had; longer than the longest holiday."""
SATURDAY = 5


# --- What a person wants


def frequencies_of(user):
    """Return how often the person is told of each kind, by kind (1 query)."""
    return _with_defaults(user.notice_settings.all())


def _with_defaults(settings):
    return DEFAULTS | {K(setting.kind): Frequency(setting.frequency) for setting in settings}


def set_frequencies(user, chosen):
    """Save how often the person is told of each kind; ``chosen`` is {kind: frequency}."""
    for kind, frequency in chosen.items():
        NoticeSetting.objects.update_or_create(user=user, kind=kind, defaults={"frequency": frequency})


# --- When


@dataclass(frozen=True, kw_only=True)
class Occasion:
    """A person's letter of a day: what it may hold, and from when.

    ``begins_week``: whether it is the week's first, so that all is told.
    ``last`` is the latest letter that went out, ``last_of_week`` the latest
    that began a week: the moments from which things are new, by frequency.
    """

    today: date
    begins_week: bool
    last: datetime
    last_of_week: datetime

    def includes(self, frequency):
        """Whether what comes so often is in the letter."""
        return frequency == Frequency.DAILY or (frequency == Frequency.WEEKLY and self.begins_week)

    def since(self, frequency):
        """The moment from which things are new, to who is told so often."""
        return self.last if frequency == Frequency.DAILY else self.last_of_week

    def has_come_near(self, day):
        """Whether the day has come as near as one of :data:`NEAR`, or passed, since the latest letter."""
        before = timezone.localdate(self.last)
        marks = [day - timedelta(days=days) for days in NEAR] + [day + timedelta(days=1)]
        return any(before < mark <= self.today for mark in marks)


@dataclass(frozen=True)
class Letter:
    """A letter of the days before: its day, when it was written and how it went."""

    on: date
    at: datetime
    state: str


def occasion_of(letters, now):
    """Return the :class:`Occasion` of the moment, None if there is none: at the weekend, early, or with one written.

    ``letters`` are the person's :class:`Letter` of the last weeks. One that did
    not go out counts for nothing: what it said is said again. A week's first
    letter that never came is made up for later in the week, unless the person
    has never had any.
    """
    local = timezone.localtime(now)
    today = local.date()
    if today.weekday() >= SATURDAY or local.time() < NOT_BEFORE or any(letter.on == today for letter in letters):
        return None
    monday = today - timedelta(days=today.weekday())
    sent = sorted((letter for letter in letters if letter.state == MailState.SENT), key=lambda letter: letter.on)
    had_any_before = any(letter.on < monday for letter in letters)
    began_this_week = any(letter.on >= monday for letter in sent)
    return Occasion(
        today=today,
        begins_week=today == monday or (had_any_before and not began_this_week),
        last=sent[-1].at if sent else now - timedelta(days=1),
        last_of_week=_latest_that_began_a_week(sent) or now - timedelta(days=7),
    )


def _latest_that_began_a_week(sent):
    """Return when the first letter of the latest week was written; None if there is none."""
    if not sent:
        return None
    week = sent[-1].on.isocalendar()[:2]
    return next(letter.at for letter in sent if letter.on.isocalendar()[:2] == week)


# --- What


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing in a letter: what, where and when, and the whole address."""

    text: str
    about: str
    address: str


@dataclass(frozen=True, kw_only=True)
class Section:
    """The things of one kind, under a heading; ``counted`` is how the subject line tells of them."""

    heading: str
    counted: str
    lines: list[Line]


def sections_of(user, frequencies, occasion):
    """Return the :class:`Section` list of the letter, empty if there is nothing to tell; a fixed number of queries."""
    found = {
        kind: SECTIONS[kind](user, occasion, occasion.since(frequencies[kind]))
        for kind in K
        if occasion.includes(frequencies[kind])
    }
    return [section for section in found.values() if section.lines]


def _tasks(user, occasion, since):
    """What is to be done; that there is a meeting to prepare for is told among the meetings."""
    meetings = {address_of(meeting) for meeting in upcoming(user)}
    tasks = [task for task in tasks_of(user) if task.address not in meetings]
    is_time = occasion.begins_week or any(_is_urgent(task, occasion, since) for task in tasks)
    lines = [_line(task.text, _joined(task.about, task.deadline), task.address) for task in tasks if is_time]
    return Section(heading="Att göra", counted=counted(len(lines), "sak att göra", "saker att göra"), lines=lines)


def _is_urgent(task, occasion, since):
    """Whether the task is new since then, or its last day has come nearer."""
    is_new = task.since is not None and task.since > since
    return is_new or (task.due is not None and occasion.has_come_near(task.due))


def _deadlines(user, occasion, since):
    found = deadlines_of(user, occasion.today + WINDOW)
    lines = [
        _line(each.text, _joined(each.about, f"senast {dates.weekday(each.on)}"), each.address)
        for each in found
        if occasion.begins_week or occasion.has_come_near(each.on)
    ]
    return Section(
        heading="Sista dagar inom två veckor",
        counted=counted(len(lines), "sista dag nära", "sista dagar nära"),
        lines=lines,
    )


def _news(user, occasion, since):
    lines = [_line(each.about, each.text, each.address) for each in news_of(user, since)]
    return Section(
        heading="Nytt i planerna", counted=counted(len(lines), "plan med nytt", "planer med nytt"), lines=lines
    )


def _meetings(user, occasion, since):
    near = upcoming(user).filter(on__lte=occasion.today + WINDOW)
    lines = [
        _line(str(meeting.group), when_told(meeting), address_of(meeting))
        for meeting in near
        if occasion.begins_week or occasion.has_come_near(meeting.on)
    ]
    return Section(heading="Möten inom två veckor", counted=counted(len(lines), "möte", "möten"), lines=lines)


SECTIONS: dict[NoticeKind, Callable] = {
    K.TASKS: _tasks,
    K.DEADLINES: _deadlines,
    K.NEWS: _news,
    K.MEETINGS: _meetings,
}


def _line(text, about, address):
    return Line(text=text, about=about, address=mail.absolute(address))


def _joined(*words):
    return ", ".join(filter(None, words))


# --- Writing


@dataclass
class Writing:
    """What came of writing the day's letters."""

    written: int = 0
    empty: int = 0
    failed: list[str] = field(default_factory=list)  # user names


def key_of(user, day):
    """Return the key of the person's letter of the day."""
    return f"digest:{user.pk}:{day.isoformat()}"


def write_digests():
    """Write today's letter to each person who has one coming, and return the :class:`Writing`.

    May be repeated and done by several hosts at once: each letter is written
    once. That there was nothing to tell somebody is noted too, as a letter that
    was never sent, so that the day's letter is not made anew every time.
    """
    now, result = timezone.now(), Writing()
    letters = _letters_since(now - REMEMBERED)
    for user in _readers():
        occasion = occasion_of(letters[user.pk], now)
        frequencies = _with_defaults(user.notice_settings.all())
        if occasion and any(occasion.includes(frequency) for frequency in frequencies.values()):
            _write_one(user, frequencies, occasion, result)
    return result


def _readers():
    """Return those who may have letters, with their settings (2 queries)."""
    return User.objects.filter(is_active=True).exclude(email="").prefetch_related("notice_settings").order_by("pk")


def _letters_since(moment):
    """Return the letters written since then, by user id (1 query)."""
    found = defaultdict(list)
    rows = OutgoingMail.objects.filter(reader__isnull=False, created_at__gte=moment)
    for reader, key, at, state in rows.values_list("reader", "key", "created_at", "state"):
        found[reader].append(Letter(date.fromisoformat(key.rpartition(":")[2]), at, state))
    return found


def _write_one(user, frequencies, occasion, result):
    """Write one person's letter; that it cannot be made stops nobody else's."""
    try:
        sections = sections_of(user, frequencies, occasion) if access_of(user).roles else []
        with transaction.atomic():
            _put(user, sections, occasion.today)
    except Exception:
        logger.exception("The reminder to user %s could not be written", user.pk)
        result.failed.append(user.username)
        return
    if sections:
        result.written += 1
    else:
        result.empty += 1


def _put(user, sections, today):
    key = key_of(user, today)
    if not sections:
        OutgoingMail.objects.get_or_create(
            key=key,
            defaults={"reader": user, "to": user.email, "subject": "Inget att påminna om", "state": MailState.SENT},
        )
        return
    # What an earlier letter would have said is said by this one.
    is_free = Q(claimed_until=None) | Q(claimed_until__lt=timezone.now())
    earlier = OutgoingMail.objects.filter(is_free, reader=user).exclude(key=key)
    earlier.filter(state__in=(MailState.WAITING, MailState.GIVEN_UP)).delete()
    mail.remind(key, user, subject_of(sections), text_of(sections))


def subject_of(sections):
    """Return the subject: "Trygghet: 3 saker att göra, 1 möte"."""
    return f"Trygghet: {', '.join(section.counted for section in sections)}"


def text_of(sections):
    """Return the letter as plain text."""
    return render_to_string(
        "mail/digest.txt",
        {
            "sections": sections,
            "start": mail.absolute(reverse("start")),
            "settings": mail.absolute(reverse("cooperation:notice_settings")),
        },
    )


def forget_old():
    """Remove the reminders that nobody needs to know of any more; nothing is kept that is not needed."""
    old = OutgoingMail.objects.filter(reader__isnull=False, created_at__lt=timezone.now() - REMEMBERED)
    old.filter(state=MailState.SENT).delete()
