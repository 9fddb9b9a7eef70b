"""Who may do what: the one table role → permission, and how roles follow from membership.

Nothing else asks who someone is. A role holds in a district, or in the whole
city (district ``None``). The table is domain §3; what a permission means for a
plan in a certain state is said in ``plans/permissions.py``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.db.models import Q

from agreements.enums import GroupKind, GroupLevel, OrganisationKind, Role
from agreements.models import GroupMembership

REGISTRAR_FUNCTION = "registrator"


class Permission(StrEnum):
    READ_DRAFT = "read_draft"
    READ_SHARED_DRAFT = "read_shared_draft"
    READ_REVIEW = "read_review"
    READ_READY = "read_ready"
    READ_DECIDED = "read_decided"
    READ_SUBMITTED = "read_submitted"
    SEE_STATUS = "see_status"
    SEE_CITY = "see_city"
    EDIT_PLAN = "edit_plan"
    REVIEW_FOR_CITY = "review_for_city"
    REVIEW_FOR_POLICE = "review_for_police"
    DECIDE = "decide"
    RECEIVE = "receive"
    RECORD_BOARD_DECISION = "record_board_decision"
    READ_HISTORY = "read_history"
    READ_COMMENTS = "read_comments"
    READ_CITY_COMMENTS = "read_city_comments"
    COMMENT_DRAFT = "comment_draft"
    COMMENT_REVIEW = "comment_review"
    COMMENT_READY = "comment_ready"
    COMMENT_DECIDED = "comment_decided"


P = Permission

_READ_REVIEWED = {P.READ_REVIEW, P.READ_READY, P.READ_DECIDED, P.READ_HISTORY, P.READ_COMMENTS}
_STEERING = _READ_REVIEWED | {P.COMMENT_REVIEW}

# What a role gives in its own district, or in every district for a city role.
PERMISSIONS = {
    Role.EDITOR: _READ_REVIEWED
    | {P.READ_DRAFT, P.SEE_STATUS, P.EDIT_PLAN, P.REVIEW_FOR_CITY}
    | {P.COMMENT_DRAFT, P.COMMENT_REVIEW, P.COMMENT_READY, P.COMMENT_DECIDED},
    Role.CO_WRITER: _READ_REVIEWED | {P.READ_DRAFT, P.SEE_STATUS, P.COMMENT_REVIEW},
    Role.MUNICIPAL_POLICE: _READ_REVIEWED
    | {P.READ_SHARED_DRAFT, P.REVIEW_FOR_POLICE}
    | {P.COMMENT_DRAFT, P.COMMENT_REVIEW, P.COMMENT_READY, P.COMMENT_DECIDED},
    Role.LOCAL_STEERING: _STEERING,
    Role.STEERING_CHAIR: _STEERING | {P.DECIDE},
    Role.WORKING_GROUP: _READ_REVIEWED | {P.READ_SHARED_DRAFT, P.COMMENT_REVIEW},
    Role.REGISTRAR: {P.READ_READY, P.READ_DECIDED, P.READ_HISTORY, P.RECORD_BOARD_DECISION},
    Role.EXTERNAL_PARTY: set(),
    Role.CITY_PREPARATION: {P.READ_SUBMITTED, P.SEE_STATUS, P.SEE_CITY, P.RECEIVE}
    | {P.READ_CITY_COMMENTS, P.COMMENT_DECIDED},
    Role.CITY_STEERING: {P.READ_SUBMITTED, P.SEE_STATUS, P.SEE_CITY},
}

# What a local role gives in the other districts: decided plans are read across the city, unless it says otherwise.
PERMISSIONS_ELSEWHERE = {
    role: {P.READ_DECIDED} & permissions if settings.DISTRICTS_READ_EACH_OTHER else set()
    for role, permissions in PERMISSIONS.items()
}

CITY_PARTIES = {OrganisationKind.DISTRICT_ADMIN, OrganisationKind.SPECIALIST_ADMIN, OrganisationKind.CITY_COMPANY}


def role_of(membership):
    """Return the role that a seat in a group gives (seed 001: who sits where, with which mandate)."""
    group, kind = membership.group, membership.organisation.kind
    if group.level == GroupLevel.CITY:
        return Role.CITY_STEERING if group.kind == GroupKind.STEERING else Role.CITY_PREPARATION
    if membership.function.code == REGISTRAR_FUNCTION:
        return Role.REGISTRAR
    if kind not in CITY_PARTIES | {OrganisationKind.POLICE}:
        return Role.EXTERNAL_PARTY
    if group.kind == GroupKind.STEERING:
        # The chair and the secretary record what the group has decided.
        return Role.STEERING_CHAIR if membership.is_chair or membership.is_secretary else Role.LOCAL_STEERING
    if group.kind == GroupKind.WORKING:
        return Role.WORKING_GROUP
    if kind == OrganisationKind.POLICE:
        return Role.WORKING_GROUP if membership.co_opted else Role.MUNICIPAL_POLICE
    # Only the district's own administration writes the plan; trafikkontoret and others help.
    own_seat = kind == OrganisationKind.DISTRICT_ADMIN and not membership.co_opted
    return Role.EDITOR if own_seat else Role.CO_WRITER


@dataclass(frozen=True)
class Access:
    """What one person may do where, today."""

    roles: frozenset[tuple[str, int | None]]

    def allows(self, permission, district_id):
        """Whether the person has the permission for the district's material."""
        return any(
            permission in (PERMISSIONS if where in (None, district_id) else PERMISSIONS_ELSEWHERE)[role]
            for role, where in self.roles
        )

    def districts_with(self, permissions: Iterable[Permission]):
        """Return the ids of the districts where any of the permissions holds, or None for every district."""
        permissions = set(permissions)
        if any(permissions & (PERMISSIONS if where is None else PERMISSIONS_ELSEWHERE)[role]
               for role, where in self.roles):  # fmt: skip
            return None
        return {where for role, where in self.roles if permissions & PERMISSIONS[role]}

    def has_role(self, role, district_id=None):
        """Whether the person holds the role, in the district if one is given."""
        return any(role == held and district_id in (None, where) for held, where in self.roles)


NO_ACCESS = Access(frozenset())


def access_of(user):
    """Return today's :class:`Access` of the user, read once per user object (one query)."""
    if not user.is_authenticated or not user.is_active:
        return NO_ACCESS
    if not hasattr(user, "_access"):
        memberships = user.memberships.in_force().select_related("group", "organisation", "function")
        user._access = Access(frozenset((role_of(seat), seat.group.district_id) for seat in memberships))
    return user._access


def access_of_anybody(district_id):
    """Return what those who sit in the district's groups, or in the city's, may do together today (one query).

    So ``allows`` says whether anybody there holds a permission, and
    ``has_role`` whether anybody has a role. A seat without a person, or whose
    person can no longer sign in, gives nothing.
    """
    here = Q(group__district=district_id) | Q(group__district=None)
    seats = GroupMembership.objects.in_force().filter(here, user__is_active=True)
    seats = seats.select_related("group", "organisation", "function")
    return Access(frozenset((role_of(seat), seat.group.district_id) for seat in seats))
