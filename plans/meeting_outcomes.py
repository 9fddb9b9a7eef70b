"""What a steering group's meeting decides about a plan, written in the meeting's minutes too."""

from agreements import meetings
from agreements.enums import GroupKind
from agreements.models import CollaborationGroup, Meeting
from plans.models import ActionPlan, PlanVersion
from plans.workflow import lower_first

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


def _record(meeting, plan, text, address, by):
    title = f"Beslut om {lower_first(str(plan))}"
    return meetings.record_outcome(meeting, decision_subject(plan), text, by=by, title=title, address=address)
