"""Writing in the annual report: its texts, comments and quotes, and its way to the steering group's decision."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from agreements.claiming import StaleRow
from agreements.year.steps import cycles
from followup.enums import ReportState
from followup.forms.report_writing import PublishForm, ReportCommentForm, ReportStepForm, SectionTextForm
from followup.models import AnnualReport, ReportComment, ReportQuote
from followup.report import comments, quotes
from followup.report.addresses import report_address
from followup.report.page import Page
from followup.report.reading import may_read, read_report
from followup.report.workflow import WORKFLOW, AnotherReport
from followup.report.writing import CLOSED, may_write, place_of, save_text, text_of
from plans.meeting_outcomes import steering_group_of
from trygghet.dates import day, moment, time_of_day
from trygghet.prose import blocks_of
from trygghet.workflow import StepRefused

NOT_YOURS = (
    "Det är den centrala beredningsgruppen som skriver årsrapporten. Skriv en kommentar vid avsnittet, så läser de den."
)
NO_COMMENT = "Det är stadens grupper som kommenterar årsrapporten. Vänd dig till den centrala beredningsgruppen."
ANOTHER_PERSON = "Någon annan har loggat in i den här webbläsaren. Logga in som dig själv, texten finns kvar."
NOT_BEGUN = "Ingen har skrivit i årsrapporten än. Börja med sammanfattningen."


# --- Finding it


def _cycle_of(request, year):
    """Return the year; raise Http404 to those who do not read its report, and for one that is not planned."""
    cycle = next((each for each in cycles() if each.year == year), None) if may_read(request.user) else None
    if cycle is None:
        raise Http404
    return cycle


def _section_of(request, year, section):
    """Return the year and the place of the section in its report; raise Http404 if there is none."""
    cycle = _cycle_of(request, year)
    place = place_of(section, cycle)
    if place is None:
        raise Http404
    return cycle, place


def _report_of(request, cycle):
    """Return the year's report if it is begun, else None."""
    return AnnualReport.objects.visible_to(request.user).select_related("cycle").filter(cycle=cycle).first()


def _writer_of(request, year):
    """Return the year, of whose report the person writes; raise PermissionDenied for one who only reads it."""
    cycle = _cycle_of(request, year)
    if not may_write(request.user):
        raise PermissionDenied(NOT_YOURS)
    return cycle


def _commenter_of(request, year):
    cycle = _cycle_of(request, year)
    if not comments.may_comment(request.user):
        raise PermissionDenied(NO_COMMENT)
    return cycle


def _crumbs(cycle):
    return [(reverse("followup:reports"), "Årsrapporter"), (report_address(cycle.year), f"{cycle.year}")]


# --- The texts


@never_cache
@require_http_methods(["GET", "POST"])
def text(request, year, section):
    """Write a section's own text: a page of its own, which the report's script also asks while somebody types.

    To the script: 200 with ``version``, ``text``, ``saved_at`` and ``html``;
    409 with both texts when another has written something else meanwhile;
    any other status with the ``reason`` it is refused for.
    """
    _writer_of(request, year)
    cycle, place = _section_of(request, year, section)
    return (_AutoSaved if _is_script(request) else _TextPage)(request, cycle, place).answer()


def _is_script(request):
    return request.headers.get("Accept") == "application/json"


class _TextPage:
    """A section's text in a form of its own."""

    def __init__(self, request, cycle, place):
        self.request, self.cycle, self.place = request, cycle, place
        self.row = text_of(cycle, place.key)
        self.report = _report_of(request, cycle)
        data = request.POST if request.method == "POST" else None
        self.form = SectionTextForm(data, row=self.row, place=place)
        self.back = report_address(cycle.year, place.anchor)

    @property
    def closed(self):
        """Why nothing is written now; "" while the report is open."""
        return CLOSED.get(self.report.state, "") if self.report else ""

    def answer(self):
        """Show the form, or what came of what was sent."""
        if not self.form.is_bound:
            return self._not_now() if self.closed else self.show()
        if not self.form.is_valid():
            return self.refused()
        try:
            saved = self.save()
        except StaleRow as stale:
            self.form.found_stale(stale)
            return self.stale()
        except StepRefused as refusal:
            return self.too_late(str(refusal))
        return self.saved(saved)

    def save(self):
        """Write what was typed."""
        given = self.form.cleaned_data
        return save_text(self.cycle, self.place.key, given["text"], seen=given["row_version"], by=self.request.user)

    def _not_now(self):
        messages.error(self.request, self.closed)
        return redirect(self.back)

    def refused(self):
        """Show the form again, with what is to be mended."""
        return self.show(422)

    def stale(self):
        """Show both texts."""
        return self.show(409)

    def too_late(self, why):
        """Give back what was typed, which is not saved."""
        return self.show(409, closed=why, typed=[(self.place.title, self.form.cleaned_data["text"])])

    def saved(self, saved):
        """Go back to the section."""
        if saved.is_new:
            messages.success(self.request, f"{self.place.title}: texten är sparad.")
        return redirect(self.back)

    def show(self, status=200, **more):
        """Show the page."""
        context = {
            "year": self.cycle.year,
            "place": self.place,
            "form": self.form,
            "row": self.form.stale or self.row,
            "blocks": blocks_of(self.row.text),
            "back": self.back,
            "closed": "",
            "typed": [],
            "crumbs": _crumbs(self.cycle),
            "differences": self.form.differences(),
            "mistakes": self.form.mistakes() if self.form.is_bound and not self.form.stale else [],
        }
        return render(self.request, "followup/report_text.html", context | more, status=status)


