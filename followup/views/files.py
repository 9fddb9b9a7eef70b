"""The follow-up as files: a draft while it goes on, and as it was kept once it is approved."""

import logging

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from agreements.scope import lookup_of
from followup import exports
from followup.freezing import FOLLOW_UPS, named
from followup.models import FollowUp
from followup.page import address_of
from plans.exports import FORMATS
from plans.views.files import send_frozen
from trygghet.kept_files import CALLED

logger = logging.getLogger(__name__)

# What each is for, in the order they are shown.
WORDS = (
    ("xlsx", "Excel", "Stadens mall med kolumnen Uppföljning ifylld, går att läsa in igen"),
    ("pdf", "PDF", "För styrgruppen och arkivet"),
    ("json", "JSON", "Öppet format för andra system"),
)


@require_safe
def follow_up_file(request, district, year, format):
    """Send the follow-up as a file; ``format`` is xlsx, pdf or json."""
    if format not in FORMATS:
        raise Http404
    follow_up = readable_follow_up(request, district, year)
    approved = getattr(follow_up, "approved", None)
    return _send_kept(request, follow_up, approved, format) if approved else _send_draft(follow_up, format)


def readable_follow_up(request, district, year):
    """Return the follow-up of the plan with its place and version; raise Http404 for none that the person may read."""
    follow_ups = FollowUp.objects.visible_to(request.user).with_place().select_related("approved")
    found = follow_ups.select_related(
        "plan__district", "plan__cycle__area_set", "plan__area_set", "version__plan__district", "version__plan__cycle"
    )
    return get_object_or_404(found, **lookup_of(district, "plan__district"), plan__cycle__year=year)


def _send_draft(follow_up, format):
    exported = exports.export(follow_up, format)
    disposition = content_disposition_header(True, exported.name)
    headers = {"Content-Disposition": disposition, "Cache-Control": "private, no-store"}
    return HttpResponse(exported.content, content_type=exported.media_type, headers=headers)


def _send_kept(request, follow_up, approved, format):
    approved.follow_up = follow_up  # the same, with its place
    kept = approved.files.filter(format=format).first()
    if kept is None and format != "json":
        return _not_there(request, approved, format)
    try:
        return send_frozen(
            request,
            name=kept.name if kept else named(approved, format),
            checksum=kept.sha256 if kept else approved.sha256,
            media_type=FORMATS[format].media_type,
            body=lambda: kept.file.open("rb") if kept else approved.document.encode(),
        )
    except OSError:
        return _lost(request, approved, kept)


def _not_there(request, approved, format):
    FOLLOW_UPS.heal(approved)
    messages.info(
        request, f"{CALLED[format]} är inte klar än. Den skapas i bakgrunden och går att ladda ner här när den finns."
    )
    return redirect(address_of(approved.follow_up))


def _lost(request, approved, kept):
    """The row is there and its file is not, which only who keeps the storage can mend."""
    logger.error("The file of %s, %s, is not in the storage", approved, kept.file.name)
    messages.error(
        request,
        f"Filen {kept.name} gick inte att läsa från arkivet. Säg till den som sköter systemet. "
        "Uppföljningens innehåll finns kvar här.",
    )
    return redirect(address_of(approved.follow_up))


def files_of(follow_up):
    """Return the context of ``followup/_files.html``; asks for the files of an approved one again if nobody makes them.

    ``progress`` is None while it is a draft, which is made when it is asked for.
    """
    approved = getattr(follow_up, "approved", None)
    progress = FOLLOW_UPS.progress(approved) if approved else None
    if progress and not progress.is_done and FOLLOW_UPS.heal(approved):
        progress = FOLLOW_UPS.progress(approved)
    return {
        "follow_up": follow_up,
        "follow_up_address": address_of(follow_up),
        "file_progress": progress,
        "file_lines": [_line(approved, progress, *words) for words in WORDS],
        "approved": approved,
    }


def _line(approved, progress, format, called, purpose):
    """Return what a file's line says; ``size`` in bytes, None for a draft and while it is not there."""
    kept = progress.files.get(format) if progress else None
    size = len(approved.document.encode()) if approved and format == "json" else kept and kept.size
    is_there = not approved or bool(size)
    return {"format": format, "called": called, "purpose": purpose, "size": size, "is_there": is_there}
