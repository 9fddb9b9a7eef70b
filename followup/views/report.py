"""The city's annual report: the years, a year, the rows behind a number, all actions.

Of the follow-ups while they come in; once it is published, of what was
published and of nothing else.
"""

from dataclasses import replace

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from agreements.year.steps import cycles
from agreements.year.steps import districts_of as year_districts
from followup import charts
from followup.report import by_district, figures, tables, workbook
from followup.report.desk import Desk
from followup.report.frozen import document_of
from followup.report.measured import figure_in_city
from followup.report.page import Page
from followup.report.publishing import opened_by, published_by_year, published_of
from followup.report.quotes import Offers
from followup.report.reading import handed_in_by_year, may_read, may_read_published, read_report
from followup.report.rows import action_lines, action_places, shown
from followup.report.situation import indicators_of
from followup.views.report_published import published_page
from plans.outline import excerpt

ON_A_PAGE = 500
"""How many rows or actions a page shows at most."""
QUOTABLE = (figures.STATUS, figures.EXPERIENCE)
"""The figures of what the districts say of an action in words, which may be quoted where their rows are."""
LONGEST = 160
"""How many characters of what the rows are counted as are shown at most."""


def _cycle_of(request, year):
    """Return the year; raise Http404 to those who do not read its report, and for a year that is not planned."""
    if not may_read(request.user):
        raise Http404
    cycle = next((cycle for cycle in cycles() if cycle.year == year), None)
    if cycle is None:
        raise Http404
    return cycle


def report_of(request, year):
    """Return (the year's report, whether it is published); raise Http404 as :func:`_cycle_of` does."""
    if published := published_of(request.user, year):
        return document_of(published), True
    return read_report(request.user, _cycle_of(request, year)), False


@require_safe
def report_list(request):
    """The years that there is a report of, with how many districts have handed in; to the districts the published."""
    reads_all = may_read(request.user)
    if not reads_all and not may_read_published(request.user):
        raise Http404
    published = published_by_year(request.user)
    handed_in = handed_in_by_year(request.user) if reads_all else {}
    years = [cycle.year for cycle in cycles()] if reads_all else list(published)
    lines = [(year, handed_in.get(year, 0), published.get(year)) for year in years]
    return render(request, "followup/report_list.html", {"years": lines, "reads_all": reads_all})


@require_safe
def report(request, year):
    """The report of the year: as far as the districts have handed in, or as it was published."""
    if published := published_of(request.user, year):
        return published_page(request, published)
    found = read_report(request.user, _cycle_of(request, year))
    context = {
        "page": Page(found),
        "year": year,
        "frame": "followup/base_report.html",
        "desk": Desk(request.user, year),
        "offers": Offers(request.user, found),
    }
    return render(request, "followup/report.html", context)


def _chart(request, year, code):
    """The chart of the address, made once for the request; without reading the rest of the report."""
    if not hasattr(request, "_report_chart"):
        drawn = _drawn(request, year, code)
        if drawn is None:
            raise Http404
        request._report_chart = replace(drawn, is_narrow="smal" in request.GET)
    return request._report_chart


def _drawn(request, year, code):
    """What there is to draw of the indicator: the city, or with ``stadsdelar`` each district beside it; or None."""
    beside = "stadsdelar" in request.GET
    if published := published_of(request.user, year):
        report = document_of(published)
        known, names = report.indicators, {each.slug: each.name for each in report.districts}
    else:
        cycle = _cycle_of(request, year)
        those = year_districts(cycle) if beside else []
        known = indicators_of(request.user, year, [(each.pk, each.slug) for each in those])
        names = {each.slug: each.name for each in those}
    found = next((each for each in known if each.code == code), None)
    if found is None:
        return None
    if beside:
        return by_district.drawing_of(found, by_district.districts_of(found, names))
    drawn = figure_in_city(found)
    return drawn.chart if drawn.can_be_drawn else None


def _fingerprint(request, year, code):
    return f'"{_chart(request, year, code).fingerprint}"'


@require_safe
@cache_control(private=True, no_cache=True)
@condition(etag_func=_fingerprint)
def report_chart(request, year, code):
    """The chart of an indicator as an image, of the city or of each district beside it.

    A reader who has it already is told so, without anything being drawn.
    """
    return HttpResponse(charts.svg_of(_chart(request, year, code)), content_type="image/svg+xml")


@require_safe
def report_rows(request, year):
    """The rows behind a number of the report, each with where it stands."""
    found, is_published = report_of(request, year)
    code = request.GET.get("figur", "")
    if code not in found.figures:
        raise Http404
    wanted = {
        counted_by: tuple("" if value == tables.NONE else value for value in request.GET.getlist(name))
        for name, counted_by in tables.FILTERS.items()
        if request.GET.get(name)
    }
    figure = found.figures[code].where(**wanted)
    part = Paginator(figure.rows, ON_A_PAGE).get_page(request.GET.get("sida"))
    context = {
        "year": year,
        "number": figure.number,
        "heading": tables.TITLES[code],
        "chosen": _chosen(found, code, wanted),
        "rows": shown(found, code, part.object_list, opened_by(request.user, found, code) if is_published else None),
        "part": part,
        "asked": _without_page(request),
        "is_obstacles": code == figures.OBSTACLES,
        "is_published": is_published,
        "offers": Offers(request.user, found) if code in QUOTABLE else None,
    }
    return render(request, "followup/report_rows.html", context)


def _chosen(found, code, wanted):
    """Return what the rows are counted by as (name, value) in words; what nobody knows is said as it was asked."""
    areas, kinds = dict(found.areas), tables.kinds_of(found, code)
    words = {
        "area": ("Område", lambda value: areas.get(value, value)),
        "kind": ("Räknas som", lambda value: kinds.get(value, value)),
        "party": ("Part", lambda value: value),
        "district": ("Stadsdel", lambda value: found.by_slug[value].name if value in found.by_slug else value),
    }
    return [
        (words[name][0], " eller ".join(excerpt(words[name][1](value), LONGEST) for value in values))
        for name, values in wanted.items()
    ]


def _without_page(request):
    asked = request.GET.copy()
    asked.pop("sida", None)
    return asked.urlencode()


@require_safe
def report_actions(request, year):
    """The appendix: every action of the plans that are counted, or of one district's."""
    found, is_published = report_of(request, year)
    district = request.GET.get("stadsdel", "")
    if district and district not in found.by_slug:
        raise Http404
    opens = opened_by(request.user, found) if is_published else None
    part = Paginator(action_places(found, district), ON_A_PAGE).get_page(request.GET.get("sida"))
    context = {
        "year": year,
        "page": Page(found),
        "part": part,
        "lines": action_lines(found, part.object_list, opens),
        "asked": _without_page(request),
        "offers": Offers(request.user, found),
        "districts": found.read,
        "district": district,
    }
    return render(request, "followup/report_actions.html", context)


@require_safe
def report_file(request, year):
    """The appendix as a workbook; once the report is published, the one that was."""
    if published_of(request.user, year):
        return redirect("followup:report_published_file", year, "xlsx")
    found, _ = report_of(request, year)
    return HttpResponse(
        workbook.workbook_bytes(found),
        content_type=workbook.MEDIA_TYPE,
        headers={
            "Content-Disposition": content_disposition_header(True, f"Årsrapport {year}, alla åtgärder.xlsx"),
            "Cache-Control": "private, no-store",
        },
    )
