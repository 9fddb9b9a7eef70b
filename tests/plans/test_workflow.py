"""The steps of the plan: every step × state × person, what stands in the way, and what a step does."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from plans import comments, editing, versions, workflow
from plans.document import Action, Cause, Problem
from plans.enums import CommentKind, PlanState
from plans.loading import load_document
from plans.models import ActionPlan, Comment, FrozenFile, PlanStep, PlanVersion, Review
from plans.since import latest_event
from plans.workflow import Seen, StepRefused, take
from tests.cast import PEOPLE
from tests.plans import invariants, stages

EVERYBODY = (*PEOPLE, "anonymous")
STATES = ("draft", "shared", *PlanState.values[1:])
# What each step answers each person in each state, in the order of STATES: the state after it (by its initials),
# "no" for a step that cannot be taken from there, "403" for who may not, "404" for who may not even know.
ROWS = [
    line.split() for line in Path(__file__).with_name("transitions.txt").read_text().splitlines() if line[:1].isalpha()
]
TABLE = {(step, person): marks for step, person, *marks in ROWS}
MARKS = {
    PlanState.DRAFT: "draft",
    PlanState.IN_REVIEW: "review",
    PlanState.READY_FOR_DECISION: "ready",
    PlanState.DECIDED: "decided",
}


def test_the_table_has_every_step_every_person_and_every_state():
    assert set(TABLE) == {(step.name, person) for step in workflow.TRANSITIONS for person in EVERYBODY}
    assert {len(marks) for marks in TABLE.values()} == {len(STATES)}


@pytest.fixture
def whole(empty_plan, cast):
    """A plan that nothing stands in the way of."""
    stages.leave_out_empty_areas(empty_plan, cast.editor)
    return ActionPlan.objects.with_place().get()


def put(plan, state, step, cast):
    """Put the plan in a state as if it had walked there, with the marks the step asks for."""
    values = {"state": "draft", "shared_at": timezone.now()} if state == "shared" else {"state": state}
    ActionPlan.objects.filter(pk=plan.pk).update(**values)
    if step != "mark_reviewed":
        for party, by in (("city", cast.editor), ("police", cast.police)):
            Review.objects.create(plan=plan, party=party, by=by, event=latest_event(plan))


def outcome(plan, step, user):
    """Take the step as the person and say what came of it; nothing of it is kept."""
    with invariants.rolled_back():
        try:
            taken = take(
                ActionPlan.objects.filter(pk=plan.pk), step, by=user, reason="Så är det.", decision=stages.DECISION
            )
        except ActionPlan.DoesNotExist:
            return "404"
        except PermissionDenied:
            return "403"
        except StepRefused:
            return "no"
        assert ActionPlan.objects.get(pk=plan.pk).state == taken.to_state
        return MARKS[taken.to_state]


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("step", [step.name for step in workflow.TRANSITIONS])
def test_a_step_is_taken_by_those_and_from_where_the_table_says(whole, cast, step, state):
    put(whole, state, step, cast)
    users = {name: AnonymousUser() if name == "anonymous" else getattr(cast, name) for name in EVERYBODY}
    answers = {name: outcome(whole, step, user) for name, user in users.items()}
    assert answers == {name: TABLE[step, name][STATES.index(state)] for name in EVERYBODY}


# --- What stands in the way


def refusal(plan, step, by, **values):
    """The blockers' words, or the refusal itself where there are none."""
    with pytest.raises(StepRefused) as refused:
        take(plan, step, by=by, **values)
    return str(refused.value)


def test_an_area_without_problem_or_reason_stops_the_plan_from_review(empty_plan, cast):
    said = refusal(empty_plan, "send_for_review", cast.editor)
    assert "Systemhotande brottslighet saknar problemområde, eller ett skäl" in said
    situation = workflow.Situation(empty_plan, cast.editor)
    (blocker, *_) = workflow.blockers_of(workflow.BY_NAME["send_for_review"], situation)
    assert blocker.address.startswith("/planer/skarholmen/2025/omrade/1/#rad-")


def test_what_else_is_missing_does_not_stop_it(whole, cast):
    editing.add(whole, "problem", whole.planareas.first().uid, by=cast.editor)
    take(whole, "send_for_review", by=cast.editor)


@pytest.mark.parametrize("field", ["text", "goals", "when", "who"])
def test_a_personnummer_anywhere_in_a_row_stops_the_plan_and_says_where(whole, cast, field):
    editing.add(whole, "problem", whole.planareas.first().uid, by=cast.editor)
    action = whole.actions.get()
    editing.set_fields(whole, "action", action.uid, {field: "Ring 811228-9874"}, version=1, by=cast.editor)
    said = refusal(whole, "send_for_review", cast.editor)
    assert said.startswith("Åtgärd 1, problemområde 1") and "personnummer" in said
    assert "personnummer" in refusal(whole, "share", cast.editor)


