"""The groups: who sits where and for how long, what each one lacks, and what follows from a seat."""

import html
import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from agreements.enums import GroupKind, GroupLevel, MeetingState, Role
from agreements.groups import composition as groups
from agreements.groups import seats
from agreements.groups.tasks import group_tasks
from agreements.models import CollaborationGroup, Function, GroupMembership, Meeting, Organisation
from agreements.permissions import access_of
from agreements.scope import Scope
from agreements.tasks import TASK_SOURCES
from tests.agreements.staffing import staff
from tests.cast import Cast

TODAY = date(2025, 5, 12)
HERE = "/samverkan/skarholmen/grupper/"
STEERING = f"{HERE}local-steering-skarholmen/"
PREPARATION = f"{HERE}local-preparation-skarholmen/"
WORKING = f"{HERE}local-working-skarholmen/"


@pytest.fixture(autouse=True)
def may(time_machine):
    """It is 12 May 2025."""
    time_machine.move_to(TODAY, tick=False)
    return time_machine


@pytest.fixture
def cast(db):
    return Cast()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def words(answer):
    """What the page says, without its markup."""
    text = re.sub(r"<(script|style).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return re.sub(r" +([.,:)])", r"\1", " ".join(html.unescape(text).split()))


def page(user, address):
    answer = signed_in(user).get(address)
    assert answer.status_code == 200
    return words(answer)


def press(by, address, **values):
    """Send a form and return the answer; the version of the row is that of the page, unless another is given."""
    site = signed_in(by)
    values = version_on(site.get(address)) | values
    return site.post(address, {name: value for name, value in values.items() if value is not None})


def version_on(answer):
    """The version of the row that a form on the page carries, as what is sent with it; {} if it has none."""
    found = re.search(r'name="row_version" value="(\d+)"', answer.content.decode())
    return {"row_version": found[1]} if found else {}


def group_at(address):
    return CollaborationGroup.objects.get(slug=address.rstrip("/").split("/")[-1])


def a_seat(group, user, *, organisation="district_admin", function="avdelningschef", **more):
    return GroupMembership.objects.create(
        group=group,
        user=user,
        function=Function.objects.get(code=function),
        organisation=Organisation.objects.get(slug=organisation),
        **{"valid_from": TODAY - timedelta(days=100)} | more,
    )


def seat_values(user=None, *, organisation="district_admin", function="avdelningschef", **more):
    """What the form of a seat is filled in with."""
    return {
        "user": user and user.pk,
        "function": Function.objects.get(code=function).pk,
        "organisation": Organisation.objects.get(slug=organisation).pk,
        "valid_from": "2025-05-12",
    } | more


def somebody(name="ny"):
    """A person who has had a seat once, so that they can be chosen."""
    user = User.objects.create(username=name, display_name=f"Person {name}")
    once = CollaborationGroup.objects.create(
        slug=f"da-{name}", name="Då", level=GroupLevel.CITY, kind=GroupKind.WORKING, valid_from=date(2020, 1, 1),
        valid_to=date(2020, 2, 1),
    )  # fmt: skip
    a_seat(once, user, valid_from=date(2020, 1, 1), valid_to=date(2020, 2, 1))
    return user


def met(group, *days, state=MeetingState.HELD):
    for day in days:
        Meeting.objects.create(group=group, title="Möte", on=day, state=state)


# --- The list


def test_the_list_has_the_groups_of_the_place_by_kind(cast):
    text = page(cast.editor, HERE)
    kinds = [text.index(word) for word in ("Styrgrupp ", "Beredningsgrupp ", "Arbetsgrupper ")]
    assert kinds == sorted(kinds)
    assert "farsta" not in text


def test_p18_the_list_counts_the_local_steering_groups_meetings_of_the_year(cast):
    group = group_at(STEERING)
    CollaborationGroup.objects.filter(pk=group.pk).update(min_meetings_per_year=2)
    met(group, date(2025, 3, 1), date(2024, 11, 1))
    met(group, date(2025, 9, 1), state=MeetingState.PLANNED)
    met(group, date(2025, 4, 1), state=MeetingState.CANCELLED)
    text = page(cast.editor, HERE)
    assert "1 av 2 möten 1 mars 2025 1 september 2025" in text
    assert "1 av 2 möten i år" in page(cast.editor, STEERING)


def test_p21_the_city_steering_group_is_asked_for_four_meetings(cast):
    group = CollaborationGroup.objects.get(level="city", kind="steering")
    CollaborationGroup.objects.filter(pk=group.pk).update(min_meetings_per_year=4)
    met(group, date(2025, 2, 1), date(2025, 4, 1))
    assert "2 av 4 möten i år" in page(cast.city_preparation, f"/samverkan/staden/grupper/{group.slug}/")


def test_a_group_that_has_ended_is_folded_away_and_still_read(cast):
    group = group_at(WORKING)
    CollaborationGroup.objects.filter(pk=group.pk).update(valid_to=TODAY - timedelta(days=1))
    text = page(cast.editor, HERE)
    assert "Avslutade grupper (1)" in text and "avslutad 11 maj 2025" in text
    assert "Gruppens sista dag var 11 maj 2025" in page(cast.editor, WORKING)


