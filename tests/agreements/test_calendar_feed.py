"""A person's own calendar: what is in it, for whom, and that an old address is dead at once."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.models import (
    Agreement,
    CalendarAddress,
    CollaborationGroup,
    District,
    GroupMembership,
    Meeting,
    PlanningCycle,
)
from agreements.year import calendar_feed
from tests.cast import START, Cast

SITE = "https://trygghet.example.org/"
TODAY = timezone.localdate()


@pytest.fixture
def cast(db):
    cast = Cast()
    PlanningCycle.objects.update(decision_due=date(2025, 3, 31), feedback_due=date(2026, 2, 28))
    Agreement.objects.create(
        district=cast.district, title="Lokal", area_set=cast.area_set, state="signed", signed_on=date(2025, 1, 31)
    )
    return cast


@pytest.fixture
def group(cast):
    return CollaborationGroup.objects.get(slug="local-steering-skarholmen")


def meet(group, **values):
    return Meeting.objects.create(**{"group": group, "title": "Styrgruppsmöte 1", "on": TODAY} | values)


def events(user):
    """The person's calendar parsed back: uid → event."""
    parsed = icalendar.Calendar.from_ical(calendar_feed.calendar_of(user, site=SITE))
    found = {str(event["uid"]): event for event in parsed.events}
    assert len(found) == len(parsed.events)
    return found


def summaries(user):
    return {str(event["summary"]) for event in events(user).values()}


# --- What is in it


def test_the_years_last_days_are_whole_days_that_make_nobody_busy(cast):
    event = events(cast.editor)["steg-2025-decision@trygghet.example.org"]
    assert event["summary"] == "Sista dag: Beslut i styrgruppen, 2025"
    assert (event.start, event.end) == (date(2025, 3, 31), date(2025, 4, 1))
    assert event["transp"] == "TRANSPARENT"
    assert event["url"] == SITE + "samverkan/skarholmen/arshjul/2025/"


def test_the_last_day_there_is_stops_nobodys_calendar(cast, group):
    PlanningCycle.objects.update(decision_due=date.max)
    meet(group, on=date.max, title="Felskrivet")
    meet(group, on=date.max, title="Sent", starts_at=time(23, 30))
    assert events(cast.chair)["steg-2025-decision@trygghet.example.org"].start == date.max


def test_the_citys_own_steps_are_in_the_calendars_of_those_who_sit_in_the_city(cast):
    told = "Sista dag: Återkoppling till stadsdelarna, 2025"
    assert told in summaries(cast.city_preparation)
    assert told not in summaries(cast.editor)


def test_p07_the_day_an_agreement_is_to_be_reviewed_is_in_the_district_s_calendars(cast):
    uid = "krav-skarholmen-overenskommelse@trygghet.example.org"
    assert events(cast.editor)[uid].start == date(2027, 1, 31)
    assert uid not in events(cast.neighbour)


def test_who_reads_neither_the_year_nor_the_duties_is_led_to_neither(cast):
    found = events(cast.external)
    assert set(found) == {"steg-2025-decision@trygghet.example.org"}
    assert not any("url" in event for event in found.values())


def test_a_meeting_has_its_time_in_the_city_and_its_place(cast, group):
    meeting = meet(group, on=date(2026, 7, 3), starts_at=time(9), ends_at=time(10, 30), place="Rådhuset")
    event = events(cast.chair)[f"mote-{meeting.pk}@trygghet.example.org"]
    stockholm = ZoneInfo("Europe/Stockholm")
    assert event.start == datetime(2026, 7, 3, 9, tzinfo=stockholm)
    assert event.end == datetime(2026, 7, 3, 10, 30, tzinfo=stockholm)
    assert event["location"] == "Rådhuset"
    assert event["summary"] == f"Styrgruppsmöte 1, {group.name}"


def test_a_meeting_without_a_time_takes_the_day_and_one_without_an_end_an_hour(cast, group):
    day, hour = meet(group), meet(group, starts_at=time(23, 30))
    found = events(cast.chair)
    assert found[f"mote-{day.pk}@trygghet.example.org"].start == TODAY
    late = found[f"mote-{hour.pk}@trygghet.example.org"]
    assert late.end - late.start == timedelta(hours=1)


