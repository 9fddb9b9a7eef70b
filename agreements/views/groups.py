"""The groups of a place: the list, a group's page, and changing who sits there."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from agreements.asking_once import asking_once
from agreements.claiming import StaleRow
from agreements.enums import GroupKind
from agreements.forms.groups import DeputyForm, EndForm, GroupForm, SeatForm
from agreements.groups import appointing, seating, seats
from agreements.groups import composition as groups
from agreements.groups import page as group_page
from agreements.models import CollaborationGroup, GroupMembership
from agreements.views.access import scoped
from trygghet.dates import day
from trygghet.words import lower_first

APPOINTS = "Det är beredningsgruppen, trygghetsstrategen och kommunpolisen, som tillsätter arbetsgrupper."


@require_safe
@scoped()
def group_list(request, scope):
    """The place's groups by kind; those that have ended are folded away."""
    cards = groups.groups_of(scope, request.user)
    context = {
        "scope": scope,
        "tab": "groups",
        "kinds": groups.by_kind(card for card in cards if not card.ended),
        "ended": [card for card in cards if card.ended],
        "has_working": any(card.group.kind == GroupKind.WORKING and not card.ended for card in cards),
        "may_appoint": groups.may_appoint(request.user, scope),
    }
    return render(request, "agreements/groups.html", context)


@require_safe
@asking_once()
@scoped()
def group(request, scope, slug):
    """Who sits in a group, what it is to do, when it meets and what waits for it."""
    found = readable_group(request, scope, slug)
    return render(request, "agreements/group.html", group_page.context_of(found, scope, request.user))


@require_http_methods(["GET", "POST"])
@scoped()
def new(request, scope):
    """Appoint a working group for a limited time (P19, P20)."""
    if scope.is_city:
        raise Http404  # the agreement knows working groups in the districts only
    if not groups.may_appoint(request.user, scope):
        raise PermissionDenied(f"{APPOINTS} Vänd dig till någon av dem.")
    with transaction.atomic():
        appointing.hold_place(scope)
        form = GroupForm(request.POST if request.method == "POST" else None, scope=scope)
        if form.is_bound and form.is_valid():
            made = form.save(by=request.user)
            told = "Arbetsgruppen är tillsatt. Lägg nu till vilka som sitter i den, från båda parterna."
            messages.success(request, told)
            return redirect(groups.address_of(made))
    if form.is_bound and (made := form.made_already()):
        messages.info(request, "Arbetsgruppen är redan tillsatt. Ingenting gjordes nu.")
        return redirect(groups.address_of(made))
    return _form_page(request, scope, form, heading="Ny arbetsgrupp", button="Tillsätt arbetsgruppen",
                      back=reverse("cooperation:groups", args=[scope.slug]))  # fmt: skip


@require_http_methods(["GET", "POST"])
@scoped()
def edit(request, scope, slug):
    """The group's name and task; for a working group also its focus and period."""
    found = changeable_group(request, scope, slug)
    with transaction.atomic():
        appointing.hold_place(scope)
        form = GroupForm(request.POST if request.method == "POST" else None, group=found, scope=scope)
        if _written(form, lambda: form.save(by=request.user)):
            messages.success(request, "Ändringarna är sparade.")
            return redirect(groups.address_of(found))
    return _form_page(request, scope, form, group=found, heading="Ändra gruppen", button="Spara")


@require_http_methods(["GET", "POST"])
@scoped()
def end(request, scope, slug):
    """The last day of a working group; from the day after, nobody has a role through it."""
    found = changeable_group(request, scope, slug)
    if found.kind != GroupKind.WORKING:
        raise PermissionDenied(
            "Styrgruppen och beredningsgruppen följer av överenskommelsen och avslutas inte här. "
            "Vänd dig till den som förvaltar Trygghet."
        )
    if groups.has_ended(found):
        messages.error(request, f"Gruppen avslutades redan {day(found.valid_to)}. Ingenting gjordes nu.")
        return redirect(groups.address_of(found))
    form = EndForm(request.POST if request.method == "POST" else None, row=found)
    if _written(form, lambda: appointing.end(found, by=request.user, **form.last_day)):
        messages.success(request, f"Gruppens sista dag är {day(found.valid_to)}.")
        return redirect(groups.address_of(found))
    told = "Från dagen efter har ingen någon roll genom gruppen. Det som är skrivet finns kvar."
    return _form_page(
        request, scope, form, group=found, heading="Avsluta gruppen", button="Avsluta gruppen", means=told
    )


# --- Seats


@require_http_methods(["GET", "POST"])
@scoped()
def seat_new(request, scope, slug):
    """A new seat, also to fill a vacant one (``?plats=`` its number)."""
    found = _group_to_seat_in(request, scope, slug)
    with transaction.atomic():
        seat = group_page.blank_seat(seats.locked(found), request.GET.get("plats", ""))
        if seat.organisation_id:
            seating.check_seat(request.user, found, seat.organisation)
        form = SeatForm(request.POST if request.method == "POST" else None, seat=seat, by=request.user)
        if form.is_bound and form.is_valid():
            seat = form.save()
            messages.success(request, _given(seat))
            return redirect(groups.address_of(found))
    told = "Behörigheten följer av platsen, från och med och till och med de dagar du anger."
    return _form_page(request, scope, form, group=found, heading="Lägg till plats", button="Lägg till", means=told)


