"""Saying which activity in the city's handlingsplan an action serves."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from plans import served
from plans.forms.served import ServedForm
from plans.permissions import check_edit
from plans.views.rows import RowPage
from plans.views.steps import page_at


@never_cache
@require_http_methods(["GET", "POST"])
def row_served(request, district, year, uid):
    """Choose among the activities of the city's decided plan of the year."""
    page = RowPage(request, district, year, "action", uid)
    check_edit(request.user, page.plan)
    if page.place is None or page.plan.scope.is_city:
        raise Http404
    version = served.city_version_for(page.plan, request.user)
    activities = served.activities_of(version) if version else {}
    chosen = served.served_by(page.plan, page.uid, activities)
    posted = request.method == "POST"
    form = ServedForm(request.POST if posted else None, activities=activities, served=chosen)
    if posted and version and form.is_valid():
        served.serve(page.plan, page.uid, version, form.cleaned_data["activities"], by=request.user)
        messages.success(request, f"Det som {page.place.name.lower()} bidrar till är sparat.")
        return redirect(page_at(page.plan, page.uid, page.place.position))
    more = {"form": form, "city_version": version}
    return render(request, "plans/row_served.html", page.context() | more)
