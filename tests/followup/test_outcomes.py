"""The follow-up of a decided plan: opening, who answers what, and the way to the steering group's approval."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from agreements.models import CollaborationGroup, GroupMembership, Organisation
from followup import opening, progress, writing
from followup.models import ActionOutcome, Assessment, FollowUp, Fulfilment, GoalOutcome
from followup.page import Sheet
from followup.parties import Register, answering_for
from followup.workflow import WORKFLOW
from plans import editing
from plans.models import GroupRow
from plans.versions import freeze
from tests.cast import Cast
from tests.followup.decided import DECISION, decided_plan, put_action
from tests.followup.opened import answer_all, decided_plan_with, handed_in, opened, opened_in_city
from trygghet.dates import day
from trygghet.workflow import StepRefused

PAGE = "/planer/skarholmen/2025/uppfoljning/"


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def follow_up(cast):
    return opened(cast)


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def walks(follow_up):
    """The first action: the administration's, the police's and others'."""
    return next(row for row in Sheet(follow_up).rows.values() if row.goals)


def form_of(form):
    """What a browser would send of a form's fields as they stand."""
    return {form.add_prefix(name): form[name].value() or "" for name in form.fields}


def answers_of(client, row, **changes):
    """Everything the action's page sends, with some of it changed: {"part-Polisen-answer": "yes"}."""
    page = client.get(f"{PAGE}atgard/{row.uid}/")
    sent = {}
    for form in page.context["forms"].every:
        sent |= form_of(form)
    return sent | changes


# --- Opening (P15, P23)


def test_p15_the_follow_up_asks_of_each_action_party_goal_problem_and_area_and_is_empty(follow_up):
    assert ActionOutcome.objects.filter(follow_up=follow_up, status="", done="").count() == 2
    of_first = Fulfilment.objects.filter(follow_up=follow_up, row=walks(follow_up).uid)
    assert set(of_first.values_list("party", flat=True)) == {"Polisen", "Stadsdelsförvaltningen", "Trafikkontoret"}
    goals = GoalOutcome.objects.filter(follow_up=follow_up).order_by("position").values_list("goal", "text")
    assert list(goals) == [("1", "Fyra vandringar före sommaren."), ("2", "Tryggheten på torget ökar.")]
    assert Assessment.objects.filter(follow_up=follow_up, kind="problem").count() == 2
    assert Assessment.objects.filter(follow_up=follow_up, kind="area").count() == 1


def test_scenario_32_what_was_noted_during_the_year_stands_as_prefilled_text(cast):
    plan = decided_plan_with(cast)
    action = plan.actions.first()
    values = {"on": date(2025, 6, 12), "text": "Två träffar, 60 deltagare", "quantity": None, "unit": ""}
    progress.write(plan, action.uid, values, by=cast.co_writer)
    follow_up = opening.open(plan)
    outcome = ActionOutcome.objects.get(follow_up=follow_up, row=action.uid)
    assert "Två träffar, 60 deltagare" in outcome.done and outcome.status == ""
    assert follow_up.opened_by is None


def test_the_command_opens_what_is_due_once_and_nothing_before_its_day(cast):
    plan = decided_plan_with(cast)
    cycle = plan.cycle
    cycle.follow_up_opens = timezone.localdate() + timezone.timedelta(days=1)
    cycle.save()
    call_command("open_follow_ups", verbosity=0)
    assert not FollowUp.objects.exists()
    cycle.follow_up_opens = timezone.localdate()
    cycle.save()
    call_command("open_follow_ups", verbosity=0)
    call_command("send_reminders", verbosity=0)
    assert FollowUp.objects.filter(plan=plan).count() == 1


