"""What the menu of a row does at once: add a row beside or under it, move it a step, take it away."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from plans import editing
from plans.errors import EditRefused
from plans.loading import load
from plans.operations import PARENT_KIND
from plans.outline import Outline
from plans.permissions import check_edit
from plans.views.access import readable_plan

REMOVED = {
    "area": "Området är borttaget",
    "problem": "Problemområdet är borttaget",
    "cause": "Orsaken är borttagen",
    "action": "Åtgärden är borttagen",
}


def page_at(plan, uid, position=None):
    """Return the address of the plan's page, at the row."""
    place = [plan.scope.slug, plan.year]
    address = reverse("plans:area", args=[*place, position]) if position else reverse("plans:plan", args=place)
    return f"{address}?rad={uid}#rad-{uid}"


def position_of(plan, kind, uid):
    """Return the place of the tab where the row stands, None if the row is gone (1 query)."""
    paths = {"area": "uid", "problem": "problems__uid", "cause": "problems__causes__uid",
             "action": "problems__actions__uid"}  # fmt: skip
    return plan.planareas.filter(**{paths[kind]: uid}).values_list("position", flat=True).first()


def _editable_plan(request, district, year):
    plan = readable_plan(request, district, year)
    check_edit(request.user, plan)
    return plan


def _refused(request, plan, refusal, kind, uid):
    messages.error(request, str(refusal))
    return redirect(page_at(plan, uid, position_of(plan, kind, uid)))


@require_POST
def add(request, district, year, kind, uid, new_kind):
    """Add an empty row: of the same kind after this one, or of the kind below last under it."""
    plan = _editable_plan(request, district, year)
    try:
        parent, after = _place_for(plan, kind, uid, new_kind)
        event = editing.add(plan, new_kind, parent, after=after, by=request.user)
    except EditRefused as refusal:
        return _refused(request, plan, refusal, kind, uid)
    new = event.operations[0]["uid"]
    return redirect(page_at(plan, new, position_of(plan, new_kind, new)))


def _place_for(plan, kind, uid, new_kind):
    """Return (parent, row to come after or None for last); raise Http404 for what no menu offers."""
    if new_kind == "area" or new_kind not in PARENT_KIND:
        raise Http404
    if PARENT_KIND[new_kind] == kind:
        return str(uid), None
    if new_kind != kind:
        raise Http404
    place = Outline(load(plan, with_parts=False).document).find(kind, uid)
    if place is None:
        raise editing.GoneRow
    parents = {"problem": str(place.area.uid), "cause": place.problem and place.problem.uid,
               "action": place.cause and place.cause.uid}  # fmt: skip
    return parents[kind], place.uid


@require_POST
def move_step(request, district, year, kind, uid, step):
    """Move the row one step up or down among its siblings."""
    plan = _editable_plan(request, district, year)
    move = editing.move_up if step == "upp" else editing.move_down
    try:
        if move(plan, kind, uid, by=request.user) is None:
            edge = "först" if step == "upp" else "sist"
            messages.info(request, f"Raden står redan {edge}.")
    except EditRefused as refusal:
        return _refused(request, plan, refusal, kind, uid)
    return redirect(page_at(plan, uid, position_of(plan, kind, uid)))


@require_POST
def remove(request, district, year, kind, uid):
    """Take the row away with all under it; the plan's page then offers to undo it."""
    plan = _editable_plan(request, district, year)
    position = position_of(plan, kind, uid)
    try:
        editing.remove(plan, kind, uid, by=request.user)
    except EditRefused as refusal:
        return _refused(request, plan, refusal, kind, uid)
    messages.success(request, f"{REMOVED[kind]}. Du kan ångra det överst på sidan.")
    if kind == "area":
        return redirect(plan)
    return redirect("plans:area", plan.scope.slug, plan.year, position)
