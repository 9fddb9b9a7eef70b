"""How the follow-up of the place's latest plan stands, on the overview of its cooperation."""

from agreements.duties.requirements import Mark
from agreements.hub import TOPICS, Topic
from followup.enums import FollowUpState
from followup.models import FollowUp
from followup.page import address_of
from followup.rules import NEEDS_REASON
from trygghet.dates import day, is_late

SIGNS = {FollowUpState.SUBMITTED: Mark.PARTLY, FollowUpState.APPROVED: Mark.RECORDED}


@TOPICS.add
def follow_up_of_place(scope, user):
    """Return the latest follow-up of the place that the person reads, as a topic; None without one (2 queries)."""
    found = FollowUp.objects.visible_to(user).filter(**scope.lookup("plan__district"))
    follow_up = found.select_related("plan__district", "plan__cycle").order_by("-plan__cycle__year").first()
    if follow_up is None:
        return None
    due = follow_up.plan.cycle.follow_up_due
    sign, notes = SIGNS.get(follow_up.state, Mark.PARTLY), []
    if follow_up.state == FollowUpState.OPEN:
        sign = Mark.LATE if is_late(due) else Mark.PARTLY
        notes = [_how_far(follow_up)]
        if due:
            notes.append(f"{'Skulle ha lämnats' if is_late(due) else 'Lämnas'} in senast {day(due)}.")
    return Topic(
        name="follow_up",
        title="Uppföljning",
        address=address_of(follow_up),
        sign=sign,
        words=f"{follow_up.plan.year}: {follow_up.get_state_display()}",
        notes=notes,
    )


def _how_far(follow_up):
    outcomes = list(follow_up.actionoutcomes.values_list("status", "reason"))
    done = sum(bool(status and (status not in NEEDS_REASON or reason)) for status, reason in outcomes)
    return f"{done} av {len(outcomes)} åtgärder har en status."
