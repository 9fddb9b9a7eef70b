"""The meetings of a place: the year's list, a meeting with its agenda, the notes taken in it, and its papers."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements.claiming import StaleRow
from agreements.enums import MeetingState
from agreements.forms.meetings import AttendanceForm, CallForm, ItemForm, MeetingForm, MeetingStepForm, NotesForm
from agreements.meetings import pdf as minutes_pdf
from agreements.meetings import workflow as meetings
from agreements.models import CollaborationGroup, GroupMembership, Meeting
from agreements.permissions import Permission
from agreements.views.access import check, scoped
from trygghet.dates import time_of_day
from trygghet.workflow import StepRefused

SAVED = "Sparat."
STEP_WORDS = {
    "hold": (
        "Mötet räknas från nu bland gruppens möten i år. Protokollet går fortfarande att skriva i.",
        "Mötet är genomfört. Nästa steg: skriv klart protokollet och justera det.",
    ),
    "approve_minutes": (
        "Protokollet låses. Därefter går varken dagordning, anteckningar, beslut eller närvaro att ändra.",
        "Protokollet är justerat.",
    ),
    "reopen": ("Mötet räknas inte längre bland gruppens möten i år.", "Mötet är planerat igen."),
    "cancel": (
        "Mötet står kvar i listan som inställt. Kalla till ett nytt möte om det ska bli av en annan dag.",
        "Mötet är inställt.",
    ),
}


# --- Fetching


def readable_meeting(request, scope, uid):
    """Return the place's meeting; raise Http404 if there is none that the person may see."""
    meetings_here = Meeting.objects.visible_to(request.user).filter(group__district=scope.district)
    return get_object_or_404(meetings_here.select_related("group__district"), pk=uid)


def _item(request, meeting, uid):
    """Return the item of the meeting's agenda; None if there is none (any longer) that the person reads."""
    return next((item for item in meetings.agenda_for(meeting, request.user).items if item.pk == uid), None)


def _check_not_withheld(request, meeting, uid):
    """Raise Http404 for an item that there is and that the person does not read; one that is gone is told of."""
    if _item(request, meeting, uid) is None and meeting.items.filter(pk=uid).exists():
        raise Http404


def groups_of(request, scope):
    """Return the place's standing groups whose meetings the person reads, by level of decision."""
    groups = CollaborationGroup.objects.visible_to(request.user).filter(district=scope.district).valid_on()
    if not scope.allows(request.user, Permission.READ_MEETINGS):
        own = GroupMembership.objects.visible_to(request.user).in_force().filter(user=request.user)
        groups = groups.filter(pk__in=own.values("group"))
    order = list(meetings.KINDS)
    return sorted(groups, key=lambda group: (order.index(group.kind), group.name))


def _context(request, scope, meeting, **more):
    is_open = meeting.state in meetings.OPEN
    may_keep = meetings.may_keep(request.user, meeting.group)
    return {
        "scope": scope,
        "tab": "meetings",
        "meeting": meeting,
        "may_keep": may_keep,
        "may_write": may_keep and is_open,
        "is_held": meeting.state in meetings.HELD,
        **more,
    }


# --- The list


@require_safe
@scoped()
def meeting_list(request, scope):
    """The place's meetings: those to come, and a year's with how many each group has had of those it should."""
    groups = groups_of(request, scope)
    if not groups and not scope.allows(request.user, Permission.READ_MEETINGS):
        raise Http404
    today = timezone.localdate()
    here = Meeting.objects.visible_to(request.user).filter(group__district=scope.district)
    here = here.select_related("group__district")
    years = sorted({today.year, *(first.year for first in here.dates("on", "year"))}, reverse=True)
    asked = request.GET.get("ar", "")
    year = int(asked) if asked.isdecimal() and int(asked) in years else today.year
    counts = meetings.counts_of(groups, year)
    context = {
        "scope": scope,
        "tab": "meetings",
        "planned": here.filter(state=MeetingState.PLANNED).order_by("on", "starts_at", "title"),
        "past": here.filter(on__year=year).exclude(state=MeetingState.PLANNED).order_by("-on", "-starts_at", "title"),
        "groups": [(group, counts[group.pk]) for group in groups],
        "today": today,
        "year": year,
        "years": years,
        "may_keep": scope.allows(request.user, Permission.KEEP_MEETINGS),
    }
    return render(request, "agreements/meeting_list.html", context)


