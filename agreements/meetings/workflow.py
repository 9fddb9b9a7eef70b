"""Meetings of the groups: called, held and approved; what is written in them, and how many the year has had.

:data:`MEETING_TRANSITIONS` is the one way a meeting changes state. The agenda,
the notes and who was there are written here too, each time with the meeting's
row locked, so that nothing changes after the minutes have been approved.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import NamedTuple

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Max
from django.urls import reverse
from django.utils import timezone

from agreements import day_bounds
from agreements.agenda import HELD, not_for, proposals_for, unrecorded
from agreements.claiming import StaleRow
from agreements.enums import GroupKind, MeetingState
from agreements.models import AgendaItem, CollaborationGroup, GroupMembership, Meeting, MeetingStep
from agreements.permissions import Permission, access_of
from agreements.scope import Scope
from trygghet.dates import day, time_of_day, weekday
from trygghet.workflow import Blocker, StepRefused, Transition, Workflow

P = Permission
OPEN = (MeetingState.PLANNED, MeetingState.HELD)
"""The states in which the agenda and the minutes are still written."""
YEARS_AHEAD = 2
"""How many years ahead a meeting is called."""

KEEPERS = "beredningsgruppen och styrgruppens ordförande eller sekreterare"
WHY_NOT_KEEP = f"Det är {KEEPERS} som kallar till möten och skriver i protokollet. Vänd dig till dem."
CLOSED = {
    MeetingState.MINUTES_APPROVED: "Protokollet är justerat och ändras inte mer. Ingenting sparades.",
    MeetingState.CANCELLED: "Mötet är inställt och ändras inte mer. Ingenting sparades.",
}
KINDS = {
    GroupKind.STEERING: "Styrgruppsmöte",
    GroupKind.PREPARATION: "Beredningsgruppsmöte",
    GroupKind.WORKING: "Arbetsgruppsmöte",
}


# --- Addresses


def address_of(meeting):
    """Return the address of the meeting's page; its group and district should be at hand."""
    return reverse("cooperation:meeting", args=[Scope(meeting.group.district).slug, meeting.pk])


def notes_address(meeting, anchor=""):
    """Return the address of the page where the minutes are written."""
    address = reverse("cooperation:meeting_notes", args=[Scope(meeting.group.district).slug, meeting.pk])
    return f"{address}#{anchor}" if anchor else address


def list_address(scope, year):
    """Return the address of the place's meetings in the year."""
    return f"{reverse('cooperation:meetings', args=[scope.slug])}?ar={year}"


def call_address(scope, group):
    """Return the address where a meeting of the group is called."""
    return f"{reverse('cooperation:meeting_call', args=[scope.slug])}?grupp={group.slug}"


# --- Who may


def may_keep(user, group):
    """Whether the person calls the group's meetings and writes their minutes."""
    return access_of(user).allows(P.KEEP_MEETINGS, group.district_id)


def check_keep(user, group):
    """Raise PermissionDenied with the reason unless the person keeps the group's meetings."""
    if not may_keep(user, group):
        raise PermissionDenied(WHY_NOT_KEEP)


# --- The way of a meeting


def the_day_has_come(meeting, user):
    """A meeting that is yet to be cannot have been held."""
    if meeting.on <= timezone.localdate():
        return []
    return [Blocker(f"Mötet är {day(meeting.on)}. Det kan markeras som genomfört den dagen.", address_of(meeting))]


def somebody_was_there(meeting, user):
    """Minutes say who was present."""
    if meeting.present.exists():
        return []
    return [Blocker("Ingen är markerad som närvarande.", notes_address(meeting, "narvaro"))]


def what_was_to_be_decided_is_answered(meeting, user):
    """Each decision item has a decision, or a note that says what became of it."""
    return [
        Blocker(
            f"Punkt {item.position}, {item.title}, är en beslutspunkt utan beslut och utan anteckning.",
            notes_address(meeting, f"punkt-{item.pk}"),
        )
        for item in agenda_for(meeting, user).items
        if item.is_decision and not item.decision.strip() and not item.notes.strip()
    ]


def who_approves_has_read_it_all(meeting, user):
    """Whoever approves the minutes reads every item in them."""
    if not agenda_for(meeting, user).is_part:
        return []
    return [Blocker("Du läser inte alla punkter i protokollet. Be någon som sitter i gruppen att justera det.")]


def what_was_decided_is_recorded(meeting, user):
    """What the minutes say was decided of a plan is recorded on the plan too, where it takes effect."""
    return unrecorded(user, meeting, agenda_for(meeting, user).items)


