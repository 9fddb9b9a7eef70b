"""The communication plan: what the parties tell together, to whom, through which channel and when (seed 001, P28).

The city's plan is a living document, to which the districts are asked for
input: a district suggests, the city's preparation group plans.
"""

from dataclasses import dataclass
from itertools import groupby

from django.db import transaction

from agreements.claiming import claim
from agreements.enums import ActivityState
from agreements.models import CommunicationActivity
from agreements.year.steps import current_cycle
from trygghet.workflow import StepRefused

WHOLE_COOPERATION = "Hela samverkan"


@dataclass(frozen=True, kw_only=True)
class AreaActivities:
    """The activities of one prioritised area, those of the whole cooperation first of all."""

    title: str
    activities: list


def cycle_for(years, year=None):
    """Return which of the planning years it is, the one that is worked with without a number; None if there is none."""
    return next((cycle for cycle in years if cycle.year == year), None) if year else current_cycle(years)


def activities_by_area(activities):
    """Return :class:`AreaActivities` in the areas' order; within each by day, those without one last."""
    ordered = sorted(activities, key=lambda each: (each.area.number if each.area else 0, each.on is None, each.on or 0))
    return [
        AreaActivities(title=title, activities=list(each))
        for title, each in groupby(ordered, key=lambda each: each.area.title if each.area else WHOLE_COOPERATION)
    ]


def activities_of(user, scope, cycle):
    """Return the place's activities of the year that the person reads, with their areas (1 query)."""
    activities = CommunicationActivity.objects.visible_to(user).filter(cycle=cycle, **scope.lookup())
    return activities.select_related("area", "suggested_by")


@transaction.atomic
def save(activity, values, *, seen=None):
    """Write the values in the activity, new or old, and return it.

    ``seen`` is the version of an old one that the person read; raises StaleRow if it is another now.
    """
    if not activity._state.adding:
        claim(activity, seen)
    for name, value in values.items():
        setattr(activity, name, value)
    activity.save()
    return activity


@transaction.atomic
def remove(activity, *, seen):
    """Take an activity out of the plan, such as one written by mistake; one that is called off stays and says so.

    Raises StaleRow if it is not as the person saw it in version ``seen``, StepRefused for one that is carried out.
    """
    if activity.state == ActivityState.DONE:
        raise StepRefused(f"”{activity.title}” är genomförd och står kvar i planen. Ändra status om det är fel.")
    claim(activity, seen)
    activity.delete()


def suggestion(scope, cycle):
    """Return an empty suggestion from a district to the city's plan."""
    return CommunicationActivity(cycle=cycle, suggested_by=scope.district, state=ActivityState.SUGGESTED)
