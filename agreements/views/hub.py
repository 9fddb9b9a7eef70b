"""Where a person's cooperation begins: the places they take part in, and what stands in each."""

from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from agreements.views.access import own_scopes, scoped


@require_safe
def home(request):
    """Lead to the person's own district; to a list when there are several."""
    scopes = own_scopes(request.user)
    districts = [scope for scope in scopes if not scope.is_city]
    if len(districts) == 1:
        return redirect("cooperation:hub", place=districts[0].slug)
    return render(request, "agreements/home.html", {"scopes": scopes})


@require_safe
@scoped()
def hub(request, scope):
    """The overview of a place's cooperation."""
    return render(request, "agreements/hub.html", {"scope": scope, "tab": "hub"})
