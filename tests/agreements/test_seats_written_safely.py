"""Seats that several people write in: what is stale, pressed twice, at the same moment, or by way of the admin."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.urls import reverse

from agreements.groups import invitations, seats
from agreements.models import GroupMembership, GroupStep, Invitation
from tests.agreements.test_groups import (
    PREPARATION,
    STEERING,
    TODAY,
    WORKING,
    a_seat,
    group_at,
    press,
    seat_values,
    signed_in,
    somebody,
    words,
)
from tests.agreements.test_invitations import invite
from tests.cast import Cast

STALE = "Någon annan har ändrat här sedan du öppnade sidan."


@pytest.fixture(autouse=True)
def may(time_machine, settings):
    """It is 12 May 2025, and the site is known by its own address."""
    settings.SITE_URL = "https://trygghet.example"
    time_machine.move_to(TODAY, tick=False)
    return time_machine


@pytest.fixture
def cast(db):
    return Cast()


# --- What is stale


def test_what_another_has_written_of_a_seat_is_not_written_over_unseen(cast):
    seat = cast.steering.memberships.get()
    address = f"{STEERING}platser/{seat.pk}/"
    press(cast.administrator, address, **seat_values(valid_to="2025-10-31"), row_version=1)
    answer = press(cast.editor, address, **seat_values(valid_to="2025-11-30", co_opted="on"), row_version=1)
    assert answer.status_code == 422
    said = words(answer)
    assert STALE in said and "Till och med 31 oktober 2025" in said and "Adjungerad Nej" in said
    assert 'value="2025-11-30"' in answer.content.decode()
    seat.refresh_from_db()
    assert (seat.valid_to, seat.co_opted) == (date(2025, 10, 31), False)
    # Having seen it, they save once more.
    again = press(cast.editor, address, **seat_values(valid_to="2025-11-30"), row_version=2)
    assert again.status_code == 302
    assert cast.steering.memberships.get().valid_to == date(2025, 11, 30)


def test_what_another_has_written_of_a_deputy_is_not_written_over_unseen(cast):
    place = cast.police.memberships.get()
    deputy = a_seat(place.group, somebody(), organisation="police", function="kommunpolis", deputy_for=place,
                    valid_from=date(2025, 7, 1), valid_to=date(2025, 7, 31))  # fmt: skip
    address = f"{PREPARATION}platser/{deputy.pk}/"
    period = {"function": deputy.function_id, "valid_from": "2025-07-01"}
    press(cast.police, address, **period, valid_to="2025-07-15", row_version=1)
    answer = press(cast.administrator, address, **period, valid_to="2025-07-20", row_version=1)
    assert answer.status_code == 422
    assert STALE in words(answer) and "Till och med 15 juli 2025" in words(answer)
    assert 'value="2025-07-20"' in answer.content.decode()
    deputy.refresh_from_db()
    assert deputy.valid_to == date(2025, 7, 15)


def test_a_seat_that_was_ended_meanwhile_is_not_opened_again_by_a_stale_form(cast):
    seat = cast.steering.memberships.get()
    press(cast.administrator, f"{STEERING}platser/{seat.pk}/avsluta/", on="2025-05-31")
    answer = press(cast.editor, f"{STEERING}platser/{seat.pk}/", **seat_values(), row_version=1)
    assert answer.status_code == 422 and STALE in words(answer)
    assert cast.steering.memberships.get().valid_to == date(2025, 5, 31)


def test_a_deputy_whose_place_was_ended_meanwhile_is_not_prolonged_by_a_stale_form(cast):
    place = cast.police.memberships.get()
    deputy = a_seat(place.group, somebody(), organisation="police", function="kommunpolis", deputy_for=place,
                    valid_from=TODAY, valid_to=date(2025, 7, 31))  # fmt: skip
    seats.end(place, date(2025, 6, 30), by=cast.administrator)
    deputy.refresh_from_db()
    assert (deputy.valid_to, deputy.row_version) == (date(2025, 6, 30), 2)


def test_ending_a_seat_twice_leaves_one_vacancy_and_one_line(cast):
    seat = cast.steering.memberships.get()
    address = f"{STEERING}platser/{seat.pk}/avsluta/"
    answers = [press(cast.administrator, address, on="2025-05-31", leaves_vacancy="on", row_version=1)
               for _ in range(2)]  # fmt: skip
    assert [answer.status_code for answer in answers] == [302, 422]
    assert "Gäller 1 januari 2024–31 maj 2025" in words(answers[1])
    assert seat.group.memberships.filter(user=None).count() == 1
    assert GroupStep.objects.count() == 1


def test_a_group_that_was_ended_meanwhile_is_not_opened_again_by_a_stale_form(cast):
    group = group_at(WORKING)
    press(cast.editor, f"{WORKING}avsluta/", on="2025-05-31")
    answer = press(cast.police, f"{WORKING}andra/", name=group.name, mandate="Mer tid.", valid_from="2024-01-01",
                   valid_to="2026-12-31", row_version=1)  # fmt: skip
    assert answer.status_code == 422 and STALE in words(answer)
    assert group_at(WORKING).valid_to == date(2025, 5, 31)


# --- By way of the admin


def admin_refusal(by, values, seat=None):
    """Send the admin's form of a seat, refused, and return what it says."""
    name = "admin:agreements_groupmembership_"
    at = reverse(f"{name}change", args=[seat.pk]) if seat else reverse(f"{name}add")
    before = list(GroupMembership.objects.order_by("pk").values())
    answer = signed_in(by).post(at, values)
    assert answer.status_code == 200
    assert list(GroupMembership.objects.order_by("pk").values()) == before
    return words(answer)


