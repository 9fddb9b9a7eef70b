"""The follow-up of a plan: its page, the form of an action, the parties' own answers, assessments and the steps."""

from functools import cached_property

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements.permissions import Permission, access_of
from agreements.scope import lookup_of
from followup import opening, parties, writing
from followup.enums import FollowUpState
from followup.forms.given_back import typed_in
from followup.forms.outcomes import (
    ApprovalForm,
    AssessmentForm,
    FollowUpStepForm,
    FulfilmentForm,
    GoalForm,
    InCellForm,
    OutcomeForm,
    SummaryForm,
)
from followup.grid import COLUMNS, answered, laid_out
from followup.models import FollowUp
from followup.page import Writer, address_in, address_of, sheet_of
from followup.workflow import WORKFLOW
from plans import grid
from plans.actors import said_of
from plans.afterwards import offers_of
from plans.meeting_outcomes import steering_group_of
from plans.models import PlanVersion
from trygghet.dates import day, is_late
from trygghet.workflow import StepRefused

P = Permission
NOT_YOURS = (
    "Du kan läsa uppföljningen men inte skriva om den här åtgärden. Det gör trygghetsstrategen och de som arbetar med "
    "åtgärden. Vänd dig till trygghetsstrategen med det du vill få in."
)
ONLY_THE_PARTY = (
    "Bara parten själv svarar på om den har gjort sin del. Be någon som sitter för parten i stadsdelens grupper att "
    "svara; trygghetsstrategen ser vilka svar som saknas."
)
NOTHING_TO_ANSWER = (
    "Din organisation har inga åtaganden att svara på i den här planen. Fråga trygghetsstrategen om ni borde ha det."
)
CLOSED = {
    FollowUpState.SUBMITTED: "Uppföljningen är inlämnad och går inte att ändra.",
    FollowUpState.APPROVED: "Uppföljningen är godkänd och går inte att ändra.",
}
ONLY_THE_EDITOR = "Det är trygghetsstrategen som skriver bedömningarna och sammanfattningen, för beredningsgruppen."


def _called(place):
    """The row as it is spoken of where rows of several problems are listed."""
    return f"{place.name}, problem {place.problem.number}" if place.problem else place.name


# --- Finding it


def _readable(request, district, year):
    """Return the follow-up of the place's plan for the year; raise Http404 if the person may not read it."""
    found = FollowUp.objects.visible_to(request.user).with_place()
    return get_object_or_404(found, **lookup_of(district, "plan__district"), plan__cycle__year=year)


def _version_to_open(request, district, year):
    """Return the decided version that the person may follow up when it opens; raise Http404 for anybody else."""
    versions = PlanVersion.objects.visible_to(request.user).in_force().with_place()
    version = get_object_or_404(versions, **lookup_of(district, "plan__district"), plan__cycle__year=year)
    if not access_of(request.user).allows(P.READ_FOLLOW_UP, version.plan.district_id):
        raise Http404
    return version


class _Page:
    """A follow-up that the person reads, and what its pages show around it."""

    def __init__(self, request, district, year):
        self.request = request
        self.follow_up = _readable(request, district, year)
        self.plan = self.follow_up.plan

    @cached_property
    def sheet(self):
        return sheet_of(self.follow_up)

    @cached_property
    def writer(self):
        return Writer(self.request.user, self.sheet)

    @property
    def address(self):
        return address_of(self.follow_up)

    def address_to(self, name, *rest):
        return address_of(self.follow_up, name, *rest)

    def closed(self):
        """Return the answer to a write in what has been handed in or approved; None while it is open."""
        return None if self.sheet.is_open else self.refused(writing.CLOSED[self.follow_up.state])

    def given_back(self, forms):
        """Return what a page shows that was written in too late: that it is closed, and what was typed in the forms."""
        return {"closed": CLOSED[self.follow_up.state], "typed": typed_in(forms)}

    def has_closed(self):
        """Whether it closed while the page was being saved; the page then shows it as it now stands."""
        self.follow_up.refresh_from_db(fields=["state"])
        return not self.sheet.is_open

    def refused(self, why):
        messages.error(self.request, said_of(self.plan, str(why)))
        return redirect(self.address)

    def save(self, forms):
        """Write what was typed in the forms; return whether it was. What is stale is then said in them."""
        refused = [form for form in forms if not form.is_valid()]  # each says what is wrong with it
        if refused:
            return False
        touched = [form for form in forms if form.is_touched]
        try:
            writing.write(self.follow_up, [form.written() for form in touched], by=self.request.user)
        except writing.Stale as stale:
            for form in touched:
                if form.row.pk in stale.rows:
                    form.against(stale.rows[form.row.pk])
            return False
        return True

    def render(self, template, status=200, **more):
        context = {
            "follow_up": self.follow_up,
            "plan": self.plan,
            "address": self.address,
            "closed": "",
            "typed": [],
            "crumbs": [
                (reverse("plans:list"), "Åtgärdsplaner"),
                (self.plan.get_absolute_url(), f"{self.plan.scope} {self.plan.year}"),
                (self.address, "Uppföljning"),
            ],
        }
        return render(self.request, template, context | more, status=status)


