"""The figures of the annual report: each number is the rows behind it, and equals a plain recount."""

from collections import Counter
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from followup.document import ActionAnswer, FollowUpDocument, GoalAnswer
from followup.report import figures
from followup.report.document import ChangePart, ObstaclePart
from followup.report.figures import figures_of
from followup.report.shared import plain_text
from plans.document import Action, AreaSection, Cause, OperationalGoal, PlanDocument, Problem
from tests.followup.random_reports import QUICK, actions_of, counted, reports


@QUICK
@given(reports())
def test_the_plans_figures_are_the_analysis_tabs_summed(given_reports):
    found = counted(figures_of(given_reports)[figures.COUNTED], "district", "area", "kind")
    plain = Counter()
    for district, plan, _ in given_reports:
        for area in plan.areas:
            for kind, number in zip(("problem", "cause", "action"), area.counts(), strict=True):
                plain[district, area.code or "egna", kind] += number
    assert found == +plain


@QUICK
@given(reports())
def test_what_was_answered_is_counted_once_in_each_figure(given_reports):
    found = figures_of(given_reports)
    status, goals, parties = Counter(), Counter(), Counter()
    for district, plan, follow_up in given_reports:
        area_of = {str(action.uid): area.code or "egna" for area, action in actions_of(plan)}
        for answer in follow_up.actions if follow_up else ():
            status[district, area_of[answer.row], answer.status] += 1
            goals.update((district, area_of[answer.row], goal.result) for goal in answer.goals)
            parties.update((each.party, each.answer) for each in answer.parties)
    assert counted(found[figures.STATUS], "district", "area", "kind") == status
    assert counted(found[figures.GOALS], "district", "area", "kind") == goals
    assert counted(found[figures.PARTIES], "party", "kind") == parties
    assert found[figures.QUALITY].number == goals.total()


@QUICK
@given(reports())
def test_the_lights_and_what_others_can_learn_are_what_the_answers_say(given_reports):
    found = figures_of(given_reports)
    lights, experience = Counter(), Counter()
    for district, plan, follow_up in given_reports:
        area_of = {str(action.uid): area.code or "egna" for area, action in actions_of(plan)}
        for answer in follow_up.actions if follow_up else ():
            here = (district, area_of[answer.row])
            lights[*here, answer.light] += 1
            experience[*here, "good"] += answer.light == "green" and answer.status in ("done", "done_with_changes")
            experience[*here, "failed"] += answer.light == "red" or answer.status in ("not_done", "cancelled")
            experience[*here, "lesson"] += answer.lesson != ""
    assert counted(found[figures.LIGHTS], "district", "area", "kind") == lights
    assert counted(found[figures.EXPERIENCE], "district", "area", "kind") == +experience


DISTRICTS = {"bromma": "Bromma", "farsta": "Farsta", "jarva": "Järva", "sodermalm": "Södermalm"}
WRITTEN = ("Vandra", "VANDRA.", "  vandra ", "Vandra i {here}", "Vandra, i {here}s", "Mot VBE", "Rekrytering", "{here}")


def small_plan(district, texts):
    """A plan whose actions, and whose causes, have these texts."""
    causes = tuple(
        Cause(uid=f"c{at}", text=text, actions=(Action(uid=f"a{at}", order=at + 1, text=text),))
        for at, text in enumerate(texts)
    )
    area = AreaSection(
        uid="o", number=1, code="unga", title="Unga", canonical_title="Unga", sheet="1",
        problems=(Problem(uid="p", title="Rån", causes=causes),),
    )  # fmt: skip
    return PlanDocument(title="Plan", year=2025, district=DISTRICTS[district], areas=(area,))


@QUICK
@given(st.fixed_dictionaries({slug: st.lists(st.sampled_from(WRITTEN), max_size=5) for slug in DISTRICTS}))
def test_what_is_shared_is_what_three_districts_have_when_the_outer_form_is_disregarded(texts):
    written = {slug: [text.format(here=DISTRICTS[slug]) for text in those] for slug, those in texts.items()}
    found = figures_of([(slug, small_plan(slug, those), None) for slug, those in written.items()])
    alike = {}  # what is left of a text when only its letters count, and the district's name is taken out
    for slug, those in texts.items():
        for text in those:
            bare = "".join(each for each in text.replace("{here}s", "").replace("{here}", "").lower() if each.isalpha())
            alike.setdefault(bare, []).append(slug)
    plain = [slugs for bare, slugs in alike.items() if bare and len(set(slugs)) >= 3]
    for code in (figures.SHARED, figures.SHARED_CAUSES):
        groups = [part.values("district") for part in found[code].by("kind").values()]
        assert sorted(map(sorted, groups)) == sorted(sorted(set(slugs)) for slugs in plain)
        assert found[code].number == sum(map(len, plain))
    every = [text for those in texts.values() for text in those]
    named = {"extremism": every.count("Mot VBE"), "recruitment": every.count("Rekrytering")}
    assert counted(found[figures.INTEGRATED], "kind") == {(kind,): count for kind, count in named.items() if count}