def test_an_external_party_sees_the_group_it_sits_in_and_no_other(cast):
    text = page(cast.external, HERE)
    assert "working skarholmen" in text and "steering skarholmen" not in text
    assert signed_in(cast.external).get(STEERING).status_code == 404


# --- What a group lacks


def lacking(cast, address):
    group = groups.with_seats(CollaborationGroup.objects.filter(pk=group_at(address).pk)).get()
    return [lack.told for lack in groups.lacks(group, group.seated, groups.function_titles())]


def test_p18_the_local_steering_group_has_the_heads_of_both_parties(cast):
    Function.objects.create(code="lokalpolisomradeschef", title="Lokalpolisområdeschef")
    assert lacking(cast, STEERING) == ["lokalpolisområdeschef"]
    assert "Överenskommelsen nämner fler: lokalpolisområdeschef." in page(cast.editor, STEERING)
    a_seat(group_at(STEERING), cast.police, organisation="police", function="lokalpolisomradeschef")
    assert lacking(cast, STEERING) == []


def test_p18_a_city_without_that_function_still_needs_the_police(cast):
    assert lacking(cast, STEERING) == ["någon från polisen"]


@pytest.mark.parametrize(
    ("kept", "told"), [({"user": None}, "kommunpolis (vakant)"), ({"co_opted": True}, "kommunpolis")]
)
def test_p19_a_vacant_or_co_opted_kommunpolis_is_not_what_the_agreement_asks_for(cast, kept, told):
    assert lacking(cast, PREPARATION) == []
    cast.police.memberships.update(**kept)
    assert lacking(cast, PREPARATION) == [told]


def offers(user, address):
    """How many ways the page offers to a new seat that is not one of those it has."""
    return signed_in(user).get(address).content.decode().count(f'href="{address}platser/ny/"')


def test_a_seat_that_stands_vacant_is_said_to_be_so_and_not_offered_once_more(cast):
    assert offers(cast.administrator, STEERING) == 2
    a_seat(group_at(STEERING), None, organisation="police", function="kommunpolis")
    assert "Överenskommelsen nämner fler: någon från polisen (vakant)." in page(cast.editor, STEERING)
    assert offers(cast.administrator, STEERING) == 1


def test_p18_who_cannot_seat_the_police_is_told_who_can_and_not_offered_their_seat(cast):
    """What is offered beside the lack is what fills it; the other way to a new seat is for the own party."""
    assert lacking(cast, STEERING) == ["någon från polisen"]
    told = "Det är polisen själv, eller förvaltaren, som säger vem som sitter för polisen."
    assert f"Överenskommelsen nämner fler: någon från polisen. {told}" in page(cast.editor, STEERING)
    assert page(cast.editor, STEERING).count(told) == 1
    assert (offers(cast.editor, STEERING), offers(cast.police, STEERING)) == (1, 2)
    assert told not in page(cast.police, STEERING)


def test_p18_the_police_are_not_offered_the_citys_seat(cast):
    Function.objects.create(code="lokalpolisomradeschef", title="Lokalpolisområdeschef")
    a_seat(group_at(STEERING), cast.police, organisation="police", function="lokalpolisomradeschef")
    cast.chair.memberships.update(co_opted=True)
    assert lacking(cast, STEERING) == ["stadsdelsdirektor"]
    assert (offers(cast.editor, STEERING), offers(cast.police, STEERING)) == (2, 1)


def test_p20_a_party_whose_seat_stands_vacant_is_not_offered_another(cast):
    assert offers(cast.editor, WORKING) == 2
    a_seat(group_at(WORKING), None, organisation="police", function="kommunpolis")
    assert "Ingen från polisen sitter i gruppen." in page(cast.editor, WORKING)
    assert "Platsen för polisen är vakant." in page(cast.editor, WORKING)
    assert offers(cast.editor, WORKING) == 1


def test_p21_of_several_seats_it_is_said_how_many_stand_vacant(cast):
    Function.objects.create(code="chef-polisomrade", title="Chef för polisområde")
    group = CollaborationGroup.objects.get(level="city", kind="steering")
    a_seat(group, cast.police, organisation="police", function="chef-polisomrade")
    a_seat(group, None, organisation="police", function="chef-polisomrade")
    address = f"/samverkan/staden/grupper/{group.slug}/"
    assert "chef för polisområde (1 av 3, 1 vakant)" in page(cast.city_preparation, address)
    a_seat(group, None, organisation="police", function="chef-polisomrade", valid_from=TODAY - timedelta(days=99))
    assert "chef för polisområde (1 av 3, 2 vakanta)" in page(cast.city_preparation, address)


def test_p19_the_preparation_group_has_a_function_with_mandate_from_the_administration(cast):
    cast.editor.memberships.update(valid_to=TODAY - timedelta(days=1))
    assert lacking(cast, PREPARATION) == [groups.MANDATED]


def test_a_deputy_fills_the_seat_they_stand_in_for(cast):
    seat = cast.police.memberships.get()
    GroupMembership.objects.filter(pk=seat.pk).update(user=None)
    a_seat(seat.group, somebody(), organisation="police", deputy_for=seat)
    assert lacking(cast, PREPARATION) == []


