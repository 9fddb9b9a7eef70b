"""What the plans put before a group, and what a steering group's meeting decides about a plan."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from agreements.agenda import proposals_for
from agreements.enums import GroupKind
from agreements.meetings import pdf as minutes_pdf
from agreements.meetings import workflow as meetings
from agreements.models import CollaborationGroup, GroupMembership, Meeting, PlanningCycle, PriorityArea
from plans import comments, editing, meeting_outcomes, workflow
from plans.enums import CommentKind, PlanState
from plans.models import ActionPlan, PlanVersion, Submission
from tests.plans import stages
from tests.plans.pressing import Browser, said, words
from trygghet.workflow import StepRefused

TODAY = timezone.localdate()


@pytest.fixture
def steering(cast):
    return CollaborationGroup.objects.get(slug="local-steering-skarholmen")


@pytest.fixture
def preparation(cast):
    return CollaborationGroup.objects.get(slug="local-preparation-skarholmen")


@pytest.fixture
def ready(empty_plan, cast):
    """Skärholmen's plan, ready for decision."""
    return stages.reach(empty_plan, cast, "ready_for_decision")


@pytest.fixture
def meeting(cast, steering):
    return meetings.call(steering, by=cast.chair, on=TODAY)


def subjects(group, user):
    return [proposal.subject for proposal in proposals_for(group, user)]


def of_kind(found, kind):
    return [proposal for proposal in found if proposal.subject.split(":")[2:3] == [kind]]


# --- What waits


def test_a_plan_ready_for_decision_waits_first_for_its_own_steering_group(cast, ready, steering, preparation):
    first, *_ = proposals_for(steering, cast.chair)
    assert first.is_decision
    assert first.title == "Beslut om åtgärdsplan 2025, Skärholmen"
    assert first.address == reverse("plans:decision_basis", args=["skarholmen", 2025])
    assert first.since == TODAY
    assert not [each for each in proposals_for(preparation, cast.editor) if each.is_decision]
    assert subjects(CollaborationGroup.objects.get(slug="local-preparation-farsta"), cast.neighbour) == []


def test_what_must_be_mended_waits_in_a_line_for_each_plan(cast, empty_plan, preparation):
    stages.reach(empty_plan, cast, "shared")
    for text in ("Saknar mål", "Saknar ansvarig"):
        comments.write(empty_plan, text, CommentKind.MUST_FIX, by=cast.police)
    (found,) = of_kind(proposals_for(preparation, cast.editor), "must-fix")
    assert found.title == "2 kommentarer som måste åtgärdas i åtgärdsplan 2025, Skärholmen"
    assert found.address.endswith("/planer/skarholmen/2025/kommentarer/?visa=maste")


def test_an_external_party_in_the_group_is_not_told_of_a_plan_that_is_not_decided(cast, plan):
    """Everybody in a group reads its agenda and papers: what a draft gives rise to waits until all may read it."""
    stages.leave_out_empty_areas(plan, cast.editor)
    stages.reach(plan, cast, "shared")
    group = CollaborationGroup.objects.get(slug="local-working-skarholmen")
    comments.write(plan, "Saknar mål", CommentKind.MUST_FIX, by=cast.editor)
    assert subjects(group, cast.working) == []
    made = meetings.call(group, by=cast.editor, on=TODAY)
    area = plan.planareas.filter(not_applicable_reason="").first()
    assert meetings.take_up(made, [f"plan:{plan.pk}:area:{area.pk}"], by=cast.editor) == []
    GroupMembership.objects.filter(user=cast.external).update(valid_to=TODAY - timedelta(days=1))
    assert of_kind(proposals_for(group, cast.working), "area")
    assert of_kind(proposals_for(group, cast.working), "must-fix")


def test_m6_an_area_that_has_been_on_no_agenda_this_year_waits(cast, plan, preparation):
    """M6: a whole year does not pass without an agreed area being spoken of."""
    stages.leave_out_empty_areas(plan, cast.editor)
    stages.reach(plan, cast, "shared")
    areas = of_kind(proposals_for(preparation, cast.editor), "area")
    assert len(areas) == plan.planareas.filter(not_applicable_reason="").count()
    made = meetings.call(preparation, by=cast.editor, on=TODAY)
    meetings.take_up(made, [areas[0].subject], by=cast.editor)
    assert areas[0].subject not in subjects(preparation, cast.editor)
    meetings.WORKFLOW.take(made, "cancel", by=cast.editor, reason="Förfall.")
    assert areas[0].subject in subjects(preparation, cast.editor)  # it was never held
    Meeting.objects.filter(pk=made.pk).update(on=TODAY.replace(year=TODAY.year - 1))
    assert areas[0].subject in subjects(preparation, cast.editor)


