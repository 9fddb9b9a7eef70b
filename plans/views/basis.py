"""What the plan stands on: choosing another agreement or situation picture while it is a draft."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from plans import basis as grounds
from plans.enums import PlanState
from plans.errors import EditRefused
from plans.forms.basis import BasisForm
from plans.permissions import check_edit
from plans.views.access import readable_plan


@require_http_methods(["GET", "POST"])
def basis(request, district, year):
    """Choose which agreement and which picture the draft stands on."""
    plan = readable_plan(request, district, year)
    check_edit(request.user, plan)
    if plan.state != PlanState.DRAFT:
        messages.error(request, "Planen är inte ett utkast, så det den bygger på kan inte bytas.")
        return redirect(plan)
    posted = request.method == "POST"
    form = BasisForm(
        request.POST if posted else None,
        agreements=grounds.agreements_for(plan, request.user),
        pictures=grounds.pictures_for(plan, request.user),
        seen=grounds.seen_of(plan),
        initial={"agreement": plan.agreement_id, "picture": plan.picture_id},
    )
    if posted and form.is_valid():
        return _change(request, plan, form)
    context = {
        "plan": plan,
        "form": form,
        "mistakes": form.mistakes(),
        "area_set": grounds.areas_of(plan),
        "crumbs": [
            (reverse("plans:list"), "Åtgärdsplaner"),
            (plan.get_absolute_url(), f"{plan.scope} {plan.year}"),
        ],
    }
    return render(request, "plans/basis.html", context)


def _change(request, plan, form):
    chosen = form.cleaned_data
    try:
        is_changed = grounds.change(plan, chosen["agreement"], chosen["picture"], seen=form.seen, by=request.user)
    except EditRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("plans:basis", plan.scope.slug, plan.year)
    messages.success(request, "Underlaget är bytt." if is_changed else "Underlaget är detsamma som förut.")
    return redirect(plan)
