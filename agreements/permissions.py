"""Who may do what: the one table role → permission, and how roles follow from membership.

Nothing else asks who someone is. A role holds in a district, or in the whole
city (district ``None``). The table is domain §3; what a permission means for a
plan in a certain state is said in ``plans/permissions.py``.

What belongs to a district is covered by :data:`PERMISSIONS` and
:data:`PERMISSIONS_ELSEWHERE`; what is the city's own (no district: its
handlingsplan, its groups, the overarching agreement) by
:data:`PERMISSIONS_IN_CITY`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.db.models import Q

from agreements.enums import GroupKind, GroupLevel, OrganisationKind, Role

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
    # The cooperation around the plans
    READ_COOPERATION = "read_cooperation"  # groups, the year, what the law and the agreement require
    MANAGE_GROUPS = "manage_groups"
    APPOINT_WORKING_GROUPS = "appoint_working_groups"
    INVITE = "invite"
    SEAT_POLICE = "seat_police"  # say who sits for the police in the steering and preparation groups
    READ_MEETINGS = "read_meetings"
    KEEP_MEETINGS = "keep_meetings"
    READ_SIGNED_AGREEMENT = "read_signed_agreement"
    READ_AGREEMENT_DRAFT = "read_agreement_draft"
    WRITE_AGREEMENT = "write_agreement"
    SIGN_AGREEMENT = "sign_agreement"
    RECORD_DIARY_NUMBER = "record_diary_number"
    READ_PICTURES = "read_pictures"
    WRITE_CITY_PICTURE = "write_city_picture"
    WRITE_POLICE_PICTURE = "write_police_picture"
    WRITE_JOINT_PICTURE = "write_joint_picture"
    CONFIRM_PICTURE = "confirm_picture"
    ANALYSE_CAUSES = "analyse_causes"
    MANAGE_PLACES = "manage_places"
    SET_YEAR = "set_year"
    PLAN_COMMUNICATION = "plan_communication"
    SEE_MAIL = "see_mail"
    # What came of the plans
    READ_FOLLOW_UP = "read_follow_up"  # of the own district, from the first note
    READ_SUBMITTED_FOLLOW_UP = "read_submitted_follow_up"
    LOG_PROGRESS = "log_progress"
    WRITE_FOLLOW_UP = "write_follow_up"
    ANSWER_FOR_PARTY = "answer_for_party"  # whether the own organisation has done its part
    REPORT_OBSTACLE = "report_obstacle"
    READ_OBSTACLES = "read_obstacles"
    READ_ESCALATED_OBSTACLES = "read_escalated_obstacles"
    HANDLE_OBSTACLE = "handle_obstacle"
    ANSWER_RAISED_OBSTACLE = "answer_raised_obstacle"
    ANSWER_ESCALATED_OBSTACLE = "answer_escalated_obstacle"
    READ_INDICATORS = "read_indicators"
    ENTER_MEASUREMENTS = "enter_measurements"
    DEFINE_INDICATORS = "define_indicators"
    READ_REPORT = "read_report"  # the city's annual report, while the follow-ups come in
    WRITE_REPORT = "write_report"
    COMMENT_REPORT = "comment_report"
    PUBLISH_REPORT = "publish_report"
    READ_PUBLISHED_REPORT = "read_published_report"
    CONFIRM_REPORT = "confirm_report"  # that the own district has read it, with its feedback


P = Permission

_FOLLOWS_UP = {P.READ_FOLLOW_UP, P.READ_OBSTACLES, P.READ_INDICATORS}
_CARRIES_OUT = _FOLLOWS_UP | {P.LOG_PROGRESS, P.ANSWER_FOR_PARTY, P.REPORT_OBSTACLE}
_READ_REVIEWED = {P.READ_REVIEW, P.READ_READY, P.READ_DECIDED, P.READ_HISTORY, P.READ_COMMENTS}
_COMMENTS = {P.COMMENT_DRAFT, P.COMMENT_REVIEW, P.COMMENT_READY, P.COMMENT_DECIDED}
_MEMBER = {P.READ_COOPERATION, P.READ_MEETINGS, P.READ_SIGNED_AGREEMENT, P.READ_PICTURES}
# What the two halves of a preparation group do together (seed 001).
_PREPARATION = _MEMBER | {
    P.APPOINT_WORKING_GROUPS,
    P.KEEP_MEETINGS,
    P.READ_AGREEMENT_DRAFT,
    P.WRITE_AGREEMENT,
    P.WRITE_JOINT_PICTURE,
    P.ANALYSE_CAUSES,
    P.MANAGE_PLACES,
    P.PLAN_COMMUNICATION,
    P.HANDLE_OBSTACLE,
}
_STEERING = (
    _READ_REVIEWED
    | _MEMBER
    | _FOLLOWS_UP
    | {P.COMMENT_REVIEW, P.READ_AGREEMENT_DRAFT, P.REPORT_OBSTACLE, P.ANSWER_FOR_PARTY, P.READ_PUBLISHED_REPORT}
)
_CHAIR = (
    _STEERING
    | {P.DECIDE, P.KEEP_MEETINGS, P.SIGN_AGREEMENT, P.CONFIRM_PICTURE, P.ANSWER_RAISED_OBSTACLE}
    | {P.CONFIRM_REPORT}
)
_READS_REPORT = {P.READ_PUBLISHED_REPORT, P.CONFIRM_REPORT}
_WRITES_PLAN = (
    _READ_REVIEWED
    | _COMMENTS
    | _CARRIES_OUT
    | {P.READ_DRAFT, P.SEE_STATUS, P.EDIT_PLAN, P.REVIEW_FOR_CITY, P.WRITE_FOLLOW_UP, P.ENTER_MEASUREMENTS}
)
_SEES_DISTRICTS = {P.READ_SUBMITTED, P.SEE_STATUS, P.SEE_CITY, P.READ_COOPERATION, P.READ_SIGNED_AGREEMENT} | {
    P.READ_SUBMITTED_FOLLOW_UP,
    P.READ_ESCALATED_OBSTACLES,
    P.READ_INDICATORS,
    P.READ_REPORT,
    P.COMMENT_REPORT,
}
_PREPARES_CITY = _SEES_DISTRICTS | {
    P.RECEIVE,
    P.READ_CITY_COMMENTS,
    P.COMMENT_DECIDED,
    P.SET_YEAR,
    P.ANSWER_ESCALATED_OBSTACLE,
    P.ENTER_MEASUREMENTS,
    P.DEFINE_INDICATORS,
    P.WRITE_REPORT,
}

# What a role gives in its own district, or in every district for a city role.
PERMISSIONS = {
    Role.EDITOR: _WRITES_PLAN | _PREPARATION | {P.MANAGE_GROUPS, P.INVITE, P.WRITE_CITY_PICTURE} | _READS_REPORT,
    Role.CO_WRITER: _READ_REVIEWED
    | _MEMBER
    | _CARRIES_OUT
    | {P.READ_DRAFT, P.SEE_STATUS, P.COMMENT_REVIEW, P.WRITE_CITY_PICTURE, P.ANALYSE_CAUSES, P.WRITE_FOLLOW_UP},
    Role.MUNICIPAL_POLICE: _READ_REVIEWED
    | _COMMENTS
    | _PREPARATION
    | _CARRIES_OUT
    | _READS_REPORT
    | {P.READ_SHARED_DRAFT, P.REVIEW_FOR_POLICE, P.WRITE_POLICE_PICTURE, P.SEAT_POLICE},
    Role.LOCAL_STEERING: _STEERING,
    Role.STEERING_CHAIR: _CHAIR,
    Role.WORKING_GROUP: _READ_REVIEWED
    | _MEMBER
    | _CARRIES_OUT
    | {P.READ_SHARED_DRAFT, P.COMMENT_REVIEW, P.ANALYSE_CAUSES},
    Role.REGISTRAR: {P.READ_READY, P.READ_DECIDED, P.READ_HISTORY, P.RECORD_BOARD_DECISION}
    | {P.READ_COOPERATION, P.READ_SIGNED_AGREEMENT, P.RECORD_DIARY_NUMBER, P.READ_FOLLOW_UP}
    | {P.READ_PUBLISHED_REPORT},
    Role.EXTERNAL_PARTY: {P.REPORT_OBSTACLE, P.ANSWER_FOR_PARTY},
    Role.CITY_PREPARATION: _PREPARES_CITY,
    Role.CITY_POLICE: _PREPARES_CITY | {P.SEAT_POLICE},
    Role.CITY_STEERING: _SEES_DISTRICTS,
    Role.CITY_STEERING_CHAIR: _SEES_DISTRICTS | {P.ANSWER_ESCALATED_OBSTACLE, P.PUBLISH_REPORT},
    # Adjungerad, or in a working group of the city: takes part in the meetings, and no more.
    Role.CITY_MEMBER: {P.READ_COOPERATION, P.READ_SIGNED_AGREEMENT},
    # Runs the installation: who sits where and what the mail does, never what a plan says (domain §3).
    Role.ADMINISTRATOR: {P.READ_COOPERATION, P.MANAGE_GROUPS, P.INVITE, P.SEAT_POLICE, P.SET_YEAR, P.SEE_MAIL},
}

# What a local role gives in the other districts: decided plans and signed agreements are read across the city,
# unless it says otherwise.
_READ_ELSEWHERE = {P.READ_DECIDED, P.READ_SIGNED_AGREEMENT}
PERMISSIONS_ELSEWHERE = {
    role: _READ_ELSEWHERE & permissions if settings.DISTRICTS_READ_EACH_OTHER else set()
    for role, permissions in PERMISSIONS.items()
}

# What a role gives for what is the city's own. What the city has decided concerns every district (seed 001).
_FOLLOWS_CITY = {P.READ_DECIDED, P.READ_COOPERATION, P.READ_SIGNED_AGREEMENT}
PERMISSIONS_IN_CITY = {role: _FOLLOWS_CITY & permissions for role, permissions in PERMISSIONS.items()} | {
    Role.CITY_PREPARATION: _PREPARES_CITY
    | _WRITES_PLAN
    | _PREPARATION
    | {P.MANAGE_GROUPS, P.WRITE_CITY_PICTURE, P.RECORD_DIARY_NUMBER},
    Role.CITY_POLICE: _PREPARES_CITY
    | _READ_REVIEWED
    | _COMMENTS
    | _PREPARATION
    | _CARRIES_OUT
    | {P.READ_SHARED_DRAFT, P.REVIEW_FOR_POLICE, P.WRITE_POLICE_PICTURE, P.SEAT_POLICE},
    Role.CITY_STEERING: _SEES_DISTRICTS | _STEERING,
    Role.CITY_STEERING_CHAIR: _SEES_DISTRICTS | _CHAIR | {P.PUBLISH_REPORT},
    Role.CITY_MEMBER: _FOLLOWS_CITY | {P.READ_MEETINGS, P.ANSWER_FOR_PARTY},
    Role.ADMINISTRATOR: PERMISSIONS[Role.ADMINISTRATOR],
}

CITY_PARTIES = {OrganisationKind.DISTRICT_ADMIN, OrganisationKind.SPECIALIST_ADMIN, OrganisationKind.CITY_COMPANY}


def role_of(membership):
    """Return the role that a seat in a group gives (seed 001: who sits where, with which mandate).

    A deputy holds the role of the seat they stand in for, during their own period.
    """
    membership = membership.deputy_for or membership
    group, kind = membership.group, membership.organisation.kind
    leads = membership.is_chair or membership.is_secretary
    is_party = kind in CITY_PARTIES | {OrganisationKind.POLICE}
    if group.level == GroupLevel.CITY and is_party:
        if membership.co_opted or group.kind == GroupKind.WORKING:
            return Role.CITY_MEMBER
        if group.kind == GroupKind.STEERING:
            return Role.CITY_STEERING_CHAIR if leads else Role.CITY_STEERING
        return Role.CITY_POLICE if kind == OrganisationKind.POLICE else Role.CITY_PREPARATION
    # Where the group itself decides who sits in it, a function's name gives nothing.
    if membership.function.code == REGISTRAR_FUNCTION and group.kind != GroupKind.WORKING and is_party:
        return Role.REGISTRAR
    if not is_party:
        return Role.EXTERNAL_PARTY
    if group.kind == GroupKind.STEERING:
        # The chair and the secretary record what the group has decided.
        return Role.STEERING_CHAIR if leads else Role.LOCAL_STEERING
    if group.kind == GroupKind.WORKING:
        return Role.WORKING_GROUP
    if kind == OrganisationKind.POLICE:
        return Role.WORKING_GROUP if membership.co_opted else Role.MUNICIPAL_POLICE
    # Only the district's own administration writes the plan; trafikkontoret and others help.
    own_seat = kind == OrganisationKind.DISTRICT_ADMIN and not membership.co_opted
    return Role.EDITOR if own_seat else Role.CO_WRITER


@dataclass(frozen=True)
class Reach:
    """Whose material something holds for: every district's or some, and the city's own or not."""

    every_district: bool = False
    districts: frozenset[int] = frozenset()
    city: bool = False

    def __bool__(self):
        return self.every_district or self.city or bool(self.districts)

    def covers(self, district_id):
        """Whether it holds for the district's material; ``None`` asks about the city's own."""
        if district_id is None:
            return self.city
        return self.every_district or district_id in self.districts

    def condition(self, path="district"):
        """Return the condition on rows whose district is found at ``path``; the city's own have none."""
        if self.every_district:
            return ~Q(pk__in=[]) if self.city else Q(**{f"{path}__isnull": False})
        within = Q(**{f"{path}__in": self.districts}) if self.districts else Q(pk__in=[])
        return within | Q(**{f"{path}__isnull": True}) if self.city else within


