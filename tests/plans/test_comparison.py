"""Recognising rows of an earlier plan, finding what differs, and applying it."""

from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans import editing, open_format
from plans.comparison import adopt, diff, flatten
from plans.document import Action, AreaSection, Cause, OperationalGoal, PlanDocument, Problem
from plans.loading import load_document
from plans.open_format import without_identities
from plans.operations import InsertRow, MoveRow, RemoveRow, SetFields, select
from tests.plans import invariants
from tests.plans.strategies import documents

in_database = settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
EMPTY = PlanDocument(title="Åtgärdsplan 2025", year=2025, district="Skärholmen")


def identified(document):
    """The document with an identity on every row."""
    return adopt(EMPTY, document)


def area(*problems, **values):
    known = {"number": 1, "code": "unga", "title": "Unga", "canonical_title": "Unga", "sheet": "1. Unga"}
    return AreaSection(**known | values, problems=problems)


def document(*areas):
    return replace(EMPTY, areas=areas)


def one_problem(*causes, title="Narkotikaförsäljning i centrum"):
    return document(area(Problem(title=title, causes=causes)))


def cause(text, *texts, start=1):
    """A cause with an action for each further text."""
    return Cause(text=text, actions=tuple(Action(order=order, text=said) for order, said in enumerate(texts, start)))


def uids(plan):
    """The identity of each row by its words (which are to differ)."""
    rows = flatten(plan).by_uid.values()
    return {row.values.get("title") or row.values.get("text"): row.uid for row in rows}


# --- adopt


OLD = one_problem(
    cause("Bristande belysning", "Byt armaturer vid torget", "Beskär buskar längs gångvägen"),
    cause("Få vuxna på kvällen", "Nattvandra varje fredag", start=3),
)


def test_a_row_whose_words_are_the_same_keeps_its_identity_where_it_has_been_moved():
    old = identified(OLD)
    new = adopt(
        old,
        one_problem(
            cause("Få vuxna på kvällen", "Byt armaturer vid torget"),
            cause("Bristande belysning", "Nattvandra varje fredag", "Beskär buskar längs gångvägen", start=2),
        ),
    )
    assert uids(new) == uids(old)


def test_a_row_whose_words_were_edited_keeps_its_identity():
    old = identified(OLD)
    new = adopt(
        old,
        one_problem(
            cause("Bristande belysning i gångtunneln", "Byt alla armaturer vid torget", "Beskär buskar"),
            cause("Få vuxna ute på kvällen", "Nattvandra varje fredag och lördag", start=3),
            title="Öppen narkotikaförsäljning i centrum",
        ),
    )
    assert set(uids(new).values()) == set(uids(old).values())
    assert uids(new)["Byt alla armaturer vid torget"] == uids(old)["Byt armaturer vid torget"]


def test_an_inserted_row_gets_an_identity_of_its_own_and_the_others_keep_theirs():
    old = identified(OLD)
    new = adopt(
        old,
        one_problem(
            cause("Helt annan sak: skadegörelse", "Sanera klotter inom ett dygn"),
            *(replace(known, uid=None) for known in OLD.areas[0].problems[0].causes),
        ),
    )
    assert uids(old).items() <= uids(new).items()
    assert len(uids(new)) == len(uids(old)) + 2


def test_a_removed_rows_identity_is_not_given_to_an_unlike_row():
    old = identified(one_problem(cause("Bristande belysning", "Byt armaturer")))
    new = adopt(old, one_problem(cause("Bristande belysning", "Utbilda krögare i ansvarsfull alkoholservering")))
    assert uids(new)["Utbilda krögare i ansvarsfull alkoholservering"] != uids(old)["Byt armaturer"]


def test_rows_with_the_same_words_get_one_identity_each():
    old = identified(one_problem(cause("Orsak", "Samma åtgärd", "Samma åtgärd")))
    new = adopt(old, one_problem(cause("Orsak", "Samma åtgärd", "Samma åtgärd", "Samma åtgärd")))
    before, now = ([action.uid for action in plan.areas[0].problems[0].causes[0].actions] for plan in (old, new))
    assert now[:2] == before
    assert len(set(now)) == 3


def test_a_row_that_stands_twice_as_the_same_object_is_two_rows():
    shared = cause("Samma orsak")
    old = identified(one_problem(shared, shared))
    new = adopt(old, one_problem(shared, shared))
    assert len({row.uid for row in new.areas[0].problems[0].causes}) == 2


def test_a_named_identity_wins_over_likeness_also_across_problems():
    old = identified(OLD)
    moved = old.areas[0].problems[0].causes[0]
    new = document(area(old.areas[0].problems[0], Problem(title="Nytt problem", causes=())))
    kept = replace(new.areas[0].problems[0], causes=old.areas[0].problems[0].causes[1:])
    new = adopt(old, document(replace(old.areas[0], problems=(kept, Problem(title="Nytt", causes=(moved,))))))
    assert new.areas[0].problems[1].causes[0].uid == moved.uid


