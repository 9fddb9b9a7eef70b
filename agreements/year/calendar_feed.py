"""A person's own calendar of the cooperation (iCal): the year's last days, the meetings of their groups, the clocks.

Whoever has the secret address reads it without signing in, so it says nothing
of what a plan says, and what it holds follows from what the person may see
today: a person whose seats have ended gets an empty calendar.
"""

import secrets
from datetime import datetime, timedelta

import icalendar
from dateutil.relativedelta import relativedelta
from django.urls import reverse
from django.utils import timezone

from agreements.duties.requirements import statuses_of
from agreements.enums import MeetingState
from agreements.meetings.workflow import YEARS_AHEAD
from agreements.meetings.workflow import address_of as address_of_meeting
from agreements.models import CalendarAddress, CollaborationGroup, GroupMembership, Meeting
from agreements.permissions import Permission
from agreements.scope import Scope
from agreements.year.deadlines import own_scopes
from agreements.year.steps import YEAR_STEPS, cycles

SECRET_BYTES = 32
MEETINGS_BACK = timedelta(days=365)
LENGTH = timedelta(hours=1)
"""How long a meeting is when nobody has said when it ends."""


# --- The address


def address_of(user):
    """Return the person's CalendarAddress, None if they have made none (1 query)."""
    return CalendarAddress.objects.filter(user=user).first()


def renew(user):
    """Give the person a new secret address and return it; the old one is dead at once."""
    secret = secrets.token_urlsafe(SECRET_BYTES)
    return CalendarAddress.objects.update_or_create(user=user, defaults={"secret": secret})[0]


def owner_of(secret):
    """Return whose calendar has the secret, None if nobody's (1 query)."""
    found = CalendarAddress.objects.filter(secret=secret).select_related("user").first()
    return found and found.user


# --- The calendar


def calendar_of(user, *, site, now=None):
    """Return the person's calendar as the bytes of an iCal file; ``site`` is the address of the front page.

    A fixed number of queries, however many places and meetings.
    """
    now = now or timezone.now()
    calendar = icalendar.Calendar.new(
        name="Trygghet", description="Samverkan: årets sista dagar, möten och sådant som ska förnyas.",
        prodid="-//Trygghet//Samverkan//SV", language="sv", uid=_uid(site, f"kalender-{user.pk}"),
    )  # fmt: skip
    calendar.add("x-published-ttl", "PT6H")
    today = timezone.localdate(now)
    scopes = own_scopes(user)
    events = [*_year(user, scopes, site), *_duties(user, scopes, site, today), *_meetings(user, site, today)]
    for event in events:
        event.DTSTAMP = now
        calendar.add_component(event)
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _year(user, scopes, site):
    """The last days of the years, once each however many places the person has; who reads the year is led to it."""
    place = scopes[0] if len(scopes) == 1 else Scope(None)
    reads, in_city = place.allows(user, Permission.READ_COOPERATION), any(scope.is_city for scope in scopes)
    for cycle in cycles() if scopes else ():
        address = reverse("cooperation:year_of", args=[place.slug, cycle.year]) if reads else ""
        for step in YEAR_STEPS:
            due = getattr(cycle, step.field)
            if due and (in_city or not step.is_city):
                yield _all_day(
                    site, f"steg-{cycle.year}-{step.name}", due, f"Sista dag: {step.title}, {cycle.year}",
                    f"{step.actor}.", address,
                )  # fmt: skip


def _duties(user, scopes, site, today):
    """When agreements, areas, pictures and plans are to be renewed in those of the places whose duties are read."""
    read = [scope for scope in scopes if scope.allows(user, Permission.READ_COOPERATION)]
    statuses = statuses_of([scope.pk for scope in read], today) if read else {}
    for scope in read:
        for duty, status in statuses[scope.pk].items():
            if duty.in_calendar and status.due:
                address = reverse("cooperation:duties", args=[scope.slug])
                summary = f"Sista dag: {duty.title}, {scope}"
                yield _all_day(site, f"krav-{scope.slug}-{duty.name}", status.due, summary, f"{duty.source}.", address)


def _meetings(user, site, today):
    """The meetings of the groups that the person sits in, a year back and two ahead; cancelled ones say so."""
    if not user.is_active:
        return
    groups = CollaborationGroup.objects.filter(memberships__in=GroupMembership.objects.in_force().filter(user=user))
    meetings = Meeting.objects.visible_to(user).filter(
        group__in=groups, on__range=(today - MEETINGS_BACK, today + relativedelta(years=YEARS_AHEAD))
    )
    for meeting in meetings.select_related("group__district").order_by("on"):
        event = _meeting(site, meeting)
        if meeting.state == MeetingState.CANCELLED:
            event.add("status", "CANCELLED")
        yield event


def _meeting(site, meeting):
    name = f"mote-{meeting.pk}"
    summary = f"{meeting.title}, {meeting.group.name}"
    if meeting.starts_at is None:
        event = _all_day(site, name, meeting.on, summary, "", address_of_meeting(meeting))
    else:
        zone = timezone.get_default_timezone()
        start = datetime.combine(meeting.on, meeting.starts_at, zone)
        end = datetime.combine(meeting.on, meeting.ends_at, zone) if meeting.ends_at else start + LENGTH
        event = icalendar.Event.new(uid=_uid(site, name), summary=summary, start=start, end=end)
        event.add("url", site.rstrip("/") + address_of_meeting(meeting))
    if meeting.place:
        event.add("location", meeting.place)
    return event


def _all_day(site, name, day, summary, description, address):
    # Without an end an event lasts its day (RFC 5545, 3.6.1), and the last day there is has none after it.
    event = icalendar.Event.new(uid=_uid(site, name), summary=summary, start=day, description=description or None)
    event.add("transp", "TRANSPARENT")  # a last day does not make the person busy
    if address:
        event.add("url", site.rstrip("/") + address)
    return event


def _uid(site, name):
    """Return an identity that stays the same, so that a calendar program moves an event and does not double it."""
    return f"{name}@{site.split('//')[-1].split('/')[0].split(':')[0]}"