@dataclass(frozen=True)
class Access:
    """What one person may do where, today."""

    roles: frozenset[tuple[str, int | None]]

    def allows(self, permission, district_id):
        """Whether the person has the permission for the district's material; ``None`` is the city's own."""
        if district_id is None:
            return any(permission in PERMISSIONS_IN_CITY[role] for role, _ in self.roles)
        return any(
            permission in (PERMISSIONS if where in (None, district_id) else PERMISSIONS_ELSEWHERE)[role]
            for role, where in self.roles
        )

    def reach(self, permissions: Iterable[Permission]):
        """Return the :class:`Reach` of whichever of the permissions the person has."""
        permissions = set(permissions)
        return Reach(
            every_district=any(
                permissions & (PERMISSIONS if where is None else PERMISSIONS_ELSEWHERE)[role]
                for role, where in self.roles
            ),
            districts=frozenset(where for role, where in self.roles if where and permissions & PERMISSIONS[role]),
            city=any(permissions & PERMISSIONS_IN_CITY[role] for role, _ in self.roles),
        )

    def own_districts(self):
        """Return the ids of the districts where the person has a seat."""
        return {where for _, where in self.roles if where}

    def own(self):
        """Return the :class:`Reach` of the places whose groups the person sits in; running the system is no seat."""
        seats = {where for role, where in self.roles if role != Role.ADMINISTRATOR}
        return Reach(districts=frozenset(seats - {None}), city=None in seats)

    def has_role(self, role, district_id=None):
        """Whether the person holds the role, in the district if one is given."""
        return any(role == held and district_id in (None, where) for held, where in self.roles)