@pytest.mark.parametrize(("marked", "missing"), [("editor", "Polisen"), ("police", "Stadsdelsförvaltningen")])
def test_both_parties_have_to_have_reviewed_and_the_missing_one_is_named(empty_plan, cast, marked, missing):
    plan = stages.reach(empty_plan, cast, "in_review")
    take(plan, "mark_reviewed", by=getattr(cast, marked))
    assert refusal(plan, "send_for_decision", cast.editor) == f"{missing} har inte markerat planen som granskad."


def test_a_change_after_a_review_asks_for_a_new_one(empty_plan, cast):
    plan = stages.reach(empty_plan, cast, "reviewed")
    editing.add(plan, "problem", plan.planareas.first().uid, by=cast.editor)
    said = refusal(plan, "send_for_decision", cast.editor)
    assert "Polisen har inte markerat planen som granskad efter den senaste ändringen." in said
    take(plan, "mark_reviewed", by=cast.police)
    take(plan, "mark_reviewed", by=cast.editor)
    assert take(plan, "send_for_decision", by=cast.editor).to_state == "ready_for_decision"


def test_an_open_must_fix_stops_the_decision_until_its_author_has_resolved_it(empty_plan, cast):
    plan = stages.reach(empty_plan, cast, "reviewed")
    comment = comments.write(plan, "Målet går inte att mäta.", CommentKind.MUST_FIX, by=cast.police)
    assert "En kommentar som måste åtgärdas är inte löst." in refusal(plan, "send_for_decision", cast.editor)
    comments.resolve(comment, by=cast.police)
    take(plan, "send_for_decision", by=cast.editor)


def test_a_must_fix_written_while_the_steering_group_reads_stops_the_decision(empty_plan, cast):
    plan = stages.reach(empty_plan, cast, "ready_for_decision")
    comments.write(plan, "Vi kan inte lova detta.", CommentKind.MUST_FIX, by=cast.police)
    assert "En kommentar som måste åtgärdas" in refusal(plan, "decide", cast.chair, decision=stages.DECISION)
    assert not PlanVersion.objects.exists()


def test_a_party_reviews_once_and_can_take_it_back(empty_plan, cast):
    plan = stages.reach(empty_plan, cast, "in_review")
    take(plan, "mark_reviewed", by=cast.police)
    assert "har redan markerat" in refusal(plan, "mark_reviewed", cast.police)
    step = take(plan, "withdraw_review", by=cast.police)
    assert step.told == "Tog tillbaka granskningen för polisen"
    assert not plan.reviews.exists()
    assert "inte markerat" in refusal(plan, "withdraw_review", cast.police)


@pytest.mark.parametrize("step", [step.name for step in workflow.TRANSITIONS if step.needs_reason])
@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_way_back_needs_a_reason(whole, cast, step, reason):
    (source,) = workflow.BY_NAME[step].sources
    put(whole, source, step, cast)
    by = cast.chair if step == "send_back" else cast.editor
    assert "Skriv varför" in refusal(whole, step, by, reason=reason)
    assert ActionPlan.objects.get().state == source


# --- What a step does


def test_sharing_is_logged_with_who_and_when_and_opens_the_draft_to_the_police(empty_plan, cast):
    visible = ActionPlan.objects.visible_to(cast.police)
    assert not visible.exists()
    take(empty_plan, "share", by=cast.editor)
    assert visible.get().shared_at
    step = PlanStep.objects.get()
    assert (step.by, step.told, step.from_state, step.to_state) == (
        cast.editor, "Delade utkastet med polisen", "draft", "draft",
    )  # fmt: skip
    assert "redan delat" in refusal(empty_plan, "share", cast.editor)


def test_sending_back_keeps_comments_and_history_and_clears_the_reviews(empty_plan, cast):
    plan = stages.reach(empty_plan, cast, "reviewed")
    comment = comments.write(plan, "Bra.", CommentKind.COMMENT, by=cast.police)
    take(plan, "send_for_decision", by=cast.editor)
    events = plan.events.count()
    step = take(plan, "send_back", by=cast.chair, reason=" Område 2 behöver ett tydligare mål. ")
    assert (step.reason, step.to_state) == ("Område 2 behöver ett tydligare mål.", "draft")
    assert Comment.objects.get() == comment
    assert not plan.reviews.exists()
    assert plan.events.count() == events


def test_a_decision_freezes_the_plan_as_it_stands(plan, cast, skarholmen):
    plan = stages.reach(plan, cast, "decided")
    version = PlanVersion.objects.get()
    assert (version.number, version.by, version.decided_on) == (1, cast.chair, date(2025, 3, 12))
    assert versions.document_of(version).areas == skarholmen.areas
    assert version.sha256 == versions.checksum(version.document)
    assert version.sum == skarholmen.counts()
    assert PlanStep.objects.first().told == (
        "Beslutade version 1: Lokal styrgrupp Skärholmen, Styrgruppsmöte 1, 12 mars 2025"
    )