def test_a_plan_that_fails_keeps_no_other_district_waiting_and_is_named(cast, monkeypatch):
    failing, other = decided_plan_with(cast), decided_plan(cast, cast.other_district)
    cast.cycle.follow_up_opens = timezone.localdate()
    cast.cycle.save()
    really = opening.asked_in

    def asked_in(document, register):
        if document.district == failing.district.name:
            raise RuntimeError("trasig")
        return really(document, register)

    monkeypatch.setattr(opening, "asked_in", asked_in)
    with pytest.raises(CommandError, match=f"De här gick inte att öppna: {failing}"):
        call_command("open_follow_ups", verbosity=0)
    assert [each.plan for each in FollowUp.objects.all()] == [other]


def test_the_editor_opens_it_with_a_button_and_a_get_writes_nothing(cast):
    decided_plan_with(cast)
    page = signed_in(cast.editor).get(PAGE)
    assert "Öppna uppföljningen" in page.content.decode() and not FollowUp.objects.exists()
    assert "Öppna uppföljningen" not in signed_in(cast.police).get(PAGE).content.decode()
    assert signed_in(cast.police).post(PAGE + "oppna/").status_code == 403
    for _ in range(2):  # nothing is done twice
        assert signed_in(cast.editor).post(PAGE + "oppna/").url == PAGE
    assert FollowUp.objects.get().opened_by == cast.editor


def test_p30_a_new_decision_while_it_is_open_adds_what_is_new_and_keeps_what_is_answered(cast, follow_up):
    plan = follow_up.plan
    first, second = walks(follow_up), next(row for row in Sheet(follow_up).rows.values() if not row.goals)
    ActionOutcome.objects.filter(pk=first.outcome.pk).update(status="done", at=timezone.now(), by=cast.editor)
    type(plan).objects.filter(pk=plan.pk).update(state="draft", version=2)
    plan.refresh_from_db()
    put_action(plan, cast, "En ny åtgärd", who="Polisen", goals="Ett mål.")
    editing.remove(plan, "action", second.uid, by=cast.editor)
    type(plan).objects.filter(pk=plan.pk).update(state="decided")
    plan.refresh_from_db()
    opening.reconcile(freeze(plan, DECISION, by=cast.chair))
    sheet = Sheet(FollowUp.objects.with_place().get(pk=follow_up.pk))
    assert [row.outcome.status for row in sheet.rows.values()] == ["done", ""]
    assert [row.place.text for row in sheet.rows.values()][1] == "En ny åtgärd"
    assert not ActionOutcome.objects.filter(row=second.uid).exists()


def test_p30_one_that_is_handed_in_is_not_approved_past_a_new_decision_and_goes_over_when_it_comes_back(cast):
    follow_up = handed_in(cast)
    plan = follow_up.plan
    type(plan).objects.filter(pk=plan.pk).update(state="draft", version=2)
    plan.refresh_from_db()
    put_action(plan, cast, "En ny åtgärd", who="Polisen")
    type(plan).objects.filter(pk=plan.pk).update(state="decided")
    plan.refresh_from_db()
    second = freeze(plan, DECISION, by=cast.chair)
    opening.reconcile(second)
    follow_up.refresh_from_db()
    assert follow_up.version_id != second.pk
    with pytest.raises(StepRefused, match="Version 2 av planen har beslutats"):
        WORKFLOW.take(follow_up, "approve", by=cast.chair, approved_on=date(2026, 1, 20), body="", meeting="")
    back = WORKFLOW.take(follow_up, "return", by=cast.chair, reason="En ny åtgärd har kommit till.")
    assert (back.state, back.version_id) == ("open", second.pk)
    assert ActionOutcome.objects.filter(follow_up=follow_up, status="").count() == 1


# --- Who answers what (P24)


def test_scenario_33_the_strategist_cannot_answer_for_the_police_and_missing_answers_are_listed(cast, follow_up):
    """P24: every party owns its word."""
    row = walks(follow_up)
    client = signed_in(cast.editor)
    page = client.get(f"{PAGE}atgard/{row.uid}/").content.decode()
    assert "Har inte svarat än. Bara de som sitter för parten kan svara." in page
    police = Fulfilment.objects.get(row=row.uid, party="Polisen")
    sent = answers_of(client, row) | {f"part-{police.pk}-answer": "yes", f"part-{police.pk}-row_version": "1"}
    for address in (f"{PAGE}atgard/{row.uid}/", PAGE + "ataganden/"):
        answer = client.post(address, sent)
        assert answer.status_code == 403 and "Bara parten själv svarar" in answer.content.decode()
    police.refresh_from_db()
    assert police.answer == ""
    listed = client.get(PAGE + "ataganden/").content.decode()
    assert "<b>Polisen</b> ett svar saknas" in " ".join(listed.split())
    assert "Polisen har ett svar kvar" in client.get(PAGE).content.decode()


