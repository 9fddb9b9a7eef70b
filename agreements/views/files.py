"""Files attached to agreements and findings, to those who may read what they are attached to."""

import logging

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from agreements.models import Attachment
from agreements.views.access import scope_at

logger = logging.getLogger(__name__)


@require_safe
def attachment(request, place, uid):
    """Send the file as a download: what people have attached is never shown inside the site."""
    scope = scope_at(place)
    found = get_object_or_404(
        Attachment.objects.visible_to(request.user).select_related("agreement", "finding__picture"), uid=uid
    )
    if _district_of(found) != scope.pk:
        raise Http404
    try:
        with found.file.open("rb") as file:
            response = HttpResponse(file.read(), content_type=found.content_type)  # at most 10 MB
    except OSError as error:
        logger.exception("The file of attachment %s is not in the storage", found.uid)
        raise Http404 from error
    response.headers["Content-Disposition"] = content_disposition_header(True, found.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _district_of(found):
    return (found.agreement or found.finding.picture).district_id
