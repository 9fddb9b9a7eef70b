"""The indicators: the list, an indicator with its measurements and chart, and writing them."""

from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import condition, require_http_methods, require_safe

from agreements.claiming import StaleRow
from followup import charts
from followup.forms.indicators import IndicatorForm, MeasurementForm, RemoveForm, places_to_enter
from followup.indicators import exports as indicator_exports
from followup.indicators import measurements
from followup.indicators import pages as indicator_pages
from followup.indicators import trends as indicators
from followup.indicators.periods import period_of
from followup.models import Indicator

WHO_DEFINES = (
    "Det är den centrala beredningsgruppen som bestämmer vilka indikatorer staden har. Vänd dig dit med det du saknar."
)
WHO_ENTERS = (
    "Det är stadsdelens trygghetsstrateg som lägger in områdets mätvärden, och den centrala beredningsgruppen som "
    "lägger in stadens. Vänd dig dit med det som saknas eller är fel."
)
ALREADY_THERE = "Det finns redan ett värde för området och perioden. Ändra det i stället, eller rätta perioden."


def reads_indicators(user):
    """Raise Http404 for whoever reads indicators nowhere: to them there are none."""
    if not indicators.reads(user):
        raise Http404


def readable(request, code):
    """Return the indicator; 404 for whoever may not know of it."""
    return get_object_or_404(indicators.indicators_for(request.user), code=code)


def chosen_place(request, places):
    """Return the place that the address asks for, or the one to begin with."""
    asked = {place.slug: place for place in places}.get(request.GET.get("omrade", ""))
    return asked or indicators.first_place(request.user, places)


# --- The list


@require_safe
def indicator_list(request):
    """Every indicator with its latest value, in the person's district beside the city."""
    reads_indicators(request.user)
    places = indicators.places_for(request.user)
    place = chosen_place(request, places)
    context = {
        "places": places,
        "place": place,
        "rows": indicator_pages.list_rows(request.user, place),
        "may_define": indicators.may_define(request.user),
        "may_enter": bool(indicators.entered_by(request.user)),
    }
    return render(request, "followup/indicator_list.html", context)


# --- An indicator


@require_safe
def indicator(request, code):
    """An indicator in a place beside the city: the chart, the same as a table, and every district's latest value."""
    found = readable(request, code)
    places = indicators.places_for(request.user)
    place = chosen_place(request, places)
    page = indicator_pages.IndicatorPage(found, request.user, place, places)
    context = {
        "page": page,
        "indicator": found,
        "places": places,
        "place": place,
        "may_define": indicators.may_define(request.user),
        "may_enter": measurements.may_enter(request.user, place.pk),
        "may_enter_some": bool(indicators.entered_by(request.user)),
    }
    return render(request, "followup/indicator.html", context)


def _figure(request, code, where):
    """The figure of the chart's address, made once for the request."""
    if not hasattr(request, "_figure"):
        found = readable(request, code)
        places = {each.slug: each for each in indicators.places_for(request.user)}
        if where not in places:
            raise Http404
        request._figure = indicator_pages.IndicatorPage(found, request.user, places[where], ()).figure
        if not request._figure.can_be_drawn:
            raise Http404
    return request._figure


def _chart(request, code, where):
    drawn = _figure(request, code, where).chart
    return replace(drawn, is_narrow=True) if "smal" in request.GET else drawn


def _fingerprint(request, code, where):
    return f'"{_chart(request, code, where).fingerprint}"'


@require_safe
@cache_control(private=True, no_cache=True)
@condition(etag_func=_fingerprint)
def chart(request, code, where):
    """The chart as an image; a reader who has it already is told so, without anything being drawn."""
    drawn = charts.svg_of(_chart(request, code, where))
    return HttpResponse(drawn, content_type="image/svg+xml")