def test_the_police_answer_all_their_commitments_in_one_form_and_nothing_else(cast, follow_up):
    client, row = signed_in(cast.police), walks(follow_up)
    page = client.get(PAGE + "ataganden/")
    form = page.context["areas"][0][1][0][3]
    sent = form_of(form) | {form.add_prefix("answer"): "partly", form.add_prefix("comment"): "Tre av fyra vandringar."}
    assert client.post(PAGE + "ataganden/", sent).status_code == 302
    answered = Fulfilment.objects.get(row=row.uid, party="Polisen")
    assert (answered.answer, answered.comment, answered.by) == ("partly", "Tre av fyra vandringar.", cast.police)
    # The action's own fields are not theirs: they are no part of their form, and what is sent of them is not read.
    assert client.get(f"{PAGE}atgard/{row.uid}/").context["forms"].outcome is None
    client.post(f"{PAGE}atgard/{row.uid}/", {f"atgard-{row.outcome.pk}-status": "done"} | sent)
    assert ActionOutcome.objects.get(pk=row.outcome.pk).status == ""


def test_a_no_needs_a_few_words(cast, follow_up):
    client = signed_in(cast.police)
    form = client.get(PAGE + "ataganden/").context["areas"][0][1][0][3]
    answer = client.post(PAGE + "ataganden/", form_of(form) | {form.add_prefix("answer"): "no"})
    assert answer.status_code == 422 and "vad som inte blev gjort" in answer.content.decode()


def test_an_external_party_answers_its_own_rows_and_reads_no_others(cast, follow_up):
    client = signed_in(cast.external)
    page = client.get(PAGE + "ataganden/")
    text = page.content.decode()
    assert "Fastighetsägarna lagar belysningen" in text and "Trygghetsvandringar" not in text
    form = page.context["areas"][0][1][0][3]
    sent = form_of(form) | {form.add_prefix("answer"): "yes"}
    assert client.post(PAGE + "ataganden/", sent).status_code == 302
    assert Fulfilment.objects.get(party="Skafast").by == cast.external
    assert client.get(PAGE).status_code == 404


def test_a_seat_that_has_ended_or_is_in_another_district_answers_for_nobody(cast, follow_up):
    assert signed_in(cast.neighbour_police).get(PAGE + "ataganden/").status_code == 404
    GroupMembership.objects.filter(user=cast.police).update(valid_to=date(2024, 12, 31))
    assert signed_in(cast.police).get(PAGE + "ataganden/").status_code == 404


def test_in_the_steering_group_another_department_answers_and_the_own_sides_leave_it_to_their_preparation(
    cast, follow_up
):
    """P18: heads of other departments sit in the steering group, and nowhere else in the district."""
    assert not answering_for(cast.steering, follow_up.plan)
    department = Organisation.objects.get(slug="specialist_admin")
    GroupMembership.objects.filter(user=cast.steering).update(organisation=department)
    steering = type(cast.steering).objects.get(pk=cast.steering.pk)
    assert answering_for(steering, follow_up.plan).organisations == {department.pk}


