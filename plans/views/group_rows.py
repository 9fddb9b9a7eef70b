"""Choosing which rows of a plan a working group works on."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from agreements.enums import GroupKind
from agreements.groups.composition import address_of, check_change
from agreements.models import CollaborationGroup
from plans.group_rows import choose, chosen_rows
from plans.loading import load
from plans.outline import Outline
from plans.views.access import readable_plan


@require_http_methods(["GET", "POST"])
def group_rows(request, district, year, group):
    """The plan's rows to tick, for a working group of the same place; for those who appoint it (P19)."""
    plan = readable_plan(request, district, year)
    visible = CollaborationGroup.objects.visible_to(request.user).filter(district=plan.district_id)
    found = get_object_or_404(visible.select_related("district"), slug=group)
    if found.kind != GroupKind.WORKING:
        raise Http404
    check_change(request.user, found)
    outline = Outline(load(plan, with_parts=False).document)
    if request.method == "POST":
        changed = choose(
            plan,
            found,
            seen=set(request.POST.getlist("vald")),
            wanted=set(request.POST.getlist("rad")),
            there=set(outline.places),
        )
        messages.success(request, "Gruppens rader är sparade." if changed else "Inget ändrades.")
        return redirect(address_of(found))
    context = {
        "plan": plan,
        "group": found,
        "areas": [(area, _rows_under(outline, area)) for area in outline.of_kind["area"]],
        "chosen": chosen_rows(plan, found),
        "crumbs": [
            (reverse("plans:list"), "Åtgärdsplaner"),
            (plan.get_absolute_url(), f"{plan.scope} {plan.year}"),
        ],
        "back": address_of(found),
    }
    return render(request, "plans/group_rows.html", context)


def _rows_under(outline, place):
    """Return the rows under the place, each followed by its own, as they stand in the sheet."""
    return [row for below in outline.below(place) for row in (below, *_rows_under(outline, below))]