def test_p21_the_city_steering_group_has_the_heads_of_three_police_areas(cast):
    Function.objects.create(code="chef-polisomrade", title="Chef för polisområde")
    group = CollaborationGroup.objects.get(level="city", kind="steering")
    a_seat(group, cast.police, organisation="police", function="chef-polisomrade")
    assert "chef för polisområde (1 av 3)" in page(cast.city_preparation, f"/samverkan/staden/grupper/{group.slug}/")


def test_p20_a_working_group_without_the_police_is_said_to_be_one_sided(cast):
    warning = "Ingen från polisen sitter i gruppen. Båda parterna ska vara med i en arbetsgrupp."
    assert warning in page(cast.editor, HERE) and warning in page(cast.editor, WORKING)
    seat = a_seat(group_at(WORKING), cast.police, organisation="police", function="kommunpolis", co_opted=True)
    assert warning in page(cast.editor, WORKING)
    GroupMembership.objects.filter(pk=seat.pk).update(co_opted=False)
    assert warning not in page(cast.editor, WORKING)


# --- Appointing a working group


TASK = {
    "name": "Arbetsgrupp skolan", "mandate": "Trygga skolvägar.", "valid_from": "2025-05-12", "valid_to": "2025-12-31"
}  # fmt: skip


@pytest.mark.parametrize("name", ["editor", "police"])
def test_p19_the_preparation_group_appoints_working_groups(cast, name):
    area = cast.area_set.areas.get(number=2)
    answer = press(getattr(cast, name), f"{HERE}ny/", **TASK, focus_area=area.pk)
    group = CollaborationGroup.objects.get(name="Arbetsgrupp skolan")
    assert answer.url == f"{HERE}arbetsgrupp-skolan-skarholmen/"
    assert (group.kind, group.level, group.district) == ("working", "local", cast.district)
    assert (group.focus_area, group.valid_to) == (area, date(2025, 12, 31))
    assert "Otrygga och brottsutsatta platser" in page(cast.editor, answer.url)


def test_p19_others_are_told_who_appoints(cast):
    answer = signed_in(cast.steering).get(f"{HERE}ny/")
    assert answer.status_code == 403
    assert "beredningsgruppen, trygghetsstrategen och kommunpolisen, som tillsätter arbetsgrupper" in words(answer)


def test_p20_a_working_group_has_an_end(cast):
    answer = press(cast.editor, f"{HERE}ny/", **TASK | {"valid_to": ""})
    assert answer.status_code == 422
    assert "En arbetsgrupp är tidsbegränsad. Ange vilken dag uppdraget slutar." in words(answer)
    assert "Trygga skolvägar." in answer.content.decode()
    assert not CollaborationGroup.objects.filter(name=TASK["name"]).exists()


def test_a_button_pressed_twice_makes_one_group_and_leads_to_it(cast):
    first, second = (press(cast.editor, f"{HERE}ny/", **TASK).url for _ in range(2))
    assert first == second
    assert CollaborationGroup.objects.filter(name=TASK["name"]).count() == 1
    assert [step.told for step in group_at(first).log.all()] == ["Tillsatte arbetsgruppen, 12 maj–31 december 2025."]


def test_a_group_with_the_name_of_one_that_stands_is_refused_and_what_was_typed_kept(cast):
    press(cast.editor, f"{HERE}ny/", **TASK)
    other = TASK | {"name": TASK["name"].upper(), "mandate": "Något helt annat."}
    answer = press(cast.editor, f"{HERE}ny/", **other)
    assert answer.status_code == 422 and "Något helt annat." in words(answer)
    told = "Det finns redan en grupp som heter Arbetsgrupp skolan, 12 maj–31 december 2025."
    assert f"{told} Öppna den gruppen, eller välj ett annat namn." in words(answer)
    assert CollaborationGroup.objects.filter(name__iexact=TASK["name"]).count() == 1
    answer = press(cast.editor, f"{WORKING}andra/", **TASK)
    assert answer.status_code == 422 and told in words(answer)
    assert group_at(WORKING).name != TASK["name"]


def test_a_group_can_have_the_name_of_one_that_has_ended_or_of_another_district(cast):
    first = press(cast.editor, f"{HERE}ny/", **TASK).url
    second = press(cast.editor, f"{HERE}ny/", **TASK | {"valid_from": "2026-01-01", "valid_to": "2026-12-31"}).url
    assert first != second and page(cast.editor, second)
    assert press(cast.neighbour, f"{HERE.replace('skarholmen', 'farsta')}ny/", **TASK).status_code == 302


def test_a_group_does_not_end_before_it_starts(cast):
    answer = press(cast.editor, f"{HERE}ny/", **TASK | {"valid_to": "2025-05-01"})
    assert "Slutdatumet ligger före startdatumet." in words(answer)


def test_a_personnummer_in_the_mandate_is_refused_and_the_text_kept(cast):
    text = "Följ 19811228-9874 varje vecka."
    answer = press(cast.editor, f"{WORKING}andra/", **TASK | {"mandate": text})
    assert answer.status_code == 422
    assert "Texten ser ut att innehålla ett personnummer. Ta bort det." in words(answer)
    assert text in words(answer)


