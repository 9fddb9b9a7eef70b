"""The log of a group: every change of a seat leaves a line, for those whom it concerns.

That nobody can change a line is held in ``tests/test_append_only.py``.
"""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.urls import reverse

from agreements.groups import log as group_log
from agreements.models import CollaborationGroup, GroupStep, Invitation
from tests.agreements.test_groups import (
    HERE,
    PREPARATION,
    STEERING,
    TASK,
    TODAY,
    WORKING,
    a_seat,
    group_at,
    page,
    press,
    queries,
    seat_values,
    signed_in,
    somebody,
)
from tests.agreements.test_invitations import invite, new_account, values
from tests.cast import Cast


@pytest.fixture(autouse=True)
def may(time_machine, settings):
    """It is 12 May 2025, and the site is known by its own address."""
    settings.SITE_URL = "https://trygghet.example"
    time_machine.move_to(TODAY, tick=False)
    return time_machine


@pytest.fixture
def cast(db):
    return Cast()


def said(address=PREPARATION):
    """What the group's log says, the latest first, as (who, what)."""
    return [(step.by.username, step.told) for step in group_at(address).log.select_related("by")]


# --- What leaves a line


def test_giving_a_seat_says_to_whom_as_what_and_for_how_long(cast):
    press(cast.editor, f"{STEERING}platser/ny/", **seat_values(somebody(), is_secretary="on", co_opted="on"))
    told = "Gav avdelningschef, district_admin en plats som sekreterare och adjungerad från 12 maj 2025 (Person ny)."
    assert said(STEERING) == [("editor", told)]


def test_a_vacant_seat_and_filling_it_are_a_line_each(cast):
    press(cast.editor, f"{STEERING}platser/ny/", **seat_values())
    press(cast.editor, f"{STEERING}platser/ny/", **seat_values(somebody(), valid_from="2025-06-01"))
    assert [told for _, told in said(STEERING)] == [
        "Gav avdelningschef, district_admin en plats från 1 juni 2025 (Person ny).",
        "La till en vakant plats för avdelningschef, district_admin från 12 maj 2025.",
    ]


def test_a_deputy_is_a_line(cast):
    seat = cast.police.memberships.get()
    period = {"valid_from": "2025-07-01", "valid_to": "2025-07-31"}
    press(cast.administrator, f"{PREPARATION}platser/{seat.pk}/stallforetradare/", user=somebody().pk,
          function=seat.function_id, **period)  # fmt: skip
    deputy = seat.deputies.get()
    press(cast.administrator, f"{PREPARATION}platser/{deputy.pk}/", function=seat.function_id,
          **period | {"valid_to": "2025-07-15"})  # fmt: skip
    press(cast.administrator, f"{PREPARATION}platser/{deputy.pk}/avsluta/", on="2025-07-10")
    assert [told for _, told in said()] == [
        "Avslutade att Person ny står in för kommunpolis, police (police). Sista dag 10 juli 2025.",
        "Ändrade platsen för kommunpolis, police (Person ny): gäller 1–15 juli 2025, förut 1–31 juli 2025.",
        "Lät Person ny stå in för kommunpolis, police (police) 1–31 juli 2025.",
    ]


def test_changing_a_seat_says_what_it_was(cast):
    seat = cast.steering.memberships.get()
    address = f"{STEERING}platser/{seat.pk}/"
    changed = seat_values(function="registrator", valid_from="2024-01-01", co_opted="on")
    for _ in range(2):  # the second time nothing is another
        press(cast.editor, address, **changed)
    [(who, told)] = said(STEERING)
    assert who == "editor"
    assert told.endswith("(steering): funktion registrator, förut avdelningschef; uppgift adjungerad, förut ingen.")


@pytest.mark.parametrize(("ticked", "ends"), [("on", " Platsen är vakant därefter."), (None, "")])
def test_ending_a_seat_says_its_last_day(cast, ticked, ends):
    seat = cast.police.memberships.get()
    press(cast.administrator, f"{PREPARATION}platser/{seat.pk}/avsluta/", on="2025-05-31", leaves_vacancy=ticked)
    told = f"Avslutade platsen för kommunpolis, police (police). Sista dag 31 maj 2025.{ends}"
    assert said() == [("administrator", told)]


