"""Fetching what a page is about, and asking whether it may be changed."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404

from plans.models import ActionPlan
from plans.permissions import check_edit


def readable_plan(request, district, year):
    """Return the district's plan for the year; raise Http404 if there is none that the person may read."""
    return get_object_or_404(readable_plans(request, district, year).with_place())


def readable_plans(request, district, year):
    """Return the queryset that holds that one plan, or nothing."""
    return ActionPlan.objects.visible_to(request.user).filter(district__slug=district, cycle__year=year)


def why_not_edit(user, plan):
    """Return the reason why the person may not change the plan, in Swedish; empty if they may."""
    try:
        check_edit(user, plan)
    except PermissionDenied as refusal:
        return str(refusal)
    return ""
