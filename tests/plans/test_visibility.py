"""Who reads which plan in which state: domain §3 written out, so that a change of it is a change here."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from agreements.models import GroupMembership
from plans import versions
from plans.enums import PlanState
from plans.models import ActionPlan, Submission
from tests.cast import PEOPLE
from tests.plans import invariants

# The states in the order of the table's columns; a draft is shared with the police or not yet.
# "submitted" is decided and sent to the city.
DECIDED = ("decided", "submitted")
COLUMNS = ("draft", "shared", "in_review", "ready_for_decision", *DECIDED)

# Who reads the plan of Skärholmen, of Farsta and of the city (x reads, . does not):
# draft, shared draft, in review, ready | decided, decided and sent to the city.
TABLE = """
                   Skärholmen   Farsta       Staden
editor             x x x x xx  . . . . xx  . . . . xx
co_writer          x x x x xx  . . . . xx  . . . . xx
police             . x x x xx  . . . . xx  . . . . xx
steering           . . x x xx  . . . . xx  . . . . xx
chair              . . x x xx  . . . . xx  . . . . xx
working            . x x x xx  . . . . xx  . . . . xx
registrar          . . . x xx  . . . . xx  . . . . xx
external           . . . . ..  . . . . ..  . . . . ..
neighbour          . . . . xx  x x x x xx  . . . . xx
neighbour_police   . . . . xx  . x x x xx  . . . . xx
city_preparation   . . . . .x  . . . . .x  x x x x xx
city_steering      . . . . .x  . . . . .x  . . x x xx
stranger           . . . . ..  . . . . ..  . . . . ..
administrator      . . . . ..  . . . . ..  . . . . ..
anonymous          . . . . ..  . . . . ..  . . . . ..
"""
ROWS = {line.split()[0]: "".join(line.split()[1:]) for line in TABLE.strip().splitlines()[1:]}
GRID = [
    pytest.param(person, place, marks[at * len(COLUMNS) : (at + 1) * len(COLUMNS)], id=f"{person}-{place}")
    for person, marks in ROWS.items()
    for at, place in enumerate(("district", "other_district", "city"))
]


def plan_in(cast, place, column):
    plan = ActionPlan.objects.create(district=getattr(cast, place, None), cycle=cast.cycle)
    values = {"shared": {"shared_at": timezone.now()}, "submitted": {"state": "decided"}}.get(column, {"state": column})
    ActionPlan.objects.filter(pk=plan.pk).update(**values)
    if column == "submitted":
        decision = versions.Decision(decided_on=date(2025, 3, 12), body="Styrgruppen", meeting="Möte 1")
        Submission.objects.create(version=versions.freeze(plan, decision, by=None))
    return plan


def test_the_table_has_every_person_and_every_state():
    assert set(ROWS) == {*PEOPLE, "anonymous"}
    assert set(COLUMNS) == {*PlanState.values, "shared", "submitted"}
    assert {len(marks) for marks in ROWS.values()} == {3 * len(COLUMNS)}


@pytest.mark.parametrize(("person", "place", "marks"), GRID)
def test_a_plan_is_read_by_those_the_table_names(cast, person, place, marks):
    user = AnonymousUser() if person == "anonymous" else getattr(cast, person)
    read = ""
    for column in COLUMNS:
        with invariants.rolled_back():
            plan = plan_in(cast, place, column)
            read += "x" if ActionPlan.objects.visible_to(user).filter(pk=plan.pk).exists() else "."
    assert read == marks


def test_sharing_means_nothing_once_the_draft_is_in_review(cast):
    plan = plan_in(cast, "district", "in_review")
    ActionPlan.objects.filter(pk=plan.pk).update(shared_at=timezone.now())
    assert not ActionPlan.objects.visible_to(cast.registrar).exists()


# --- Seats come and go


def seats(user):
    """The user's seats, to change; and nothing remembered of the access they gave."""
    vars(user).pop("_access", None)
    return GroupMembership.objects.filter(user=user)


def test_a_seat_that_has_ended_gives_nothing(cast):
    plan_in(cast, "district", "draft")
    yesterday = timezone.localdate() - timedelta(days=1)
    seats(cast.editor).update(valid_to=yesterday)
    assert not ActionPlan.objects.visible_to(cast.editor).exists()


def test_a_seat_holds_on_its_first_and_its_last_day_and_not_before(cast):
    plan_in(cast, "district", "draft")
    today = timezone.localdate()
    seats(cast.editor).update(valid_from=today, valid_to=today)
    assert ActionPlan.objects.visible_to(cast.editor).exists()
    seats(cast.editor).update(valid_from=today + timedelta(days=1), valid_to=None)
    assert not ActionPlan.objects.visible_to(cast.editor).exists()


def test_a_group_that_is_dissolved_gives_its_members_nothing(cast):
    plan_in(cast, "district", "draft")
    group = seats(cast.editor).get().group
    group.valid_to = timezone.localdate() - timedelta(days=1)
    group.save()
    assert not ActionPlan.objects.visible_to(cast.editor).exists()


def test_an_account_that_is_closed_sees_nothing(cast):
    plan_in(cast, "district", "decided")
    cast.editor.is_active = False
    assert not ActionPlan.objects.visible_to(cast.editor).exists()


def test_a_person_with_seats_in_two_districts_reads_both(cast):
    ours, theirs = plan_in(cast, "district", "draft"), plan_in(cast, "other_district", "draft")
    seat = seats(cast.neighbour).get()
    GroupMembership.objects.create(
        group=seat.group, user=cast.editor, function=seat.function, organisation=seat.organisation,
        valid_from=seat.valid_from,
    )  # fmt: skip
    assert set(ActionPlan.objects.visible_to(cast.editor)) == {ours, theirs}


def test_asking_who_sees_what_costs_two_queries_however_many_plans(cast, django_assert_num_queries):
    for place in ("district", "other_district", "city"):
        plan_in(cast, place, "decided")
    with django_assert_num_queries(2):
        assert len(ActionPlan.objects.visible_to(cast.police)) == 3
