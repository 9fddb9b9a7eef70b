"""Notes through the year: on one action, in the whole plan, and the actions that a person works with."""

from collections import Counter
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agreements.claiming import StaleRow
from agreements.permissions import Permission, access_of
from agreements.scope import lookup_of
from followup import progress
from followup.forms.progress import NoteForm
from followup.models import ProgressNote
from followup.sent_once import SentBefore
from plans.models import PlanVersion

P = Permission
ASK_WHOM = (
    "Det är de som arbetar med åtgärderna som antecknar: trygghetsstrategen, kommunpolisen, medskribenter och "
    "arbetsgrupper. Vänd dig till trygghetsstrategen med det du vill få in."
)
NOT_YOURS = "Det är den som skrev anteckningen som ändrar eller tar bort den. Skriv gärna en egen."
SENT_BEFORE = (
    "Formuläret är redan skickat och sparat som ”{told}”. Det du har skrivit nu är inte sparat. "
    "Spara igen för att lägga till det som en anteckning till, eller ändra den som finns."
)
PER_PAGE = 50


class _Followed:
    """A plan's version in force, its actions and the notes on them, to somebody who follows the plan."""

    def __init__(self, request, district, year):
        self.request, self.user = request, request.user
        versions = PlanVersion.objects.visible_to(request.user).in_force().with_place()
        versions = versions.filter(**lookup_of(district, "plan__district"), plan__cycle__year=year)
        self.version = get_object_or_404(versions)
        self.plan = self.version.plan
        if not access_of(request.user).allows(P.READ_FOLLOW_UP, self.plan.district_id):
            raise Http404
        self.is_settled = progress.is_settled(self.plan)
        self.may_note = progress.may_note(request.user, self.plan)

    def notes(self):
        """The plan's notes, the latest first."""
        notes = ProgressNote.objects.visible_to(self.user).filter(plan=self.plan)
        return notes.select_related("by", "organisation", "plan__district", "plan__cycle")

    def place(self, uid):
        """The action, as it was last decided; raise Http404 if it never has been."""
        place = progress.actions_ever(self.version, [uid]).get(str(uid))
        if place is None:
            raise Http404
        return place

    def place_address(self, place):
        """Where the action stands in the decided version."""
        where = [self.plan.scope.slug, self.plan.year, self.version.number, place.position]
        return f"{reverse('plans:version_area', args=where)}#rad-{place.uid}"

    def line(self, note):
        """The note as the pages show it."""
        is_own = self.may_note and note.by_id == self.user.pk and not self.is_settled
        return Line(
            note=note,
            quantity=progress.quantity_told(note),
            address=progress.address_of(self.plan, note.action, note=note.pk) if is_own else "",
        )

    def context(self):
        """What every page of them shows."""
        return {
            "plan": self.plan,
            "version": self.version,
            "is_settled": self.is_settled,
            "may_note": self.may_note and not self.is_settled,
            "all_address": progress.notes_address(self.plan),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A note in a list: how much in words, and where its writer changes it ("" for others)."""

    note: ProgressNote
    quantity: str
    address: str


# --- An action


@never_cache
@require_http_methods(["GET", "POST"])
def action_notes(request, district, year, uid):
    """What has been noted on an action, and writing one more."""
    page = _Followed(request, district, year)
    place = page.place(uid)
    if request.method == "POST" and not page.may_note:
        raise PermissionDenied(ASK_WHOM)
    posted = request.method == "POST"
    form = _form(page, request.POST if posted else None)
    if posted and form.is_valid():
        try:
            _, is_new = progress.write(page.plan, uid, form.values(), by=request.user, uid=form.cleaned_data["uid"])
        except progress.NotesAreSettled as settled:
            form.add_error(None, str(settled))
        except SentBefore as before:
            form.sent_before(SENT_BEFORE.format(told=progress.told(before.found)))
        else:
            words = "Anteckningen är sparad." if is_new else "Anteckningen var redan sparad."
            messages.success(request, words)
            return redirect(progress.address_of(page.plan, uid))
    lines = [page.line(note) for note in page.notes().filter(action=uid)]
    context = page.context() | {
        "place": place,
        "place_address": page.place_address(place),
        "is_gone": str(uid) not in progress.actions_of(page.version),
        "form": form if page.may_note and (posted or not page.is_settled) else None,
        "is_before": progress.is_before_follow_up(page.plan),
        "mistakes": form.mistakes(),
        "lines": lines,
    }
    return render(request, "followup/action_notes.html", context, status=422 if posted else 200)


def _form(page, data, note=None):
    own = progress.own_organisations(page.user, page.plan.district_id)
    return NoteForm(
        data,
        plan=page.plan,
        parties=progress.parties_for(page.plan),
        note=note,
        own=next(iter(own), None),
        writes="skriv" in page.request.GET,
    )


# --- A note


@never_cache
@require_http_methods(["GET", "POST"])
def note(request, district, year, uid, note):
    """Change a note of one's own, or remove it."""
    page = _Followed(request, district, year)
    found = _own_note(page, uid, note)
    place = page.place(uid)
    posted = request.method == "POST"
    form = _form(page, request.POST if posted else None, found)
    if posted and form.is_valid():
        try:
            progress.change(found, form.values(), seen=form.cleaned_data["row_version"])
        except StaleRow as stale:
            form.found_stale(stale)
        except progress.NotesAreSettled as settled:
            form.add_error(None, str(settled))
        else:
            messages.success(request, "Anteckningen är ändrad.")
            return redirect(progress.address_of(page.plan, uid))
    context = page.context() | {
        "place": place,
        "note": found,
        "form": form,
        "mistakes": form.mistakes(),
        "lines": form.as_it_stands(),
        "back": progress.address_of(page.plan, uid),
    }
    return render(request, "followup/note.html", context, status=422 if posted else 200)


@require_POST
def remove(request, district, year, uid, note):
    """Remove a note of one's own; one that has been changed meanwhile stays."""
    page = _Followed(request, district, year)
    found = _own_note(page, uid, note)
    seen = request.POST.get("row_version", "")
    try:
        progress.remove(found, seen=int(seen) if seen.isdecimal() else 0)
    except StaleRow:
        messages.error(request, "Anteckningen har ändrats sedan du öppnade den, så den är kvar. Läs den först.")
        return redirect(progress.address_of(page.plan, uid, note=note))
    except progress.NotesAreSettled as settled:
        messages.error(request, str(settled))
    else:
        messages.success(request, "Anteckningen är borttagen.")
    return redirect(progress.address_of(page.plan, uid))


def _own_note(page, uid, note):
    found = get_object_or_404(page.notes().filter(action=uid), pk=note)
    if not page.may_note:
        raise PermissionDenied(ASK_WHOM)
    if found.by_id != page.user.pk:
        raise PermissionDenied(NOT_YOURS)
    return found


# --- The plan


@require_safe
def plan_notes(request, district, year):
    """All that has been noted in the plan through the year, the latest first; of one action if it is chosen."""
    page = _Followed(request, district, year)
    counts = Counter(map(str, page.notes().order_by().values_list("action", flat=True)))
    places = progress.actions_ever(page.version, counts)
    chosen = request.GET.get("atgard", "")
    notes = page.notes().filter(action=chosen) if chosen in places else page.notes()
    shown = Paginator(notes, PER_PAGE).get_page(request.GET.get("sida"))
    context = page.context() | {
        "choices": [(uid, f"{place.label} ({counts[uid]})") for uid, place in places.items() if counts[uid]],
        "chosen": chosen if chosen in places else "",
        "shown": shown,
        "lines": [
            (page.line(each), places[str(each.action)], progress.address_of(page.plan, each.action)) for each in shown
        ],
        "count": sum(counts.values()),
        "actions": len([uid for uid in counts if counts[uid]]),
        "without": len([uid for uid in progress.actions_of(page.version) if not counts[uid]]),
    }
    return render(request, "followup/notes.html", context)


# --- A person's own


@require_safe
def own_actions(request):
    """The actions that the person works with, each with the way to a new note."""
    return render(request, "followup/own_actions.html", {"plans": progress.own_plans(request.user)})