class _AutoSaved(_TextPage):
    """The same for the script that saves while somebody types."""

    def answer(self):
        """Refuse what another than the writer of the text would save: the computer may be shared."""
        if self.request.POST.get("writer", str(self.request.user.pk)) != str(self.request.user.pk):
            return _refused(ANOTHER_PERSON, 403)
        return super().answer()

    def refused(self):
        return _refused(" ".join(error for errors in self.form.errors.values() for error in errors), 422)

    def too_late(self, why):
        return _refused(why, 410)

    def stale(self):
        theirs = self.form.stale
        told = {
            "reason": "Någon annan har skrivit i avsnittet sedan du öppnade det. Ingenting är sparat än.",
            "version": theirs.row_version,
            "mine": self.form.cleaned_data["text"],
            "theirs": theirs.text,
            "by": str(theirs.by or ""),
            "at": time_of_day(theirs.at) if theirs.at else "",
            "html": _as_shown(theirs.text),
        }
        return JsonResponse(told, status=409)

    def saved(self, saved):
        row = saved.row
        at = time_of_day(row.at) if row.at else ""
        told = {"version": row.row_version, "text": row.text, "saved_at": at, "html": _as_shown(row.text)}
        return JsonResponse(told)


def _as_shown(text):
    """Return the text as the report shows it."""
    return render_to_string("components/prose.html", {"blocks": blocks_of(text)})


def _refused(reason, status):
    return JsonResponse({"reason": reason}, status=status)


# --- Comments


@never_cache
@require_http_methods(["GET", "POST"])
def section_comments(request, year, section):
    """What is said of a section, and a form to say something more."""
    _commenter_of(request, year)
    cycle, place = _section_of(request, year, section)
    form = ReportCommentForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            comments.comment(cycle, place.key, form.cleaned_data["text"], by=request.user)
        except StepRefused as refusal:
            messages.error(request, str(refusal))
            messages.info(request, f"Det du skrev sparades inte: ”{form.cleaned_data['text']}”")
            return redirect(report_address(year, place.anchor))
        messages.success(request, f"{place.title}: kommentaren är sparad.")
        return redirect(_beside(year, place))
    report = _report_of(request, cycle)
    said = ReportComment.objects.visible_to(request.user).filter(report=report, section=place.key)
    context = {
        "year": year,
        "place": place,
        "form": form,
        "mistakes": form.mistakes() if form.is_bound else [],
        "comments": said.select_related("by", "resolved_by") if report else [],
        "may_comment": report is None or report.state != ReportState.PUBLISHED,
        "back": report_address(year, place.anchor),
        "crumbs": _crumbs(cycle),
    }
    return render(request, "followup/report_comments.html", context, status=422 if form.is_bound else 200)


def _beside(year, place):
    """Return the section with its comments opened beside it."""
    return f"{report_address(year)}?kommentarer={place.key}#kommentarer-{place.anchor}"


@require_POST
def resolve_comment(request, year, pk):
    """Mark a comment as done."""
    return _on_comment(request, year, pk, lambda said: comments.resolve(said, by=request.user))


@require_POST
def reopen_comment(request, year, pk):
    """Take back that a comment is done."""
    return _on_comment(request, year, pk, comments.reopen)


def _on_comment(request, year, pk, act):
    cycle = _commenter_of(request, year)
    said = get_object_or_404(ReportComment.objects.visible_to(request.user), pk=pk, report__cycle=cycle)
    try:
        act(said)
    except StepRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(_beside(year, place_of(said.section, cycle)))


# --- Quotes


