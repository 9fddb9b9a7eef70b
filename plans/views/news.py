"""What others have done in a plan since the person was there."""

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from plans.history import SHOWN_ROWS, Telling, may_follow
from plans.loading import load
from plans.news import news_of, rows_told, step_told, visit
from plans.offers import sides_of
from plans.outline import Outline
from plans.views.access import or_decided_version, readable_plan
from plans.wording import Wording


@require_safe
@or_decided_version
def news(request, district, year):
    """The rows that have changed, word by word, and the steps and comments, with links to where they stand."""
    plan = readable_plan(request, district, year)
    found = news_of(plan, request.user, visit(plan, request.user))
    context = {
        "plan": plan,
        "news": found,
        "rows": _rows(found)[:SHOWN_ROWS],
        "hidden": max(len(found.rows) - SHOWN_ROWS, 0),
        "with_reasons": may_follow(request.user, plan),
        "steps": [(step, step_told(step)) for step in found.steps],
        "remarks": _remarks(found),
        "crumbs": [
            (reverse("plans:list"), "Åtgärdsplaner"),
            (reverse("plans:plan", args=[district, year]), f"{plan.scope} {plan.year}"),
        ],
    }
    return render(request, "plans/news.html", context)


def _rows(found):
    if not found.rows:
        return []
    outline = Outline(load(found.plan, with_parts=False).document)
    return rows_told(found, Telling(outline, Wording(outline, dict(sides_of(found.plan)))))


def _remarks(found):
    """Return (what was said, the comment it is about) of new comments and answers, newest first."""
    said = [
        *((comment, comment) for comment in found.comments),
        *((answer, answer.comment) for answer in found.answers),
    ]
    return sorted(said, key=lambda pair: pair[0].at, reverse=True)
