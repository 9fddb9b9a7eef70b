"""Notes on the actions while the year goes (seed 001, P24), and the text that they become when the follow-up opens.

A note is about an action as it was decided: the rows are read from the latest
decided version, and a note keeps its place when the action stands in an
earlier one only. When the steering group has approved the follow-up the notes
are settled, which the database also sees to.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import timezone

from agreements.asking_once import once
from agreements.claiming import claim
from agreements.models import Organisation
from agreements.permissions import Permission, access_of
from agreements.scope import CITY_SLUG
from followup import numbers
from followup.enums import FollowUpState
from followup.models import MAX_ANSWER, FollowUp, ProgressNote
from followup.parties import Register, answering_for
from followup.sent_once import write_once
from plans.models import PlanVersion
from plans.outline import Outline
from plans.versions import document_of
from trygghet.dates import day

P = Permission


class NotesAreSettled(Exception):
    """The follow-up is approved, so no note is written, changed or removed; nothing was done."""

    def __init__(self):
        super().__init__("Uppföljningen är godkänd av styrgruppen, så anteckningarna ändras inte längre.")


# --- Where


def notes_address(plan):
    """Return where all the plan's notes are."""
    return reverse("followup:notes", args=[plan.scope.slug, plan.year])


def address_of(plan, action, *, note=None, writes=False):
    """Return where an action's notes are, or one of them; with ``writes`` the cursor stands in the text."""
    where = [plan.scope.slug, plan.year, action]
    if note:
        return reverse("followup:note", args=[*where, note])
    return reverse("followup:action_notes", args=where) + ("?skriv=1" if writes else "")


def may_note(user, plan):
    """Whether the person writes notes on the plan's actions."""
    return access_of(user).allows(P.LOG_PROGRESS, plan.district_id)


def is_settled(plan):
    """Whether the plan's follow-up is approved (1 query)."""
    return FollowUp.objects.filter(plan=plan, state=FollowUpState.APPROVED).exists()


def is_before_follow_up(plan):
    """Whether the plan's follow-up has not opened yet, so that the notes will be text in it (1 query)."""
    return not FollowUp.objects.filter(plan=plan).exists()


# --- The actions


def actions_of(version):
    """Return the actions of a decided version in the order of the sheet, uid → :class:`plans.outline.Place`."""
    return {place.uid: place for place in Outline(document_of(version)).of_kind["action"]}


def actions_ever(version, uids):
    """Return the actions of the version, and those of ``uids`` that stand in an earlier one only, uid → Place."""
    found = actions_of(version)
    missing = {str(uid) for uid in uids} - set(found)
    if missing:
        for earlier in version.plan.versions.filter(number__lt=version.number).order_by("-number"):
            found = actions_of(earlier) | found
            if missing <= set(found):
                break
    return found


# --- Writing


def parties_for(plan):
    """Return the organisations a note may be about: the whole city's and the district's own."""
    return Organisation.objects.filter(Q(district=None) | Q(district=plan.district_id)).order_by("name")


def own_organisations(user, district_id):
    """Return the ids of the organisations that the person sits for in the place's groups today (1 query)."""
    seats = user.memberships.in_force().filter(group__district=district_id)
    return list(seats.order_by("pk").values_list("organisation", flat=True))


@transaction.atomic
def write(plan, action, values, *, by, uid=None):
    """Write a note on the action and return (note, whether it was written now).

    ``uid`` is what the form that was sent calls the note: the same form sent
    twice writes one. Raises :class:`NotesAreSettled`, or SentBefore for a form
    that was sent with another text.
    """
    _keep_open(plan)
    given = {"plan": plan, "action": action, "by": by, **values}
    return write_once(ProgressNote, uid, given, own=("plan", "action", "by"))


@transaction.atomic
def change(note, values, *, seen):
    """Write in a note as it was read in version ``seen``; raise StaleRow or :class:`NotesAreSettled`."""
    _keep_open(note.plan)
    claim(note, seen)
    for name, value in values.items():
        setattr(note, name, value)
    note.save()


@transaction.atomic
def remove(note, *, seen):
    """Remove a note as it was read in version ``seen``; raise StaleRow or :class:`NotesAreSettled`."""
    _keep_open(note.plan)
    claim(note, seen)
    note.delete()


