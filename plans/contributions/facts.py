"""What is recorded of the plans, for the calendar and the duties: when each step was taken, never what a plan says."""

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from agreements.facts import FACT_SOURCES, Fact, gives
from agreements.models import District
from agreements.permissions import Permission, access_of
from agreements.scope import Scope
from agreements.year.steps import WHERE_DONE
from plans.enums import PlanState, SubmissionState
from plans.models import ActionPlan, PlanStep, PlanVersion, Submission
from trygghet.dates import day

P = Permission


# A later version's take the place of an earlier one's, and what an earlier one has done stays done.


@FACT_SOURCES.add
@gives("first_decision")
def first_decisions(district_ids, cycle):
    """When each place's steering group first decided on a plan, of whichever year (1 query)."""
    versions = PlanVersion.objects.filter(_in(district_ids, "plan__district")).order_by("-decided_on", "-number")
    return {
        ("first_decision", district_id): _decision(year, number, on)
        for district_id, year, number, on in versions.values_list(
            "plan__district", "plan__cycle__year", "number", "decided_on"
        )
    }


def _decision(year, number, on):
    return Fact(on=on, told=f"Åtgärdsplan {year}, version {number}, beslutad {day(on)}")


@FACT_SOURCES.add
@gives("decision", "board")
def decisions_on_plans(district_ids, cycle):
    """When the steering group and the board decided on the year's plan (1 query)."""
    found = {}
    versions = PlanVersion.objects.filter(_in(district_ids, "plan__district"), plan__cycle=cycle)
    board = ("board_decision__decided_on", "board_decision__reported_in")
    for district_id, number, on, board_on, reported_in in versions.order_by("decided_on", "number").values_list(
        "plan__district", "number", "decided_on", *board
    ):
        found["decision", district_id] = _decision(cycle.year, number, on)
        if board_on:
            told = f"Version {number} beslutad i nämnden {day(board_on)}, lämnad med {reported_in}"
            found["board", district_id] = Fact(on=board_on, told=told)
    return found


@FACT_SOURCES.add
@gives("draft", "draft_shared", "review")
def writing_of_plans(district_ids, cycle):
    """When the year's plan was begun, shared with the police and put up for review (1 query)."""
    found = {}
    reviews = PlanStep.objects.filter(plan=OuterRef("pk"), to_state=PlanState.IN_REVIEW).order_by("-pk")
    plans = ActionPlan.objects.filter(_in(district_ids, "district"), cycle=cycle).annotate(
        in_review_at=Subquery(reviews.values("at")[:1]),
        was_decided=Exists(PlanVersion.objects.filter(plan=OuterRef("pk"))),
    )
    for district_id, state, created_at, shared_at, in_review_at, was_decided in plans.values_list(
        "district", "state", "created_at", "shared_at", "in_review_at", "was_decided"
    ):
        on = timezone.localdate(created_at)
        found["draft", district_id] = Fact(on=on, told=f"Påbörjad {day(on)}")
        if shared_at:
            shared = timezone.localdate(shared_at)
            found["draft_shared", district_id] = Fact(on=shared, told=f"Delad med polisen {day(shared)}")
        # One that was sent back before it was ever decided is a draft again.
        if in_review_at and (was_decided or state != PlanState.DRAFT):
            on = timezone.localdate(in_review_at)
            found["review", district_id] = Fact(on=on, told=f"På granskning {day(on)}")
    return found


@FACT_SOURCES.add
@gives("submission", "acknowledged")
def submissions_of_plans(district_ids, cycle):
    """When the year's plan was sent to the city and acknowledged there (1 query)."""
    found = {}
    sent = Submission.objects.filter(_in(district_ids, "version__plan__district"), version__plan__cycle=cycle)
    for district_id, number, state, at, answered_at in sent.order_by("version__number", "pk").values_list(
        "version__plan__district", "version__number", "state", "at", "answered_at"
    ):
        on = timezone.localdate(at)
        found["submission", district_id] = Fact(on=on, told=f"Version {number} skickad till staden {day(on)}")
        if state == SubmissionState.ACKNOWLEDGED:
            on = timezone.localdate(answered_at)
            found["acknowledged", district_id] = Fact(on=on, told=f"Version {number} kvitterad {day(on)}")
    return found


def _in(district_ids, path):
    """Condition: the rows of those places; None among them is the city's own."""
    within = Q(**{f"{path}__in": [pk for pk in district_ids if pk is not None]})
    return within | Q(**{f"{path}__isnull": True}) if None in district_ids else within


# --- Where the steps are taken

OF_THE_PLAN = ("draft", "review", "decision", "submission", "board")


@WHERE_DONE.add
def where_steps_of_plans_are_taken(user, district_ids, cycle):
    """Return where the person finds the year's plan: as it now stands, else the version in force, else where it begins.

    The steps are on the page that lists them, for those who may read how the plan came to be; others read the plan.
    3 queries. Nothing for a plan the person may not read.
    """
    access = access_of(user)
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
        may_edit = access.allows(P.EDIT_PLAN, district_id)
        if district_id in readable:
            plan = reverse("plans:plan", args=at)
            steps = reverse("plans:steps", args=at) if access.allows(P.READ_HISTORY, district_id) else plan
            addresses = dict.fromkeys(OF_THE_PLAN, steps) | {"draft": plan}
        elif district_id in numbers:
            addresses = dict.fromkeys(OF_THE_PLAN, reverse("plans:version", args=[*at, numbers[district_id]]))
        elif may_edit and district_id not in begun:
            addresses = {"draft": reverse("plans:start", args=at)}
        else:
            continue
        found |= {(name, district_id): address for name, address in addresses.items()}
    return found