def test_a_cancelled_meeting_is_still_there_and_says_so(cast, group):
    meeting = meet(group, state="cancelled")
    assert events(cast.chair)[f"mote-{meeting.pk}@trygghet.example.org"]["status"] == "CANCELLED"


def test_only_those_who_sit_in_a_group_have_its_meetings(cast, group):
    meet(group)
    told = f"Styrgruppsmöte 1, {group.name}"
    assert told in summaries(cast.steering)
    for person in (cast.editor, cast.neighbour, cast.city_preparation):
        assert told not in summaries(person)


def test_an_old_meeting_is_left_out(cast, group):
    meet(group, on=TODAY - timedelta(days=400))
    assert f"Styrgruppsmöte 1, {group.name}" not in summaries(cast.chair)


def test_a_meeting_that_is_moved_keeps_its_identity(cast, group):
    meeting = meet(group, on=date(2027, 3, 3))
    before = set(events(cast.chair))
    Meeting.objects.filter(pk=meeting.pk).update(on=date(2027, 3, 10), title="Nytt namn")
    assert set(events(cast.chair)) == before


def test_the_calendar_is_the_same_however_often_it_is_fetched(cast, group):
    now = timezone.now()
    first, again = (calendar_feed.calendar_of(cast.chair, site=SITE, now=now) for _ in range(2))
    assert first == again


def test_access_is_as_of_today(cast, group):
    meet(group)
    assert events(cast.chair)
    GroupMembership.objects.filter(user=cast.chair).update(valid_to=TODAY - timedelta(days=1))
    cast.chair = type(cast.chair).objects.get(pk=cast.chair.pk)
    assert events(cast.chair) == {}


def test_who_may_no_longer_sign_in_has_an_empty_calendar(cast, group):
    meet(group)
    cast.chair.is_active = False
    assert events(cast.chair) == {}


@pytest.mark.parametrize("person", ["stranger", "administrator"])
def test_who_sits_nowhere_has_an_empty_calendar(cast, person):
    assert events(getattr(cast, person)) == {}


def test_as_many_questions_are_asked_for_many_places_and_meetings_as_for_one(cast, group):
    def count(user):
        user = type(user).objects.get(pk=user.pk)
        with CaptureQueriesContext(connection) as queries:
            calendar_feed.calendar_of(user, site=SITE)
        return len(queries)

    meet(group)
    few = count(cast.chair)
    seat = GroupMembership.objects.get(user=cast.chair)
    for at in range(10):
        district = District.objects.create(
            name=f"D{at}", slug=f"d{at}", municipality=cast.municipality, valid_from=START
        )
        more = CollaborationGroup.objects.create(
            slug=f"g{at}", name=f"G{at}", level="local", kind="steering", district=district, valid_from=START
        )
        GroupMembership.objects.create(
            group=more, user=cast.chair, function=seat.function, organisation=seat.organisation, valid_from=START
        )
        meet(more)
    assert count(cast.chair) == few


# --- The address


def test_the_address_is_made_by_a_press_and_renewed_by_the_next(cast, settings):
    settings.SITE_URL = SITE
    browser, reader = Client(), Client()
    browser.force_login(cast.editor)
    assert "Du har ingen kalenderadress än." in browser.get("/samverkan/kalender/").content.decode()
    assert not CalendarAddress.objects.exists()
    browser.post("/samverkan/kalender/")
    first = calendar_feed.address_of(cast.editor).secret
    assert f"http://testserver/kalender/{first}.ics" in browser.get("/samverkan/kalender/").content.decode()
    answer = reader.get(f"/kalender/{first}.ics")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    assert b"steg-2025-decision@trygghet.example.org" in answer.content
    browser.post("/samverkan/kalender/")
    second = calendar_feed.address_of(cast.editor).secret
    assert first != second
    assert reader.get(f"/kalender/{first}.ics").status_code == 404
    assert reader.get(f"/kalender/{second}.ics").status_code == 200


def test_an_address_cannot_be_guessed(cast):
    assert len(calendar_feed.renew(cast.editor).secret) >= 43  # 32 random bytes
    assert Client().get("/kalender/hemlig.ics").status_code == 404


def test_each_persons_address_is_their_own(cast):
    assert calendar_feed.renew(cast.editor).secret != calendar_feed.renew(cast.police).secret
    assert calendar_feed.owner_of(calendar_feed.address_of(cast.police).secret) == cast.police
