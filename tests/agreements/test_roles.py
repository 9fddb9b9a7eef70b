"""Roles follow from membership: which seat gives which role, when, and where it holds."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from accounts.models import User
from agreements.enums import Role
from agreements.models import (
    CollaborationGroup,
    District,
    Function,
    GroupMembership,
    Municipality,
    Organisation,
)
from agreements.permissions import Permission, access_of, access_of_anybody, role_of

pytestmark = pytest.mark.django_db

ORGANISATIONS = {
    "administration": "district_admin",
    "traffic": "specialist_admin",
    "housing": "city_company",
    "police": "police",
    "owners": "property_owners",
    "region": "region",
}
TODAY = timezone.localdate
YESTERDAY, TOMORROW = (timedelta(days=days) for days in (-1, 1))


class Cast:
    """Two districts, their groups and the city's, and a person to put in their seats."""

    def __init__(self):
        municipality = Municipality.objects.create(name="Staden", code="staden")
        self.start = TODAY() - timedelta(days=100)
        self.own, self.other = (
            District.objects.create(name=name, slug=name, municipality=municipality, valid_from=self.start)
            for name in ("here", "there")
        )
        self.organisations = {
            slug: Organisation.objects.create(name=slug, slug=slug, kind=kind) for slug, kind in ORGANISATIONS.items()
        }
        self.person = User.objects.create(username="person")

    def group(self, level, kind, **period):
        return CollaborationGroup.objects.create(
            slug=f"{level}-{kind}",
            name=f"{level} {kind}",
            level=level,
            kind=kind,
            district=self.own if level == "local" else None,
            valid_from=period.pop("valid_from", self.start),
            **period,
        )

    def seat(self, group, organisation="administration", function="trygghetsstrateg", **values):
        return GroupMembership.objects.create(
            group=group,
            user=self.person,
            function=Function.objects.get_or_create(code=function, defaults={"title": function})[0],
            organisation=self.organisations[organisation],
            valid_from=values.pop("valid_from", self.start),
            **values,
        )

    def access(self):
        """What the person may do, read anew."""
        return access_of(User.objects.get(pk=self.person.pk))


@pytest.fixture
def cast():
    return Cast()


@pytest.mark.parametrize(
    ("level", "kind", "organisation", "seat", "role"),
    [
        ("local", "preparation", "administration", {}, Role.EDITOR),
        ("local", "preparation", "traffic", {}, Role.CO_WRITER),
        ("local", "preparation", "administration", {"co_opted": True}, Role.CO_WRITER),
        ("local", "preparation", "housing", {"co_opted": True}, Role.CO_WRITER),
        ("local", "preparation", "police", {"function": "kommunpolis"}, Role.MUNICIPAL_POLICE),
        ("local", "preparation", "police", {"co_opted": True}, Role.WORKING_GROUP),
        ("local", "preparation", "owners", {"co_opted": True}, Role.EXTERNAL_PARTY),
        ("local", "preparation", "administration", {"function": "registrator"}, Role.REGISTRAR),
        ("local", "steering", "administration", {"is_chair": True}, Role.STEERING_CHAIR),
        ("local", "steering", "police", {"is_secretary": True}, Role.STEERING_CHAIR),
        ("local", "steering", "police", {}, Role.LOCAL_STEERING),
        ("local", "steering", "region", {}, Role.EXTERNAL_PARTY),
        ("local", "steering", "administration", {"function": "registrator"}, Role.REGISTRAR),
        ("local", "working", "administration", {}, Role.WORKING_GROUP),
        # Who appoints the working group gives nobody the registrar's pen by it.
        ("local", "working", "administration", {"function": "registrator"}, Role.WORKING_GROUP),
        ("local", "working", "police", {}, Role.WORKING_GROUP),
        ("local", "working", "owners", {}, Role.EXTERNAL_PARTY),
        ("city", "steering", "police", {}, Role.CITY_STEERING),
        ("city", "preparation", "traffic", {}, Role.CITY_PREPARATION),
        ("city", "working", "police", {}, Role.CITY_MEMBER),
        ("city", "preparation", "traffic", {"co_opted": True}, Role.CITY_MEMBER),
        ("city", "preparation", "owners", {}, Role.EXTERNAL_PARTY),
        ("city", "preparation", "police", {}, Role.CITY_POLICE),
        ("city", "steering", "administration", {"is_chair": True}, Role.CITY_STEERING_CHAIR),
    ],
)
def test_each_seat_gives_its_role(cast, level, kind, organisation, seat, role):
    membership = cast.seat(cast.group(level, kind), organisation, **seat)
    assert role_of(membership) == role
    assert cast.access().has_role(role, cast.own.pk if level == "local" else None)