def _keep_open(plan):
    """Keep the follow-up from being approved until the note is written; raise if it already is."""
    follow_up = FollowUp.objects.select_for_update(of=("self",)).filter(plan=plan).first()
    if follow_up and follow_up.state == FollowUpState.APPROVED:
        raise NotesAreSettled


# --- What they say


def quantity_told(note):
    """Say how much: "1 200 deltagare", "12,5 timmar"; "" where nothing was counted."""
    if note.quantity is None:
        return ""
    return f"{numbers.told(note.quantity)} {note.unit}".strip()


def told(note):
    """Say the note on one line: "12 mars 2025: Två träffar, 60 deltagare"."""
    text = note.text.strip()
    much = quantity_told(note)
    if much:
        text = f"{text.rstrip('.')}, {much}{'.' if text.endswith('.') else ''}"
    return f"{day(note.on)}: {text}"


def texts_of(plan):
    """Return what the follow-up's answers begin with, {action uid: text}: each note on a line, the first one first.

    Where the notes are more than an answer may hold, the latest are kept and
    the rest are counted (1 query).
    """
    lines = defaultdict(list)
    for note in ProgressNote.objects.filter(plan=plan).order_by("on", "at"):
        lines[str(note.action)].append(told(note))
    return {uid: _fitted(each) for uid, each in lines.items()}


def _fitted(lines):
    kept = list(lines)
    while len(text := _joined(kept, len(lines) - len(kept))) > MAX_ANSWER:
        kept.pop(0)
    return text


def _joined(kept, left_out):
    """Put the lines together, saying first how many there is no room for."""
    more = f"{left_out} tidigare {'anteckning' if left_out == 1 else 'anteckningar'} ryms inte här."
    return "\n".join([more, *kept] if left_out else kept)


# --- A person's own


@once
def decided_places(user):
    """Return (district id, slug) of the places where something is decided and the person carries it out (1 query).

    The city's own comes as (None, "staden"). Asked once while a page is made.
    """
    reach = access_of(user).reach({P.LOG_PROGRESS, P.REPORT_OBSTACLE})
    if not reach:
        return []
    places = PlanVersion.objects.filter(reach.condition("plan__district")).order_by("plan__district__name")
    found = places.values_list("plan__district", "plan__district__slug").distinct()
    return [(district, slug or CITY_SLUG) for district, slug in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAction:
    """An action of a plan that the person works with: what it is, when somebody last noted, and where one does."""

    place: object
    latest: object  # the day of the latest note, None if there is none
    address: str
    is_own: bool  # the person's organisation is in it


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPlan:
    """A plan in force that the person notes on, the actions of their own organisation apart from the others."""

    version: PlanVersion
    own: list[OwnAction]
    others: list[OwnAction]


def own_plans(user):
    """Return an :class:`OwnPlan` for each plan in force where the person notes, the latest year first.

    Of last year and onwards, until its follow-up is approved. A few queries for each plan, however long it is.
    """
    reach = access_of(user).reach({P.LOG_PROGRESS})
    if not reach:
        return []
    versions = PlanVersion.objects.visible_to(user).in_force().with_place().filter(reach.condition("plan__district"))
    versions = versions.filter(plan__cycle__year__gte=timezone.localdate().year - 1)
    versions = versions.exclude(plan__follow_up__state=FollowUpState.APPROVED)
    return [_own_plan(version, user) for version in versions.order_by("-plan__cycle__year", "plan__district__name")]


def _own_plan(version, user):
    plan = version.plan
    days = ProgressNote.objects.filter(plan=plan).order_by().values_list("action").annotate(Max("on"))
    latest = {str(uid): on for uid, on in days}
    register, answering = Register(plan), answering_for(user, plan)
    actions = [
        OwnAction(
            place=place,
            latest=latest.get(uid),
            address=address_of(plan, uid, writes=True),
            is_own=any(answering.may_answer(party) for party in register.of_action(place.node)),
        )
        for uid, place in actions_of(version).items()
    ]
    return OwnPlan(
        version=version,
        own=[each for each in actions if each.is_own],
        others=[each for each in actions if not each.is_own],
    )