def _form_status(forms):
    """What a page with forms answers: refused, stale, or shown for the first time."""
    bound = [form for form in forms if form.is_bound]
    if any(form.stale is not None for form in bound):
        return 409
    return 422 if bound else 200


def _what_is_wrong(forms):
    """Return what the page says above its forms: what to mend, and what another has written meanwhile."""
    bound = [form for form in forms if form.is_bound]
    differences = [difference for form in bound for difference in form.differences()]
    return {
        "mistakes": [] if differences else [mistake for form in bound for mistake in form.mistakes()],
        "differences": differences,
        "is_unsaved": bool(bound),
    }


# --- The page


@require_safe
def follow_up(request, district, year, position=None):
    """The plan's grid with the Uppföljning column open, an area at a time, and what remains for whom.

    Without a position it is the first area that has actions.
    """
    exists = FollowUp.objects.visible_to(request.user).filter(**lookup_of(district, "plan__district"))
    if not exists.filter(plan__cycle__year=year).exists():
        return _not_open(request, _version_to_open(request, district, year))
    page = _Page(request, district, year)
    sheet, writer = page.sheet, page.writer
    tabs = grid.tabs(sheet.document)
    if position is None:
        position = next((row.place.position for row in sheet.rows.values()), 1)
    if position not in range(1, max(len(tabs), 1) + 1):
        raise Http404
    options = WORKFLOW.open_steps(page.follow_up, request.user)
    own = writer.own()
    context = {
        "tabs": tabs,
        "tab": tabs[position - 1] if tabs else None,
        "columns": COLUMNS,
        "area": laid_out(sheet, writer, position) if tabs else None,
        "remains": sheet.remains(),
        "deadline": _deadline(page),
        "of_tabs": _told_of_tabs(sheet, tabs),
        "own": own,
        "own_left": sum(not each.answer for each in own),
        "writer": writer,
        "options": options,
        "log": page.follow_up.steps.select_related("by")[:5],
        "approved": getattr(page.follow_up, "approved", None),
    }
    return page.render("followup/follow_up.html", **context)


def _told_of_tabs(sheet, tabs):
    """Return how many of each tab's actions are answered, in words, in the order of the tabs."""
    told = []
    for tab in tabs:
        rows = [row for row in sheet.rows.values() if row.place.position == tab.position]
        done = sum(row.is_complete for row in rows)
        told.append((tab, f"{done} av {len(rows)} besvarade" if rows else tab.tells, bool(rows) and done == len(rows)))
    return told


def _not_open(request, version):
    plan = version.plan
    context = {
        "plan": plan,
        "version": version,
        "opens": plan.cycle.follow_up_opens,
        "due": plan.cycle.follow_up_due,
        "is_due": opening.is_due(plan),
        "editor": said_of(plan, "trygghetsstrategen"),
        "may_open": access_of(request.user).allows(P.EDIT_PLAN, plan.district_id),
        "crumbs": [
            (reverse("plans:list"), "Åtgärdsplaner"),
            (version.get_absolute_url(), f"{plan.scope} {plan.year}"),
        ],
    }
    return render(request, "followup/not_open.html", context)


@require_POST
def open_follow_up(request, district, year):
    """Open the follow-up of the plan's version in force; for the editor, also before the year's day."""
    version = _version_to_open(request, district, year)
    if not access_of(request.user).allows(P.EDIT_PLAN, version.plan.district_id):
        why = "Det är trygghetsstrategen som öppnar uppföljningen. Vänd dig dit."
        raise PermissionDenied(said_of(version.plan, why))
    there = FollowUp.objects.visible_to(request.user).filter(plan=version.plan).first()
    if there:
        messages.info(request, _already(there))
        return redirect(address_in(version.plan))
    try:
        opening.open(version.plan, by=request.user)
    except StepRefused as refusal:
        messages.error(request, str(refusal))
        return redirect(version)
    messages.success(request, "Uppföljningen är öppen. Det som har noterats under året står redan i åtgärderna.")
    return redirect(address_in(version.plan))


