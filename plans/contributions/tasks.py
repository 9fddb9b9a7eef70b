"""What in the plans waits for a person, and what is new to them."""

from django.urls import reverse

from agreements.tasks import NEWS_SOURCES, TASK_SOURCES, Headline
from agreements.year.steps import cycles
from plans import overview, todo
from plans.news import news_of_all
from trygghet.words import counted


@TASK_SOURCES.add
def of_plans(user):
    """Return what waits for the person in their plans, and in the plans that the city receives."""
    years = cycles()
    to_begin = todo.years_to_begin(years, overview.own_cycle(user, years))
    return todo.tasks_of(user, todo.cases_of(user), to_begin)


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
    steps = counted(len(news.steps), "steg taget", "steg tagna") if news.steps else ""
    return ", ".join(filter(None, [news.figures, steps]))
