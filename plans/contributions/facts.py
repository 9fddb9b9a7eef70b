"""What is recorded of the plans, for the calendar and the duties: when each step was taken, never what a plan says."""

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from agreements.facts import FACT_SOURCES, Fact
from agreements.models import District
from agreements.permissions import Permission, access_of
from agreements.scope import Scope
from agreements.year import WHERE_DONE
from plans.enums import PlanState, SubmissionState
from plans.models import ActionPlan, BoardDecision, PlanStep, PlanVersion, Submission
from trygghet.dates import day

P = Permission
FOLLOWED_UP = (PlanState.FOLLOW_UP_SUBMITTED, PlanState.FOLLOW_UP_APPROVED, PlanState.CLOSED)


@FACT_SOURCES.add
def facts_of_plans(district_ids, cycle):
    """Return the facts of the year's plans in those places (5 queries).

    ``draft`` that it has been begun, ``draft_shared``, ``review``,
    ``decision``, ``submission``, ``acknowledged``, ``board`` and
    ``follow_up``; a later version's take the place of an earlier one's, and
    what an earlier one has done stays done. ``first_decision`` and
    ``latest_follow_up`` are of whichever year.
    """
    found = {}
    _put_versions(found, district_ids, cycle)
    _put_steps(found, district_ids, cycle)
    _put_plans(found, district_ids, cycle)
    _put_submissions(found, district_ids, cycle)
    _put_board_decisions(found, district_ids, cycle)
    return found


def _put_versions(found, district_ids, cycle):
    versions = PlanVersion.objects.filter(_in(district_ids, "plan__district")).order_by("decided_on", "number")
    for district_id, cycle_id, year, number, on in versions.values_list(
        "plan__district", "plan__cycle", "plan__cycle__year", "number", "decided_on"
    ):
        fact = Fact(on=on, told=f"Åtgärdsplan {year}, version {number}, beslutad {day(on)}")
        found.setdefault(("first_decision", district_id), fact)
        if cycle_id == cycle.pk:
            found["decision", district_id] = fact


def _put_steps(found, district_ids, cycle):
    of_year = Q(plan__cycle=cycle, to_state=PlanState.IN_REVIEW)
    steps = PlanStep.objects.filter(_in(district_ids, "plan__district"), of_year | Q(to_state__in=FOLLOWED_UP))
    for district_id, cycle_id, year, state, at in steps.order_by("pk").values_list(
        "plan__district", "plan__cycle", "plan__cycle__year", "to_state", "at"
    ):
        on = timezone.localdate(at)
        if state == PlanState.IN_REVIEW:
            found["review", district_id] = Fact(on=on, told=f"På granskning {day(on)}")
            continue
        # Only the first of the steps is when it was handed in.
        fact = Fact(on=on, told=f"Uppföljning av åtgärdsplan {year}, {day(on)}")
        if state == PlanState.FOLLOW_UP_SUBMITTED:
            found["latest_follow_up", district_id] = fact
        if cycle_id == cycle.pk and state == PlanState.FOLLOW_UP_SUBMITTED:
            found["follow_up", district_id] = fact


def _put_plans(found, district_ids, cycle):
    plans = ActionPlan.objects.filter(_in(district_ids, "district"), cycle=cycle)
    for district_id, state, created_at, shared_at in plans.values_list("district", "state", "created_at", "shared_at"):
        on = timezone.localdate(created_at)
        found["draft", district_id] = Fact(on=on, told=f"Påbörjad {day(on)}")
        if shared_at:
            shared = timezone.localdate(shared_at)
            found["draft_shared", district_id] = Fact(on=shared, told=f"Delad med polisen {day(shared)}")
        if state == PlanState.DRAFT and ("decision", district_id) not in found:
            found.pop(("review", district_id), None)  # sent back before it was ever decided


def _put_submissions(found, district_ids, cycle):
    sent = Submission.objects.filter(_in(district_ids, "version__plan__district"), version__plan__cycle=cycle)
    for district_id, number, state, at, answered_at in sent.order_by("version__number", "pk").values_list(
        "version__plan__district", "version__number", "state", "at", "answered_at"
    ):
        on = timezone.localdate(at)
        found["submission", district_id] = Fact(on=on, told=f"Version {number} skickad till staden {day(on)}")
        if state == SubmissionState.ACKNOWLEDGED:
            on = timezone.localdate(answered_at)
            found["acknowledged", district_id] = Fact(on=on, told=f"Version {number} kvitterad {day(on)}")


def _put_board_decisions(found, district_ids, cycle):
    decisions = BoardDecision.objects.filter(_in(district_ids, "version__plan__district"), version__plan__cycle=cycle)
    for district_id, number, on, reported_in in decisions.order_by("version__number").values_list(
        "version__plan__district", "version__number", "decided_on", "reported_in"
    ):
        told = f"Version {number} beslutad i nämnden {day(on)}, lämnad med {reported_in}"
        found["board", district_id] = Fact(on=on, told=told)


def _in(district_ids, path):
    """Condition: the rows of those places; None among them is the city's own."""
    within = Q(**{f"{path}__in": [pk for pk in district_ids if pk is not None]})
    return within | Q(**{f"{path}__isnull": True}) if None in district_ids else within


# --- Where the steps are taken

OF_THE_PLAN = ("draft", "review", "decision", "submission", "board", "follow_up")


@WHERE_DONE.add
def where_steps_of_plans_are_taken(user, district_ids, cycle):
    """Return where the person finds the year's plan: as it now stands, else the version in force, else where it begins.

    3 queries. Nothing for a plan the person may not read.
    """
    places = {place.pk: place for place in District.objects.filter(pk__in=[pk for pk in district_ids if pk])}
    plans = ActionPlan.objects.visible_to(user).filter(_in(district_ids, "district"), cycle=cycle)
    versions = PlanVersion.objects.visible_to(user).filter(_in(district_ids, "plan__district"), plan__cycle=cycle)
    readable = set(plans.values_list("district", flat=True))
    numbers = dict(versions.order_by("number").values_list("plan__district", "number"))
    begun = set(
        ActionPlan.objects.filter(_in(district_ids, "district"), cycle=cycle).values_list("district", flat=True)
    )
    found = {}
    for district_id in district_ids:
        at = [Scope(places.get(district_id)).slug, cycle.year]
        may_edit = access_of(user).allows(P.EDIT_PLAN, district_id)
        if district_id in readable:
            plan, steps = reverse("plans:plan", args=at), reverse("plans:steps", args=at)
            addresses = dict.fromkeys(OF_THE_PLAN, steps) | {"draft": plan, "follow_up": plan}
        elif district_id in numbers:
            addresses = dict.fromkeys(OF_THE_PLAN, reverse("plans:version", args=[*at, numbers[district_id]]))
        elif may_edit and district_id not in begun:
            addresses = {"draft": reverse("plans:start", args=at)}
        else:
            continue
        found |= {(name, district_id): address for name, address in addresses.items()}
    return found