def _already(follow_up):
    """Say how a follow-up stands that somebody asks to open again."""
    if follow_up.state == FollowUpState.OPEN:
        return f"Uppföljningen är redan öppen, sedan {day(timezone.localdate(follow_up.opened_at))}."
    return f"{CLOSED[follow_up.state]} Den öppnades inte på nytt."


# --- An action


@never_cache
@require_http_methods(["GET", "POST"])
def action(request, district, year, uid):
    """What became of an action: its status and words, its goals, and the parties' own answers."""
    page = _Page(request, district, year)
    row = page.sheet.rows.get(str(uid))
    if row is None:
        raise Http404
    if "cell" in request.GET and "HX-Request" in request.headers:
        return _in_the_cell(page, row)
    if request.method == "POST" and not page.sheet.is_open:
        return _closed_action(page, row)
    forms = _ActionForms(page, row)
    if request.method == "GET":
        return _action_page(page, row, forms)
    if not forms.every:
        raise PermissionDenied(said_of(page.plan, NOT_YOURS))
    try:
        saved = page.save(forms.every)
    except StepRefused as refusal:
        return _closed_action(page, row) if page.has_closed() else page.refused(refusal)
    if not saved:
        return _action_page(page, row, forms)
    messages.success(request, f"{row.place.label}: svaret är sparat.")
    return redirect(_onward(page, row))


def _closed_action(page, row):
    """The action as it stands, above it what was typed too late: the follow-up closed while somebody wrote."""
    data = page.request.POST
    too_late = [
        OutcomeForm(data, row=row.outcome),
        *(GoalForm(data, row=goal, heading=f"Mål {at}") for at, goal in enumerate(row.goals, start=1)),
        *(FulfilmentForm(data, row=each, heading=each.party) for each in row.parties),
    ]
    return _action_page(page, row, _ActionForms(page, row, is_sent=False), status=409, **page.given_back(too_late))


class _ActionForms:
    """The forms of an action that the person may write in; another party's answer has none."""

    def __init__(self, page, row, *, is_sent=True):
        data = page.request.POST if is_sent and page.request.method == "POST" else None
        may_write = page.writer.may_write(row)
        self.outcome = OutcomeForm(data, row=row.outcome) if may_write else None
        self.goals = [
            (goal, GoalForm(data, row=goal, heading=f"Mål {at}") if may_write else None)
            for at, goal in enumerate(row.goals, start=1)
        ]
        self.parties = [
            (each, FulfilmentForm(data, row=each, heading=each.party) if page.writer.may_answer(each) else None)
            for each in row.parties
        ]
        found = [self.outcome, *(form for _, form in self.goals), *(form for _, form in self.parties)]
        self.every = [form for form in found if form]
        _refuse_anothers(page.plan, data, row.parties, {form.row.pk for _, form in self.parties if form})


def _in_the_cell(page, row):
    """What is written most, written where it stands in the grid; the whole form is a link away.

    Asked for by htmx alone. What cannot be saved there (another has written
    meanwhile, or something more has to be said) is shown in the cell, with its text.
    """
    request = page.request
    if request.GET["cell"] == "las":
        return _cell(page, row)
    data = request.POST if request.method == "POST" else None
    form = InCellForm(data, row=row.outcome)
    if not page.sheet.is_open:
        return _closed_cell(page, row, form)
    if not page.writer.may_write(row):
        raise PermissionDenied(said_of(page.plan, NOT_YOURS))
    try:
        saved = data is not None and page.save([form])
    except StepRefused as refusal:
        return _closed_cell(page, row, form) if page.has_closed() else _cell_form(page, row, form, refusal=str(refusal))
    if not saved:
        return _cell_form(page, row, form)
    page.sheet.rows[row.uid].outcome.refresh_from_db()
    return _cell(page, row, is_saved=True)


def _cell_form(page, row, form, refusal=""):
    context = {
        "form": form,
        "fields": form.shown,
        "row": row,
        "address": page.address_to("action", row.uid),
        "refusal": refusal,
        **_what_is_wrong([form]),
    }
    # A status that htmx puts in the page; what is wrong is said there.
    return render(page.request, "followup/_cell_form.html", context)


