"""What is recorded that the duties are judged by, for many places at once and in a fixed number of queries."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Prefetch, Q

from agreements.agreement_clocks import in_force
from agreements.enums import ActivityState, GroupKind, Producer
from agreements.facts import facts_of
from agreements.groups import missing_parties
from agreements.meetings import counts_of
from agreements.models import (
    CollaborationGroup,
    CommunicationActivity,
    DataSource,
    GroupMembership,
    PlanningCycle,
    SituationPicture,
)
from agreements.permissions import SEAT

SAFETY_SURVEY = "trygghetsmatningen"
"""The code of the city's own survey in the city file (seed 003; P29)."""


@dataclass
class Records:
    """What is known of the places on ``today``, by district id (None is the city's own).

    ``cycles`` are the planning year that the day is in and the one before it,
    as far as the city has put them up, the latest first; ``facts`` are theirs
    by the cycle's id.
    """

    today: date
    cycles: list
    facts: dict
    agreements: dict
    pictures: dict
    steering: dict = field(default_factory=lambda: defaultdict(list))  # MeetingCount of each steering group
    working: dict = field(default_factory=lambda: defaultdict(list))  # (group, which parties are missing)
    preparing: dict = field(default_factory=lambda: defaultdict(list))  # seats in preparation groups
    communication: dict = field(default_factory=dict)  # (activities of the year, how many are carried out)
    survey: DataSource | None = None

    def fact(self, key, district_id, cycle=None):
        """Return the fact of the year, the latest year unless told; None if nothing is recorded."""
        cycle = cycle or next(iter(self.cycles), None)
        return self.facts[cycle.pk].get((key, district_id)) if cycle else None


def records_of(district_ids, today):
    """Return the :class:`Records` of those places; None among them is the city's own."""
    district_ids = list(district_ids)
    cycles = list(PlanningCycle.objects.filter(year__lte=today.year).select_related("area_set")[:2])
    records = Records(
        today=today,
        cycles=cycles,
        facts={cycle.pk: facts_of(district_ids, cycle) for cycle in cycles},
        agreements=in_force(district_ids),
        pictures=_confirmed_pictures(district_ids),
        communication=_communication(district_ids, today.year),
        survey=DataSource.objects.filter(code=SAFETY_SURVEY).first(),
    )
    _put_groups(records, district_ids)
    return records


def _confirmed_pictures(district_ids):
    """Return the day the joint picture of each place was last confirmed (1 query)."""
    joint = SituationPicture.objects.filter(_in(district_ids), producer=Producer.JOINT, confirmed_on__isnull=False)
    return dict(joint.order_by("confirmed_on").values_list("district", "confirmed_on"))


def _communication(district_ids, year):
    """Return how many activities the year's communication plan has and how many are carried out (1 query)."""
    activities = CommunicationActivity.objects.filter(_in(district_ids), cycle__year=year).order_by()
    activities = activities.exclude(state=ActivityState.SUGGESTED)
    done = Count("pk", filter=Q(state=ActivityState.DONE))
    counted = activities.values("district").annotate(planned=Count("pk"), done=done)
    return {each["district"]: (each["planned"], each["done"]) for each in counted}


def _put_groups(records, district_ids):
    seats = GroupMembership.objects.in_force(records.today).select_related(*SEAT)
    groups = CollaborationGroup.objects.valid_on(records.today).filter(_in(district_ids))
    groups = list(groups.prefetch_related(Prefetch("memberships", queryset=seats, to_attr="seated")))
    steering = [group for group in groups if group.kind == GroupKind.STEERING]
    counts = counts_of(steering, records.today.year)
    for group in groups:
        if group.kind == GroupKind.STEERING:
            records.steering[group.district_id].append(counts[group.pk])
        elif group.kind == GroupKind.WORKING:
            records.working[group.district_id].append((group, missing_parties(group, group.seated)))
        else:
            for seat in group.seated:
                seat.group = group
            records.preparing[group.district_id].extend(group.seated)


def _in(district_ids):
    """Condition: the rows of those places; None among them is the city's own."""
    within = Q(district__in=[pk for pk in district_ids if pk is not None])
    return within | Q(district__isnull=True) if None in district_ids else within