@require_http_methods(["GET", "POST"])
@scoped(Permission.READ_MEETINGS)
def call(request, scope):
    """Call a meeting of one of the place's groups."""
    check(request.user, Permission.KEEP_MEETINGS, scope, meetings.WHY_NOT_KEEP)
    groups = CollaborationGroup.objects.visible_to(request.user).filter(district=scope.district).valid_on()
    posted = request.method == "POST"
    form = CallForm(request.POST if posted else None, groups=groups, initial=_asked_for(request, groups))
    if posted and form.is_valid():
        try:
            meeting = meetings.call(by=request.user, **form.cleaned_data)
        except StepRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{meeting} är kallat. Nästa steg: bygg dagordningen av det som väntar.")
            return redirect(meetings.address_of(meeting))
    context = {"scope": scope, "tab": "meetings", "form": form, "mistakes": form.mistakes() if posted else []}
    return render(request, "agreements/meeting_call.html", context, status=422 if posted else 200)


def _asked_for(request, groups):
    """Return what the form begins with: the group named in the address, and what its next meeting is called."""
    group = groups.filter(slug=request.GET.get("grupp", "")).first()
    return {"group": group.pk, "title": meetings.suggested_title(group, timezone.localdate().year)} if group else None


# --- A meeting


@require_safe
@scoped()
def meeting(request, scope, uid):
    """A meeting: its agenda with what was said and decided, what waits to be taken up, and what can be done."""
    return _meeting_page(request, scope, readable_meeting(request, scope, uid))


def _meeting_page(request, scope, meeting, *, form=None):
    context = _context(request, scope, meeting)
    if context["may_write"]:
        context["waiting"] = meetings.waiting_for(meeting, request.user)
        context["form"] = form or ItemForm()
    agenda = meetings.agenda_for(meeting, request.user)
    context |= {
        "items": agenda.items,
        "is_part": agenda.is_part,
        "present": meetings.members_on_the_day(meeting).filter(meetings_attended=meeting),
        "log": meeting.steps.select_related("by"),
        "steps": meetings.WORKFLOW.open_steps(meeting, request.user),
        "mistakes": form.mistakes() if form else [],
        "is_today_or_past": meeting.on <= timezone.localdate(),
    }
    return render(request, "agreements/meeting_detail.html", context, status=422 if form else 200)


@require_http_methods(["GET", "POST"])
@scoped()
def edit(request, scope, uid):
    """Change when and where the meeting is, or what it is called."""
    meeting = readable_meeting(request, scope, uid)
    meetings.check_keep(request.user, meeting.group)
    if refused := _is_closed(request, meeting):
        return refused
    posted, stale = request.method == "POST", None
    form = MeetingForm(request.POST if posted else None, meeting=meeting)
    if posted and form.is_valid():
        try:
            meetings.change(meeting, form.texts, read_version=form.read_version, by=request.user)
        except StaleRow as other:
            stale = other.now
        except StepRefused as refusal:
            return _refused(request, meeting, refusal)
        else:
            messages.success(request, SAVED)
            return redirect(meetings.address_of(meeting))
    context = _context(request, scope, meeting, form=form, stale=stale)
    context["mistakes"] = form.mistakes() if posted else []
    return render(request, "agreements/meeting_edit.html", context, status=_status(posted, stale))


def _status(posted, stale):
    return 409 if stale else 422 if posted else 200


def _is_closed(request, meeting):
    """Say that nothing is written any more, and lead to the meeting; None while it is open."""
    if meeting.state in meetings.OPEN:
        return None
    return _refused(request, meeting, meetings.CLOSED[meeting.state])


def _refused(request, meeting, words, *, anchor=""):
    messages.error(request, str(words))
    return redirect(meetings.address_of(meeting) + anchor)


# --- The agenda


@require_POST
@scoped()
def take_up(request, scope, uid):
    """Put what was ticked among what waits on the agenda."""
    meeting = readable_meeting(request, scope, uid)
    chosen = request.POST.getlist("vantar")
    try:
        items = meetings.take_up(meeting, chosen, by=request.user)
    except StepRefused as refusal:
        return _refused(request, meeting, refusal)
    if not chosen:
        messages.error(request, "Kryssa för det som ska tas upp på mötet.")
    elif len(items) < len(set(chosen)):
        messages.warning(request, f"{len(items)} av {len(set(chosen))} lades till. Resten väntar inte längre.")
    else:
        messages.success(request, f"{_points(len(items))} på dagordningen.")
    return redirect(meetings.address_of(meeting) + "#dagordning")


def _points(count):
    return "En punkt lades till" if count == 1 else f"{count} punkter lades till"


@require_POST
@scoped()
def add_item(request, scope, uid):
    """Put something of one's own on the agenda."""
    meeting = readable_meeting(request, scope, uid)
    meetings.check_keep(request.user, meeting.group)
    if refused := _is_closed(request, meeting):
        return refused
    form = ItemForm(request.POST)
    if not form.is_valid():
        return _meeting_page(request, scope, meeting, form=form)
    try:
        item = meetings.add_item(meeting, by=request.user, **form.texts)
    except StepRefused as refusal:
        return _refused(request, meeting, refusal)
    messages.success(request, "Punkten lades till på dagordningen.")
    return redirect(meetings.address_of(meeting) + f"#punkt-{item.pk}")


