"""Agreements: written in the shared structure, signed with mandate, reviewed in time and replaced (seed 001)."""

import io
from datetime import date, timedelta
from itertools import product

import pikepdf
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreements import city
from agreements.agenda import proposals_for
from agreements.agreement import editing, workflow
from agreements.agreement.area_mapping import successor_of, successors
from agreements.agreement.clocks import clock_of, clocks_of, with_last_review
from agreements.agreement.sources import agreement_tasks, agreements_recorded
from agreements.agreement.texts import blocks, prompts_in, starting_texts
from agreements.agreement.workflow import AGREEMENT_TRANSITIONS, WORKFLOW
from agreements.clocks import Urgency
from agreements.enums import AgreementPart, AgreementState, GroupKind, GroupLevel, ReviewOutcome
from agreements.models import (
    Agreement,
    AreaMapping,
    Attachment,
    CollaborationGroup,
    District,
    Function,
    GroupMembership,
    PriorityArea,
    PriorityAreaSet,
    TemplateText,
)
from agreements.scope import Scope
from agreements.views.agreements import pdf_of
from tests.agreements import agreed
from tests.cast import PEOPLE, Cast
from tests.plans.test_pdf import draws_background
from trygghet.workflow import StepRefused

S = AgreementState
TODAY = date(2026, 11, 20)


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture(autouse=True)
def _on_a_day():
    with time_machine.travel("2026-11-20 12:00:00+01:00", tick=True):
        yield


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def address(agreement, name="agreement", *rest):
    return workflow.address_of(agreement, name, *rest)


def fresh(agreement):
    return with_last_review(Agreement.objects.filter(pk=agreement.pk)).get()


# --- Who takes which step from where: the whole table

WRITERS, CHAIR = {"editor", "police"}, {"chair"}
TAKEN_BY = {
    ("circulate", S.DRAFT): WRITERS,
    ("discard", S.DRAFT): WRITERS,
    ("take_back", S.CIRCULATED): WRITERS,
    ("record_signature", S.CIRCULATED): CHAIR,
    ("withdraw_signature", S.CIRCULATED): CHAIR,
    ("enter_into_force", S.CIRCULATED): CHAIR,
    ("supersede", S.SIGNED): CHAIR,
    ("supersede", S.UNDER_REVIEW): CHAIR,
    ("start_review", S.SIGNED): WRITERS | CHAIR,
    ("confirm", S.UNDER_REVIEW): CHAIR,
    ("call_for_new_version", S.UNDER_REVIEW): CHAIR,
    ("terminate", S.SIGNED): CHAIR,
    ("terminate", S.UNDER_REVIEW): CHAIR,
    **{("record_diary_number", state): WRITERS | {"registrar"} for state in S if state != S.DISCARDED},
    **{("attach", state): WRITERS | CHAIR | {"registrar"} for state in S if state != S.DISCARDED},
    **{("detach", state): WRITERS | CHAIR for state in S},
}
LEADS_TO = {
    "circulate": S.CIRCULATED,
    "discard": S.DISCARDED,
    "take_back": S.DRAFT,
    "enter_into_force": S.SIGNED,
    "supersede": S.SUPERSEDED,
    "start_review": S.UNDER_REVIEW,
    "confirm": S.SIGNED,
    "terminate": S.TERMINATED,
}


@pytest.mark.parametrize("state", S)
def test_each_step_is_taken_from_its_states_by_those_who_may(cast, state):
    agreement = Agreement(district=cast.district, state=state)
    found = {
        (step.name, person)
        for step, person in product(AGREEMENT_TRANSITIONS, PEOPLE)
        if state in step.sources and WORKFLOW.may(getattr(cast, person), step, agreement)
    }
    expected = {(name, person) for (name, at), people in TAKEN_BY.items() if at == state for person in people}
    assert found == expected


def test_each_step_leads_where_the_table_says():
    assert {step.name: step.target for step in AGREEMENT_TRANSITIONS if step.target} == LEADS_TO


@pytest.mark.parametrize(("state", "name"), [*product(S, [step.name for step in AGREEMENT_TRANSITIONS if step.slug])])
def test_a_step_is_refused_in_every_other_state_and_changes_nothing(cast, state, name):
    agreement = agreed.in_state(cast, state)
    if state in WORKFLOW.by_name[name].sources:
        return
    with pytest.raises(StepRefused, match="Ingenting gjordes nu"):
        by_writer = name in ("circulate", "discard", "take_back")
        WORKFLOW.take(agreement, name, by=cast.editor if by_writer else cast.chair)
    assert fresh(agreement).state == state


def test_a_step_is_refused_for_who_may_not_take_it_and_says_who_may(cast):
    agreement = agreed.circulated(cast)
    with pytest.raises(PermissionDenied, match="Styrgruppens ordförande eller sekreterare registrerar"):
        workflow.record_signature(agreement, agreement.parties.first(), by=cast.editor, on=TODAY)
    assert not agreement.parties.filter(signed_on__isnull=False).exists()


# --- Writing it


def test_p07_a_new_local_agreement_begins_with_every_part_of_the_common_template(cast):
    agreement = agreed.draft(cast)
    texts = {text.part: text.text for text in agreement.texts.all()}
    assert set(texts) == {part.value for part in AgreementPart}
    assert "skapa förutsättningar för att stärka det gemensamma brottsförebyggande" in texts["purpose"]
    assert agreement.area_set == cast.area_set


def test_the_overarching_agreement_begins_with_the_citys_own_words(db, django_assert_num_queries):
    city.load(city.read(city.STOCKHOLM))
    with django_assert_num_queries(1):
        own = starting_texts(GroupLevel.CITY)
    assert own["purpose"].startswith("Syftet med denna övergripande samverkansöverenskommelse mellan Stockholms stad")
    assert [part for part in AgreementPart if prompts_in(own[part])] == []


