"""The delimited places of a district: the list, a place with all that is said of it, and writing one."""

from functools import wraps

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from agreements.claiming import StaleRow
from agreements.forms.places import PlaceForm
from agreements.models import Place
from agreements.permissions import Permission
from agreements.places import PlaceRefused, save, story, told_of
from agreements.views.access import check, scoped

P = Permission
ASK_WHOM = "Det är trygghetsstrategen och kommunpolisen som lägger in och ändrar platser. Vänd dig till någon av dem."


def of_district(view):
    """Answer 404 for the city as a whole, which has no places of its own."""

    @wraps(view)
    def answer(request, scope, *args, **kwargs):
        if scope.is_city:
            raise Http404
        return view(request, scope, *args, **kwargs)

    return answer


@require_safe
@scoped(P.READ_PICTURES)
@of_district
def place_list(request, scope):
    """The places that hold today, and those that have ended."""
    places = list(_places(request, scope).select_related("neighbourhood"))
    said = told_of(places, request.user)
    today = timezone.localdate()
    rows = [(place, said[place.pk]) for place in places]
    context = {
        "scope": scope,
        "tab": "places",
        "standing": [row for row in rows if row[0].valid_to is None or row[0].valid_to >= today],
        "ended": [row for row in rows if row[0].valid_to is not None and row[0].valid_to < today],
        "may_edit": scope.allows(request.user, P.MANAGE_PLACES),
    }
    return render(request, "agreements/place_list.html", context)


@require_safe
@scoped(P.READ_PICTURES)
@of_district
def place(request, scope, slug):
    """All that is said and done about a place, year by year."""
    found = get_object_or_404(_places(request, scope).select_related("neighbourhood", "district"), slug=slug)
    context = {
        "scope": scope,
        "tab": "places",
        "place": found,
        "has_ended": found.valid_to is not None and found.valid_to < timezone.localdate(),
        "years": story(found, request.user),
        "may_edit": scope.allows(request.user, P.MANAGE_PLACES),
    }
    return render(request, "agreements/place_detail.html", context)


@require_http_methods(["GET", "POST"])
@scoped(P.READ_PICTURES)
@of_district
def add(request, scope):
    """Add a place to the district."""
    check(request.user, P.MANAGE_PLACES, scope, ASK_WHOM)
    return _write(request, scope, Place(district=scope.district, valid_from=timezone.localdate()))


@require_http_methods(["GET", "POST"])
@scoped(P.READ_PICTURES)
@of_district
def edit(request, scope, slug):
    """Change a place, or end it."""
    found = get_object_or_404(_places(request, scope).select_related("district"), slug=slug)
    check(request.user, P.MANAGE_PLACES, scope, ASK_WHOM)
    return _write(request, scope, found)


def _places(request, scope):
    return Place.objects.visible_to(request.user).filter(district=scope.district)


def _write(request, scope, place):
    posted = request.method == "POST"
    name = place.name
    form = PlaceForm(request.POST if posted else None, place=place)
    if posted and form.is_valid():
        try:
            saved = save(place, form.values(), seen=form.cleaned_data["row_version"])
        except PlaceRefused as refusal:
            form.add_error("name", str(refusal))
        except StaleRow as stale:
            form.found_stale(stale)
        else:
            messages.success(request, f"{saved} är sparad.")
            return redirect("cooperation:delimited_place", scope.slug, saved.slug)
    context = {
        "scope": scope,
        "tab": "places",
        "form": form,
        "mistakes": form.mistakes(),
        "name": name,
        "slug": "" if place._state.adding else place.slug,
    }
    return render(request, "agreements/place_form.html", context, status=422 if form.is_bound else 200)
