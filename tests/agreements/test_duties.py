"""What the law and the agreement require: what is recorded, when it falls due, and never more than is known."""

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from agreements.clocks import due_after
from agreements.duties.requirements import BY_NAME, DUTIES, LAW, OVERARCHING, Mark, by_clock, is_near, statuses_of
from agreements.duties.tasks import duties_that_are_near
from agreements.enums import AgreementState, MeetingState, PictureState, Producer, ReviewOutcome
from agreements.facts import Fact
from agreements.models import (
    Agreement,
    AgreementReview,
    CollaborationGroup,
    CommunicationActivity,
    DataSource,
    Function,
    GroupMembership,
    Meeting,
    PlanningCycle,
    SituationPicture,
)
from agreements.permissions import Permission
from tests.cast import START, Cast
from trygghet.contributions import Contributions

TODAY = date(2025, 11, 20)
DAYS = st.dates(date(2000, 1, 1), date(2060, 12, 31))


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def recorded(monkeypatch):
    """Record facts of a year: ``recorded(2025, district, decision=date(…))``."""
    found = {}
    monkeypatch.setattr(
        "agreements.facts.FACT_SOURCES", Contributions([lambda ids, cycle: found.setdefault(cycle.year, {})])
    )

    def record(year, place, **facts):
        found.setdefault(year, {}).update(
            {(key, place and place.pk): Fact(on=on, told=f"{key} {on}") for key, on in facts.items()}
        )

    return record


def status(name, place, today=TODAY):
    """How the duty stands in the place."""
    pk = place and place.pk
    return statuses_of([pk], today)[pk][BY_NAME[name]]


def sign(cast, district, on, **values):
    return Agreement.objects.create(
        district=district, title="Överenskommelse", area_set=cast.area_set, state=AgreementState.SIGNED, signed_on=on,
        **values,
    )  # fmt: skip


def confirm_picture(district, on, year=2024):
    return SituationPicture.objects.create(
        district=district, producer=Producer.JOINT, year=year, title="Lägesbild", state=PictureState.CONFIRMED,
        confirmed_on=on,
    )  # fmt: skip


def test_a_picture_that_another_has_replaced_is_not_counted_from_whatever_its_day(cast):
    """P01: the picture in force is the one that is updated, as on the pages of the pictures."""
    replaced = confirm_picture(cast.district, date(2025, 2, 1), year=2023)
    SituationPicture.objects.filter(pk=replaced.pk).update(state="superseded")
    confirm_picture(cast.district, date(2024, 2, 1))
    assert status("lagesbild", cast.district).last == date(2024, 2, 1)


def steering(district):
    return CollaborationGroup.objects.get(kind="steering", district=district)


def hold_meeting(group, on, state=MeetingState.HELD):
    return Meeting.objects.create(group=group, title="Styrgruppsmöte", on=on, state=state)


# --- The table


def test_p01_p07_p08_p16_p18_p20_p21_p22_p23_p28_p29_every_duty_says_what_it_rests_on_and_how_often():
    assert all(duty.title and duty.short and duty.source and duty.interval for duty in DUTIES)
    assert len({duty.name for duty in DUTIES}) == len(DUTIES)


def test_p01_the_law_asks_for_a_picture_a_plan_its_follow_up_and_a_function_that_coordinates():
    assert {duty.name for duty in DUTIES if duty.source.startswith(LAW)} == {
        "samordning", "lagesbild", "atgardsplan", "uppfoljning",
    }  # fmt: skip


def test_p23_the_city_has_a_plan_of_its_own_and_the_districts_theirs(cast, recorded):
    recorded(2025, None, decision=date(2025, 1, 31))
    assert status("handlingsplan", None).words == "Registrerat 31 januari 2025"
    assert not BY_NAME["handlingsplan"].is_of(1) and not BY_NAME["atgardsplan"].is_of(None)


def test_p22_p23_the_city_compiles_and_gives_feedback_and_no_district_does():
    duties = [BY_NAME["sammanstallning"], BY_NAME["aterkoppling"]]
    assert {duty.source for duty in duties} == {OVERARCHING}
    assert not any(duty.is_of(1) for duty in duties) and all(duty.is_of(None) for duty in duties)


