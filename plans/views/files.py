"""The files of a decided version: how far they have come, and downloading them."""

import logging

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from agreements.scope import lookup_of
from plans import frozen_files
from plans.exports import FORMATS
from plans.models import PlanVersion

logger = logging.getLogger(__name__)

WORDS = (
    ("xlsx", "Excel", "Stadens mall, går att läsa in igen"),
    ("pdf", "PDF/A", "För arkivet, med Excel och JSON inuti"),
    ("json", "JSON", "Öppet format för andra system"),
)
# Seconds until the page asks again: while files are being made, and while something stands in the way.
QUICK, SLOW = 2, 15


@require_safe
def version_files(request, district, year, number):
    """Say how far the files have come; the part of the version's page that asks again until they are there.

    ``sett`` is what the page says already, so that only what is new is read
    out. Anybody who comes by another way is sent to the page itself.
    """
    version = readable_version(request, district, year, number)
    if not request.htmx:
        return redirect(version)
    context = files_of(version)
    context["is_news"] = request.GET.get("sett") != context["progress"].key
    response = render(request, "plans/_version_files.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ["HX-Request"])
    return response


@require_safe
def version_file(request, district, year, number, format):
    """Send a file of the version, as it was kept; ``format`` is xlsx, pdf or json."""
    if format not in FORMATS:
        raise Http404
    unused = () if format == "json" else ("document", "facts", "counts")  # large, and not what is sent
    version = readable_version(request, district, year, number, without=unused)
    if format == "json":
        name, checksum = frozen_files.file_name(version, format), version.sha256
    elif kept := version.files.filter(format=format).first():
        name, checksum = kept.name, kept.sha256
    else:
        return _not_there(request, version, format)
    try:
        return send_frozen(
            request,
            name=name,
            checksum=checksum,
            media_type=FORMATS[format].media_type,
            body=lambda: version.document.encode() if format == "json" else kept.file.open("rb"),
        )
    except OSError:
        return _lost(request, version, kept)


def send_frozen(request, *, name, checksum, media_type, body):
    """Send what has been frozen, unless the reader has it already (304).

    ``body`` returns the bytes, or the opened file; what it raises is the caller's.
    """
    etag = f'"{checksum}"'
    response = get_conditional_response(request, etag=etag)  # 304 or 412, where the reader has asked for it
    if response is None:
        content = body()
        answer = HttpResponse if isinstance(content, bytes) else FileResponse
        response = answer(content, content_type=media_type)
        response.headers["Content-Disposition"] = content_disposition_header(True, name)
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def readable_version(request, district, year, number, *, without=()):
    """Return the version with its plan and place; raise Http404 if there is none that the person may read.

    ``without`` names fields that are not needed.
    """
    versions = PlanVersion.objects.visible_to(request.user).with_place().defer(*without)
    return get_object_or_404(versions, **lookup_of(district, "plan__district"), plan__cycle__year=year, number=number)


def files_of(version):
    """Return the context of ``plans/_version_files.html``; asks for the files again if nobody is making them."""
    progress = frozen_files.progress(version)
    if not progress.is_done and frozen_files.heal(version):
        progress = frozen_files.progress(version)
    return {
        "version": version,
        "progress": progress,
        "lines": [_line(version, progress, *words) for words in WORDS],
        "pause": SLOW if progress.trouble else QUICK,
        "is_news": False,
    }


def _line(version, progress, format, called, purpose):
    """Return what a file's line says; ``size`` is in bytes, None while it is not there."""
    kept = progress.files.get(format)
    is_own_text = format == "json"
    size = len(version.document.encode()) if is_own_text else kept and kept.size
    return {"format": format, "called": called, "purpose": purpose, "size": size}


def _not_there(request, version, format):
    frozen_files.heal(version)
    called = frozen_files.CALLED[format]
    messages.info(
        request, f"{called} är inte klar än. Den skapas i bakgrunden och går att ladda ner här när den finns."
    )
    return redirect(version)


def _lost(request, version, kept):
    """The row is there and its file is not, which only who keeps the storage can mend."""
    logger.error("The file of %s, %s, is not in the storage", version, kept.file.name)
    messages.error(
        request,
        f"Filen {kept.name} gick inte att läsa från arkivet. Säg till den som sköter systemet. "
        "Planens innehåll finns kvar här.",
    )
    return redirect(version)
