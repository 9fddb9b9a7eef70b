"""Goals that are seen in an indicator: baseline, target and outcome, and choosing them."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agreements.models import DataSource
from followup import opening
from followup.indicators import goals as goal_values
from followup.models import GoalIndicator
from plans import editing
from plans.afterwards import offers_of
from plans.enums import PlanState
from plans.models import ActionPlan, AreaTarget, OperationalGoal
from plans.versions import freeze
from tests.cast import Cast
from tests.followup.access.indicators import action_with_goal
from tests.followup.decided import DECISION
from tests.followup.measured import indicator, measured, shootings
from tests.followup.opened import opened_in_city


@pytest.fixture
def cast(db):
    return Cast()


@pytest.fixture
def plan(cast):
    return editing.create_plan(cast.district, cast.cycle, by=cast.editor)


@pytest.fixture
def goal(cast, plan):
    return OperationalGoal.objects.get(action=action_with_goal(cast, plan))


def chosen(goal, of, target, by, baseline=None):
    goal_values.choose(goal.plan, {str(goal.uid): (of, baseline, target and Decimal(target))}, by=by)


def value_of(goal):
    return goal_values.baseline_target_outcome(ActionPlan.objects.get(pk=goal.plan_id))[str(goal.uid)]


def test_a_goal_goes_from_the_latest_value_before_the_year_to_the_latest_in_or_after_it(cast, goal):
    of = indicator()
    for year, value in ((2022, 44), (2024, 42), (2025, 38), (2026, 36)):
        measured(of, year, value, cast.district)
    measured(of, 2025, 99, cast.other_district)
    measured(of, 2025, 98)
    chosen(goal, of, 37, cast.editor)
    found = value_of(goal)
    assert (found.before.value, found.target, found.outcome.value, found.is_met) == (42, 37, 36, True)
    assert found.words == (
        "Otrygga i bostadsområdet: från 42\N{NO-BREAK SPACE}procent 2024 mot 37\N{NO-BREAK SPACE}procent; "
        "utfall: 36\N{NO-BREAK SPACE}procent 2026. Målvärdet är nått."
    )


def test_an_outcome_that_is_not_there_yet_says_when_it_may_come(cast, goal):
    of = indicator()
    DataSource.objects.update(next_on=date(2096, 1, 1))
    measured(of, 2023, 42, cast.district)
    chosen(goal, of, 37, cast.editor)
    found = value_of(goal)
    assert found.is_met is None
    assert found.outcome_told == "inget mätvärde för 2025 än. Nästa mätning 1 januari 2096"
    assert "från 42" in found.words and found.verdict == ""


def test_a_baseline_that_was_written_goes_before_what_was_measured(cast, goal):
    of = indicator()
    measured(of, 2023, 42, cast.district)
    chosen(goal, of, 37, cast.editor, baseline=Decimal("40.5"))
    assert value_of(goal).baseline_told == "40,5\N{NO-BREAK SPACE}procent"


def test_a_goal_without_any_measurement_says_so(cast, goal):
    chosen(goal, indicator(), 37, cast.editor)
    assert value_of(goal).baseline_told == "nuläget är inte mätt"


@pytest.mark.parametrize(("wanted", "is_met"), [("down", True), ("up", False)])
def test_which_way_is_right_is_the_indicators_to_say(cast, goal, wanted, is_met):
    of = indicator(wanted=wanted)
    measured(of, 2025, 36, cast.district)
    chosen(goal, of, 37, cast.editor)
    assert value_of(goal).is_met is is_met


def test_an_outcome_whose_uncertainty_holds_the_target_is_no_certain_success(cast, goal):
    of = indicator()
    measured(of, 2025, 36, cast.district, low=33, high=39)
    chosen(goal, of, 37, cast.editor)
    assert value_of(goal).verdict == "Ingen säker skillnad mot målvärdet"


def test_a_small_count_says_neither_met_nor_how_many(cast, goal):
    of = shootings()
    measured(of, 2025, 3, cast.district)
    chosen(goal, of, 4, cast.editor)
    found = value_of(goal)
    assert (found.is_met, found.outcome_told) == (None, "färre än 5 2025")
    assert "3" not in found.words.replace("2025", "")


def test_a_small_count_that_was_written_as_the_baseline_is_not_told_either(cast, goal):
    chosen(goal, shootings(), 0, cast.editor, baseline=Decimal(3))
    assert value_of(goal).baseline_told == "färre än 5"


def test_made_up_values_say_so(cast, goal):
    of = indicator()
    measured(of, 2025, 36, cast.district, is_example=True)
    chosen(goal, of, 37, cast.editor)
    assert value_of(goal).words.endswith("Exempeldata.")


def test_a_plan_without_indicators_has_no_values(plan):
    assert goal_values.baseline_target_outcome(plan) == {}


def test_the_values_take_three_queries_however_many_goals(cast, goal):
    of = indicator()
    measured(of, 2025, 36, cast.district)
    plan = ActionPlan.objects.get(pk=goal.plan_id)

    def asked():
        with CaptureQueriesContext(connection) as captured:
            goal_values.baseline_target_outcome(plan)
        return len(captured)

    chosen(goal, of, 37, cast.editor)
    asked()
    before = asked()
    for number in range(20):
        another = OperationalGoal.objects.create(
            plan_id=goal.plan_id, action=goal.action, text="x", position=number + 9
        )
        chosen(another, of, 37, cast.editor)
    assert asked() == before <= 3


# --- When it can be measured (P29)


def test_p29_a_source_that_comes_after_the_year_is_told_when_the_goal_is_written(cast, goal):
    of = indicator()
    DataSource.objects.update(next_on=date(2026, 1, 1))
    of.refresh_from_db()
    assert goal_values.too_late(of, 2025) == (
        "Nästa Trygghetsmätningen är 2026. Målet går inte att följa upp vid årets slut. "
        "Välj en annan indikator, eller räkna med att utfallet kommer senare."
    )
    assert goal_values.too_late(of, 2026) == ""
    chosen(goal, of, 37, cast.editor)
    client = Client()
    client.force_login(cast.editor)
    assert "Målet går inte att följa upp vid årets slut." in client.get(address_of(goal)).content.decode()


def test_p29_a_source_that_comes_now_and_then_is_never_too_late(cast):
    of = indicator()
    DataSource.objects.update(interval_months=None, next_on=None)
    of.refresh_from_db()
    assert goal_values.too_late(of, 2025) == ""


# --- Choosing


def address_of(goal):
    return f"/planer/skarholmen/2025/rad/{goal.action_id}/indikatorer/"


@pytest.fixture
def client(cast):
    signed_in = Client()
    signed_in.force_login(cast.editor)
    return signed_in


def seen_by(client, goal):
    """What the page says is chosen for the goal, as it sends it back."""
    forms = client.get(address_of(goal)).context["forms"]
    return next(form["seen"].value() for form, _, _ in forms if str(form.goal.uid) == str(goal.uid))


def post(client, goal, **values):
    if "seen" not in values:
        values["seen"] = seen_by(client, goal)
    return client.post(address_of(goal), {f"mal-{goal.uid}-{name}": value for name, value in values.items()})


def test_a_choice_that_somebody_else_has_changed_meanwhile_is_asked_about_and_then_written(client, goal, cast):
    of, another = indicator(), indicator("oroliga", name="Oroliga")
    before = seen_by(client, goal)
    post(client, goal, indicator=another.pk, target="20", baseline="25,5")
    mine = {"indicator": of.pk, "target": "37,5", "baseline": ""}
    answer = post(client, goal, seen=before, **mine)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Nu står det: Oroliga, från 25,5 till 20 procent." in page and "37,5" in page
    assert GoalIndicator.objects.get().indicator == another
    again = answer.context["forms"][0][0]["seen"].value()
    assert post(client, goal, seen=again, **mine).status_code == 302
    assert GoalIndicator.objects.get().indicator == of


def test_a_goal_that_only_somebody_else_has_touched_is_left_as_it_is(client, goal, cast):
    of = indicator()
    before = seen_by(client, goal)
    post(client, goal, indicator=of.pk, target="20", baseline="")
    untouched = {"indicator": "", "target": "", "baseline": ""}
    assert post(client, goal, seen=before, **untouched).status_code == 302
    assert GoalIndicator.objects.get().indicator == of
    assert post(client, goal, seen="", **untouched).status_code == 422  # a page that does not say what it has read
    assert GoalIndicator.objects.exists()


def test_an_indicator_is_chosen_changed_and_taken_away(client, goal, cast):
    of = indicator()
    assert post(client, goal, indicator=of.pk, target="37,5", baseline="").status_code == 302
    row = GoalIndicator.objects.get()
    assert (row.indicator, row.baseline, row.target, row.by) == (of, None, Decimal("37.5"), cast.editor)
    post(client, goal, indicator=of.pk, target="36", baseline="41")
    assert GoalIndicator.objects.values_list("baseline", "target").get() == (41, 36)
    post(client, goal, indicator="", target="", baseline="")
    assert not GoalIndicator.objects.exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"indicator": "", "target": "37"}, "Välj vilken indikator"),
        ({"indicator": "own", "target": ""}, "Skriv målvärdet"),
        ({"indicator": "own", "target": "mindre"}, "Skriv med siffror"),
        ({"indicator": "999999", "target": "37"}, "Välj en indikator i listan"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_do_and_what_was_typed(client, goal, values, said):
    of = indicator()
    values = values | ({"indicator": of.pk} if values["indicator"] == "own" else {})
    answer = post(client, goal, **values, baseline="41,5")
    assert answer.status_code == 422
    assert said in answer.content.decode() and "41,5" in answer.content.decode()
    assert not GoalIndicator.objects.exists()


def test_the_page_takes_as_many_queries_however_many_goals(client, goal, cast):
    of = indicator()
    chosen(goal, of, 37, cast.editor)

    def asked():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(address_of(goal)).status_code == 200
        return len(captured)

    asked()
    before = asked()
    for position in range(2, 22):
        OperationalGoal.objects.create(plan_id=goal.plan_id, action=goal.action, text="Ett mål", position=position)
    assert asked() == before


def test_an_action_whose_goals_are_only_in_the_cell_is_led_to_where_they_are_written(client, goal):
    OperationalGoal.objects.all().delete()
    page = client.get(address_of(goal)).content.decode()
    assert "Här finns inga operativa mål inlagda ett och ett." in " ".join(page.split())


def test_what_is_decided_is_not_pointed_somewhere_else(client, goal):
    ActionPlan.objects.update(state=PlanState.DECIDED)
    assert post(client, goal, seen="none", indicator=indicator().pk, target="37").status_code == 403
    assert not GoalIndicator.objects.exists()


def test_the_way_there_is_offered_to_whoever_may_go_it(cast, goal):
    plan = ActionPlan.objects.get(pk=goal.plan_id)
    offers = offers_of(plan, cast.editor)[str(goal.action_id)]
    assert ("Målens indikatorer", address_of(goal)) in [(offer.label, offer.address) for offer in offers]
    assert "Målens indikatorer" not in str(offers_of(plan, cast.co_writer))
    plan.state = PlanState.DECIDED
    assert "Målens indikatorer" not in str(offers_of(plan, cast.editor))


def test_a_problem_has_no_goals_to_point(client, goal):
    problem = goal.action.problem_id
    assert client.get(f"/planer/skarholmen/2025/rad/{problem}/indikatorer/").status_code == 404


# --- On the follow-up's pages


def test_the_follow_up_of_an_action_shows_its_goals_from_baseline_to_outcome(client, goal, cast):
    of = indicator()
    measured(of, 2024, 42, cast.district)
    measured(of, 2025, 36, cast.district)
    chosen(goal, of, 37, cast.editor)
    ActionPlan.objects.update(state=PlanState.DECIDED)
    plan = ActionPlan.objects.with_place().get()
    freeze(plan, DECISION, by=cast.chair)
    opening.open(plan, by=cast.editor)
    page = client.get(reverse("followup:action", args=["skarholmen", 2025, goal.action_id]))
    shown = " ".join(page.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())
    assert "från 42 procent 2024 mot 37 procent; utfall: 36 procent 2025. Målvärdet är nått." in shown


def test_the_follow_up_of_the_citys_plan_shows_its_delmal_from_baseline_to_outcome(client, cast):
    follow_up = opened_in_city(cast)
    of = indicator()
    measured(of, 2024, 35)
    target = AreaTarget.objects.get(plan=follow_up.plan)
    goal_values.choose(follow_up.plan, {str(target.uid): (of, None, Decimal(30))}, by=cast.city_preparation)
    client.force_login(cast.city_preparation)
    page = client.get(reverse("followup:targets", args=["staden", 2025, 1]))
    shown = " ".join(page.content.decode().replace("\N{NO-BREAK SPACE}", " ").split())
    assert "från 35 procent 2024 mot 30 procent; utfall: inget mätvärde för 2025 än." in shown


# --- What a goal may be


def posted(goal, of, target, baseline=""):
    values = {"indicator": of.pk, "target": target, "baseline": baseline}
    return {f"mal-{goal.uid}-seen": "none"} | {f"mal-{goal.uid}-{name}": value for name, value in values.items()}


def choosing(goal, person):
    client = Client()
    client.force_login(person)
    place = [goal.plan.scope.slug, goal.plan.year, goal.action.uid]
    return client, reverse("followup:goal_indicators", args=place)


@pytest.mark.parametrize(
    ("is_counted", "target", "baseline", "said"),
    [
        (False, "150", "", "En andel är mellan 0 och 100 procent. Rätta talet."),
        (False, "-4", "", "En andel är mellan 0 och 100 procent. Rätta talet."),
        (False, "37", "142", "En andel är mellan 0 och 100 procent. Rätta talet."),
        (True, "-1", "", "Ett antal är 0 eller mer. Rätta talet."),
        (True, "2,5", "", "Ett antal är ett heltal. Skriv det utan punkt och komma."),
        (True, "1.234", "", "Ett antal är ett heltal. Menar du 1\N{NO-BREAK SPACE}234, skriv 1234."),
    ],
)
def test_a_target_that_can_never_be_is_refused_with_what_to_write(cast, goal, is_counted, target, baseline, said):
    of = shootings() if is_counted else indicator()
    client, address = choosing(goal, cast.editor)
    answer = client.post(address, posted(goal, of, target, baseline))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not GoalIndicator.objects.exists()


@pytest.mark.parametrize(
    ("wanted", "target", "is_doubted"), [("down", 45, True), ("down", 42, False), ("up", 37, True)]
)
def test_a_target_that_is_worse_than_the_baseline_is_stored_and_questioned(cast, goal, wanted, target, is_doubted):
    of = indicator(wanted=wanted)
    measured(of, 2023, 42, cast.district)
    client, address = choosing(goal, cast.editor)
    page = client.post(address, posted(goal, of, str(target)), follow=True).content.decode()
    assert GoalIndicator.objects.get().target == target
    assert ("Ett målvärde är sämre än nuläget." in page) is is_doubted
    told = f"Målvärdet {target} procent är sämre än nuläget, 42"
    assert (told in page.replace("\N{NO-BREAK SPACE}", " ")) is is_doubted