def test_an_identity_that_stands_twice_is_given_once():
    old = identified(OLD)
    known = old.areas[0].problems[0].causes[0]
    new = adopt(old, document(replace(old.areas[0], problems=(Problem(title="P", causes=(known, replace(known))),))))
    assert len({row.uid for row in new.areas[0].problems[0].causes}) == 2


def test_an_identity_of_another_plan_is_not_taken_over():
    stranger = identified(OLD)
    new = adopt(identified(one_problem(cause("Något annat"))), stranger)
    assert not set(uids(new).values()) & set(uids(stranger).values())


def test_a_goal_that_comes_from_another_plan_gets_an_identity_of_its_own():
    goal = OperationalGoal(uid=str(uuid4()), text="Halvera antalet anmälningar")
    theirs = Cause(text="Orsak", actions=(Action(uid=str(uuid4()), order=1, text="Å", operational_goals=(goal,)),))
    new = adopt(EMPTY, one_problem(theirs))
    assert new.areas[0].problems[0].causes[0].actions[0].operational_goals[0].uid != goal.uid


@given(documents(), documents())
@settings(max_examples=40)
def test_every_row_gets_exactly_one_identity(old, new):
    adopted = adopt(identified(old), new)
    assert adopted == new
    rows = flatten(adopted)
    assert len(rows.by_uid) == sum(len(row_uids) for row_uids in rows.siblings.values())


@given(documents())
@settings(max_examples=40)
def test_a_plan_recognises_itself(plan):
    old = identified(plan)
    assert flatten(adopt(old, without_identities(old))).by_uid.keys() == flatten(old).by_uid.keys()


# --- diff


@given(documents())
@settings(max_examples=40)
def test_nothing_differs_between_a_plan_and_itself(plan):
    plan = identified(plan)
    assert diff(plan, plan) == []


@given(documents())
@settings(max_examples=40)
def test_a_plan_that_came_back_unchanged_differs_in_nothing(plan):
    old = identified(plan)
    assert diff(old, adopt(old, without_identities(old))) == []


def test_one_edited_cell_is_one_operation_that_knows_what_stood_there():
    old = identified(OLD)
    new = open_format.loads(open_format.dumps(old).replace("Nattvandra varje fredag", "Nattvandra varje lördag"))
    (step,) = diff(old, new)
    assert step == SetFields(
        kind="action",
        uid=uids(old)["Nattvandra varje fredag"],
        values={"text": "Nattvandra varje lördag"},
        expect={"text": "Nattvandra varje fredag"},
    )


def test_moving_one_row_past_many_is_one_operation():
    old = identified(one_problem(cause("Orsak", *(f"Åtgärd nummer {number}" for number in range(10)))))
    actions = list(old.areas[0].problems[0].causes[0].actions)
    actions.append(actions.pop(0))
    moved = tuple(replace(action, order=order) for order, action in enumerate(actions, start=1))
    new = one_problem(replace(old.areas[0].problems[0].causes[0], actions=moved))
    (step,) = diff(old, adopt(old, new))
    assert isinstance(step, MoveRow)
    assert step.uid == moved[-1].uid


def test_an_area_the_new_document_lacks_is_left_alone():
    old = identified(document(*OLD.areas, area(Problem(title="Kvar"), number=2, code="platser")))
    assert diff(old, adopt(old, document(old.areas[0]))) == []


def test_a_problem_taken_out_of_a_missing_area_loses_the_causes_that_are_gone():
    old = identified(document(area(), area(*OLD.areas[0].problems, number=2, code="platser")))
    problem = old.areas[1].problems[0]
    new = document(replace(old.areas[0], problems=(replace(problem, causes=problem.causes[:1]),)))
    gone = [step.uid for step in diff(old, adopt(old, new)) if isinstance(step, RemoveRow)]
    assert gone == [problem.causes[1].uid]


def test_fields_that_the_source_does_not_carry_are_not_compared():
    old = identified(OLD)
    problem = replace(old.areas[0].problems[0], kind="crime", overarching_goal="Mål")
    new = document(replace(old.areas[0], problems=(problem,)))
    (step,) = diff(old, new, fields={"area": (), "problem": {"overarching_goal"}, "cause": (), "action": ()})
    assert step.values == {"overarching_goal": "Mål"}


# --- Applied to the database


@in_database
@given(old=documents(), new=documents())
def test_applying_the_difference_makes_the_plan_equal_to_the_new_document(empty_plan, old, new):
    new = replace(new, areas=(*new.areas, *old.areas[len(new.areas) :]))
    with invariants.rolled_back():
        editing.replace_content(empty_plan, old, by=None, summary="Först")
        assert load_document(empty_plan) == old
        editing.replace_content(empty_plan, new, by=None, summary="Sedan")
        assert load_document(empty_plan) == new
        invariants.check(empty_plan)