def test_m6_an_area_waits_for_a_group_that_reads_no_plan_too_and_is_spoken_of_once(cast):
    """P08, M6: the agreed areas are followed up every year, whether or not there is a plan to read."""
    group = CollaborationGroup.objects.get(slug="local-steering-skarholmen")
    PlanningCycle.objects.get_or_create(year=TODAY.year, defaults={"area_set": cast.area_set})
    areas = [each for each in proposals_for(group, cast.chair) if each.subject.startswith("area:")]
    assert [each.title for each in areas][0] == "Läget i området Unga i riskzon för destruktivt beteende"
    assert len(areas) == 5
    meetings.take_up(meetings.call(group, by=cast.chair, on=TODAY), [areas[0].subject], by=cast.chair)
    left = subjects(group, cast.chair)
    assert areas[0].subject not in left and areas[1].subject in left
    plan = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    ActionPlan.objects.filter(pk=plan.pk).update(state="decided")
    titles = [each.title for each in of_kind(proposals_for(group, cast.chair), "area")]
    assert plan.planareas.count() == 5 and len(titles) == 4 and areas[0].title not in titles


def test_p08_the_city_is_asked_about_every_area_also_one_its_plan_leaves_out(cast):
    city = CollaborationGroup.objects.get(level="city", kind="steering")
    plan = editing.create_plan(None, cast.cycle, by=cast.city_preparation)
    plan.planareas.update(not_applicable_reason="Drivs av länet.")
    ActionPlan.objects.filter(pk=plan.pk).update(state="decided")
    assert len(of_kind(proposals_for(city, cast.city_steering), "area")) == 5


def test_p20_a_working_group_is_asked_about_its_own_area_only(cast, plan):
    """P20: a working group has a focus area."""
    stages.reach(plan, cast, "shared")
    GroupMembership.objects.filter(user=cast.external).delete()  # who would not know of a plan that is not decided
    group = CollaborationGroup.objects.get(slug="local-working-skarholmen")
    group.focus_area = PriorityArea.objects.get(code="otrygga-platser")
    group.save()
    (area,) = of_kind(proposals_for(group, cast.working), "area")
    assert area.title == "Läget i området Otrygga och brottsutsatta platser"


def test_rows_changed_since_the_groups_last_meeting_wait_with_the_way_to_the_history_from_then(cast, plan, preparation):
    assert of_kind(proposals_for(preparation, cast.editor), "changed") == []  # it has never met
    held = meetings.call(preparation, by=cast.editor, on=TODAY - timedelta(days=3))
    meetings.WORKFLOW.take(held, "hold", by=cast.editor)
    stages.reach(plan, cast, "shared")
    action = plan.actions.first()
    editing.set_fields(plan, "action", action.uid, {"who": "Fältarna"}, version=action.version, by=cast.editor)
    (changed,) = of_kind(proposals_for(preparation, cast.editor), "changed")
    assert "rader har ändrats i åtgärdsplan 2025, Skärholmen" in changed.title
    client = Client()
    client.force_login(cast.editor)
    page = words(client.get(changed.address))
    assert "Fältarna" in page
    assert "Visa hela historiken" in page
    later = changed.address.replace(str(held.on), str(TODAY + timedelta(days=1)))
    assert "Inget har ändrats sedan" in words(client.get(later))


def test_a_held_meeting_is_not_its_own_last_meeting(cast, plan, preparation):
    """What has changed is told since the meeting before it, also in the minutes that are written afterwards."""
    stages.reach(plan, cast, "shared")
    made = meetings.WORKFLOW.take(meetings.call(preparation, by=cast.editor, on=TODAY), "hold", by=cast.editor)
    assert of_kind(meetings.waiting_for(made, cast.editor), "changed") == []  # it is the first
    before = meetings.call(preparation, by=cast.editor, on=TODAY - timedelta(days=3))
    meetings.WORKFLOW.take(before, "hold", by=cast.editor)
    (changed,) = of_kind(meetings.waiting_for(made, cast.editor), "changed")
    assert changed.since == before.on
    assert of_kind(meetings.waiting_for(before, cast.editor), "changed") == []
    (next_time,) = of_kind(proposals_for(preparation, cast.editor), "changed")
    assert next_time.since == made.on