def test_a_working_group_writes_of_the_rows_that_it_works_on(cast, follow_up):
    """P20: working groups follow up the plans; on their own rows."""
    row = walks(follow_up)
    group = CollaborationGroup.objects.get(slug="local-working-skarholmen")
    client = signed_in(cast.working)
    assert client.get(f"{PAGE}atgard/{row.uid}/").context["forms"].outcome is None
    GroupRow.objects.create(plan=follow_up.plan, group=group, row=row.place.problem.uid)
    sent = answers_of(client, row) | {
        f"atgard-{row.outcome.pk}-status": "done",
        f"atgard-{row.outcome.pk}-done": "Fyra.",
    }
    assert client.post(f"{PAGE}atgard/{row.uid}/", sent).status_code == 302
    assert ActionOutcome.objects.get(pk=row.outcome.pk).status == "done"


def test_a_co_writer_writes_where_the_own_organisation_is_named(cast, follow_up):
    client = signed_in(cast.co_writer)
    rows = Sheet(follow_up).rows.values()
    forms = [client.get(f"{PAGE}atgard/{row.uid}/").context["forms"].outcome is not None for row in rows]
    assert forms == [True, False]


# --- Writing


def test_scenario_34_not_measurable_is_refused_without_a_comment_and_counted_with_one(cast, follow_up):
    client, row = signed_in(cast.editor), walks(follow_up)
    goal = f"mal-{row.goals[1].pk}"
    answer = client.post(f"{PAGE}atgard/{row.uid}/", answers_of(client, row) | {f"{goal}-result": "not_measurable"})
    assert answer.status_code == 422 and "varför målet inte går att mäta" in answer.content.decode()
    assert GoalOutcome.objects.get(pk=row.goals[1].pk).result == ""
    sent = answers_of(client, row) | {f"{goal}-result": "not_measurable", f"{goal}-comment": "Ingen mätning i år."}
    assert client.post(f"{PAGE}atgard/{row.uid}/", sent).status_code == 302
    assert GoalOutcome.objects.filter(follow_up=follow_up, result="not_measurable").count() == 1
    grid = signed_in(cast.chair).get(PAGE).content.decode()
    assert '<span class="said-comment">Ingen mätning i år.</span>' in grid  # whoever reads the grid reads why


def test_what_a_goal_came_to_is_of_a_day_that_has_been(cast, follow_up):
    client, row = signed_in(cast.editor), walks(follow_up)
    on, today = f"mal-{row.goals[0].pk}-on", timezone.localdate()
    tomorrow = {on: str(today + timedelta(days=1))}
    answer = client.post(f"{PAGE}atgard/{row.uid}/", answers_of(client, row) | tomorrow)
    assert answer.status_code == 422 and "Ange den dag som utfallet gäller" in answer.content.decode()
    assert GoalOutcome.objects.get(pk=row.goals[0].pk).on is None
    own = f"atgard-{row.outcome.pk}"
    done = {f"{own}-status": "done", f"{own}-done": "Fyra.", on: str(today)}
    assert client.post(f"{PAGE}atgard/{row.uid}/", answers_of(client, row) | done).status_code == 302
    assert GoalOutcome.objects.get(pk=row.goals[0].pk).on == today


@pytest.mark.parametrize("status", ["not_done", "cancelled", "not_started"])
def test_what_was_not_done_needs_a_reason_and_the_text_is_kept(cast, follow_up, status):
    client, row = signed_in(cast.editor), walks(follow_up)
    own = f"atgard-{row.outcome.pk}"
    answer = client.post(
        f"{PAGE}atgard/{row.uid}/", answers_of(client, row) | {f"{own}-status": status, f"{own}-lesson": "Boka i tid."}
    )
    assert answer.status_code == 422
    assert "Skriv varför åtgärden är" in answer.content.decode() and "Boka i tid." in answer.content.decode()
    assert ActionOutcome.objects.get(pk=row.outcome.pk).status == ""


