"""A follow-up with answers, made straight in the tables, for what reads, prints and freezes it."""

import json
from datetime import date
from uuid import uuid4

from django.utils import timezone

from agreements.models import Organisation
from followup.models import ActionOutcome, Assessment, FollowUp, Fulfilment, GoalIndicator, GoalOutcome
from plans import open_format
from tests.followup.decided import decided_plan, version_of
from tests.followup.measured import indicator, measured
from tests.plans.conftest import DATA

DONE = "Fyra trygghetsvandringar | en i november. Sammanlagt 62 deltagare, varav hälften unga."
REASON = "Fältgruppen hade två vakanser från mars till september."


def real_plan():
    """The real plan of Skärholmen 2025 as a document: 31 actions."""
    return open_format.from_data(json.loads((DATA / "skarholmen-2025.json").read_text(encoding="utf-8")))


def long_plan(cast):
    """A decided plan of Farsta for 2025 with 31 actions."""
    return decided_plan(cast, cast.other_district, content=real_plan())


def follow_up_of(plan):
    """Open the follow-up of the plan's version in force, with nothing in it."""
    made = FollowUp.objects.create(plan=plan, version=version_of(plan), summary="")
    return FollowUp.objects.with_place().get(pk=made.pk)


def answer_everything(follow_up, cast):
    """Answer every action, goal, party, problem and area in a way that shows each kind of answer; return it anew."""
    plan, now = follow_up.plan, {"by": cast.editor, "at": timezone.now()}
    of = {"follow_up": follow_up}
    police = Organisation.objects.get(slug="police")
    statuses = ["done", "done_with_changes", "partly", "not_done", "continues_next_year"]
    for at, row in enumerate(plan.actions.order_by("cause__problem__plan_area__position", "position")):
        status = statuses[at % len(statuses)]
        ActionOutcome.objects.create(
            row=row.uid, status=status, light=["green", "yellow", "red"][at % 3],
            done="" if status == "not_done" else DONE, reason=REASON if status == "not_done" else "",
            changed="Vi flyttade två vandringar till hösten." if at % 5 == 1 else "",
            helped="Fastighetsägarna var med från början." if at % 4 == 0 else "",
            hindered="Belysningen kom först i oktober." if at % 4 == 1 else "",
            lesson="Boka bussen redan i januari." if at % 6 == 0 else "",
            next_year=["keep", "change", "scale_up", "stop"][at % 4], **of, **now,
        )  # fmt: skip
        for position, result in enumerate(["met", "partly", "not_measurable"][: 1 + at % 3], start=1):
            GoalOutcome.objects.create(
                row=row.uid, goal=str(position), position=position, result=result,
                text="Fler än 50 procent ska känna sig trygga vid torget på kvällen.",
                value="49 %" if result == "partly" else "", source="Trygghetsmätningen 2025", on=date(2025, 11, 30),
                comment="Det fanns ingen mätning före." if result == "not_measurable" else "", **of, **now,
            )  # fmt: skip
        parties = (("Polisen", police, "yes", ""), ("Trafikkontoret", None, "", ""))
        for party, organisation, answer, comment in parties[: 1 + at % 2]:
            Fulfilment.objects.create(
                row=row.uid, party=party, organisation=organisation,
                answer="partly" if at % 5 == 2 else answer, comment=REASON if at % 5 == 2 else comment, **of, **now,
            )  # fmt: skip
    for row in plan.problems.all()[:3]:
        Assessment.objects.create(
            row=row.uid, kind="problem", change="better", certainty="too_early",
            text="Anmälda rån har gått från 21 till 14 på ett år.", comparison="Hela staden: −4 procent", **of, **now,
        )  # fmt: skip
    FollowUp.objects.filter(pk=follow_up.pk).update(
        summary="Året präglades av vakanser, men vandringarna blev av.\n\nTorget upplevs som tryggare."
    )
    return FollowUp.objects.with_place().get(pk=follow_up.pk)


def goal_with_values(follow_up, cast):
    """Let the first goal be seen in an indicator that went from 42 to 36 with the target 37; return the indicator."""
    of, goal = indicator(), uuid4()
    first = GoalOutcome.objects.filter(follow_up=follow_up).order_by("position", "pk").first()
    GoalOutcome.objects.filter(pk=first.pk).update(goal=str(goal))
    GoalIndicator.objects.create(plan=follow_up.plan, goal=goal, indicator=of, target=37, by=cast.editor)
    for year, value in ((2024, 42), (2025, 36)):
        measured(of, year, value, follow_up.plan.district)
    return of
