"""What the notes add: writing one where the action stands, and how many there are, on the plan."""

from collections import Counter

from agreements.permissions import Permission, access_of
from followup import progress
from followup.models import ProgressNote
from plans.afterwards import ACTION_OFFERS, AFTER_DECISION, Afterwards, Offer
from plans.enums import PlanState
from plans.versions import in_force
from trygghet.dates import day

P = Permission


@ACTION_OFFERS.add
def notes_on_actions(plan, user):
    """Offer to note on each action as it was decided, or to read what is noted (at most 4 queries)."""
    if not was_decided(plan) or not access_of(user).allows(P.READ_FOLLOW_UP, plan.district_id):
        return {}
    counts = Counter(action for action, _ in _noted(plan))
    if not progress.may_note(user, plan) or progress.is_settled(plan):
        return {uid: [_reading(plan, uid, count)] for uid, count in counts.items()}
    return {
        uid: [
            Offer(label="Anteckna", address=progress.address_of(plan, uid, writes=True)),
            *([_reading(plan, uid, counts[uid])] if counts[uid] else []),
        ]
        for uid in decided_actions(plan)
    }


def was_decided(plan):
    """Whether the plan has ever been decided; asks nothing."""
    return plan.version > 1 or plan.state == PlanState.DECIDED


def decided_actions(plan):
    """Return the uids of the actions as they were last decided; none before the first decision.

    At most one query, once for each plan fetched.
    """
    if not hasattr(plan, "_decided_actions"):
        plan._decided_actions = _decided_actions(plan) if was_decided(plan) else []
    return plan._decided_actions


def _decided_actions(plan):
    if plan.state == PlanState.DECIDED:  # then the rows say what the version says
        return [str(uid) for uid in plan.actions.values_list("uid", flat=True)]
    version = in_force(plan)
    return list(progress.actions_of(version)) if version else []


def _noted(plan):
    """Return (action's uid, day) of the plan's notes, the latest first (1 query, once for each plan fetched)."""
    if not hasattr(plan, "_noted"):
        notes = ProgressNote.objects.filter(plan=plan).order_by("-on")
        plan._noted = [(str(action), on) for action, on in notes.values_list("action", "on")]
    return plan._noted


def _reading(plan, uid, count):
    words = "1 anteckning" if count == 1 else f"{count} anteckningar"
    return Offer(label=words, address=f"{progress.address_of(plan, uid)}#antecknat")


@AFTER_DECISION.add
def notes_of_plan(plan, user):
    """Say how much has been noted through the year, and lead to it (at most 1 query)."""
    if not was_decided(plan) or not access_of(user).allows(P.READ_FOLLOW_UP, plan.district_id):
        return None
    noted = _noted(plan)
    if not noted and not progress.may_note(user, plan):
        return None
    count = "1 anteckning" if len(noted) == 1 else f"{len(noted)} anteckningar"
    return Afterwards(
        words=f"{count} från året, den senaste {day(noted[0][1])}." if noted else "Inget är antecknat om året än.",
        label="Alla anteckningar" if noted else "Så här antecknar du",
        address=progress.notes_address(plan),
    )
