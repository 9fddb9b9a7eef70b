"""Annual reports that hypothesis makes up, of plans and follow-ups answered here and there."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from followup.document import ActionAnswer, FollowUpDocument, GoalAnswer, PartyAnswer
from followup.enums import Fulfilled, GoalResult, Implementation, Light, ProposalKind
from followup.report.document import (
    MATRIX,
    SECTIONS,
    Cell,
    ChangePart,
    DistrictPart,
    DistrictReading,
    EarlierYear,
    IndicatorPart,
    ObstaclePart,
    Proposal,
    Quote,
    ReadingPart,
    ReportDocument,
    Written,
    areas_of,
)
from followup.report.figures import STAGES
from plans.comparison import adopt
from tests.cast import AREAS
from tests.followup.answered import real_plan
from tests.plans.strategies import SAID, choices, documents

PARTIES = ("Polisen", "Stadsdelsförvaltningen", "Trafikkontoret")
QUICK = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def actions_of(plan):
    """Every action of the plan with its area."""
    return [
        (area, action)
        for area in plan.areas
        for problem in area.problems
        for cause in problem.causes
        for action in cause.actions
    ]


@st.composite
def follow_ups(draw, plan):
    """A follow-up of the plan, answered here and there."""

    def answered(action):
        results = draw(st.lists(choices(GoalResult), max_size=3))
        parties = draw(st.lists(st.sampled_from(PARTIES), unique=True, max_size=3))
        return ActionAnswer(
            row=str(action.uid),
            status=draw(choices(Implementation)),
            light=draw(choices(Light)),
            lesson=draw(st.sampled_from(("", "Börja tidigare"))),
            goals=tuple(GoalAnswer(key=str(at), text="Mål", result=each) for at, each in enumerate(results, start=1)),
            parties=tuple(PartyAnswer(party=each, answer=draw(choices(Fulfilled))) for each in parties),
        )

    answers = tuple(answered(action) for _, action in actions_of(plan) if action.text or action.goals)
    return FollowUpDocument(district=plan.district, year=2025, version=1, plan_sha256="", actions=answers)


@st.composite
def reports(draw):
    """Up to three districts with their plans; some have handed in."""
    found = []
    for district in ("bromma", "farsta", "jarva")[: draw(st.integers(0, 3))]:
        plan = draw(documents(own_areas=1))
        plan = adopt(replace(plan, areas=()), plan)
        found.append((district, plan, draw(follow_ups(plan)) if draw(st.booleans()) else None))
    return found


def counted(figure, *names):
    """How many rows there are of each."""
    return Counter({key: part.number for key, part in figure.by(*names).items()})


# --- Whole reports

NAMES = {"bromma": "Bromma", "farsta": "Farsta", "jarva": "Järva", "sodermalm": "Södermalm"}
KNOWN_AREAS = [(code, title) for _, code, title, _ in AREAS]
SIDES = (("offender", "Motiverad gärningsperson"), ("victim", "Lämpligt offer"), ("control", "Frånvaro av kontroll"))


def district_of(slug, plan=None, follow_up=None, **values):
    """A district as it stands when its plan, and perhaps its follow-up, is counted."""
    cells = [Cell(mark="open", words="Inte än") for _ in MATRIX]
    if plan:
        cells[0] = Cell(mark="done", words="13 mars 2025", on=date(2025, 3, 13))
    known = {
        "cells": tuple(cells),
        "is_decided": plan is not None,
        "handed_in": follow_up is not None,
        "version": 1 if plan else None,
    }
    return DistrictPart(slug=slug, name=NAMES[slug], plan=plan, follow_up=follow_up, **known | values)


def report_of(given, **values):
    """The report of those districts; those of :data:`NAMES` that are not among them have no plan."""
    parts = {slug: (plan, follow_up) for slug, plan, follow_up in given}
    known = {"year": 2025, "city": "Stockholms stad", "as_of": date(2026, 2, 20), "sides": SIDES}
    return ReportDocument(
        areas=areas_of(KNOWN_AREAS, [plan for plan, _ in parts.values()]),
        districts=tuple(district_of(slug, *parts.get(slug, ())) for slug in NAMES),
        **known | values,
    )


@st.composite
def obstacle_lists(draw, slugs):
    """Obstacles of the districts that have come more or less far."""
    found = []
    for at in range(draw(st.integers(0, 4))):
        stages = frozenset(STAGES[: draw(st.integers(1, len(STAGES)))])
        found.append(
            ObstaclePart(
                district=draw(st.sampled_from(slugs)), uid=str(at), title="Belysningen", state="Lyft", stages=stages,
                days=draw(st.integers(0, 300)), is_open=draw(st.booleans()),
            )
        )  # fmt: skip
    return tuple(found)


@st.composite
def change_lists(draw, slugs):
    """What became of actions since last year."""
    kinds, areas = st.sampled_from(("carried", "new", "stopped")), st.sampled_from([code for code, _ in KNOWN_AREAS])
    return tuple(
        ChangePart(
            kind=draw(kinds), district=draw(st.sampled_from(slugs)), area=draw(areas), uid=str(at), text="Åtgärden",
            year=2025, version=1, position=1,
        )
        for at in range(draw(st.integers(0, 4)))
    )  # fmt: skip


@st.composite
def report_documents(draw):
    """A whole report: up to three of four districts have a plan, and what is written is what people paste."""
    slugs = list(NAMES)
    words = st.sampled_from(SAID)
    written = Written(
        texts={key: draw(words) for key in SECTIONS},
        quotes=(Quote(section="lessons", district="farsta", row="1", field="lesson", text=draw(words)),),
        proposals=(Proposal(area="egna", text=draw(words), owner=draw(words), due_on=date(2026, 6, 1)),),
    )
    return report_of(
        draw(reports()), obstacles=draw(obstacle_lists(slugs)), changes=draw(change_lists(slugs)), written=written
    )


# --- A report with everything in it


def reading(year, value, **values):
    """A value of a year."""
    return ReadingPart(starts_on=date(year, 1, 1), ends_on=date(year, 12, 31), value=Decimal(value), **values)


INDICATOR = IndicatorPart(
    code="otrygga", name="Otrygga i bostadsområdet", unit="procent", decimals=1, wanted="down",
    source="Trygghetsmätningen", description="Andel som känner sig otrygga.",
    city=(reading(2023, "30.5", low=Decimal("29"), high=Decimal("32")), reading(2024, "28")),
    districts=(
        DistrictReading(
            district="farsta", earlier=(reading(2023, "38", low=Decimal("36"), high=Decimal("40")),),
            latest=reading(2024, "36.25"), trend="better", trend_words="Ner",
        ),
    ),
)  # fmt: skip
EARLIER = EarlierYear(
    year=2024, plans=3, reported=2, actions=71, answered_actions=43, done=19, goals=37, met=13, obstacles=5, answered=3
)
WRITTEN = Written(
    texts={
        "summary": "Året var ett mellanår.\n\n- Fler vandrade.\n- Färre klagade.",
        "lessons": "Börja i tid.",
        f"areas:{KNOWN_AREAS[0][0]}": "Skolorna bar arbetet.",
    },
    quotes=(
        Quote(section="lessons", district="farsta", row="1", field="lesson", text="Ring först.", about="Vandra"),
    ),
    proposals=(
        Proposal(
            kind=ProposalKind.COMMITMENT, area=KNOWN_AREAS[0][0], problem="Rån", text="Staden betalar belysningen",
            owner="Trafikkontoret", when="Våren", due_on=date(2026, 6, 1), budget="VP 2027",
        ),
    ),
    feedback={"farsta": "Bra jobbat, Farsta."},
)  # fmt: skip


def answered(plan):
    """A follow-up of the plan with every kind of answer, a goal for each action and one very long word."""
    answers = []
    for at, (_, action) in enumerate(actions_of(plan)):
        answers.append(
            ActionAnswer(
                row=str(action.uid), status=["", *Implementation.values][at % 9],
                light=["green", "yellow", "red"][at % 3],
                done="Vandrat." if at else "Trygghetsvandringsdeltagarundersökningsresultatsammanställning" * 3,
                lesson="Boka bussen redan i januari." if at % 6 == 0 else "",
                goals=(GoalAnswer(key="1", text="Fler trygga", result=["", *GoalResult.values][at % 5]),),
                parties=tuple(
                    PartyAnswer(party=party, answer=["", *Fulfilled.values][(at + of) % 4])
                    for of, party in enumerate(PARTIES[: 1 + at % 3])
                ),
            )
        )  # fmt: skip
    return FollowUpDocument(district=plan.district, year=2025, version=1, plan_sha256="", actions=tuple(answers))


def full_report(**values):
    """A report with something in every section: three districts with the real plan, two of them followed up.

    The fourth has no plan.
    """
    given = []
    for slug in ("bromma", "farsta", "jarva"):
        plan = replace(real_plan(), district=NAMES[slug])
        plan = adopt(replace(plan, areas=()), plan)
        given.append((slug, plan, answered(plan) if slug != "jarva" else None))
    change = {"district": "farsta", "area": KNOWN_AREAS[0][0], "text": "Åtgärden", "year": 2025, "version": 1}
    known = {
        "obstacles": (
            ObstaclePart(district="farsta", uid="1", title="Belysningen", state="Lyft till staden", days=12,
                         stages=frozenset(STAGES[:4]), is_open=True),
        ),
        "changes": tuple(ChangePart(kind=kind, uid=kind, position=1, **change) for kind in ("carried", "new")),
        "indicators": (INDICATOR,),
        "earlier": (EARLIER,),
        "written": WRITTEN,
    }  # fmt: skip
    return report_of(given, **known | values)