def test_a_decided_plan_is_changed_only_through_a_new_version(empty_plan, cast):
    plan = stages.reach(empty_plan, cast, "decided")
    area = plan.planareas.first()
    with pytest.raises(PermissionDenied, match="Beslutad"):
        editing.add(plan, "problem", area.uid, by=cast.editor)
    take(plan, "start_version", by=cast.editor, reason="Ny lägesbild i Sätra.")
    editing.add(plan, "problem", area.uid, by=cast.editor)
    plan = ActionPlan.objects.get()
    assert (plan.state, plan.version, plan.shared_at) == ("draft", 2, None)


def test_version_1_is_in_force_until_version_2_is_decided(empty_plan, cast):
    plan = stages.reach(empty_plan, cast, "submitted")
    first = versions.in_force(plan)
    take(plan, "start_version", by=cast.editor, reason="Ny lägesbild.")
    assert not ActionPlan.objects.visible_to(cast.neighbour).exists()
    for reader in (cast.neighbour, cast.police, cast.city_preparation):
        assert PlanVersion.objects.visible_to(reader).get() == first
    stages.reach(plan, cast, "decided")
    assert versions.in_force(plan).number == 2
    # Not yet sent, so the city still reads the first.
    assert PlanVersion.objects.visible_to(cast.city_preparation).get() == first
    assert ActionPlan.objects.visible_to(cast.neighbour).exists()


# --- A page that no longer tells the truth


def test_what_was_pressed_on_a_stale_page_does_nothing_and_says_who_was_first(empty_plan, cast):
    plan = stages.reach(empty_plan, cast, "ready_for_decision")
    seen = workflow.seen_now(plan)
    take(plan, "send_back", by=cast.chair, seen=seen, reason="Mål saknas.")
    said = refusal(plan, "decide", cast.chair, seen=seen, decision=stages.DECISION)
    assert said.startswith("Planen har nu status Utkast: chair återremitterade planen")
    assert not PlanVersion.objects.exists()


def test_a_plan_that_has_come_back_to_the_same_state_is_not_what_was_seen(empty_plan, cast):
    plan = stages.reach(empty_plan, cast, "ready_for_decision")
    seen = workflow.seen_now(plan)
    take(plan, "recall", by=cast.editor, reason="Ett fel.")
    for stage in ("in_review", "reviewed", "ready_for_decision"):
        getattr(stages, f"_{stage}")(plan, cast)
    assert "status Klar för beslut" in refusal(plan, "decide", cast.chair, seen=seen, decision=stages.DECISION)


def test_who_reviews_has_read_what_stands_there(empty_plan, cast):
    plan = stages.reach(empty_plan, cast, "in_review")
    seen = workflow.seen_now(plan)
    editing.add(plan, "problem", plan.planareas.first().uid, by=cast.editor)
    assert "har ändrats sedan du öppnade sidan" in refusal(plan, "mark_reviewed", cast.police, seen=seen)


def test_the_other_partys_review_does_not_make_the_page_stale(empty_plan, cast):
    plan = stages.reach(empty_plan, cast, "in_review")
    seen = workflow.seen_now(plan)
    take(plan, "mark_reviewed", by=cast.editor, seen=seen)
    take(plan, "mark_reviewed", by=cast.police, seen=seen)
    assert plan.reviews.count() == 2


def test_seen_is_the_latest_step_and_the_latest_change(empty_plan, cast):
    assert workflow.seen_now(empty_plan) == Seen(0, latest_event(empty_plan))
    step = take(empty_plan, "share", by=cast.editor)
    assert workflow.seen_now(empty_plan) == Seen(step.pk, latest_event(empty_plan))


# --- What it costs


def actions(plan, cast, count):
    """Fill the plan's first area with so many actions."""
    rows = tuple(
        Action(order=at, text=f"Åtgärd {at}", goals="Mål", when="2025", who="Polisen") for at in range(1, count + 1)
    )
    problem = Problem(title="Problem", causes=(Cause(text="Orsak", actions=rows),))
    document = load_document(plan)
    first, *rest = document.areas
    filled = replace(document, areas=(replace(first, not_applicable_reason="", problems=(problem,)), *rest))
    editing.replace_content(plan, filled, by=cast.editor, summary="Fyllde planen")


@pytest.mark.parametrize("count", [2, 500])
def test_deciding_takes_as_many_queries_however_large_the_plan(empty_plan, cast, count, django_assert_max_num_queries):
    actions(empty_plan, cast, count)
    plan = stages.reach(empty_plan, cast, "ready_for_decision")
    # The plan is read with all its parts, 10; what its rows rest on and the city's goals are frozen with it, 4.
    # An open follow-up of the version before is looked for, 1.
    with django_assert_max_num_queries(29):
        take(plan, "decide", by=cast.chair, decision=stages.DECISION)
    assert not FrozenFile.objects.exists()  # made outside the request
