"""What a steering group's meeting decides about a plan, written in the meeting's minutes too."""

import re

from django.db.models import Q
from django.urls import reverse

from agreements.enums import GroupKind
from agreements.meetings import workflow as meetings
from agreements.models import CollaborationGroup, Meeting
from plans import workflow
from plans.enums import PlanState
from plans.models import ActionPlan, PlanStep, PlanVersion
from trygghet.words import lower_first
from trygghet.workflow import Blocker

ASKED_FOR = "mote"
"""What carries the meeting's id in an address and a form."""
NOT_SUCH_A_MEETING = (
    "Mötet är inte ett öppet möte i den styrgrupp som beslutar om planen. Öppna beslutet från mötets dagordning igen, "
    "eller registrera det här utan möte."
)


def decision_subject(plan: ActionPlan):
    """What a decision on the plan is called on an agenda."""
    return f"plan:{plan.pk}:decide"


def steering_group_of(district):
    """Return the name of the district's steering group, None being the city's; "" if there is none (1 query)."""
    groups = CollaborationGroup.objects.filter(district=district, kind=GroupKind.STEERING)
    return groups.valid_on().values_list("name", flat=True).first() or ""


def meeting_for(plan, user, uid):
    """Return the open meeting, of the steering group that decides on the plan, with that id; None if it is none."""
    return meetings.open_meeting_of(user, uid, district=plan.district)


def record_decision(meeting: Meeting, version: PlanVersion, *, by):
    """Write in the minutes that the group decided on the version; return the agenda's item."""
    plan = version.plan
    paragraph = f", {version.paragraph}" if version.paragraph else ""
    text = f"{version.body} beslutade om {lower_first(plan.name)}, version {version.number}{paragraph}."
    return _record(meeting, plan, text, version.get_absolute_url(), by)


def record_send_back(meeting: Meeting, plan: ActionPlan, reason, *, by):
    """Write in the minutes that the group sent the plan back, and why; return the agenda's item."""
    text = f"{meeting.group} återremitterade {lower_first(plan.name)}. {reason}".strip()
    return _record(meeting, plan, text, plan.get_absolute_url(), by)


# --- Whether what the minutes say is so

DECIDES = re.compile(r"plan:(\d+):decide")
POSTPONED = "bordl"  # bordläggs, bordlades, bordlagd: nothing was decided
SENT_BACK = "återremitt"


def not_recorded(user, meeting, items):
    """Return a Blocker for each item that tells of a decision on a plan which is not recorded there (up to 4 queries).

    It is recorded in a version that was decided on the meeting's day, or in
    the meeting by its name, whichever way it was registered. A text that says
    that the plan was postponed ("bordlades") tells of no decision.
    """
    told = {item: int(of[1]) for item in items if (of := DECIDES.fullmatch(item.subject)) and _tells(item.decision)}
    if not told:
        return []
    decided, sent_back = _outcomes_of(meeting, set(told.values()))
    missing = {
        item: pk
        for item, pk in told.items()
        if pk not in decided and not (pk in sent_back and SENT_BACK in item.decision.casefold())
    }
    plans = ActionPlan.objects.visible_to(user).select_related("district", "cycle").in_bulk(missing.values())
    return [_to_record(user, meeting, item, plans.get(pk)) for item, pk in missing.items()]


def _tells(decision):
    return bool(decision.strip()) and POSTPONED not in decision.casefold()


def _outcomes_of(meeting, plans):
    """Return the ids of those of the plans that were decided in the meeting, and that were sent back since the call."""
    called = meeting.steps.order_by("pk").values_list("at", flat=True).first()
    named = Q(meeting=meeting.title) & (Q(frozen_at__gte=called) if called else Q())
    versions = PlanVersion.objects.filter(Q(decided_on=meeting.on) | named, plan__in=plans)
    steps = PlanStep.objects.filter(Q(at__gte=called) if called else Q(), plan__in=plans, name="send_back")
    return tuple(set(found.order_by().values_list("plan", flat=True)) for found in (versions, steps))


def _to_record(user, meeting, item, plan):
    """Say where the decision is recorded; or, where that cannot be, that the minutes are to say what is so."""
    told = f"Punkt {item.position}, {item.title}, har ett beslut i protokollet som inte är registrerat på planen."
    if plan is None or plan.state != PlanState.READY_FOR_DECISION:
        text = f"{told} Det går inte att registrera nu. Ändra texten under Beslut så att den stämmer."
        return Blocker(text, meetings.notes_address(meeting, f"punkt-{item.pk}"))
    may_decide = workflow.may(user, workflow.BY_NAME["decide"], plan)
    who = "Registrera det" if may_decide else "Styrgruppens ordförande eller sekreterare registrerar det"
    basis = reverse("plans:decision_basis", args=[plan.scope.slug, plan.year])
    text = f"{told} {who}. Om planen inte beslutades, skriv att den bordlades."
    return Blocker(text, f"{basis}?{ASKED_FOR}={meeting.pk}")


def _record(meeting, plan, text, address, by):
    title = f"Beslut om {lower_first(str(plan))}"
    return meetings.record_outcome(meeting, decision_subject(plan), text, by=by, title=title, address=address)