def test_an_area_that_is_taken_up_is_not_said_to_have_been_on_no_agenda(cast, plan, preparation):
    stages.reach(plan, cast, "shared")
    made = meetings.call(preparation, by=cast.editor, on=TODAY)
    area = of_kind(meetings.waiting_for(made, cast.editor), "area")[0]
    assert f"Inte uppe på något av gruppens möten {TODAY.year}." in words(meeting_page(cast.editor, made))
    (item,) = meetings.take_up(made, [area.subject], by=cast.editor)
    made = meetings.WORKFLOW.take(made, "hold", by=cast.editor)
    paper = minutes_pdf.minutes_html(made, cast.editor)
    assert item.title in paper
    assert "Inte uppe" not in paper


def test_what_the_person_may_not_read_is_not_told(cast, plan, steering, preparation):
    """A draft that has not been shared does not exist for the police, nor for the steering group until review."""
    assert subjects(preparation, cast.police) == []
    assert subjects(preparation, cast.editor) == []  # the police in the group would read it on the agenda
    stages.reach(plan, cast, "shared")
    assert subjects(preparation, cast.editor)
    assert subjects(preparation, cast.police)
    assert subjects(steering, cast.chair) == []


def test_what_is_sent_in_waits_for_the_citys_preparation_group_until_it_is_received(cast, empty_plan):
    city = CollaborationGroup.objects.get(slug="city-preparation-None")
    stages.reach(empty_plan, cast, "submitted")
    (sent,) = proposals_for(city, cast.city_preparation)
    assert sent.title == "Kvittera åtgärdsplan 2025, Skärholmen, version 1"
    assert sent.address == "/planer/skarholmen/2025/version/1/"
    stages._acknowledged(empty_plan, cast)
    assert proposals_for(city, cast.city_preparation) == []


def test_what_waits_is_found_with_as_many_queries_however_much_it_is(cast, plan, preparation):
    held = meetings.call(preparation, by=cast.editor, on=TODAY)
    meetings.WORKFLOW.take(held, "hold", by=cast.editor)
    stages.reach(plan, cast, "shared")
    comments.write(plan, "Rätta", CommentKind.MUST_FIX, by=cast.editor)

    def count():
        with CaptureQueriesContext(connection) as counted:
            proposals_for(preparation, cast.editor)
        return len(counted)

    count()
    before = count()
    for number in range(5):
        comments.write(plan, f"Rätta {number}", CommentKind.MUST_FIX, by=cast.editor)
        editing.add_area(plan, f"Eget område {number}", by=cast.editor)
    assert count() == before


# --- Decided in a meeting


@pytest.fixture
def chair(cast):
    return Browser(Client(), cast.chair)


def at_meeting(meeting, path="steg/besluta/"):
    return f"{path}?mote={meeting.pk}"


def test_the_decision_begins_with_what_is_known_of_the_meeting(cast, ready, meeting, chair):
    page = chair.get(at_meeting(meeting)).content.decode()
    for value in (TODAY.isoformat(), "steering skarholmen", meeting.title):
        assert f'value="{value}"' in page
    assert f"Beslutet skrivs också i protokollet från {meeting}." in words(chair.get(at_meeting(meeting)))
    basis = chair.get(at_meeting(meeting, "beslutsunderlag/"))
    assert basis.url == f"/planer/skarholmen/2025/steg/besluta/?mote={meeting.pk}"


def test_who_only_reads_the_plan_comes_from_the_agenda_to_the_basis(cast, ready, meeting):
    page = Browser(Client(), cast.steering).get(at_meeting(meeting, "beslutsunderlag/"))
    assert page.status_code == 200


DECISION = {"decided_on": TODAY.isoformat(), "body": "Lokal styrgrupp Skärholmen", "meeting": "Styrgruppsmöte 1"}


