"""What in the plans waits for a group: decisions, what must be mended, areas nobody has spoken of, and changed rows."""

from collections import defaultdict

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from agreements.agenda import AGENDA_LIMITS, AGENDA_SOURCES_SINCE, OUTCOME_CHECKS, Proposal
from agreements.enums import GroupKind, GroupLevel, MeetingState
from agreements.models import AgendaItem, GroupMembership, PriorityArea
from agreements.permissions import SEAT, Access, role_of
from plans.comments import UNRESOLVED
from plans.enums import CommentKind, PlanState, SubmissionState
from plans.history import events_of, may_follow
from plans.meeting_outcomes import decision_subject, not_recorded
from plans.models import (
    ActionPlan,
    ChangedRow,
    Comment,
    PlanArea,
    PlanEvent,
    PlanStep,
    PlanVersion,
    Submission,
)
from plans.overview import plans_of_place
from plans.permissions import DECIDED_STATES, lets_read
from trygghet.dates import day
from trygghet.words import lower_first

SHOWN_PLANS = 3
"""Of how many plans, the latest first, it is said that their rows have changed."""


@AGENDA_SOURCES_SINCE.add
def what_waits_in_plans(group, user, last_met):
    """Return what the group could take up about its place's plans, of what the person reads (up to 17 queries).

    An agenda and its papers are read by everybody in the group, so what a plan
    under work gives rise to is left out unless all of them may read the plan.
    """
    plans = plans_of_place(user, group.district_id)
    found = [*_to_decide(group, plans), *_to_receive(group, user)]
    if plans := _read_by_all(group, plans):
        found += [*_must_fixes(plans, user), *_changed(plans, user, last_met)]
    return found + _not_spoken_of(group, plans)


@AGENDA_LIMITS.add
def what_is_not_read(user, meeting, items):
    """Return the items about a plan, or what was sent in, that the person does not read (up to 3 queries).

    A draft is not for everybody who reads the meeting (domain §3). What was
    before a meeting held before a version was decided is read with that
    version, also when the plan has become a draft again.
    """
    plans, sent = _about(items, "plan"), _about(items, "submission")
    hidden = set(plans.values())
    if hidden:
        hidden -= set(ActionPlan.objects.visible_to(user).filter(pk__in=hidden).values_list("pk", flat=True))
    if hidden:
        decided = PlanVersion.objects.visible_to(user).filter(plan__in=hidden, decided_on__gte=meeting.on)
        hidden -= set(decided.values_list("plan", flat=True))
    unread = set(sent.values())
    if unread:
        unread -= set(Submission.objects.visible_to(user).filter(pk__in=unread).values_list("pk", flat=True))
    return {uid for uid, pk in plans.items() if pk in hidden} | {uid for uid, pk in sent.items() if pk in unread}


OUTCOME_CHECKS.add(not_recorded)


def _about(items, what):
    """Return {item's id: the id of what it is about} of the items whose subject is of that sort ("plan:12:decide")."""
    parts = {item.pk: item.subject.split(":") for item in items}
    return {uid: int(named[1]) for uid, named in parts.items() if named[0] == what}


def _read_by_all(group, plans):
    """Return the plans that are decided, and of the others those that everybody who sits in the group may read.

    An external party sits in working groups and does not know that there is a draft (domain §3). 1 query.
    """
    if all(plan.state in DECIDED_STATES for plan in plans):
        return plans
    here = GroupMembership.objects.in_force().filter(group=group)
    seats = GroupMembership.objects.in_force().filter(user__is_active=True, user__in=here.values("user"))
    roles = defaultdict(set)
    for seat in seats.select_related(*SEAT):
        roles[seat.user_id].add((role_of(seat), seat.group.district_id))
    members = [Access(frozenset(each)) for each in roles.values()]
    return [
        plan
        for plan in plans
        if plan.state in DECIDED_STATES
        or all(lets_read(each, plan.district_id, plan.state, plan.shared_at is not None) for each in members)
    ]


def _to_decide(group, plans):
    """The plans that wait for the steering group's decision (seed 002: "beslutas av lokal styrgrupp")."""
    ready = [plan for plan in plans if plan.state == PlanState.READY_FOR_DECISION]
    if group.kind != GroupKind.STEERING or not ready:
        return []
    steps = PlanStep.objects.filter(plan__in=ready, to_state=PlanState.READY_FOR_DECISION).order_by("pk")
    since = {plan: timezone.localdate(at) for plan, at in steps.values_list("plan", "at")}
    return [
        Proposal(
            subject=decision_subject(plan),
            title=f"Beslut om {_called(plan)}",
            address=reverse("plans:decision_basis", args=[plan.scope.slug, plan.year]),
            background=f"Klar för beslut sedan {day(since[plan.pk])}." if plan.pk in since else "",
            is_decision=True,
            since=since.get(plan.pk),
        )
        for plan in ready
    ]


def _called(plan):
    version = f", version {plan.version}" if plan.version > 1 else ""
    return f"{lower_first(str(plan))}{version}"