def test_nothing_is_ever_said_to_be_done(cast):
    """The tool says what is recorded; it cannot know that something is done."""
    sign(cast, cast.district, date(2025, 1, 1))
    confirm_picture(cast.district, date(2025, 1, 1))
    words = [
        status.words.lower()
        for each in statuses_of([cast.district.pk, None], TODAY).values()
        for status in each.values()
    ]
    assert not any("klar" in word or "uppfyll" in word for word in words)


def test_a_place_where_nothing_is_recorded_says_so(cast):
    GroupMembership.objects.all().delete()
    CollaborationGroup.objects.all().delete()
    cast.area_set.cycles.all().delete()
    for pk, found in statuses_of([cast.district.pk, None], TODAY).items():
        assert {each.words for each in found.values()} == {"Inget registrerat"}, pk


# --- Clocks


@given(DAYS, st.sampled_from([12, 24, 36, 48]), DAYS)
def test_the_next_time_is_never_before_the_interval_is_over_nor_a_month_end_late(last, months, today):
    found = by_clock(last, months, "uppdateras", today)
    assert found.due == due_after(last, months)
    assert (found.due.year * 12 + found.due.month) - (last.year * 12 + last.month) == months
    assert found.due.day in (last.day, 28, 29, 30) and found.due.day <= last.day
    assert found.due >= last + timedelta(days=30 * months)
    assert found.is_late == (today > found.due)


@given(DAYS, DAYS)
def test_what_is_late_is_near_and_what_is_recorded_is_not(last, today):
    found = by_clock(last, 24, "uppdateras", today)
    assert is_near(found, today) == (today >= found.due - relativedelta(days=30))


def test_what_was_never_done_is_neither_late_nor_near():
    found = by_clock(None, 24, "uppdateras", TODAY)
    assert (found.words, found.due, is_near(found, TODAY)) == ("Inget registrerat", None, False)


# --- Scenario 36


def test_scenario_36_the_panel_says_what_is_late_what_falls_due_and_how_many_meetings_there_were(cast):
    """Agreement reviewed 25 months ago, picture 23 months old, the local steering group met once this year."""
    agreement = sign(cast, cast.district, TODAY - relativedelta(years=5))
    AgreementReview.objects.create(
        agreement=agreement,
        reviewed_on=TODAY - relativedelta(months=25),
        outcome=ReviewOutcome.CONFIRMED_UNCHANGED,
        by=cast.chair,
    )
    confirm_picture(cast.district, TODAY - relativedelta(months=23))
    hold_meeting(steering(cast.district), date(2025, 3, 10))
    assert status("overenskommelse", cast.district).words == "Försenad"
    assert status("lagesbild", cast.district).words == "Ska uppdateras senast 20 december 2025"
    assert status("moten", cast.district).words == "1 av 2 möten"


# --- The agreement and the areas


def test_p07_a_local_agreement_is_reviewed_within_two_years_of_its_signing_or_its_last_review(cast):
    assert status("overenskommelse", cast.district).words == "Inget registrerat"
    agreement = sign(cast, cast.district, date(2023, 1, 31))
    found = status("overenskommelse", cast.district)
    assert (found.words, found.last, found.due) == ("Försenad", date(2023, 1, 31), date(2025, 1, 31))
    AgreementReview.objects.create(
        agreement=agreement, reviewed_on=date(2025, 1, 20), outcome=ReviewOutcome.CONFIRMED_UNCHANGED, by=cast.chair
    )
    assert status("overenskommelse", cast.district).words == "Registrerat 20 januari 2025"


def test_p08_the_overarching_agreement_is_followed_up_every_year(cast):
    sign(cast, None, date(2024, 12, 1))
    assert status("overgripande", None).words == "Ska följas upp senast 1 december 2025"
    assert status("overgripande", None, today=date(2025, 12, 2)).words == "Försenad"


def test_p08_the_areas_are_revised_within_four_years_also_where_the_agreement_is_older(cast):
    sign(cast, cast.district, date(2025, 1, 1))
    found = status("omraden", cast.district)
    assert (found.words, found.due) == ("Registrerat 1 januari 2024", date(2028, 1, 1))
    assert status("omraden", cast.district, today=date(2028, 1, 2)).words == "Försenad"


# --- The plan, year by year


@pytest.fixture
def dated(cast):
    """Two years with their last days."""
    PlanningCycle.objects.update(
        decision_due=date(2025, 3, 31), board_due=date(2025, 5, 31), compilation_due=date(2026, 1, 31)
    )
    return PlanningCycle.objects.create(year=2026, area_set=cast.area_set, decision_due=date(2026, 3, 31))