def test_a_part_that_the_city_has_no_words_for_begins_with_the_common_template(db):
    common = starting_texts(GroupLevel.LOCAL)
    TemplateText.objects.create(level=GroupLevel.LOCAL, part=AgreementPart.PURPOSE, text="Varför samverkar vi?")
    assert starting_texts(GroupLevel.LOCAL) == common | {AgreementPart.PURPOSE: "Varför samverkar vi?"}
    assert starting_texts(GroupLevel.CITY)["purpose"].startswith("Syftet med överenskommelsen mellan kommunen")
    both = [*common.values(), *starting_texts(GroupLevel.CITY).values()]
    assert not any("Stockholm" in text for text in both)


def test_p06_purpose_goals_and_follow_up_are_written_before_it_is_sent_for_signature(cast):
    agreement = agreed.written(cast)
    for part in (AgreementPart.PURPOSE, AgreementPart.GOALS, AgreementPart.FOLLOW_UP):
        agreement = agreed.write(cast, agreement, part, " ")
    with pytest.raises(StepRefused) as refused:
        WORKFLOW.take(agreement, "circulate", by=cast.editor)
    assert [blocker.text for blocker in refused.value.blockers] == [
        "«Syfte» är tom.",
        "«Mål» är tom.",
        "«Uppföljning» är tom.",
    ]


def test_a_question_of_the_template_is_answered_before_it_is_sent_for_signature(cast):
    agreement = agreed.written(cast)
    agreement = agreed.write(cast, agreement, AgreementPart.INTRODUCTION, "Läget.\n\n[Skriv kort om läget.]")
    with pytest.raises(StepRefused, match="«Inledning» har en fråga ur mallen"):
        WORKFLOW.take(agreement, "circulate", by=cast.editor)


def test_p09_an_area_may_be_empty_but_not_without_a_reason(cast):
    agreement, area = agreed.written(cast), cast.area_set.areas.get(number=3)
    seen = editing.seen_now(agreement, editing.focuses_of(agreement, area))
    agreement = editing.write_area(agreement, area, [], "", seen=seen, by=cast.editor)
    with pytest.raises(StepRefused, match="«Systemhotande brottslighet» har varken fokusområde eller skäl"):
        WORKFLOW.take(agreement, "circulate", by=cast.editor)
    seen = editing.seen_now(agreement, editing.focuses_of(agreement, area))
    editing.write_area(agreement, area, [], "Saknas i lägesbilden.", seen=seen, by=cast.editor)
    assert WORKFLOW.take(agreement, "circulate", by=cast.editor).state == S.CIRCULATED


def test_both_the_city_and_the_police_are_parties(cast):
    agreement = agreed.written(cast)
    seen = editing.seen_now(agreement, editing.parties_of(agreement))
    editing.write_parties(agreement, agreed.parties(cast)[:1], seen=seen, by=cast.editor)
    with pytest.raises(StepRefused, match="Det finns ingen part från polisen"):
        WORKFLOW.take(agreement, "circulate", by=cast.editor)


def test_a_personnummer_stops_what_is_written(cast):
    agreement = agreed.draft(cast)
    page = client_of(cast.editor)
    answer = page.post(
        address(agreement, "agreement_text", "syfte"),
        form(agreement, editing.text_of(agreement, "purpose"), text="811228-9874"),
    )
    assert "Texten ser ut att innehålla ett personnummer. Ta bort det." in answer.content.decode()
    assert "811228-9874" in answer.content.decode()
    assert not agreement.texts.filter(text__contains="811228").exists()


def form(agreement, content, **values):
    seen = editing.seen_now(agreement, content)
    return {"seen_version": seen.row_version, "seen_text": seen.checksum, **values}


def test_what_another_has_written_in_the_same_part_is_shown_beside_ones_own_and_nothing_is_written(cast):
    agreement = agreed.draft(cast)
    opened = form(agreement, editing.text_of(agreement, "purpose"), text="Min text.")
    agreed.write(cast, agreement, AgreementPart.PURPOSE, "Den andras text.")
    page = client_of(cast.police)
    answer = page.post(address(agreement, "agreement_text", "syfte"), opened)
    shown = answer.content.decode()
    assert "Någon annan har ändrat här" in shown
    assert "Den andras text." in shown
    assert "Min text." in shown
    assert agreement.texts.get(part="purpose").text == "Den andras text."
    again = {name: answer.context["form"].data[name] for name in ("seen_version", "seen_text", "text")}
    assert page.post(address(agreement, "agreement_text", "syfte"), again).status_code == 302
    assert agreement.texts.get(part="purpose").text == "Min text."


def test_what_another_has_written_elsewhere_is_no_hindrance(cast):
    agreement = agreed.draft(cast)
    opened = form(agreement, editing.text_of(agreement, "purpose"), text="Min text.")
    agreed.write(cast, agreement, AgreementPart.GOALS, "Den andras mål.")
    assert client_of(cast.police).post(address(agreement, "agreement_text", "syfte"), opened).status_code == 302
    assert set(agreement.texts.filter(part__in=("purpose", "goals")).values_list("text", flat=True)) == {
        "Min text.",
        "Den andras mål.",
    }