def test_a_decision_in_a_meeting_stands_in_its_minutes_and_leads_back_there(cast, ready, meeting, chair):
    meetings.take_up(meeting, [meeting_outcomes.decision_subject(ready)], by=cast.chair)
    carried = chair.open(at_meeting(meeting)) | {"mote": str(meeting.pk)}
    answer = chair.press("steg/besluta/", carried, **DECISION)
    item = meeting.items.get()
    assert item.decision == "Lokal styrgrupp Skärholmen beslutade om åtgärdsplan 2025, version 1."
    assert answer.url == meetings.notes_address(meeting, f"punkt-{item.pk}")
    assert PlanVersion.objects.get().meeting == "Styrgruppsmöte 1"


def test_a_plan_sent_back_in_a_meeting_stands_there_with_the_reason(cast, ready, meeting, chair):
    carried = chair.open(at_meeting(meeting, "steg/aterremittera/")) | {"mote": str(meeting.pk)}
    chair.press("steg/aterremittera/", carried, reason="Målen går inte att följa upp.")
    item = meeting.items.get()  # it was not on the agenda
    assert item.title == "Beslut om åtgärdsplan 2025, Skärholmen"
    assert item.decision == "steering skarholmen återremitterade åtgärdsplan 2025. Målen går inte att följa upp."
    ready.refresh_from_db()
    assert ready.state == PlanState.DRAFT


def held_saying(meeting, cast, decision):
    """The meeting, held, with the plan's decision on its agenda and that text as the decision; and the item."""
    (plan,) = ActionPlan.objects.all()
    (item,) = meetings.take_up(meeting, [meeting_outcomes.decision_subject(plan)], by=cast.chair)
    item = meetings.write(meeting, item.pk, {"decision": decision, "notes": "Sagt."}, read_version=1, by=cast.chair)
    meetings.attend(meeting, GroupMembership.objects.filter(user=cast.chair), "", read_version=1, by=cast.chair)
    return meetings.WORKFLOW.take(meeting, "hold", by=cast.chair), item


def approve(meeting, by):
    return meetings.WORKFLOW.take(meeting, "approve_minutes", by=by)


NOT_RECORDED = (
    "Punkt 1, Beslut om åtgärdsplan 2025, Skärholmen, har ett beslut i protokollet som inte är registrerat på planen. "
)


def test_minutes_that_say_the_plan_is_decided_are_not_approved_until_the_decision_is_recorded(
    cast, ready, meeting, chair
):
    """P21, P23: the decision takes effect on the plan; minutes alone would say what is not so."""
    meeting, item = held_saying(meeting, cast, "Planen beslutas")
    with pytest.raises(StepRefused) as refusal:
        approve(meeting, cast.chair)
    (blocker,) = refusal.value.blockers
    assert blocker.text == NOT_RECORDED + "Registrera det. Om planen inte beslutades, skriv att den bordlades."
    assert blocker.address == f"/planer/skarholmen/2025/beslutsunderlag/?mote={meeting.pk}"
    assert blocker.text in words(meeting_page(cast.chair, meeting, "meeting_step", "justera"))
    carried = chair.open(chair.get(at_meeting(meeting, "beslutsunderlag/")).url.split("2025/")[1])
    chair.press("steg/besluta/", carried | {"mote": str(meeting.pk)}, **DECISION)
    item.refresh_from_db()
    assert item.decision.splitlines() == [
        "Planen beslutas", "Lokal styrgrupp Skärholmen beslutade om åtgärdsplan 2025, version 1."
    ]  # fmt: skip
    assert approve(meeting, cast.chair).state == "minutes_approved"


def test_who_may_not_decide_is_told_who_records_the_decision(cast, ready, meeting):
    meeting, _ = held_saying(meeting, cast, "Planen beslutas")
    with pytest.raises(StepRefused, match="Styrgruppens ordförande eller sekreterare registrerar det."):
        approve(meeting, cast.editor)


@pytest.mark.parametrize("decided_at", [{"meeting": "Per capsulam"}, {"decided_on": TODAY - timedelta(days=1)}])
def test_a_decision_recorded_on_the_plan_itself_counts_by_its_day_or_the_meetings_name(
    cast, ready, meeting, decided_at
):
    meeting, _ = held_saying(meeting, cast, "Planen beslutas")
    decision = replace(stages.DECISION, **{"decided_on": meeting.on, "meeting": meeting.title} | decided_at)
    workflow.take(ready, "decide", by=cast.chair, decision=decision)
    assert approve(meeting, cast.chair).state == "minutes_approved"