def _approve(meeting, *, by, seen=None):
    if seen is not None and seen != fingerprint(meeting):
        raise StepRefused("Protokollet har ändrats sedan du öppnade sidan. Läs det igen och justera sedan.")


_KEEPS = {"who": "Beredningsgruppen och styrgruppens ordförande eller sekreterare",
          "permissions": frozenset({P.KEEP_MEETINGS})}  # fmt: skip

MEETING_TRANSITIONS = (
    Transition(
        name="hold", slug="genomfort", label="Markera som genomfört", **_KEEPS,
        does="markerar mötet som genomfört", told="Markerade mötet som genomfört",
        sources=(MeetingState.PLANNED,), target=MeetingState.HELD, guards=(the_day_has_come,),
    ),
    Transition(
        name="approve_minutes", slug="justera", label="Justera protokollet", **_KEEPS,
        does="justerar protokollet", told="Justerade protokollet",
        sources=(MeetingState.HELD,), target=MeetingState.MINUTES_APPROVED,
        guards=(
            the_day_has_come, somebody_was_there, what_was_to_be_decided_is_answered,
            what_was_decided_is_recorded, who_approves_has_read_it_all,
        ),
        effect=_approve,
    ),
    Transition(
        name="reopen", slug="inte-genomfort", label="Inte genomfört än", **_KEEPS,
        does="ändrar tillbaka mötet till planerat", told="Ändrade tillbaka mötet till planerat",
        sources=(MeetingState.HELD,), target=MeetingState.PLANNED, needs_reason=True, is_back=True,
    ),
    Transition(
        name="cancel", slug="stall-in", label="Ställ in mötet", **_KEEPS,
        does="ställer in mötet", told="Ställde in mötet",
        sources=(MeetingState.PLANNED,), target=MeetingState.CANCELLED, needs_reason=True, is_back=True,
    ),
)  # fmt: skip


WORKFLOW = Workflow(
    MEETING_TRANSITIONS,
    allows=lambda user, permission, meeting: access_of(user).allows(permission, meeting.group.district_id),
    log=MeetingStep.log_of("meeting"),
)


def fingerprint(meeting):
    """Return a short text that changes with anything in the minutes: what approving them vouches for."""
    versions = meeting.items.order_by("position").values_list("pk", "position", "row_version")
    return hashlib.sha256(repr((meeting.row_version, list(versions))).encode()).hexdigest()[:16]


# --- Counting


@dataclass(frozen=True, slots=True)
class MeetingCount:
    """How many meetings a group has had in a year; ``minimum`` None: nothing says how many it should."""

    held: int
    minimum: int | None

    @property
    def missing(self):
        """How many more there should be."""
        return max((self.minimum or 0) - self.held, 0)

    @property
    def told(self):
        """In words: "1 av 2 möten i år", or "1 möte i år" where there is no minimum."""
        if self.minimum:
            return f"{self.held} av {self.minimum} möten"
        return f"{self.held or 'Inga'} {'möte' if self.held == 1 else 'möten'}"


def held_in_year(group_ids, year):
    """Return {group id: how many meetings it has had that year}, 0 for none (1 query).

    A local steering group meets at least twice a year and the city's at least
    four times (seed 001; P18, P21). Only what is recorded as held counts.
    """
    group_ids = list(group_ids)
    held = Meeting.objects.filter(group__in=group_ids, state__in=HELD, on__year=year).order_by()
    return dict.fromkeys(group_ids, 0) | dict(held.values_list("group").annotate(Count("pk")))


def counts_of(groups, year):
    """Return {group id: :class:`MeetingCount`} of the groups for the year (1 query)."""
    held = held_in_year([group.pk for group in groups], year)
    return {group.pk: MeetingCount(held[group.pk], group.min_meetings_per_year) for group in groups}


def upcoming(user):
    """Return the planned meetings, today and later, of the groups where the person has a seat; the next first."""
    if not user.is_authenticated:
        return Meeting.objects.none()
    seats = GroupMembership.objects.in_force().filter(user=user)
    meetings = Meeting.objects.filter(state=MeetingState.PLANNED, on__gte=timezone.localdate())
    meetings = meetings.filter(group__in=seats.values("group"))
    return meetings.select_related("group__district").order_by("on", "starts_at", "title")


def when_told(meeting):
    """Say when the meeting is: "fredag 28 februari 2025, klockan 10.00"."""
    starts = f", klockan {time_of_day(meeting.starts_at)}" if meeting.starts_at else ""
    return f"{weekday(meeting.on)}{starts}"


# --- Calling


def _check_day(group, on):
    if on < group.valid_from:
        raise StepRefused(f"{group} finns från {day(group.valid_from)}. Välj en dag då gruppen finns.")
    if wrong := day_bounds.why_not(on, YEARS_AHEAD):
        raise StepRefused(wrong)


