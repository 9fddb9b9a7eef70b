"""What has happened to the plan and to each row, and taking it back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST, require_safe

from plans import editing
from plans.errors import EditRefused
from plans.history import Telling, by_day, check_follow, events_of
from plans.loading import load
from plans.offers import sides_of
from plans.operations import ROW_NAMES
from plans.outline import Outline
from plans.permissions import check_edit
from plans.views.access import or_decided_version, readable_plan, why_not_edit
from plans.views.steps import page_at
from plans.wording import Wording
from trygghet.dates import day
from trygghet.words import lower_first

PER_PAGE = 50


class _History:
    """The history of a plan, or of one of its rows, as pages show it."""

    def __init__(self, request, district, year):
        self.request = request
        self.plan = readable_plan(request, district, year)
        check_follow(request.user, self.plan)
        self.where = [district, year]
        self.outline = Outline(load(self.plan, with_parts=False).document)
        self.telling = Telling(self.outline, Wording(self.outline, dict(sides_of(self.plan))))

    def render(self, entries, heading, *, page=None, uid=None, place=None, is_one=False, since=None):
        plan_address = reverse("plans:plan", args=self.where)
        crumbs = [(reverse("plans:list"), "Åtgärdsplaner"), (plan_address, f"{self.plan.scope} {self.plan.year}")]
        if place:
            crumbs.append((reverse("plans:row", args=[*self.where, place.kind, uid]), place.name))
        if is_one:
            crumbs.append((reverse("plans:history", args=self.where), "Historik"))
        context = {
            "plan": self.plan,
            "days": by_day(entries),
            "page": page,
            "since": since,
            "heading": heading,
            "place": place,
            "is_of_row": uid is not None,
            "may_edit": not why_not_edit(self.request.user, self.plan),
            "crumbs": crumbs,
            "here": "Historik" if not is_one else "En ändring",
        }
        return render(self.request, "plans/history.html", context)

    def listed(self, events, uid=None):
        """Return the page asked for, and its entries."""
        page = Paginator(events, PER_PAGE).get_page(self.request.GET.get("sida"))
        return page, [self.telling.entry(event, uid=uid) for event in page]


@require_safe
@or_decided_version
def history(request, district, year):
    """Every change of the plan, newest first; ``?sedan=2026-03-12`` shows those from that day on."""
    told, since = _History(request, district, year), _since(request)
    events = events_of(told.plan, request.user)
    page, entries = told.listed(events.filter(at__date__gte=since) if since else events)
    heading = f"Historik för {told.plan}" + (f", sedan {day(since)}" if since else "")
    return told.render(entries, heading, page=page, since=since)


def _since(request):
    """Return the day that the address asks for, None if it names none."""
    try:
        return parse_date(request.GET.get("sedan", ""))
    except ValueError:  # 2026-02-30
        return None


@require_safe
@or_decided_version
def row_history(request, district, year, uid, kind=""):
    """Every change of one row, also of one that has been removed."""
    told = _History(request, district, year)
    place = told.outline.find(kind, uid)
    events = events_of(told.plan, request.user, uid)
    if place is None and not events.exists():
        raise Http404
    page, entries = told.listed(events, uid=uid)
    name = place.label if place else f"en borttagen rad ({ROW_NAMES.get(kind, 'rad')})"
    return told.render(entries, f"Historik för {lower_first(name)}", page=page, uid=uid, place=place)


@require_safe
@or_decided_version
def change(request, district, year, event):
    """One change with all its rows."""
    told = _History(request, district, year)
    event = get_object_or_404(events_of(told.plan, request.user), pk=event)
    return told.render([told.telling.entry(event, limit=None)], event.summary, is_one=True)


@require_POST
def undo(request, district, year, event):
    """Take a change back; the reason is shown when somebody has built on it since."""
    plan = readable_plan(request, district, year)
    check_edit(request.user, plan)
    event = get_object_or_404(plan.events, pk=event)
    undone = None
    try:
        undone = editing.undo(plan, event, by=request.user)
    except EditRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{event.summary} – ändringen är ångrad.")
    if request.POST.get("fran") == "historik":
        return redirect("plans:history", district, year)
    return redirect(_page_after(plan, undone or event))


def _page_after(plan, event):
    """The plan's page where the change shows: at the first row it touched that is still there."""
    outline = Outline(load(plan, with_parts=False).document)
    places = (outline.places.get(step["uid"]) for step in event.operations)
    place = next((place for place in places if place), None)
    return page_at(plan, place.uid, place.position) if place else plan
