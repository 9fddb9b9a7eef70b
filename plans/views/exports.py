"""Downloading the plan."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from plans.exports import FORMATS
from plans.exports import export as export_plan
from plans.permissions import DECIDED_STATES
from plans.versions import in_force
from plans.views.access import readable_plan


@require_safe
def export(request, district, year, format):
    """Send the plan as a file that people can find again by its name.

    What is decided is sent as it was decided: from the version in force.
    """
    plan = readable_plan(request, district, year)
    if format not in FORMATS:
        raise Http404
    if plan.state in DECIDED_STATES and (version := in_force(plan)):
        return redirect("plans:version_file", district, year, version.number, format)
    exported = export_plan(plan, format)
    return HttpResponse(
        exported.content,
        content_type=exported.media_type,
        headers={
            "Content-Disposition": content_disposition_header(True, exported.name),
            "Cache-Control": "private, no-store",
        },
    )