def suggested_title(group, year):
    """Return what the group's next meeting of the year would be called: "Styrgruppsmöte 2 2026" (1 query)."""
    before = group.meetings.filter(on__year=year).exclude(state=MeetingState.CANCELLED).count()
    return f"{KINDS[group.kind]} {before + 1} {year}"


@transaction.atomic
def call(group, *, by, on, title="", starts_at=None, ends_at=None, place=""):
    """Call a meeting of the group and return it; without a title it is named by its number.

    Raises PermissionDenied for who does not keep the group's meetings, and
    StepRefused when the group already has a meeting that day at that time, or
    the day is before there was a group, or more than two years ahead.
    """
    check_keep(by, group)
    _check_day(group, on)
    CollaborationGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)  # one call at a time
    same = group.meetings.filter(on=on, starts_at=starts_at).exclude(state=MeetingState.CANCELLED).first()
    if same:
        raise StepRefused(f"{group} har redan ett möte då: {same}. Ändra tiden, eller öppna det mötet.")
    meeting = Meeting.objects.create(
        group=group, title=title or suggested_title(group, on.year), on=on,
        starts_at=starts_at, ends_at=ends_at, place=place,
    )  # fmt: skip
    MeetingStep.objects.create(
        meeting=meeting, name="call", from_state="", to_state=meeting.state, by=by, told="Kallade till mötet"
    )
    return meeting


# --- Writing


def opened(meeting, by):
    """Return the meeting as it now stands, locked until the end of the transaction, for one who writes in it.

    Raises PermissionDenied for who does not keep the group's meetings, and
    StepRefused when the minutes are approved or the meeting is cancelled.
    """
    locked = Meeting.objects.select_for_update(of=("self",)).select_related("group__district").get(pk=meeting.pk)
    check_keep(by, locked.group)
    if locked.state not in OPEN:
        raise StepRefused(CLOSED[locked.state])
    return locked


def _save(row, values, read_version):
    """Write the values if the row is as it was read; raise :class:`StaleRow` if not. Equal values change nothing."""
    if all(getattr(row, name) == value for name, value in values.items()):
        return row
    if row.row_version != read_version:
        raise StaleRow(row)
    for name, value in values.items():
        setattr(row, name, value)
    row.row_version += 1
    row.save(update_fields=[*values, "row_version"])
    return row


@transaction.atomic
def change(meeting, values, *, read_version, by):
    """Change when and where the meeting is, or what it is called; return it.

    Who was ticked as present and has no seat on the new day is no longer ticked.
    Raises StepRefused for a new day that :func:`call` would refuse.
    """
    meeting = opened(meeting, by)
    if values.get("on", meeting.on) != meeting.on:
        _check_day(meeting.group, values["on"])
    meeting = _save(meeting, values, read_version)
    meeting.present.remove(*meeting.present.exclude(pk__in=members_on_the_day(meeting).values("pk")))
    return meeting


def members_on_the_day(meeting):
    """Return the seats that hold on the meeting's day: the chair and the secretary first, then by function."""
    seats = GroupMembership.objects.in_force(meeting.on).filter(group=meeting.group_id)
    seats = seats.select_related("function", "organisation", "user")
    return seats.order_by("-is_chair", "-is_secretary", "co_opted", "function__title", "organisation__name", "pk")


@transaction.atomic
def attend(meeting, seats, guests, *, read_version, by):
    """Record who was there: seats of the group, and others by function; return the meeting."""
    meeting = opened(meeting, by)
    seats, before = set(seats), set(meeting.present.all())
    if seats == before and guests == meeting.guests:
        return meeting
    if meeting.row_version != read_version:
        raise StaleRow(meeting)
    meeting.present.set(seats)
    meeting.guests, meeting.row_version = guests, meeting.row_version + 1
    meeting.save(update_fields=["guests", "row_version"])
    return meeting


# --- The agenda


class Agenda(NamedTuple):
    """The items of a meeting, in order, that somebody reads; ``is_part`` says that there are others."""

    items: list[AgendaItem]
    is_part: bool


def agenda_for(meeting, user):
    """Return the :class:`Agenda` that the person reads (up to 4 queries).

    Other groups read a meeting too: the steering group the preparation
    group's. A matter from a plan's workflow is for those who may see the plan.
    Who sits in the group also reads what stands in its minutes, whatever has become of the plan since.
    """
    items = list(meeting.items.order_by("position"))
    hidden = not_for(user, meeting, items)
    if hidden and _sits_in(user, meeting):
        hidden -= {item.pk for item in items if meeting.state in HELD or item.notes or item.decision}
    return Agenda([item for item in items if item.pk not in hidden], is_part=bool(hidden))