@require_POST
def quote(request, year):
    """Quote a district's own words in the section of their area, and go back to the list they were in."""
    cycle = _writer_of(request, year)
    back = request.POST.get("tillbaka", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = report_address(year)
    wanted = quotes.Wanted.read(request.POST.get("citat", ""))
    try:
        if wanted is None:
            raise StepRefused(quotes.NOTHING_TO_QUOTE)
        quoted, is_new = quotes.quote(cycle, wanted, by=request.user)
    except StepRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    title = place_of(quoted.section, cycle).title
    messages.success(request, f"Citatet {'står nu' if is_new else 'stod redan'} i årsrapporten, under {title}.")
    return redirect(back)


@require_POST
def remove_quote(request, year, pk):
    """Take a quote out of the report."""
    cycle = _writer_of(request, year)
    quoted = get_object_or_404(ReportQuote.objects.visible_to(request.user), pk=pk, report__cycle=cycle)
    try:
        quotes.remove(quoted)
    except StepRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Citatet är borttaget ur årsrapporten.")
    return redirect(report_address(year, place_of(quoted.section, cycle).anchor))


# --- The steps

MEANS = {
    "hand_over": "Stadens styrgrupp läser rapporten och beslutar om den eller skickar tillbaka den. Så länge den "
    "ligger hos styrgruppen går texterna inte att ändra.",
    "publish": "Rapporten fryses som den är och publiceras. Stadsdelarna läser den och sin återkoppling, och bekräftar "
    "att de har läst den. Den går inte att ändra efter det.",
    "return": "Rapporten öppnas igen, så att den centrala beredningsgruppen kan ändra. Det ni skriver sparas och läses "
    "av den.",
    "take_back": "Rapporten öppnas igen, så att ni kan ändra. Styrgruppen får den när ni lämnar den på nytt.",
}
DONE = {
    "hand_over": "Årsrapporten är lämnad till stadens styrgrupp.",
    "publish": "Årsrapporten är beslutad och publicerad.",
    "return": "Årsrapporten är tillbaka hos den centrala beredningsgruppen.",
    "take_back": "Årsrapporten är öppen igen.",
}


@never_cache
@require_http_methods(["GET", "POST"])
def step(request, year, slug):
    """Hand the report over, decide it and publish it, send it back or take it back."""
    cycle = _cycle_of(request, year)
    taking = WORKFLOW.by_slug.get(slug)
    if taking is None:
        raise Http404
    report = _report_of(request, cycle)
    if not WORKFLOW.may(request.user, taking, report):
        raise PermissionDenied(f"Det är {taking.who[:1].lower()}{taking.who[1:]} som {taking.does}.")
    if report is None:
        return _refused_step(request, year, NOT_BEGUN)
    page = _counted(request, cycle, taking)
    form = _step_form(request, report, taking, page)
    if form.is_bound and form.is_valid():
        return _take(request, cycle, report, taking, form)
    option = next((each for each in WORKFLOW.options(report, request.user) if each.step is taking), None)
    if option is None:
        return _refused_step(
            request, year, f"Årsrapporten har status {report.get_state_display()}. Steget går inte att ta nu."
        )
    return _step_page(request, report, taking, form, option.blockers, page)


def _refused_step(request, year, why):
    messages.error(request, why)
    return redirect(report_address(year))


def _counted(request, cycle, taking):
    """Return the report's :class:`Page`, by whose words it goes to its decision; None where it goes back."""
    return None if taking.is_back else Page(read_report(request.user, cycle))


def _step_form(request, report, taking, page):
    data = request.POST if request.method == "POST" else None
    if taking.name != "publish":
        return ReportStepForm(data, step=taking, report=report)
    return PublishForm(
        data, step=taking, report=report, body=steering_group_of(None), missing=page.report.missing
    )  # fmt: skip


def _take(request, cycle, report, taking, form):
    try:
        WORKFLOW.take(
            report, taking.name, by=request.user, seen_state=form.cleaned_data["seen_state"],
            reason=form.cleaned_data.get("reason", ""), **form.given(),
        )  # fmt: skip
    except StepRefused as refusal:
        if refusal.blockers:
            return _not_as_seen(request, cycle, report, taking, refusal)
        if form.cleaned_data.get("reason"):
            messages.info(request, f"Det du skrev sparades inte: ”{form.cleaned_data['reason']}”")
        return _refused_step(request, report.year, str(refusal))
    messages.success(request, DONE[taking.name])
    return redirect(report_address(report.year))


def _not_as_seen(request, cycle, report, taking, refusal):
    """Show the page as it now is, with what was typed."""
    page = _counted(request, cycle, taking)
    form = _step_form(request, report, taking, page)
    if isinstance(refusal, AnotherReport):
        form.found_another(refusal.latest)
    return _step_page(request, report, taking, form, refusal.blockers, page, status=409)


def _step_page(request, report, taking, form, blockers, page, status=None):
    context = {
        "year": report.year,
        "report": report,
        "step": taking,
        "form": form,
        "mistakes": form.mistakes() if form.is_bound else [],
        "means": MEANS[taking.name],
        "blockers": blockers,
        "address": report_address(report.year),
        "due": _due(report, taking),
        "page": page,
        "handed_over": _handed_over(report, taking),
        "crumbs": _crumbs(report.cycle),
    }
    status = status or (422 if form.is_bound else 200)
    return render(request, "followup/report_step.html", context, status=status)


def _due(report, taking):
    """Say when the year's compilation is due, where that matters to the step."""
    due = report.cycle.compilation_due
    return f"Sammanställningen ska vara klar {day(due)}." if due and not taking.is_back else ""


def _handed_over(report, taking):
    """Say which hand-over it is that the steering group decides on."""
    latest = report.steps.select_related("by").first() if taking.name == "publish" else None
    if latest is None:
        return ""
    return f"Rapporten lämnades till styrgruppen {moment(latest.at)}{f' av {latest.by}' if latest.by else ''}."