def test_focus_areas_are_written_in_the_order_that_is_numbered_and_an_empty_row_is_none(cast):
    agreement = agreed.draft(cast)
    area = cast.area_set.areas.get(number=2)
    rows = {
        "fokus-TOTAL_FORMS": 3, "fokus-INITIAL_FORMS": 0,
        "fokus-0-title": "Centrum", "fokus-0-goals": "Färre brott", "fokus-0-ORDER": 2,
        "fokus-1-title": "Skolan", "fokus-1-goals": "", "fokus-1-ORDER": 1,
        "fokus-2-title": "", "fokus-2-goals": "", "fokus-2-ORDER": 3,
    }  # fmt: skip
    posted = form(agreement, editing.focuses_of(agreement, area), reason="", **rows)
    assert client_of(cast.editor).post(address(agreement, "agreement_area", area.code), posted).status_code == 302
    assert editing.focuses_of(agreement, area) == ([["Skolan", ""], ["Centrum", "Färre brott"]], "")


def test_an_area_has_focus_areas_or_a_reason_and_not_both(cast):
    agreement = agreed.draft(cast)
    area = cast.area_set.areas.get(number=2)
    posted = form(agreement, editing.focuses_of(agreement, area), reason="Inte aktuellt") | {
        "fokus-TOTAL_FORMS": 1, "fokus-INITIAL_FORMS": 0, "fokus-0-title": "Centrum", "fokus-0-goals": "",
    }  # fmt: skip
    answer = client_of(cast.editor).post(address(agreement, "agreement_area", area.code), posted)
    assert "Området har fokusområden. Ta bort skälet, eller ta bort fokusområdena." in answer.content.decode()
    assert editing.focuses_of(agreement, area) == ([], "")


def test_a_party_is_there_once(cast):
    agreement = agreed.draft(cast)
    (organisation, function), _ = agreed.parties(cast)
    posted = form(agreement, []) | {"part-TOTAL_FORMS": 2, "part-INITIAL_FORMS": 0}
    for at in (0, 1):
        posted |= {f"part-{at}-organisation": organisation.pk, f"part-{at}-function": function.pk}
    answer = client_of(cast.editor).post(address(agreement, "agreement_parties"), posted)
    assert "district_admin står som part mer än en gång." in answer.content.decode()
    assert not agreement.parties.exists()


def test_what_is_sent_for_signature_is_not_written_in(cast):
    agreement = agreed.circulated(cast)
    posted = form(agreement, editing.text_of(agreement, "purpose"), text="Något annat.")
    answer = client_of(cast.editor).post(address(agreement, "agreement_text", "syfte"), posted)
    assert "kan inte ändras. Inget sparades." in answer.content.decode()
    assert "Något annat." in answer.content.decode()
    assert not agreement.texts.filter(text="Något annat.").exists()


def test_one_new_version_is_on_its_way_at_a_time(cast):
    agreed.draft(cast)
    with pytest.raises(StepRefused, match="Det finns redan en ny version på väg"):
        agreed.draft(cast)
    workflow.start(Scope(None), by=cast.city_preparation)
    with pytest.raises(StepRefused, match="Det finns redan en ny version på väg"):
        workflow.start(Scope(None), by=cast.city_preparation)


# --- Discarding it


def test_a_draft_begun_by_mistake_is_discarded_with_a_reason_kept_to_be_read_and_out_of_the_way(cast):
    current, new = agreed.signed(cast), agreed.draft(cast, as_copy=True)
    page = client_of(cast.editor)
    upload(new, page, b"%PDF-1.7\n", "underlag.pdf")
    where = address(new, "agreement_step", "slang")
    assert where in page.get(address(new)).content.decode()
    assert "Skriv varför" in page.post(where, {"seen_state": "draft", "reason": ""}).content.decode()
    shown = page.post(where, {"seen_state": "draft", "reason": "Fel stadsdel"}, follow=True).content.decode()
    assert "Utkastet är slängt och har aldrig gällt." in shown
    assert "Slängde utkastet" in shown and "Fel stadsdel" in shown and "underlag.pdf" in shown
    assert "Bifoga en fil" not in shown and "Ändra<" not in shown
    listed = page.get(reverse("cooperation:agreements", args=["skarholmen"])).content.decode()
    assert "Slängt utkast" in listed and "Börja en ny version" in listed and "På väg" not in listed
    assert fresh(current).state == S.SIGNED
    assert agreed.draft(cast, as_copy=True).version == 3


def test_a_discarded_draft_is_read_by_those_who_read_the_draft_alone(cast):
    where = address(agreed.in_state(cast, S.DISCARDED))
    reads = {name for name in PEOPLE if client_of(getattr(cast, name)).get(where).status_code == 200}
    assert reads == {"editor", "police", "steering", "chair"}


def test_a_draft_that_was_ever_sent_for_signature_is_not_discarded(cast):
    agreement = WORKFLOW.take(agreed.circulated(cast), "take_back", by=cast.editor, reason="Fel mål")
    with pytest.raises(StepRefused, match="skickades för underskrift 20 november 2026 och kan inte slängas"):
        WORKFLOW.take(agreement, "discard", by=cast.editor, reason="Vi ångrade oss")
    assert fresh(agreement).state == S.DRAFT
    page, where = client_of(cast.editor), address(agreement, "agreement_step", "slang")
    assert where not in page.get(address(agreement)).content.decode()
    shown = page.get(where).content.decode()
    assert "Det går inte" in shown and "kan inte slängas" in shown


# --- Signing it


def test_an_agreement_holds_when_the_last_party_has_signed(cast):
    agreement = agreed.circulated(cast)
    first, second = agreement.parties.all()
    agreement = workflow.record_signature(agreement, first, by=cast.chair, on=date(2025, 3, 4))
    assert (agreement.state, agreement.signed_on) == (S.CIRCULATED, None)
    agreement = workflow.record_signature(agreement, second, by=cast.chair, on=date(2025, 3, 1))
    assert (agreement.state, agreement.signed_on) == (S.SIGNED, date(2025, 3, 4))
    assert [step.name for step in agreement.steps.all()][:3] == [
        "enter_into_force",
        "record_signature",
        "record_signature",
    ]


