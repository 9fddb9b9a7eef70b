"""The annual report as it was published, served as the files it was kept as, and the draft on paper before that."""

import hashlib
import logging

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agreements.permissions import Permission, access_of
from agreements.year.steps import cycles, districts_of
from followup.report import drafts, publishing
from followup.report.drafts import DRAFTS
from followup.report.frozen import document_of
from followup.report.page_file import look_of, page_html, sheet_of
from followup.report.publishing import PUBLISHED, published_of
from followup.report.reading import may_read
from plans.exports import FORMATS
from plans.views.files import QUICK, SLOW, send_frozen
from trygghet.kept_files import CALLED

logger = logging.getLogger(__name__)

# What each is for, in the order they are shown.
WORDS = (
    ("pdf", "PDF/A", "Hela rapporten, med Excel och JSON inuti"),
    ("xlsx", "Excel", "Siffrorna och alla åtgärder"),
    ("html", "Webbsida", "Sidan som den såg ut, att läsa utan nät"),
    ("json", "JSON", "Öppet format för andra system"),
)
DRAFT_WORDS = (("pdf", "PDF", "Hela rapporten, märkt utkast"), ("xlsx", "Excel", "Siffrorna och alla åtgärder"))
MEDIA_TYPES = {name: each.media_type for name, each in FORMATS.items()} | {"html": "text/html; charset=utf-8"}
GONE = "Det utkastet finns inte längre. Skapa ett nytt om du behöver det."


# --- What is published


def published_page(request, published):
    """The report as it was published: its page as it was kept, and nothing computed."""
    progress = PUBLISHED.progress(published)
    kept = sheet_of(_kept_page(progress.files.get("html")))
    context = {
        "year": published.report.year,
        "published": published,
        "told": publishing.told(published),
        "files": files_of(published, progress),
        "own": _own_districts(request.user, published.report.cycle),
        # Made of the templates, by us: what was kept, or until it is there what will be.
        "sheet": mark_safe(kept or sheet_of(page_html(document_of(published)))),
        "is_kept": bool(kept),
    }
    response = render(request, "followup/report_published.html", context)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _kept_page(kept):
    """Return the page that was kept; "" while it is not made, and where it is not what was kept, which is logged."""
    if kept is None:
        return ""
    try:
        with kept.file.open("rb") as file:
            content = file.read()
    except OSError:
        logger.exception("The file of %s, %s, is not in the storage", kept.name, kept.file.name)
        return ""
    if hashlib.sha256(content).hexdigest() != kept.sha256:
        logger.error("The file of %s, %s, is not what was kept", kept.name, kept.file.name)
        return ""
    return content.decode()


@require_safe
def published_look(request, year):
    """Send the style sheets of the page as they were kept with it."""
    kept = _published(request, year).files.filter(format="html").first()
    if kept is None:
        raise Http404
    return send_frozen(
        request, name=f"{kept.name}.css", checksum=kept.sha256, media_type="text/css; charset=utf-8",
        body=lambda: look_of(_kept_page(kept)).encode(),
    )  # fmt: skip


def _own_districts(user, cycle):
    """Return the year's districts whose feedback is the person's own to read; none for the city's groups (1 query)."""
    access = access_of(user)
    if access.allows(Permission.READ_REPORT, None):
        return []
    own = access.reach({Permission.READ_PUBLISHED_REPORT}).districts
    return [district for district in districts_of(cycle) if district.pk in own]


def _published(request, year):
    found = published_of(request.user, year)
    if found is None:
        raise Http404
    return found


@require_safe
def published_files(request, year):
    """Say how far the files have come; the part of the page that asks again until they are there."""
    published = _published(request, year)
    if not request.htmx:
        return redirect("followup:report", year)
    return _files(request, published, files_of)


@require_safe
def published_file(request, year, format):
    """Send a file of the published report, as it was kept; ``format`` is pdf, xlsx, html or json."""
    if format not in MEDIA_TYPES:
        raise Http404
    published = _published(request, year)
    if format == "json":
        return send_frozen(
            request,
            name=f"{publishing.name_of(published)}.json",
            checksum=published.sha256,
            media_type=MEDIA_TYPES[format],
            body=lambda: published.document.encode(),
        )
    return _send_kept(request, PUBLISHED, published, format, reverse("followup:report", args=[year]))


