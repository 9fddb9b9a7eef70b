"""How long it is until something is due again: the clocks of agreements, areas and pictures. Nothing is fetched here.

A clock says what is recorded and when the next time falls due; it never says
that something is done.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from dateutil.relativedelta import relativedelta
from django.utils import timezone

from trygghet.dates import day

LOCAL_AGREEMENT_MONTHS = 24
"""Local agreements "ska revideras och vid behov uppdateras vartannat år" (seed 001; P07)."""
CITY_AGREEMENT_MONTHS = 12
"""The overarching agreement holds until further notice; its areas are followed up every year (seed 001; P08)."""
AREA_SET_MONTHS = 48
"""The prioritised areas are revised "åtminstone var fjärde år" (seed 001; P08)."""
PICTURE_MONTHS = 24
"""A picture is updated at least every second year (law 2023:196; P01)."""


class Urgency(StrEnum):
    """How near the last day is: passed, within one, three or six months, or further away."""

    LATE = "late"
    ONE_MONTH = "one_month"
    THREE_MONTHS = "three_months"
    SIX_MONTHS = "six_months"
    OK = "ok"


# The nearest first: how many months before the last day each warning begins (domain §1c).
WARNINGS = ((Urgency.ONE_MONTH, 1), (Urgency.THREE_MONTHS, 3), (Urgency.SIX_MONTHS, 6))
WITHIN = {
    Urgency.ONE_MONTH: "inom en månad",
    Urgency.THREE_MONTHS: "inom tre månader",
    Urgency.SIX_MONTHS: "inom sex månader",
}


@dataclass(frozen=True, kw_only=True)
class Clock:
    """When something was last done (``since``) and is to be done again (``due``), as it stands on ``today``."""

    since: date
    due: date
    today: date

    @property
    def urgency(self):
        return urgency_of(self.due, self.today)

    @property
    def is_late(self):
        return self.urgency == Urgency.LATE

    @property
    def is_near(self):
        """Whether it is time to say something: a warning has begun, or the last day has passed."""
        return self.urgency != Urgency.OK

    @property
    def told(self):
        """The last day in words: "Senast 4 mars 2027, inom tre månader", "Försenad sedan 4 mars 2027"."""
        if self.is_late:
            return f"Försenad sedan {day(self.due)}"
        within = WITHIN.get(self.urgency)
        return f"Senast {day(self.due)}, {within}" if within else f"Senast {day(self.due)}"


def clock(since, months, *, today=None):
    """Return the :class:`Clock` of what was done on ``since`` and is done again within so many months; None for None.

    The last day is the same day of the month, or the month's last if it is
    shorter: two years after 29 February is 28 February.
    """
    if since is None:
        return None
    return Clock(since=since, due=due_after(since, months), today=today or timezone.localdate())


def due_after(since, months):
    """Return the last day for what is done again within so many months of ``since``."""
    return since + relativedelta(months=months)


def urgency_of(due, today=None):
    """Return how near the last day is; the day itself is not late."""
    today = today or timezone.localdate()
    if due < today:
        return Urgency.LATE
    return next((urgency for urgency, months in WARNINGS if today >= due - relativedelta(months=months)), Urgency.OK)
