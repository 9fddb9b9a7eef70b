"""Follow-ups that have been handed in, for what the city reads of them."""

from followup.models import FollowUp, FollowUpStep
from plans.models import Submission
from tests.followup.answered import answer_everything, follow_up_of, long_plan
from tests.followup.decided import decided_plan, version_of


def sent(plan, cast):
    """Send the plan's version in force to the city, which then reads it."""
    return Submission.objects.create(version=version_of(plan), by=cast.editor)


def hand_in(follow_up, cast, state="submitted"):
    """Let the follow-up have been handed in, or approved; return it anew."""
    FollowUp.objects.filter(pk=follow_up.pk).update(state=state)
    for to_state in ("submitted", "approved")[: 1 + (state == "approved")]:
        FollowUpStep.objects.create(
            follow_up=follow_up, name=to_state, from_state="open", to_state=to_state, by=cast.neighbour, told="Steg",
        )  # fmt: skip
    return FollowUp.objects.with_place().get(pk=follow_up.pk)


def handed_in(cast):
    """Farsta's follow-up of the real plan's 31 actions, answered in every way, its plan sent to the city."""
    plan = long_plan(cast)
    sent(plan, cast)
    return hand_in(answer_everything(follow_up_of(plan), cast), cast)


def decided_and_sent(cast, district):
    """A decided plan of the district with one action, which the city reads and nobody has followed up."""
    plan = decided_plan(cast, district)
    sent(plan, cast)
    return plan