def _sits_in(user, meeting):
    return GroupMembership.objects.in_force().filter(group=meeting.group_id, user=user.pk).exists()


def waiting_for(meeting, user):
    """Return what waits for the group and is not on the meeting's agenda, of what the person may know."""
    already = set(meeting.items.exclude(subject="").values_list("subject", flat=True))
    found = proposals_for(meeting.group, user, meeting)
    return [proposal for proposal in found if proposal.subject not in already]


def _put_last(meeting, **values):
    last = meeting.items.aggregate(last=Max("position"))["last"] or 0
    return AgendaItem.objects.create(meeting=meeting, position=last + 1, **values)


@transaction.atomic
def take_up(meeting, subjects, *, by):
    """Put what waits on the agenda, in the order it waits; return the items.

    What no longer waits, or is on the agenda already, is left out.
    """
    meeting, chosen = opened(meeting, by), set(subjects)
    return [
        _put_last(
            meeting,
            title=proposal.title[:300],
            background=proposal.background[:8_000],
            address=proposal.address[:300],
            subject=proposal.subject,
            is_decision=proposal.is_decision,
        )
        for proposal in waiting_for(meeting, by)
        if proposal.subject in chosen
    ]


@transaction.atomic
def add_item(meeting, *, by, title, background="", is_decision=False):
    """Put something of one's own last on the agenda; return the item."""
    return _put_last(opened(meeting, by), title=title, background=background, is_decision=is_decision)


def _locked_item(meeting, uid):
    """Return the item as it now stands; raise StepRefused when it is gone."""
    try:
        return meeting.items.get(pk=uid)
    except (AgendaItem.DoesNotExist, ValidationError) as gone:
        raise StepRefused("Punkten finns inte längre på dagordningen. Någon annan har tagit bort den.") from gone


@transaction.atomic
def write(meeting, uid, values, *, read_version, by):
    """Write in an item of the agenda: its title and background, or the notes and the decision; return it.

    Raises :class:`StaleRow` when somebody has written in it since, and StepRefused when it is gone.
    """
    return _save(_locked_item(opened(meeting, by), uid), values, read_version)


@transaction.atomic
def move(meeting, uid, steps, *, by):
    """Move an item on the agenda, up with steps -1 and down with 1; return whether it moved."""
    items = list(opened(meeting, by).items.order_by("position"))
    at = next((index for index, item in enumerate(items) if item.pk == uid), None)
    if at is None:
        raise StepRefused("Punkten finns inte längre på dagordningen. Någon annan har tagit bort den.")
    if not 0 <= at + steps < len(items):
        return False
    items.insert(at + steps, items.pop(at))
    _number(items)
    return True


@transaction.atomic
def remove(meeting, uid, *, by):
    """Take an item off the agenda; one with notes or a decision stays, since they would be lost."""
    meeting = opened(meeting, by)
    item = _locked_item(meeting, uid)
    if item.notes.strip() or item.decision.strip():
        raise StepRefused("Punkten har anteckningar eller ett beslut. Ta bort texten först om punkten ska bort.")
    item.delete()
    _number(list(meeting.items.order_by("position")))


def _number(items):
    for position, item in enumerate(items, 1):
        if item.position != position:
            item.position = position
            item.save(update_fields=["position"])


# --- What was decided elsewhere, in the meeting


def open_meeting_of(user, uid, *, district, kind=GroupKind.STEERING):
    """Return the district's (None: the city's) open meeting of a group of that kind; None if it is not such a one.

    ``uid`` comes from an address and may be anything. Only what the person may see is found.
    """
    meetings = Meeting.objects.visible_to(user).filter(group__district=district, group__kind=kind, state__in=OPEN)
    try:
        return meetings.select_related("group__district").filter(pk=uid).first()
    except (ValidationError, ValueError):
        return None


@transaction.atomic
def record_outcome(meeting, subject, text, *, by, title="", address=""):
    """Write in the minutes what became of a subject ("plan:12:decide"); return the item.

    The item is put on the agenda if it was not there. What already stands as
    its decision is kept, with the new below it. To be called in the transaction
    where it is decided, so that both stand or neither. Raises StepRefused when
    the meeting's minutes are closed.
    """
    meeting = opened(meeting, by)
    item = meeting.items.filter(subject=subject).first()
    if item is None:
        return _put_last(
            meeting, subject=subject, title=(title or text)[:300], address=address, is_decision=True, decision=text
        )
    item.decision = f"{item.decision}\n{text}".strip()
    item.row_version += 1
    item.save(update_fields=["decision", "row_version"])
    return item
