"""The proposals for the coming year (section 11): writing them, and putting them in the city's next handlingsplan."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements.claiming import StaleRow
from agreements.forms.fields import VersionedForm
from agreements.permissions import Permission, access_of
from agreements.year.next_year import next_to_put_up
from agreements.year.steps import cycles
from followup.enums import ReportState
from followup.forms.report_proposals import ProposalForm
from followup.models import AnnualReport, ReportProposal
from followup.report import proposals
from followup.report.reading import may_read
from followup.report.writing import CLOSED, may_write
from plans.errors import EditRefused
from trygghet.workflow import StepRefused

WHO_WRITES = "Det är stadens beredningsgrupp som skriver förslagen. Vänd dig dit med det du vill få in."
WHO_PUTS = "Det är stadens samordnare i beredningsgruppen som lägger förslagen i handlingsplanen."
NOTHING_CHOSEN = "Välj minst ett förslag att lägga i handlingsplanen."
STEPS = {"upp": -1, "ner": 1}


def cycle_of(request, year):
    """Return the planning year with its areas; raise Http404 for who does not read its report, or if there is none."""
    if not may_read(request.user):
        raise Http404
    cycle = next((cycle for cycle in cycles() if cycle.year == year), None)
    if cycle is None:
        raise Http404
    return cycle


def report_of(request, cycle):
    """Return the year's report as it is kept, None before anybody has written in it."""
    report = AnnualReport.objects.visible_to(request.user).filter(cycle=cycle).first()
    if report:
        report.cycle = cycle
    return report


def why_closed(report):
    """Return the sentence that says why nothing is written in the report now; "" while it is open."""
    return CLOSED[report.state] if report and report.state != ReportState.OPEN else ""


def check_writes(request):
    """Raise PermissionDenied with the reason unless the person writes in the report."""
    if not may_write(request.user):
        raise PermissionDenied(WHO_WRITES)


@never_cache
@require_safe
def report_proposals(request, year):
    """The proposals in order, with what each has become in the city's plan of the year after."""
    cycle = cycle_of(request, year)
    report, coming = report_of(request, cycle), proposals.next_cycle(cycle)
    areas = dict(proposals.areas_for(cycle, None)) | dict(proposals.areas_for(cycle, coming))
    found = ReportProposal.objects.visible_to(request.user).filter(report__cycle=cycle).select_related("owner")
    became = proposals.became_of(report, request.user) if report else {}
    lines = [(each, areas.get(each.area, "Området finns inte längre"), became.get(each.pk)) for each in found]
    writes, closed = may_write(request.user), why_closed(report)
    may_put = writes and access_of(request.user).allows(Permission.EDIT_PLAN, None)
    is_put_up = coming is not None
    left = [each.pk for each, _, row in lines if row is None]
    why_not_put = proposals.why_not_put(request.user, year) if may_put and is_put_up else ""
    context = {
        "year": year,
        "coming": year + 1,
        "lines": lines,
        "left": left,
        "may_write": writes and not closed,
        "closed": closed if writes else "",
        "may_put": may_put,
        "may_choose": bool(may_put and is_put_up and left and not why_not_put),
        "asks_whom": WHO_PUTS if writes and not may_put else "",
        "why_not_put": why_not_put,
        "no_year": "" if is_put_up else _no_year(request.user, year + 1),
        "may_put_up": not is_put_up and _may_put_up(request.user, year + 1),
        "plan": next(iter(became.values())).plan if became else None,
    }
    return render(request, "followup/report_proposals.html", context)


def _may_put_up(user, coming):
    """Whether the person can put up the coming year here and now."""
    return access_of(user).allows(Permission.SET_YEAR, None) and next_to_put_up(cycles()) == coming


def _no_year(user, coming):
    """Say that the proposals wait for the year, and who does what."""
    waits = f"Planeringsåret {coming} är inte upplagt än. Förslagen står kvar här"
    if _may_put_up(user, coming):
        return f"{waits} och blir rader i handlingsplanen när du har lagt upp året och valt dem."
    if coming - 1 > timezone.localdate().year:
        return f"{waits} och kan läggas i handlingsplanen när året är upplagt. Det kan ske från och med {coming - 1}."
    whom = "stadens beredningsgrupp" if next_to_put_up(cycles()) == coming else "den som förvaltar Trygghet"
    return f"{waits}. Be {whom} att lägga upp året, så kan förslagen bli rader i handlingsplanen."


@never_cache
@require_http_methods(["GET", "POST"])
def proposal_add(request, year):
    """Write a new proposal."""
    cycle = cycle_of(request, year)
    check_writes(request)
    if closed := why_closed(report_of(request, cycle)):
        return _refused(request, year, closed)
    return _write(request, cycle, None)