def _given(seat):
    if seat.user_id is None:
        return f"Den vakanta platsen för {seat.function} är tillagd."
    return f"{seat.user} har platsen som {lower_first(str(seat.function))} {seats.period_told(seat)}."


@require_http_methods(["GET", "POST"])
@scoped()
def seat_edit(request, scope, slug, pk):
    """What a seat is: its function, organisation and period. The person is not changed but followed by another."""
    found = _group_to_seat_in(request, scope, slug)
    _check_not_own(request, _seat(request, found, pk))
    with transaction.atomic():
        seats.locked(found)
        seat = _seat(request, found, pk)
        make = DeputyForm if seat.deputy_for_id else SeatForm
        form = make(request.POST if request.method == "POST" else None, seat=seat, by=request.user)
        told = group_page.whose(seat)  # before what is filled in is tried in it
        if _written(form, form.save):
            messages.success(request, "Ändringarna är sparade.")
            return redirect(groups.address_of(found))
    return _form_page(request, scope, form, group=found, heading="Ändra plats", button="Spara", means=told)


@require_http_methods(["GET", "POST"])
@scoped()
def seat_end(request, scope, slug, pk):
    """The last day of a seat; its role and access end with it."""
    found = _group_to_seat_in(request, scope, slug)
    with transaction.atomic():
        seats.locked(found)
        seat = _seat(request, found, pk)
        if seat.valid_to and seat.valid_to < group_page.today():
            messages.error(request, f"Platsen slutade redan {day(seat.valid_to)}. Ingenting gjordes nu.")
            return redirect(groups.address_of(found))
        form = EndForm(
            request.POST if request.method == "POST" else None, row=seat,
            can_leave_vacancy=seats.may_be_left_vacant(seat),
        )  # fmt: skip
        if _written(form, lambda: seats.end(seat, by=request.user, **form.last_day)):
            messages.success(request, f"Platsens sista dag är {day(seat.valid_to)}.")
            return redirect(groups.address_of(found))
    return _form_page(
        request, scope, form, group=found, heading="Avsluta plats", button="Avsluta platsen",
        means=f"{group_page.whose(seat)} Roll och behörighet upphör dagen efter.",
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@scoped()
def deputy_new(request, scope, slug, pk):
    """Somebody who stands in for a seat for some time, with its role (ställföreträdare)."""
    found = _group_to_seat_in(request, scope, slug)
    place = _seat(request, found, pk)
    if place.deputy_for_id:
        messages.error(request, "En ställföreträdare kan inte i sin tur ha en ställföreträdare.")
        return redirect(groups.address_of(found))
    with transaction.atomic():
        seats.locked(found)
        deputy = group_page.blank_deputy(place)
        form = DeputyForm(request.POST if request.method == "POST" else None, seat=deputy, by=request.user)
        if form.is_bound and form.is_valid():
            form.save()
            messages.success(request, f"{deputy.user} står in {seats.period_told(deputy)}.")
            return redirect(groups.address_of(found))
    return _form_page(
        request, scope, form, group=found, heading="Ny ställföreträdare", button="Lägg till",
        means=f"{group_page.whose(place)} Ställföreträdaren har platsens roll så länge.",
    )  # fmt: skip


# --- What the views share


def readable_group(request, scope, slug):
    """Return the place's group with the address; raise Http404 if there is none that the person sees."""
    visible = CollaborationGroup.objects.visible_to(request.user).filter(**scope.lookup())
    return get_object_or_404(visible.select_related("district", "focus_area"), slug=slug)


def changeable_group(request, scope, slug):
    """Return the group; raise PermissionDenied, saying whom to ask, unless the person may change it."""
    found = readable_group(request, scope, slug)
    groups.check_change(request.user, found)
    return found


def _group_to_seat_in(request, scope, slug):
    found = readable_group(request, scope, slug)
    seating.check_seat_somebody(request.user, found)
    return found


def _seat(request, found, pk):
    """Return the seat; raise PermissionDenied unless the person may say who sits for that party."""
    visible = GroupMembership.objects.visible_to(request.user).filter(group=found)
    with_names = visible.select_related(
        "group__district", "user", "function", "organisation", "deputy_for__user", "deputy_for__organisation"
    )
    seat = get_object_or_404(with_names, pk=pk)
    seating.check_seat(request.user, found, (seat.deputy_for or seat).organisation)
    return seat


def _check_not_own(request, seat):
    if seats.is_own(seat, request.user):
        raise PermissionDenied("Du kan inte ändra din egen plats. Be den som förvaltar Trygghet.")


def _written(form, write):
    """Whether the form is filled in as it should be and ``write`` wrote it; what is stale is said in the form."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        write()
    except StaleRow as stale:
        form.found_stale(stale)
        return False
    return True


def _form_page(request, scope, form, *, group=None, heading, button, back="", means=""):
    context = {
        "scope": scope,
        "tab": "groups",
        "group": group,
        "form": form,
        "mistakes": form.mistakes() if form.is_bound else [],
        "heading": heading,
        "button": button,
        "means": means,
        "back": back or groups.address_of(group),
    }
    return render(request, "agreements/group_form.html", context, status=422 if form.is_bound else 200)
