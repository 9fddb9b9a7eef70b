"""Putting up the year that comes: its areas, its words and its last days, to be checked by the city."""

from datetime import date, datetime

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from agreements.agreement.clocks import area_set_in_force
from agreements.models import PlanningCycle
from agreements.permissions import Permission, access_of
from agreements.scope import CITY_SLUG, Scope
from agreements.tasks import TASK_SOURCES, Task
from agreements.year import steps as year
from trygghet.workflow import StepRefused


def next_to_put_up(years, today=None):
    """Return the year after the latest that is put up; None when that is further away than next year, or there is none.

    ``years`` are the planning years (:func:`agreements.year.steps.cycles`).
    """
    today = today or timezone.localdate()
    following = max((cycle.year for cycle in years), default=today.year + 1) + 1
    return following if following <= today.year + 1 else None


def put_up(wanted):
    """Put up that planning year and return (it, whether it is new); one that is there stays as it is.

    It stands on the areas that hold on 1 January (P08), and has the words of
    the template and the last days of the latest year, each a year later.
    Raises StepRefused when it is not the next one, or no areas hold that day.
    """
    years = year.cycles()
    there = next((cycle for cycle in years if cycle.year == wanted), None)
    if there:
        return there, False
    if wanted != next_to_put_up(years):
        raise StepRefused(f"{wanted} är inte nästa planeringsår. Ingenting ändrades.")
    areas = area_set_in_force(date(wanted, 1, 1))
    if areas is None:
        raise StepRefused(
            f"Inga prioriterade områden gäller den 1 januari {wanted}. Den som förvaltar Trygghet lägger upp dem först."
        )
    latest = max(years, key=lambda cycle: cycle.year)
    days = {name: value and value + relativedelta(years=1) for name, value in year.days_of(latest).items()}
    values = {"area_set": areas, "instructions": latest.instructions, "links": latest.links, **days}
    with transaction.atomic():
        return PlanningCycle.objects.get_or_create(year=wanted, defaults=values)


@TASK_SOURCES.add
def year_to_put_up(user):
    """From September on the year that is to be worked with is put up by those who set its days, in the city's groups.

    Until then the districts have no last days to keep, and no year to make their plans for (domain §1b).
    """
    access, today = access_of(user), timezone.localdate()
    if not access.own().city or not access.allows(Permission.SET_YEAR, None):
        return []
    years, worked_with = year.cycles(), year.wanted(today)
    following = next_to_put_up(years, today)
    if following is None or any(cycle.year >= worked_with for cycle in years):
        return []
    return [
        Task(
            text=f"Lägg upp planeringsåret {following}",
            about=str(Scope(None)),
            address=reverse("cooperation:year", args=[CITY_SLUG]),
            since=timezone.make_aware(datetime(worked_with - 1, year.AUTUMN, 1)),
            told=("Då får stadsdelarna årets områden och sista dagar, och kan börja på sina planer.",),
        )
    ]
