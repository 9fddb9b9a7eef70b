"""Where a person's cooperation begins: the places they take part in, and what stands in each."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from agreements.asking_once import asking_once
from agreements.hub import hub_of, lines_of, told_of
from agreements.permissions import Permission, access_of
from agreements.views.access import own_scopes, scoped
from agreements.year.steps import current_cycle, cycles

P = Permission


@require_safe
@asking_once()
def home(request):
    """Lead to the person's own district; to a list when there are several."""
    scopes = own_scopes(request.user)
    districts = [scope for scope in scopes if not scope.is_city]
    if len(districts) == 1:
        return redirect("cooperation:hub", place=districts[0].slug)
    lines = lines_of(scopes, request.user)
    context = {
        "lines": lines,
        "told": told_of(lines),
        "cycle": current_cycle(cycles()),
        "may_see_mail": access_of(request.user).allows(P.SEE_MAIL, None),
    }
    return render(request, "agreements/home.html", context)


@require_safe
@asking_once()
@scoped()
def hub(request, scope):
    """The overview of a place's cooperation."""
    context = {"scope": scope, "tab": "hub", "hub": hub_of(scope, request.user)}
    return render(request, "agreements/hub.html", context)
