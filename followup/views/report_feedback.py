"""The city's feedback to the districts (section 12): writing it, reading it, and confirming that it is read."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements.claiming import StaleRow
from agreements.permissions import Permission, access_of
from agreements.views.access import scope_at
from agreements.year.steps import cycles, districts_of
from followup.forms.report_feedback import FeedbackForm
from followup.models import ReportReceipt
from followup.report import feedback, receipts
from followup.report.reading import may_read
from followup.report.writing import may_write
from followup.views.report_proposals import cycle_of, report_of, why_closed
from trygghet.dates import day
from trygghet.workflow import StepRefused

P = Permission
WHO_WRITES = "Det är stadens beredningsgrupp som skriver återkopplingen. Vänd dig dit med det du vill få in."
WHO_CONFIRMS = (
    "Det är stadsdelens trygghetsstrateg, kommunpolisen eller styrgruppens ordförande som bekräftar att ni har läst."
)


@never_cache
@require_safe
def report_feedback(request, year):
    """Every district: whether its feedback is written and, once the report is published, who has read it."""
    cycle = cycle_of(request, year)
    report, published = report_of(request, cycle), feedback.published_of(request.user, cycle)
    lines = feedback.lines_of(request.user, cycle, published)
    closed = why_closed(report)
    context = {
        "year": year,
        "lines": lines,
        "written": sum(line.is_written for line in lines),
        "confirmed": sum(line.receipt is not None for line in lines),
        "published": published,
        "may_write": may_write(request.user) and not closed,
        "closed": closed if may_write(request.user) and not published else "",
    }
    return render(request, "followup/report_feedback.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
def district_feedback(request, year, district):
    """The feedback to a district: written by the city, and read by the district once the report is published."""
    cycle, place, published = _readable(request, year, district)
    if may_read(request.user):
        return _of_city(request, cycle, place, published)
    if request.method == "POST":
        raise PermissionDenied(WHO_WRITES)
    return _page(request, cycle, place, published)


def _readable(request, year, slug):
    """Return the year, the district and its published report (None if it is not); raise Http404 for the others.

    The city's groups read all of it, a district its own once it is published.
    """
    cycle = next((cycle for cycle in cycles() if cycle.year == year), None)
    place = scope_at(slug).district
    if cycle is None or place is None:
        raise Http404
    published = feedback.published_of(request.user, cycle)
    own = published and access_of(request.user).allows(P.READ_PUBLISHED_REPORT, place.pk)
    if not own and not may_read(request.user):
        raise Http404
    return cycle, place, published


def _of_city(request, cycle, place, published):
    closed, posted = why_closed(report_of(request, cycle)), request.method == "POST"
    if posted and not may_write(request.user):
        raise PermissionDenied(WHO_WRITES)
    if not may_write(request.user) or (closed and not posted):
        return _page(request, cycle, place, published, closed=closed if not published else "")
    row = feedback.feedback_to(request.user, cycle, place)
    form = FeedbackForm(request.POST if posted else None, feedback=row)
    if posted and form.is_valid():
        try:
            seen, text = form.cleaned_data["row_version"], form.cleaned_data["text"]
            changed = feedback.save(cycle, place, text, seen=seen, by=request.user)
        except StaleRow as stale:
            form.found_stale(stale)
        except StepRefused as refused:
            form.add_error(None, str(refused))
        else:
            _tell(request, place, changed)
            return _on(request, cycle, place)
    return _page(request, cycle, place, published, form=form)


def _tell(request, place, changed):
    if changed:
        messages.success(request, f"Återkopplingen till {place.name} är sparad.")
    else:
        messages.info(request, f"Återkopplingen till {place.name} stod redan så. Inget är ändrat.")


def _on(request, cycle, place):
    """Go on to the district after if that was asked for, else to the list."""
    names = [each.slug for each in districts_of(cycle)]
    after = names[names.index(place.slug) + 1 :] if place.slug in names else []
    if "next" in request.POST and after:
        return redirect(feedback.feedback_address(cycle.year, after[0]))
    return redirect("followup:report_feedback", cycle.year)


def _page(request, cycle, place, published, *, form=None, closed=""):
    user = request.user
    row = feedback.feedback_to(user, cycle, place)
    receipt = ReportReceipt.objects.visible_to(user).filter(published=published, district=place).select_related("by")
    context = {
        "year": cycle.year,
        "district": place,
        "form": form,
        "mistakes": form.mistakes() if form and form.is_bound else [],
        "feedback": row,
        "told_when": feedback.told_when(row) if may_read(user) else "",
        "facts": feedback.key_facts(user, cycle, place) if may_read(user) else None,
        "reads_city": may_read(user),
        "published": published,
        "receipt": receipt.first() if published else None,
        "may_confirm": published is not None and receipts.may_confirm(user, place.pk),
        "who_confirms": WHO_CONFIRMS,
        "closed": closed,
    }
    return render(request, "followup/district_feedback.html", context, status=422 if form and form.is_bound else 200)


@require_POST
def confirm(request, year, district):
    """Say that the district has read the report and its feedback."""
    _, place, published = _readable(request, year, district)
    if not receipts.may_confirm(request.user, place.pk):
        raise PermissionDenied(WHO_CONFIRMS)
    if published is None:
        raise Http404
    receipt, is_new = receipts.confirm(published, place, by=request.user)
    if is_new:
        messages.success(request, f"Ni har bekräftat att {place.name} har läst årsrapporten {year} och återkopplingen.")
    else:
        who = f"{receipt.by}, {receipt.function}" if receipt.function else str(receipt.by)
        messages.info(request, f"Det är redan bekräftat av {who}, {day(timezone.localdate(receipt.at))}.")
    return redirect(feedback.feedback_address(year, place.slug))
