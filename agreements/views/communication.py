"""The communication plan of a place: the year's activities by area, writing one, and suggesting one to the city."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from agreements import communication
from agreements.claiming import StaleRow
from agreements.enums import ActivityState
from agreements.forms.communication import ActivityForm
from agreements.forms.fields import VersionedForm
from agreements.models import CommunicationActivity
from agreements.permissions import Permission
from agreements.scope import Scope
from agreements.views.access import check, scoped
from agreements.year.steps import cycles
from trygghet.workflow import StepRefused

P = Permission
ASK_WHOM = "Det är beredningsgruppen som skriver kommunikationsplanen. Vänd dig dit med det du vill få in."


@require_safe
@scoped(P.READ_COOPERATION)
def plan(request, scope, year=None):
    """The activities of the year; to a district also the city's, which its own stand beside."""
    years = cycles()
    cycle = communication.cycle_for(years, year)
    if year and not cycle:
        raise Http404
    own = communication.activities_of(request.user, scope, cycle) if cycle else []
    of_city = communication.activities_of(request.user, Scope(None), cycle) if cycle and not scope.is_city else []
    suggestions = [each for each in own if each.state == ActivityState.SUGGESTED]
    context = {
        "scope": scope,
        "tab": "communication",
        "cycle": cycle,
        "years": sorted(years, key=lambda each: each.year),
        "areas": communication.activities_by_area(each for each in own if each.state != ActivityState.SUGGESTED),
        "suggestions": suggestions,
        "city_areas": communication.activities_by_area(of_city),
        "may_write": scope.allows(request.user, P.PLAN_COMMUNICATION),
    }
    return render(request, "agreements/communication.html", context)


@require_http_methods(["GET", "POST"])
@scoped(P.READ_COOPERATION)
def add(request, scope, year):
    """Add an activity to the place's plan."""
    check(request.user, P.PLAN_COMMUNICATION, scope, ASK_WHOM)
    return _write(request, scope, CommunicationActivity(cycle=_cycle(year), district=scope.district))


@require_http_methods(["GET", "POST"])
@scoped(P.READ_COOPERATION)
def suggest(request, scope, year):
    """Suggest an activity to the city's plan (P28: the local organisations are asked for input)."""
    if scope.is_city:
        raise Http404
    check(request.user, P.PLAN_COMMUNICATION, scope, ASK_WHOM)
    return _write(request, scope, communication.suggestion(scope, _cycle(year)), is_suggestion=True)


@require_http_methods(["GET", "POST"])
@scoped(P.READ_COOPERATION)
def edit(request, scope, year, uid):
    """Change an activity of the place's plan."""
    return _write(request, scope, _writable(request, scope, year, uid))


@require_http_methods(["GET", "POST"])
@scoped(P.READ_COOPERATION)
def remove(request, scope, year, uid):
    """Ask whether an activity is to be taken out of the place's plan, and take it out."""
    activity = _writable(request, scope, year, uid)
    form = VersionedForm(
        request.POST if request.method == "POST" else None, initial={"row_version": activity.row_version}
    )
    if not form.is_bound or not form.is_valid():
        context = {"scope": scope, "tab": "communication", "activity": activity, "form": form}
        return render(request, "agreements/communication_remove.html", context, status=422 if form.is_bound else 200)
    try:
        communication.remove(activity, seen=form.cleaned_data["row_version"])
    except StepRefused as refusal:
        messages.error(request, str(refusal))
    except StaleRow:
        messages.error(request, f"Någon har ändrat ”{activity.title}” sedan du öppnade sidan. Den är inte borttagen.")
        return redirect("cooperation:communication_edit", scope.slug, year, uid)
    else:
        messages.success(request, f"”{activity.title}” är borttagen.")
    return redirect("cooperation:communication_year", scope.slug, year)


def _writable(request, scope, year, uid):
    activities = CommunicationActivity.objects.visible_to(request.user).select_related("cycle__area_set")
    activity = get_object_or_404(activities, pk=uid, cycle__year=year, **scope.lookup())
    check(request.user, P.PLAN_COMMUNICATION, scope, ASK_WHOM)
    return activity


def _cycle(year):
    cycle = communication.cycle_for(cycles(), year)
    if cycle is None:
        raise Http404
    return cycle


def _write(request, scope, activity, *, is_suggestion=False):
    posted = request.method == "POST"
    is_new = activity._state.adding
    form = ActivityForm(request.POST if posted else None, activity=activity, is_suggestion=is_suggestion)
    if posted and form.is_valid():
        try:
            communication.save(activity, form.values(), seen=form.cleaned_data["row_version"])
        except StaleRow as stale:
            form.found_stale(stale)
        else:
            messages.success(request, _told(activity, is_new, is_suggestion))
            return redirect("cooperation:communication_year", scope.slug, activity.cycle.year)
    context = {
        "scope": scope,
        "tab": "communication",
        "form": form,
        "mistakes": form.mistakes(),
        "activity": activity,
        "is_new": is_new,
        "is_suggestion": is_suggestion,
    }
    return render(request, "agreements/communication_form.html", context, status=422 if form.is_bound else 200)


def _told(activity, is_new, is_suggestion):
    if is_suggestion:
        return f"Förslaget ”{activity.title}” är lämnat till stadens beredningsgrupp."
    return f"”{activity.title}” är {'tillagd' if is_new else 'ändrad'}."