def test_a_seat_counts_on_its_first_and_last_day(cast):
    cast.seat(cast.group("local", "preparation"), valid_from=TODAY(), valid_to=TODAY())
    assert cast.access().has_role(Role.EDITOR, cast.own.pk)


def test_a_seat_that_has_ended_gives_no_role(cast):
    cast.seat(cast.group("local", "preparation"), valid_to=TODAY() + YESTERDAY)
    assert not cast.access().roles


def test_a_seat_that_has_not_begun_gives_no_role(cast):
    cast.seat(cast.group("local", "preparation"), valid_from=TODAY() + TOMORROW)
    assert not cast.access().roles


def test_a_seat_in_a_group_that_has_ended_gives_no_role(cast):
    cast.seat(cast.group("local", "working", valid_to=TODAY() + YESTERDAY))
    assert not cast.access().roles


def test_a_seat_in_a_group_that_has_not_begun_gives_no_role(cast):
    cast.seat(cast.group("local", "working", valid_from=TODAY() + TOMORROW))
    assert not cast.access().roles


def test_a_person_whose_account_is_closed_has_no_role(cast):
    cast.seat(cast.group("local", "preparation"))
    User.objects.update(is_active=False)
    assert not cast.access().roles


def test_a_visitor_who_has_not_signed_in_has_no_role():
    assert not access_of(AnonymousUser()).roles


def test_an_administrator_of_the_system_runs_the_organisation_and_reads_no_plan(cast):
    User.objects.update(is_staff=True, is_superuser=True)
    access = cast.access()
    assert access.roles == {(Role.ADMINISTRATOR, None)}
    assert {permission for permission in Permission if access.allows(permission, cast.own.pk)} == {
        Permission.READ_COOPERATION,
        Permission.MANAGE_GROUPS,
        Permission.INVITE,
        Permission.SEAT_POLICE,
        Permission.SET_YEAR,
        Permission.SEE_MAIL,
    }


def test_a_deputy_has_the_role_of_the_seat_while_it_lasts(cast):
    seat = cast.seat(cast.group("local", "preparation"), "police", function="kommunpolis")
    GroupMembership.objects.filter(pk=seat.pk).update(user=None)
    deputy = cast.seat(seat.group, "administration", "stf", deputy_for=seat, valid_to=TODAY())
    assert role_of(deputy) == Role.MUNICIPAL_POLICE
    assert cast.access().has_role(Role.MUNICIPAL_POLICE, cast.own.pk)
    GroupMembership.objects.filter(pk=deputy.pk).update(valid_from=TODAY() + YESTERDAY, valid_to=TODAY() + YESTERDAY)
    assert not cast.access().roles


def test_a_person_with_two_seats_has_both_roles(cast):
    cast.seat(cast.group("local", "preparation"))
    cast.seat(cast.group("city", "preparation"))
    assert cast.access().roles == {(Role.EDITOR, cast.own.pk), (Role.CITY_PREPARATION, None)}


