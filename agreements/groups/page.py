"""What a group's page shows: its seats now, to come and before, and what stands around them."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils import timezone

from agreements.agenda import proposals_for
from agreements.enums import GroupKind
from agreements.groups import composition as groups
from agreements.groups import invitations, seating, seats
from agreements.groups import log as group_log
from agreements.meetings import workflow as meetings
from agreements.models import CollaborationGroup, GroupMembership, Meeting
from agreements.permissions import SEAT, role_of
from trygghet.dates import day

MEETINGS_SHOWN = 6


def today():
    """Return the day it is in the city."""
    return timezone.localdate()


@dataclass
class Place:
    """A seat as the page shows it to somebody, with those who stand in for it.

    ``may_seat`` is whether they say who sits for that party, ``may_invite`` whether they invite for it.
    ``may_edit`` is False also for one's own seat in a group that decides, which others change.
    """

    seat: GroupMembership
    may_seat: bool = True
    may_invite: bool = True
    may_edit: bool = True
    deputies: list[Place] = field(default_factory=list)

    @property
    def who(self):
        """The person; "" for a vacant seat."""
        return str(self.seat.user) if self.seat.user_id else ""

    @property
    def tasks(self):
        """What the person is in the group, in words: "ordförande, adjungerad"."""
        return ", ".join(seats.tasks_of(self.seat))

    @property
    def period(self):
        return seats.period_told(self.seat)

    @property
    def role(self):
        """The role that the seat gives."""
        return role_of(self.seat).label

    @property
    def stand_ins(self):
        """Return (place, "Ställföreträds av Anna 1–31 juli", whether it can be changed) for each deputy."""
        return [
            (place.seat, f"{_tense(place.seat)} av {place.who} {place.period}", _lasts(place.seat) and place.may_edit)
            for place in self.deputies
        ]


def _tense(deputy):
    return "Ställföreträds" if _lasts(deputy) else "Ställföreträddes"


def _lasts(deputy):
    return deputy.valid_to >= today()


def context_of(group, scope, user):
    """Return what the page of the group shows to the person, with a fixed number of queries."""
    places = _places(group, user)
    now = [place for place in places if seats.overlap(place.seat, _Today())]
    in_force = [] if groups.has_ended(group) else _in_force(places)
    may_change = groups.may_change(user, group)
    lacks = [] if groups.has_ended(group) else groups.lacks(group, in_force, groups.function_titles())
    needed = [lack for lack in lacks if lack.needs_seat]
    police_lacks = may_change and any(not seating.may_fill(user, group, lack) for lack in needed)
    sits_for_police = any(not place.may_seat for place in now)
    work = groups.work_of(group, user) if group.kind == GroupKind.WORKING else None
    return {
        "scope": scope,
        "tab": "groups",
        "group": group,
        "kind": group.get_kind_display(),
        "period": seats.period_told(group),
        "ended": groups.has_ended(group),
        "ends_told": group.valid_to and day(group.valid_to),
        "lacks": [lack.told for lack in lacks],
        "needs_seat": any(seating.may_fill(user, group, lack) for lack in needed),
        "police_lacks": police_lacks and seating.ONLY_THE_POLICE,
        "one_sided": "" if groups.has_ended(group) else groups.one_sided(group, in_force),
        "writes_and_decides": groups.writes_and_decides(group, in_force),
        "needs_party": bool(set(groups.missing_parties(group, in_force)) - set(groups.vacant_parties(group, in_force))),
        "now": now,
        "coming": [place for place in places if place.seat.valid_from > today()],
        "before": [place for place in places if place.seat.valid_to and place.seat.valid_to < today()],
        "may_change": may_change,
        "may_end": may_change and group.kind == GroupKind.WORKING and not groups.has_ended(group),
        "may_seat": seating.may_seat_somebody(user, group),
        "only_the_police": sits_for_police and may_change and not police_lacks and seating.ONLY_THE_POLICE,
        "may_invite": seating.may_invite_somebody(user, group) and not groups.has_ended(group),
        "open_invitations": len(invitations.open_invitations(group, user)),
        "who_changes": groups.who_changes(group),
        "work": work,
        "log": group_log.log_of(group) if group_log.may_read(user, group, in_force) else None,
        "proposals": proposals_for(group, user),
        **_meetings(group, scope, user),
    }


class _Today:
    """A period of this one day."""

    def __init__(self):
        self.valid_from = self.valid_to = today()


def _places(group, user):
    """Return the group's places in the order they are read: who leads first, guests last."""
    found = {}
    deputies = []
    for seat in group.memberships.select_related("user", *SEAT):
        party = (seat.deputy_for or seat).organisation
        may_seat = seating.may_seat(user, group, party)
        place = Place(
            seat, may_seat=may_seat, may_invite=seating.may_invite(user, group, party),
            may_edit=may_seat and not seats.is_own(seat, user),
        )  # fmt: skip
        if seat.deputy_for_id:
            deputies.append(place)
        else:
            found[seat.pk] = place
    for deputy in sorted(deputies, key=lambda each: each.seat.valid_from):
        place = found.get(deputy.seat.deputy_for_id) or found.setdefault(deputy.seat.pk, deputy)
        if place is not deputy:
            place.deputies.append(deputy)
    return sorted(found.values(), key=_reading_order)


def _reading_order(place):
    seat = place.seat
    leads_last = (not seat.is_chair, not seat.is_secretary, seat.co_opted, seat.user_id is None)
    return (*leads_last, seat.function.title, seat.valid_from)


def _in_force(places):
    every = [each.seat for place in places for each in (place, *place.deputies)]
    return [seat for seat in every if seats.overlap(seat, _Today())]


def _meetings(group, scope, user):
    """The meetings that the person may read, how many have been held this year, and where one is called."""
    days = groups.with_meetings(CollaborationGroup.objects.filter(pk=group.pk)).get()
    visible = Meeting.objects.visible_to(user).filter(group=group).select_related("group__district")
    calls = meetings.may_keep(user, group) and not groups.has_ended(group)
    return {
        "meetings": [(each, meetings.address_of(each)) for each in visible[:MEETINGS_SHOWN]],
        "meeting_count": meetings.counts_of([group], today().year)[group.pk],
        "next_meeting": days.next_meeting,
        "call_address": meetings.call_address(scope, group) if calls else "",
    }


def blank_seat(group, vacancy=""):
    """Return a seat to fill in; for a vacant one, given by its number, it is what that one is."""
    seat = GroupMembership(group=group, valid_from=max(today(), group.valid_from))
    vacant = group.memberships.filter(user=None, deputy_for=None)
    place = vacant.filter(pk=vacancy).first() if vacancy.isdecimal() else None
    if place:
        for name in ("function_id", "organisation_id", "is_chair", "is_secretary", "co_opted", "valid_to"):
            setattr(seat, name, getattr(place, name))
        seat.valid_from = max(today(), place.valid_from)
    return seat


def blank_deputy(place):
    """Return a deputy's seat to fill in: of the place's function and organisation, from today."""
    return GroupMembership(
        group=place.group, deputy_for=place, function=place.function, organisation=place.organisation,
        valid_from=max(today(), place.valid_from),
    )  # fmt: skip


def whose(seat):
    """Say which seat it is: "Kommunpolis, Polisen: Anna, från 1 januari 2025."."""
    who = str(seat.user) if seat.user_id else "vakant"
    if seat.deputy_for_id:
        who = f"{who}, ställföreträdare för {seat.deputy_for.user or 'en vakant plats'}"
    return f"{seat.function}, {seat.organisation}: {who}, {seats.period_told(seat)}."
