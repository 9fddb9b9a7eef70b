"""Inviting somebody to a seat by mail (domain §3), and their answer.

The link in the letter holds a secret of 256 bits, of which only the checksum
is kept. Whoever has the link and reads the invited address's mail gets the
seat, once, from that day to the invitation's last.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from agreements.enums import InvitationState
from agreements.groups import log as group_log
from agreements.groups import seating, seats
from agreements.groups.composition import has_ended
from agreements.letters import mail
from agreements.models import GroupMembership, Invitation, OutgoingMail
from agreements.permissions import Permission, role_of
from trygghet.dates import day
from trygghet.workflow import Blocker, StepRefused, Transition, Workflow

OPEN_FOR = timedelta(days=14)
"""How long a link can be used."""
INVITED = "invited"
"""The one permission that is the invited person's own."""


# --- Inviting


@transaction.atomic
def invite(group, *, email, function, organisation, co_opted, valid_to, by):
    """Write the invitation and its letter."""
    secret = _new_secret()
    invitation = Invitation.objects.create(
        group=group, email=email.lower(), function=function, organisation=organisation, co_opted=co_opted,
        valid_to=valid_to, secret_sha256=checksum(secret), invited_by=by, expires_on=_last_day(),
    )  # fmt: skip
    _write_letter(invitation, secret)
    group_log.write(group, f"Bjöd in {seats.place_told(invitation)} till en plats till och med {day(valid_to)}.", by=by)
    return invitation


def _send_again(invitation, *, by):
    """Give the invitation a new secret, so that the link in the earlier letter no longer works."""
    secret = _new_secret()
    invitation.secret_sha256 = checksum(secret)
    invitation.expires_on = _last_day()
    _write_letter(invitation, secret)
    return f"Skickade inbjudan till {seats.place_told(invitation)} igen."


def _take_back(invitation, *, by):
    mail.take_back(_key(invitation))
    return f"Tog tillbaka inbjudan till {seats.place_told(invitation)}."


def _key(invitation, number=""):
    """Return what the keys of the invitation's letters begin with, or the key of the one with the number."""
    return f"invitation:{invitation.pk}:{number}"


def _next_number(invitation):
    keys = OutgoingMail.objects.filter(key__startswith=_key(invitation)).values_list("key", flat=True)
    return 1 + max((int(key.rpartition(":")[2]) for key in keys), default=0)


def _write_letter(invitation, secret):
    """Write the letter with the link, in place of an earlier one that still waits: its link works no more."""
    number = _next_number(invitation)
    mail.take_back(_key(invitation))
    group = invitation.group
    text = (
        f"Hej!\n\n"
        f"Du är inbjuden till {group.name} i Trygghet, stadens och polisens gemensamma åtgärdsplaner.\n\n"
        f"Funktion: {invitation.function}, {invitation.organisation}\n"
        f"Till och med: {day(invitation.valid_to)}\n\n"
        f"Tacka ja här, senast {day(invitation.expires_on)}:\n{mail.absolute(path_of(secret))}\n\n"
        f"Länken är personlig. Skicka den inte vidare. "
        f"Känner du inte till gruppen kan du bortse från brevet.\n"
    )
    mail.write(_key(invitation, number), invitation.email, f"Inbjudan till {group.name}"[:200], text)


def _new_secret():
    return secrets.token_urlsafe(32)


def _last_day():
    return timezone.localdate() + OPEN_FOR


def checksum(secret):
    """Return what is kept of a link's secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def open_invitations(group, user):
    """Return the group's invitations that wait for an answer, of those the person may see."""
    found = Invitation.objects.visible_to(user).filter(group=group, state=InvitationState.OPEN)
    return found.select_related("function", "organisation", "invited_by")


def is_invited(group, email):
    """Whether the address has an invitation to the group that waits for an answer."""
    return Invitation.objects.filter(group=group, email__iexact=email, state=InvitationState.OPEN).exists()


# --- Answering


def by_secret(secret):
    """Return the invitation with the link, None if there is none (any longer)."""
    found = Invitation.objects.filter(secret_sha256=checksum(secret))
    return found.select_related("group__district", "function", "organisation", "invited_by").first()


def has_expired(invitation):
    """Whether the link's last day has passed."""
    return invitation.expires_on < timezone.localdate()


def in_the_way(invitation):
    """Return the Swedish sentence that says why the invitation can no longer be answered; "" if it can."""
    if invitation.state == InvitationState.ACCEPTED:
        return "Inbjudan är redan använd."
    if invitation.state == InvitationState.WITHDRAWN:
        return "Inbjudan är återtagen."
    if has_expired(invitation):
        return f"Inbjudan gällde till {day(invitation.expires_on)}."
    if has_ended(invitation.group):
        return "Gruppen är avslutad."
    if invitation.valid_to < timezone.localdate():
        return f"Uppdraget gällde till {day(invitation.valid_to)}."
    return ""


