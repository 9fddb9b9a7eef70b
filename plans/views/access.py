"""Fetching what a page is about, and asking whether it may be changed."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect

from agreements.scope import lookup_of
from plans.models import ActionPlan, PlanVersion
from plans.permissions import check_edit


def readable_plan(request, district, year):
    """Return the district's plan for the year; raise Http404 if there is none that the person may read."""
    return get_object_or_404(readable_plans(request, district, year).with_place())


def readable_plans(request, district, year):
    """Return the queryset that holds that one plan, or nothing."""
    return ActionPlan.objects.visible_to(request.user).filter(**lookup_of(district), cycle__year=year)


def readable_versions(request, district, year):
    """Return the plan's decided versions that the person may read, the latest first."""
    versions = PlanVersion.objects.visible_to(request.user).with_place()
    return versions.filter(**lookup_of(district, "plan__district"), plan__cycle__year=year)


def or_decided_version(view):
    """Send one who may not read the plan as it now stands to its latest decided version, if that is theirs to read."""

    @wraps(view)
    def answer(request, district, year, **rest):
        try:
            return view(request, district, year, **rest)
        except Http404:
            is_readable = readable_plans(request, district, year).exists()  # then it is the tab that is not there
            version = None if is_readable else readable_versions(request, district, year).first()
            if version is None:
                raise
            return redirect(version)

    return answer


def why_not_edit(user, plan):
    """Return the reason why the person may not change the plan, in Swedish; empty if they may."""
    try:
        check_edit(user, plan)
    except PermissionDenied as refusal:
        return str(refusal)
    return ""
