"""The list of plans and the plan itself."""

from dataclasses import dataclass
from functools import partial

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from agreements.year.steps import cycles
from plans import basis, grid, grounds, news, overview
from plans.afterwards import after_decision, before_writing, offers_of, offers_of_cause
from plans.document import Counts
from plans.editing import clock, latest_undoable
from plans.enums import PlanState
from plans.history import may_follow
from plans.loading import load
from plans.outlook import outlook
from plans.views.access import or_decided_version, readable_plan, why_not_edit
from plans.views.comments import discussion_of
from trygghet.dates import day

STEPS = (
    (PlanState.DRAFT, "Utkast"),
    (PlanState.IN_REVIEW, "På granskning"),
    (PlanState.READY_FOR_DECISION, "Klar för beslut"),
    (PlanState.DECIDED, "Beslutad"),
)
LAST_STEP = "Uppföljning"
"""What comes after the states of the plan (followup)."""


@require_safe
def plan_list(request):
    """Every district's plan for a year, as much as the person may know."""
    years, context = _standings_of(request, request.GET.get("ar", ""))
    return render(request, "plans/plan_list.html", context | {"years": years})


def _standings_of(request, year=""):
    """Return the years, and the context of the table of districts in one of them."""
    years = cycles()
    cycle = overview.chosen_cycle(request.user, years, year)
    standings = overview.standings(request.user, cycle) if cycle else []
    counted = [standing.counts for standing in standings if standing.address]
    knows_all = all(standing.is_known for standing in standings)  # a sum of some would mislead
    return years, {
        "cycle": cycle,
        "standings": standings,
        "sum": sum(counted, Counts(0, 0, 0)) if len(counted) > 1 and knows_all else None,
        "readable_count": len(counted),
    }


@require_safe
@or_decided_version
def plan(request, district, year, position=1):
    """The plan as the template's grid, one area at a time."""
    page = _Page(request, district, year)
    if position not in range(1, max(len(page.tabs), 1) + 1):  # a plan without areas still has its page
        raise Http404
    context = page.context() | {"tab": None, "section": None, "opened_row": request.GET.get("rad", "")}
    if page.tabs:
        context |= page.area(position, may_edit=context["may_edit"])
    return render(request, "plans/plan.html", context)


@require_safe
@or_decided_version
def analysis(request, district, year):
    """The template's Analys tab: how many problems, causes and actions in each area."""
    page = _Page(request, district, year)
    document = page.loaded.document
    more = {"tab": None, "sum": document.counts(), "commitments": document.commitments()}
    return render(request, "plans/plan_analysis.html", page.context() | more)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the line that shows where the plan stands."""

    label: str
    is_now: bool
    is_done: bool


class _Page:
    """What every tab of a plan's page shows."""

    def __init__(self, request, district, year):
        self.request = request
        self.plan = readable_plan(request, district, year)
        self.loaded = load(self.plan, with_parts=False)
        self.tabs = grid.tabs(self.loaded.document)
        self.discussion = discussion_of(self.plan, request.user)
        self.afterwards = after_decision(self.plan, request.user)
        self.news = news.news_of(self.plan, request.user, news.visit(self.plan, request.user))

    def context(self):
        why_not = why_not_edit(self.request.user, self.plan)
        return {
            "plan": self.plan,
            "steps": self._steps(),
            "afterwards": self.afterwards,
            "beforehand": before_writing(self.plan, self.request.user),
            "tabs": self.tabs,
            "may_edit": not why_not,
            "may_follow": may_follow(self.request.user, self.plan),
            "why_not": why_not,
            "outlook": outlook(self.plan, self.request.user, self.loaded.document, may_edit=not why_not),
            "latest": latest_undoable(self.plan) if not why_not else None,
            "saved": self._saved(),
            "row_base": self.base,
            "discussion": self.discussion,
            "news": self.news,
            "basis": basis.told(self.plan, self.request.user),
            "change_basis": self._change_basis(may_edit=not why_not),
        }

    def area(self, position, *, may_edit):
        """What the tab of the area in that place shows."""
        section = self.loaded.document.areas[position - 1]
        base = self.base if may_edit else ""
        problems = grid.problems(section, self.loaded.versions, base, self.discussion)
        grid.put_marks(problems, self.news.marks())
        grid.put_offers(problems, offers_of(self.plan, self.request.user))
        grid.put_cause_offers(problems, partial(offers_of_cause, self.plan, user=self.request.user))
        found = grounds.grounds_of(self.plan, self.request.user)
        grid.put_grounds(problems, grounds.link_in_grid(self.plan, found))
        return {
            "tab": self.tabs[position - 1],
            "section": section,
            "offers_parts": self.plan.scope.is_city,
            "lines": grid.area_lines(section, self.loaded.versions, base),
            "columns": grid.COLUMNS,
            "problems": problems,
            "area_comments": self.discussion and self.discussion.of_area(section),
        }

    def _steps(self):
        is_begun = any(told.is_now or told.is_done for told in self.afterwards)
        states = [state for state, _ in STEPS]
        now = len(STEPS) if is_begun else states.index(self.plan.state)
        steps = [Step(label, at == now, at < now) for at, (_, label) in enumerate(STEPS)]
        is_over = any(told.is_done for told in self.afterwards)
        return [*steps, Step(LAST_STEP, is_begun and not is_over, is_over)]

    def _change_basis(self, *, may_edit):
        """Where the writer of a draft chooses what it stands on, or ""."""
        may_change = may_edit and self.plan.state == PlanState.DRAFT
        return reverse("plans:basis", args=[self.plan.scope.slug, self.plan.year]) if may_change else ""

    def _saved(self):
        """When the plan was last changed, in words: the time today, else the date."""
        last = self.plan.events.values_list("at", flat=True).first()
        if last is None:
            return ""
        if timezone.localdate(last) == timezone.localdate():
            return f"Sparat {clock(last)}"
        return f"Sparat {day(last)}"

    @property
    def base(self):
        """The beginning of the rows' addresses."""
        return reverse("plans:plan", args=[self.plan.scope.slug, self.plan.year]) + "rad/"
