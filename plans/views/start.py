"""Min sida: what waits for the person, what is new, the year's last days and the plans they read."""

from dataclasses import dataclass

from django.shortcuts import render
from django.views.decorators.http import require_safe

from agreements.permissions import Permission, access_of
from plans import overview, todo
from plans.consolidation import consolidate
from plans.news import news_of_all

P = Permission


@require_safe
def start(request):
    """The page for whoever it is: with several roles the sections come together, each thing once."""
    years = overview.cycles()
    sees_city = access_of(request.user).allows(P.SEE_CITY, None)
    cycle = overview.latest_begun(years) if sees_city else overview.chosen_cycle(request.user, years)
    page = _Page(request.user, years, cycle)
    city = consolidate(request.user, cycle) if sees_city and cycle else None
    return render(request, "start.html", page.context() | {"city": city})


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A district of the person's own: its plan for the year, and what they need to know of it."""

    standing: overview.Standing
    case: todo.Case | None
    next: str  # what the plan waits for, as a sentence
    may_read_some: bool  # whether the person's role reads any plan of the district


class _Page:
    def __init__(self, user, years, cycle):
        self.user, self.years, self.cycle = user, years, cycle
        self.standings = overview.standings(user, cycle) if cycle else []
        self.cases = todo.cases_of(user)
        self.own = todo.own_districts(user)

    def context(self):
        news = self._news()
        return {
            "cycle": self.cycle,
            "tasks": todo.tasks_of(self.user, self.cases, self._years_to_begin()),
            "news": news,
            "leads_with_news": access_of(self.user).districts_with({P.REVIEW_FOR_POLICE}) != set(),
            "entries": [self._entry(standing) for standing in self.standings if standing.is_own],
            "deadlines": self._deadlines(),
            "others": [each for each in self.standings if each.address and not each.is_own],
        }

    def _years_to_begin(self):
        """The year shown and those after it."""
        return [cycle for cycle in self.years if self.cycle and cycle.year >= self.cycle.year]

    def _news(self):
        """What is new in the plans of one's own, and which of the year's one has not opened."""
        readable = [case for case in self.cases if case.is_readable]
        visits = [case.visit for case in readable if case.visit]
        found = news_of_all([case.plan for case in readable], self.user, visits)
        return [each for each in found.values() if each.is_something or (each.is_first and self._is_of_the_year(each))]

    def _is_of_the_year(self, news):
        return news.plan.cycle_id == self.cycle.pk

    def _entry(self, standing):
        district = standing.district.pk
        case = next((case for case in self._of(self.cycle) if case.plan.district_id == district), None)
        access = access_of(self.user)
        return Own(
            standing=standing,
            case=case,
            next=todo.next_told(case) if case and case.is_readable else "",
            may_read_some=access.allows(P.READ_DECIDED, district),
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