@never_cache
@require_http_methods(["GET", "POST"])
def proposal_edit(request, year, pk):
    """Change a proposal, as somebody read it."""
    cycle = cycle_of(request, year)
    check_writes(request)
    proposal = _proposal(request, cycle, pk)
    if closed := why_closed(proposal.report):
        return _refused(request, year, closed)
    return _write(request, cycle, proposal)


def _proposal(request, cycle, pk):
    found = ReportProposal.objects.visible_to(request.user).select_related("report", "owner")
    proposal = get_object_or_404(found, pk=pk, report__cycle=cycle)
    proposal.report.cycle = cycle
    return proposal


def _refused(request, year, words):
    messages.error(request, words)
    return redirect("followup:report_proposals", year)


def _write(request, cycle, proposal):
    posted = request.method == "POST"
    coming = proposals.next_cycle(cycle)
    form = ProposalForm(
        request.POST if posted else None, areas=proposals.areas_for(cycle, coming), owners=proposals.owners(),
        proposal=proposal, coming=cycle.year + 1,
    )  # fmt: skip
    if posted and form.is_valid():
        try:
            _save(cycle, proposal, form, request.user)
        except StaleRow as stale:
            form.found_stale(stale)
        except StepRefused as refused:
            # Handed over meanwhile: what was typed stays, though it can no longer be saved.
            form.add_error(None, str(refused))
        else:
            messages.success(request, "Förslaget är ändrat." if proposal else "Förslaget är tillagt.")
            return redirect("followup:report_proposals", cycle.year)
    became = proposals.became_of(proposal.report, request.user).get(proposal.pk) if proposal else None
    context = {
        "year": cycle.year,
        "coming": cycle.year + 1,
        "form": form,
        "mistakes": form.mistakes() if form.is_bound else [],
        "proposal": proposal,
        "became": became,
    }
    return render(request, "followup/report_proposal_form.html", context, status=422 if posted else 200)


def _save(cycle, proposal, form, by):
    if proposal is None:
        return proposals.add(cycle, form.values(), by=by)
    return proposals.change(proposal, form.values(), seen=form.cleaned_data["row_version"], by=by)


@never_cache
@require_http_methods(["GET", "POST"])
def proposal_remove(request, year, pk):
    """Remove a proposal, having said which it is."""
    cycle = cycle_of(request, year)
    check_writes(request)
    proposal = _proposal(request, cycle, pk)
    if closed := why_closed(proposal.report):
        return _refused(request, year, closed)
    posted = request.method == "POST"
    form = VersionedForm(request.POST if posted else None, initial={"row_version": proposal.row_version})
    if posted and form.is_valid():
        try:
            proposals.remove(proposal, seen=form.cleaned_data["row_version"])
        except StaleRow:
            return _refused(
                request, year, "Någon annan har ändrat förslaget sedan du öppnade sidan. Inget är borttaget."
            )
        except StepRefused as refused:
            return _refused(request, year, str(refused))
        messages.success(request, "Förslaget är borttaget.")
        return redirect("followup:report_proposals", year)
    context = {
        "year": year, "proposal": proposal, "form": form, "mistakes": form.mistakes() if posted else [],
        "why_not": proposals.IN_THE_PLAN if proposal.rows.exists() else "",
    }  # fmt: skip
    return render(request, "followup/report_proposal_remove.html", context, status=422 if posted else 200)


@require_POST
def proposal_move(request, year, pk):
    """Move a proposal a step up or down."""
    cycle = cycle_of(request, year)
    check_writes(request)
    proposal = _proposal(request, cycle, pk)
    step = STEPS.get(request.POST.get("till", ""))
    try:
        if step:
            proposals.move(proposal, step)
    except StepRefused as refused:
        return _refused(request, year, str(refused))
    response = redirect("followup:report_proposals", year)
    response["Location"] += f"#forslag-{proposal.pk}"
    return response


@require_POST
def proposals_put(request, year):
    """Put the chosen proposals in the city's plan of the year after."""
    cycle = cycle_of(request, year)
    check_writes(request)
    report = report_of(request, cycle)
    if closed := proposals.why_not_put(request.user, year):
        return _refused(request, year, closed)
    sent = set(request.POST.getlist("forslag"))
    chosen = [pk for pk in report.proposals.values_list("pk", flat=True) if str(pk) in sent] if report else []
    if not chosen:
        return _refused(request, year, NOTHING_CHOSEN)
    try:
        done = proposals.put(report, chosen, by=request.user)
    except EditRefused as refused:
        return _refused(request, year, str(refused))
    if done.count:
        count = "1 förslag är lagt" if done.count == 1 else f"{done.count} förslag är lagda"
        messages.success(request, f"{count} i stadens handlingsplan {done.plan.year}.")
    else:
        messages.info(request, f"Det du valde fanns redan i handlingsplanen {done.plan.year}. Inget är ändrat.")
    return redirect("followup:report_proposals", year)