def test_the_new_version_takes_the_place_of_the_earlier_one_when_it_is_signed(cast):
    earlier = agreed.signed(cast)
    new = agreed.draft(cast, as_copy=True)
    assert [text.text for text in new.texts.order_by("part")] == [text.text for text in earlier.texts.order_by("part")]
    assert fresh(earlier).state == S.SIGNED
    new = WORKFLOW.take(new, "circulate", by=cast.editor)
    for party in new.parties.all():
        assert party.signed_on is None
        new = workflow.record_signature(new, party, by=cast.chair, on=TODAY)
    assert (new.state, new.version) == (S.SIGNED, 2)
    assert (fresh(earlier).state, fresh(earlier).ended_on) == (S.SUPERSEDED, TODAY)


def steering_seat(cast, function):
    return GroupMembership.objects.get(
        group__kind=GroupKind.STEERING, group__district=cast.district, function__code=function
    )


def test_p18_a_signer_without_a_seat_in_the_steering_group_is_refused(cast):
    agreement = agreed.circulated(cast)
    GroupMembership.objects.filter(pk=steering_seat(cast, "lokalpolisomradeschef").pk).update(valid_to=date(2025, 3, 3))
    police = agreement.parties.get(organisation__slug="police")
    with pytest.raises(StepRefused, match="lokalpolisområdeschef är inte ordinarie ledamot i styrgruppen"):
        workflow.record_signature(agreement, police, by=cast.chair, on=date(2025, 3, 4))
    workflow.record_signature(agreement, police, by=cast.chair, on=date(2025, 3, 3))
    police.refresh_from_db()
    assert police.signed_on == date(2025, 3, 3)


def test_p18_nobody_signs_on_a_vacant_seat(cast):
    """Issue 4, 2.2: whoever signs has the mandate to; a seat that nobody has signs nothing."""
    agreement = agreed.circulated(cast)
    seat = steering_seat(cast, "lokalpolisomradeschef")
    police = agreement.parties.get(organisation__slug="police")
    GroupMembership.objects.filter(pk=seat.pk).update(user=None)
    told = (
        "Ingen satt som lokalpolisområdeschef, police, den 4 mars 2025. "
        "Tillsätt platsen, eller välj den funktion som skrev under."
    )
    page, where = client_of(cast.chair), address(agreement, "agreement_signature", police.pk)
    sent = {"seen_state": "circulated", "on": "2025-03-04", "function": police.function_id}
    answer = page.post(where, sent)
    assert answer.status_code == 422
    assert told in answer.content.decode() and 'value="2025-03-04"' in answer.content.decode()
    # Another of the police's in the steering group did.
    deputy = Function.objects.create(code="bitradande", title="biträdande områdeschef")
    assert "Välj en av funktionerna i listan." in page.post(where, sent | {"function": deputy.pk}).content.decode()
    GroupMembership.objects.create(group=seat.group, organisation=seat.organisation, function=deputy,
                                   user=cast.stranger, valid_from=date(2025, 3, 1))  # fmt: skip
    assert page.post(where, sent | {"function": deputy.pk}).status_code == 302
    police.refresh_from_db()
    assert (police.signed_on, police.function) == (date(2025, 3, 4), deputy)
    told = "Registrerade att police skrev under 4 mars 2025 genom biträdande områdeschef (stranger)"
    assert agreement.steps.first().told == told


def test_p18_who_stands_in_for_the_signer_signs(cast):
    agreement = agreed.circulated(cast)
    seat = steering_seat(cast, "lokalpolisomradeschef")
    GroupMembership.objects.filter(pk=seat.pk).update(user=None)
    kommunpolis = Function.objects.get(code="kommunpolis")
    GroupMembership.objects.create(
        group=seat.group, organisation=seat.organisation, function=kommunpolis, user=cast.police, deputy_for=seat,
        valid_from=date(2025, 3, 1), valid_to=date(2025, 3, 31),
    )  # fmt: skip
    police = agreement.parties.get(organisation__slug="police")
    with pytest.raises(StepRefused, match="Ingen satt som lokalpolisområdeschef"):
        workflow.record_signature(agreement, police, by=cast.chair, on=date(2025, 2, 28))
    workflow.record_signature(agreement, police, by=cast.chair, on=date(2025, 3, 31))
    assert agreement.steps.first().told.endswith("genom lokalpolisområdeschef (police, ställföreträdare)")


def test_p18_a_co_opted_member_does_not_sign(cast):
    agreement = agreed.circulated(cast)
    GroupMembership.objects.filter(pk=steering_seat(cast, "lokalpolisomradeschef").pk).update(co_opted=True)
    with pytest.raises(StepRefused, match="inte ordinarie ledamot"):
        workflow.record_signature(
            agreement, agreement.parties.get(organisation__slug="police"), by=cast.chair, on=date(2025, 3, 4)
        )


def test_p18_an_agreement_from_before_the_seats_are_recorded_is_signed_by_a_function_with_mandate_since(cast):
    agreement, long_ago = agreed.circulated(cast), date(2023, 5, 4)
    chief = steering_seat(cast, "lokalpolisomradeschef")
    police = agreement.parties.get(organisation__slug="police")
    GroupMembership.objects.filter(pk=chief.pk).update(co_opted=True)
    with pytest.raises(StepRefused, match="inte ordinarie ledamot"):
        workflow.record_signature(agreement, police, by=cast.chair, on=long_ago)
    GroupMembership.objects.filter(pk=chief.pk).update(co_opted=False)
    for party in agreement.parties.all():
        agreement = workflow.record_signature(agreement, party, by=cast.chair, on=long_ago)
    assert (agreement.state, agreement.signed_on) == (S.SIGNED, long_ago)
    told = [step.told for step in agreement.steps.filter(name="record_signature")]
    assert all(each.endswith("(vem som hade platsen då är inte registrerat)") for each in told) and len(told) == 2