def test_a_decision_of_another_day_and_meeting_is_not_this_meetings(cast, ready, meeting):
    meeting, item = held_saying(meeting, cast, "Planen beslutas")
    decision = replace(stages.DECISION, decided_on=TODAY - timedelta(days=1), meeting="Ett annat")
    workflow.take(ready, "decide", by=cast.chair, decision=decision)
    with pytest.raises(StepRefused) as refusal:
        approve(meeting, cast.chair)
    text, address, _ = refusal.value.blockers[0]
    assert text == NOT_RECORDED + "Det går inte att registrera nu. Ändra texten under Beslut så att den stämmer."
    assert address == meetings.notes_address(meeting, f"punkt-{item.pk}")


@pytest.mark.parametrize("decision", ["", "Styrgruppen bordlägger planen till nästa möte.", "Planen bordlades."])
def test_a_plan_that_was_postponed_does_not_stop_the_minutes(cast, ready, meeting, decision):
    meeting, _ = held_saying(meeting, cast, decision)
    assert approve(meeting, cast.chair).state == "minutes_approved"


@pytest.mark.parametrize(("is_sent_back", "decision"), [(False, "Planen återremitteras."), (True, "Planen beslutas.")])
def test_that_a_plan_was_sent_back_is_so_on_the_plan_too(cast, ready, meeting, chair, is_sent_back, decision):
    meeting, item = held_saying(meeting, cast, decision)
    if is_sent_back:
        workflow.take(ready, "send_back", by=cast.chair, reason="Målen.")
    with pytest.raises(StepRefused, match=NOT_RECORDED):
        approve(meeting, cast.chair)
    if not is_sent_back:
        path = "steg/aterremittera/"
        chair.press(path, chair.open(at_meeting(meeting, path)) | {"mote": str(meeting.pk)}, reason="Målen.")
        assert approve(meeting, cast.chair).state == "minutes_approved"


def test_from_closed_minutes_the_way_to_the_plan_takes_no_meeting_along(cast, ready, meeting):
    """Nothing is written in them any more; the plan's page would refuse the meeting."""
    meeting, _ = held_saying(meeting, cast, "Bordlades.")
    assert f"?mote={meeting.pk}" in meeting_page(cast.chair, meeting).content.decode()
    approve(meeting, cast.chair)
    page = meeting_page(cast.chair, meeting).content.decode()
    assert "/planer/skarholmen/2025/beslutsunderlag/" in page
    assert "?mote=" not in page


@pytest.fixture
def other_meetings(cast, steering, preparation):
    """Meetings in which the plan is not decided: of another group and place, cancelled, and none at all."""
    of_preparation = meetings.call(preparation, by=cast.editor, on=TODAY)
    cancelled = meetings.call(steering, by=cast.chair, on=TODAY - timedelta(days=9))
    meetings.WORKFLOW.take(cancelled, "cancel", by=cast.chair, reason="Förfall.")
    farsta = CollaborationGroup.objects.create(
        slug="farsta", name="Farsta", level="local", kind=GroupKind.STEERING, district=cast.other_district,
        valid_from=TODAY,
    )  # fmt: skip
    of_farsta = Meeting.objects.create(group=farsta, title="Farstas möte", on=TODAY)
    return [of_preparation.pk, cancelled.pk, of_farsta.pk, "00000000-0000-0000-0000-000000000000", "x"]


def test_a_forged_meeting_is_refused_and_nothing_is_decided(cast, ready, chair, other_meetings):
    carried = chair.open("steg/besluta/")
    for uid in other_meetings:
        opened = chair.get(f"steg/besluta/?mote={uid}")
        assert said(opened)[-1] == meeting_outcomes.NOT_SUCH_A_MEETING
        refused = chair.press("steg/besluta/", carried | {"mote": str(uid)}, **DECISION)
        assert refused.status_code == 422
        assert 'value="Styrgruppsmöte 1"' in refused.content.decode()  # what was typed is kept
    ready.refresh_from_db()
    assert ready.state == PlanState.READY_FOR_DECISION
    assert not PlanVersion.objects.exists()


