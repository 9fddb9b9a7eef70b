"""Inviting people to a group by mail, and the page that a letter's link leads to."""

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from agreements.forms.groups import InviteForm, NewAccountForm
from agreements.groups import composition as groups
from agreements.groups import invitations, seating, seats
from agreements.groups import page as group_page
from agreements.models import Invitation
from agreements.views.access import scoped
from agreements.views.groups import readable_group
from trygghet.dates import day
from trygghet.workflow import StepRefused

MODEL_BACKEND = "django.contrib.auth.backends.ModelBackend"


# --- Those who invite


@require_http_methods(["GET", "POST"])
@scoped()
def invite(request, scope, slug):
    """Invite somebody by mail to a seat with a last day; below, the invitations that wait for an answer."""
    found = _group_to_invite_to(request, scope, slug)
    if groups.has_ended(found):
        messages.error(request, f"Gruppen avslutades {day(found.valid_to)}. Det går inte att bjuda in till den.")
        return redirect(groups.address_of(found))
    vacant = group_page.blank_seat(found, request.GET.get("plats", ""))
    if vacant.organisation_id:
        seating.check_invite(request.user, found, vacant.organisation)
    initial = {"function": vacant.function_id, "organisation": vacant.organisation_id, "co_opted": vacant.co_opted}
    with transaction.atomic():
        seats.locked(found)
        form = InviteForm(
            request.POST if request.method == "POST" else None, group=found, by=request.user, initial=initial
        )
        if form.is_bound and form.is_valid():
            sent = invitations.invite(found, **form.cleaned_data, by=request.user)
            messages.success(
                request, f"En inbjudan är på väg till {sent.email}. Länken gäller till {day(sent.expires_on)}."
            )
            return redirect("cooperation:invite", scope.slug, found.slug)
    context = {
        "scope": scope,
        "tab": "groups",
        "group": found,
        "form": form,
        "mistakes": form.mistakes() if form.is_bound else [],
        "open": [
            (each, invitations.has_expired(each), seating.may_invite(request.user, found, each.organisation))
            for each in invitations.open_invitations(found, request.user)
        ],
        "only_the_police": seating.ONLY_THE_POLICE,
        "back": groups.address_of(found),
    }
    return render(request, "agreements/invitations.html", context, status=422 if form.is_bound else 200)


@require_POST
@scoped()
def send_again(request, scope, slug, pk):
    """Send the invitation once more, with a new link; the earlier one no longer works."""
    invitation = _invitation(request, scope, slug, pk)
    told = f"Inbjudan till {invitation.email} skickas igen. Den förra länken gäller inte längre."
    return _take(request, scope, invitation, "send_again", told=told)


@require_POST
@scoped()
def withdraw(request, scope, slug, pk):
    """Take the invitation back; its link no longer works."""
    invitation = _invitation(request, scope, slug, pk)
    return _take(request, scope, invitation, "withdraw", told=f"Inbjudan till {invitation.email} är återtagen.")


def _take(request, scope, invitation, step, *, told):
    try:
        invitations.WORKFLOW.take(invitation, step, by=request.user)
    except StepRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, told)
    return redirect("cooperation:invite", scope.slug, invitation.group.slug)


def _group_to_invite_to(request, scope, slug):
    found = readable_group(request, scope, slug)
    if not seating.may_invite_somebody(request.user, found):
        raise PermissionDenied(seating.who_invites(found))
    return found


def _invitation(request, scope, slug, pk):
    found = _group_to_invite_to(request, scope, slug)
    visible = Invitation.objects.visible_to(request.user).filter(group=found)
    invitation = get_object_or_404(visible.select_related("group", "organisation"), pk=pk)
    seating.check_invite(request.user, found, invitation.organisation)
    return invitation


# --- Those who are invited


@never_cache
@login_not_required
@require_http_methods(["GET", "POST"])
def answer(request, secret):
    """What somebody is invited to, and how to say yes: signed in as who is invited, or with a new account."""
    invitation = invitations.by_secret(secret)
    if invitation is None:
        return _closed(request, "Länken gäller inte. Den kan ha ersatts av en nyare inbjudan.", status=404)
    in_the_way = invitations.in_the_way(invitation)
    if in_the_way:
        return _closed(request, in_the_way, invitation=invitation)
    if request.user.is_authenticated:
        return _answer_signed_in(request, invitation)
    if invitations.account_for(invitation):
        return _page(request, invitation, login=f"{reverse('account_login')}?next={request.path}")
    return _answer_with_account(request, invitation)


def _answer_signed_in(request, invitation):
    if not invitations.is_for(request.user, invitation):
        return _page(request, invitation, other=request.user)
    if request.method == "POST":
        try:
            invitations.WORKFLOW.take(invitation, "accept", by=request.user)
        except StepRefused as refusal:
            return _closed(request, str(refusal), invitation=invitation)
        return _welcome(request, invitation)
    return _page(request, invitation, accepts=True)


def _answer_with_account(request, invitation):
    form = NewAccountForm(request.POST if request.method == "POST" else None, invitation=invitation)
    if form.is_bound and form.is_valid():
        values = form.cleaned_data
        try:
            user = invitations.accept_with_new_account(
                invitation, display_name=values["display_name"], password=values["password"]
            )
        except StepRefused as refusal:
            return _closed(request, str(refusal), invitation=invitation)
        login(request, user, backend=MODEL_BACKEND)
        return _welcome(request, invitation)
    return _page(request, invitation, form=form)


def _welcome(request, invitation):
    messages.success(request, f"Välkommen till {invitation.group}. Platsen är din till {day(invitation.valid_to)}.")
    return redirect(groups.address_of(invitation.group))


def _page(request, invitation, *, form=None, login="", other=None, accepts=False):
    context = {
        "invitation": invitation,
        "role": invitations.role_given(invitation),
        "form": form,
        "mistakes": form.mistakes() if form and form.is_bound else [],
        "login": login,
        "other": other,
        "accepts": accepts,
    }
    return render(request, "agreements/invitation.html", context, status=422 if form and form.is_bound else 200)


def _closed(request, told, *, invitation=None, status=410):
    context = {"told": told, "asks": invitation and invitation.invited_by}
    return render(request, "agreements/invitation_closed.html", context, status=status)
