"""What the plan's page and the year say of its follow-up, and where it is."""

from django.db.models import Q
from django.urls import reverse

from agreements.models import District
from agreements.permissions import Permission, access_of
from agreements.scope import Scope
from agreements.year.steps import WHERE_DONE
from followup.enums import FollowUpState
from followup.models import FollowUp
from followup.opening import is_due
from followup.page import address_in
from plans.afterwards import AFTER_DECISION, Afterwards
from plans.models import PlanVersion
from trygghet.dates import day, is_late

P = Permission
WORDS = {
    FollowUpState.OPEN: "Uppföljningen pågår{due}.",
    FollowUpState.SUBMITTED: "Uppföljningen är inlämnad till styrgruppen.",
    FollowUpState.APPROVED: "Uppföljningen är godkänd av styrgruppen.",
}


@AFTER_DECISION.add
def follow_up_of(plan, user):
    """Tell how far the plan's follow-up has come, to whoever reads it (2 queries)."""
    follow_up = FollowUp.objects.visible_to(user).filter(plan=plan).first()
    if follow_up:
        return Afterwards(
            words=WORDS[follow_up.state].format(due=_due(plan)),
            label="Till uppföljningen",
            address=address_in(plan),
            is_now=follow_up.state != FollowUpState.APPROVED,
            is_done=follow_up.state == FollowUpState.APPROVED,
        )
    if not access_of(user).allows(P.READ_FOLLOW_UP, plan.district_id) or not _is_decided(plan):
        return None
    opens = plan.cycle.follow_up_opens
    if is_due(plan):
        words = "Det är dags att följa upp planen."
    else:
        words = f"Uppföljningen öppnas {day(opens)}." if opens else "Uppföljningen är inte öppen än."
    return Afterwards(words=words, label="Om uppföljningen", address=address_in(plan))


def _due(plan):
    due = plan.cycle.follow_up_due
    if due is None:
        return ""
    return f" och {'skulle ha lämnats' if is_late(due) else 'lämnas'} in senast {day(due)}"


def _is_decided(plan):
    return PlanVersion.objects.filter(plan=plan).exists()


@WHERE_DONE.add
def where_follow_ups_are_written(user, district_ids, cycle):
    """Return where the person finds the follow-up of the year's plan, open or to be opened (3 queries)."""
    places = {place.pk: place for place in District.objects.filter(pk__in=[pk for pk in district_ids if pk])}
    here = Q(plan__district__in=places)
    if None in district_ids:
        here |= Q(plan__district__isnull=True)
    there = set(
        FollowUp.objects.visible_to(user).filter(here, plan__cycle=cycle).values_list("plan__district", flat=True)
    )
    reads = access_of(user).reach({P.READ_FOLLOW_UP}).condition("plan__district")
    versions = PlanVersion.objects.filter(here, reads, plan__cycle=cycle)
    to_open = set(versions.order_by().values_list("plan__district", flat=True).distinct())
    found = {}
    for district_id in there | to_open:
        scope = Scope(places.get(district_id))
        found["follow_up", district_id] = reverse("followup:follow_up", args=[scope.slug, cycle.year])
    return found
