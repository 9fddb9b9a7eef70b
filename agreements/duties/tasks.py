"""Where the duties are dealt with, and that one that is near or late waits for those who can do something about it."""

from django.urls import reverse
from django.utils import timezone

from agreements.duties.records import Records
from agreements.duties.requirements import DUTIES, is_near
from agreements.navigation import areas_address, tabs_of
from agreements.permissions import Permission, access_of
from agreements.tasks import TASK_SOURCES, Task
from agreements.year.deadlines import own_scopes
from agreements.year.steps import addresses_of, current_cycle, cycles

P = Permission


def addresses_of_duties(user, scope, today):
    """Return where the person deals with each duty of the place, by the duty's name; a fixed number of queries."""
    tabs = {tab.name: address for tab, address in tabs_of(user, scope)}
    tabs |= {"area_sets": areas_address(user), "data_sources": reverse("cooperation:data_sources", args=[scope.slug])}
    years = [cycle for cycle in cycles() if cycle.year <= today.year]
    cycle = current_cycle(years, today)
    steps = addresses_of(user, [scope.pk], cycle) if cycle else {}
    year = reverse("cooperation:year_of", args=[scope.slug, cycle.year]) if cycle else ""
    found = {}
    for duty in DUTIES:
        if duty.step:
            found[duty.name] = steps.get((duty.step, scope.pk)) or year
        elif duty.page:
            found[duty.name] = tabs.get(duty.page, "")
    return found


@TASK_SOURCES.add
def duties_that_are_near(user):
    """What is late or due within a month in the person's own places, for those who can do something about it.

    What the plans, the groups, the agreements and the pictures tell themselves is not told twice. Only what is known
    of the person's own duties is fetched.
    """
    access, today = access_of(user), timezone.localdate()
    own = access.own()
    theirs = {
        pk: [duty for duty in DUTIES if duty.is_of(pk) and any(access.allows(each, pk) for each in duty.acts)]
        for pk in (*own.districts, *([None] if own.city else []))
    }
    if not any(theirs.values()):
        return []
    scopes = own_scopes(user)
    records = Records([scope.pk for scope in scopes], today)
    return [
        Task(
            text=duty.call,
            about=str(scope),
            address=f"{reverse('cooperation:duties', args=[scope.slug])}#krav-{duty.name}",
            due=status.due,
            told=(f"{status.note}.",) if status.note else (),
        )
        for scope in scopes
        for duty in theirs[scope.pk]
        if is_near(status := duty.status(records, scope.pk), today)
    ]