def test_when_the_minutes_close_meanwhile_neither_the_decision_nor_the_minutes_are_written(
    cast, ready, meeting, chair, monkeypatch
):
    carried = chair.open(at_meeting(meeting)) | {"mote": str(meeting.pk)}
    monkeypatch.setattr(meeting_outcomes, "meeting_for", lambda plan, user, uid: meeting)
    meetings.WORKFLOW.take(meeting, "cancel", by=cast.chair, reason="Förfall.")
    answer = chair.press("steg/besluta/", carried, **DECISION)
    assert said(answer) == ["Mötet är inställt och ändras inte mer. Ingenting sparades."]
    ready.refresh_from_db()
    assert ready.state == PlanState.READY_FOR_DECISION
    assert not meeting.items.exists()
    assert not PlanVersion.objects.exists()


def test_p21_the_citys_steering_group_decides_the_citys_plan_in_its_meeting(cast):
    """P21, P23: the overarching handlingsplan is the city's steering group's to decide."""
    plan = editing.create_plan(None, cast.cycle, by=cast.city_preparation)
    stages.leave_out_empty_areas(plan, cast.city_preparation)
    ActionPlan.objects.filter(pk=plan.pk).update(state=PlanState.READY_FOR_DECISION)
    GroupMembership.objects.filter(user=cast.city_steering).update(is_chair=True)
    group = CollaborationGroup.objects.get(slug="city-steering-None")
    made = meetings.call(group, by=cast.city_steering, on=TODAY)
    (waiting,) = [each for each in proposals_for(group, cast.city_steering) if each.is_decision]
    assert waiting.title == "Beslut om övergripande handlingsplan 2025, staden"
    client = Client()
    client.force_login(cast.city_steering)
    address = client.get(f"{waiting.address}?mote={made.pk}").url
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([\w-]+)"', client.get(address).content.decode())
    client.post(address, dict(hidden) | DECISION | {"body": "Central styrgrupp"})
    decision = made.items.get().decision
    assert decision == "Central styrgrupp beslutade om övergripande handlingsplan 2025, version 1."


# --- Who reads what stands on an agenda


@pytest.fixture
def drafted(cast, plan, preparation):
    """A meeting of the preparation group with something about a shared draft, then something of its own."""
    stages.reach(plan, cast, "shared")
    comments.write(plan, "Saknar mål", CommentKind.MUST_FIX, by=cast.police)
    made = meetings.call(preparation, by=cast.editor, on=TODAY)
    (about_the_plan,) = meetings.take_up(made, [f"plan:{plan.pk}:must-fix"], by=cast.editor)
    meetings.add_item(made, by=cast.editor, title="Nästa möte")
    return made, about_the_plan


NOT_ALL = "Punkter om planer som du inte läser visas inte här."


def meeting_page(user, meeting, name="meeting", *rest):
    return client_of(user).get(reverse(f"cooperation:{name}", args=["skarholmen", meeting.pk, *rest]))


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def test_who_reads_the_meeting_but_not_the_plan_does_not_see_what_is_about_the_plan(cast, drafted):
    """The steering group reads the preparation group's meetings, and a plan from review on (domain §3)."""
    made, item = drafted
    for reader in (cast.editor, cast.police):
        page = words(meeting_page(reader, made))
        assert item.title in page and NOT_ALL not in page
    for reader in (cast.steering, cast.chair):
        page = words(meeting_page(reader, made))
        assert item.title not in page and "Nästa möte" in page and NOT_ALL in page
    notes = words(meeting_page(cast.chair, made, "meeting_notes"))
    assert item.title not in notes and "Nästa möte" in notes and NOT_ALL in notes
    assert meeting_page(cast.chair, made, "agenda_item", item.pk).status_code == 404


def test_what_is_not_read_is_neither_moved_written_in_nor_taken_away(cast, drafted):
    made, item = drafted
    page = client_of(cast.chair)
    for name in ("agenda_up", "agenda_down", "agenda_remove"):
        assert page.post(reverse(f"cooperation:{name}", args=["skarholmen", made.pk, item.pk])).status_code == 404
    texts = {"notes": "Mitt", "decision": "", "row_version": item.row_version}
    page.post(reverse("cooperation:agenda_notes", args=["skarholmen", made.pk, item.pk]), texts)
    item.refresh_from_db()
    assert (item.position, item.notes) == (1, "")