def _closed_cell(page, row, form):
    context = {"address": page.address_to("action", row.uid), **page.given_back([form])}
    # A status that htmx puts in the page, as for the form.
    return render(page.request, "followup/_cell_closed.html", context)


def _cell(page, row, *, is_saved=False):
    context = {
        "answered": answered(row, page.sheet, page.writer),
        "name": _called(row.place),
        "remains": page.sheet.remains() if is_saved else None,
        "deadline": _deadline(page),
        "address": page.address,
    }
    return render(page.request, "followup/_cell_saved.html", context)


def _deadline(page):
    """Say the last day for handing it in; empty when it has been handed in, or there is none."""
    due = page.plan.cycle.follow_up_due
    if not page.sheet.is_open or due is None:
        return ""
    return f"{'Skulle ha lämnats' if is_late(due) else 'Lämnas'} in till styrgruppen senast {day(due)}."


def _refuse_anothers(plan, data, fulfilments, own):
    """Raise PermissionDenied if an answer was sent for a party that the person does not answer for (scenario 33)."""
    for each in fulfilments:
        prefix = f"{FulfilmentForm.kind}-{each.pk}-"
        if each.pk not in own and any(name.startswith(prefix) for name in data or ()):
            raise PermissionDenied(said_of(plan, ONLY_THE_PARTY))


def _onward(page, row):
    """Where to go when an action is saved: to the next one if that button was pressed, else back to its row."""
    _, after = page.sheet.outline.beside(row.place)
    if page.request.POST.get("sedan") == "nasta" and after and after.uid in page.sheet.rows:
        return page.address_to("action", after.uid)
    return f"{page.address_to('area', row.place.position)}#rad-{row.uid}"


def _action_page(page, row, forms, status=None, **more):
    before, after = page.sheet.outline.beside(row.place)
    return page.render(
        "followup/action.html",
        status=status or _form_status(forms.every),
        row=row,
        place=row.place,
        forms=forms,
        before=before and (page.address_to("action", before.uid), before),
        after=after and (page.address_to("action", after.uid), after),
        back=f"{page.address_to('area', row.place.position)}#rad-{row.uid}",
        is_open=page.sheet.is_open,
        offers=offers_of(page.plan, page.request.user).get(row.uid, []),
        **_what_is_wrong(forms.every),
        **more,
    )


# --- The parties' own answers


@never_cache
@require_http_methods(["GET", "POST"])
def commitments(request, district, year):
    """What the person's own organisation has to answer, in one form; and for those who read it all, what others have.

    An external party comes here too, and reads the rows where it is named and no more.
    """
    answers = parties.to_answer(request.user).filter(
        **lookup_of(district, "follow_up__plan__district"), follow_up__plan__cycle__year=year
    )
    found = FollowUp.objects.visible_to(request.user).filter(**lookup_of(district, "plan__district"))
    reads_it = found.filter(plan__cycle__year=year).exists()
    if not reads_it and not answers.exists():
        raise Http404
    page = _Commitments(request, answers, district, year, reads_it=reads_it)
    if request.method == "GET":
        return page.show()
    if not page.own:
        raise PermissionDenied(said_of(page.plan, NOTHING_TO_ANSWER))
    if not page.sheet.is_open:
        return page.show_closed()
    _refuse_anothers(page.plan, request.POST, page.sheet.fulfilments(), {form.row.pk for form in page.forms})
    try:
        saved = page.save(page.forms)
    except StepRefused as refusal:
        if page.has_closed():
            return page.show_closed()
        messages.error(request, str(refusal))
        return redirect(request.path)
    if not saved:
        return page.show()
    left = sum(not form.cleaned_data["answer"] for form in page.forms)
    messages.success(request, f"Svaren är sparade. {left} kvar att svara på." if left else "Svaren är sparade. Tack!")
    return redirect(request.path)