def test_an_invitation_its_way_and_its_answer_are_lines_without_the_address(cast):
    invite(cast.administrator)
    steps = f"{PREPARATION}inbjudningar/{Invitation.objects.get().pk}/"
    press(cast.administrator, f"{steps}skicka-igen/")
    press(cast.administrator, f"{steps}ta-tillbaka/")
    cast.police.memberships.update(valid_to=TODAY - timedelta(days=1))
    new_account(invite(cast.administrator))
    place = "kommunpolis, police"
    assert said() == [
        ("ny@polisen.example", f"Tackade ja till en plats för {place}, 12 maj–31 december 2025 (Kommunpolis)."),
        ("administrator", f"Bjöd in {place} till en plats till och med 31 december 2025."),
        ("administrator", f"Tog tillbaka inbjudan till {place}."),
        ("administrator", f"Skickade inbjudan till {place} igen."),
        ("administrator", f"Bjöd in {place} till en plats till och med 31 december 2025."),
    ]


def test_a_working_group_from_its_beginning_to_its_end(cast):
    address = press(cast.police, f"{HERE}ny/", **TASK).url
    press(cast.editor, f"{address}andra/", **TASK | {"name": "Skolgruppen", "valid_to": "2025-11-30", "row_version": 1})
    press(cast.editor, f"{address}andra/", **TASK | {"name": "Skolgruppen", "valid_to": "2025-11-30", "row_version": 2})
    press(cast.editor, f"{address}avsluta/", on="2025-10-31")
    assert said(address) == [
        ("editor", "Avslutade arbetsgruppen, sista dag 31 oktober 2025."),
        ("editor", "Ändrade namnet, förut Arbetsgrupp skolan; tiden till 12 maj–30 november 2025, "
                   "förut 12 maj–31 december 2025."),
        ("police", "Tillsatte arbetsgruppen, 12 maj–31 december 2025."),
    ]  # fmt: skip


def test_what_is_refused_leaves_no_line(cast):
    new = somebody()
    assert press(cast.editor, f"{STEERING}platser/ny/", **seat_values(cast.editor)).status_code == 422
    assert press(cast.administrator, f"{PREPARATION}inbjudningar/", **values(valid_to="")).status_code == 422
    # The kommunpolis says who sits for the police, and the form knows no other organisation.
    assert press(cast.police, f"{STEERING}platser/ny/", **seat_values(new)).status_code == 422
    assert press(cast.steering, f"{STEERING}platser/ny/", **seat_values(new)).status_code == 403
    assert not GroupStep.objects.exists()


def test_a_sentence_longer_than_a_line_is_cut(cast):
    group_log.write(group_at(WORKING), "Ändrade " + "x" * 400, by=None)
    assert len(GroupStep.objects.get().told) == group_log.LONGEST


# --- Who reads it


@pytest.mark.parametrize(
    ("name", "address", "reads"),
    [
        ("editor", STEERING, True),
        ("police", STEERING, True),
        ("administrator", STEERING, True),
        ("chair", STEERING, True),
        ("steering", PREPARATION, False),
        ("working", WORKING, True),
        ("working", PREPARATION, False),
        ("external", WORKING, True),
        ("city_preparation", PREPARATION, False),
    ],
)
def test_the_log_is_for_those_who_appoint_and_those_who_sit_in_the_group(cast, name, address, reads):
    group_log.write(group_at(address), "Gav någon en plats.", by=cast.editor)
    assert ("Gav någon en plats. 12 maj 2025" in page(getattr(cast, name), address)) is reads


def test_who_no_longer_sits_in_the_group_does_not_read_it(cast):
    group_log.write(group_at(STEERING), "Gav någon en plats.", by=cast.editor)
    cast.steering.memberships.update(valid_to=TODAY - timedelta(days=1))
    a_seat(group_at(WORKING), cast.steering)
    assert "Gav någon en plats." not in page(cast.steering, STEERING)


def test_the_ten_latest_stand_first_and_the_rest_are_folded_away(cast):
    for number in range(12):
        group_log.write(group_at(WORKING), f"Rad {number}.", by=None)
    text = page(cast.editor, WORKING)
    assert text.index("Rad 11.") < text.index("Rad 2.") < text.index("Tidigare (2)") < text.index("Rad 1.")
    assert "Ett kommando" in text


