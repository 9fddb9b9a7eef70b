"""A day in the year 9999, or 0001, is a slip of the pen, and is refused in every form with what to do about it."""

from datetime import date, timedelta

import pytest
from django import forms
from django.urls import reverse

from agreements import day_bounds
from agreements.forms.fields import DayField
from agreements.models import CollaborationGroup, CommunicationActivity, GroupMembership, Invitation, Place
from tests.agreements import agreed
from tests.agreements.test_groups import PREPARATION, STEERING, WORKING, press, seat_values, signed_in, somebody, words
from tests.agreements.test_invitations import values as invitation_values
from tests.cast import Cast

TODAY = date(2025, 5, 12)
EARLY, LATE = "0001-01-01", "9999-12-31"
TEN_YEARS = "Datumet får vara högst tio år framåt, till 12 maj 2035. Välj en tidigare dag."
BEFORE = "Datumet ligger före 1 januari 2000. Rätta det."


@pytest.fixture(autouse=True)
def may(time_machine):
    """It is 12 May 2025."""
    time_machine.move_to(TODAY, tick=False)


@pytest.fixture
def cast(db):
    return Cast()


def refused(answer, told):
    assert answer.status_code == 422
    assert told in words(answer)


@pytest.mark.parametrize(("on", "told"), [(EARLY, BEFORE), ("1999-12-31", BEFORE), ("2035-05-13", TEN_YEARS)])
def test_a_day_outside_is_refused_with_what_to_do(on, told):
    with pytest.raises(forms.ValidationError, match=told):
        DayField("Dag").clean(on)


def test_the_first_day_and_the_last_are_within():
    assert DayField("Dag").clean("2000-01-01") == day_bounds.FIRST_DAY
    assert DayField("Dag").clean("2035-05-12") == date(2035, 5, 12)
    assert DayField("Dag").clean("") is None


def test_a_seat_begins_and_ends_within(cast):
    person = somebody()
    for wrong in ({"valid_from": "9999-01-01"}, {"valid_to": LATE}):
        refused(press(cast.editor, f"{STEERING}platser/ny/", **seat_values(person) | wrong), TEN_YEARS)
    place = cast.steering.memberships.get()
    values = {"user": person.pk, "function": place.function_id, "valid_from": EARLY, "valid_to": "2025-06-01"}
    refused(press(cast.editor, f"{STEERING}platser/{place.pk}/stallforetradare/", **values), BEFORE)
    refused(press(cast.editor, f"{STEERING}platser/{place.pk}/avsluta/", on=LATE), TEN_YEARS)
    assert not GroupMembership.objects.filter(valid_from__gt=TODAY).exists()


def test_an_invitation_ends_within(cast):
    refused(signed_in(cast.police).post(f"{PREPARATION}inbjudningar/", invitation_values(valid_to=LATE)), TEN_YEARS)
    assert not Invitation.objects.exists()


def test_p20_a_working_group_has_an_end_that_somebody_will_see(cast):
    values = {"name": "Arbetsgrupp", "mandate": "Torget", "valid_from": "2025-05-12", "valid_to": LATE}
    told = "Datumet får vara högst fem år framåt, till 12 maj 2030. Välj en tidigare dag."
    refused(press(cast.editor, "/samverkan/skarholmen/grupper/ny/", **values), told)
    refused(press(cast.editor, f"{WORKING}andra/", **values), told)
    assert not CollaborationGroup.objects.filter(valid_to__gt=TODAY).exists()


def test_a_place_is_within(cast):
    values = {"name": "Torget", "valid_from": "9999-01-01"}
    refused(signed_in(cast.editor).post("/samverkan/skarholmen/platser/ny/", values), TEN_YEARS)
    assert not Place.objects.exists()


def test_an_activity_of_the_communication_plan_is_near_its_year(cast):
    filled = {"title": "Brev", "audience": "Boende", "channel": "Post", "owner": "Kommunikatör", "state": "planned"}
    told = "Dagen ligger för långt från 2025. Skriv en dag mellan juni 2024 och december 2026."
    for on in (LATE, EARLY):
        answer = signed_in(cast.editor).post(
            "/samverkan/skarholmen/kommunikation/2025/ny/", filled | {"on": on, "row_version": 1}
        )
        refused(answer, told)
    assert not CommunicationActivity.objects.exists()


def test_a_signature_is_within(cast):
    agreement = agreed.circulated(cast)
    party = agreement.parties.first()
    where = reverse("cooperation:agreement_signature", args=["skarholmen", agreement.version, party.pk])
    sent = {"seen_state": "circulated", "on": EARLY, "function": party.function_id}
    answer = signed_in(cast.chair).post(where, sent)
    refused(answer, BEFORE)
    assert "Det gäller 1 januari 0001" not in words(answer)
    party.refresh_from_db()
    assert party.signed_on is None


def test_the_admin_asks_the_same(cast):
    site = signed_in(cast.administrator)
    seat = seat_values(somebody(), valid_from="9999-01-01", group=CollaborationGroup.objects.first().pk)
    assert TEN_YEARS in words(site.post(reverse("admin:agreements_groupmembership_add"), seat))
    group = CollaborationGroup.objects.get(slug="local-working-skarholmen")
    values = {"slug": group.slug, "name": group.name, "level": "local", "kind": "working", "district": cast.district.pk,
              "valid_from": "2024-01-01", "valid_to": LATE}  # fmt: skip
    inline = {"memberships-TOTAL_FORMS": 0, "memberships-INITIAL_FORMS": 0}
    at = reverse("admin:agreements_collaborationgroup_change", args=[group.pk])
    assert TEN_YEARS in words(site.post(at, values | inline))
    group.refresh_from_db()
    assert group.valid_to is None
    within = values | {"valid_to": (TODAY + timedelta(days=100)).isoformat()}
    assert site.post(at, within | inline).status_code == 302
