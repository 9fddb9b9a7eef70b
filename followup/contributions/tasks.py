"""What waits for a person in the follow-ups: to open one, to write it, to answer for the own party, to approve it."""

from collections import Counter

from django.urls import reverse
from django.utils import timezone

from agreements.permissions import Permission, access_of
from agreements.tasks import TASK_SOURCES, Task
from followup.enums import FollowUpState
from followup.models import FollowUp
from followup.page import address_of
from followup.parties import to_answer
from plans.models import PlanVersion
from trygghet.dates import day

P = Permission
PLACE = ("plan__district", "plan__cycle")


@TASK_SOURCES.add
def of_follow_ups(user):
    """Return what waits for the person in the follow-ups of their own places (up to 5 queries).

    A follow-up that is late is a task whose last day has passed, of which the
    reminders tell (P24: whoever is late is reminded).
    """
    access = access_of(user)
    if not access.roles:
        return []
    return [*_to_write(access), *_to_open(access), *_to_answer(user), *_to_approve(access)]


def _to_write(access):
    reach = access.reach({P.EDIT_PLAN})
    if not reach:
        return []
    found = FollowUp.objects.filter(reach.condition("plan__district"), state=FollowUpState.OPEN)
    found = found.select_related(*PLACE).prefetch_related("steps")
    return [
        Task(
            text="Skriv uppföljningen",
            about=str(follow_up.plan),
            address=address_of(follow_up),
            due=follow_up.plan.cycle.follow_up_due,
            since=follow_up.opened_at,
            told=tuple(_returned(follow_up)),
        )
        for follow_up in found
    ]


def _returned(follow_up):
    """Say that the steering group has sent it back, if that was the latest step."""
    latest = next(iter(follow_up.steps.all()), None)
    if latest and latest.name == "return":
        yield f"Styrgruppen skickade tillbaka den {day(latest.at)}: {latest.reason}"


def _to_open(access):
    """A decided plan whose day has come and whose follow-up nobody has opened."""
    reach = access.reach({P.EDIT_PLAN})
    if not reach:
        return []
    versions = PlanVersion.objects.in_force().filter(
        reach.condition("plan__district"), plan__follow_up__isnull=True,
        plan__cycle__follow_up_opens__lte=timezone.localdate(),
    )  # fmt: skip
    versions = versions.select_related(*PLACE).defer("document", "facts", "counts")
    return [
        Task(
            text="Öppna uppföljningen",
            about=str(version.plan),
            address=reverse("followup:follow_up", args=[version.plan.scope.slug, version.plan.year]),
            due=version.plan.cycle.follow_up_due,
        )
        for version in versions
    ]


def _to_answer(user):
    """How many commitments the own organisation has left to answer, a task for each plan."""
    waiting = to_answer(user).filter(follow_up__state=FollowUpState.OPEN, answer="")
    waiting = waiting.select_related(*(f"follow_up__{name}" for name in PLACE)).order_by("follow_up")
    found = list(waiting)
    counts = Counter(each.follow_up_id for each in found)
    follow_ups = {each.follow_up_id: each.follow_up for each in found}
    return [
        Task(
            text="1 åtagande att svara på" if counts[pk] == 1 else f"{counts[pk]} åtaganden att svara på",
            about=str(follow_up.plan),
            address=address_of(follow_up, "commitments"),
            due=follow_up.plan.cycle.follow_up_due,
            since=follow_up.opened_at,
            told=("Ingen annan kan svara åt er.",),
        )
        for pk, follow_up in follow_ups.items()
    ]


def _to_approve(access):
    reach = access.reach({P.DECIDE})
    if not reach:
        return []
    found = FollowUp.objects.filter(reach.condition("plan__district"), state=FollowUpState.SUBMITTED)
    tasks = []
    for follow_up in found.select_related(*PLACE).prefetch_related("steps"):
        handed_in = next(iter(follow_up.steps.all()), None)
        tasks.append(
            Task(
                text="Godkänn uppföljningen",
                about=str(follow_up.plan),
                address=address_of(follow_up),
                due=follow_up.plan.cycle.compilation_due,
                since=handed_in.at if handed_in else None,
                told=("Eller skicka tillbaka den, med skälet.",),
            )
        )
    return tasks
