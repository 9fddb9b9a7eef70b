"""The annual report over the years: what was carried over from last year's plans, and the sums of earlier years."""

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from agreements.models import PlanningCycle
from followup import next_year
from followup.models import Obstacle, ObstacleStep
from followup.report import figures
from followup.report.figures import CARRIED_OUT
from followup.report.page import Page
from followup.report.reading import read_report
from plans import editing
from plans.models import ActionPlan
from plans.versions import freeze
from tests.cast import Cast
from tests.followup.answered import follow_up_of
from tests.followup.decided import DECISION, put_action
from tests.followup.published import published_report
from tests.followup.reported import hand_in, handed_in, sent
from tests.followup.test_report import put_districts

REPORT = "/arsrapport/2026/"


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def year_after(cast):
    """The year after, with the same areas."""
    return PlanningCycle.objects.create(year=2026, area_set=cast.area_set)


@pytest.fixture
def follow_up(cast):
    """Farsta's follow-up of the real plan of 2025, its 31 actions answered in every way."""
    return handed_in(cast)


def report_of(cast, cycle):
    return read_report(cast.city_preparation, cycle)


def go_on(follow_up, cast, number):
    """Carry so many actions over to 2026, add one, and let the plan be decided and sent; return it."""
    chosen = [action.uid for area in next_year.Source(follow_up).areas() for action in area.actions][:number]
    next_year.carry(follow_up, set(chosen), by=cast.neighbour)
    plan = ActionPlan.objects.with_place().get(cycle__year=2026)
    put_action(plan, cast, text="Något alldeles nytt")
    ActionPlan.objects.filter(pk=plan.pk).update(state="decided")
    plan = ActionPlan.objects.with_place().get(pk=plan.pk)
    freeze(plan, DECISION, by=cast.chair)
    sent(plan, cast)
    return plan


def test_what_was_carried_over_is_told_from_what_is_new_and_what_stopped(cast, follow_up, year_after):
    go_on(follow_up, cast, 4)
    page = Page(report_of(cast, year_after))
    changes = page.figures[figures.CHANGES]
    assert [changes.where(kind=kind).number for kind in ("carried", "new", "stopped")] == [4, 1, 27]
    assert changes.where(kind=("carried", "new")).number == page.figures[figures.COUNTED].where(kind="action").number
    assert "1 av 2 stadsdelar har planer att jämföra, 2025 och 2026. 4 av 5 åtgärder är förda vidare." in (
        page.changes.told
    )
    assert page.not_compared == "Skärholmen"


def test_what_stopped_leads_to_last_years_plan_and_what_went_on_to_this_years(cast, follow_up, year_after):
    go_on(follow_up, cast, 4)
    client = Client()
    client.force_login(cast.city_preparation)
    for kind, year, number in (("stopped", 2025, 27), ("carried", 2026, 4), ("new", 2026, 1)):
        rows = client.get(f"{REPORT}rader/?figur=F10&status={kind}").context["rows"]
        assert len(rows) == number
        address, _, anchor = rows[0].address.partition("#")
        assert address.startswith(f"/planer/farsta/{year}/version/1/omrade/")
        assert f'id="{anchor}"' in client.get(address).content.decode()
    assert rows[0].text == "Något alldeles nytt"


def test_a_district_without_a_plan_both_years_is_not_compared(cast, follow_up, year_after):
    page = Page(report_of(cast, year_after))
    assert page.figures[figures.CHANGES].number == 0
    assert page.changes.lines == []


def test_an_earlier_year_has_the_sums_of_its_own_report(cast, follow_up, year_after):
    obstacle = Obstacle.objects.create(
        district=cast.other_district, plan=follow_up.plan, title="Lyft", text="Text", reported_by=cast.editor,
        state="acknowledged", last_answer_at=timezone.now(), escalated_at=timezone.now(),
    )  # fmt: skip
    for name, to_state in (("escalate", "escalated_to_central"), ("acknowledge", "acknowledged")):
        ObstacleStep.objects.create(
            obstacle=obstacle, name=name, from_state="", to_state=to_state, by=cast.chair, told="Steg"
        )
    then = report_of(cast, cast.cycle).figures
    (earlier,) = report_of(cast, year_after).earlier
    assert (earlier.year, earlier.plans, earlier.reported) == (2025, 1, 1)
    assert earlier.actions == then[figures.COUNTED].where(kind="action").number == 31
    assert earlier.answered_actions == then[figures.STATUS].number == 31
    assert earlier.done == then[figures.STATUS].where(kind=CARRIED_OUT).number > 0
    assert earlier.goals == then[figures.GOALS].number
    assert earlier.met == then[figures.GOALS].where(kind="met").number > 0
    assert (earlier.obstacles, earlier.answered) == (1, 1)


def test_a_year_of_which_nothing_has_been_handed_in_has_a_dash_and_no_zero(cast, follow_up, year_after):
    now, before = Page(report_of(cast, year_after)).over_years
    assert (now.year, now.done, now.met, now.answered) == (2026, None, None, None)
    assert (before.done.number, before.done.of) == (13, 31)
    assert before.done.address.startswith("/arsrapport/2025/rader/?figur=F3&status=done&status=done_with_changes")


def test_the_first_year_has_nothing_to_be_compared_with(cast, follow_up):
    report = report_of(cast, cast.cycle)
    assert (report.earlier, report.changes) == ((), ())
    assert Page(report).over_years == []


def test_what_another_version_than_the_one_followed_up_says_is_no_part_of_last_year(cast, follow_up, year_after):
    plan = follow_up.plan
    ActionPlan.objects.filter(pk=plan.pk).update(state="draft", version=2)
    editing.remove(plan, "problem", plan.problems.first().uid, by=None)
    ActionPlan.objects.filter(pk=plan.pk).update(state="decided")
    plan = ActionPlan.objects.with_place().get(pk=plan.pk)
    freeze(plan, DECISION, by=cast.chair)
    sent(plan, cast)
    (earlier,) = report_of(cast, year_after).earlier
    assert earlier.actions == 31


@pytest.mark.parametrize("number", [11, 60])
def test_the_report_takes_as_many_queries_however_many_years_and_districts_there_are(
    cast, follow_up, year_after, number
):
    plan = go_on(follow_up, cast, 4)
    client = Client()
    client.force_login(cast.city_preparation)

    def asked():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(REPORT).status_code == 200
        return len(captured)

    asked()
    before = asked()
    put_districts(cast, follow_up.plan, number)
    for year in range(2010, 2020):
        PlanningCycle.objects.create(year=year, area_set=cast.area_set, follow_up_due=date(year + 1, 1, 15))
    assert asked() == before
    assert plan.year == 2026


def test_a_published_year_has_the_sums_that_were_published_whatever_comes_in_later(cast, year_after):
    published = published_report(cast)
    then = read_report(cast.city_preparation, cast.cycle).sums
    plan = ActionPlan.objects.with_place().get(district=cast.district)
    hand_in(follow_up_of(plan), cast)
    assert read_report(cast.city_preparation, cast.cycle).sums != then
    with CaptureQueriesContext(connection) as first:
        report = report_of(cast, year_after)
    assert report.earlier == (then,)
    assert published.report.year == 2025
    with CaptureQueriesContext(connection) as again:
        assert report_of(cast, year_after).earlier == (then,)
    assert len(again) == len(first) - 1  # the text is not read twice