def test_the_city_as_a_whole_has_no_working_groups(cast):
    assert signed_in(cast.city_preparation).get("/samverkan/staden/grupper/ny/").status_code == 404


def test_what_another_has_written_of_a_group_is_not_written_over_unseen(cast):
    press(cast.editor, f"{STEERING}andra/", name="Styrgruppen", mandate="Den förstas ord", row_version=1)
    answer = press(cast.editor, f"{STEERING}andra/", name="Styrgruppen", mandate="Mina ord", row_version=1)
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "Någon annan har ändrat här" in told
    assert "Den förstas ord" in told and "Mina ord" in told
    assert group_at(STEERING).mandate == "Den förstas ord"


def test_what_a_steering_group_is_follows_from_the_agreement_and_only_its_words_are_changed(cast):
    before = group_at(STEERING)
    answer = press(cast.editor, f"{STEERING}andra/", name="Styrgruppen", mandate="Besluta.",
                   valid_to="2025-05-12", row_version=1)  # fmt: skip
    assert answer.status_code == 302
    after = group_at(STEERING)
    assert (after.name, after.mandate, after.valid_to) == ("Styrgruppen", "Besluta.", before.valid_to)


ONLY_THE_POLICE = "Det är polisen själv, eller förvaltaren, som säger vem som sitter för polisen."


def test_the_kommunpolis_changes_who_steers_for_the_police_alone(cast):
    person, other = somebody(), somebody("annan")
    answer = press(cast.police, f"{STEERING}platser/ny/", **seat_values(person))
    assert answer.status_code == 422 and not person.memberships.filter(group__kind="steering").exists()
    values = seat_values(other, organisation="police", function="kommunpolis")
    assert press(cast.police, f"{STEERING}platser/ny/", **values).url == STEERING
    answer = signed_in(cast.police).get(f"{STEERING}platser/{cast.chair.memberships.get().pk}/avsluta/")
    assert answer.status_code == 403 and "Det är trygghetsstrategen som ändrar" in words(answer)
    assert signed_in(cast.police).get(f"{STEERING}andra/").status_code == 403


def test_the_city_says_nothing_of_who_sits_for_the_police(cast):
    """Whoever sits for the police in the preparation group reads their own picture and says yes for them."""
    person = somebody()
    values = seat_values(person, organisation="police", function="kommunpolis")
    assert press(cast.editor, f"{PREPARATION}platser/ny/", **values).status_code == 422
    seat = cast.police.memberships.get()
    vacancy = a_seat(seat.group, None, organisation="police", function="kommunpolis")
    for address in (f"{seat.pk}/", f"{seat.pk}/avsluta/", f"{seat.pk}/stallforetradare/", f"ny/?plats={vacancy.pk}"):
        for answer in (signed_in(cast.editor).get(f"{PREPARATION}platser/{address}"),
                       press(cast.editor, f"{PREPARATION}platser/{address}", **values)):  # fmt: skip
            assert answer.status_code == 403 and ONLY_THE_POLICE in words(answer)
    assert ONLY_THE_POLICE in page(cast.editor, PREPARATION)
    assert f"platser/{seat.pk}/" not in signed_in(cast.editor).get(PREPARATION).content.decode()
    assert not access_of(User.objects.get(pk=person.pk)).roles
    assert press(cast.administrator, f"{PREPARATION}platser/ny/", **values).url == PREPARATION


@pytest.mark.parametrize(
    ("code", "title"),
    [
        ("kommunpolis", "kommunpolis"),
        ("chef-polisomrade", "Chef för polisområde"),
        ("ungdomspolis", "Ungdomspolis"),
        ("lpc", "Lokalpolischef"),
        ("polisomradeschef", "Polisområdeschef"),
    ],
)
def test_a_function_of_the_police_does_not_sit_for_the_city(cast, code, title):
    """So that nobody is given the right to write the plan, or the duty to coordinate, by a slip in a list."""
    function, _ = Function.objects.get_or_create(code=code, defaults={"title": title})
    told = f"{title} finns hos polisen. Välj en av polisens organisationer, eller en annan funktion."
    person = somebody()
    answer = press(cast.editor, f"{PREPARATION}platser/ny/", **seat_values(person, function=code))
    assert answer.status_code == 422 and told in words(answer)
    assert f'value="{person.pk}" selected' in answer.content.decode()
    place = cast.editor.memberships.get()
    values = {"user": person.pk, "function": function.pk, "valid_from": "2025-05-12", "valid_to": "2025-06-12"}
    answer = press(cast.editor, f"{PREPARATION}platser/{place.pk}/stallforetradare/", **values)
    assert answer.status_code == 422 and told in words(answer)
    invited = {"email": "ny@skarholmen.example", "function": function.pk, "valid_to": "2025-12-31"}
    invited["organisation"] = place.organisation_id
    answer = press(cast.editor, f"{PREPARATION}inbjudningar/", **invited)
    assert answer.status_code == 422 and told in words(answer)
    assert place.group.memberships.filter(user=person).count() == place.group.invitations.count() == 0