class _Commitments(_Page):
    """The page of a party's answers."""

    def __init__(self, request, answers, district, year, *, reads_it):
        self.request, self.reads_it = request, reads_it
        if reads_it:
            self.follow_up = _readable(request, district, year)
        else:
            first = answers.select_related(
                "follow_up__version", "follow_up__plan__district", "follow_up__plan__cycle__area_set",
                "follow_up__plan__area_set",
            ).first()  # fmt: skip
            self.follow_up = first.follow_up
        self.plan = self.follow_up.plan
        self.own = self.writer.own()
        data = request.POST if request.method == "POST" and self.sheet.is_open else None
        self.forms = self._forms(data) if self.sheet.is_open else []

    def _forms(self, data):
        return [FulfilmentForm(data, row=each, heading=_called(self._place_of(each))) for each in self.own]

    def _place_of(self, fulfilment):
        return self._asked[fulfilment.pk][0]

    @cached_property
    def _asked(self):
        """What each fulfilment is about, by its key: (place, the words of the commitment)."""
        found = {each.pk: (row.place, row.place.text) for row in self.sheet.rows.values() for each in row.parties}
        return found | {each.pk: (area, asked.text) for area, asked, each in self.sheet.commitments()}

    def show_closed(self):
        """The answers as they stand, above them what was typed too late: it closed while somebody wrote."""
        self.forms = []
        return self.show(status=409, **self.given_back(self._forms(self.request.POST)))

    def show(self, status=None, **more):
        forms = {form.row.pk: form for form in self.forms}
        areas = {}
        for each in self.own:
            place, text = self._asked[each.pk]
            areas.setdefault(place.position, (place.area, []))[1].append((each, place, text, forms.get(each.pk)))
        return self.render(
            "followup/commitments.html",
            status=status or _form_status(self.forms),
            areas=list(areas.values()),
            own=self.own,
            own_left=sum(not each.answer for each in self.own),
            names=sorted({each.party for each in self.own}),
            waiting=self._waiting() if self.reads_it else [],
            is_open=self.sheet.is_open,
            reads_it=self.reads_it,
            **_what_is_wrong(self.forms),
            **more,
        )

    def _waiting(self):
        """Return (party, whether it is waited for, [(place, address)]) for the others' answers that are missing."""
        own = {each.pk for each in self.own}
        missing = {}
        for each in self.sheet.fulfilments():
            if not each.answer and each.pk not in own:
                place, _ = self._asked[each.pk]
                known = each.organisation_id is not None
                missing.setdefault((each.party, known, parties.must_answer(each, self.plan)), []).append(
                    (place, self.address_to("action", place.uid) if place.kind == "action" else "")
                )
        return sorted(
            ((party, known, stops, places) for (party, known, stops), places in missing.items()),
            key=lambda entry: (not entry[2], -len(entry[3]), entry[0]),
        )


# --- Areas, assessments and the summary


@never_cache
@require_http_methods(["GET", "POST"])
def targets(request, district, year, position):
    """The results of an area's delmål, which the city's plan has (seed 001)."""
    page = _Page(request, district, year)
    found = next(((area, goals) for area, goals in page.sheet.area_goals() if area.position == position), None)
    if found is None:
        raise Http404
    area, goals = found
    return _one_form_page(
        page,
        [(GoalForm, goal, f"Delmål {at}") for at, goal in enumerate(goals, start=1)],
        heading=f"Delmålen i {area.text}",
        back=page.address_to("area", position),
        means="Vad blev det av områdets delmål?",
    )


@never_cache
@require_http_methods(["GET", "POST"])
def assessment(request, district, year, uid):
    """What the indicators say of a problem or an area, and how sure anyone can be."""
    page = _Page(request, district, year)
    row = page.sheet.assessments.get(str(uid))
    if row is None:
        raise Http404
    place = page.sheet.outline.places[str(uid)]
    return _one_form_page(
        page,
        [(AssessmentForm, row, "")],
        heading=f"Bedömning: {place.text}",
        back=f"{page.address_to('area', place.position)}#rad-{place.uid}",
        means="Att en siffra har ändrats säger inte vad som ändrade den. Skriv vad ni vet, och hur säkert det är.",
    )


@never_cache
@require_http_methods(["GET", "POST"])
def summary(request, district, year):
    """The summary of the follow-up, which the steering group and the city read first."""
    page = _Page(request, district, year)
    return _one_form_page(
        page,
        [(SummaryForm, page.follow_up, "")],
        heading="Sammanfattning",
        back=page.address,
        means="Styrgruppen och staden läser den först: vad blev gjort, vad blev det av det, och vad behöver ändras?",
    )