def test_a_stale_page_changes_nothing_and_shows_both_texts(cast, follow_up):
    client, row = signed_in(cast.editor), walks(follow_up)
    own, goal = f"atgard-{row.outcome.pk}", f"mal-{row.goals[0].pk}"
    sent = answers_of(client, row) | {
        f"{own}-status": "done", f"{own}-done": "Min text.", f"{goal}-result": "met",
    }  # fmt: skip
    ActionOutcome.objects.filter(pk=row.outcome.pk).update(done="Den andras text.", row_version=2)
    answer = client.post(f"{PAGE}atgard/{row.uid}/", sent)
    text = answer.content.decode()
    assert answer.status_code == 409 and "Min text." in text and "Den andras text." in text
    assert ActionOutcome.objects.get(pk=row.outcome.pk).done == "Den andras text."
    assert GoalOutcome.objects.get(pk=row.goals[0].pk).result == ""
    again = {name: value for form in answer.context["forms"].every for name, value in form_of(form).items()}
    assert client.post(f"{PAGE}atgard/{row.uid}/", again).status_code == 302
    assert ActionOutcome.objects.get(pk=row.outcome.pk).done == "Min text."


def test_a_personnummer_is_refused(cast, follow_up):
    client, row = signed_in(cast.editor), walks(follow_up)
    sent = answers_of(client, row) | {f"atgard-{row.outcome.pk}-done": "Samtal med 811228-9874."}
    answer = client.post(f"{PAGE}atgard/{row.uid}/", sent)
    assert answer.status_code == 422 and "personnummer" in answer.content.decode()


def test_saving_leads_to_the_next_action_if_that_was_asked_for(cast, follow_up):
    client = signed_in(cast.editor)
    first, second = Sheet(follow_up).rows.values()
    sent = answers_of(client, first) | {
        f"atgard-{first.outcome.pk}-status": "done", f"atgard-{first.outcome.pk}-done": "Fyra.", "sedan": "nasta",
    }  # fmt: skip
    assert client.post(f"{PAGE}atgard/{first.uid}/", sent).url == f"{PAGE}atgard/{second.uid}/"


def test_p24_an_assessment_says_how_sure_anyone_can_be(cast, follow_up):
    client, (row, *_) = signed_in(cast.editor), Assessment.objects.filter(follow_up=follow_up, kind="problem")
    address, name = f"{PAGE}bedomning/{row.row}/", f"bedomning-{row.pk}"
    sent = {f"{name}-row_version": "1", f"{name}-change": "better"}
    assert "Välj hur säkert det är" in client.post(address, sent).content.decode()
    assert client.post(address, sent | {f"{name}-certainty": "too_early"}).status_code == 302
    page = client.get(PAGE).content.decode()
    assert "Har minskat" in page and "För tidigt att säga" in page
    assert signed_in(cast.police).get(address).status_code == 403


def test_how_it_goes_is_said_in_words_that_everybody_sees(cast, follow_up):
    answer_all(follow_up)
    page = signed_in(cast.editor).get(PAGE).content.decode()
    assert re.search(r'<p class="said-light">\s*<span class="light light-green"></span>Går som planerat\s*</p>', page)


# --- The way to the approval (P26)


def test_it_is_not_handed_in_before_the_actions_goals_and_both_parties_are_answered(cast, follow_up):
    client = signed_in(cast.editor)
    page = client.get(PAGE + "steg/lamna-in/").content.decode()
    assert "Status saknas." in page and "Resultat saknas för 2 mål." in page
    assert "Polisen har inte svarat om ett åtagande. Bara polisen kan svara." in page
    answer_all(follow_up)
    Fulfilment.objects.filter(follow_up=follow_up, party="Polisen").update(answer="")
    with pytest.raises(StepRefused, match="Polisen har inte svarat"):
        WORKFLOW.take(follow_up, "submit", by=cast.editor)


def test_another_partys_missing_answer_is_listed_and_stops_nothing(cast, follow_up):
    answer_all(follow_up)
    client = signed_in(cast.editor)
    assert "Skafast har ett svar kvar" in client.get(PAGE + "steg/lamna-in/").content.decode()
    unseen = client.post(PAGE + "steg/lamna-in/", {})
    assert unseen.status_code == 422 and "Sidan saknar uppgift om vilken version du läste." in unseen.content.decode()
    answer = client.post(PAGE + "steg/lamna-in/", {"seen_state": "open"})
    assert answer.url == PAGE
    follow_up.refresh_from_db()
    assert follow_up.state == "submitted"


