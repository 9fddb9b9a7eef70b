"""What the meetings add: what waits for a person, and that the year's meetings are held."""

from collections import defaultdict
from datetime import date, timedelta

from django.utils import timezone

from agreements.enums import GroupKind, MeetingState
from agreements.facts import FACT_SOURCES, Fact, gives
from agreements.meetings import workflow as meetings
from agreements.models import CollaborationGroup, Meeting
from agreements.permissions import Permission, access_of
from agreements.scope import Scope
from agreements.tasks import TASK_SOURCES, Task
from trygghet.words import upper_first

SOON = timedelta(days=14)
"""How long before a meeting it waits for its members, and how long its minutes may wait to be approved."""
LAST_QUARTER = 10
"""From this month on, a group that has too few meetings is told so."""


@TASK_SOURCES.add
def meeting_tasks(user):
    """What waits for the person in the meetings of their groups (up to 5 queries)."""
    keeps = access_of(user).reach({Permission.KEEP_MEETINGS})
    tasks = [_coming(meeting) for meeting in meetings.upcoming(user).filter(on__lte=timezone.localdate() + SOON)]
    if keeps:
        tasks += [_unapproved(meeting) for meeting in _waiting_for_approval(keeps)]
        tasks += [_too_few(group, count) for group, count in _with_too_few(keeps)]
    return tasks


def _coming(meeting):
    when = meetings.when_told(meeting)
    told = f"{upper_first(when)}{f', {meeting.place}' if meeting.place else ''}."
    return Task(
        text=f"Förbered dig för {meeting.title}",
        about=str(meeting.group),
        address=meetings.address_of(meeting),
        due=meeting.on,
        told=(told,),
    )


def _waiting_for_approval(keeps):
    held = Meeting.objects.filter(keeps.condition("group__district"), state=MeetingState.HELD)
    return held.filter(on__lte=timezone.localdate() - SOON).select_related("group__district").order_by("on")


def _unapproved(meeting):
    return Task(
        text=f"Justera protokollet från {meeting.title}",
        about=str(meeting.group),
        address=meetings.address_of(meeting),
        due=meeting.on + SOON,
    )


def _with_too_few(keeps):
    """Return (group, its MeetingCount) where what is held and planned this year does not reach the minimum."""
    today = timezone.localdate()
    if today.month < LAST_QUARTER:
        return []
    groups = list(
        CollaborationGroup.objects.filter(keeps.condition(), min_meetings_per_year__isnull=False)
        .valid_on()
        .select_related("district")
    )
    counts, planned = meetings.counts_of(groups, today.year), defaultdict(int)
    coming = Meeting.objects.filter(group__in=groups, state=MeetingState.PLANNED, on__gte=today, on__year=today.year)
    for group in coming.values_list("group", flat=True):
        planned[group] += 1
    return [(group, counts[group.pk]) for group in groups if counts[group.pk].missing > planned[group.pk]]


def _too_few(group, count):
    return Task(
        text=f"Kalla till möte: {count.told} i år",
        about=str(group),
        address=meetings.call_address(Scope(group.district), group),
        due=date(timezone.localdate().year, 12, 31),
    )


@FACT_SOURCES.add
@gives("meetings")
def meetings_held(district_ids, cycle):
    """That the place's steering group has had the meetings of the year that it should: key "meetings" (2 queries).

    Twice a year for a local group, four times for the city's (seed 001; P18,
    P21), as the group itself says. Until then there is no such fact;
    :func:`agreements.meetings.workflow.held_in_year` tells how many there have been.
    """
    wanted, held = set(district_ids), defaultdict(list)
    steering = CollaborationGroup.objects.filter(kind=GroupKind.STEERING, min_meetings_per_year__isnull=False)
    groups = [group for group in steering.select_related("district") if group.district_id in wanted]
    of_the_year = Meeting.objects.filter(group__in=groups, state__in=meetings.HELD, on__year=cycle.year)
    for group, on in of_the_year.order_by("on").values_list("group", "on"):
        held[group].append(on)
    return {
        ("meetings", group.district_id): Fact(
            on=held[group.pk][group.min_meetings_per_year - 1],
            told=f"{len(held[group.pk])} av {group.min_meetings_per_year} möten",
            address=meetings.list_address(Scope(group.district), cycle.year),
        )
        for group in groups
        if group.min_meetings_per_year and len(held[group.pk]) >= group.min_meetings_per_year
    }
