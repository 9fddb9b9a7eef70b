"""The year of a place's cooperation: the wheel and the list, the city's days, and a person's calendar."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements.facts import facts_of
from agreements.forms.year import YearDatesForm
from agreements.navigation import tabs_of
from agreements.permissions import Permission, access_of
from agreements.views.access import check, scoped
from agreements.year import calendar_feed
from agreements.year import city as city_year
from agreements.year.days import date_warnings, set_days
from agreements.year.next_year import next_to_put_up, put_up
from agreements.year.steps import (
    addresses_of,
    current_cycle,
    cycles,
    days_of,
    in_words,
    progress_of,
    signs_of,
)
from agreements.year.wheel import draw
from trygghet.workflow import StepRefused

WHO_SETS_DAYS = (
    "Det är den centrala beredningsgruppen och den som förvaltar Trygghet som sätter årets dagar. "
    "Vänd dig dit om en dag inte stämmer."
)


# --- The year


@require_safe
@scoped(Permission.READ_COOPERATION)
def year(request, scope):
    """Lead to the year that is worked with."""
    cycle = current_cycle(cycles())
    if cycle is None:
        return render(request, "agreements/year_none.html", {"scope": scope, "tab": "year"})
    return redirect("cooperation:year_of", scope.slug, cycle.year)


@require_safe
@scoped(Permission.READ_COOPERATION)
def year_of(request, scope, year):
    """The year as a wheel and as a list: what is done, due and late in the place."""
    years = cycles()
    cycle = _cycle_of(years, year)
    today = timezone.localdate()
    steps = city_year.city_progress(cycle, user=request.user) if scope.is_city else _district(request, scope, cycle)
    return render(
        request,
        "agreements/year_city.html" if scope.is_city else "agreements/year.html",
        {
            "scope": scope,
            "tab": "year",
            "cycle": cycle,
            "years": sorted(years, key=lambda each: each.year),
            "steps": steps,
            "told": city_year.in_words(steps, today) if scope.is_city else in_words(steps, today),
            "signs": signs_of(steps),
            "wheel_name": f"Årshjul {cycle.year}, {scope.mid_phrase}",
            "wheel": draw(cycle.year, [(each.due, each) for each in steps], today),
            "today": today,
            "may_set": access_of(request.user).allows(Permission.SET_YEAR, None),
            "next_year": next_to_put_up(years, today),
            "sees_districts": access_of(request.user).allows(Permission.SEE_CITY, None),
        },
    )


def _district(request, scope, cycle):
    return progress_of(
        scope.pk,
        cycle,
        facts=facts_of([scope.pk], cycle),
        user=request.user,
        addresses=addresses_of(request.user, [scope.pk], cycle),
        tabs={tab.name: address for tab, address in tabs_of(request.user, scope)},
    )


def _cycle_of(years, year):
    """Return that year; raise Http404 if the city has not put it up."""
    cycle = next((cycle for cycle in years if cycle.year == year), None)
    if cycle is None:
        raise Http404
    return cycle


# --- The year that comes, and the days of the year


@require_POST
@scoped(Permission.READ_COOPERATION)
def year_put_up(request, scope, year):
    """Put up the next planning year, and lead to its days to be checked."""
    if not scope.is_city:
        raise Http404
    check(request.user, Permission.SET_YEAR, scope, WHO_SETS_DAYS)
    try:
        cycle, is_new = put_up(year)
    except StepRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("cooperation:year", scope.slug)
    if is_new:
        told = f"{cycle.year} är upplagt, med de områden som gäller då: {cycle.area_set}."
        messages.success(request, f"{told} Dagarna är flyttade ett år från året före. Se efter att de stämmer.")
    else:
        messages.info(request, f"{cycle.year} är redan upplagt.")
    return redirect("cooperation:year_dates", scope.slug, cycle.year)


@require_http_methods(["GET", "HEAD", "POST"])
@scoped(Permission.READ_COOPERATION)
def year_dates(request, scope, year):
    """The last days of the year's steps, set by the city for everybody."""
    cycle = _cycle_of(cycles(), year)
    if not scope.is_city:
        raise Http404
    check(request.user, Permission.SET_YEAR, scope, WHO_SETS_DAYS)
    posted = request.method == "POST"
    form = YearDatesForm(request.POST if posted else None, cycle=cycle)
    if posted and form.is_valid():
        set_days(cycle, form.days())
        messages.success(request, f"Dagarna för {cycle.year} är sparade.")
        for warning in date_warnings(form.days()):
            messages.warning(request, warning)
        return redirect("cooperation:year_of", scope.slug, cycle.year)
    context = {"scope": scope, "tab": "year", "cycle": cycle, "form": form}
    context |= {
        "mistakes": form.mistakes() if posted else [],
        "warnings": [] if posted else date_warnings(days_of(cycle)),
    }
    return render(request, "agreements/year_dates.html", context, status=422 if posted else 200)


# --- The calendar


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def calendar(request):
    """The person's own calendar address; POST makes it, or a new one that makes the old one dead."""
    if request.method == "POST":
        had_one = calendar_feed.address_of(request.user) is not None
        calendar_feed.renew(request.user)
        told = "Adressen är förnyad. Den gamla fungerar inte längre." if had_one else "Din kalender har fått en adress."
        messages.success(request, told)
        return redirect("cooperation:calendar")
    mine = calendar_feed.address_of(request.user)
    address = reverse("cooperation:calendar_feed", args=[mine.secret]) if mine else ""
    context = {"address": request.build_absolute_uri(address) if mine else "", "renewed_at": mine and mine.renewed_at}
    return render(request, "agreements/calendar.html", context)


@login_not_required
@require_safe
def feed(request, secret):
    """The calendar at a secret address: who has the address reads it, as the person's access is today."""
    user = calendar_feed.owner_of(secret)
    if user is None:
        raise Http404
    body = calendar_feed.calendar_of(user, site=settings.SITE_URL)
    return HttpResponse(
        body,
        content_type="text/calendar; charset=utf-8",
        headers={"Cache-Control": "private, no-store", "Content-Disposition": 'inline; filename="trygghet.ics"'},
    )
