"""Writing in a cell where it stands. The page's script posts here; without it, the row's form does the same."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.views.decorators.http import require_POST

from plans import editing
from plans.document import clean_text
from plans.editing import EditRefused, GoneRow, StaleRow, clock
from plans.models import ActionPlan
from plans.operations import FIELD_LABELS, SetFields
from plans.views.access import readable_plans

# The cells of the page. Everything else of a row is written in its form.
CELLS = {
    "area": {"overarching_goal", "not_applicable_reason"},
    "problem": {"title"},
    "cause": {"text"},
    "action": {"text", "goals", "when", "who", "follow_up"},
}


@require_POST
def cell(request, district, year):
    """Write one cell and answer with what then stands there.

    200: ``version``, ``text`` and ``saved_at``.
    409: somebody else has written; both texts, who and when, and what the row
    holds now. 403, 410 and 422: refused for good, with the reason to show.
    """
    steps = _steps(request.POST)
    if request.POST.get("writer", str(request.user.pk)) != str(request.user.pk):
        return _refused(
            "Någon annan har loggat in i den här webbläsaren. Logga in som dig själv, texten finns kvar.", 403
        )
    plans = readable_plans(request, district, year)
    try:
        event = editing.apply(plans, steps, by=request.user, summary=_summary(steps))
    except ActionPlan.DoesNotExist as error:
        raise Http404 from error
    except PermissionDenied as refusal:
        return _refused(refusal, 403)
    except StaleRow as stale:
        return _conflict(plans.get(), stale, request.POST["field"])
    except GoneRow as refusal:
        return _refused(refusal, 410)
    except EditRefused as refusal:
        return _refused(refusal, 422)
    return JsonResponse(_saved(event, steps, request.POST["field"]))


def _steps(posted):
    """Return the writes that were posted; raise Http404 for a cell that the page does not have."""
    kind, field = posted.get("kind", ""), posted.get("field", "")
    if field not in CELLS.get(kind, ()):
        raise Http404
    rows = [(posted.get("uid", ""), posted.get("version", "")), *_shared(posted.get("shared", ""))]
    if not all(version.isdecimal() for _, version in rows):
        raise Http404
    values = {field: posted.get("value", "")}
    return [SetFields(kind=kind, uid=uid, values=values, version=int(version)) for uid, version in rows]


def _shared(text):
    """Return (uid, version) of the rows whose cell is one with the row's."""
    return [tuple(row.rpartition(":")[::2]) for row in text.split()]


def _summary(steps):
    """Say what a cell that is one for several rows was changed in; one row has words of its own."""
    if len(steps) == 1:
        return ""
    label = FIELD_LABELS[steps[0].kind][next(iter(steps[0].values))]
    return f"Ändrade {label} i {len(steps)} åtgärder"


def _saved(event, steps, field):
    grown = 1 if event else 0
    return {
        "version": steps[0].version + grown,
        "versions": {step.uid: step.version + grown for step in steps},
        "text": clean_text(steps[0].values[field]),
        "saved_at": clock(event.at if event else None),
    }


def _refused(refusal, status):
    return JsonResponse({"reason": str(refusal)}, status=status)


def _conflict(plan, stale, field):
    """Both texts, and the row as it now stands so that the page can show it."""
    change = plan.events.filter(rows__uid=stale.uid).select_related("by").first()
    return JsonResponse(
        {
            "reason": str(stale),
            "uid": stale.uid,
            "version": stale.version,
            "mine": stale.mine[field],
            "theirs": stale.theirs[field],
            "by": str(change.by or "Ett kommando") if change else "",
            "at": clock(change.at) if change else "",
            "row": _row_now(plan, stale),
        },
        status=409,
    )


def _row_now(plan, stale):
    """Return what the cells of the row hold now."""
    rows = {"area": plan.planareas, "problem": plan.problems, "cause": plan.causes, "action": plan.actions}
    return rows[stale.kind].filter(uid=stale.uid).values(*CELLS[stale.kind]).first()