def _one_form_page(page, asked, *, heading, back, means):
    """A page of what the editor writes for the preparation group; ``asked`` are (form, row, what the row is called)."""
    if not page.writer.is_editor:
        raise PermissionDenied(said_of(page.plan, ONLY_THE_EDITOR))
    data = page.request.POST if page.request.method == "POST" else None
    forms = [form(data, row=row, heading=called) for form, row, called in asked]
    shown = {"heading": heading, "back": back, "means": means}
    if not page.sheet.is_open:
        return page.closed() if data is None else _closed_form_page(page, forms, shown)
    if data is not None:
        try:
            saved = page.save(forms)
        except StepRefused as refusal:
            return _closed_form_page(page, forms, shown) if page.has_closed() else page.refused(refusal)
        if saved:
            messages.success(page.request, f"{heading}: sparat.")
            return redirect(back)
    return page.render(
        "followup/written.html", status=_form_status(forms), forms=forms, **shown, **_what_is_wrong(forms),
    )  # fmt: skip


def _closed_form_page(page, forms, shown):
    """The page without its forms, with what was typed too late; what is stored stands where the page leads back to."""
    return page.render(
        "followup/written.html", status=409, forms=[], **shown, **_what_is_wrong([]), **page.given_back(forms)
    )


# --- The steps

MEANS = {
    "submit": "Styrgruppen läser uppföljningen och godkänner den eller skickar tillbaka den. Stadens grupper läser den "
    "från nu. Så länge den är inlämnad går den inte att ändra.",
    "approve": "Uppföljningen fryses som den är och går inte att ändra efter det. Nästa års plan kan börja från den.",
    "return": "Uppföljningen öppnas igen, så att trygghetsstrategen och parterna kan ändra. Det ni skriver sparas och "
    "läses av dem.",
    "take_back": "Uppföljningen öppnas igen, så att ni kan ändra. Styrgruppen får den när ni lämnar in den på nytt.",
}
DONE = {
    "submit": "Uppföljningen är inlämnad till styrgruppen.",
    "approve": "Uppföljningen är godkänd och fryst.",
    "return": "Uppföljningen är tillbaka hos trygghetsstrategen.",
    "take_back": "Uppföljningen är öppen igen.",
}


@never_cache
@require_http_methods(["GET", "POST"])
def step(request, district, year, slug):
    """Hand the follow-up in, approve it, send it back or take it back."""
    page = _Page(request, district, year)
    taking = WORKFLOW.by_slug.get(slug)
    if taking is None:
        raise Http404
    if not WORKFLOW.may(request.user, taking, page.follow_up):
        why = f"Det är {taking.who[:1].lower()}{taking.who[1:]} som {taking.does}."
        raise PermissionDenied(said_of(page.plan, why))
    form = _step_form(page, taking)
    if form.is_bound and form.is_valid():
        return _take(page, taking, form)
    option = next((each for each in WORKFLOW.options(page.follow_up, request.user) if each.step is taking), None)
    if option is None:
        return page.refused(
            f"Uppföljningen har status {page.follow_up.get_state_display()}. Steget går inte att ta nu."
        )
    return _step_page(page, taking, form, option.blockers)


def _step_form(page, taking):
    data = page.request.POST if page.request.method == "POST" else None
    if taking.name != "approve":
        return FollowUpStepForm(data, step=taking, follow_up=page.follow_up)
    return ApprovalForm(data, step=taking, follow_up=page.follow_up, body=steering_group_of(page.plan.district))


def _take(page, taking, form):
    try:
        WORKFLOW.take(
            page.follow_up, taking.name, by=page.request.user, seen_state=form.cleaned_data["seen_state"],
            reason=form.cleaned_data.get("reason", ""), **form.given(),
        )  # fmt: skip
    except StepRefused as refusal:
        if refusal.blockers:
            return _step_page(page, taking, form, refusal.blockers)
        messages.error(page.request, str(refusal))
        if form.cleaned_data.get("reason"):
            messages.info(page.request, f"Det du skrev sparades inte: ”{form.cleaned_data['reason']}”")
        return redirect(page.address)
    messages.success(page.request, said_of(page.plan, DONE[taking.name]))
    return redirect(page.address)


def _step_page(page, taking, form, blockers):
    waits = [left for left in page.sheet.left(page.sheet.fulfilments()) if not left.stops]
    return page.render(
        "followup/step.html",
        status=422 if form.is_bound else 200,
        step=taking,
        form=form,
        mistakes=form.mistakes() if form.is_bound else [],
        means=said_of(page.plan, MEANS[taking.name]),
        blockers=blockers,
        waits=waits if taking.name in ("submit", "approve") else [],
        remains=page.sheet.remains(),
    )