def test_p21_the_overarching_agreement_is_signed_by_the_citys_steering_group(cast):
    agreement = workflow.start(Scope(None), by=cast.city_preparation)
    (administration, director), _ = agreed.parties(cast)
    party = agreement.parties.create(organisation=administration, function=director, position=1)
    assert not workflow.has_mandate(party, TODAY)
    city = CollaborationGroup.objects.get(kind=GroupKind.STEERING, level=GroupLevel.CITY)
    GroupMembership.objects.create(
        group=city, organisation=administration, function=director, valid_from=date(2024, 1, 1)
    )
    assert workflow.has_mandate(party, TODAY)


def test_a_day_to_come_is_no_day_of_signing(cast):
    agreement = agreed.circulated(cast)
    with pytest.raises(StepRefused, match="Datumet ligger i framtiden"):
        workflow.record_signature(agreement, agreement.parties.first(), by=cast.chair, on=TODAY + timedelta(days=1))


def test_nobody_signs_before_a_later_version_was_sent_but_the_first_may_be_put_in_afterwards(cast):
    agreed.signed(cast, on=date(2025, 3, 4))
    new = WORKFLOW.take(agreed.draft(cast, as_copy=True), "circulate", by=cast.editor)
    with pytest.raises(StepRefused, match="Datumet ligger före 20 november 2026, då version 2 skickades"):
        workflow.record_signature(new, new.parties.first(), by=cast.chair, on=date(2026, 11, 19))


def test_a_party_signs_once_and_a_mistake_is_taken_back_with_a_reason(cast):
    agreement = agreed.circulated(cast)
    party = agreement.parties.first()
    agreement = workflow.record_signature(agreement, party, by=cast.chair, on=date(2025, 3, 4))
    with pytest.raises(StepRefused, match="skrev under 4 mars 2025. Ingenting gjordes nu."):
        workflow.record_signature(agreement, party, by=cast.chair, on=date(2025, 3, 5))
    with pytest.raises(StepRefused, match="Skriv varför"):
        WORKFLOW.take(agreement, "withdraw_signature", by=cast.chair, party=party)
    WORKFLOW.take(agreement, "withdraw_signature", by=cast.chair, party=party, reason="Fel dag")
    party.refresh_from_db()
    assert party.signed_on is None


def test_what_is_taken_back_to_draft_has_to_be_signed_anew(cast):
    agreement = agreed.circulated(cast)
    agreement = workflow.record_signature(agreement, agreement.parties.first(), by=cast.chair, on=date(2025, 3, 4))
    agreement = WORKFLOW.take(agreement, "take_back", by=cast.editor, reason="Målet ska ändras")
    assert not agreement.parties.filter(signed_on__isnull=False).exists()


def test_the_page_of_a_signature_keeps_what_was_typed_when_it_is_refused(cast):
    agreement = agreed.circulated(cast)
    party = agreement.parties.first()
    page = client_of(cast.chair)
    where = address(agreement, "agreement_signature", party.pk)
    sent = {"seen_state": "circulated", "function": party.function_id}
    answer = page.post(where, sent | {"on": "2031-01-01"}).content.decode()
    assert "Datumet ligger i framtiden" in answer
    assert 'value="2031-01-01"' in answer
    assert page.post(where, sent | {"on": "2025-03-04"}).status_code == 302


def test_a_signature_that_is_sent_twice_is_recorded_once_and_its_withdrawal_is_not_offered(cast):
    agreement = agreed.circulated(cast)
    party = agreement.parties.first()
    page = client_of(cast.chair)
    where = address(agreement, "agreement_signature", party.pk)
    sent = {"seen_state": "circulated", "on": "2025-03-04", "function": party.function_id}
    page.post(where, sent)
    again = page.post(where, sent, follow=True)
    assert [where for where, _ in again.redirect_chain] == [address(agreement, "agreement")]
    told = f"Underskriften för {party.organisation} är redan registrerad, 4 mars 2025."
    assert told in [str(message) for message in again.context["messages"]]
    assert client_of(cast.editor).post(where, sent).status_code == 403


def test_a_form_that_is_refused_says_so_to_programs_too(cast):
    page, place = client_of(cast.editor), ["skarholmen"]
    assert page.post(reverse("cooperation:agreement_start", args=place), {"origin": "x"}).status_code == 302
    agreement = Agreement.objects.get()
    for name, rest in (("agreement_text", ["syfte"]), ("agreement_facts", []), ("agreement_diary", []),
                       ("agreement_attach", []), ("agreement_area", ["otrygga-platser"])):  # fmt: skip
        where = address(agreement, name, *rest)
        rows = {"form-TOTAL_FORMS": 0, "form-INITIAL_FORMS": 0}
        assert (page.get(where).status_code, page.post(where, rows).status_code) == (200, 422), name


def test_the_diary_number_is_recorded_by_the_registrar(cast):
    agreement = agreed.signed(cast)
    where = address(agreement, "agreement_diary")
    client_of(cast.registrar).post(where, {"seen_state": "signed", "diary_number": "SKA 2025/41"})
    assert fresh(agreement).diary_number == "SKA 2025/41"
    assert agreement.steps.first().told == "Diarieförde som SKA 2025/41"