def test_an_editor_writes_in_the_own_district_and_reads_what_is_decided_elsewhere(cast):
    cast.seat(cast.group("local", "preparation"))
    access = cast.access()
    assert access.allows(Permission.EDIT_PLAN, cast.own.pk)
    assert access.allows(Permission.READ_DRAFT, cast.own.pk)
    elsewhere = {permission for permission in Permission if access.allows(permission, cast.other.pk)}
    assert elsewhere == {Permission.READ_DECIDED, Permission.READ_SIGNED_AGREEMENT}
    assert access.reach({Permission.EDIT_PLAN}).districts == {cast.own.pk}
    assert access.reach({Permission.READ_DECIDED}).every_district


def test_the_police_read_a_draft_only_when_it_is_shared_and_never_write(cast):
    cast.seat(cast.group("local", "preparation"), "police", "kommunpolis")
    access = cast.access()
    assert access.allows(Permission.READ_SHARED_DRAFT, cast.own.pk)
    assert not access.allows(Permission.READ_DRAFT, cast.own.pk)
    assert not access.allows(Permission.EDIT_PLAN, cast.own.pk)


def test_a_city_role_holds_in_every_district_and_reaches_no_drafts(cast):
    cast.seat(cast.group("city", "preparation"))
    access = cast.access()
    for district in (cast.own, cast.other):
        assert {permission for permission in Permission if access.allows(permission, district.pk)} == {
            Permission.READ_SUBMITTED,
            Permission.SEE_STATUS,
            Permission.SEE_CITY,
            Permission.RECEIVE,
            Permission.READ_CITY_COMMENTS,
            Permission.COMMENT_DECIDED,
            Permission.READ_COOPERATION,
            Permission.READ_SIGNED_AGREEMENT,
            Permission.SET_YEAR,
            Permission.READ_SUBMITTED_FOLLOW_UP,
            Permission.READ_ESCALATED_OBSTACLES,
            Permission.ANSWER_ESCALATED_OBSTACLE,
            Permission.READ_INDICATORS,
            Permission.ENTER_MEASUREMENTS,
            Permission.DEFINE_INDICATORS,
            Permission.READ_REPORT,
            Permission.WRITE_REPORT,
            Permission.COMMENT_REPORT,
        }


def test_an_external_party_answers_for_itself_and_reads_nothing_by_its_role_alone(cast):
    cast.seat(cast.group("local", "preparation"), "owners", co_opted=True)
    access = cast.access()
    assert access.has_role(Role.EXTERNAL_PARTY, cast.own.pk)
    own = {Permission.REPORT_OBSTACLE, Permission.ANSWER_FOR_PARTY}
    assert access.reach(own)
    assert not access.reach(set(Permission) - own)


# --- Anybody


def test_whether_anybody_holds_a_permission_is_asked_in_one_query(cast, django_assert_num_queries):
    cast.seat(cast.group("local", "preparation"), "police", "kommunpolis")
    with django_assert_num_queries(1):
        anybody = access_of_anybody(cast.own.pk)
    assert anybody.allows(Permission.REVIEW_FOR_POLICE, cast.own.pk)
    assert not anybody.allows(Permission.REVIEW_FOR_CITY, cast.own.pk)


def test_nobody_sits_for_another_district_but_the_city_does_for_all(cast):
    cast.seat(cast.group("local", "preparation"))
    cast.seat(cast.group("city", "preparation"))
    anybody = access_of_anybody(cast.other.pk)
    assert anybody.roles == {(Role.CITY_PREPARATION, None)}


def test_a_seat_with_nobody_in_it_gives_nothing_to_anybody(cast):
    seat = cast.seat(cast.group("local", "preparation"))
    closed = {"valid_to": TODAY() + YESTERDAY}, {"user": None}
    for change in closed:
        GroupMembership.objects.filter(pk=seat.pk).update(**{"valid_to": None, "user": cast.person} | change)
        assert not access_of_anybody(cast.own.pk).roles
    GroupMembership.objects.filter(pk=seat.pk).update(user=cast.person)
    assert access_of_anybody(cast.own.pk).has_role(Role.EDITOR, cast.own.pk)
    User.objects.update(is_active=False)
    assert not access_of_anybody(cast.own.pk).roles