def is_for(user, invitation):
    """Whether the invitation went to the signed-in person's own address."""
    return user.is_authenticated and bool(user.email) and user.email.casefold() == invitation.email.casefold()


def account_for(invitation):
    """Return the account with the invited address, None if it has none."""
    has_it = Q(email__iexact=invitation.email) | Q(username__iexact=invitation.email)
    return get_user_model().objects.filter(has_it).order_by("-is_active", "pk").first()


def seat_of(invitation, user=None):
    """Return the seat, not yet written, that the invitation gives from today."""
    seat = GroupMembership(
        group=invitation.group, user=user, function=invitation.function, organisation=invitation.organisation,
        co_opted=invitation.co_opted, valid_from=max(timezone.localdate(), invitation.group.valid_from),
        valid_to=invitation.valid_to,
    )  # fmt: skip
    for vacancy in seats.vacancies_for(seat):
        seat.is_chair, seat.is_secretary = vacancy.is_chair, vacancy.is_secretary
    return seat


def role_given(invitation):
    """Return the :class:`~agreements.enums.Role` that whoever accepts gets."""
    return role_of(seat_of(invitation))


@transaction.atomic
def accept_with_new_account(invitation, *, display_name, password):
    """Make an account for the invited address and take the seat; return the person.

    Raises :class:`StepRefused` if somebody was first.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
    if account_for(invitation):
        raise StepRefused("Det finns redan ett konto för adressen. Logga in för att tacka ja.")
    user = get_user_model().objects.create_user(
        username=invitation.email, email=invitation.email, password=password, display_name=display_name
    )
    WORKFLOW.take(invitation, "accept", by=user)
    return user


# --- The steps


def _still_open(invitation, user):
    """The invitation is not used or withdrawn, and neither it, the group nor the seat it offers has ended."""
    told = in_the_way(invitation)
    return [Blocker(told, is_final=True)] if told else []


def _group_stands(invitation, user):
    """The group has not ended."""
    return [Blocker("Gruppen är avslutad.", is_final=True)] if has_ended(invitation.group) else []


def _no_clash(invitation, user):
    """The seat can stand beside the others in the group, within the group's own time."""
    return [Blocker(told, is_final=True) for _, told in seats.clashes(seat_of(invitation, user), invitation.invited_by)]


def _take_seat(invitation, *, by):
    """Write the seat, having asked once more what it clashes with when nobody else can write one meanwhile."""
    seats.locked(invitation.group)
    seat = seat_of(invitation, by)
    seats.hold_person(seat)
    if clashes := seats.clashes(seat, invitation.invited_by):
        raise StepRefused(clashes[0][1])
    invitation.membership = seats.fill(seat)
    return f"Tackade ja till en plats för {seats.place_told(seat)}, {seats.period_told(seat)} ({by})."


INVITATION_TRANSITIONS = (
    Transition(
        name="accept",
        label="Tacka ja",
        who="Den som är inbjuden",
        does="tackar ja",
        sources=(InvitationState.OPEN,),
        target=InvitationState.ACCEPTED,
        permissions=frozenset({INVITED}),
        guards=(_still_open, _no_clash),
        effect=_take_seat,
    ),
    Transition(
        name="withdraw",
        label="Ta tillbaka",
        who="Den som bjuder in",
        does="tar tillbaka inbjudan",
        sources=(InvitationState.OPEN,),
        target=InvitationState.WITHDRAWN,
        permissions=frozenset({Permission.INVITE}),
        effect=_take_back,
    ),
    Transition(
        name="send_again",
        label="Skicka igen",
        who="Den som bjuder in",
        does="skickar inbjudan igen",
        sources=(InvitationState.OPEN,),
        target=None,
        permissions=frozenset({Permission.INVITE}),
        guards=(_group_stands,),
        effect=_send_again,
    ),
)


def _allows(user, permission, invitation):
    if permission == INVITED:
        return is_for(user, invitation)
    return seating.may_invite(user, invitation.group, invitation.organisation)


def _log(invitation, step, from_state, by, told, reason):
    """In the group's log; it names the function that is invited, the address is with the invitation alone."""
    group_log.write(invitation.group, told, by=by)


WORKFLOW = Workflow(INVITATION_TRANSITIONS, allows=_allows, log=_log)


def path_of(secret):
    """Return the path of the page that answers the invitation with the secret."""
    return reverse("cooperation:invitation", args=[secret])