def test_p26_the_steering_group_returns_it_with_a_reason_or_approves_and_it_is_frozen(cast, time_machine):
    follow_up = handed_in(cast)
    chair = signed_in(cast.chair)
    assert chair.post(PAGE + "steg/skicka-tillbaka/", {"seen_state": "submitted"}).status_code == 422
    chair.post(PAGE + "steg/skicka-tillbaka/", {"seen_state": "submitted", "reason": "Mål 2 behöver en siffra."})
    follow_up.refresh_from_db()
    assert follow_up.state == "open"
    assert "Mål 2 behöver en siffra." in signed_in(cast.editor).get(PAGE).content.decode()
    time_machine.move_to(datetime(2026, 1, 20, 9, tzinfo=UTC), tick=False)
    WORKFLOW.take(follow_up, "submit", by=cast.editor)
    approval = {"seen_state": "submitted", "approved_on": "2026-01-20", "body": "Styrgruppen", "meeting": "Möte 4"}
    assert chair.post(PAGE + "steg/godkann/", approval).url == PAGE
    follow_up.refresh_from_db()
    assert follow_up.state == "approved"
    assert (follow_up.approved.body, follow_up.approved.meeting, follow_up.approved.by) == (
        "Styrgruppen", "Möte 4", cast.chair,
    )  # fmt: skip
    assert chair.post(PAGE + "steg/godkann/", approval).url == PAGE  # nothing is done twice
    assert "Godkänd 20 januari 2026" in chair.get(PAGE).content.decode()


def test_it_is_approved_after_it_was_handed_in_and_not_on_a_day_to_come(cast):
    follow_up, chair = handed_in(cast), signed_in(cast.chair)
    today = timezone.localdate()
    wrong = {
        "2025-03-11": "Planen beslutades 12 mars 2025.",
        today - timedelta(days=1): f"Uppföljningen lämnades in {day(today)}.",
        today + timedelta(days=1): "Dagen har inte varit än.",
    }
    for on, told in wrong.items():
        sent = {"seen_state": "submitted", "approved_on": str(on), "body": "Styrgruppen", "meeting": "Möte 4"}
        answer = chair.post(PAGE + "steg/godkann/", sent)
        assert answer.status_code == 422 and told in answer.content.decode()
    follow_up.refresh_from_db()
    assert follow_up.state == "submitted"


def test_what_is_handed_in_is_only_read_and_the_editor_may_take_it_back_with_a_reason(cast):
    follow_up = handed_in(cast)
    row, client = walks(follow_up), signed_in(cast.editor)
    page = client.get(f"{PAGE}atgard/{row.uid}/")
    assert page.status_code == 200 and page.context["forms"].every == []
    sent = {f"atgard-{row.outcome.pk}-status": "partly", f"atgard-{row.outcome.pk}-row_version": "1"}
    assert client.post(f"{PAGE}atgard/{row.uid}/", sent).status_code == 409
    assert ActionOutcome.objects.get(pk=row.outcome.pk).status == "done"
    client.post(PAGE + "steg/ta-tillbaka/", {"seen_state": "submitted", "reason": "En siffra var fel."})
    follow_up.refresh_from_db()
    assert follow_up.state == "open"


def test_only_the_chair_approves(cast):
    follow_up = handed_in(cast)
    for person in (cast.editor, cast.police, cast.steering):
        with pytest.raises(PermissionDenied):
            WORKFLOW.take(follow_up, "approve", by=person, approved_on=date(2026, 1, 20), body="", meeting="")


def test_the_city_reads_it_once_it_is_handed_in_and_another_district_never(cast, follow_up):
    city = signed_in(cast.city_preparation)
    assert city.get(PAGE).status_code == 404
    answer_all(follow_up)
    WORKFLOW.take(follow_up, "submit", by=cast.editor)
    assert city.get(PAGE).status_code == 200
    assert signed_in(cast.neighbour).get(PAGE).status_code == 404