NO_ACCESS = Access(frozenset())
# What a seat is read with, so that its role can be told: no more, since every page asks it first.
_PLACE_OF_A_SEAT = ("group", "organisation", "function")
SEAT = (*_PLACE_OF_A_SEAT, *(f"deputy_for__{name}" for name in _PLACE_OF_A_SEAT))
_SAYS_THE_ROLE = (
    "is_chair",
    "is_secretary",
    "co_opted",
    "group__level",
    "group__kind",
    "group__district",
    "organisation__kind",
    "function__code",
)
_ROLE_FIELDS = ("user", *_SAYS_THE_ROLE, *(f"deputy_for__{name}" for name in _SAYS_THE_ROLE))


def access_of(user):
    """Return today's :class:`Access` of the user, read once per user object (one query)."""
    if not user.is_authenticated or not user.is_active:
        return NO_ACCESS
    if not hasattr(user, "_access"):
        seats = user.memberships.in_force().select_related(*SEAT).only(*_ROLE_FIELDS)
        roles = {(role_of(seat), seat.group.district_id) for seat in seats}
        if user.is_staff:
            roles.add((Role.ADMINISTRATOR, None))
        user._access = Access(frozenset(roles))
    return user._access


def access_of_anybody(district_id):
    """Return what those who sit in the district's groups, or in the city's, may do together today (one query).

    So ``allows`` says whether anybody there holds a permission, and
    ``has_role`` whether anybody has a role. A seat without a person, or whose
    person can no longer sign in, gives nothing. ``None`` asks of the city's groups alone.
    """
    from agreements.models import GroupMembership

    here = Q(group__district=None) | (Q(group__district=district_id) if district_id else Q(pk__in=[]))
    seats = GroupMembership.objects.in_force().filter(here, user__is_active=True)
    seats = seats.select_related(*SEAT).only(*_ROLE_FIELDS)
    return Access(frozenset((role_of(seat), seat.group.district_id) for seat in seats))