def test_the_papers_of_a_meeting_are_for_whoever_prints_them(cast, drafted):
    made, item = drafted
    assert item.title in minutes_pdf.notice_html(made, cast.police)
    notice = minutes_pdf.notice_html(made, cast.steering)
    assert item.title not in notice and "Utdrag." in notice
    meetings.write(made, item.pk, {"notes": "Vi mildrar målet."}, read_version=1, by=cast.editor)
    meetings.WORKFLOW.take(made, "hold", by=cast.editor)
    made.refresh_from_db()
    assert "Vi mildrar målet." in minutes_pdf.minutes_html(made, cast.police)
    assert "Vi mildrar målet." not in minutes_pdf.minutes_html(made, cast.steering)


def test_minutes_are_approved_by_one_who_reads_them_all(cast, drafted):
    made, item = drafted
    meetings.attend(made, GroupMembership.objects.filter(user=cast.editor), "", read_version=1, by=cast.editor)
    meetings.WORKFLOW.take(made, "hold", by=cast.editor)
    with pytest.raises(StepRefused, match="Du läser inte alla punkter i protokollet."):
        meetings.WORKFLOW.take(made, "approve_minutes", by=cast.chair)
    assert item.title not in words(meeting_page(cast.chair, made, "meeting_step", "justera"))
    meetings.WORKFLOW.take(made, "approve_minutes", by=cast.police)


def test_from_review_on_the_steering_group_sees_it(cast, drafted, plan):
    made, item = drafted
    ActionPlan.objects.filter(pk=plan.pk).update(state=PlanState.IN_REVIEW)
    page = words(meeting_page(cast.steering, made))
    assert item.title in page and NOT_ALL not in page


def test_who_sits_in_the_group_reads_its_own_minutes_whatever_became_of_the_plan(cast, drafted, plan):
    """What is not yet in the minutes waits until the plan is shared again; what the group has said is its own."""
    made, item = drafted
    ActionPlan.objects.filter(pk=plan.pk).update(shared_at=None)
    assert item.title not in words(meeting_page(cast.police, made))
    meetings.WORKFLOW.take(made, "hold", by=cast.editor)
    made.refresh_from_db()
    assert item.title in words(meeting_page(cast.police, made))
    assert item.title not in words(meeting_page(cast.working, made))


def test_what_led_to_a_decided_version_is_read_with_it_also_when_the_plan_is_a_draft_again(cast, ready, meeting):
    subject = meeting_outcomes.decision_subject(ready)
    (item,) = meetings.take_up(meeting, [subject], by=cast.chair)
    workflow.take(ready, "decide", by=cast.chair, decision=replace(stages.DECISION, decided_on=meeting.on))
    ActionPlan.objects.filter(pk=ready.pk).update(state=PlanState.DRAFT, shared_at=None)
    assert item.title in words(meeting_page(cast.working, meeting))
    Meeting.objects.filter(pk=meeting.pk).update(on=TODAY + timedelta(days=1))
    assert item.title not in words(meeting_page(cast.working, meeting))


def test_what_was_sent_in_is_shown_to_those_who_read_what_is_sent(cast, empty_plan):
    plan = stages.reach(empty_plan, cast, "submitted")
    city = CollaborationGroup.objects.get(level="city", kind="preparation")
    made = meetings.call(city, by=cast.city_preparation, on=TODAY)
    submission = Submission.objects.get(version__plan=plan)
    (item,) = meetings.take_up(made, [f"submission:{submission.pk}"], by=cast.city_preparation)
    assert meetings.agenda_for(made, cast.city_preparation) == ([item], False)
    assert meetings.agenda_for(made, cast.external) == ([], True)


def test_an_agenda_asks_as_often_however_many_plans_it_is_about(cast, drafted):
    made, _ = drafted

    def count():
        with CaptureQueriesContext(connection) as counted:
            assert meetings.agenda_for(made, cast.chair).is_part
        return len(counted)

    count()  # and what the person may do is known
    before = count()
    for number in range(8):
        made.items.create(position=10 + number, title="Plan", subject=f"plan:{1000 + number}:must-fix")
    assert count() == before
