"""Plans that hypothesis makes up: every shape the model can hold, with the texts that people really paste."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from plans import enums
from plans.document import (
    Action,
    AreaSection,
    Cause,
    OperationalGoal,
    PlanDocument,
    Problem,
    Responsibility,
    Timing,
    clean_text,
    dense_orders,
)
from tests.cast import AREAS

SAID = (
    "Narkotikaförsäljning i centrum",
    "Bristande belysning vid gångtunneln",
    "Öka vuxennärvaron på kvällstid",
    "Minska antalet anmälda brott med 10 %",
    "v. 12–14\nLöpande under året",
    "=1+1",
    "+46 8 508 00 000",
    "- punkt ett\n- punkt två",
    "@alla",
    "Åtgärd 👮🏽‍♀️ «å ä ö»",
    "  indragen text  ",
    "<b>inte fet</b> & inte heller",
)
COLUMNS = ("goals", "when", "who", "follow_up")
SIDES = ("offender", "victim", "control")
OWN_AREAS = ("Trygghet i kollektivtrafiken", "Bostadsnära brott", "Nedskräpning och klotter")

raw_texts = st.one_of(st.sampled_from(SAID), st.text(max_size=12))
texts = raw_texts.map(clean_text)
filled_texts = texts.filter(bool)
short_texts = st.one_of(st.just(""), st.sampled_from(SAID).map(clean_text))
days = st.one_of(st.none(), st.dates(date(2024, 1, 1), date(2026, 12, 31)))


def choices(kind):
    """Any of the choices, or none made."""
    return st.sampled_from(["", *kind.values])


def subsets(values):
    """Some of the values, in their order."""
    return st.lists(st.sampled_from(values), unique=True, max_size=len(values)).map(
        lambda chosen: tuple(value for value in values if value in chosen)
    )


goals = st.builds(
    OperationalGoal,
    text=filled_texts,
    kind=choices(enums.GoalKind),
    indicator=short_texts,
    baseline_date=days,
    target=short_texts,
    due_on=days,
)
timings = st.builds(
    Timing, kind=st.sampled_from(enums.TimingKind.values), label=short_texts, starts_on=days, ends_on=days
).filter(lambda timing: not (timing.starts_on and timing.ends_on and timing.ends_on < timing.starts_on))
responsibilities = st.builds(
    Responsibility,
    kind=st.sampled_from(enums.ResponsibilityKind.values),
    function=short_texts,
    organisation=short_texts,
)


def parts(kind):
    """A few goals, timings or responsibilities; mostly none, as in real plans."""
    return st.one_of(st.just(()), st.lists(kind, max_size=2).map(tuple))


@st.composite
def actions(draw, order, further_causes, *, details):
    """An action; ``details`` is what the model adds to the workbook's columns."""
    further = draw(subsets(further_causes)) if further_causes else ()
    action = Action(
        order=order,
        **{name: draw(texts) for name in ("text", *COLUMNS)},
        also_causes=further,
    )
    if not details or draw(st.booleans()):
        return action
    return replace(
        action,
        shared_cells=draw(subsets(COLUMNS)),
        work_form=draw(choices(enums.WorkForm)),
        mode=draw(choices(enums.ActionMode)),
        effect_horizon=draw(choices(enums.EffectHorizon)),
        prevention=draw(choices(enums.Prevention)),
        triangle_sides=draw(subsets(SIDES)),
        operational_goals=draw(parts(goals)),
        timings=draw(parts(timings)),
        responsibilities=draw(parts(responsibilities)),
    )


@st.composite
def causes(draw, *, details):
    """A cause without actions."""
    cause = Cause(text=draw(texts))
    if not details or draw(st.booleans()):
        return cause
    return replace(
        cause,
        scope=draw(choices(enums.CauseScope)),
        neighbourhoods=draw(subsets(("Bredäng", "Sätra", "Vårberg"))),
        perspectives=draw(subsets(SIDES)),
        nature=draw(choices(enums.CauseNature)),
        evidence=draw(short_texts),
    )


@st.composite
def problems(draw, *, details=True):
    """A problem whose actions come in any order and answer any of its causes."""
    own_causes = draw(st.lists(causes(details=details), max_size=3))
    homes = draw(st.lists(st.integers(1, len(own_causes)), max_size=4)) if own_causes else []
    numbers = range(1, len(own_causes) + 1)
    made = [
        (home, draw(actions(order, [number for number in numbers if number != home], details=details)))
        for order, home in enumerate(homes, start=1)
    ]
    return dense_orders(
        Problem(
            title=draw(texts),
            overarching_goal=draw(short_texts),
            kind=draw(choices(enums.ProblemKind)) if details else "",
            causes=tuple(
                replace(cause, actions=tuple(action for home, action in made if home == number))
                for number, cause in enumerate(own_causes, start=1)
            ),
        )
    )


def without_leading_shared_cells(section):
    """The first action of a tab has no row above to share a cell with."""
    seen = False

    def mended(action):
        nonlocal seen
        first, seen = not seen, True
        return replace(action, shared_cells=()) if first else action

    mended_problems = []
    for problem in section.problems:
        by_order = {action.order: mended(action) for _, _, action in problem.rows() if action}
        mended_causes = tuple(
            replace(cause, actions=tuple(by_order[action.order] for action in cause.actions))
            for cause in problem.causes
        )
        mended_problems.append(replace(problem, causes=mended_causes))
    return replace(section, problems=tuple(mended_problems))


@st.composite
def sections(draw, number, code, title, sheet, *, details=True):
    """An area with its problems."""
    section = AreaSection(
        number=number,
        code=code,
        title=title,
        canonical_title=title,
        sheet=sheet,
        overarching_goal=draw(short_texts),
        not_applicable_reason=draw(st.sampled_from(["", "", "", "Inga sådana brott i år."])),
        problems=tuple(draw(st.lists(problems(details=details), max_size=2))),
    )
    return without_leading_shared_cells(section)


@st.composite
def documents(draw, *, own_areas=2, details=True):
    """A plan with the city's five areas and up to ``own_areas`` of the district's own."""
    areas = [draw(sections(*area, details=details)) for area in AREAS]
    for at, title in enumerate(OWN_AREAS[: draw(st.integers(0, own_areas))], start=len(AREAS) + 1):
        areas.append(draw(sections(at, "", title, f"{at}. Eget område"[:31], details=details)))
    return PlanDocument(title="Åtgärdsplan 2025", year=2025, district="Skärholmen", areas=tuple(areas))
