"""The clocks of the agreements and of the areas: when each was last signed or reviewed, and is to be reviewed again."""

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce

from agreements.asking_once import once
from agreements.clocks import AREA_SET_MONTHS, CITY_AGREEMENT_MONTHS, LOCAL_AGREEMENT_MONTHS, clock
from agreements.enums import ReviewOutcome
from agreements.models import Agreement, AgreementReview, PriorityAreaSet


def with_last_review(agreements):
    """Bring ``confirmed_on`` along, the day the agreement was last confirmed unchanged, None if never.

    A review that led to a new version does not start the clock again: the new
    version does, when it is signed.
    """
    confirmed = AgreementReview.objects.filter(agreement=OuterRef("pk"), outcome=ReviewOutcome.CONFIRMED_UNCHANGED)
    latest = confirmed.order_by("-reviewed_on").values("reviewed_on")[:1]
    return agreements.annotate(confirmed_on=Subquery(latest), counted_from=Coalesce(Subquery(latest), "signed_on"))


def clock_of(agreement, *, today=None):
    """Return the :class:`~agreements.clocks.Clock` of an agreement from :func:`with_last_review`.

    None for one that does not hold. A local agreement is reviewed every
    second year (P07); the overarching one holds until further notice and its
    areas are followed up every year (P08).
    """
    if agreement.state not in ("signed", "under_review"):
        return None
    months = CITY_AGREEMENT_MONTHS if agreement.district_id is None else LOCAL_AGREEMENT_MONTHS
    return clock(agreement.counted_from, months, today=today)


def in_force(district_ids):
    """Return the agreement in force of each place, by district id, with what its clock counts from (1 query).

    ``None`` among the ids is the overarching agreement. A place without one is not in the answer.
    """
    wanted = set(district_ids)
    return {agreement.district_id: agreement for agreement in _all_in_force() if agreement.district_id in wanted}


@once
def _all_in_force():
    return list(with_last_review(Agreement.objects.in_force()).select_related("district", "area_set"))


def clocks_of(district_ids, *, today=None):
    """Return the clock of each place's agreement, by district id; None where there is no agreement (1 query)."""
    agreements = in_force(district_ids)
    return {pk: clock_of(agreements[pk], today=today) if pk in agreements else None for pk in district_ids}


def area_set_in_force(day=None):
    """Return the edition of the areas that holds on the day, today unless told; None if there is none (1 query)."""
    return PriorityAreaSet.objects.valid_on(day).order_by("-valid_from").first()


def area_set_clock(area_set, *, today=None):
    """Return when the areas are to be revised, at least every fourth year (P08); None for None."""
    return clock(area_set.valid_from, AREA_SET_MONTHS, today=today) if area_set else None
