"""Decided plans in the catalogue, for tests of looking in it and borrowing from it."""

from datetime import date

from agreements.models import District
from followup import open_format
from followup.catalogue import filling
from followup.loading import load
from followup.models import AnnualReport, ApprovedFollowUp, CataloguedAction
from plans.document import Action, AreaSection, Cause, PlanDocument, Problem
from plans.models import ActionPlan, PlanVersion
from tests.cast import START
from tests.followup.answered import answer_everything, follow_up_of
from tests.followup.decided import decided_plan, version_of
from tests.followup.reported import hand_in


def document(*actions, problem="Otrygghet på torget", cause="Belysningen är dålig och få vuxna är där", **about):
    """Return a plan with a problem and a cause in its first area, and the actions (texts, or Actions) under it."""
    rows = tuple(
        each if isinstance(each, Action) else Action(order=at, text=each) for at, each in enumerate(actions, start=1)
    )
    causes = (Cause(text=cause, actions=rows, **about),)
    title = "Unga i riskzon för destruktivt beteende"
    area = AreaSection(
        number=1, code="unga-i-riskzon", title=title, canonical_title=title, sheet="1. Unga i riskzon",
        problems=(Problem(title=problem, causes=causes),),
    )  # fmt: skip
    return PlanDocument(title="Åtgärdsplan", year=2025, district="Farsta", areas=(area,))


def decided(cast, *actions, district=None, **more):
    """Return the decided plan of Farsta, unless told, with the actions, in the catalogue."""
    plan = decided_plan(cast, district or cast.other_district, content=document(*actions, **more))
    filling.put(plan.pk)
    return plan


def row_of(plan, text=""):
    """Return the catalogue's row of the plan's action with the text, or of its first."""
    rows = CataloguedAction.objects.filter(plan=plan)
    return rows.get(text=text) if text else rows.order_by("position").first()


def followed_up(plan, cast):
    """Let the plan's follow-up be answered and approved, and the catalogue know of it."""
    follow_up = hand_in(answer_everything(follow_up_of(plan), cast), cast, "approved")
    ApprovedFollowUp.objects.create(
        follow_up=follow_up, document=open_format.dumps(load(follow_up)), sha256="0" * 64,
        approved_on=date(2026, 2, 5), body="Lokal styrgrupp", by=cast.chair,
    )  # fmt: skip
    filling.put(plan.pk)
    return follow_up


def published(cast):
    """Let the annual report of the year be published."""
    report = AnnualReport.objects.create(cycle=cast.cycle)
    AnnualReport.objects.filter(pk=report.pk).update(state="published")


def many(cast, districts, actions):
    """Fill the catalogue with those districts (a range) with so many actions each; every fifth is worded the same."""
    places = District.objects.bulk_create(
        District(name=f"Stadsdel {at}", slug=f"stadsdel-{at}", municipality=cast.municipality, valid_from=START)
        for at in districts
    )
    plans = ActionPlan.objects.bulk_create(
        ActionPlan(district=place, cycle=cast.cycle, area_set=cast.area_set, state="decided") for place in places
    )
    like = PlanVersion.objects.first() or version_of(decided_plan(cast, cast.other_district))
    versions = PlanVersion.objects.bulk_create(
        PlanVersion(
            plan=plan, number=1, document=like.document, sha256=like.sha256, facts={}, counts=[],
            decided_on=like.decided_on, body="Styrgruppen", meeting="Möte", by=cast.chair,
        )
        for plan in plans
    )  # fmt: skip
    CataloguedAction.objects.bulk_create(
        _made_up(version, at, number)
        for at, version in zip(districts, versions, strict=True)
        for number in range(actions)
    )


def _made_up(version, at, number):
    where = "i varje skola" if number % 5 == 0 else f"på torget i kvarter {at}"
    text = f"Trygghetsvandring {number} {where} med polisen, fältgruppen och fastighetsägarna varje vecka"
    cause = "Belysningen är dålig vid torget och få vuxna rör sig där på kvällarna"
    return CataloguedAction(
        plan=version.plan, version=version, district=version.plan.district, year=2025, position=number,
        row=f"{at:08x}-0000-4000-8000-{number:012x}", area="otrygga-platser", area_title="Otrygga platser",
        problem="Otrygghet på torget", cause=cause,
        text=text, when="Löpande under 2025", who="Polisen", words=f"{text}\n{cause}\nOtrygghet på torget".lower(),
    )  # fmt: skip