def test_p16_the_plan_is_decided_each_year_by_the_years_own_last_day(cast, dated, recorded):
    assert status("atgardsplan", cast.district, today=date(2025, 3, 31)).words == "Ska beslutas senast 31 mars 2025"
    assert status("atgardsplan", cast.district).words == "Försenad"
    recorded(2025, cast.district, decision=date(2025, 4, 2))
    assert status("atgardsplan", cast.district).words == "Registrerat 2 april 2025"
    again = status("atgardsplan", cast.district, today=date(2026, 1, 10))
    assert (again.words, again.last) == ("Ska beslutas senast 31 mars 2026", date(2025, 4, 2))


def test_p16_the_board_decides_with_the_first_tertial_report(cast, dated, recorded):
    assert status("namnd", cast.district, today=date(2025, 6, 1)).words == "Försenad"
    recorded(2025, cast.district, board=date(2025, 5, 20))
    assert status("namnd", cast.district).words == "Registrerat 20 maj 2025"


def test_p23_what_falls_due_after_the_year_is_still_awaited_when_the_next_has_begun(cast, dated, recorded):
    assert status("sammanstallning", None, today=date(2026, 1, 10)).words == "Ska vara klar senast 31 januari 2026"
    assert status("sammanstallning", None, today=date(2026, 2, 1)).words == "Försenad"
    recorded(2025, None, compilation=date(2026, 1, 28))
    assert status("sammanstallning", None, today=date(2026, 2, 1)).words == "Registrerat 28 januari 2026"


def test_p01_a_plan_is_followed_up_within_two_years_of_its_decision_and_then_of_the_last_follow_up(cast, recorded):
    recorded(2025, cast.district, first_decision=date(2023, 12, 1))
    assert status("uppfoljning", cast.district).words == "Ska följas upp senast 1 december 2025"
    assert status("uppfoljning", cast.district, today=date(2025, 12, 2)).words == "Försenad"
    recorded(2025, cast.district, latest_follow_up=date(2025, 1, 15))
    assert status("uppfoljning", cast.district).words == "Registrerat 15 januari 2025"


# --- The groups


def test_p18_a_local_steering_group_meets_twice_a_year_and_p21_the_citys_four_times(cast):
    for district, wanted in ((cast.district, 2), (None, 4)):
        group = steering(district)
        assert status("moten", district).words == f"0 av {wanted} möten"
        for month in range(1, wanted + 1):
            hold_meeting(group, date(2025, month, 3))
        hold_meeting(group, date(2024, 12, 3))
        hold_meeting(group, date(2025, 11, 3), MeetingState.CANCELLED)
        found = status("moten", district)
        assert (found.words, found.mark) == (f"{wanted} av {wanted} möten", Mark.RECORDED)


def test_p18_a_group_may_say_itself_how_often_it_meets(cast):
    CollaborationGroup.objects.filter(pk=steering(cast.district).pk).update(min_meetings_per_year=3)
    hold_meeting(steering(cast.district), date(2025, 2, 3))
    assert status("moten", cast.district).words == "1 av 3 möten"


def test_p20_a_working_group_has_both_parties_and_an_end(cast):
    group = CollaborationGroup.objects.get(kind="working", district=cast.district)
    found = status("arbetsgrupper", cast.district)
    assert (found.words, group.name in found.note) == ("0 av 1 grupper", True)
    seat = GroupMembership.objects.get(user=cast.police)
    GroupMembership.objects.create(
        group=group, user=cast.police, function=seat.function, organisation=seat.organisation, valid_from=START
    )
    assert status("arbetsgrupper", cast.district).words == "0 av 1 grupper"
    CollaborationGroup.objects.filter(pk=group.pk).update(valid_to=date(2030, 12, 31))
    assert status("arbetsgrupper", cast.district).words == "1 av 1 grupper"


def test_p01_a_function_that_coordinates_is_a_seat_that_holds_today(cast):
    assert status("samordning", cast.district).words == "Registrerat 1 januari 2024"
    seat = GroupMembership.objects.filter(pk=GroupMembership.objects.get(user=cast.editor).pk)
    seat.update(valid_to=date(2025, 12, 31))
    assert status("samordning", cast.district).words == "Ska utses på nytt senast 31 december 2025"
    seat.update(valid_to=None, user=None)
    vacant = status("samordning", cast.district)
    assert (vacant.mark, vacant.words) == (Mark.MISSING, "Vakant: ingen person registrerad")
    assert not vacant.has_record
    seat.update(valid_to=TODAY - timedelta(days=1))
    assert status("samordning", cast.district).words == "Inget registrerat"