def test_a_function_of_the_city_does_not_sit_for_the_police(cast):
    told = "stadsdelsdirektor finns hos staden. Välj en av stadens organisationer, eller en annan funktion."
    values = seat_values(somebody(), organisation="police", function="stadsdelsdirektor")
    answer = press(cast.police, f"{STEERING}platser/ny/", **values)
    assert answer.status_code == 422 and told in words(answer)
    # What both have, as a chief, can sit for either.
    assert (
        press(cast.police, f"{STEERING}platser/ny/", **values | seat_values(organisation="police")).status_code == 302
    )


def test_who_both_writes_the_plan_and_decides_it_is_told_on_both_groups_pages(cast):
    """Seed 001 does not forbid it, so that it is not refused."""
    told = "chair sitter både i beredningsgruppen, som skriver planen, och leder styrgruppen, som beslutar den."
    assert told not in page(cast.editor, PREPARATION) + page(cast.editor, STEERING)
    assert press(cast.editor, f"{PREPARATION}platser/ny/", **seat_values(cast.chair, co_opted="on")).status_code == 302
    assert told not in page(cast.editor, PREPARATION) + page(cast.editor, STEERING)
    group_at(PREPARATION).memberships.filter(user=cast.chair).update(co_opted=False)
    for address in (PREPARATION, STEERING):
        assert told in page(cast.editor, address)
    assert told not in page(cast.editor, WORKING)


def test_one_person_does_not_sit_for_both_parties_at_a_time(cast):
    both = "Ingen sitter för både staden och polisen."
    values = seat_values(cast.steering, organisation="police", function="kommunpolis")
    answer = press(cast.police, f"{PREPARATION}platser/ny/", **values)
    assert answer.status_code == 422 and both in words(answer)
    a_seat(group_at(PREPARATION), None, function="avdelningschef")
    answer = press(cast.editor, f"{PREPARATION}platser/ny/", **seat_values(cast.police))
    assert answer.status_code == 422 and both in words(answer)
    answer = press(cast.editor, f"{WORKING}platser/ny/", **seat_values(cast.police))
    assert answer.status_code == 422 and both in words(answer)
    cast.steering.memberships.update(valid_to=TODAY - timedelta(days=1))
    assert press(cast.police, f"{PREPARATION}platser/ny/", **values).url == PREPARATION


def test_a_working_group_has_no_registrar_and_lets_nobody_in_by_themself(cast):
    answer = signed_in(cast.editor).get(f"{WORKING}platser/ny/").content.decode()
    assert ">registrator<" not in answer
    known = seat_values(cast.administrator)
    a_seat(group_at(WORKING), cast.administrator, valid_from=date(2024, 1, 1), valid_to=date(2024, 2, 1))
    refused = press(cast.administrator, f"{WORKING}platser/ny/", **known)
    assert refused.status_code == 422 and "Du kan inte ge dig själv en plats här." in words(refused)


def test_the_citys_preparation_group_changes_the_citys_groups(cast):
    group = CollaborationGroup.objects.get(level="city", kind="steering")
    address = f"/samverkan/staden/grupper/{group.slug}/platser/ny/"
    assert signed_in(cast.city_preparation).get(address).status_code == 200
    answer = signed_in(cast.editor).get(address)
    assert answer.status_code == 403 and "centrala beredningsgruppen" in words(answer)


# --- Seats, and what follows from them


def test_role_and_access_follow_a_seat_from_its_first_day_to_its_last(cast, time_machine):
    person = somebody()
    values = seat_values(person, valid_from="2025-05-14", valid_to="2025-05-16")
    answer = press(cast.editor, f"{STEERING}platser/ny/", **values)
    assert answer.url == STEERING
    statuses = {}
    for day in range(13, 18):
        time_machine.move_to(date(2025, 5, day), tick=False)
        statuses[day] = signed_in(person).get(PREPARATION).status_code
    assert statuses == {13: 404, 14: 200, 15: 200, 16: 200, 17: 404}


def test_a_deputy_has_the_role_while_they_stand_in(cast, time_machine):
    seat = cast.editor.memberships.get()
    person = somebody()
    values = {"user": person.pk, "function": seat.function_id, "valid_from": "2025-07-01", "valid_to": "2025-07-31"}
    answer = press(cast.administrator, f"{PREPARATION}platser/{seat.pk}/stallforetradare/", **values)
    assert answer.url == PREPARATION
    assert "Ställföreträds av Person ny 1–31 juli 2025" in page(cast.editor, PREPARATION)
    roles = {}
    for day in (date(2025, 6, 30), date(2025, 7, 1), date(2025, 7, 31), date(2025, 8, 1)):
        time_machine.move_to(day, tick=False)
        found = User.objects.get(pk=person.pk)
        roles[day.isoformat()] = access_of(found).has_role(Role.EDITOR, cast.district.pk)
        assert (signed_in(found).get(f"{HERE}ny/").status_code == 200) is roles[day.isoformat()]
    assert list(roles.values()) == [False, True, True, False]
    assert "Ställföreträddes av Person ny" in page(cast.editor, PREPARATION)


def test_the_day_after_a_group_has_ended_nobody_has_a_role_through_it(cast, time_machine):
    answer = press(cast.editor, f"{WORKING}avsluta/", on="2025-05-12")
    assert answer.url == WORKING
    assert signed_in(cast.working).get(WORKING).status_code == 200
    time_machine.move_to(TODAY + timedelta(days=1), tick=False)
    assert signed_in(cast.working).get(WORKING).status_code == 404
    again = press(cast.editor, f"{WORKING}avsluta/", on="2025-05-13")
    assert again.url == WORKING and group_at(WORKING).valid_to == TODAY


