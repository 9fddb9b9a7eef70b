"""Min sida: what waits for the person, what is new, the year's last days and the plans they read."""

from dataclasses import dataclass

from django.shortcuts import render
from django.views.decorators.http import require_safe

from agreements.asking_once import asking_once
from agreements.permissions import Permission, access_of
from agreements.tasks import by_urgency, tasks_of
from agreements.year.steps import cycles
from plans import overview, todo
from plans.consolidation import consolidate
from plans.contributions.tasks import of_plans
from plans.news import news_of_all
from plans.start_page import news_to, offers_to

P = Permission


@require_safe
@asking_once()
def start(request):
    """The page for whoever it is: with several roles the sections come together, each thing once."""
    years = cycles()
    sees_city = access_of(request.user).allows(P.SEE_CITY, None)
    cycle = overview.own_cycle(request.user, years)
    page = _Page(request.user, years, cycle)
    city = consolidate(request.user, cycle) if sees_city and cycle else None
    return render(request, "start.html", page.context() | {"city": city})


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A district of the person's own: its plan for the year, and what they need to know of it."""

    standing: overview.Standing
    next: str  # what the plan waits for, as a sentence
    when_readable: str  # when the person reads the plan, if they do not yet
    is_new: bool  # the person has never opened the plan


class _Page:
    def __init__(self, user, years, cycle):
        self.user, self.years, self.cycle = user, years, cycle
        self.standings = overview.standings(user, cycle) if cycle else []
        self.cases = todo.cases_of(user)
        self.own = todo.own_districts(user)

    def context(self):
        return {
            "cycle": self.cycle,
            "task_groups": by_urgency(self._tasks()),
            "may_receive": access_of(self.user).allows(P.RECEIVE, None),
            "news": self._news(),
            "answers": news_to(self.user),
            "offers": offers_to(self.user),
            "leads_with_news": bool(access_of(self.user).reach({P.REVIEW_FOR_POLICE})),
            "entries": [self._entry(standing) for standing in self._everywhere() if standing.is_own],
            "deadlines": self._deadlines(),
            "others": [each for each in self._everywhere() if each.address and not each.is_own],
        }

    def _everywhere(self):
        """The city's own plan first, where there is one to read, then the districts'."""
        city = getattr(self.standings, "city", None)
        return [*([city] if city and city.address else []), *self.standings]

    def _tasks(self):
        """What waits in the plans, which the page knows already, and in the rest of the cooperation."""
        years = todo.years_to_begin(self.years, self.cycle)
        return tasks_of(self.user, found={of_plans: todo.tasks_of(self.user, self.cases, years)})

    def _news(self):
        """What is new in the plans of one's own where something is."""
        readable = [case for case in self.cases if case.is_readable]
        visits = [case.visit for case in readable if case.visit]
        found = news_of_all([case.plan for case in readable], self.user, visits)
        return [news for news in found.values() if news.is_something]

    def _entry(self, standing):
        district = standing.district.pk
        case = next((case for case in self._of(self.cycle) if case.plan.district_id == district), None)
        return Own(
            standing=standing,
            next=todo.next_told(case) if case and case.is_readable else "",
            when_readable=todo.when_readable(self.user, district),
            is_new=case is not None and case.visit is None and not standing.may_edit,
        )

    def _deadlines(self):
        """The last days of the years that the person has plans in, as (cycle, todo.Deadline list)."""
        if not self.own:
            return []
        cycles = [cycle for cycle in self.years if cycle == self.cycle or self._of(cycle)]
        found = [(cycle, todo.deadlines_of(cycle, self._of(cycle))) for cycle in cycles]
        return [(cycle, deadlines) for cycle, deadlines in found if deadlines]

    def _of(self, cycle):
        return [case for case in self.cases if case.plan.cycle_id == cycle.pk]
