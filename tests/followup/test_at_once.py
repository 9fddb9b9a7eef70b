"""Two people at the same moment, on PostgreSQL: nothing is carried or frozen twice."""

from datetime import date

import pytest
from django.db import connection, transaction

from agreements.models import PlanningCycle
from followup import next_year
from followup.freezing import FOLLOW_UPS, freeze
from followup.models import AnnualReport, CarriedRow, PublishedReport, ReportDraft
from followup.report import drafts
from followup.report.publishing import AlreadyPublished, publish
from plans import editing
from plans.errors import EditRefused
from plans.models import ActionPlan
from tests.cast import Cast
from tests.followup.answered import answer_everything, follow_up_of
from tests.followup.decided import decided_plan
from tests.followup.published import DECISION as PUBLISHED_BY
from tests.followup.published import written_report
from tests.plans.test_concurrency import at_once

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite lets one writer in at a time"),
]


@pytest.fixture
def cast(transactional_db):
    return Cast()


@pytest.fixture
def follow_up(cast):
    PlanningCycle.objects.create(year=2026, area_set=cast.area_set)
    return answer_everything(follow_up_of(decided_plan(cast)), cast)


def carrying(follow_up, cast):
    uid = str(follow_up.plan.actions.get().uid)
    return lambda: next_year.carry(follow_up, {uid}, by=cast.editor)


def test_two_that_carry_the_same_action_into_a_draft_carry_it_once(follow_up, cast):
    editing.create_plan(cast.district, PlanningCycle.objects.get(year=2026), by=cast.editor)
    results = at_once(*[carrying(follow_up, cast)] * 2)
    assert sorted(result.count for result in results) == [0, 1]
    assert CarriedRow.objects.filter(kind="action").count() == 1


def test_two_that_begin_next_years_plan_begin_one(follow_up, cast):
    results = at_once(*[carrying(follow_up, cast)] * 2)
    assert ActionPlan.objects.filter(cycle__year=2026).count() == 1
    assert ActionPlan.objects.get(cycle__year=2026).actions.count() == 1
    assert any(not isinstance(result, EditRefused) for result in results)


def test_two_workers_keep_one_file_of_each_kind(follow_up, cast):
    approved = freeze(follow_up, approved_on=date(2026, 2, 3), body="Styrgruppen", meeting="", by=cast.chair)
    results = at_once(*[lambda: FOLLOW_UPS.make(FOLLOW_UPS.everything().get(pk=approved.pk))] * 2)
    assert results == [None, None]
    assert sorted(file.format for file in approved.files.all()) == ["pdf", "xlsx"]
    assert FOLLOW_UPS.differences(approved) == []


def test_of_two_who_publish_the_report_one_is_told_that_it_is_done(cast):
    report = written_report(cast)

    def publish_it():
        try:
            with transaction.atomic():
                locked = AnnualReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
                publish(locked, by=cast.city_steering, **PUBLISHED_BY)
        except AlreadyPublished:
            return "told"
        return "published"

    assert sorted(at_once(publish_it, publish_it)) == ["published", "told"]
    assert PublishedReport.objects.count() == 1


def test_of_two_who_ask_for_a_draft_of_the_report_both_get_the_same(cast):
    written_report(cast)
    first, second = at_once(*[lambda: drafts.ask_for(cast.cycle, by=cast.city_preparation)] * 2)
    assert first == second
    assert ReportDraft.objects.count() == 1
