"""The follow-ups that wait for the steering group's approval, for its agenda (P26, P30)."""

from django.utils import timezone

from agreements.agenda import AGENDA_LIMITS, AGENDA_SOURCES, Proposal
from agreements.enums import GroupKind
from followup.enums import FollowUpState
from followup.models import FollowUp
from followup.page import address_of
from trygghet.dates import day
from trygghet.words import lower_first

SUBJECT = "follow_up"


@AGENDA_SOURCES.add
def follow_ups_to_approve(group, user):
    """Return the follow-ups that have been handed in to the steering group, of those the person reads (2 queries)."""
    if group.kind != GroupKind.STEERING:
        return []
    found = FollowUp.objects.visible_to(user).filter(plan__district=group.district_id, state=FollowUpState.SUBMITTED)
    proposals = []
    for follow_up in found.select_related("plan__district", "plan__cycle").prefetch_related("steps"):
        handed_in = next(iter(follow_up.steps.all()), None)
        since = timezone.localdate(handed_in.at) if handed_in else None
        proposals.append(
            Proposal(
                subject=f"{SUBJECT}:{follow_up.pk}:approve",
                title=f"Godkänn uppföljningen av {lower_first(str(follow_up.plan))}",
                address=address_of(follow_up),
                background=f"Inlämnad {day(since)}." if since else "",
                is_decision=True,
                since=since,
            )
        )
    return proposals


@AGENDA_LIMITS.add
def follow_ups_not_read(user, meeting, items):
    """Return the items about a follow-up that the person does not read (1 query where there are any)."""
    about = {item.pk: int(item.subject.split(":")[1]) for item in items if item.subject.startswith(f"{SUBJECT}:")}
    if not about:
        return set()
    read = set(FollowUp.objects.visible_to(user).filter(pk__in=about.values()).values_list("pk", flat=True))
    return {uid for uid, pk in about.items() if pk not in read}