# --- Clocks


def confirmed(cast, agreement, on):
    if agreement.state == S.SIGNED:
        agreement = WORKFLOW.take(agreement, "start_review", by=cast.editor)
    return WORKFLOW.take(agreement, "confirm", by=cast.chair, review=agreed.review(on))


def test_p07_a_local_agreement_is_due_two_years_after_it_was_signed_or_last_confirmed(cast):
    agreement = agreed.signed(cast, on=date(2025, 3, 4))
    assert clock_of(fresh(agreement)).due == date(2027, 3, 4)
    confirmed(cast, agreement, date(2026, 11, 2))
    assert clock_of(fresh(agreement)).due == date(2028, 11, 2)


def test_p08_the_overarching_agreement_is_followed_up_every_year_and_holds_until_further_notice(cast):
    agreement = Agreement.objects.create(
        title="Övergripande", area_set=cast.area_set, state=S.SIGNED, signed_on=date(2024, 1, 15)
    )
    clock = clock_of(fresh(agreement))
    assert (clock.due, clock.urgency) == (date(2025, 1, 15), Urgency.LATE)
    assert fresh(agreement).ended_on is None


def test_a_review_that_asks_for_a_new_version_begins_it_and_leaves_the_clock(cast):
    agreement = agreed.under_review(cast)
    new = workflow.call_for_new_version(agreement, agreed.review(date(2026, 11, 2)), by=cast.chair)
    assert (new.state, new.version) == (S.DRAFT, 2)
    assert agreement.reviews.get().outcome == ReviewOutcome.NEW_VERSION
    assert clock_of(fresh(agreement)).due == date(2027, 3, 4)
    with pytest.raises(StepRefused, match="redan sagt att det ska bli en ny version"):
        workflow.call_for_new_version(agreement, agreed.review(date(2026, 11, 3)), by=cast.chair)


@pytest.mark.parametrize(("on", "words"), [(date(2026, 11, 21), "i framtiden"), (date(2025, 3, 3), "före 4 mars 2025")])
def test_a_review_is_neither_to_come_nor_before_the_signing(cast, on, words):
    agreement = agreed.under_review(cast)
    with pytest.raises(StepRefused, match=words):
        WORKFLOW.take(agreement, "confirm", by=cast.chair, review=agreed.review(on))
    assert not agreement.reviews.exists()


def test_the_clocks_of_many_districts_are_read_at_once(cast):
    agreed.signed(cast)
    few = queries(lambda: clocks_of([cast.district.pk, cast.other_district.pk, None]))
    districts = District.objects.bulk_create(
        District(name=f"Område {at}", slug=f"omrade-{at}", municipality=cast.municipality, valid_from=date(2024, 1, 1))
        for at in range(290)
    )
    Agreement.objects.bulk_create(
        Agreement(district=each, title="Ö", area_set=cast.area_set, state=S.SIGNED, signed_on=date(2024, 1, 1))
        for each in districts
    )
    ids = [each.pk for each in districts]
    assert queries(lambda: clocks_of([*ids, cast.other_district.pk])) == few == 1
    clocks = clocks_of([*ids, cast.other_district.pk])
    assert clocks[cast.other_district.pk] is None
    assert all(clocks[pk].is_late for pk in ids)
    assert queries(lambda: agreements_recorded([*ids, None], cast.cycle)) == 2


def queries(ask):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        ask()
    return len(captured)


# --- What is told elsewhere


def test_what_is_recorded_is_a_fact_of_the_place(cast):
    agreement = confirmed(cast, agreed.signed(cast), date(2026, 11, 2))
    facts = agreements_recorded([cast.district.pk, cast.other_district.pk, None], cast.cycle)
    assert facts["agreement_signed", cast.district.pk].told == "Version 1 undertecknad 4 mars 2025"
    assert facts["agreement_reviewed", cast.district.pk].on == date(2026, 11, 2)
    assert facts["area_set", None].told == "Fem områden gäller från 1 januari 2024"
    assert ("agreement_signed", cast.other_district.pk) not in facts
    assert facts["agreement_signed", cast.district.pk].address == address(agreement)


@pytest.mark.parametrize(
    ("state", "person", "text"),
    [
        (S.DRAFT, "editor", "Skriv klart och skicka för underskrift"),
        (S.DRAFT, "chair", None),
        (S.CIRCULATED, "chair", "Registrera underskrifterna"),
        (S.CIRCULATED, "police", None),
        (S.SIGNED, "police", "Se över överenskommelsen"),
        (S.SIGNED, "chair", None),
        (S.SIGNED, "neighbour", None),
        (S.UNDER_REVIEW, "chair", "Registrera vad översynen ledde till"),
        (S.UNDER_REVIEW, "editor", None),
        (S.TERMINATED, "editor", None),
    ],
)
def test_what_waits_is_told_to_the_one_who_can_do_it(cast, state, person, text):
    agreed.in_state(cast, state)
    assert [task.text for task in agreement_tasks(getattr(cast, person))] == ([text] if text else [])


def test_nothing_waits_until_the_warnings_begin(cast):
    agreed.signed(cast, on=date(2026, 1, 1))
    assert agreement_tasks(cast.editor) == []


