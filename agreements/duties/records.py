"""What is recorded that the duties are judged by, for many places at once and in a fixed number of queries."""

from collections import defaultdict

from django.db.models import Count, Prefetch, Q
from django.utils.functional import cached_property

from agreements.agreement.clocks import in_force
from agreements.enums import ActivityState, GroupKind, PictureState, Producer
from agreements.facts import facts_of
from agreements.groups.composition import missing_parties
from agreements.meetings.workflow import counts_of
from agreements.models import (
    CollaborationGroup,
    CommunicationActivity,
    DataSource,
    GroupMembership,
    SituationPicture,
)
from agreements.permissions import SEAT
from agreements.year import steps as year

SAFETY_SURVEY = "trygghetsmatningen"
"""The code of the city's own survey in the city file (seed 003; P29)."""


class Records:
    """What is known of the places on ``today``, by district id (None is the city's own).

    ``cycles`` are the planning year that the day is in and the one before it,
    as far as the city has put them up, the latest first. What no duty asks
    for is not fetched, and what several ask for is fetched once.
    """

    def __init__(self, district_ids, today, *, cycles=None, facts=None):
        """``cycles`` are all planning years and ``facts`` those by a cycle's id, if the caller already has them."""
        self.district_ids, self.today = list(district_ids), today
        self._all_cycles, self._facts = cycles, dict(facts or {})

    @cached_property
    def cycles(self):
        known = year.cycles() if self._all_cycles is None else self._all_cycles
        return [cycle for cycle in known if cycle.year <= self.today.year][:2]

    def fact(self, key, district_id, cycle=None):
        """Return the fact of the year, the latest year unless told; None if nothing is recorded."""
        cycle = cycle or next(iter(self.cycles), None)
        if cycle is None:
            return None
        if cycle.pk not in self._facts:
            self._facts[cycle.pk] = facts_of(self.district_ids, cycle)
        return self._facts[cycle.pk].get((key, district_id))

    @cached_property
    def agreements(self):
        """The agreement in force of each place."""
        return in_force(self.district_ids)

    @cached_property
    def pictures(self):
        """The day the joint picture in force of each place was confirmed."""
        return _confirmed_pictures(self.district_ids)

    @cached_property
    def communication(self):
        """How many activities the communication plan of the year has, and how many are carried out."""
        return _communication(self.district_ids, self.today.year)

    @cached_property
    def survey(self):
        """The city's own survey; None if the city file has none."""
        return DataSource.objects.filter(code=SAFETY_SURVEY).first()

    @cached_property
    def _groups(self):
        seats = GroupMembership.objects.in_force(self.today).select_related(*SEAT)
        groups = CollaborationGroup.objects.valid_on(self.today).filter(_in(self.district_ids))
        return list(groups.prefetch_related(Prefetch("memberships", queryset=seats, to_attr="seated")))

    def _of_kind(self, kind):
        return [group for group in self._groups if group.kind == kind]

    @cached_property
    def steering(self):
        """The MeetingCount of each steering group, by place."""
        groups = self._of_kind(GroupKind.STEERING)
        counts = counts_of(groups, self.today.year)
        return _by_place((group.district_id, counts[group.pk]) for group in groups)

    @cached_property
    def working(self):
        """Each working group and which parties are missing in it, by place."""
        groups = self._of_kind(GroupKind.WORKING)
        return _by_place((group.district_id, (group, missing_parties(group, group.seated))) for group in groups)

    @cached_property
    def preparing(self):
        """The seats in preparation groups, by place."""
        seats = [(group, seat) for group in self._of_kind(GroupKind.PREPARATION) for seat in group.seated]
        for group, seat in seats:
            seat.group = group
        return _by_place((group.district_id, seat) for group, seat in seats)


def _by_place(found):
    by_place = defaultdict(list)
    for district_id, each in found:
        by_place[district_id].append(each)
    return by_place


def _confirmed_pictures(district_ids):
    """Return the day the joint picture in force of each place was confirmed (1 query), as ``pictures.in_force``."""
    joint = SituationPicture.objects.filter(_in(district_ids), producer=Producer.JOINT, state=PictureState.CONFIRMED)
    return dict(joint.order_by("year").values_list("district", "confirmed_on"))


def _communication(district_ids, year):
    """Return how many activities the year's communication plan has and how many are carried out (1 query)."""
    activities = CommunicationActivity.objects.filter(_in(district_ids), cycle__year=year).order_by()
    activities = activities.exclude(state=ActivityState.SUGGESTED)
    done = Count("pk", filter=Q(state=ActivityState.DONE))
    counted = activities.values("district").annotate(planned=Count("pk"), done=done)
    return {each["district"]: (each["planned"], each["done"]) for each in counted}


def _in(district_ids):
    """Condition: the rows of those places; None among them is the city's own."""
    within = Q(district__in=[pk for pk in district_ids if pk is not None])
    return within | Q(district__isnull=True) if None in district_ids else within
