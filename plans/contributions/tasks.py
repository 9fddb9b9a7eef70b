"""What in the plans waits for a person, which of their last days are near, and what is new."""

from django.urls import reverse
from django.utils import timezone

from agreements.tasks import DEADLINE_SOURCES, NEWS_SOURCES, TASK_SOURCES, Deadline, Headline
from plans import overview, todo
from plans.news import news_of_all


@TASK_SOURCES.add
def of_plans(user):
    """Return what waits for the person in their plans, and in the plans that the city receives."""
    years = overview.cycles()
    to_begin = todo.years_to_begin(years, overview.own_cycle(user, years))
    return todo.tasks_of(user, todo.cases_of(user), to_begin)


@DEADLINE_SOURCES.add
def last_days_of_plans(user, until):
    """Return the last days of the year's plans that not every plan of the person's own districts has met."""
    if not todo.own_districts(user):
        return []
    cases, today = todo.cases_of(user, with_gaps=False), timezone.localdate()
    return [
        _deadline(cycle, deadline, of_cycle)
        for cycle in overview.cycles()
        for of_cycle in [[case for case in cases if case.plan.cycle_id == cycle.pk]]
        for deadline in todo.deadlines_of(cycle, of_cycle)
        if today <= deadline.due <= until and not deadline.is_met
    ]


def _deadline(cycle, deadline, cases):
    about = cases[0].name if len(cases) == 1 else f"Åtgärdsplaner {cycle.year}"
    address = cases[0].main_address if len(cases) == 1 else reverse("start")
    return Deadline(on=deadline.due, text=deadline.label, about=about, address=address)


@NEWS_SOURCES.add
def news_in_plans(user, since):
    """Return how much others have done in each plan that the person has had open."""
    readable = [case for case in todo.cases_of(user, with_gaps=False) if case.is_readable]
    visits = [case.visit for case in readable if case.visit]
    found = news_of_all([case.plan for case in readable], user, visits, after=since)
    return [
        Headline(
            text=_figures(news),
            about=str(news.plan),
            address=reverse("plans:news", args=[news.plan.scope.slug, news.plan.year]),
        )
        for news in found.values()
        if news.is_something
    ]


def _figures(news):
    steps = todo.told(len(news.steps), "steg taget", "steg tagna") if news.steps else ""
    return ", ".join(filter(None, [news.figures, steps]))