def test_the_steering_group_is_offered_what_is_to_be_signed_and_reviewed(cast):
    agreement = agreed.signed(cast)
    group = CollaborationGroup.objects.get(kind=GroupKind.STEERING, district=cast.district)
    offered = [each for each in proposals_for(group, cast.chair) if each.subject.startswith("agreement:")]
    assert [each.title for each in offered] == ["Översyn: Samverkansöverenskommelse Skärholmen"]
    assert "Senast 4 mars 2027, inom sex månader" in offered[0].background
    WORKFLOW.take(agreed.draft(cast, as_copy=True), "circulate", by=cast.editor)
    subjects = {each.subject for each in proposals_for(group, cast.chair) if each.subject.startswith("agreement:")}
    assert {subject.split(":")[2] for subject in subjects} == {"review", "sign"}
    assert f"agreement:{agreement.pk}:review:2027-03-04" in subjects


# --- The pages


def test_the_list_shows_what_holds_what_is_on_its_way_and_what_was_before(cast):
    agreed.signed(cast)
    agreed.draft(cast, as_copy=True)
    shown = client_of(cast.editor).get(reverse("cooperation:agreements", args=["skarholmen"])).content.decode()
    assert "Senast 4 mars 2027, inom sex månader" in shown
    assert "Öppna utkastet" in shown
    assert "Fem områden" in shown


def test_a_neighbour_reads_what_is_signed_and_never_a_draft(cast):
    agreement = agreed.signed(cast)
    new = agreed.draft(cast, as_copy=True)
    page = client_of(cast.neighbour)
    assert page.get(address(agreement)).status_code == 200
    assert "Vad som har hänt" not in page.get(address(agreement)).content.decode()
    assert page.get(address(new)).status_code == 404
    assert page.get(address(new, "agreement_pdf")).status_code == 404
    assert "På väg" not in page.get(reverse("cooperation:agreements", args=["skarholmen"])).content.decode()


def test_the_pages_ask_the_same_number_of_questions_however_much_there_is(cast):
    agreement = agreed.signed(cast)
    page = client_of(cast.editor)
    pages = [reverse("cooperation:agreements", args=["skarholmen"]), address(agreement)]
    pages += ["/samverkan/staden/omraden/"]
    few = [queries(lambda where=where: page.get(where)) for where in pages]
    for version in range(2, 12):
        Agreement.objects.create(
            district=cast.district, version=version, title="Tidigare", area_set=cast.area_set,
            state=S.SUPERSEDED, signed_on=date(2020, 1, 1), ended_on=date(2021, 1, 1),
        )  # fmt: skip
    for at in range(20):
        area = PriorityArea.objects.create(
            area_set=cast.area_set, number=10 + at, code=f"a{at}", title=f"Område {at}", short_title="O", sheet=str(at)
        )
        agreement.focuses.create(area=area, position=100 + at, title="Fokus", goals="Mål")
    for year in range(2000, 2010):
        earlier = PriorityAreaSet.objects.create(
            code=str(year), name=f"Områden {year}", valid_from=date(year, 1, 1), valid_to=date(year, 12, 31)
        )
        PriorityArea.objects.create(area_set=earlier, number=1, code="a", title="A", short_title="A", sheet="A")
    assert [queries(lambda where=where: page.get(where)) for where in pages] == few


def test_p07_the_agreement_is_written_as_a_pdf_in_the_common_template(cast):
    agreement = agreed.signed(cast)
    answer = client_of(cast.editor).get(address(agreement, "agreement_pdf"))
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"] == (
        'attachment; filename="samverkansoverenskommelse-skarholmen-version-1.pdf"'
    )


def printed(agreement):
    """The PDF of the agreement as the person gets it."""
    return pikepdf.open(io.BytesIO(pdf_of(agreement, Scope(agreement.district))))


def test_only_a_draft_is_stamped_and_what_goes_out_to_be_signed_is_clean(cast):
    """The parties sign this very paper: nothing lies over the table of signatures."""
    draft = agreed.written(cast)
    assert all(draws_background(page) for page in printed(draft).pages)
    agreement = workflow.WORKFLOW.take(draft, "circulate", by=cast.editor)
    assert not any(draws_background(page) for page in printed(agreement).pages)


def test_a_text_is_read_in_headings_paragraphs_and_lists():
    text = "Styrgrupp\n\nGruppen leder arbetet.\nDen möts ofta.\n\n- en\n- två"
    assert [(block.kind, block.text or block.items) for block in blocks(text)] == [
        ("heading", "Styrgrupp"),
        ("paragraph", "Gruppen leder arbetet.\nDen möts ofta."),
        ("list", ("en", "två")),
    ]


def test_a_short_line_with_nothing_under_it_is_no_heading():
    assert [block.kind for block in blocks("Mål\n\nFler känner sig trygga")] == ["heading", "paragraph"]
    assert [block.kind for block in blocks("Fler känner sig trygga")] == ["paragraph"]


def test_the_first_agreement_is_begun_as_one_and_not_as_a_new_version(cast):
    page = client_of(cast.editor)
    start = reverse("cooperation:agreement_start", args=["skarholmen"])
    assert "<title>Börja överenskommelsen" in page.get(start).content.decode()
    agreed.signed(cast)
    assert "<title>Börja en ny version" in page.get(start).content.decode()


# --- Attachments


def upload(agreement, page, content, name):
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile(name, content)
    where = address(agreement, "agreement_attach")
    return page.post(where, {"seen_state": agreement.state, "file": file, "is_signed_scan": "on"})