def test_a_text_is_compared_without_case_punctuation_spaces_and_the_districts_own_name():
    assert plain_text("Trygghetsvandring i Hägersten-Älvsjö!", "Hägersten-Älvsjö") == "trygghetsvandring i"
    assert plain_text("Farstas  torg, Farsta", "Farsta") == "torg"
    assert plain_text("Vid Farstagatan", "Farsta") == "vid farstagatan"
    assert plain_text("Vandra", "") == "vandra"


@QUICK
@given(
    st.lists(
        st.tuples(
            st.sampled_from(("carried", "new", "stopped")), st.sampled_from(sorted(DISTRICTS)), st.sampled_from("ab")
        )
    )
)
def test_what_was_carried_over_is_counted_once_for_each_action(given_changes):
    changes = [
        ChangePart(kind=kind, district=district, area=area, uid=str(at), text="Å", year=2025, version=1, position=1)
        for at, (kind, district, area) in enumerate(given_changes)
    ]
    found = figures_of([], changes=changes)[figures.CHANGES]
    assert counted(found, "kind", "district", "area") == Counter(given_changes)


@QUICK
@given(reports())
def test_an_action_counts_on_each_side_it_answers_and_once_by_how_it_prevents(given_reports):
    found = figures_of(given_reports)
    written = [action for _, plan, _ in given_reports for _, action in actions_of(plan) if action.text]
    sides = Counter((side,) for action in written for side in action.triangle_sides or ("",))
    assert counted(found[figures.SIDES], "kind") == sides
    assert counted(found[figures.PREVENTION], "kind") == Counter((action.prevention,) for action in written)


@QUICK
@given(reports())
def test_every_number_is_the_rows_it_leads_to_and_no_row_is_there_twice(given_reports):
    for figure in figures_of(given_reports).values():
        assert len(set(figure.rows)) == figure.number
        for names in (("area",), ("area", "kind"), ("district", "kind"), ("party", "kind")):
            parts = figure.by(*names)
            assert sum(part.number for part in parts.values()) == figure.number
            for key, part in parts.items():
                assert figure.where(**dict(zip(names, key, strict=True))) == part
        kinds = tuple(figure.values("kind"))[:2]
        assert figure.where(kind=kinds).number == sum(figure.where(kind=kind).number for kind in kinds)


@QUICK
@given(reports())
def test_a_district_that_has_not_handed_in_is_in_no_outcome(given_reports):
    missing = {district for district, _, follow_up in given_reports if follow_up is None}
    found = figures_of(given_reports)
    outcomes = (figures.STATUS, figures.LIGHTS, figures.EXPERIENCE, figures.GOALS, figures.QUALITY, figures.PARTIES)
    for code in outcomes:
        assert not missing & set(found[code].values("district"))


def test_a_goal_is_measurable_when_measure_target_and_last_day_were_decided():
    full = OperationalGoal(text="Färre rån", indicator="Anmälda rån", target="14", due_on=date(2025, 12, 31))
    goals = (full, replace(full, target=""), OperationalGoal(text="Stärka samverkan"))
    action = Action(uid="a", order=1, text="Vandra", operational_goals=goals)
    area = AreaSection(
        uid="o", number=1, code="unga", title="Unga", canonical_title="Unga", sheet="1",
        problems=(Problem(uid="p", title="Rån", causes=(Cause(uid="c", text="Mörkt", actions=(action,)),)),),
    )  # fmt: skip
    plan = PlanDocument(title="Plan", year=2025, district="Farsta", areas=(area,))
    said = tuple(GoalAnswer(key=str(at), text="Mål", result="met") for at in (1, 2, 3))
    answered = FollowUpDocument(
        district="Farsta", year=2025, version=1, plan_sha256="", actions=(ActionAnswer(row="a", goals=said),)
    )
    quality = figures_of([("farsta", plan, answered)])[figures.QUALITY]
    assert [row.kind for row in quality.rows] == ["full", "some", "words"]


def test_an_obstacle_counts_at_every_stage_it_has_passed():
    first = ObstaclePart(district="farsta", uid="1", stages=frozenset({"reported", "raised"}), days=3, is_open=True)
    second = ObstaclePart(district="jarva", uid="2", stages=frozenset({"reported"}), days=0, is_open=True)
    obstacles = figures_of([], [first, second])[figures.OBSTACLES]
    assert counted(obstacles, "kind") == {("reported",): 2, ("raised",): 1}
