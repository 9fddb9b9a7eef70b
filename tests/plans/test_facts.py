"""What is recorded of the plans, for the year and the duties; and where each finds the plan."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.facts import FACT_SOURCES, facts_of
from agreements.models import District, PlanningCycle
from agreements.year.steps import addresses_of
from plans import editing, workflow
from plans.contributions import facts as facts_of_the_plans
from plans.models import ActionPlan
from tests.cast import START
from tests.plans import stages

TODAY = timezone.localdate()


def facts_of_plans(district_ids, cycle):
    """Return every fact that the plans give, and no others."""
    found = {}
    for source in FACT_SOURCES:
        if source.__module__ == facts_of_the_plans.__name__:
            found |= source(district_ids, cycle)
    return found


@pytest.fixture
def recorded(cast):
    """Return the facts of Skärholmen's year, key → Fact."""

    def found():
        facts = facts_of_plans([cast.district.pk], cast.cycle)
        assert {district_id for _, district_id in facts} <= {cast.district.pk}
        return {key: fact for (key, _), fact in facts.items()}

    return found


STEPS = {
    "draft": {"draft"},
    "shared": {"draft", "draft_shared"},
    "in_review": {"draft", "draft_shared", "review"},
    "reviewed": {"draft", "draft_shared", "review"},
    "ready_for_decision": {"draft", "draft_shared", "review"},
    "decided": {"draft", "draft_shared", "review", "decision", "first_decision"},
    "submitted": {"draft", "draft_shared", "review", "decision", "first_decision", "submission"},
}


@pytest.mark.parametrize("stage", STEPS)
def test_each_step_of_a_plan_is_recorded_when_it_is_taken(empty_plan, cast, recorded, stage):
    stages.reach(empty_plan, cast, stage)
    assert set(recorded()) == STEPS[stage]


def test_p16_the_decision_the_submission_and_the_boards_decision_have_their_own_days(empty_plan, cast, recorded):
    stages.reach(empty_plan, cast, "board")
    found = recorded()
    assert found["decision"].on == stages.DECISION.decided_on
    assert found["board"].on == date(2025, 4, 24)
    assert found["submission"].on == found["acknowledged"].on == TODAY
    assert found["board"].told == "Version 1 beslutad i nämnden 24 april 2025, lämnad med Tertialrapport 1 2025"


def test_nothing_is_recorded_where_there_is_no_plan(recorded):
    assert recorded() == {}


def test_a_plan_that_is_sent_back_before_it_was_decided_has_not_been_on_review(empty_plan, cast, recorded):
    plan = stages.reach(empty_plan, cast, "in_review")
    workflow.take(plan, "return_to_draft", by=cast.editor, reason="Mer behöver skrivas.")
    assert "review" not in recorded()


def test_what_the_first_version_has_done_stays_done_while_the_next_is_written(empty_plan, cast, recorded):
    plan = stages.reach(empty_plan, cast, "submitted")
    workflow.take(plan, "start_version", by=cast.editor, reason="Läget har ändrats.")
    assert {"review", "decision", "submission"} <= set(recorded())


def test_the_latest_decided_version_counts(empty_plan, cast, recorded):
    plan = stages.reach(empty_plan, cast, "submitted")
    plan.versions.model.objects.create(
        plan=plan, number=2, document="{}", sha256="0" * 64, facts={}, counts=[],
        decided_on=date(2025, 6, 3), body="Styrgruppen", meeting="2",
    )  # fmt: skip
    found = recorded()
    assert (found["decision"].on, found["first_decision"].on) == (date(2025, 6, 3), stages.DECISION.decided_on)


def test_another_year_has_its_own_facts_but_the_first_decision_is_of_any(empty_plan, cast):
    stages.reach(empty_plan, cast, "decided")
    other = PlanningCycle.objects.create(year=2026, area_set=cast.area_set)
    assert {key for key, _ in facts_of_plans([cast.district.pk], other)} == {"first_decision"}


def test_the_facts_of_all_districts_take_as_many_questions_as_those_of_one(empty_plan, cast):
    stages.reach(empty_plan, cast, "board")
    others = District.objects.bulk_create(
        District(name=f"D{at}", slug=f"d{at}", municipality=cast.municipality, valid_from=START) for at in range(289)
    )
    for district in others[:3]:
        editing.create_plan(district, cast.cycle, by=None)
    counts = []
    for ids in ([cast.district.pk], [None, cast.district.pk, *(district.pk for district in others)]):
        with CaptureQueriesContext(connection) as queries:
            facts_of_plans(ids, cast.cycle)
        counts.append(len(queries))
    assert counts == [4, 4]


def test_a_fact_costs_the_question_of_its_own_source_and_once(empty_plan, cast, django_assert_num_queries):
    stages.reach(empty_plan, cast, "board")
    facts = facts_of([cast.district.pk], cast.cycle)
    with django_assert_num_queries(1):
        assert ("decision", cast.district.pk) in facts
        assert ("board", cast.district.pk) in facts
        assert ("board", None) not in facts


def test_the_facts_reach_the_year(empty_plan, cast):
    assert facts_of([cast.district.pk], cast.cycle)["draft", cast.district.pk].told.startswith("Påbörjad ")


# --- Where the steps are taken


def addresses(user, cast):
    found = addresses_of(user, [cast.district.pk, None], cast.cycle)
    return {name: address for (name, place), address in found.items() if place == cast.district.pk}


def test_who_reads_the_plan_is_led_to_its_steps(empty_plan, cast):
    found = addresses(cast.editor, cast)
    assert found["draft"] == "/planer/skarholmen/2025/"
    assert found["decision"] == "/planer/skarholmen/2025/steg/"


def test_who_reads_the_plan_but_not_how_it_came_to_be_is_led_to_the_plan(empty_plan, cast, client):
    stages.reach(empty_plan, cast, "submitted")
    found = addresses(cast.city_preparation, cast)
    assert set(found.values()) == {"/planer/skarholmen/2025/"}
    client.force_login(cast.city_preparation)
    assert client.get(found["decision"]).status_code == 200


def test_who_does_not_read_the_draft_is_led_nowhere(empty_plan, cast):
    assert addresses(cast.police, cast) == addresses(cast.steering, cast) == {}


def test_who_writes_is_led_to_where_a_plan_begins(cast):
    assert addresses(cast.editor, cast) == {"draft": "/planer/skarholmen/2025/borja/"}
    assert addresses(cast.police, cast) == {}


def test_who_reads_only_the_version_in_force_is_led_to_it(empty_plan, cast):
    plan = stages.reach(empty_plan, cast, "submitted")
    ActionPlan.objects.filter(pk=plan.pk).update(version=2, state="draft", created_at=timezone.now() - timedelta(9))
    assert addresses(cast.city_preparation, cast)["board"] == "/planer/skarholmen/2025/version/1/"
