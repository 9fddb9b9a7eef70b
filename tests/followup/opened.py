"""An open follow-up with parties and goals, for tests."""

from agreements.models import Organisation
from followup import opening
from followup.models import ActionOutcome, FollowUp, Fulfilment, GoalOutcome
from followup.workflow import WORKFLOW
from plans import editing
from plans.models import ActionPlan
from plans.versions import freeze
from tests.followup.decided import DECISION, put_action

WHO = "Kommunpolis (lokalpolisområdet)\nTrygghetsstrateg (stadsdelsförvaltningen) i samverkan med Trafikkontoret"
GOALS = "Fyra vandringar före sommaren.\n\nTryggheten på torget ökar."


def opened(cast, **more):
    """Return the open follow-up of a plan with two actions: one of the administration's, the police's and others'."""
    Organisation.objects.get_or_create(
        slug="trafikkontoret", defaults={"name": "Trafikkontoret", "kind": "specialist_admin"}
    )
    Organisation.objects.filter(slug="property_owners").update(name="Skafast")
    plan = decided_plan_with(cast, **more)
    return FollowUp.objects.with_place().get(pk=opening.open(plan, by=cast.editor).pk)


def decided_plan_with(cast, **more):
    """Return a decided plan where the police, the administration and the property owners take part."""
    plan = editing.create_plan(cast.district, cast.cycle, by=cast.editor)
    put_action(plan, cast, "Trygghetsvandringar på torget", who=WHO, goals=GOALS, when="Mars till juni", **more)
    put_action(plan, cast, "Fastighetsägarna lagar belysningen", who="Skafast")
    ActionPlan.objects.filter(pk=plan.pk).update(state="decided")
    plan = ActionPlan.objects.with_place().get(pk=plan.pk)
    freeze(plan, DECISION, by=cast.chair)
    return plan


def opened_in_city(cast):
    """Return the open follow-up of the city's own plan, with a delmål and an åtagande in its first area (seed 001)."""
    plan = editing.create_plan(None, cast.cycle, by=cast.city_preparation)
    area = plan.planareas.get(position=1)
    parts = {
        "targets": [{"text": "Färre unga rekryteras", "target": "100"}],
        "commitments": [{"organisation": "Polisen", "text": "Bemannar stationerna"}],
    }
    editing.set_fields(plan, "area", area.uid, parts, version=area.version, by=cast.city_preparation)
    ActionPlan.objects.filter(pk=plan.pk).update(state="decided")
    plan = ActionPlan.objects.with_place().get(pk=plan.pk)
    freeze(plan, DECISION, by=cast.city_preparation)
    return FollowUp.objects.with_place().get(pk=opening.open(plan).pk)


def answer_all(follow_up):
    """Answer everything that has to be before the follow-up is handed in, as if its people had."""
    ActionOutcome.objects.filter(follow_up=follow_up).update(status="done", light="green", done="Gjort.")
    GoalOutcome.objects.filter(follow_up=follow_up).update(result="met")
    Fulfilment.objects.filter(follow_up=follow_up, party__in=["Polisen", "Stadsdelsförvaltningen"]).update(answer="yes")


def handed_in(cast):
    """Return a follow-up that has been handed in to the steering group."""
    follow_up = opened(cast)
    answer_all(follow_up)
    WORKFLOW.take(follow_up, "submit", by=cast.editor)
    return FollowUp.objects.with_place().get(pk=follow_up.pk)
