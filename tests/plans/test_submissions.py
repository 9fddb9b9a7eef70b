"""A decided version on its way to the city, and the stadsdelsnämnd's own decision beside it."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from plans import submissions, workflow
from plans.loading import load_document
from plans.models import ActionPlan, BoardDecision, PlanStep, PlanVersion, Submission
from tests.cast import PEOPLE
from tests.plans import invariants, stages
from trygghet.workflow import StepRefused

EVERYBODY = (*PEOPLE, "anonymous")
STATES = ("not_sent", "sent", "acknowledged", "completion_requested")
# Step, person, then what comes of it in each state; everybody not named reads the version but may not ("403"),
# or is not to know of it ("404"): the city's groups before it is sent, and those without a role.
TABLE = """
submit              editor            sent  no    no    sent
acknowledge         city_preparation  404   acknowledged  no  no
request_completion  city_preparation  404   completion_requested  no  no
"""
ROWS = {(step, person): marks for step, person, *marks in map(str.split, TABLE.strip().splitlines())}
KNOWS_NOTHING = {"external", "stranger", "administrator", "anonymous"}
CITY = {"city_preparation", "city_steering"}


def expected(step, person, state):
    if (step, person) in ROWS:
        return ROWS[step, person][STATES.index(state)]
    if person in KNOWS_NOTHING or (person in CITY and state == "not_sent"):
        return "404"
    return "403"


@pytest.fixture
def version(empty_plan, cast):
    """A version that the local steering group has decided."""
    return stages.reach(empty_plan, cast, "decided").versions.get()


def reach(version, cast, state):
    """Take the version to a state of its submission."""
    if state == "not_sent":
        return
    submissions.take(version, "submit", by=cast.editor)
    if state == "acknowledged":
        submissions.take(version, "acknowledge", by=cast.city_preparation)
    if state == "completion_requested":
        submissions.take(version, "request_completion", by=cast.city_preparation, answer="Bilaga saknas.")


def outcome(version, step, user):
    with invariants.rolled_back():
        try:
            return submissions.take(version, step, by=user, answer="Så är det.").state
        except PlanVersion.DoesNotExist:
            return "404"
        except PermissionDenied:
            return "403"
        except StepRefused:
            return "no"


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("step", [step.name for step in submissions.SUBMISSION_TRANSITIONS])
def test_a_step_is_taken_by_those_and_from_where_the_table_says(version, cast, step, state):
    reach(version, cast, state)
    users = {name: AnonymousUser() if name == "anonymous" else getattr(cast, name) for name in EVERYBODY}
    answers = {name: outcome(version, step, user) for name, user in users.items()}
    assert answers == {name: expected(step, name, state) for name in EVERYBODY}


def test_sending_gives_a_receipt_number_and_is_told_in_the_log(version, cast):
    submission = submissions.take(version, "submit", by=cast.editor)
    assert submission.receipt_number == f"2025-{submission.pk:04d}"
    assert PlanStep.objects.first().told == "Skickade version 1 till staden"
    assert PlanStep.objects.first().by == cast.editor


def test_the_city_reads_nothing_before_the_version_is_sent(version, cast):
    assert not PlanVersion.objects.visible_to(cast.city_preparation).exists()
    assert not ActionPlan.objects.visible_to(cast.city_preparation).exists()
    submissions.take(version, "submit", by=cast.editor)
    assert PlanVersion.objects.visible_to(cast.city_preparation).get() == version
    assert ActionPlan.objects.visible_to(cast.city_preparation).exists()


def test_a_completion_needs_words_and_can_be_answered_by_sending_again(version, cast):
    reach(version, cast, "sent")
    with pytest.raises(StepRefused, match="vad som behöver kompletteras"):
        submissions.take(version, "request_completion", by=cast.city_preparation, answer="  ")
    asked = submissions.take(version, "request_completion", by=cast.city_preparation, answer="Mål i område 2.")
    assert (asked.answer, asked.answered_by) == ("Mål i område 2.", cast.city_preparation)
    again = submissions.take(version, "submit", by=cast.editor)
    assert again.pk != asked.pk
    assert list(version.submissions.values_list("state", flat=True)) == ["sent", "completion_requested"]


def test_an_answer_to_what_has_been_sent_anew_is_refused(version, cast):
    reach(version, cast, "completion_requested")
    seen = submissions.latest(version).pk
    submissions.take(version, "submit", by=cast.editor)
    with pytest.raises(StepRefused, match="Ditt tryck gjorde ingenting"):
        submissions.take(version, "acknowledge", by=cast.city_preparation, seen=seen)
    assert submissions.latest(version).state == "sent"


def test_an_old_version_is_not_sent_while_a_new_one_is_written(version, cast):
    workflow.take(version.plan, "start_version", by=cast.editor, reason="Ny lägesbild.")
    with pytest.raises(StepRefused, match="Version 2 skrivs nu"):
        submissions.take(version, "submit", by=cast.editor)
    version = PlanVersion.objects.with_place().get()
    assert submissions.open_steps(version, None, cast.editor) == []


def test_the_database_holds_one_open_submission_per_version(version, cast):
    submissions.take(version, "submit", by=cast.editor)
    with pytest.raises(IntegrityError), transaction.atomic():
        Submission.objects.create(version=version, by=cast.editor)


# --- The board


def test_the_registrar_records_the_boards_decision_and_the_plan_is_untouched(version, cast):
    before = load_document(version.plan)
    decision = submissions.record_board_decision(version, stages.BOARD, by=cast.registrar)
    assert (decision.paragraph, decision.diary_number) == ("§ 7", "SKA 2025/123")
    assert load_document(version.plan) == before
    assert ActionPlan.objects.get().state == "decided"
    step = PlanStep.objects.first()
    assert step.told == ("Registrerade nämndens beslut om version 1: Skärholmens stadsdelsnämnd, 24 april 2025, § 7")
    assert "SKA 2025/123" in step.reason and "Tertialrapport 1 2025" in step.reason


def test_a_record_is_corrected_and_both_are_told(version, cast):
    submissions.record_board_decision(version, stages.BOARD, by=cast.registrar)
    submissions.record_board_decision(version, replace(stages.BOARD, paragraph="§ 8"), by=cast.registrar)
    assert BoardDecision.objects.get().paragraph == "§ 8"
    told = [step.told for step in PlanStep.objects.filter(name="record_board_decision")]
    assert [words.split()[0] for words in told] == ["Rättade", "Registrerade"]


@pytest.mark.parametrize("person", [name for name in EVERYBODY if name != "registrar"])
def test_nobody_but_the_districts_registrar_records_it(version, cast, person):
    submissions.take(version, "submit", by=cast.editor)
    user = AnonymousUser() if person == "anonymous" else getattr(cast, person)
    expected = PlanVersion.DoesNotExist if person in KNOWS_NOTHING else PermissionDenied
    with pytest.raises(expected):
        submissions.record_board_decision(version, stages.BOARD, by=user)


def test_the_boards_decision_does_not_wait_for_the_city_nor_the_city_for_it(version, cast):
    submissions.record_board_decision(version, stages.BOARD, by=cast.registrar)
    submissions.take(version, "submit", by=cast.editor)
    submissions.take(version, "acknowledge", by=cast.city_preparation)
    assert BoardDecision.objects.visible_to(cast.city_preparation).exists()