def test_the_register_knows_the_words_the_plans_use(cast):
    register = Register(opened(cast).plan)
    found = [
        party.name for party in register.recognised("Skafast, lokalpolisområdet, Individ (stadsdelsförvaltningen)")
    ]
    assert found == ["Skafast", "Polisen", "Stadsdelsförvaltningen"]
    assert register.called("Kyrkan").organisation is None
    assert register.recognised("Politiker och trafikkontorets konsult") == []


def test_the_citys_plan_has_delmal_and_atagande_to_answer(cast):
    follow_up = opened_in_city(cast)
    client, page = signed_in(cast.city_preparation), "/planer/staden/2025/uppfoljning/"
    text = client.get(page).content.decode()
    assert "Färre unga rekryteras" in text and "Bemannar stationerna" in text and "Polisen har ett svar kvar" in text
    goal = GoalOutcome.objects.get(follow_up=follow_up)
    sent = {f"mal-{goal.pk}-row_version": "1", f"mal-{goal.pk}-result": "partly", f"mal-{goal.pk}-value": "112 unga"}
    assert client.post(page + "omrade/1/mal/", sent).status_code == 302
    assert "112 unga" in client.get(page).content.decode()
    assert "Polisen har inte svarat om ett åtagande" in client.get(page + "steg/lamna-in/").content.decode()


TOO_LATE = "Uppföljningen är inlämnad och går inte att ändra. Det du skrev sparades inte:"


def test_what_a_party_writes_while_it_is_handed_in_is_given_back(cast, follow_up):
    client, row = signed_in(cast.police), walks(follow_up)
    form = client.get(PAGE + "ataganden/").context["areas"][0][1][0][3]
    sent = form_of(form) | {form.add_prefix("answer"): "partly", form.add_prefix("comment"): "Tre av\r\nfyra."}
    answer_all(follow_up)
    WORKFLOW.take(follow_up, "submit", by=cast.editor)
    for address in (PAGE + "ataganden/", f"{PAGE}atgard/{row.uid}/"):
        answer = client.post(address, sent)
        assert answer.status_code == 409 and TOO_LATE in answer.content.decode()
        assert [text for _, text in answer.context["typed"]] == ["Delvis", "Tre av\nfyra."]
        assert ">Spara" not in answer.content.decode()
    assert Fulfilment.objects.get(row=row.uid, party="Polisen").comment == ""


def test_what_the_editor_writes_while_it_is_handed_in_is_given_back_under_its_labels(cast):
    follow_up = handed_in(cast)
    row, client = walks(follow_up), signed_in(cast.editor)
    own, goal = f"atgard-{row.outcome.pk}", f"mal-{row.goals[0].pk}"
    sent = {
        f"{own}-status": "done",
        f"{own}-lesson": "Boka i tid.",
        f"{goal}-value": "62 <b>",
        f"{goal}-on": "2025-11-30",
    }
    page = client.post(f"{PAGE}atgard/{row.uid}/", sent)
    assert page.status_code == 409 and TOO_LATE in page.content.decode()
    # The status is the stored one: nothing of it is lost.
    assert [label for label, _ in page.context["typed"]] == ["Lärdom", "Mål 1: Utfall", "Mål 1: Gäller den"]
    assert "62 &lt;b&gt;" in page.content.decode()
    summary = client.post(PAGE + "sammanfattning/", {f"sammanfattning-{follow_up.pk}-summary": "Ett år av vakanser."})
    assert summary.status_code == 409 and "Ett år av vakanser." in summary.content.decode()
    follow_up.refresh_from_db()
    assert follow_up.summary == ""


