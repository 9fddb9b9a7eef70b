"""Saying which indicator a goal of a plan is to be seen in, from where to where."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from followup.forms.goal_indicators import GoalForm
from followup.indicators import goals as goal_values
from followup.indicators.trends import indicators_for
from plans.permissions import check_edit
from plans.views.rows import RowPage

GOALS = {"action": "operational_goals", "area": "targets"}


@never_cache
@require_http_methods(["GET", "POST"])
def goals(request, district, year, uid):
    """Choose for each goal of an action, or each delmål of an area; only goals that are entered one by one have any."""
    page = RowPage(request, district, year, "", uid)
    if page.place is None or page.kind not in GOALS:
        raise Http404
    check_edit(request.user, page.plan)
    found = getattr(page.place.node, GOALS[page.kind])
    chosen = goal_values.chosen_for(page.plan, [goal.uid for goal in found])
    posted = request.method == "POST"
    indicators = list(indicators_for(request.user)) if found else []
    forms = [
        GoalForm(request.POST if posted else None, goal=goal, chosen=chosen.get(str(goal.uid)), indicators=indicators)
        for goal in found
    ]
    wrong = [form for form in forms if form.errors]
    if posted and not wrong:
        written = {str(form.goal.uid): form.written for form in forms}
        goal_values.choose(page.plan, written, by=request.user)
        messages.success(request, "Målens indikatorer är sparade." if forms else "Det fanns inga mål att koppla.")
        told = goal_values.baseline_target_outcome(page.plan)
        if any(told[goal].doubt for goal in written if goal in told):
            messages.warning(request, "Ett målvärde är sämre än nuläget. Läs vad som står vid målet.")
        return redirect(request.path if forms else page.address("row"))
    values = goal_values.baseline_target_outcome(page.plan) if chosen else {}
    context = page.context() | {
        "forms": [(form, form.warning(page.plan.year), values.get(str(form.goal.uid))) for form in forms],
        "mistakes": [mistake for form in forms for mistake in form.mistakes()] if posted else [],
        "word": "delmål" if page.kind == "area" else "operativa mål",
    }
    return render(request, "followup/goal_indicators.html", context, status=422 if posted else 200)