def test_the_admin_refuses_that_one_person_sits_for_both_parties(cast):
    values = seat_values(cast.police, group=group_at(STEERING).pk)
    said = admin_refusal(cast.administrator, values)
    assert "police sitter för police från 1 januari 2024. Ingen sitter för både staden och polisen." in said
    seat = cast.steering.memberships.get()
    said = admin_refusal(cast.administrator, seat_values(cast.police, group=seat.group_id), seat)
    assert "Ingen sitter för både staden och polisen. Välj någon annan." in said


def test_the_admin_refuses_two_seats_two_chairs_and_a_deputys_deputy(cast):
    here = {"group": group_at(STEERING).pk}
    said = admin_refusal(cast.administrator, seat_values(cast.steering, **here))
    assert "steering har redan en plats i gruppen" in said
    said = admin_refusal(cast.administrator, seat_values(somebody(), is_chair="on", **here))
    assert "Gruppen har redan en ordförande, stadsdelsdirektor" in said
    place = cast.police.memberships.get()
    deputy = a_seat(place.group, somebody("vik"), organisation="police", function="kommunpolis", deputy_for=place,
                    valid_from=TODAY, valid_to=TODAY + timedelta(days=9))  # fmt: skip
    values = seat_values(somebody("ny2"), organisation="police", function="kommunpolis", group=place.group_id,
                         deputy_for=deputy.pk, valid_to="2025-05-14")  # fmt: skip
    assert "En ställföreträdare kan inte i sin tur ha en ställföreträdare." in admin_refusal(cast.administrator, values)


def test_a_function_of_the_police_does_not_sit_for_the_city_by_way_of_the_admin(cast):
    values = seat_values(somebody(), function="kommunpolis", group=group_at(PREPARATION).pk)
    assert "kommunpolis finns hos polisen. Välj en av" in admin_refusal(cast.administrator, values)


def test_nobody_gives_themself_a_seat_in_the_admin(cast):
    said = admin_refusal(cast.administrator, seat_values(cast.administrator, group=group_at(STEERING).pk))
    assert "Du kan inte ge dig själv en plats här." in said


def test_the_admin_asks_for_what_is_missing_before_anything_else(cast):
    said = admin_refusal(cast.administrator, {"valid_from": "2025-05-12", "group": group_at(STEERING).pk})
    assert "Detta fält måste fyllas i." in said


def test_a_stale_page_does_not_write_over_what_the_admin_changed(cast):
    seat = cast.steering.memberships.get()
    values = seat_values(cast.steering, group=seat.group_id, function="stadsdelsdirektor", valid_from="2024-01-01")
    at = reverse("admin:agreements_groupmembership_change", args=[seat.pk])
    assert signed_in(cast.administrator).post(at, values).status_code == 302
    answer = press(cast.editor, f"{STEERING}platser/{seat.pk}/", **seat_values(), row_version=1)
    assert answer.status_code == 422 and STALE in words(answer)


# --- At the same moment


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite lets one writer in at a time")
@pytest.mark.django_db(transaction=True)
def test_one_person_is_not_given_a_seat_for_each_party_at_the_same_moment(transactional_db):
    cast, together = Cast(), Barrier(2)
    person = somebody()
    values = {
        STEERING: seat_values(person),
        PREPARATION: seat_values(person, organisation="police", function="kommunpolis"),
    }

    def give(address):
        try:
            together.wait(timeout=20)
            return signed_in(cast.administrator).post(f"{address}platser/ny/", values[address]).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(give, values)) == [302, 422]
    assert person.memberships.filter(valid_to=None).count() == 1


def test_what_a_seat_clashes_with_is_asked_when_the_person_is_held(cast, monkeypatch):
    """Nobody sits for both parties, asked across groups: the other seat is written while the person is waited for."""
    person = somebody()
    hold = seats.hold_person

    def meanwhile(seat):
        hold(seat)
        a_seat(group_at(PREPARATION), person, organisation="police", function="kommunpolis")

    monkeypatch.setattr(seats, "hold_person", meanwhile)
    answer = press(cast.editor, f"{STEERING}platser/ny/", **seat_values(person))
    assert answer.status_code == 422 and "Ingen sitter för både staden och polisen." in words(answer)


def test_an_invitation_is_not_accepted_into_a_clash_that_arose_meanwhile(cast, monkeypatch):
    """The guards are asked before the group and the person are held, and once more with them."""
    person = somebody()
    person.email = "ny@polisen.example"
    person.save()
    cast.police.memberships.update(valid_to=TODAY - timedelta(days=1))
    invite(cast.administrator, email=person.email)
    invitation = Invitation.objects.get()
    hold = seats.hold_person

    def meanwhile(seat):
        hold(seat)
        a_seat(group_at(STEERING), person)

    monkeypatch.setattr(seats, "hold_person", meanwhile)
    with pytest.raises(invitations.StepRefused, match="Ingen sitter för både staden och polisen"):
        invitations.WORKFLOW.take(invitation, "accept", by=person)
    assert Invitation.objects.get().state == invitation.state