def test_a_steering_group_is_not_ended_here(cast):
    answer = press(cast.editor, f"{STEERING}avsluta/", on="2025-05-12")
    assert answer.status_code == 403 and group_at(STEERING).valid_to is None


def test_a_seat_that_ends_takes_its_deputies_with_it_and_can_leave_a_vacancy(cast):
    seat = cast.police.memberships.get()
    now = a_seat(seat.group, somebody("nu"), organisation="police", deputy_for=seat, valid_to=date(2025, 6, 30))
    later = a_seat(seat.group, somebody("sen"), organisation="police", deputy_for=seat,
                   valid_from=date(2025, 7, 1), valid_to=date(2025, 7, 31))  # fmt: skip
    answer = press(cast.police, f"{PREPARATION}platser/{seat.pk}/avsluta/", on="2025-05-31", leaves_vacancy="on")
    assert answer.url == PREPARATION
    now.refresh_from_db()
    assert now.valid_to == date(2025, 5, 31)
    assert not GroupMembership.objects.filter(pk=later.pk).exists()
    vacancy = seat.group.memberships.get(user=None)
    assert (vacancy.function.code, vacancy.valid_from, vacancy.valid_to) == ("kommunpolis", date(2025, 6, 1), None)
    assert "Vakant" in page(cast.editor, PREPARATION)


def test_whoever_fills_a_vacant_seat_takes_it_over(cast):
    group = group_at(STEERING)
    vacancy = a_seat(group, None, is_secretary=True)
    answer = signed_in(cast.editor).get(f"{STEERING}platser/ny/?plats={vacancy.pk}")
    assert f'value="{vacancy.function_id}" selected' in answer.content.decode()
    person = somebody()
    press(cast.editor, f"{STEERING}platser/ny/", **seat_values(person, is_secretary="on"))
    vacancy.refresh_from_db()
    assert vacancy.valid_to == date(2025, 5, 11)
    assert access_of(person).has_role(Role.STEERING_CHAIR, cast.district.pk)


def test_the_last_day_of_a_seat_is_not_before_its_first(cast):
    seat = cast.police.memberships.get()
    answer = press(cast.police, f"{PREPARATION}platser/{seat.pk}/avsluta/", on="2023-01-01")
    assert answer.status_code == 422 and "Sista dagen kan inte vara före det." in words(answer)


def test_what_a_seat_is_can_be_changed(cast):
    seat = cast.steering.memberships.get()
    values = seat_values(function="registrator", valid_from="2024-01-01", co_opted="on")
    assert press(cast.editor, f"{STEERING}platser/{seat.pk}/", **values).url == STEERING
    found = User.objects.get(pk=cast.steering.pk)
    assert access_of(found).has_role(Role.REGISTRAR, cast.district.pk)


def test_nobody_gives_themself_a_seat_that_decides(cast):
    answer = press(cast.editor, f"{STEERING}platser/ny/", **seat_values(cast.editor, is_chair="on"))
    assert answer.status_code == 422 and "Du kan inte ge dig själv en plats här." in words(answer)
    own = cast.editor.memberships.get()
    assert signed_in(cast.editor).get(f"{PREPARATION}platser/{own.pk}/").status_code == 403
    assert press(cast.editor, f"{WORKING}platser/ny/", **seat_values(cast.editor)).url == WORKING


def test_a_seat_that_one_may_not_change_is_not_linked(cast):
    """One's own, and the one that one fills as a deputy, in a group that decides; every link there leads to a page."""
    place = cast.co_writer.memberships.get()
    GroupMembership.objects.filter(pk=place.pk).update(user=somebody())
    deputy = a_seat(place.group, cast.editor, deputy_for=place, valid_to=TODAY)
    own = cast.editor.memberships.get(deputy_for=None)
    page = signed_in(cast.editor).get(PREPARATION).content.decode()
    found = set(re.findall(rf'href="({PREPARATION}[^"]*)"', page))
    assert {f"{PREPARATION}platser/{place.pk}/", f"{PREPARATION}platser/{own.pk}/avsluta/"} <= found
    assert not {f"{PREPARATION}platser/{seat.pk}/" for seat in (own, deputy)} & found
    assert {signed_in(cast.editor).get(html.unescape(address)).status_code for address in found} == {200}


# --- What cannot be


def refusals(by, address, **values):
    answer = press(by, address, **values)
    assert answer.status_code == 422
    return words(answer)


def test_a_person_has_one_seat_at_a_time_in_a_group(cast):
    said = refusals(cast.editor, f"{STEERING}platser/ny/", **seat_values(cast.steering, function="registrator"))
    assert "steering har redan en plats i gruppen från 1 januari 2024." in said
    cast.steering.memberships.update(valid_to=TODAY - timedelta(days=1))
    assert press(cast.editor, f"{STEERING}platser/ny/", **seat_values(cast.steering)).status_code == 302


