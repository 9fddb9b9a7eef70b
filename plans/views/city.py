"""The city's page: every district's way through the year, for the groups that follow them all."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from agreements.permissions import Permission, access_of
from agreements.year.steps import cycles
from plans import overview
from plans.city_workbook import MEDIA_TYPE, workbook_bytes
from plans.consolidation import consolidate


@require_safe
def latest(request):
    """The latest year in which a district has begun a plan."""
    _check_sees_city(request.user)
    cycle = overview.latest_begun(cycles())
    if cycle is None:
        raise Http404
    return redirect("city:year", cycle.year)


@require_safe
def year(request, year):
    """Every district's steps and figures in the year."""
    _check_sees_city(request.user)
    years = cycles()
    city = consolidate(request.user, _cycle_of(years, year))
    may_receive = access_of(request.user).allows(Permission.RECEIVE, None)
    return render(request, "city/year.html", {"city": city, "years": years, "may_receive": may_receive})


@require_safe
def workbook(request, year):
    """The same tables as a workbook."""
    _check_sees_city(request.user)
    city = consolidate(request.user, _cycle_of(cycles(), year))
    return HttpResponse(
        workbook_bytes(city, timezone.localtime()),
        content_type=MEDIA_TYPE,
        headers={
            "Content-Disposition": content_disposition_header(True, f"Staden {year}.xlsx"),
            "Cache-Control": "private, no-store",
        },
    )


def _check_sees_city(user):
    """Raise Http404 for people who do not follow all districts: to them the page does not exist."""
    if not access_of(user).allows(Permission.SEE_CITY, None):
        raise Http404


def _cycle_of(years, year):
    """Return that year; raise Http404 if no plans are written for it."""
    cycle = next((cycle for cycle in years if cycle.year == year), None)
    if cycle is None:
        raise Http404
    return cycle
