"""A follow-up on one page, for the board: to read, and as PDF."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from followup import summary_paper
from followup.page import address_of
from followup.summary import on_a_page
from followup.views.files import readable_follow_up


@require_safe
def district_summary(request, district, year):
    """The follow-up on one page, as far as it has come."""
    follow_up = readable_follow_up(request, district, year)
    context = {
        "page": on_a_page(*summary_paper.read(follow_up)),
        "basis": summary_paper.basis_of(follow_up),
        "plan": follow_up.plan,
        "follow_up_address": address_of(follow_up),
        "title": summary_paper.title_of(follow_up.plan),
    }
    return render(request, "followup/district_summary.html", context)


@require_safe
def district_summary_file(request, district, year):
    """The same on one A4 page, as PDF."""
    follow_up = readable_follow_up(request, district, year)
    basis = summary_paper.basis_of(follow_up)
    content = summary_paper.summary_pdf(*summary_paper.read(follow_up), basis)
    name = summary_paper.file_name(follow_up, is_draft=basis.is_draft)
    headers = {
        "Content-Disposition": content_disposition_header(True, name),
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type="application/pdf", headers=headers)
