"""Where the texts for the city's own reporting are found, on the plan's page."""

from datetime import date

from django.utils import timezone

from agreements.permissions import Permission, access_of
from followup.contributions.progress import was_decided
from followup.ils_texts import address_of
from plans.afterwards import AFTER_DECISION, Afterwards


@AFTER_DECISION.add
def texts_of(plan, user):
    """Lead whoever follows the plan to its texts, from the first day of its year; asks nothing."""
    is_time = timezone.localdate() >= date(plan.year, 1, 1)
    if not (is_time and was_decided(plan) and access_of(user).allows(Permission.READ_FOLLOW_UP, plan.district_id)):
        return None
    return Afterwards(
        words="Året finns som text att klistra in i tertialrapport och verksamhetsberättelse.",
        label="Text till ILS",
        address=address_of(plan),
    )