def test_a_seat_does_not_end_before_it_starts(cast):
    values = seat_values(somebody(), valid_to="2025-05-11")
    said = refusals(cast.editor, f"{STEERING}platser/ny/", **values)
    assert "Slutdatumet ligger före startdatumet." in said


def test_a_group_has_one_chair_at_a_time(cast):
    values = seat_values(somebody(), is_chair="on")
    assert "Gruppen har redan en ordförande" in refusals(cast.editor, f"{STEERING}platser/ny/", **values)
    cast.chair.memberships.update(valid_to=TODAY - timedelta(days=1))
    assert press(cast.editor, f"{STEERING}platser/ny/", **values).status_code == 302


def test_one_vacancy_is_enough_for_a_function(cast):
    assert press(cast.editor, f"{STEERING}platser/ny/", **seat_values()).status_code == 302
    said = refusals(cast.editor, f"{STEERING}platser/ny/", **seat_values(valid_from="2025-06-01"))
    assert "Det finns redan en vakant plats för avdelningschef" in said


def test_a_seat_lies_within_the_groups_time(cast):
    said = refusals(cast.editor, f"{STEERING}platser/ny/", **seat_values(somebody(), valid_from="2023-01-01"))
    assert "Gruppen finns från 1 januari 2024." in said


def test_the_citys_groups_are_for_the_parties(cast):
    group = CollaborationGroup.objects.get(level="city", kind="preparation")
    values = seat_values(somebody(), organisation="property_owners")
    answer = press(cast.administrator, f"/samverkan/staden/grupper/{group.slug}/platser/ny/", **values)
    assert answer.status_code == 422 and not group.memberships.filter(organisation__slug="property_owners").exists()


def deputy_values(user, place, **more):
    return {"user": user.pk, "function": place.function_id, "valid_from": "2025-07-01", "valid_to": "2025-07-31"} | more


def deputy_refused(cast, place, user, **more):
    address = f"{HERE}{place.group.slug}/platser/{place.pk}/stallforetradare/"
    return refusals(cast.administrator, address, **deputy_values(user, place, **more))


def test_a_deputy_stands_in_for_a_limited_time(cast):
    said = deputy_refused(cast, cast.police.memberships.get(), somebody(), valid_to="")
    assert "Ange till och med vilken dag ställföreträdaren står in." in said


def test_a_deputy_stands_in_while_there_is_a_seat(cast):
    place = cast.police.memberships.get()
    GroupMembership.objects.filter(pk=place.pk).update(valid_to=date(2025, 7, 15))
    said = deputy_refused(cast, place, somebody())
    assert "Platsen gäller 1 januari 2024–15 juli 2025. Välj en tid inom den." in said


def test_nobody_stands_in_for_themself(cast):
    assert "har själv platsen" in deputy_refused(cast, cast.police.memberships.get(), cast.police)


def test_a_seat_has_one_deputy_at_a_time(cast):
    place = cast.police.memberships.get()
    a_seat(place.group, somebody("ena"), organisation="police", deputy_for=place,
           valid_from=date(2025, 7, 20), valid_to=date(2025, 8, 20))  # fmt: skip
    said = deputy_refused(cast, place, somebody("andra"))
    assert "Person ena är redan ställföreträdare för platsen 20 juli–20 augusti 2025." in said


def test_two_do_not_stand_in_for_each_other(cast):
    one, other = cast.editor.memberships.get(), cast.co_writer.memberships.get()
    a_seat(one.group, cast.co_writer, deputy_for=one, valid_from=date(2025, 7, 1), valid_to=date(2025, 7, 31))
    said = deputy_refused(cast, other, cast.editor)
    assert "editor ställföreträds själv 1–31 juli 2025 och kan inte stå in för någon annan då." in said


def test_a_deputy_has_no_deputy(cast):
    place = cast.police.memberships.get()
    deputy = a_seat(place.group, somebody(), organisation="police", deputy_for=place, valid_to=date(2025, 7, 31))
    address = f"{PREPARATION}platser/{deputy.pk}/stallforetradare/"
    answer = signed_in(cast.administrator).post(address, deputy_values(cast.co_writer, deputy), follow=True)
    assert "En ställföreträdare kan inte i sin tur ha en ställföreträdare." in words(answer)
    assert not deputy.deputies.exists()


def test_a_deputy_comes_from_the_organisation_of_the_seat(cast):
    place = cast.police.memberships.get()
    deputy = GroupMembership(
        group=place.group, user=cast.co_writer, function=place.function, deputy_for=place,
        organisation=Organisation.objects.get(slug="district_admin"), valid_from=TODAY, valid_to=TODAY,
    )  # fmt: skip
    told = [told for _, told in seats.clashes(deputy, cast.administrator)]
    assert told == ["Ställföreträdaren får platsens behörighet och ska därför komma från police."]


def test_a_seat_of_another_place_is_not_found(cast):
    seat = cast.neighbour.memberships.get()
    assert signed_in(cast.editor).get(f"{PREPARATION}platser/{seat.pk}/").status_code == 404


def test_the_rule_is_asked_also_where_there_is_no_page(cast):
    with pytest.raises(PermissionDenied, match="trygghetsstrategen"):
        groups.check_change(cast.police, group_at(STEERING))


# --- What waits for those who see to the groups