def test_the_signed_scan_is_attached_logged_and_given_back_as_a_download(cast):
    agreement = agreed.signed(cast)
    page = client_of(cast.registrar)
    assert upload(agreement, page, b"%PDF-1.7\n%\xe2\xe3\n", "påskriven.pdf").status_code == 302
    kept = Attachment.objects.get()
    assert kept.is_signed_scan
    assert agreement.steps.first().told == "Bifogade den undertecknade handlingen: påskriven.pdf"
    answer = page.get(reverse("cooperation:attachment", args=["skarholmen", kept.uid]))
    assert answer.content == b"%PDF-1.7\n%\xe2\xe3\n"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''p%C3%A5skriven.pdf")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"<html><script>1</script>", "bild.png", "bild.png är inte PDF, PNG eller JPEG"),
        (b"%PDF-1.7\n" + b"0" * (10 * 1024 * 1024), "stor.pdf", "stor.pdf är 10,1 MB. En fil får vara högst 10 MB"),
    ],
)
def test_a_file_of_the_wrong_kind_or_size_is_kept_out(cast, content, name, words):
    agreement = agreed.signed(cast)
    assert words in upload(agreement, client_of(cast.editor), content, name).content.decode()
    assert not Attachment.objects.exists()


def test_an_attachment_is_removed_with_a_reason_and_that_is_logged(cast):
    agreement = agreed.signed(cast)
    page = client_of(cast.editor)
    upload(agreement, page, b"%PDF-1.7\n", "fel.pdf")
    where = address(agreement, "agreement_detach", Attachment.objects.get().uid)
    assert "Skriv varför" in page.post(where, {"seen_state": "signed", "reason": ""}).content.decode()
    assert page.post(where, {"seen_state": "signed", "reason": "Fel fil"}).status_code == 302
    assert not Attachment.objects.exists()
    assert agreement.steps.first().told == "Tog bort bilagan fel.pdf"


def test_a_file_of_another_place_is_not_found_under_this_one(cast):
    agreement = agreed.signed(cast)
    upload(agreement, client_of(cast.editor), b"%PDF-1.7\n", "en.pdf")
    uid = Attachment.objects.get().uid
    assert client_of(cast.editor).get(reverse("cooperation:attachment", args=["farsta", uid])).status_code == 404


# --- Two editions of the areas (seeds 000 and 001)


@pytest.fixture
def editions(cast):
    """The edition of seed 001's annex, and the five areas of seed 000 that took over from it."""
    old = PriorityAreaSet.objects.create(
        code="2021", name="Bilagan", valid_from=date(2021, 1, 1), valid_to=date(2023, 12, 31)
    )
    names = (
        ("unga-i-risk", "Unga i risk för kriminalitet"),
        ("avhoppare", "Avhopparverksamhet för kriminella"),
        ("extremism", "Arbetet mot våldsbejakande extremism"),
        ("brottsoffer", "Särskilt utsatta och sårbara brottsoffer"),
        ("otillaten-paverkan", "Otillåten påverkan"),
    )
    areas = [
        PriorityArea.objects.create(
            area_set=old, number=at, code=code, title=title, short_title=title, sheet=f"{at}. {code}"
        )
        for at, (code, title) in enumerate(names, 1)
    ]
    for area, code in zip(areas, ("unga-i-riskzon", "kriminella-miljoer", None, None, "systemhotande"), strict=True):
        if code:
            AreaMapping.objects.create(old=area, new=cast.area_set.areas.get(code=code))
    return old, cast.area_set


def test_an_area_goes_on_in_the_one_that_took_over_or_kept_its_code_or_in_none(editions):
    old, new = editions
    heirs = {area.code: [heir.code for heir in found] for area, found in successors(old, new).items()}
    assert heirs == {
        "unga-i-risk": ["unga-i-riskzon"],
        "avhoppare": ["kriminella-miljoer"],
        "extremism": [],
        "brottsoffer": ["brottsoffer"],
        "otillaten-paverkan": ["systemhotande"],
    }
    one_by_one = {area.code: [heir.code] if (heir := successor_of(area, new)) else [] for area in old.areas.all()}
    assert one_by_one == heirs


def test_a_copy_of_an_agreement_under_the_earlier_edition_goes_to_the_areas_of_today(cast, editions):
    old, new = editions
    earlier = Agreement.objects.create(
        district=cast.district, title="Den gamla", area_set=old, state=S.SIGNED, signed_on=date(2022, 1, 1)
    )
    for at, area in enumerate(old.areas.all(), 1):
        earlier.focuses.create(area=area, position=at, title=f"Fokus {at}", goals="Mål")
    copy = agreed.draft(cast, as_copy=True)
    assert copy.area_set == new
    assert earlier.area_set == old
    assert {focus.title: focus.area and focus.area.code for focus in copy.focuses.select_related("area")} == {
        "Fokus 1": "unga-i-riskzon",
        "Fokus 2": "kriminella-miljoer",
        "Fokus 3": None,
        "Fokus 4": "brottsoffer",
        "Fokus 5": "systemhotande",
    }


def test_the_editions_stand_beside_each_other_with_what_took_over(cast, editions):
    shown = client_of(cast.editor).get("/samverkan/staden/omraden/").content.decode()
    assert "Från Bilagan till Fem områden" in shown
    assert "1 januari 2021 – 31 december 2023" in shown
    assert "Senast 1 januari 2028" in shown


def test_under_another_edition_the_focus_areas_follow(cast, editions):
    old, new = editions
    agreement = agreed.draft(cast)
    Agreement.objects.filter(pk=agreement.pk).update(area_set=old)
    agreement = Agreement.objects.get(pk=agreement.pk)
    agreement.focuses.create(area=old.areas.get(code="avhoppare"), position=1, title="Stöd", goals="")
    agreement.focuses.create(area=old.areas.get(code="extremism"), position=2, not_relevant_reason="Inte här")
    seen = editing.seen_now(agreement, editing.facts_of(agreement))
    editing.write_facts(agreement, "Ny rubrik", new, seen=seen, by=cast.editor)
    assert [(focus.title, focus.area.code) for focus in agreement.focuses.all()] == [("Stöd", "kriminella-miljoer")]
