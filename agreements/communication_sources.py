"""What the communication plan adds: that the districts' suggestions wait for the city's preparation group."""

from django.db.models import Count
from django.urls import reverse

from agreements.enums import ActivityState
from agreements.models import CommunicationActivity
from agreements.permissions import Permission, access_of
from agreements.scope import Scope
from agreements.tasks import TASK_SOURCES, Task


@TASK_SOURCES.add
def suggestions_to_answer(user):
    """The suggestions to the city's plan that nobody has planned or called off yet, year by year (seed 001, P28).

    For those who write the city's plan; 1 query for them, none for others.
    """
    city = Scope(None)
    if not access_of(user).allows(Permission.PLAN_COMMUNICATION, city.pk):
        return []
    waiting = CommunicationActivity.objects.visible_to(user).filter(state=ActivityState.SUGGESTED, **city.lookup())
    by_year = waiting.order_by("cycle__year").values_list("cycle__year").annotate(Count("pk"))
    return [
        Task(
            text=f"Ta ställning till {count} förslag till kommunikationsplanen",
            about=f"{city}, {year}",
            address=reverse("cooperation:communication_year", args=[city.slug, year]),
        )
        for year, count in by_year
    ]