@require_safe
def export(request, code, format):
    """Every measurement of the indicator that may be shown, as a file."""
    found = readable(request, code)
    if format not in indicator_exports.FORMATS:
        raise Http404
    file = indicator_exports.export(found, request.user, format)
    headers = {
        "Content-Disposition": content_disposition_header(True, file.name),
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(file.content, content_type=file.media_type, headers=headers)


# --- Defining


@never_cache
@require_http_methods(["GET", "POST"])
def new_indicator(request):
    """Say what one more thing that is measured is."""
    reads_indicators(request.user)
    if not indicators.may_define(request.user):
        raise PermissionDenied(WHO_DEFINES)
    posted = request.method == "POST"
    form = IndicatorForm(request.POST if posted else None, user=request.user)
    if posted and form.is_valid():
        made = measurements.define(form.values())
        messages.success(request, f"{made} är tillagd. Nu kan stadsdelarna lägga in mätvärden.")
        return redirect("followup:indicator", made.code)
    return _indicator_form(request, form, None)


@never_cache
@require_http_methods(["GET", "POST"])
def edit_indicator(request, code):
    """Change what an indicator is."""
    found = readable(request, code)
    if not indicators.may_define(request.user):
        raise PermissionDenied(WHO_DEFINES)
    posted = request.method == "POST"
    form = IndicatorForm(request.POST if posted else None, user=request.user, indicator=found)
    if posted and form.is_valid():
        try:
            measurements.redefine(found, form.values(), seen=form.cleaned_data["row_version"])
        except StaleRow as stale:
            form.found_stale(stale)
        else:
            messages.success(request, f"{found} är ändrad.")
            return redirect("followup:indicator", found.code)
    return _indicator_form(request, form, found)


def _indicator_form(request, form, found):
    context = {"form": form, "indicator": found, "mistakes": form.mistakes() if form.is_bound else []}
    status = 422 if form.is_bound else 200
    return render(request, "followup/indicator_form.html", context, status=status)


# --- Measurements


@never_cache
@require_http_methods(["GET", "POST"])
def new_measurement(request, code):
    """Enter a value of a place and a period."""
    found = readable(request, code)
    places = places_to_enter(request.user, indicators.places_for(request.user))
    if not places:
        raise PermissionDenied(WHO_ENTERS)
    posted = request.method == "POST"
    asked = {place.slug: place for place in places}.get(request.GET.get("omrade", ""), places[0])
    form = MeasurementForm(
        request.POST if posted else None, user=request.user, indicator=found, places=places, place=asked
    )
    if posted and form.is_valid():
        try:
            made = measurements.enter(found, form.measured(), by=request.user)
        except measurements.AlreadyThere:
            form.add_error(None, ALREADY_THERE)
        else:
            messages.success(request, f"Värdet för {_where(made)} {period_of(made)} är sparat.")
            return redirect(_at_place(found, made))
    return _measurement_form(request, form, found, None)


def changeable(request, code, pk):
    """Return the indicator and the measurement, if the person may change it; 404 and 403 for the others."""
    found = readable(request, code)
    row = get_object_or_404(
        found.measurements.visible_to(request.user).select_related("district", "neighbourhood"), pk=pk
    )
    if not measurements.may_enter(request.user, row.district_id):
        raise PermissionDenied(WHO_ENTERS)
    return found, row


@never_cache
@require_http_methods(["GET", "POST"])
def edit_measurement(request, code, pk):
    """Change a value, as somebody read it."""
    found, row = changeable(request, code, pk)
    posted = request.method == "POST"
    form = MeasurementForm(
        request.POST if posted else None, user=request.user, indicator=found, places=(), measurement=row
    )
    if posted and form.is_valid():
        try:
            measurements.change(row, form.measured(), seen=form.cleaned_data["row_version"], by=request.user)
        except StaleRow as stale:
            form.found_stale(stale)
        except measurements.AlreadyThere:
            form.add_error(None, ALREADY_THERE)
        else:
            messages.success(request, f"Värdet för {_where(row)} {period_of(row)} är ändrat.")
            return redirect(_at_place(found, row))
    return _measurement_form(request, form, found, row)


def _measurement_form(request, form, found, row):
    context = {
        "form": form,
        "indicator": found,
        "row": row,
        "where": _where(row) if row else "",
        "period": period_of(row) if row else "",
        "mistakes": form.mistakes() if form.is_bound else [],
    }
    status = 422 if form.is_bound else 200
    return render(request, "followup/measurement_form.html", context, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def remove_measurement(request, code, pk):
    """Remove a value that was entered by mistake, having said which it is."""
    found, row = changeable(request, code, pk)
    posted = request.method == "POST"
    where, period = _where(row), period_of(row)
    form = RemoveForm(request.POST if posted else None, initial={"row_version": row.row_version})
    if posted and form.is_valid():
        address = _at_place(found, row)
        try:
            measurements.remove(row, seen=form.cleaned_data["row_version"])
        except StaleRow:
            messages.error(
                request,
                f"Någon annan har ändrat värdet för {where} {period} sedan du öppnade sidan. Inget är borttaget.",
            )
        else:
            messages.success(request, f"Värdet för {where} {period} är borttaget.")
        return redirect(address)
    context = {
        "form": form,
        "indicator": found,
        "row": row,
        "where": where,
        "period": period,
        "reading": indicators.reading_of(found, row, indicators.SmallCounts([found])),
        "mistakes": form.mistakes() if form.is_bound else [],
    }
    return render(request, "followup/measurement_remove.html", context, status=422 if posted else 200)


def _where(row):
    if row.neighbourhood:
        return f"{row.neighbourhood.name} ({row.district})"
    return str(row.district or "staden")


def _at_place(found: Indicator, row):
    """The address of the indicator's page where the value is shown."""
    slug = row.district.slug if row.district else "staden"
    return f"{reverse('followup:indicator', args=[found.code])}?omrade={slug}"