@require_http_methods(["GET", "POST"])
@scoped()
def edit_item(request, scope, uid, item):
    """Change what an item is called and what is said of it beforehand."""
    meeting = readable_meeting(request, scope, uid)
    meetings.check_keep(request.user, meeting.group)
    if refused := _is_closed(request, meeting):
        return refused
    found = _item(request, meeting, item)
    if found is None:
        raise Http404
    posted, stale = request.method == "POST", None
    form = ItemForm(request.POST if posted else None, item=found)
    if posted and form.is_valid():
        try:
            meetings.write(meeting, item, form.texts, read_version=form.read_version, by=request.user)
        except StaleRow as other:
            stale = other.now
        except StepRefused as refusal:
            return _refused(request, meeting, refusal)
        else:
            messages.success(request, SAVED)
            return redirect(meetings.address_of(meeting) + f"#punkt-{item}")
    context = _context(request, scope, meeting, form=form, item=found, stale=stale)
    context["mistakes"] = form.mistakes() if posted else []
    return render(request, "agreements/meeting_item.html", context, status=_status(posted, stale))


@require_POST
@scoped()
def move_item(request, scope, uid, item, steps):
    """Move an item a step up or down."""
    meeting = readable_meeting(request, scope, uid)
    _check_not_withheld(request, meeting, item)
    try:
        if not meetings.move(meeting, item, steps, by=request.user):
            messages.info(request, f"Punkten står redan {'först' if steps < 0 else 'sist'}.")
    except StepRefused as refusal:
        return _refused(request, meeting, refusal)
    return redirect(meetings.address_of(meeting) + f"#punkt-{item}")


@require_POST
@scoped()
def remove_item(request, scope, uid, item):
    """Take an item off the agenda."""
    meeting = readable_meeting(request, scope, uid)
    _check_not_withheld(request, meeting, item)
    try:
        meetings.remove(meeting, item, by=request.user)
    except StepRefused as refusal:
        return _refused(request, meeting, refusal)
    messages.success(request, "Punkten är borttagen från dagordningen.")
    return redirect(meetings.address_of(meeting) + "#dagordning")


# --- In the meeting


@require_safe
@scoped()
def notes(request, scope, uid):
    """The page that stands open during the meeting: who is there, and each item's notes and decision."""
    meeting = readable_meeting(request, scope, uid)
    meetings.check_keep(request.user, meeting.group)
    if refused := _is_closed(request, meeting):
        return refused
    return _notes_page(request, scope, meeting)


def _notes_page(request, scope, meeting, *, item=None, form=None, attendance=None, stale=None):
    """Show the page; ``form`` is that of ``item`` when it was refused, ``attendance`` when that was."""
    agenda = meetings.agenda_for(meeting, request.user)
    rows = [
        (row, form if item and row.pk == item else NotesForm(item=row), stale if item and row.pk == item else None)
        for row in agenda.items
    ]
    seats = meetings.members_on_the_day(meeting)
    refused = form or attendance
    attendance = attendance or AttendanceForm(meeting=meeting, seats=seats, present=meeting.present.all())
    context = _context(request, scope, meeting, rows=rows, is_part=agenda.is_part, attendance=attendance)
    context["stale_attendance"] = stale if refused is attendance else None
    context["mistakes"] = refused.mistakes() if refused and not stale else []
    return render(request, "agreements/meeting_notes.html", context, status=_status(refused, stale))


@require_POST
@scoped()
def write_notes(request, scope, uid, item):
    """Save an item's notes and decision; asked by a script, answer with only how it went."""
    meeting = readable_meeting(request, scope, uid)
    meetings.check_keep(request.user, meeting.group)
    found = _item(request, meeting, item)
    if found is None:
        return _notes_refused(request, meeting, "Punkten finns inte längre på dagordningen.", "")
    form, stale = NotesForm(request.POST, item=found), None
    if form.is_valid():
        try:
            saved = meetings.write(meeting, item, form.texts, read_version=form.read_version, by=request.user)
        except StaleRow as other:
            stale = other.now
        except StepRefused as refusal:
            return _notes_refused(request, meeting, refusal, _typed(form))
        else:
            return _notes_saved(request, meeting, saved, f"punkt-{item}")
    if request.htmx:
        return _saved_line(request, form=form, stale=stale)
    return _notes_page(request, scope, meeting, item=item, form=form, stale=stale)


def _typed(form):
    return " / ".join(text for text in form.texts.values() if text)


