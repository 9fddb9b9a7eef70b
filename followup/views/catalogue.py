"""The catalogue of decided actions: looking in it, an action where it was decided, and borrowing it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from agreements.permissions import Permission, access_of
from agreements.scope import lookup_of
from followup.catalogue import borrowing, search
from followup.catalogue.page import Ways, cause_for, decided_address, shown
from followup.forms.catalogue import BorrowForm
from followup.models import CataloguedAction
from plans.errors import EditRefused
from plans.outline import Outline
from plans.permissions import EDITABLE_STATES, check_edit
from plans.versions import document_of
from plans.views.access import readable_plan
from plans.views.steps import page_at, position_of


@require_safe
def catalogue(request):
    """Search the decided actions of every plan that the person reads."""
    if not search.reads(request.user):
        raise Http404
    cause = _cause(request)
    options = search.options_for(request.user)
    more = {"alike": _alike(request)}
    if cause:
        more |= {"cause": cause.text, "has_cause": True, "at_home": cause.plan.district_id}
    asked = search.asked_in(request.GET, options, **more)
    found = search.find(request.user, asked, request.GET.get("sida"))
    ways = Ways(request.user, cause)
    context = {
        "asked": asked,
        "options": options,
        "found": found,
        "shown": shown(found, asked, ways),
        "cause": cause,
        "kept": _kept(request),
        "rest": _without(request, "sida"),
        "may_borrow": bool(ways.drafts),
        "writes": bool(access_of(request.user).reach({Permission.EDIT_PLAN})),
    }
    return render(request, "followup/catalogue.html", context)


def _cause(request):
    """Return the cause that is asked for; None if none is. Raise Http404 for one that the person does not read."""
    asked = request.GET.get("orsak", "")
    if not asked:
        return None
    try:
        cause = cause_for(request.user, UUID(asked))
    except ValueError as error:
        raise Http404 from error
    if cause is None:
        raise Http404
    return cause


def _alike(request):
    """Return the text of the action that is asked for; "" if none is. Raise Http404 for one that is not read."""
    asked = request.GET.get("samma", "")
    if not asked:
        return ""
    if not asked.isdecimal() or len(asked) > 18:
        raise Http404
    rows = CataloguedAction.objects.visible_to(request.user)
    return get_object_or_404(rows, pk=int(asked)).text


def _kept(request):
    """Return what a new search keeps of the address: (name, value)."""
    return [(name, request.GET[name]) for name in ("orsak", "samma") if request.GET.get(name)]


def _without(request, name):
    asked = request.GET.copy()
    asked.pop(name, None)
    return asked.urlencode()


def _row(request, source, year, uid):
    """Return the catalogued action with its version and place; raise Http404 for none that the person reads."""
    rows = CataloguedAction.objects.visible_to(request.user).select_related(
        "district", "plan__area_set", "plan__cycle__area_set", "plan__district", "version__plan"
    )
    return get_object_or_404(rows, **lookup_of(source), year=year, row=uid)


@require_safe
def catalogued(request, source, from_year, uid):
    """Lead to the action in the plan as it was decided."""
    row = _row(request, source, from_year, uid)
    there = Outline(document_of(row.version)).places[str(uid)]
    where = [row.plan.scope.slug, row.year, row.version.number, there.position]
    return redirect(f"{reverse('plans:version_area', args=where)}#rad-{uid}")


@never_cache
@require_http_methods(["GET", "POST"])
def borrow(request, district, year, source, from_year, uid):
    """Choose where in the own draft the action is to go, and borrow it."""
    plan = readable_plan(request, district, year)
    row = _row(request, source, from_year, uid)
    if not _is_open(request, plan):
        return redirect(plan)
    asked = borrowing.Borrowing(plan, row)
    if asked.is_own:
        messages.info(request, borrowing.OWN)
        return redirect(plan)
    if asked.borrowed:
        return _already(request, plan, borrowing.AlreadyBorrowed(asked.borrowed))
    sent = request.POST if request.method == "POST" else None
    form = BorrowForm(sent)
    mistakes = []
    if sent is not None and form.is_valid():
        try:
            new = borrowing.borrow(asked, form.cleaned_data["place"], by=request.user, seen=form.cleaned_data["seen"])
            return _borrowed(request, asked, new)
        except borrowing.AlreadyBorrowed as refusal:
            return _already(request, plan, refusal)
        except EditRefused as refusal:
            mistakes = [str(refusal)]
    elif sent is not None:
        mistakes = [error for errors in form.errors.values() for error in errors]
    context = _context(request, asked, mistakes)
    return render(request, "followup/borrow.html", context, status=422 if mistakes else 200)


def _is_open(request, plan):
    """Whether the draft can be written in now; says why not. Raises PermissionDenied for whoever does not write it."""
    writes = access_of(request.user).allows(Permission.EDIT_PLAN, plan.district_id)
    if writes and plan.state not in EDITABLE_STATES:
        messages.error(
            request, f"Planen har status {plan.get_state_display()} och tar inte emot fler rader. Inget är inlånat."
        )
        return False
    check_edit(request.user, plan)
    return True


def _already(request, plan, refusal):
    messages.error(request, str(refusal))
    return redirect(page_at(plan, refusal.row, position_of(plan, "action", refusal.row)))


def _borrowed(request, asked, new):
    plan = asked.plan
    messages.success(request, f"Åtgärden är inlånad från {asked.source}. Gör om den så att den passar hos er.")
    if asked.is_unsure:
        messages.warning(request, "Se över När: där står andra år än planens, så texten är inte flyttad.")
    return redirect(page_at(plan, new, position_of(plan, "action", new)))


def _context(request, asked, mistakes):
    plan = asked.plan
    first = request.POST.get("place") or asked.default(request.GET.get("under", ""))
    return {
        "plan": plan,
        "row": asked.row,
        "source": asked.source,
        "source_address": decided_address(asked.row),
        "when": asked.when,
        "is_unsure": asked.is_unsure,
        "areas": asked.choices(first),
        "chosen": first,
        "seen": asked.version.number,
        "mistakes": mistakes,
        "crumbs": [
            (reverse("plans:list"), "Åtgärdsplaner"),
            (plan.get_absolute_url(), f"{plan.scope} {plan.year}"),
            (reverse("followup:catalogue"), "Åtgärdskatalogen"),
        ],
    }
