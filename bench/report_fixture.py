"""A city whose districts have all handed in, for the annual report: one plan and its follow-up, copied to each."""

import json
from datetime import date

from accounts.models import User
from agreements.models import District
from agreements.year.steps import cycles
from bench.fixture import REAL_PLAN, cells_of, of_size
from followup.indicators.periods import Period
from followup.models import ActionOutcome, Assessment, FollowUp, Fulfilment, GoalOutcome, Measurement
from followup.report.paper import report_html
from followup.report.reading import read_report
from followup.report.workbook import workbook_bytes
from plans import open_format
from plans.models import ActionPlan, PlanVersion, Submission
from tests.cast import Cast
from tests.followup.answered import answer_everything, follow_up_of
from tests.followup.decided import decided_plan, version_of
from tests.followup.measured import indicator
from tests.followup.reported import hand_in, sent

ACTIONS = 40
"""How many actions each district's plan has."""
ANSWERS = (ActionOutcome, GoalOutcome, Fulfilment, Assessment)
INDICATORS, YEARS = 10, (2023, 2024, 2025)
"""How many indicators the districts and the city have values of, and of which years."""


def prepare_report(folder, districts):
    """Fill the migrated database with so many districts, and leave beside it what the bare libraries are given."""
    cast = Cast()
    real = open_format.from_data(json.loads(REAL_PLAN.read_text(encoding="utf-8")))
    plan = decided_plan(cast, content=of_size(real, ACTIONS))
    sent(plan, cast)
    follow_up = hand_in(answer_everything(follow_up_of(plan), cast), cast)
    others = _others(cast, districts)
    _copy(plan, follow_up, others)
    _measure([None, cast.district, *others])
    report = the_report()
    assert (len(report.reported), report.figures["F3"].number) == (districts, districts * ACTIONS)
    (folder / "report.html").write_text(report_html(report), encoding="utf-8")
    cells_of(workbook_bytes(report), folder / "report-cells.pickle")


def the_report():
    """Return the year's report as the city's central preparation group reads it."""
    cycle = next(cycle for cycle in cycles() if cycle.year == 2025)
    return read_report(User.objects.get(username="city_preparation"), cycle)


def _others(cast, districts):
    """Return the districts beside the first: one that is there, and as many more as are wanted."""
    place = {"municipality": cast.district.municipality, "valid_from": date(2024, 1, 1)}
    more = (District(name=f"Stadsdel {at}", slug=f"stadsdel-{at}", **place) for at in range(districts - 2))
    return [cast.other_district, *District.objects.bulk_create(more)]


def _copy(plan, follow_up, districts):
    version = version_of(plan)
    plans = ActionPlan.objects.bulk_create(
        ActionPlan(district=district, cycle=plan.cycle, area_set=plan.area_set, state=plan.state)
        for district in districts
    )
    names = ("number", "document", "sha256", "facts", "counts", "decided_on", "body", "meeting", "by")
    values = {name: getattr(version, name) for name in names}
    versions = PlanVersion.objects.bulk_create(PlanVersion(plan=each, **values) for each in plans)
    Submission.objects.bulk_create(Submission(version=each) for each in versions)
    copies = FollowUp.objects.bulk_create(
        FollowUp(plan=each, version=of, state=follow_up.state, summary=follow_up.summary)
        for each, of in zip(plans, versions, strict=True)
    )
    for model in ANSWERS:
        rows = list(model.objects.filter(follow_up=follow_up).values())
        for row in rows:
            del row["uid"], row["follow_up_id"]
        made = (model(follow_up=copy, **row) for copy in copies for row in rows)
        model.objects.bulk_create(made, batch_size=500)


def _measure(places):
    """Give each of the districts, and the city (None), values of the indicators."""
    indicators = [indicator(f"indikator-{at}", name=f"Indikator {at}") for at in range(INDICATORS)]
    periods = [Period.of_year(year) for year in YEARS]
    Measurement.objects.bulk_create(
        Measurement(
            indicator=each, district=place, starts_on=period.starts_on, ends_on=period.ends_on,
            value=20 + (3 * at + 5 * number + 7 * period.ends_on.year) % 30,
        )
        for number, each in enumerate(indicators)
        for at, place in enumerate(places)
        for period in periods
    )  # fmt: skip