@st.composite
def rearranged(draw, plan):
    """The same rows, shuffled over the whole plan, some left out: what hypothesis' own pairs seldom give."""
    nodes = [problem for section in plan.areas for problem in section.problems]
    all_causes = [known for problem in nodes for known in problem.causes]
    all_actions = [action for known in all_causes for action in known.actions]
    problems_now = draw(st.permutations(nodes))[: draw(st.integers(1, len(nodes)))] if nodes else []
    causes_now = draw(st.permutations(all_causes))[: draw(st.integers(0, len(all_causes)))]
    homes = [draw(st.integers(0, len(problems_now) - 1)) for _ in causes_now] if problems_now else []
    actions_now = draw(st.permutations(all_actions)) if homes else []
    cause_homes = [draw(st.integers(0, len(causes_now) - 1)) for _ in actions_now]
    made = []
    for at, problem in enumerate(problems_now):
        own = [place for place, home in enumerate(homes) if home == at]
        made.append(replace(problem, causes=tuple(_filled(causes_now, cause_homes, actions_now, own))))
    first = replace(plan.areas[0], problems=tuple(made[::2]))
    second = replace(plan.areas[1], problems=tuple(made[1::2]))
    rest = [replace(section, problems=()) for section in plan.areas[2:]]
    return replace(plan, areas=(first, second, *rest))


def _filled(causes_now, cause_homes, actions_now, own):
    order = 0
    for number, place in enumerate(own, start=1):
        actions = []
        for home, action in zip(cause_homes, actions_now, strict=True):
            if home == place:
                order += 1
                further = tuple(other for other in range(1, len(own) + 1) if other != number)[:2]
                actions.append(replace(action, order=order, shared_cells=(), also_causes=further))
        yield replace(causes_now[place], actions=tuple(actions))


@in_database
@given(data=st.data())
def test_rows_may_move_anywhere_in_one_change_and_be_taken_back(empty_plan, data):
    with invariants.rolled_back():
        editing.replace_content(empty_plan, data.draw(documents(own_areas=0)), by=None, summary="Först")
        before = invariants.state(empty_plan)
        new = data.draw(rearranged(load_document(empty_plan)))
        event = editing.replace_content(empty_plan, new, by=None, summary="Om")
        assert load_document(empty_plan) == new
        assert flatten(new).by_uid.keys() == flatten(load_document(empty_plan)).by_uid.keys()
        invariants.check(empty_plan)
        if event:
            editing.undo(empty_plan, event, by=None)
        assert invariants.state(empty_plan) == before


@in_database
@given(old=documents(), new=documents(), data=st.data())
def test_any_part_of_a_difference_can_be_applied_by_itself(empty_plan, old, new, data):
    with invariants.rolled_back():
        editing.replace_content(empty_plan, old, by=None, summary="Först")
        before = load_document(empty_plan)
        steps = diff(before, adopt(before, new))
        chosen = data.draw(st.sets(st.integers(0, max(0, len(steps) - 1))))
        editing.apply(empty_plan, select(steps, chosen), by=None, summary="En del")
        invariants.check(empty_plan)


@in_database
@given(data=st.data())
def test_any_part_of_a_rearrangement_can_be_applied_by_itself(empty_plan, data):
    with invariants.rolled_back():
        editing.replace_content(empty_plan, data.draw(documents(own_areas=0)), by=None, summary="Först")
        before = load_document(empty_plan)
        steps = diff(before, data.draw(rearranged(before)))
        chosen = data.draw(st.sets(st.integers(0, max(0, len(steps) - 1))))
        editing.apply(empty_plan, select(steps, chosen), by=None, summary="En del")
        invariants.check(empty_plan)


def test_choosing_everything_changes_nothing_in_the_operations():
    old = identified(OLD)
    steps = diff(EMPTY, old)
    assert select(steps, set(range(len(steps)))) == steps


def test_a_row_that_is_not_wanted_takes_what_hangs_under_it_along():
    steps = diff(EMPTY, identified(OLD))
    skipped = next(at for at, step in enumerate(steps) if step.kind == "problem")
    kept = select(steps, set(range(len(steps))) - {skipped})
    assert [step.kind for step in kept] == ["area"]


def test_a_place_after_an_unwanted_row_is_the_place_after_the_row_before_it():
    old = identified(one_problem(cause("Orsak", "Ett")))
    known = old.areas[0].problems[0].causes[0]
    further = (Action(order=2, text="Helt nytt"), Action(order=3, text="Och mer"))
    steps = diff(old, adopt(old, one_problem(replace(known, actions=(*known.actions, *further)))))
    (kept,) = select(steps, {1})
    assert isinstance(kept, InsertRow)
    assert kept.after == known.actions[0].uid


def test_a_stale_comparison_is_refused_and_shows_both_texts(plan):
    old = load_document(plan)
    action = old.areas[0].problems[0].causes[0].actions[0]
    new = open_format.loads(open_format.dumps(old).replace('"follow_up": ""', '"follow_up": "Klart"', 1))
    steps = diff(old, new)
    editing.set_fields(plan, "action", action.uid, {"follow_up": "Nästan klart"}, version=1, by=None)
    with pytest.raises(editing.StaleRow) as refusal:
        editing.apply(plan, steps, by=None, summary="Läste in")
    assert refusal.value.mine == {"follow_up": "Klart"}
    assert refusal.value.theirs == {"follow_up": "Nästan klart"}