def told(user):
    return {(task.text, task.about) for task in group_tasks(User.objects.get(pk=user.pk))}


def test_what_the_groups_lack_is_among_what_waits_on_min_sida():
    assert group_tasks in TASK_SOURCES


def test_nothing_waits_when_the_groups_are_as_the_agreement_says(cast):
    staff(cast)
    assert [told(person) for person in (cast.editor, cast.police, cast.city_preparation, cast.steering)] == [set()] * 4


def test_p18_p20_what_the_groups_lack_waits_for_those_who_can_mend_it(cast):
    one_sided = ("Se till att båda parterna är med", "working skarholmen")
    assert told(cast.editor) == {one_sided}
    assert told(cast.police) == {("Tillsätt någon från polisen", "steering skarholmen"), one_sided}
    cast.chair.memberships.update(user=None)
    assert told(cast.editor) == {("Tillsätt stadsdelsdirektor (vakant)", "steering skarholmen"), one_sided}
    assert told(cast.co_writer) == told(cast.working) == told(cast.neighbour) == set()


def test_a_seat_that_ends_within_a_month_waits_until_somebody_takes_over(cast):
    staff(cast)
    seat = cast.police.memberships.get()
    GroupMembership.objects.filter(pk=seat.pk).update(valid_to=TODAY + timedelta(days=30))
    wanted = {("Förläng platsen som kommunpolis, eller bestäm vem som tar över", "preparation skarholmen")}
    assert (told(cast.police), told(cast.editor)) == (wanted, set())
    following = a_seat(seat.group, somebody(), organisation="police", function="kommunpolis",
                       valid_from=TODAY + timedelta(days=31))  # fmt: skip
    assert told(cast.police) == set()
    following.delete()
    GroupMembership.objects.filter(pk=seat.pk).update(valid_to=TODAY + timedelta(days=31))
    assert told(cast.police) == set()
    cast.editor.memberships.update(valid_to=TODAY + timedelta(days=30))
    own = ("Förläng platsen som trygghetsstrateg, eller bestäm vem som tar över", "preparation skarholmen")
    assert (told(cast.editor), told(cast.police)) == ({own}, set())


@pytest.mark.parametrize(("days", "waits"), [(31, False), (30, True), (-14, True), (-15, False)])
def test_p20_a_working_group_near_or_past_its_end_waits_for_who_appointed_it(cast, days, waits):
    staff(cast)
    CollaborationGroup.objects.filter(kind="working").update(valid_to=TODAY + timedelta(days=days))
    wanted = {("Förläng arbetsgruppen om arbetet inte är klart", "working skarholmen")} if waits else set()
    assert told(cast.editor) == told(cast.police) == wanted


def test_the_administrator_is_told_of_districts_where_nobody_can_change_the_groups(cast):
    assert told(cast.administrator) == set()
    cast.neighbour.memberships.update(user=None)
    [task] = group_tasks(cast.administrator)
    assert [name for name, _ in task.places] == ["preparation farsta"]


# --- Many


def many(cast, count):
    """More working groups, each with a person, a vacant seat, a deputy and a meeting."""
    for number in range(count):
        group = CollaborationGroup.objects.create(
            slug=f"g{count}-{number}", name=f"Grupp {number}", level=GroupLevel.LOCAL, kind=GroupKind.WORKING,
            district=cast.district, valid_from=TODAY, valid_to=TODAY + timedelta(days=20),
        )  # fmt: skip
        fill(group, 1, f"{count}-{number}")
        met(group, TODAY)


def fill(group, count, name):
    for number in range(count):
        person = User.objects.create(username=f"p-{name}-{number}")
        seat = a_seat(group, person, valid_to=TODAY + timedelta(days=10))
        deputy = User.objects.create(username=f"d-{name}-{number}")
        a_seat(group, deputy, deputy_for=seat, valid_to=TODAY + timedelta(days=5))
    a_seat(group, None, function="trygghetsstrateg", valid_from=TODAY - timedelta(days=count))


def queries(user, address):
    client = signed_in(user)
    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize("name", ["editor", "working", "administrator"])
def test_the_list_of_many_groups_costs_no_more_queries(cast, name):
    many(cast, 2)
    few = queries(getattr(cast, name), HERE)
    many(cast, 12)
    assert queries(getattr(cast, name), HERE) == few


def test_a_group_with_many_seats_costs_no_more_queries(cast):
    group = group_at(WORKING)
    fill(group, 2, "few")
    few = queries(cast.editor, WORKING)
    fill(group, 12, "many")
    assert queries(cast.editor, WORKING) == few


def test_the_tasks_about_many_groups_cost_no_more_queries(cast, django_assert_num_queries):
    access_of(cast.editor)
    for count in (2, 12):
        many(cast, count)
        with django_assert_num_queries(4):
            group_tasks(cast.editor)


def test_the_summary_of_a_place_takes_four_queries(cast, django_assert_num_queries):
    many(cast, 2)
    access_of(cast.editor)
    with django_assert_num_queries(4):
        cards = groups.summary_of(Scope(cast.district), cast.editor)
    assert [card.group.kind for card in cards][:2] == ["steering", "preparation"]
    assert all(not card.ended and card.address for card in cards)