def _to_receive(group, user):
    """What the districts have sent in and the city's preparation group has not answered (seed 002)."""
    if (group.level, group.kind) != (GroupLevel.CITY, GroupKind.PREPARATION):
        return []
    sent = Submission.objects.visible_to(user).filter(state=SubmissionState.SENT).order_by("at")
    sent = sent.select_related("version__plan__district", "version__plan__cycle")
    sent = sent.defer("version__document", "version__facts", "version__counts")
    return [
        Proposal(
            subject=f"submission:{submission.pk}",
            title=f"Kvittera {lower_first(str(submission.version.plan))}, version {submission.version.number}",
            address=submission.version.get_absolute_url(),
            background=f"Inskickad {day(submission.at)}, kvittens {submission.receipt_number}.",
            since=timezone.localdate(submission.at),
        )
        for submission in sent
    ]


def _must_fixes(plans, user):
    """Comments that stop a plan from being sent for decision until they are resolved, a line for each plan."""
    waiting = Comment.objects.visible_to(user).filter(plan__in=plans, kind=CommentKind.MUST_FIX, state__in=UNRESOLVED)
    counts, since = {}, {}
    for plan_id, at in waiting.order_by("-at").values_list("plan", "at"):
        counts[plan_id] = counts.get(plan_id, 0) + 1
        since[plan_id] = timezone.localdate(at)  # the oldest stays
    return [
        Proposal(
            subject=f"plan:{plan.pk}:must-fix",
            title=f"{_told(counts[plan.pk], 'kommentar')} som måste åtgärdas i {lower_first(str(plan))}",
            address=reverse("plans:comments", args=[plan.scope.slug, plan.year]) + "?visa=maste",
            background=f"Planen går inte till beslut förrän {'den' if counts[plan.pk] == 1 else 'de'} är "
            f"{'löst' if counts[plan.pk] == 1 else 'lösta'}. Den äldsta är från {day(since[plan.pk])}.",
            since=since[plan.pk],
        )
        for plan in plans
        if plan.pk in counts
    ]


def _told(count, word):
    return f"En {word}" if count == 1 else f"{count} {word}er"


def _changed(plans, user, last):
    """How many rows have changed since the group last met, with the way to the history from that day."""
    if last is None:
        return []
    within = Q(at__date__gte=last)
    moved = set(PlanEvent.objects.filter(within, plan__in=plans).order_by().values_list("plan", flat=True).distinct())
    shown = [plan for plan in plans if plan.pk in moved and may_follow(user, plan)][:SHOWN_PLANS]
    counts = [(plan, _rows_of(events_of(plan, user).filter(within))) for plan in shown]
    return [
        Proposal(
            subject=f"plan:{plan.pk}:changed:{last.isoformat()}",
            title=f"{'En rad har' if count == 1 else f'{count} rader har'} ändrats i {lower_first(str(plan))}",
            address=reverse("plans:history", args=[plan.scope.slug, plan.year]) + f"?sedan={last.isoformat()}",
            background=f"Sedan gruppens möte {day(last)}.",
            since=last,
        )
        for plan, count in counts
        if count
    ]


def _rows_of(events):
    return ChangedRow.objects.filter(event__in=events.order_by().values("pk")).values("uid").distinct().count()


def _not_spoken_of(group, plans):
    """The agreed areas that have been on no agenda of the group's this year.

    A whole year could otherwise pass without an agreed area being spoken of
    (domain §6; P08). They are those of the latest plan that the whole group
    reads, and where there is none those of the year. A working group has its
    own area only.
    """
    year = timezone.localdate().year
    spoken_of = AgendaItem.objects.filter(meeting__group=group, meeting__on__year=year, subject__contains="area:")
    spoken_of = set(spoken_of.exclude(meeting__state=MeetingState.CANCELLED).values_list("subject", flat=True))
    areas = _of_plan(group, max(plans, key=lambda each: each.year)) if plans else _of_year(group, year)
    return [
        Proposal(
            subject=subjects[0],
            title=f"Läget i området {name}",
            address=address,
            until_taken_up=f"Inte uppe på något av gruppens möten {year}.",
        )
        for subjects, name, address in areas
        if spoken_of.isdisjoint(subjects)
    ]


def _of_plan(group, plan):
    """Return (subjects, name, address) of each area of the plan; it may have been spoken of before there was a plan."""
    areas = PlanArea.objects.filter(plan=plan).select_related("area").order_by("position")
    if plan.district_id is not None:  # the city follows up every area, also where its own plan does nothing
        areas = areas.filter(not_applicable_reason="")
    if group.focus_area_id:
        areas = areas.filter(area=group.focus_area_id)
    return [
        (
            (f"plan:{plan.pk}:area:{area.pk}", *([_of_area(area.area_id)] if area.area_id else [])),
            area,
            reverse("plans:area", args=[plan.scope.slug, plan.year, area.position]),
        )
        for area in areas
    ]


def _of_year(group, year):
    """Return (subjects, name, address) of each area that the year has; none for a year that is not put up."""
    areas = PriorityArea.objects.filter(area_set__cycles__year=year).order_by("number")
    if group.focus_area_id:
        areas = areas.filter(pk=group.focus_area_id)
    return [((_of_area(area.pk),), area.title, "") for area in areas]


def _of_area(pk):
    return f"area:{pk}"
