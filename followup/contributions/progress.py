"""What the notes add: writing one where the action stands, and how many there are, on the plan and on Min sida."""

from collections import Counter

from django.urls import reverse

from agreements.permissions import Permission, access_of
from followup import progress
from followup.models import ProgressNote
from plans.afterwards import ACTION_OFFERS, AFTER_DECISION, Afterwards, Offer
from plans.enums import PlanState
from plans.start_page import START_OFFERS
from plans.versions import in_force
from trygghet.dates import day

P = Permission


@ACTION_OFFERS.add
def notes_on_actions(plan, user):
    """Offer to note on each action as it was decided, or to read what is noted (at most 5 queries)."""
    if not access_of(user).allows(P.READ_FOLLOW_UP, plan.district_id):
        return {}
    counts = Counter(map(str, ProgressNote.objects.filter(plan=plan).order_by().values_list("action", flat=True)))
    writes = progress.may_note(user, plan) and not progress.is_settled(plan)
    if not writes:
        return {uid: [_reading(plan, uid, count)] for uid, count in counts.items()}
    return {
        uid: [
            Offer(label="Anteckna", address=progress.address_of(plan, uid, writes=True)),
            *([_reading(plan, uid, counts[uid])] if counts[uid] else []),
        ]
        for uid in decided_actions(plan)
    }


def decided_actions(plan):
    """Return the uids of the actions as they were last decided; none before the first decision (at most 2 queries)."""
    if plan.state == PlanState.DECIDED:  # then the rows say what the version says
        return [str(uid) for uid in plan.actions.values_list("uid", flat=True)]
    version = in_force(plan)
    return list(progress.actions_of(version)) if version else []


def _reading(plan, uid, count):
    words = "1 anteckning" if count == 1 else f"{count} anteckningar"
    return Offer(label=words, address=f"{progress.address_of(plan, uid)}#antecknat")


@AFTER_DECISION.add
def notes_of_plan(plan, user):
    """Say how much has been noted through the year, and lead to it (at most 2 queries)."""
    if not access_of(user).allows(P.READ_FOLLOW_UP, plan.district_id):
        return None
    days = list(ProgressNote.objects.filter(plan=plan).order_by("-on").values_list("on", flat=True))
    if not days and (not progress.may_note(user, plan) or not plan.versions.exists()):
        return None
    count = "1 anteckning" if len(days) == 1 else f"{len(days)} anteckningar"
    return Afterwards(
        words=f"{count} från året, den senaste {day(days[0])}." if days else "Inget är antecknat om året än.",
        label="Alla anteckningar" if days else "Så här antecknar du",
        address=progress.notes_address(plan),
    )


@START_OFFERS.add
def own_actions(user):
    """Offer the person the actions they work with, if a plan of theirs is decided (1 query)."""
    access = access_of(user)
    if not any(access.allows(P.LOG_PROGRESS, district) for district, _ in progress.decided_places(user)):
        return []
    return [Offer(label="Anteckna på en åtgärd", address=reverse("followup:own_actions"))]