def test_p01_of_several_who_coordinate_the_one_who_has_done_it_longest_is_told(cast):
    first = GroupMembership.objects.get(user=cast.editor)

    def joins(code, title, **more):
        function = Function.objects.create(code=code, title=title)
        fields = {"group": first.group, "organisation": first.organisation, "user": cast.steering}
        GroupMembership.objects.create(function=function, **fields | {"valid_from": START} | more)

    joins("enhetschef", "Enhetschef", valid_from=date(2025, 5, 1))
    # Written before it was refused that a function of the police sits for the city.
    joins("omradespolis", "Områdespolis", valid_from=date(2020, 1, 1), user=cast.working)
    found = status("samordning", cast.district)
    assert (found.note, found.words) == ("trygghetsstrateg", "Registrerat 1 januari 2024")
    # Whose time is soon out is followed by who stays.
    GroupMembership.objects.filter(pk=first.pk).update(valid_to=date(2025, 6, 30))
    found = status("samordning", cast.district)
    assert (found.note, found.words) == ("Enhetschef", "Registrerat 1 maj 2025")


# --- Of the city alone


def test_p28_the_communication_plan_counts_what_is_planned_and_carried_out_this_year(cast):
    assert status("kommunikation", None).words == "Inget registrerat"
    for state in ("planned", "done", "suggested"):
        CommunicationActivity.objects.create(
            cycle=cast.cycle, title=state, owner="Presschef", audience="Boende", channel="Webb", state=state
        )
        if state == "planned":
            found = status("kommunikation", None)
            assert (found.words, found.note) == ("1 aktivitet", "0 av 1 genomförd i år")
    found = status("kommunikation", None)
    assert (found.words, found.note) == ("2 aktiviteter", "1 av 2 genomförda i år")


def test_p29_the_citys_survey_comes_every_third_year(cast):
    assert status("matning", None).words == "Inget registrerat"
    source = DataSource.objects.create(
        code="trygghetsmatningen", name="Trygghetsmätningen", interval_months=36, latest_on=date(2023, 3, 1)
    )
    assert status("matning", None).words == "Ska genomföras senast 1 mars 2026"
    source.next_on = date(2025, 10, 1)
    source.save()
    assert status("matning", None).words == "Försenad"


# --- What waits for whom


def test_what_is_late_or_near_waits_for_those_who_can_do_something_about_it(cast, recorded):
    decided = date.today() - relativedelta(months=24) + timedelta(days=10)
    for district in (cast.district, cast.other_district):
        recorded(cast.cycle.year, district, first_decision=decided)
    (task,) = duties_that_are_near(cast.editor)
    assert (task.about, task.address) == ("Skärholmen", "/samverkan/skarholmen/lagkrav/#krav-uppfoljning")
    assert task.due == due_after(decided, 24)
    for person in (cast.police, cast.steering, cast.registrar, cast.external, cast.stranger, cast.administrator):
        assert duties_that_are_near(person) == []
    assert [task.about for task in duties_that_are_near(cast.neighbour)] == ["Farsta"]


def test_the_city_is_told_of_its_own_duties_and_not_of_each_districts(cast, recorded):
    recorded(cast.cycle.year, cast.district, first_decision=date.today() - relativedelta(months=30))
    cast.area_set.valid_from = date.today()
    cast.area_set.save()
    assert duties_that_are_near(cast.city_preparation) == []
    sign(cast, None, date.today() - relativedelta(months=13))
    (task,) = duties_that_are_near(cast.city_preparation)
    assert (task.text, task.is_late) == ("Följ upp den övergripande överenskommelsen i styrgruppen", True)


def test_what_others_tell_is_not_told_twice(cast):
    sign(cast, cast.district, date.today() - relativedelta(months=25))
    confirm_picture(cast.district, date.today() - relativedelta(months=25))
    assert duties_that_are_near(cast.editor) == []


def test_every_duty_that_waits_for_somebody_names_a_permission():
    assert all(isinstance(each, Permission) for duty in DUTIES for each in duty.acts)