def test_a_long_log_costs_no_more_queries(cast):
    counts = []
    for number in (2, 30):
        for each in range(number):
            group_log.write(group_at(WORKING), "Rad.", by=somebody(f"{number}-{each}"))
        counts.append(queries(cast.editor, WORKING))
    assert counts[0] == counts[1]


# --- It stays


@pytest.fixture
def line(cast):
    group_log.write(group_at(WORKING), "Gav någon en plats.", by=cast.editor)
    return GroupStep.objects.get()


def test_a_group_with_a_log_is_not_removed_and_takes_it_along(cast, line):
    with pytest.raises(DatabaseError):
        CollaborationGroup.objects.filter(pk=line.group_id).delete()


def test_the_log_is_only_read_in_the_admin(cast, line):
    client = signed_in(cast.administrator)
    assert client.get(reverse("admin:agreements_groupstep_change", args=[line.pk])).status_code == 200
    answers = [
        client.get(reverse("admin:agreements_groupstep_add")),
        client.post(reverse("admin:agreements_groupstep_change", args=[line.pk]), {"told": "annat"}),
        client.post(reverse("admin:agreements_groupstep_delete", args=[line.pk]), {"post": "yes"}),
    ]
    assert {answer.status_code for answer in answers} == {403}
    assert GroupStep.objects.get().told == line.told


# --- In the admin too


def test_a_seat_that_is_given_changed_or_removed_in_the_admin_leaves_a_line(cast):
    person = somebody()
    seat = seat_values(person, valid_from="2025-05-12", group=group_at(WORKING).pk)
    client = signed_in(cast.administrator)
    assert client.post(reverse("admin:agreements_groupmembership_add"), seat).status_code == 302
    pk = person.memberships.get(group=group_at(WORKING)).pk
    at = reverse("admin:agreements_groupmembership_change", args=[pk])
    assert client.post(at, seat | {"valid_to": "2025-06-30"}).status_code == 302
    assert (
        client.post(reverse("admin:agreements_groupmembership_delete", args=[pk]), {"post": "yes"}).status_code == 302
    )
    place = "avdelningschef, district_admin"
    assert said(WORKING) == [
        ("administrator", f"Tog bort platsen för {place} (Person ny), 12 maj–30 juni 2025."),
        ("administrator", f"Ändrade platsen för {place} (Person ny): gäller 12 maj–30 juni 2025, "
                          "förut från 12 maj 2025."),
        ("administrator", f"Gav {place} en plats från 12 maj 2025 (Person ny)."),
    ]  # fmt: skip


def test_seats_that_are_removed_together_in_the_admin_leave_a_line_each(cast):
    seat = a_seat(group_at(WORKING), somebody())
    many = {"action": "delete_selected", "_selected_action": [seat.pk], "post": "yes"}
    signed_in(cast.administrator).post(reverse("admin:agreements_groupmembership_changelist"), many)
    assert [told for _, told in said(WORKING)] == [
        "Tog bort platsen för avdelningschef, district_admin (Person ny), från 1 februari 2025."
    ]


def test_seats_are_read_on_the_groups_own_page_of_the_admin_with_the_way_to_each(cast):
    group, seat = group_at(STEERING), cast.steering.memberships.get()
    at = reverse("admin:agreements_collaborationgroup_change", args=[group.pk])
    client = signed_in(cast.administrator)
    answer = client.get(at).content.decode()
    assert reverse("admin:agreements_groupmembership_change", args=[seat.pk]) in answer
    assert 'name="memberships-0-valid_to"' not in answer
    sent = {"slug": group.slug, "name": group.name, "level": group.level, "kind": group.kind, "mandate": "",
            "district": group.district_id, "valid_from": "2024-01-01",
            "memberships-TOTAL_FORMS": 1, "memberships-INITIAL_FORMS": 1, "memberships-0-id": seat.pk,
            "memberships-0-group": group.pk, "memberships-0-valid_to": "2025-06-30"}  # fmt: skip
    assert client.post(at, sent).status_code == 302
    assert cast.steering.memberships.get().valid_to == seat.valid_to