@require_POST
@scoped()
def attendance(request, scope, uid):
    """Save who is there; asked by a script, answer with only how it went."""
    meeting = readable_meeting(request, scope, uid)
    meetings.check_keep(request.user, meeting.group)
    seats = meetings.members_on_the_day(meeting)
    form, stale = AttendanceForm(request.POST, meeting=meeting, seats=seats), None
    if form.is_valid():
        try:
            saved = meetings.attend(meeting, **form.who, read_version=form.read_version, by=request.user)
        except StaleRow as other:
            stale = other.now
        except StepRefused as refusal:
            return _notes_refused(request, meeting, refusal, form.who["guests"])
        else:
            return _notes_saved(request, meeting, saved, "narvaro")
    if request.htmx:
        return _saved_line(request, form=form, stale=stale)
    return _notes_page(request, scope, meeting, attendance=form, stale=stale)


def _notes_saved(request, meeting, row, anchor):
    if request.htmx:
        return _saved_line(request, row=row)
    messages.success(request, SAVED)
    return redirect(meetings.notes_address(meeting, anchor))


def _notes_refused(request, meeting, words, typed):
    if request.htmx:
        return _saved_line(request, refusal=str(words))
    if typed:
        messages.info(request, f"Det du skrev sparades inte: ”{typed}”")
    return _refused(request, meeting, words)


def _saved_line(request, *, row=None, form=None, stale=None, refusal=""):
    """The line of a form that is saved by a script: how it went, and the version that the next save is based on."""
    context = {
        "row_version": row.row_version if row else form["row_version"].value() if form else "",
        "saved_at": time_of_day(timezone.now()) if row else "",
        "mistakes": form.mistakes() if form and not stale else [],
        "stale": stale,
        "refusal": refusal,
    }
    response = render(request, "agreements/_meeting_saved.html", context)
    patch_vary_headers(response, ["HX-Request"])
    return response


# --- Its steps


@require_http_methods(["GET", "POST"])
@scoped()
def step(request, scope, uid, slug):
    """Say what a step means and what stands in its way; take it."""
    taking = meetings.WORKFLOW.by_slug.get(slug)
    if taking is None:
        raise Http404
    meeting = readable_meeting(request, scope, uid)
    if not meetings.WORKFLOW.may(request.user, taking, meeting):
        raise PermissionDenied(f"{taking.who} {taking.does}. Vänd dig till dem.")
    option = next((o for o in meetings.WORKFLOW.options(meeting, request.user) if o.step is taking), None)
    if option is None:
        return _refused(request, meeting, f"Mötet har status «{meeting.get_state_display()}». Ingenting gjordes nu.")
    posted = request.method == "POST"
    seen = meetings.fingerprint(meeting)
    form = MeetingStepForm(request.POST if posted else None, step=taking, meeting=meeting, seen=seen)
    if posted and form.is_valid():
        return _take(request, meeting, taking, form.cleaned_data)
    agenda = meetings.agenda_for(meeting, request.user)
    context = _context(request, scope, meeting, form=form, step=taking, blockers=option.blockers)
    context |= {
        "means": STEP_WORDS[taking.name][0],
        "mistakes": form.mistakes() if posted else [],
        "items": agenda.items if taking.name == "approve_minutes" else [],
        "is_part": agenda.is_part,
        "present": meetings.members_on_the_day(meeting).filter(meetings_attended=meeting),
    }
    return render(request, "agreements/meeting_step.html", context, status=422 if posted else 200)


def _take(request, meeting, taking, values):
    given = {"seen": values["seen"]} if taking.effect else {}
    try:
        meetings.WORKFLOW.take(
            meeting, taking.name, by=request.user, reason=values.get("reason", ""), seen_state=values["seen_state"],
            **given,
        )  # fmt: skip
    except StepRefused as refusal:
        if values.get("reason"):
            messages.info(request, f"Det du skrev sparades inte: ”{values['reason']}”")
        return _refused(request, meeting, refusal)
    messages.success(request, STEP_WORDS[taking.name][1])
    return redirect(meetings.address_of(meeting))


# --- Its papers


@require_safe
@scoped()
def notice(request, scope, uid):
    """The notice of the meeting with its agenda, as PDF."""
    meeting = readable_meeting(request, scope, uid)
    return _file(minutes_pdf.notice_pdf(meeting, request.user), f"Kallelse {meeting.title}.pdf")


@require_safe
@scoped()
def minutes(request, scope, uid):
    """The minutes as PDF, marked as not approved until they are."""
    meeting = readable_meeting(request, scope, uid)
    if meeting.state not in meetings.HELD:
        return _refused(request, meeting, "Protokollet finns när mötet är markerat som genomfört.")
    return _file(minutes_pdf.minutes_pdf(meeting, request.user), f"Protokoll {meeting.title}.pdf")


def _file(content, name):
    headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type="application/pdf", headers=headers)