def test_what_closes_between_the_reading_and_the_saving_is_given_back_too(cast, follow_up, monkeypatch):
    client, row = signed_in(cast.police), walks(follow_up)
    form = client.get(PAGE + "ataganden/").context["areas"][0][1][0][3]
    sent = form_of(form) | {form.add_prefix("answer"): "partly", form.add_prefix("comment"): "Tre av fyra."}
    write = writing.write

    def closes_first(*args, **more):
        FollowUp.objects.filter(pk=follow_up.pk).update(state="submitted")
        return write(*args, **more)

    monkeypatch.setattr(writing, "write", closes_first)
    for address in (PAGE + "ataganden/", f"{PAGE}atgard/{row.uid}/"):
        FollowUp.objects.filter(pk=follow_up.pk).update(state="open")
        answer = client.post(address, sent)
        assert answer.status_code == 409 and "Tre av fyra." in answer.content.decode()


def test_opening_what_has_been_opened_says_how_it_stands(cast, follow_up):
    client = signed_in(cast.editor)
    for state, told in (
        ("open", "Uppföljningen är redan öppen, sedan"),
        ("submitted", "Uppföljningen är inlämnad och går inte att ändra. Den öppnades inte på nytt."),
        ("approved", "Uppföljningen är godkänd och går inte att ändra. Den öppnades inte på nytt."),
    ):
        FollowUp.objects.filter(pk=follow_up.pk).update(state=state)
        answer = client.post(PAGE + "oppna/")
        assert answer.url == PAGE
        said = [(message.level_tag, message.message) for message in get_messages(answer.wsgi_request)]
        assert [(tag, text.startswith(told)) for tag, text in said][-1:] == [("info", True)]
        follow_up.refresh_from_db()
        assert follow_up.state == state


# --- In the grid's own cell


def in_cell(client, row, verb="get", sent=None, cell="skriv"):
    return getattr(client, verb)(f"{PAGE}atgard/{row.uid}/?cell={cell}", sent, headers={"HX-Request": "true"})


def test_what_is_written_most_is_written_in_the_cell_and_what_remains_follows(cast, follow_up):
    client, row = signed_in(cast.editor), next(row for row in Sheet(follow_up).rows.values() if not row.goals)
    sent = form_of(in_cell(client, row).context["form"]) | {f"atgard-{row.outcome.pk}-status": "done"}
    assert "Skriv vad som har genomförts" in in_cell(client, row, "post", sent).content.decode()
    answer = in_cell(client, row, "post", sent | {f"atgard-{row.outcome.pk}-done": "Lampan lyser."})
    text = answer.content.decode()
    assert "Lampan lyser." in text and "1 av 2 åtgärder" in text and "<form" not in text
    assert ActionOutcome.objects.get(pk=row.outcome.pk).by == cast.editor


def test_a_stale_cell_shows_the_others_text_and_keeps_ones_own(cast, follow_up):
    client, row = signed_in(cast.editor), walks(follow_up)
    own = f"atgard-{row.outcome.pk}"
    sent = form_of(in_cell(client, row).context["form"]) | {f"{own}-status": "done", f"{own}-done": "Min text."}
    ActionOutcome.objects.filter(pk=row.outcome.pk).update(done="Den andras text.", row_version=2)
    text = in_cell(client, row, "post", sent).content.decode()
    assert "Min text." in text and "Den andras text." in text
    assert ActionOutcome.objects.get(pk=row.outcome.pk).done == "Den andras text."


def test_the_cell_is_no_way_past_who_may_write_or_when(cast):
    follow_up = handed_in(cast)
    row = walks(follow_up)
    sent = {f"atgard-{row.outcome.pk}-done": "Skrivet för sent.", f"atgard-{row.outcome.pk}-row_version": "1"}
    said = in_cell(signed_in(cast.editor), row, "post", sent).content.decode()
    assert "inlämnad och går inte att ändra. Det du skrev sparades inte:" in said and "Skrivet för sent." in said
    assert "Det gör trygghetsstrategen" not in said and "<form" not in said
    assert ActionOutcome.objects.get(pk=row.outcome.pk).done == "Gjort."
    FollowUp.objects.filter(pk=follow_up.pk).update(state="open")
    assert in_cell(signed_in(cast.police), row, "post", {}).status_code == 403
    assert in_cell(signed_in(cast.neighbour), row).status_code == 404
