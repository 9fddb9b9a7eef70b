"""What the plan is said to lack: what the template and the city's programme ask for, where nothing tells of it."""

from dataclasses import replace

import pytest

from plans.completeness import gaps
from plans.document import Action, AreaSection, AreaTarget, Cause, OperationalGoal, PlanDocument, Problem

ASKED = ("I arbetet ska strategin mot att unga rekryteras och arbetet mot våldsbejakande extremism integreras.",)
TAKEN_IN = "Stöd till barn, äldre, kvinnor, hbtqi-personer och personer med funktionsnedsättning, mot rekrytering."


def plan_of(*actions, instructions=ASKED):
    """A plan of one problem with those actions, which take in what a plan is asked to unless they say otherwise."""
    cause = Cause(uid="c", text="Orsak", actions=tuple(actions))
    problem = Problem(uid="p", title="Rån", causes=(cause,))
    area = AreaSection(
        uid="a", number=1, code="x", title="Område", canonical_title="Område", sheet="1", problems=(problem,)
    )
    return PlanDocument(title="Plan", year=2025, district="Skärholmen", areas=(area,), instructions=instructions)


def action(order=1, text=TAKEN_IN, **fields):
    goals = {"goals": "Målet följs upp i december"} | fields
    return Action(uid=f"{order}", order=order, text=text, when="Maj", who="Enhetschef", **goals)


def texts(*actions):
    return [gap.text for gap in gaps(plan_of(*actions))]


def test_a_plan_that_takes_in_what_it_is_asked_to_lacks_nothing():
    assert texts(action()) == []


def test_p12_the_actions_with_the_soonest_effect_come_first():
    soon, late = {"effect_horizon": "immediate"}, {"effect_horizon": "long"}
    assert texts(action(1, **soon), action(2), action(3, **late)) == []
    told = "Åtgärderna under «Rån» står inte i ordning: de med omedelbar effekt först."
    assert texts(action(1, **late), action(2), action(3, **soon)) == [told]


def test_p13_the_actions_of_a_problem_hit_all_sides_of_the_triangle_together():
    sides = [action(1, triangle_sides=("offender",)), action(2, triangle_sides=("victim", "control"))]
    assert texts(*sides) == []
    assert texts(sides[0]) == ["Ingen åtgärd under «Rån» riktas mot den som kan utsättas och kontrollen på platsen."]


@pytest.mark.parametrize("words", ["rekrytering", "våldsbejakande extremism", "VBE"])
def test_p14_the_work_against_extremism_and_recruitment_is_woven_in(words):
    assert texts(action(text=TAKEN_IN.replace("rekrytering", words))) == []
    [told] = texts(action(text=TAKEN_IN.replace("rekrytering", "rån")))
    assert told.startswith("Ingen rad nämner arbetet mot våldsbejakande extremism eller mot rekrytering")


def test_p14_a_city_whose_template_does_not_ask_for_it_is_told_nothing():
    assert gaps(plan_of(action(text=TAKEN_IN.replace("rekrytering", "rån")), instructions=())) == []


def test_p27_the_perspectives_that_nothing_in_the_plan_tells_of_are_named():
    [told] = texts(action(text="Insatser mot rekrytering av barn"))
    assert told.startswith("Ingen rad nämner jämställdhet, funktionsnedsättning, hbtqi och äldre.")


def test_p30_how_the_plan_is_followed_up_is_settled_when_it_is_written():
    silent = action(goals="Färre rån")
    [told] = texts(silent)
    assert told.startswith("Inget i planen säger hur den ska följas upp.")
    assert texts(silent, action(2, goals="Andelen mäts i trygghetsmätningen")) == []
    assert texts(silent, action(2, operational_goals=(OperationalGoal(text="Färre rån", baseline="12"),))) == []
    with_target = plan_of(silent)
    target = AreaTarget(text="Färre rån", measured_by="Polisens statistik")
    [area] = with_target.areas
    assert gaps(replace(with_target, areas=(replace(area, targets=(target,)),))) == []


def test_p30_to_say_how_it_is_followed_up_stops_nothing():
    assert not any(gap.is_blocking for gap in gaps(plan_of(action(goals="Färre rån"))))


def test_an_area_that_is_not_worked_with_is_asked_for_nothing():
    assert gaps(PlanDocument(title="Plan", year=2025, district="Skärholmen")) == []
