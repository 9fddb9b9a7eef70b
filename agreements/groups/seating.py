"""Who may say who sits for which party in a group, and invite to it.

Whoever sits for the police in a preparation group reads and reviews for them, so that in the steering and
preparation groups the police themselves, or who runs Trygghet, say who that is. A working group is appointed by the
two together (P19).
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from agreements.enums import GroupKind, OrganisationKind
from agreements.groups import composition as groups
from agreements.permissions import Permission, access_of

ONLY_THE_POLICE = "Det är polisen själv, eller förvaltaren, som säger vem som sitter för polisen."
WHO_INVITES = "Det är trygghetsstrategen, eller den som förvaltar Trygghet, som bjuder in till grupper. Vänd dig dit."
WHO_INVITES_IN_CITY = "Det är den som förvaltar Trygghet som bjuder in till stadens grupper. Vänd dig dit."


def is_reserved(group, organisation):
    """Whether the seats of the organisation in the group are for the police to give."""
    return group.kind != GroupKind.WORKING and organisation.kind == OrganisationKind.POLICE


def _seats_police(user, group):
    return access_of(user).allows(Permission.SEAT_POLICE, group.district_id)


def may_seat(user, group, organisation):
    """Whether the person may give, change and end seats for the organisation in the group."""
    return _seats_police(user, group) if is_reserved(group, organisation) else groups.may_change(user, group)


def may_seat_somebody(user, group):
    """Whether the person may seat anybody at all in the group."""
    return groups.may_change(user, group) or (group.kind != GroupKind.WORKING and _seats_police(user, group))


def may_fill(user, group, lack):
    """Whether the person may give the seat that the group lacks (:class:`agreements.groups.composition.Lack`)."""
    return _seats_police(user, group) if lack.organisations == groups.POLICE else groups.may_change(user, group)


def check_seat(user, group, organisation):
    """Raise PermissionDenied, saying who may, unless the person may give and change the organisation's seats."""
    if not may_seat(user, group, organisation):
        raise PermissionDenied(_refusal(group, organisation, groups.who_changes(group)))


def check_seat_somebody(user, group):
    """Raise PermissionDenied, saying whom to ask, unless the person may seat somebody in the group."""
    if not may_seat_somebody(user, group):
        raise PermissionDenied(groups.who_changes(group))


def _invites(user, group):
    return access_of(user).allows(Permission.INVITE, group.district_id)


def may_invite(user, group, organisation):
    """Whether the person may invite to a seat for the organisation in the group."""
    return _seats_police(user, group) if is_reserved(group, organisation) else _invites(user, group)


def may_invite_somebody(user, group):
    """Whether the person may invite anybody at all to the group."""
    return _invites(user, group) or (group.kind != GroupKind.WORKING and _seats_police(user, group))


def check_invite(user, group, organisation):
    """Raise PermissionDenied, saying who may, unless the person may invite for the organisation."""
    if not may_invite(user, group, organisation):
        raise PermissionDenied(_refusal(group, organisation, who_invites(group)))


def who_invites(group):
    """Return the sentence that says who invites to the group, and so whom to ask."""
    return WHO_INVITES if group.district_id else WHO_INVITES_IN_CITY


def _refusal(group, organisation, otherwise):
    return ONLY_THE_POLICE if is_reserved(group, organisation) else otherwise


def offered(organisations, may, user, group):
    """Return those of the organisations that the person may seat, or invite for (``may`` is which)."""
    allowed = [each.pk for each in organisations if may(user, group, each)]
    return organisations.filter(pk__in=allowed)
