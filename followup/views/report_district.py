"""A district's page of the annual report's section 5: its follow-up on one page, of the report and nothing else."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from followup.report.district_pages import page_of
from followup.report.publishing import opened_by
from followup.report.rows import follow_up_address
from followup.views.report import report_of


@require_safe
def report_district(request, year, district):
    """The district's follow-up on one page as the report has it; without one, why the district is in no outcome."""
    found, is_published = report_of(request, year)
    part = found.by_slug.get(district)
    if part is None:
        raise Http404
    address = follow_up_address(year, part, opens=opened_by(request.user, found) if is_published else None)
    context = {
        "year": year,
        "district": part,
        "district_page": page_of(part) if part.follow_up else None,
        "is_published": is_published,
        "address": address,
        "led_to": address if part.follow_up else "",
    }
    return render(request, "followup/report_district.html", context)