def files_of(published, progress=None):
    """Return what ``followup/_report_published_files.html`` shows of a published report; asks for lost files again."""
    year = published.report.year
    return _files_of(
        PUBLISHED, published, progress, WORDS,
        page=reverse("followup:report", args=[year]),
        again=reverse("followup:report_published_files", args=[year]),
        address=lambda format: reverse("followup:report_published_file", args=[year, format]),
    )  # fmt: skip


# --- The draft on paper


def _cycle_of(request, year):
    """Return the year; raise Http404 to those who do not read the report while it is written, and for no year."""
    cycle = next((cycle for cycle in cycles() if cycle.year == year), None) if may_read(request.user) else None
    if cycle is None:
        raise Http404
    return cycle


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request, year):
    """The report's draft on paper; posted, a new one is taken of the report as it stands."""
    cycle = _cycle_of(request, year)
    if published_of(request.user, year):
        messages.info(request, "Årsrapporten är publicerad. Här är den, med sina filer.")
        return redirect("followup:report", year)
    found = drafts.latest(cycle)
    if request.method == "POST":
        if drafts.ask_for(cycle, by=request.user) == found:
            messages.info(request, "Rapporten har inte ändrats sedan utkastet skapades.")
        return redirect("followup:report_draft", year)
    context = {"year": year, "draft": found, "files": draft_files_of(found) if found else None}
    return render(request, "followup/report_draft.html", context)


@require_safe
def draft_files(request, year):
    """Say how far the draft's files have come; the part of the page that asks again until they are there."""
    found = drafts.latest(_cycle_of(request, year))
    if found is None or not request.htmx:
        return redirect("followup:report_draft", year)
    return _files(request, found, draft_files_of)


@require_safe
def draft_file(request, year, format):
    """Send a file of the draft; ``format`` is pdf or xlsx."""
    found = drafts.latest(_cycle_of(request, year))
    if format not in DRAFTS.formats:
        raise Http404
    page = reverse("followup:report_draft", args=[year])
    if found is None:
        messages.info(request, GONE)
        return redirect(page)
    return _send_kept(request, DRAFTS, found, format, page)


def draft_files_of(found, progress=None):
    """Return what ``followup/_report_published_files.html`` shows of a draft; asks for lost files again."""
    year = found.report.year
    return _files_of(
        DRAFTS, found, progress, DRAFT_WORDS,
        page=reverse("followup:report_draft", args=[year]),
        again=reverse("followup:report_draft_files", args=[year]),
        address=lambda format: reverse("followup:report_draft_file", args=[year, format]),
    )  # fmt: skip


# --- The files of either


def _files_of(keeper, frozen, progress, words, *, page, again, address):
    progress = progress or keeper.progress(frozen)
    if not progress.is_done and keeper.heal(frozen):
        progress = keeper.progress(frozen)
    return {
        "progress": progress,
        "lines": [_line(progress, address(each[0]), *each) for each in words],
        "page": page,
        "again": again,
        "pause": SLOW if progress.trouble else QUICK,
        "is_news": False,
    }


def _line(progress, address, format, called, purpose):
    """Return what a file's line says; the JSON is the text itself, which is always there and not read for its size."""
    kept = progress.files.get(format)
    return {
        "format": format,
        "called": called,
        "purpose": purpose,
        "address": address,
        "size": kept.size if kept else None,
        "is_there": kept is not None or format == "json",
    }


def _files(request, frozen, told_of):
    """``sett`` is what the page says already, so that only what is new is read out."""
    files = told_of(frozen)
    files["is_news"] = request.GET.get("sett") != files["progress"].key
    response = render(request, "followup/_report_published_files.html", {"files": files})
    response.headers["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ["HX-Request"])
    return response


def _send_kept(request, keeper, frozen, format, page):
    kept = frozen.files.filter(format=format).first()
    if kept is None:
        keeper.heal(frozen)
        called = CALLED[format]
        messages.info(
            request, f"{called} är inte klar än. Den skapas i bakgrunden och går att ladda ner här när den finns."
        )
        return redirect(page)
    try:
        return send_frozen(
            request,
            name=kept.name,
            checksum=kept.sha256,
            media_type=MEDIA_TYPES[format],
            body=lambda: kept.file.open("rb"),
        )
    except OSError:
        # The row is there and its file is not, which only who keeps the storage can mend.
        logger.exception("The file of %s, %s, is not in the storage", frozen, kept.file.name)
        messages.error(
            request,
            f"Filen {kept.name} gick inte att läsa från arkivet. Säg till den som sköter systemet. "
            "Rapportens innehåll finns kvar här.",
        )
        return redirect(page)
